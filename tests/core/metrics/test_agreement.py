"""The SQL of every metric and the slow reference give the same cells, and every cell is the sum of its rows."""

from fractions import Fraction
from typing import Any

import psycopg
from hypothesis import given, settings
from hypothesis import strategies as st

from caudal.core.expressions import PLACES, evaluate, round_half_away
from caudal.core.metrics import Cell, Metric, Request, check_marts, check_registry, compile_query, compile_rows, tree_of
from caudal.core.metrics.reference import evaluate_metric
from tests.core.metrics.shop import MARTS, REGISTRY, World, facts, requests, store, told, worlds


def test_the_definitions_of_the_shop_are_sound_and_of_every_kind() -> None:
    assert check_registry(REGISTRY) == []
    assert check_marts(MARTS, REGISTRY.sources) == []
    assert {metric.kind for metric in REGISTRY.metrics.values()} == {
        "sum", "count", "distinct", "balance", "ratio", "derived", "cumulative", "conversion", "cohort"
    }  # fmt: skip


@settings(max_examples=25)
@given(world=worlds(16), request=requests())
def test_sql_and_the_reference_give_the_same_cells(shop: psycopg.Cursor, world: World, request: Request) -> None:
    store(shop, world)
    for one in REGISTRY.metrics.values():
        answers = evaluate_metric(one, request, facts(world), REGISTRY)
        rows = told(shop, compile_query(one, request, MARTS, REGISTRY))
        assert [
            (row["period"], row.get("age"), tuple(row[name] for name in request.by), row["missing"]) for row in rows
        ] == [(answer.period, answer.age, answer.dimensions, answer.missing) for answer in answers], one.id
        for row, answer in zip(rows, answers, strict=True):
            expected = None if answer.value is None else round_half_away(answer.value, PLACES)
            assert (None if row["value"] is None else Fraction(row["value"])) == expected, one.id
            assert ratio(row["numerator"], row["denominator"]) == answer.value, one.id
            assert row["complete"] <= (row["missing"] == 0)
            assert row["currency"] == ("EUR" if one.is_money else None)


def ratio(above: Any, below: Any) -> Fraction | None:
    return None if above is None or not below else Fraction(above) / Fraction(below)


@settings(max_examples=15)
@given(world=worlds(16), request=requests(), data=st.data())
def test_a_cell_is_the_sum_of_its_rows(
    shop: psycopg.Cursor, world: World, request: Request, data: st.DataObject
) -> None:
    store(shop, world)
    for one in REGISTRY.metrics.values():
        rows = told(shop, compile_query(one, request, MARTS, REGISTRY))
        if not rows:
            continue
        row = data.draw(st.sampled_from(rows))
        cell = Cell(row["period"], tuple(row[name] for name in request.by), row.get("age"))
        behind = told(shop, compile_rows(one, request, cell, MARTS, REGISTRY))
        assert sum(record["missing"] for record in behind) == row["missing"], one.id
        assert recomputed(one, request, behind) == ratio(row["numerator"], row["denominator"]), one.id
        assert all(record["ref"] is not None and record["day"] <= request.as_of for record in behind)


def recomputed(one: Metric, request: Request, behind: list[dict[str, Any]]) -> Fraction | None:
    """The cell's value from the rows behind it alone."""
    tree = tree_of(one, REGISTRY)
    sums = {
        f"{name}{leaf}": sum((Fraction(row[name]) for row in behind if row["leaf"] == leaf), Fraction(0))
        for leaf, _ in enumerate(tree.leaves)
        for name in "nd"
    }
    above = evaluate(tree.above.term, sums, request.setting)
    below = Fraction(1) if tree.below is None else evaluate(tree.below.term, sums, request.setting)
    return ratio(above, below)
