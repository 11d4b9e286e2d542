"""Plan versus actual over real rows, with the arithmetic of half a March."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.utils import translation

from caudal.core.periods import CalendarPeriod
from caudal.core.targets import State
from caudal.kit.access import SYSTEM
from caudal.plan.queries import NoPlan, Standing, reason, standing, standing_rows, state_word, summary
from tests.plan.march import NOW, found, staff, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def march(worked: None) -> dict[str, Standing]:
    return {each.target.id: each for each in standing(actor=SYSTEM, as_of=NOW).targets}


def test_a_count_is_projected_by_working_time_and_says_how_far_it_is_behind(march: dict[str, Standing]) -> None:
    leads = march["leads"]
    # 40 / (10/22) = 88 of 100; due are 100 x 10/22 = 45.45; (45.45 - 40) / 100 x 22 days = 1.2 working days
    assert leads.worked is not None
    assert (leads.worked.share, leads.worked.days) == (Fraction(5, 11), 22)
    assert (leads.verdict.actual, leads.verdict.projection, leads.verdict.pace) == (
        Fraction(40),
        Fraction(88),
        Fraction(500, 11),
    )
    assert (leads.verdict.state, leads.verdict.lag) == (State.BEHIND, Fraction(3, 55))
    assert reason(leads) == "1 working day behind: 40 of 100; at this pace 88."
    assert (state_word(leads), leads.scaled) == ("behind", True)


def test_a_count_on_track_is_told_with_its_projection(march: dict[str, Standing]) -> None:
    # 3 / (5/11) = 6.6 of 5
    assert march["deals"].verdict.projection == Fraction(33, 5)
    assert march["deals"].verdict.state is State.ON_TRACK
    assert reason(march["deals"]) == "3 of 5; at this pace 7."


def test_ratios_and_means_are_those_of_the_last_month_to_the_day(march: dict[str, Standing]) -> None:
    win, size, cycle, conversion = (march[each] for each in ("win", "ads", "cycle", "lead_conv"))
    # the month that ends with 16 March begins on 17 February
    assert str(win.measured) == "2026-02-17/2026-03-17"
    # 3 won of 10 closed, within 25 to 35 %
    assert (win.verdict.actual, win.verdict.state) == (Fraction(3, 10), State.ON_TRACK)
    assert reason(win) == "30% is within the planned 25% to 35%."
    # 12,000 over 3 deals, of 5,000 to 15,000
    assert (size.verdict.actual, size.verdict.miss, size.verdict.severity) == (
        Fraction(4000),
        Fraction(1000),
        Fraction(1, 5),
    )
    assert reason(size) == "$4,000 is $1,000 short of the planned $5,000 to $15,000."
    # 20 days, where 30 to 60 are planned and fewer are better
    assert (cycle.verdict.actual, cycle.verdict.state) == (Fraction(20), State.AHEAD)
    assert reason(cycle) == "20 days is better than the planned 30 days to 60 days."
    # 6 of the 40 leads of these days
    assert (conversion.verdict.actual, conversion.verdict.state) == (Fraction(3, 20), State.ON_TRACK)


def test_recent_periods_are_whole_and_begin_with_the_first_that_holds_something(march: dict[str, Standing]) -> None:
    assert march["leads"].recent == (*[None] * 10, 30, 30)
    assert march["deals"].recent == (None,) * 12


def test_what_nothing_feeds_says_what_would(march: dict[str, Standing]) -> None:
    unfed = [each for each in march.values() if not each.is_fed]
    assert len(unfed) == 100
    assert {each.verdict.state for each in unfed} == {State.NO_DATA}
    assert reason(march["p2_rev"]) == "Would be fed by invoices."
    assert state_word(march["p2_rev"]) == "no data yet"


def test_three_sentences_say_how_it_stands_the_worst_and_what_to_do(march: dict[str, Standing]) -> None:
    said = summary(standing(actor=SYSTEM, as_of=NOW))
    assert said.how == "4 of 6 measured targets are on track. 100 more have no data yet."
    # 1,000 short of 5,000 is a fifth; 12 short of 100 leads is 12 %
    assert said.why == (
        "Furthest from plan is Average deal size: $4,000 is $1,000 short of the planned $5,000 to $15,000."
    )
    assert said.next == "Look at what drives it: revenue won, deals closed."


@pytest.mark.usefixtures("worked")
def test_the_next_step_of_a_count_is_its_rate_from_here() -> None:
    every = standing(actor=SYSTEM, as_of=NOW)
    only = replace(every, targets=tuple(each for each in every.targets if each.target.id == "leads"))
    # 60 more in 12 days are 5 a day; 40 in 10 days were 4
    assert summary(only).next == "To reach 100 takes 5 a working day from here; so far it was 4."


def test_spanish_reads_as_spanish(march: dict[str, Standing]) -> None:
    with translation.override("es"):
        assert reason(march["win"]) == "30\xa0%: dentro de lo previsto (de 25\xa0% a 35\xa0%)."
        assert state_word(march["leads"]) == "con retraso"


def test_a_month_that_has_ended_is_what_it_came_to(march: dict[str, Standing]) -> None:
    past = standing(actor=SYSTEM, as_of=NOW, month=CalendarPeriod.parse("2026-02"))
    leads = next(each for each in past.targets if each.target.id == "leads")
    assert past.moment.day == date(2026, 2, 28)
    assert (leads.verdict.actual, leads.verdict.projection) == (Fraction(30), Fraction(30))
    assert leads.worked is not None
    assert leads.worked.share == 1
    assert reason(leads) == "30 of 100 when the period ended."


def test_a_month_that_has_not_ended_is_looked_at_from_now(march: dict[str, Standing]) -> None:
    for month in ("2026-03", "2026-09"):
        assert standing(actor=SYSTEM, as_of=NOW, month=CalendarPeriod.parse(month)).moment.at == NOW


def test_holidays_are_no_working_time() -> None:
    found(country="ES")
    work()
    # Spain has no holiday of the whole country in March 2026; in January 2026 it has the 1st and the 6th: 20 of 22
    january = standing(actor=SYSTEM, as_of=NOW, month=CalendarPeriod.parse("2026-01"))
    leads = next(each for each in january.targets if each.target.id == "leads")
    assert leads.worked is not None
    assert leads.worked.days == 20


def test_before_the_first_working_hour_of_a_month_a_count_says_nothing(march: dict[str, Standing]) -> None:
    # Sunday 1 February 2026 at noon: nothing worked yet
    sunday = NOW.replace(month=2, day=1, hour=11)
    leads = next(each for each in standing(actor=SYSTEM, as_of=sunday).targets if each.target.id == "leads")
    assert leads.verdict.state is State.NO_DATA
    assert state_word(leads) == "too early to say"


@pytest.mark.usefixtures("founded")
def test_a_company_without_rows_is_neither_on_track_nor_behind() -> None:
    empty = standing(actor=SYSTEM, as_of=NOW)
    assert empty.judged == ()
    assert summary(empty).how == "The plan has 106 targets and no data for any of them yet."
    assert reason(empty.targets[[each.target.id for each in empty.targets].index("leads")]) == (
        "Nothing was recorded yet."
    )


def test_everybody_on_the_team_sees_the_same_standing(march: dict[str, Standing]) -> None:
    assert standing_rows(standing(actor=staff("rep"), as_of=NOW).targets) == standing_rows(march.values())
    with pytest.raises(NoPlan):
        standing(actor=staff("visitor"), as_of=NOW)


@pytest.mark.usefixtures("founded")
def test_only_the_targets_of_a_pillar_are_asked_for() -> None:
    assert {each.target.pillar for each in standing(actor=SYSTEM, as_of=NOW, pillar="saas").targets} == {"saas"}


def test_a_plan_in_another_currency_without_a_rate_counts_nothing_at_par() -> None:
    found(currency="EUR")
    work()
    size = next(each for each in standing(actor=SYSTEM, as_of=NOW).targets if each.target.id == "ads")
    # the deals are in dollars as the plan is, so they need no rate although the company keeps euros
    assert size.verdict.actual == 4000


def test_rows_for_programs_carry_decimal_texts(march: dict[str, Standing]) -> None:
    row = next(row for row in standing_rows(march.values()) if row["id"] == "leads")
    assert row == {
        "id": "leads",
        "lo": "100",
        "hi": None,
        "unit": "leads/month",
        "metric": "leads",
        "pillar": None,
        "scaled": True,
        "from": "2026-03-01",
        "to": "2026-03-17",
        "actual": "40",
        "projection": "88",
        "pace": "45.454545454545",
        "share_elapsed": "0.454545454545",
        "state": "behind",
        "typed": False,
        "reason": "1 working day behind: 40 of 100; at this pace 88.",
    }


def test_time_passes_and_nothing_happens_then_it_is_further_behind(march: dict[str, Standing]) -> None:
    later = standing(actor=SYSTEM, as_of=NOW + timedelta(days=4))
    leads = next(each for each in later.targets if each.target.id == "leads")
    # 14 days of 22 gone: 40 x 22 / 14 = 62.86
    assert leads.verdict.projection == Fraction(440, 7)
