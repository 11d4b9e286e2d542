"""The API: billing customers. Written by bin/client."""

from collections.abc import Iterator
from typing import NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import DraftList
from caudal.client.transport import Resource, Version, quoted


class CustomerIn(TypedDict):
    """A company or a person to invoice."""

    name: NotRequired[str | None]
    is_business: NotRequired[bool | None]
    tax_id: NotRequired[str | None]
    country: NotRequired[str | None]
    region: NotRequired[str | None]
    city: NotRequired[str | None]
    postal_code: NotRequired[str | None]
    street: NotRequired[str | None]
    email: NotRequired[str | None]
    language: NotRequired[str | None]
    currency: NotRequired[str | None]
    zone: NotRequired[str | None]
    terms_days: NotRequired[int | None]
    reference: NotRequired[str | None]
    company_id: NotRequired[str | None]
    person_id: NotRequired[str | None]


class Customer(TypedDict):
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


class CustomerSaid(TypedDict):
    """What documents say of a customer; what is left out is as it is, or as their record and our company say."""

    name: NotRequired[str | None]
    is_business: NotRequired[bool | None]
    tax_id: NotRequired[str | None]
    country: NotRequired[str | None]
    region: NotRequired[str | None]
    city: NotRequired[str | None]
    postal_code: NotRequired[str | None]
    street: NotRequired[str | None]
    email: NotRequired[str | None]
    language: NotRequired[str | None]
    currency: NotRequired[str | None]
    zone: NotRequired[str | None]
    terms_days: NotRequired[int | None]
    reference: NotRequired[str | None]


class ListCustomersQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]


class BillingCustomersRoutes(Resource):
    """The routes of billing customers."""

    def list_customers(self, **query: Unpack[ListCustomersQuery]) -> Iterator[Customer]:
        """List customers, by name."""
        found: Iterator[Customer] = self._pages("/api/v1/billing/customers", query)
        return found

    def create_customer(self, *, idempotency_key: str | None = None, **body: Unpack[CustomerIn]) -> Customer:
        """Invoice a company or a person from now on."""
        found: Customer = self._send("POST", "/api/v1/billing/customers", idempotency_key=idempotency_key, body=body)
        return found

    def get_customer(self, customer_id: str) -> Customer:
        """Return a customer."""
        found: Customer = self._send("GET", f"/api/v1/billing/customers/{quoted(customer_id)}")
        return found

    def change_customer(
        self,
        customer_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[CustomerSaid],
    ) -> Customer:
        """Change what documents will say of a customer; If-Match says which version was read."""
        found: Customer = self._send(
            "PATCH",
            f"/api/v1/billing/customers/{quoted(customer_id)}",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def next_of_customer(self, customer_id: str) -> DraftList:
        """Return what is invoiced of a customer next, as it will be by what is known of usage now."""
        found: DraftList = self._send("GET", f"/api/v1/billing/customers/{quoted(customer_id)}/next")
        return found
