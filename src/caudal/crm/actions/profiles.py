"""Keeping what was decided about files under a name, changing it, taking it away."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypedDict, Unpack
from uuid import UUID

from caudal.core.errors import msg
from caudal.crm.actions.checking import Reader
from caudal.crm.actions.telling import told
from caudal.crm.events.profiles import ProfileChanged, ProfileDeleted, ProfileSaved
from caudal.crm.models import PROFILE_NAME_LENGTH, ImportProfile, ProfileSharing
from caudal.crm.queries import ProfileContent
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.names import name_key
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.records import Changes

CONTENT: Final = frozenset({"tables", "words", "keeps_columns"})


class ProfileValues(TypedDict, total=False):
    """What may change about a profile."""

    name: str
    sharing: str
    content: ProfileContent


@action
def save_profile(
    *,
    actor: Actor,
    as_of: datetime,
    name: str,
    content: ProfileContent,
    sharing: str = ProfileSharing.EVERYBODY,
) -> ImportProfile:
    """Keep what was decided about files. Raises NotAllowed, BadInput; the database refuses a name that is taken."""
    require(actor, "import_profile", Verb.CREATE)
    values = _checked({"name": name, "sharing": sharing, "content": content})
    if not content.tables:
        raise BadInput({"tables": msg("There is no table about which anything was decided.")})
    profile = ImportProfile.stamped(actor=actor, as_of=as_of, **values)
    profile.save(force_insert=True)
    columns = sum(len(table.columns) for table in content.tables)
    words = len(content.stages) + len(content.owners)
    fact = told(ProfileSaved, profile, {}, tables=len(content.tables), columns=columns, words=words)
    publish(fact, actor=actor, occurred_at=as_of)
    return profile


@action
def change_profile(
    *,
    actor: Actor,
    as_of: datetime,
    profile_id: UUID,
    expected_version: int | None = None,
    **values: Unpack[ProfileValues],
) -> ImportProfile:
    """Call a profile otherwise, let others use it, or let it say something else.

    Raises NotFound, BadInput, VersionConflict.
    """
    profile = ImportProfile.one_for(actor, Verb.CHANGE, profile_id, lock=True)
    changes = profile.change(actor=actor, as_of=as_of, expected_version=expected_version, **_checked(values))
    if changes:
        publish(told(ProfileChanged, profile, _news(changes)), actor=actor, occurred_at=as_of)
    return profile


@action
def delete_profile(
    *, actor: Actor, as_of: datetime, profile_id: UUID, expected_version: int | None = None
) -> ImportProfile:
    """Take a profile away; what was imported by it stays. Raises NotFound, VersionConflict."""
    profile = ImportProfile.one_for(actor, Verb.DELETE, profile_id, lock=True)
    profile.delete_softly(actor=actor, as_of=as_of, expected_version=expected_version)
    publish(told(ProfileDeleted, profile, {}), actor=actor, occurred_at=as_of)
    return profile


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    reader = Reader()
    checked = {name: value for name, value in values.items() if name != "content"}
    if "name" in values:
        checked["name"] = reader.name(values["name"])
        checked["name_key"] = name_key(checked["name"])
        if max(len(checked["name"]), len(checked["name_key"])) > PROFILE_NAME_LENGTH:
            reader.refuse("name", msg("This needs a name of at most 80 letters."))
    if "sharing" in values:
        reader.choice(values["sharing"], ProfileSharing.values, "sharing")
    reader.finish()
    return checked | (values["content"].values() if "content" in values else {})


def _news(changes: Changes) -> dict[str, tuple[Any, Any]]:
    """Changes as they are told: tables by one line for each of their columns."""
    found = dict(changes)
    if tables := found.pop("tables", None):
        before, after = ([*_lines(each)] for each in tables)
        found["columns"] = (before, after)
    return found


def _lines(tables: list[dict[str, Any]]) -> list[str]:
    return [
        f"{table['kind'] or '-'}: {column['label']} > {column['to'] or '-'}"
        for table in tables
        for column in table["columns"]
    ]
