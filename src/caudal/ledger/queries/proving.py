"""What was posted, summed for others to hold against what they have: by document, by entry, by what is named."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Case, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, TruncMonth

from caudal.core.ids import NotAnId, Ref
from caudal.core.periods import Days
from caudal.ledger.models import JournalEntry, JournalPosting
from caudal.ledger.queries.statements import postings_within

NAMED: Final = ("party", "document", "product")
"""The opaque ids that a posting may name."""
ROOT: Final = Coalesce("entry__reverses__source", "entry__source")
"""What an entry was posted for; of a reversal what that was which it undoes."""


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


@dataclass(frozen=True, slots=True)
class EntrySums:
    """Some entries with what each comes to, how many there are, and what all of them come to in minor units."""

    rows: Sequence[EntrySum]
    count: int
    whole: int


def sums_named(purposes: Collection[str], name: str = "document") -> dict[tuple[str, str], int]:
    """Return what the accounts of some purposes hold, by the document (or party) that postings name and currency."""
    rows = _proved(purposes).values_list(name, "amount_currency")
    return {(named, code): int(minor) for named, code, minor in rows.annotate(sum=Sum("amount_minor")).order_by()}


def sums_by_entry(purposes: Collection[str]) -> list[EntrySum]:
    """Return what each entry comes to on the accounts of some purposes, also where that is nothing, by day."""
    rows = (
        _proved(purposes)
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


def sums_by_month(
    purpose: str, currency: str, *, until: date, kinds: Mapping[str, str], entity_id: UUID | None = None
) -> dict[tuple[date, str], int]:
    """Return what was posted to the account of a purpose before a day, by month and by what it was posted for.

    `kinds` are names by the beginning of sources; what fits none has an empty one. A reversal is of the kind of what it
    undoes.
    """
    rows = _posted(purpose, currency, entity_id).filter(day__lt=until)
    told = rows.annotate(root=ROOT).annotate(month=TruncMonth("day"), kind=_kind_of(kinds))
    sums = told.values_list("month", "kind").annotate(sum=Sum("amount_minor")).order_by()
    return {(month, kind): int(minor) for month, kind, minor in sums}


def entries_moving(
    purpose: str,
    currency: str,
    days: Days,
    *,
    kinds: Mapping[str, str],
    kind: str,
    entity_id: UUID | None = None,
    offset: int,
    limit: int,
) -> EntrySums:
    """Return entries of some days on the account of a purpose that were posted for a kind, the largest credit first.

    Kinds are those of `sums_by_month`: an empty one is for what fits none.
    """
    rows = _posted(purpose, currency, entity_id).filter(day__gte=days.start, day__lt=days.end)
    rooted = rows.annotate(root=ROOT).annotate(kind=_kind_of(kinds)).filter(kind=kind)
    sums = rooted.values_list("entry_id", "entry__source", "root", "amount_currency").annotate(sum=Sum("amount_minor"))
    found = sums.exclude(sum=0).order_by("sum", "entry_id")
    some = [
        EntrySum(pk, source, root, code, int(minor)) for pk, source, root, code, minor in found[offset : offset + limit]
    ]
    whole = rooted.aggregate(sum=Sum("amount_minor", default=0))["sum"]
    return EntrySums(some, found.count(), int(whole))


def _kind_of(kinds: Mapping[str, str]) -> Case:
    return Case(*(When(root__startswith=prefix, then=Value(name)) for name, prefix in kinds.items()), default=Value(""))


def _proved(purposes: Collection[str]) -> "QuerySet[JournalPosting]":
    """What was posted to some accounts, but for what the books were opened with: nobody has documents of that here."""
    rows = JournalPosting.objects.filter(account__purpose__in=purposes)
    return rows.annotate(root=ROOT).exclude(root__startswith="opening:")


def _posted(purpose: str, currency: str, entity_id: UUID | None) -> "QuerySet[JournalPosting]":
    return postings_within(entity_id).filter(account__purpose=purpose, amount_currency=currency)
