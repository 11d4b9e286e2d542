"""The records of a bulk edit, and what became of each."""

from typing import Final

from django.db import models

NAMED: Final = "\N{HORIZONTAL ELLIPSIS}"
"""Stands in a stored reason for the name of the record."""


class RowState(models.TextChoices):
    """Where a record of a bulk edit stands."""

    WAITING = "waiting"
    FITS = "fits"
    """Looked at: it would change."""
    SAME = "same"
    """It is so already."""
    REFUSED = "refused"
    DONE = "done"
    UNDONE = "undone"
    """It was done, and taken back since."""


class EditedRow(models.Model):
    """One record of a bulk edit: the version that was chosen, what became of it, and which version that left.

    What it said before is in its facts, sealed like everything that is said of people; here is none of it.
    """

    id = models.BigAutoField(primary_key=True)
    operation = models.ForeignKey("workspace.Operation", on_delete=models.CASCADE, related_name="+", db_index=False)
    place = models.PositiveIntegerField()
    record = models.UUIDField()
    version = models.PositiveIntegerField()
    version_after = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=8, choices=RowState.choices, default=RowState.WAITING)
    why = models.JSONField(null=True)
    """What refuses it, or keeps what was done from being taken back: code, message and parameters of a problem.

    The record's own name is left out.
    """

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operation", "record"], name="crm_edited_row_once"),
            models.CheckConstraint(
                condition=models.Q(state="done", version_after__isnull=False)
                | (~models.Q(state="done") & models.Q(version_after=None)),
                name="crm_edited_row_done_whole",
            ),
        ]
        indexes = [models.Index(fields=["operation", "state", "place"], name="crm_edited_row_next")]
