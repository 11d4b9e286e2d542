"""Routes of shares."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime

from caudal.core.ids import Ref
from caudal.kit.access import Verb
from caudal.kit.bodies import Body, row_id
from caudal.kit.pages import actor_of, needs
from caudal.kit.records import NotFound, in_sight
from caudal.kit.world import now
from caudal.workspace import actions
from caudal.workspace.models import Share
from caudal.workspace.queries import shares_of

router = Router()


class ShareIn(Body):
    """A record, whom it is to be shared with (a member or a team), for what and until when."""

    record_id: str
    holder_id: str
    may_change: bool = False
    ends_at: AwareDatetime | None = None


class ShareOut(Schema):
    """A share that opens a record."""

    id: str
    version: int
    record_id: str
    holder_id: str
    holder: str
    may_change: bool
    ends_at: datetime | None


class ShareQuery(Schema):
    """Of which record."""

    record_id: str


@router.get("/shares", response=list[ShareOut])
@needs("share")
def list_shares(request: HttpRequest, query: Query[ShareQuery]) -> list[ShareOut]:
    """List whom a record is shared with, by when it was."""
    ref = Ref.parse(query.record_id)
    if ref not in in_sight({ref}, actor_of(request)):
        raise NotFound(kind=ref.kind, id=ref)
    return [share_out(each) for each in shares_of(ref, as_of=now())]


@router.post("/shares", response={201: ShareOut})
@needs("share", Verb.CREATE)
def create_share(request: HttpRequest, body: ShareIn) -> Status[ShareOut]:
    """Share a record with a member or a team; said again for the same, the terms are those from now on."""
    share = actions.share_record(
        actor=actor_of(request),
        as_of=now(),
        record=Ref.parse(body.record_id),
        holder=Ref.parse(body.holder_id),
        may_change=body.may_change,
        ends_at=body.ends_at,
    )
    return Status(201, share_out(share))


@router.delete("/shares/{share_id}", response={204: None})
@needs("share", Verb.DELETE)
def end_share(request: HttpRequest, share_id: str) -> Status[None]:
    """Take a share back; it opens nothing from now on."""
    actions.end_share(actor=actor_of(request), as_of=now(), share_id=row_id(Share.kind, share_id))
    return Status(204, None)


def share_out(share: Share) -> ShareOut:
    """Return a share as the API shows it."""
    return ShareOut(
        id=str(share.ref),
        version=share.version,
        record_id=str(share.shared),
        holder_id=str(share.holder.ref),
        holder=share.holder.name,
        may_change=share.may_change,
        ends_at=share.ends_at,
    )
