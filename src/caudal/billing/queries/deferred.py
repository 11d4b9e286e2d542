"""The waterfall of deferred revenue, and the lines behind what became revenue."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from itertools import chain
from uuid import UUID

from caudal.billing.models import AccruedRow, Invoice, InvoiceState, RecognisedRow
from caudal.billing.queries.recognition import issued_lines, revenue_of, some_of
from caudal.core.money import Currency, Money, total
from caudal.core.periods import Days, add_months
from caudal.core.recognition import Recognition, WaterfallRow
from caudal.kit.access import Actor, Verb, require

EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Deferred:
    """The waterfall in a currency: its periods, the first of which is everything before, its rows, and what is left.

    `left` is what is still deferred at the end of each period; what is invoiced later is not known yet.
    """

    currency: Currency
    periods: tuple[Days, ...]
    rows: tuple[WaterfallRow, ...]

    @property
    def earned(self) -> tuple[Money, ...]:
        """What becomes revenue in each period, of all rows."""
        return tuple(
            total((row.recognised[place] for row in self.rows), self.currency) for place in range(len(self.periods))
        )

    @property
    def left(self) -> tuple[Money, ...]:
        """What is deferred at the end of each period."""
        found, held = [], Money(0, self.currency)
        for place, earned in enumerate(self.earned):
            booked = total((row.booked for row in self.rows if row.booked_in == self.periods[place]), self.currency)
            held += booked - earned
            found.append(held)
        return tuple(found)


def deferred_currencies(actor: Actor) -> list[str]:
    """Return the currencies that documents were issued in, by code."""
    require(actor, "entry", Verb.VIEW)
    issued = Invoice.objects.filter(state=InvoiceState.FINAL).order_by("currency")
    return list(issued.values_list("currency", flat=True).distinct())


def deferred(actor: Actor, currency: Currency, *, first: date, count: int) -> Deferred:
    """Return what documents of each month become as revenue, month by month from the one of a day on.

    A month is told by itself when it is among them; everything before is one period. Raises NotAllowed.
    """
    require(actor, "entry", Verb.VIEW)
    begins = first.replace(day=1)
    months = [Days(add_months(begins, place), add_months(begins, place + 1)) for place in range(count)]
    periods = (Days(EARLIEST, begins), *months)
    lines = issued_lines(periods[-1].end).filter(invoice__state=InvoiceState.FINAL, invoice__currency=currency.code)
    booked: list[tuple[date, Recognition]] = []
    for line in chain.from_iterable(map(revenue_of, some_of(lines.exclude(net_minor=0).iterator(chunk_size=2_000)))):
        assert line.line.invoice.issue_day is not None  # noqa: S101  it is issued
        booked.append((line.line.invoice.issue_day, line.recognition))
    rows = tuple(_row(each, booked, periods, currency) for each in periods)
    return Deferred(currency, periods, rows)


def _row(
    period: Days, booked: Sequence[tuple[date, Recognition]], periods: Sequence[Days], currency: Currency
) -> WaterfallRow:
    """What was invoiced in a period: nothing of it is revenue before, and what was earned by then is with it."""
    held = [recognition for day, recognition in booked if day in period]
    told = tuple(total((_within(one, period, column) for one in held), currency) for column in periods)
    return WaterfallRow(period, total((one.amount for one in held), currency), told)


def _within(one: Recognition, period: Days, column: Days) -> Money:
    if column.start < period.start:
        return Money(0, one.amount.currency)
    return one.recognised(column.end) if column == period else one.between(column)


def recognised_in(actor: Actor, entry_id: UUID) -> Sequence[RecognisedRow]:
    """Return the lines that an entry of recognition is about, by document and position. Raises NotAllowed."""
    require(actor, "entry", Verb.VIEW)
    rows = RecognisedRow.objects.filter(entry=entry_id).select_related("line__invoice__customer")
    return list(rows.order_by("line__invoice__number", "line__position", "pk"))


def accrued_in(actor: Actor, entry_id: UUID) -> Sequence[AccruedRow]:
    """Return what an entry accrued, by subscription. Raises NotAllowed."""
    require(actor, "entry", Verb.VIEW)
    rows = AccruedRow.objects.filter(entry=entry_id).select_related("subscription__customer")
    return list(rows.order_by("subscription__name", "obligation", "pk"))


def deferred_rows(found: Deferred) -> list[list[str]]:
    """Return the waterfall as rows of text: months as YYYY-MM, amounts in major units, a head and the sums below."""
    months = [f"{days.start:%Y-%m}" for days in found.periods[1:]]
    rows = [["invoiced_in", "currency", "invoiced", "before", *months, "later"]]
    for place, row in enumerate(found.rows):
        name = "before" if place == 0 else f"{row.booked_in.start:%Y-%m}"
        rows.append([name, found.currency.code, *(each.major for each in (row.booked, *row.recognised, row.left))])
    booked = total((row.booked for row in found.rows), found.currency)
    rows.append(["sum", found.currency.code, *(each.major for each in (booked, *found.earned, found.left[-1]))])
    return rows


def as_csv(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as the text of a CSV file."""
    written = StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()
