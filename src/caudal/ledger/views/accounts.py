"""The page of an account: what was posted to it, the latest first, with the balance after each line."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from caudal.core.ids import Ref
from caudal.core.periods import Days
from caudal.kit.pages import actor_of, needs
from caudal.kit.panels import panels_of
from caudal.kit.world import now
from caudal.ledger import queries
from caudal.ledger.models import Account
from caudal.ledger.queries import Line
from caudal.ledger.views.periods import chosen, period_words
from caudal.ledger.views.statements import named
from caudal.ui.tables import Cell, Column, Row, Table, query


@needs("account")
@require_GET
def account(request: HttpRequest, account_id: str) -> HttpResponse:
    """Show the lines of an account, of one period or of all time."""
    found = queries.account(actor_of(request), Ref.parse(account_id, Account.kind).id)
    choice = chosen(request)
    period = choice.period if request.GET.get("period") else None
    cursor = request.GET.get("cursor") or None
    through = None if period else day_said(request.GET.get("through", ""))
    upto = Days(date.min, through + timedelta(days=1)) if through else None
    lines = queries.lines_of(found, days=period.days if period else upto, entity_id=choice.entity_id, cursor=cursor)
    kept = choice.kept | ({"period": period.label} if period else {})
    kept |= {"through": through.isoformat()} if through else {}
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
        "period": period_words(period) if period else "",
        "through": through,
        "all_href": here + query(choice.kept),
        "table": table_of(found, lines.lines) if lines.lines else None,
        "earlier_href": here + query(kept, cursor=lines.next) if lines.next else "",
        "latest_href": here + query(kept) if cursor else "",
    }
    return render(request, "ledger/account.html", context)


def day_said(text: str) -> date | None:
    """Return the day that an address names, none where it names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def table_of(account: Account, lines: list[Line]) -> Table:
    """Return lines as a table."""
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
    return Table(columns, rows, caption=_("Postings of %(account)s") % {"account": named(account)})
