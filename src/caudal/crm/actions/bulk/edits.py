"""A bulk edit as a value: of which kind of record, which field, how, and with what."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from caudal.core.errors import Problem, msg
from caudal.kit.access import Actor, Verb
from caudal.kit.records import Record
from caudal.kit.shapes import ShapeField, shape_of

ROWS_MOST: Final = 100_000
"""Records that one bulk edit takes."""


class How(StrEnum):
    """What a bulk edit does."""

    SET = "set"
    ADD = "add"
    """Beside what is there already: tags."""
    REMOVE = "remove"
    DELETE = "delete"
    RESTORE = "restore"


VERBS: Final[Mapping[How, Verb]] = {How.DELETE: Verb.DELETE, How.RESTORE: Verb.DELETE}
"""What of an actor's rights it takes; changing, for the others."""


class NotForMany(Problem):
    """The field is not one that many records get at once."""

    code = "bulk_edit.field"
    status = 422
    message = msg("“{field}” is not written to many records at once.")
    hint = msg("Choose another field, or edit the records one by one.")


class TooMany(Problem):
    """The selection is larger than one bulk edit takes."""

    code = "bulk_edit.too_many"
    status = 422
    message = msg("The selection has {count} records; one bulk edit takes {most} at most.")
    hint = msg("Narrow the list, and do it in parts.")


class NothingSelected(Problem):
    """There is nothing to edit."""

    code = "bulk_edit.nothing"
    status = 422
    message = msg("No record is selected.")
    hint = msg("Tick some rows of the list first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What is to become of every record of a selection."""

    kind: str
    how: How
    field: str = ""
    value: Any = None
    """As JSON carries it: ids of records as public ids, amounts with their currency, days as ISO texts."""

    @property
    def verb(self) -> Verb:
        """What an actor must be allowed to do with the records."""
        return VERBS.get(self.how, Verb.CHANGE)

    @property
    def model(self) -> type[Record]:
        """Of which rows."""
        return shape_of(self.kind).model

    def shape_field(self, actor: Actor) -> ShapeField:
        """Return the field that it writes. Raises NotForMany."""
        found = {each.name: each for each in fields_for_many(self.kind, actor)}.get(self.field)
        if found is None or (self.how is not How.SET and not found.several):
            raise NotForMany(field=self.field)
        return found

    def to_json(self) -> dict[str, Any]:
        """Return it as an operation keeps it."""
        return {"kind": self.kind, "how": self.how.value, "field": self.field, "value": self.value}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Edit":
        """Return what an operation keeps."""
        return cls(kind=stored["kind"], how=How(stored["how"]), field=stored["field"], value=stored["value"])


def fields_for_many(kind: str, actor: Actor) -> list[ShapeField]:
    """Return the fields that many records of a kind can get at once."""
    return [each for each in shape_of(kind).editable(actor) if not each.identifies]
