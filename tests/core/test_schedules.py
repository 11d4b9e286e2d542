"""Schedules: periods that touch, in zones where days are not all alike."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caudal.core.periods import Grain
from caudal.core.schedules import Alignment, BadSchedule, Phase, Schedule, Timing, TooLongAhead, lay_phases

FEW = settings(max_examples=10)
MADRID = ZoneInfo("Europe/Madrid")

schedules = st.builds(
    Schedule,
    st.dates(date(2023, 1, 1), date(2025, 12, 31)),
    st.sampled_from([Grain.MONTH, Grain.QUARTER, Grain.YEAR]),
    st.sampled_from([ZoneInfo(name) for name in ("Europe/Madrid", "Asia/Kolkata", "America/St_Johns", "Pacific/Apia")]),
    every=st.integers(1, 3),
    alignment=st.sampled_from(Alignment),
    timing=st.sampled_from(Timing),
    billing_day=st.integers(1, 31),
    trial_days=st.integers(0, 40),
    anchor=st.dates(date(2022, 1, 1), date(2026, 12, 31)),
)


@FEW
@given(schedules, st.integers(1, 900), st.integers(5, 100))
def test_periods_touch_begin_where_payment_does_and_fall_due_once_however_often_it_is_looked(
    schedule: Schedule, days: int, step: int
) -> None:
    until = schedule.paid_from + timedelta(days=days)
    found = schedule.until(until)
    assert found[0].days.start == schedule.paid_from
    for one, other in pairwise(found):
        assert one.days.end == other.days.start
        assert one.period.end == other.period.start
        assert one.days.end == one.whole.end
        assert not other.is_stub
    asked = [datetime(2022, 12, 1, tzinfo=UTC) + timedelta(days=step * count) for count in range(1800 // step)]
    runs = [one.number for after, up_to in pairwise(asked) for one in schedule.due(after, up_to)]
    assert runs == list(range(len(runs)))


def test_the_anchor_is_not_lost_in_short_months() -> None:
    month_end = Schedule(date(2024, 1, 31), Grain.MONTH, MADRID)
    assert [one.days.start.day for one in month_end.until(date(2024, 6, 1))] == [31, 29, 31, 30, 31]
    leap = Schedule(date(2024, 2, 29), Grain.YEAR, MADRID)
    assert [one.days.start.day for one in leap.until(date(2029, 1, 1))] == [29, 28, 28, 28, 29]
    agreed = Schedule(date(2024, 2, 10), Grain.MONTH, MADRID, alignment=Alignment.BILLING_DAY, billing_day=31)
    assert [str(one.days) for one in agreed.until(date(2024, 4, 1))] == [
        "2024-02-10/2024-02-29",
        "2024-02-29/2024-03-31",
        "2024-03-31/2024-04-30",
    ]
    yearly = Schedule(date(2023, 2, 10), Grain.YEAR, MADRID, alignment=Alignment.BILLING_DAY, billing_day=29)
    assert [str(one.whole) for one in yearly.until(date(2024, 3, 1))] == [
        "2022-02-28/2023-02-28",
        "2023-02-28/2024-02-29",
        "2024-02-29/2025-02-28",
    ]


def test_who_begins_behind_a_billing_day_that_counts_whole_periods_waits_for_the_next_and_pays_a_part_of_the_last() -> (
    None
):
    def first(start: date, grain: Grain, day: int) -> Fraction:
        schedule = Schedule(start, grain, MADRID, alignment=Alignment.PERIOD_DAY, billing_day=day)
        return next(schedule.periods()).share

    assert first(date(2011, 1, 31), Grain.YEAR, 15) == Fraction(349, 365)  # up to the 15th of January 2012
    assert first(date(2011, 1, 10), Grain.YEAR, 15) == Fraction(5, 365)
    assert first(date(2011, 2, 14), Grain.MONTH, 31) == Fraction(14, 31)  # from the 28th of January, and not the 31st
    assert first(date(2011, 2, 28), Grain.MONTH, 31) == 1


# Kill Bill, inAdvance TestLeadingProRation and TestDoubleProRation: what is before the first billing day is the end of a
# whole period, of a month, a quarter and a year alike.
@pytest.mark.parametrize(
    ("grain", "start", "day", "stub"),
    [
        (Grain.MONTH, date(2011, 2, 1), 13, Fraction(12, 31)),
        (Grain.QUARTER, date(2011, 2, 1), 13, Fraction(12, 92)),
        (Grain.YEAR, date(2011, 1, 1), 15, Fraction(14, 365)),
    ],
)
def test_whole_periods_begin_on_the_next_billing_day(grain: Grain, start: date, day: int, stub: Fraction) -> None:
    schedule = Schedule(start, grain, MADRID, alignment=Alignment.BILLING_DAY, billing_day=day)
    first, second = schedule.until(start.replace(day=day) + timedelta(days=1))
    assert (first.share, second.days.start) == (stub, start.replace(day=day))
    assert not second.is_stub


def test_a_month_with_summer_time_is_its_days_and_is_due_at_midnight_of_the_zone() -> None:
    march = next(Schedule(date(2024, 3, 1), Grain.MONTH, MADRID).periods())
    assert march.period.duration == timedelta(days=31, hours=-1)
    assert march.due_at.isoformat() == "2024-02-29T23:00:00+00:00"
    arrears = next(Schedule(date(2024, 3, 1), Grain.MONTH, ZoneInfo("Asia/Kolkata"), timing=Timing.ARREARS).periods())
    assert arrears.due_at.isoformat() == "2024-03-31T18:30:00+00:00"


def test_a_subscription_ends_in_a_part_of_a_period() -> None:
    ended = Schedule(date(2024, 1, 15), Grain.MONTH, MADRID, end=date(2024, 2, 20))
    assert [(one.days.count, one.whole.count) for one in ended.until(date(2025, 1, 1))] == [(31, 31), (5, 29)]
    calendar = Schedule(date(2024, 1, 15), Grain.MONTH, MADRID, alignment=Alignment.CALENDAR, trial_days=20)
    assert [str(one.days) for one in calendar.until(date(2024, 3, 1))] == ["2024-02-04/2024-03-01"]


def test_phases_end_with_the_first_that_has_no_end() -> None:
    laid = lay_phases(date(2024, 1, 31), [Phase("intro", 1), Phase("full"), Phase("never")])
    assert [one.phase.name for one in laid] == ["intro", "full"]
    assert date(2024, 2, 28) in laid[0]
    assert date(2024, 2, 29) in laid[1]
    assert date(2024, 2, 28) not in laid[1]


def test_a_schedule_that_does_not_go_forward_is_refused() -> None:
    start = date(2024, 1, 1)
    with pytest.raises(BadSchedule):
        Schedule(start, Grain.MONTH, MADRID, end=start)
    for grain, day in ((Grain.MONTH, 32), (Grain.MONTH, 0), (Grain.WEEK, 3)):
        with pytest.raises(BadSchedule):
            Schedule(start, grain, MADRID, alignment=Alignment.BILLING_DAY, billing_day=day)
    with pytest.raises(TooLongAhead):
        Schedule(start, Grain.DAY, ZoneInfo("UTC")).until(date(2100, 1, 1))
