"""Routes of products."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from caudal.catalog import actions, queries
from caudal.catalog.models import Product, Stream, TaxKind
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, MoneyBody, PageQuery, public_id, row_id, rows_named, tag, version_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.workspace.queries import company_day

router = Router()

KINDS = {"pillar_id": "pillar"}


class ProductIn(Body):
    """A product to add."""

    name: str
    sku: str | None = None
    pillar_id: str | None = None
    list_price: MoneyBody | None = None
    unit: str = ""
    stream: Stream | None = None
    """As what its charges count where nothing else is said of them."""
    tax_kind: TaxKind = TaxKind.STANDARD


class ProductChange(Body):
    """What to change about a product; what is left out stays."""

    name: Annotated[str, Field(default="")]
    sku: str | None = None
    pillar_id: str | None = None
    list_price: MoneyBody | None = None
    unit: Annotated[str, Field(default="")]
    stream: Stream | None = None


class ProductTaxIn(Body):
    """As what a product is taxed from a day on, from today on without one."""

    tax_kind: TaxKind
    from_date: date | None = None


class ProductRetirementIn(Body):
    """From which day on nobody new can buy it."""

    from_date: date


class TaxedFromOut(Schema):
    """As what a product is taxed from a day on."""

    tax_kind: str
    from_date: date


class ProductOut(Schema):
    """A product."""

    id: str
    version: int
    name: str
    sku: str | None
    pillar_id: str | None
    list_price: MoneyBody | None
    unit: str
    stream: str | None
    tax_kind: str
    """As what it is taxed today."""
    tax_kinds: list[TaxedFromOut]
    """As what else it is taxed, from which days on."""
    retired_from_date: date | None


class ProductPage(Schema):
    """Some products, and the cursor of the next page."""

    items: list[ProductOut]
    next: str | None


class ProductQuery(PageQuery):
    """Which products."""

    text: str = ""


@router.get("/products", response=ProductPage)
@needs("product", Verb.VIEW)
def list_products(request: HttpRequest, query: Query[ProductQuery]) -> ProductPage:
    """List products, by name."""
    found = queries.products(actor_of(request), text=query.text, cursor=query.cursor, limit=query.limit)
    return ProductPage(items=[_out(product) for product in found.rows], next=found.next)


@router.post("/products", response={201: ProductOut})
@needs("product", Verb.CREATE)
def create_product(request: HttpRequest, response: HttpResponse, body: ProductIn) -> Status[ProductOut]:
    """Add a product."""
    product = actions.add_product(actor=actor_of(request), as_of=now(), **_values(body))
    tag(response, product)
    return Status(201, _out(product))


@router.get("/products/{product_id}", response=ProductOut)
@needs("product", Verb.VIEW)
def get_product(request: HttpRequest, response: HttpResponse, product_id: str) -> ProductOut:
    """Return a product."""
    product = queries.product(actor_of(request), row_id("product", product_id))
    tag(response, product)
    return _out(product)


@router.patch("/products/{product_id}", response=ProductOut)
@needs("product", Verb.CHANGE)
def change_product(request: HttpRequest, response: HttpResponse, product_id: str, body: ProductChange) -> ProductOut:
    """Change a product; If-Match says which version was read."""
    product = actions.change_product(
        actor=actor_of(request),
        as_of=now(),
        product_id=row_id("product", product_id),
        expected_version=version_of(request, required=True),
        **_values(body, exclude_unset=True),
    )
    tag(response, product)
    return _out(product)


@router.put("/products/{product_id}/tax-kind", response=ProductOut)
@needs("product", Verb.CHANGE)
def tax_product_as(request: HttpRequest, response: HttpResponse, product_id: str, body: ProductTaxIn) -> ProductOut:
    """Tax a product as something else from a day on; what was issued stays as it is."""
    return _answer(response, actions.tax_product_as(**_of(request, product_id), **body.dict()))


@router.put("/products/{product_id}/retirement", response=ProductOut)
@needs("product", Verb.CHANGE)
def retire_product(
    request: HttpRequest, response: HttpResponse, product_id: str, body: ProductRetirementIn
) -> ProductOut:
    """Sell a product to nobody new from a day on, in whichever way; who has it goes on paying."""
    return _answer(response, actions.retire_product(**_of(request, product_id), from_date=body.from_date))


@router.delete("/products/{product_id}/retirement", response=ProductOut)
@needs("product", Verb.CHANGE)
def bring_back_product(request: HttpRequest, response: HttpResponse, product_id: str) -> ProductOut:
    """Sell a retired product again."""
    return _answer(response, actions.bring_back_product(**_of(request, product_id)))


def _of(request: HttpRequest, product_id: str) -> dict[str, Any]:
    return {"actor": actor_of(request), "as_of": now(), "product_id": row_id("product", product_id)}


def _answer(response: HttpResponse, product: Product) -> ProductOut:
    tag(response, product)
    return _out(product)


def _values(body: ProductIn | ProductChange, *, exclude_unset: bool = False) -> Any:
    values = rows_named(body.dict(exclude_unset=exclude_unset), KINDS)
    if "list_price" in values:
        values["list_price"] = body.list_price and body.list_price.money()
    if "stream" in values:
        values["stream"] = values["stream"] or ""
    return values


def _out(product: Product) -> ProductOut:
    retirement = getattr(product, "retirement", None)
    kinds = sorted(product.tax_kinds.all(), key=lambda each: (each.from_date, each.number))
    return ProductOut(
        id=str(product.ref),
        version=product.version,
        name=product.name,
        sku=product.sku,
        pillar_id=public_id("pillar", product.pillar_id),
        list_price=MoneyBody.of(product.list_price),
        unit=product.unit,
        stream=product.stream or None,
        tax_kind=queries.taxed_on(product, company_day(now())),
        tax_kinds=[TaxedFromOut(tax_kind=each.tax_kind, from_date=each.from_date) for each in kinds],
        retired_from_date=retirement.from_date if retirement else None,
    )
