"""Forms of activities: one line, the whole of one, what came of it, another day."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any, Final
from uuid import UUID

from django import forms
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from caudal.crm.actions import ActivityValues
from caudal.crm.forms.choices import Pairs
from caudal.crm.forms.records import ActorForm, date_field
from caudal.crm.models import OUTCOMES, Activity, ActivityKind, Direction
from caudal.workspace.queries import active_members

CLOCK: Final = "%H:%M"
MENTIONS: Final = {"data-mentions": reverse_lazy("workspace:member_names")}
"""What lets a field offer names after an @."""
MINUTES_MAX: Final = 24 * 60


def outcome_pairs(does: str) -> Pairs:
    """Return the outcomes that a kind may have."""
    return [(outcome.value, outcome.label) for outcome in OUTCOMES.get(does, ())]


def outcome_groups() -> Pairs:
    """Return the outcomes of every kind, in groups."""
    groups = [(str(ActivityKind(does).label), outcome_pairs(does)) for does in OUTCOMES if OUTCOMES[does]]
    return [("", "—"), *groups]


class LineForm(ActorForm):
    """One line about what was done and what comes next."""

    line = forms.CharField(
        label=_("What happened"),
        max_length=2000,
        help_text=_("For example: call, reached, 10 min, next: send offer Friday"),
        widget=forms.TextInput(attrs={"autocomplete": "off", **MENTIONS}),
    )
    about = forms.CharField(required=False, widget=forms.HiddenInput)


class DueFields(ActorForm):
    """A day, and a time where there is one."""

    due_date = date_field(_("Day"))
    due_time = forms.TimeField(
        label=_("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format=CLOCK)
    )

    @override
    def clean(self) -> dict[str, Any]:
        """A time needs its day."""
        values = super().clean() or {}
        if values.get("due_time") and not values.get("due_date"):
            self.add_error("due_date", _("A time needs its day."))
        return values

    def due(self) -> ActivityValues:
        """Return the day or the instant, in the reader's zone, as actions take it."""
        day, clock = self.cleaned_data.get("due_date"), self.cleaned_data.get("due_time")
        if day is None or clock is None:
            return {"due_date": day, "due_at": None}
        instant = datetime.combine(day, clock, tzinfo=timezone.get_current_timezone())
        return {"due_date": None, "due_at": instant}


class ActivityForm(DueFields):
    """An activity to plan or to log, or one that is there."""

    does = forms.ChoiceField(label=_("Kind"), choices=ActivityKind.choices)
    subject = forms.CharField(label=_("Subject"), required=False, max_length=200, widget=forms.TextInput())
    body = forms.CharField(
        label=_("Notes"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, **MENTIONS}),
        help_text=_("Type @ and a name to tell a colleague."),
    )
    minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=0, max_value=MINUTES_MAX)
    direction = forms.ChoiceField(label=_("Who called or wrote"), required=False)
    owner = forms.ChoiceField(label=_("Who does it"), required=False)
    done = forms.BooleanField(label=_("It is done already"), required=False)
    outcome = forms.ChoiceField(label=_("What came of it"), required=False)
    is_private = forms.BooleanField(
        label=_("Private"), required=False, help_text=_("Nobody else sees it, managers and administrators neither.")
    )
    about = forms.CharField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, record: Activity | None = None, **kwargs: Any) -> None:
        if record is not None:
            kwargs["initial"] = stored(record)
        super().__init__(*args, **kwargs)
        self.offer("direction", [("", "—"), *Direction.choices])
        self.offer("owner", [("", _("Nobody yet")), *((str(pk), name) for pk, name in active_members())])
        self.offer("outcome", outcome_groups())
        self.order_fields(["does", "subject", "due_date", "due_time", "owner", "done", "outcome", "body"])
        if record is None:
            self.initial.setdefault("owner", str(self.actor.member or ""))
        else:
            for name in ("does", "done", "outcome", "is_private"):
                del self.fields[name]

    def values(self) -> dict[str, Any]:
        """Return what was said, as actions take it, besides the end."""
        owner = self.cleaned_data["owner"]
        return {
            **{name: self.cleaned_data[name] for name in ("subject", "body", "minutes", "direction")},
            **self.due(),
            "owner_id": UUID(owner) if owner else None,
        }


class CompleteForm(ActorForm):
    """What came of an activity, and what comes next."""

    outcome = forms.ChoiceField(label=_("What came of it"), required=False, widget=forms.RadioSelect)
    minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=0, max_value=MINUTES_MAX)
    step = forms.CharField(
        label=_("Next step"),
        required=False,
        max_length=200,
        help_text=_("For example: send offer Friday"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, record: Activity, **kwargs: Any) -> None:
        pairs = outcome_pairs(record.does)
        kwargs["initial"] = {"version": record.version, "minutes": record.minutes, "outcome": pairs[0][0]}
        super().__init__(*args, **kwargs)
        self.offer("outcome", pairs)


class CallForm(ActorForm):
    """A call that was just made: what came of it, and what comes next, most of it without typing."""

    outcome = forms.ChoiceField(label=_("What came of it"), widget=forms.RadioSelect)
    again = forms.ChoiceField(
        label=_("Call again"),
        required=False,
        choices=[("", _("No")), ("1", _("Tomorrow")), ("3", _("In 3 days")), ("7", _("In a week"))],
        widget=forms.RadioSelect,
    )
    step = forms.CharField(
        label=_("Or another next step"),
        required=False,
        max_length=200,
        help_text=_("For example: send offer Friday"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "done"}),
    )
    body = forms.CharField(label=_("Notes"), required=False, widget=forms.Textarea(attrs={"rows": 2, **MENTIONS}))
    about = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pairs = outcome_pairs(ActivityKind.CALL)
        kwargs["initial"] = {"outcome": pairs[0][0], "again": "", **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.offer("outcome", pairs)


class DueForm(DueFields):
    """When an activity is due now."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, record: Activity, **kwargs: Any) -> None:
        found = stored(record)
        kwargs["initial"] = {name: found[name] for name in ("version", "due_date", "due_time")}
        super().__init__(*args, **kwargs)


def stored(record: Activity) -> Mapping[str, Any]:
    """Return what an activity says, as forms show it."""
    local = record.due_at.astimezone(timezone.get_current_timezone()) if record.due_at else None
    clock: time | None = local.time() if local else None
    return {
        **{name: getattr(record, name) for name in ("version", "subject", "body", "minutes", "direction")},
        "owner": str(record.owner_id or ""),
        "due_date": local.date() if local else record.due_date,
        "due_time": clock,
    }
