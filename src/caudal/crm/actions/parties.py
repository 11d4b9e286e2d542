"""Companies and people."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final, TypedDict, Unpack
from uuid import UUID

from django.db.models import Q

from caudal.core.errors import Problem, msg
from caudal.crm.actions.checking import Reader, hand_over, owner_within, reach_references, same_address
from caudal.crm.actions.deriving import of_company, of_person
from caudal.crm.actions.drafts import CompanyDraft, PersonDraft
from caudal.crm.actions.forgotten import refuse_forgotten
from caudal.crm.actions.tags import named_tags
from caudal.crm.actions.telling import refs_of, told
from caudal.crm.events import (
    CompanyAdded,
    CompanyChanged,
    CompanyDeleted,
    PersonAdded,
    PersonChanged,
    PersonDeleted,
)
from caudal.crm.models import Company, Deal, Person, SalesModel
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.names import name_key
from caudal.kit.outbox import publish, publish_many
from caudal.kit.records import NOT_DELETED, first_values
from caudal.workspace.queries import home_country

BATCH: Final = 1000


class CompanyValues(TypedDict, total=False):
    """What may change about a company."""

    name: str
    domain: str | None
    sector: str
    country: str
    region: str
    city: str
    postal_code: str
    street: str
    phone: str
    employees: int | None
    sales_model: str
    parent_id: UUID | None
    owner_id: UUID | None
    tags: Sequence[str]
    custom: Mapping[str, Any]


class PersonValues(TypedDict, total=False):
    """What may change about a person."""

    name: str
    given_name: str
    family_name: str
    email: str | None
    other_emails: Sequence[str]
    phone: str
    other_phones: Sequence[str]
    job_title: str
    language: str
    country: str
    city: str
    company_id: UUID | None
    owner_id: UUID | None
    tags: Sequence[str]
    custom: Mapping[str, Any]


class InUse(Problem):
    """Other rows name this one."""

    code = "record.in_use"
    status = 409
    message = msg("{record} is named by {count} others: {kinds}.")
    hint = msg("Delete or change those first.")


class PersonKnown(Problem):
    """The same name at the same address is the same person."""

    code = "person.known_already"
    status = 409
    message = msg("{person} with the address {email} is known already, as {id}.")
    hint = msg("Change that person instead of adding a second one.")


class InsideItself(Problem):
    """A company would be part of itself."""

    code = "company.inside_itself"
    status = 409
    message = msg("{company} cannot be part of {parent}, which is part of it.")
    hint = msg("Choose another parent company.")


@action
def add_company(*, actor: Actor, as_of: datetime, company: CompanyDraft) -> Company:
    """Add a company. Raises BadInput, NotFound, NotAllowed, OwnerOutOfReach."""
    return add_companies(actor=actor, as_of=as_of, companies=[company])[0]


@action
def add_companies(*, actor: Actor, as_of: datetime, companies: Sequence[CompanyDraft]) -> list[Company]:
    """Add companies, in the order given. Raises what `add_company` raises, for all of them at once."""
    require(actor, "company", Verb.CREATE)
    reader = Reader(many=len(companies) > 1)
    checked = [
        replace(
            draft,
            name=reader.name(draft.name, row=row),
            owner_id=owner_within(actor, "company", Verb.CREATE, draft.owner_id),
            tags=reader.tags(draft.tags, row=row),
            custom=reader.own("company", actor, draft.custom, row=row),
        )
        for row, draft in enumerate(companies)
    ]
    home = home_country()
    values = [of_company(_values(draft), home=home) for draft in checked]
    for row, each in enumerate(values):
        reader.choice(each["sales_model"], ["", *SalesModel.values], "sales_model", row)
        reader.fits(Company, each, row)
    reader.finish()
    reach_references(Company, ("parent", "owner"), actor, checked)
    for each, tags in zip(values, named_tags(actor, as_of, [draft.tags for draft in checked]), strict=True):
        each["tags"] = tags
    rows = [Company.stamped(actor=actor, as_of=as_of, **each) for each in values]
    Company.objects.bulk_create(rows, batch_size=BATCH)
    publish_many(
        [
            told(CompanyAdded, row, first_values(each), about=refs_of(row))
            for row, each in zip(rows, values, strict=True)
        ],
        actor=actor,
        occurred_at=as_of,
    )
    return rows


@action
def change_company(
    *,
    actor: Actor,
    as_of: datetime,
    company_id: UUID,
    expected_version: int | None = None,
    **values: Unpack[CompanyValues],
) -> Company:
    """Change a company. Raises BadInput, NotFound, OwnerOutOfReach, InsideItself, VersionConflict."""
    company = Company.one_for(actor, Verb.CHANGE, company_id, lock=True)
    checked: dict[str, Any] = dict(values)
    reader = Reader()
    if "name" in values:
        checked["name"] = reader.name(values["name"])
    if "custom" in values:
        checked["custom"] = reader.own("company", actor, values["custom"], company.custom)
    if "tags" in values:
        checked["tags"] = reader.tags(values["tags"])
    if "sales_model" in values:
        reader.choice(values["sales_model"], ["", *SalesModel.values], "sales_model")
    checked = of_company(checked, home=home_country(), before=company)
    reader.fits(Company, checked)
    reader.finish()
    hand_over(actor, company, checked)
    named = reach_references(
        Company, tuple(each for each in ("parent", "owner") if f"{each}_id" in checked), actor, [checked]
    )
    for parent in named.get("parent", {}).values():
        _not_inside_itself(company, parent)
    if "tags" in checked:
        [checked["tags"]] = named_tags(actor, as_of, [checked["tags"]])
    changes = company.change(actor=actor, as_of=as_of, expected_version=expected_version, **checked)
    if changes:
        publish(told(CompanyChanged, company, changes, about=refs_of(company)), actor=actor, occurred_at=as_of)
    return company


@action
def delete_company(*, actor: Actor, as_of: datetime, company_id: UUID, expected_version: int | None = None) -> None:
    """Take a company out. Raises NotFound, VersionConflict, and InUse while people, deals or companies belong to it."""
    company = Company.one_for(actor, Verb.DELETE, company_id, lock=True)
    _unused(
        company,
        people=Person.objects.filter(NOT_DELETED, company=company).count(),
        deals=Deal.objects.filter(NOT_DELETED, company=company).count(),
        companies=Company.objects.filter(NOT_DELETED, parent=company).count(),
    )
    company.delete_softly(actor=actor, as_of=as_of, expected_version=expected_version)
    publish(told(CompanyDeleted, company, {}, about=refs_of(company)), actor=actor, occurred_at=as_of)


@action
def add_person(*, actor: Actor, as_of: datetime, person: PersonDraft) -> Person:
    """Add a person. Raises BadInput, NotFound, NotAllowed, OwnerOutOfReach, PersonKnown.

    Somebody else with the same address is let through, and their pages say so: people share mailboxes.
    """
    same_address(person.email or "")
    _not_known(person.email, person.name or f"{person.given_name} {person.family_name}")
    return add_people(actor=actor, as_of=as_of, people=[person])[0]


@action
def add_people(*, actor: Actor, as_of: datetime, people: Sequence[PersonDraft]) -> list[Person]:
    """Add people, in the order given. Raises what `add_person` raises, for all of them at once, but for PersonKnown.

    Many come from another system, which keeps apart whom it keeps apart.
    """
    require(actor, "person", Verb.CREATE)
    reader = Reader(many=len(people) > 1)
    checked = [
        replace(
            draft,
            name=reader.name(draft.name or f"{draft.given_name} {draft.family_name}", row=row),
            email=reader.email(draft.email, row=row),
            other_emails=reader.emails(draft.other_emails, row=row),
            other_phones=reader.phones(draft.other_phones, row=row),
            owner_id=owner_within(actor, "person", Verb.CREATE, draft.owner_id),
            tags=reader.tags(draft.tags, row=row),
            custom=reader.own("person", actor, draft.custom, row=row),
        )
        for row, draft in enumerate(people)
    ]
    for row, draft in enumerate(checked):
        reader.fits(Person, _values(draft), row)
    refuse_forgotten(reader, {row: [draft.email, *draft.other_emails] for row, draft in enumerate(checked)})
    reader.finish()
    named = reach_references(Person, ("company", "owner"), actor, checked)["company"]
    home = home_country()
    values = [
        of_person(_values(draft), home=home, company=named[draft.company_id] if draft.company_id else None)
        for draft in checked
    ]
    for each, tags in zip(values, named_tags(actor, as_of, [draft.tags for draft in checked]), strict=True):
        each["tags"] = tags
    rows = [Person.stamped(actor=actor, as_of=as_of, **each) for each in values]
    Person.objects.bulk_create(rows, batch_size=BATCH)
    publish_many(
        [
            told(PersonAdded, row, first_values(each), about=refs_of(row))
            for row, each in zip(rows, values, strict=True)
        ],
        actor=actor,
        occurred_at=as_of,
    )
    return rows


@action
def change_person(
    *,
    actor: Actor,
    as_of: datetime,
    person_id: UUID,
    expected_version: int | None = None,
    **values: Unpack[PersonValues],
) -> Person:
    """Change a person. Raises BadInput, NotFound, OwnerOutOfReach, PersonKnown, VersionConflict."""
    person = Person.one_for(actor, Verb.CHANGE, person_id, lock=True)
    checked: dict[str, Any] = dict(values)
    reader = Reader()
    if "name" in values:
        checked["name"] = reader.name(values["name"])
    if "email" in values:
        checked["email"] = reader.email(values["email"])
    if "other_emails" in values:
        checked["other_emails"] = reader.emails(values["other_emails"])
    if "other_phones" in values:
        checked["other_phones"] = reader.phones(values["other_phones"])
    if "custom" in values:
        checked["custom"] = reader.own("person", actor, values["custom"], person.custom)
    if "tags" in values:
        checked["tags"] = reader.tags(values["tags"])
    reader.fits(Person, checked)
    refuse_forgotten(reader, {0: [checked.get("email"), *checked.get("other_emails", ())]})
    reader.finish()
    named = reach_references(
        Person, tuple(each for each in ("company", "owner") if f"{each}_id" in checked), actor, [checked]
    )
    company = next(iter(named.get("company", {}).values()), None) if "company_id" in checked else person.company
    checked = of_person(checked, home=home_country(), company=company, before=person)
    hand_over(actor, person, checked)
    email, name = checked.get("email", person.email), checked.get("name", person.name)
    if (email, name_key(name)) != (person.email, person.name_key):
        same_address(email or "")
        _not_known(email, name, besides=person)
    if "tags" in checked:
        [checked["tags"]] = named_tags(actor, as_of, [checked["tags"]])
    changes = person.change(actor=actor, as_of=as_of, expected_version=expected_version, **checked)
    if changes:
        publish(told(PersonChanged, person, changes, about=refs_of(person)), actor=actor, occurred_at=as_of)
    return person


@action
def delete_person(*, actor: Actor, as_of: datetime, person_id: UUID, expected_version: int | None = None) -> None:
    """Take a person out. Raises NotFound, VersionConflict, and InUse while deals name the person."""
    person = Person.one_for(actor, Verb.DELETE, person_id, lock=True)
    _unused(person, deals=Deal.objects.filter(NOT_DELETED, person=person).count())
    person.delete_softly(actor=actor, as_of=as_of, expected_version=expected_version)
    publish(told(PersonDeleted, person, {}, about=refs_of(person)), actor=actor, occurred_at=as_of)


def _values(draft: CompanyDraft | PersonDraft) -> dict[str, Any]:
    return {each.name: getattr(draft, each.name) for each in fields(draft)}


def _not_known(email: str | None, name: str, besides: Person | None = None) -> None:
    """Refuse, with PersonKnown, somebody whom we know already: the same name at the same address."""
    address = (email or "").strip().lower()
    if not address:
        return
    others = ~Q(pk=besides.pk) if besides else Q()
    rows = Person.objects.filter(NOT_DELETED & others, email=address, name_key=name_key(name))
    known = rows.order_by("created_at", "pk").first()
    if known is not None:
        raise PersonKnown(person=known.name, email=address, id=known.ref)


def _not_inside_itself(company: Company, parent: Company) -> None:
    above: Company | None = parent
    seen: set[UUID] = set()
    while above is not None and above.pk not in seen:
        if above.pk == company.pk:
            raise InsideItself(company=company.name, parent=parent.name)
        seen.add(above.pk)
        above = above.parent


def _unused(record: Company | Person, **counts: int) -> None:
    used = {kind: count for kind, count in counts.items() if count}
    if used:
        raise InUse(record=record.name, count=sum(used.values()), kinds=", ".join(used))
