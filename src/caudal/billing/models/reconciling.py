"""What a reconciliation found: every check with its two numbers and the rows where they differ."""

from typing import ClassVar

from django.db import models

from caudal.kit.records import Record


class Reconciliation(Record):
    """One look at whether books, documents and terms fit together; `checks` is what `queries.reconciling` tells."""

    kind: ClassVar[str] = "reconciliation"

    as_of = models.DateTimeField()
    red = models.BigIntegerField()
    """How many checks found a difference."""
    checks = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["-as_of", "-id"], name="billing_reconciled_latest")]
