"""What expressions mean, by example."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from caudal.core.errors import Place
from caudal.core.expressions import (
    BOOLEAN,
    DATE,
    FUNCTIONS,
    INSTANT,
    TEXT,
    BadField,
    Field,
    Function,
    Parameters,
    Quotient,
    Refused,
    Schema,
    Setting,
    TooMuchSql,
    Type,
    Unit,
    UnreadableUnit,
    Value,
    check,
    choice,
    constant,
    evaluate,
    evaluate_ranges,
    link,
    money,
    number,
    read,
    show,
    sql_value,
)
from caudal.core.expressions.schema import Kind, RowValue
from caudal.core.intervals import Interval

NOW = Setting(date(2026, 3, 31))
DEALS = Schema(
    {
        "amount": Field(money("USD"), "d.amount"),
        "discount": Field(number(), "d.discount"),
        "fee": Field(number("USD/month"), "d.fee"),
        "rent": Field(number("USD/year"), "d.rent"),
        "stage": Field(choice("open", "won", "lost"), "d.stage"),
        "title": Field(TEXT, "d.title"),
        "closed": Field(DATE, "d.closed"),
        "created_at": Field(INSTANT, "d.created_at"),
        "urgent": Field(BOOLEAN, "d.urgent"),
        "custom.size": Field(number("employees"), "(d.custom->>'size')::numeric"),
    }
)


def value(text: str, **row: RowValue) -> Value:
    return evaluate(read(text, DEALS).term, row, NOW)


def said(text: str, wants: Type | None = None) -> list[str]:
    return [str(finding) for finding in check(text, DEALS, wants=wants).findings]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("10 - 4 - 3", 3),
        ("-2 * -3", 6),
        ("1 / 3 * 3", 1),
        ("15% * 200", 30),
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("round(2.345, 2)", Fraction("2.35")),
        ("round(1250, -2)", 1300),
        ("floor(-0.5)", -1),
        ("ceil(-0.5)", 0),
        ("pow(2, -3)", Fraction(1, 8)),
        ("pow(0, 0)", 1),
        ("min(3, 1, 2) + max(3, 1, 2)", 4),
        ("1 / 0", None),
        ("pow(0, -1)", None),
        ("coalesce(1 / 0, 7)", 7),
        ("if(1 / 0 > 1, 1, 2)", 2),
        ("null + 1", None),
        ("null and false", False),
        ("null or true", True),
        ("not null", None),
        ("2 in (1, 1 / 0)", None),
        ("2 in (2, 1 / 0)", True),
        ("5 between 5 and 6", True),
        ('lower("ÁÑ") = "áñ"', True),
        ('contains("Pérez Ñáñez", "nanez")', True),
        ('"Pérez" = "perez"', False),
        ('"" is empty', True),
        ('length("Ñu")', 2),
        ("2026-01-31 + 1 month", date(2026, 2, 28)),
        ("2024-02-29 - 1 year", date(2023, 2, 28)),
        ("as_of - 30 days", date(2026, 3, 1)),
        ("2 weeks + 2026-01-01", date(2026, 1, 15)),
        ("9999-12-31 + 1 day", None),
        ("(2026-03-01 - 2026-02-01) / 1 [day]", 28),
        ("weekday(2026-03-30)", 1),
        ("week(2027-01-01)", 53),
        ("start_of_quarter(2026-05-17)", date(2026, 4, 1)),
    ],
)
def test_what_is_written_is_what_is_meant(text: str, expected: Value) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "true_of", "false_of"),
    [
        ("on(closed, 2026-03-30)", ["2026-03-30"], ["2026-03-29", "2026-03-31"]),
        ("before(closed, as_of - 30 days)", ["2026-02-28"], ["2026-03-01"]),
        ("after(closed, as_of)", ["2026-04-01"], ["2026-03-31"]),
        ("in_last(closed, 30 days)", ["2026-03-02", "2026-03-31"], ["2026-03-01", "2026-04-01"]),
        ("in_next(closed, 1 month)", ["2026-03-31", "2026-04-29"], ["2026-03-30", "2026-04-30"]),
        ("in_week(closed, 0)", ["2026-03-30", "2026-04-05"], ["2026-03-29", "2026-04-06"]),
        ("in_month(closed, -1)", ["2026-02-01", "2026-02-28"], ["2026-01-31", "2026-03-01"]),
        ("in_quarter(closed, 1)", ["2026-04-01", "2026-06-30"], ["2026-03-31", "2026-07-01"]),
        ("in_year(closed, -1)", ["2025-01-01", "2025-12-31"], ["2024-12-31", "2026-01-01"]),
    ],
)
def test_days_are_placed_in_time_around_the_day_that_is_asked_of(
    text: str, true_of: list[str], false_of: list[str]
) -> None:
    """The day is Tuesday, 31 March 2026."""
    assert [value(text, closed=date.fromisoformat(day)) for day in (*true_of, *false_of)] == [
        *(True for _ in true_of),
        *(False for _ in false_of),
    ]
    assert value(text, closed=None) is None


def test_an_instant_is_placed_by_the_days_of_the_zone() -> None:
    """At half past ten in the evening of the 28th in UTC it is the 29th in Madrid, an hour before clocks go on."""
    madrid = Setting(date(2026, 3, 29), "Europe/Madrid")
    term = read("on(created_at, as_of)", DEALS).term
    assert evaluate(term, {"created_at": datetime(2026, 3, 28, 23, 30, tzinfo=UTC)}, madrid) is True
    assert evaluate(term, {"created_at": datetime(2026, 3, 29, 22, 0, tzinfo=UTC)}, madrid) is False


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("owner = 'Rosa'", "1:9: “Rosa” is not the id of a member."),
        ("owner < owner", "1:7: Rows have no order by their ids. Write = or in."),
        ("owner = company", "1:9: One of these names a member, the other a company."),
        (
            "contains(owner, 'a')",
            "1:10: This names a member; it is not a text. Ask for its name, or compare it with an id.",
        ),
        ("in_last(title, 3 days)", "1:9: A date is wanted here, this is a text. Write dates without quotes."),
        (
            "in_last(closed, 3)",
            "1:17: Only days, weeks, months, quarters and years are added to a date. Write 30 days instead of 30.",
        ),
        ("in_month(closed, 0.5)", "1:18: A whole number from -1200 to 1200 is wanted here, written out."),
    ],
)
def test_a_link_and_a_span_say_what_they_take(text: str, told: str) -> None:
    schema = Schema({**DEALS.fields, "owner": Field(link("member")), "company": Field(link("company"))})
    assert [str(finding) for finding in check(text, schema).findings] == [told]


def test_a_filter_reads_like_a_sentence() -> None:
    text = 'stage in ("won", "lost") and closed >= as_of - 1 quarter and not contains(title, "test")'
    assert value(text, stage="won", closed=date(2025, 12, 31), title="Café") is True
    assert value(text, stage="won", closed=date(2025, 12, 30), title="Café") is False
    assert value(text, stage="won", closed=None, title="Café") is None
    assert read(text, DEALS).fields == {"stage", "closed", "title"}


def test_fields_of_ones_own_are_fields_like_any() -> None:
    assert value("custom.size * 2 employees", **{"custom.size": 21}) == 42


def test_the_sign_in_a_round_is_read_as_a_number() -> None:
    assert show(read("round(amount, -2)", DEALS).node) == "round(amount, -2)"
    assert value("round(amount, -2)", amount=Decimal("1250.50")) == 1300


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("fee * 3 months", "USD"),
        ("fee * 12 [months/year] + rent", "USD/year"),
        ("amount * 15% + 100", "USD"),
        ("if(urgent, amount, 0)", "USD"),
        ("amount / 2", "USD"),
        ("amount / custom.size", "USD/employee"),
        ("pow(amount, 2) / amount", "USD"),
        ("days_between(closed, as_of)", "day"),
        ("hours_between(created_at, created_at)", "hour"),
        ("amount / amount", "1"),
    ],
)
def test_units_follow_the_arithmetic(text: str, unit: str) -> None:
    assert str(read(text, DEALS).type.unit) == unit


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("fee + rent", "1:7: USD/month and USD/year are different units. Multiply or divide by a quantity"),
        ("amount > 15%", "1:10: USD and 1 are different units."),
        ("max(amount, 1, fee)", "1:16: USD and USD/month are different units."),
        ("closed + 30", "1:10: Only days, weeks, months, quarters and years are added to a date. Write 30 days"),
        ("created_at > closed", "1:14: "),
        ('closed > "2026-01-01"', "1:10: A date is wanted here, this is a text. Write dates without quotes."),
        ("year(created_at)", "1:6: A date is wanted here, this is an instant. Write day_of(…)."),
        ('stage = "wonn"', "1:9: “wonn” is not one of: open, won, lost."),
        ('stage < "won"', "1:7: The options of a choice have no order. Write = or in."),
        ("urgent < true", "1:8: Yes and no have no order."),
        ("amount = null", "1:10: A comparison with null is never true. Write: is empty."),
        ("amonut > 1", "1:1: There is no field “amonut”. Did you mean amount?"),
        ("rond(amount)", "1:1: There is no function “rond”. Did you mean round?"),
        ("round(amount, 1, 2)", "1:1: round does not take 3 values. Write round(a, n)."),
        ("round(amount, discount)", "1:15: A whole number from -12 to 12 is wanted here, written out."),
        ("pow(amount, 17)", "1:13: A whole number from -16 to 16"),
        ("amount and urgent", "1:1: Here a yes or no is wanted, this is: USD."),
        ("amount == 3", "1:8: “==” is not an operator here. Write =."),
        ("1 < 2 < 3", "1:7: Comparisons do not follow each other."),
        ("amount +\n  * 2", "2:3: “*” does not fit here."),
        ("if(urgent, 1", "1:13: The expression ends where “)” was expected."),
        ("2 amount(1)", "1:3: An operator is missing before “amount”."),
        ("2026-02-30", "1:1: “2026-02-30” is not a day of the calendar."),
        ('"open', "1:1: This text has no closing quote."),
        (
            "pow(pow(pow(pow(amount / amount, 16), 16), 16), 16)",
            "1:1: The numbers of this expression can grow too long",
        ),
    ],
)
def test_a_mistake_is_named_at_its_place(text: str, finding: str) -> None:
    (found,) = said(text)
    assert found.startswith(finding)


def test_all_mistakes_are_told_at_once_in_order() -> None:
    assert [text.split(": ")[0] for text in said("amonut > 1\nand fee + rent > 2\nand foo(title)")] == [
        "1:1",
        "2:11",
        "3:5",
    ]


def test_a_place_counts_from_where_the_text_stands() -> None:
    around = Place("plan.toml", 212, 9, "checks.a")
    places = [str(check(text, DEALS, around=around).findings[0].place) for text in ("1 +", "1\n+", "1 + x", "1 +\nx")]
    assert places == [
        "plan.toml:212:12 checks.a",
        "plan.toml:213:2 checks.a",
        "plan.toml:212:13 checks.a",
        "plan.toml:213:1 checks.a",
    ]


def test_the_wanted_type_is_checked() -> None:
    assert said("amount", wants=BOOLEAN) == ["1:1: This gives: number. Wanted is: yes or no."]
    assert said("fee", wants=money("USD")) == ["1:1: This gives USD/month, wanted is USD."]
    assert said("0", wants=money("USD")) == said("null", wants=BOOLEAN) == []


def test_a_refused_expression_raises_with_every_finding() -> None:
    with pytest.raises(Refused, match="no field “x”") as refused:
        read("x + y", DEALS)
    assert len(refused.value.findings) == 2


def test_a_field_needs_a_name_that_can_be_written() -> None:
    with pytest.raises(BadField):
        Schema({"a-b": Field(TEXT)})


def test_a_function_can_be_added_to_the_table() -> None:
    double = Function(
        "double",
        "double(a)",
        (1, 1),
        lambda arguments: arguments[0].type,
        lambda a: 2 * a,
        lambda a: Quotient(f"(2 * {a.above})", a.below),
        kinds=(Kind.NUMBER,),
    )
    doubled = read("double(amount) + 1", DEALS, functions={**FUNCTIONS, "double": double})
    assert evaluate(doubled.term, {"amount": 3}, NOW) == 7
    assert sql_value(doubled.term, Parameters(NOW)) == "round(((2 * (d.amount)::numeric) + (1)::numeric), 18)"


def test_values_are_bound_and_never_written_into_the_sql() -> None:
    parameters = Parameters(NOW)
    sql = sql_value(read('title = "\'; drop table d; --" and amount > 0.5 and closed < as_of', DEALS).term, parameters)
    assert sql == (
        "((((d.title)::text = %(e0)s::text) and ((d.amount)::numeric > %(e1)s::numeric)) "
        "and ((d.closed)::date < %(e2)s::date))"
    )
    assert parameters.values == {"e0": "'; drop table d; --", "e1": Decimal("0.5"), "e2": date(2026, 3, 31)}


def test_texts_are_ordered_by_code_point_whatever_the_collation() -> None:
    assert sql_value(read('title < "b"', DEALS).term, Parameters(NOW)) == (
        '(((d.title)::text collate "C") < %(e0)s::text)'
    )


def test_one_value_is_bound_once() -> None:
    parameters = Parameters(NOW)
    sql_value(read('title in ("x", "y") or title = "x"', DEALS).term, parameters)
    assert list(parameters.values.values()) == ["x", "y"]


def test_sql_that_would_explode_is_refused_in_good_time() -> None:
    fields = Schema({name: Field(number(), f"r.{name}") for name in ("a", "b", "c")})
    nested = "a / b"
    for _ in range(12):
        nested = f"if({nested} > 1, a / b, b / c)"
    with pytest.raises(TooMuchSql):
        sql_value(read(nested, fields).term, Parameters(NOW))


def test_what_a_form_gives_becomes_an_expression() -> None:
    assert show(constant(Fraction(-5, 2))) == "-2.5"
    assert show(constant('say "hi"')) == '"say \\"hi\\""'


def test_a_check_that_must_fail_is_known_to_fail() -> None:
    """500 deals at 5,000 to 15,000 are 2.5 to 7.5 million; a promise of 10 million cannot hold, one of 7.5 may."""
    plan = Schema({"deals": Field(number("deals")), "size": Field(number("USD/deal")), "won": Field(money("USD"))})
    numbers = {"deals": Interval.point(500), "size": Interval.of(5000, 15000)}
    promise = read("deals * size = won", plan).term
    assert evaluate_ranges(promise, {**numbers, "won": Interval.of(10_000_000, None)}).is_false
    knife_edge = evaluate_ranges(promise, {**numbers, "won": Interval.of(7_500_000, None)})
    assert not knife_edge.is_false
    assert not knife_edge.is_true
    assert evaluate_ranges(read("deals * size >= 2500000 USD", plan).term, numbers).is_true


@pytest.mark.parametrize("text", ["USD//month", "/month", "USD month", "5 USD", "USD/", "USD^", "x" * 300, "1/1"])
def test_a_unit_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(UnreadableUnit):
        Unit.parse(text)


@pytest.mark.parametrize("text", ["USD/month", "1/year", "USD/customer/month", "day^2", "1", "document", "money"])
def test_a_unit_reads_back_as_written(text: str) -> None:
    assert str(Unit.parse(text)) == text


def test_plurals_are_the_same_unit() -> None:
    assert Unit.parse("customers/month") == Unit.parse("customer/months")


def test_the_reference_page_explains_every_function() -> None:
    page = (Path(__file__).parents[3] / "docs/reference/expressions.md").read_text(encoding="utf-8")
    assert [function.words for function in FUNCTIONS.values() if f"`{function.words}`" not in page] == []
