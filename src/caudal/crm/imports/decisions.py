"""What somebody decided about files: which kind of rows a table is, and what becomes of its columns, stages, owners."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from caudal.core.errors import msg
from caudal.crm.imports.headers import Recognition, labels_of, sorted_out
from caudal.crm.imports.vocabulary import BY_KIND, Kind
from caudal.crm.imports.vocabulary.systems import System, system_of
from caudal.kit.problems import BadInput

KEEP: Final = "custom"
"""A column is kept with each row as it is."""
LEAVE: Final = ""
"""A column, or a whole table, is left out."""
NOBODY: Final = "nobody"
"""An owner who is left out: the rows belong to nobody."""


@dataclass(frozen=True, slots=True)
class TableDecision:
    """What becomes of one table."""

    kind: str
    columns: Mapping[str, str]
    """Header, each once → field, KEEP or LEAVE."""

    def recognition(self, header: Sequence[str]) -> Recognition | None:
        """Return what becomes of each column of a header; None for a table that is left out."""
        if not self.kind:
            return None
        table = BY_KIND[Kind(self.kind)]
        labels = labels_of(header)
        places = {name: labels.index(label) for label, name in self.columns.items()
                  if label in labels and table.field(name) is not None}  # fmt: skip
        kept = [label for label, name in self.columns.items() if name == KEEP]
        known = system_of(header)
        system: System | None = known[0] if known else None
        return sorted_out(table, places, header, system, kept)


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

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "tables": {name: {"kind": each.kind, "columns": dict(each.columns)} for name, each in self.tables.items()},
            "stages": dict(self.stages),
            "owners": dict(self.owners),
            "keeps_columns": self.keeps_columns,
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote, or what somebody sent. Raises BadInput."""
        tables = {}
        for name, each in dict(said.get("tables") or {}).items():
            kind = str(each.get("kind") or "")
            if kind and kind not in set(Kind):
                raise BadInput({f"tables.{name}.kind": msg("There is no such kind of rows.")})
            columns = {str(label): str(to or "") for label, to in dict(each.get("columns") or {}).items()}
            known = {KEEP, LEAVE} | ({each.name for each in BY_KIND[Kind(kind)].fields} if kind else set())
            unknown = [label for label, to in columns.items() if to not in known]
            twice = [to for to in set(columns.values()) - {KEEP, LEAVE} if list(columns.values()).count(to) > 1]
            if unknown or twice:
                wrong = unknown[0] if unknown else next(label for label, to in columns.items() if to == twice[0])
                words = msg("There is no such field.") if unknown else msg("Two columns cannot be the same field.")
                raise BadInput({f"tables.{name}.{wrong}": words})
            tables[str(name)] = TableDecision(kind, columns)
        return cls(
            tables=tables,
            stages={str(key): str(to) for key, to in dict(said.get("stages") or {}).items()},
            owners={str(key): str(to) for key, to in dict(said.get("owners") or {}).items()},
            keeps_columns=bool(said.get("keeps_columns")),
        )


def stage_name(pipeline: str, stage: str) -> str:
    """Return a stage as decisions name it."""
    return f"{pipeline} / {stage}" if pipeline else stage
