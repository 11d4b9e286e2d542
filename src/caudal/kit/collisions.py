"""Changes made from an older version of a row: which may go on, and what refuses the others."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from django.db.models import ForeignKey
from django.http import HttpRequest, HttpResponse

from caudal.core.ids import Ref
from caudal.kit.access import Verb, policies
from caudal.kit.bodies import version_of
from caudal.kit.outbox import FieldChange, Since, since
from caudal.kit.own_fields import PREFIX
from caudal.kit.pages import actor_of
from caudal.kit.records import Record, VersionConflict

MERGE: Final = "merge"
"""What `Prefer` says to have a change merged."""
MERGES: Final = {
    "parameters": [
        {
            "in": "header",
            "name": "Prefer",
            "required": False,
            "description": "merge: a change from an older version goes on where nobody changed its fields since; "
            "Preference-Applied then says so. Otherwise, and without it, 412 carries what changed.",
            "schema": {"type": "string", "enum": [MERGE]},
        }
    ]
}
"""How routes that merge describe it."""


def version_to_change(
    request: HttpRequest, response: HttpResponse, model: type[Record], row_id: UUID, values: Collection[str]
) -> int | None:
    """Return the version that a change may be made from: what If-Match says, or what is there now.

    With `Prefer: merge` a change from an older version goes on where nobody changed any of its fields since; the answer
    then says so. Raises VersionMissing, VersionUnreadable, NotFound, VersionConflict.
    """
    expected = version_of(request, required=True)
    if expected is None or MERGE not in request.headers.get("Prefer", "").lower():
        return expected
    record = model.one_for(actor_of(request), Verb.CHANGE, row_id, lock=True)
    if expected == record.version:
        return expected
    record.expect(_mergeable(record, expected, values))
    response["Preference-Applied"] = MERGE
    return record.version


def names_of(values: Any) -> list[str]:
    """Return the fields that a change names, those of one's own one by one."""
    own = values.get("custom") or {}
    return [*(name for name in values if name != "custom"), *(f"{PREFIX}{key}" for key in own)]


def changes_told(conflict: VersionConflict) -> list[dict[str, Any]]:
    """Return what happened since the version that a refused change was made from, as bodies carry it."""
    ref, expected, current = (conflict.params.get(name) for name in ("record", "expected", "version"))
    if not (isinstance(ref, Ref) and isinstance(expected, int) and isinstance(current, int)):
        return []
    return [
        {
            "field": each.name,
            "before": public(ref.kind, each.name, each.before),
            "after": public(ref.kind, each.name, each.after),
            "by": each.actor,
            "at": each.at.isoformat(),
            "version": each.row_version,
        }
        for each in since(ref, expected, current).changes
    ]


def public(kind: str, name: str, value: Any) -> Any:
    """Return a value of a fact as the API writes it: a row by its public id."""
    policy = policies().get(kind)
    found = (
        next((each for each in policy.model._meta.get_fields() if getattr(each, "attname", "") == name), None)
        if (policy and policy.model)
        else None
    )
    target = found.related_model if isinstance(found, ForeignKey) else None
    if not isinstance(value, str) or "_" in value or not (isinstance(target, type) and issubclass(target, Record)):
        return value
    return str(Ref(target.kind, UUID(value)))


def _mergeable(record: Record, expected: int, names: Collection[str]) -> int:
    """Return the record's version where none of some fields changed since another, else that other one."""
    if expected > record.version:
        return expected
    found: Since = since(record.ref, expected, record.version)
    collided: tuple[FieldChange, ...] = found.of(names)
    return record.version if found.is_whole and not collided else expected
