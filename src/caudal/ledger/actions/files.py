"""Files of costs: kept until they are posted, posted once, and undone as a whole by reversals."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.core.journal import Entry
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish, publish_many
from caudal.ledger.actions.costs import CostDraft, post_costs
from caudal.ledger.actions.posting import EntryDraft, post_entries, posting_of
from caudal.ledger.events import CostFilePosted, CostFileUndone, EntryReversed
from caudal.ledger.models import NOTE_LENGTH, CostFile, CostFileLine, JournalEntry
from caudal.ledger.queries import postings_of, reversals_of

CHUNK: Final = 2_000


class FileDone(Problem):
    """The file was posted or undone before."""

    code = "ledger.file_done"
    status = 409
    message = msg("“{name}” was dealt with before.")
    hint = msg("Give the file again to post what is new in it.")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many lines a file has, and how many of them were refused."""

    lines: int
    refused: int


@action
def add_cost_file(*, actor: Actor, as_of: datetime, name: str, content: bytes) -> CostFile:
    """Keep a file of costs to be looked at; nothing is posted. Raises NotAllowed."""
    require(actor, "cost_file", Verb.CREATE)
    digest = hashlib.sha256(content).hexdigest()
    row = CostFile.stamped(actor=actor, as_of=as_of, name=name[:NOTE_LENGTH], digest=digest, content=content)
    row.save(force_insert=True)
    return row


@action
def map_cost_file(*, actor: Actor, as_of: datetime, file_id: UUID, mapping: Mapping[str, int | None]) -> CostFile:
    """Say which column of a file is which; None is none of them. Raises NotFound, FileDone."""
    row = _waiting(actor, file_id)
    row.touch(actor=actor, as_of=as_of, mapping=dict(mapping))
    return row


@action
def drop_cost_file(*, actor: Actor, as_of: datetime, file_id: UUID) -> None:
    """Forget a file that was not posted. Raises NotFound, FileDone."""
    row = _waiting(actor, file_id)
    row.delete_softly(actor=actor, as_of=as_of)


@action
def post_cost_file(
    *, actor: Actor, as_of: datetime, file_id: UUID, costs: Sequence[tuple[int, CostDraft]], counts: Counts
) -> CostFile:
    """Post the costs of a file, by line, each once however many files say it; forget what the file said.

    What was posted before and undone since is posted again. Raises NotFound, FileDone, and what `post_costs` raises.
    """
    row = _waiting(actor, file_id)
    drafts, known = settled_costs([cost for _, cost in costs])
    fresh = [(number, draft) for (number, _), draft in zip(costs, drafts, strict=True) if draft.source not in known]
    entries = post_costs(actor=actor, as_of=as_of, costs=[draft for _, draft in fresh])
    CostFileLine.objects.bulk_create(
        [CostFileLine(file=row, number=number, entry=entry) for (number, _), entry in zip(fresh, entries, strict=True)],
        batch_size=CHUNK,
    )
    row.touch(
        actor=actor,
        as_of=as_of,
        content=None,
        line_count=counts.lines,
        refused_count=counts.refused,
        known_count=len(known),
        posted_count=len(costs) - len(known),
        posted_at=as_of,
        posted_by=actor.id,
    )
    publish(CostFilePosted(subject=row.ref, posted=row.posted_count), actor=actor, occurred_at=as_of)
    return row


@action
def undo_cost_file(*, actor: Actor, as_of: datetime, file_id: UUID) -> CostFile:
    """Reverse every entry that a file brought and nobody reversed yet, each on its day. Raises NotFound, FileDone.

    Raises MonthIsClosed where one of them is of a closed month.
    """
    row = CostFile.one_for(actor, Verb.CHANGE, file_id, lock=True)
    if row.posted_at is None or row.undone_at is not None:
        raise FileDone(name=row.name)
    ids = list(row.lines.order_by("number", "pk").values_list("entry_id", flat=True))
    gone = reversals_of(ids)
    entries = [each for each in JournalEntry.objects.filter(pk__in=ids).order_by("day", "pk") if each.pk not in gone]
    lines = postings_of([each.pk for each in entries])
    drafts = []
    for each in entries:
        undone = Entry(each.day, tuple(posting_of(line) for line in lines[each.pk]), each.text)
        opposite = undone.reversed(each.day, str(each.ref), row.name)
        drafts.append(EntryDraft(f"reversal:{each.ref}", opposite, each.entity_id))
    reversals = post_entries(actor=actor, as_of=as_of, drafts=drafts)
    facts = [
        EntryReversed(subject=each.ref, by=str(Ref(JournalEntry.kind, by.pk)))
        for each, by in zip(entries, reversals, strict=True)
    ]
    publish_many(facts, actor=actor, occurred_at=as_of)
    row.touch(actor=actor, as_of=as_of, undone_at=as_of, undone_by=actor.id)
    publish(CostFileUndone(subject=row.ref, reversed=len(entries)), actor=actor, occurred_at=as_of)
    return row


def _waiting(actor: Actor, file_id: UUID) -> CostFile:
    row = CostFile.one_for(actor, Verb.CHANGE, file_id, lock=True)
    if row.posted_at is not None:
        raise FileDone(name=row.name)
    return row


def settled_costs(costs: Sequence[CostDraft]) -> tuple[list[CostDraft], set[str]]:
    """Return costs under keys that stand, and the sources that are posted already: an undone one gets another key."""
    settled, again = list(costs), 1
    while True:
        again += 1
        rows = JournalEntry.objects.filter(source__in={each.source for each in settled}, reversal=None)
        found = dict(
            JournalEntry.objects.filter(source__in={each.source for each in settled}).values_list("source", "pk")
        )
        standing = set(rows.values_list("source", flat=True))
        undone = set(found) - standing
        if not undone:
            return settled, standing
        settled = [
            each.keyed(f"{costs[at].key}/{again}") if each.source in undone else each for at, each in enumerate(settled)
        ]
