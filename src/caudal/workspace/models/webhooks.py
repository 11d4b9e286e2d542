"""Webhooks: where facts are sent, what was sent there, and what came back."""

from datetime import timedelta
from typing import Any, ClassVar, Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.core.ids import Ref
from caudal.kit.outbox import Place
from caudal.kit.records import NOT_DELETED, Record
from caudal.kit.world import new_id

URL_MAX: Final = 500
FACT: Final = "fact"
"""What ids of facts begin with where they are told outside."""


class Ending(models.TextChoices):
    """Why nothing is sent to an endpoint any more."""

    BY_HAND = "by_hand", _("Somebody switched it off")
    GONE = "gone", _("It answered that it is gone (410)")
    FAILING = "failing", _("It failed for days")
    OWNER = "owner", _("Whoever it was set up for may not read facts any more")


class Webhook(Record):
    """An address of another system, to which facts are sent as they happen."""

    kind: ClassVar[str] = "webhook"

    url = models.CharField(max_length=URL_MAX)
    description = models.CharField(max_length=200, blank=True)
    events = ArrayField(models.CharField(max_length=80), default=list)
    """Names of facts; none of them means all."""
    owner = models.CharField(max_length=64)
    """The member or key in whose sight a fact has to be, or it is not sent."""
    place_transaction = models.BigIntegerField(default=0)
    place_nth = models.BigIntegerField(default=0)
    place_fact = models.UUIDField()
    """Behind which fact of the journal the next ones stand."""
    failing_since = models.DateTimeField(null=True)
    """Since when nothing got through."""
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, null=True)
    ended_why = models.CharField(max_length=12, choices=Ending.choices, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["url"],
                condition=NOT_DELETED,
                name="workspace_webhook_url",
                violation_error_message=_("Facts are sent to this address already."),
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_by=None, ended_why=None)
                | models.Q(ended_at__isnull=False, ended_by__isnull=False, ended_why__isnull=False),
                name="workspace_webhook_ending",
            ),
        ]

    @property
    def place(self) -> Place:
        """How far of the journal was taken for it."""
        return Place(self.place_transaction, self.place_nth, self.place_fact)

    @property
    def name(self) -> str:
        """What it is called: its description, or its address."""
        return self.description or self.url


class WebhookSecret(models.Model):
    """What messages to an endpoint are signed with, sealed. A replaced one goes on signing beside the new for a day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="secrets")
    sealed = models.BinaryField()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)


class WebhookMessage(models.Model):
    """One fact on its way to one endpoint: claimed by a worker, tried, then received, tried again later, or failed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="messages", db_index=False)
    fact = models.UUIDField()
    event = models.CharField(max_length=80)
    body = models.TextField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    """When it is tried next; nothing once it was received or has failed."""
    claimed_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    """Since it came up or was replayed: the schedule counts these."""
    received_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "fact"], name="workspace_webhook_once"),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=models.Q(due_at__isnull=False), name="workspace_webhook_due"
            ),
            models.Index(fields=["webhook", "-made_at", "-id"], name="workspace_webhook_newest"),
            models.Index(
                fields=["webhook", "-failed_at"],
                condition=models.Q(failed_at__isnull=False),
                name="workspace_webhook_failed",
            ),
        ]

    kind: ClassVar[str] = "webhook_message"

    @property
    def ref(self) -> Ref:
        """The message's kind and id."""
        return Ref(self.kind, self.id)

    @property
    def fact_ref(self) -> str:
        """What the receiver knows the message by, in every try."""
        return str(Ref(FACT, self.fact))

    @property
    def state(self) -> str:
        """Where it stands: received, failed, or waiting."""
        return "received" if self.received_at else "failed" if self.failed_at else "waiting"


class WebhookTry(models.Model):
    """One time that a message was sent: what came back, or why nothing did."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(WebhookMessage, on_delete=models.CASCADE, related_name="all_tries")
    at = models.DateTimeField()
    status = models.PositiveIntegerField(null=True)
    millis = models.PositiveIntegerField(default=0)
    answer = models.TextField(blank=True)
    """The first letters of what came back."""
    error = models.CharField(max_length=300, blank=True)


KEPT: Final[tuple[tuple[str, timedelta], ...]] = (
    ("received_at", timedelta(days=30)),
    ("failed_at", timedelta(days=90)),
)
"""For how long messages are kept once they were received or have failed."""


def place_columns(place: Place) -> dict[str, Any]:
    """Return the columns in which an endpoint keeps a place of the journal."""
    return {"place_transaction": place.transaction, "place_nth": place.nth, "place_fact": place.fact}
