"""Writes of customers: who is invoiced, and what documents say of them."""

import re
from datetime import datetime
from typing import Any, Final, TypedDict, Unpack
from uuid import UUID

from caudal.billing.events import CustomerAdded, CustomerChanged
from caudal.billing.models import Customer
from caudal.billing.models.parties import TERMS_DAYS_MAX
from caudal.core.errors import msg
from caudal.core.money import Currency
from caudal.core.periods import zone_named
from caudal.crm.queries import company as company_of
from caudal.crm.queries import person as person_of
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.records import first_values
from caudal.kit.tax_ids import check_tax_id
from caudal.workspace.queries import default_entity, founded

PERSONAL: Final[tuple[str, ...]] = ("name", "tax_id", "street", "postal_code", "city", "region", "email", "reference")
"""What may tell of a natural person: facts carry it sealed."""
LANGUAGES: Final = ("en", "es")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
LENGTHS: Final = {
    "name": 200,
    "tax_id": 40,
    "street": 200,
    "postal_code": 20,
    "city": 120,
    "region": 120,
    "email": 254,
    "reference": 80,
}


class CustomerValues(TypedDict, total=False):
    """What may be said of a customer."""

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
    entity_id: UUID


@action
def add_customer(
    *,
    actor: Actor,
    as_of: datetime,
    company_id: UUID | None = None,
    person_id: UUID | None = None,
    **values: Unpack[CustomerValues],
) -> Customer:
    """Invoice a company or a person; what is not said is taken from them and from our own company.

    Raises BadInput, NotFound; the database refuses a second one of the same company or person.
    """
    require(actor, "customer", Verb.CREATE)
    if (company_id is None) == (person_id is None):
        raise BadInput({"company": msg("Choose either a company or a person.")})
    said = _from_party(actor, company_id, person_id) | dict(values)
    checked = _checked(actor, said)
    customer = Customer.stamped(actor=actor, as_of=as_of, company_id=company_id, person_id=person_id, **checked)
    customer.save(force_insert=True)
    fact = CustomerAdded(
        subject=customer.ref,
        about=_party(customer),
        changes=first_values({name: value for name, value in checked.items() if name not in PERSONAL}),
        personal=first_values({name: checked[name] for name in PERSONAL if name in checked}),
    )
    publish(fact, actor=actor, occurred_at=as_of)
    return customer


@action
def change_customer(
    *,
    actor: Actor,
    as_of: datetime,
    customer_id: UUID,
    expected_version: int | None = None,
    **values: Unpack[CustomerValues],
) -> Customer:
    """Change what documents will say of a customer; those that were issued stay. Raises BadInput, VersionConflict."""
    customer = Customer.one_for(actor, Verb.CHANGE, customer_id, lock=True)
    checked = _checked(actor, {"country": customer.country, "is_business": customer.is_business} | dict(values))
    changes = customer.change(actor=actor, as_of=as_of, expected_version=expected_version, **checked)
    if changes:
        fact = CustomerChanged(
            subject=customer.ref,
            about=_party(customer),
            changes={name: each for name, each in changes.items() if name not in PERSONAL},
            personal={name: each for name, each in changes.items() if name in PERSONAL},
        )
        publish(fact, actor=actor, occurred_at=as_of)
    return customer


def _party(customer: Customer) -> tuple[Any, ...]:
    party = customer.company or customer.person
    return (party.ref,) if party is not None else ()


def _from_party(actor: Actor, company_id: UUID | None, person_id: UUID | None) -> dict[str, Any]:
    own = founded()
    said: dict[str, Any] = {
        "country": own.country,
        "language": own.language if own.language in LANGUAGES else "en",
        "currency": own.currency,
        "zone": own.zone,
        "entity_id": default_entity().pk,
    }
    if company_id is not None:
        company = company_of(actor, company_id)
        place = {name: getattr(company, name) for name in ("region", "city", "postal_code", "street")}
        country = {"country": company.country_code} if company.country_code else {}
        return said | {"name": company.name, "is_business": True} | place | country
    assert person_id is not None  # noqa: S101  one of the two
    person = person_of(actor, person_id)
    return said | {"name": person.name, "is_business": False, "email": person.email or ""}


def _checked(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    checked = dict(values)
    wrong: dict[str, str] = {}
    for name in PERSONAL:
        if name in checked:
            checked[name] = " ".join(str(checked[name]).split())
            if _CONTROL.search(checked[name]) or len(checked[name]) > LENGTHS[name]:
                wrong[name] = msg("It is too long, or has a character that cannot be kept.")
    if "name" in checked and not checked["name"]:
        wrong["name"] = msg("An invoice needs the legal name of whom it is for.")
    if not re.fullmatch("[A-Z]{2}", checked.get("country", "XX")):
        wrong["country"] = msg("Choose the country: its taxes depend on it.")
    if checked.get("language", "en") not in LANGUAGES:
        wrong["language"] = msg("Documents are written in English or Spanish.")
    if not 0 <= checked.get("terms_days", 0) <= TERMS_DAYS_MAX:
        wrong["terms_days"] = msg("Write a number of days from 0 to 365.")
    if wrong:
        raise BadInput(wrong)
    return checked | _read(actor, checked)


def _read(actor: Actor, checked: dict[str, Any]) -> dict[str, Any]:
    """Return the values that have one spelling. Raises UnknownCurrency, UnknownZone, TaxIdWrong, NotFound."""
    found = {}
    if "currency" in checked:
        found["currency"] = Currency(checked["currency"]).code
    if "zone" in checked:
        found["zone"] = zone_named(checked["zone"]).key
    if checked.get("tax_id"):
        found["tax_id"] = check_tax_id(checked["country"], checked["tax_id"])
    if "entity_id" in checked:
        Customer.related_for("entity", actor, [checked["entity_id"]])
    return found
