"""What of the lines of documents became revenue in which month, and what was earned before it is invoiced."""

from typing import ClassVar

from django.db import models

from caudal.billing.models.documents import InvoiceLine
from caudal.billing.models.parties import CURRENCY
from caudal.billing.models.terms import Subscription
from caudal.kit.world import new_id


class RecognisedRow(models.Model):
    """What of a line became revenue in a month, and the entry that says so. The table refuses to change it.

    Amounts count as revenue does: those of a credit note are negative. What was revenue when its document was issued
    has no row: it never was deferred.
    """

    objects: "ClassVar[models.Manager[RecognisedRow]]" = models.Manager()

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, related_name="recognised", db_index=False)
    month = models.DateField()
    """Its first day."""
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    entry = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "entry"], name="billing_recognised_once"),
            models.CheckConstraint(condition=~models.Q(amount_minor=0), name="billing_recognised_something"),
            models.CheckConstraint(condition=models.Q(currency__regex=CURRENCY), name="billing_recognised_currency"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="billing_recognised_month"),
        ]
        indexes = [models.Index(fields=["entry"], name="billing_recognised_entry")]


class AccruedRow(models.Model):
    """What was earned at the end of a month and not invoiced by then: undone on the day after.

    Of a subscription when nobody has invoiced it yet, and `obligation` names what it is for, as the line of the invoice
    will; of a line where the invoice was issued after the month.
    """

    objects: "ClassVar[models.Manager[AccruedRow]]" = models.Manager()

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, null=True, related_name="accrued")
    line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, null=True, related_name="accrued")
    obligation = models.CharField(max_length=260)
    text = models.CharField(max_length=300)
    stream = models.CharField(max_length=20)
    pillar = models.ForeignKey(
        "workspace.Pillar", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    quantity = models.DecimalField(max_digits=38, decimal_places=12)
    month = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    entry = models.ForeignKey("ledger.JournalEntry", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "subscription", "obligation"], name="billing_accrued_once"),
            models.UniqueConstraint(
                fields=["entry", "line"], condition=models.Q(line__isnull=False), name="billing_accrued_line_once"
            ),
            models.CheckConstraint(
                condition=models.Q(subscription__isnull=True) ^ models.Q(line__isnull=True),
                name="billing_accrued_of_one",
            ),
            models.CheckConstraint(condition=~models.Q(amount_minor=0), name="billing_accrued_something"),
            models.CheckConstraint(condition=models.Q(currency__regex=CURRENCY), name="billing_accrued_currency"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="billing_accrued_month"),
        ]


class RecognisedMonth(models.Model):
    """That the revenue of a month was posted in the books of a legal entity for the first time, when and by whom.

    What was earned and not invoiced is accrued then, and never again; deferred revenue is caught up with later too.
    """

    objects: "ClassVar[models.Manager[RecognisedMonth]]" = models.Manager()

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entity = models.ForeignKey("workspace.LegalEntity", on_delete=models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    recognised_at = models.DateTimeField()
    recognised_by = models.CharField(max_length=64)
    lines = models.PositiveIntegerField()
    accrued = models.PositiveIntegerField()
    unpriced = models.PositiveIntegerField(default=0)
    """How many subscriptions have something that nobody can price: they are not accrued."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "month"], name="billing_recognised_month_once"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="billing_recognised_month_first"),
        ]
