"""Channels, touches and competitors."""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Final
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from caudal.core.ids import Ref
from caudal.crm.models import Channel, Company, Competitor, Deal, DealCompetitor, Lead, LossTo, Person, Touch
from caudal.kit.access import Actor, Verb
from caudal.kit.records import Record

TOUCHES_MAX: Final = 50
BEARERS: Final[Mapping[str, type[Record]]] = {each.kind: each for each in (Lead, Person, Company)}
"""Whom a touch is of."""


def channels(actor: Actor) -> list[Channel]:
    """Return the channels by name, each with how many touches came from it (`touch_count`)."""
    rows = Channel.for_actor(actor).annotate(touch_count=Count("touches"))
    return list(rows.order_by("name_key", "pk"))


def channel(actor: Actor, channel_id: UUID, verb: Verb = Verb.VIEW) -> Channel:
    """Return a channel. Raises NotFound."""
    return Channel.one_for(actor, verb, channel_id)


def channel_names(actor: Actor) -> list[str]:
    """Return what the channels are called."""
    return list(Channel.for_actor(actor).order_by("name_key", "pk").values_list("name", flat=True))


def touches(actor: Actor, ref: Ref, *, limit: int = TOUCHES_MAX) -> list[Touch]:
    """Return the touches of a lead, a person, a company or a deal, first to last; none of one out of sight.

    Those of a deal are the ones of the lead that it came from, of its person and of its company.
    """
    if ref.kind == Deal.kind:
        deal = Deal.for_actor(actor).filter(pk=ref.id).values("person_id", "company_id", "conversion__lead_id").first()
        named = {
            "lead": deal and deal["conversion__lead_id"],
            "person": deal and deal["person_id"],
            "company": deal and deal["company_id"],
        }
        found = [Q(**{column: row_id}) for column, row_id in named.items() if row_id]
        if not found:
            return []
        whose = reduce(or_, found)
    else:
        whose = Q(**{f"{ref.kind}__in": BEARERS[ref.kind].for_actor(actor).filter(pk=ref.id)})
    return list(Touch.objects.filter(whose).select_related("channel").order_by("touched_at", "pk")[:limit])


def competitors(actor: Actor) -> list[Competitor]:
    """Return the competitors by name, with the deals they were seen in and those lost to them (`seen`, `taken`)."""
    rows = Competitor.for_actor(actor).annotate(
        seen=Count("deals", filter=Q(deals__deal__deleted_at=None), distinct=True),
        taken=Count("losses", filter=Q(losses__close__deal__deleted_at=None), distinct=True),
    )
    return list(rows.order_by("name_key", "pk"))


def competitor(actor: Actor, competitor_id: UUID, verb: Verb = Verb.VIEW) -> Competitor:
    """Return a competitor. Raises NotFound."""
    return Competitor.one_for(actor, verb, competitor_id)


def competitors_of(actor: Actor, deal_id: UUID) -> "QuerySet[DealCompetitor]":
    """Return whom else the buyer of a deal in sight considers, by name; `lost` where it was lost to them."""
    lost = LossTo.objects.filter(close__deal=OuterRef("deal"), competitor=OuterRef("competitor"))
    rows = DealCompetitor.objects.filter(deal__in=Deal.for_actor(actor).filter(pk=deal_id))
    return rows.annotate(lost=Exists(lost)).select_related("competitor").order_by("competitor__name_key", "pk")
