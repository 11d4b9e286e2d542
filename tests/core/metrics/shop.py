"""A small world of facts with every kind of metric over it: what people do in a shop, and movements of its stock."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any, Final

import psycopg
from hypothesis import strategies as st

from caudal.core.expressions import DATE, INSTANT, MONEY, TEXT, Field, Schema, choice, number
from caudal.core.metrics import (
    Balance,
    Cohort,
    Conversion,
    Count,
    Cumulative,
    Derived,
    Direction,
    Distinct,
    Event,
    Formula,
    Marts,
    MartShape,
    Metric,
    Rates,
    Ratio,
    Registry,
    Request,
    Source,
    Sql,
    Sum,
    Words,
)
from caudal.core.metrics.reference import DatedRate, Facts
from caudal.core.periods import Grain

TABLES: Final = """
create temporary table events (
    id integer, "at" timestamptz, kind text, person text, channel text, amount bigint, currency text, points numeric);
create temporary table movements (id integer, day date, shelf text, pieces numeric);
create temporary table rates (base text, quote text, day date, rate numeric);
"""
EVENTS: Final = {
    "at": Field(INSTANT, 'f."at"'),
    "kind": Field(choice("signup", "sale").required, "f.kind"),
    "person": Field(TEXT, "f.person"),
    "channel": Field(TEXT, "f.channel"),
    # Amounts are stored in cents.
    "amount": Field(number(MONEY), "f.amount", "100"),
    "points": Field(number("points"), "f.points"),
}
MOVEMENTS: Final = {
    "day": Field(DATE, "f.day"),
    "channel": Field(TEXT, "f.shelf"),
    "pieces": Field(number("pieces"), "f.pieces"),
}
RATE_DAYS_MAX: Final = 40
PIVOT: Final = "CHF"
MARTS: Final = Marts.of(
    MartShape(source="events", relation="events", fields=EVENTS, ref="f.id", currency="f.currency"),
    MartShape(source="movements", relation="(select * from movements where id > 0)", fields=MOVEMENTS, ref="f.id"),
    rates=Rates("rates", days_max=RATE_DAYS_MAX, pivot=PIVOT),
)
SALE: Final = 'kind = "sale"'
SIGNUP: Final = 'kind = "signup"'
SALES: Final = Event(source="events", time="at", entity="person", where=SALE)
SIGNUPS: Final = Event(source="events", time="at", entity="person", where=SIGNUP)


def metric(name: str, formula: Formula, unit: str = "") -> Metric:
    words = Words(name, name)
    return Metric(
        id=name,
        label=words,
        description=words,
        formula=formula,
        unit=unit,
        direction=Direction.HIGHER,
        above=Words(f"{name} above", f"{name} arriba"),
        below=Words(f"{name} below", f"{name} abajo"),
    )


def registry(*metrics: Metric) -> Registry:
    sources = (Source("events", Schema(EVENTS)), Source("movements", Schema(MOVEMENTS)))
    return Registry.of(metrics, sources)


REGISTRY: Final = registry(
    metric("revenue", Sum(source="events", time="at", measure="amount", where=SALE), MONEY),
    metric("thirds", Sum(source="events", time="at", measure="points / 3"), "point"),
    metric("sales", Count(source="events", time="at", where=SALE), "sale"),
    metric("buyers", Distinct(source="events", time="at", entity="person", where=SALE), "person"),
    metric("stock", Balance(source="movements", time="day", measure="pieces"), "piece"),
    metric("basket", Ratio("revenue", "sales"), f"{MONEY}/sale"),
    metric("per_piece", Ratio("revenue", "stock / 7 [pieces]"), MONEY),
    metric(
        "mean_points",
        Ratio(Sum(source="events", time="at", measure="points"), Count(source="events", time="at")),
        "point",
    ),
    metric("odd", Derived("thirds / (sales / 1 [sale]) - thirds + 1 point"), "point"),
    metric("sales_ever", Cumulative(of="sales"), "sale"),
    metric("buyers_10_days", Cumulative(of="buyers", days=10), "person"),
    metric("revenue_to_date", Cumulative(of="revenue", since=Grain.QUARTER), MONEY),
    metric("bought_soon", Conversion(base=SIGNUPS, converted=SALES, within_days=9)),
    metric("bought", Conversion(base=SIGNUPS, converted=SALES)),
    metric("retention", Cohort(first=SIGNUPS, active=SALES)),
)

World = dict[str, list[dict[str, Any]]]

FIRST: Final = date(2026, 1, 1)
TURNS: Final = [FIRST + timedelta(days=count) for count in (0, 1, 9, 10, 30, 31, 32, 40, 41, 58, 59, 89, 90, 91, 120)]
"""Days around the ends of weeks, months and quarters, and some that lie ten days apart."""
days = st.sampled_from(TURNS)
instants = st.builds(
    lambda day, hour: datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC),
    days,
    st.sampled_from([1, 4, 12, 23]),
)
events = st.fixed_dictionaries(
    {
        "at": instants | st.none(),
        "kind": st.sampled_from(["signup", "sale"]),
        "person": st.sampled_from(["ana", "ana", "bo", "cy", None]),
        "channel": st.sampled_from(["web", "shop", None]),
        "amount": st.sampled_from([0, 100, 12_345, -250, None]),
        "currency": st.sampled_from(["EUR", "EUR", "USD", "JPY"]),
        "points": st.sampled_from([Fraction(1), Fraction(2), Fraction(5, 2), None]),
    }
)
movements = st.fixed_dictionaries(
    {"day": days, "shelf": st.sampled_from(["web", None]), "pieces": st.integers(-5, 9).map(Fraction)}
)
rates = st.fixed_dictionaries(
    {
        "pair": st.sampled_from([("USD", "EUR"), ("EUR", "USD"), ("CHF", "EUR"), ("CHF", "USD")]),
        "day": days,
        "rate": st.sampled_from([Fraction(9, 10), Fraction(2)]),
    }
)


def worlds(size: int) -> st.SearchStrategy["World"]:
    """Few facts leave most questions unasked: half of the worlds have `size` events."""
    return st.fixed_dictionaries(
        {
            "events": st.lists(events, max_size=6) | st.lists(events, min_size=size, max_size=size),
            "movements": st.lists(movements, max_size=8),
            "rates": st.lists(rates, max_size=6, unique_by=lambda rate: (rate["pair"], rate["day"])),
        }
    )


@st.composite
def requests(draw: st.DrawFn) -> Request:
    start = draw(days)
    return Request(
        start=start,
        end=draw(st.sampled_from([day for day in TURNS if day > start] or [start + timedelta(days=1)])),
        as_of=draw(st.sampled_from([TURNS[4], TURNS[-3], TURNS[-1]])),
        grain=draw(st.sampled_from([None, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR])),
        by=draw(st.sampled_from([(), ("channel",)])),
        where=draw(st.sampled_from(["true", 'channel = "web"', "channel is empty or as_of > 2026-02-01"])),
        zone="America/New_York",
        currency="EUR",
        fiscal_start=draw(st.sampled_from([1, 2])),
    )


def facts(world: World) -> Facts:
    """The rows as Python sees them."""
    return Facts(
        rows={
            "events": [
                {**row, "ref": str(place), "amount": None if row["amount"] is None else Fraction(row["amount"], 100)}
                for place, row in enumerate(world["events"], start=1)
            ],
            "movements": [
                {**row, "ref": str(place), "channel": row["shelf"]}
                for place, row in enumerate(world["movements"], start=1)
            ],
        },
        schemas={"events": Schema(EVENTS), "movements": Schema(MOVEMENTS)},
        rates=[DatedRate(row["pair"][0], row["pair"][1], row["day"], row["rate"]) for row in world["rates"]],
        rate_days_max=RATE_DAYS_MAX,
        pivot=PIVOT,
    )


def store(cursor: psycopg.Cursor, world: World) -> None:
    """Put the rows into the tables, and nothing else."""
    cursor.execute("truncate events, movements, rates")
    for place, row in enumerate(world["events"], start=1):
        cursor.execute(
            "insert into events values (%s, %s, %s, %s, %s, %s, %s, %s::numeric)",
            [
                place,
                *(row[name] for name in ("at", "kind", "person", "channel", "amount", "currency")),
                text(row["points"]),
            ],
        )
    for place, row in enumerate(world["movements"], start=1):
        cursor.execute(
            "insert into movements values (%s, %s, %s, %s::numeric)",
            [place, row["day"], row["shelf"], text(row["pieces"])],
        )
    for row in world["rates"]:
        cursor.execute(
            "insert into rates values (%s, %s, %s, %s::numeric)", [*row["pair"], row["day"], text(row["rate"])]
        )


def text(value: Fraction | None) -> str | None:
    return None if value is None else str(float(value))


def told(cursor: psycopg.Cursor, sql: Sql) -> list[dict[str, Any]]:
    """The rows of a statement by column, as its `columns` say."""
    found = cursor.execute(sql.text.encode(), dict(sql.parameters))
    assert found.description is not None
    assert tuple(column.name for column in found.description) == sql.columns
    return [dict(zip(sql.columns, row, strict=True)) for row in found]
