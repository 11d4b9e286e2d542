"""Words that put records of different kinds together."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from caudal.kit.records import NOT_DELETED, Record

TAG_LENGTH = 40


class TagTone(models.TextChoices):
    """What the colour of a tag says; the shades are those of the scheme in force."""

    IDLE = "idle", _("Grey: nothing in particular")
    ACCENT = "accent", _("Teal: to look at")
    GOOD = "good", _("Green: good news")
    WARN = "warn", _("Amber: with care")
    BAD = "bad", _("Red: a problem")
    PLAN = "plan", _("Violet: planned")


class Tag(Record):
    """A word that leads, people, companies and deals bear. Named by one of them first, it comes into being."""

    kind: ClassVar[str] = "tag"

    name = models.CharField(_("name"), max_length=TAG_LENGTH)
    name_key = models.CharField(max_length=TAG_LENGTH, editable=False)
    tone = models.CharField(_("colour"), max_length=16, choices=TagTone.choices, default=TagTone.IDLE, blank=True)

    borne: dict[str, int]
    """How many rows of each kind bear it, where they were counted."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="crm_tag_named"),
            models.UniqueConstraint(
                fields=["name_key"],
                condition=NOT_DELETED,
                name="crm_tag_name",
                violation_error_message=_("There is already a tag of this name; merge the two instead."),
            ),
        ]


class Tagged(Record):
    """A record that bears tags: their names, a copy that follows the tags when these are called otherwise."""

    tags = ArrayField(
        models.CharField(max_length=TAG_LENGTH), verbose_name=_("tags"), default=list, db_default=[], blank=True
    )

    tinted: list[tuple[str, str]]
    """Its tags with their colours, where they were looked up."""

    class Meta:
        abstract = True


def tag_index(name: str) -> GinIndex:
    """Return the index that finds what bears a tag, deleted rows too, which may come back."""
    return GinIndex(fields=["tags"], name=name)
