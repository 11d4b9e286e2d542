"""What may be chosen in forms: owners whom the actor may name, stages, products, lines of business."""

from operator import itemgetter
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from caudal.catalog.queries import every_product
from caudal.core.ids import Ref
from caudal.crm.models import SalesModel, Stage
from caudal.crm.queries import competitors
from caudal.kit.access import Actor, Verb, policies
from caudal.kit.countries import countries, country_name
from caudal.ui.formats import reader_locale
from caudal.workspace.queries import active_members, company, pillars

OFTEN_SPOKEN: Final = (
    *("ca", "da", "de", "el", "en", "es", "eu", "fi", "fr", "gl", "it", "ja", "ko", "nb", "nl", "pl", "pt", "ro"),
    *("ru", "sv", "tr", "uk", "zh"),
)
"""Languages to choose from."""

Pairs: TypeAlias = list[tuple[str, Any]]
"""Values and labels of a select; a label that is a list makes a group of it."""


def owner_pairs(actor: Actor, noun: str, verb: Verb, *, keep: tuple[UUID, str] | None = None) -> Pairs:
    """Return the members to whom the actor may give a row; `keep` is the one who has it."""
    whose = policies()[noun].whose(actor, verb)
    within = [(row_id, name) for row_id, name in active_members() if whose is None or row_id in whose]
    listed = dict(within) | (dict([keep]) if keep else {})
    pairs: Pairs = [(str(row_id), name) for row_id, name in listed.items()]
    return [("", _("Nobody yet")), *pairs] if whose is None or None in whose else pairs


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


def sales_model_pairs() -> Pairs:
    """Return the ways in which something is sold."""
    return [("", "—"), *SalesModel.choices]


def country_pairs(*, keep: str = "") -> Pairs:
    """Return the countries by their names in the reader's language; `keep` is one that was said in other words."""
    pairs: Pairs = [(country_name(code), name) for code, name in countries(get_language() or "en")]
    kept = [(keep, keep)] if keep and keep not in {value for value, _label in pairs} else []
    return [("", "—"), *kept, *pairs]


def language_pairs(*, keep: str = "") -> Pairs:
    """Return the languages that people are often written to in, by their names in the reader's language."""
    names = reader_locale().languages
    pairs: Pairs = sorted(((tag, str(names.get(tag, tag)).capitalize()) for tag in OFTEN_SPOKEN), key=itemgetter(1))
    kept = [(keep, keep)] if keep and keep not in OFTEN_SPOKEN else []
    return [("", "—"), *kept, *pairs]


def competitor_pairs(actor: Actor) -> Pairs:
    """Return the competitors, by name."""
    return [("", "—"), *((str(each.ref), each.name) for each in competitors(actor))]


def own_currency() -> str:
    """Return the currency that amounts are in unless they say otherwise."""
    settings = company()
    return settings.currency if settings else "EUR"


def id_of(value: str | None, kind: str) -> UUID | None:
    """Return the id that a select's value names. Raises NotAnId."""
    return Ref.parse(value, kind).id if value else None
