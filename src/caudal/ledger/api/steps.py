"""Routes of a month's end: its steps as they stand, and what people confirm of it."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from caudal.core.periods import CalendarPeriod, Grain, UnreadableLabel
from caudal.kit.access import Actor, Verb
from caudal.kit.bodies import Body, row_id
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.ledger import actions, queries

router = Router()

KEY = Annotated[str, Field(max_length=40, pattern=r"^[a-z_]+$", examples=["statement"])]
ENTITY = Annotated[str | None, Field(default=None, description="Whose books; all of them without.")]


class StepsQuery(Body):
    """Of whose books."""

    entity_id: ENTITY


class ConfirmationIn(Body):
    """Which step is confirmed, of whose books, and what there is to say of it."""

    step: KEY
    entity_id: ENTITY
    note: Annotated[str, Field(max_length=200)] = ""


class StepOut(Schema):
    """A step: how far it is, what is missing, and who confirmed it where only people can know."""

    key: str
    words: str
    is_done: bool
    by_people: bool
    done: int
    total: int
    missing: str
    under_way: bool
    confirmation_id: str | None
    confirmed_at: datetime | None
    confirmed_by: str | None


class MonthStepsOut(Schema):
    """A month with its steps in order, how many are done, and whether it is closed."""

    month: str
    is_closed: bool
    done: int
    steps: list[StepOut]


@router.get("/ledger/months/{label}/steps", response=MonthStepsOut)
@needs("closed_month")
def list_month_steps(request: HttpRequest, label: str, query: Query[StepsQuery]) -> MonthStepsOut:
    """Return the steps of a month's end, each as it stands now."""
    return _told(actor_of(request), _month(label), _entity(query.entity_id))


@router.post("/ledger/months/{label}/steps", response={201: MonthStepsOut})
@needs("closed_month", Verb.CREATE)
def confirm_month_step(request: HttpRequest, label: str, body: ConfirmationIn) -> Status[MonthStepsOut]:
    """Confirm a step that only people can know."""
    actor, month, entity_id = actor_of(request), _month(label), _entity(body.entity_id)
    actions.confirm_step(actor=actor, as_of=now(), month=month, step=body.step, entity_id=entity_id, note=body.note)
    return Status(201, _told(actor, month, entity_id))


@router.post("/ledger/confirmations/{month_confirmation_id}/withdrawal", response={204: None})
@needs("closed_month", Verb.CHANGE)
def withdraw_month_step(request: HttpRequest, month_confirmation_id: str) -> Status[None]:
    """Take a confirmation back; it stays with who gave it and who took it back."""
    key = row_id("month_confirmation", month_confirmation_id)
    actions.withdraw_confirmation(actor=actor_of(request), as_of=now(), confirmation_id=key)
    return Status(204, None)


def _month(label: str) -> date:
    period = CalendarPeriod.parse(label)
    if period.grain is not Grain.MONTH:
        raise UnreadableLabel(text=label)
    return period.days.start


def _entity(entity_id: str | None) -> UUID | None:
    return row_id("entity", entity_id) if entity_id else None


def _told(actor: Actor, month: date, entity_id: UUID | None) -> MonthStepsOut:
    found = queries.month_steps(actor, month, as_of=now(), entity_id=entity_id)
    return MonthStepsOut(
        month=f"{month:%Y-%m}",
        is_closed=queries.closing_of(actor, month, entity_id) is not None,
        done=sum(each.state.is_done for each in found),
        steps=[
            StepOut(
                key=each.step.key,
                words=str(each.step.words),
                is_done=each.state.is_done,
                by_people=each.step.look is None,
                done=each.state.done,
                total=each.state.total,
                missing=str(each.state.missing),
                under_way=each.state.under_way,
                confirmation_id=str(each.confirmation.ref) if each.confirmation else None,
                confirmed_at=each.confirmation.created_at if each.confirmation else None,
                confirmed_by=each.confirmation.created_by if each.confirmation else None,
            )
            for each in found
        ],
    )
