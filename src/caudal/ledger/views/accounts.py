"""The page of an account: what was posted to it, the latest first, with the balance after each line."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from caudal.core.ids import Ref
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import panels_of
from caudal.kit.world import now
from caudal.ledger import queries
from caudal.ledger.models import Account
from caudal.ledger.queries import Line, Movement
from caudal.ledger.views.periods import chosen, stretch_of, stretch_said
from caudal.ledger.views.statements import named
from caudal.ui.tables import Cell, Column, Row, Table, query

MANY: Final = 2
"""From so many currencies on, each has its sums in a row of its own."""


@needs("account")
@require_GET
def account(request: HttpRequest, account_id: str) -> HttpResponse:
    """Show the lines of an account, of one period or of all time."""
    found = queries.account(actor_of(request), Ref.parse(account_id, Account.kind).id)
    choice = chosen(request)
    period = choice.period if request.GET.get("period") else None
    stretch = stretch_of(period) if period else stretch_said(request)
    asked: dict[str, Any] = {"days": stretch.days if stretch else None, "entity_id": choice.entity_id}
    about, cursor = request.GET.get("about", ""), request.GET.get("cursor") or None
    lines = queries.lines_of(found, **asked, about=about, cursor=cursor)
    moved = queries.moved_on(found, **asked, about=about)
    kept = {**choice.kept, **(stretch.said if stretch else {}), **({"about": about} if about else {})}
    here = reverse("ledger:account", args=[found.ref])
    actor = actor_of(request)
    loaded = ((panel, panel.load(found.ref, actor, now())) for panel in panels_of(Account.kind))
    context = {
        "title": named(found),
        "crumbs": [
            (
                _("Trial balance"),
                reverse("ledger:balances") + query(choice.kept | ({"period": period.label} if period else {})),
            )
        ],
        "panels": [(panel, values) for panel, values in loaded if values is not None],
        "nature": found.get_nature_display(),
        "stretch": stretch.words if stretch else "",
        "about": about,
        "all_href": here + query(choice.kept),
        "sums": sums_of(found, moved),
        "table": table_of(found, lines.lines, moved) if lines.lines else None,
        "earlier_href": here + query(kept, cursor=lines.next) if lines.next else "",
        "latest_href": here + query(kept) if cursor else "",
    }
    return render(request, "ledger/account.html", context)


def sums_of(account: Account, moved: list[Movement]) -> Table | None:
    """Return what the lines come to in each currency, where there are several."""
    if len(moved) < MANY:
        return None
    rows = [
        Row(cells=[str(each.opening.currency), each.debit or None, each.credit or None, each.closing]) for each in moved
    ]
    columns = [
        Column(_("Currency"), line=1),
        Column(_("Debit"), kind="money", line=2),
        Column(_("Credit"), kind="money", line=3),
        Column(_("Balance"), kind="money", line=1),
    ]
    return Table(columns, rows, caption=_("Sums of %(account)s") % {"account": named(account)})


def table_of(account: Account, lines: list[Line], moved: list[Movement]) -> Table:
    """Return lines as a table, with what all of them come to where they are in one currency."""
    language = get_language() or "en"
    rows = []
    for each in lines:
        posting = each.posting
        amount = posting.amount
        rows.append(
            Row(
                cells=[
                    posting.entry.text or posting.entry.source,
                    posting.day,
                    Cell(posting.note, note=posting.pillar.label(language) if posting.pillar else ""),
                    amount if amount.minor > 0 else None,
                    -amount if amount.minor < 0 else None,
                    each.balance,
                ],
                href=reverse("ledger:entry", args=[Ref("entry", posting.entry_id)]),
            )
        )
    columns = [
        Column(_("Entry"), line=1),
        Column(_("Day"), kind="date", line=2),
        Column(_("Note"), line=3),
        Column(_("Debit"), kind="money", line=1),
        Column(_("Credit"), kind="money", line=2),
        Column(_("Balance"), kind="money", line=3),
    ]
    totals: list[object] = []
    if len(moved) == 1:
        whole = moved[0]
        totals = [_("In all"), None, "", whole.debit or None, whole.credit or None, whole.closing]
    return Table(columns, rows, totals, caption=_("Postings of %(account)s") % {"account": named(account)})
