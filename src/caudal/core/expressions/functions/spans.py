"""When something was or will be, counted from the day that is asked as of: short forms of comparisons.

Each takes a date or an instant, stands for the comparison that is meant, and is no function of its own after that. An
instant is compared with the beginnings of days in the zone of the setting, so that an index over instants serves it.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Final, NoReturn

from caudal.core.expressions.functions.dates import DATES, resolve_date_sum, shifted
from caudal.core.expressions.functions.logic import LOGIC
from caudal.core.expressions.functions.typing_rules import any_nullable, whole, wrong_kind
from caudal.core.expressions.schema import BOOLEAN, DATE, INSTANT, Kind, number
from caudal.core.expressions.terms import AsOf, Call, Constant, Expanded, Function, Refusal, Rule, Term

_ROWS: Final = {row.name: row for row in (*LOGIC, *DATES)}
_TODAY: Final = AsOf(DATE.required)
_FURTHEST: Final = 1200
"""Periods that a written count may be away."""


def _length(count: int, unit: str) -> Constant:
    return Constant(number(unit).required, Fraction(count))


def _compared(name: str, moment: Term, day: Term) -> Call:
    edge: Term = day
    if moment.type.kind is Kind.INSTANT:
        edge = Call(INSTANT, _ROWS["start_of_day"], (day,))
    nullable = any_nullable((moment, edge))
    return Call(BOOLEAN if nullable else BOOLEAN.required, _ROWS[name], (moment, edge))


def _within(moment: Term, first: Term, behind: Term) -> Expanded:
    """From one day to another, which is not in it any more."""
    since, until = _compared(">=", moment, first), _compared("<", moment, behind)
    nullable = any_nullable((since, until))
    return Expanded(Call(BOOLEAN if nullable else BOOLEAN.required, _ROWS["and"], (since, until)))


def _moment(arguments: tuple[Term, ...]) -> Refusal | None:
    """Why the first argument is no date and no instant, if so."""
    return None if arguments[0].type.kind in {Kind.DATE, Kind.INSTANT} else wrong_kind(0, Kind.DATE, arguments[0].type)


def _days_rule(expand: Callable[[Term, Term], Expanded]) -> Rule:
    """A moment and a day."""

    def rule(arguments: tuple[Term, ...]) -> Expanded | Refusal:
        moment, day = arguments
        if (refusal := _moment(arguments)) is not None:
            return refusal
        return expand(moment, day) if day.type.kind is Kind.DATE else wrong_kind(1, Kind.DATE, day.type)

    return rule


def _length_rule(sign: int, expand: Callable[[Term, Term], Expanded]) -> Rule:
    """A moment and a length of time."""

    def rule(arguments: tuple[Term, ...]) -> Expanded | Refusal:
        if (refusal := _moment(arguments)) is not None:
            return refusal
        found = resolve_date_sum((_TODAY, arguments[1]), sign)
        return Refusal(found.message, found.hint, found.params, 1) if isinstance(found, Refusal) else expand(*arguments)

    return rule


def _period_rule(unit: str) -> Rule:
    """A moment, and how many periods away from the present one."""

    def rule(arguments: tuple[Term, ...]) -> Expanded | Refusal:
        if (refusal := _moment(arguments)) is not None:
            return refusal
        away = whole(arguments[1], -_FURTHEST, _FURTHEST, 1)
        if isinstance(away, Refusal):
            return away
        start = shifted(Call(DATE.required, _ROWS[f"start_of_{unit}"], (_TODAY,)), _length(away, unit), 1)
        return _within(arguments[0], start, shifted(start, _length(1, unit), 1))

    return rule


def _next_day(day: Term) -> Term:
    return shifted(day, _length(1, "day"), 1)


def _never(*_: object) -> NoReturn:
    raise AssertionError("a short form is replaced by what it stands for when it is checked")


def _short(name: str, words: str, rule: Rule) -> Function:
    return Function(name, words, (2, 2), rule, _never, _never, kinds=(Kind.NULL,))


SPANS: Final = (
    _short("on", "on(moment, date)", _days_rule(lambda moment, day: _within(moment, day, _next_day(day)))),
    _short("before", "before(moment, date)", _days_rule(lambda moment, day: Expanded(_compared("<", moment, day)))),
    _short(
        "after",
        "after(moment, date)",
        _days_rule(lambda moment, day: Expanded(_compared(">=", moment, _next_day(day)))),
    ),
    _short(
        "in_last",
        "in_last(moment, length)",
        _length_rule(
            -1, lambda moment, length: _within(moment, _next_day(shifted(_TODAY, length, -1)), _next_day(_TODAY))
        ),
    ),
    _short(
        "in_next",
        "in_next(moment, length)",
        _length_rule(1, lambda moment, length: _within(moment, _TODAY, shifted(_TODAY, length, 1))),
    ),
    *(
        _short(f"in_{unit}", f"in_{unit}(moment, count)", _period_rule(unit))
        for unit in ("week", "month", "quarter", "year")
    ),
)
