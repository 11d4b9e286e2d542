"""What a metric comes to: worked out by hand, by everybody's reach, and with what is missing."""

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection

from caudal.core.metrics import REGISTRY, Marts, Sql, check_marts
from caudal.core.periods import Grain
from caudal.insights.queries import (
    NoSuchDimension,
    NoSuchMetric,
    Result,
    TooSlow,
    measure,
    question,
    result_json,
    statements,
)
from caudal.insights.queries.binding import moments, shape_of
from caudal.insights.queries.questions import TooManyDimensions
from caudal.kit.access import SYSTEM, Actor, NotAllowed
from tests.insights.shop import AT, deal, rate
from tests.world import Shop, open_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(filled: Shop) -> Shop:
    return filled


def asked(metric_id: str, actor: Actor = SYSTEM, **how: Any) -> Result:
    return measure(actor, metric_id, question(actor, metric_id, as_of=AT, **how))


def told(result: Result) -> list[tuple[Any, ...]]:
    return [(result.label(row), *row.dimensions, row.value) for row in result.rows]


Q1: Any = {"start": date(2026, 1, 1), "end": date(2026, 4, 1)}


def test_the_numbers_of_a_quarter(shop: Shop) -> None:
    def whole(metric_id: str) -> Fraction | None:
        return asked(metric_id, **Q1).whole.value

    assert whole("leads") == 4
    # Ada became a deal in January, Cid in April: conversion has no end.
    assert whole("lead_conversion") == Fraction(2, 4)
    assert whole("deals_closed") == 4  # Acme, Globex, Initech, Hooli
    assert whole("deals_lost") == 1  # Umbrella; Wonka was lost on 1 April in Madrid
    assert whole("win_rate") == Fraction(4, 5)
    assert whole("revenue_won") == Fraction("2170.5")  # 1,000 + 200.50 + 1,000 x 0.9 + 70
    assert whole("deal_size") == Fraction("2170.5") / 4
    assert whole("cycle_mean") == Fraction(10 + 1 + 32 + 28, 4)


def test_a_grain_cuts_the_days_and_dimensions_cut_the_records(shop: Shop) -> None:
    by_month = asked("revenue_won", **Q1, grain=Grain.MONTH)
    assert told(by_month) == [("2026-01", 1000), ("2026-02", Fraction("1100.5")), ("2026-03", 70)]
    assert by_month.currency == "EUR"
    by_owner = asked("win_rate", **Q1, by=("owner",))
    # Rosa won both of hers; Raúl won one of two; nobody's deal was won.
    shares: list[Any] = [(row.dimensions, row.numerator, row.denominator) for row in by_owner.rows]
    assert shares == [
        (("Raúl",), 1, 2),
        (("Rosa",), 2, 2),
        ((None,), 1, 1),
    ]


def test_a_filter_speaks_of_major_units_of_the_companys_currency(shop: Shop) -> None:
    # Initech paid 1,000 dollars, which are 900 euros: not more than 950.
    assert asked("deals_closed", **Q1, where="amount > 950").whole.value == 1
    assert asked("deals_closed", **Q1, where='amount > 850 and currency = "USD"').whole.value == 1
    assert asked("deals_closed", **Q1, where='team = "Sales north"').whole.value == 2


def test_without_days_a_question_begins_with_the_first_fact_and_ends_today(shop: Shop) -> None:
    everything = asked("deals_closed")
    assert (everything.request.start, everything.request.end) == (date(2026, 1, 20), date(2026, 6, 2))
    assert everything.whole.value == 4


def test_a_company_without_deals_has_counted_none(db: None) -> None:
    open_shop()
    assert asked("deals_closed").whole.value == 0
    assert asked("win_rate").whole.value is None


def test_an_amount_without_a_rate_is_left_out_and_told(shop: Shop) -> None:
    # The rate of 2 February counts until 8 February, seven days with its own.
    deal("In time", shop.rosa, "10.00", "USD", won="2-8")  # EUR 9
    deal("Late", shop.rosa, "10.00", "USD", won="2-9")
    deal("Late too", shop.rosa, "10.00", "USD", won="2-9")
    deal("Pounds", shop.rosa, "10.00", "GBP", won="2-10")
    deal("Unpriced", shop.rosa, None, won="2-11")
    february = asked("revenue_won", start=date(2026, 2, 1), end=date(2026, 3, 1))
    assert february.whole.value == Fraction("1109.5")  # 200.50 + 900 + 9
    assert (february.whole.missing, february.whole.complete) == (4, False)
    late, pounds, unpriced = february.findings
    assert (late.code, late.params["currency"], late.params["day"], late.params["count"]) == (
        "metric.rate_missing", "USD", date(2026, 2, 9), 2,
    )  # fmt: skip
    assert late.told().startswith("There is no rate from USD to EUR for 2026-02-09. Records left out: 2. The last")
    assert (pounds.params["currency"], pounds.params["rate_day"]) == ("GBP", None)
    assert (unpriced.code, unpriced.params["count"]) == ("metric.measure_unknown", 1)
    rate("USD", "EUR", date(2026, 2, 9), "0.8")
    assert asked("revenue_won", start=date(2026, 2, 1), end=date(2026, 3, 1)).whole.value == Fraction("1125.5")
    assert asked("deals_closed", start=date(2026, 2, 1), end=date(2026, 3, 1)).findings == ()


def test_a_rate_the_other_way_round_counts_too(shop: Shop) -> None:
    deal("Pounds", shop.rosa, "100.00", "GBP", won="2-10")
    rate("EUR", "GBP", date(2026, 2, 10), "0.8")
    assert asked("revenue_won", start=date(2026, 2, 10), end=date(2026, 2, 11)).whole.value == 125  # 100 / 0.8


def test_amounts_without_cents_are_whole(shop: Shop) -> None:
    rate("JPY", "EUR", date(2026, 4, 1), "0.006")
    deal("Sushi", shop.rosa, "50000", "JPY", won="4-2")
    assert asked("revenue_won", start=date(2026, 4, 1), end=date(2026, 5, 1)).whole.value == 300  # 50,000 x 0.006


def test_a_rep_counts_the_own_deals_and_no_others(shop: Shop) -> None:
    rosa, raul = shop.actor("rosa"), shop.actor("raul")
    assert asked("revenue_won", rosa, **Q1).whole.value == Fraction("1200.5")
    assert asked("revenue_won", raul, **Q1).whole.value == 900
    assert {row.dimensions for row in asked("deals_closed", raul, **Q1, by=("company", "owner")).rows} == {
        (None, "Raúl")
    }
    # Leads that nobody owns may be taken by whoever sells, so everybody counts them: Ada and Bob are Rosa's, Dot is free.
    assert asked("leads", rosa, **Q1).whole.value == 3
    assert asked("leads", raul, **Q1).whole.value == 2
    # The first day is that of the own deals: Raúl closed his first on 6 February.
    assert asked("deals_closed", raul).request.start == date(2026, 2, 6)


def test_the_numbers_of_the_company_are_a_right_of_their_own(shop: Shop) -> None:
    assert asked("revenue_won", shop.actor("marta"), **Q1).whole.value == Fraction("2170.5")
    assert asked("revenue_won", shop.actor("ana"), **Q1).whole.value == Fraction("2170.5")


def test_nobody_counts_what_no_role_grants(shop: Shop) -> None:
    stranger = replace(shop.actor("rosa"), roles=frozenset({"guest"}))
    for refused in (
        stranger,
        replace(shop.actor("rosa"), member=None),  # a rep's key owns nothing
        replace(shop.actor("marta"), scopes=frozenset({"insights:read"})),  # a key for numbers, not for deals
        replace(shop.actor("marta"), scopes=frozenset({"crm:read"})),
    ):
        with pytest.raises(NotAllowed):
            asked("revenue_won", refused, **Q1)


def test_a_canary_of_somebody_elses_deals_is_nowhere_in_an_answer(shop: Shop) -> None:
    deal("Canary", shop.raul, "987654.00", won="2-20")
    rosa = shop.actor("rosa")
    with pytest.raises(NotAllowed):
        asked("cost_per_lead", rosa, **Q1)  # she counts leads, and does not see the books
    for metric_id in (
        each.id for each in REGISTRY.metrics.values() if "postings" not in {one.source for one in moments(each)}
    ):
        for by in ((), ("owner",)):
            answer = asked(metric_id, rosa, **Q1, by=by, grain=Grain.MONTH)
            assert "987654" not in json.dumps(result_json(answer))
            assert "Raúl" not in json.dumps(result_json(answer))


def test_a_question_costs_five_statements_and_an_answer_with_gaps_five_more(
    shop: Shop, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):  # the company
        request = question(SYSTEM, "revenue_won", as_of=AT, **Q1)
    with django_assert_num_queries(5):  # savepoint, limit, statement, limit again, savepoint released
        measure(SYSTEM, "revenue_won", request)
    deal("Pounds", shop.rosa, "100.00", "GBP", won="2-10")
    with django_assert_num_queries(10):
        measure(SYSTEM, "revenue_won", request)


def test_a_slow_statement_is_stopped_and_the_limit_does_not_stay(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "TIMEOUT", "50ms")
    with pytest.raises(TooSlow, match="50ms"):
        statements.fetch(Sql("select pg_sleep(5)", {}, ()))
    assert statements.fetch(Sql("select 1", {}, ())) == [(1,)]
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_unknown_names_are_answered_with_the_nearest() -> None:
    with pytest.raises(NoSuchMetric, match="nearest is “win_rate”"):
        question(SYSTEM, "winrate", as_of=AT)


def test_unknown_dimensions_are_answered_with_the_nearest(shop: Shop) -> None:
    with pytest.raises(NoSuchDimension, match="nearest is “owner”"):
        question(SYSTEM, "win_rate", as_of=AT, by=("ownr",))
    for by in (("amount",), ("period",), ("owner_id",)):
        with pytest.raises(NoSuchDimension):
            question(SYSTEM, "win_rate", as_of=AT, by=by)
    with pytest.raises(TooManyDimensions):
        question(SYSTEM, "win_rate", as_of=AT, by=("owner", "owner"))


def test_the_marts_give_what_the_sources_of_metrics_ask_for() -> None:
    shapes = [shape_of(name) for name in REGISTRY.sources]
    assert check_marts(Marts.of(*shapes), REGISTRY.sources) == []
