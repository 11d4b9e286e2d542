"""Revenue into the books when a month ends: what was deferred and is earned, and what nobody has invoiced yet."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import connection
from django.utils import translation
from django.utils.translation import gettext

from caudal.billing.actions.posting import Accounts
from caudal.billing.events import RevenueRecognised
from caudal.billing.models import AccruedRow, RecognisedMonth, RecognisedRow
from caudal.billing.queries.earning import LineDue, revenue_due
from caudal.billing.queries.recognition import (
    DEFERRED,
    Earned,
    Unbilled,
    first_issue_day,
    recognised_months,
    unbilled,
)
from caudal.core.ids import Ref
from caudal.core.journal import Entry, Posting
from caudal.core.money import Currency, Money
from caudal.core.periods import CalendarPeriod, Days, Grain, add_months, start_of_day, zone_named
from caudal.kit.access import SYSTEM, Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.ledger.actions import EntryDraft, MonthIsClosed, MonthNotOver, post_entries, reverse_entry
from caudal.ledger.queries import closed_months, entry_posted_for
from caudal.workspace.queries import default_entity, founded, legal_entities

if TYPE_CHECKING:
    from caudal.ledger.models import JournalEntry

UNBILLED: Final = "unbilled"
CHUNK: Final = 2_000
LOCK: Final = "billing.recognise"


@dataclass(frozen=True, slots=True)
class MonthRecognised:
    """What was posted for a month: how many lines became revenue, how much was accrued, and the entries."""

    month: date
    lines: int
    accrued: int
    entries: tuple[UUID, ...]


_Key = tuple[UUID, str]
"""Whose books, and in which currency."""


@action
def recognise_month(*, actor: Actor, as_of: datetime, month: date) -> MonthRecognised:
    """Post what became revenue by the end of a month and was not told yet, an entry for each legal entity and currency.

    Said again it posts what has come since: a late document, a credit note, one made void. Whoever's month is closed is
    left out. Raises MonthNotOver, MonthIsClosed (where it is of all that have something to tell), NoAccountFor.
    """
    require(actor, "entry", Verb.CREATE)
    days = CalendarPeriod.of(Grain.MONTH, month).days
    zone = zone_named(founded().zone)
    if start_of_day(days.end, zone) > as_of:
        raise MonthNotOver(month=f"{days.start:%Y-%m}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [LOCK])
    posting = _Posting(days, Accounts(as_of), as_of)
    told = _recognise(posting)
    known = recognised_months(days.start)
    fresh = [
        each.pk for each in legal_entities(SYSTEM) if each.pk not in known and posting.is_open(each.pk, next_too=True)
    ]
    earned = unbilled(days, zone, as_of=as_of, entities=fresh) if fresh else Unbilled()
    accrued = _accrue(posting, earned.found)
    entries = tuple(dict.fromkeys([*(row.entry.pk for row in told), *(row.entry.pk for row in accrued)]))
    if posting.refused and not entries and not fresh:
        raise MonthIsClosed(month=f"{days.start:%Y-%m}")
    _remember(posting, fresh, told, accrued, earned, actor)
    if entries:
        fact = RevenueRecognised(
            subject=Ref("entity", default_entity().pk),
            about=tuple(Ref("entry", each) for each in entries),
            month=f"{days.start:%Y-%m}",
            lines=len(told),
            accrued=len(accrued),
        )
        publish(fact, actor=actor, occurred_at=as_of)
    return MonthRecognised(days.start, len(told), len(accrued), entries)


def recognise_through(*, actor: Actor, as_of: datetime, month: date | None = None) -> list[MonthRecognised]:
    """Recognise every open month that is over, up to one; return those that had something to tell.

    What belongs to a closed month becomes revenue of the first open one after it. Each month is a transaction.
    """
    last = (month or add_months(as_of.astimezone(zone_named(founded().zone)).date(), -1)).replace(day=1)
    begun = first_issue_day()
    found = []
    while begun is not None and (first := begun.replace(day=1)) <= last:
        with suppress(MonthIsClosed):
            found.append(recognise_month(actor=actor, as_of=as_of, month=first))
        begun = add_months(first, 1)
    return [each for each in found if each.entries]


def _remember(
    posting: "_Posting",
    fresh: Sequence[UUID],
    told: Sequence[RecognisedRow],
    accrued: Sequence[AccruedRow],
    earned: Unbilled,
    actor: Actor,
) -> None:
    """Keep in whose books the month was posted for the first time, and how much."""
    lines = Counter(row.entry.entity_id for row in told)
    amounts = Counter(row.entry.entity_id for row in accrued)
    RecognisedMonth.objects.bulk_create(
        RecognisedMonth(
            entity_id=each,
            month=posting.days.start,
            recognised_at=posting.as_of,
            recognised_by=actor.id,
            lines=lines[each],
            accrued=amounts[each],
            unpriced=earned.unpriced[each],
        )
        for each in fresh
    )


class _Posting:
    """What is posted for a month, and whose books are closed for it."""

    def __init__(self, days: Days, accounts: Accounts, as_of: datetime) -> None:
        self.days, self.accounts, self.as_of = days, accounts, as_of
        self._closed = {(row.entity_id, row.month) for row in closed_months(SYSTEM) if row.reopened_at is None}
        self.refused = False

    def is_open(self, entity_id: UUID, *, next_too: bool = False) -> bool:
        """Say whether the month is open in somebody's books, and the next one; remember when it is not."""
        months = [self.days.start, *([self.days.end] if next_too else [])]
        is_closed = any((whose, each) in self._closed for each in months for whose in (entity_id, None))
        self.refused = self.refused or is_closed
        return not is_closed

    def post(self, what: str, key: _Key, sums: Mapping[tuple[str, str], int]) -> "JournalEntry | None":
        """Post sums by account and pillar on the last day of the month; None where all of them cancel out."""
        entity_id, currency = key
        postings = _postings(sums, Currency(currency))
        if not postings:
            return None
        number = 1
        while entry_posted_for(_source(what, key, self.days, number)) is not None:
            number += 1
        with translation.override(founded().language):
            words = {
                "recognition": gettext("Revenue of %(month)s"),
                "accrual": gettext("Not invoiced yet in %(month)s"),
            }
            text = words[what] % {"month": f"{self.days.start:%Y-%m}"}
        entry = Entry(self.days.end - timedelta(days=1), postings, text)
        draft = EntryDraft(_source(what, key, self.days, number), entry, entity_id)
        return post_entries(actor=SYSTEM, as_of=self.as_of, drafts=[draft])[0]


def _recognise(posting: _Posting) -> list[RecognisedRow]:
    found: dict[_Key, list[LineDue]] = defaultdict(list)
    for each in revenue_due(posting.days.end):
        found[each.entity_id, each.currency].append(each)
    rows: list[RecognisedRow] = []
    for key, told in found.items():
        if not posting.is_open(key[0]):
            continue
        sums: dict[tuple[str, str], int] = defaultdict(int)
        for each in told:
            sums[posting.accounts.code(DEFERRED), each.pillar] += each.minor
            sums[posting.accounts.code(f"revenue_{each.stream}"), each.pillar] -= each.minor
        entry = posting.post("recognition", key, sums)
        if entry is not None:
            rows += [_recognised(each, posting.days.start, entry) for each in told]
    RecognisedRow.objects.bulk_create(rows, batch_size=CHUNK)
    return rows


def _recognised(each: LineDue, month: date, entry: "JournalEntry") -> RecognisedRow:
    return RecognisedRow(
        line_id=each.line_id, month=month, amount_minor=each.minor, currency=each.currency, entry=entry
    )


def _accrue(posting: _Posting, earned: Sequence[Earned]) -> list[AccruedRow]:
    """Post what is earned and not invoiced, and its opposite on the day after."""
    found: dict[_Key, list[Earned]] = defaultdict(list)
    for each in earned:
        found[each.entity_id, each.amount.currency.code].append(each)
    rows: list[AccruedRow] = []
    for key, some in sorted(found.items(), key=str):
        sums: dict[tuple[str, str], int] = defaultdict(int)
        for each in some:
            sums[posting.accounts.code(UNBILLED), each.pillar] += each.amount.minor
            sums[posting.accounts.code(f"revenue_{each.stream}"), each.pillar] -= each.amount.minor
        entry = posting.post("accrual", key, sums)
        if entry is not None:
            day = posting.days.end
            reverse_entry(actor=SYSTEM, as_of=posting.as_of, entry_id=entry.pk, day=day, text=entry.text)
            rows += [_accrued(each, posting.days.start, entry) for each in some]
    AccruedRow.objects.bulk_create(rows, batch_size=CHUNK)
    return rows


def _accrued(each: Earned, month: date, entry: "JournalEntry") -> AccruedRow:
    return AccruedRow(
        subscription_id=each.subscription_id,
        line_id=each.line_id,
        obligation=each.obligation,
        text=each.text[:300],
        stream=each.stream,
        pillar_id=UUID(each.pillar) if each.pillar else None,
        quantity=each.quantity,
        month=month,
        amount_minor=each.amount.minor,
        currency=each.amount.currency.code,
        entry=entry,
    )


def _postings(sums: Mapping[tuple[str, str], int], currency: Currency) -> tuple[Posting, ...]:
    return tuple(
        Posting(account, Money(minor, currency), {"pillar": pillar} if pillar else {})
        for (account, pillar), minor in sorted(sums.items())
        if minor
    )


def _source(what: str, key: _Key, days: Days, number: int) -> str:
    entity_id, currency = key
    return f"{what}:{Ref('entity', entity_id)}:{currency}:{days.start:%Y-%m}:{number}"
