"""Rows of the plan: what was adopted and when, what is being written, and who agreed to it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.core.periods import Grain
from caudal.core.plans import BYTES_MAX
from caudal.kit.records import NOT_DELETED, Record, bin_index

SHA256_LENGTH = 64
NAME_LENGTH = 200
NOTE_LENGTH = 2000
SCENARIO_BYTES = 50_000


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

    @property
    def name(self) -> str:
        """What lists of records call it: the id that its plan gives it."""
        return self.milestone.replace("_", " ")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "phase", "milestone"], condition=NOT_DELETED, name="plan_milestone_once"
            )
        ]


class Purpose(models.TextChoices):
    """What a draft is to become."""

    PLAN = "plan", _("Plan")
    BUDGET = "budget", _("Budget")
    FORECAST = "forecast", _("Forecast")


class DraftState(models.TextChoices):
    """Where a draft stands on its way to count."""

    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Proposed")
    APPROVED = "approved", _("Approved")


class Origin(models.TextChoices):
    """What a draft was begun from."""

    ADOPTED = "adopted", _("An adopted plan")
    DRAFT = "draft", _("Another draft")
    SHIPPED = "shipped", _("A plan that comes with Caudal")
    FILE = "file", _("A file")


class PlanDraft(Record):
    """A plan, budget or forecast that is being written: the text of its file, with mistakes while it is a draft.

    It is edited as a draft only, and never again once two people have approved it: the database refuses as well.
    """

    kind: ClassVar[str] = "plan_draft"

    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices, default=Purpose.PLAN)
    note = models.TextField(_("note"), max_length=NOTE_LENGTH, blank=True)
    text = models.TextField(_("plan file"), max_length=BYTES_MAX)
    sha256 = models.CharField(max_length=SHA256_LENGTH, editable=False)
    version_name = models.CharField(_("size"), max_length=80, blank=True)
    starts_on = models.DateField(_("first month"))
    origin = models.CharField(max_length=12, choices=Origin.choices, editable=False)
    begun_from = models.CharField(max_length=NAME_LENGTH, editable=False)
    """The id of an adopted plan, a draft or a scenario laid over one, the name of a shipped plan, or of a file."""
    state = models.CharField(_("state"), max_length=12, choices=DraftState.choices, default=DraftState.DRAFT)
    round = models.PositiveIntegerField(default=0, editable=False)
    """How often it was proposed."""
    proposed_at = models.DateTimeField(null=True, editable=False)
    proposed_by = models.CharField(max_length=64, blank=True, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(starts_on__day=1), name="plan_draft_starts_on_first"),
            models.CheckConstraint(condition=~models.Q(text=""), name="plan_draft_not_empty"),
            models.CheckConstraint(condition=models.Q(purpose__in=Purpose.values), name="plan_draft_purpose"),
            models.CheckConstraint(condition=models.Q(origin__in=Origin.values), name="plan_draft_origin"),
            models.CheckConstraint(
                condition=models.Q(state=DraftState.DRAFT, proposed_at=None, proposed_by="", approved_at=None)
                | (
                    models.Q(state=DraftState.PROPOSED, proposed_at__isnull=False, approved_at=None, round__gt=0)
                    & ~models.Q(proposed_by="")
                )
                | (
                    models.Q(state=DraftState.APPROVED, proposed_at__isnull=False, approved_at__isnull=False)
                    & ~models.Q(proposed_by="")
                ),
                name="plan_draft_state_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["-changed_at", "-id"], name="plan_draft_latest"),
            bin_index("plan_draft_bin"),
        ]


class DraftDecision(models.Model):
    """What somebody said of a draft that was proposed: yes, or no and why. Rows are added and never changed."""

    draft = models.ForeignKey(PlanDraft, on_delete=models.CASCADE, related_name="decisions", db_index=False)
    round = models.PositiveIntegerField()
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64)
    granted = models.BooleanField()
    note = models.TextField(max_length=NOTE_LENGTH, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "round", "decided_by"], name="plan_decision_once_each"),
            models.CheckConstraint(
                condition=models.Q(granted=True) | ~models.Q(note=""), name="plan_decision_no_has_reason"
            ),
        ]


class DraftText(models.Model):
    """The text of a draft as somebody wrote it, the first one being what it was begun from. Rows are only added."""

    draft = models.ForeignKey(PlanDraft, on_delete=models.CASCADE, related_name="texts", db_index=False)
    number = models.PositiveIntegerField()
    text = models.TextField(max_length=BYTES_MAX)
    sha256 = models.CharField(max_length=SHA256_LENGTH)
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "number"], name="plan_draft_text_once"),
            models.CheckConstraint(condition=~models.Q(text=""), name="plan_draft_text_not_empty"),
        ]


class PlanScenario(Record):
    """A plan with some things otherwise, under a name: what it says of them, and the plan that it is laid over.

    The text holds the tables of a scenario in a plan file, in the size of that file. It may have mistakes, since what
    it is laid over changes: the plan that counts, where `base` is empty, and else an adopted plan or a draft.
    """

    kind: ClassVar[str] = "plan_scenario"

    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    why = models.TextField(_("why"), max_length=NOTE_LENGTH, blank=True)
    base = models.CharField(_("laid over"), max_length=64, blank=True)
    text = models.TextField(_("what it says otherwise"), max_length=SCENARIO_BYTES, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=NOT_DELETED, name="plan_scenario_name_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="plan_scenario_named"),
        ]
        indexes = [bin_index("plan_scenario_bin")]


class FoundRepair(models.Model):
    """The least to change of a plan, found once for whoever asks: it takes seconds and is always the same.

    `key` stands for the plan, the reading, the checks and the targets that stay, and for the version of Caudal.
    """

    key = models.CharField(max_length=SHA256_LENGTH, unique=True)
    found = models.JSONField()
    found_at = models.DateTimeField()


class TypedActual(Record):
    """What a number came to, as somebody typed it: of a metric, or of a target without one, in a period up to a day.

    Rows are added and never changed: of those that speak of the same number, period and day the one with the highest
    `revision` counts, and one without a value takes it back. `created_at` and `created_by` are when and by whom.
    """

    kind: ClassVar[str] = "actual"

    metric = models.CharField(max_length=NAME_LENGTH, blank=True, editable=False)
    target = models.CharField(max_length=NAME_LENGTH, blank=True, editable=False)
    """The id of a target that has no metric."""
    pillar = models.CharField(max_length=NAME_LENGTH, blank=True, editable=False)
    unit = models.CharField(max_length=NAME_LENGTH, editable=False)
    grain = models.CharField(max_length=12, choices=[(grain.value, grain.value) for grain in Grain], editable=False)
    starts_on = models.DateField(editable=False)
    through_on = models.DateField(editable=False)
    """The last day that the value speaks of."""
    revision = models.PositiveIntegerField(editable=False)
    value = models.DecimalField(max_digits=36, decimal_places=12, null=True, editable=False)
    source = models.CharField(_("source"), max_length=NAME_LENGTH, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "target", "pillar", "unit", "grain", "starts_on", "through_on", "revision"],
                name="plan_actual_once",
                violation_error_message=_("Somebody typed this number at the same moment. Look at it again."),
            ),
            models.CheckConstraint(
                condition=models.Q(metric="") ^ models.Q(target=""), name="plan_actual_of_one_number"
            ),
            models.CheckConstraint(
                condition=models.Q(through_on__gte=models.F("starts_on")), name="plan_actual_through_its_start"
            ),
            models.CheckConstraint(
                condition=models.Q(grain__in=[grain.value for grain in Grain]), name="plan_actual_grain"
            ),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="plan_actual_latest")]
