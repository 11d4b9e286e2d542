"""The page of the reconciliation: every check with both numbers, since when they differ, and the rows where they do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from caudal.billing import queries
from caudal.billing.actions import run_reconciliation
from caudal.billing.views.words import told
from caudal.core.ids import NotAnId, Ref
from caudal.core.money import Currency, Money
from caudal.kit.access import Verb, may, require
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.world import now
from caudal.ui.formats import number_text, reader_locale
from caudal.ui.tables import Cell, Column, ColumnKind, Row, Table

WORDS: Final = {
    "receivable": (
        gettext_lazy("What customers owe is what documents have open"),
        gettext_lazy("Receivable in the books"),
        gettext_lazy("Open invoices less open credit notes"),
        "billing:ageing",
    ),
    "stored_value": (
        gettext_lazy("What is kept for customers is what payments have open"),
        gettext_lazy("Balances of customers in the books"),
        gettext_lazy("Open payments"),
        "billing:payments",
    ),
    "settled": (
        gettext_lazy("What is open is what was not settled"),
        gettext_lazy("Open on documents and payments"),
        gettext_lazy("Their amounts less what settled them"),
        "billing:payments",
    ),
    "revenue": (
        gettext_lazy("All that was invoiced is earned or deferred"),
        gettext_lazy("Earned and deferred, less accrued"),
        gettext_lazy("Documents before tax"),
        "billing:invoices",
    ),
    "deferred": (
        gettext_lazy("What is deferred is what lines have still to earn"),
        gettext_lazy("Deferred in the books"),
        gettext_lazy("Lines less what became revenue"),
        "billing:deferred",
    ),
    "lines": (
        gettext_lazy("No line earned more than it is for"),
        gettext_lazy("Earned beyond the line"),
        gettext_lazy("Nothing"),
        "billing:deferred",
    ),
    "accrued": (
        gettext_lazy("What was accrued is what was earned and not invoiced"),
        gettext_lazy("Accrued in the books"),
        gettext_lazy("Usage and services"),
        "billing:deferred",
    ),
    "tax": (
        gettext_lazy("Taxes owed are the taxes of documents"),
        gettext_lazy("Posted by documents"),
        gettext_lazy("Taxes of documents"),
        "billing:invoices",
    ),
    "entries": (
        gettext_lazy("Every issued document has one entry"),
        gettext_lazy("Entries in force"),
        gettext_lazy("Documents in force"),
        "ledger:entries",
    ),
    "numbers": (
        gettext_lazy("Numbers have no gap"),
        gettext_lazy("Numbers on documents"),
        gettext_lazy("Numbers that were given"),
        "billing:invoices",
    ),
    "ids": (
        gettext_lazy("Everything that postings name is there"),
        gettext_lazy("Named"),
        gettext_lazy("Found"),
        "ledger:entries",
    ),
    "movements": (
        gettext_lazy("Recurring revenue is what terms and prices say"),
        gettext_lazy("Kept, per year"),
        gettext_lazy("Worked out anew"),
        "billing:subscriptions",
    ),
}
"""What each check says when it is green, what its two numbers are called, and the page of what it is about."""


@needs("reconciliation")
@require_http_methods(["GET", "POST"])
def reconciliation(request: HttpRequest) -> HttpResponse:
    """Show what the last reconciliation found; check everything anew where that is sent."""
    actor = actor_of(request)
    if request.method == "POST":
        require(actor, "reconciliation", Verb.CREATE)
        red = run_reconciliation(actor=actor, as_of=now()).red
        say = messages.warning if red else messages.success
        say(request, verdict(red))
        return redirect("billing:reconciliation")
    found = queries.last_reconciliation(actor)
    checks: list[Mapping[str, Any]] = sorted(found.checks, key=lambda each: bool(each["green"])) if found else []
    context = {
        "title": _("Reconciliation"),
        "at": found.as_of if found else None,
        "red": found.red if found else 0,
        "verdict": verdict(found.red) if found else "",
        "table": checks_table(checks) if checks else None,
        "differing": [differing(each) for each in checks if each["odd"]],
        "may_check": may(actor, "reconciliation", Verb.CREATE),
    }
    return render(request, "billing/reconciliation.html", context)


def verdict(red: int) -> str:
    """Return what was found in one sentence."""
    if not red:
        return _("Everything fits together")
    return ngettext("%(count)s check found a difference", "%(count)s checks found differences", red) % {"count": red}


def words_of(check: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Return what a check says, what its numbers are called, and the page of what it is about."""
    says, one, other, url_name = WORDS.get(check["key"], (check["key"], _("One"), _("Other"), ""))
    return str(says), str(one), str(other), reverse(url_name) if url_name else ""


def checks_table(checks: list[Mapping[str, Any]]) -> Table:
    """Return every check with both numbers and their difference in each currency, those that differ first."""
    rows = []
    for check in checks:
        says, one, other, href = words_of(check)
        is_green = check["green"]
        sums = check["sums"] or [{"currency": "", "one": 0, "other": 0}]
        said = [list(column) for column in zip(*(numbers(each) for each in sums), strict=True)]
        since = datetime.fromisoformat(check["since"]) if check.get("since") else None
        rows.append(
            Row(
                [
                    Cell(says, href=href if is_green else f"#{check['key']}"),
                    Cell(_("fits") if is_green else _("differs"), tone="good" if is_green else "bad"),
                    Cell(lines(said[0]), note=one),
                    Cell(lines(said[1]), note=other),
                    lines(said[2]) if not is_green else None,
                    since,
                ]
            )
        )
    columns = [
        Column(_("Check"), line=1),
        Column(_("State"), kind="state", line=2),
        Column(_("The one"), line=3),
        Column(_("The other"), line=0),
        Column(_("Difference"), line=0),
        Column(_("Since"), kind="date", line=0),
    ]
    return Table(columns, rows, caption=_("Checks"))


def lines(texts: list[str]) -> str:
    """Return texts below each other."""
    return format_html_join(" · ", "{}", ((each,) for each in texts))


def differing(check: Mapping[str, Any]) -> dict[str, Any]:
    """Return a check with the rows where its two numbers differ."""
    says, one, other, _href = words_of(check)
    rows = [
        Row([Cell(row_words(each["row"]), href=row_href(each["row"])), *values(each["compared"])])
        for each in check["odd"]
    ]
    kind: ColumnKind = "money" if check["odd"][0]["compared"]["currency"] else "number"
    columns = [
        Column(_("Where"), line=1),
        Column(one, kind=kind, line=0),
        Column(other, kind=kind, line=0),
        Column(_("Difference"), kind=kind, line=1),
    ]
    return {
        "key": check["key"],
        "says": says,
        "table": Table(columns, rows, caption=_("Rows that differ: %(check)s") % {"check": says}),
        "more": check["odd_count"] - len(check["odd"]),
    }


def values(compared: Mapping[str, Any]) -> list[Money | int]:
    """Return two numbers and their difference: amounts of a currency, or counts."""
    found = [compared["one"], compared["other"], compared["one"] - compared["other"]]
    code = compared["currency"]
    return [Money(each, Currency(code)) for each in found] if code else found


def numbers(compared: Mapping[str, Any]) -> list[str]:
    """Return two numbers and their difference in the reader's words."""
    locale = reader_locale()
    return [told(each) if isinstance(each, Money) else number_text(each, locale) for each in values(compared)]


def row_words(row: str) -> str:
    """Return what a row of a reconciliation is called: its number, name or text where it is a record with one."""
    ref, (first, _space, rest) = ref_of(row), row.partition(" ")
    if ref is None:
        return row or _("Without a document")
    return " ".join(part for part in (queries.called(ref) or first, rest) if part)


def row_href(row: str) -> str:
    """Return the address of the record that a row of a reconciliation is about, empty where it has no page."""
    ref = ref_of(row)
    return page_of(ref) if ref else ""


def ref_of(row: str) -> Ref | None:
    """Return the record that a row names: it may be followed by what tells it from others of the same record."""
    try:
        return Ref.parse(row.partition(" ")[0].removeprefix("reversal:"))
    except NotAnId:
        return None
