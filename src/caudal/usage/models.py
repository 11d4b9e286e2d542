"""Rows of usage: meters and subjects, the events that were sent, and what meters read of them.

An event is kept once and for ever. What a meter reads of it is a row with the stretch of time during which we knew it
so: from `known_from` up to and without `known_until`. A correction, a subject that becomes known, a meter that changes
close readings and open others; none is ever rewritten, so what was known at any instant can be asked again.
"""

import json
from decimal import Decimal
from typing import ClassVar, Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.kit.records import NOT_DELETED, Record
from caudal.kit.world import new_id

CODE_LENGTH: Final = 80
KEY_LENGTH: Final = 200
DIGITS: Final = 38
PLACES: Final = 12


class ExactDecoder(json.JSONDecoder):
    """Reads the numbers of JSON exactly."""

    def __init__(self) -> None:
        super().__init__(parse_float=Decimal)


class Aggregations(models.TextChoices):
    """How a meter makes one quantity of many events: the aggregations of the core, with their names."""

    SUM = "sum", _("Sum")
    COUNT = "count", _("Number of events")
    MAXIMUM = "maximum", _("Largest value")
    LATEST = "latest", _("Latest value")
    UNIQUE = "unique", _("Different values")
    WEIGHTED = "weighted", _("Average over time")


class Roundings(models.TextChoices):
    """How a quantity is rounded: the roundings of the core, with their names."""

    HALF_UP = "half_up", _("To the nearest, half up")
    HALF_EVEN = "half_even", _("To the nearest, half to even")
    UP = "up", _("Up")
    DOWN = "down", _("Down")


class Meter(Record):
    """What makes a quantity of events of one type. Charges name it by its code."""

    kind: ClassVar[str] = "meter"

    code = models.CharField(_("code"), max_length=CODE_LENGTH, db_collation="C")
    label_en = models.CharField(_("name in English"), max_length=120)
    label_es = models.CharField(_("name in Spanish"), max_length=120)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    event_type = models.CharField(_("event type"), max_length=KEY_LENGTH, db_collation="C")
    filter = models.TextField(_("only events where"), blank=True)
    aggregation = models.CharField(_("adds up by"), max_length=10, choices=Aggregations.choices)
    quantity_property = models.CharField(_("property with the quantity"), max_length=CODE_LENGTH, blank=True)
    value_property = models.CharField(_("property that is told apart"), max_length=CODE_LENGTH, blank=True)
    amount_property = models.CharField(_("property with the amount"), max_length=CODE_LENGTH, blank=True)
    dimensions = ArrayField(models.CharField(max_length=CODE_LENGTH), verbose_name=_("dimensions"), default=list)
    takes_negative = models.BooleanField(_("takes negative quantities"), default=False)
    rounding = models.CharField(_("rounding"), max_length=10, choices=Roundings.choices, blank=True)
    places = models.SmallIntegerField(_("decimal places"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=NOT_DELETED,
                name="usage_meter_code",
                violation_error_message=_("Another meter has this code."),
            ),
            models.CheckConstraint(
                condition=~models.Q(code="") & ~models.Q(label_en="") & ~models.Q(event_type=""),
                name="usage_meter_named",
            ),
            models.CheckConstraint(
                condition=models.Q(aggregation__in=Aggregations.values), name="usage_meter_aggregation"
            ),
            models.CheckConstraint(
                condition=models.Q(rounding="") | models.Q(rounding__in=Roundings.values), name="usage_meter_rounding"
            ),
            models.CheckConstraint(
                condition=~models.Q(aggregation=Aggregations.UNIQUE) | ~models.Q(value_property=""),
                name="usage_meter_value",
                violation_error_message=_("Different values are counted of a property: say which."),
            ),
        ]
        indexes = [models.Index(fields=["event_type"], name="usage_meter_type")]

    def label(self, language: str) -> str:
        """Return the name in a language of the interface."""
        return self.label_es if language.startswith("es") else self.label_en


class MeterVersion(models.Model):
    """How a meter adds up since an instant: what was asked as of an earlier one is added up as it was then."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    known_from = models.DateTimeField()
    aggregation = models.CharField(max_length=10, choices=Aggregations.choices)
    rounding = models.CharField(max_length=10, choices=Roundings.choices, blank=True)
    places = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meter", "number"], name="usage_meter_version_once")]


class Subject(Record):
    """Whose usage it is: the key by which the systems that send events call a company, or a part of it."""

    kind: ClassVar[str] = "usage_subject"

    key = models.CharField(_("usage subject"), max_length=KEY_LENGTH, db_collation="C")
    company = models.ForeignKey("crm.Company", verbose_name=_("company"), on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], name="usage_subject_key", violation_error_message=_("This subject is known already.")
            ),
            models.CheckConstraint(condition=~models.Q(key=""), name="usage_subject_named"),
        ]


class Turn(models.Model):
    """One row: the instant of the last write. Who writes takes it, so what is recorded later has a later instant."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="usage_turn_alone")]


class Batch(models.Model):
    """Events that were committed together."""

    kind: ClassVar[str] = "usage_batch"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)
    accepted = models.PositiveIntegerField()
    duplicate = models.PositiveIntegerField()
    conflicting = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()


class Identity(models.Model):
    """That an event of a source was received, for ever: what it said as a digest, and its receipt.

    The table is partitioned by hash, for identity has no time.
    """

    pk = models.CompositePrimaryKey("source", "key")
    source = models.CharField(max_length=KEY_LENGTH, db_collation="C")
    key = models.CharField(max_length=KEY_LENGTH, db_collation="C")
    digest = models.BinaryField()
    event = models.UUIDField()
    recorded_at = models.DateTimeField()


class Event(models.Model):
    """What was sent, as it was sent. Partitioned by the month in which it was recorded; the table refuses changes."""

    kind: ClassVar[str] = "usage_event"

    pk = models.CompositePrimaryKey("recorded_at", "id")
    recorded_at = models.DateTimeField()
    id = models.UUIDField()
    batch = models.UUIDField()
    source = models.CharField(max_length=KEY_LENGTH, db_collation="C")
    key = models.CharField(max_length=KEY_LENGTH, db_collation="C")
    type = models.CharField(max_length=KEY_LENGTH, db_collation="C")
    subject = models.CharField(max_length=KEY_LENGTH, db_collation="C")
    occurred_at = models.DateTimeField(null=True)
    corrects = models.CharField(max_length=KEY_LENGTH, db_collation="C")
    data = models.JSONField(null=True, decoder=ExactDecoder)
    """None takes away what it corrects."""

    class Meta:
        indexes = [models.Index(fields=["type", "recorded_at"], name="usage_event_type")]


class Correction(models.Model):
    """That an event corrects another one of its source, and whether it is what counts in the end."""

    event = models.UUIDField(primary_key=True)
    source = models.CharField(max_length=KEY_LENGTH, db_collation="C")
    target = models.CharField(max_length=KEY_LENGTH, db_collation="C")
    key = models.CharField(max_length=KEY_LENGTH, db_collation="C")
    recorded_at = models.DateTimeField()
    stands = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="usage_correction_once"),
        ]
        indexes = [models.Index(fields=["source", "target"], name="usage_correction_target")]


class Reading(models.Model):
    """What a meter read of an event for a company, and from when until when we knew it so.

    Keys of the companies, meters and subjects are checked when these are made: a million rows need no triggers for it.
    """

    id = models.UUIDField(primary_key=True)
    company = models.UUIDField()
    meter = models.UUIDField()
    subject = models.UUIDField()
    event = models.UUIDField()
    source = models.CharField(max_length=KEY_LENGTH, db_collation="C")
    key = models.CharField(max_length=KEY_LENGTH, db_collation="C")
    occurred_at = models.DateTimeField()
    known_from = models.DateTimeField()
    known_until = models.DateTimeField(null=True)
    quantity = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES)
    value = models.CharField(max_length=KEY_LENGTH, db_collation="C")
    amount = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES, null=True)
    dimensions = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "meter"], condition=models.Q(known_until=None), name="usage_reading_once"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "meter", "occurred_at"], name="usage_reading_when"),
            models.Index(fields=["known_from"], name="usage_reading_from"),
            models.Index(
                fields=["known_until"], condition=models.Q(known_until__isnull=False), name="usage_reading_until"
            ),
        ]


class Hour(models.Model):
    """The sums of what is known now of an hour; they can be made anew from the readings at any time."""

    pk = models.CompositePrimaryKey("company", "meter", "hour", "subject")
    company = models.UUIDField()
    meter = models.UUIDField()
    hour = models.DateTimeField()
    subject = models.UUIDField()
    count = models.BigIntegerField()
    total = models.DecimalField(max_digits=60, decimal_places=12)
    moment = models.DecimalField(max_digits=80, decimal_places=18)
    """The sum of each quantity times its instant, in seconds since 1970."""
    largest = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES, null=True)
    latest = models.DecimalField(max_digits=DIGITS, decimal_places=PLACES, null=True)
    latest_at = models.DateTimeField(null=True)
    latest_source = models.CharField(max_length=KEY_LENGTH, db_collation="C", null=True)
    latest_key = models.CharField(max_length=KEY_LENGTH, db_collation="C", null=True)
    touched_at = models.DateTimeField()
    """When a reading of it was last opened or closed: as of an earlier instant the readings themselves are asked."""


class WaitingReason(models.TextChoices):
    """What an event waits for before it counts."""

    SUBJECT = "subject", _("Its subject is not known")
    METER = "meter", _("No meter reads its type")
    TARGET = "target", _("What it corrects has not arrived")
    UNREADABLE = "unreadable", _("A meter cannot read it")


class Waiting(models.Model):
    """An event that would count if we knew more. It goes when the event counts, or is corrected."""

    event = models.UUIDField(primary_key=True)
    recorded_at = models.DateTimeField()
    reason = models.CharField(max_length=10, choices=WaitingReason.choices)
    source = models.CharField(max_length=KEY_LENGTH, db_collation="C")
    key = models.CharField(max_length=KEY_LENGTH, db_collation="C")
    type = models.CharField(max_length=KEY_LENGTH, db_collation="C")
    subject = models.CharField(max_length=KEY_LENGTH, db_collation="C")
    occurred_at = models.DateTimeField(null=True)
    meter = models.UUIDField(null=True)
    """Which meter cannot read it."""

    class Meta:
        indexes = [
            models.Index(fields=["subject"], name="usage_waiting_subject"),
            models.Index(fields=["type"], name="usage_waiting_type"),
        ]


class Conflict(Record):
    """A second content under the identity of an event: the first one counts until somebody decides."""

    kind: ClassVar[str] = "usage_conflict"

    source = models.CharField(max_length=KEY_LENGTH, db_collation="C")
    key = models.CharField(max_length=KEY_LENGTH, db_collation="C")
    digest = models.BinaryField()
    sent = models.JSONField(decoder=ExactDecoder)
    """The other content, as it was sent."""
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=64, null=True)
    settled_as = models.CharField(max_length=KEY_LENGTH, blank=True)
    """The key of the correction that let the other content count; nothing where the first one was kept."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key", "digest"], name="usage_conflict_once")]
        indexes = [
            models.Index(fields=["-created_at"], condition=models.Q(settled_at=None), name="usage_conflict_open")
        ]
