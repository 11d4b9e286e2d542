"""What was decided about files of a certain shape, under a name: the next files of that shape are read the same way."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from caudal.kit.records import NOT_DELETED, Record

PROFILE_NAME_LENGTH = 80


class ProfileSharing(models.TextChoices):
    """Who uses a profile besides whoever saved it."""

    EVERYBODY = "everybody", pgettext_lazy("users of a profile", "Everybody who imports")
    PRIVATE = "private", _("Only me")


class ImportProfile(Record):
    """Which column of a table becomes which field, and what stages and owners mean."""

    kind: ClassVar[str] = "import_profile"

    name = models.CharField(_("name"), max_length=PROFILE_NAME_LENGTH)
    name_key = models.CharField(max_length=PROFILE_NAME_LENGTH, editable=False)
    sharing = models.CharField(
        _("used by"), max_length=10, choices=ProfileSharing.choices, default=ProfileSharing.EVERYBODY
    )
    tables = models.JSONField(default=list)
    """Each table: what it was called, its kind, and for each of its columns the key, the header and what it becomes."""
    words = models.JSONField(default=dict)
    """`stages` and `owners`: each word as files write it → what it means, and what that was called."""
    keeps_columns = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="crm_profile_named"),
            models.UniqueConstraint(
                fields=["name_key"],
                condition=NOT_DELETED & models.Q(sharing=ProfileSharing.EVERYBODY),
                name="crm_profile_name",
                violation_error_message=_("There is already a profile of this name."),
            ),
            models.UniqueConstraint(
                fields=["created_by", "name_key"],
                condition=NOT_DELETED & models.Q(sharing=ProfileSharing.PRIVATE),
                name="crm_profile_own_name",
                violation_error_message=_("You have a profile of this name already."),
            ),
        ]
