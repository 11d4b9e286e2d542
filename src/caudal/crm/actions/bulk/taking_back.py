"""Taking a bulk edit back: what its facts say was there before is written again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db import models

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.crm.actions.bulk.edits import Edit, How
from caudal.crm.actions.bulk.ending import Deleting, GivingUp, Reopening, Restoring
from caudal.crm.actions.bulk.moving import Moving, MovingBack
from caudal.crm.actions.bulk.setting import Setting, changed, derived, refuse_deals
from caudal.crm.actions.bulk.writing import By, Verdict, write_changes
from caudal.crm.actions.checking import hand_over
from caudal.crm.actions.parties import InsideItself
from caudal.crm.events import DealMoved
from caudal.crm.models import Company
from caudal.kit.access import Actor
from caudal.kit.fields import MoneyField
from caudal.kit.outbox import Effect, effects_of
from caudal.kit.own_fields import PREFIX
from caudal.kit.records import NotFound, Record
from caudal.workspace.queries import home_country


class Work(Protocol):
    """What a bulk edit does to a batch of rows."""

    def ready(self, by: By) -> None:
        """Let what it needs be there, before rows are locked."""

    def judge(self, rows: Sequence[Any]) -> list[Verdict]:
        """Say of each row what is to be written, or what refuses it. Writes nothing."""

    def write(self, verdicts: Sequence[Verdict], by: By) -> None:
        """Write what was judged of locked rows."""


class Erased(Problem):
    """What was there before is personal, and was erased."""

    code = "bulk_edit.erased"
    status = 409
    message = msg("What it said before was erased.")


def work_of(edit: Edit, by: By) -> Work:
    """Return what does an edit. Raises NotForMany, BadInput, NotFound, OwnerOutOfReach."""
    match edit.how, edit.field:
        case How.DELETE, _:
            return Deleting(edit.kind, by.actor, by.as_of)
        case How.RESTORE, _:
            return Restoring(edit.kind)
        case How.SET, "stage":
            return Moving.of(edit, by.actor, by.as_of)
        case How.SET, "reason":
            return GivingUp.of(edit, by.actor)
    return Setting.of(edit, by.actor)


def work_back(edit: Edit, cause: UUID, rows: Sequence[UUID], by: By) -> Work:
    """Return what takes an edit back from some rows, by what its facts say."""
    match edit.how, edit.field:
        case How.DELETE, _:
            return Restoring(edit.kind)
        case How.RESTORE, _:
            return Deleting(edit.kind, by.actor, by.as_of)
        case How.SET, "reason":
            return Reopening()
    effects = effects_of(cause, edit.kind, rows)
    if edit.field == "stage":
        moves = {row_id: each.facts[DealMoved.name] for row_id, each in effects.items() if DealMoved.name in each.facts}
        return MovingBack.of({row_id: Ref.parse(fact["stage_before"]).id for row_id, fact in moves.items()})
    return TakingBack(effects, by.actor)


@dataclass(slots=True)
class TakingBack:
    """Writes into fields what they held before."""

    effects: Mapping[UUID, Effect]
    actor: Actor

    def ready(self, _by: By) -> None:
        """Nothing has to be there first."""

    def judge(self, rows: Sequence[Any]) -> list[Verdict]:
        """Say of each row what it held before."""
        home = home_country() if rows and rows[0].kind in {"company", "person"} else ""
        named = _companies(rows, self.effects)
        found = []
        for row in rows:
            effect = self.effects.get(row.pk, Effect())
            if effect.erased:
                found.append(Verdict(row, problem=Erased()))
                continue
            values = derived(row, before_of(row, effect), home, named)
            found.append(Verdict(row, changed(row, values)))
        refuse_deals([each for each in found if "amount" in each.values])
        _refuse_gone(self.actor, found)
        _refuse_circles([each for each in found if "parent_id" in each.values])
        return found

    def write(self, verdicts: Sequence[Verdict], by: By) -> None:
        """Write it."""
        write_changes(verdicts, by)


def before_of(row: Record, effect: Effect) -> dict[str, Any]:
    """Return what a row's attributes held before, typed again from what facts carry."""
    values: dict[str, Any] = {}
    custom = dict(row.custom)
    for name, (before, _after) in effect.changes.items():
        if not name.startswith(PREFIX):
            values[name] = typed(type(row), name, before)
        elif before is None:
            custom.pop(name.removeprefix(PREFIX), None)
        else:
            custom[name.removeprefix(PREFIX)] = before
    return values | ({"custom": custom} if custom != row.custom else {})


def typed(model: type[Record], name: str, value: Any) -> Any:
    """Return a value as the row's attribute holds it; the way back from `plain`."""
    if value is None:
        return None
    if isinstance(getattr(model, name, None), MoneyField):
        return Money.of(str(value["amount"]), str(value["currency"]))
    found = model._meta.get_field(name)
    if isinstance(found, models.ForeignKey):
        return found.target_field.to_python(value)
    return found.to_python(value) if isinstance(found, models.Field) and isinstance(value, str) else value


def _refuse_gone(actor: Actor, verdicts: Sequence[Verdict]) -> None:
    """Refuse rows that would name what is deleted or out of sight by now, or get an owner out of reach."""
    named: dict[type[Record], set[UUID]] = {}
    for each in verdicts:
        for model, row_id in _named(each):
            named.setdefault(model, set()).add(row_id)
    there = {
        model: set(model.for_actor(actor).filter(pk__in=ids).values_list("pk", flat=True))
        for model, ids in named.items()
    }
    for each in verdicts:
        for model, row_id in _named(each):
            if row_id not in there[model]:
                each.problem = NotFound(kind=model.kind, id=Ref(model.kind, row_id))
        try:
            hand_over(actor, each.row, each.values)
        except Problem as refused:
            each.problem = refused


def _named(verdict: Verdict) -> Iterator[tuple[type[Record], UUID]]:
    """Return the records that a row would name again."""
    for name, value in verdict.values.items():
        target = verdict.row._meta.get_field(name).related_model if value and name.endswith("_id") else None
        if isinstance(target, type) and issubclass(target, Record):
            yield target, value


def _refuse_circles(verdicts: Sequence[Verdict]) -> None:
    """Refuse companies that would be part of themselves, when the others of the batch are back where they were."""
    going = [each for each in verdicts if each.problem is None]
    above: dict[UUID, UUID | None] = {each.row.pk: each.row.parent_id for each in going}
    level = {row_id for each in going for row_id in (each.row.parent_id, each.values["parent_id"]) if row_id}
    while level:
        found = dict(Company.objects.filter(pk__in=level, parent__isnull=False).values_list("pk", "parent_id"))
        above |= found
        level = set(found.values()) - above.keys()
    back = above | {each.row.pk: each.values["parent_id"] for each in going}
    while circling := next((each for each in going if _is_inside_itself(each.row.pk, back)), None):
        parent = Company.objects.get(pk=circling.values["parent_id"])
        circling.problem = InsideItself(company=circling.row.name, parent=parent.name)
        back[circling.row.pk] = above[circling.row.pk]
        going.remove(circling)


def _is_inside_itself(company: UUID, above: Mapping[UUID, UUID | None]) -> bool:
    seen: set[UUID] = set()
    row_id = above.get(company)
    while row_id is not None and row_id not in seen:
        if row_id == company:
            return True
        seen.add(row_id)
        row_id = above.get(row_id)
    return False


def _companies(rows: Sequence[Any], effects: Mapping[UUID, Effect]) -> dict[UUID, Any]:
    """Return the companies that people go back to: their country says how numbers are dialled."""
    named = {
        UUID(before)
        for row in rows
        if row.kind == "person" and row.pk in effects
        for before, _after in [effects[row.pk].changes.get("company_id", (None, None))]
        if before
    }
    model = type(rows[0])._meta.get_field("company").related_model if named else None
    return {each.pk: each for each in model._default_manager.filter(pk__in=named)} if model else {}
