"""Runs of invoicing: what they were to do, how far they are, what became of them."""

from typing import ClassVar

from django.db import models

from caudal.kit.records import Record


class InvoiceRun(Record):
    """One run over everything that fell due up to an instant. Another run finds nothing left, or what is new."""

    kind: ClassVar[str] = "invoice_run"

    up_to = models.DateTimeField()
    as_of = models.DateTimeField()
    """What was known of usage: later events are the next run's."""
    issue_day = models.DateField()
    customers = models.PositiveIntegerField(default=0)
    invoices = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-as_of"], name="billing_run_latest")]
