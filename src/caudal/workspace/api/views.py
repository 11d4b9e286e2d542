"""Routes of the views of lists that somebody gave a name."""

from collections.abc import Sequence
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from caudal.kit.access import Actor, Verb
from caudal.kit.bodies import Body, public_id, row_id, tag, version_of
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.workspace import actions
from caudal.workspace.actions.views import NAME_MOST
from caudal.workspace.models import SavedView, Sharing, ViewLayout

router = Router()

Name = Annotated[str, Field(default="", min_length=1, max_length=NAME_MOST)]
Where = Annotated[str, Field(default="", max_length=10_000, examples=["amount > 5000"])]
Columns = Annotated[list[str], Field(default=[], max_length=100, examples=[["name", "amount"]])]
Sort = Annotated[str, Field(default="", max_length=300, examples=["-amount"])]
Group = Annotated[str, Field(default="", max_length=100, examples=["stage"])]


class ViewDraft(Body):
    """A view to keep: what it filters, shows, sorts and groups by, and who sees it."""

    record_kind: str = Field(examples=["deal"])
    name: str = Field(min_length=1, max_length=NAME_MOST)
    sharing: Sharing = Sharing.PRIVATE
    layout: ViewLayout = ViewLayout.LIST
    where: Where
    columns: Columns
    sort: Sort
    group: Group


class ViewChange(Body):
    """What to change about a view; what is left out stays."""

    name: Name
    sharing: Annotated[Sharing, Field(default=Sharing.PRIVATE)]
    layout: Annotated[ViewLayout, Field(default=ViewLayout.LIST)]
    where: Where
    columns: Columns
    sort: Sort
    group: Group


class ViewOut(Schema):
    """A view of the list of one kind of record."""

    id: str
    version: int
    record_kind: str
    owner_id: str
    name: str
    sharing: str
    team_id: str | None
    layout: str
    where: str
    columns: Sequence[str]
    sort: str
    group: str


class ViewQuery(Body):
    """Of which kind of record; of all without one."""

    record_kind: Annotated[str, Field(max_length=40, examples=["deal"])] = ""


@router.get("/views", response=list[ViewOut])
@needs("view")
def list_views(request: HttpRequest, query: Query[ViewQuery]) -> list[ViewOut]:
    """List the views that one sees, by kind of record and name. A list is read through one as `view={id}`."""
    rows = SavedView.for_actor(actor_of(request)).order_by("record_kind", "name", "pk")
    return [view_out(each) for each in (rows.filter(record_kind=query.record_kind) if query.record_kind else rows)]


@router.post("/views", response={201: ViewOut})
@needs("view", Verb.CREATE)
def save_view(request: HttpRequest, body: ViewDraft) -> Status[ViewOut]:
    """Keep a view; views belong to members."""
    return Status(201, view_out(actions.save_view(actor=actor_of(request), as_of=now(), **said(body.dict()))))


@router.get("/views/{view_id}", response=ViewOut)
@needs("view")
def get_view(request: HttpRequest, response: HttpResponse, view_id: str) -> ViewOut:
    """Return a view."""
    view = view_of(actor_of(request), Verb.VIEW, view_id)
    tag(response, view)
    return view_out(view)


@router.patch("/views/{view_id}", response=ViewOut)
@needs("view", Verb.CHANGE)
def change_view(request: HttpRequest, response: HttpResponse, view_id: str, body: ViewChange) -> ViewOut:
    """Change a view for everybody who sees it; If-Match says which version was read."""
    changed = actions.change_view(
        actor=actor_of(request),
        as_of=now(),
        view_id=row_id(SavedView.kind, view_id),
        expected_version=version_of(request, required=True),
        **said(body.dict(exclude_unset=True)),
    )
    tag(response, changed)
    return view_out(changed)


@router.delete("/views/{view_id}", response={204: None})
@needs("view", Verb.DELETE)
def delete_view(request: HttpRequest, view_id: str) -> Status[None]:
    """Take a view away from everybody who sees it; its rows stay."""
    actions.delete_view(actor=actor_of(request), as_of=now(), view_id=row_id(SavedView.kind, view_id))
    return Status(204, None)


@router.put("/views/{view_id}/default", response={204: None})
@needs("view")
def choose_default(request: HttpRequest, view_id: str) -> Status[None]:
    """Let one's own list open with a view."""
    actor = actor_of(request)
    view = view_of(actor, Verb.VIEW, view_id)
    actions.choose_default_view(actor=actor, as_of=now(), record_kind=view.record_kind, key=str(view.ref))
    return Status(204, None)


def view_of(actor: Actor, verb: Verb, view_id: str) -> SavedView:
    """Return a view within reach. Raises NotFound."""
    return SavedView.one_for(actor, verb, row_id(SavedView.kind, view_id))


def said(values: dict[str, Any]) -> dict[str, Any]:
    """Return what was said, with choices as their words."""
    return {name: str(value) if name in {"sharing", "layout"} else value for name, value in values.items()}


def view_out(view: SavedView) -> ViewOut:
    """Return a view as the API shows it."""
    return ViewOut(
        id=str(view.ref),
        version=view.version,
        record_kind=view.record_kind,
        owner_id=str(public_id("member", view.owner_id)),
        name=view.name,
        sharing=view.sharing,
        team_id=public_id("team", view.team_id),
        layout=view.layout,
        where=view.where,
        columns=view.columns,
        sort=view.sort,
        group=view.group,
    )
