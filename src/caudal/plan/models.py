"""Rows of the plan: what was adopted, and when."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.core.plans import BYTES_MAX
from caudal.kit.records import Record

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
