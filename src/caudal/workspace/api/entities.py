"""Routes of legal entities."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Field, File, Router, Schema, Status
from ninja.files import UploadedFile

from caudal.kit.access import Verb
from caudal.kit.bodies import Body, row_id, tag, version_of
from caudal.kit.downloads import handed_out
from caudal.kit.files import FileMissing
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.workspace import actions, queries
from caudal.workspace.models import LegalEntity

router = Router()


class EntityWords(Body):
    """What a legal entity says of itself; what is left out stays as it is, or empty."""

    country: Annotated[str, Field(default="", max_length=2, examples=["ES"])]
    tax_id: Annotated[str, Field(default="", max_length=40, examples=["B58818501"])]
    """Checked as the country has it, with its VAT prefix or without."""
    registration: Annotated[str, Field(default="", max_length=300)]
    address: Annotated[str, Field(default="", max_length=300)]
    postcode: Annotated[str, Field(default="", max_length=20)]
    city: Annotated[str, Field(default="", max_length=120)]
    region: Annotated[str, Field(default="", max_length=120)]
    email: Annotated[str, Field(default="", max_length=254)]
    phone: Annotated[str, Field(default="", max_length=40)]
    website: Annotated[str, Field(default="", max_length=200)]
    bank: Annotated[str, Field(default="", max_length=120)]
    iban: Annotated[str, Field(default="", max_length=42)]
    bic: Annotated[str, Field(default="", max_length=14)]
    account_text: Annotated[str, Field(default="", max_length=200)]
    language: Annotated[str, Field(default="en", pattern="^(en|es)$")]
    zone: Annotated[str, Field(default="", max_length=64)]
    footer_en: Annotated[str, Field(default="", max_length=1000)]
    footer_es: Annotated[str, Field(default="", max_length=1000)]
    brand: Annotated[str, Field(default="", max_length=120)]
    colour: Annotated[str, Field(default="", max_length=7, examples=["#0b6e6e"])]


class EntityIn(EntityWords):
    """A legal entity to add."""

    name: Annotated[str, Field(min_length=1, max_length=200)]


class EntityChange(EntityWords):
    """What to change of a legal entity."""

    name: Annotated[str, Field(default="", min_length=1, max_length=200)]


class EntityOut(Schema):
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


@router.get("/entities", response=list[EntityOut])
@needs("entity")
def list_entities(request: HttpRequest) -> list[EntityOut]:
    """List the legal entities, by name."""
    return [entity_out(each) for each in queries.legal_entities(actor_of(request))]


@router.post("/entities", response={201: EntityOut})
@needs("entity", Verb.CREATE)
def add_entity(request: HttpRequest, body: EntityIn) -> Status[EntityOut]:
    """Add a legal entity."""
    said = body.dict(exclude_unset=True)
    return Status(201, entity_out(actions.add_entity(actor=actor_of(request), as_of=now(), **said)))


@router.get("/entities/{entity_id}", response=EntityOut)
@needs("entity")
def get_entity(request: HttpRequest, response: HttpResponse, entity_id: str) -> EntityOut:
    """Return a legal entity."""
    entity = queries.legal_entity(actor_of(request), row_id(LegalEntity.kind, entity_id))
    tag(response, entity)
    return entity_out(entity)


@router.patch("/entities/{entity_id}", response=EntityOut)
@needs("entity", Verb.CHANGE)
def change_entity(request: HttpRequest, response: HttpResponse, entity_id: str, body: EntityChange) -> EntityOut:
    """Change what a legal entity says of itself; If-Match says which version was read."""
    actor = actor_of(request)
    changed = actions.change_entity(
        actor=actor,
        as_of=now(),
        entity=queries.legal_entity(actor, row_id(LegalEntity.kind, entity_id), Verb.CHANGE, lock=True),
        expected_version=version_of(request, required=True),
        **body.dict(exclude_unset=True),
    )
    tag(response, changed)
    return entity_out(changed)


@router.delete("/entities/{entity_id}", response={204: None})
@needs("entity", Verb.DELETE)
def retire_entity(request: HttpRequest, entity_id: str) -> Status[None]:
    """Take a legal entity away in whose name nothing was done."""
    actor = actor_of(request)
    entity = queries.legal_entity(actor, row_id(LegalEntity.kind, entity_id), Verb.DELETE, lock=True)
    actions.retire_entity(actor=actor, as_of=now(), entity=entity, expected_version=version_of(request))
    return Status(204, None)


@router.post("/entities/{entity_id}/default", response=EntityOut)
@needs("settings", Verb.CHANGE)
def choose_default_entity(request: HttpRequest, entity_id: str) -> EntityOut:
    """Make a legal entity the one that invoices where nothing else is said."""
    actor = actor_of(request)
    entity = queries.legal_entity(actor, row_id(LegalEntity.kind, entity_id), Verb.CHANGE, lock=True)
    return entity_out(actions.choose_default_entity(actor=actor, as_of=now(), entity=entity))


@router.post("/entities/{entity_id}/logo", response=EntityOut)
@needs("entity", Verb.CHANGE)
def set_logo(request: HttpRequest, entity_id: str, file: File[UploadedFile]) -> EntityOut:
    """Give a legal entity's documents a logo: a PNG, JPEG or plain SVG of at most 500 KB."""
    actor = actor_of(request)
    entity = queries.legal_entity(actor, row_id(LegalEntity.kind, entity_id), Verb.CHANGE, lock=True)
    said: dict[str, Any] = {"name": file.name or "", "file": file, "size_bytes": file.size or 0}
    return entity_out(actions.set_logo(actor=actor, as_of=now(), entity=entity, **said))


@router.get("/entities/{entity_id}/logo", response=None)
@needs("entity")
def get_logo(request: HttpRequest, entity_id: str) -> HttpResponseBase:
    """Return the bytes of a legal entity's logo."""
    logo = queries.legal_entity(actor_of(request), row_id(LegalEntity.kind, entity_id)).logo
    if logo is None:
        raise FileMissing(sha256="")
    return handed_out(
        request, sha256=logo.sha256, name=logo.name, media_type=logo.media_type, size_bytes=logo.size_bytes
    )


@router.delete("/entities/{entity_id}/logo", response={204: None})
@needs("entity", Verb.CHANGE)
def drop_logo(request: HttpRequest, entity_id: str) -> Status[None]:
    """Let a legal entity's documents go without a logo."""
    actor = actor_of(request)
    entity = queries.legal_entity(actor, row_id(LegalEntity.kind, entity_id), Verb.CHANGE, lock=True)
    actions.drop_logo(actor=actor, as_of=now(), entity=entity)
    return Status(204, None)


def entity_out(entity: LegalEntity) -> EntityOut:
    """Return a legal entity as the API tells it."""
    said = {name: getattr(entity, name) for name in EntityIn.model_fields}
    return EntityOut(
        id=str(entity.ref),
        version=entity.version,
        has_logo=entity.logo_id is not None,
        is_default=queries.is_default(entity),
        lacks=queries.missing_for_invoices(entity),
        **said,
    )
