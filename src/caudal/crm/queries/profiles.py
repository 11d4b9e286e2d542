"""Profiles of imports: what was decided about files, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.crm.models import ImportProfile, ProfileSharing
from caudal.kit.access import Actor, Verb
from caudal.kit.names import name_key


class NoSuchProfile(Problem):
    """No profile of the company has this name."""

    code = "profile.unknown"
    status = 404
    message = msg("There is no profile called “{name}”.")
    hint = msg("There are: {names}.")


class NoProfileYet(Problem):
    """The company has no profile at all."""

    code = "profile.none_yet"
    status = 404
    message = msg("There is no profile called “{name}”: none was saved yet.")
    hint = msg("An import saves one by --save-profile NAME, and so does the page of its columns.")


@dataclass(frozen=True, slots=True)
class ProfileColumn:
    """A column as it was decided: the key that it is known by again, its header, and what it becomes."""

    key: str
    label: str
    to: str
    reading: str = ""
    """How its days or numbers are written, where that was decided."""


@dataclass(frozen=True, slots=True)
class ProfileTable:
    """A table as it was decided."""

    name: str
    """What its file was called."""
    kind: str
    """Nothing for a table that is left out."""
    columns: tuple[ProfileColumn, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word of files means: an answer, and what the row that it names was called."""

    to: str
    called: str = ""


@dataclass(frozen=True, slots=True)
class ProfileContent:
    """All that a profile says."""

    tables: tuple[ProfileTable, ...] = ()
    stages: Mapping[str, Meaning] = field(default_factory=dict)
    owners: Mapping[str, Meaning] = field(default_factory=dict)
    keeps_columns: bool = False

    @classmethod
    def of(cls, row: ImportProfile) -> Self:
        """Read what a row says."""
        tables = tuple(
            ProfileTable(each["name"], each["kind"], tuple(ProfileColumn(**column) for column in each["columns"]))
            for each in row.tables
        )
        words = {
            part: {word: Meaning(**meaning) for word, meaning in row.words.get(part, {}).items()}
            for part in ("stages", "owners")
        }
        return cls(tables, **words, keeps_columns=row.keeps_columns)

    def values(self) -> dict[str, Any]:
        """Return it as a row holds it."""
        return {
            "tables": [
                {**asdict(each), "columns": [asdict(column) for column in each.columns]} for each in self.tables
            ],
            "words": {
                part: {word: asdict(meaning) for word, meaning in sorted(said.items())}
                for part, said in (("stages", self.stages), ("owners", self.owners))
            },
            "keeps_columns": self.keeps_columns,
        }


def import_profiles(actor: Actor) -> list[ImportProfile]:
    """Return the profiles that the actor may use, by name."""
    return list(ImportProfile.for_actor(actor).order_by("name_key", "pk"))


def import_profile(actor: Actor, profile_id: UUID, verb: Verb = Verb.VIEW) -> ImportProfile:
    """Return a profile. Raises NotFound."""
    return ImportProfile.one_for(actor, verb, profile_id)


def profile_called(actor: Actor, name: str, among: Sequence[ImportProfile] | None = None) -> ImportProfile:
    """Return the company's profile of a name. Raises NoSuchProfile, which lists those that there are, NoProfileYet."""
    rows = [
        row for row in (import_profiles(actor) if among is None else among) if row.sharing == ProfileSharing.EVERYBODY
    ]
    for row in rows:
        if row.name_key == name_key(name):
            return row
    if not rows:
        raise NoProfileYet(name=name)
    raise NoSuchProfile(name=name, names=", ".join(row.name for row in rows))
