"""What members are told of, how they wish to be told, and which records they follow."""

from typing import ClassVar, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.core.ids import Ref
from caudal.kit.records import Record
from caudal.kit.world import new_id
from caudal.workspace.models.team import Member

REMIND_MINUTES_MAX: Final = 24 * 60
"""Nobody is reminded of something more than a day before."""


class NoticeSort(models.TextChoices):
    """Why somebody is told of something."""

    MENTION = "mention", _("Somebody mentions you")
    ASSIGNED = "assigned", _("A record becomes yours")
    TASK = "task", _("Somebody gives you something to do")
    REMINDER = "reminder", _("Something of yours is due soon")
    FOLLOWED = "followed", _("Something happens to a record that you follow")
    APPROVAL = "approval", _("A second person is asked, or has decided")
    WORK = "work", _("Long work of yours has ended")


class Way(models.TextChoices):
    """How somebody wishes to be told; each way includes those after it, and the last one none."""

    MAIL = "mail", _("At once by mail")
    DIGEST = "digest", _("In the digest")
    PAGE = "page", _("Under the bell only")
    NONE = "none", _("Not at all")


DEFAULT_WAYS: Final[dict[str, Way]] = {
    NoticeSort.MENTION: Way.DIGEST,
    NoticeSort.ASSIGNED: Way.DIGEST,
    NoticeSort.TASK: Way.DIGEST,
    NoticeSort.REMINDER: Way.PAGE,
    NoticeSort.FOLLOWED: Way.DIGEST,
    NoticeSort.APPROVAL: Way.DIGEST,
    NoticeSort.WORK: Way.PAGE,
}
"""How somebody is told who has said nothing."""


class Rhythm(models.TextChoices):
    """How often a digest comes."""

    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Once a week")
    NEVER = "never", _("Never")


class Notification(Record):
    """Something that a member is told of. Its words are found when it is read: here stand only what and why."""

    kind: ClassVar[str] = "notification"

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="notifications", db_index=False)
    sort = models.CharField(max_length=10, choices=NoticeSort.choices)
    key = models.CharField(max_length=200)
    """What it is about, as a text: nobody is told twice of one key."""
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    fact = models.UUIDField(null=True)
    """The fact that tells what happened; a reminder tells of something that did not yet."""
    many = models.PositiveBigIntegerField(default=1)
    """How many records one doing of somebody's touched; the subject is the first of them."""
    actor = models.CharField(max_length=64)
    happened_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    by_mail = models.BooleanField(default=False)
    """Whether a letter of its own was wished for."""
    in_digest = models.BooleanField(default=False)
    """Whether it belongs in a digest."""
    mailed_at = models.DateTimeField(null=True)
    """When it was handed to a letter, its own or the digest's."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "key"], name="workspace_notification_once"),
            models.CheckConstraint(condition=models.Q(sort__in=NoticeSort.values), name="workspace_notification_sort"),
        ]
        indexes = [
            models.Index(fields=["member", "-happened_at", "-id"], name="workspace_notification_newest"),
            models.Index(
                fields=["member", "-happened_at"],
                condition=models.Q(read_at=None),
                name="workspace_notification_unread",
            ),
            models.Index(
                fields=["happened_at"],
                condition=models.Q(by_mail=True, mailed_at=None, read_at=None),
                name="workspace_notification_to_mail",
            ),
        ]

    @property
    def subject(self) -> Ref:
        """The record that it leads to."""
        return Ref(self.subject_kind, self.subject_id)


class Following(models.Model):
    """Whether a member hears what happens to a record. Without a row, its owner does and nobody else."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="follows", db_index=False)
    record_kind = models.CharField(max_length=40)
    record = models.UUIDField()
    hears = models.BooleanField()
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record_kind", "record", "member"], name="workspace_following_once")
        ]
        indexes = [models.Index(fields=["member"], name="workspace_following_of")]


class NoticeWay(models.Model):
    """How a member wishes to be told of one sort."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="notice_ways", db_index=False)
    sort = models.CharField(max_length=10, choices=NoticeSort.choices)
    way = models.CharField(max_length=8, choices=Way.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "sort"], name="workspace_notice_way_once"),
            models.CheckConstraint(condition=models.Q(way__in=Way.values), name="workspace_notice_way_known"),
        ]


class DigestPlan(models.Model):
    """When a member's digest comes, and how long before something they are reminded of it."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, primary_key=True, related_name="digest_plan")
    rhythm = models.CharField(max_length=8, choices=Rhythm.choices, default=Rhythm.DAILY)
    hour = models.PositiveIntegerField(default=8)
    """An hour of the day in the member's zone."""
    weekday = models.PositiveIntegerField(default=0)
    """Of a weekly digest: 0 for Monday."""
    remind_minutes = models.PositiveIntegerField(default=15)
    """0 for no reminder."""
    digested_on = models.DateField(null=True)
    """The last day, in the member's zone, whose digest was made, with or without news."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(hour__lte=23), name="workspace_digest_hour"),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="workspace_digest_weekday"),
            models.CheckConstraint(
                condition=models.Q(remind_minutes__lte=REMIND_MINUTES_MAX), name="workspace_digest_reminder"
            ),
            models.CheckConstraint(condition=models.Q(rhythm__in=Rhythm.values), name="workspace_digest_rhythm"),
        ]
