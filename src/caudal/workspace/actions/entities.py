"""Legal entities: who sells and invoices, and under which brand."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, BinaryIO, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings as installation
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db.models import ProtectedError

from caudal.core.colours import TEXT_CONTRAST_MIN, WHITE, contrast, is_colour
from caudal.core.errors import Problem, msg
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.countries import country_code
from caudal.kit.logos import LOGO_BYTES_MAX, checked_logo
from caudal.kit.media import cleaned_name
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.records import first_values
from caudal.kit.tax_ids import check_bic, check_iban, check_tax_id
from caudal.workspace.actions.files import store_file
from caudal.workspace.events import DefaultEntityChosen, EntityAdded, EntityChanged, EntityRetired
from caudal.workspace.models import CompanySettings, LegalEntity
from caudal.workspace.queries import NotFounded

LENGTHS: Final[Mapping[str, int]] = {
    field.name: field.max_length
    for field in LegalEntity._meta.concrete_fields
    if field.editable and field.max_length is not None
}
"""What may be said of a legal entity, and how many characters of it."""


class EntityInUse(Problem):
    """Something was done in the name of the legal entity, so it stays."""

    code = "entity.in_use"
    status = 409
    message = msg("{entity} stays: it is named {count} times.")
    hint = msg("What was done in its name has to say whose it was. Make another one the default instead.")


class DefaultStays(Problem):
    """There is always one that sells and invoices where nothing else is said."""

    code = "entity.default_stays"
    status = 409
    message = msg("{entity} is the default legal entity.")
    hint = msg("Make another one the default first.")


@action
def add_entity(*, actor: Actor, as_of: datetime, **values: Any) -> LegalEntity:
    """Add a legal entity. Raises BadInput naming what cannot be taken."""
    require(actor, "entity", Verb.CREATE)
    checked = _checked(values, LegalEntity())
    entity = LegalEntity.stamped(actor=actor, as_of=as_of, **checked)
    entity.save(force_insert=True)
    publish(EntityAdded(subject=entity.ref, changes=first_values(checked)), actor=actor, occurred_at=as_of)
    return entity


@action
def change_entity(
    *, actor: Actor, as_of: datetime, entity: LegalEntity, expected_version: int | None = None, **values: Any
) -> LegalEntity:
    """Change what a legal entity says of itself. Raises BadInput, VersionConflict."""
    require(actor, "entity", Verb.CHANGE)
    checked = _checked(values, entity)
    changes = entity.change(actor=actor, as_of=as_of, expected_version=expected_version, **checked)
    if changes:
        publish(EntityChanged(subject=entity.ref, changes=changes), actor=actor, occurred_at=as_of)
    return entity


@action
def set_logo(
    *, actor: Actor, as_of: datetime, entity: LegalEntity, name: str, file: BinaryIO, size_bytes: int
) -> LegalEntity:
    """Give a legal entity's documents a logo. Raises LogoRefused, DrawingActs, FileDiffers, FileEmpty."""
    require(actor, "entity", Verb.CHANGE)
    called = cleaned_name(name)
    media_type = checked_logo(called, file, size_bytes)
    chunks = (file.read(LOGO_BYTES_MAX),)
    stored = store_file(actor=actor, as_of=as_of, name=called, media_type=media_type, chunks=chunks)
    changes = entity.change(actor=actor, as_of=as_of, logo=stored)
    publish(EntityChanged(subject=entity.ref, changes=changes), actor=actor, occurred_at=as_of)
    return entity


@action
def drop_logo(*, actor: Actor, as_of: datetime, entity: LegalEntity) -> LegalEntity:
    """Let a legal entity's documents go without a logo; those that were issued keep theirs."""
    require(actor, "entity", Verb.CHANGE)
    changes = entity.change(actor=actor, as_of=as_of, logo=None)
    if changes:
        publish(EntityChanged(subject=entity.ref, changes=changes), actor=actor, occurred_at=as_of)
    return entity


@action
def choose_default_entity(*, actor: Actor, as_of: datetime, entity: LegalEntity) -> LegalEntity:
    """Make a legal entity the one that sells and invoices where nothing else is said."""
    require(actor, "settings", Verb.CHANGE)
    own = CompanySettings.objects.select_for_update(of=("self",)).order_by("pk").first()
    if own is None:
        raise NotFounded
    if own.change(actor=actor, as_of=as_of, default_entity=entity):
        publish(DefaultEntityChosen(subject=entity.ref, about=(own.ref,)), actor=actor, occurred_at=as_of)
    return entity


@action
def retire_entity(*, actor: Actor, as_of: datetime, entity: LegalEntity, expected_version: int | None = None) -> None:
    """Delete a legal entity in whose name nothing was done. Raises DefaultStays, EntityInUse, VersionConflict."""
    require(actor, "entity", Verb.DELETE)
    entity.expect(expected_version)
    if CompanySettings.objects.filter(default_entity=entity).exists():
        raise DefaultStays(entity=entity.name)
    ref = entity.ref
    try:
        entity.delete()
    except ProtectedError as error:
        raise EntityInUse(entity=entity.name, count=len(error.protected_objects)) from error
    publish(EntityRetired(subject=ref), actor=actor, occurred_at=as_of)


def _checked(values: Mapping[str, Any], entity: LegalEntity) -> dict[str, Any]:
    """Return what is said of an entity as its row keeps it. Raises BadInput naming every field that is wrong."""
    wrong: dict[str, str] = {}
    said: dict[str, Any] = {}
    for name, value in values.items():
        if name not in LENGTHS:
            raise TypeError(f"a legal entity has no {name}")
        said[name] = _tidied(name, str(value))
        if len(said[name]) > LENGTHS[name]:
            wrong[name] = msg("This is too long.")
    if not said.get("name", entity.name):
        wrong["name"] = msg("A legal entity needs a name.")
    if said.get("country") and not country_code(said["country"]):
        wrong["country"] = msg("This is not one of the choices.")
    country = said.get("country", entity.country)
    if {"country", "tax_id"} & said.keys() and "country" not in wrong:
        said["tax_id"] = said.get("tax_id", entity.tax_id)
        checks: dict[str, Callable[[str], str]] = {"tax_id": lambda text: check_tax_id(country, text)}
    else:
        checks = {}
    for name, check in {**checks, **CHECKS}.items():
        if said.get(name) and name not in wrong:
            try:
                said[name] = check(said[name])
            except Problem as problem:
                wrong[name] = problem.hint
            except ValidationError:
                wrong[name] = UNREADABLE[name]
    if wrong:
        raise BadInput(wrong)
    return said


def _tidied(name: str, text: str) -> str:
    if name in {"address", "footer_en", "footer_es"}:
        return "\n".join(line for each in text.splitlines() if (line := " ".join(each.split())))
    plain = " ".join(text.split())
    return plain.lower() if name == "colour" else plain


class _Unfit(Problem):
    """A field of a legal entity cannot be taken; the hint says why."""

    def __init__(self, hint: str) -> None:
        self.hint = hint
        super().__init__()


def _email(text: str) -> str:
    validate_email(text)
    return text


def _website(text: str) -> str:
    URLValidator(schemes=["http", "https"])(text if "://" in text else f"https://{text}")
    return text


def _language(text: str) -> str:
    if text not in dict(installation.LANGUAGES):
        raise _Unfit(msg("This is not one of the choices."))
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise _Unfit(msg("Time zones are named like Europe/Madrid.")) from error
    return text


def _colour(text: str) -> str:
    if not is_colour(text):
        raise _Unfit(msg("A colour is written as # and six digits from 0 to f."))
    if contrast(text, WHITE) < TEXT_CONTRAST_MIN:
        raise _Unfit(msg("On white paper nobody could read text in this colour. Choose a darker one."))
    return text


CHECKS: Final[Mapping[str, Callable[[str], str]]] = {
    "iban": check_iban,
    "bic": check_bic,
    "email": _email,
    "website": _website,
    "language": _language,
    "zone": _zone,
    "colour": _colour,
}
UNREADABLE: Final[Mapping[str, str]] = {
    "email": msg("This is not an e-mail address."),
    "website": msg("This is not the address of a website."),
}
