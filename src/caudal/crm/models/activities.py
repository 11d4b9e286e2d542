"""What people do about deals, leads, companies and people: calls, mail, meetings, notes and tasks."""

from typing import ClassVar, Final

from django.db import models
from django.db.models import F, Func
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from caudal.crm.models.deals import Deal
from caudal.crm.models.leads import Lead
from caudal.crm.models.parties import Company, Person
from caudal.kit.records import NOT_DELETED, Record
from caudal.kit.world import new_id


class ActivityKind(models.TextChoices):
    """What somebody does."""

    CALL = "call", _("Call")
    EMAIL = "email", _("E-mail")
    MEETING = "meeting", _("Meeting")
    DEMO = "demo", _("Demo")
    VISIT = "visit", _("Visit")
    NOTE = "note", _("Note")
    TASK = "task", _("Task")


class ActivityOutcome(models.TextChoices):
    """What came of it."""

    REACHED = "reached", _("Reached")
    NO_ANSWER = "no_answer", _("No answer")
    VOICEMAIL = "voicemail", _("Voicemail")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    SENT = "sent", _("Sent")
    REPLIED = "replied", _("Replied")
    BOUNCED = "bounced", _("Bounced")
    HELD = "held", _("Held")
    NO_SHOW = "no_show", _("Nobody came")
    CANCELLED = "cancelled", pgettext_lazy("outcome", "Cancelled")
    COMPLETED = "completed", _("Completed")
    DROPPED = "dropped", _("Not needed any more")


APPOINTMENT: Final = (ActivityOutcome.HELD, ActivityOutcome.NO_SHOW, ActivityOutcome.CANCELLED)
OUTCOMES: Final[dict[str, tuple[ActivityOutcome, ...]]] = {
    ActivityKind.CALL: (
        ActivityOutcome.REACHED,
        ActivityOutcome.NO_ANSWER,
        ActivityOutcome.VOICEMAIL,
        ActivityOutcome.WRONG_NUMBER,
    ),
    ActivityKind.EMAIL: (ActivityOutcome.SENT, ActivityOutcome.REPLIED, ActivityOutcome.BOUNCED),
    ActivityKind.MEETING: APPOINTMENT,
    ActivityKind.DEMO: APPOINTMENT,
    ActivityKind.VISIT: APPOINTMENT,
    ActivityKind.NOTE: (),
    ActivityKind.TASK: (ActivityOutcome.COMPLETED, ActivityOutcome.DROPPED),
}
"""The outcomes that each kind may have, the usual one first."""
TALKS: Final = (ActivityKind.CALL, ActivityKind.EMAIL, ActivityKind.MEETING, ActivityKind.DEMO, ActivityKind.VISIT)
"""Kinds by which a buyer hears of us."""
APPOINTMENTS: Final = (ActivityKind.MEETING, ActivityKind.DEMO, ActivityKind.VISIT)
"""Kinds at which somebody waits for us."""


ABOUT: Final = ("deal", "lead", "company", "person", "member")
"""What an activity may be linked to: the records that it is about, and members who take part."""


class Direction(models.TextChoices):
    """Who called or wrote."""

    OUT = "out", _("Outgoing")
    IN = "in", _("Incoming")


class Activity(Record):
    """Something to be done, or done, by its owner. Planned until a `Completion` says what came of it."""

    kind: ClassVar[str] = "activity"

    does = models.CharField(_("kind"), max_length=8, choices=ActivityKind.choices)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("notes"), blank=True)
    owner = models.ForeignKey(
        "workspace.Member",
        verbose_name=_("owner"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    due_date = models.DateField(_("due"), null=True, blank=True)
    """The day by which it is to be done, in the zone of whoever does it."""
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    """The instant, for what has one: a meeting. An activity has a day, an instant or neither."""
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    direction = models.CharField(_("direction"), max_length=3, choices=Direction.choices, blank=True)
    is_private = models.BooleanField(_("private"), default=False)
    """Seen by nobody but its author."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due_date=None) | models.Q(due_at=None), name="crm_activity_one_due"
            ),
            models.CheckConstraint(condition=models.Q(does__in=ActivityKind.values), name="crm_activity_kind"),
        ]
        indexes = [
            models.Index(fields=["owner", "due_date"], condition=NOT_DELETED, name="crm_activity_day_of_owner"),
            models.Index(fields=["owner", "due_at"], condition=NOT_DELETED, name="crm_activity_hour_of_owner"),
            models.Index(fields=["-changed_at", "-id"], condition=NOT_DELETED, name="crm_activity_by_change"),
        ]

    @property
    def name(self) -> str:
        """What it is called: its subject, else its kind."""
        return self.subject or str(self.get_does_display())


class ActivityLink(models.Model):
    """An activity is about a deal, a lead, a company or a person, or a member takes part in it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="links")
    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, null=True, related_name="activity_links", db_index=False)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, null=True, related_name="activity_links", db_index=False)
    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, null=True, related_name="activity_links", db_index=False
    )
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, null=True, related_name="activity_links", db_index=False
    )
    member = models.ForeignKey(
        "workspace.Member", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Exact(Func(*map(F, ABOUT), function="num_nonnulls", output_field=models.IntegerField()), 1),
                name="crm_activity_link_one",
            ),
            *(
                models.UniqueConstraint(
                    fields=[name, "activity"],
                    condition=models.Q(**{f"{name}__isnull": False}),
                    name=f"crm_activity_of_{name}",
                )
                for name in ABOUT
            ),
        ]


class Completion(models.Model):
    """An activity was done, with what came of it. Opening it again removes the row; the facts keep what happened."""

    activity = models.OneToOneField(Activity, on_delete=models.CASCADE, primary_key=True, related_name="completion")
    outcome = models.CharField(_("outcome"), max_length=12, choices=ActivityOutcome.choices, blank=True)
    done_at = models.DateTimeField(_("done"))
    done_by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=["", *ActivityOutcome.values]), name="crm_completion_outcome"
            ),
        ]
        indexes = [models.Index(fields=["done_at"], name="crm_completion_when")]
