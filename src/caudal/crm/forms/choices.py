"""What may be chosen in forms: owners whom the actor may name, stages, products, lines of business."""

from collections.abc import Iterable
from typing import Any, TypeAlias
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from caudal.catalog.queries import every_product
from caudal.core.ids import Ref
from caudal.crm.models import Stage
from caudal.kit.access import Actor, Reach, Verb, policies
from caudal.workspace.queries import active_members, company, pillars

Pairs: TypeAlias = list[tuple[str, Any]]
"""Values and labels of a select; a label that is a list makes a group of it."""


def owner_pairs(actor: Actor, noun: str, verb: Verb, *, keep: tuple[UUID, str] | None = None) -> Pairs:
    """Return the members to whom the actor may give a row; `keep` is the one who has it."""
    reach = policies()[noun].reach(actor, verb)
    mine = actor.team | ({actor.member} if actor.member else set())
    within: Iterable[tuple[UUID, str]] = [
        (row_id, name)
        for row_id, name in active_members()
        if reach is Reach.ALL or (reach is Reach.TEAM and row_id in mine) or row_id == actor.member
    ]
    listed = dict(within) | (dict([keep]) if keep else {})
    pairs: Pairs = [(str(row_id), name) for row_id, name in listed.items()]
    return pairs if reach is Reach.OWN else [("", _("Nobody yet")), *pairs]


def stage_pairs(actor: Actor, *, pipeline_id: UUID | None = None) -> Pairs:
    """Return the stages of a pipeline, or of all of them grouped by pipeline."""
    stages = Stage.for_actor(actor).filter(pipeline__deleted_at=None).select_related("pipeline")
    if pipeline_id is not None:
        rows = stages.filter(pipeline=pipeline_id).order_by("position", "pk")
        return [(str(stage.ref), stage.name) for stage in rows]
    groups: dict[str, list[tuple[str, str]]] = {}
    for stage in stages.order_by("pipeline__position", "pipeline_id", "position", "pk"):
        groups.setdefault(stage.pipeline.name, []).append((str(stage.ref), stage.name))
    return list(groups.items())


def product_pairs(actor: Actor) -> Pairs:
    """Return what is sold."""
    return [("", "—"), *((str(product.ref), product.name) for product in every_product(actor))]


def pillar_pairs() -> Pairs:
    """Return the lines of business in the reader's language."""
    language = get_language() or "en"
    return [("", "—"), *((str(pillar.ref), pillar.label(language)) for pillar in pillars())]


def own_currency() -> str:
    """Return the currency that amounts are in unless they say otherwise."""
    settings = company()
    return settings.currency if settings else "EUR"


def id_of(value: str | None, kind: str) -> UUID | None:
    """Return the id that a select's value names. Raises NotAnId."""
    return Ref.parse(value, kind).id if value else None
