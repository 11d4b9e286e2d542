"""What a link or a key opens."""

import hashlib
from datetime import datetime

from caudal.core.errors import Problem, msg
from caudal.workspace.models import AccessLink, ApiKey


def hashed(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


class LinkSpent(Problem):
    """The link was used, has expired, or was never made."""

    code = "link.spent"
    status = 410
    message = msg("This link was already used or has expired.")
    hint = msg("Ask for a new one.")


def open_link(token: str, *, as_of: datetime, lock: bool = False) -> AccessLink:
    """Return the link that a token opens, locked if asked. Raises LinkSpent."""
    links = AccessLink.objects.select_related("member").filter(token_hash=hashed(token))
    link = (links.select_for_update(of=("self",)) if lock else links).first()
    if link is None or link.used_at is not None or link.expires_at <= as_of or not _may_come(link, as_of):
        raise LinkSpent
    return link


def _may_come(link: AccessLink, as_of: datetime) -> bool:
    ends = link.member.access_ends_at
    return bool(link.member.is_active) and (ends is None or ends > as_of)


def live_key(prefix: str, token_hash: str, *, as_of: datetime) -> ApiKey | None:
    """Return the key with this prefix and hash if it opens anything at this instant."""
    key = ApiKey.objects.filter(prefix=prefix, token_hash=token_hash, revoked_at=None, deleted_at=None).first()
    return None if key is None or (key.expires_at is not None and key.expires_at <= as_of) else key
