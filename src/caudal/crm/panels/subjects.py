"""What is shown of people as such: what they agreed to, and the way to everything about them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caudal.core.ids import Ref
from caudal.crm import queries
from caudal.crm.events import subjects as events
from caudal.crm.models import ConsentPurpose
from caudal.kit.access import Actor, Verb, may
from caudal.kit.outbox import RecordedFact
from caudal.kit.panels import FactWords, Panel
from caudal.kit.records import in_sight


def consents_of(ref: Ref, actor: Actor, _as_of: datetime) -> Mapping[str, Any] | None:
    """Return what somebody agreed to, and the ways to note more and to everything about them."""
    may_change = may(actor, "consent", Verb.CHANGE) and ref in in_sight({ref}, actor, Verb.CHANGE)
    rows = [
        {
            "purpose": each.get_purpose_display(),
            "source": each.get_source_display(),
            "version": each.wording_version,
            "at": each.given_at,
            "word": _("withdrawn") if each.withdrawn_at else _("holds"),
            "tone": "idle" if each.withdrawn_at else "good",
            "withdraw_href": reverse("crm:consent_withdrawal", args=[each.ref])
            if may_change and not each.withdrawn_at
            else "",
        }
        for each in queries.consents_of(ref)
    ]
    new_href = reverse(f"crm:{ref.kind}_consent", args=[ref]) if may_change else ""
    subject_href = reverse("crm:subject", args=[ref]) if may(actor, "subject", Verb.VIEW) else ""
    return {"rows": rows, "new_href": new_href, "subject_href": subject_href} if rows or new_href else None


def consent_words(fact: RecordedFact) -> str:
    """Tell to what somebody agreed, or what they took back."""
    purpose = ConsentPurpose(fact.data["purpose"]).label
    if fact.name == events.ConsentWithdrawn.name:
        return _("noted a withdrawal: %(purpose)s") % {"purpose": purpose}
    return _("noted a consent: %(purpose)s") % {"purpose": purpose}


def handed_over(_fact: RecordedFact) -> str:
    """Tell that somebody's data were put together for them."""
    return _("handed everything about them over")


def erased(_fact: RecordedFact) -> str:
    """Tell that somebody was erased."""
    return _("erased the person")


def released(_fact: RecordedFact) -> str:
    """Tell that an address may be used again."""
    return _("released an address")


CONSENT_PANELS: Final = tuple(
    Panel(kind, 40, gettext_lazy("Consents"), "crm/consents.html", consents_of) for kind in queries.SUBJECTS
)
SUBJECT_WORDS: Final = (
    FactWords(events.ConsentGiven.name, consent_words, "check"),
    FactWords(events.ConsentWithdrawn.name, consent_words, "close"),
    FactWords(events.SubjectExported.name, handed_over, "download"),
    FactWords(events.SubjectErased.name, erased, "trash"),
    FactWords(events.AddressReleased.name, released, "undo"),
)
