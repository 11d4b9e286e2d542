"""Personal values under a key per subject: AES-GCM, the fact's id bound in as associated data."""

import json
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection

from caudal.core.ids import Ref
from caudal.kit.models import SubjectKey, Trace
from caudal.kit.search.index import forget

NONCE_BYTES: Final = 12
KEY_BITS: Final = 256


def keys_for(subjects: Iterable[Ref]) -> dict[Ref, bytes]:
    """Return the keys of the subjects, making those that are missing. An erased subject gets none again."""
    wanted = sorted(set(subjects))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO kit_subjectkey (kind, subject, secret)
            SELECT * FROM unnest(%s::text[], %s::uuid[], %s::bytea[]) AS new (kind, subject, secret)
            ORDER BY kind, subject
            ON CONFLICT DO NOTHING
            """,
            [
                [ref.kind for ref in wanted],
                [ref.id for ref in wanted],
                [AESGCM.generate_key(bit_length=KEY_BITS) for _ in wanted],
            ],
        )
    return known_keys(wanted)


def known_keys(subjects: Iterable[Ref]) -> dict[Ref, bytes]:
    """Return the keys that exist and were not destroyed."""
    by_kind: dict[str, list[UUID]] = {}
    for ref in set(subjects):
        by_kind.setdefault(ref.kind, []).append(ref.id)
    return {
        Ref(key.kind, key.subject): bytes(key.secret or b"")
        for kind, ids in by_kind.items()
        for key in SubjectKey.objects.filter(kind=kind, subject__in=ids, secret__isnull=False)
    }


def seal(secret: bytes, fact_id: UUID, values: Mapping[str, Any]) -> bytes:
    """Encrypt values so that only the subject's key opens them, and only for this fact."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(secret).encrypt(nonce, json.dumps(values).encode(), fact_id.bytes)


def unseal(secret: bytes, fact_id: UUID, sealed: bytes) -> dict[str, Any] | None:
    """Decrypt the values of a fact; None when they were sealed under a key that is no more."""
    try:
        opened = AESGCM(secret).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], fact_id.bytes)
    except InvalidTag:
        return None
    values: dict[str, Any] = json.loads(opened)
    return values


def erase_past(subject: Ref) -> None:
    """Put another key in the place of a subject's: personal values of its facts so far are gone, new ones are sealed.

    For a record that lives on, of whose past somebody is to be forgotten.
    """
    SubjectKey.objects.filter(kind=subject.kind, subject=subject.id, secret__isnull=False).update(
        secret=AESGCM.generate_key(bit_length=KEY_BITS)
    )


def erase(subject: Ref, *, as_of: datetime) -> None:
    """Destroy the key of a subject: every personal value in its facts is gone, the facts remain; no search finds it."""
    SubjectKey.objects.update_or_create(
        kind=subject.kind, subject=subject.id, defaults={"secret": None, "erased_at": as_of}
    )
    Trace.objects.filter(row_id=subject.id).delete()
    forget(subject)
