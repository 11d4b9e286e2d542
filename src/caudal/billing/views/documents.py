"""Documents that are not issued yet, as pages show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from caudal.billing.models import InvoiceSort, LineSort
from caudal.billing.queries import DocumentDraft, DraftLine
from caudal.core.money import Money
from caudal.ui.formats import day_text, number_text, reader_locale
from caudal.ui.tables import Column, Row, Table


@dataclass(frozen=True, slots=True)
class DocumentShown:
    """A document as a table with its totals, and the day it falls due."""

    is_credit: bool
    day: date
    net: Money
    tax: Money
    gross: Money
    table: Table


def shown(drafts: Iterable[DocumentDraft], zone: str) -> list[DocumentShown]:
    """Return documents for a template."""
    return [
        DocumentShown(
            draft.sort == InvoiceSort.CREDIT_NOTE,
            draft.due_from,
            draft.net,
            draft.tax,
            draft.gross,
            _table(draft, zone),
        )
        for draft in drafts
    ]


def _table(draft: DocumentDraft, zone: str) -> Table:
    columns = [
        Column(_("What for")),
        Column(_("Service")),
        Column(_("Quantity"), kind="text"),
        Column(_("Net"), kind="money"),
    ]
    rows = [Row(cells=_cells(line, zone)) for line in draft.lines]
    totals: Sequence[object] = [_("Before tax"), None, None, draft.net]
    # A page may show what comes next beside what a change would cost: each table is called otherwise.
    name = _("Lines of the document")
    return Table(columns, rows, totals=totals, caption=f"{name} · {draft.due_from} · {draft.gross}")


def _cells(line: DraftLine, zone: str) -> list[object]:
    due, own = line.due, ZoneInfo(zone)
    first = due.period.start.astimezone(own).date()
    last = (due.period.end - timedelta(seconds=1)).astimezone(own).date()
    locale = reader_locale()
    days = day_text(first, locale)
    if first != last:
        days = f"{days} → {day_text(last, locale)}"
    return [f"{due.text} · {LineSort(due.sort).label}", days, number_text(due.quantity, locale), due.net]
