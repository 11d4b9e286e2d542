"""How usage is told: quantities, states of events, and data as people read JSON."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from caudal.ui.formats import number_text, reader_locale
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
    WaitingReason.TARGET.value: (_("waits for what it corrects"), "warn"),
    WaitingReason.UNREADABLE.value: (_("a meter cannot read it"), "bad"),
}
"""What the states of events are called, and their tones."""


def label_of(meter: Meter) -> str:
    """Return the name of a meter in the reader's language."""
    return meter.label(get_language() or "en")


def amount_of(quantity: Fraction | Decimal) -> str:
    """Return a quantity as the reader writes numbers."""
    return number_text(shown(quantity), reader_locale())


def shown(quantity: Fraction | Decimal) -> Decimal:
    """Return a quantity as a number that can be shown: to twelve places."""
    return Decimal(in_digits(Fraction(quantity)))


def json_lines(value: Mapping[str, Any]) -> str:
    """Return an object as JSON with a line for each of its names, in their order."""
    return "{\n" + ",\n".join(f"  {written(name)}: {written(each)}" for name, each in value.items()) + "\n}"


def data_told(data: Any) -> str:
    """Return data as one line of JSON, nothing for none."""
    return "" if data is None else written(data)
