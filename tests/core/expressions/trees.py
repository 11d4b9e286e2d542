"""Rows and random expressions over them, shared by the laws of the language."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final

from hypothesis import strategies as st

from caudal.core.expressions import (
    BOOLEAN,
    DATE,
    INSTANT,
    TEXT,
    Apply,
    Field,
    Literal,
    Name,
    Node,
    RowValue,
    Schema,
    Setting,
    Unit,
    choice,
    link,
    number,
)
from caudal.core.expressions.syntax import NEGATE

SETTING: Final = Setting(date(2026, 3, 29), "Europe/Madrid")
COLUMNS: Final = {
    "id": "integer",
    "a": "numeric",
    "b": "numeric",
    "n": "integer",
    "big": "bigint",
    "above": "numeric",
    "below": "numeric",
    "yes": "boolean",
    "no": "boolean",
    "word": "text",
    "other": "varchar(80)",
    "stage": "text",
    "start": "date",
    "finish": "date",
    "at": "timestamptz",
    "until": "timestamptz",
    "owner": "uuid",
    "other_owner": "uuid",
}
SCHEMA: Final = Schema(
    {
        "a": Field(number(), "r.a"),
        "b": Field(number(), "r.b"),
        "n": Field(number(), "r.n"),
        "big": Field(number(), "r.big"),
        "q": Field(number(), "r.above", "nullif(r.below, 0)"),
        "yes": Field(BOOLEAN, "r.yes"),
        "no": Field(BOOLEAN, "r.no"),
        "word": Field(TEXT, "r.word"),
        "other": Field(TEXT, "r.other"),
        "stage": Field(choice("open", "won", "lost"), "r.stage"),
        "start": Field(DATE, "r.start"),
        "finish": Field(DATE, "r.finish"),
        "at": Field(INSTANT, 'r."at"'),
        "until": Field(INSTANT, "r.until"),
        "owner": Field(link("member"), "r.owner"),
        "other_owner": Field(link("member"), "r.other_owner"),
    }
)


def _rows() -> list[dict[str, RowValue]]:
    """Rows with the values that break things: zeros, halves, huge and tiny ones, nulls, ends of the calendar."""
    numbers: list[RowValue] = [
        0,
        1,
        -1,
        Decimal("2.5"),
        Decimal("-2.5"),
        Decimal("0.005"),
        Decimal("1e-12"),
        10**18,
        Decimal("7.3"),
        None,
    ]
    words: list[RowValue] = [
        "",
        "Ñandú",
        "straße",
        "100%_",
        "ÁRBOL árbol",
        "a\\b'c\"",
        "İstanbul",
        "zzz",
        "Ωmega",
        None,
    ]
    days: list[RowValue] = [
        date(2024, 2, 29),
        date(1, 1, 1),
        date(9999, 12, 31),
        date(2026, 3, 31),
        date(2025, 12, 28),
        None,
        date(1999, 12, 31),
    ]
    instants: list[RowValue] = [
        datetime(2026, 3, 29, 0, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 3, 28, 23, 0, tzinfo=UTC),
        datetime(2025, 10, 26, 1, 30, tzinfo=UTC),
        None,
        datetime(1999, 12, 31, 23, 59, tzinfo=UTC),
    ]
    halves: list[RowValue] = [1, -7, Decimal("0.5"), None]
    truths: list[RowValue] = [True, False, None]
    members: list[RowValue] = ["member_01h455vb4pex5vsknk084sn02q", "member_01h455vb4pex5vsknk084sn02r", None]
    return [
        {
            "id": row,
            "a": numbers[row % 10],
            "b": numbers[(row * 3 + 1) % 10],
            "n": [0, 1, 7, -3, None, 2_000_000_000][row % 6],
            "big": [9 * 10**18, -4, 10, None][row % 4],
            "above": halves[row % 4],
            "below": [3, 7, 11, 0, 1][row % 5],
            "yes": truths[row % 3],
            "no": truths[row // 3 % 3],
            "word": words[row % 10],
            "other": words[(row * 7 + 3) % 10],
            "stage": ["open", "won", "lost", None][row % 4],
            "start": days[row % 7],
            "finish": days[(row * 2 + 3) % 7],
            "at": instants[row % 5],
            "until": instants[(row + 2) % 5],
            "owner": members[row % 3],
            "other_owner": members[(row * 2 + 1) % 3],
        }
        for row in range(30)
    ]


def with_quotient(row: dict[str, RowValue]) -> dict[str, RowValue]:
    """The row as Python sees it: `q` is one number."""
    above, below = row["above"], row["below"]
    known = isinstance(above, int | Decimal) and isinstance(below, int | Decimal) and bool(below)
    quotient = Fraction(above) / Fraction(below) if known else None  # type: ignore[arg-type]  # both are known
    return {**row, "q": quotient}


STORED: Final = _rows()
"""The rows of the table."""
ROWS: Final = [with_quotient(row) for row in STORED]
"""The same rows as Python sees them."""


def apply(function: str, *arguments: Node) -> Node:
    return Apply(function, arguments)


def literal(text: str) -> Node:
    return Literal(Fraction(text))


plain_numbers = st.sampled_from(["0", "1", "2", "3", "0.5", "2.675", "100", "1234567.89", "0.000001"]).map(literal)
percents = st.integers(0, 300).map(lambda whole: Literal(Fraction(whole, 100), percent=True))
texts = st.sampled_from(["", "a", "ñ", "ARBOL", "b'", "%", "_", "straße", "100%_", "\\", "\n"]).map(Literal)
dates = st.sampled_from([date(2026, 1, 31), date(2024, 2, 29), date(1, 1, 1), date(9999, 12, 31)]).map(Literal)
instants = st.sampled_from([datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC)]).map(Literal)
lengths = st.builds(
    lambda count, unit: Literal(Fraction(count), Unit.parse(unit)),
    st.sampled_from(["0", "1", "30", "1.5", "13", "99999", "40000000000"]),
    st.sampled_from(["day", "week", "month", "quarter", "year"]),
)
null = st.just(Literal(None))


def names(*fields: str) -> st.SearchStrategy[Node]:
    return st.sampled_from(fields).map(Name)


def numbers(depth: int) -> st.SearchStrategy[Node]:
    leaf = names("a", "b", "n", "big", "q") | plain_numbers | percents
    if not depth:
        return leaf
    inner = st.deferred(lambda: numbers(depth - 1))
    return st.one_of(
        leaf,
        st.builds(apply, st.sampled_from(["+", "-", "*", "/", "min", "max"]), inner, inner),
        st.builds(apply, st.sampled_from([NEGATE, "abs", "floor", "ceil", "round"]), inner),
        st.builds(lambda one, places: apply("round", one, places), inner, st.integers(-3, 6).map(signed)),
        st.builds(lambda one, power: apply("pow", one, power), inner, st.integers(-3, 3).map(signed)),
        st.builds(apply, st.just("if"), truths(depth - 1), inner, inner | null),
        st.builds(apply, st.just("coalesce"), inner, null | inner, inner),
        st.builds(apply, st.just("length"), words(depth - 1)),
        st.builds(apply, st.sampled_from(["year", "quarter", "month", "week", "day", "weekday"]), days(depth - 1)),
        # A duration per day counts nothing in particular.
        st.builds(
            lambda start, end: apply("/", apply("days_between", start, end), Literal(Fraction(1), Unit.parse("day"))),
            days(depth - 1),
            days(depth - 1),
        ),
        st.builds(
            lambda start, end: apply("/", apply("hours_between", start, end), Literal(Fraction(7), Unit.parse("hour"))),
            names("at", "until") | instants,
            names("at", "until"),
        ),
    )


def signed(whole: int) -> Node:
    return literal(str(whole)) if whole >= 0 else apply(NEGATE, literal(str(-whole)))


def words(depth: int) -> st.SearchStrategy[Node]:
    leaf = names("word", "other") | texts
    if not depth:
        return leaf
    inner = st.deferred(lambda: words(depth - 1))
    return st.one_of(
        leaf,
        st.builds(apply, st.sampled_from(["lower", "upper"]), inner),
        st.builds(apply, st.just("if"), truths(depth - 1), inner, inner | null),
        st.builds(apply, st.just("coalesce"), inner, inner),
    )


def days(depth: int) -> st.SearchStrategy[Node]:
    leaf = names("start", "finish", "as_of") | dates
    if not depth:
        return leaf
    inner = st.deferred(lambda: days(depth - 1))
    return st.one_of(
        leaf,
        st.builds(apply, st.sampled_from(["+", "-"]), inner, lengths),
        st.builds(lambda length, day: apply("+", length, day), lengths, inner),
        st.builds(
            apply, st.sampled_from(["start_of_year", "start_of_quarter", "start_of_month", "start_of_week"]), inner
        ),
        st.builds(apply, st.just("day_of"), names("at", "until") | instants),
        st.builds(apply, st.just("coalesce"), inner, inner),
    )


def truths(depth: int) -> st.SearchStrategy[Node]:
    leaf = names("yes", "no") | st.sampled_from([True, False]).map(Literal)
    if not depth:
        return leaf
    inner = st.deferred(lambda: truths(depth - 1))
    alike = st.sampled_from([numbers(depth - 1), words(depth - 1), days(depth - 1), names("at", "until") | instants])
    return st.one_of(
        leaf,
        st.builds(apply, st.sampled_from(["and", "or"]), inner, inner | null),
        st.builds(apply, st.just("not"), inner),
        alike.flatmap(lambda kind: st.builds(apply, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), kind, kind)),
        alike.flatmap(lambda kind: st.builds(apply, st.just("between"), kind, kind, kind)),
        alike.flatmap(lambda kind: st.builds(apply, st.just("in"), kind, kind, kind, kind)),
        alike.flatmap(lambda kind: st.builds(apply, st.just("is empty"), kind)),
        st.builds(
            apply, st.sampled_from(["contains", "has", "starts_with", "ends_with"]), words(depth - 1), words(depth - 1)
        ),
        st.builds(
            lambda options: apply("in", Name("stage"), *options),
            st.lists(st.sampled_from(["open", "won", "lost"]).map(Literal), min_size=1, max_size=3),
        ),
        st.builds(apply, st.just("if"), inner, inner, inner),
    )


def anything(depth: int) -> st.SearchStrategy[Node]:
    return st.one_of(numbers(depth), truths(depth), words(depth), days(depth))


EVERY_FUNCTION: Final = (
    *(
        f"{one} {name} {other}"
        for name in ("=", "!=", "<", "<=", ">", ">=")
        for one, other in (("a", "b"), ("a / n", "q"), ("word", "other"), ("start", "finish"), ("at", "until"))
    ),
    *(f"q {name} a / b" for name in ("+", "-", "*", "/")),
    *(f"{name}(a, q, b / n)" for name in ("min", "max", "coalesce")),
    *(f"{name}(a / 8)" for name in ("abs", "floor", "ceil", "round")),
    *(f"round(a / 8, {places})" for places in (-2, 0, 1, 3)),
    *(f"pow(q, {power})" for power in (-2, -1, 0, 1, 3)),
    *(f"{name}(start)" for name in ("year", "quarter", "month", "week", "day", "weekday")),
    *(f"start_of_{name}(start)" for name in ("year", "quarter", "month", "week")),
    *(
        f"start {sign} {length}"
        for sign in "+-"
        for length in ("10 days", "2 weeks", "1 month", "5 quarters", "1 year")
    ),
    *(f"{name}(word)" for name in ("lower", "upper", "length")),
    *(f"{name}(word, other)" for name in ("contains", "has", "starts_with", "ends_with")),
    *(f'{name}(word, "ár")' for name in ("contains", "has", "starts_with", "ends_with")),
    "-q",
    "1 month + start",
    "finish - start",
    "days_between(start, finish)",
    "hours_between(at, until)",
    "day_of(at)",
    "start_of_day(start)",
    "start_of_day(as_of + 400 days)",
    "owner = 'member_01h455vb4pex5vsknk084sn02q'",
    "owner != other_owner",
    "owner in ('member_01h455vb4pex5vsknk084sn02q', other_owner)",
    "owner is empty",
    "coalesce(owner, other_owner) = 'member_01h455vb4pex5vsknk084sn02r'",
    *(
        f"{name}({moment}, {day})"
        for name in ("on", "before", "after")
        for moment in ("start", "at")
        for day in ("as_of", "2026-03-28", "finish")
    ),
    *(
        f"{name}({moment}, {length})"
        for name in ("in_last", "in_next")
        for moment in ("start", "at")
        for length in ("1 day", "30 days", "2 months")
    ),
    *(
        f"in_{unit}({moment}, {away})"
        for unit in ("week", "month", "quarter", "year")
        for moment in ("finish", "until")
        for away in (-1, 0, 2)
    ),
    "a between b and 3",
    "q between -1 and a / b",
    "word between other and 'z'",
    "a in (b, n, 7.3)",
    "word in (other, 'zzz')",
    "yes and no",
    "yes or no",
    "not yes",
    "a is empty",
    "q is empty",
    "word is empty",
    "start is empty",
    "if(yes, a / n, b / big)",
    "if(a > b, start, finish)",
    "coalesce(word, other)",
)
"""At least one expression for each function, on every kind it takes."""
