"""The API: companies. Written by bin/client."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import (
    Fact,
    ListFields,
    ListFileIn,
    ListGroups,
    ListTotal,
    SalesModel,
    Touch,
    TouchIn,
)
from caudal.client.transport import Resource, Version, quoted


class CompanyChange(TypedDict):
    """What to change about a company; what is left out stays."""

    name: NotRequired[str]
    domain: NotRequired[str | None]
    sector: NotRequired[str]
    country: NotRequired[str]
    region: NotRequired[str]
    city: NotRequired[str]
    postal_code: NotRequired[str]
    street: NotRequired[str]
    phone: NotRequired[str]
    employees: NotRequired[int | None]
    sales_model: NotRequired[SalesModel | Literal[""]]
    parent_id: NotRequired[str | None]
    owner_id: NotRequired[str | None]
    tags: NotRequired[list[str]]
    custom: NotRequired[dict[str, Any]]


class CompanyIn(TypedDict):
    """A company to add."""

    name: str
    domain: NotRequired[str | None]
    sector: NotRequired[str]
    country: NotRequired[str]
    region: NotRequired[str]
    city: NotRequired[str]
    postal_code: NotRequired[str]
    street: NotRequired[str]
    phone: NotRequired[str]
    employees: NotRequired[int | None]
    sales_model: NotRequired[SalesModel | Literal[""]]
    parent_id: NotRequired[str | None]
    owner_id: NotRequired[str | None]
    tags: NotRequired[list[str]]
    custom: NotRequired[dict[str, Any]]


class Company(TypedDict):
    """A company."""

    id: str
    version: int
    name: str
    domain: str | None
    sector: str
    country: str
    country_code: str
    region: str
    city: str
    postal_code: str
    street: str
    phone: str
    phone_e164: str
    employees: int | None
    sales_model: str
    parent_id: str | None
    owner_id: str | None
    tags: list[str]
    custom: dict[str, Any]


class Lookalike(TypedDict):
    """A company that may be the same as another, or of its family."""

    company_id: str
    name: str
    likeness: str


class OtherIn(TypedDict):
    """The other company."""

    other_id: str


class TotalQuery(TypedDict):
    """What may be asked."""

    where: NotRequired[str]
    text: NotRequired[str]
    sum: NotRequired[str]


class GroupsQuery(TypedDict):
    """What may be asked."""

    where: NotRequired[str]
    text: NotRequired[str]
    sum: NotRequired[str]
    by: str


class TimelineQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]


class ListQuery(TypedDict):
    """What may be asked."""

    limit: NotRequired[int]
    where: NotRequired[str]
    sort: NotRequired[str]
    fields: NotRequired[str]
    text: NotRequired[str]
    owner_id: NotRequired[str | None]
    order: NotRequired[Literal["name", "newest"]]


class CompaniesRoutes(Resource):
    """The routes of companies."""

    def fields(self) -> ListFields:
        """List the fields of the companies that filters, orders and groups may name."""
        found: ListFields = self._send("GET", "/api/v1/companies/fields")
        return found

    def total(self, **query: Unpack[TotalQuery]) -> ListTotal:
        """Count companies, and add their amounts up."""
        found: ListTotal = self._send("GET", "/api/v1/companies/total", query=query)
        return found

    def groups(self, **query: Unpack[GroupsQuery]) -> ListGroups:
        """Put companies together by a field, with counts and sums."""
        found: ListGroups = self._send("GET", "/api/v1/companies/groups", query=query)
        return found

    def export(self, *, idempotency_key: str | None = None, **body: Unpack[ListFileIn]) -> bytes:
        """Return a list as a file. Each is made anew, whatever its Idempotency-Key, and noted."""
        found: bytes = self._send("POST", "/api/v1/companies/file", idempotency_key=idempotency_key, body=body)
        return found

    def timeline(self, record_id: str, **query: Unpack[TimelineQuery]) -> Iterator[Fact]:
        """Tell what happened to a company, newest first."""
        found: Iterator[Fact] = self._pages(f"/api/v1/companies/{quoted(record_id)}/timeline", query)
        return found

    def list(self, **query: Unpack[ListQuery]) -> Iterator[Company]:
        """List companies, by name or newest first."""
        found: Iterator[Company] = self._pages("/api/v1/companies", query)
        return found

    def create(self, *, idempotency_key: str | None = None, **body: Unpack[CompanyIn]) -> Company:
        """Add a company."""
        found: Company = self._send("POST", "/api/v1/companies", idempotency_key=idempotency_key, body=body)
        return found

    def get(self, company_id: str) -> Company:
        """Return a company."""
        found: Company = self._send("GET", f"/api/v1/companies/{quoted(company_id)}")
        return found

    def change(
        self,
        company_id: str,
        *,
        version: Version = None,
        merge: bool = False,
        idempotency_key: str | None = None,
        **body: Unpack[CompanyChange],
    ) -> Company:
        """Change a company; If-Match says which version was read."""
        found: Company = self._send(
            "PATCH",
            f"/api/v1/companies/{quoted(company_id)}",
            idempotency_key=idempotency_key,
            version=version,
            merge=merge,
            body=body,
        )
        return found

    def delete(self, company_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Take a company out."""
        self._send(
            "DELETE", f"/api/v1/companies/{quoted(company_id)}", idempotency_key=idempotency_key, version=version
        )

    def list_touches_of(self, company_id: str) -> Sequence[Touch]:
        """List where a company met us, first to last."""
        found: Sequence[Touch] = self._send("GET", f"/api/v1/companies/{quoted(company_id)}/touches")
        return found

    def note_touch_of(
        self, company_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[TouchIn]
    ) -> Touch:
        """Note that a company met us on a channel."""
        found: Touch = self._send(
            "POST",
            f"/api/v1/companies/{quoted(company_id)}/touches",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def list_lookalikes(self, company_id: str) -> Sequence[Lookalike]:
        """List companies that may be the same as this one, or of its family, likeliest first."""
        found: Sequence[Lookalike] = self._send("GET", f"/api/v1/companies/{quoted(company_id)}/lookalikes")
        return found

    def keep_apart(
        self, company_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[OtherIn]
    ) -> None:
        """Say that two companies which look like one are not."""
        self._send(
            "POST",
            f"/api/v1/companies/{quoted(company_id)}/kept-apart",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
