"""What the workspace shows elsewhere: its lines of the rail and how its facts read."""

from collections.abc import Callable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caudal.kit.access import Verb
from caudal.kit.outbox import RecordedFact
from caudal.kit.panels import FactWords, NavItem, request_words
from caudal.workspace import events


def said(text: "Promise") -> Callable[[RecordedFact], str]:
    """Return a fact's words that need nothing of the fact."""
    return lambda _fact: str(text)


def asked(fact: RecordedFact) -> str:
    """Tell what a second person was asked to agree to."""
    return gettext("asked for approval: %(request)s") % {"request": in_a_sentence(fact)}


def decided(fact: RecordedFact) -> str:
    """Tell whether a second person agreed, and to what."""
    words = gettext("agreed: %(request)s") if fact.data["granted"] else gettext("refused: %(request)s")
    return words % {"request": in_a_sentence(fact)}


def in_a_sentence(fact: RecordedFact) -> str:
    """Return what an approval is for, inside a sentence."""
    words = request_words(fact.data["request"])
    return words[:1].lower() + words[1:]


def kept(fact: RecordedFact) -> str:
    """Tell which file is kept with a record."""
    name = ((fact.personal or {}).get("name") or (None, None))[1]
    return gettext("Added the file %(name)s") % {"name": name} if name else gettext("Added a file")


FACT_WORDS: Final = (
    FactWords(events.FileAttached.name, kept, "file"),
    FactWords(events.FileDetached.name, said(_("Took a file away")), "trash"),
    FactWords(events.FileRestored.name, said(_("Took a file back")), "undo"),
    FactWords(events.CompanyFounded.name, said(_("The company was set up")), "company"),
    FactWords(events.CompanyChanged.name, said(_("The company's settings changed")), "settings"),
    FactWords(events.RatesAdded.name, said(_("Exchange rates came in")), "money"),
    FactWords(events.MemberAdded.name, said(_("Joined the team")), "person"),
    FactWords(events.MemberChanged.name, said(_("The member changed")), "edit"),
    FactWords(events.MemberInvited.name, said(_("Was invited to sign in")), "mail"),
    FactWords(events.SignInLinkMade.name, said(_("Was given a sign-in link")), "key"),
    FactWords(events.PasswordSet.name, said(_("Chose a new password")), "key"),
    FactWords(events.MemberDeactivated.name, said(_("May not sign in any more")), "lock"),
    FactWords(events.FieldAdded.name, said(_("The field was added")), "plus"),
    FactWords(events.FieldChanged.name, said(_("The field changed")), "edit"),
    FactWords(events.FieldRetired.name, said(_("The field was retired")), "lock"),
    FactWords(events.FieldRestored.name, said(_("The field is in use again")), "undo"),
    FactWords(events.KeyIssued.name, said(_("A key was issued")), "key"),
    FactWords(events.KeyRevoked.name, said(_("The key was revoked")), "key"),
    FactWords(events.ApprovalAsked.name, asked, "task"),
    FactWords(events.ApprovalDecided.name, decided, "check"),
    FactWords(events.ApprovalWithdrawn.name, said(_("took back what was asked")), "undo"),
    FactWords(events.ViewSaved.name, said(_("Kept a view")), "list"),
    FactWords(events.ViewChanged.name, said(_("Changed a view")), "list"),
    FactWords(events.ViewDeleted.name, said(_("Took a view away")), "trash"),
    FactWords(events.DefaultViewChosen.name, said(_("Chose the view that a list opens with")), "list"),
    FactWords(events.ListExported.name, said(_("Took a list out as a file")), "download"),
    FactWords(events.NotificationsRead.name, said(_("Read notifications")), "bell"),
    FactWords(events.RecordFollowed.name, said(_("Follows a record")), "bell"),
    FactWords(events.RecordUnfollowed.name, said(_("Follows a record no more")), "bell"),
    FactWords(events.NoticeWaysChosen.name, said(_("Chose how to be told")), "settings"),
    FactWords(events.OperationFinished.name, said(_("Long work ended")), "clock"),
)

NAVIGATION: Final = (
    NavItem("work", _("Notifications"), "workspace:notifications", 40, "notification", key="i"),
    NavItem("work", _("Approvals"), "workspace:approvals", 30, "approval"),
    NavItem("settings", _("Company"), "workspace:company", 5, "settings", Verb.CHANGE),
    NavItem("settings", _("Team"), "workspace:members", 10, "member"),
    NavItem("settings", _("Fields"), "workspace:fields", 15, "field", Verb.CHANGE),
    NavItem("settings", _("API keys"), "workspace:keys", 20, "key"),
)
