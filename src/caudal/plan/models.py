"""Rows of the plan: what was adopted, and when."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.core.plans import BYTES_MAX
from caudal.kit.records import NOT_DELETED, Record

SHA256_LENGTH = 64


class PlanVersion(Record):
    """A plan as it was adopted on a day: the file as it was, and at the size of which of its versions.

    Rows are added and never changed; the one adopted last counts. `created_at` and `created_by` are when and by whom.
    """

    kind: ClassVar[str] = "plan"

    name = models.CharField(_("name"), max_length=200)
    text = models.TextField(_("plan file"), max_length=BYTES_MAX)
    sha256 = models.CharField(max_length=SHA256_LENGTH, editable=False)
    version_name = models.CharField(_("version"), max_length=80, blank=True)
    starts_on = models.DateField(_("first month"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(starts_on__day=1),
                name="plan_starts_on_first",
                violation_error_message=_("A plan starts on the first day of a month."),
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="plan_not_empty"),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="plan_latest")]


class MilestoneWork(Record):
    """Who sees to a milestone of a plan and when it was done; it outlives the versions of the plan's file.

    A milestone that nobody has and that is not done has no row.
    """

    kind: ClassVar[str] = "milestone"

    plan = models.CharField(max_length=64, editable=False)
    phase = models.CharField(max_length=64, editable=False)
    milestone = models.CharField(max_length=64, editable=False)
    owner = models.ForeignKey("workspace.Member", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_on = models.DateField(_("done on"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "phase", "milestone"], condition=NOT_DELETED, name="plan_milestone_once"
            )
        ]
