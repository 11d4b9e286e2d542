"""A target's course and its explanation as pages show them: figures, drawings, tables and ways to the rows."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Literal
from urllib.parse import urlencode

from babel.dates import format_skeleton
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from caudal.core.metrics import Effect
from caudal.core.periods import Days
from caudal.core.plans import Plan, UnitKind
from caudal.insights.queries import written
from caudal.plan.queries import (
    REST,
    Against,
    Course,
    Explanation,
    Standing,
    amount,
    daily,
    dimension_name,
    earlier,
    explanation_words,
    factor_name,
    factor_unit,
    largest,
    outlook_words,
    segment_name,
    signed_amount,
)
from caudal.plan.views.first import month_text
from caudal.ui.charts import Chart, Fall, Step, course, waterfall
from caudal.ui.formats import day_text, number_text, percent_text, quantity_text, reader_locale
from caudal.ui.tables import Cell, Column, Row, Table, query

BARS: Final = 7
"""Segments that have a bar of their own."""
SHORT: Final = 5
"""Bars that a short drawing holds."""


@dataclass(frozen=True, slots=True)
class Key:
    """One number that matters: what it is, what it comes to, and what is to be said of it."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to look at an explanation."""

    label: str
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """An explanation as a page shows it."""

    words: str
    against: list[Choice]
    dimensions: list[Choice]
    effects: Chart | None
    factors: Chart | None
    note: str = ""


def keys_of(own: Standing, found_course: Course) -> list[Key]:
    """Return the numbers that matter: so far, due by now, the end that is to be expected, and what a day must bring."""
    target, verdict = own.target, own.verdict
    if verdict.actual is None:
        return []
    keys = [Key(_("So far") if own.flow else _("Now"), amount(target, verdict.actual), stretch_text(own))]
    if verdict.pace is not None and own.worked is not None:
        gone = percent_text(own.worked.share, reader_locale(), places=0)
        note = _("%(gone)s of the working time is gone") % {"gone": gone}
        keys.append(Key(_("Due by now"), amount(target, verdict.pace), note))
    outlook = found_course.outlook
    if verdict.projection is not None and (own.flow or outlook is not None):
        note = outlook_words(target, outlook) if outlook else _("Too few periods before to say how exact this is")
        label = _("At the end, at this pace") if own.flow else _("A period from now")
        keys.append(Key(label, amount(target, verdict.projection), note))
    rates = own.rates
    if rates is not None:
        left = ngettext("%(days)s working day left", "%(days)s working days left", round(rates.days_left)) % {
            "days": number_text(round(rates.days_left), reader_locale())
        }
        done = _("so far it was %(done)s") % {"done": daily(own, rates.so_far)}
        needed = daily(own, max(rates.needed, Fraction(0)))
        keys.append(Key(_("Needed each working day"), needed, f"{left}; {done}"))
    return keys


def stretch_text(own: Standing) -> str:
    """Say of which days a number is."""
    return "" if own.measured is None else days_text(own.measured)


def days_text(days: Days) -> str:
    """Write the first and the last of some days."""
    locale = reader_locale()
    first, last = day_text(days.start, locale), day_text(days.last, locale)
    return first if first == last else f"{first} \N{EN DASH} {last}"


def course_chart(own: Standing, found: Course) -> Chart | None:
    """Draw how a number came to where it is."""
    if own.flow:
        return _flow_chart(own, found) if sum(point.value is not None for point in found.points) > 1 else None
    return _level_chart(own, found) if sum(value is not None for value in own.recent) > 1 else None


def _flow_chart(own: Standing, found: Course) -> Chart:
    target, bound = own.target, own.bound
    last = max(place for place, point in enumerate(found.points) if point.value is not None)
    ends = len(found.points) - 1
    before = [point.value for point in found.before]
    steps, rows = [], []
    for place, point in enumerate(found.points):
        day = format_skeleton("MMMd", point.day, locale=reader_locale())
        due = None if bound is None else bound * point.elapsed
        earlier_value = before[place] if place < len(before) else None
        foreseen = place in {last, ends} and last < ends and own.verdict.projection is not None
        middle = (point.value if place == last else own.verdict.projection) if foreseen else None
        low = high = None
        if foreseen and found.outlook is not None:
            low, high = (point.value, point.value) if place == last else (found.outlook.low, found.outlook.high)
        said = {"actual": amount(target, point.value), "due": amount(target, due)}
        told = (_("actual %(actual)s, due %(due)s") if point.value is not None else _("due %(due)s")) % said
        steps.append(
            Step(
                day,
                actual=_plain(point.value),
                due=_plain(due),
                before=_plain(earlier_value),
                middle=_plain(middle),
                low=_plain(low),
                high=_plain(high),
                told=told,
            )
        )
        if point.value is not None:
            rows.append(Row((day, amount(target, point.value), amount(target, due), amount(target, earlier_value))))
    columns = (
        Column(_("Up to"), line=1),
        Column(_("Actual"), line=2),
        Column(_("Due by then"), line=3),
        Column(_("The period before"), line=0),
    )
    table = Table(columns=columns, rows=rows, caption=_("Day by day"))
    note = _("Line: actual. Dashed: what was due each day. Grey: the period before.")
    if found.outlook is not None:
        note += " " + _("Shaded: where it may end.")
    return Chart("course", course_title(own), course(steps), table, note=note)


def _plain(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _level_chart(own: Standing, found: Course) -> Chart:
    assert own.period is not None  # noqa: S101  what was judged has a period
    assert own.verdict.actual is not None  # noqa: S101  the same
    target, count = own.target, len(own.recent)
    names = [period_name(own, count - place) for place in range(count)]
    last = max(place for place, value in enumerate(own.recent) if value is not None)
    values: list[tuple[str, Fraction | None]] = [(name, value) for name, value in zip(names, own.recent, strict=True)][
        min(place for place, value in enumerate(own.recent) if value is not None) :
    ]
    values.append((_("now"), own.verdict.actual))
    steps = [Step(name, None if value is None else float(value), told=amount(target, value)) for name, value in values]
    if found.outlook is not None and last == count - 1:
        outlook = found.outlook
        now = steps[-1]
        at = float(own.verdict.actual)
        steps[-1] = Step(now.at, now.actual, middle=at, low=at, high=at, told=now.told)
        steps.append(
            Step(
                _("next"),
                middle=float(outlook.middle),
                low=float(outlook.low),
                high=float(outlook.high),
                told=outlook_words(target, outlook),
            )
        )
    table = Table(
        columns=(Column(_("Period"), line=1), Column(_("Actual"), line=2)),
        rows=[Row((name, amount(target, value))) for name, value in reversed(values)],
        caption=_("Period by period"),
    )
    hi = None if target.hi is None else float(target.hi)
    share = target.unit.kind is UnitKind.PERCENT
    spec = course(steps, share=share, band=(float(target.lo), hi))
    return Chart("course", course_title(own), spec, table, note=_("Line: actual. Shaded band: the plan."))


def period_name(own: Standing, back: int) -> str:
    """Say which period lies so many before the one at hand, shortly."""
    assert own.period is not None  # noqa: S101  what was judged has a period
    period = earlier(own.period, back)
    if period.grain.value == "month":
        return str(format_skeleton("yMMM", period.days.start, locale=reader_locale()))
    return period.label


def course_title(own: Standing) -> str:
    """Say what the drawing shows."""
    assert own.period is not None  # noqa: S101  what was judged has a period
    name = month_text(own.period) if own.period.grain.value == "month" else own.period.label
    return _("Day by day in %(period)s") % {"period": name} if own.flow else _("The periods before, and now")


def shown_explanation(plan: Plan, explanation: Explanation, asked: dict[str, str]) -> Shown:
    """Return an explanation as a page shows it."""
    own = explanation.standing
    against = [
        Choice(label, query(asked, against=each.value), each is explanation.against)
        for each, label in ((Against.PLAN, _("the plan")), (Against.BEFORE, _("the time before")))
    ]
    dimensions = [
        Choice(dimension_name(own, name), query(asked, by=name), name == explanation.by)
        for name in explanation.dimensions
    ]
    spread = explanation.spread
    note = ""
    if explanation.against is Against.PLAN and explanation.effects:
        note = (
            _("The plan says nothing of the segments: it is spread over them as they were from %(days)s.")
            % {"days": days_text(spread)}
            if spread
            else _("The plan says nothing of the segments, and there is nothing before: it is spread as they are now.")
        )
    elif explanation.before is not None:
        note = _("Compared with %(days)s.") % {"days": days_text(explanation.before)}
    return Shown(
        words=explanation_words(explanation, plan),
        against=against,
        dimensions=dimensions,
        effects=_effects_chart(plan, explanation) if explanation.effects else None,
        factors=_factors_chart(explanation) if explanation.factors else None,
        note=note,
    )


def _effects_chart(plan: Plan, explanation: Explanation) -> Chart:
    own = explanation.standing
    shown, others, count = largest(explanation.effects, BARS)
    names = [segment_name(plan, explanation.by, each.key) for each in shown]
    parts = [(name, each.amount) for name, each in zip(names, shown, strict=True)]
    if count:
        parts.append((ngettext("%(count)s other", "%(count)s others", count) % {"count": count}, others))
    mixed = explanation.is_ratio
    columns = [
        Column(dimension_name(own, explanation.by), line=1),
        Column(_("Plan") if explanation.against is Against.PLAN else _("Time before"), line=0),
        Column(_("Actual"), line=2),
        *([Column(_("By its weight"), line=0), Column(_("By its own rate"), line=0)] if mixed else []),
        Column(_("Adds"), line=3),
    ]
    ordered = sorted(explanation.effects, key=lambda one: -abs(one.amount))
    rows = [_effect_row(plan, explanation, each) for each in ordered]
    blank: list[object] = [Cell(void=True)] * 2 if mixed else []
    totals = (
        _("Altogether"),
        amount(own.target, explanation.start),
        amount(own.target, explanation.end),
        *blank,
        signed_amount(own.target, explanation.difference),
    )
    table = Table(columns=columns, rows=rows, totals=totals, caption=_("What each segment adds"))
    title = _("What each adds to the difference, by %(by)s") % {"by": dimension_name(own, explanation.by).lower()}
    return _waterfall("effects", title, explanation, parts, table)


def _effect_row(plan: Plan, explanation: Explanation, effect: Effect[Any]) -> Row:
    target = explanation.standing.target
    mixed = [signed_amount(target, effect.mix), signed_amount(target, effect.rate)] if explanation.is_ratio else []
    actual: object = Cell(void=True) if effect.key == REST else amount(target, effect.after or Fraction(0))
    if effect.key != REST and effect.after is not None:
        actual = Cell(amount(target, effect.after), href=segment_address(explanation, effect.key))
    return Row(
        (
            segment_name(plan, explanation.by, effect.key),
            Cell(void=True) if effect.before is None else amount(target, effect.before),
            actual,
            *mixed,
            signed_amount(target, effect.amount),
        )
    )


def _factors_chart(explanation: Explanation) -> Chart:
    target = explanation.standing.target
    parts = [(factor_name(explanation, each.key), each.amount) for each in explanation.factors]
    columns = (
        Column(_("Factor"), line=1),
        Column(_("Plan") if explanation.against is Against.PLAN else _("Time before"), line=0),
        Column(_("Actual"), line=2),
        Column(_("Adds"), line=3),
    )
    rows = [
        Row(
            (
                factor_name(explanation, each.key),
                factor_text(explanation, each.key, each.before),
                factor_text(explanation, each.key, each.after),
                signed_amount(target, each.amount),
            )
        )
        for each in explanation.factors
    ]
    ends = amount(target, explanation.start), amount(target, explanation.end)
    totals = (_("Altogether"), *ends, signed_amount(target, explanation.difference))
    table = Table(columns=columns, rows=rows, totals=totals, caption=_("What each factor adds"))
    return _waterfall("factors", _("What each of its factors adds"), explanation, parts, table)


def factor_text(explanation: Explanation, key: str, value: Fraction | None) -> str:
    """Write the value of a factor in its own unit."""
    if value is None:
        return ""
    if key == REST:
        return f"\N{MULTIPLICATION SIGN} {number_text(value, reader_locale(), places=2)}"
    return quantity_text(value, factor_unit(explanation, key), reader_locale())


def _waterfall(
    name: str, title: str, explanation: Explanation, parts: list[tuple[str, Fraction]], table: Table
) -> Chart:
    target = explanation.standing.target
    way = 1 if explanation.is_good == (explanation.difference >= 0) else -1
    falls, at = [], Fraction(0)
    for label, value in parts:
        tone: Literal["good", "bad"] = "good" if value * way >= 0 else "bad"
        falls.append(Fall(label, float(at), float(at + value), tone, signed_amount(target, value)))
        at += value
    falls.append(Fall(_("Altogether"), 0.0, float(at), told=signed_amount(target, at)))
    share = target.unit.kind is UnitKind.PERCENT
    short = len(falls) <= SHORT
    return Chart(name, title, waterfall(falls, share=share), table, short=short, open=True)


def segment_address(explanation: Explanation, key: object) -> str:
    """Return the address of the rows of one segment."""
    own = explanation.standing
    assert own.metric is not None  # noqa: S101  what has segments is counted
    asked = [("from", explanation.days.start.isoformat()), ("to", explanation.days.end.isoformat())]
    if own.target.pillar:
        asked.append(("where", f'pillar = "{own.target.pillar}"'))
    asked += [("by", explanation.by), ("is", written(key))]
    return f"{reverse('insights:rows', args=[own.metric.id])}?{urlencode(asked)}"
