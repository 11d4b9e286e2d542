"""What each kind of metric says, worked out by hand; and what is found wrong with definitions."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import psycopg
import pytest

from caudal.core.expressions import DATE, Field, Refused, number
from caudal.core.metrics import (
    REGISTRY as CATALOGUE,
)
from caudal.core.metrics import (
    Cell,
    CircularMetric,
    Cohort,
    Conversion,
    Count,
    Cumulative,
    Derived,
    Distinct,
    Event,
    Formula,
    Marts,
    MartShape,
    NotCumulative,
    NotFed,
    Ratio,
    Request,
    Sum,
    UnknownCell,
    UnknownDimension,
    UnknownMetric,
    Words,
    check_marts,
    check_metric,
    check_registry,
    compile_query,
    compile_rows,
    tree_of,
)
from caudal.core.periods import EmptyPeriod, Grain
from tests.core.metrics.shop import EVENTS, MARTS, REGISTRY, World, metric, registry, store, told

YEAR = Request(start=date(2026, 1, 1), end=date(2026, 7, 1), as_of=date(2026, 12, 31), zone="Europe/Madrid")


def event(kind: str, day: str, person: str | None = "ana", **more: Any) -> dict[str, Any]:
    at = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)
    given = {"channel": "web", "amount": 1000, "currency": "EUR", "points": Fraction(1), **more}
    return {"at": at, "kind": kind, "person": person, **given}


def sale(day: str, person: str | None = "ana", **more: Any) -> dict[str, Any]:
    return event("sale", day, person, **more)


def signup(day: str, person: str | None = "ana", **more: Any) -> dict[str, Any]:
    return event("signup", day, person, **more)


def asked(
    shop: psycopg.Cursor, name: str, world: list[dict[str, Any]] | World, marts: Marts = MARTS, **changes: Any
) -> list[dict[str, Any]]:
    given = world if isinstance(world, dict) else {"events": world}
    store(shop, {"events": [], "movements": [], "rates": [], **given})
    return told(shop, compile_query(REGISTRY.metrics[name], replace(YEAR, **changes), marts, REGISTRY))


def values(rows: list[dict[str, Any]]) -> list[Decimal | None]:
    return [row["value"] for row in rows]


def test_sums_and_counts_are_zero_where_nothing_happened(shop: psycopg.Cursor) -> None:
    world = [sale("2026-01-31"), sale("2026-03-01", amount=250)]
    assert values(asked(shop, "revenue", world, grain=Grain.MONTH)) == [10, 0, Decimal("2.5"), 0, 0, 0]
    assert values(asked(shop, "sales", world, grain=Grain.QUARTER)) == [2, 0]
    assert values(asked(shop, "sales", [], grain=None)) == [0]


def test_a_ratio_over_nothing_is_null_and_keeps_its_parts(shop: psycopg.Cursor) -> None:
    world = [sale("2026-01-05", amount=1000), sale("2026-01-06", amount=500), sale("2026-01-07", amount=500)]
    first, second = asked(shop, "basket", world, grain=Grain.QUARTER)
    # 10 + 5 + 5 over 3 sales.
    assert (first["numerator"], first["denominator"], first["currency"]) == (20, 3, "EUR")
    assert first["value"] == Decimal("6.666666666666666667")
    assert (second["value"], second["numerator"], second["denominator"]) == (None, 0, 0)


def test_days_are_those_of_the_company(shop: psycopg.Cursor) -> None:
    """23:30 in London on 31 January is 1 February in Madrid."""
    late = {**sale("2026-01-31"), "at": datetime(2026, 1, 31, 23, 30, tzinfo=UTC)}
    assert values(asked(shop, "sales", [late], grain=Grain.MONTH))[:2] == [0, 1]
    assert values(asked(shop, "sales", [late], grain=Grain.MONTH, zone="Europe/London"))[:2] == [1, 0]


def test_the_end_of_the_question_is_not_in_it(shop: psycopg.Cursor) -> None:
    world = [sale("2025-12-31"), sale("2026-01-01"), sale("2026-06-30"), sale("2026-07-01")]
    assert values(asked(shop, "sales", world)) == [2]


def test_what_is_later_than_the_day_of_the_question_is_not_known(shop: psycopg.Cursor) -> None:
    world = [sale("2026-01-10"), sale("2026-01-11")]
    assert values(asked(shop, "sales", world, as_of=date(2026, 1, 10))) == [1]


def test_the_first_and_last_period_end_where_the_question_does(shop: psycopg.Cursor) -> None:
    rows = asked(shop, "sales", [], start=date(2026, 1, 15), end=date(2026, 3, 10), grain=Grain.MONTH)
    assert [(row["period"].isoformat(), row["period_end"].isoformat()) for row in rows] == [
        ("2026-01-15", "2026-02-01"),
        ("2026-02-01", "2026-03-01"),
        ("2026-03-01", "2026-03-10"),
    ]


def test_an_amount_counts_at_the_rate_of_its_day(shop: psycopg.Cursor) -> None:
    world: World = {
        "events": [
            sale(day, amount=1000, currency="USD") for day in ("2026-01-01", "2026-01-10", "2026-01-20", "2026-01-31")
        ],
        "rates": [
            {"pair": ("USD", "EUR"), "day": date(2026, 1, 10), "rate": Fraction(9, 10)},
            {"pair": ("EUR", "USD"), "day": date(2026, 1, 20), "rate": Fraction(5, 4)},
            {"pair": ("USD", "GBP"), "day": date(2026, 1, 25), "rate": Fraction(7)},
        ],
    }
    (row,) = asked(shop, "revenue", world)
    # Nothing is known on 1 January. 10 dollars are 9.00 on the 10th; from the 20th a euro costs 1.25, so they are 8.00.
    assert (row["value"], row["missing"], row["complete"]) == (25, 1, False)
    behind = told(shop, compile_rows(REGISTRY.metrics["revenue"], YEAR, Cell(YEAR.start), MARTS, REGISTRY))
    assert [(record["ref"], record["n"], record["missing"]) for record in behind] == [
        ("1", 0, 1), ("2", 9, 0), ("3", 8, 0), ("4", 8, 0)
    ]  # fmt: skip


def test_an_entity_counts_once_in_each_period(shop: psycopg.Cursor) -> None:
    world = [
        sale("2026-01-01"),
        sale("2026-01-02"),
        sale("2026-01-03", "bo"),
        sale("2026-02-01"),
        sale("2026-02-02", None),
    ]
    rows = asked(shop, "buyers", world, grain=Grain.MONTH)
    assert [(row["value"], row["missing"]) for row in rows[:2]] == [(2, 0), (1, 1)]
    assert values(asked(shop, "buyers", world)) == [2]


def test_a_balance_is_a_level_and_never_a_sum_of_periods(shop: psycopg.Cursor) -> None:
    moved = [("2025-06-01", 100), ("2026-01-31", -30), ("2026-02-01", 5), ("2026-06-30", 1), ("2026-07-01", 1000)]
    world: World = {
        "movements": [
            {"day": date.fromisoformat(day), "shelf": "web", "pieces": Fraction(count)} for day, count in moved
        ]
    }
    assert values(asked(shop, "stock", world, grain=Grain.MONTH)) == [70, 75, 75, 75, 75, 76]
    assert values(asked(shop, "stock", world)) == [76]


def test_a_running_total_looks_back_as_far_as_it_says(shop: psycopg.Cursor) -> None:
    world = [sale(day, amount=100) for day in ("2025-12-31", "2026-01-10", "2026-02-18", "2026-02-19", "2026-04-01")]
    assert values(asked(shop, "sales_ever", world, grain=Grain.MONTH))[:4] == [2, 4, 4, 5]
    # To the end of the quarter so far; the second one begins at zero.
    assert values(asked(shop, "revenue_to_date", world, grain=Grain.MONTH))[:4] == [1, 3, 3, 1]
    # The ten days to 28 February begin on the 19th.
    buyers = asked(shop, "buyers_10_days", world, start=date(2026, 2, 1), end=date(2026, 3, 1))
    assert [row["value"] for row in buyers] == [1]
    behind = told(
        shop,
        compile_rows(
            REGISTRY.metrics["sales_ever"],
            replace(YEAR, grain=Grain.MONTH),
            Cell(date(2026, 1, 1)),
            MARTS,
            REGISTRY,
        ),
    )
    assert [record["ref"] for record in behind] == ["1", "2"]


def test_a_conversion_counts_from_the_day_itself_to_the_end_of_its_window(shop: psycopg.Cursor) -> None:
    world = [
        signup("2026-01-01"), sale("2026-01-01"),  # the same day counts
        signup("2026-01-01", "bo"), sale("2026-01-10", "bo"),  # nine days later, just in time
        signup("2026-01-01", "cy"), sale("2026-01-11", "cy"),  # a day too late for the window
        sale("2026-01-01", "di"), signup("2026-01-02", "di"),  # before, which is no conversion
        signup("2026-01-05", "eve"), signup("2026-01-20", "eve"), sale("2026-01-21", "eve"),  # from the first one
        signup("2026-01-05", None),
    ]  # fmt: skip
    (soon,) = asked(shop, "bought_soon", world)
    assert (soon["numerator"], soon["denominator"], soon["value"]) == (2, 5, Decimal("0.4"))
    (ever,) = asked(shop, "bought", world)
    assert (ever["numerator"], ever["denominator"]) == (4, 5)
    # What happens after the period asked for still counts, until the day of the question.
    assert values(asked(shop, "bought", world, end=date(2026, 1, 3))) == [Decimal("0.75")]
    assert values(asked(shop, "bought", world, end=date(2026, 1, 3), as_of=date(2026, 1, 9))) == [Decimal("0.25")]


def test_a_cohort_grows_old_until_the_day_of_the_question(shop: psycopg.Cursor) -> None:
    world = [
        signup("2026-01-10"), signup("2026-02-10"), sale("2026-01-10"), sale("2026-03-01"),
        sale("2026-01-03", "bo"), signup("2026-01-20", "bo"), sale("2026-02-02", "bo"),  # a sale before is no sign of life
        signup("2026-02-20", "cy"),
    ]  # fmt: skip
    rows = asked(shop, "retention", world, end=date(2026, 4, 1), as_of=date(2026, 3, 15))
    cells = [(row["period"].month, row["age"], row["numerator"], row["denominator"], row["complete"]) for row in rows]
    assert cells == [
        (1, 0, 1, 2, True),
        (1, 1, 1, 2, True),
        (1, 2, 1, 2, False),
        (2, 0, 0, 1, True),
        (2, 1, 0, 1, False),
        (3, 0, 0, 0, False),
    ]


def test_dimensions_and_filters_cut_every_part(shop: psycopg.Cursor) -> None:
    world = [
        sale("2026-01-01", amount=300),
        sale("2026-01-02", channel=None, amount=100),
        sale("2026-02-02", channel="shop"),
    ]
    rows = asked(shop, "basket", world, by=("channel",), grain=Grain.QUARTER, end=date(2026, 4, 1))
    assert [(row["channel"], row["value"]) for row in rows] == [("shop", 10), ("web", 3), (None, 1)]
    assert values(asked(shop, "basket", world, where='channel = "web" or amount > 5')) == [Decimal("6.5")]


def test_a_mart_shows_what_an_actor_may_see(shop: psycopg.Cursor) -> None:
    shape = replace(MARTS.shapes["events"], scope={"person": "f.person"})
    narrowed = replace(MARTS, shapes={**MARTS.shapes, "events": shape.scoped("person", ["ana", "cy"], "text")})
    world = [sale("2026-01-01"), sale("2026-01-02", "bo"), sale("2026-01-02", "cy")]
    assert values(asked(shop, "sales", world, narrowed)) == [2]


def test_what_cannot_be_asked_is_refused() -> None:
    sales = REGISTRY.metrics["sales"]
    with pytest.raises(UnknownDimension, match="broken down by: amount, at, channel"):
        compile_query(sales, replace(YEAR, by=("period",)), MARTS, REGISTRY)
    with pytest.raises(Refused, match="Did you mean channel"):
        compile_query(sales, replace(YEAR, where='chanel = "web"'), MARTS, REGISTRY)
    with pytest.raises(NotFed, match="Nothing feeds sales yet"):
        compile_query(sales, YEAR, Marts({}), REGISTRY)
    with pytest.raises(EmptyPeriod):
        compile_query(sales, replace(YEAR, end=YEAR.start), MARTS, REGISTRY)
    with pytest.raises(UnknownCell):
        compile_rows(sales, replace(YEAR, grain=Grain.MONTH), Cell(date(2026, 1, 2)), MARTS, REGISTRY)


def test_values_never_become_sql(shop: psycopg.Cursor) -> None:
    evil = "'; drop table events; --"
    assert values(asked(shop, "sales", [sale("2026-01-01", channel=evil)], where=f'channel = "{evil}"')) == [1]
    sql = compile_query(REGISTRY.metrics["sales"], replace(YEAR, where=f'channel = "{evil}"'), MARTS, REGISTRY)
    assert "drop" not in sql.text


# Definitions.


def test_the_catalogue_is_sound() -> None:
    assert check_registry(CATALOGUE) == []


def found(formula: Formula, unit: str = "") -> list[str]:
    one = metric("new", formula, unit)
    return [str(finding) for finding in check_metric(one, registry(*REGISTRY.metrics.values(), one))]


COUNT = Count(source="events", time="at")
SIGNUPS = Event(source="events", time="at", entity="person")


@pytest.mark.parametrize(
    ("formula", "unit", "finding"),
    [
        (Ratio("salse", "sales"), "", "new.numerator: There is no field “salse”. Did you mean sales?"),
        (Ratio("revenue", "sales"), "", "new.unit: The formula gives money/sale, declared is 1."),
        (Derived("revenue + sales"), "", "new: money and sale are different units."),
        (Derived("new + 1"), "", "new: The metric new is made from itself: new → new."),
        (Cumulative(of="basket"), "", "new.of: basket is neither a sum nor a count."),
        (Cumulative(of="nothing"), "", "new.of: There is no metric “nothing”."),
        (Cumulative(of="sales", days=0), "sale", "new: Give a number of days from 1"),
        (Cumulative(of="sales", days=3, since=Grain.YEAR), "sale", "new: Give a number of days from 1"),
        (Cumulative(of="sales", days=3), "person", "new.unit: The formula gives sale, declared is person."),
        (COUNT, "money", "new.unit: A count is not a number of money."),
        (COUNT, "a//b", "new.unit: “a//b” is not a unit."),
        (Count(source="evnts", time="at"), "", "new.source: There is no source “evnts”."),
        (Count(source="events", time="kind"), "", "new.time: “kind” is neither a date nor an instant of events."),
        (Count(source="events", time="at", where="points"), "", "new.where: This gives: number. Wanted is: yes or no."),
        (Count(source="events", time="at", where='kind = "sal"'), "", "new.where: “sal” is not one of: signup, sale."),
        (
            Sum(source="events", time="at", measure="amount"),
            "point",
            "new.unit: The formula gives money, declared is point.",
        ),
        (Sum(source="events", time="at", measure="kind"), "", "new.measure: This gives: text. Wanted is: number."),
        (Distinct(source="events", time="at", entity="persn"), "", "new.entity: There is no field “persn”."),
        (Conversion(base=SIGNUPS, converted=SIGNUPS), "day", "new.unit: The formula gives 1, declared is day."),
        (Cohort(first=replace(SIGNUPS, where="1"), active=SIGNUPS), "", "new.first.where: This gives: number."),
        (Ratio(replace(COUNT, where="x"), "sales"), "", "new.numerator.where: There is no field “x”."),
    ],
)
def test_a_mistake_in_a_definition_is_found(formula: Formula, unit: str, finding: str) -> None:
    assert [text[: len(finding)] for text in without_columns(found(formula, unit))] == [finding]


def without_columns(findings: list[str]) -> list[str]:
    """Findings without the place inside the expression: `1:7 new.where` is `new.where`."""
    return [text.split(" ", 1)[1] if text[0].isdigit() else text for text in findings]


def test_all_mistakes_of_a_definition_are_found_at_once() -> None:
    one = replace(metric("Bad-Id", Ratio("x", "y"), "day"), label=Words("", "Malo"), drivers=("z",))
    findings = without_columns([str(finding) for finding in check_metric(one, registry(one))])
    assert [text.split(": ")[0] for text in findings] == [
        "Bad-Id", "Bad-Id.label", "Bad-Id.drivers", "Bad-Id.numerator", "Bad-Id.denominator"
    ]  # fmt: skip


def test_a_circle_is_told_with_its_path() -> None:
    one, two = metric("one", Derived("two + 1")), metric("two", Ratio("one", "1"))
    with pytest.raises(CircularMetric, match="one → two → one"):
        tree_of(one, registry(one, two))


def test_a_tree_names_what_it_does_not_know() -> None:
    with pytest.raises(UnknownMetric):
        tree_of(metric("one", Derived("two")), registry())
    with pytest.raises(NotCumulative):
        compile_query(metric("one", Cumulative(of="basket")), YEAR, MARTS, REGISTRY)


def test_equal_leaves_are_computed_once() -> None:
    assert len(tree_of(CATALOGUE.metrics["win_rate"], CATALOGUE).leaves) == 2


def test_a_mart_that_does_not_fit_its_source_is_found() -> None:
    fields = {name: field for name, field in EVENTS.items() if name != "channel"}
    shape = MartShape(
        source="events",
        relation="events",
        fields={**fields, "points": Field(number("day"), "1"), "person": Field(DATE, "x")},
        ref="f.id",
    )
    assert [str(finding) for finding in check_marts(Marts.of(shape), REGISTRY.sources)] == [
        "events.person: This field is: date. Wanted is: text.",
        "events.channel: This field is missing.",
        "events.points: This field is: day. Wanted is: point.",
    ]


def test_labels_come_in_both_languages() -> None:
    words = CATALOGUE.metrics["win_rate"].label
    assert (words.in_language("en"), words.in_language("es-MX")) == ("Win rate", "Tasa de cierre")
