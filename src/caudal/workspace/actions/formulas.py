"""What is asked of a formula before it is kept, and of a field before the formulas that stand on it lose it."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.db import connection

from caudal.core.errors import Finding, Problem, msg
from caudal.core.expressions import Refused
from caudal.kit.access import Actor
from caudal.kit.formulas import Fields, Result, result_of
from caudal.kit.own_fields import OwnField
from caudal.kit.shapes import Reader
from caudal.workspace.queries import formula_fields

LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


class FormulaRefused(Refused):
    """A formula cannot be computed; `findings` say everything that is wrong with it, each with its place."""

    code = "field.formula_refused"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(findings)
        self.fields = {"formula": msg("This formula cannot be computed; the findings say why.")}


class FieldInUse(Problem):
    """Formulas speak of a field that is to be retired."""

    code = "field.in_use"
    status = 409
    message = msg("“{name}” goes into these formulas: {formulas}.")
    hint = msg("Change or retire them first.")


class FormulasWouldBreak(Problem):
    """A field cannot be defined otherwise, because formulas would yield something else or nothing."""

    code = "field.formulas_would_break"
    status = 409
    message = msg("Defined so, “{name}” would break these formulas: {formulas}.")
    hint = msg("Change them first.")


def hold_fields(record_kind: str) -> None:
    """Wait for whoever is defining fields of the same kind: two formulas could come to stand on each other."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [f"fields {record_kind}"])


def settled(own: OwnField, actor: Actor, as_of: datetime) -> dict[str, Any]:
    """Return what a formula yields, as its columns hold it. Raises FormulaRefused with every finding."""
    fields, reader = formula_fields(own.record_kind, actor, as_of)
    found = fields.vetted(own, reader)
    if found.expression is None:
        raise FormulaRefused(found.findings)
    made = result_of(found.expression.type)
    return {"result": made.kind, "unit": made.unit, "currency": made.currency}


def require_unused(own: OwnField, actor: Actor, as_of: datetime) -> None:
    """Refuse to take a field away from the formulas that name it. Raises FieldInUse."""
    fields, _reader = formula_fields(own.record_kind, actor, as_of)
    users = fields.users(own.name)
    if users:
        raise FieldInUse(name=own.label, formulas=_named(users))


def require_kept(own: OwnField, actor: Actor, as_of: datetime) -> None:
    """Make sure that a field, defined like this, lets every formula that it goes into yield what it did.

    Raises FormulasWouldBreak.
    """
    fields, reader = formula_fields(own.record_kind, actor, as_of)
    changed = replace(fields, own={**fields.own, own.name: own})
    broken = [each for each in changed.resting_on(own.name) if not _kept(each, changed, reader)]
    if broken:
        raise FormulasWouldBreak(name=own.label, formulas=_named(broken))


def _kept(formula: OwnField, fields: Fields, reader: Reader) -> bool:
    found = fields.vetted(formula, reader).expression
    return found is not None and result_of(found.type) == Result(formula.result, formula.unit, formula.currency)


def _named(formulas: list[OwnField]) -> str:
    return ", ".join(f"“{each.label}”" for each in formulas)
