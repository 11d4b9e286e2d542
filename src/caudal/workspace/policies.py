"""Who may do what to rows of the workspace."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q
from typing_extensions import override

from caudal.kit.access import Actor, ActorKind, Policy, Reach, Verb, all_verbs, policies
from caudal.kit.panels import file_bearers
from caudal.kit.records import Record
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
    Sharing,
    StoredFile,
    Team,
)

EVERYTHING: Final = all_verbs(Reach.ALL)
LOOK: Final = {Verb.VIEW: Reach.ALL}
EVERYBODY_LOOKS: Final = {Role.ADMIN: EVERYTHING, Role.MANAGER: LOOK, Role.REP: LOOK}
ADMIN_ONLY: Final = {Role.ADMIN: EVERYTHING}
STAFF_ALL: Final = {Role.ADMIN: EVERYTHING, Role.MANAGER: EVERYTHING, Role.REP: EVERYTHING}


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
        own, everybody = Q(owner=actor.member), Q(sharing=Sharing.EVERYBODY)
        if actor.member is None:
            return everybody if verb is Verb.VIEW else None
        # One's own team, and those below for whoever manages them.
        shared = everybody | Q(team__members=actor.member) | Q(sharing=Sharing.TEAM, owner__in=actor.team)
        if verb is Verb.VIEW or Role.ADMIN in actor.roles:
            return own | (shared if verb is Verb.VIEW else ~Q(sharing=Sharing.PRIVATE))
        return own

    @override
    def covers(self, actor: Actor, verb: Verb, owner: UUID | None) -> bool:
        """Say whether a view is the actor's own; others ask `rows`."""
        return owner is not None and owner == actor.member


def attachment_rule(actor: Actor, verb: Verb, _reach: Reach) -> Q:
    """Return which attachments somebody may see or change: those of the records that they may see or change."""
    needed = verb if verb in {Verb.VIEW, Verb.EXPORT} else Verb.CHANGE
    found = Q(pk__in=[])
    for kind in file_bearers():
        model = policies()[kind].model
        if model is not None and issubclass(model, Record):
            rows = model.for_actor(actor, needed).values("pk")
            found |= Q(subject_kind=kind, subject_id__in=rows)
    return found


POLICIES: Final = (
    Policy("settings", "workspace", EVERYBODY_LOOKS, CompanySettings),
    Policy("entity", "workspace", EVERYBODY_LOOKS, LegalEntity),
    Policy("pillar", "workspace", EVERYBODY_LOOKS, Pillar),
    Policy("team", "workspace", EVERYBODY_LOOKS, Team),
    Policy("member", "workspace", EVERYBODY_LOOKS, Member),
    Policy("field", "workspace", EVERYBODY_LOOKS, CustomField),
    Policy("key", "workspace", ADMIN_ONLY, ApiKey),
    Policy("operation", "workspace", ADMIN_ONLY | {Role.MANAGER: EVERYTHING}, Operation),
    Policy("approval", "workspace", STAFF_ALL, Approval),
    Policy("file", "workspace", STAFF_ALL, StoredFile),
    Policy("attachment", "workspace", STAFF_ALL, Attachment, rule=attachment_rule),
    Policy("search", "workspace", {Role.ADMIN: LOOK, Role.MANAGER: LOOK, Role.REP: LOOK}),
    Policy("notification", "workspace", dict.fromkeys(Role, all_verbs(Reach.OWN)), Notification, "member_id"),
    ViewPolicy("view", "workspace", STAFF_ALL, SavedView, "owner_id"),
)
