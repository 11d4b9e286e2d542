"""Months: which are closed, by whom, and what accounts hold that should hold nothing at the end of one."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final
from uuid import UUID

from django.db.models import Count, F, Q
from django.db.models.functions import TruncMonth

from caudal.core.periods import Days, add_months
from caudal.kit.access import Actor, Verb, require
from caudal.ledger.models import ClosedMonth, JournalEntry
from caudal.ledger.queries.statements import Balance, balances, books_of

UNDER_WAY: Final = ("clearing", "exchange")
"""Purposes of accounts that hold what has not come to its end."""


@dataclass(frozen=True, slots=True)
class MonthState:
    """A month, how many entries it has, and its last closing, which may have been undone."""

    month: date
    entries: int
    closing: ClosedMonth | None

    @property
    def is_closed(self) -> bool:
        """Whether nothing is posted into it."""
        return self.closing is not None and self.closing.reopened_at is None


def month_states(actor: Actor, *, today: date, entity_id: UUID | None = None) -> list[MonthState]:
    """Return every month from the first entry or closing up to today's, the latest first. Raises NotAllowed."""
    require(actor, "closed_month", Verb.VIEW)
    rows = JournalEntry.for_actor(actor).filter(books_of(entity_id) if entity_id else Q())
    rows = rows.annotate(month=TruncMonth("day"))
    counts = dict(rows.values_list("month").annotate(count=Count("pk")).order_by("month"))
    closings = ClosedMonth.for_actor(actor).filter(Q(entity=None) | Q(entity=entity_id))
    closings = closings.order_by("-month", F("reopened_at").desc(nulls_first=True), "-created_at", "-pk")
    last = {month: next(found) for month, found in groupby(closings, key=lambda each: each.month)}
    first = min([*counts, *last, today.replace(day=1)])
    months = [today.replace(day=1)]
    while months[-1] > first:
        months.append(add_months(months[-1], -1))
    return [MonthState(each, counts.get(each, 0), last.get(each)) for each in months]


def under_way(actor: Actor, days: Days, entity_id: UUID | None) -> list[Balance]:
    """Return what lies at the end of some days on accounts that should hold nothing then."""
    found = balances(actor, until=days.end, entity_id=entity_id)
    return [each for each in found if each.account.purpose in UNDER_WAY]
