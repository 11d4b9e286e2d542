"""The API: people. Written by bin/client."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NotRequired, TypedDict, Unpack

from caudal.client.resources.shared import Fact, ListFields, ListFileIn, ListGroups, ListTotal, Touch, TouchIn
from caudal.client.transport import Resource, Version, quoted


class PersonChange(TypedDict):
    """What to change about a person; what is left out stays."""

    name: NotRequired[str]
    given_name: NotRequired[str]
    family_name: NotRequired[str]
    email: NotRequired[str | None]
    other_emails: NotRequired[list[str]]
    phone: NotRequired[str]
    other_phones: NotRequired[list[str]]
    job_title: NotRequired[str]
    language: NotRequired[str]
    country: NotRequired[str]
    city: NotRequired[str]
    company_id: NotRequired[str | None]
    owner_id: NotRequired[str | None]
    tags: NotRequired[list[str]]
    custom: NotRequired[dict[str, Any]]


class PersonIn(TypedDict):
    """A person to add."""

    name: str
    given_name: NotRequired[str]
    family_name: NotRequired[str]
    email: NotRequired[str | None]
    other_emails: NotRequired[list[str]]
    phone: NotRequired[str]
    other_phones: NotRequired[list[str]]
    job_title: NotRequired[str]
    language: NotRequired[str]
    country: NotRequired[str]
    city: NotRequired[str]
    company_id: NotRequired[str | None]
    owner_id: NotRequired[str | None]
    tags: NotRequired[list[str]]
    custom: NotRequired[dict[str, Any]]


class Person(TypedDict):
    """A person."""

    id: str
    version: int
    name: str
    given_name: str
    family_name: str
    email: str | None
    other_emails: list[str]
    phone: str
    other_phones: list[str]
    phones_e164: list[str]
    job_title: str
    language: str
    country: str
    country_code: str
    city: str
    company_id: str | None
    owner_id: str | None
    tags: list[str]
    custom: dict[str, Any]


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
    company_id: NotRequired[str | None]


class PeopleRoutes(Resource):
    """The routes of people."""

    def fields(self) -> ListFields:
        """List the fields of the people that filters, orders and groups may name."""
        found: ListFields = self._send("GET", "/api/v1/people/fields")
        return found

    def total(self, **query: Unpack[TotalQuery]) -> ListTotal:
        """Count people, and add their amounts up."""
        found: ListTotal = self._send("GET", "/api/v1/people/total", query=query)
        return found

    def groups(self, **query: Unpack[GroupsQuery]) -> ListGroups:
        """Put people together by a field, with counts and sums."""
        found: ListGroups = self._send("GET", "/api/v1/people/groups", query=query)
        return found

    def export(self, *, idempotency_key: str | None = None, **body: Unpack[ListFileIn]) -> bytes:
        """Return a list as a file. Each is made anew, whatever its Idempotency-Key, and noted."""
        found: bytes = self._send("POST", "/api/v1/people/file", idempotency_key=idempotency_key, body=body)
        return found

    def timeline(self, record_id: str, **query: Unpack[TimelineQuery]) -> Iterator[Fact]:
        """Tell what happened to a person, newest first."""
        found: Iterator[Fact] = self._pages(f"/api/v1/people/{quoted(record_id)}/timeline", query)
        return found

    def list(self, **query: Unpack[ListQuery]) -> Iterator[Person]:
        """List people, by name or newest first."""
        found: Iterator[Person] = self._pages("/api/v1/people", query)
        return found

    def create(self, *, idempotency_key: str | None = None, **body: Unpack[PersonIn]) -> Person:
        """Add a person."""
        found: Person = self._send("POST", "/api/v1/people", idempotency_key=idempotency_key, body=body)
        return found

    def get(self, person_id: str) -> Person:
        """Return a person."""
        found: Person = self._send("GET", f"/api/v1/people/{quoted(person_id)}")
        return found

    def change(
        self,
        person_id: str,
        *,
        version: Version = None,
        merge: bool = False,
        idempotency_key: str | None = None,
        **body: Unpack[PersonChange],
    ) -> Person:
        """Change a person; If-Match says which version was read."""
        found: Person = self._send(
            "PATCH",
            f"/api/v1/people/{quoted(person_id)}",
            idempotency_key=idempotency_key,
            version=version,
            merge=merge,
            body=body,
        )
        return found

    def delete(self, person_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Take a person out."""
        self._send("DELETE", f"/api/v1/people/{quoted(person_id)}", idempotency_key=idempotency_key, version=version)

    def list_touches_of(self, person_id: str) -> Sequence[Touch]:
        """List where a person met us, first to last."""
        found: Sequence[Touch] = self._send("GET", f"/api/v1/people/{quoted(person_id)}/touches")
        return found

    def note_touch_of(
        self, person_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[TouchIn]
    ) -> Touch:
        """Note that a person met us on a channel."""
        found: Touch = self._send(
            "POST",
            f"/api/v1/people/{quoted(person_id)}/touches",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found
