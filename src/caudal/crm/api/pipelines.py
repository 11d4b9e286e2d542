"""Routes of pipelines and their boards."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from caudal.core.decimals import plain_decimal
from caudal.crm import actions, queries
from caudal.crm.models import ForecastCategory, Pipeline, Stage
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, MoneyBody, public_id, row_id, rows_named, tag, version_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()
KINDS: Final = {"pillar_id": "pillar"}


class StageOut(Schema):
    """A stage of a pipeline."""

    id: str
    version: int
    name: str
    probability: str
    forecast_category: str
    days_to_rot: int | None
    needed: list[str]
    """Fields that a deal must have to go on from here."""


class PipelineOut(Schema):
    """A pipeline with its stages, in order."""

    id: str
    version: int
    name: str
    pillar_id: str | None
    is_default: bool
    stages: list[StageOut]


class PipelineList(Schema):
    """All pipelines."""

    items: list[PipelineOut]


class CardOut(Schema):
    """A deal as the board shows it."""

    id: str
    version: int
    name: str
    company: str
    person: str
    owner: str
    amount: MoneyBody | None
    opened_at: datetime | None
    expected_close_date: date | None
    entered_at: datetime
    days_in_stage: int
    rotting: bool


class ColumnOut(Schema):
    """A stage of the board; `hidden` is how many of its deals are not among the cards."""

    stage: StageOut
    cards: list[CardOut]
    count: int
    hidden: int
    rotting: int
    totals: list[MoneyBody]


class BoardOut(Schema):
    """The open deals of a pipeline, by stage."""

    pipeline_id: str
    as_of: datetime
    columns: list[ColumnOut]


class PipelineIn(Body):
    """A pipeline to add; it begins with four stages."""

    name: str
    pillar_id: str | None = None
    is_default: bool = False


class PipelineChange(Body):
    """What to change about a pipeline; what is left out stays."""

    name: Annotated[str, Field(default="")]
    pillar_id: str | None = None
    is_default: Annotated[bool, Field(default=False)]


class StageNew(Body):
    """A stage to add, last or at a place counted from 1."""

    name: str
    probability: Annotated[Decimal, Field(ge=0, le=1, max_digits=5, decimal_places=4)]
    forecast_category: str = ForecastCategory.PIPELINE.value
    days_to_rot: Annotated[int | None, Field(default=None, ge=1, le=3650)]
    needed: Annotated[list[str], Field(default=[], max_length=100)]
    place: Annotated[int | None, Field(default=None, ge=1, le=1000)]


class StageChange(Body):
    """What to change about a stage; what is left out stays."""

    name: Annotated[str, Field(default="")]
    probability: Annotated[Decimal, Field(default=Decimal(0), ge=0, le=1, max_digits=5, decimal_places=4)]
    forecast_category: Annotated[str, Field(default="")]
    days_to_rot: Annotated[int | None, Field(default=None, ge=1, le=3650)]
    needed: Annotated[list[str], Field(default=[], max_length=100)]
    place: Annotated[int | None, Field(default=None, ge=1, le=1000)]


class StageGoneQuery(Body):
    """Where the open deals of a stage go."""

    to_stage_id: str | None = None


class BoardQuery(Body):
    """Whose deals."""

    owner_id: str | None = None


@router.get("/pipelines", response=PipelineList)
@needs("pipeline", Verb.VIEW)
def list_pipelines(request: HttpRequest) -> PipelineList:
    """List the pipelines with their stages."""
    actor = actor_of(request)
    found = queries.pipelines(actor)
    stages = queries.stages_of(actor, *found)
    return PipelineList(items=[_pipeline(each, stages) for each in found])


@router.post("/pipelines", response={201: PipelineOut})
@needs("pipeline", Verb.CREATE)
def create_pipeline(request: HttpRequest, response: HttpResponse, body: PipelineIn) -> Status[PipelineOut]:
    """Add a pipeline with four stages to begin with."""
    actor = actor_of(request)
    pipeline = actions.start_pipeline(actor=actor, as_of=now(), **rows_named(body.dict(), KINDS))
    tag(response, pipeline)
    return Status(201, _pipeline(pipeline, queries.stages_of(actor, pipeline)))


@router.patch("/pipelines/{pipeline_id}", response=PipelineOut)
@needs("pipeline", Verb.CHANGE)
def change_pipeline(
    request: HttpRequest, response: HttpResponse, pipeline_id: str, body: PipelineChange
) -> PipelineOut:
    """Change a pipeline; If-Match says which version was read."""
    actor = actor_of(request)
    values: Any = rows_named(body.dict(exclude_unset=True), KINDS)
    pipeline = actions.change_pipeline(
        actor=actor,
        as_of=now(),
        pipeline_id=row_id("pipeline", pipeline_id),
        expected_version=version_of(request, required=True),
        **values,
    )
    tag(response, pipeline)
    return _pipeline(pipeline, queries.stages_of(actor, pipeline))


@router.delete("/pipelines/{pipeline_id}", response={204: None})
@needs("pipeline", Verb.DELETE)
def delete_pipeline(request: HttpRequest, pipeline_id: str) -> Status[None]:
    """Take out a pipeline that no deal went through."""
    actions.delete_pipeline(
        actor=actor_of(request),
        as_of=now(),
        pipeline_id=row_id("pipeline", pipeline_id),
        expected_version=version_of(request),
    )
    return Status(204, None)


@router.post("/pipelines/{pipeline_id}/stages", response={201: StageOut})
@needs("stage", Verb.CREATE)
def create_stage(request: HttpRequest, response: HttpResponse, pipeline_id: str, body: StageNew) -> Status[StageOut]:
    """Add a stage to a pipeline."""
    stage = actions.add_stage(
        actor=actor_of(request), as_of=now(), pipeline_id=row_id("pipeline", pipeline_id), **body.dict()
    )
    tag(response, stage)
    return Status(201, _stage(stage))


@router.patch("/stages/{stage_id}", response=StageOut)
@needs("stage", Verb.CHANGE)
def change_stage(request: HttpRequest, response: HttpResponse, stage_id: str, body: StageChange) -> StageOut:
    """Change a stage or its place; If-Match says which version was read."""
    values: Any = body.dict(exclude_unset=True)
    stage = actions.change_stage(
        actor=actor_of(request),
        as_of=now(),
        stage_id=row_id("stage", stage_id),
        expected_version=version_of(request, required=True),
        **values,
    )
    tag(response, stage)
    return _stage(stage)


@router.delete("/stages/{stage_id}", response={204: None})
@needs("stage", Verb.DELETE)
def delete_stage(request: HttpRequest, stage_id: str, query: Query[StageGoneQuery]) -> Status[None]:
    """Take out a stage; its open deals go to `to_stage_id`."""
    actions.delete_stage(
        actor=actor_of(request),
        as_of=now(),
        stage_id=row_id("stage", stage_id),
        to_stage_id=row_id("stage", query.to_stage_id) if query.to_stage_id else None,
        expected_version=version_of(request),
    )
    return Status(204, None)


@router.get("/pipelines/{pipeline_id}/board", response=BoardOut)
@needs("deal", Verb.VIEW)
def get_board(request: HttpRequest, pipeline_id: str, query: Query[BoardQuery]) -> BoardOut:
    """Return the board of a pipeline: the newest deals of each stage, and counts and sums over all of them."""
    owner_id = row_id("member", query.owner_id) if query.owner_id else None
    found = queries.board(actor_of(request), row_id("pipeline", pipeline_id), as_of=now(), owner_id=owner_id)
    return BoardOut(
        pipeline_id=str(found.pipeline.ref),
        as_of=found.as_of,
        columns=[
            ColumnOut(
                stage=_stage(column.stage),
                cards=[_card(card) for card in column.cards],
                count=column.count,
                hidden=column.hidden,
                rotting=column.rotting,
                totals=[MoneyBody(**total.to_json()) for total in column.totals],
            )
            for column in found.columns
        ],
    )


def _pipeline(pipeline: Pipeline, stages: list[Stage]) -> PipelineOut:
    return PipelineOut(
        id=str(pipeline.ref),
        version=pipeline.version,
        name=pipeline.name,
        pillar_id=public_id("pillar", pipeline.pillar_id),
        is_default=pipeline.is_default,
        stages=[_stage(stage) for stage in stages if stage.pipeline_id == pipeline.pk],
    )


def _stage(stage: Stage) -> StageOut:
    return StageOut(
        id=str(stage.ref),
        version=stage.version,
        name=stage.name,
        probability=plain_decimal(stage.probability),
        forecast_category=stage.forecast_category,
        days_to_rot=stage.days_to_rot,
        needed=stage.needed,
    )


def _card(card: queries.Card) -> CardOut:
    return CardOut(
        id=str(card.ref),
        version=card.version,
        name=card.name,
        company=card.company,
        person=card.person,
        owner=card.owner,
        amount=MoneyBody.of(card.amount),
        opened_at=card.opened_at,
        expected_close_date=card.expected_close_date,
        entered_at=card.entered_at,
        days_in_stage=card.days_in_stage,
        rotting=card.rotting,
    )
