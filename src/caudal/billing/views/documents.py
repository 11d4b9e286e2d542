"""Documents that are not issued yet, as pages show them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from caudal.billing.models import InvoiceSort, LineSort
from caudal.billing.queries import DocumentDraft, DraftLine, DueLine, tax_told
from caudal.billing.views.words import STEPS, signed_text, told
from caudal.core.money import Money
from caudal.core.pricing import PriceDecision
from caudal.ui.formats import day_text, number_text, reader_locale
from caudal.ui.tables import Cell, Column, Row, Table


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
        Column(_("Amount"), kind="money"),
    ]
    rows = [Row(cells=_cells(line, zone)) for line in draft.lines]
    for tax in draft.taxes:
        rate = tax_told(tax.subtotal.tax.category, tax.subtotal.tax.percent, reader_locale())
        words = _("Tax: %(rate)s of %(taxable)s") % {"rate": rate, "taxable": told(tax.subtotal.taxable)}
        rows.append(Row(cells=[words, None, None, tax.subtotal.amount]))
    totals: Sequence[object] = [_("In all"), None, None, draft.gross]
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
    name = Cell(f"{due.text} · {LineSort(due.sort).label}", note=" · ".join(_steps(due)))
    return [name, days, number_text(due.quantity, locale), due.net]


def _steps(due: DueLine) -> Iterator[str]:
    """How the amount of a line comes about, where there is more to say than the amount."""
    decision = PriceDecision.from_json(due.waterfall) if due.waterfall else None
    changes = [(step.name, step.after - step.before) for step in decision.steps] if decision else []
    moved = [(name, Money.of(change, due.net.currency)) for name, change in changes if change]
    if len(moved) > 1 or due.net != due.whole:
        for place, (name, change) in enumerate(moved):
            yield f"{STEPS.get(name, name)} {signed_text(change) if place else told(change)}"
    if due.net != due.whole:
        words = _("What was invoiced before") if due.revision else _("Share of the period")
        yield f"{words} {signed_text(due.net - due.whole)}"
