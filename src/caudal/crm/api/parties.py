"""Routes of companies and people."""

from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from caudal.crm import actions, queries
from caudal.crm.models import Company, Person, SalesModel
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, ListQuery, Own, Tags, own_values, public_id, row_id, rows_named, tag, version_of
from caudal.kit.collisions import MERGES, names_of, version_to_change
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()

KINDS: Final = {"owner_id": "member", "parent_id": "company", "company_id": "company"}
Employees = Annotated[int | None, Field(default=None, ge=0, lt=2**31)]
Ways = Annotated[list[str], Field(max_length=20)]
"""Further addresses or numbers."""


class CompanyIn(Body):
    """A company to add."""

    name: str
    domain: str | None = None
    sector: str = ""
    country: str = ""
    """ISO 3166 code, or name."""
    region: str = ""
    city: str = ""
    postal_code: str = ""
    street: str = ""
    phone: str = ""
    employees: Employees
    sales_model: SalesModel | Literal[""] = ""
    parent_id: str | None = None
    owner_id: str | None = None
    tags: Tags
    custom: Own


class CompanyChange(Body):
    """What to change about a company; what is left out stays."""

    name: Annotated[str, Field(default="")]
    domain: str | None = None
    sector: Annotated[str, Field(default="")]
    country: Annotated[str, Field(default="")]
    region: Annotated[str, Field(default="")]
    city: Annotated[str, Field(default="")]
    postal_code: Annotated[str, Field(default="")]
    street: Annotated[str, Field(default="")]
    phone: Annotated[str, Field(default="")]
    employees: Employees
    sales_model: Annotated[SalesModel | Literal[""], Field(default="")]
    parent_id: str | None = None
    owner_id: str | None = None
    tags: Tags
    custom: Own


class CompanyOut(Schema):
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


class CompanyPage(Schema):
    """Some companies, and the cursor of the next page."""

    items: list[CompanyOut] | list[dict[str, Any]]
    next: str | None


class PersonIn(Body):
    """A person to add."""

    name: str
    given_name: str = ""
    family_name: str = ""
    email: str | None = None
    other_emails: Ways = []
    phone: str = ""
    other_phones: Ways = []
    job_title: str = ""
    language: str = ""
    country: str = ""
    """ISO 3166 code, or name."""
    city: str = ""
    company_id: str | None = None
    owner_id: str | None = None
    tags: Tags
    custom: Own


class PersonChange(Body):
    """What to change about a person; what is left out stays."""

    name: Annotated[str, Field(default="")]
    given_name: Annotated[str, Field(default="")]
    family_name: Annotated[str, Field(default="")]
    email: str | None = None
    other_emails: Annotated[Ways, Field(default=[])]
    phone: Annotated[str, Field(default="")]
    other_phones: Annotated[Ways, Field(default=[])]
    job_title: Annotated[str, Field(default="")]
    language: Annotated[str, Field(default="")]
    country: Annotated[str, Field(default="")]
    city: Annotated[str, Field(default="")]
    company_id: str | None = None
    owner_id: str | None = None
    tags: Tags
    custom: Own


class PersonOut(Schema):
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
    """The first number and the others, in E.164; empty for one that cannot be dialled."""
    job_title: str
    language: str
    country: str
    country_code: str
    city: str
    company_id: str | None
    owner_id: str | None
    tags: list[str]
    custom: dict[str, Any]


class PersonPage(Schema):
    """Some people, and the cursor of the next page."""

    items: list[PersonOut] | list[dict[str, Any]]
    next: str | None


class CompanyQuery(ListQuery):
    """Which companies, in which order."""

    text: str = ""
    owner_id: str | None = None
    order: Literal["name", "newest"] = "name"


class PersonQuery(CompanyQuery):
    """Which people, in which order."""

    company_id: str | None = None


@router.get("/companies", response=CompanyPage)
@needs("company", Verb.VIEW)
def list_companies(request: HttpRequest, query: Query[CompanyQuery]) -> CompanyPage:
    """List companies, by name or newest first."""
    actor = actor_of(request)
    sought = queries.Sought(query.selection, now())
    found = queries.companies(actor, **rows_named(query.known(), KINDS), sought=sought)
    return CompanyPage(items=query.picked("company", actor, found.rows, _company), next=found.next)


@router.post("/companies", response={201: CompanyOut})
@needs("company", Verb.CREATE)
def create_company(request: HttpRequest, response: HttpResponse, body: CompanyIn) -> Status[CompanyOut]:
    """Add a company."""
    draft = actions.CompanyDraft(**rows_named(body.dict(), KINDS))
    company = actions.add_company(actor=actor_of(request), as_of=now(), company=draft)
    tag(response, company)
    return Status(201, _company(queries.reckoned(company, actor_of(request), now())))


@router.get("/companies/{company_id}", response=CompanyOut)
@needs("company", Verb.VIEW)
def get_company(request: HttpRequest, response: HttpResponse, company_id: str) -> CompanyOut:
    """Return a company."""
    company = queries.company(actor_of(request), row_id("company", company_id))
    tag(response, company)
    return _company(queries.reckoned(company, actor_of(request), now()))


@router.patch("/companies/{company_id}", response=CompanyOut, openapi_extra=MERGES)
@needs("company", Verb.CHANGE)
def change_company(request: HttpRequest, response: HttpResponse, company_id: str, body: CompanyChange) -> CompanyOut:
    """Change a company; If-Match says which version was read."""
    values: Any = _changes(body)
    company = actions.change_company(
        actor=actor_of(request),
        as_of=now(),
        company_id=row_id("company", company_id),
        expected_version=version_to_change(request, response, Company, row_id("company", company_id), names_of(values)),
        **values,
    )
    tag(response, company)
    return _company(queries.reckoned(company, actor_of(request), now()))


@router.delete("/companies/{company_id}", response={204: None})
@needs("company", Verb.DELETE)
def delete_company(request: HttpRequest, company_id: str) -> Status[None]:
    """Take a company out."""
    actions.delete_company(
        actor=actor_of(request),
        as_of=now(),
        company_id=row_id("company", company_id),
        expected_version=version_of(request),
    )
    return Status(204, None)


@router.get("/people", response=PersonPage)
@needs("person", Verb.VIEW)
def list_people(request: HttpRequest, query: Query[PersonQuery]) -> PersonPage:
    """List people, by name or newest first."""
    actor = actor_of(request)
    sought = queries.Sought(query.selection, now())
    found = queries.people(actor, **rows_named(query.known(), KINDS), sought=sought)
    return PersonPage(items=query.picked("person", actor, found.rows, _person), next=found.next)


@router.post("/people", response={201: PersonOut})
@needs("person", Verb.CREATE)
def create_person(request: HttpRequest, response: HttpResponse, body: PersonIn) -> Status[PersonOut]:
    """Add a person."""
    draft = actions.PersonDraft(**rows_named(body.dict(), KINDS))
    person = actions.add_person(actor=actor_of(request), as_of=now(), person=draft)
    tag(response, person)
    return Status(201, _person(queries.reckoned(person, actor_of(request), now())))


@router.get("/people/{person_id}", response=PersonOut)
@needs("person", Verb.VIEW)
def get_person(request: HttpRequest, response: HttpResponse, person_id: str) -> PersonOut:
    """Return a person."""
    person = queries.person(actor_of(request), row_id("person", person_id))
    tag(response, person)
    return _person(queries.reckoned(person, actor_of(request), now()))


@router.patch("/people/{person_id}", response=PersonOut, openapi_extra=MERGES)
@needs("person", Verb.CHANGE)
def change_person(request: HttpRequest, response: HttpResponse, person_id: str, body: PersonChange) -> PersonOut:
    """Change a person; If-Match says which version was read."""
    values: Any = _changes(body)
    person = actions.change_person(
        actor=actor_of(request),
        as_of=now(),
        person_id=row_id("person", person_id),
        expected_version=version_to_change(request, response, Person, row_id("person", person_id), names_of(values)),
        **values,
    )
    tag(response, person)
    return _person(queries.reckoned(person, actor_of(request), now()))


@router.delete("/people/{person_id}", response={204: None})
@needs("person", Verb.DELETE)
def delete_person(request: HttpRequest, person_id: str) -> Status[None]:
    """Take a person out."""
    actions.delete_person(
        actor=actor_of(request),
        as_of=now(),
        person_id=row_id("person", person_id),
        expected_version=version_of(request),
    )
    return Status(204, None)


def _changes(body: CompanyChange | PersonChange) -> Any:
    return rows_named(body.dict(exclude_unset=True), KINDS)


def _company(company: Company) -> CompanyOut:
    return CompanyOut(
        id=str(company.ref),
        version=company.version,
        tags=company.tags,
        custom=own_values(company),
        name=company.name,
        domain=company.domain,
        sector=company.sector,
        country=company.country,
        country_code=company.country_code,
        region=company.region,
        city=company.city,
        postal_code=company.postal_code,
        street=company.street,
        phone=company.phone,
        phone_e164=company.phone_e164,
        employees=company.employees,
        sales_model=company.sales_model,
        parent_id=public_id("company", company.parent_id),
        owner_id=public_id("member", company.owner_id),
    )


def _person(person: Person) -> PersonOut:
    return PersonOut(
        id=str(person.ref),
        version=person.version,
        tags=person.tags,
        custom=own_values(person),
        name=person.name,
        given_name=person.given_name,
        family_name=person.family_name,
        email=person.email,
        other_emails=person.other_emails,
        phone=person.phone,
        other_phones=person.other_phones,
        phones_e164=person.phone_keys,
        job_title=person.job_title,
        language=person.language,
        country=person.country,
        country_code=person.country_code,
        city=person.city,
        company_id=public_id("company", person.company_id),
        owner_id=public_id("member", person.owner_id),
    )
