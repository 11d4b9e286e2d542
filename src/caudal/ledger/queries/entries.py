"""The chart, entries, and their lines."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q, Sum

from caudal.core.money import Money
from caudal.core.periods import Days
from caudal.kit.access import Actor, Verb
from caudal.kit.cursors import LIMIT, Order, Page, page
from caudal.ledger.models import Account, ClosedMonth, JournalEntry, JournalPosting

LATEST: Final = Order.by("latest", "-day")


@dataclass(frozen=True, slots=True)
class Line:
    """A posting on its account, with what the account held in its currency after it."""

    posting: JournalPosting
    balance: Money


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines of an account, and the cursor of the next ones, None behind the last."""

    lines: list[Line]
    next: str | None


def chart(actor: Actor) -> list[Account]:
    """Return all accounts by code, then id."""
    return list(Account.for_actor(actor).order_by("code", "pk"))


def account_codes(actor: Actor) -> dict[str, str]:
    """Return the code of the account that each purpose is posted to."""
    rows = Account.for_actor(actor).exclude(purpose=None).order_by("code", "pk")
    return {str(purpose): code for purpose, code in rows.values_list("purpose", "code")}


def account(actor: Actor, account_id: UUID) -> Account:
    """Return one account. Raises NotFound."""
    return Account.one_for(actor, Verb.VIEW, account_id)


def lines_of(row: Account, *, days: Days | None = None, cursor: str | None = None, limit: int = LIMIT) -> Lines:
    """Return lines of an account that the caller may see, the latest first, each with the balance after it.

    Two queries, whatever the length of the account. Raises CursorUnreadable.
    """
    posted = JournalPosting.objects.filter(account=row)
    within = posted if days is None else posted.filter(day__gte=days.start, day__lt=days.end)
    found = page(within.select_related("entry", "pillar"), LATEST, cursor=cursor, limit=limit)
    if not found.rows:
        return Lines([], None)
    first = found.rows[0]
    upto = posted.filter(Q(day__lt=first.day) | Q(day=first.day, pk__lte=first.pk))
    sums = upto.values_list("amount_currency").annotate(sum=Sum("amount_minor")).order_by()
    held = {code: int(minor) for code, minor in sums}
    lines = []
    for posting in found.rows:
        currency = posting.amount.currency
        lines.append(Line(posting, Money(held[currency.code], currency)))
        held[currency.code] -= posting.amount.minor
    return Lines(lines, found.next)


def entries(actor: Actor, *, cursor: str | None = None, limit: int = LIMIT) -> Page[JournalEntry]:
    """Return a page of entries, the latest first. Raises CursorUnreadable."""
    return page(JournalEntry.for_actor(actor), LATEST, cursor=cursor, limit=limit)


def entry(actor: Actor, entry_id: UUID) -> JournalEntry:
    """Return one entry. Raises NotFound."""
    return JournalEntry.one_for(actor, Verb.VIEW, entry_id)


def entry_posted_for(source: str) -> JournalEntry | None:
    """Return the entry that was posted for something, which the caller may see; None if none was."""
    return JournalEntry.objects.filter(source=source).first()


def postings_of(entry_ids: Collection[UUID]) -> dict[UUID, list[JournalPosting]]:
    """Return the lines of entries, which the caller may see, in their order."""
    found: dict[UUID, list[JournalPosting]] = {each: [] for each in entry_ids}
    rows = JournalPosting.objects.filter(entry_id__in=found).select_related("account", "pillar")
    for line in rows.order_by("entry_id", "position", "pk"):
        found[line.entry_id].append(line)
    return found


def reversal_of(row: JournalEntry) -> JournalEntry | None:
    """Return the entry that undoes one, None while nothing does."""
    return JournalEntry.objects.filter(reverses=row).first()


def reversals_of(entry_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return which entry undoes each of some entries, which the caller may see."""
    rows = JournalEntry.objects.filter(reverses_id__in=entry_ids).order_by("pk")
    return {undone: row for row, undone in rows.values_list("pk", "reverses_id")}


def closed_months(actor: Actor) -> list[ClosedMonth]:
    """Return the closed months, the latest first, with those that were opened again."""
    return list(ClosedMonth.for_actor(actor).order_by("-month", "-created_at", "-pk"))
