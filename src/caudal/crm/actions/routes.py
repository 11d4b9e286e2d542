"""Which way a deal goes: its pipeline, and the stages it came through."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.db import connection

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.crm.actions.drafts import DealDraft
from caudal.crm.models import Pipeline, Stage
from caudal.kit.records import NOT_DELETED, NotFound


class StageOfAnotherPipeline(Problem):
    """A deal stays in the stages of one pipeline."""

    code = "stage.of_another_pipeline"
    status = 409
    message = msg("“{stage}” is a stage of the pipeline {other}, and the deal is in {pipeline}.")
    hint = msg("Choose a stage of {pipeline}.")


class NoPipeline(Problem):
    """There is no way for a deal to go."""

    code = "pipeline.none"
    status = 409
    message = msg("There is no pipeline with a stage for this deal.")
    hint = msg("An administrator sets up pipelines.")


@dataclass(frozen=True, slots=True)
class Step:
    """A stage, and the instant at which a deal came into it."""

    stage: Stage
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class Routes:
    """Every pipeline with its stages. They are the company's own and the same for everybody."""

    pipelines: dict[UUID, Pipeline]
    stages: dict[UUID, Stage]
    first_stages: dict[UUID, Stage]
    defaults: dict[UUID | None, Pipeline]
    """By pillar; under None the first pipeline of all that has stages."""

    @classmethod
    def load(cls) -> Self:
        """Read them, in two queries."""
        pipelines = {
            each.pk: each for each in Pipeline.objects.filter(NOT_DELETED).order_by("-is_default", "position", "pk")
        }
        stages = {
            each.pk: each
            for each in Stage.objects.filter(NOT_DELETED, pipeline__in=pipelines).order_by("position", "pk")
        }
        first: dict[UUID, Stage] = {}
        for stage in stages.values():
            stage.pipeline = pipelines[stage.pipeline_id]
            first.setdefault(stage.pipeline_id, stage)
        walkable = [each for each in pipelines.values() if each.pk in first]
        defaults: dict[UUID | None, Pipeline] = {
            each.pillar_id: each for each in walkable if each.is_default and each.pillar_id
        }
        if walkable:
            defaults[None] = walkable[0]
        return cls(pipelines, stages, first, defaults)

    def steps(self, draft: DealDraft, products: dict[UUID, Any], *, otherwise_at: datetime) -> list[Step]:
        """Return the stages that a draft came through. Raises NotFound, StageOfAnotherPipeline, NoPipeline."""
        if not draft.stages:
            pipeline = self._pipeline(draft, products)
            first = self.first_stages.get(pipeline.pk)
            if first is None:
                raise NoPipeline
            return [Step(first, draft.opened_at or otherwise_at)]
        walked = [Step(self.stage(step.stage_id), step.entered_at) for step in draft.stages]
        home = draft.pipeline_id or walked[0].stage.pipeline_id
        for step in walked:
            self.same_pipeline(step.stage, home)
        return walked

    def stage(self, stage_id: UUID) -> Stage:
        """Return a stage. Raises NotFound."""
        if stage_id not in self.stages:
            raise NotFound(kind=Stage.kind, id=Ref(Stage.kind, stage_id))
        return self.stages[stage_id]

    def same_pipeline(self, stage: Stage, pipeline_id: UUID) -> None:
        """Refuse, with StageOfAnotherPipeline, a stage of another pipeline."""
        if stage.pipeline_id != pipeline_id:
            home = self.pipelines.get(pipeline_id)
            raise StageOfAnotherPipeline(
                stage=stage.name, other=stage.pipeline.name, pipeline=home.name if home else pipeline_id
            )

    def _pipeline(self, draft: DealDraft, products: dict[UUID, Any]) -> Pipeline:
        if draft.pipeline_id is not None:
            if draft.pipeline_id not in self.pipelines:
                raise NotFound(kind=Pipeline.kind, id=Ref(Pipeline.kind, draft.pipeline_id))
            return self.pipelines[draft.pipeline_id]
        product = products.get(draft.product_id) if draft.product_id else None
        pillar_id = draft.pillar_id or getattr(product, "pillar_id", None)
        found = self.defaults.get(pillar_id) or self.defaults.get(None)
        if found is None:
            raise NoPipeline
        return found


def hold_stages(stage_ids: Iterable[UUID]) -> None:
    """Keep stages from being deleted until the end of the transaction. Raises NotFound for one that is gone.

    Whoever puts a deal into a stage asks this before locking the deal: a stage that is being deleted moves its deals.
    """
    wanted = sorted(set(stage_ids))
    if not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM crm_stage WHERE id = ANY(%s) AND deleted_at IS NULL ORDER BY id FOR SHARE", [wanted]
        )
        found = {row[0] for row in cursor.fetchall()}
    for stage_id in wanted:
        if stage_id not in found:
            raise NotFound(kind=Stage.kind, id=Ref(Stage.kind, stage_id))
