"""The first page: are we on plan, where not, why, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from babel.dates import format_skeleton
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from caudal.core.intervals import Reading
from caudal.core.periods import CalendarPeriod, Grain, UnreadableLabel
from caudal.core.plans import Plan
from caudal.kit.access import Verb, may
from caudal.kit.pages import actor_of, needs
from caudal.kit.world import now
from caudal.plan.queries import SERIOUS, NoPlan, Remark, Standings, finding_summary, kept_review, standing, summary
from caudal.plan.views.lines import groups, language, unfed
from caudal.ui.formats import number_text, reader_locale
from caudal.ui.tables import query


@dataclass(frozen=True, slots=True)
class Step:
    """The month that is looked at, with the ways to its neighbours."""

    label: str
    previous: str
    next: str


@dataclass(frozen=True, slots=True)
class Tab:
    """One line of business, or all of them."""

    label: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Doubts:
    """What of the plan cannot hold whatever happens: a sentence, the most serious, and how many follow."""

    words: str
    first: Sequence[Remark]
    more: int


@needs("plan")
@require_GET
def first_page(request: HttpRequest) -> HttpResponse:
    """Compare the plan with what happened."""
    actor, as_of = actor_of(request), now()
    may_adopt = may(actor, "plan", Verb.CREATE)
    try:
        found = standing(
            actor=actor,
            as_of=as_of,
            month=month_named(request.GET.get("month")),
            pillar=request.GET.get("pillar") or None,
        )
    except NoPlan:
        return render(request, "plan/none.html", {"title": _("Plan"), "may_adopt": may_adopt})
    asked = request.GET.dict()
    missing = unfed(found.targets)
    return render(
        request,
        "plan/first.html",
        {
            "title": _("Plan versus actual"),
            "may_adopt": may_adopt,
            "plan_name": found.plan.name.told(language()),
            "size": size_words(found),
            "whole": found.whole,
            "counted_at": found.counted_at,
            "summary": summary(found),
            "step": step(found, as_of, asked),
            "tabs": tabs(found, asked),
            "doubts": doubts(found.plan),
            "groups": groups(found),
            "unfed": missing,
            "unfed_count": sum(len(each.labels) for each in missing),
        },
    )


def doubts(plan: Plan) -> Doubts | None:
    """Return what of the plan cannot hold, the most serious first; nothing when it adds up."""
    found = kept_review(plan, Reading.TARGET)
    if not found.broken:
        return None
    return Doubts(finding_summary(found), found.broken[:SERIOUS], len(found.broken) - SERIOUS)


def month_named(text: str | None) -> CalendarPeriod | None:
    """Return the month that an address names. Raises UnreadableLabel."""
    if not text:
        return None
    month = CalendarPeriod.parse(text)
    if month.grain is not Grain.MONTH:
        raise UnreadableLabel(text=text)
    return month


def step(standings: Standings, as_of: datetime, asked: dict[str, str]) -> Step:
    """Return the month with its neighbours: back to the first of the plan, and on to the current one."""
    month = standings.month
    has_earlier = month.days.start > standings.version.starts_on
    is_past = standings.moment.at < as_of
    return Step(
        label=month_text(month),
        previous=query(asked, month=month.previous.label) if has_earlier else "",
        next=query(asked, month=month.next.label) if is_past else "",
    )


def month_text(month: CalendarPeriod) -> str:
    """Write a month: "March 2026"."""
    return format_skeleton("yMMMM", datetime.combine(month.days.start, datetime.min.time()), locale=reader_locale())


def tabs(standings: Standings, asked: dict[str, str]) -> list[Tab]:
    """Return all lines of business and each of them."""
    chosen = asked.get("pillar") or None
    labels = {None: _("All")} | {pillar.id: pillar.label.told(language()) for pillar in standings.plan.pillars}
    return [Tab(label, query(asked, pillar=key), current=key == chosen) for key, label in labels.items()]


def size_words(standings: Standings) -> str:
    """Say at what size the plan is, and what of it that changes; nothing for a plan at its own size."""
    version = standings.plan.version
    if version is None:
        return ""
    return _(
        "%(version)s (%(scale)s): %(scaled)s of %(count)s targets, all totals in a time, are scaled; prices, days and "
        "ratios are not."
    ) % {
        "version": version.label.told(language()),
        "scale": scale_text(version.scale),
        "scaled": number_text(
            sum(standings.plan.scales_in(target.id) for target in standings.plan.targets), reader_locale()
        ),
        "count": number_text(len(standings.plan.targets), reader_locale()),
    }


def scale_text(scale: Fraction) -> str:
    """Write a scale as maps do."""
    return f"{scale.numerator}:{scale.denominator}"
