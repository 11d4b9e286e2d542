"""Fields of the company's own: adding, changing, retiring."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypedDict, Unpack

from caudal.core.errors import Problem, msg
from caudal.core.expressions import Unit
from caudal.core.money import Currency
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.own_fields import KEY, FieldType
from caudal.kit.problems import BadInput
from caudal.kit.records import first_values
from caudal.kit.shapes import kinds_with_fields
from caudal.workspace.actions.formulas import hold_fields, require_kept, require_unused, settled
from caudal.workspace.events import FieldAdded, FieldChanged, FieldRestored, FieldRetired
from caudal.workspace.models import CustomField
from caudal.workspace.queries import company, forget_own_fields, link_kinds

FIELDS_MOST: Final = 100
"""Fields of one's own that one kind of record has."""
OPTIONS_MOST: Final = 200
OPTION_LONGEST: Final = 80
DECIMALS_MOST: Final = 6
CHOICES: Final = frozenset({FieldType.CHOICE, FieldType.SEVERAL})
FORMULA_DECIMALS: Final = 2
"""Digits after the point that a formula has unless somebody says otherwise."""
OF_TYPES: Final = {
    "unit": {FieldType.NUMBER},
    "decimals": {FieldType.NUMBER, FieldType.FORMULA},
    "options": CHOICES,
    "formula": {FieldType.FORMULA},
}
"""What only fields of some types have."""
OF_VALUE: Final = frozenset({"label", "label_es", "help", "unit", "decimals", "formula", "required"})
"""What may change about a definition as a value, besides its choices."""


class TooManyFields(Problem):
    """A kind of record has as many fields of one's own as it may."""

    code = "field.too_many"
    status = 409
    message = msg("A {kind} has {count} fields of your own already.")
    hint = msg("Retired fields do not count: retire one that nobody uses.")


class FieldValues(TypedDict, total=False):
    """What may change about a field. Its key, its type, its currency and what it links to stay.

    A formula yields what its expression does: its unit and currency are not said, but found.
    """

    label: str
    label_es: str
    help: str
    unit: str
    decimals: int
    options: Sequence[str]
    formula: str
    required: bool
    position: int


@action
def add_field(
    *,
    actor: Actor,
    as_of: datetime,
    record_kind: str,
    key: str,
    type: str,  # noqa: A002  the word of users, pages and the API
    currency: str = "",
    link_kind: str = "",
    **values: Unpack[FieldValues],
) -> CustomField:
    """Give a kind of record a field. Raises BadInput with everything that is wrong, FormulaRefused, TooManyFields."""
    require(actor, "field", Verb.CREATE)
    wrong: dict[str, str] = {}
    if record_kind not in kinds_with_fields():
        wrong["record_kind"] = msg("Records of this kind take no fields of your own.")
    if not KEY.fullmatch(key):
        wrong["key"] = msg("A key has small letters, digits and underscores, and begins with a letter.")
    if type not in set(FieldType):
        wrong["type"] = msg("This is not one of the choices.")
    own = company()
    code = (currency or (own.currency if own else "")).upper() if type == FieldType.MONEY else ""
    if type == FieldType.MONEY and not _is_currency(code):
        wrong["currency"] = msg("This is no currency.")
    if type == FieldType.LINK and link_kind not in link_kinds():
        wrong["link_kind"] = msg("Choose the kind of record that it names.")
    tidy = _tidied(type, {"label": "", **({"formula": ""} if type == FieldType.FORMULA else {}), **values}, wrong)
    if type in CHOICES and not tidy.get("options"):
        wrong.setdefault("options", msg("Write at least one choice."))
    if CustomField.objects.filter(record_kind=record_kind, key=key, deleted_at=None).exists():
        wrong.setdefault("key", msg("This kind of record has a field with this key already."))
    if wrong:
        raise BadInput(wrong)
    count = CustomField.objects.filter(record_kind=record_kind, retired_at=None, deleted_at=None).count()
    if count >= FIELDS_MOST:
        raise TooManyFields(kind=record_kind, count=count)
    said = {
        "record_kind": record_kind,
        "key": key,
        "type": type,
        "currency": code,
        "link_kind": link_kind if type == FieldType.LINK else "",
        "position": count + 1,
        **tidy,
    }
    field = CustomField.stamped(actor=actor, as_of=as_of, **said)
    if type == FieldType.FORMULA:
        hold_fields(record_kind)
        field.decimals = tidy.get("decimals", FORMULA_DECIMALS)
        found = {"decimals": field.decimals, **settled(field.value(), actor, as_of)}
        said |= found
        for name, value in found.items():
            setattr(field, name, value)
    field.save(force_insert=True)
    publish(
        FieldAdded(subject=field.ref, record_kind=record_kind, key=key, type=type, changes=first_values(said)),
        actor=actor,
        occurred_at=as_of,
    )
    forget_own_fields()
    return field


@action
def change_field(
    *,
    actor: Actor,
    as_of: datetime,
    field: CustomField,
    expected_version: int | None = None,
    **values: Unpack[FieldValues],
) -> CustomField:
    """Define a field otherwise. Decimals may become more, not fewer, unless they are those of a formula.

    Raises BadInput, FormulaRefused, FormulasWouldBreak, VersionConflict.
    """
    require(actor, "field", Verb.CHANGE)
    wrong: dict[str, str] = {}
    tidy = _tidied(field.type, values, wrong)
    computed = field.type == FieldType.FORMULA
    if tidy.get("decimals", field.decimals) < field.decimals and not computed:
        wrong["decimals"] = msg("A field keeps the decimals that its values may have.")
    if field.type in CHOICES and "options" in tidy and not tidy["options"]:
        wrong.setdefault("options", msg("Write at least one choice."))
    if wrong:
        raise BadInput(wrong)
    hold_fields(field.record_kind)
    defined = replace(field.value(), **{name: tidy[name] for name in OF_VALUE & tidy.keys()})
    defined = replace(defined, options=tuple(tidy.get("options", defined.options)))
    if computed and field.retired_at is None:
        tidy |= settled(defined, actor, as_of)
        defined = replace(defined, **{name: tidy[name] for name in ("result", "unit", "currency")})
    require_kept(defined, actor, as_of)
    changes = field.change(actor=actor, as_of=as_of, expected_version=expected_version, **tidy)
    if changes:
        publish(FieldChanged(subject=field.ref, changes=changes), actor=actor, occurred_at=as_of)
        forget_own_fields()
    return field


@action
def retire_field(*, actor: Actor, as_of: datetime, field: CustomField) -> CustomField:
    """Let a field take no more values, and show it nowhere; those that it has stay. Again, it changes nothing.

    Raises FieldInUse.
    """
    require(actor, "field", Verb.CHANGE)
    if field.retired_at is None:
        hold_fields(field.record_kind)
        require_unused(field.value(), actor, as_of)
        field.touch(actor=actor, as_of=as_of, retired_at=as_of, retired_by=actor.id)
        publish(FieldRetired(subject=field.ref), actor=actor, occurred_at=as_of)
        forget_own_fields()
    return field


@action
def restore_field(*, actor: Actor, as_of: datetime, field: CustomField) -> CustomField:
    """Let a retired field take values again. Again, it changes nothing. Raises FormulaRefused."""
    require(actor, "field", Verb.CHANGE)
    if field.retired_at is not None:
        hold_fields(field.record_kind)
        found = settled(field.value(), actor, as_of) if field.type == FieldType.FORMULA else {}
        field.touch(actor=actor, as_of=as_of, retired_at=None, retired_by="", **found)
        publish(FieldRestored(subject=field.ref), actor=actor, occurred_at=as_of)
        forget_own_fields()
    return field


def _tidied(type_: str, values: Any, wrong: dict[str, str]) -> dict[str, Any]:
    """Return values without surplus space, and say what is wrong with them."""
    found: dict[str, Any] = {
        name: " ".join(value.split()) if isinstance(value, str) and name != "formula" else value
        for name, value in values.items()
        if value is not None
    }
    if type_ == FieldType.FORMULA:
        _tidy_formula(found, wrong)
    for name, longest in {"label": 80, "label_es": 80, "help": 200, "unit": 40}.items():
        if len(found.get(name, "")) > longest or "\0" in found.get(name, ""):
            wrong[name] = msg("This text is too long.")
    if found.get("label") == "":
        wrong["label"] = msg("This needs a name.")
    if found.get("unit"):
        try:
            Unit.parse(found["unit"])
        except Problem as problem:
            wrong["unit"] = problem.told()
    if not 0 <= found.get("decimals", 0) <= DECIMALS_MOST:
        wrong["decimals"] = msg("Numbers have at most six decimals.")
    if not 0 <= found.get("position", 0) < 1 << 15:
        wrong["position"] = msg("This number is too large.")
    if "options" in found:
        found["options"] = _options(found["options"], wrong)
    for name, types in OF_TYPES.items():
        if type_ not in types:
            found.pop(name, None)
    return found


def _tidy_formula(found: dict[str, Any], wrong: dict[str, str]) -> None:
    """Nobody fills a formula in, so it is not required; its lines stay, for it may be long."""
    found.pop("required", None)
    if "formula" in found:
        found["formula"] = "\n".join(line.rstrip() for line in found["formula"].strip().splitlines())
        if not found["formula"]:
            wrong["formula"] = msg("Write the formula.")
        elif "\0" in found["formula"]:
            wrong["formula"] = msg("A text holds no null character.")


def _options(given: Sequence[str], wrong: dict[str, str]) -> list[str]:
    options = list(dict.fromkeys(tidy for each in given if (tidy := " ".join(each.split()))))
    if len(options) > OPTIONS_MOST:
        wrong["options"] = msg("A field has at most 200 choices.")
    elif any(len(each) > OPTION_LONGEST or "\0" in each or "," in each or ";" in each for each in options):
        wrong["options"] = msg("A choice has at most 80 characters, and neither a comma nor a semicolon.")
    return options


def _is_currency(code: str) -> bool:
    try:
        Currency(code)
    except Problem:
        return False
    return True
