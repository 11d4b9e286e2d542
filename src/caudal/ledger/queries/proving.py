"""What was posted, summed for others to hold against what they have: by document, by entry, by what is named."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Sum

from caudal.core.ids import NotAnId, Ref
from caudal.ledger.models import JournalEntry, JournalPosting

NAMED: Final = ("party", "document", "product")
"""The opaque ids that a posting may name."""


@dataclass(frozen=True, slots=True)
class EntrySum:
    """What an entry comes to on some accounts in a currency, a debit when positive; `root` is what it was posted for.

    The root of a reversal is that of the entry that it undoes.
    """

    entry_id: UUID
    source: str
    root: str
    currency: str
    minor: int


def sums_named(purposes: Collection[str], name: str = "document") -> dict[tuple[str, str], int]:
    """Return what the accounts of some purposes hold, by the document (or party) that postings name and currency."""
    rows = JournalPosting.objects.filter(account__purpose__in=purposes).values_list(name, "amount_currency")
    return {(named, code): int(minor) for named, code, minor in rows.annotate(sum=Sum("amount_minor")).order_by()}


def sums_by_entry(purposes: Collection[str]) -> list[EntrySum]:
    """Return what each entry comes to on the accounts of some purposes, also where that is nothing, by day."""
    rows = (
        JournalPosting.objects.filter(account__purpose__in=purposes)
        .values_list("entry_id", "entry__source", "entry__reverses__source", "amount_currency")
        .annotate(sum=Sum("amount_minor"))
        .order_by("entry__day", "entry_id", "amount_currency")
    )
    return [EntrySum(pk, source, undone or source, code, int(minor)) for pk, source, undone, code, minor in rows]


def ids_named() -> set[str]:
    """Return every opaque id that a posting names; suppliers and papers that go by words of their own have none."""
    found: set[str] = set()
    for name in NAMED:
        found.update(JournalPosting.objects.exclude(**{name: ""}).values_list(name, flat=True).distinct().order_by())
    return {text for text in found if _is_id(text)}


def _is_id(text: str) -> bool:
    try:
        Ref.parse(text)
    except NotAnId:
        return False
    return True


def sources_of(prefix: str) -> dict[str, UUID | None]:
    """Return what entries were posted for, of those whose source begins so, with the entry that undoes each."""
    rows = JournalEntry.objects.filter(source__startswith=prefix, reverses=None).order_by("source")
    return dict(rows.values_list("source", "reversal"))


def income_purposes() -> list[str]:
    """Return the purposes of the accounts of revenue from customers."""
    rows = JournalPosting.objects.filter(account__purpose__startswith="revenue_")
    return sorted({str(each) for each in rows.values_list("account__purpose", flat=True).distinct().order_by()})
