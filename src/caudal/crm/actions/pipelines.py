"""Pipelines and their stages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext

from caudal.core.errors import msg
from caudal.crm.events import PipelineAdded, StagesAdded
from caudal.crm.models import ForecastCategory, Pipeline, Stage
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.records import NOT_DELETED
from caudal.workspace.queries import company

if TYPE_CHECKING:
    from caudal.workspace.models import Pillar


@dataclass(frozen=True, slots=True)
class StageDraft:
    """A stage to add; its place is where it stands among the others."""

    name: str
    probability: Decimal
    forecast_category: str = ForecastCategory.PIPELINE
    days_to_rot: int | None = None


def _stages(*rows: tuple[str, str, ForecastCategory, int]) -> tuple[StageDraft, ...]:
    return tuple(StageDraft(name, Decimal(probability), category, days) for name, probability, category, days in rows)


STANDARD: Final[Mapping[str, tuple[StageDraft, ...]]] = {
    "courses": _stages(
        (msg("Interested"), "0.1", ForecastCategory.PIPELINE, 7),
        (msg("Application"), "0.4", ForecastCategory.BEST_CASE, 7),
        (msg("Offer"), "0.7", ForecastCategory.COMMIT, 5),
    ),
    "saas": _stages(
        (msg("Qualification"), "0.1", ForecastCategory.PIPELINE, 14),
        (msg("Demo"), "0.3", ForecastCategory.PIPELINE, 14),
        (msg("Proposal"), "0.5", ForecastCategory.BEST_CASE, 14),
        (msg("Negotiation"), "0.8", ForecastCategory.COMMIT, 10),
    ),
    "documents": _stages(
        (msg("Discovery"), "0.1", ForecastCategory.PIPELINE, 21),
        (msg("Pilot"), "0.4", ForecastCategory.BEST_CASE, 45),
        (msg("Proposal"), "0.6", ForecastCategory.BEST_CASE, 21),
        (msg("Negotiation"), "0.8", ForecastCategory.COMMIT, 21),
    ),
}
"""The stages that a pillar starts with, by its key; the team changes them."""
ANY: Final = STANDARD["saas"]


@action
def set_up_pipelines(*, actor: Actor, as_of: datetime, pillars: Iterable["Pillar"]) -> list[Pipeline]:
    """Give every pillar that has none its default pipeline, and return the default of each.

    Names are stored in the company's language. Done twice it changes nothing.
    """
    require(actor, "pipeline", Verb.CREATE)
    settings = company()
    language = settings.language if settings else "en"
    found = {each.pillar_id: each for each in Pipeline.objects.filter(NOT_DELETED, is_default=True)}
    pipelines = []
    for pillar in pillars:
        if pillar.pk not in found:
            found[pillar.pk] = add_pipeline(
                actor=actor,
                as_of=as_of,
                name=pillar.label(language),
                stages=in_language(STANDARD.get(pillar.key, ANY), language),
                pillar=pillar,
                position=pillar.position,
                is_default=True,
            )
        pipelines.append(found[pillar.pk])
    return pipelines


@action
def add_pipeline(
    *,
    actor: Actor,
    as_of: datetime,
    name: str,
    stages: Sequence[StageDraft],
    pillar: "Pillar | None" = None,
    position: int = 0,
    is_default: bool = False,
) -> Pipeline:
    """Add a pipeline with its stages, in the order given. Two stages or pipelines of one name are refused."""
    require(actor, "pipeline", Verb.CREATE)
    pipeline = Pipeline.stamped(
        actor=actor, as_of=as_of, name=name, pillar=pillar, position=position, is_default=is_default
    )
    pipeline.save(force_insert=True)
    _insert_stages(actor, as_of, pipeline, stages, first=0)
    publish(
        PipelineAdded(subject=pipeline.ref, label=name, stages=tuple(stage.name for stage in stages)),
        actor=actor,
        occurred_at=as_of,
    )
    return pipeline


@action
def add_stages(*, actor: Actor, as_of: datetime, pipeline_id: UUID, stages: Sequence[StageDraft]) -> Pipeline:
    """Add stages after those that a pipeline has. Raises NotFound; a name that is taken is refused by the database."""
    pipeline = Pipeline.one_for(actor, Verb.CHANGE, pipeline_id, lock=True)
    places = (
        Stage.objects.filter(NOT_DELETED, pipeline=pipeline).order_by("position").values_list("position", flat=True)
    )
    _insert_stages(actor, as_of, pipeline, stages, first=max(places, default=-1) + 1)
    pipeline.touch(actor=actor, as_of=as_of)
    publish(
        StagesAdded(subject=pipeline.ref, stages=tuple(stage.name for stage in stages)), actor=actor, occurred_at=as_of
    )
    return pipeline


def _insert_stages(
    actor: Actor, as_of: datetime, pipeline: Pipeline, stages: Sequence[StageDraft], *, first: int
) -> None:
    Stage.objects.bulk_create(
        Stage.stamped(
            actor=actor,
            as_of=as_of,
            pipeline=pipeline,
            name=stage.name,
            position=place,
            probability=stage.probability,
            forecast_category=stage.forecast_category,
            days_to_rot=stage.days_to_rot,
        )
        for place, stage in enumerate(stages, first)
    )


def in_language(stages: Iterable[StageDraft], language: str) -> list[StageDraft]:
    """Return stages with their names in a language."""
    with translation.override(language):
        return [
            StageDraft(gettext(stage.name), stage.probability, stage.forecast_category, stage.days_to_rot)
            for stage in stages
        ]
