"""Posting entries, once each, and undoing them by their reversal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final, TypeAlias
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.core.journal import Entry, Posting
from caudal.core.money import Money
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.bulk import insert_new, insert_rows, made
from caudal.kit.outbox import Fact, publish, publish_many
from caudal.kit.pipelining import send
from caudal.kit.records import NotFound, stamp
from caudal.ledger.events import EntryPosted, EntryReversed
from caudal.ledger.models import NOTE_LENGTH, Account, JournalEntry, JournalPosting
from caudal.ledger.queries import accounts_by_code, postings_of
from caudal.workspace.queries import known_entities, pillars

ABOUT: Final = ("pillar", "party", "product", "document", "channel", "note")
"""What a posting may name in `about`: a line of business by its id, opaque ids, and a note."""
LOCK: Final = """
SELECT pg_advisory_xact_lock_shared(ledger_month_lock(entity, first))
FROM unnest(%s::uuid[], %s::date[]) AS month (entity, first)
"""
Month: TypeAlias = tuple[UUID | None, date]
"""Whose books, and the first day or any other one."""
CLOSED: Final = """
SELECT entity_id, month FROM ledger_closedmonth WHERE month = ANY(%s) AND reopened_at IS NULL ORDER BY month, id
"""


class NoSuchAccount(Problem):
    """The chart has no account of that code."""

    code = "ledger.no_such_account"
    status = 422
    message = msg("There is no account “{account}”.")
    hint = msg("Add it to the chart of accounts, or use another code.")


class PostedOtherwise(Problem):
    """The key was used for another entry."""

    code = "ledger.posted_otherwise"
    status = 409
    message = msg("“{source}” was posted before, with other lines: {entry}.")
    hint = msg("Reverse that entry first, and post under another key.")


class MonthIsClosed(Problem):
    """The month of the entry takes nothing any more."""

    code = "ledger.month_closed"
    status = 409
    message = msg("{month} is closed: nothing more is posted into it.")
    hint = msg("Post on a day of an open month, or let two people reopen it.")


class ReversedBefore(Problem):
    """An entry is undone once."""

    code = "ledger.reversed_before"
    status = 409
    message = msg("{entry} was reversed before, by {reversal}.")
    hint = msg("A reversal can be reversed itself, if it was wrong.")


class ReversedTooEarly(Problem):
    """The reversal would stand before what it undoes."""

    code = "ledger.reversed_too_early"
    status = 422
    message = msg("The entry is of {day}, and cannot be undone before.")


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """An entry of the core, by account codes, with the key of what it is posted for."""

    source: str
    entry: Entry
    entity_id: UUID | None = None


class HeldMonths:
    """Months of books that nobody closes any more before the transaction ends."""

    def __init__(self, days: Iterable[Month]) -> None:
        """Hold the months of days, each with the entity whose books they are of, and ask which of them are closed."""
        self._months = _months(days)
        locked = sorted(self._months | {(None, first) for _, first in self._months}, key=str)
        firsts = [first for _, first in locked]
        send(LOCK, [[entity for entity, _ in locked], firsts])
        self._asked = send(CLOSED, [firsts])

    @cached_property
    def _closed(self) -> list[tuple[Any, ...]]:
        return self._asked.rows()

    def covers(self, days: Iterable[Month]) -> bool:
        """Say whether the months of days are among them."""
        return self._months >= _months(days)

    def refuse_closed(self) -> None:
        """Refuse in words what the trigger would refuse. Raises MonthIsClosed."""
        for entity_id, month in self._closed:
            if any(first == month and entity_id in {None, entity} for entity, first in self._months):
                raise MonthIsClosed(month=f"{month:%Y-%m}")


def _months(days: Iterable[Month]) -> frozenset[Month]:
    return frozenset((entity, day.replace(day=1)) for entity, day in days)


@action
def post_entry(*, actor: Actor, as_of: datetime, draft: EntryDraft) -> JournalEntry:
    """Post an entry, or return the one that its key was posted as. Raises as `post_entries`."""
    return post_entries(actor=actor, as_of=as_of, drafts=[draft])[0]


@action
def post_entries(
    *,
    actor: Actor,
    as_of: datetime,
    drafts: Sequence[EntryDraft],
    held: HeldMonths | None = None,
    are_new: bool = False,
) -> list[JournalEntry]:
    """Post entries, all or none, in a few statements however many; joins the transaction of the action that calls.

    A key that was posted before with the same lines gives that entry and posts nothing. A caller may hold the months
    already, and may say that the keys `are_new`, as it made what they name in the same transaction. Raises NotAllowed,
    NoSuchAccount, NotFound, PostedOtherwise, MonthIsClosed.
    """
    require(actor, "entry", Verb.CREATE)
    accounts = _accounts(draft.entry for draft in drafts)
    _check_rows(actor, drafts)
    days = {(draft.entity_id, draft.entry.day) for draft in drafts}
    holding = held if held is not None and held.covers(days) else HeldMonths(days)
    holding.refuse_closed()
    rows = [_row(draft, actor, as_of) for draft in drafts]
    kept = _kept(rows, _written(rows, are_new=are_new))
    _refuse_second_reversal(row for row in rows if row.source not in kept)
    pairs = list(zip(rows, drafts, strict=True))
    new = [(row, draft) for row, draft in pairs if kept[row.source].pk == row.pk]
    insert_rows([line for row, draft in new for line in _lines(row, draft.entry, accounts)])
    if len(new) < len(pairs):
        _refuse_others([(kept[row.source], draft) for row, draft in pairs if kept[row.source].pk != row.pk])
    publish_many([_posted(row) for row, _ in new], actor=actor, occurred_at=as_of)
    return [kept[draft.source] for draft in drafts]


@action
def reverse_entry(
    *, actor: Actor, as_of: datetime, entry_id: UUID, day: date, text: str = "", source: str = ""
) -> JournalEntry:
    """Undo an entry by its opposite on a day. Raises NotFound, ReversedBefore, ReversedTooEarly, MonthIsClosed."""
    require(actor, "entry", Verb.CREATE)
    undone = JournalEntry.one_for(actor, Verb.VIEW, entry_id)
    before = JournalEntry.objects.filter(reverses=undone).first()
    if before is not None:
        raise ReversedBefore(entry=undone.ref, reversal=before.ref)
    if day < undone.day:
        raise ReversedTooEarly(day=undone.day)
    postings = tuple(posting_of(line) for line in postings_of([undone.pk])[undone.pk])
    opposite = Entry(undone.day, postings, undone.text).reversed(day, str(undone.ref), text[:NOTE_LENGTH])
    draft = EntryDraft(source or f"reversal:{undone.ref}", opposite, undone.entity_id)
    row = post_entry(actor=actor, as_of=as_of, draft=draft)
    publish(EntryReversed(subject=undone.ref, by=str(row.ref)), actor=actor, occurred_at=as_of)
    return row


def _accounts(entries: Iterable[Entry]) -> Mapping[str, Account]:
    codes = {posting.account for entry in entries for posting in entry.postings}
    found = accounts_by_code()
    for code in sorted(codes - found.keys()):
        raise NoSuchAccount(account=code)
    return found


def _check_rows(actor: Actor, drafts: Sequence[EntryDraft]) -> None:
    named = {
        UUID(posting.about["pillar"]) for each in drafts for posting in each.entry.postings if "pillar" in posting.about
    }
    for pillar in sorted(named - {each.pk for each in pillars()} if named else ()):
        raise NotFound(kind="pillar", id=Ref("pillar", pillar))
    entities = {draft.entity_id for draft in drafts if draft.entity_id is not None}
    if entities:
        known_entities(actor, sorted(entities))
    undone = {Ref.parse(draft.entry.reverses, JournalEntry.kind).id for draft in drafts if draft.entry.reverses}
    JournalEntry.many_for(actor, Verb.VIEW, undone)


def _written(rows: Sequence[JournalEntry], *, are_new: bool) -> set[UUID]:
    """Write entries; return those that no other one stood in the way of."""
    if not are_new:
        return insert_new(rows)
    insert_rows(rows)
    return {row.pk for row in rows}


def _kept(rows: Sequence[JournalEntry], written: set[UUID]) -> dict[str, JournalEntry]:
    """The entries of the keys of some rows: those that were written, or those that stood there before them."""
    own = {row.source: row for row in rows if row.pk in written}
    others = [row.source for row in rows if row.source not in own]
    return own | ({row.source: row for row in JournalEntry.objects.filter(source__in=others)} if others else {})


def _refuse_second_reversal(rows: Iterable[JournalEntry]) -> None:
    """Refuse rows that another one stands in the way of, though none has their key: one that undoes the same entry."""
    for row in rows:
        undone = Ref(row.kind, row.reverses_id or row.pk)
        raise ReversedBefore(entry=undone, reversal=JournalEntry.objects.get(reverses=undone.id).ref)


def _refuse_others(repeated: Sequence[tuple[JournalEntry, EntryDraft]]) -> None:
    lines = postings_of([row.pk for row, _ in repeated])
    for row, draft in repeated:
        if _content(row, lines[row.pk]) != _said(draft):
            raise PostedOtherwise(source=draft.source, entry=row.ref)


def _row(draft: EntryDraft, actor: Actor, as_of: datetime) -> JournalEntry:
    entry = draft.entry
    return made(
        JournalEntry,
        **stamp(actor, as_of),
        entity_id=draft.entity_id,
        day=entry.day,
        text=entry.text,
        source=draft.source,
        reverses_id=Ref.parse(entry.reverses, JournalEntry.kind).id if entry.reverses else None,
        posting_count=len(entry.postings),
    )


def _lines(row: JournalEntry, entry: Entry, accounts: Mapping[str, Account]) -> Iterator[JournalPosting]:
    for position, posting in enumerate(entry.postings, start=1):
        yield made(
            JournalPosting,
            entry_id=row.pk,
            position=position,
            account_id=accounts[posting.account].pk,
            day=entry.day,
            amount_minor=posting.amount.minor,
            amount_currency=posting.amount.currency.code,
            **_about(posting),
        )


def _about(posting: Posting) -> dict[str, Any]:
    unknown = set(posting.about) - set(ABOUT)
    if unknown:
        raise TypeError(f"A posting is about {', '.join(ABOUT)}, and not about {', '.join(sorted(unknown))}.")
    named = dict(posting.about)
    pillar = named.pop("pillar", "")
    return {**named, "pillar_id": UUID(pillar) if pillar else None}


def posting_of(line: JournalPosting) -> Posting:
    """Return a line as the core knows it."""
    about = {name: value for name in ABOUT[1:] if (value := getattr(line, name))}
    if line.pillar_id is not None:
        about["pillar"] = str(line.pillar_id)
    return Posting(line.account.code, line.amount, about)


def _said(draft: EntryDraft) -> tuple[Any, ...]:
    entry = draft.entry
    amounts: list[tuple[str, Money]] = [(posting.account, posting.amount) for posting in entry.postings]
    return draft.entity_id, entry.day, entry.reverses, amounts


def _content(row: JournalEntry, lines: Sequence[JournalPosting]) -> tuple[Any, ...]:
    reverses = str(Ref(row.kind, row.reverses_id)) if row.reverses_id else ""
    amounts = [(line.account.code, line.amount) for line in lines]
    return row.entity_id, row.day, reverses, amounts


def _posted(row: JournalEntry) -> Fact:
    return EntryPosted(
        subject=row.ref,
        day=row.day.isoformat(),
        source=row.source,
        lines=row.posting_count,
        reverses=str(Ref(row.kind, row.reverses_id)) if row.reverses_id else "",
    )
