"""What whoever writes rows has at hand: the rows that names and keys stand for, and where deals go."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Self
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.crm.imports.findings import Tally
from caudal.crm.imports.planning import NOUNS, Plan
from caudal.crm.imports.routes import stage_key
from caudal.crm.imports.rows import Row
from caudal.crm.imports.teams import Placing
from caudal.crm.imports.vocabulary import LABELS, Field, Kind, Reading, Table
from caudal.crm.models import Person
from caudal.kit.access import Actor
from caudal.kit.names import name_key
from caudal.workspace.queries import external_keys, externals

ANY: Final = (Kind.DEALS, Kind.LEADS, Kind.PEOPLE, Kind.COMPANIES)
"""Kinds of the records that a key may mean that says no kind."""


class NamedRowMissing(Problem):
    """A row names one that is not there: its own row was refused, or somebody deleted it."""

    code = "import.named_row_missing"
    status = 409
    message = msg("“{name}” is not there: its own row was refused, or it was deleted.")


class LinkedRowMissing(Problem):
    """A row names one by a key that nobody knows, and no choice was to be made."""

    code = "import.link_missing"
    status = 409
    message = msg("No {kind} with the key {key} came in.")


@dataclass(frozen=True, slots=True)
class Lane:
    """A pipeline with its stages."""

    pipeline: UUID
    first: UUID
    last: UUID
    stages: Mapping[str, UUID]
    """Key of its name → stage."""

    @classmethod
    def of(cls, pipeline: UUID, stages: Iterable[tuple[str, UUID]]) -> Self:
        """Return the lane of a pipeline from its stages in order."""
        found: dict[str, UUID] = {}
        listed = list(stages)
        for name, pk in listed:
            found.setdefault(stage_key(name), pk)
        return cls(pipeline, listed[0][1], listed[-1][1], found)


@dataclass(slots=True)
class Desk:
    """What every writer has at hand."""

    actor: Actor
    as_of: datetime
    source: str
    plan: Plan
    ids: dict[Kind, dict[str, UUID]] = field(default_factory=dict)
    """Kind → name key → row."""
    adoptable: dict[Kind, dict[str, UUID]] = field(default_factory=dict)
    """Rows that nobody imported yet, by name key: a row of the same name is that one."""
    adopted: set[UUID] = field(default_factory=set)
    placing: Placing | None = None
    is_strict: bool = False
    lanes: dict[str, Lane] = field(default_factory=dict)
    """Key of a pipeline's name in the files → where its deals go."""
    chosen: dict[str, Lane] = field(default_factory=dict)
    """Id of a stage that somebody chose → its place."""
    by_key: dict[Kind, dict[str, UUID]] = field(default_factory=dict)
    """Kind → key in the other system → row, of the rows at hand."""
    missed: set[str] = field(default_factory=set)
    """Keys of the rows at hand that name one by a name that nobody has."""
    told_to: tuple[str, Tally] = field(default_factory=lambda: ("", Tally()))
    """The file of the rows at hand, and who gathers what there is to say of them."""

    def adopt(self, kind: Kind, name: str, known: UUID | None = None) -> UUID | None:
        """Return, once, the row of this name that nobody imported yet, or the one that is known by other signs."""
        record = known or self.adoptable.get(kind, {}).get(name)
        if record is None or record in self.adopted:
            return None
        self.adopted.add(record)
        return record

    def people_of(self, rows: Iterable[Row]) -> dict[str, UUID]:
        """Return, by the key of a row, the one person with its address whom the source does not know yet."""
        wanted = {str(row.values["email"]): row.key for row in rows if row.values.get("email")}
        found: dict[str, list[UUID]] = {}
        for email, pk in Person.for_actor(self.actor).filter(email__in=wanted).values_list("email", "pk"):
            found.setdefault(wanted[str(email)], []).append(pk)
        own = external_keys(self.source, NOUNS[Kind.PEOPLE], [pk for each in found.values() for pk in each])
        return {key: each[0] for key, each in found.items() if len(each) == 1 and each[0] not in own}

    def look_up(self, rows: Sequence[Row], table: Table, file: str, tally: Tally) -> None:
        """Find the rows that these rows name by key. Those that are not there are told; a strict import refuses them.

        Whoever answers for a row may be missing, and so may anything that the row says by name as well.
        """
        self.by_key, self.missed, self.told_to = {}, set(), (file, tally)
        for each in table.fields:
            if each.reading is not Reading.LINK:
                continue
            wanted = {key for row in rows for key in keys_of(row, each)}
            if not wanted:
                continue
            found: set[str] = set()
            for kind in [each.names] if each.names else ANY:
                known = externals(self.source, NOUNS[kind], wanted)
                self.by_key.setdefault(kind, {}).update({key: row.record for key, row in known.items()})
                found |= known.keys()
            later = {"parent", "lead", "deal"} if table.kind is not Kind.ACTIVITIES else set()
            if tally.is_strict or each.links in later:
                continue  # these come later or belong to a step of their own; a strict import refuses the row itself
            for row in rows:
                for key in keys_of(row, each):
                    if key in found or row.names.get(each.links) or row.values.get(each.links):
                        continue
                    tally.choice(
                        "import.link_missing",
                        msg("No {kind} with the key {key} came in; rows that name it came in without."),
                        file=file,
                        lines=(row.line,),
                        kind=LABELS[each.names] if each.names else msg("record"),
                        key=key,
                    )

    def miss(self, row: Row, name: str, kind: str) -> None:
        """Tell that a row names one that is not there, or several of that name. Raises NamedRowMissing if strict."""
        self.missed.add(row.key)
        file, tally = self.told_to
        if not tally.choice(
            "import.name_missing",
            msg("No one of the {kind} is called “{name}”, or several are; rows that name it came in without."),
            file=file,
            lines=(row.line,),
            kind=kind,
            name=name[:80],
        ):
            raise NamedRowMissing(name=name[:80])

    def lacks(self, row: Row) -> bool:
        """Say whether a row names one by a key that is not there, and not by name: it may come with a further file."""
        if row.key in self.missed:
            return True
        of_steps = {"lead", "deal"} if "does" not in row.values else set()
        return any(not row.names.get(name) and all(key not in known for known in self.by_key.values())
                   for name, key in row.keys.items() if name not in of_steps)  # fmt: skip

    def linked(self, row: Row, name: str, kind: Kind) -> UUID | None:
        """Return the row that a row names by key, if it is there."""
        return self.by_key.get(kind, {}).get(row.keys.get(name, ""))

    def named(self, kind: Kind, row: Row, name: str) -> UUID | None:
        """Return the row that a row names. Raises NamedRowMissing."""
        key = row.names.get(name)
        if key is None:
            return None
        if key not in self.ids[kind]:
            raise NamedRowMissing(name=self.plan.display(kind, key))
        return self.ids[kind][key]

    def links(self, row: Row, **kinds: Kind) -> dict[str, UUID | None]:
        """Return the ids of the rows that a row names, by key first, in those of its fields that the file has.

        What it names by a key that nobody knows stays as it is.
        """
        found: dict[str, UUID | None] = {}
        for name, kind in kinds.items():
            linked = self.linked(row, name, kind)
            if linked is not None:
                found[f"{name}_id"] = linked
            elif name in row.names and (row.names[name] or not row.keys.get(name)):
                found[f"{name}_id"] = self.named(kind, row, name)
            elif self.is_strict and row.keys.get(name):
                raise LinkedRowMissing(kind=LABELS[kind], key=row.keys[name])
        return found

    def lane(self, row: Row) -> Lane:
        """Return where a deal goes."""
        return self.chosen.get(str(row.values["stage"])) or self.lanes[str(row.values.get("pipeline") or "")]

    def people_by_name(self, rows: Iterable[Row]) -> dict[tuple[str, UUID | None], UUID]:
        """Return the people whom deals name without a key: of each name the only one, and the only one at a company."""
        wanted = {name_key(str(row.values["person"])) for row in rows if row.values.get("person")}
        found: dict[tuple[str, UUID | None], list[UUID]] = {}
        people = Person.for_actor(self.actor).filter(name_key__in=wanted) if wanted else Person.objects.none()
        for key, company, pk in people.values_list("name_key", "company_id", "pk"):
            for place in {(key, company), (key, None)}:
                found.setdefault(place, []).append(pk)
        return {place: each[0] for place, each in found.items() if len(each) == 1}


def keys_of(row: Row, field: Field) -> list[str]:
    """Return the keys that a row gives for a field, in their order."""
    first = row.keys.get(field.links)
    if not first or not field.several:
        return [first] if first else []
    return [key for name, key in row.keys.items() if name == field.links or name.startswith(f"{field.links} ")]
