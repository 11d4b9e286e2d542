"""Pipelines with their stages and how many deals are in each."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from caudal.core.ids import Ref
from caudal.crm.models import Deal, Pipeline, Stage
from caudal.crm.queries.records import pipelines, stages_of
from caudal.kit.access import Actor, Verb
from caudal.kit.records import NOT_DELETED, NotFound


@dataclass(frozen=True, slots=True)
class StageCounted:
    """A stage, and how many open deals within the reader's reach are in it."""

    stage: Stage
    count: int


@dataclass(frozen=True, slots=True)
class Laid:
    """A pipeline with its stages, in order."""

    pipeline: Pipeline
    stages: tuple[StageCounted, ...]


def laid_out(actor: Actor) -> list[Laid]:
    """Return every pipeline with its stages and their open deals, in three queries."""
    found = pipelines(actor)
    stages = stages_of(actor, *found)
    counts = open_in(actor, stages)
    return [
        Laid(
            each,
            tuple(StageCounted(stage, counts.get(stage.pk, 0)) for stage in stages if stage.pipeline_id == each.pk),
        )
        for each in found
    ]


def open_in(actor: Actor, stages: Iterable[Stage]) -> dict[UUID, int]:
    """Return how many open deals are in stages, by stage; those without any are left out."""
    rows = Deal.for_actor(actor).filter(stays__left_at=None, stays__stage__in=list(stages))
    return dict(rows.order_by().values_list("stage_id").annotate(count=Count("pk")))


def binned_in(stage: Stage) -> int:
    """Return how many open deals of a stage, already reached to be deleted, are in the recycle bin: they move too."""
    rows = Deal.objects.exclude(NOT_DELETED).filter(stays__left_at=None, stays__stage=stage)
    return rows.count()


def stage(actor: Actor, stage_id: UUID, verb: Verb = Verb.VIEW) -> Stage:
    """Return a stage with its pipeline. Raises NotFound."""
    rows = Stage.for_actor(actor, verb).filter(pipeline__deleted_at=None).select_related("pipeline")
    found = rows.filter(pk=stage_id).first()
    if found is None:
        raise NotFound(kind=Stage.kind, id=Ref(Stage.kind, stage_id))
    return found
