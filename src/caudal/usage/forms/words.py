"""How usage is told: quantities, states of events, and data as people read JSON."""

from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from caudal.ui.formats import number_text, reader_locale, unit_text
from caudal.usage.models import Meter, WaitingReason
from caudal.usage.offline import written
from caudal.usage.queries import in_digits

STATES: Final = {
    "counts": (_("it counts"), "good"),
    "corrected": (_("corrected"), "idle"),
    "taken_away": (_("takes away"), "idle"),
    "left_out": (_("left out by the filters"), "idle"),
    WaitingReason.SUBJECT.value: (_("waits for its subject"), "warn"),
    WaitingReason.METER.value: (_("waits for a meter"), "warn"),
    WaitingReason.CORRECTED.value: (_("waits for what it corrects"), "warn"),
    WaitingReason.UNREADABLE.value: (_("a meter cannot read it"), "bad"),
}
"""What the states of events are called, and their tones."""


def label_of(meter: Meter) -> str:
    """Return the name of a meter in the reader's language."""
    return meter.label(get_language() or "en")


def amount_of(quantity: Fraction | Decimal, meter: Meter | None = None) -> str:
    """Return a quantity as the reader writes numbers, with the unit of its meter."""
    shown = number_text(Decimal(in_digits(Fraction(quantity))), reader_locale())
    return f"{shown} {unit_text(meter.unit)}" if meter is not None and meter.unit else shown


def data_told(data: Any) -> str:
    """Return data as one line of JSON, nothing for none."""
    return "" if data is None else written(data)
