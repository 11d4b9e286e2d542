"""Competitors, and the deals in which buyers consider them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.crm.actions.checking import Reader
from caudal.crm.actions.telling import refs_of, told
from caudal.crm.events import (
    CompetitorAdded,
    CompetitorChanged,
    CompetitorDeleted,
    CompetitorGone,
    CompetitorSeen,
)
from caudal.crm.models import Competitor, Deal, DealCompetitor, LossTo
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.domains import host_of
from caudal.kit.names import name_key
from caudal.kit.outbox import publish
from caudal.kit.records import first_values


class CompetitorInUse(Problem):
    """Deals name the competitor."""

    code = "competitor.in_use"
    status = 409
    message = msg("{competitor} is considered in {count} deals.")
    hint = msg("Take it out of those first, or leave it: what was lost to it stays true.")


class LostToIt(Problem):
    """The deal was lost to the competitor."""

    code = "competitor.lost_to_it"
    status = 409
    message = msg("“{deal}” was lost to {competitor}.")
    hint = msg("Reopen the deal to say otherwise.")


class CompetitorValues(TypedDict, total=False):
    """What may change about a competitor."""

    name: str
    domain: str
    note: str


@action
def add_competitor(*, actor: Actor, as_of: datetime, name: str, domain: str = "", note: str = "") -> Competitor:
    """Add a competitor. Raises NotAllowed, BadInput; the database refuses a name that another one has."""
    require(actor, "competitor", Verb.CREATE)
    values = _checked({"name": name, "domain": domain, "note": note})
    competitor = Competitor.stamped(actor=actor, as_of=as_of, **values)
    competitor.save(force_insert=True)
    publish(
        told(CompetitorAdded, competitor, first_values(values), label=competitor.name), actor=actor, occurred_at=as_of
    )
    return competitor


@action
def change_competitor(
    *,
    actor: Actor,
    as_of: datetime,
    competitor_id: UUID,
    expected_version: int | None = None,
    **values: Unpack[CompetitorValues],
) -> Competitor:
    """Change what is said of a competitor. Raises NotFound, BadInput, VersionConflict."""
    competitor = Competitor.one_for(actor, Verb.CHANGE, competitor_id, lock=True)
    checked = _checked(values)
    changes = competitor.change(actor=actor, as_of=as_of, expected_version=expected_version, **checked)
    if changes:
        publish(told(CompetitorChanged, competitor, changes), actor=actor, occurred_at=as_of)
    return competitor


@action
def delete_competitor(
    *, actor: Actor, as_of: datetime, competitor_id: UUID, expected_version: int | None = None
) -> None:
    """Take out a competitor that no deal knows. Raises NotFound, CompetitorInUse, VersionConflict."""
    competitor = Competitor.one_for(actor, Verb.DELETE, competitor_id, lock=True)
    count = DealCompetitor.objects.filter(competitor=competitor).count()
    if count:
        raise CompetitorInUse(competitor=competitor.name, count=count)
    competitor.delete_softly(actor=actor, as_of=as_of, expected_version=expected_version)
    publish(told(CompetitorDeleted, competitor, {}), actor=actor, occurred_at=as_of)


@action
def see_competitor(*, actor: Actor, as_of: datetime, deal_id: UUID, competitor_id: UUID) -> DealCompetitor:
    """Say that the buyer of a deal considers a competitor too; said again, it changes nothing. Raises NotFound."""
    deal = Deal.one_for(actor, Verb.CHANGE, deal_id, lock=True)
    competitor = Competitor.one_for(actor, Verb.VIEW, competitor_id)
    return seen(deal, competitor, actor=actor, as_of=as_of)


@action
def unsee_competitor(*, actor: Actor, as_of: datetime, deal_id: UUID, competitor_id: UUID) -> None:
    """Say that the buyer of a deal does not consider a competitor. Raises NotFound, LostToIt."""
    deal = Deal.one_for(actor, Verb.CHANGE, deal_id, lock=True)
    competitor = Competitor.one_for(actor, Verb.VIEW, competitor_id)
    if LossTo.objects.filter(close__deal=deal, competitor=competitor).exists():
        raise LostToIt(deal=deal.name, competitor=competitor.name)
    gone, _ = DealCompetitor.objects.filter(deal=deal, competitor=competitor).delete()
    if gone:
        deal.touch(actor=actor, as_of=as_of)
        publish(
            told(
                CompetitorGone,
                deal,
                {},
                about=(*refs_of(deal), competitor.ref),
                competitor=competitor.ref,
                label=competitor.name,
            ),
            actor=actor,
            occurred_at=as_of,
        )


def seen(deal: Deal, competitor: Competitor, *, actor: Actor, as_of: datetime) -> DealCompetitor:
    """Write down that the buyer of a locked deal considers a competitor, once."""
    row, is_new = DealCompetitor.objects.get_or_create(
        deal=deal, competitor=competitor, defaults={"seen_at": as_of, "seen_by": actor.id}
    )
    if is_new:
        deal.touch(actor=actor, as_of=as_of)
        publish(
            told(
                CompetitorSeen,
                deal,
                {},
                about=(*refs_of(deal), competitor.ref),
                competitor=competitor.ref,
                label=competitor.name,
            ),
            actor=actor,
            occurred_at=as_of,
        )
    return row


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    reader = Reader()
    checked: dict[str, Any] = dict(values)
    if "name" in values:
        checked["name"] = reader.name(values["name"])
        checked["name_key"] = name_key(checked["name"])
    if "domain" in values:
        checked["domain"] = host_of(values["domain"])
    reader.fits(Competitor, checked)
    reader.finish()
    return checked
