"""Runs of invoicing: what they were to do, how far they are, what became of them."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext as _

from caudal.billing.models.parties import Customer
from caudal.kit.records import Record
from caudal.kit.world import new_id


class InvoiceRun(Record):
    """One run over everything that fell due up to an instant. Another run finds nothing left, or what is new."""

    kind: ClassVar[str] = "invoice_run"

    up_to = models.DateTimeField()
    as_of = models.DateTimeField()
    """What was known of usage: later events are the next run's."""
    issue_day = models.DateField()
    as_drafts = models.BooleanField(default=False, db_default=False)
    """Whether its documents wait to be issued one by one."""
    planned = models.PositiveIntegerField(default=0, db_default=0)
    """How many customers owed something when it began."""
    customers = models.PositiveIntegerField(default=0)
    invoices = models.PositiveIntegerField(default=0)
    stopped_at = models.DateTimeField(null=True)
    """When somebody stopped it; it goes on from there when asked."""
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-as_of"], name="billing_run_latest")]

    @property
    def name(self) -> str:
        """Return what it is called: by the day of its documents."""
        return _("Run of %(day)s") % {"day": self.issue_day.isoformat()}


class RunFailure(models.Model):
    """A customer whom a run could not invoice, and why: a message with its values, told in the reader's language."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(InvoiceRun, on_delete=models.CASCADE, related_name="failures", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    code = models.CharField(max_length=80)
    message = models.CharField(max_length=500)
    hint = models.CharField(max_length=500, blank=True)
    values = models.JSONField(default=dict)
    happened_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "customer"], name="billing_failure_once")]
