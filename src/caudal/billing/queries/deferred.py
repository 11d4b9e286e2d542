"""Deferred revenue month by month: what there was, what was invoiced, what became revenue, and what is to come."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Final
from uuid import UUID

from django.db.models import Sum

from caudal.billing.models import AccruedRow, Invoice, InvoiceLine, InvoiceState, RecognisedRow
from caudal.billing.queries.earning import (
    LineSums,
    coming,
    earned_by_month_of_invoicing,
    lines_coming,
    lines_left,
    revenue_due,
)
from caudal.billing.queries.recognition import DEFERRED
from caudal.core.ids import Ref
from caudal.core.money import Currency, Money, total
from caudal.core.periods import Days, add_months
from caudal.core.recognition import WaterfallRow
from caudal.kit.access import Actor, Verb, require
from caudal.ledger.queries import EntrySums, entries_moving, sums_by_month

EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(9999, 12, 1)
SOURCES: Final = {"invoiced": "invoice_", "recognised": "recognition:"}
"""What entries on the account of deferred revenue were posted for; everything else is posted by hand."""


@dataclass(frozen=True, slots=True)
class DeferredMonth:
    """A month in the books: what was deferred as it began, what came and went, and what is deferred at its end.

    `recognised` is negative: it goes. `other` was posted by hand.
    """

    days: Days
    opening: Money
    invoiced: Money
    recognised: Money
    other: Money

    @property
    def closing(self) -> Money:
        """What is deferred at its end."""
        return self.opening + self.invoiced + self.recognised + self.other


@dataclass(frozen=True, slots=True)
class ToCome:
    """What is still to become revenue of what was issued: of months that are over, of months to come, and later."""

    over: Money
    months: Sequence[tuple[Days, Money]]
    later: Money

    @property
    def whole(self) -> Money:
        """All of it."""
        return total((self.over, *(money for _, money in self.months), self.later), self.later.currency)


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


def months_from(first: date, count: int) -> tuple[Days, ...]:
    """Return so many months, from the one of a day on."""
    begins = first.replace(day=1)
    return tuple(Days(add_months(begins, place), add_months(begins, place + 1)) for place in range(count))


def deferred_currencies(actor: Actor) -> list[str]:
    """Return the currencies that documents were issued in, by code. Raises NotAllowed."""
    require(actor, "entry", Verb.VIEW)
    issued = Invoice.objects.filter(state=InvoiceState.FINAL).order_by("currency")
    return list(issued.values_list("currency", flat=True).distinct())


def deferred_months(
    actor: Actor, currency: Currency, months: Sequence[Days], *, entity_id: UUID | None = None
) -> list[DeferredMonth]:
    """Return deferred revenue as the books have it, by months that follow each other. Raises NotAllowed."""
    require(actor, "entry", Verb.VIEW)
    sums = sums_by_month(DEFERRED, currency.code, until=months[-1].end, kinds=SOURCES, entity_id=entity_id)
    opening = -sum(minor for (month, _), minor in sums.items() if month < months[0].start)
    found: list[DeferredMonth] = []
    for days in months:
        moved = {kind: Money(-sums.get((days.start, kind), 0), currency) for kind in (*SOURCES, "")}
        begins = found[-1].closing if found else Money(opening, currency)
        found.append(DeferredMonth(days, begins, moved["invoiced"], moved["recognised"], moved[""]))
    return found


def revenue_to_come(
    actor: Actor, currency: Currency, months: Sequence[Days], *, entity_id: UUID | None = None
) -> ToCome:
    """Return what becomes revenue in months to come, of what is issued by the end of the first. Raises NotAllowed."""
    require(actor, "entry", Verb.VIEW)
    asked = (_over(months), *months, Days(months[-1].end, LATEST))
    over, *found, later = coming(currency, asked, known=months[0].end, entity_id=entity_id)
    return ToCome(over, list(zip(months, found, strict=True)), later)


def _over(months: Sequence[Days]) -> Days:
    return Days(EARLIEST, months[0].start)


def lines_to_come(
    actor: Actor,
    currency: Currency,
    month: Days,
    this_month: Days,
    *,
    and_later: bool = False,
    entity_id: UUID | None = None,
    offset: int,
    limit: int,
) -> LineSums:
    """Return the lines behind what becomes revenue in a month to come, or in all months from it on.

    One before this month stands for all of them. Raises NotAllowed.
    """
    require(actor, "entry", Verb.VIEW)
    is_over = month.start < this_month.start
    asked = Days(month.start, LATEST) if and_later else month
    return lines_coming(
        currency,
        _over([this_month]) if is_over else asked,
        is_first=is_over,
        known=this_month.end,
        entity_id=entity_id,
        offset=offset,
        limit=limit,
    )


def lines_deferred(
    actor: Actor, currency: Currency, until: date, *, entity_id: UUID | None = None, offset: int, limit: int
) -> LineSums:
    """Return the lines of which something is deferred before a day, the largest amount first. Raises NotAllowed."""
    require(actor, "entry", Verb.VIEW)
    return lines_left(currency, until, entity_id=entity_id, offset=offset, limit=limit)


@dataclass(frozen=True, slots=True)
class RowsRecognised:
    """Some rows of recognition, how many there are, and what all of them come to."""

    rows: Sequence[RecognisedRow]
    count: int
    total: Money


def lines_recognised(
    actor: Actor, currency: Currency, month: date, *, entity_id: UUID | None = None, offset: int, limit: int
) -> RowsRecognised:
    """Return what became revenue in a month by line, the largest first. Raises NotAllowed."""
    require(actor, "entry", Verb.VIEW)
    rows = RecognisedRow.objects.filter(month=month, currency=currency.code)
    if entity_id is not None:
        rows = rows.filter(line__invoice__entity=entity_id)
    ordered = rows.select_related("line__invoice__customer", "entry").order_by("-amount_minor", "pk")
    whole = rows.aggregate(sum=Sum("amount_minor", default=0))["sum"]
    return RowsRecognised(list(ordered[offset : offset + limit]), rows.count(), Money(int(whole), currency))


def entries_deferring(
    actor: Actor,
    currency: Currency,
    month: Days,
    *,
    by_hand: bool = False,
    entity_id: UUID | None = None,
    offset: int,
    limit: int,
) -> EntrySums:
    """Return the entries of documents that deferred in a month, or those that nothing of billing was posted for."""
    require(actor, "entry", Verb.VIEW)
    kind = "" if by_hand else "invoiced"
    return entries_moving(
        DEFERRED, currency.code, month, kinds=SOURCES, kind=kind, entity_id=entity_id, offset=offset, limit=limit
    )


def documents_of(sources: Iterable[str]) -> Mapping[str, Invoice]:
    """Return the documents that entries were posted for, by what these say; the caller may see the entries."""
    ids = {Ref.parse(source, Invoice.kind).id: source for source in sources}
    return {ids[row.pk]: row for row in Invoice.objects.filter(pk__in=ids).select_related("customer")}


def lines_by_id(ids: Sequence[UUID]) -> dict[UUID, InvoiceLine]:
    """Return lines with their documents and customers, by id."""
    rows = InvoiceLine.objects.filter(pk__in=ids).select_related("invoice__customer").defer("waterfall")
    return {row.pk: row for row in rows}


def over_and_untold(this_month: date) -> int:
    """Return how many lines of months that are over have something that is not told as revenue yet."""
    return len(revenue_due(this_month))


def deferred(actor: Actor, currency: Currency, *, first: date, count: int) -> Deferred:
    """Return what documents of each month become as revenue, month by month from the one of a day on.

    A month is told by itself when it is among them; everything before is one period. Raises NotAllowed.
    """
    require(actor, "entry", Verb.VIEW)
    months = months_from(first, count)
    periods = (Days(EARLIEST, months[0].start), *months)
    booked, earned = earned_by_month_of_invoicing(currency, periods)
    rows = tuple(
        WaterfallRow(
            each,
            Money(booked.get(place, 0), currency),
            tuple(Money(earned.get((place, column), 0), currency) for column in range(len(periods))),
        )
        for place, each in enumerate(periods)
    )
    return Deferred(currency, periods, rows)


def recognised_in(actor: Actor, entry_id: UUID, limit: int) -> tuple[list[RecognisedRow], int]:
    """Return lines that an entry of recognition is about, the largest first, and how many. Raises NotAllowed."""
    require(actor, "entry", Verb.VIEW)
    rows = RecognisedRow.objects.filter(entry=entry_id)
    ordered = rows.select_related("line__invoice__customer").order_by("-amount_minor", "pk")
    return list(ordered[:limit]), rows.count()


def accrued_in(actor: Actor, entry_id: UUID, limit: int) -> tuple[list[AccruedRow], int]:
    """Return what an entry accrued, the largest amount first, and how many it is of. Raises NotAllowed."""
    require(actor, "entry", Verb.VIEW)
    rows = AccruedRow.objects.filter(entry=entry_id)
    ordered = rows.select_related("subscription__customer", "line__invoice__customer").order_by("-amount_minor", "pk")
    return list(ordered[:limit]), rows.count()


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
