"""Routes of offerings: what they say, their terms, add-ons and features, and their end."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from caudal.catalog import actions, queries
from caudal.catalog.models import Interval, Offering, OfferingRole, Timing
from caudal.core.decimals import plain_decimal
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, PageQuery, public_id, row_id, rows_named, tag, version_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()

KINDS = {"product_id": "product"}
PERCENT = Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,4})?$", examples=["15"])]


class OfferingIn(Body):
    """An offering to add."""

    product_id: str
    name: str
    code: str
    role: OfferingRole = OfferingRole.MAIN
    interval: Interval = Interval.MONTH
    interval_count: int = 1
    timing: Timing = Timing.ADVANCE
    trial_days: int = 0
    note: str = ""


class OfferingChange(Body):
    """What to change about an offering; what is left out stays."""

    name: Annotated[str, Field(default="")]
    code: Annotated[str, Field(default="")]
    role: Annotated[OfferingRole, Field(default=OfferingRole.MAIN)]
    interval: Annotated[Interval, Field(default=Interval.MONTH)]
    interval_count: Annotated[int, Field(default=1)]
    timing: Annotated[Timing, Field(default=Timing.ADVANCE)]
    trial_days: Annotated[int, Field(default=0)]
    note: Annotated[str, Field(default="")]


class TermBody(Body):
    """For how many months one commits, and by how many per cent that lowers what recurs."""

    months: int
    discount_percent: PERCENT


class TermsIn(Body):
    """All terms of an offering."""

    terms: list[TermBody]


class AddOnsIn(Body):
    """All add-ons of an offering."""

    add_on_ids: list[str]


class FeatureValue(Body):
    """What an offering says of a feature: true or false, a whole number or null for no limit, or words."""

    feature_id: str
    value: bool | int | str | None


class FeaturesIn(Body):
    """Everything that an offering says of features."""

    features: list[FeatureValue]


class RetirementIn(Body):
    """From which day on nobody new can buy it."""

    from_date: date


class OfferingOut(Schema):
    """An offering."""

    id: str
    version: int
    product_id: str | None
    name: str
    code: str
    role: str
    interval: str
    interval_count: int
    timing: str
    trial_days: int
    note: str
    retired_from_date: date | None
    terms: list[TermBody]
    add_on_ids: list[str]
    features: list[FeatureValue]


class OfferingPage(Schema):
    """Some offerings, and the cursor of the next page."""

    items: list[OfferingOut]
    next: str | None


class OfferingQuery(PageQuery):
    """Which offerings."""

    text: str = ""


@router.get("/offerings", response=OfferingPage)
@needs("offering", Verb.VIEW)
def list_offerings(request: HttpRequest, query: Query[OfferingQuery]) -> OfferingPage:
    """List offerings, by name."""
    found = queries.offerings(actor_of(request), text=query.text, cursor=query.cursor, limit=query.limit)
    return OfferingPage(items=[_out(each) for each in found.rows], next=found.next)


@router.post("/offerings", response={201: OfferingOut})
@needs("offering", Verb.CREATE)
def create_offering(request: HttpRequest, response: HttpResponse, body: OfferingIn) -> Status[OfferingOut]:
    """Add an offering of a product."""
    values: Any = rows_named(body.dict(), KINDS)
    offering = actions.add_offering(actor=actor_of(request), as_of=now(), **values)
    tag(response, offering)
    return Status(201, _out(offering))


@router.get("/offerings/{offering_id}", response=OfferingOut)
@needs("offering", Verb.VIEW)
def get_offering(request: HttpRequest, response: HttpResponse, offering_id: str) -> OfferingOut:
    """Return an offering."""
    return _answer(response, queries.offering(actor_of(request), row_id("offering", offering_id)))


@router.patch("/offerings/{offering_id}", response=OfferingOut)
@needs("offering", Verb.CHANGE)
def change_offering(
    request: HttpRequest, response: HttpResponse, offering_id: str, body: OfferingChange
) -> OfferingOut:
    """Change an offering; If-Match says which version was read."""
    values: Any = body.dict(exclude_unset=True)
    return _answer(response, actions.change_offering(**_of(request, offering_id), **values))


@router.put("/offerings/{offering_id}/terms", response=OfferingOut)
@needs("offering", Verb.CHANGE)
def set_terms(request: HttpRequest, response: HttpResponse, offering_id: str, body: TermsIn) -> OfferingOut:
    """Say for how long one may commit, and what that lowers; all of it at once."""
    terms = [(each.months, Decimal(each.discount_percent)) for each in body.terms]
    return _answer(response, actions.set_terms(**_of(request, offering_id), terms=terms))


@router.put("/offerings/{offering_id}/add-ons", response=OfferingOut)
@needs("offering", Verb.CHANGE)
def set_add_ons(request: HttpRequest, response: HttpResponse, offering_id: str, body: AddOnsIn) -> OfferingOut:
    """Say what can be bought beside an offering; all of it at once."""
    add_on_ids = [row_id("offering", each) for each in body.add_on_ids]
    return _answer(response, actions.set_add_ons(**_of(request, offering_id), add_on_ids=add_on_ids))


@router.put("/offerings/{offering_id}/features", response=OfferingOut)
@needs("offering", Verb.CHANGE)
def set_features(request: HttpRequest, response: HttpResponse, offering_id: str, body: FeaturesIn) -> OfferingOut:
    """Say what an offering can do; all of it at once."""
    features = {row_id("feature", each.feature_id): each.value for each in body.features}
    return _answer(response, actions.set_features(**_of(request, offering_id), features=features))


@router.put("/offerings/{offering_id}/retirement", response=OfferingOut)
@needs("offering", Verb.CHANGE)
def retire_offering(request: HttpRequest, response: HttpResponse, offering_id: str, body: RetirementIn) -> OfferingOut:
    """Sell an offering to nobody new from a day on; who has it goes on paying."""
    offering = actions.retire_offering(
        actor=actor_of(request),
        as_of=now(),
        offering_id=row_id("offering", offering_id),
        from_date=body.from_date,
    )
    return _answer(response, offering)


@router.delete("/offerings/{offering_id}/retirement", response=OfferingOut)
@needs("offering", Verb.CHANGE)
def bring_back_offering(request: HttpRequest, response: HttpResponse, offering_id: str) -> OfferingOut:
    """Sell a retired offering again."""
    offering = actions.bring_back_offering(
        actor=actor_of(request), as_of=now(), offering_id=row_id("offering", offering_id)
    )
    return _answer(response, offering)


def _of(request: HttpRequest, offering_id: str) -> dict[str, Any]:
    return {
        "actor": actor_of(request),
        "as_of": now(),
        "offering_id": row_id("offering", offering_id),
        "expected_version": version_of(request, required=True),
    }


def _answer(response: HttpResponse, offering: Offering) -> OfferingOut:
    tag(response, offering)
    return _out(offering)


def _out(offering: Offering) -> OfferingOut:
    retirement = getattr(offering, "retirement", None)
    return OfferingOut(
        id=str(offering.ref),
        version=offering.version,
        product_id=public_id("product", offering.product_id),
        name=offering.name,
        code=offering.code,
        role=offering.role,
        interval=offering.interval,
        interval_count=offering.interval_count,
        timing=offering.timing,
        trial_days=offering.trial_days,
        note=offering.note,
        retired_from_date=retirement.from_date if retirement else None,
        terms=[
            TermBody(months=each.months, discount_percent=plain_decimal(each.discount_percent))
            for each in offering.terms.order_by("months")
        ],
        add_on_ids=[
            str(public_id("offering", each))
            for each in offering.add_ons.order_by("pk").values_list("add_on_id", flat=True)
        ],
        features=[
            FeatureValue(feature_id=str(public_id("feature", each.feature_id)), value=each.value)
            for each in offering.features.order_by("pk")
        ],
    )
