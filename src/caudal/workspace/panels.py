"""What the workspace shows elsewhere: its lines of the rail and how its facts read."""

from collections.abc import Callable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from caudal.kit.outbox import RecordedFact
from caudal.kit.panels import FactWords, NavItem
from caudal.workspace import events


def said(text: "Promise") -> Callable[[RecordedFact], str]:
    """Return a fact's words that need nothing of the fact."""
    return lambda _fact: str(text)


FACT_WORDS: Final = (
    FactWords(events.CompanyFounded.name, said(_("The company was set up")), "company"),
    FactWords(events.CompanyChanged.name, said(_("The company's settings changed")), "settings"),
    FactWords(events.MemberAdded.name, said(_("Joined the team")), "person"),
    FactWords(events.MemberChanged.name, said(_("The member changed")), "edit"),
    FactWords(events.MemberInvited.name, said(_("Was invited to sign in")), "mail"),
    FactWords(events.MemberDeactivated.name, said(_("May not sign in any more")), "lock"),
    FactWords(events.KeyIssued.name, said(_("A key was issued")), "key"),
    FactWords(events.KeyRevoked.name, said(_("The key was revoked")), "key"),
    FactWords(events.ApprovalAsked.name, said(_("Approval was asked for")), "task"),
    FactWords(events.ApprovalDecided.name, said(_("Approval was decided")), "check"),
    FactWords(events.OperationFinished.name, said(_("Long work ended")), "clock"),
)

NAVIGATION: Final = (
    NavItem("settings", _("Team"), "workspace:members", 10, "member"),
    NavItem("settings", _("API keys"), "workspace:keys", 20, "key"),
)
