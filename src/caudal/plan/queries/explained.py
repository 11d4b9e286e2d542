"""Courses and explanations for programs and terminals: exact numbers as text, words beside them."""

from fractions import Fraction
from typing import Any

from django.utils.translation import get_language, gettext
from rich import box
from rich.markup import escape
from rich.table import Table

from caudal.core.errors import Problem, msg
from caudal.core.intervals import exact_text
from caudal.core.metrics import Effect
from caudal.core.plans import Plan
from caudal.plan.offline.figures import amount
from caudal.plan.queries.courses import Course
from caudal.plan.queries.explaining import REST, Against, Explanation
from caudal.plan.queries.standings import Standing
from caudal.plan.queries.telling import (
    dimension_name,
    explanation_words,
    factor_name,
    segment_name,
    signed_amount,
)
from caudal.plan.queries.terminal import decimal_text


class NothingToExplain(Problem):
    """There is no number, or nothing to compare it with."""

    code = "plan.nothing_to_explain"
    status = 404
    message = msg("There is nothing to compare “{target}” with: {why}.")
    hint = msg("Compare it with the plan, or type what it came to.")


def course_data(own: Standing, course: Course) -> dict[str, Any]:
    """Return what a working day must bring, where a number will end, and its days, as data."""
    rates, outlook = own.rates, course.outlook
    bound = own.bound if own.is_fed else None
    return {
        "so_far_per_day": decimal_text(rates.so_far if rates else None),
        "needed_per_day": decimal_text(rates.needed if rates else None),
        "working_days_left": decimal_text(rates.days_left if rates else None),
        "outlook": outlook
        and {
            "middle": decimal_text(outlook.middle),
            "low": decimal_text(outlook.low),
            "high": decimal_text(outlook.high),
            "holds": exact_text(outlook.holds),
            "seen": outlook.seen,
        },
        "days": [
            {
                "day": point.day.isoformat(),
                "actual": decimal_text(point.value),
                "due": decimal_text(None if bound is None else bound * point.elapsed),
            }
            for point in course.points
        ],
    }


def explanation_data(plan: Plan, own: Standing, against: Against, said: Explanation | None) -> dict[str, Any]:
    """Return an explanation as data. Raises NothingToExplain where there is none."""
    if said is None:
        raise nothing_to_explain(own, against)
    return {
        "target": own.target.id,
        "against": said.against.value,
        "start": exact_text(said.start),
        "end": exact_text(said.end),
        "difference": exact_text(said.difference),
        "days_from": said.days.start.isoformat(),
        "days_to": said.days.end.isoformat(),
        "by": said.by or None,
        "dimensions": list(said.dimensions),
        "effects": [
            _effect(each, segment_name(plan, said.by, each.key), is_ratio=said.is_ratio) for each in said.effects
        ],
        "factors": [_effect(each, factor_name(said, each.key), is_ratio=False) for each in said.factors],
        "words": explanation_words(said, plan),
    }


def nothing_to_explain(own: Standing, against: Against) -> NothingToExplain:
    """Return why there is nothing to compare a target's number with."""
    if own.verdict.actual is None:
        why = gettext("nobody knows its number")
    elif against is Against.PLAN:
        why = gettext("nothing can be too much of it")
    else:
        why = gettext("there is nothing before")
    return NothingToExplain(target=own.target.label.told(get_language() or "en"), why=why)


def explanation_tables(plan: Plan, said: Explanation) -> list[Table]:
    """Return what segments and factors add as tables, to be printed by rich."""
    before = gettext("Plan") if said.against is Against.PLAN else gettext("Time before")
    target = said.standing.target
    tables = []
    if said.effects:
        mixed = [gettext("By its weight"), gettext("By its own rate")] if said.is_ratio else []
        headings = [dimension_name(said.standing, said.by), before, gettext("Actual"), *mixed, gettext("Adds")]
        rows = [
            [
                segment_name(plan, said.by, each.key),
                amount(target, each.before),
                amount(target, each.after),
                *([signed_amount(target, each.mix), signed_amount(target, each.rate)] if mixed else []),
                signed_amount(target, each.amount),
            ]
            for each in said.effects
        ]
        tables.append(_table(headings, rows))
    if said.factors:
        headings = [gettext("Factor"), before, gettext("Actual"), gettext("Adds")]
        rows = [
            [
                factor_name(said, each.key),
                f"{float(each.before or 0):,.4g}",
                f"{float(each.after or 0):,.4g}",
                signed_amount(target, each.amount),
            ]
            for each in said.factors
        ]
        tables.append(_table(headings, rows))
    return tables


def _table(headings: list[str], rows: list[list[str]]) -> Table:
    table = Table(box=box.SIMPLE)
    for place, heading in enumerate(headings):
        table.add_column(escape(heading), justify="right" if place else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    return table


def _effect(effect: Effect[Any], name: str, *, is_ratio: bool) -> dict[str, Any]:
    def told(value: Fraction | None) -> str | None:
        return None if value is None else exact_text(value)

    return {
        "key": None if effect.key is None or effect.key == REST else str(effect.key),
        "name": name,
        "before": told(effect.before),
        "after": told(effect.after),
        "amount": told(effect.amount),
        "mix": told(effect.mix) if is_ratio else None,
        "rate": told(effect.rate) if is_ratio else None,
    }
