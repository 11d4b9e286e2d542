"""Single records that members and teams may see or change although they would not reach them."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.core.ids import Ref
from caudal.kit.records import NOT_DELETED, Record
from caudal.workspace.models.team import Member, Team


class Share(Record):
    """One record, shared with one member or with a team and the teams below it. Taken back, it is deleted softly."""

    kind: ClassVar[str] = "share"

    record_kind = models.CharField(max_length=40)
    record = models.UUIDField()
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    may_change = models.BooleanField(default=False)
    ends_at = models.DateTimeField(_("until"), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(member__isnull=True) ^ models.Q(team__isnull=True), name="workspace_share_with_one"
            ),
            models.UniqueConstraint(
                fields=["record_kind", "record", "member"],
                condition=NOT_DELETED & models.Q(member__isnull=False),
                name="workspace_share_member",
            ),
            models.UniqueConstraint(
                fields=["record_kind", "record", "team"],
                condition=NOT_DELETED & models.Q(team__isnull=False),
                name="workspace_share_team",
            ),
        ]
        indexes = [
            models.Index(fields=["member", "record_kind"], condition=NOT_DELETED, name="workspace_share_of_member"),
            models.Index(fields=["team", "record_kind"], condition=NOT_DELETED, name="workspace_share_of_team"),
        ]

    @property
    def shared(self) -> Ref:
        """The record that is shared."""
        return Ref(self.record_kind, self.record)

    @property
    def holder(self) -> Member | Team:
        """Whom it is shared with."""
        holder = self.member or self.team
        if holder is None:
            raise LookupError("a share is with a member or a team")
        return holder
