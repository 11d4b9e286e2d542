"""Changing pipelines and their stages, and taking them out; the deals of a stage that goes move to another one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Greatest

from caudal.core.errors import Problem, msg
from caudal.crm import queries
from caudal.crm.actions.checking import Reader
from caudal.crm.actions.deals import BATCH, move_fact
from caudal.crm.actions.pipelines import ANY, StageDraft, add_pipeline, add_stages, in_language
from caudal.crm.actions.telling import told
from caudal.crm.events import PipelineChanged, PipelineDeleted, StageChanged, StageDeleted
from caudal.crm.models import Deal, ForecastCategory, Pipeline, Stage, StageStay
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish, publish_many
from caudal.kit.records import NOT_DELETED
from caudal.workspace.queries import company


class StageInUse(Problem):
    """Open deals are in the stage, and nobody said where they go."""

    code = "stage.in_use"
    status = 409
    message = msg("{count} open deals are in “{stage}”.")
    hint = msg("Say to which stage they go.")


class StageElsewhere(Problem):
    """Deals stay in their pipeline when a stage of it goes."""

    code = "stage.elsewhere"
    status = 409
    message = msg("Deals of {pipeline} cannot go to “{stage}”.")
    hint = msg("Choose another stage of {pipeline}.")


class LastStage(Problem):
    """A pipeline without a stage is no way for deals to go."""

    code = "stage.last"
    status = 409
    message = msg("“{stage}” is the only stage of {pipeline}.")
    hint = msg("Add another stage first, or delete the pipeline.")


class PipelineInUse(Problem):
    """Deals went through the pipeline."""

    code = "pipeline.in_use"
    status = 409
    message = msg("{count} deals are or were in the pipeline {pipeline}.")
    hint = msg("Rename it instead: what happened in it stays readable.")


class StageValues(TypedDict, total=False):
    """What may change about a stage."""

    name: str
    probability: Decimal
    forecast_category: str
    days_to_rot: int | None
    needed: Sequence[str]


class PipelineValues(TypedDict, total=False):
    """What may change about a pipeline."""

    name: str
    pillar_id: UUID | None
    is_default: bool


@action
def start_pipeline(
    *, actor: Actor, as_of: datetime, name: str, pillar_id: UUID | None = None, is_default: bool = False
) -> Pipeline:
    """Add a pipeline behind the others, with four stages to begin with. Raises NotAllowed, BadInput, NotFound.

    As the default of its pillar it takes the place of the one that was.
    """
    require(actor, "pipeline", Verb.CREATE)
    values = _checked_pipeline(actor, {"name": name, "pillar_id": pillar_id})
    if is_default:
        _no_other_default(actor, as_of, pillar_id)
    settings = company()
    places = Pipeline.objects.filter(NOT_DELETED).values_list("position", flat=True)
    pillars = Pipeline.related_for("pillar", actor, [pillar_id] if pillar_id else [])
    return add_pipeline(
        actor=actor,
        as_of=as_of,
        name=values["name"],
        stages=in_language(ANY, settings.language if settings else "en"),
        pillar=pillars[pillar_id] if pillar_id else None,
        position=max(places, default=-1) + 1,
        is_default=is_default,
    )


@action
def change_pipeline(
    *,
    actor: Actor,
    as_of: datetime,
    pipeline_id: UUID,
    expected_version: int | None = None,
    **values: Unpack[PipelineValues],
) -> Pipeline:
    """Change what a pipeline is called and whose it is. Raises NotFound, BadInput, VersionConflict."""
    pipeline = Pipeline.one_for(actor, Verb.CHANGE, pipeline_id, lock=True)
    checked = _checked_pipeline(actor, values)
    if checked.get("is_default", pipeline.is_default):
        _no_other_default(actor, as_of, checked.get("pillar_id", pipeline.pillar_id), but=pipeline.pk)
    changes = pipeline.change(actor=actor, as_of=as_of, expected_version=expected_version, **checked)
    if changes:
        publish(told(PipelineChanged, pipeline, changes), actor=actor, occurred_at=as_of)
    return pipeline


@action
def delete_pipeline(*, actor: Actor, as_of: datetime, pipeline_id: UUID, expected_version: int | None = None) -> None:
    """Take out a pipeline in which no deal ever was. Raises NotFound, PipelineInUse, VersionConflict."""
    pipeline = Pipeline.one_for(actor, Verb.DELETE, pipeline_id, lock=True)
    count = Deal.objects.filter(pipeline=pipeline).count()
    if count:
        raise PipelineInUse(pipeline=pipeline.name, count=count)
    pipeline.delete_softly(actor=actor, as_of=as_of, expected_version=expected_version)
    publish(told(PipelineDeleted, pipeline, {}, label=pipeline.name), actor=actor, occurred_at=as_of)


@action
def add_stage(
    *,
    actor: Actor,
    as_of: datetime,
    pipeline_id: UUID,
    name: str,
    probability: Decimal,
    forecast_category: str = ForecastCategory.PIPELINE,
    days_to_rot: int | None = None,
    needed: Sequence[str] = (),
    place: int | None = None,
) -> Stage:
    """Add a stage to a pipeline, last or at a place counted from 1. Raises NotFound, BadInput."""
    said = {"name": name, "probability": probability, "forecast_category": forecast_category}
    checked = _checked_stage(said | {"days_to_rot": days_to_rot, "needed": needed})
    draft = StageDraft(checked["name"], probability, forecast_category, days_to_rot)
    add_stages(actor=actor, as_of=as_of, pipeline_id=pipeline_id, stages=[draft])
    stage = Stage.objects.filter(NOT_DELETED, pipeline=pipeline_id).order_by("-position")[0]
    if checked["needed"]:
        stage.change(actor=actor, as_of=as_of, needed=checked["needed"])
    if place is not None:
        _put(stage, place)
    return stage


@action
def change_stage(
    *,
    actor: Actor,
    as_of: datetime,
    stage_id: UUID,
    expected_version: int | None = None,
    place: int | None = None,
    **values: Unpack[StageValues],
) -> Stage:
    """Change what is said of a stage, or its place among the others, counted from 1.

    Raises NotFound, BadInput, VersionConflict; the database refuses a name that another stage of the pipeline has.
    """
    stage = Stage.one_for(actor, Verb.CHANGE, stage_id, lock=True)
    Pipeline.one_for(actor, Verb.CHANGE, stage.pipeline_id, lock=True)  # one at a time orders its stages
    checked = _checked_stage(values)
    changes = stage.change(actor=actor, as_of=as_of, expected_version=expected_version, **checked)
    if place is not None:
        before, after = _put(stage, place)
        if before != after:
            changes = {**changes, "place": (before, after)}
            stage.touch(actor=actor, as_of=as_of)
    if changes:
        publish(told(StageChanged, stage, changes, pipeline=stage.pipeline.ref), actor=actor, occurred_at=as_of)
    return stage


@action
def delete_stage(
    *,
    actor: Actor,
    as_of: datetime,
    stage_id: UUID,
    to_stage_id: UUID | None = None,
    expected_version: int | None = None,
) -> int:
    """Take out a stage, and return how many open deals went to `to_stage_id`. Deals that ended in it stay as they were.

    Raises NotFound, StageInUse, StageElsewhere, LastStage, VersionConflict.
    """
    stage = Stage.one_for(actor, Verb.DELETE, stage_id, lock=True)
    pipeline = Pipeline.one_for(actor, Verb.CHANGE, stage.pipeline_id, lock=True)
    stage.expect(expected_version)
    others = {each.pk: each for each in Stage.objects.filter(NOT_DELETED, pipeline=pipeline).exclude(pk=stage.pk)}
    if not others:
        raise LastStage(stage=stage.name, pipeline=pipeline.name)
    deals = list(
        Deal.objects.filter(stage=stage, stays__left_at=None, stays__stage=stage)
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    if deals and to_stage_id is None:
        raise StageInUse(stage=stage.name, count=len(deals))
    after = Stage.many_for(actor, Verb.VIEW, [to_stage_id])[to_stage_id] if to_stage_id else None
    if after is not None and after.pk not in others:
        raise StageElsewhere(stage=after.name, pipeline=pipeline.name)
    if after is not None:
        _move_all(deals, stage, after, actor=actor, as_of=as_of)
    stage.delete_softly(actor=actor, as_of=as_of)
    fact = told(
        StageDeleted,
        stage,
        {},
        pipeline=pipeline.ref,
        label=stage.name,
        moved=len(deals),
        moved_to=after.name if after and deals else "",
    )
    publish(fact, actor=actor, occurred_at=as_of)
    return len(deals)


def _move_all(deals: list[Deal], before: Stage, after: Stage, *, actor: Actor, as_of: datetime) -> None:
    ids = [deal.pk for deal in deals]
    stays = StageStay.objects.filter(deal__in=ids, left_at=None)
    entered = dict(stays.values_list("deal_id", "entered_at"))
    stays.update(left_at=Greatest(F("entered_at"), as_of))
    StageStay.objects.bulk_create(
        (StageStay(deal_id=row_id, stage=after, entered_at=max(as_of, entered[row_id])) for row_id in ids),
        batch_size=BATCH,
    )
    Deal.objects.filter(pk__in=ids).update(stage=after, version=F("version") + 1, changed_at=as_of, changed_by=actor.id)
    for deal in deals:
        deal.version += 1
    publish_many((move_fact(deal, before=before, after=after) for deal in deals), actor=actor, occurred_at=as_of)


def _put(stage: Stage, place: int) -> tuple[int, int]:
    """Put a stage at a place among those of its pipeline, and return the place before and after, counted from 1."""
    rows = list(Stage.objects.filter(NOT_DELETED, pipeline=stage.pipeline_id).order_by("position", "pk"))
    ids = [row.pk for row in rows]
    before = ids.index(stage.pk)
    ids.remove(stage.pk)
    after = min(max(place - 1, 0), len(ids))
    ids.insert(after, stage.pk)
    if before != after:
        # Two steps: two stages never have one position, not even for a moment.
        beyond = max(row.position for row in rows) + 1
        for first in (beyond, 0):
            for number, row_id in enumerate(ids, first):
                Stage.objects.filter(pk=row_id).update(position=number)
        stage.position = after
    return before + 1, after + 1


def _checked_stage(values: Mapping[str, Any]) -> dict[str, Any]:
    reader = Reader()
    checked: dict[str, Any] = dict(values)
    if "name" in values:
        checked["name"] = reader.name(values["name"])
    if "forecast_category" in values:
        open_ones = [each for each in ForecastCategory.values if each != ForecastCategory.CLOSED]
        reader.choice(values["forecast_category"], open_ones, "forecast_category")
    if "needed" in values:
        known = [name for name, _label in queries.criteria()]
        if not set(values["needed"]) <= set(known):
            reader.refuse("needed", msg("The deal has no field of this name."))
        checked["needed"] = [name for name in known if name in values["needed"]]
    reader.fits(Stage, {name: value for name, value in checked.items() if name != "needed"})
    reader.finish()
    return checked


def _checked_pipeline(actor: Actor, values: Mapping[str, Any]) -> dict[str, Any]:
    reader = Reader()
    checked: dict[str, Any] = dict(values)
    if "name" in values:
        checked["name"] = reader.name(values["name"])
    if values.get("pillar_id"):
        Pipeline.related_for("pillar", actor, [values["pillar_id"]])
    reader.fits(Pipeline, {"name": checked.get("name")})
    reader.finish()
    return checked


def _no_other_default(actor: Actor, as_of: datetime, pillar_id: UUID | None, but: UUID | None = None) -> None:
    defaults = Pipeline.objects.filter(NOT_DELETED, is_default=True, pillar=pillar_id)
    if but is not None:
        defaults = defaults.exclude(pk=but)
    for other in defaults.select_for_update(of=("self",)):
        changes = other.change(actor=actor, as_of=as_of, is_default=False)
        publish(told(PipelineChanged, other, changes), actor=actor, occurred_at=as_of)
