"""How far the story of the demo company has been told."""

from typing import ClassVar

from django.db import models


class Story(models.Model):
    """The one row that says from which seed the demo company grows, and up to which day it has."""

    only = models.BooleanField(primary_key=True, default=True)
    seed = models.BigIntegerField()
    start_date = models.DateField()
    end_date = models.DateField()
    """The first day that was not told: everything before it was."""
    cast = models.JSONField(default=dict)
    """The ids of rows that later steps speak of, by their keys in the script."""

    objects: ClassVar[models.Manager["Story"]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(only=True), name="demo_one_story"),
            models.CheckConstraint(condition=models.Q(end_date__gte=models.F("start_date")), name="demo_story_goes_on"),
        ]
