"""Every figure opens into the records that make it, and they add up to it."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caudal.core.expressions import Refused
from caudal.core.metrics import REGISTRY, Cell, UnknownCell, UnknownDimension
from caudal.core.periods import Grain
from caudal.insights.queries import drill, measure, question, summed
from caudal.kit.access import SYSTEM, NotAllowed
from tests.insights.shop import AT, deal
from tests.world import Shop

pytestmark = pytest.mark.django_db
Q1: Any = {"start": date(2026, 1, 1), "end": date(2026, 4, 1)}


@pytest.fixture
def shop(filled: Shop) -> Shop:
    return filled


def test_a_sum_lists_each_record_with_what_it_adds(shop: Shop) -> None:
    request = question(SYSTEM, "revenue_won", as_of=AT, **Q1)
    rows = drill(SYSTEM, "revenue_won", request, Cell(request.start)).rows
    told: list[Any] = [(row.label, row.day, row.numerator) for row in rows]
    assert told == [
        ("Acme", date(2026, 1, 20), 1000),
        ("Globex", date(2026, 2, 1), Fraction("200.5")),
        ("Initech", date(2026, 2, 6), 900),
        ("Hooli", date(2026, 3, 1), 70),
    ]
    assert {row.ref.kind for row in rows if row.ref} == {"deal"}


def test_a_ratio_lists_each_record_once_above_and_below_the_line(shop: Shop) -> None:
    request = question(SYSTEM, "win_rate", as_of=AT, **Q1)
    rows = drill(SYSTEM, "win_rate", request, Cell(request.start)).rows
    told: list[Any] = [(row.label, row.numerator, row.denominator) for row in rows]
    assert told == [
        ("Acme", 1, 1),
        ("Globex", 1, 1),
        ("Initech", 1, 1),
        ("Umbrella", 0, 1),
        ("Hooli", 1, 1),
    ]


def test_a_record_that_adds_nothing_for_want_of_a_rate_is_marked(shop: Shop) -> None:
    deal("Pounds", shop.rosa, "100.00", "GBP", won="2-10")
    request = question(SYSTEM, "revenue_won", as_of=AT, **Q1)
    rows = drill(SYSTEM, "revenue_won", request, Cell(request.start)).rows
    missing: list[Any] = [(row.label, row.numerator) for row in rows if row.missing]
    assert missing == [("Pounds", 0)]


def test_a_manager_counts_the_company_and_opens_the_own_team(shop: Shop) -> None:
    ana = shop.actor("marta")
    request = question(ana, "revenue_won", as_of=AT, **Q1)
    found = drill(ana, "revenue_won", request, Cell(request.start))
    # Initech is Raúl's, who is in no team of hers; Hooli is nobody's, so she may take it.
    told: list[Any] = [(row.label, row.ref is None, row.numerator) for row in found.rows]
    assert told == [
        ("Acme", False, 1000),
        ("Globex", False, Fraction("200.5")),
        ("", True, 900),
        ("Hooli", False, 70),
    ]


def test_records_come_in_pages(shop: Shop) -> None:
    request = question(SYSTEM, "win_rate", as_of=AT, **Q1)
    whole = drill(SYSTEM, "win_rate", request, Cell(request.start))
    pages = [drill(SYSTEM, "win_rate", request, Cell(request.start), first=first, limit=2) for first in (0, 2, 4)]
    assert [row for page in pages for row in page.rows] == list(whole.rows)
    assert {page.total for page in pages} == {whole.total} == {5}


def test_a_cell_that_is_not_in_the_answer_is_refused(shop: Shop) -> None:
    request = question(SYSTEM, "win_rate", as_of=AT, **Q1, grain=Grain.MONTH)
    with pytest.raises(UnknownCell):
        drill(SYSTEM, "win_rate", request, Cell(date(2026, 1, 2)))
    with pytest.raises(UnknownCell):
        drill(SYSTEM, "win_rate", request, Cell(date(2026, 1, 1), ("Rosa",)))


EVERY = 5
"""Of so many numbers one is asked in an example, another one in the next."""
questions = st.fixed_dictionaries(
    {
        "start": st.dates(date(2025, 12, 30), date(2026, 4, 5)),
        "grain": st.sampled_from([None, *Grain]),
        "by": st.sampled_from([(), ("owner",), ("team",), ("channel", "pillar")]),
        "where": st.sampled_from(["", "owner is not empty", 'contains(channel, "we")']),
    }
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(asked=questions, days=st.integers(1, 120), who=st.sampled_from(["ana", "marta", "rosa", "raul"]), data=st.data())
def test_the_records_of_every_cell_add_up_to_it(
    shop: Shop, asked: dict[str, Any], days: int, who: str, data: st.DataObject
) -> None:
    actor = shop.actor(who)
    counted = 0
    for metric_id in list(REGISTRY.metrics)[data.draw(st.integers(0, EVERY - 1)) :: EVERY]:
        try:
            request = question(actor, metric_id, as_of=AT, **asked, end=asked["start"] + timedelta(days=days))
            result = measure(actor, metric_id, request)
        except (NotAllowed, UnknownDimension, Refused):
            continue  # of the books there is no owner, and who sells does not count them
        counted += 1
        if not result.rows:
            continue
        figure = data.draw(st.sampled_from(result.rows))
        found = drill(actor, metric_id, request, figure.cell)
        above, below = summed(result.metric, result.request, found.rows)
        assert (above, below) == (figure.numerator, figure.denominator), metric_id
        assert sum(row.missing for row in found.rows) == figure.missing
        if below != 1 and found.rows:
            assert sum(row.denominator or 0 for row in found.rows) == below
        assert sum((row.numerator or Fraction(0) for row in found.rows), Fraction(0)) == above
    assert counted
