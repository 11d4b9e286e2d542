"""What the cells of a column say.

How numbers and days are written is a property of the column, so it is read from all of its cells before any of them is
trusted: `1.234` is twelve hundred beside `1.234,50`, and a little over one beside `0.5`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from caudal.core.errors import Problem, msg

_SHOWN: Final = 40
_NUMBER: Final = re.compile(r"[0-9][0-9.,]*|[.,][0-9]+", re.ASCII)
_AROUND: Final = re.compile(r"^(?:[A-Z]{3}|[€$£¥])|(?:[A-Z]{3}|[€$£¥])$")
_SPACES: Final = re.compile(r"[\s'\u00a0\u202f\u2019_]")
_MINUS: Final = "\u2212"
_GROUP: Final = 3
_MONTHS: Final = 12
_PIVOT: Final = 70
_SERIAL: Final = re.compile(r"(?P<days>[2-7]\d{4})(?P<part>\.\d+)?", re.ASCII)
"""Days since the end of 1899, as spreadsheets count them: 20000 is in 1954, 79999 in 2119."""
_SERIAL_ZERO: Final = datetime(1899, 12, 30)  # noqa: DTZ001  a spreadsheet knows no zone
_DAY_SECONDS: Final = 86_400
_EPOCH_MILLISECONDS: Final = re.compile(r"[1-4]\d{12}", re.ASCII)
_TIME: Final = (
    r"(?:(?:,\s*|T|\s+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"\s*(?P<half>[AaPp])?(?(half)\.?[Mm]\.?)\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)
_YEAR_FIRST: Final = re.compile(rf"(?P<year>\d{{4}})([-/.]?)(?P<month>\d{{2}})\2(?P<day>\d{{2}}){_TIME}", re.ASCII)
_YEAR_LAST: Final = re.compile(
    rf"(?P<one>\d{{1,2}})([-/.])(?P<two>\d{{1,2}})\2(?P<year>\d{{4}}|\d{{2}}){_TIME}", re.ASCII
)


_WORDED: Final = re.compile(
    r"(?:(?P<day>\d{1,2})[ .-]*(?:de )?(?P<month>[^\W\d_]{3,10})"
    r"|(?P<month_too>[^\W\d_]{3,10})[ .]*(?P<day_too>\d{1,2}))"
    rf"[ .,-]*(?:de )?(?P<year>\d{{4}}){_TIME}"
)
_MONTH_WORDS: Final = {
    word: month
    for words in (
        "january february march april may june july august september october november december",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    )
    for month, word in enumerate(words.split(), 1)
}


class Exact(str):
    """A cell that its file holds as a number or an instant, not as somebody wrote it: there is one way to read it."""

    __slots__ = ()


class UnreadableNumber(Problem):
    """The cell is not a number."""

    code = "table.unreadable_number"
    status = 422
    message = msg("“{text}” is not a number.")


class UnreadableDay(Problem):
    """The cell is not a day."""

    code = "table.unreadable_day"
    status = 422
    message = msg("“{text}” is not a day.")
    hint = msg("Write days like 2026-03-31.")


class NumberStyle(StrEnum):
    """Which mark stands before the decimals."""

    POINT = "point"
    """1,234.50"""
    COMMA = "comma"
    """1.234,50"""


class DayOrder(StrEnum):
    """What comes first in a day that does not begin with its year."""

    DAY_FIRST = "day_first"
    """31/03/2026"""
    MONTH_FIRST = "month_first"
    """03/31/2026"""


@dataclass(slots=True)
class NumberEvidence:
    """What the numbers of a column tell about the way they are written.

    >>> column = NumberEvidence()
    >>> for text in ("1.234", "12,5"): column.see(text)
    >>> column.style, column.is_clear
    (<NumberStyle.COMMA: 'comma'>, True)
    """

    points: int = 0
    """Cells that can only be read with a decimal point."""
    commas: int = 0
    """Cells that can only be read with a decimal comma."""
    unclear: int = 0
    """Cells that say different things with one and with the other: `1.234`."""
    unclear_points: int = 0
    """Those of them in which the mark is a point."""

    def see(self, text: str) -> None:
        """Take one more cell into account."""
        digits = _bare(text)
        if isinstance(text, Exact) or not _NUMBER.fullmatch(digits):
            return
        style = _only_style(digits)
        if style is NumberStyle.POINT:
            self.points += 1
        elif style is NumberStyle.COMMA:
            self.commas += 1
        elif not digits.isdigit():
            self.unclear += 1
            self.unclear_points += "." in digits

    @property
    def style(self) -> NumberStyle:
        """The likeliest way; where nothing tells, marks before three digits group thousands."""
        if self.points or self.commas:
            return NumberStyle.POINT if self.points >= self.commas else NumberStyle.COMMA
        return NumberStyle.COMMA if self.unclear_points else NumberStyle.POINT

    @property
    def is_clear(self) -> bool:
        """Whether the cells leave only one way."""
        return not (self.points and self.commas) and (bool(self.points or self.commas) or not self.unclear)


@dataclass(slots=True)
class DayEvidence:
    """What the days of a column tell about their order.

    >>> column = DayEvidence()
    >>> for text in ("03/04/2026", "03/31/2026"): column.see(text)
    >>> column.order, column.is_clear
    (<DayOrder.MONTH_FIRST: 'month_first'>, True)
    """

    days_first: int = 0
    months_first: int = 0
    unclear: int = 0

    def see(self, text: str) -> None:
        """Take one more cell into account."""
        found = None if isinstance(text, Exact) else _YEAR_LAST.fullmatch(text.strip())
        if not found:
            return
        one, two = int(found["one"]), int(found["two"])
        self.days_first += one > _MONTHS >= two
        self.months_first += two > _MONTHS >= one
        self.unclear += max(one, two) <= _MONTHS and one != two

    @property
    def order(self) -> DayOrder:
        """The likeliest order; where nothing tells, the day comes first."""
        return DayOrder.MONTH_FIRST if self.months_first > self.days_first else DayOrder.DAY_FIRST

    @property
    def is_clear(self) -> bool:
        """Whether the cells leave only one order."""
        return not (self.days_first and self.months_first) and (
            bool(self.days_first or self.months_first) or not self.unclear
        )


def read_number(text: str, style: NumberStyle) -> Decimal:
    """Return the number that a cell holds, whatever currency stands around it. Raises UnreadableNumber.

    Parentheses, or a minus on either side, make it negative.

    >>> read_number("1.234,50 €", NumberStyle.COMMA), read_number("($1,234.50)", NumberStyle.POINT)
    (Decimal('1234.50'), Decimal('-1234.50'))
    >>> read_number("=1+1", NumberStyle.POINT)
    Traceback (most recent call last):
    caudal.core.tables.cells.UnreadableNumber: “=1+1” is not a number.
    """
    tidy = text.strip()
    if isinstance(text, Exact):
        return _exact(text)
    inside = tidy[1:-1] if tidy.startswith("(") and tidy.endswith(")") else tidy
    bare = _bare(inside)
    is_negative = inside is not tidy or "-" in inside or _MINUS in inside
    decimal, group = (".", ",") if style is NumberStyle.POINT else (",", ".")
    whole, mark, rest = bare.partition(decimal)
    groups = whole.split(group)
    grouped_well = len(groups) == 1 or (1 <= len(groups[0]) <= _GROUP and all(len(g) == _GROUP for g in groups[1:]))
    if not _NUMBER.fullmatch(bare) or not grouped_well or (mark and not rest.isdigit()):
        raise UnreadableNumber(text=tidy[:_SHOWN])
    number = Decimal(f"{''.join(groups) or '0'}.{rest or '0'}") if mark else Decimal("".join(groups))
    return -number if is_negative else number


def read_day(text: str, order: DayOrder) -> date | datetime:
    """Return the day that a cell holds, or the instant if it has a time of day. Raises UnreadableDay.

    The instant is aware only where the cell names its distance from UTC.

    >>> read_day("31/03/2026", DayOrder.DAY_FIRST), read_day("2026-03-31T10:05:00Z", DayOrder.DAY_FIRST)
    (datetime.date(2026, 3, 31), datetime.datetime(2026, 3, 31, 10, 5, tzinfo=datetime.timezone.utc))
    >>> read_day("31/03/2026", DayOrder.MONTH_FIRST)
    Traceback (most recent call last):
    caudal.core.tables.cells.UnreadableDay: “31/03/2026” is not a day. Write days like 2026-03-31.
    """
    tidy = text.strip()
    try:
        if found := _SERIAL.fullmatch(tidy):
            return _of_serial(found)
        if _EPOCH_MILLISECONDS.fullmatch(tidy):
            return datetime.fromtimestamp(int(tidy) // 1000, tz=UTC)
        on, found = _written_day(tidy, order)
        return on if found["hour"] is None else datetime.combine(on, _time(found))
    except ValueError as error:
        raise UnreadableDay(text=tidy[:_SHOWN]) from error


def _written_day(tidy: str, order: DayOrder) -> tuple[date, re.Match[str]]:
    """The day that figures or words say, and the time of day behind it. Raises ValueError."""
    if found := _YEAR_FIRST.fullmatch(tidy):
        return date(int(found["year"]), int(found["month"]), int(found["day"])), found
    if found := _YEAR_LAST.fullmatch(tidy):
        one, two = int(found["one"]), int(found["two"])
        day, month = (one, two) if order is DayOrder.DAY_FIRST else (two, one)
        return date(_year(found["year"]), month, day), found
    found = _WORDED.fullmatch(tidy)
    if not found:
        raise ValueError(tidy)
    wanted = (found["month"] or found["month_too"]).casefold()
    named = {month for word, month in _MONTH_WORDS.items() if word.startswith(wanted)}
    if len(named) != 1:
        raise ValueError(tidy)
    return date(int(found["year"]), named.pop(), int(found["day"] or found["day_too"])), found


def _of_serial(found: re.Match[str]) -> date | datetime:
    """The day, or with a fraction the second, that a spreadsheet counts from its own beginning."""
    on = _SERIAL_ZERO + timedelta(days=int(found["days"]))
    if not found["part"]:
        return on.date()
    return on + timedelta(seconds=round(Decimal(f"0{found['part']}") * _DAY_SECONDS))


def _exact(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise UnreadableNumber(text=text[:_SHOWN]) from error
    if not number.is_finite():
        raise UnreadableNumber(text=text[:_SHOWN])
    return number


def _bare(text: str) -> str:
    """A number without its sign, its currency and its spaces."""
    bare = _SPACES.sub("", text)
    for _ in range(2):
        bare = _AROUND.sub("", bare.strip(f"+-{_MINUS}"))
    return bare


def _only_style(digits: str) -> NumberStyle | None:
    """The one style in which the digits are a number, None where both or neither would do."""
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return None
    here, other = (
        (NumberStyle.POINT, NumberStyle.COMMA) if digits[last] == "." else (NumberStyle.COMMA, NumberStyle.POINT)
    )
    if digits.count(digits[last]) > 1:
        return other
    mixed = "." in digits and "," in digits
    before, after = digits[:last], digits[last + 1 :]
    groups = len(after) == _GROUP and 1 <= len(before) <= _GROUP and not before.startswith("0")
    return here if mixed or not groups else None


def _year(text: str) -> int:
    year = int(text)
    if len(text) > 2:  # noqa: PLR2004  two digits stand for a year of 1970 to 2069
        return year
    return year + (2000 if year < _PIVOT else 1900)


def _time(found: re.Match[str]) -> time:
    zone = found["zone"]
    away = None
    if zone == "Z":
        away = timezone(timedelta())
    elif zone:
        minutes = int(zone[1:3]) * 60 + int(zone[-2:])
        away = timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"] in "Pp" else 0)
    return time(hour, int(found["minute"]), int(found["second"] or 0), tzinfo=away)
