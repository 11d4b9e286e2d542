"""What customers pay again and again, as movements that follow from subscriptions and prices, kept to be read."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.billing.models.parties import CURRENCY, Customer
from caudal.billing.models.terms import Subscription


class MovementSort(models.TextChoices):
    """Why what a customer pays again and again changed: the kinds of the core, with their names."""

    NEW = "new", _("New business")
    EXPANSION = "expansion", _("Expansion")
    CONTRACTION = "contraction", _("Contraction")
    CHURN = "churn", _("Churn")
    REACTIVATION = "reactivation", _("Reactivation")


class MrrChange(models.Model):
    """A change of what one charge of a subscription brings, from an instant on; a projection, made anew at will.

    Amounts are per year, which is exact for what is paid by the month or the year: a twelfth of them is the MRR.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    """It follows from what the row says, so that making it anew gives the same rows."""
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="mrr_changes", db_index=False)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="mrr_changes", db_index=False)
    charge = models.ForeignKey("catalog.Charge", on_delete=models.PROTECT, related_name="+", db_index=False)
    pillar = models.ForeignKey(
        "workspace.Pillar", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    stream = models.CharField(max_length=20)
    at = models.DateTimeField()
    """When it counts: when the movement that it is a part of begins."""
    kind = models.CharField(max_length=12, choices=MovementSort.choices)
    currency = models.CharField(max_length=3)
    before_minor = models.BigIntegerField()
    after_minor = models.BigIntegerField()
    customers = models.BigIntegerField(default=0)
    """1 in one row of a movement that won a customer, -1 where one was lost."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "at", "charge", "stream", "pillar"],
                name="billing_mrr_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=models.Q(currency__regex=CURRENCY), name="billing_mrr_currency"),
            models.CheckConstraint(condition=models.Q(kind__in=MovementSort.values), name="billing_mrr_kind"),
            models.CheckConstraint(
                condition=~models.Q(before_minor=models.F("after_minor")) & models.Q(customers__range=(-1, 1)),
                name="billing_mrr_changes",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "at"], name="billing_mrr_of"),
            models.Index(fields=["at", "kind"], name="billing_mrr_by_day"),
        ]
