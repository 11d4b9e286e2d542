"""The route that says what an offering would cost, with every step."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from caudal.catalog import queries
from caudal.catalog.api.charges import CURRENCY
from caudal.catalog.offline import UsageGiven
from caudal.catalog.queries import Asked, CostLine, MeterUsage
from caudal.core.money import Currency
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, MoneyBody, row_id
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.workspace.queries import company_day

router = Router()

NUMBER = Annotated[str, Field(pattern=r"^\d{1,13}(\.\d{1,12})?$", examples=["12"])]


class UsageIn(Body):
    """So much usage of a meter: a quantity, or the amounts of its transactions, and its values by dimension."""

    meter: str
    quantity: NUMBER = "0"
    amounts: Annotated[list[NUMBER], Field(max_length=10_000)] = []
    where: dict[str, str] = {}


class CostIn(Body):
    """Of what the price is asked."""

    offering_id: str
    currency: CURRENCY
    day: date | None = None
    """Today without it."""
    customer_since: date | None = None
    """When they bought it; without it they buy it on the day."""
    seats: NUMBER = "1"
    usage: Annotated[list[UsageIn], Field(max_length=1_000)] = []
    months: int | None = None
    add_on_ids: list[str] = []


class CostLineOut(Schema):
    """What one charge comes to: `decision` is its waterfall, `parts` what the catalogue asks tier by tier."""

    charge: str
    name: str
    sort: str
    stream: str
    quantity: str
    price_number: int
    parts: list[dict[str, Any]]
    decision: dict[str, Any]
    amount: MoneyBody | None


class CostOut(Schema):
    """What an offering costs: once, every period, and the first period with both."""

    lines: list[CostLineOut]
    once: MoneyBody | None
    every_period: MoneyBody | None
    first: MoneyBody | None


@router.post("/costs", response=CostOut)
@needs("price", Verb.VIEW)
def work_out_cost(request: HttpRequest, body: CostIn) -> CostOut:
    """Say what an offering would cost, line by line, with every step from the catalogue price on. Writes nothing."""
    usage = tuple(
        MeterUsage(
            each.meter,
            UsageGiven(Decimal(each.quantity), tuple(Decimal(amount) for amount in each.amounts), each.where),
        )
        for each in body.usage
    )
    asked = Asked(
        day=body.day or company_day(now()),
        currency=Currency(body.currency),
        customer_since=body.customer_since,
        seats=Decimal(body.seats),
        usage=usage,
        months=body.months,
        add_on_ids=tuple(row_id("offering", each) for each in body.add_on_ids),
    )
    found = queries.cost_of(actor_of(request), row_id("offering", body.offering_id), asked).calculation
    return CostOut(
        lines=[line_out(each) for each in found.lines],
        once=MoneyBody.of(found.once),
        every_period=MoneyBody.of(found.every_period),
        first=MoneyBody.of(found.first),
    )


def line_out(line: CostLine) -> CostLineOut:
    """Return what one charge comes to."""
    parts = [
        {
            "row": row,
            "tier": part.tier,
            "component": part.component.value,
            "price": f"{part.price:f}",
            "quantity": str(part.quantity),
        }
        for row, part in line.parts
    ]
    return CostLineOut(
        charge=line.charge.code,
        name=line.charge.name,
        sort=line.charge.sort,
        stream=line.charge.stream,
        quantity=f"{line.charge.quantity:f}",
        price_number=line.charge.version,
        parts=parts,
        decision=line.decision.to_json(),
        amount=MoneyBody.of(line.amount),
    )
