"""Months: which are closed, by whom, and what is still open in one that may be closed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final, TypeAlias
from uuid import UUID

from django.db.models import Count, F, Q
from django.db.models.functions import TruncMonth
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from caudal.core.money import Money
from caudal.core.periods import Days, add_months
from caudal.kit.access import Actor, Verb, require
from caudal.kit.rooms import gathered
from caudal.ledger.models import Account, ClosedMonth, JournalEntry
from caudal.ledger.queries.statements import balances, books_of

UNDER_WAY: Final = ("clearing", "unbilled", "exchange")
"""Purposes of accounts that hold what has not come to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    """Something that a month still waits for, and where it is seen to."""

    words: str | Promise
    account: Account | None = None
    """The account that it lies on, where its name says it all."""
    amount: Money | None = None
    count: int | None = None
    url_name: str = ""
    """The page where it is seen to, where that is not the account's."""


Look: TypeAlias = Callable[[Actor, Days, UUID | None], Sequence[OpenItem]]


@dataclass(frozen=True, slots=True)
class MonthCheck:
    """What a context looks at before a month is closed: `MONTH_CHECKS` in its `panels` room. Days are the month's."""

    order: int
    look: Look


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


def open_items(actor: Actor, month: date, *, entity_id: UUID | None = None) -> list[OpenItem]:
    """Return what a month still waits for: of the books themselves, and of what contexts above look at."""
    days = Days(month, add_months(month, 1))
    checks: tuple[MonthCheck, ...] = gathered("panels", "MONTH_CHECKS")
    found = _under_way(actor, days, entity_id)
    for check in sorted(checks, key=lambda each: each.order):
        found += check.look(actor, days, entity_id)
    return found


def _under_way(actor: Actor, days: Days, entity_id: UUID | None) -> list[OpenItem]:
    """Balances at the end of the month on accounts that should have none."""
    return [
        OpenItem(words=_("Not come to its end"), account=each.account, amount=each.natural)
        for each in balances(actor, until=days.end, entity_id=entity_id)
        if each.account.purpose in UNDER_WAY
    ]
