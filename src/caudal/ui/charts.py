"""Charts as values: a Vega-Lite specification with our look, and the table of what it draws."""

from collections.abc import Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Fan:
    """One step of a fan: its name, the range that holds most of what may come, the middle, and all that in words."""

    at: str
    low: float
    middle: float
    high: float
    told: str = ""


def fan(steps: Sequence[Fan], *, bound: float | None = None, share: bool = False) -> dict[str, Any]:
    """Return the specification of a fan: a line through the middles, a shade over the ranges, dashes at the bound."""
    values = [
        {"at": step.at, "low": step.low, "middle": step.middle, "high": step.high, "told": step.told} for step in steps
    ]
    axis = {"format": ".0%" if share else "~s"}
    x = {
        "field": "at",
        "type": "ordinal",
        "sort": None,
        "title": None,
        "axis": {"labelAngle": 0, "labelOverlap": "greedy"},
        "scale": {"type": "point", "padding": 0.2},
    }
    tooltip = [{"field": "at", "title": " "}, {"field": "told", "title": " "}]
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "area", "color": "--accent", "opacity": 0.18},
            "encoding": {
                "y": {"field": "low", "type": "quantitative", "title": None, "axis": axis},
                "y2": {"field": "high"},
            },
        },
        {
            "mark": {"type": "line", "color": "--accent", "strokeWidth": 2, "point": {"color": "--accent", "size": 36}},
            "encoding": {"y": {"field": "middle", "type": "quantitative"}, "tooltip": tooltip},
        },
    ]
    if bound is not None:
        layers.append(
            {
                "data": {"values": [{"bound": bound}]},
                "mark": {"type": "rule", "color": "--plan", "strokeDash": [4, 3], "strokeWidth": 1.5},
                "encoding": {"x": None, "y": {"field": "bound", "type": "quantitative"}},
            }
        )
    return {"data": {"values": values}, "encoding": {"x": x}, "layer": layers}


@dataclass(frozen=True, slots=True)
class Swing:
    """What a figure is when one thing is low and when it is high, and both in words."""

    of: str
    at_low: float
    at_high: float
    told_low: str = ""
    told_high: str = ""


def tornado(swings: Sequence[Swing], *, middle: float, share: bool = False) -> dict[str, Any]:
    """Return the specification of a tornado: one bar to each side of the middle, the widest first."""
    values = [
        {"of": swing.of, "end": end, "value": value, "middle": middle, "told": told}
        for swing in swings
        for end, value, told in (("low", swing.at_low, swing.told_low), ("high", swing.at_high, swing.told_high))
    ]
    colour = {"field": "end", "type": "nominal", "legend": None, "sort": None}
    return {
        "data": {"values": values},
        "encoding": {
            "y": {"field": "of", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 180}},
            "tooltip": [{"field": "of", "title": " "}, {"field": "told", "title": " "}],
        },
        "layer": [
            {
                "mark": {"type": "bar", "cornerRadius": 2, "size": 14},
                "encoding": {
                    "x": {
                        "field": "middle",
                        "type": "quantitative",
                        "title": None,
                        "scale": {"zero": False},
                        "axis": {"format": ".0%" if share else "~s"},
                    },
                    "x2": {"field": "value"},
                    "color": colour | {"scale": {"domain": ["low", "high"], "range": ["--series-2", "--accent"]}},
                },
            },
            {
                "data": {"values": [{"middle": middle}]},
                "mark": {"type": "rule", "color": "--ink-3"},
                "encoding": {"x": {"field": "middle", "type": "quantitative"}, "y": None, "tooltip": None},
            },
        ],
    }


@dataclass(frozen=True, slots=True)
class Reach:
    """What a figure may come to in one of several cases: the range of most of it, its middle, and all that in words."""

    of: str
    low: float
    middle: float
    high: float
    told: str = ""
    plain: bool = False
    """Whether it is the case that the others are compared with."""


def reaches(cases: Sequence[Reach], *, bound: float | None = None, share: bool = False) -> dict[str, Any]:
    """Return the specification of ranges below each other: a bar from low to high, a dot at the middle."""
    values = [
        {
            "of": case.of,
            "low": case.low,
            "middle": case.middle,
            "high": case.high,
            "told": case.told,
            "sort": "plain" if case.plain else "other",
        }
        for case in cases
    ]
    x = {"type": "quantitative", "title": None, "scale": {"zero": False, "nice": True}}
    colour = {
        "field": "sort",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": ["plain", "other"], "range": ["--ink-3", "--accent"]},
    }
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "bar", "size": 10, "cornerRadius": 5, "opacity": 0.35},
            "encoding": {
                "x": x | {"field": "low", "axis": {"format": ".0%" if share else "~s"}},
                "x2": {"field": "high"},
                "color": colour,
            },
        },
        {
            "mark": {"type": "point", "filled": True, "size": 110, "opacity": 1},
            "encoding": {"x": x | {"field": "middle"}, "color": colour},
        },
    ]
    if bound is not None:
        layers.append(
            {
                "data": {"values": [{"bound": bound}]},
                "mark": {"type": "rule", "color": "--plan", "strokeDash": [4, 3], "strokeWidth": 1.5},
                "encoding": {"x": x | {"field": "bound"}, "y": None, "tooltip": None},
            }
        )
    return {
        "data": {"values": values},
        "encoding": {
            "y": {"field": "of", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 180}},
            "tooltip": [{"field": "of", "title": " "}, {"field": "told", "title": " "}],
        },
        "layer": layers,
    }
