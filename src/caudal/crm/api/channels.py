"""Routes of channels and touches."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status
from pydantic import AwareDatetime

from caudal.core.ids import Ref
from caudal.crm import actions, queries
from caudal.crm.models import Channel, ChannelKind, Touch
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, public_id, row_id, tag, version_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()


class ChannelIn(Body):
    """A channel to add."""

    name: str
    kind: ChannelKind = ChannelKind.OTHER


class ChannelChange(Body):
    """What to change about a channel; what is left out stays."""

    name: Annotated[str, Field(default="")]
    kind: Annotated[ChannelKind, Field(default=ChannelKind.OTHER)]


class ChannelOut(Schema):
    """A channel."""

    id: str
    version: int
    name: str
    kind: str


class TouchIn(Body):
    """A contact with a channel; one that nobody has named yet comes into being."""

    channel: str
    campaign: str = ""
    source_url: str = ""
    touched_at: AwareDatetime | None = None
    """Now, unless it says otherwise."""


class TouchOut(Schema):
    """A contact with a channel."""

    id: str
    channel_id: str
    channel: str
    campaign: str
    source_url: str
    utm: dict[str, str]
    touched_at: datetime
    lead_id: str | None
    person_id: str | None
    company_id: str | None


@router.get("/channels", response=list[ChannelOut])
@needs("channel", Verb.VIEW)
def list_channels(request: HttpRequest) -> list[ChannelOut]:
    """List the channels, by name."""
    return [_channel(each) for each in queries.channels(actor_of(request))]


@router.post("/channels", response={201: ChannelOut})
@needs("channel", Verb.CREATE)
def create_channel(request: HttpRequest, response: HttpResponse, body: ChannelIn) -> Status[ChannelOut]:
    """Add a channel."""
    channel = actions.add_channel(actor=actor_of(request), as_of=now(), name=body.name, sort=body.kind)
    tag(response, channel)
    return Status(201, _channel(channel))


@router.get("/channels/{channel_id}", response=ChannelOut)
@needs("channel", Verb.VIEW)
def get_channel(request: HttpRequest, response: HttpResponse, channel_id: str) -> ChannelOut:
    """Return a channel."""
    channel = queries.channel(actor_of(request), row_id("channel", channel_id))
    tag(response, channel)
    return _channel(channel)


@router.patch("/channels/{channel_id}", response=ChannelOut)
@needs("channel", Verb.CHANGE)
def change_channel(request: HttpRequest, response: HttpResponse, channel_id: str, body: ChannelChange) -> ChannelOut:
    """Change a channel; If-Match says which version was read. Leads that came from it bear its new name."""
    said = body.dict(exclude_unset=True)
    values: Any = {{"kind": "sort"}.get(name, name): value for name, value in said.items()}
    channel = actions.change_channel(
        actor=actor_of(request),
        as_of=now(),
        channel_id=row_id("channel", channel_id),
        expected_version=version_of(request, required=True),
        **values,
    )
    tag(response, channel)
    return _channel(channel)


@router.delete("/channels/{channel_id}", response={204: None})
@needs("channel", Verb.DELETE)
def delete_channel(request: HttpRequest, channel_id: str) -> Status[None]:
    """Take out a channel that nothing came from."""
    actions.delete_channel(
        actor=actor_of(request),
        as_of=now(),
        channel_id=row_id("channel", channel_id),
        expected_version=version_of(request),
    )
    return Status(204, None)


@router.get("/leads/{lead_id}/touches", response=list[TouchOut])
@needs("lead", Verb.VIEW)
def list_touches_of_lead(request: HttpRequest, lead_id: str) -> list[TouchOut]:
    """List where a lead met us, first to last."""
    return _touches(request, queries.lead(actor_of(request), row_id("lead", lead_id)).ref)


@router.post("/leads/{lead_id}/touches", response={201: TouchOut})
@needs("lead", Verb.CHANGE)
def note_touch_of_lead(request: HttpRequest, lead_id: str, body: TouchIn) -> Status[TouchOut]:
    """Note that a lead met us on a channel."""
    return _note(request, body, lead_id=row_id("lead", lead_id))


@router.get("/people/{person_id}/touches", response=list[TouchOut])
@needs("person", Verb.VIEW)
def list_touches_of_person(request: HttpRequest, person_id: str) -> list[TouchOut]:
    """List where a person met us, first to last."""
    return _touches(request, queries.person(actor_of(request), row_id("person", person_id)).ref)


@router.post("/people/{person_id}/touches", response={201: TouchOut})
@needs("person", Verb.CHANGE)
def note_touch_of_person(request: HttpRequest, person_id: str, body: TouchIn) -> Status[TouchOut]:
    """Note that a person met us on a channel."""
    return _note(request, body, person_id=row_id("person", person_id))


@router.get("/companies/{company_id}/touches", response=list[TouchOut])
@needs("company", Verb.VIEW)
def list_touches_of_company(request: HttpRequest, company_id: str) -> list[TouchOut]:
    """List where a company met us, first to last."""
    return _touches(request, queries.company(actor_of(request), row_id("company", company_id)).ref)


@router.post("/companies/{company_id}/touches", response={201: TouchOut})
@needs("company", Verb.CHANGE)
def note_touch_of_company(request: HttpRequest, company_id: str, body: TouchIn) -> Status[TouchOut]:
    """Note that a company met us on a channel."""
    return _note(request, body, company_id=row_id("company", company_id))


@router.get("/deals/{deal_id}/touches", response=list[TouchOut])
@needs("deal", Verb.VIEW)
def list_touches_of_deal(request: HttpRequest, deal_id: str) -> list[TouchOut]:
    """List where those who buy met us: the lead that the deal came from, its person and its company."""
    return _touches(request, queries.deal(actor_of(request), row_id("deal", deal_id)).ref)


def _touches(request: HttpRequest, ref: Ref) -> list[TouchOut]:
    return [_touch(each) for each in queries.touches(actor_of(request), ref)]


def _note(request: HttpRequest, body: TouchIn, **whose: Any) -> Status[TouchOut]:
    as_of = now()
    draft = actions.TouchDraft(
        channel=body.channel,
        campaign=body.campaign,
        source_url=body.source_url,
        touched_at=body.touched_at or as_of,
        **whose,
    )
    return Status(201, _touch(actions.note_touch(actor=actor_of(request), as_of=as_of, touch=draft)))


def _channel(channel: Channel) -> ChannelOut:
    return ChannelOut(id=str(channel.ref), version=channel.version, name=channel.name, kind=channel.sort)


def _touch(touch: Touch) -> TouchOut:
    return TouchOut(
        id=str(Ref("touch", touch.pk)),
        channel_id=str(touch.channel.ref),
        channel=touch.channel.name,
        campaign=touch.campaign,
        source_url=touch.source_url,
        utm=touch.utm,
        touched_at=touch.touched_at,
        lead_id=public_id("lead", touch.lead_id),
        person_id=public_id("person", touch.person_id),
        company_id=public_id("company", touch.company_id),
    )
