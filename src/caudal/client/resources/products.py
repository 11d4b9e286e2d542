"""The API: products. Written by bin/client."""

from collections.abc import Iterator
from typing import Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.resources.shared import MoneyBody, Stream
from caudal.client.transport import Resource, Version, quoted


class ProductChange(TypedDict):
    """What to change about a product; what is left out stays."""

    name: NotRequired[str]
    sku: NotRequired[str | None]
    pillar_id: NotRequired[str | None]
    list_price: NotRequired[MoneyBody | None]
    unit: NotRequired[str]
    stream: NotRequired[Stream | None]


TaxKind: TypeAlias = Literal["standard", "reduced", "exempt"]
"""As what something is taxed; the percentage is a matter of country and day."""


class ProductIn(TypedDict):
    """A product to add."""

    name: str
    sku: NotRequired[str | None]
    pillar_id: NotRequired[str | None]
    list_price: NotRequired[MoneyBody | None]
    unit: NotRequired[str]
    stream: NotRequired[Stream | None]
    tax_kind: NotRequired[TaxKind]


class TaxedFrom(TypedDict):
    """As what a product is taxed from a day on."""

    tax_kind: str
    from_date: str


class Product(TypedDict):
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
    tax_kinds: list[TaxedFrom]
    retired_from_date: str | None


class ProductRetirementIn(TypedDict):
    """From which day on nobody new can buy it."""

    from_date: str


class ProductTaxIn(TypedDict):
    """As what a product is taxed from a day on, from today on without one."""

    tax_kind: TaxKind
    from_date: NotRequired[str | None]


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

    def tax_as(
        self,
        product_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[ProductTaxIn],
    ) -> Product:
        """Tax a product as something else from a day on; what was issued stays as it is."""
        found: Product = self._send(
            "PUT",
            f"/api/v1/products/{quoted(product_id)}/tax-kind",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def retire(
        self,
        product_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[ProductRetirementIn],
    ) -> Product:
        """Sell a product to nobody new from a day on, in whichever way; who has it goes on paying."""
        found: Product = self._send(
            "PUT",
            f"/api/v1/products/{quoted(product_id)}/retirement",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def bring_back(self, product_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Product:
        """Sell a retired product again."""
        found: Product = self._send(
            "DELETE",
            f"/api/v1/products/{quoted(product_id)}/retirement",
            idempotency_key=idempotency_key,
            version=version,
        )
        return found
