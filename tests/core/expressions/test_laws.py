"""The laws of the expression language: it reads what it writes, never fails, and says the same everywhere."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import psycopg
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from caudal.core.expressions import (
    FUNCTIONS,
    PLACES,
    Apply,
    Name,
    Node,
    Parameters,
    RowValue,
    Setting,
    Unreadable,
    Value,
    check,
    evaluate,
    evaluate_ranges,
    exact,
    parse,
    read,
    round_half_away,
    show,
    sql_value,
)
from caudal.core.expressions.ranges import exactly
from caudal.core.ids import Ref
from caudal.core.intervals import Interval
from caudal.kit.postgres import Role, Server
from tests.core.expressions.trees import (
    COLUMNS,
    EVERY_FUNCTION,
    ROWS,
    SCHEMA,
    SETTING,
    STORED,
    anything,
    numbers,
    truths,
)


@pytest.fixture(scope="module", params=[psycopg.Cursor, psycopg.ClientCursor], ids=["server binds", "client binds"])
def stored_rows(request: pytest.FixtureRequest, postgres: Server) -> Iterator[psycopg.Cursor]:
    """A table `r` with the stored rows, on a real server; parameters travel beside the text, or are put into it."""
    with filled(postgres, request.param) as cursor:
        yield cursor


@pytest.fixture(scope="module")
def rows_once(postgres: Server) -> Iterator[psycopg.Cursor]:
    """The same, in one way."""
    with filled(postgres, psycopg.ClientCursor) as cursor:
        yield cursor


@contextmanager
def filled(postgres: Server, cursor_factory: type[psycopg.Cursor]) -> Iterator[psycopg.Cursor]:
    url = postgres.dsn(Role.SUPERUSER).on("postgres").url()
    with psycopg.connect(url, cursor_factory=cursor_factory) as connection:
        cursor = connection.cursor()
        columns = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS.items())
        cursor.execute(f"create temporary table r ({columns})".encode())
        marks = ", ".join(f"%({name})s" for name in COLUMNS)
        cursor.executemany(b"insert into r values (%s)" % marks.encode(), [as_stored(row) for row in STORED])
        yield cursor


def as_stored(row: Mapping[str, RowValue]) -> dict[str, object]:
    """The row as SQL holds it: ids without their kinds."""
    links = {name: Ref.parse(str(row[name]), "member").id for name in ("owner", "other_owner") if row[name]}
    return {**row, **links}


@given(anything(3))
def test_what_is_written_reads_back_as_the_same_tree(node: Node) -> None:
    assert parse(show(node)) == node


@given(anything(3))
def test_a_checked_expression_never_raises(node: Node) -> None:
    expression = read(show(node), SCHEMA)
    for row in ROWS:
        value = evaluate(expression.term, row, SETTING)
        assert value is None or type(value) in {Fraction, bool, str, date, datetime}
        assert value is not None or expression.type.nullable


@settings(max_examples=80)
@given(node=anything(3))
@example(node=parse("a / 3 * 3 = a"))
@example(node=parse("round(q, 2) + round(a / 7, 3)"))
@example(node=parse("min(q, a / b, 1 / n)"))
@example(node=parse("big * big * big"))
@example(node=parse("999999 * 999999 * 999999"))
@example(node=parse("start - 40000000000 days is empty or start + 9999 years is empty"))
@example(node=parse("as_of + 40000000000 days"))
@example(node=parse("coalesce(a / b, 0) > if(n = 0, null, 1 / n)"))
def test_python_and_postgresql_say_the_same_of_every_row(rows_once: psycopg.Cursor, node: Node) -> None:
    told_alike(rows_once, node)


@pytest.mark.parametrize("text", EVERY_FUNCTION)
def test_python_and_postgresql_say_the_same_of_every_function(stored_rows: psycopg.Cursor, text: str) -> None:
    told_alike(stored_rows, parse(text))


def told_alike(stored_rows: psycopg.Cursor, node: Node) -> None:
    """Compare the values of an expression for every row."""
    term = read(show(node), SCHEMA).term
    parameters = Parameters(SETTING)
    statement = b"select %s from r order by id" % sql_value(term, parameters).encode()
    told = [one for (one,) in stored_rows.execute(statement, parameters.values)]
    assert [as_told(one) for one in told] == [leaving(evaluate(term, row, SETTING)) for row in ROWS]


def as_told(value: object) -> object:
    return Fraction(value) if isinstance(value, Decimal) else value


def leaving(value: Value) -> Value:
    """A value as it leaves SQL: numbers rounded to 18 places."""
    return round_half_away(value, PLACES) if isinstance(value, Fraction) else value


def functions_of(node: Node) -> set[str]:
    if not isinstance(node, Apply):
        return set()
    return {node.function}.union(*(functions_of(argument) for argument in node.arguments))


def test_every_function_is_compared() -> None:
    assert set().union(*(functions_of(parse(text)) for text in EVERY_FUNCTION)) == set(FUNCTIONS)


FRACTIONS = st.fractions(-50, 50, max_denominator=12)


@given(
    node=numbers(2) | truths(3) | st.sampled_from(EVERY_FUNCTION).map(parse),
    ends=st.fixed_dictionaries({name: st.tuples(FRACTIONS, FRACTIONS) for name in ("a", "b", "n", "big", "q")}),
    share=st.fractions(0, 1, max_denominator=8),
    open_ended=st.sampled_from(["", "a", "b", "n"]),
)
def test_the_value_of_numbers_inside_intervals_is_possible(
    node: Node, ends: dict[str, tuple[Fraction, Fraction]], share: Fraction, open_ended: str
) -> None:
    term = read(show(node), SCHEMA).term
    intervals = {name: Interval(min(pair), None if name == open_ended else max(pair)) for name, pair in ends.items()}
    inside = {name: min(pair) + (max(pair) - min(pair)) * share for name, pair in ends.items()}
    possible = evaluate_ranges(term, intervals, SETTING)
    for row in ROWS[::5]:
        assert evaluate(term, {**row, **inside}, SETTING) in possible


@given(node=anything(3))
def test_points_give_the_value_itself(node: Node) -> None:
    """When everything is known, the possible values are few, and the true one is among them."""
    term = read(show(node), SCHEMA).term
    row = ROWS[3]
    given_values = {name: exactly(exact(row[name])) for name in SCHEMA.fields}
    possible = evaluate_ranges(term, given_values, SETTING)
    assert evaluate(term, row, SETTING) in possible
    match possible.content:
        case Interval() as interval:
            assert interval.is_point
        case found:
            assert found is not None
            assert len(found) <= 1


@settings(max_examples=150)
@given(st.text(max_size=60) | st.text(alphabet="ab1.%+-*/()<>=!,[]\"' andortinsempbw\n", max_size=60))
@example("(" * 5000)
@example("-" * 5000)
@example("not " * 2000)
@example("a + " * 2000 + "a")
@example("a" * 20_000)
@example("f(" * 100)
@example("1" * 39)
@example("\x00")
@example("'\ud800'")
@example("2026-02-31")
@example("0000-01-01")
@example("5 [USD//month]")
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    checked = check(text, SCHEMA)
    assert (checked.expression is None) == bool(checked.findings)
    for finding in checked.findings:
        lines = text.split("\n")
        assert 1 <= finding.place.line <= len(lines)
        assert 1 <= finding.place.column <= len(lines[finding.place.line - 1]) + 1
        assert finding.told()


@given(anything(3), st.data())
def test_a_damaged_expression_is_read_or_refused(node: Node, data: st.DataObject) -> None:
    text = show(node)
    at = data.draw(st.integers(0, len(text)))
    damaged = text[:at] + data.draw(st.sampled_from(["", "(", ")", '"', " and ", "-", "zz", "%", "1"])) + text[at + 1 :]
    checked = check(damaged, SCHEMA)
    assert checked.expression is not None or all(finding.told() for finding in checked.findings)


def test_a_sum_is_as_deep_as_it_is_long() -> None:
    with pytest.raises(Unreadable, match="too big"):
        parse(" + ".join(["a"] * 65))
    assert isinstance(parse("(" * 60 + "a" + ")" * 60), Name)


@pytest.mark.parametrize(
    "zone", ["Europe/Madrid", "America/Havana", "America/Sao_Paulo", "Atlantic/Azores", "Asia/Tokyo"]
)
def test_a_day_begins_at_the_same_instant_everywhere(stored_rows: psycopg.Cursor, zone: str) -> None:
    """Havana's clocks go back to midnight in November, São Paulo's and the Azores' jumped over it in spring."""
    setting = Setting(date(2026, 3, 29), zone)
    parameters = Parameters(setting)
    term = read("start_of_day(start)", SCHEMA).term
    sql = sql_value(term, parameters).replace("(r.start)", "(r.day)")
    days = b"(select generate_series(date '2016-01-01', '2026-12-31', '1 day')::date as day) r"
    told = stored_rows.execute(b"select day, %s from %s" % (sql.encode(), days), parameters.values).fetchall()
    assert len(told) > 4000
    assert [(day, at) for day, at in told if at != evaluate(term, {"start": day}, setting)] == []
