"""The page of the reconciliation: every check with both numbers, since when they differ, and the rows where they do."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from caudal.billing import queries
from caudal.billing.actions import run_reconciliation
from caudal.billing.queries import Compared
from caudal.billing.views.words import told
from caudal.core.ids import NotAnId, Ref
from caudal.core.money import Money
from caudal.kit.access import Verb, may, require
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import page_of
from caudal.kit.world import now
from caudal.ui.formats import number_text, reader_locale
from caudal.ui.tables import Cell, Column, ColumnKind, Row, Table, query

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


ROWS: Final = 100
DIGITS: Final = 9


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
    if request.GET.get("check") in WORDS:
        return behind(request, request.GET["check"])
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


def behind(request: HttpRequest, key: str) -> HttpResponse:
    """Show everything that a check compares in a currency, as it stands now, with what both numbers come to."""
    says, one, other, href = words_of({"key": key})
    found = queries.compared(key)
    codes = sorted({each.compared.currency for each in found})
    asked = request.GET.get("currency", "")
    code = asked if asked in codes else next(iter(codes), "")
    rows = [each for each in found if each.compared.currency == code]
    start = (
        int(text) if (text := request.GET.get("from", "")).isascii() and text.isdigit() and len(text) < DIGITS else 0
    )
    shown = rows[start : start + ROWS]
    whole = Compared(code, sum(each.compared.one for each in rows), sum(each.compared.other for each in rows))
    here = {"check": key, "currency": code}
    table = rows_table(
        says, one, other, [(each.row, each.compared) for each in shown], [_("In all"), *numbers_of(whole)]
    )
    context = {
        "title": says,
        "crumbs": [(_("Reconciliation"), reverse("billing:reconciliation"))],
        "about_href": href,
        "table": table if shown else None,
        "count": len(rows),
        "shown": (start + 1, start + len(shown)),
        "first_href": query(here) if start else "",
        "next_href": query(here, **{"from": str(start + ROWS)}) if start + ROWS < len(rows) else "",
    }
    return render(request, "billing/deferred_lines.html", context)


def behind_href(key: str, currency: str) -> str:
    """Return the way to everything that a check compares in a currency."""
    return query({"check": key, "currency": currency})


def rows_table(
    says: str, one: str, other: str, rows: Iterable[tuple[str, Compared]], totals: Sequence[object] = ()
) -> Table:
    """Return rows of a check with both numbers and their difference."""
    found = [Row([row_words(row), *numbers_of(each)], href=row_href(row)) for row, each in rows]
    # Amounts and counts never stand in one table.
    kind: ColumnKind = "money" if any(isinstance(cell, Money) for row in found for cell in row.cells) else "number"
    columns = [
        Column(_("Where"), line=1),
        Column(one, kind=kind, line=2),
        Column(other, kind=kind, line=3),
        Column(_("Difference"), kind=kind, line=1),
    ]
    return Table(columns, found, totals, caption=_("Rows of the check: %(check)s") % {"check": says})


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
        said = [numbers_of(Compared(**each)) for each in sums]
        ways = [behind_href(check["key"], each["currency"]) for each in sums]
        since = datetime.fromisoformat(check["since"]) if check.get("since") else None
        rows.append(
            Row(
                [
                    Cell(says, href=href if is_green else f"#{check['key']}"),
                    Cell(_("fits") if is_green else _("differs"), tone="good" if is_green else "bad"),
                    Cell(below(said, 0, ways), note=one),
                    Cell(below(said, 1, ways), note=other),
                    below(said, 2, ways) if not is_green else None,
                    since,
                ]
            )
        )
    columns = [
        Column(_("Check"), line=1),
        Column(_("State"), kind="state", line=2),
        Column(_("First number"), kind="money", line=1),
        Column(_("Second number"), kind="money", line=2),
        Column(_("Difference"), kind="money", line=3),
        Column(_("Since"), kind="date", line=3),
    ]
    return Table(columns, rows, caption=_("Checks"))


def below(said: Sequence[Sequence[Money | int]], place: int, ways: Sequence[str]) -> SafeString:
    """Return a number in each currency below each other, leading to the rows that it is made of."""
    words = [(way, number_words(each[place])) for each, way in zip(said, ways, strict=True)]
    return format_html_join(SafeString("<br>"), '<a href="{}">{}</a>', words)


def number_words(number: Money | int) -> str:
    """Return an amount or a count in the reader's words."""
    return told(number) if isinstance(number, Money) else number_text(number, reader_locale())


def differing(check: Mapping[str, Any]) -> dict[str, Any]:
    """Return a check with the rows where its two numbers differ."""
    says, one, other, _href = words_of(check)
    rows = [(each["row"], Compared(**each["compared"])) for each in check["odd"]]
    return {
        "key": check["key"],
        "says": says,
        "table": rows_table(says, one, other, rows),
        "more": check["odd_count"] - len(check["odd"]),
    }


def numbers_of(compared: Compared) -> list[Money | int]:
    """Return two numbers and their difference: amounts of a currency, or counts."""
    return [compared.told(each) for each in (compared.one, compared.other, compared.difference)]


def row_words(row: str) -> str:
    """Return what a row of a reconciliation is called: its number, name or text where it is a record with one."""
    ref, (first, _space, rest) = ref_of(row), row.partition(" ")
    if ref is None:
        return row or _("Without a document")
    return " ".join(part for part in (queries.called(ref) or first, rest) if part)


def row_href(row: str) -> str:
    """Return the address of the record that a row of a reconciliation is about, empty where it has no page."""
    ref = ref_of(row)
    if ref:
        return page_of(ref)
    # What people posted by hand is named as they named it.
    return reverse("ledger:entries") + query({"q": row}) if ":" in row else ""


def ref_of(row: str) -> Ref | None:
    """Return the record that a row names: it may be followed by what tells it from others of the same record."""
    try:
        return Ref.parse(row.partition(" ")[0].removeprefix("reversal:"))
    except NotAnId:
        return None
