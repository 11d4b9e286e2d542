"""Where interest comes from: channels, and each contact with one."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.crm.models.leads import Lead
from caudal.crm.models.parties import Company, Person
from caudal.kit.records import NOT_DELETED, Record
from caudal.kit.world import new_id


class ChannelKind(models.TextChoices):
    """What sort of channel, for adding up many of them."""

    ORGANIC = "organic", _("Content and search")
    PAID = "paid", _("Paid advertising")
    SOCIAL = "social", _("Social media")
    EMAIL = "email", _("E-mail marketing")
    EVENT = "event", _("Webinars and events")
    PARTNER = "partner", _("Partners")
    REFERRAL = "referral", _("Referrals")
    OUTBOUND = "outbound", _("Outbound")
    PRODUCT = "product", _("Our own site and product")
    OTHER = "other", _("Other")


class Channel(Record):
    """A way by which interest reaches us. Named by a lead for the first time, it comes into being."""

    kind: ClassVar[str] = "channel"

    name = models.CharField(_("name"), max_length=80)
    name_key = models.CharField(max_length=80, editable=False)
    sort = models.CharField(
        _("kind"), max_length=16, choices=ChannelKind.choices, default=ChannelKind.OTHER, blank=True
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="crm_channel_named"),
            models.UniqueConstraint(
                fields=["name_key"],
                condition=NOT_DELETED,
                name="crm_channel_name",
                violation_error_message=_("There is already a channel of this name."),
            ),
        ]


class Touch(models.Model):
    """One contact of a lead, a person or a company with a channel, as it was: nobody changes it afterwards."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, null=True, related_name="touches", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="touches", db_index=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, null=True, related_name="touches", db_index=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="touches", db_index=False)
    campaign = models.CharField(_("campaign"), max_length=200, blank=True)
    source_url = models.CharField(_("address of the page"), max_length=2000, blank=True)
    utm = models.JSONField(default=dict)
    """What the address said of itself, without the leading `utm_`."""
    touched_at = models.DateTimeField()
    noted_by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(lead=None, person=None, company=None),
                name="crm_touch_of_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["lead", "touched_at"], condition=~models.Q(lead=None), name="crm_touch_of_lead"),
            models.Index(fields=["person", "touched_at"], condition=~models.Q(person=None), name="crm_touch_of_person"),
            models.Index(
                fields=["company", "touched_at"], condition=~models.Q(company=None), name="crm_touch_of_company"
            ),
            models.Index(fields=["channel", "touched_at"], name="crm_touch_of_channel"),
        ]
