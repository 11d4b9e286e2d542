"""Who else the buyers consider."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.crm.models.deals import Deal, DealClose
from caudal.kit.records import NOT_DELETED, Record
from caudal.kit.world import new_id


class Competitor(Record):
    """Another company that buyers consider."""

    kind: ClassVar[str] = "competitor"

    name = models.CharField(_("name"), max_length=120)
    name_key = models.CharField(max_length=120, editable=False)
    domain = models.CharField(_("web domain"), max_length=253, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="crm_competitor_named"),
            models.UniqueConstraint(
                fields=["name_key"],
                condition=NOT_DELETED,
                name="crm_competitor_name",
                violation_error_message=_("There is already a competitor of this name."),
            ),
        ]


class DealCompetitor(models.Model):
    """A buyer considers a competitor too."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="competitors", db_index=False)
    competitor = models.ForeignKey(Competitor, on_delete=models.PROTECT, related_name="deals")
    seen_at = models.DateTimeField()
    seen_by = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deal", "competitor"], name="crm_deal_competitor_once")]


class LossTo(models.Model):
    """A deal was lost to a competitor. Opening the deal again removes the row with the close."""

    close = models.OneToOneField(DealClose, on_delete=models.CASCADE, primary_key=True, related_name="loss_to")
    competitor = models.ForeignKey(Competitor, on_delete=models.PROTECT, related_name="losses")
