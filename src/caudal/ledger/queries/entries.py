"""The chart, entries, and their lines."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Abs

from caudal.core.ids import Ref
from caudal.core.money import Currency, Money
from caudal.core.periods import Days
from caudal.kit.access import Actor, Reach, Verb, policy_of
from caudal.kit.cursors import LIMIT, Order, Page, page
from caudal.kit.lasting import Lasting
from caudal.ledger.models import Account, ClosedMonth, CostFile, JournalEntry, JournalPosting
from caudal.ledger.queries.statements import Movement, books_of, postings_within

FILES_MAX: Final = 50
"""Files of costs that are listed."""
LATEST: Final = Order.by("latest", "-day")
_ACCOUNTS: Final[Lasting[None, Mapping[str, Account]]] = Lasting("ledger.chart")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which entries are looked for; what is empty does not narrow."""

    text: str = ""
    """A part of the text, source, party, document or note."""
    account_id: UUID | None = None
    party: str = ""
    first: date | None = None
    last: date | None = None
    """The days that count, both of them among them."""
    least: Money | None = None
    most: Money | None = None
    """What a line is at least and at most, as a debit or a credit, in its currency."""
    entity_id: UUID | None = None


def chart(actor: Actor) -> list[Account]:
    """Return all accounts by code, then id."""
    return list(Account.for_actor(actor).order_by("code", "pk"))


def account_codes(actor: Actor) -> dict[str, str]:
    """Return the code of the account that each purpose is posted to."""
    if policy_of(Account).reach(actor, Verb.VIEW) is Reach.NONE:
        return {}
    return {str(row.purpose): code for code, row in sorted(accounts_by_code().items()) if row.purpose is not None}


def accounts_by_code() -> Mapping[str, Account]:
    """Return every account, whoever asks, for posting: to be read only."""
    return _ACCOUNTS.get(None, lambda: {row.code: row for row in Account.objects.filter(deleted_at=None)})


def account(actor: Actor, account_id: UUID) -> Account:
    """Return one account. Raises NotFound."""
    return Account.one_for(actor, Verb.VIEW, account_id)


def lines_of(
    row: Account,
    *,
    days: Days | None = None,
    entity_id: UUID | None = None,
    about: str = "",
    cursor: str | None = None,
    limit: int = LIMIT,
) -> Lines:
    """Return lines of an account that the caller may see, the latest first, each with the balance after it.

    With `about` only those that name a document, and what they alone come to.
    Two queries, whatever the length of the account. Raises CursorUnreadable.
    """
    posted = _posted_to(row, entity_id, about)
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


def moved_on(
    row: Account, *, days: Days | None = None, entity_id: UUID | None = None, about: str = ""
) -> list[Movement]:
    """Return what the lines of `lines_of` come to in each currency, and what the account held before them."""
    begins = Q(day__lt=days.start) if days else Q(pk=None)
    rows = _posted_to(row, entity_id, about)
    rows = rows if days is None else rows.filter(day__lt=days.end)
    sums = rows.values_list("amount_currency").annotate(
        opening=Sum("amount_minor", filter=begins, default=0),
        debit=Sum("amount_minor", filter=~begins & Q(amount_minor__gt=0), default=0),
        credit=Sum("amount_minor", filter=~begins & Q(amount_minor__lt=0), default=0),
    )
    return [
        Movement(row, *(Money(int(each), Currency(code)) for each in (opening, debit, -credit)))
        for code, opening, debit, credit in sums.order_by("amount_currency")
    ]


def _posted_to(row: Account, entity_id: UUID | None, about: str) -> "QuerySet[JournalPosting]":
    rows = postings_within(entity_id).filter(account=row)
    return rows.filter(document=about) if about else rows


def entries(
    actor: Actor, sought: Sought | None = None, *, cursor: str | None = None, limit: int = LIMIT
) -> Page[JournalEntry]:
    """Return a page of the entries that are looked for, the latest first. Raises CursorUnreadable."""
    rows = JournalEntry.for_actor(actor)
    return page(_narrowed(rows, sought) if sought else rows, LATEST, cursor=cursor, limit=limit)


def entry(actor: Actor, entry_id: UUID) -> JournalEntry:
    """Return one entry. Raises NotFound."""
    return JournalEntry.one_for(actor, Verb.VIEW, entry_id)


def entry_texts(actor: Actor, entry_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return what some entries say, or what they were posted for where they say nothing."""
    rows = JournalEntry.for_actor(actor).filter(pk__in=entry_ids)
    return {row.pk: row.text or row.source for row in rows}


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


def cost_files(actor: Actor) -> list[CostFile]:
    """Return the files of costs without what they say, the newest first, then by id."""
    return list(CostFile.for_actor(actor).defer("content").order_by("-created_at", "-pk")[:FILES_MAX])


def cost_file(actor: Actor, file_id: UUID) -> CostFile:
    """Return one file of costs. Raises NotFound."""
    return CostFile.one_for(actor, Verb.VIEW, file_id)


def opening_entries(actor: Actor, source: str) -> list[JournalEntry]:
    """Return the entries that opened some books, with those that were reversed since, the first one first."""
    rows = JournalEntry.for_actor(actor).filter(Q(source=source) | Q(source__startswith=f"{source}/"))
    return list(rows.select_related("reversal").order_by("created_at", "pk"))


def is_opened(actor: Actor, entity_id: UUID | None) -> bool:
    """Say whether the books of a legal entity, or the company's own, were opened by balances that still stand."""
    whose = str(Ref("entity", entity_id)) if entity_id else "company"
    return any(getattr(row, "reversal", None) is None for row in opening_entries(actor, f"opening:{whose}"))


def closed_months(actor: Actor) -> list[ClosedMonth]:
    """Return the closed months, the latest first, with those that were opened again."""
    return list(ClosedMonth.for_actor(actor).order_by("-month", "-created_at", "-pk"))


def _narrowed(rows: "QuerySet[JournalEntry]", sought: Sought) -> "QuerySet[JournalEntry]":
    if sought.first:
        rows = rows.filter(day__gte=sought.first)
    if sought.last:
        rows = rows.filter(day__lte=sought.last)
    if sought.entity_id:
        rows = rows.filter(books_of(sought.entity_id))
    lines = JournalPosting.objects.filter(entry=OuterRef("pk"))
    if asked := _of_a_line(sought):
        rows = rows.filter(Exists(lines.annotate(size=Abs("amount_minor")).filter(**asked)))
    for word in sought.text.split():
        on_line = Q(party__icontains=word) | Q(document__icontains=word) | Q(note__icontains=word)
        rows = rows.filter(Q(text__icontains=word) | Q(source__icontains=word) | Exists(lines.filter(on_line)))
    return rows


def _of_a_line(sought: Sought) -> dict[str, Any]:
    """What one line of the entry must be, all of it at once."""
    asked: dict[str, Any] = {}
    if sought.account_id:
        asked["account"] = sought.account_id
    if sought.party:
        asked["party"] = sought.party
    for name, amount in (("size__gte", sought.least), ("size__lte", sought.most)):
        if amount is not None:
            asked |= {name: amount.minor, "amount_currency": amount.currency.code}
    return asked
