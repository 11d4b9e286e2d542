"""The API: fields. Written by bin/client."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypeAlias, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted


class FieldChange(TypedDict):
    """What to change about a field; what is left out stays."""

    label: NotRequired[str]
    label_es: NotRequired[str]
    help: NotRequired[str]
    unit: NotRequired[str]
    decimals: NotRequired[int]
    options: NotRequired[list[str]]
    formula: NotRequired[str]
    required: NotRequired[bool]
    position: NotRequired[int]


FieldType: TypeAlias = Literal[
    "text", "number", "money", "date", "choice", "several", "boolean", "url", "link", "formula"
]
"""What a field of one's own holds."""


class FieldIn(TypedDict):
    """A field to add to a kind of record."""

    record_kind: str
    key: str
    type: FieldType
    label: str
    label_es: NotRequired[str]
    help: NotRequired[str]
    unit: NotRequired[str]
    decimals: NotRequired[int | None]
    currency: NotRequired[str]
    options: NotRequired[list[str]]
    link_kind: NotRequired[str]
    formula: NotRequired[str]
    required: NotRequired[bool]


class Field(TypedDict):
    """A field of the company's own."""

    id: str
    version: int
    record_kind: str
    key: str
    type: str
    label: str
    label_es: str
    help: str
    unit: str
    decimals: int
    currency: str
    options: list[str]
    link_kind: str
    formula: str
    result: str
    required: bool
    position: int
    active: bool


class ListQuery(TypedDict):
    """What may be asked."""

    record_kind: NotRequired[str]


class FieldsRoutes(Resource):
    """The routes of fields."""

    def list(self, **query: Unpack[ListQuery]) -> Sequence[Field]:
        """List the company's own fields, retired ones too, by kind of record and in their order."""
        found: Sequence[Field] = self._send("GET", "/api/v1/fields", query=query)
        return found

    def add(self, *, idempotency_key: str | None = None, **body: Unpack[FieldIn]) -> Field:
        """Give a kind of record a field."""
        found: Field = self._send("POST", "/api/v1/fields", idempotency_key=idempotency_key, body=body)
        return found

    def change(
        self, field_id: str, *, version: Version = None, idempotency_key: str | None = None, **body: Unpack[FieldChange]
    ) -> Field:
        """Define a field otherwise; If-Match says which version was read."""
        found: Field = self._send(
            "PATCH", f"/api/v1/fields/{quoted(field_id)}", idempotency_key=idempotency_key, version=version, body=body
        )
        return found

    def retire(self, field_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Field:
        """Let a field take no more values; those that it has stay."""
        found: Field = self._send(
            "POST", f"/api/v1/fields/{quoted(field_id)}/retirement", idempotency_key=idempotency_key, version=version
        )
        return found

    def restore(self, field_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Field:
        """Let a retired field take values again."""
        found: Field = self._send(
            "DELETE", f"/api/v1/fields/{quoted(field_id)}/retirement", idempotency_key=idempotency_key, version=version
        )
        return found
