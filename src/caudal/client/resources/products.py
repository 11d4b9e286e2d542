"""The API: products. Written by bin/client."""

from collections.abc import Iterator
from typing import NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import MoneyBody
from caudal.client.transport import Resource, Version, quoted


class ProductChange(TypedDict):
    """What to change about a product; what is left out stays."""

    name: NotRequired[str]
    sku: NotRequired[str | None]
    pillar_id: NotRequired[str | None]
    list_price: NotRequired[MoneyBody | None]
    unit: NotRequired[str]


class ProductIn(TypedDict):
    """A product to add."""

    name: str
    sku: NotRequired[str | None]
    pillar_id: NotRequired[str | None]
    list_price: NotRequired[MoneyBody | None]
    unit: NotRequired[str]


class Product(TypedDict):
    """A product."""

    id: str
    version: int
    name: str
    sku: str | None
    pillar_id: str | None
    list_price: MoneyBody | None
    unit: str


class ListQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]
    text: NotRequired[str]


class ProductsRoutes(Resource):
    """The routes of products."""

    def list(self, **query: Unpack[ListQuery]) -> Iterator[Product]:
        """List products, by name."""
        found: Iterator[Product] = self._pages("/api/v1/products", query)
        return found

    def create(self, *, idempotency_key: str | None = None, **body: Unpack[ProductIn]) -> Product:
        """Add a product."""
        found: Product = self._send("POST", "/api/v1/products", idempotency_key=idempotency_key, body=body)
        return found

    def get(self, product_id: str) -> Product:
        """Return a product."""
        found: Product = self._send("GET", f"/api/v1/products/{quoted(product_id)}")
        return found

    def change(
        self,
        product_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[ProductChange],
    ) -> Product:
        """Change a product; If-Match says which version was read."""
        found: Product = self._send(
            "PATCH",
            f"/api/v1/products/{quoted(product_id)}",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found
