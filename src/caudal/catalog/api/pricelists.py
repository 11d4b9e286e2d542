"""Routes of price lists: all prices as lines of a table, and a list that somebody gives in."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Field, Router, Schema

from caudal.catalog import actions
from caudal.catalog.imports.pricelists import plan_price_list, plan_told, price_list
from caudal.kit.access import Verb
from caudal.kit.bodies import Body
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.workspace.queries import company_day

router = Router()
NAME = "price list"


class PriceListIn(Body):
    """A price list as text: a line for each tier under the headings that a list taken out has."""

    text: Annotated[str, Field(max_length=5_000_000)]
    from_date: date | None = None
    """Of prices that say no day of their own."""
    dry_run: bool = True


class PriceListOut(Schema):
    """The lines of a price list."""

    lines: list[dict[str, str]]


class PriceListPlanOut(Schema):
    """What a price list changes, with the price before each, and everything that is odd or wrong about it."""

    dry_run: bool
    sound: bool
    known: int
    changes: list[dict[str, Any]]
    findings: list[dict[str, str]]


@router.get("/prices", response=PriceListOut)
@needs("price", Verb.VIEW)
def list_prices(request: HttpRequest, *, every: bool = False) -> PriceListOut:
    """List the prices that hold or begin later, a line for each tier; all there ever were if asked."""
    return PriceListOut(lines=price_list(actor_of(request), company_day(now()), every=every))


@router.post("/prices", response=PriceListPlanOut)
@needs("price", Verb.CREATE)
def give_price_list(request: HttpRequest, body: PriceListIn) -> PriceListPlanOut:
    """Say what a price list changes, and without a dry run do all of it or nothing."""
    actor = actor_of(request)
    plan = plan_price_list(actor, NAME, body.text.encode(), from_date=body.from_date)
    if plan.is_sound and not body.dry_run:
        actions.add_prices(actor=actor, as_of=now(), prices=plan.prices())
    return PriceListPlanOut(dry_run=body.dry_run, **plan_told(plan, gettext))
