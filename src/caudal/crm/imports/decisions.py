"""What somebody decided about files: which kind of rows a table is, and what becomes of its columns, stages, owners."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from caudal.core.errors import msg
from caudal.core.tables import DayOrder, NumberStyle
from caudal.crm.imports.headers import Recognition, labels_of, opt_outs_of, sorted_out
from caudal.crm.imports.vocabulary import BY_KIND, Kind
from caudal.crm.imports.vocabulary.systems import System, system_of
from caudal.kit.problems import BadInput

KEEP: Final = "custom"
"""A column is kept with each row as it is."""
LEAVE: Final = ""
"""A column, or a whole table, is left out."""
NOBODY: Final = "nobody"
"""An owner who is left out: the rows belong to nobody."""
READINGS: Final = frozenset({*DayOrder, *NumberStyle})
"""How the days or numbers of a column are written."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The profile that a decision comes from, and what of it did not fit the table."""

    name: str
    missing: tuple[str, ...] = ()
    """Headers that the profile takes and the table does not have."""
    further: tuple[str, ...] = ()
    """Headers of the table that the profile does not know: their words say what they are."""
    gone: tuple[str, ...] = ()
    """Headers that the profile takes for fields that there are not any more: likewise."""

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        parts = {"missing": self.missing, "further": self.further, "gone": self.gone}
        return {"name": self.name, **{part: list(headers) for part, headers in parts.items()}}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(said["name"], *(tuple(said[part]) for part in ("missing", "further", "gone")))


@dataclass(frozen=True, slots=True)
class TableDecision:
    """What becomes of one table."""

    kind: str
    columns: Mapping[str, str]
    """Header, each once → field, KEEP or LEAVE."""
    readings: Mapping[str, str] = field(default_factory=dict)
    """Header → how its days or numbers are written; those that are not named say it themselves."""
    origin: Origin | None = None
    """Where it comes from, if not from somebody's answers."""

    def recognition(self, header: Sequence[str]) -> Recognition | None:
        """Return what becomes of each column of a header; None for a table that is left out.

        A column by which somebody wants no mail or call becomes no field, whatever was decided: it is kept as it is.
        """
        if not self.kind:
            return None
        table = BY_KIND[Kind(self.kind)]
        labels, opt_outs = labels_of(header), opt_outs_of(header)
        places = {
            name: labels.index(label)
            for label, name in self.columns.items()
            if label in labels and table.field(name) is not None and labels.index(label) not in opt_outs
        }
        kept = [label for label, name in self.columns.items() if name == KEEP]
        known = system_of(header)
        system: System | None = known[0] if known else None
        readings = {name: self.readings[labels[at]] for name, at in places.items() if labels[at] in self.readings}
        return replace(sorted_out(table, places, header, system, kept), readings=readings)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        origin = {"origin": self.origin.to_json()} if self.origin else {}
        return {"kind": self.kind, "columns": dict(self.columns), "readings": dict(self.readings), **origin}

    @classmethod
    def from_json(cls, said: Mapping[str, Any], place: str) -> Self:
        """Read what `to_json` wrote, or what somebody sent. Raises BadInput."""
        kind = str(said.get("kind") or "")
        if kind and kind not in set(Kind):
            raise BadInput({f"{place}.kind": msg("There is no such kind of rows.")})
        columns = {str(label): str(to or "") for label, to in dict(said.get("columns") or {}).items()}
        readings = {str(label): str(how) for label, how in dict(said.get("readings") or {}).items() if how}
        known = {KEEP, LEAVE} | ({each.name for each in BY_KIND[Kind(kind)].fields} if kind else set())
        fields = [to for to in columns.values() if to not in {KEEP, LEAVE}]
        for label, to in columns.items():
            if to not in known:
                raise BadInput({f"{place}.{label}": msg("There is no such field.")})
            if fields.count(to) > 1:
                raise BadInput({f"{place}.{label}": msg("Two columns cannot be the same field.")})
        for label, how in readings.items():
            if how not in READINGS:
                raise BadInput({f"{place}.{label}": msg("Days or numbers are not written like that.")})
        origin = Origin.from_json(said["origin"]) if said.get("origin") else None
        return cls(kind, columns, readings, origin)


@dataclass(frozen=True, slots=True)
class Decisions:
    """What was decided about the files of an import; what is not said is decided by their words."""

    tables: Mapping[str, TableDecision] = field(default_factory=dict)
    """Name of a table → what becomes of it."""
    stages: Mapping[str, str] = field(default_factory=dict)
    """Pipeline and stage as written, with a slash between → `won`, `lost`, or a stage of ours by id or name."""
    owners: Mapping[str, str] = field(default_factory=dict)
    """Name or key as written → a member by id, name or address, or `nobody`."""
    keeps_columns: bool = False
    """Whether columns without a place of their own are kept with each row."""
    profile: str = ""
    """The profile that some of it comes from, by its id."""
    usual: frozenset[str] = frozenset()
    """Words that the profile explains whether or not a file says them."""

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "tables": {name: each.to_json() for name, each in self.tables.items()},
            "stages": dict(self.stages),
            "owners": dict(self.owners),
            "keeps_columns": self.keeps_columns,
            "profile": self.profile,
            "usual": sorted(self.usual),
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote, or what somebody sent. Raises BadInput."""
        tables = dict(said.get("tables") or {})
        return cls(
            tables={str(name): TableDecision.from_json(each, f"tables.{name}") for name, each in tables.items()},
            stages={str(key): str(to) for key, to in dict(said.get("stages") or {}).items()},
            owners={str(key): str(to) for key, to in dict(said.get("owners") or {}).items()},
            keeps_columns=bool(said.get("keeps_columns")),
            profile=str(said.get("profile") or ""),
            usual=frozenset(map(str, said.get("usual") or ())),
        )


def stage_name(pipeline: str, stage: str) -> str:
    """Return a stage as decisions name it."""
    return f"{pipeline} / {stage}" if pipeline else stage
