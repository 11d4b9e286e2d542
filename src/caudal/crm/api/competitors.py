"""Routes of competitors, of the deals in which buyers consider them, and of companies that look alike."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from caudal.crm import actions, queries
from caudal.crm.models import Competitor
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, row_id, tag, version_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()


class CompetitorIn(Body):
    """A competitor to add."""

    name: str
    domain: str = ""
    note: str = ""


class CompetitorChange(Body):
    """What to change about a competitor; what is left out stays."""

    name: Annotated[str, Field(default="")]
    domain: Annotated[str, Field(default="")]
    note: Annotated[str, Field(default="")]


class CompetitorOut(Schema):
    """A competitor."""

    id: str
    version: int
    name: str
    domain: str
    note: str


class SeenIn(Body):
    """Whom the buyer considers too."""

    competitor_id: str


class SeenOut(Schema):
    """A competitor whom the buyer of a deal considers."""

    competitor_id: str
    name: str
    seen_at: datetime


class LookalikeOut(Schema):
    """A company that may be the same as another, or of its family."""

    company_id: str
    name: str
    likeness: str


class OtherIn(Body):
    """The other company."""

    other_id: str


@router.get("/competitors", response=list[CompetitorOut])
@needs("competitor", Verb.VIEW)
def list_competitors(request: HttpRequest) -> list[CompetitorOut]:
    """List the competitors, by name."""
    return [_competitor(each) for each in queries.competitors(actor_of(request))]


@router.post("/competitors", response={201: CompetitorOut})
@needs("competitor", Verb.CREATE)
def create_competitor(request: HttpRequest, response: HttpResponse, body: CompetitorIn) -> Status[CompetitorOut]:
    """Add a competitor."""
    competitor = actions.add_competitor(actor=actor_of(request), as_of=now(), **body.dict())
    tag(response, competitor)
    return Status(201, _competitor(competitor))


@router.get("/competitors/{competitor_id}", response=CompetitorOut)
@needs("competitor", Verb.VIEW)
def get_competitor(request: HttpRequest, response: HttpResponse, competitor_id: str) -> CompetitorOut:
    """Return a competitor."""
    competitor = queries.competitor(actor_of(request), row_id("competitor", competitor_id))
    tag(response, competitor)
    return _competitor(competitor)


@router.patch("/competitors/{competitor_id}", response=CompetitorOut)
@needs("competitor", Verb.CHANGE)
def change_competitor(
    request: HttpRequest, response: HttpResponse, competitor_id: str, body: CompetitorChange
) -> CompetitorOut:
    """Change a competitor; If-Match says which version was read."""
    values: Any = body.dict(exclude_unset=True)
    competitor = actions.change_competitor(
        actor=actor_of(request),
        as_of=now(),
        competitor_id=row_id("competitor", competitor_id),
        expected_version=version_of(request, required=True),
        **values,
    )
    tag(response, competitor)
    return _competitor(competitor)


@router.delete("/competitors/{competitor_id}", response={204: None})
@needs("competitor", Verb.DELETE)
def delete_competitor(request: HttpRequest, competitor_id: str) -> Status[None]:
    """Take out a competitor that no deal knows."""
    actions.delete_competitor(
        actor=actor_of(request),
        as_of=now(),
        competitor_id=row_id("competitor", competitor_id),
        expected_version=version_of(request),
    )
    return Status(204, None)


@router.get("/deals/{deal_id}/competitors", response=list[SeenOut])
@needs("deal", Verb.VIEW)
def list_competitors_of_deal(request: HttpRequest, deal_id: str) -> list[SeenOut]:
    """List whom else the buyer of a deal considers, by name."""
    actor = actor_of(request)
    rows = queries.competitors_of(actor, queries.deal(actor, row_id("deal", deal_id)).pk)
    return [
        SeenOut(competitor_id=str(each.competitor.ref), name=each.competitor.name, seen_at=each.seen_at)
        for each in rows
    ]


@router.post("/deals/{deal_id}/competitors", response={201: SeenOut})
@needs("deal", Verb.CHANGE)
def see_competitor(request: HttpRequest, deal_id: str, body: SeenIn) -> Status[SeenOut]:
    """Say that the buyer of a deal considers a competitor too."""
    row = actions.see_competitor(
        actor=actor_of(request),
        as_of=now(),
        deal_id=row_id("deal", deal_id),
        competitor_id=row_id("competitor", body.competitor_id),
    )
    out = SeenOut(competitor_id=str(row.competitor.ref), name=row.competitor.name, seen_at=row.seen_at)
    return Status(201, out)


@router.delete("/deals/{deal_id}/competitors/{competitor_id}", response={204: None})
@needs("deal", Verb.CHANGE)
def unsee_competitor(request: HttpRequest, deal_id: str, competitor_id: str) -> Status[None]:
    """Say that the buyer of a deal does not consider a competitor."""
    actions.unsee_competitor(
        actor=actor_of(request),
        as_of=now(),
        deal_id=row_id("deal", deal_id),
        competitor_id=row_id("competitor", competitor_id),
    )
    return Status(204, None)


@router.get("/companies/{company_id}/lookalikes", response=list[LookalikeOut])
@needs("company", Verb.VIEW)
def list_lookalikes(request: HttpRequest, company_id: str) -> list[LookalikeOut]:
    """List companies that may be the same as this one, or of its family, likeliest first."""
    actor = actor_of(request)
    company = queries.company(actor, row_id("company", company_id))
    return [
        LookalikeOut(company_id=str(each.company.ref), name=each.company.name, likeness=each.likeness)
        for each in queries.lookalikes(actor, company)
    ]


@router.post("/companies/{company_id}/kept-apart", response={204: None})
@needs("company", Verb.CHANGE)
def keep_apart(request: HttpRequest, company_id: str, body: OtherIn) -> Status[None]:
    """Say that two companies which look like one are not."""
    actions.keep_apart(
        actor=actor_of(request),
        as_of=now(),
        company_id=row_id("company", company_id),
        other_id=row_id("company", body.other_id),
    )
    return Status(204, None)


def _competitor(competitor: Competitor) -> CompetitorOut:
    return CompetitorOut(
        id=str(competitor.ref),
        version=competitor.version,
        name=competitor.name,
        domain=competitor.domain,
        note=competitor.note,
    )
