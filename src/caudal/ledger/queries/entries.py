"""The chart, entries, and their lines."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from caudal.kit.access import Actor, Verb
from caudal.kit.cursors import LIMIT, Order, Page, page
from caudal.ledger.models import Account, ClosedMonth, JournalEntry, JournalPosting

LATEST: Final = Order.by("latest", "-day")


def chart(actor: Actor) -> list[Account]:
    """Return all accounts by code, then id."""
    return list(Account.for_actor(actor).order_by("code", "pk"))


def account_codes(actor: Actor) -> dict[str, str]:
    """Return the code of the account that each purpose is posted to."""
    rows = Account.for_actor(actor).exclude(purpose=None).order_by("code", "pk")
    return {str(purpose): code for purpose, code in rows.values_list("purpose", "code")}


def entries(actor: Actor, *, cursor: str | None = None, limit: int = LIMIT) -> Page[JournalEntry]:
    """Return a page of entries, the latest first. Raises CursorUnreadable."""
    return page(JournalEntry.for_actor(actor), LATEST, cursor=cursor, limit=limit)


def entry(actor: Actor, entry_id: UUID) -> JournalEntry:
    """Return one entry. Raises NotFound."""
    return JournalEntry.one_for(actor, Verb.VIEW, entry_id)


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


def closed_months(actor: Actor) -> list[ClosedMonth]:
    """Return the closed months, the latest first, with those that were opened again."""
    return list(ClosedMonth.for_actor(actor).order_by("-month", "-created_at", "-pk"))
