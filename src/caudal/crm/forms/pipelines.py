"""Forms of pipelines and their stages."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from caudal.core.decimals import plain_decimal
from caudal.crm.forms.choices import id_of, pillar_pairs
from caudal.crm.forms.records import ActorForm
from caudal.crm.models import ForecastCategory, Pipeline, Stage
from caudal.crm.queries import criteria

PERCENT: Final = Decimal(100)
LIKELY: Final = [pair for pair in ForecastCategory.choices if pair[0] != ForecastCategory.CLOSED]


class PipelineForm(ActorForm):
    """A pipeline."""

    name = forms.CharField(label=_("Name"), max_length=120)
    pillar = forms.ChoiceField(label=_("Pillar"), required=False)
    is_default = forms.BooleanField(
        label=_("New deals take it"),
        required=False,
        help_text=_("New deals of the pillar go this way unless they say otherwise. It replaces the default that was."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, pipeline: Pipeline | None = None, **kwargs: Any) -> None:
        if pipeline is not None:
            kwargs["initial"] = {
                "name": pipeline.name,
                "pillar": str(pipeline.pillar.ref) if pipeline.pillar else "",
                "is_default": pipeline.is_default,
                "version": pipeline.version,
            }
        super().__init__(*args, **kwargs)
        self.offer("pillar", pillar_pairs())

    def values(self) -> dict[str, Any]:
        """Return what was said, as actions take it."""
        said = self.cleaned_data
        return {
            "name": said["name"],
            "pillar_id": id_of(said["pillar"], "pillar"),
            "is_default": said["is_default"],
        }


class StageSettingsForm(ActorForm):
    """A stage of a pipeline, and its place among the others."""

    name = forms.CharField(label=_("Name"), max_length=120)
    percent = forms.DecimalField(
        label=_("Probability (%)"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text=_("How many of a hundred deals in this stage are won in the end."),
    )
    forecast_category = forms.ChoiceField(
        label=_("Forecast category"), choices=LIKELY, help_text=_("Where its deals count in a forecast.")
    )
    days_to_rot = forms.IntegerField(
        label=_("Days until it is stale"),
        required=False,
        min_value=1,
        max_value=3650,
        help_text=_("After so many days in the stage a deal is marked as stale. Empty, it never is."),
    )
    needed = forms.MultipleChoiceField(
        label=_("Needed to move on"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "A deal goes on from here only when these are filled in. Going back and losing are always allowed."
        ),
    )
    place = forms.TypedChoiceField(label=_("Place"), coerce=int, help_text=_("Where it stands on the board."))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, others: Sequence[Stage], stage: Stage | None = None, **kwargs: Any) -> None:
        behind = [each for each in others if stage is None or each.position < stage.position]
        kwargs["initial"] = {"forecast_category": ForecastCategory.PIPELINE, "place": len(behind) + 1}
        if stage is not None:
            kwargs["initial"] |= {
                "name": stage.name,
                "percent": plain_decimal(stage.probability * PERCENT),
                "forecast_category": stage.forecast_category,
                "days_to_rot": stage.days_to_rot,
                "needed": stage.needed,
                "version": stage.version,
            }
        super().__init__(*args, **kwargs)
        self.offer("needed", criteria())
        after = [(str(at), gettext("After %(stage)s") % {"stage": each.name}) for at, each in enumerate(others, 2)]
        self.offer("place", [("1", gettext("First")), *after])

    def values(self) -> dict[str, Any]:
        """Return what was said, as actions take it."""
        said = self.cleaned_data
        return {
            "name": said["name"],
            "probability": said["percent"] / PERCENT,
            "forecast_category": said["forecast_category"],
            "days_to_rot": said["days_to_rot"],
            "needed": said["needed"],
            "place": said["place"],
        }

    @override
    def field_of(self, name: str) -> str:
        """Return the field that holds what an action calls `name`."""
        return "percent" if name == "probability" else super().field_of(name)


class StageGoneForm(ActorForm):
    """Where the open deals of a stage go that is taken out."""

    to = forms.ChoiceField(label=_("Their new stage"))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, stage: Stage, others: Sequence[Stage], count: int, **kwargs: Any) -> None:
        kwargs["initial"] = {"version": stage.version}
        super().__init__(*args, **kwargs)
        if count:
            self.offer("to", [("", gettext("Choose a stage")), *((str(each.ref), each.name) for each in others)])
        else:
            del self.fields["to"]
