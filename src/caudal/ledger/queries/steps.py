"""The steps of a month's end: what has to be done before a month is closed, how far each is, and where it is done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise

from caudal.core.errors import Problem, msg
from caudal.core.periods import Days, add_months
from caudal.kit.access import Actor, Verb, require
from caudal.kit.rooms import gathered
from caudal.ledger.models import ClosedMonth, MonthConfirmation


@dataclass(frozen=True, slots=True)
class MonthAsked:
    """The month that is asked about: its days, in whose books (None: all of them), and what time it is."""

    days: Days
    entity_id: UUID | None
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StepState:
    """How far a step is: so much of so much, what is missing in words, and the page where it is done."""

    done: int = 0
    total: int = 0
    missing: str | Promise = ""
    href: str = ""
    under_way: bool = False
    """Whether it goes on by itself at this moment."""

    @property
    def is_done(self) -> bool:
        """Whether nothing is missing; of nothing, nothing is."""
        return self.done >= self.total


Look: TypeAlias = Callable[[Actor, MonthAsked], StepState]


@dataclass(frozen=True, slots=True)
class MonthStep:
    """A step of a month's end: `MONTH_STEPS` in the `panels` room of a context.

    What can be known is looked at, never ticked; where `look` is None only people can know, and confirm it.
    """

    key: str
    order: int
    words: str | Promise
    why: str | Promise
    look: Look | None = None


@dataclass(frozen=True, slots=True)
class StepTold:
    """A step with how far it is, and who confirmed it where people do."""

    step: MonthStep
    state: StepState
    confirmation: MonthConfirmation | None = None


class NoSuchStep(Problem):
    """Nobody has to confirm it."""

    code = "ledger.no_such_step"
    status = 404
    message = msg("“{step}” is no step that people confirm.")
    hint = msg("What can be known is looked at and never ticked.")


def steps_known() -> list[MonthStep]:
    """Return every step, in the order in which a month is closed."""
    found: tuple[MonthStep, ...] = gathered("panels", "MONTH_STEPS")
    return sorted(found, key=lambda each: (each.order, each.key))


def step_confirmed(key: str) -> MonthStep:
    """Return a step that people confirm. Raises NoSuchStep."""
    step = next((each for each in steps_known() if each.key == key and each.look is None), None)
    if step is None:
        raise NoSuchStep(step=key)
    return step


def month_steps(actor: Actor, month: date, *, as_of: datetime, entity_id: UUID | None = None) -> list[StepTold]:
    """Return the steps of a month with how far each is, in order. Raises NotAllowed."""
    require(actor, "closed_month", Verb.VIEW)
    asked = MonthAsked(Days(month, add_months(month, 1)), entity_id, as_of)
    confirmed = {each.step: each for each in confirmations(actor, month, entity_id)}
    found = []
    for step in steps_known():
        if step.look is not None:
            found.append(StepTold(step, step.look(actor, asked)))
        else:
            row = confirmed.get(step.key)
            found.append(StepTold(step, StepState(done=int(row is not None), total=1), row))
    return found


def confirmations(actor: Actor, month: date, entity_id: UUID | None) -> Sequence[MonthConfirmation]:
    """Return what stands confirmed of a month, in the books of one legal entity or of all, by step."""
    rows = MonthConfirmation.for_actor(actor).filter(month=month, withdrawn_at=None)
    whose = Q(entity=None) if entity_id is None else Q(entity=None) | Q(entity=entity_id)
    return list(rows.filter(whose).order_by("step", "pk"))


def closing_of(actor: Actor, month: date, entity_id: UUID | None) -> ClosedMonth | None:
    """Return the closing of a month that holds for the books of a legal entity, or of all; None while it is open."""
    rows = ClosedMonth.for_actor(actor).filter(month=month, reopened_at=None)
    whose = Q(entity=None) if entity_id is None else Q(entity=None) | Q(entity=entity_id)
    return rows.filter(whose).order_by("created_at", "pk").first()
