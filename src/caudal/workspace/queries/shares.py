"""Reads of what is shared with whom."""

from datetime import datetime

from django.db.models import Q

from caudal.core.ids import Ref
from caudal.kit.access import Actor, Verb, policies
from caudal.kit.records import NOT_DELETED, NotFound, Record
from caudal.workspace.models import Member, Share, Team


def shares_of(record: Ref, *, as_of: datetime) -> list[Share]:
    """Return the shares of a record that open it at an instant, by when they were made. The caller has reached it."""
    rows = Share.objects.filter(NOT_DELETED, record_kind=record.kind, record=record.id)
    rows = rows.filter(Q(ends_at=None) | Q(ends_at__gt=as_of)).select_related("member", "team")
    return list(rows.order_by("created_at", "pk"))


def shareable(actor: Actor, record: Ref) -> Record:
    """Return a record that the actor may share: one within reach of change without a share. Raises NotFound."""
    policy = policies().get(record.kind)
    missing = NotFound(kind=record.kind, id=record)
    if policy is None or not policy.is_shared or policy.model is None or not issubclass(policy.model, Record):
        raise missing
    condition = policy.unshared(actor, Verb.CHANGE)
    if condition is None:
        raise missing
    found = policy.model._default_manager.filter(NOT_DELETED, condition, pk=record.id).first()
    if found is None:
        raise missing
    return found


def holders_for(actor: Actor) -> list[tuple[str, str]]:
    """Return the members and teams that something may be shared with, by name, each with its public id."""
    people = Member.for_actor(actor).filter(deactivated_at=None).order_by("name", "pk")
    teams = Team.for_actor(actor).order_by("name", "pk")
    others = [(str(each.ref), each.name) for each in people if each.pk != actor.member]
    return others + [(str(each.ref), each.name) for each in teams]
