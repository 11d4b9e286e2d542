"""Which companies belong together, and which look as if they did."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db.models import Exists, F, OuterRef, Q

from caudal.crm.models import Company, KeptApart, Person
from caudal.kit.access import Actor
from caudal.kit.records import NOT_DELETED

LOOKALIKES_MAX: Final = 5
FAMILY_MAX: Final = 12
GENERATIONS_MAX: Final = 10


class Likeness(StrEnum):
    """Why two companies look like one, or like one family."""

    SAME = "same"
    """One name without legal forms, and no other web domain: probably the same company."""
    NAME = "name"
    DOMAIN = "domain"


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A company that may be the same as another, or of its family."""

    company: Company
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Family:
    """The companies around one: those above it, nearest first, and those below it, by name."""

    above: tuple[Company, ...]
    parts: tuple[Company, ...]


def family(actor: Actor, company: Company) -> Family:
    """Return the companies that a company, already reached, is part of and those that are part of it."""
    above: list[Company] = []
    parent_id = company.parent_id
    while parent_id is not None and len(above) < GENERATIONS_MAX:
        parent = Company.for_actor(actor).filter(pk=parent_id).first()
        if parent is None or parent in above:
            break
        above.append(parent)
        parent_id = parent.parent_id
    parts = Company.for_actor(actor).filter(parent=company).order_by("name_key", "pk")[:FAMILY_MAX]
    return Family(tuple(above), tuple(parts))


def lookalikes(actor: Actor, company: Company) -> list[Lookalike]:
    """Return companies that look like a company, already reached, likeliest first.

    Those of its family already, and those of which somebody said that they are others, are not asked about again.
    """
    alike = Q(bare_key=company.bare_key) if company.bare_key else Q()
    if company.family_domain:
        alike |= Q(family_domain=company.family_domain)
    if not alike:
        return []
    apart = KeptApart.objects.filter(
        Q(first=OuterRef("pk"), second=company.pk) | Q(second=OuterRef("pk"), first=company.pk)
    )
    related = Q(parent=company) | Q(pk=company.parent_id)
    if company.parent_id:
        related |= Q(parent=company.parent_id)
    rows = Company.for_actor(actor).filter(alike & ~Q(pk=company.pk) & ~related & ~Exists(apart))
    found = [
        Lookalike(each, likeness_of(company, each)) for each in rows.order_by("created_at", "pk")[: LOOKALIKES_MAX * 4]
    ]
    order = list(Likeness)
    return sorted(found, key=lambda each: order.index(each.likeness))[:LOOKALIKES_MAX]


def likeness_of(company: Company, other: Company) -> Likeness:
    """Return why two companies look alike."""
    if company.bare_key != other.bare_key:
        return Likeness.DOMAIN
    domains = {company.family_domain, other.family_domain} - {""}
    return Likeness.SAME if len(domains) < 2 else Likeness.NAME  # noqa: PLR2004  two domains are one too many


def namesakes_by_address(actor: Actor, person: Person) -> list[Person]:
    """Return other people, in the actor's sight, who have an address of a person; at most a handful."""
    addresses = [address for address in (person.email, *person.other_emails) if address]
    if not addresses:
        return []
    shared = Q(email__in=addresses) | Q(other_emails__overlap=addresses)
    rows = Person.for_actor(actor).filter(NOT_DELETED & shared).exclude(pk=person.pk)
    # Not the order of the index of arrivals, along which all people would be read to find the few with the address.
    return list(rows.order_by(F("created_at").asc(nulls_first=True), "pk")[:LOOKALIKES_MAX])
