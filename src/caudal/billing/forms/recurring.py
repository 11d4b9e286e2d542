"""What of recurring revenue is looked at: so many months up to one, a currency, and parts of it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from caudal.billing.models import MovementSort
from caudal.billing.queries import NO_PILLAR, Dimension
from caudal.catalog.queries import streams
from caudal.core.periods import CalendarPeriod, Days, add_months
from caudal.ui.formats import month_text, reader_locale
from caudal.workspace.queries import pillars

SPANS: Final = (12, 24, 36)
"""So many months can stand on a page; the first where nothing is said."""
OFFERED: Final = 60
"""So many months can be chosen as the last one."""
DIMENSIONS: Final[Mapping[Dimension, str | Promise]] = {
    Dimension.STREAM: _("Revenue stream"),
    Dimension.PILLAR: _("Pillar"),
    Dimension.PLAN: _("Plan"),
    Dimension.CURRENCY: _("Currency"),
}


class PartForm(forms.Form):
    """A part of recurring revenue; what nobody can choose is as if it were not said."""

    currency = forms.ChoiceField(label=_("Currency"), required=False)
    pillar = forms.ChoiceField(label=_("Pillar"), required=False)
    stream = forms.ChoiceField(label=_("Revenue stream"), required=False)
    plan = forms.TypedChoiceField(label=_("Plan"), required=False, coerce=UUID, empty_value=None)

    def __init__(
        self, data: Any, *, this_month: date, own: str, currencies: Sequence[str], plans: Sequence[tuple[UUID, str]]
    ) -> None:
        """Take what can be chosen."""
        super().__init__(data)
        self.currencies = currencies
        months, locale = [add_months(this_month, -back) for back in range(OFFERED + SPANS[-1])], reader_locale()
        self.offered = [(f"{day:%Y-%m}", month_text(day, locale)) for day in months]
        language = get_language() or "en"
        named = [(each.key, each.label(language)) for each in pillars()]
        every = [("", gettext("All, in %(currency)s") % {"currency": own})] if set(currencies) - {own} else []
        choices: dict[str, list[tuple[Any, Any]]] = {
            "currency": every + [(code, code) for code in currencies or [own]],
            "pillar": [("", _("All")), *named, (NO_PILLAR, _("No pillar"))],
            "stream": [("", _("All")), *streams()],
            "plan": [("", _("All")), *plans],
            "until": self.offered[:OFFERED],
            "months": [(count, gettext("%(count)s months") % {"count": count}) for count in SPANS],
            "month": self.offered,
        }
        for name, field in self.fields.items():
            if isinstance(field, forms.ChoiceField) and name in choices:
                field.choices = choices[name]
        if len(choices["currency"]) == 1:
            del self.fields["currency"]

    def said(self, name: str) -> Any:
        """Return what was chosen, or nothing."""
        self.is_valid()
        return getattr(self, "cleaned_data", {}).get(name)

    def month_said(self, name: str) -> Days:
        """Return the month that was chosen, or this one."""
        return CalendarPeriod.parse(self.said(name) or self.offered[0][0]).days

    @property
    def narrows(self) -> bool:
        """Whether it is a part of all."""
        return any(self.said(name) for name in ("pillar", "stream", "plan", "currency"))


class SpanForm(PartForm):
    """So many months of it up to one, divided by something."""

    until = forms.ChoiceField(label=_("Up to"), required=False)
    months = forms.TypedChoiceField(label=_("Months"), required=False, coerce=int, empty_value=None)
    by = forms.ChoiceField(label=_("Divided by"), required=False, choices=list(DIMENSIONS.items()))
    field_order = ("until", "months", "currency", "pillar", "stream", "plan", "by")


class MovedForm(PartForm):
    """What moved in a month, of one kind if asked."""

    month = forms.ChoiceField(label=_("Month"), required=False)
    kind = forms.ChoiceField(label=_("Movement"), required=False, choices=[("", _("All")), *MovementSort.choices])
    field_order = ("month", "kind", "currency", "pillar", "stream", "plan")
