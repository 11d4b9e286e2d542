"""What people agreed to, and whom we have promised to forget."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.crm.models.leads import Lead
from caudal.crm.models.parties import Person
from caudal.kit.records import NOT_DELETED, Record
from caudal.kit.world import new_id


class ConsentPurpose(models.TextChoices):
    """What somebody may be written to, called or known for."""

    NEWSLETTER = "newsletter", _("News and offers by e-mail")
    CALLS = "calls", _("Calls about offers")
    EVENTS = "events", _("Invitations to webinars and events")
    PROFILE = "profile", _("A profile of what they are interested in")
    PARTNERS = "partners", _("Passing their data on to partners")


class ConsentSource(models.TextChoices):
    """How somebody agreed."""

    FORM = "form", _("A form on a page")
    MAIL = "mail", _("An e-mail")
    PHONE = "phone", _("A call")
    PAPER = "paper", _("A signed paper")
    MEETING = "meeting", _("In person")
    OTHER = "other", _("Otherwise")


class Consent(Record):
    """Somebody agreed to one purpose, to a text that they saw. It holds until it is withdrawn; it never comes back."""

    kind: ClassVar[str] = "consent"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="consents", db_index=False)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, null=True, related_name="consents", db_index=False)
    purpose = models.CharField(_("purpose"), max_length=16, choices=ConsentPurpose.choices)
    wording = models.TextField(_("the text that they saw"))
    wording_version = models.CharField(_("version of the text"), max_length=40)
    source = models.CharField(_("how they agreed"), max_length=8, choices=ConsentSource.choices)
    proof = models.CharField(_("proof"), max_length=400, blank=True)
    """What shows it: the address of the page and of the sender, the number of a paper, who was there."""
    given_at = models.DateTimeField(_("agreed"))
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.CharField(max_length=64, null=True, editable=False)
    withdrawn_how = models.CharField(_("how they withdrew it"), max_length=8, choices=ConsentSource.choices, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=True) ^ models.Q(lead__isnull=True), name="crm_consent_of_one"
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None, withdrawn_by=None)
                | models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="crm_consent_withdrawn_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None) | models.Q(withdrawn_at__gte=models.F("given_at")),
                name="crm_consent_given_first",
            ),
            *(
                models.UniqueConstraint(
                    fields=[who, "purpose"],
                    condition=NOT_DELETED & models.Q(**{"withdrawn_at": None, f"{who}__isnull": False}),
                    name=f"crm_consent_of_{who}",
                    violation_error_message=_("They have agreed to this already."),
                )
                for who in ("person", "lead")
            ),
        ]
        indexes = [
            models.Index(fields=["person", "given_at"], condition=~models.Q(person=None), name="crm_consent_by_person"),
            models.Index(fields=["lead", "given_at"], condition=~models.Q(lead=None), name="crm_consent_by_lead"),
        ]


class ForgottenAddress(models.Model):
    """An e-mail address whose owner was erased, as a keyed hash: whoever has it does not come back unnoticed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    address_hash = models.CharField(max_length=64)
    forgotten_at = models.DateTimeField()
    forgotten_by = models.CharField(max_length=64)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=64, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["address_hash"], condition=models.Q(released_at=None), name="crm_forgotten_once"
            ),
        ]


class Erasure(models.Model):
    """That somebody was erased: when, by whom, why, and what went and what stayed, without saying who it was."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    record_kind = models.CharField(max_length=40)
    record = models.UUIDField()
    reason = models.CharField(max_length=16)
    report = models.JSONField(default=dict)
    erased_at = models.DateTimeField()
    erased_by = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["-erased_at", "-id"], name="crm_erasure_newest")]
