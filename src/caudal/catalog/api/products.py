"""Routes of products."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from caudal.catalog import actions, queries
from caudal.catalog.models import Product
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, MoneyBody, PageQuery, public_id, row_id, rows_named, tag, version_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()

KINDS = {"pillar_id": "pillar"}


class ProductIn(Body):
    """A product to add."""

    name: str
    sku: str | None = None
    pillar_id: str | None = None
    list_price: MoneyBody | None = None
    unit: str = ""


class ProductChange(Body):
    """What to change about a product; what is left out stays."""

    name: Annotated[str, Field(default="")]
    sku: str | None = None
    pillar_id: str | None = None
    list_price: MoneyBody | None = None
    unit: Annotated[str, Field(default="")]


class ProductOut(Schema):
    """A product."""

    id: str
    version: int
    name: str
    sku: str | None
    pillar_id: str | None
    list_price: MoneyBody | None
    unit: str


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


def _values(body: ProductIn | ProductChange, *, exclude_unset: bool = False) -> Any:
    values = rows_named(body.dict(exclude_unset=exclude_unset), KINDS)
    if "list_price" in values:
        values["list_price"] = body.list_price and body.list_price.money()
    return values


def _out(product: Product) -> ProductOut:
    return ProductOut(
        id=str(product.ref),
        version=product.version,
        name=product.name,
        sku=product.sku,
        pillar_id=public_id("pillar", product.pillar_id),
        list_price=MoneyBody.of(product.list_price),
        unit=product.unit,
    )
