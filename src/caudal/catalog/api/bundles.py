"""Routes of features and bundles, and of what a bundle costs."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from caudal.catalog import actions, queries
from caudal.catalog.api.charges import CURRENCY
from caudal.catalog.api.costs import NUMBER, CostLineOut, line_out
from caudal.catalog.api.offerings import PERCENT
from caudal.catalog.models import Bundle, Feature, FeatureSort
from caudal.catalog.queries import Asked, parts_of
from caudal.core.decimals import plain_decimal
from caudal.core.money import Currency, Money
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, MoneyBody, public_id, row_id, tag, version_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.workspace.queries import company_day

router = Router()


class FeatureIn(Body):
    """A feature to add."""

    name: str
    code: str
    sort: FeatureSort = FeatureSort.SWITCH


class FeatureOut(Schema):
    """A feature."""

    id: str
    name: str
    code: str
    sort: str


class BundlePartBody(Body):
    """So many of an offering."""

    offering_id: str
    quantity: int = 1


class BundleIn(Body):
    """A bundle to add."""

    name: str
    code: str
    discount_percent: PERCENT = "0"
    parts: list[BundlePartBody]


class BundleChange(Body):
    """What to change about a bundle; what is left out stays."""

    name: Annotated[str, Field(default="")]
    code: Annotated[str, Field(default="")]
    discount_percent: Annotated[str, Field(default="0", pattern=r"^\d{1,3}(\.\d{1,4})?$")]
    parts: Annotated[list[BundlePartBody], Field(default=[])]


class BundlePriceIn(Body):
    """What a bundle costs whoever buys it from a day on, before tax; null lets its discount count again."""

    currency: CURRENCY
    from_date: date
    amount: NUMBER | None


class BundlePriceOut(Schema):
    """What a bundle costs from a day on."""

    currency: str
    from_date: date
    amount: MoneyBody | None


class BundleCostIn(Body):
    """Of what the price of a bundle is asked."""

    currency: CURRENCY
    day: date | None = None
    """Today without it."""
    count: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    months: int | None = None


class BundleCostOut(Schema):
    """What a bundle costs, charge by charge with its waterfall, and what its parts cost alone."""

    lines: list[CostLineOut]
    once: MoneyBody | None
    every_period: MoneyBody | None
    first: MoneyBody | None
    alone: MoneyBody | None


class BundleOut(Schema):
    """A bundle."""

    id: str
    version: int
    name: str
    code: str
    discount_percent: str
    parts: list[BundlePartBody]
    prices: list[BundlePriceOut]


@router.get("/features", response=list[FeatureOut])
@needs("feature", Verb.VIEW)
def list_features(request: HttpRequest) -> list[FeatureOut]:
    """List the features, by name."""
    return [_feature(each) for each in queries.features(actor_of(request))]


@router.post("/features", response={201: FeatureOut})
@needs("feature", Verb.CREATE)
def create_feature(request: HttpRequest, body: FeatureIn) -> Status[FeatureOut]:
    """Add a feature."""
    return Status(201, _feature(actions.add_feature(actor=actor_of(request), as_of=now(), **body.dict())))


@router.get("/bundles", response=list[BundleOut])
@needs("bundle", Verb.VIEW)
def list_bundles(request: HttpRequest) -> list[BundleOut]:
    """List the bundles, by name."""
    return [_bundle(each) for each in queries.bundles(actor_of(request))]


@router.post("/bundles", response={201: BundleOut})
@needs("bundle", Verb.CREATE)
def create_bundle(request: HttpRequest, response: HttpResponse, body: BundleIn) -> Status[BundleOut]:
    """Sell offerings together for less."""
    bundle = actions.add_bundle(actor=actor_of(request), as_of=now(), **_values(body.dict()))
    tag(response, bundle)
    return Status(201, _bundle(bundle))


@router.get("/bundles/{bundle_id}", response=BundleOut)
@needs("bundle", Verb.VIEW)
def get_bundle(request: HttpRequest, response: HttpResponse, bundle_id: str) -> BundleOut:
    """Return a bundle."""
    bundle = queries.bundle(actor_of(request), row_id("bundle", bundle_id))
    tag(response, bundle)
    return _bundle(bundle)


@router.patch("/bundles/{bundle_id}", response=BundleOut)
@needs("bundle", Verb.CHANGE)
def change_bundle(request: HttpRequest, response: HttpResponse, bundle_id: str, body: BundleChange) -> BundleOut:
    """Change a bundle; If-Match says which version was read."""
    bundle = actions.change_bundle(
        actor=actor_of(request),
        as_of=now(),
        bundle_id=row_id("bundle", bundle_id),
        expected_version=version_of(request, required=True),
        **_values(body.dict(exclude_unset=True)),
    )
    tag(response, bundle)
    return _bundle(bundle)


@router.post("/bundles/{bundle_id}/prices", response={201: BundleOut})
@needs("bundle", Verb.CHANGE)
def price_bundle(
    request: HttpRequest, response: HttpResponse, bundle_id: str, body: BundlePriceIn
) -> Status[BundleOut]:
    """Say what a bundle costs whoever buys it from a day on."""
    actor, key = actor_of(request), row_id("bundle", bundle_id)
    amount = None if body.amount is None else Money.of(body.amount, body.currency)
    actions.price_bundle(
        actor=actor, as_of=now(), bundle_id=key, currency=body.currency, from_date=body.from_date, amount=amount
    )
    bundle = queries.bundle(actor, key)
    tag(response, bundle)
    return Status(201, _bundle(bundle))


@router.post("/bundles/{bundle_id}/costs", response=BundleCostOut)
@needs("bundle", Verb.VIEW)
def work_out_bundle(request: HttpRequest, bundle_id: str, body: BundleCostIn) -> BundleCostOut:
    """Say what a bundle would cost, with every step from the catalogue price on. Writes nothing."""
    asked = Asked(day=body.day or company_day(now()), currency=Currency(body.currency), months=body.months)
    found = queries.cost_of_bundle(actor_of(request), row_id("bundle", bundle_id), asked, count=body.count)
    return BundleCostOut(
        lines=[line_out(each) for each in found.calculation.lines],
        once=MoneyBody.of(found.calculation.once),
        every_period=MoneyBody.of(found.calculation.every_period),
        first=MoneyBody.of(found.calculation.first),
        alone=MoneyBody.of(found.alone.first),
    )


def _values(said: dict[str, Any]) -> Any:
    if "discount_percent" in said:
        said["discount_percent"] = Decimal(said["discount_percent"])
    if "parts" in said:
        said["parts"] = {row_id("offering", each["offering_id"]): each["quantity"] for each in said["parts"]}
    return said


def _feature(feature: Feature) -> FeatureOut:
    return FeatureOut(id=str(feature.ref), name=feature.name, code=feature.code, sort=feature.sort)


def _bundle(bundle: Bundle) -> BundleOut:
    parts = [
        BundlePartBody(offering_id=str(public_id("offering", each.offering_id)), quantity=each.quantity)
        for each in parts_of(bundle)
    ]
    prices = sorted(bundle.prices.all(), key=lambda each: (each.currency, each.from_date, each.number))
    percent = plain_decimal(Decimal(bundle.discount_percent))
    return BundleOut(
        id=str(bundle.ref),
        version=bundle.version,
        name=bundle.name,
        code=bundle.code,
        discount_percent=percent,
        parts=parts,
        prices=[
            BundlePriceOut(
                currency=each.currency,
                from_date=each.from_date,
                amount=None
                if each.amount_minor is None
                else MoneyBody.of(Money(each.amount_minor, Currency(each.currency))),
            )
            for each in prices
        ],
    )
