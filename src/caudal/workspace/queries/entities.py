"""Reads of legal entities: who sells and invoices, and what their documents say of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from caudal.core.ids import Ref
from caudal.kit.access import Actor, Reach, Verb, policy_of
from caudal.kit.countries import country_name
from caudal.kit.lasting import Lasting
from caudal.kit.records import NotFound
from caudal.workspace.models import CompanySettings, LegalEntity
from caudal.workspace.queries.company import NotFounded

NEEDED: Final = ("tax_id", "address", "postcode", "city", "country")
"""What an invoice has to say of who sends it (Directive 2006/112/EC, article 226)."""


_ENTITIES: Final[Lasting[Reach, Mapping[UUID, LegalEntity]]] = Lasting("workspace.entities")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What the head and the foot of a document say of who sends it, in one language."""

    brand: str
    legal_name: str
    tax_id: str
    address: tuple[str, ...]
    contact: tuple[str, ...]
    bank: tuple[str, ...]
    registration: str
    footer: tuple[str, ...]
    colour: str


def default_entity() -> LegalEntity:
    """Return who sells and invoices where nothing else is said. Raises NotFounded."""
    found = CompanySettings.objects.select_related("default_entity").order_by("pk").first()
    if found is None or found.default_entity is None:
        raise NotFounded
    return found.default_entity


def legal_entities(actor: Actor, verb: Verb = Verb.VIEW) -> list[LegalEntity]:
    """Return the legal entities that somebody may see, by name."""
    return list(LegalEntity.for_actor(actor, verb).select_related("logo").order_by("name", "pk"))


def known_entities(actor: Actor, entity_ids: Iterable[UUID]) -> Mapping[UUID, LegalEntity]:
    """Return legal entities by id, kept while none is written to: to be read only. Raises NotFound."""
    reach = policy_of(LegalEntity).reach(actor, Verb.VIEW)
    known = _ENTITIES.get(reach, lambda: {row.pk: row for row in LegalEntity.for_actor(actor)})
    for each in entity_ids:
        if each not in known:
            raise NotFound(kind=LegalEntity.kind, id=Ref(LegalEntity.kind, each))
    return known


def legal_entity(actor: Actor, entity_id: UUID, verb: Verb = Verb.VIEW, *, lock: bool = False) -> LegalEntity:
    """Return a legal entity that somebody may carry the verb to, locked for change if asked. Raises NotFound."""
    return LegalEntity.one_for(actor, verb, entity_id, lock=lock)


def is_default(entity: LegalEntity) -> bool:
    """Say whether a legal entity is the one that invoices where nothing else is said."""
    return CompanySettings.objects.filter(default_entity=entity).exists()


def missing_for_invoices(entity: LegalEntity) -> list[str]:
    """Return the fields without which an invoice of a legal entity would not be whole."""
    return [name for name in NEEDED if not getattr(entity, name)]


def letterhead(entity: LegalEntity, language: str) -> Letterhead:
    """Return what the head and foot of a document in a language say of a legal entity."""
    town = " ".join(part for part in (entity.postcode, entity.city) if part)
    region = entity.region if entity.region != entity.city else ""
    country = country_name(entity.country, language) if entity.country else ""
    account = " ".join(entity.iban[at : at + 4] for at in range(0, len(entity.iban), 4))
    bank = (entity.bank, f"IBAN {account}" if account else "", f"BIC {entity.bic}" if entity.bic else "")
    return Letterhead(
        brand=entity.brand or entity.name,
        legal_name=entity.name,
        tax_id=entity.tax_id,
        address=_said(*entity.address.splitlines(), town, region, country),
        contact=_said(entity.email, entity.phone, entity.website),
        bank=_said(*bank, entity.account_text),
        registration=entity.registration,
        footer=_said(*entity.footer(language).splitlines()),
        colour=entity.colour,
    )


def _said(*lines: str) -> tuple[str, ...]:
    return tuple(line for line in lines if line)
