"""Dates, instants, and durations added to dates.

Days are counted in the calendar, months keep the day of the month and stop at its last one (31 January and a month is
28 or 29 February). What falls outside the years 1 to 9999 is null. Only whole units are added: half a day is cut off.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from caudal.core.errors import msg
from caudal.core.expressions.functions import quotients
from caudal.core.expressions.functions.typing_rules import any_nullable, takes, wrong_kind
from caudal.core.expressions.schema import DATE, INSTANT, Kind, Setting, Type, number
from caudal.core.expressions.terms import Call, Function, Quotient, Refusal, Resolved, Term
from caudal.core.periods import add_months, start_of_day

_LAST_DAY: Final = date.max.toordinal() - 1
"""Days from 1 January of the year 1 to 31 December 9999."""
_FIRST_MONTH, _LAST_MONTH = 12, 9999 * 12 + 11
"""Months counted from a year zero that never was."""
_SAFE: Final = (datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC))
"""Instants that have a day in every zone."""
_DAYS: Final = {"day": 1, "week": 7}
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}


def shifted(day: Term, length: Term, sign: int) -> Term:
    """The term of a day and a length that was checked: `day + length`, or `day - length`."""
    found = resolve_date_sum((day, length), sign)
    assert isinstance(found, Resolved)  # noqa: S101  whoever calls this has looked
    return Call(found.type, found.function, (day, length))


def resolve_date_sum(arguments: tuple[Term, ...], sign: int) -> Resolved | Refusal:
    """What `a + b` (sign 1) or `a - b` (sign -1) means when one of them is a date."""
    first, second = arguments
    if sign < 0 and first.type.kind is second.type.kind is Kind.DATE:
        return Resolved(replace(number("day"), nullable=any_nullable(arguments)), _DATE_DIFFERENCE)
    swapped = sign > 0 and second.type.kind is Kind.DATE
    day, length = (second, first) if swapped else (first, second)
    if day.type.kind is not Kind.DATE:
        return wrong_kind(int(swapped), Kind.DATE, day.type)
    if length.type.kind is not Kind.NUMBER:
        return wrong_kind(int(not swapped), Kind.NUMBER, length.type)
    symbol = length.type.unit.symbol if length.type.unit is not None else ""
    if symbol not in _SHIFTS:
        return Refusal(
            msg("Only days, weeks, months, quarters and years are added to a date."),
            msg("Write 30 days instead of 30."),
            {},
            int(not swapped),
        )
    return Resolved(DATE, _SHIFTS[symbol][swapped, sign])


def shift_days(day: date, days: Fraction) -> date | None:
    """The day so many whole days later, null outside the calendar."""
    count = day.toordinal() - 1 + int(days)
    return date.fromordinal(count + 1) if 0 <= count <= _LAST_DAY else None


def shift_months(day: date, months: Fraction) -> date | None:
    """The same day of another month, or its last one; null outside the calendar.

    >>> shift_months(date(2024, 1, 31), Fraction(1)), shift_months(date(2024, 2, 29), Fraction(-12))
    (datetime.date(2024, 2, 29), datetime.date(2023, 2, 28))
    """
    index = day.year * 12 + day.month - 1 + int(months)
    return add_months(day, int(months)) if _FIRST_MONTH <= index <= _LAST_MONTH else None


def _sql_shift_days(day: str, days: str) -> str:
    count = f"(({day} - date '0001-01-01') + {days})"
    inside = f"least(greatest({count}, 0), {_LAST_DAY})::integer"
    return f"(case when {count} between 0 and {_LAST_DAY} then date '0001-01-01' + {inside} end)"


def _sql_shift_months(day: str, months: str) -> str:
    index = f"(extract(year from {day}) * 12 + extract(month from {day}) - 1 + {months})"
    inside = f"least(greatest({months}, -{_LAST_MONTH}), {_LAST_MONTH})::integer"
    moved = f"({day} + make_interval(months => {inside}))::date"
    return f"(case when {index} between {_FIRST_MONTH} and {_LAST_MONTH} then {moved} end)"


def _shift(
    shift: Callable[[date, Fraction], date | None],
    sql: Callable[[str, str], str],
    per: int,
    *,
    swapped: bool,
    sign: int,
) -> Function:
    """Adding so many lengths of `per` days or months; `swapped` when the date comes second."""

    def value(one: date | Fraction, other: date | Fraction) -> date | None:
        day, length = (other, one) if swapped else (one, other)
        assert isinstance(day, date) and isinstance(length, Fraction)  # noqa: S101, PT018  by the rule
        return shift(day, Fraction(int(length) * per * sign))

    def text(one: str | Quotient, other: str | Quotient) -> str:
        day, length = (other, one) if swapped else (one, other)
        assert isinstance(day, str) and isinstance(length, Quotient)  # noqa: S101, PT018  by the rule
        return sql(day, f"({quotients.cut(length)} * {per * sign})")

    name = "+" if sign > 0 else "-"
    kinds = (Kind.NUMBER, Kind.DATE) if swapped else (Kind.DATE, Kind.NUMBER)
    return Function(name, f"date {name} length", (2, 2), takes(*kinds, result=DATE), value, text, kinds=kinds)


_SHIFTS: Final = {
    symbol: {
        (swapped, sign): _shift(shift, sql, per, swapped=swapped, sign=sign)
        for swapped in (False, True)
        for sign in (1, -1)
    }
    for shift, sql, units in ((shift_days, _sql_shift_days, _DAYS), (shift_months, _sql_shift_months, _MONTHS))
    for symbol, per in units.items()
}


def _days_between(start: date, end: date) -> Fraction:
    return Fraction((end - start).days)


def _hours_between(start: datetime, end: datetime) -> Fraction:
    return Fraction((end - start) // timedelta(microseconds=1), 3_600_000_000)


def _day_of(setting: Setting, instant: datetime) -> date | None:
    if not _SAFE[0] <= instant <= _SAFE[1]:
        return None
    return instant.astimezone(ZoneInfo(setting.zone)).date()


def _sql_day_of(zone: str, instant: str) -> str:
    low, high = (f"timestamptz '{end.isoformat()}'" for end in _SAFE)
    return f"(case when {instant} between {low} and {high} then ({instant} at time zone {zone})::date end)"


def _start_of_day(setting: Setting, day: date) -> datetime | None:
    if not _SAFE[0].date() <= day <= _SAFE[1].date():
        return None
    return start_of_day(day, ZoneInfo(setting.zone))


def _sql_start_of_day(zone: str, day: str) -> str:
    # Of a midnight that comes twice PostgreSQL takes the later one, and the day begins with the earlier.
    low, high = (f"date '{end.date().isoformat()}'" for end in _SAFE)
    late = f"({day}::timestamp at time zone {zone})"
    early = f"({late} - interval '1 hour')"
    twice = f"({early} at time zone {zone}) = {day}::timestamp"
    return f"(case when {day} between {low} and {high} then case when {twice} then {early} else {late} end end)"


def _part(name: str, value: Callable[[date], int]) -> Function:
    words = f"{name}(date)"
    sql_part = {"weekday": "isodow"}.get(name, name)
    return Function(
        name,
        words,
        (1, 1),
        takes(Kind.DATE, result=number()),
        lambda day: Fraction(value(day)),
        lambda day: Quotient(f"extract({sql_part} from {day})"),
        kinds=(Kind.DATE,),
    )


def _start(name: str, value: Callable[[date], date]) -> Function:
    return Function(
        f"start_of_{name}",
        f"start_of_{name}(date)",
        (1, 1),
        takes(Kind.DATE, result=DATE),
        value,
        # Without a zone: date_trunc of a date would go through the session's.
        lambda day: f"(date_trunc('{name}', {day}::timestamp)::date)",
        kinds=(Kind.DATE,),
    )


def _day_of_rule(arguments: tuple[Term, ...]) -> Type | Refusal:
    found = takes(Kind.INSTANT, result=DATE)(arguments)
    return found.optional if isinstance(found, Type) else found


_DATE_DIFFERENCE: Final = Function(
    "-",
    "date - date",
    (2, 2),
    takes(Kind.DATE, result=number("day")),
    lambda end, start: _days_between(start, end),
    lambda end, start: Quotient(f"({end} - {start})::numeric"),
    kinds=(Kind.DATE,),
)


def _start_of_day_rule(arguments: tuple[Term, ...]) -> Type | Refusal:
    found = takes(Kind.DATE, result=INSTANT)(arguments)
    return found.optional if isinstance(found, Type) else found


DATES: Final = (
    Function(
        "days_between",
        "days_between(start, end)",
        (2, 2),
        takes(Kind.DATE, result=number("day")),
        _days_between,
        lambda start, end: Quotient(f"({end} - {start})::numeric"),
        kinds=(Kind.DATE,),
    ),
    Function(
        "hours_between",
        "hours_between(start, end)",
        (2, 2),
        takes(Kind.INSTANT, result=number("hour")),
        _hours_between,
        lambda start, end: Quotient(f"extract(epoch from ({end} - {start}))", "3600"),
        kinds=(Kind.INSTANT,),
    ),
    Function(
        "day_of",
        "day_of(instant)",
        (1, 1),
        _day_of_rule,
        _day_of,
        _sql_day_of,
        kinds=(Kind.INSTANT,),
        uses_setting=True,
    ),
    Function(
        "start_of_day",
        "start_of_day(date)",
        (1, 1),
        _start_of_day_rule,
        _start_of_day,
        _sql_start_of_day,
        kinds=(Kind.DATE,),
        uses_setting=True,
    ),
    _part("year", lambda day: day.year),
    _part("quarter", lambda day: (day.month + 2) // 3),
    _part("month", lambda day: day.month),
    _part("week", lambda day: day.isocalendar().week),
    _part("day", lambda day: day.day),
    _part("weekday", lambda day: day.isoweekday()),
    _start("year", lambda day: day.replace(month=1, day=1)),
    _start("quarter", lambda day: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)),
    _start("month", lambda day: day.replace(day=1)),
    _start("week", lambda day: date.fromordinal(day.toordinal() - day.weekday())),
)
