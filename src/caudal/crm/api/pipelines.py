"""Routes of pipelines and their boards."""

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Query, Router, Schema

from caudal.crm import queries
from caudal.crm.models import Pipeline, Stage
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, MoneyBody, public_id, row_id
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()


class StageOut(Schema):
    """A stage of a pipeline."""

    id: str
    name: str
    probability: str
    forecast_category: str
    days_to_rot: int | None


class PipelineOut(Schema):
    """A pipeline with its stages, in order."""

    id: str
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
        name=pipeline.name,
        pillar_id=public_id("pillar", pipeline.pillar_id),
        is_default=pipeline.is_default,
        stages=[_stage(stage) for stage in stages if stage.pipeline_id == pipeline.pk],
    )


def _stage(stage: Stage) -> StageOut:
    return StageOut(
        id=str(stage.ref),
        name=stage.name,
        probability=f"{stage.probability.normalize():f}",
        forecast_category=stage.forecast_category,
        days_to_rot=stage.days_to_rot,
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
