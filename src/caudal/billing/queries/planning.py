"""When a line becomes revenue: what is planned for each month, and what of it is in the books by which entry."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection
from django.db.models import Q

from caudal.billing.models import AccruedRow, Invoice, InvoiceLine, InvoiceSort, InvoiceState, RecognisedRow
from caudal.core.ids import Ref
from caudal.core.money import Currency, Money, total
from caudal.core.periods import Days, add_months
from caudal.ledger.queries import entry_posted_for

PLANNED: Final = """
    SELECT month.since::date,
        billing_earned(amount, pattern, first, ends, zone, (month.since + interval '1 month')::date)
        - CASE place WHEN 1 THEN 0 ELSE billing_earned(amount, pattern, first, ends, zone, month.since::date) END
    FROM billing_earning()
    CROSS JOIN LATERAL generate_series(
        date_trunc('month', issue_day::timestamp), greatest(ends - 1, issue_day)::timestamp, interval '1 month'
    ) WITH ORDINALITY month (since, place)
    WHERE line_id = %(line)s AND is_deferred AND state = 'final'
"""
"""What was earned before a document was issued is revenue of the month of its issue."""


@dataclass(frozen=True, slots=True)
class Told:
    """What of a line an entry took into the books as revenue."""

    amount: Money
    entry: Ref


@dataclass(frozen=True, slots=True)
class LineMonth:
    """A month of a line: what is planned to become revenue, and what did."""

    days: Days
    planned: Money
    told: Sequence[Told]

    @property
    def booked(self) -> Money:
        """What of it is in the books."""
        return total((each.amount for each in self.told), self.planned.currency)


@dataclass(frozen=True, slots=True)
class LinePlan:
    """How a line becomes revenue; `accrued` was told before the document was issued, and undone on the day after."""

    months: Sequence[LineMonth]
    accrued: Sequence[tuple[Days, Told]]

    @property
    def planned(self) -> Money:
        """What all months come to: the line."""
        return total((each.planned for each in self.months), self.months[0].planned.currency)

    @property
    def booked(self) -> Money:
        """What is in the books of all months."""
        return total((each.booked for each in self.months), self.months[0].planned.currency)


def line_plan(row: Invoice, line: InvoiceLine) -> LinePlan | None:
    """Return how a line, which the caller may see, becomes revenue; None while its document is a draft.

    A line that was earned when its document was issued is one month, told by the entry of the document.
    """
    if row.issue_day is None or not line.net_minor:
        return None
    currency = Currency(row.currency)
    planned = _planned(line)
    told: dict[date, list[Told]] = defaultdict(list)
    for each in RecognisedRow.objects.filter(line=line).select_related("entry").order_by("month", "pk"):
        told[each.month].append(Told(Money(each.amount_minor, currency), each.entry.ref))
    if not planned and not told:
        planned, told = _at_once(row, line)
    months = [
        LineMonth(Days(first, add_months(first, 1)), Money(planned.get(first, 0), currency), told.get(first, ()))
        for first in sorted({*planned, *told})
        if planned.get(first) or told.get(first)
    ]
    return LinePlan(months, _accrued(line, currency)) if months else None


def _planned(line: InvoiceLine) -> dict[date, int]:
    with connection.cursor() as cursor:
        cursor.execute(PLANNED, {"line": line.pk})
        return dict(cursor.fetchall())


def _at_once(row: Invoice, line: InvoiceLine) -> tuple[dict[date, int], dict[date, list[Told]]]:
    """What was earned when the document was issued: nothing of it was ever deferred."""
    entry = entry_posted_for(str(row.ref))
    if row.state != InvoiceState.FINAL or entry is None:
        return {}, {}
    minor = -line.net_minor if row.sort == InvoiceSort.CREDIT_NOTE else line.net_minor
    month = entry.day.replace(day=1)
    return {month: minor}, {month: [Told(Money(minor, Currency(row.currency)), entry.ref)]}


def _accrued(line: InvoiceLine, currency: Currency) -> list[tuple[Days, Told]]:
    asked = Q(line=line)
    if line.source is not None:
        asked |= Q(subscription=line.source, obligation=f"{line.obligation} {line.revision}")
    rows = AccruedRow.objects.filter(asked).select_related("entry").order_by("month", "pk")
    return [
        (Days(each.month, add_months(each.month, 1)), Told(Money(each.amount_minor, currency), each.entry.ref))
        for each in rows
    ]
