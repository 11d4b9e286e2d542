"""Every metric is a page that one can go to by its name."""

from functools import partial
from typing import Final

from django.utils.functional import lazy
from django.utils.translation import get_language

from caudal.core.metrics import METRICS, Metric
from caudal.kit.search.findable import Command


def label(metric: Metric) -> str:
    """Return what a metric is called in the active language."""
    return metric.label.in_language(get_language() or "en")


COMMANDS: Final = tuple(
    Command(
        label=lazy(partial(label, metric), str)(),
        url_name="insights:metric",
        args=(metric.id,),
        noun="metric",
        is_page=True,
        icon="chart",
    )
    for metric in METRICS
)
