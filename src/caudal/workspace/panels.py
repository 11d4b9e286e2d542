"""What the workspace shows elsewhere: its lines of the rail and how its facts read."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caudal.core.ids import Ref
from caudal.kit.access import Actor, Verb, may, policies
from caudal.kit.outbox import RecordedFact
from caudal.kit.panels import FactWords, NavItem, Panel, RecordPage, request_words
from caudal.kit.records import NotFound
from caudal.ui.formats import day_text, reader_locale
from caudal.workspace import events
from caudal.workspace.models import Ending, Share
from caudal.workspace.queries import shareable, shares_of


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


def ended(fact: RecordedFact) -> str:
    """Tell why nothing is sent to an address any more."""
    return gettext("Nothing is sent there any more: %(why)s") % {"why": Ending(fact.data["why"]).label}


def in_a_sentence(fact: RecordedFact) -> str:
    """Return what an approval is for, inside a sentence."""
    words = request_words(fact.data["request"])
    return words[:1].lower() + words[1:]


def shared_words(fact: RecordedFact) -> str:
    """Tell for what a record was shared."""
    return gettext("shared it, to view and change") if fact.data["may_change"] else gettext("shared it, to view")


def shared_with(ref: Ref, actor: Actor, as_of: datetime) -> Mapping[str, Any] | None:
    """Return whom a record is shared with, and the way to share it, for those who may."""
    shares = shares_of(ref, as_of=as_of)
    may_share = may(actor, "share", Verb.CREATE) and is_shareable(actor, ref)
    if not shares and not may_share:
        return None
    rows = [
        {
            "name": each.holder.name,
            "words": share_words(each),
            "end_href": reverse("workspace:share_end", args=[each.ref]) if may_share else "",
        }
        for each in shares
    ]
    return {"rows": rows, "new_href": reverse("workspace:share", args=[ref]) if may_share else ""}


def is_shareable(actor: Actor, ref: Ref) -> bool:
    """Say whether somebody may share a record."""
    try:
        shareable(actor, ref)
    except NotFound:
        return False
    return True


def share_words(share: Share) -> str:
    """Say what a share opens, and until when."""
    words = gettext("may view and change it") if share.may_change else gettext("may view it")
    if share.ends_at is None:
        return words
    last = (share.ends_at - timedelta(microseconds=1)).astimezone(timezone.get_current_timezone()).date()
    return gettext("%(what)s until %(day)s") % {"what": words, "day": day_text(last, reader_locale())}


PANELS: Final = tuple(
    Panel(policy.noun, 80, _("Shared with"), "workspace/shares.html", shared_with)
    for policy in policies().values()
    if policy.is_shared
)


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
    FactWords(events.EntityAdded.name, said(_("The legal entity was added")), "plus"),
    FactWords(events.EntityChanged.name, said(_("The legal entity changed")), "edit"),
    FactWords(events.DefaultEntityChosen.name, said(_("Became the default legal entity")), "check"),
    FactWords(events.EntityRetired.name, said(_("The legal entity was taken away")), "trash"),
    FactWords(events.RatesAdded.name, said(_("Exchange rates came in")), "money"),
    FactWords(events.MemberAdded.name, said(_("Joined the team")), "person"),
    FactWords(events.MemberChanged.name, said(_("The member changed")), "edit"),
    FactWords(events.MemberInvited.name, said(_("Was invited to sign in")), "mail"),
    FactWords(events.SignInLinkMade.name, said(_("Was given a sign-in link")), "key"),
    FactWords(events.PasswordSet.name, said(_("Chose a new password")), "key"),
    FactWords(events.MemberDeactivated.name, said(_("May not sign in any more")), "lock"),
    FactWords(events.MemberReactivated.name, said(_("May sign in again")), "undo"),
    FactWords(events.TeamAdded.name, said(_("The team was added")), "plus"),
    FactWords(events.TeamChanged.name, said(_("The team changed")), "edit"),
    FactWords(events.TeamDeleted.name, said(_("The team was deleted")), "trash"),
    FactWords(events.FieldAdded.name, said(_("The field was added")), "plus"),
    FactWords(events.FieldChanged.name, said(_("The field changed")), "edit"),
    FactWords(events.FieldRetired.name, said(_("The field was retired")), "lock"),
    FactWords(events.FieldRestored.name, said(_("The field is in use again")), "undo"),
    FactWords(events.RecordShared.name, shared_words, "person"),
    FactWords(events.ShareEnded.name, said(_("took a share back")), "lock"),
    FactWords(events.PageRead.name, said(_("looked at it")), "search"),
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
    FactWords(events.WebhookAdded.name, said(_("The webhook was added")), "plus"),
    FactWords(events.WebhookChanged.name, said(_("The webhook changed")), "edit"),
    FactWords(events.WebhookSecretChanged.name, said(_("It signs with another secret")), "key"),
    FactWords(events.WebhookEnded.name, ended, "warning"),
    FactWords(events.WebhookResumed.name, said(_("Facts are sent there again")), "check"),
    FactWords(events.WebhookRemoved.name, said(_("The webhook was taken away")), "trash"),
    FactWords(events.WebhookReplayed.name, said(_("Messages were sent once more")), "refresh"),
    FactWords(events.OperationFinished.name, said(_("Long work ended")), "clock"),
)

RECORD_PAGES: Final = (
    RecordPage("webhook", "workspace:webhook"),
    RecordPage("entity", "workspace:entity_edit"),
)

NAVIGATION: Final = (
    NavItem("work", _("Notifications"), "workspace:notifications", 40, "notification", key="i"),
    NavItem("work", _("Approvals"), "workspace:approvals", 30, "approval"),
    NavItem("settings", _("Company"), "workspace:company", 5, "settings", Verb.CHANGE),
    NavItem("settings", _("Legal entities"), "workspace:entities", 7, "entity", Verb.CHANGE),
    NavItem("settings", _("Team"), "workspace:members", 10, "member"),
    NavItem("settings", _("Fields"), "workspace:fields", 15, "field", Verb.CHANGE),
    NavItem("settings", _("API keys"), "workspace:keys", 20, "key"),
    NavItem("settings", _("Webhooks"), "workspace:webhooks", 21, "webhook", Verb.CHANGE),
)
