"""What a metric comes to: worked out by hand, by everybody's reach, and with what is missing."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from caudal.insights.queries import Result, measure, question
from caudal.kit.access import SYSTEM, Actor
from tests.insights.shop import AT, Shop, fill, found_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    found = found_shop()
    fill(found)
    return found


def asked(metric_id: str, actor: Actor = SYSTEM, **how: Any) -> Result:
    return measure(actor, metric_id, question(actor, metric_id, as_of=AT, **how))


def told(result: Result) -> list[tuple[Any, ...]]:
    return [(result.label(row), *row.dimensions, row.value) for row in result.rows]


Q1 = {"start": date(2026, 1, 1), "end": date(2026, 4, 1)}


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
