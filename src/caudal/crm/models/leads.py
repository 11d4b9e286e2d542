"""Interest that is not a deal yet."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.crm.models.deals import Deal
from caudal.crm.models.parties import Company, Person
from caudal.crm.models.tags import Tagged, tag_index
from caudal.kit.grams import gram_index
from caudal.kit.records import NOT_DELETED, bin_index

LEAD_TEXTS = ("name_key", "company_name", "email")
"""What leads are found by, anywhere inside."""


class Lead(Tagged):
    """Somebody who showed interest. Open until a `LeadConversion` or a `LeadDisqualification` says otherwise."""

    kind: ClassVar[str] = "lead"

    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    company_name = models.CharField(_("company"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), null=True, blank=True)
    open_email = models.EmailField(null=True, editable=False)
    """The address while the lead is open: by it a further touch finds the lead instead of making a second one."""
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    channel = models.CharField(_("channel"), max_length=80, blank=True)
    pillar = models.ForeignKey(
        "workspace.Pillar",
        verbose_name=_("pillar"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    owner = models.ForeignKey(
        "workspace.Member",
        verbose_name=_("owner"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    captured_at = models.DateTimeField(_("captured"))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="crm_lead_named"),
            models.UniqueConstraint(
                fields=["open_email"],
                name="crm_lead_open_email",
                violation_error_message=_("There is already an open lead with this e-mail address."),
            ),
            models.CheckConstraint(
                condition=models.Q(open_email=None) | models.Q(deleted_at=None), name="crm_lead_deleted_is_not_open"
            ),
        ]
        indexes = [
            models.Index(
                models.F("captured_at").desc(), models.F("id").desc(), condition=NOT_DELETED, name="crm_lead_newest"
            ),
            models.Index(fields=["name_key", "id"], condition=NOT_DELETED, name="crm_lead_by_name"),
            models.Index(
                models.F("owner"),
                models.F("captured_at").desc(),
                models.F("id").desc(),
                condition=NOT_DELETED,
                name="crm_lead_of_owner",
            ),
            models.Index(fields=["channel", "owner"], condition=NOT_DELETED, name="crm_lead_by_channel"),
            models.Index(fields=["-changed_at", "-id"], condition=NOT_DELETED, name="crm_lead_by_change"),
            models.Index(fields=["-created_at", "-id"], condition=NOT_DELETED, name="crm_lead_by_arrival"),
            bin_index("crm_lead_binned"),
            tag_index("crm_lead_by_tag"),
            gram_index("crm_lead_by_text", *LEAD_TEXTS),
        ]


class LeadConversion(models.Model):
    """A lead became a person, perhaps at a company, and perhaps a deal."""

    lead = models.OneToOneField(Lead, on_delete=models.CASCADE, primary_key=True, related_name="conversion")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="conversions")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, null=True, related_name="conversions")
    deal = models.OneToOneField(Deal, on_delete=models.PROTECT, null=True, related_name="conversion")
    converted_at = models.DateTimeField()
    converted_by = models.CharField(max_length=64)
    made = models.JSONField(default=dict, db_default={})
    """What came into being by it, by kind: how many facts there were about it then, so that doing more shows."""
    left = models.JSONField(default=list, db_default=[])
    """Fields of the lead whose values did not fit where they should have gone."""

    class Meta:
        indexes = [models.Index(fields=["converted_at"], name="crm_conversion_when")]


class DisqualifyReason(models.TextChoices):
    """Why a lead goes no further."""

    NO_FIT = "no_fit", _("Does not fit")
    NO_BUDGET = "no_budget", _("No budget")
    NO_ANSWER = "no_answer", _("No answer")
    NOT_NOW = "not_now", _("Not now")
    UNREACHABLE = "unreachable", _("Wrong address or number")
    DUPLICATE = "duplicate", _("Known already")
    SPAM = "spam", _("Not a real enquiry")
    OTHER = "other", _("Other")


class LeadDisqualification(models.Model):
    """A lead goes no further."""

    lead = models.OneToOneField(Lead, on_delete=models.CASCADE, primary_key=True, related_name="disqualification")
    reason = models.CharField(_("reason"), max_length=16, choices=DisqualifyReason.choices)
    note = models.TextField(_("note"), blank=True)
    disqualified_at = models.DateTimeField()
    disqualified_by = models.CharField(max_length=64)
