"""Keeping, changing and sharing views of lists."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.filters import where as read_where
from caudal.kit.lists import order_of
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.kit.records import Changes, first_values
from caudal.kit.shapes import Reader, kinds_in_lists, shape_of
from caudal.workspace.events import DefaultViewChosen, ViewChanged, ViewDeleted, ViewSaved
from caudal.workspace.models import DefaultView, Member, SavedView, Sharing
from caudal.workspace.queries import company

NAME_MOST = 80


class ViewValues(TypedDict, total=False):
    """What may change about a view."""

    name: str
    sharing: str
    layout: str
    where: str
    columns: Sequence[str]
    sort: str
    group: str


class NobodysView(Problem):
    """Views belong to members."""

    code = "view.of_nobody"
    status = 409
    message = msg("{actor} is no member, and views belong to members.")
    hint = msg("Sign in as a member to keep a view.")


class NoTeamToShareWith(Problem):
    """The view is to be seen by a team that its owner does not have."""

    code = "view.no_team"
    status = 409
    message = msg("{member} is in no team.")
    hint = msg("Share the view with everybody, or ask an administrator for a team.")


@action
def save_view(*, actor: Actor, as_of: datetime, record_kind: str, **values: Unpack[ViewValues]) -> SavedView:
    """Keep a view of the list of a kind of record. Raises NobodysView, BadInput, Refused, NoSuchField, NoSuchOrder."""
    require(actor, "view", Verb.CREATE)
    if record_kind not in kinds_in_lists():
        raise BadInput({"record_kind": msg("This is not one of the choices.")})
    require(actor, record_kind, Verb.VIEW)
    if actor.member is None:
        raise NobodysView(actor=actor.name)
    owner = Member.one_for(actor, Verb.VIEW, actor.member)
    checked = _checked(actor, as_of, record_kind, owner, values)
    view = SavedView.stamped(actor=actor, as_of=as_of, owner=owner, record_kind=record_kind, **checked)
    view.save(force_insert=True)
    publish(
        ViewSaved(subject=view.ref, record_kind=record_kind, changes=_news(first_values(checked))),
        actor=actor,
        occurred_at=as_of,
    )
    return view


@action
def change_view(
    *,
    actor: Actor,
    as_of: datetime,
    view_id: UUID,
    expected_version: int | None = None,
    **values: Unpack[ViewValues],
) -> SavedView:
    """Change a view, for everybody who sees it. Raises NotFound, VersionConflict and what `save_view` raises."""
    view = SavedView.one_for(actor, Verb.CHANGE, view_id, lock=True)
    checked = _checked(actor, as_of, view.record_kind, view.owner, values)
    changes = view.change(actor=actor, as_of=as_of, expected_version=expected_version, **checked)
    if changes:
        publish(ViewChanged(subject=view.ref, changes=_news(changes)), actor=actor, occurred_at=as_of)
    return view


@action
def delete_view(*, actor: Actor, as_of: datetime, view_id: UUID) -> SavedView:
    """Take a view away, from everybody who sees it; whoever began with it begins with the first one again."""
    view = SavedView.one_for(actor, Verb.DELETE, view_id, lock=True)
    view.delete_softly(actor=actor, as_of=as_of)
    DefaultView.objects.filter(record_kind=view.record_kind, key=str(view.ref)).delete()
    publish(ViewDeleted(subject=view.ref), actor=actor, occurred_at=as_of)
    return view


@action
def choose_default_view(*, actor: Actor, as_of: datetime, record_kind: str, key: str) -> None:
    """Let the actor's list of a kind open with a view. Raises NobodysView."""
    require(actor, record_kind, Verb.VIEW)
    if actor.member is None:
        raise NobodysView(actor=actor.name)
    member = Member.one_for(actor, Verb.VIEW, actor.member)
    before = DefaultView.objects.filter(member=member, record_kind=record_kind).first()
    if before is not None and before.key == key:
        return
    DefaultView.objects.update_or_create(
        member=member, record_kind=record_kind, defaults={"key": key, "chosen_at": as_of}
    )
    publish(
        DefaultViewChosen(
            subject=member.ref, record_kind=record_kind, changes={"key": (before.key if before else None, key)}
        ),
        actor=actor,
        occurred_at=as_of,
    )


def _checked(actor: Actor, as_of: datetime, record_kind: str, owner: Member, values: ViewValues) -> dict[str, Any]:
    """The values as rows hold them: what a list could not show is refused before it is kept."""
    checked: dict[str, Any] = dict(values)
    shape, own = shape_of(record_kind), company()
    reader = Reader(actor=actor, as_of=as_of, currency=own.currency if own else "")
    if "name" in values:
        checked["name"] = " ".join(values["name"].split())
        if not 0 < len(checked["name"]) <= NAME_MOST:
            raise BadInput({"name": msg("This needs a name of at most 80 letters.")})
    if values.get("where"):
        read_where(shape, values["where"], reader)
    if values.get("sort"):
        order_of(shape, values["sort"], reader)
    if values.get("group"):
        shape.field(values["group"], actor)
    if "columns" in values:
        checked["columns"] = [shape.field(name, actor).name for name in values["columns"]]
    if "sharing" in values:
        if values["sharing"] not in Sharing.values:
            raise BadInput({"sharing": msg("This is not one of the choices.")})
        checked["team"] = owner.team if values["sharing"] == Sharing.TEAM else None
        if values["sharing"] == Sharing.TEAM and owner.team is None:
            raise NoTeamToShareWith(member=owner.name)
    return checked


def _news(changes: Changes) -> Changes:
    """Changes without the name and the filter, which may speak of people."""
    return {name: change for name, change in changes.items() if name not in {"name", "where"}}
