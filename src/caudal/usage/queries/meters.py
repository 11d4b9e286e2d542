"""Reads of meters and subjects."""

from uuid import UUID

from caudal.core.rating import Aggregation
from caudal.crm.queries import company as company_of
from caudal.kit.access import Actor, Verb
from caudal.kit.cursors import LIMIT, Order, Page, page
from caudal.usage.models import Meter, Subject
from caudal.usage.offline import MeterRule


def rule_of(meter: Meter) -> MeterRule:
    """Return how a meter reads events. Raises Refused for a filter that cannot be read."""
    return MeterRule(
        event_type=meter.event_type,
        aggregation=Aggregation(meter.aggregation),
        filter=meter.filter,
        quantity_property=meter.quantity_property,
        value_property=meter.value_property,
        amount_property=meter.amount_property,
        dimensions=tuple(meter.dimensions),
        takes_negative=meter.takes_negative,
    )


def meters(actor: Actor) -> list[Meter]:
    """Return the meters, by code."""
    return list(Meter.for_actor(actor).order_by("code", "pk"))


def meter(actor: Actor, meter_id: UUID) -> Meter:
    """Return a meter. Raises NotFound."""
    return Meter.one_for(actor, Verb.VIEW, meter_id)


def subjects(
    actor: Actor, *, text: str = "", company_id: UUID | None = None, cursor: str | None = None, limit: int = LIMIT
) -> Page[Subject]:
    """Return the subjects with their companies, by key; those of one company, or those whose key holds a text."""
    rows = Subject.for_actor(actor).select_related("company")
    if company_id is not None:
        rows = rows.filter(company_id=company_id)
    if text:
        rows = rows.filter(key__icontains=text)
    return page(rows, Order.by("key", "key"), cursor=cursor, limit=limit)


def subject(actor: Actor, subject_id: UUID) -> Subject:
    """Return a subject. Raises NotFound."""
    return Subject.one_for(actor, Verb.VIEW, subject_id)


def subjects_of(actor: Actor, company_id: UUID) -> list[Subject]:
    """Return the subjects of a company that the actor sees, by key. Raises NotFound."""
    company_of(actor, company_id)
    return list(Subject.objects.filter(company_id=company_id).order_by("key", "pk"))
