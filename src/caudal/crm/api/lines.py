"""Routes of the line items of deals."""

from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from caudal.core.decimals import plain_decimal
from caudal.core.ids import Ref
from caudal.core.money import Rate
from caudal.crm import actions, queries
from caudal.crm.models import Deal, DealLine
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, MoneyBody, public_id, row_id, tag, version_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()

LINE = "line"


class RateBody(Body):
    """An exact price of one unit, of up to twelve decimals, as strings."""

    amount: Annotated[str, Field(pattern=r"^\d{1,12}(\.\d{1,12})?$", examples=["0.0125"])]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])]


class LineIn(Body):
    """A line item. Without a price it takes the product's, without words its name."""

    id: str | None = None
    """The line that it is already, if it is one."""
    product_id: str | None = None
    description: str = ""
    quantity: Annotated[str, Field(pattern=r"^\d{1,12}(\.\d{1,6})?$", examples=["12"])] = "1"
    unit_price: RateBody | None = None
    discount_percent: Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,4})?$", examples=["10"])] = "0"


class LinesIn(Body):
    """The lines of a deal, in their order."""

    lines: Annotated[list[LineIn], Field(max_length=200)]


class LineOut(Schema):
    """A line item."""

    id: str
    product_id: str | None
    description: str
    quantity: str
    unit_price: RateBody
    discount_percent: str
    amount: MoneyBody


class LinesOut(Schema):
    """The lines of a deal, and what they come to."""

    lines: list[LineOut]
    amount: MoneyBody | None


@router.get("/deals/{deal_id}/lines", response=LinesOut)
@needs("deal", Verb.VIEW)
def list_lines(request: HttpRequest, response: HttpResponse, deal_id: str) -> LinesOut:
    """Return the lines of a deal, in their order."""
    deal = queries.deal(actor_of(request), row_id("deal", deal_id))
    tag(response, deal)
    return _lines(deal)


@router.put("/deals/{deal_id}/lines", response=LinesOut)
@needs("deal", Verb.CHANGE)
def set_lines(request: HttpRequest, response: HttpResponse, deal_id: str, body: LinesIn) -> LinesOut:
    """Make these the lines of a deal, in this order; its amount becomes what they come to."""
    deal = actions.set_deal_lines(
        actor=actor_of(request),
        as_of=now(),
        deal_id=row_id("deal", deal_id),
        lines=[_draft(line) for line in body.lines],
        expected_version=version_of(request),
    )
    tag(response, deal)
    return _lines(deal)


@router.post("/deals/{deal_id}/lines", response={201: LinesOut})
@needs("deal", Verb.CHANGE)
def add_line(request: HttpRequest, response: HttpResponse, deal_id: str, body: LineIn) -> Status[LinesOut]:
    """Put one more line behind those of a deal."""
    actor, found = actor_of(request), row_id("deal", deal_id)
    deal = queries.deal(actor, found, Verb.CHANGE)
    kept = [_kept(line) for line in queries.lines_of(deal)]
    deal = actions.set_deal_lines(
        actor=actor,
        as_of=now(),
        deal_id=found,
        lines=[*kept, _draft(body)],
        expected_version=version_of(request) or deal.version,
    )
    tag(response, deal)
    return Status(201, _lines(deal))


@router.delete("/deals/{deal_id}/lines/{line_id}", response={204: None})
@needs("deal", Verb.CHANGE)
def remove_line(request: HttpRequest, deal_id: str, line_id: str) -> Status[None]:
    """Take a line out of a deal; one that is not there is out already."""
    actor, found, gone = actor_of(request), row_id("deal", deal_id), row_id(LINE, line_id)
    deal = queries.deal(actor, found, Verb.CHANGE)
    actions.set_deal_lines(
        actor=actor,
        as_of=now(),
        deal_id=found,
        lines=[_kept(line) for line in queries.lines_of(deal) if line.pk != gone],
        expected_version=version_of(request) or deal.version,
    )
    return Status(204, None)


def _draft(line: LineIn) -> actions.LineDraft:
    return actions.LineDraft(
        line_id=row_id(LINE, line.id) if line.id else None,
        product_id=row_id("product", line.product_id) if line.product_id else None,
        description=line.description,
        quantity=Decimal(line.quantity),
        rate=Rate.of(line.unit_price.amount, line.unit_price.currency) if line.unit_price else None,
        discount_percent=Decimal(line.discount_percent),
    )


def _kept(line: DealLine) -> actions.LineDraft:
    return actions.LineDraft(
        line_id=line.pk,
        product_id=line.product_id,
        description=line.description,
        quantity=line.quantity,
        rate=line.rate,
        discount_percent=line.discount_percent,
    )


def _lines(deal: Deal) -> LinesOut:
    return LinesOut(lines=[_line(line) for line in queries.lines_of(deal)], amount=MoneyBody.of(deal.amount))


def _line(line: DealLine) -> LineOut:
    return LineOut(
        id=str(Ref(LINE, line.pk)),
        product_id=public_id("product", line.product_id),
        description=line.description,
        quantity=plain_decimal(line.quantity),
        unit_price=RateBody(amount=plain_decimal(line.unit_price), currency=line.currency),
        discount_percent=plain_decimal(line.discount_percent),
        amount=MoneyBody(**line.amount.to_json()),
    )
