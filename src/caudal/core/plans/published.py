"""The shape of plan files as a JSON Schema, for editors that complete and check while somebody types."""

from typing import Any

from caudal.core.plans.document import Kind
from caudal.core.plans.shape import EXACT, ID, PLAN, Group, Leaf, ListOf, MapOf, Shape


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of plan files, for editors that complete and check while somebody types."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Caudal plan",
        **_schema(PLAN),
    }


def _schema(shape: Shape) -> dict[str, Any]:
    about = {"description": shape.about}
    if isinstance(shape, Group):
        return about | {
            "type": "object",
            "properties": {name: _schema(part) for name, part in shape.fields.items()},
            "required": list(shape.required),
            "additionalProperties": False,
            **shape.rules,
        }
    if isinstance(shape, MapOf):
        return about | {
            "type": "object",
            "patternProperties": {f"^{ID}$": _schema(shape.value)},
            "additionalProperties": False,
        }
    if isinstance(shape, ListOf):
        return about | {"type": "array", "items": _schema(shape.item), "minItems": 1, "uniqueItems": True}
    return about | _leaf_schema(shape)


def _leaf_schema(leaf: Leaf) -> dict[str, Any]:
    if leaf.kind is Kind.SWITCH:
        return {"const": True} if leaf.choices else {"type": "boolean"}
    if leaf.kind is Kind.WHOLE:
        return {"type": "integer", "minimum": leaf.least}
    if leaf.kind is Kind.DECIMAL:
        return {"anyOf": [{"type": "number"}, {"type": "string", "pattern": f"^{EXACT}$"}]}
    if leaf.choices:
        return {"enum": list(leaf.choices)}
    return {"type": "string", "pattern": f"^{leaf.pattern}$" if leaf.pattern else r"\S"}
