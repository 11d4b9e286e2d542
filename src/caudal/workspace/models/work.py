"""Seams that every context shares: long work, approvals, files, and names that other systems gave to our rows."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.core.ids import Ref
from caudal.kit.fields import MoneyField, money_together
from caudal.kit.records import Record
from caudal.kit.world import new_id


class OperationState(models.TextChoices):
    """Where a long operation stands."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Operation(Record):
    """Work that takes longer than a page: it can be watched, left, resumed where it was, and cancelled."""

    kind: ClassVar[str] = "operation"

    name = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=OperationState.choices, default=OperationState.WAITING)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    params = models.JSONField(default=dict)
    cursor = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    beat_at = models.DateTimeField(null=True)
    cancel_asked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["created_by", "-created_at"], name="workspace_operation_mine")]


class Approval(Record):
    """Somebody asks that a second person agrees before something is done."""

    kind: ClassVar[str] = "approval"

    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    request = models.CharField(max_length=80)
    reason = models.TextField(blank=True)
    amount = MoneyField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, null=True)
    granted = models.BooleanField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            money_together("amount", "workspace_approval"),
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "request"],
                condition=models.Q(decided_at__isnull=True, deleted_at__isnull=True),
                name="workspace_approval_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("created_by")),
                name="workspace_approval_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_at__isnull=True, decided_by__isnull=True, granted__isnull=True)
                | models.Q(decided_at__isnull=False, decided_by__isnull=False, granted__isnull=False),
                name="workspace_approval_decided_whole",
            ),
        ]

    @property
    def subject(self) -> Ref:
        """The row that the question is about."""
        return Ref(self.subject_kind, self.subject_id)


class StoredFile(Record):
    """A file that somebody gave us; its bytes are in the file store under their own hash."""

    kind: ClassVar[str] = "file"

    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=120)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)


class Attachment(Record):
    """A file that is kept with a record, seen by whoever sees the record."""

    kind: ClassVar[str] = "attachment"

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="attachments")
    subject_kind = models.CharField(max_length=40, editable=False)
    subject_id = models.UUIDField(editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "-created_at"], name="workspace_attachment_of"),
        ]

    @property
    def subject(self) -> Ref:
        """The record that it is kept with."""
        return Ref(self.subject_kind, self.subject_id)


class ExternalId(models.Model):
    """What another system calls one of our rows: the business key by which an import finds it again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=255)
    record = models.UUIDField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "kind", "key"], name="workspace_external_once")]
        indexes = [models.Index(fields=["kind", "record"], name="workspace_external_record")]
