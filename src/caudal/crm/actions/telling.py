"""Turning what was written into facts: personal values apart from the others."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from caudal.core.ids import Ref
from caudal.kit.outbox import Fact
from caudal.kit.own_fields import PREFIX
from caudal.kit.records import Changes, Record

F = TypeVar("F", bound=Fact)

PERSONAL: Final[Mapping[str, frozenset[str]]] = {
    "company": frozenset(),
    "person": frozenset({"name", "given_name", "family_name", "email", "other_emails", "phone", "other_phones"})
    | {"job_title", "language", "country", "city", "custom", "tags"},
    "lead": frozenset({"name", "email", "phone", "note", "source_url", "custom", "tags"}),
    "deal": frozenset({"name", "note", "custom"}),
    "channel": frozenset(),
    "pipeline": frozenset(),
    "stage": frozenset(),
    "competitor": frozenset(),
    "tag": frozenset(),
    "import_profile": frozenset({"words"}),
    "activity": frozenset({"subject", "body", "custom"}),
}
"""Fields whose before and after are sealed, by kind of row. A deal is often called after who buys."""
FOLLOWING: Final = frozenset({"name_key", "bare_key", "open_email", "family_domain", "country_code"}) | {
    "phone_e164",
    "phone_keys",
}
"""Columns that follow from others and are no news."""
REFERENCES: Final[Mapping[str, str]] = {"company_id": "company", "person_id": "person", "parent_id": "company"}
"""Columns that name rows in whose timelines the facts of this one appear, and the kinds of those rows."""


def told(
    fact: type[F],
    record: Record,
    changes: Changes,
    *,
    about: Iterable[Ref | None] = (),
    at: datetime | None = None,
    **said: Any,
) -> F:
    """Return a fact about a record with its changes sorted into plain and personal ones."""
    sealed = PERSONAL[record.kind]
    news = {name: change for name, change in spread(changes).items() if name not in FOLLOWING}
    return fact(
        subject=record.ref,
        about=tuple(dict.fromkeys(ref for ref in about if ref is not None)),
        changes={name: change for name, change in news.items() if name.split(".")[0] not in sealed},
        personal={name: change for name, change in news.items() if name.split(".")[0] in sealed},
        at=at,
        row_version=record.version,
        **said,
    )


def spread(changes: Changes) -> dict[str, tuple[Any, Any]]:
    """Return changes with the company's own fields one by one: `custom.size`, before and after."""
    found: dict[str, tuple[Any, Any]] = {}
    for name, (before, after) in changes.items():
        if name != "custom":
            found[name] = (before, after)
            continue
        was, now = before or {}, after or {}
        found |= {
            f"{PREFIX}{key}": (was.get(key), now.get(key)) for key in {**was, **now} if was.get(key) != now.get(key)
        }
    return found


def refs_of(record: Record) -> tuple[Ref, ...]:
    """Return the rows that a record names, in whose timelines its facts appear."""
    found = [(kind, getattr(record, column, None)) for column, kind in REFERENCES.items()]
    return tuple(Ref(kind, row_id) for kind, row_id in found if isinstance(row_id, UUID))
