"""The route of quantities: how much a company used, as it was known at an instant."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from caudal.core.periods import Period
from caudal.crm import queries as crm
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, row_id
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.usage import queries
from caudal.usage.models import KEY_LENGTH
from caudal.usage.queries import UsageAsked

router = Router()


class QuantityQuery(Body):
    """How much a company used from an instant to another; of one meter or all, of one subject or all."""

    company_id: str
    start: datetime
    end: datetime
    as_of: datetime | None = None
    """What was known then; now without it."""
    meter: Annotated[str, Field(max_length=KEY_LENGTH)] = ""
    subject: Annotated[str, Field(max_length=KEY_LENGTH)] = ""


class QuantityOut(Schema):
    """The quantity of a meter, exact up to twelve decimal places."""

    meter: str
    unit: str
    quantity: str


class QuantitiesOut(Schema):
    """How much was used, as it was known at `as_of`: the same whenever it is asked again."""

    as_of: datetime
    quantities: list[QuantityOut]


@router.get("/quantities", response=QuantitiesOut)
@needs("usage", Verb.VIEW)
def get_usage_quantities(request: HttpRequest, query: Query[QuantityQuery]) -> QuantitiesOut:
    """Return how much a company used, by meter."""
    actor = actor_of(request)
    company = crm.company(actor, row_id("company", query.company_id))
    as_of, period = query.as_of or now(), Period(query.start, query.end)
    found = [each for each in queries.meters(actor) if query.meter in {"", each.code}]
    subjects = frozenset({query.subject}) if query.subject else None
    asked = [UsageAsked(each.code, company.pk, each.code, period, subjects) for each in found]
    measured = queries.quantities(asked, as_of=as_of)
    return QuantitiesOut(
        as_of=as_of,
        quantities=[
            QuantityOut(meter=each.code, unit=each.unit, quantity=queries.in_digits(measured[each.code]))
            for each in found
        ],
    )
