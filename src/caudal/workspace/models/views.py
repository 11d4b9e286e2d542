"""Ways to look at lists that somebody gave a name."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from caudal.kit.records import NOT_DELETED, Record
from caudal.kit.world import new_id
from caudal.workspace.models.team import Member, Team


class Sharing(models.TextChoices):
    """Who sees a view besides the member whose it is."""

    PRIVATE = "private", _("Only me")
    TEAM = "team", _("My team")
    EVERYBODY = "everybody", pgettext_lazy("readers", "Everybody")


class ViewLayout(models.TextChoices):
    """How a view shows its rows."""

    LIST = "list", _("List")
    BOARD = "board", _("Board")


class SavedView(Record):
    """A filter, columns, an order and a grouping of the list of one kind of record."""

    kind: ClassVar[str] = "view"

    owner = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="views")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="views")
    """The team that sees it, if it is shared with one."""
    record_kind = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=80)
    sharing = models.CharField(_("seen by"), max_length=10, choices=Sharing.choices, default=Sharing.PRIVATE)
    layout = models.CharField(max_length=8, choices=ViewLayout.choices, default=ViewLayout.LIST)
    where = models.TextField(blank=True)
    columns = models.JSONField(default=list)
    sort = models.CharField(max_length=300, blank=True)
    group = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="workspace_view_named"),
            models.CheckConstraint(
                condition=models.Q(sharing=Sharing.TEAM, team__isnull=False)
                | (~models.Q(sharing=Sharing.TEAM) & models.Q(team=None)),
                name="workspace_view_team_whole",
            ),
            models.UniqueConstraint(
                fields=["owner", "record_kind", "name"],
                condition=NOT_DELETED,
                name="workspace_view_name",
                violation_error_message=_("You have a view of this name already."),
            ),
        ]
        indexes = [models.Index(fields=["record_kind", "name", "id"], condition=NOT_DELETED, name="workspace_view_of")]


class DefaultView(models.Model):
    """The view that a member's list of a kind opens with: a word for one that the list was born with, else an id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="default_views")
    record_kind = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "record_kind"], name="workspace_default_view_once")]
