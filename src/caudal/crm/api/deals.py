"""Routes of deals."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status
from pydantic import AwareDatetime

from caudal.crm import actions, queries
from caudal.crm.models import CloseReason, Deal, DealClose, Outcome, SalesModel
from caudal.kit.access import Verb
from caudal.kit.bodies import (
    Body,
    ListQuery,
    MoneyBody,
    Own,
    Tags,
    own_values,
    public_id,
    row_id,
    rows_named,
    tag,
    version_of,
)
from caudal.kit.collisions import MERGES, names_of, version_to_change
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()

KINDS: Final = {
    "owner_id": "member",
    "company_id": "company",
    "person_id": "person",
    "product_id": "product",
    "pipeline_id": "pipeline",
    "stage_id": "stage",
}


class DealIn(Body):
    """A deal to open: in the given stage, else the first of the pipeline, else of the product's own."""

    name: str
    company_id: str | None = None
    person_id: str | None = None
    product_id: str | None = None
    owner_id: str | None = None
    pipeline_id: str | None = None
    stage_id: str | None = None
    amount: MoneyBody | None = None
    sales_model: SalesModel | Literal[""] = ""
    """The company's, unless it says otherwise."""
    expected_close_date: date | None = None
    opened_at: AwareDatetime | None = None
    """Now, unless it says otherwise."""
    tags: Tags
    custom: Own


class DealChange(Body):
    """What to change about a deal; what is left out stays."""

    name: Annotated[str, Field(default="")]
    company_id: str | None = None
    person_id: str | None = None
    product_id: str | None = None
    owner_id: str | None = None
    amount: MoneyBody | None = None
    sales_model: Annotated[SalesModel | Literal[""], Field(default="")]
    expected_close_date: date | None = None
    tags: Tags
    custom: Own


class StageIn(Body):
    """The stage that a deal goes to."""

    stage_id: str


class CloseIn(Body):
    """How a deal ended."""

    outcome: Outcome
    reason: CloseReason | Literal[""] = ""
    note: str = ""
    competitor_id: str | None = None
    """To whom it was lost, if a competitor took it."""


class CloseOut(Schema):
    """How and when a deal ended."""

    outcome: str
    reason: str
    note: str
    closed_at: datetime
    competitor_id: str | None


class DealOut(Schema):
    """A deal."""

    id: str
    version: int
    name: str
    company_id: str | None
    person_id: str | None
    product_id: str | None
    owner_id: str | None
    pipeline_id: str
    stage_id: str
    amount: MoneyBody | None
    sales_model: str
    opened_at: datetime | None
    expected_close_date: date | None
    close: CloseOut | None
    tags: list[str]
    custom: dict[str, Any]


class DealPage(Schema):
    """Some deals, and the cursor of the next page."""

    items: list[DealOut] | list[dict[str, Any]]
    next: str | None


class AskIn(Body):
    """Why a closed deal should open again."""

    reason: str


class AskedOut(Schema):
    """The approval that was asked for; /approvals has it until it is decided."""

    id: str
    deal_id: str
    reason: str


class DealQuery(ListQuery):
    """Which deals, in which order."""

    text: str = ""
    pipeline_id: str | None = None
    stage_id: str | None = None
    owner_id: str | None = None
    company_id: str | None = None
    person_id: str | None = None
    product_id: str | None = None
    state: Literal["open", "won", "lost"] | None = None
    closed_from: date | None = None
    closed_before: date | None = None
    order: Literal["newest", "name", "amount", "expected_close", "changed"] = "newest"


@router.get("/deals", response=DealPage)
@needs("deal", Verb.VIEW)
def list_deals(request: HttpRequest, query: Query[DealQuery]) -> DealPage:
    """List deals in the order asked for, by default those that were opened last first."""
    actor = actor_of(request)
    values = rows_named(query.known("cursor", "limit", "order"), KINDS)
    found = queries.deals(
        actor,
        queries.DealFilters(**values),
        order=query.order,
        cursor=query.cursor,
        limit=query.limit,
        sought=queries.Sought(query.selection, now()),
    )
    return DealPage(items=query.picked("deal", actor, found.rows, _deal), next=found.next)


@router.post("/deals", response={201: DealOut})
@needs("deal", Verb.CREATE)
def create_deal(request: HttpRequest, response: HttpResponse, body: DealIn) -> Status[DealOut]:
    """Open a deal."""
    as_of = now()
    deal = actions.open_deal(actor=actor_of(request), as_of=as_of, deal=deal_draft(body, as_of))
    tag(response, deal)
    return Status(201, _deal(queries.reckoned(deal, actor_of(request), now())))


@router.get("/deals/{deal_id}", response=DealOut)
@needs("deal", Verb.VIEW)
def get_deal(request: HttpRequest, response: HttpResponse, deal_id: str) -> DealOut:
    """Return a deal."""
    deal = queries.deal(actor_of(request), row_id("deal", deal_id))
    tag(response, deal)
    return _deal(queries.reckoned(deal, actor_of(request), now()))


@router.patch("/deals/{deal_id}", response=DealOut, openapi_extra=MERGES)
@needs("deal", Verb.CHANGE)
def change_deal(request: HttpRequest, response: HttpResponse, deal_id: str, body: DealChange) -> DealOut:
    """Change a deal; If-Match says which version was read."""
    values: Any = rows_named(body.dict(exclude_unset=True), KINDS)
    if "amount" in values:
        values["amount"] = body.amount and body.amount.money()
    deal = actions.change_deal(
        actor=actor_of(request),
        as_of=now(),
        deal_id=row_id("deal", deal_id),
        expected_version=version_to_change(request, response, Deal, row_id("deal", deal_id), names_of(values)),
        **values,
    )
    tag(response, deal)
    return _deal(queries.reckoned(deal, actor_of(request), now()))


@router.delete("/deals/{deal_id}", response={204: None})
@needs("deal", Verb.DELETE)
def delete_deal(request: HttpRequest, deal_id: str) -> Status[None]:
    """Take a deal out."""
    actions.delete_deal(
        actor=actor_of(request),
        as_of=now(),
        deal_id=row_id("deal", deal_id),
        expected_version=version_of(request),
    )
    return Status(204, None)


@router.post("/deals/{deal_id}/stage", response=DealOut)
@needs("deal", Verb.CHANGE)
def move_deal(request: HttpRequest, response: HttpResponse, deal_id: str, body: StageIn) -> DealOut:
    """Move an open deal to another stage of its pipeline."""
    deal = actions.move_deal(
        actor=actor_of(request),
        as_of=now(),
        deal_id=row_id("deal", deal_id),
        stage_id=row_id("stage", body.stage_id),
        expected_version=version_of(request),
    )
    tag(response, deal)
    return _deal(queries.reckoned(deal, actor_of(request), now()))


@router.post("/deals/{deal_id}/close", response={201: DealOut})
@needs("deal", Verb.CHANGE)
def close_deal(request: HttpRequest, response: HttpResponse, deal_id: str, body: CloseIn) -> Status[DealOut]:
    """Close a deal as won or lost."""
    deal = actions.close_deal(
        actor=actor_of(request),
        as_of=now(),
        deal_id=row_id("deal", deal_id),
        outcome=body.outcome,
        reason=body.reason,
        note=body.note,
        competitor_id=row_id("competitor", body.competitor_id) if body.competitor_id else None,
        expected_version=version_of(request),
    )
    tag(response, deal)
    return Status(201, _deal(queries.reckoned(queries.deal(actor_of(request), deal.pk), actor_of(request), now())))


@router.delete("/deals/{deal_id}/close", response=DealOut)
@needs("deal", Verb.CHANGE)
def reopen_deal(request: HttpRequest, response: HttpResponse, deal_id: str) -> DealOut:
    """Open a closed deal again, in the stage it was in."""
    deal = actions.reopen_deal(
        actor=actor_of(request),
        as_of=now(),
        deal_id=row_id("deal", deal_id),
        expected_version=version_of(request),
    )
    tag(response, deal)
    return _deal(queries.reckoned(deal, actor_of(request), now()))


@router.post("/deals/{deal_id}/close/approval", response={201: AskedOut})
@needs("deal", Verb.CHANGE)
def ask_to_reopen(request: HttpRequest, deal_id: str, body: AskIn) -> Status[AskedOut]:
    """Ask that a second person agrees to opening a closed deal again; it opens as soon as somebody does."""
    approval = actions.ask_to_reopen(
        actor=actor_of(request), as_of=now(), deal_id=row_id("deal", deal_id), reason=body.reason
    )
    return Status(201, AskedOut(id=str(approval.ref), deal_id=str(approval.subject), reason=approval.reason))


def deal_draft(body: DealIn, as_of: datetime) -> actions.DealDraft:
    """Return the draft of a deal that a body asks for."""
    values: Any = rows_named(body.dict(exclude={"amount", "stage_id", "opened_at"}), KINDS)
    opened_at = body.opened_at or as_of
    stages = (
        (actions.StageStep(stage_id=row_id("stage", body.stage_id), entered_at=opened_at),) if body.stage_id else ()
    )
    return actions.DealDraft(
        **values, opened_at=opened_at, stages=stages, amount=body.amount.money() if body.amount else None
    )


def _deal(deal: Deal) -> DealOut:
    close: DealClose | None = getattr(deal, "close", None)
    return DealOut(
        id=str(deal.ref),
        version=deal.version,
        tags=deal.tags,
        custom=own_values(deal),
        name=deal.name,
        company_id=public_id("company", deal.company_id),
        person_id=public_id("person", deal.person_id),
        product_id=public_id("product", deal.product_id),
        owner_id=public_id("member", deal.owner_id),
        pipeline_id=f"{public_id('pipeline', deal.pipeline_id)}",
        stage_id=f"{public_id('stage', deal.stage_id)}",
        amount=MoneyBody.of(deal.amount),
        sales_model=deal.sales_model,
        opened_at=deal.opened_at,
        expected_close_date=deal.expected_close_date,
        close=_close(close) if close else None,
    )


def _close(close: DealClose) -> CloseOut:
    taken = getattr(close, "loss_to", None)
    return CloseOut(
        outcome=close.outcome,
        reason=close.reason,
        note=close.note,
        closed_at=close.closed_at,
        competitor_id=public_id("competitor", taken.competitor_id) if taken else None,
    )
