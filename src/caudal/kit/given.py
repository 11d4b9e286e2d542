"""What somebody gives for a field of a record, read as the action that writes the field takes it."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.kit.problems import BadInput
from caudal.kit.shapes import FieldKind, ShapeField


def given(found: ShapeField, value: Any) -> Any:
    """Return a value as the field's argument takes it: typed, or typed already; None and "" empty it. Raises BadInput.

    Of a field of one's own the value goes through as it is: its type has its own reader.
    """
    if found.own is not None:
        return value
    if value is None or (isinstance(value, str) and not value.strip()):
        return [] if found.several else None if found.kind not in {FieldKind.TEXT, FieldKind.CHOICE} else ""
    try:
        return _typed(found, value)
    except (Problem, TypeError, ValueError, KeyError, ArithmeticError) as error:
        said = error.told() if isinstance(error, Problem) else msg("This is not what the field holds.")
        raise BadInput({found.name: said}) from error


def values_of(found: ShapeField, value: Any) -> dict[str, Any]:
    """Return what the action that writes a field is called with, for a value that was given."""
    if found.own is not None:
        return {"custom": {found.own.key: value}}
    return {found.argument: given(found, value)}


def _typed(found: ShapeField, value: Any) -> Any:
    if found.several:
        parts = value.replace(";", ",").split(",") if isinstance(value, str) else list(value)
        return [text for each in parts if (text := str(each).strip())]
    match found.kind:
        case FieldKind.LINK:
            return _row(found.link, value)
        case FieldKind.MONEY:
            return _money(value)
        case FieldKind.DATE:
            return value if isinstance(value, date) else date.fromisoformat(value)
        case FieldKind.NUMBER:
            return int(str(value))
    if not isinstance(value, str):
        raise TypeError
    return value.strip()


def _row(kind: str, value: Any) -> UUID:
    """Read a row by its id or its public id."""
    if isinstance(value, UUID):
        return value
    return Ref.parse(str(value), kind).id if "_" in str(value) else UUID(str(value))


def _money(value: Any) -> Money:
    if isinstance(value, Money):
        return value
    if not isinstance(value, Mapping):
        raise TypeError
    return Money.of(str(value["amount"]), str(value["currency"]))
