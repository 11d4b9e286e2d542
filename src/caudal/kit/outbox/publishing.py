"""Recording facts: one statement for any number of them, one wake-up per transaction."""

from base64 import b64encode
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from caudal.core.ids import Ref
from caudal.kit.access import Actor
from caudal.kit.jsontext import json_text
from caudal.kit.lasting import look_again
from caudal.kit.outbox.facts import Fact
from caudal.kit.outbox.handlers import subscriptions
from caudal.kit.outbox.sealing import keys_for, seal
from caudal.kit.outbox.waking import wake_after_commit
from caudal.kit.pipelining import send
from caudal.kit.world import new_id, now

# Heads are taken in order of subject, so that two writers of the same subjects never wait for each other in a circle.
RECORD: Final = """
WITH new AS (
    SELECT *, row_number() OVER (PARTITION BY subject_kind, subject_id ORDER BY place) AS nth,
           count(*) OVER (PARTITION BY subject_kind, subject_id) AS many
    FROM jsonb_to_recordset(%s::jsonb) AS new (
        place int, id uuid, name text, version smallint, subject_kind text, subject_id uuid, refs text[],
        occurred_at timestamptz, data jsonb, sealed text, row_version int
    )
), heads AS (
    INSERT INTO kit_stream AS stream (kind, subject, last)
    SELECT subject_kind, subject_id, max(many) FROM new GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (kind, subject) DO UPDATE SET last = stream.last + excluded.last
    RETURNING kind, subject, last
), recorded AS (
    INSERT INTO kit_fact (id, name, version, subject_kind, subject_id, sequence, refs, actor, occurred_at,
                          recorded_at, cause, data, sealed, row_version)
    SELECT new.id, name, version, subject_kind, subject_id, last - many + nth, refs, %s, occurred_at,
           %s, %s::uuid, data, decode(sealed, 'base64'), row_version
    FROM new JOIN heads ON kind = subject_kind AND subject = subject_id
    ORDER BY place
)
INSERT INTO kit_delivery (handler, fact_id, subject_kind, subject_id, attempts, error)
SELECT handler, new.id, subject_kind, subject_id, 0, ''
FROM new JOIN unnest(%s::text[], %s::text[]) AS taker (handler, fact_name) ON fact_name = name
ORDER BY place
"""


BATCH: Final[ContextVar[UUID | None]] = ContextVar("caudal_batch", default=None)
"""The batch that is being written: the cause of the facts that tell of it, and no news to anybody."""


def publish(fact: Fact, *, actor: Actor, occurred_at: datetime, cause: UUID | None = None) -> UUID:
    """Record one fact in the current transaction and return its id."""
    return publish_many([fact], actor=actor, occurred_at=occurred_at, cause=cause)[0]


def publish_many(
    facts: Iterable[Fact], *, actor: Actor, occurred_at: datetime, cause: UUID | None = None
) -> list[UUID]:
    """Record facts in the current transaction, in the order given, and return their ids.

    Each subject's facts are numbered 1, 2, 3 … without a gap. Handlers that asked for them are woken after the commit.
    """
    listed = list(facts)
    if not listed:
        return []
    if not connection.in_atomic_block:
        raise RuntimeError("A fact is recorded in the transaction of what it tells of; publish inside an action.")
    keys = keys_for(fact.subject for fact in listed if fact.personal)
    rows = [_row(place, fact, occurred_at, keys) for place, fact in enumerate(listed)]
    names = sorted({fact.name for fact in listed})
    takers = [(taker, name) for name in names for taker in subscriptions().get(name, ())]
    by_handler, by_name = [taker for taker, _ in takers], [name for _, name in takers]
    content = json_text(rows)
    send(RECORD, [content, actor.id, now(), cause or BATCH.get(), by_handler, by_name])
    look_again()
    wake_after_commit(set(by_handler))
    return [row["id"] for row in rows]


def _row(place: int, fact: Fact, occurred_at: datetime, keys: dict[Ref, bytes]) -> dict[str, Any]:
    fact_id = new_id()
    secret = keys.get(fact.subject)
    return {
        "place": place,
        "id": fact_id,
        "name": fact.name,
        "version": fact.version,
        "subject_kind": fact.subject.kind,
        "subject_id": str(fact.subject.id),
        "refs": [str(ref) for ref in dict.fromkeys((fact.subject, *fact.about))],
        "occurred_at": (fact.at or occurred_at).isoformat(),
        "data": fact.data(),
        "row_version": fact.row_version,
        "sealed": b64encode(seal(secret, fact_id, fact.personal)).decode() if fact.personal and secret else None,
    }
