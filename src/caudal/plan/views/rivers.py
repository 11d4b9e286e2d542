"""The river: the way from channels to cash as one picture, beside what was due, each part a way to its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from caudal.insights.queries import written
from caudal.kit.access import Verb, may
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.plan.queries import Flow, NoPlan, Reach, River, flow_name, flow_text, river, river_words, segment_name
from caudal.plan.views.explained import days_text
from caudal.plan.views.first import month_named, step
from caudal.plan.views.lines import language
from caudal.ui.formats import number_text, percent_text, reader_locale
from caudal.ui.river import BED, MIDDLE, Mouth, Paths, band, half_of, joined, parted
from caudal.ui.tables import Cell, Column, Row, Table

LANES: Final = 5
"""Channels and streams that have a lane of their own."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One channel or stream: its name, what it carries, and its rows."""

    label: str
    value: str
    href: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """One reach as a page shows it: its words, the shapes of its water, and its lanes.

    `lanes_first` says that they flow in and not out. `bed` says that the plan says what was due.
    """

    id: str
    label: str
    value: str = ""
    note: str = ""
    href: str = ""
    water: Sequence[Paths] = ()
    lanes: Sequence[Lane] = ()
    lanes_first: bool = False
    bed: bool = False
    known: bool = True


@needs("plan")
@require_GET
def river_page(request: HttpRequest) -> HttpResponse:
    """Show the river of this month so far, or of one that has ended."""
    actor, as_of, title = actor_of(request), now(), _("River")
    try:
        found = river(actor, as_of=as_of, month=month_named(request.GET.get("month")))
    except NoPlan:
        return render(request, "plan/none.html", {"title": title, "may_adopt": may(actor, "plan", Verb.CREATE)})
    context = {
        "title": title,
        "crumbs": [(_("Plan"), "/")],
        "plan_name": found.standings.plan.name.told(language()),
        "step": step(found.standings, as_of, request.GET.dict()),
        "words": river_words(found),
        "days": days_text(found.days),
        "whole": found.standings.whole,
        "stretches": stretches(found),
        "beds": (str(MIDDLE - BED), str(MIDDLE + BED)),
        "table": river_table(found),
    }
    return render(request, "plan/river.html", context)


def stretches(found: River) -> list[Stretch]:
    """Return the reaches as a page shows them, the channels before the first."""
    halves = _halves(found.flows)
    shown: list[Stretch] = []
    first = found.flows[0]
    if first.branches:
        lanes = _lanes(found, first)
        values = _values(first)
        apart, together = parted(values, halves[0]), joined(values, halves[0])
        water = [band(start, end) for start, end in zip(apart, together, strict=True)]
        shown.append(Stretch("channels", _("Channels"), water=water, lanes=lanes, lanes_first=True))
    streams: list[Mouth] = []
    for place, flow in enumerate(found.flows):
        half = halves[place]
        after = halves[place + 1] if place + 1 < len(halves) else half
        lanes = _lanes(found, flow) if flow.branches and place else []
        if lanes:
            values = _values(flow)
            together, apart = joined(values, half), parted(values, half)
            water = [band(start, end) for start, end in zip(together, apart, strict=True)]
            streams = apart
        elif streams:
            parts = joined([mouth.half for mouth in streams], half)
            water = [band(start, end) for start, end in zip(streams, parts, strict=True)]
            streams = []
        else:
            water = [band(Mouth(MIDDLE, half), Mouth(MIDDLE, after))]
        shown.append(
            Stretch(
                id=flow.reach.value,
                label=flow_name(flow.reach),
                value=flow_text(flow, flow.actual) or _("nobody knows yet"),
                note=flow_note(flow),
                href=flow_address(found, flow),
                water=water,
                lanes=lanes,
                bed=flow.due is not None,
                known=flow.actual is not None,
            )
        )
    return shown


def flow_note(flow: Flow) -> str:
    """Say what was due, and how much of it there is."""
    typed = _("typed by hand") if flow.typed else ""
    if flow.due is None:
        return typed or _("the plan says nothing of it")
    due = {"due": flow_text(flow, flow.due)}
    if flow.fill is None:
        return _("%(due)s due by now") % due
    share = percent_text(flow.fill, reader_locale(), places=0)
    return ", ".join(filter(None, (_("%(share)s of the %(due)s due by now") % {"share": share, **due}, typed)))


def flow_address(found: River, flow: Flow) -> str:
    """Return where a reach leads: to its rows, or to the page of its target where nothing counts it."""
    if flow.counted:
        return rows_of(found, flow)
    return reverse("plan:target", args=[flow.target.id]) if flow.target else ""


def rows_of(found: River, flow: Flow, key: Any = None, *, by: str = "") -> str:
    """Return the address of the rows of a reach, or of one of its branches."""
    asked = [("from", found.days.start.isoformat()), ("to", found.days.end.isoformat())]
    asked += [("by", by), ("is", written(key))] if by else []
    return f"{reverse('insights:rows', args=[flow.metric])}?{urlencode(asked)}"


def river_table(found: River) -> Table:
    """Return the river as a table, with the channels and streams below their reaches."""
    rows = []
    for flow in found.flows:
        share = Cell(void=True) if flow.fill is None else percent_text(flow.fill, reader_locale(), places=0)
        due = Cell(void=True) if flow.due is None else flow_text(flow, flow.due)
        label = Cell(flow_name(flow.reach), note=_("typed by hand") if flow.typed else "")
        href = flow_address(found, flow)
        actual = Cell(flow_text(flow, flow.actual), href=href) if flow.actual is not None else None
        rows.append(Row((label, actual, due, share), href=href))
        void, name = Cell(void=True), flow_name(flow.reach)
        rows.extend(
            Row((Cell(lane.label, note=name), Cell(lane.value, href=lane.href), void, void))
            for lane in _lanes(found, flow, most=len(flow.branches))
        )
    return Table(
        columns=(
            Column(_("Reach"), line=1),
            Column(_("So far"), line=2),
            Column(_("Due by now"), line=0),
            Column(_("Of what was due"), line=3),
        ),
        rows=rows,
        caption=_("The river as a table"),
    )


def _halves(flows: Sequence[Flow]) -> list[Fraction]:
    """Half the width of the water in each reach; where nobody knows, as wide as before."""
    halves: list[Fraction] = []
    for flow in flows:
        if flow.actual is None:
            halves.append(halves[-1] if halves else Fraction(0))
        else:
            halves.append(half_of(flow.fill if flow.fill is not None else Fraction(4, 5)))
    return halves


def _values(flow: Flow) -> list[Fraction]:
    """What each lane carries: the largest branches, and the others together."""
    values = [value for _key, value in flow.branches]
    return values if len(values) <= LANES else [*values[: LANES - 1], sum(values[LANES - 1 :], Fraction(0))]


def _lanes(found: River, flow: Flow, *, most: int = LANES) -> list[Lane]:
    by = "channel" if flow.reach is Reach.LEADS else "pillar"
    shown = flow.branches if len(flow.branches) <= most else flow.branches[: most - 1]
    lanes = [
        Lane(
            segment_name(found.standings.plan, by, key),
            flow_text(flow, value),
            rows_of(found, flow, key, by=by),
        )
        for key, value in shown
    ]
    others = flow.branches[len(shown) :]
    if others:
        count = {"count": number_text(len(others), reader_locale())}
        label = ngettext("%(count)s other", "%(count)s others", len(others)) % count
        value = sum((value for _key, value in others), Fraction(0))
        lanes.append(Lane(label, flow_text(flow, value), rows_of(found, flow)))
    return lanes
