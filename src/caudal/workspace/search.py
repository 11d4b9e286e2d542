"""Whom of the workspace one finds from anywhere, and what one can do there."""

from collections.abc import Iterable, Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from caudal.kit.access import Verb
from caudal.kit.search.findable import Command, Findable
from caudal.kit.search.words import Wording
from caudal.workspace import events
from caudal.workspace.models import Member


def members(rows: Sequence[Member]) -> Iterable[Wording]:
    """Return what members are found by."""
    return (Wording(title=row.name, emails=(row.email,) if row.email else ()) for row in rows)


SEARCHED: Final = (
    Findable(
        kind="member",
        plural=_("Team"),
        icon="people",
        order=90,
        facts=frozenset({events.MemberAdded.name, events.MemberChanged.name, events.MemberDeactivated.name}),
        wordings=members,
        note=lambda row: str(row.get_role_display()),
        place="workspace:members",
    ),
)

COMMANDS: Final = (
    Command(label=_("Invite somebody"), url_name="workspace:invite", noun="member", verb=Verb.CREATE, icon="plus"),
    Command(label=_("New API key"), url_name="workspace:key_new", noun="key", verb=Verb.CREATE, icon="key"),
    Command(label=_("Change password"), url_name="account_change_password", icon="key"),
    Command(label=_("Sign out"), url_name="account_logout", icon="sign-out", posts=("", "")),
)
