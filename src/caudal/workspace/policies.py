"""Who may do what to rows of the workspace."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Q
from typing_extensions import override

from caudal.kit.access import Actor, ActorKind, Policy, Reach, Sharing, Verb, all_verbs, policies
from caudal.kit.panels import file_bearers
from caudal.kit.records import NOT_DELETED, Record
from caudal.workspace.events import RecordShared, ShareEnded
from caudal.workspace.models import (
    ApiKey,
    Approval,
    Attachment,
    CompanySettings,
    CustomField,
    LegalEntity,
    Member,
    Notification,
    Operation,
    Pillar,
    Role,
    SavedView,
    Share,
    StoredFile,
    Team,
    Webhook,
)
from caudal.workspace.models import Sharing as Spread

if TYPE_CHECKING:
    from django.db.models import QuerySet

EVERYTHING: Final = all_verbs(Reach.ALL)
LOOK: Final = {Verb.VIEW: Reach.ALL, Verb.EXPORT: Reach.ALL}
EVERYBODY_LOOKS: Final = dict.fromkeys(Role, LOOK) | {Role.ADMIN: EVERYTHING}
ADMIN_ONLY: Final = {Role.ADMIN: EVERYTHING, Role.AUDITOR: LOOK}
# An auditor looks at everything and writes nothing.
STAFF_ALL: Final = dict.fromkeys(Role, EVERYTHING) | {Role.AUDITOR: LOOK}
OWN: Final = {Verb.VIEW: Reach.OWN, Verb.CHANGE: Reach.OWN}
MINE: Final = dict.fromkeys(Role, OWN) | {Role.AUDITOR: LOOK}
"""Long work that one asked for oneself."""


@dataclass(frozen=True, slots=True)
class ViewPolicy(Policy):
    """A view is its owner's, seen by those whom it is shared with, and mended by administrators if it is shared."""

    @override
    def rows(self, actor: Actor, verb: Verb) -> Q | None:
        """Return the condition on views within reach."""
        if self.reach(actor, verb) is Reach.NONE:
            return None
        if actor.kind is ActorKind.SYSTEM:
            return Q()
        own, everybody = Q(owner=actor.member), Q(sharing=Spread.EVERYBODY)
        if actor.member is None:
            return everybody if verb is Verb.VIEW else None
        # One's own team, and those below for whoever manages them.
        shared = everybody | Q(team__members=actor.member) | Q(sharing=Spread.TEAM, owner__in=actor.team)
        if verb is Verb.VIEW or Role.ADMIN in actor.roles:
            return own | (shared if verb is Verb.VIEW else ~Q(sharing=Spread.PRIVATE))
        return own


def shared_with(actor: Actor, kind: str, to_change: bool, at: datetime) -> "QuerySet[Share, UUID]":  # noqa: FBT001  as the door asks
    """Return the ids of the records of a kind that are shared with an actor at an instant, by name or by team."""
    rows = Share.objects.filter(NOT_DELETED, Q(member=actor.member) | Q(team__in=actor.teams), record_kind=kind)
    rows = rows.filter(Q(ends_at=None) | Q(ends_at__gt=at))
    return (rows.filter(may_change=True) if to_change else rows).values_list("record", flat=True)


def holders_of(kind: str, ids: Collection[UUID]) -> Mapping[UUID, set[UUID]]:
    """Return the members and teams that each of some records is shared with, or was until lately."""
    found: dict[UUID, set[UUID]] = {}
    for share in Share.objects.filter(NOT_DELETED, record_kind=kind, record__in=ids):
        found.setdefault(share.record, set()).add(share.holder.pk)
    return found


SHARING: Final = (Sharing(rows=shared_with, holders=holders_of, facts=frozenset({RecordShared.name, ShareEnded.name})),)


def own_work(actor: Actor, _verb: Verb, reach: Reach) -> Q:
    """Return which long work somebody may watch and stop: all of it, or what they asked for themselves."""
    return Q() if reach is Reach.ALL else Q(created_by=actor.id)


def attachment_rule(actor: Actor, verb: Verb, _reach: Reach) -> Q:
    """Return which attachments somebody may see or change: those of the records that they may see or change.

    Whoever may change a record only because it is shared takes away what they attached themselves.
    """
    needed = verb if verb in {Verb.VIEW, Verb.EXPORT} else Verb.CHANGE
    found = Q(pk__in=[])
    for kind in file_bearers():
        policy = policies()[kind]
        if policy.model is None or not issubclass(policy.model, Record):
            continue
        reached = policy.model.for_actor(actor, needed)
        of_kind = Q(subject_kind=kind, subject_id__in=reached.values("pk"))
        if verb is Verb.DELETE and policy.is_open(actor, needed):
            unshared = policy.unshared(actor, needed)
            own = Q(created_by=actor.id)
            of_kind &= own if unshared is None else own | Q(subject_id__in=reached.filter(unshared).values("pk"))
        found |= of_kind
    return found


POLICIES: Final = (
    Policy("settings", "workspace", EVERYBODY_LOOKS, CompanySettings),
    Policy("entity", "workspace", EVERYBODY_LOOKS, LegalEntity),
    Policy("pillar", "workspace", EVERYBODY_LOOKS, Pillar),
    Policy("team", "workspace", EVERYBODY_LOOKS, Team),
    Policy("member", "workspace", EVERYBODY_LOOKS, Member),
    Policy("field", "workspace", EVERYBODY_LOOKS, CustomField),
    Policy("key", "workspace", ADMIN_ONLY, ApiKey),
    Policy("operation", "workspace", MINE | ADMIN_ONLY | {Role.MANAGER: EVERYTHING}, Operation, rule=own_work),
    Policy("approval", "workspace", STAFF_ALL, Approval),
    Policy("file", "workspace", STAFF_ALL, StoredFile),
    Policy("attachment", "workspace", STAFF_ALL, Attachment, rule=attachment_rule),
    Policy("search", "workspace", dict.fromkeys(Role, LOOK)),
    Policy("share", "workspace", STAFF_ALL, Share),
    Policy("notification", "workspace", dict.fromkeys(Role, all_verbs(Reach.OWN)), Notification, "member_id"),
    Policy("webhook", "workspace", ADMIN_ONLY, Webhook),
    Policy("event", "workspace", dict.fromkeys((Role.ADMIN, Role.AUDITOR), LOOK)),
    ViewPolicy("view", "workspace", STAFF_ALL, SavedView, "owner_id"),
)
