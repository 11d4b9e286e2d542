"""Routes of typed actuals."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from caudal.core.errors import Problem
from caudal.core.ids import Ref
from caudal.core.intervals import exact_text
from caudal.kit.access import Verb
from caudal.kit.bodies import Body
from caudal.kit.pages import actor_of, needs
from caudal.kit.problems import BadInput
from caudal.kit.world import now
from caudal.plan.actions import take_back_actual, type_actuals
from caudal.plan.imports import Said, Spelling, draft_of
from caudal.plan.models import TypedActual
from caudal.plan.queries import Typed, adopted_plan, history_of, typed_lately
from caudal.workspace.queries import company

router = Router()
MOST = 1_000


class ActualIn(Schema, extra="forbid"):
    """What a number came to: of a target, or of a metric (with its pillar where it has several targets).

    The period is of the target's length: 2026-03, 2026-Q1. A share is a part of one, or has a percent sign.
    """

    target: str = Field(min_length=1, max_length=200)
    period: str = Field(min_length=1, max_length=20, examples=["2026-03"])
    value: str = Field(min_length=1, max_length=60, examples=["184000", "26%"])
    pillar: str = Field("", max_length=200)
    unit: str = Field("", max_length=200)
    through: date | None = None
    """The last day that it speaks of; the whole period, or up to today, without it."""
    source: str = Field("", max_length=200)


class ActualsIn(Schema, extra="forbid"):
    """Actuals to keep, all or none of them."""

    actuals: list[ActualIn] = Field(min_length=1, max_length=MOST)


class ActualOut(Schema):
    """An actual that somebody typed. A `value` of null took it back; one that does not count was corrected since."""

    id: str
    number: str
    pillar: str | None
    unit: str
    period: str
    through: date
    revision: int
    value: str | None
    source: str
    typed_by: str
    typed_at: datetime
    counts: bool


class ActualsOut(Schema):
    """Typed actuals, the newest first."""

    items: list[ActualOut]


class TakenOut(Schema):
    """How many actuals are new, and how many were known so before."""

    typed: int
    known: int


class ActualsQuery(Body):
    """Of which target; of all, lately, without one."""

    target: str | None = None
    limit: int = Field(100, ge=1, le=MOST)


@router.get("/plan-actuals", response=ActualsOut)
@needs("actual")
def list_actuals(request: HttpRequest, query: Query[ActualsQuery]) -> dict[str, Any]:
    """List what was typed of a target, or lately."""
    actor = actor_of(request)
    own = company()
    fiscal_start = own.fiscal_start_month if own else 1
    if query.target is None:
        told = typed_lately(actor, fiscal_start, limit=query.limit)
    else:
        _, plan = adopted_plan(actor)
        told = history_of(actor, plan.target(query.target), fiscal_start, limit=query.limit)
    return {"items": [actual_row(each) for each in told]}


@router.post("/plan-actuals", response={201: TakenOut})
@needs("actual", Verb.CREATE)
def type_in(request: HttpRequest, body: ActualsIn) -> Status[dict[str, int]]:
    """Keep what numbers came to; a refusal names every actual that cannot be taken, and takes none."""
    actor, as_of = actor_of(request), now()
    _, plan = adopted_plan(actor)
    own = company()
    spelling = Spelling(fiscal_start=own.fiscal_start_month if own else 1)
    drafts, refused = [], {}
    for place, each in enumerate(body.actuals):
        said = Said(
            name=each.target,
            period=each.period,
            value=each.value,
            pillar=each.pillar,
            unit=each.unit,
            through=each.through.isoformat() if each.through else "",
            source=each.source,
        )
        try:
            drafts.append(draft_of(plan, said, spelling))
        except Problem as problem:
            refused[f"actuals.{place}"] = problem.told()
    if refused:
        raise BadInput(refused)
    kept = type_actuals(actor=actor, as_of=as_of, drafts=drafts)
    count = sum(row is not None for row in kept)
    return Status(201, {"typed": count, "known": len(kept) - count})


@router.delete("/plan-actuals/{actual_id}", response={204: None})
@needs("actual", Verb.CREATE)
def take_back(request: HttpRequest, actual_id: str) -> Status[None]:
    """Take back what was typed; it stays, and does not count."""
    take_back_actual(actor=actor_of(request), as_of=now(), actual_id=Ref.parse(actual_id, TypedActual.kind).id)
    return Status(204, None)


def actual_row(told: Typed) -> dict[str, Any]:
    """Return a typed actual as the API tells it."""
    return {
        "id": str(told.ref),
        "number": told.number.id,
        "pillar": told.number.pillar or None,
        "unit": told.number.unit,
        "period": told.period.label,
        "through": told.through,
        "revision": told.revision,
        "value": None if told.value is None else exact_text(told.value),
        "source": told.source,
        "typed_by": told.by,
        "typed_at": told.at,
        "counts": told.counts and told.value is not None,
    }
