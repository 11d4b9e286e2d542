"""Which field of a lead goes where when the lead is converted."""

from typing import ClassVar

from django.db import models

from caudal.kit.records import Record


class ConversionMapping(Record):
    """The company's own mapping, one row; without it the usual one holds."""

    kind: ClassVar[str] = "mapping"

    lines = models.JSONField(default=list)
    """`source`, `kind` and `target` of each line."""
    only = models.BooleanField(default=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["only"], name="crm_one_mapping"),
            models.CheckConstraint(condition=models.Q(only=True), name="crm_one_mapping_only"),
        ]
