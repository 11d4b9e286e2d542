"""Charts as values: a Vega-Lite specification with our look, and the table of what it draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from caudal.ui.tables import Table

BAR: Final = 28
"""The height that one bar among others takes."""
TONES: Final = {"good": "--good", "bad": "--bad", "whole": "--ink-2"}


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


@dataclass(frozen=True, slots=True)
class Fall:
    """One bar of a waterfall: its name, from where to where it reaches, its tone, and its words."""

    of: str
    start: float
    end: float
    tone: Literal["good", "bad", "whole"] = "whole"
    told: str = ""


def waterfall(falls: Sequence[Fall], *, share: bool = False) -> dict[str, Any]:
    """Return the specification of a waterfall lying on its side: each bar begins where the one above it ended."""
    values = [
        {"of": fall.of, "start": fall.start, "end": fall.end, "told": fall.told, "tone": fall.tone} for fall in falls
    ]
    return {
        "data": {"values": values},
        "height": BAR * len(values),
        "encoding": {
            "y": {"field": "of", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 150}},
            "tooltip": [{"field": "of", "title": " "}, {"field": "told", "title": " "}],
        },
        "layer": [
            {
                "mark": {"type": "bar", "cornerRadius": 2, "size": 16},
                "encoding": {
                    "x": {
                        "field": "start",
                        "type": "quantitative",
                        "title": None,
                        "axis": {"format": ".1%" if share else "~s"},
                    },
                    "x2": {"field": "end"},
                    "color": {
                        "field": "tone",
                        "type": "nominal",
                        "legend": None,
                        "sort": None,
                        "scale": {"domain": list(TONES), "range": list(TONES.values())},
                    },
                },
            },
            {
                "data": {"values": [{"nothing": 0}]},
                "mark": {"type": "rule", "color": "--ink-3"},
                "encoding": {"x": {"field": "nothing", "type": "quantitative"}, "y": None, "tooltip": None},
            },
        ],
    }


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of a stacked bar: where it stands, what it is of, its size (negative ones hang down), and its words."""

    at: str
    of: str
    size: float
    told: str = ""


def stacks(bars: Sequence[Bar], colours: Mapping[str, str]) -> dict[str, Any]:
    """Return the specification of stacked bars; `colours` are the tokens by what a part is of, in their order."""
    values = [{"at": bar.at, "of": bar.of, "size": bar.size, "told": bar.told} for bar in bars]
    legend = None if len(colours) == 1 else {"orient": "bottom", "title": None, "columns": 3}
    names = ("at", "of", "told")
    return {
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "bar", "cornerRadius": 1},
                "encoding": {
                    "x": {
                        "field": "at",
                        "type": "ordinal",
                        "sort": None,
                        "title": None,
                        "axis": {"labelAngle": 0, "labelOverlap": "greedy"},
                    },
                    "y": {"field": "size", "type": "quantitative", "title": None, "axis": {"format": "~s"}},
                    "color": {
                        "field": "of",
                        "type": "nominal",
                        "sort": None,
                        "legend": legend,
                        "scale": {"domain": list(colours), "range": list(colours.values())},
                    },
                    "tooltip": [{"field": name, "title": " "} for name in names],
                },
            },
            {
                "data": {"values": [{"nothing": 0}]},
                "mark": {"type": "rule", "color": "--ink-3"},
                "encoding": {"y": {"field": "nothing", "type": "quantitative"}, "x": None, "tooltip": None},
            },
        ],
    }


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a course: its name, what there was, what was due, what there was before, and what is foreseen."""

    at: str
    actual: float | None = None
    due: float | None = None
    before: float | None = None
    middle: float | None = None
    low: float | None = None
    high: float | None = None
    told: str = ""


def course(
    steps: Sequence[Step], *, share: bool = False, band: tuple[float, float | None] | None = None
) -> dict[str, Any]:
    """Return the specification of a course: the actual as a line, the plan dashed, what is foreseen shaded.

    `band` is an interval to be in, drawn behind all.
    """
    names = ("actual", "due", "before", "middle", "low", "high")
    values = [
        {"at": step.at, "told": step.told}
        | {name: getattr(step, name) for name in names if getattr(step, name) is not None}
        for step in steps
    ]
    axis = {"format": ".0%" if share else "~s"}
    lines: list[tuple[str, dict[str, Any]]] = [
        ("before", {"color": "--ink-3", "strokeWidth": 1, "opacity": 0.6}),
        ("due", {"color": "--plan", "strokeWidth": 1.5, "strokeDash": [5, 4]}),
        ("middle", {"color": "--accent", "strokeWidth": 1.5, "strokeDash": [2, 3]}),
        ("actual", {"color": "--accent", "strokeWidth": 2.5}),
    ]
    layers: list[dict[str, Any]] = []
    if band is not None:
        ends = {"lo": band[0], "hi": band[1]} if band[1] is not None else {"lo": band[0]}
        layers.append(
            {
                "data": {"values": [ends]},
                "mark": {"type": "rect", "color": "--plan", "opacity": 0.12}
                if band[1] is not None
                else {"type": "rule", "color": "--plan", "strokeDash": [5, 4], "strokeWidth": 1.5},
                "encoding": {
                    "x": None,
                    "y": {"field": "lo", "type": "quantitative", "title": None, "axis": axis},
                    **({"y2": {"field": "hi"}} if band[1] is not None else {}),
                },
            }
        )
    known = {name for value in values for name in value}
    if "low" in known:
        layers.append(_shade(axis))
    tooltip = [{"field": "at", "title": " "}, {"field": "told", "title": " "}]
    layers.extend(
        {
            "transform": [{"filter": f"isValid(datum.{name})"}],
            "mark": {"type": "line", **mark},
            "encoding": {"y": {"field": name, "type": "quantitative", "title": None, "axis": axis}, "tooltip": tooltip},
        }
        for name, mark in lines
        if name in known
    )
    x = {
        "field": "at",
        "type": "ordinal",
        "sort": [step.at for step in steps],
        "title": None,
        "axis": {"labelAngle": 0, "labelOverlap": "greedy"},
        "scale": {"type": "point", "padding": 0.2, "domain": [step.at for step in steps]},
    }
    return {"data": {"values": values}, "encoding": {"x": x}, "layer": layers}


def _shade(axis: dict[str, str]) -> dict[str, Any]:
    return {
        "transform": [{"filter": "isValid(datum.low)"}],
        "mark": {"type": "area", "color": "--accent", "opacity": 0.16},
        "encoding": {
            "y": {"field": "low", "type": "quantitative", "title": None, "axis": axis},
            "y2": {"field": "high"},
        },
    }
