"""Routes of tags."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from caudal.crm import actions, queries
from caudal.crm.models import Tag, TagTone
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, row_id, version_of
from caudal.kit.bodies import tag as etag
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now

router = Router()


class TagIn(Body):
    """A tag to add."""

    name: str
    tone: TagTone = TagTone.IDLE


class TagChange(Body):
    """What to change about a tag; what is left out stays."""

    name: Annotated[str, Field(default="")]
    tone: Annotated[TagTone, Field(default=TagTone.IDLE)]


class TagMergeIn(Body):
    """The tag that stays."""

    into_id: str


class TagOut(Schema):
    """A tag."""

    id: str
    version: int
    name: str
    tone: str


@router.get("/tags", response=list[TagOut])
@needs("tag", Verb.VIEW)
def list_tags(request: HttpRequest) -> list[TagOut]:
    """List the tags, by name."""
    return [_tag(each) for each in queries.tags(actor_of(request))]


@router.post("/tags", response={201: TagOut})
@needs("tag", Verb.CREATE)
def create_tag(request: HttpRequest, response: HttpResponse, body: TagIn) -> Status[TagOut]:
    """Add a tag."""
    tag = actions.add_tag(actor=actor_of(request), as_of=now(), name=body.name, tone=body.tone)
    etag(response, tag)
    return Status(201, _tag(tag))


@router.get("/tags/{tag_id}", response=TagOut)
@needs("tag", Verb.VIEW)
def get_tag(request: HttpRequest, response: HttpResponse, tag_id: str) -> TagOut:
    """Return a tag."""
    tag = queries.tag(actor_of(request), row_id("tag", tag_id))
    etag(response, tag)
    return _tag(tag)


@router.patch("/tags/{tag_id}", response=TagOut)
@needs("tag", Verb.CHANGE)
def change_tag(request: HttpRequest, response: HttpResponse, tag_id: str, body: TagChange) -> TagOut:
    """Change a tag; If-Match says which version was read. What bears it bears its new name."""
    values: Any = body.dict(exclude_unset=True)
    tag = actions.change_tag(
        actor=actor_of(request),
        as_of=now(),
        tag_id=row_id("tag", tag_id),
        expected_version=version_of(request, required=True),
        **values,
    )
    etag(response, tag)
    return _tag(tag)


@router.post("/tags/{tag_id}/merge", response=TagOut)
@needs("tag", Verb.DELETE)
def merge_tag(request: HttpRequest, response: HttpResponse, tag_id: str, body: TagMergeIn) -> TagOut:
    """Let everything that bears a tag bear another one instead, and return that one."""
    stays = actions.merge_tags(
        actor=actor_of(request),
        as_of=now(),
        tag_id=row_id("tag", tag_id),
        into_id=row_id("tag", body.into_id),
        expected_version=version_of(request),
    )
    etag(response, stays)
    return _tag(stays)


@router.delete("/tags/{tag_id}", response={204: None})
@needs("tag", Verb.DELETE)
def delete_tag(request: HttpRequest, tag_id: str) -> Status[None]:
    """Take a tag out, and off everything that bears it."""
    actions.delete_tag(
        actor=actor_of(request), as_of=now(), tag_id=row_id("tag", tag_id), expected_version=version_of(request)
    )
    return Status(204, None)


def _tag(tag: Tag) -> TagOut:
    return TagOut(id=str(tag.ref), version=tag.version, name=tag.name, tone=tag.tone)
