"""Routes of the company's settings and of exchange rates."""

from datetime import date
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from caudal.core.decimals import plain_decimal
from caudal.core.errors import Problem
from caudal.core.money import Currency, FxRate
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, MoneyBody, tag, version_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound
from caudal.kit.world import now
from caudal.workspace import actions
from caudal.workspace.models import RESPONSE_HOURS_MAX, CompanySettings, DatedRate
from caudal.workspace.queries import company_for, dated_rate, newest_rates

router = Router()

RATES_MOST = 1_000
Code = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["USD"])]


class SettingsOut(Schema):
    """What the company says of itself."""

    id: str
    version: int
    name: str
    currency: str
    zone: str
    country: str
    language: str
    fiscal_start_month: int
    approval_above: MoneyBody | None
    refund_above: MoneyBody | None
    response_hours: int
    invoicing: str
    environment: str


class SettingsChange(Body):
    """What to change; what is left out stays. Currency and time zone are what all numbers stand on, and stay."""

    name: Annotated[str, Field(default="", min_length=1, max_length=200)]
    language: Annotated[str, Field(default="en", pattern="^(en|es)$")]
    fiscal_start_month: Annotated[int, Field(default=1, ge=1, le=12)]
    approval_above: MoneyBody | None = None
    refund_above: MoneyBody | None = None
    response_hours: Annotated[int, Field(default=4, ge=1, le=RESPONSE_HOURS_MAX)]
    invoicing: Annotated[str, Field(default="hand", pattern="^(hand|drafts|issue)$")]


class RateIn(Body):
    """What one unit of a currency costs in another on a day."""

    base: Code
    quote: Code
    day: date
    rate: Annotated[str, Field(pattern=r"^\d{1,9}(\.\d{1,12})?$", examples=["1.0389"])]


class RatesIn(Body):
    """Rates to add; one that is known of the day stays as it is."""

    rates: Annotated[list[RateIn], Field(min_length=1, max_length=RATES_MOST)]
    source: Annotated[str, Field(min_length=1, max_length=80, examples=["ECB"])]


class AddedOut(Schema):
    """How many of the rates were new."""

    added: int


class RateOut(Schema):
    """A dated rate."""

    base: str
    quote: str
    day: date
    rate: str
    source: str


class UsedRateOut(Schema):
    """What one unit of a currency counts in another on a day: exactly, and by the rate of which day."""

    base: str
    quote: str
    day: date
    numerator: str
    denominator: str


class RatesQuery(Body):
    """Which rates: of a currency, from a day on, until a day."""

    quote: Annotated[str, Field(pattern=r"^([A-Z]{3})?$")] = ""
    since: date | None = None
    until: date | None = None


class RateQuery(Body):
    """Which currencies, on which day."""

    base: Code
    quote: Code
    day: date


@router.get("/settings", response=SettingsOut)
@needs("settings")
def get_settings(request: HttpRequest, response: HttpResponse) -> SettingsOut:
    """Return what the company says of itself."""
    own = company_for(actor_of(request), Verb.VIEW)
    tag(response, own)
    return settings_out(own)


@router.patch("/settings", response=SettingsOut)
@needs("settings", Verb.CHANGE)
def change_settings(request: HttpRequest, response: HttpResponse, body: SettingsChange) -> SettingsOut:
    """Change what the company says of itself; If-Match says which version was read."""
    actor = actor_of(request)
    values = body.dict(exclude_unset=True)
    limits = {"approval_above": body.approval_above, "refund_above": body.refund_above}
    values |= {name: limit and limit.money() for name, limit in limits.items() if name in values}
    changed = actions.change_settings(
        actor=actor,
        as_of=now(),
        settings=company_for(actor, Verb.CHANGE),
        expected_version=version_of(request, required=True),
        **values,
    )
    tag(response, changed)
    return settings_out(changed)


@router.get("/rates", response=list[RateOut])
@needs("settings")
def list_rates(request: HttpRequest, query: Query[RatesQuery]) -> list[RateOut]:
    """List the newest dated rates, a thousand at most."""
    company_for(actor_of(request), Verb.VIEW)
    found = newest_rates(quote=query.quote, since=query.since, until=query.until, most=RATES_MOST)
    return [rate_out(each) for each in found]


@router.post("/rates", response={201: AddedOut})
@needs("settings", Verb.CHANGE)
def add_rates(request: HttpRequest, body: RatesIn) -> Status[AddedOut]:
    """Add dated rates: facts of the outside, added and never changed."""
    said = [rate_said(place, each) for place, each in enumerate(body.rates)]
    added = actions.add_rates(actor=actor_of(request), as_of=now(), rates=said, source=body.source)
    return Status(201, AddedOut(added=added))


@router.get("/rates/used", response=UsedRateOut)
@needs("settings")
def rate_used(request: HttpRequest, query: Query[RateQuery]) -> UsedRateOut:
    """Return the rate that counts between two currencies on a day: the newest of the week before it."""
    company_for(actor_of(request), Verb.VIEW)
    found = dated_rate(Currency(query.base), Currency(query.quote), query.day)
    if found is None:
        raise NotFound(kind="rate", id=f"{query.base}/{query.quote} {query.day}")
    return UsedRateOut(
        base=found.base.code,
        quote=found.quote.code,
        day=found.day,
        numerator=str(found.rate.numerator),
        denominator=str(found.rate.denominator),
    )


def rate_out(rate: DatedRate) -> RateOut:
    """Return a rate as the API shows it."""
    told = plain_decimal(rate.rate)
    return RateOut(base=rate.base, quote=rate.quote, day=rate.day, rate=told, source=rate.source)


def rate_said(place: int, said: RateIn) -> FxRate:
    """Return a rate as it was said. Raises BadInput naming its place."""
    try:
        return FxRate.of(said.base, said.quote, said.day, said.rate)
    except Problem as refused:
        raise BadInput({f"rates.{place}": refused.told()}) from refused


def settings_out(own: CompanySettings) -> SettingsOut:
    """Return the settings as the API shows them."""
    return SettingsOut(
        id=str(own.ref),
        version=own.version,
        name=own.name,
        currency=own.currency,
        zone=own.zone,
        country=own.country,
        language=own.language,
        fiscal_start_month=own.fiscal_start_month,
        approval_above=MoneyBody.of(own.approval_above),
        refund_above=MoneyBody.of(own.refund_above),
        response_hours=own.response_hours,
        invoicing=own.invoicing,
        environment=own.environment,
    )
