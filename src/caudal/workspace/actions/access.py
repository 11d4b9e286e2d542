"""Links and keys. Tokens are shown once and only their hashes are kept."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from caudal.core.errors import msg
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.problems import BadInput
from caudal.workspace.events import KeyIssued, KeyRevoked, PasswordSet
from caudal.workspace.models import AccessLink, ApiKey, LinkPurpose, Member
from caudal.workspace.queries import actor_of_member, hashed, open_link

LINK_BYTES: Final = 32
PREFIX_BYTES: Final = 5
LASTS: Final = {LinkPurpose.INVITATION: timedelta(days=7), LinkPurpose.SIGN_IN: timedelta(minutes=30)}
SCOPES: Final = ("workspace", "catalog", "crm", "usage", "meters", "insights", "ledger", "billing", "plan")


@action
def issue_link(*, actor: Actor, as_of: datetime, member: Member, purpose: str) -> str:
    """Make a link for a member and return its token, which is not kept. Older links of the kind stop working."""
    require(actor, "member", Verb.CREATE)
    AccessLink.objects.filter(member=member, purpose=purpose, used_at=None).update(used_at=as_of)
    token = secrets.token_urlsafe(LINK_BYTES)
    AccessLink.objects.create(
        member=member,
        purpose=purpose,
        token_hash=hashed(token),
        made_at=as_of,
        expires_at=as_of + LASTS[LinkPurpose(purpose)],
    )
    return token


@action
def accept_link(*, as_of: datetime, token: str, password: str | None = None) -> Member:
    """Use a link up and return whom it lets in, with a new password if one is given. Raises LinkSpent.

    The token is the proof, so there is no actor yet.
    """
    link = open_link(token, as_of=as_of, lock=True)
    link.used_at = as_of
    link.save(update_fields=["used_at"])
    if password:
        set_password(as_of=as_of, member=link.member, password=password)
    return link.member


@action
def set_password(*, as_of: datetime, member: Member, password: str) -> None:
    """Give a member another password, which ends every session. Whoever sets it has shown that it is theirs."""
    member.set_password(password)
    member.save(update_fields=["password"])
    publish(PasswordSet(subject=member.ref), actor=actor_of_member(member), occurred_at=as_of)


@action
def issue_key(
    *,
    actor: Actor,
    as_of: datetime,
    name: str,
    role: str,
    scopes: tuple[str, ...],
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make a key for a program and return it with its token (`caudal_prefix_secret`), which is not kept."""
    require(actor, "key", Verb.CREATE)
    allowed = {f"{context}:{word}" for context in SCOPES for word in ("read", "write")}
    unknown = sorted(set(scopes) - allowed)
    if unknown:
        raise BadInput({"scopes": msg("Unknown scope.") + " " + ", ".join(unknown)})
    if expires_at is not None and expires_at <= as_of:
        raise BadInput({"expires_at": msg("The key would have expired already.")})
    prefix = secrets.token_hex(PREFIX_BYTES)
    token = f"caudal_{prefix}_{secrets.token_urlsafe(LINK_BYTES)}"
    key = ApiKey.stamped(
        actor=actor,
        as_of=as_of,
        name=name,
        prefix=prefix,
        token_hash=hashed(token),
        role=role,
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    key.save(force_insert=True)
    publish(KeyIssued(subject=key.ref, role=role, scopes=tuple(key.scopes)), actor=actor, occurred_at=as_of)
    return key, token


@action
def revoke_key(*, actor: Actor, as_of: datetime, key: ApiKey) -> ApiKey:
    """Stop a key from opening anything."""
    require(actor, "key", Verb.CHANGE)
    if key.revoked_at is None:
        key.change(actor=actor, as_of=as_of, revoked_at=as_of, revoked_by=actor.id)
        publish(KeyRevoked(subject=key.ref), actor=actor, occurred_at=as_of)
    return key
