"""What a deal needs before it goes on from a stage: the fields that stages name, and those that a deal lacks."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from caudal.crm.models import Deal, Stage
from caudal.crm.queries.lists import Sought
from caudal.kit.access import Actor
from caudal.kit.formulas import computed
from caudal.kit.lists import Selection
from caudal.kit.own_fields import PREFIX, names_of
from caudal.kit.records import NOT_DELETED
from caudal.workspace.queries import own_fields

NEEDABLE: Final[dict[str, Any]] = {
    "company": _("Company"),
    "person": _("Person"),
    "amount": _("Amount"),
    "expected_close_date": _("Expected to close"),
    "product": _("Product"),
    "sales_model": _("Sales model"),
    "owner": _("Owner"),
}
"""Fields of every deal that a stage may ask for, and what they are called."""
LINKS: Final = frozenset({"company", "person", "product", "owner"})


def criteria() -> list[tuple[str, Any]]:
    """Return every field that a stage may ask for, the company's own among them, with what it is called."""
    language = get_language() or "en"
    return [*NEEDABLE.items(), *((own.name, own.said(language)) for own in own_fields(Deal.kind))]


def lacking(deal: Deal, to: Stage | None, actor: Actor, as_of: datetime) -> list[tuple[str, str]]:
    """Return the fields that a deal lacks to go on to a stage, or to be won, with what they are called.

    Every stage that it leaves behind on the way is asked; going back lacks nothing, nor does a field that is retired.
    """
    gate = Gate.of(deal.pipeline_id)
    gate.ready([deal], actor, as_of)
    return gate.lacking(deal, to)


def ingredients(name: str) -> list[str]:
    """Return the fields that somebody fills in which go into a formula of deals, through other formulas too."""
    own = {each.name: each for each in own_fields(Deal.kind)}
    found: list[str] = []
    waiting, seen = [name], {name}
    while waiting:
        each = own.get(waiting.pop(0))
        named = sorted(names_of(each.formula)) if each and each.computed else []
        found += [part for part in named if part not in found and not (part in own and own[part].computed)]
        waiting += [part for part in named if part not in seen]
        seen |= set(named)
    return found


@dataclass(frozen=True, slots=True)
class Gate:
    """What the stages of a pipeline ask for, read once for any number of deals."""

    asked: Sequence[tuple[int, frozenset[str]]]
    """Place of a stage, and the fields that it asks for."""
    places: Mapping[UUID, int]
    """Where the stages stand, those that are gone among them."""
    criteria: Sequence[tuple[str, Any]]

    @classmethod
    def of(cls, pipeline_id: UUID) -> "Gate":
        """Read what a pipeline asks for."""
        rows = list(Stage.objects.filter(pipeline=pipeline_id).values_list("pk", "position", "needed", "deleted_at"))
        asked = [(place, frozenset(needed)) for _pk, place, needed, gone in rows if needed and gone is None]
        return cls(asked, {pk: place for pk, place, _needed, _gone in rows}, criteria() if asked else ())

    def ready(self, deals: Sequence[Deal], actor: Actor, as_of: datetime) -> None:
        """Compute for deals the formulas that are asked for; without it, `lacking` does not know them."""
        _compute(deals, {name for _place, names in self.asked for name in names}, actor, as_of)

    def lacking(self, deal: Deal, to: Stage | None) -> list[tuple[str, str]]:
        """Return what a deal lacks to go on to a stage, or to be won; see `lacking`."""
        first, last = self.places[deal.stage_id], None if to is None else to.position
        asked: set[str] = set()
        for place, names in self.asked:
            if place >= first and (last is None or place < last):
                asked |= names
        return [(name, str(label)) for name, label in self.criteria if name in asked and not _has(deal, name)]


def lacking_for(deal: Deal, stage_id: UUID, actor: Actor, as_of: datetime) -> list[tuple[str, str]]:
    """Return the fields that a deal lacks to go to the stage of an id, if it is one of its pipeline."""
    to = Stage.objects.filter(NOT_DELETED, pipeline=deal.pipeline_id, pk=stage_id).first()
    return lacking(deal, to, actor, as_of) if to else []


def lacking_already(
    deals: Iterable[Deal], *, won: Collection[UUID], actor: Actor, as_of: datetime
) -> dict[UUID, list[str]]:
    """Return what deals lack that the stages that they have left ask for, by the names of the fields.

    Deals that were won have left every stage of their pipeline. One look at the stages serves all of them.
    """
    listed = list(deals)
    rows = Stage.objects.filter(NOT_DELETED, pipeline__in={deal.pipeline_id for deal in listed})
    stages = list(rows.exclude(needed=[]).values_list("pipeline_id", "position", "needed"))
    places = dict(rows.values_list("pk", "position")) if stages else {}
    _compute(listed, {name for _pipeline, _place, names in stages for name in names}, actor, as_of)
    found = {}
    for deal in listed if stages else ():
        asked = {
            name
            for pipeline, position, needed in stages
            for name in needed
            if pipeline == deal.pipeline_id and (deal.pk in won or position < places[deal.stage_id])
        }
        missing = [name for name in sorted(asked) if not _has(deal, name)]
        if missing:
            found[deal.pk] = missing
    return found


def _compute(deals: Sequence[Deal], names: Collection[str], actor: Actor, as_of: datetime) -> None:
    if any(each.computed and each.name in names for each in own_fields(Deal.kind)):
        computed(deals, Sought(Selection(), as_of).reader(actor))


def _has(deal: Deal, name: str) -> bool:
    if name.startswith(PREFIX):
        alias = f"formula_{name.removeprefix(PREFIX)}"
        if alias in vars(deal):
            return vars(deal)[alias] is not None
        return deal.custom.get(name.removeprefix(PREFIX)) not in (None, "", [])
    return getattr(deal, f"{name}_id" if name in LINKS else name) not in (None, "")
