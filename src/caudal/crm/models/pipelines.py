"""The ways a deal goes."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Value
from django.utils.translation import gettext_lazy as _

from caudal.kit.records import NOT_DELETED, Record


class ForecastCategory(models.TextChoices):
    """Where a deal counts in a forecast. Closed deals are `closed` whatever their last stage was."""

    OMITTED = "omitted", _("Omitted")
    PIPELINE = "pipeline", _("Pipeline")
    BEST_CASE = "best_case", _("Best case")
    COMMIT = "commit", _("Commit")
    CLOSED = "closed", _("Closed")


class Pipeline(Record):
    """An ordered list of stages. A pillar has one that new deals take unless they name another."""

    kind: ClassVar[str] = "pipeline"

    name = models.CharField(_("name"), max_length=120)
    pillar = models.ForeignKey(
        "workspace.Pillar",
        verbose_name=_("pillar"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_default = models.BooleanField(_("default of its pillar"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pillar"],
                condition=models.Q(is_default=True) & NOT_DELETED,
                nulls_distinct=False,
                name="crm_pipeline_one_default",
                violation_error_message=_("This pillar has a default pipeline already."),
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=NOT_DELETED,
                name="crm_pipeline_name",
                violation_error_message=_("Another pipeline has this name."),
            ),
        ]


class Stage(Record):
    """A step that an open deal can be in."""

    kind: ClassVar[str] = "stage"

    pipeline = models.ForeignKey(Pipeline, on_delete=models.CASCADE, related_name="stages")
    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"))
    probability = models.DecimalField(
        _("probability"), max_digits=5, decimal_places=4, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    forecast_category = models.CharField(
        _("forecast category"), max_length=12, choices=ForecastCategory.choices, default=ForecastCategory.PIPELINE
    )
    days_to_rot = models.PositiveSmallIntegerField(_("days until it is stale"), null=True, blank=True)
    needed = models.JSONField(default=list, db_default=Value([], models.JSONField()), blank=True)
    """Names of the fields that a deal must have to go on from here, those of the company's own among them."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pipeline", "position"], condition=NOT_DELETED, name="crm_stage_position"),
            models.UniqueConstraint(
                fields=["pipeline", "name"],
                condition=NOT_DELETED,
                name="crm_stage_name",
                violation_error_message=_("Another stage of this pipeline has this name."),
            ),
            models.CheckConstraint(condition=models.Q(probability__range=(0, 1)), name="crm_stage_probability"),
            models.CheckConstraint(
                condition=~models.Q(forecast_category=ForecastCategory.CLOSED), name="crm_stage_is_open"
            ),
        ]
