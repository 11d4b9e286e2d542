"""Routes of customers, contracts and orders."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from caudal.billing import actions
from caudal.billing.models import Contract, Customer
from caudal.billing.models import Order as Sale
from caudal.billing.queries import Wanted, of_bundle
from caudal.catalog.queries import bundle
from caudal.core.ids import Ref
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, MoneyBody, PageQuery, public_id, row_id, tag, version_of
from caudal.kit.cursors import Order, page
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()
MONTHS = Annotated[int, Field(ge=0, le=240)]
TEXT = Annotated[str, Field(default="", max_length=200)]
DECIMAL = Annotated[str, Field(pattern=r"^\d{1,10}(\.\d{1,6})?$", examples=["3"])]
PERCENT = Annotated[str | None, Field(default=None, pattern=r"^\d{1,3}(\.\d{1,4})?$", examples=["12.5"])]


class CustomerSaid(Body):
    """What documents say of a customer; what is left out is as it is, or as their record and our company say."""

    name: str | None = None
    is_business: bool | None = None
    tax_id: str | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None
    postal_code: str | None = None
    street: str | None = None
    email: str | None = None
    language: str | None = None
    currency: str | None = None
    zone: str | None = None
    terms_days: int | None = None
    reference: str | None = None


class CustomerIn(CustomerSaid):
    """A company or a person to invoice."""

    company_id: str | None = None
    person_id: str | None = None


class CustomerOut(Schema):
    """A customer."""

    id: str
    version: int
    company_id: str | None
    person_id: str | None
    name: str
    is_business: bool
    tax_id: str
    country: str
    region: str
    city: str
    postal_code: str
    street: str
    email: str
    language: str
    currency: str
    zone: str
    terms_days: int
    reference: str


class CustomerPage(Schema):
    """Some customers, and the cursor of the next page."""

    items: list[CustomerOut]
    next: str | None


class ContractIn(Body):
    """What was signed."""

    customer_id: str
    name: str
    start_day: date
    end_day: date | None = None
    reference: TEXT
    renews_months: MONTHS = 0
    notice_days: Annotated[int, Field(ge=0, le=730)] = 30
    commitment: MoneyBody | None = None
    commitment_months: Annotated[int, Field(ge=1, le=120)] = 12
    note: str = ""


class NoticeIn(Body):
    """On which day notice was given; null takes it back."""

    day: date | None


class RenewalIn(Body):
    """For how many months a contract is renewed early; null for as long as it would by itself."""

    months: int | None = None


class CommitmentIn(Body):
    """What is spent at least from a day on; null ends it."""

    from_day: date
    amount: MoneyBody | None
    months: Annotated[int, Field(ge=1, le=120)] = 12


class ContractOut(Schema):
    """A contract."""

    id: str
    version: int
    customer_id: str
    name: str
    reference: str
    start_day: date
    end_day: date | None
    renews_months: int
    notice_days: int
    notice_day: date | None
    commitment: MoneyBody | None
    commitment_months: int
    is_over: bool


class ContractPage(Schema):
    """Some contracts, and the cursor of the next page."""

    items: list[ContractOut]
    next: str | None


class OrderItem(Body):
    """An offering that is sold once."""

    offering_id: str
    quantity: DECIMAL = "1"
    discount_percent: PERCENT


class BundleItem(Body):
    """So many of a bundle, as one choice: its parts, their quantities and prices follow from it."""

    bundle_id: str
    count: Annotated[int, Field(ge=1, le=1_000_000)] = 1


class NewOrder(Body):
    """Something to sell once."""

    customer_id: str
    day: date
    items: Annotated[list[OrderItem], Field(default=[], max_length=30)]
    bundles: Annotated[list[BundleItem], Field(default=[], max_length=5)]
    name: TEXT
    contract_id: str | None = None


class OrderOut(Schema):
    """An order; it is open until it is invoiced or called off."""

    id: str
    version: int
    customer_id: str
    name: str
    currency: str
    day: date
    is_open: bool
    is_called_off: bool


@router.get("/customers", response=CustomerPage)
@needs("customer", Verb.VIEW)
def list_customers(request: HttpRequest, query: Query[PageQuery]) -> CustomerPage:
    """List customers, by name."""
    rows = Customer.for_actor(actor_of(request))
    found = page(rows, Order.by("name", "name"), cursor=query.cursor, limit=query.limit)
    return CustomerPage(items=[_customer(each) for each in found.rows], next=found.next)


@router.post("/customers", response={201: CustomerOut})
@needs("customer", Verb.CREATE)
def create_customer(request: HttpRequest, response: HttpResponse, body: CustomerIn) -> Status[CustomerOut]:
    """Invoice a company or a person from now on."""
    said: Any = {name: value for name, value in body.dict().items() if value is not None}
    for kind in ("company", "person"):
        if f"{kind}_id" in said:
            said[f"{kind}_id"] = row_id(kind, said[f"{kind}_id"])
    row = actions.add_customer(actor=actor_of(request), as_of=now(), **said)
    tag(response, row)
    return Status(201, _customer(row))


@router.get("/customers/{customer_id}", response=CustomerOut)
@needs("customer", Verb.VIEW)
def get_customer(request: HttpRequest, response: HttpResponse, customer_id: str) -> CustomerOut:
    """Return a customer."""
    row = Customer.one_for(actor_of(request), Verb.VIEW, row_id(Customer.kind, customer_id))
    tag(response, row)
    return _customer(row)


@router.patch("/customers/{customer_id}", response=CustomerOut)
@needs("customer", Verb.CHANGE)
def change_customer(request: HttpRequest, response: HttpResponse, customer_id: str, body: CustomerSaid) -> CustomerOut:
    """Change what documents will say of a customer; If-Match says which version was read."""
    said: Any = {name: value for name, value in body.dict(exclude_unset=True).items() if value is not None}
    row = actions.change_customer(
        actor=actor_of(request),
        as_of=now(),
        customer_id=row_id(Customer.kind, customer_id),
        expected_version=version_of(request),
        **said,
    )
    tag(response, row)
    return _customer(row)


@router.get("/contracts", response=ContractPage)
@needs("contract", Verb.VIEW)
def list_contracts(request: HttpRequest, query: Query[PageQuery]) -> ContractPage:
    """List contracts, the latest first."""
    rows = Contract.for_actor(actor_of(request))
    found = page(rows, Order.by("latest", "-start_day"), cursor=query.cursor, limit=query.limit)
    return ContractPage(items=[_contract(each) for each in found.rows], next=found.next)


@router.post("/contracts", response={201: ContractOut})
@needs("contract", Verb.CREATE)
def create_contract(request: HttpRequest, response: HttpResponse, body: ContractIn) -> Status[ContractOut]:
    """Keep what was signed with a customer."""
    said: Any = body.dict(exclude={"customer_id", "commitment"})
    row = actions.sign_contract(
        actor=actor_of(request),
        as_of=now(),
        customer_id=row_id(Customer.kind, body.customer_id),
        commitment=body.commitment.money() if body.commitment else None,
        **said,
    )
    tag(response, row)
    return Status(201, _contract(row))


@router.get("/contracts/{contract_id}", response=ContractOut)
@needs("contract", Verb.VIEW)
def get_contract(request: HttpRequest, response: HttpResponse, contract_id: str) -> ContractOut:
    """Return a contract."""
    row = Contract.one_for(actor_of(request), Verb.VIEW, row_id(Contract.kind, contract_id))
    tag(response, row)
    return _contract(row)


@router.put("/contracts/{contract_id}/notice", response=ContractOut)
@needs("contract", Verb.CHANGE)
def give_notice(request: HttpRequest, response: HttpResponse, contract_id: str, body: NoticeIn) -> ContractOut:
    """Keep that notice was given, or take it back."""
    made = _made(request, contract_id)
    row = actions.give_notice(**made, day=body.day) if body.day else actions.take_notice_back(**made)
    tag(response, row)
    return _contract(row)


@router.post("/contracts/{contract_id}/renewals", response=ContractOut)
@needs("contract", Verb.CHANGE)
def renew_contract(request: HttpRequest, response: HttpResponse, contract_id: str, body: RenewalIn) -> ContractOut:
    """Renew a contract before it ends."""
    row = actions.renew_contract(**_made(request, contract_id), months=body.months)
    tag(response, row)
    return _contract(row)


@router.post("/contracts/{contract_id}/commitments", response=ContractOut)
@needs("contract", Verb.CHANGE)
def commit(request: HttpRequest, response: HttpResponse, contract_id: str, body: CommitmentIn) -> ContractOut:
    """Agree on what is spent at least from a day on."""
    amount = body.amount.money() if body.amount else None
    made = _made(request, contract_id)
    row = actions.commit(**made, from_day=body.from_day, amount=amount, months=body.months)
    tag(response, row)
    return _contract(row)


@router.post("/orders", response={201: OrderOut})
@needs("order", Verb.CREATE)
def create_order(request: HttpRequest, response: HttpResponse, body: NewOrder) -> Status[OrderOut]:
    """Sell something once, due on a day."""
    row = actions.place_order(
        actor=actor_of(request),
        as_of=now(),
        customer_id=row_id(Customer.kind, body.customer_id),
        wanted=[
            Wanted(
                row_id("offering", each.offering_id),
                Decimal(each.quantity),
                discount_percent=None if each.discount_percent is None else Decimal(each.discount_percent),
            )
            for each in body.items
        ]
        + bundled(request, body.bundles),
        day=body.day,
        name=body.name,
        contract_id=row_id(Contract.kind, body.contract_id) if body.contract_id else None,
    )
    tag(response, row)
    return Status(201, _order(row))


@router.get("/orders/{order_id}", response=OrderOut)
@needs("order", Verb.VIEW)
def get_order(request: HttpRequest, response: HttpResponse, order_id: str) -> OrderOut:
    """Return an order."""
    row = Sale.one_for(actor_of(request), Verb.VIEW, row_id(Sale.kind, order_id))
    tag(response, row)
    return _order(row)


@router.delete("/orders/{order_id}", response=OrderOut)
@needs("order", Verb.CHANGE)
def call_off_order(request: HttpRequest, response: HttpResponse, order_id: str) -> OrderOut:
    """Call off an order that is not invoiced; it stays to be seen."""
    row = actions.call_off(actor=actor_of(request), as_of=now(), order_id=row_id(Sale.kind, order_id))
    tag(response, row)
    return _order(row)


def bundled(request: HttpRequest, bundles: Iterable[BundleItem]) -> list[Wanted]:
    """Return what is wanted of whoever wants bundles."""
    actor = actor_of(request)
    return [
        each for one in bundles for each in of_bundle(bundle(actor, row_id("bundle", one.bundle_id)), count=one.count)
    ]


def _made(request: HttpRequest, contract_id: str) -> dict[str, Any]:
    return {"actor": actor_of(request), "as_of": now(), "contract_id": row_id(Contract.kind, contract_id)}


def _customer(row: Customer) -> CustomerOut:
    plain = {name: getattr(row, name) for name in CustomerSaid.model_fields}
    return CustomerOut(
        id=str(row.ref),
        version=row.version,
        company_id=public_id("company", row.company_id),
        person_id=public_id("person", row.person_id),
        **plain,
    )


def _contract(row: Contract) -> ContractOut:
    names = ("name", "reference", "start_day", "end_day", "renews_months", "notice_days", "notice_day")
    return ContractOut(
        id=str(row.ref),
        version=row.version,
        customer_id=str(Ref(Customer.kind, row.customer_id)),
        commitment=MoneyBody.of(row.commitment),
        commitment_months=row.commitment_months,
        is_over=row.ended_at is not None,
        **{name: getattr(row, name) for name in names},
    )


def _order(row: Sale) -> OrderOut:
    return OrderOut(
        id=str(row.ref),
        version=row.version,
        customer_id=str(Ref(Customer.kind, row.customer_id)),
        name=row.name,
        currency=row.currency,
        day=row.day,
        is_open=row.due_at is not None,
        is_called_off=row.called_off_at is not None,
    )
