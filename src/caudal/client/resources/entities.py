"""The API: entities. Written by bin/client."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict, Unpack

from caudal.client.transport import Resource, Version, quoted


class EntityChange(TypedDict):
    """What to change of a legal entity."""

    country: NotRequired[str]
    tax_id: NotRequired[str]
    registration: NotRequired[str]
    address: NotRequired[str]
    postcode: NotRequired[str]
    city: NotRequired[str]
    region: NotRequired[str]
    email: NotRequired[str]
    phone: NotRequired[str]
    website: NotRequired[str]
    bank: NotRequired[str]
    iban: NotRequired[str]
    bic: NotRequired[str]
    account_text: NotRequired[str]
    language: NotRequired[str]
    zone: NotRequired[str]
    footer_en: NotRequired[str]
    footer_es: NotRequired[str]
    brand: NotRequired[str]
    colour: NotRequired[str]
    name: NotRequired[str]


class EntityIn(TypedDict):
    """A legal entity to add."""

    country: NotRequired[str]
    tax_id: NotRequired[str]
    registration: NotRequired[str]
    address: NotRequired[str]
    postcode: NotRequired[str]
    city: NotRequired[str]
    region: NotRequired[str]
    email: NotRequired[str]
    phone: NotRequired[str]
    website: NotRequired[str]
    bank: NotRequired[str]
    iban: NotRequired[str]
    bic: NotRequired[str]
    account_text: NotRequired[str]
    language: NotRequired[str]
    zone: NotRequired[str]
    footer_en: NotRequired[str]
    footer_es: NotRequired[str]
    brand: NotRequired[str]
    colour: NotRequired[str]
    name: str


class Entity(TypedDict):
    """A legal entity, with what its invoices still lack."""

    id: str
    version: int
    name: str
    country: str
    tax_id: str
    registration: str
    address: str
    postcode: str
    city: str
    region: str
    email: str
    phone: str
    website: str
    bank: str
    iban: str
    bic: str
    account_text: str
    language: str
    zone: str
    footer_en: str
    footer_es: str
    brand: str
    colour: str
    has_logo: bool
    is_default: bool
    lacks: list[str]


class EntitiesRoutes(Resource):
    """The routes of entities."""

    def list(self) -> Sequence[Entity]:
        """List the legal entities, by name."""
        found: Sequence[Entity] = self._send("GET", "/api/v1/entities")
        return found

    def add(self, *, idempotency_key: str | None = None, **body: Unpack[EntityIn]) -> Entity:
        """Add a legal entity."""
        found: Entity = self._send("POST", "/api/v1/entities", idempotency_key=idempotency_key, body=body)
        return found

    def get(self, entity_id: str) -> Entity:
        """Return a legal entity."""
        found: Entity = self._send("GET", f"/api/v1/entities/{quoted(entity_id)}")
        return found

    def change(
        self,
        entity_id: str,
        *,
        version: Version = None,
        idempotency_key: str | None = None,
        **body: Unpack[EntityChange],
    ) -> Entity:
        """Change what a legal entity says of itself; If-Match says which version was read."""
        found: Entity = self._send(
            "PATCH",
            f"/api/v1/entities/{quoted(entity_id)}",
            idempotency_key=idempotency_key,
            version=version,
            body=body,
        )
        return found

    def retire(self, entity_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Take a legal entity away in whose name nothing was done."""
        self._send("DELETE", f"/api/v1/entities/{quoted(entity_id)}", idempotency_key=idempotency_key, version=version)

    def choose_default(self, entity_id: str, *, version: Version = None, idempotency_key: str | None = None) -> Entity:
        """Make a legal entity the one that invoices where nothing else is said."""
        found: Entity = self._send(
            "POST", f"/api/v1/entities/{quoted(entity_id)}/default", idempotency_key=idempotency_key, version=version
        )
        return found

    def set_logo(
        self, entity_id: str, *, version: Version = None, files: Mapping[str, Any], idempotency_key: str | None = None
    ) -> Entity:
        """Give a legal entity's documents a logo: a PNG, JPEG or plain SVG of at most 500 KB."""
        found: Entity = self._send(
            "POST",
            f"/api/v1/entities/{quoted(entity_id)}/logo",
            idempotency_key=idempotency_key,
            version=version,
            files=files,
        )
        return found

    def get_logo(self, entity_id: str) -> None:
        """Return the bytes of a legal entity's logo."""
        self._send("GET", f"/api/v1/entities/{quoted(entity_id)}/logo")

    def drop_logo(self, entity_id: str, *, version: Version = None, idempotency_key: str | None = None) -> None:
        """Let a legal entity's documents go without a logo."""
        self._send(
            "DELETE", f"/api/v1/entities/{quoted(entity_id)}/logo", idempotency_key=idempotency_key, version=version
        )
