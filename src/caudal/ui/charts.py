"""Charts as values: a Vega-Lite specification with our look, and the table of what it draws."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from caudal.ui.tables import Table


@dataclass(frozen=True, slots=True)
class Chart:
    """A finding, the drawing that shows it, and its figures as a table.

    `spec` is Vega-Lite without title, size, config or schema. Colours are the names of tokens ("--accent", "--plan",
    "--good", "--warn", "--bad", "--ink-1" to "--ink-3", "--line", "--series-1" to "--series-6").
    """

    id: str
    title: str
    spec: Mapping[str, Any]
    table: Table
    note: str = ""
    short: bool = False
    open: bool = False
    """Whether the table is unfolded from the start."""


def themed(chart: Chart) -> dict[str, Any]:
    """Return the specification with what every chart has: fluid width, its height, no background."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": "container",
        "height": 140 if chart.short else 240,
        "background": None,
        "autosize": {"type": "fit", "contains": "padding"},
        **chart.spec,
    }
