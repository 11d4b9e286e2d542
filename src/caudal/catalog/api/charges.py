"""Routes of charges and their prices."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from ninja import Field, Router, Schema, Status

from caudal.catalog import actions, queries
from caudal.catalog.api.offerings import PERCENT
from caudal.catalog.models import Charge, ChargeSort, PriceVersion, Stream
from caudal.core.decimals import plain_decimal
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, public_id, row_id, tag, version_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()

CURRENCY = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])]


class ChargeIn(Body):
    """A charge to add."""

    name: str
    code: str
    sort: ChargeSort
    stream: Stream | None = None
    """As what it counts; without it as its product says."""
    meter: str = ""
    unit: str = ""


class ChargeChange(Body):
    """What to change about a charge; what is left out stays."""

    name: Annotated[str, Field(default="")]
    unit: Annotated[str, Field(default="")]
    stream: Annotated[Stream, Field(default=Stream.SUBSCRIPTION)]


class VolumeStep(Body):
    """From which quantity, how many per cent less."""

    quantity_min: int
    discount_percent: PERCENT


class VolumeIn(Body):
    """All volume discounts of a charge."""

    discounts: list[VolumeStep]


class PriceIn(Body):
    """A price to add; see the guide of the catalogue for how `price` is written."""

    currency: CURRENCY
    from_date: date
    existing_from_date: date | None = None
    price: Annotated[dict[str, Any], Field(examples=[{"shape": "tiers", "tiers": [{"unit": "9.90"}]}])]


class PriceFindingOut(Schema):
    """What is odd about a price."""

    code: str
    severity: str
    message: str


class LintOut(Schema):
    """A price as it is kept, and everything that is odd about it."""

    price: dict[str, Any]
    findings: list[PriceFindingOut]


class PriceOut(Schema):
    """A price of a charge."""

    id: str
    number: int
    currency: str
    from_date: date
    existing_from_date: date | None
    price: dict[str, Any]


class ChargeOut(Schema):
    """A charge with its prices."""

    id: str
    version: int
    offering_id: str | None
    name: str
    code: str
    sort: str
    stream: str
    meter: str
    unit: str
    volume_discounts: list[VolumeStep]
    prices: list[PriceOut]


@router.get("/offerings/{offering_id}/charges", response=list[ChargeOut])
@needs("charge", Verb.VIEW)
def list_charges(request: HttpRequest, offering_id: str) -> list[ChargeOut]:
    """List the charges of an offering with their prices, by currency and day."""
    actor = actor_of(request)
    offering = queries.offering(actor, row_id("offering", offering_id))
    return [_out(each) for each in queries.charges_of(actor, [offering.pk])]


@router.post("/offerings/{offering_id}/charges", response={201: ChargeOut})
@needs("charge", Verb.CREATE)
def create_charge(request: HttpRequest, response: HttpResponse, offering_id: str, body: ChargeIn) -> Status[ChargeOut]:
    """Add a charge to an offering."""
    charge = actions.add_charge(
        actor=actor_of(request),
        as_of=now(),
        offering_id=row_id("offering", offering_id),
        **(body.dict() | {"stream": body.stream or ""}),
    )
    tag(response, charge)
    return Status(201, _out(charge))


@router.get("/charges/{charge_id}", response=ChargeOut)
@needs("charge", Verb.VIEW)
def get_charge(request: HttpRequest, response: HttpResponse, charge_id: str) -> ChargeOut:
    """Return a charge."""
    charge = queries.charge(actor_of(request), row_id("charge", charge_id))
    tag(response, charge)
    return _out(charge)


@router.patch("/charges/{charge_id}", response=ChargeOut)
@needs("charge", Verb.CHANGE)
def change_charge(request: HttpRequest, response: HttpResponse, charge_id: str, body: ChargeChange) -> ChargeOut:
    """Change a charge; If-Match says which version was read."""
    values: Any = body.dict(exclude_unset=True)
    charge = actions.change_charge(**_of(request, charge_id), **values)
    tag(response, charge)
    return _out(charge)


@router.put("/charges/{charge_id}/volume-discounts", response=ChargeOut)
@needs("charge", Verb.CHANGE)
def set_volume_discounts(request: HttpRequest, response: HttpResponse, charge_id: str, body: VolumeIn) -> ChargeOut:
    """Say from which quantities a charge costs less; all of it at once."""
    discounts = [(each.quantity_min, Decimal(each.discount_percent)) for each in body.discounts]
    charge = actions.set_volume_discounts(**_of(request, charge_id), discounts=discounts)
    tag(response, charge)
    return _out(charge)


@router.post("/charges/{charge_id}/prices", response={201: PriceOut})
@needs("price", Verb.CREATE)
def create_price(request: HttpRequest, charge_id: str, body: PriceIn) -> Status[PriceOut]:
    """Give a charge a price in a currency from a day on."""
    price = actions.add_price(
        actor=actor_of(request), as_of=now(), charge_id=row_id("charge", charge_id), **body.dict()
    )
    return Status(201, _price(price))


@router.delete("/prices/{price_id}", response={204: None})
@needs("price", Verb.DELETE)
def withdraw_price(request: HttpRequest, price_id: str) -> Status[None]:
    """Take a price back before its day."""
    actions.withdraw_price(actor=actor_of(request), as_of=now(), price_id=row_id("price", price_id))
    return Status(204, None)


@router.post("/charges/{charge_id}/price-check", response=LintOut)
@needs("price", Verb.VIEW)
def check_price(request: HttpRequest, charge_id: str, body: PriceIn) -> LintOut:
    """Say what would be odd about a price, in itself and beside the others of the charge."""
    charge = queries.charge(actor_of(request), row_id("charge", charge_id))
    model = queries.read_price(body.price, body.currency)
    found = queries.odd_about(charge, model, from_date=body.from_date, existing_from_date=body.existing_from_date)
    findings = [PriceFindingOut(code=each.code, severity=each.severity, message=each.told(gettext)) for each in found]
    return LintOut(price=queries.write_price(model), findings=findings)


def _of(request: HttpRequest, charge_id: str) -> dict[str, Any]:
    return {
        "actor": actor_of(request),
        "as_of": now(),
        "charge_id": row_id("charge", charge_id),
        "expected_version": version_of(request, required=True),
    }


def _price(price: PriceVersion) -> PriceOut:
    return PriceOut(
        id=str(price.ref),
        number=price.number,
        currency=price.currency,
        from_date=price.from_date,
        existing_from_date=price.existing_from_date,
        price=price.price,
    )


def _out(charge: Charge) -> ChargeOut:
    prices = sorted(
        (each for each in charge.prices.all() if each.deleted_at is None),
        key=lambda each: (each.currency, each.from_date, each.number),
    )
    return ChargeOut(
        id=str(charge.ref),
        version=charge.version,
        offering_id=public_id("offering", charge.offering_id),
        name=charge.name,
        code=charge.code,
        sort=charge.sort,
        stream=charge.stream,
        meter=charge.meter,
        unit=charge.unit,
        volume_discounts=[
            VolumeStep(quantity_min=each.quantity_min, discount_percent=plain_decimal(each.discount_percent))
            for each in sorted(charge.volume_discounts.all(), key=lambda each: each.quantity_min)
        ],
        prices=[_price(each) for each in prices],
    )
