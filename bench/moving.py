"""Fills a company with movements of recurring revenue and times who tells them; run by `bench.mrr`.

    python -m bench.moving subscriptions months rounds

The rows are made by the database from numbers, so that a company of the same number is the same every time. What is
printed is JSON: how many movements there are, and the milliseconds of each round.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from bench.setting_up import attached  # isort: split

from bench.harness import load
from bench.invoicing import grow
from django.db import connection
from psycopg.sql import SQL, Composable, Identifier

from caudal.billing.models import MovementSort
from caudal.billing.queries import Dimension, MrrMonth, mrr_months, mrr_parts, mrr_retention, mrr_slice
from caudal.catalog.models import Offering
from caudal.core.periods import Grain, add_months, start_of_day
from caudal.insights.queries import measure, question
from caudal.kit.access import SYSTEM
from caudal.kit.postgres import Role

UNTIL: Final = date(2029, 1, 1)
AS_OF: Final = datetime(2029, 1, 1, 12, tzinfo=UTC)
ZONE: Final = ZoneInfo("Europe/Madrid")
COPIED: Final[tuple[tuple[str, dict[str, str]], ...]] = (
    (
        "crm_company",
        {
            "id": "md5('company' || n)::uuid",
            "name": "'Customer ' || n",
            "name_key": "'customer ' || n",
        },
    ),
    ("billing_customer", {"id": "md5('customer' || n)::uuid", "company_id": "md5('company' || n)::uuid"}),
    ("billing_subscription", {"id": "md5('subscription' || n)::uuid", "customer_id": "md5('customer' || n)::uuid"}),
)
"""Of each table there is one row, which so many others are like, but for these columns."""
MOVED: Final = """
INSERT INTO billing_mrrchange (id, customer_id, subscription_id, charge_id, pillar_id, stream, at, kind, currency,
                               before_minor, after_minor, customers)
SELECT md5('movement' || n || step.number || charge.code)::uuid, md5('customer' || n)::uuid,
       md5('subscription' || n)::uuid, charge.id, NULL, charge.stream,
       %s::timestamptz - make_interval(days => ((n * 7919) %% 700 + (4 - step.number) * 200)::integer),
       step.kind, 'EUR', step.before, step.after, CASE WHEN charge.code = 'base' THEN step.customers ELSE 0 END
FROM generate_series(1, %s) AS n
CROSS JOIN (VALUES (1, 'new', 0, 118800, 1), (2, 'expansion', 118800, 142800, 0),
                   (3, 'contraction', 142800, 130800, 0), (4, 'churn', 130800, 0, -1)
           ) AS step (number, kind, before, after, customers)
CROSS JOIN catalog_charge AS charge
WHERE charge.code IN ('base', 'care') AND (step.number < 4 OR n %% 5 = 0)
"""
BY_HAND: Final = """
SELECT CASE WHEN at >= %s THEN date_trunc('month', at AT TIME ZONE %s)::date END AS month,
       sum(after_minor - before_minor) FILTER (WHERE kind = 'new') AS new,
       sum(after_minor - before_minor) FILTER (WHERE kind = 'reactivation') AS reactivation,
       sum(after_minor - before_minor) FILTER (WHERE kind = 'expansion') AS expansion,
       sum(after_minor - before_minor) FILTER (WHERE kind = 'contraction') AS contraction,
       sum(after_minor - before_minor) FILTER (WHERE kind = 'churn') AS churn,
       sum(customers) FILTER (WHERE customers > 0) AS won,
       -sum(customers) FILTER (WHERE customers < 0) AS lost
FROM billing_mrrchange WHERE currency = 'EUR' AND at < %s AND at <= %s GROUP BY 1
"""
KINDS: Final = ("new", "reactivation", "expansion", "contraction", "churn")


@attached(Role.OWNER)
def main() -> None:
    """Fill, measure by turns, compare, print."""
    many, months, rounds = (int(each) for each in sys.argv[1:4])
    rows = fill(many)
    first = add_months(UNTIL, -months)
    span: dict[str, Any] = {"until": UNTIL, "count": months}
    every = mrr_slice(SYSTEM, as_of=AS_OF, currency="EUR", currencies=["EUR"])
    plan = mrr_slice(SYSTEM, as_of=AS_OF, currency="EUR", currencies=["EUR"], plan=Offering.objects.get(code="pro").pk)
    year = add_months(UNTIL, -12)
    asked = question(SYSTEM, "mrr_net_new", as_of=AS_OF, start=first, end=UNTIL, grain=Grain.MONTH)
    doings: dict[str, Callable[[], Any]] = {
        "by hand": lambda: by_hand(first),
        "the waterfall": lambda: mrr_months(SYSTEM, every, **span).months,
        "one plan of it": lambda: mrr_months(SYSTEM, plan, **span).months,
        "retention": lambda: mrr_retention(SYSTEM, every, since=year, until=UNTIL),
        "by plan": lambda: mrr_parts(SYSTEM, every, Dimension.PLAN, since=first, until=UNTIL),
        "the metric": lambda: measure(SYSTEM, "mrr_net_new", asked).rows,
    }
    compare(doings["by hand"](), doings["the waterfall"]())
    compare(doings["by hand"](), doings["one plan of it"]())
    before = load()
    taken: dict[str, list[float]] = {name: [] for name in doings}
    for _ in range(rounds):
        for name, doing in doings.items():
            begun = time.perf_counter()
            doing()
            taken[name].append((time.perf_counter() - begun) * 1000)
    print(json.dumps({"rows": rows, "load": before, "taken_ms": taken}))


def fill(many: int) -> int:
    """Let so many customers have a subscription each, with its movements; return how many those are."""
    grow(1)
    with connection.cursor() as cursor:
        for name, said in COPIED:
            cursor.execute(SQL("SELECT * FROM {} LIMIT 0").format(Identifier(name)))
            columns = [column.name for column in cursor.description or ()]
            values: list[Composable] = [SQL(said[each]) if each in said else Identifier(each) for each in columns]
            statement = SQL("INSERT INTO {} ({}) SELECT {} FROM {}, generate_series(1, %s) AS n").format(
                Identifier(name), SQL(", ").join(map(Identifier, columns)), SQL(", ").join(values), Identifier(name)
            )
            cursor.execute(statement, [many])
        cursor.execute(MOVED, [AS_OF, many])
        rows = int(cursor.rowcount)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return rows


def by_hand(first: date) -> list[tuple[Any, ...]]:
    """Return what moved by month, by one statement that is written for it alone."""
    with connection.cursor() as cursor:
        since, until = start_of_day(first, ZONE), start_of_day(UNTIL, ZONE)
        cursor.execute(BY_HAND, [since, str(ZONE), until, AS_OF])
        return cursor.fetchall()


def compare(least: list[tuple[Any, ...]], ours: list[MrrMonth]) -> None:
    """Assert that both come to the same months."""
    moved = {month: rest for month, *rest in least}
    yearly, customers = sum(each or 0 for each in moved[None][:5]), (moved[None][5] or 0) - (moved[None][6] or 0)
    for each in ours:
        *kinds, won, lost = (value or 0 for value in moved.get(each.month, [0] * 7))
        for kind, minor in zip(KINDS, kinds, strict=True):
            assert abs(each.moved[MovementSort(kind)].minor - minor / 12) <= 1, (each, kind, minor)
        yearly, customers = yearly + sum(kinds), customers + won - lost
        assert abs(each.closing.minor - yearly / 12) <= 1, (each, yearly)
        assert (each.won, each.lost, each.customers) == (won, lost, customers), (each, won, lost, customers)


if __name__ == "__main__":
    main()
