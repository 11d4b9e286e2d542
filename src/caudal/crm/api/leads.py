"""Routes of leads."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status
from pydantic import AwareDatetime

from caudal.crm import actions, queries
from caudal.crm.api.deals import DealIn, deal_draft
from caudal.crm.models import DisqualifyReason, Lead, LeadConversion, LeadDisqualification
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, ListQuery, Own, Tags, own_values, public_id, row_id, rows_named, tag, version_of
from caudal.kit.collisions import MERGES, names_of, version_to_change
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()

KINDS: Final = {"owner_id": "member", "pillar_id": "pillar", "company_id": "company", "person_id": "person"}


class LeadIn(Body):
    """Interest that somebody showed; an open lead with the same address is touched instead of doubled."""

    name: str
    company_name: str = ""
    email: str | None = None
    phone: str = ""
    channel: str = ""
    campaign: str = ""
    source_url: str = ""
    """The page on which they showed it; what its address says with `utm_` is kept with the touch."""
    pillar_id: str | None = None
    owner_id: str | None = None
    captured_at: AwareDatetime | None = None
    """Now, unless it says otherwise."""
    tags: Tags
    custom: Own


class LeadChange(Body):
    """What to change about a lead; what is left out stays."""

    name: Annotated[str, Field(default="")]
    company_name: Annotated[str, Field(default="")]
    email: str | None = None
    phone: Annotated[str, Field(default="")]
    channel: Annotated[str, Field(default="")]
    pillar_id: str | None = None
    owner_id: str | None = None
    tags: Tags
    custom: Own


class ConversionIn(Body):
    """What a lead becomes: a person, perhaps at a company, and perhaps a deal."""

    company_id: str | None = None
    person_id: str | None = None
    deal: DealIn | None = None


class DisqualificationIn(Body):
    """Why a lead goes no further."""

    reason: DisqualifyReason
    note: str = ""


class LeadOut(Schema):
    """A lead."""

    id: str
    version: int
    name: str
    company_name: str
    email: str | None
    phone: str
    channel: str
    pillar_id: str | None
    owner_id: str | None
    captured_at: datetime
    state: Literal["open", "converted", "disqualified"]
    person_id: str | None
    company_id: str | None
    deal_id: str | None
    disqualify_reason: str | None
    tags: list[str]
    custom: dict[str, Any]


class LeadPage(Schema):
    """Some leads, and the cursor of the next page."""

    items: list[LeadOut] | list[dict[str, Any]]
    next: str | None


class LeadQuery(ListQuery):
    """Which leads, in which order."""

    text: str = ""
    channel: str = ""
    pillar_id: str | None = None
    owner_id: str | None = None
    unowned: bool = False
    state: Literal["open", "converted", "disqualified"] | None = None
    order: Literal["newest", "name"] = "newest"


class RemainsOut(Schema):
    """A record that the lead had become, and whether it went or why it stays."""

    record: str
    removed: bool
    why: str


class UndoneOut(Schema):
    """A lead that is open again."""

    lead: str
    records: list[RemainsOut]


@router.get("/leads", response=LeadPage)
@needs("lead", Verb.VIEW)
def list_leads(request: HttpRequest, query: Query[LeadQuery]) -> LeadPage:
    """List leads, newest first or by name."""
    actor = actor_of(request)
    values = rows_named(query.known("cursor", "limit", "order"), KINDS)
    found = queries.leads(
        actor,
        queries.LeadFilters(**values),
        order=query.order,
        cursor=query.cursor,
        limit=query.limit,
        sought=queries.Sought(query.selection, now()),
    )
    return LeadPage(items=query.picked("lead", actor, found.rows, _lead), next=found.next)


@router.post("/leads", response={200: LeadOut, 201: LeadOut})
@needs("lead", Verb.CREATE)
def create_lead(request: HttpRequest, response: HttpResponse, body: LeadIn) -> Status[LeadOut]:
    """Capture a lead: 201 for a new one, 200 when an open lead with the same address was touched."""
    as_of = now()
    values = rows_named(body.dict(), KINDS) | {"captured_at": body.captured_at or as_of}
    captured = actions.capture_lead(actor=actor_of(request), as_of=as_of, lead=actions.LeadDraft(**values))
    tag(response, captured.lead)
    return Status(201 if captured.is_new else 200, _lead(queries.reckoned(captured.lead, actor_of(request), as_of)))


@router.get("/leads/{lead_id}", response=LeadOut)
@needs("lead", Verb.VIEW)
def get_lead(request: HttpRequest, response: HttpResponse, lead_id: str) -> LeadOut:
    """Return a lead."""
    lead = queries.lead(actor_of(request), row_id("lead", lead_id))
    tag(response, lead)
    return _lead(queries.reckoned(lead, actor_of(request), now()))


@router.patch("/leads/{lead_id}", response=LeadOut, openapi_extra=MERGES)
@needs("lead", Verb.CHANGE)
def change_lead(request: HttpRequest, response: HttpResponse, lead_id: str, body: LeadChange) -> LeadOut:
    """Change a lead; If-Match says which version was read."""
    values: Any = rows_named(body.dict(exclude_unset=True), KINDS)
    lead = actions.change_lead(
        actor=actor_of(request),
        as_of=now(),
        lead_id=row_id("lead", lead_id),
        expected_version=version_to_change(request, response, Lead, row_id("lead", lead_id), names_of(values)),
        **values,
    )
    tag(response, lead)
    return _lead(queries.reckoned(lead, actor_of(request), now()))


@router.delete("/leads/{lead_id}", response={204: None})
@needs("lead", Verb.DELETE)
def delete_lead(request: HttpRequest, lead_id: str) -> Status[None]:
    """Take a lead out."""
    actions.delete_lead(
        actor=actor_of(request),
        as_of=now(),
        lead_id=row_id("lead", lead_id),
        expected_version=version_of(request),
    )
    return Status(204, None)


@router.post("/leads/{lead_id}/conversion", response={201: LeadOut})
@needs("lead", Verb.CHANGE)
def convert_lead(request: HttpRequest, response: HttpResponse, lead_id: str, body: ConversionIn) -> Status[LeadOut]:
    """Turn a lead into a person, perhaps at a company, and perhaps a deal."""
    actor, as_of = actor_of(request), now()
    named = rows_named({"company_id": body.company_id, "person_id": body.person_id}, KINDS)
    conversion = actions.ConversionDraft(
        lead_id=row_id("lead", lead_id),
        converted_at=as_of,
        deal=deal_draft(body.deal, as_of) if body.deal else None,
        **named,
    )
    actions.convert_lead(actor=actor, as_of=as_of, conversion=conversion, expected_version=version_of(request))
    lead = queries.lead(actor, conversion.lead_id)
    tag(response, lead)
    return Status(201, _lead(queries.reckoned(lead, actor_of(request), now())))


@router.delete("/leads/{lead_id}/conversion", response=UndoneOut)
@needs("lead", Verb.CHANGE)
def undo_conversion(request: HttpRequest, lead_id: str) -> UndoneOut:
    """Open a converted lead again; what the conversion made goes, unless something was done with it since."""
    undone = actions.undo_conversion(
        actor=actor_of(request), as_of=now(), lead_id=row_id("lead", lead_id), expected_version=version_of(request)
    )
    return UndoneOut(
        lead=str(undone.lead.ref),
        records=[
            RemainsOut(record=str(part.ref), removed=part.why is queries.Why.GOES, why=part.why.value)
            for part in undone.parts
        ],
    )


@router.post("/leads/{lead_id}/disqualification", response={201: LeadOut})
@needs("lead", Verb.CHANGE)
def disqualify_lead(
    request: HttpRequest, response: HttpResponse, lead_id: str, body: DisqualificationIn
) -> Status[LeadOut]:
    """Give a lead up, saying why."""
    lead = actions.disqualify_lead(
        actor=actor_of(request),
        as_of=now(),
        lead_id=row_id("lead", lead_id),
        reason=body.reason,
        note=body.note,
        expected_version=version_of(request),
    )
    tag(response, lead)
    return Status(201, _lead(queries.reckoned(lead, actor_of(request), now())))


def _lead(lead: Lead) -> LeadOut:
    converted: LeadConversion | None = getattr(lead, "conversion", None)
    disqualified: LeadDisqualification | None = getattr(lead, "disqualification", None)
    return LeadOut(
        id=str(lead.ref),
        version=lead.version,
        tags=lead.tags,
        custom=own_values(lead),
        name=lead.name,
        company_name=lead.company_name,
        email=lead.email,
        phone=lead.phone,
        channel=lead.channel,
        pillar_id=public_id("pillar", lead.pillar_id),
        owner_id=public_id("member", lead.owner_id),
        captured_at=lead.captured_at,
        state="converted" if converted else "disqualified" if disqualified else "open",
        person_id=public_id("person", converted.person_id) if converted else None,
        company_id=public_id("company", converted.company_id) if converted else None,
        deal_id=public_id("deal", converted.deal_id) if converted else None,
        disqualify_reason=disqualified.reason if disqualified else None,
    )
