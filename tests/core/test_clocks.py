"""Working time: additive, exact, and honest about holidays and clock changes."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caudal.core.clocks import BadHours, NeverWorked, Shift, WorkingCalendar
from caudal.core.periods import Period, zone_named

MADRID, SAO_PAULO, ST_JOHNS = (zone_named(name) for name in ("Europe/Madrid", "America/Sao_Paulo", "America/St_Johns"))
NINE_TO_FIVE = (Shift.of("09:00", "17:00"),)
SPLIT = (Shift.of("09:00", "14:00"), Shift.of("16:00", "19:00"))
NIGHT = (Shift.of("00:00", "06:00"), Shift.of("22:00", "24:00"))
OFFICE = WorkingCalendar(MADRID, hours=(NINE_TO_FIVE,) * 5 + ((), ()), holidays=frozenset({date(2024, 5, 1)}))
CALENDARS = [
    OFFICE,
    WorkingCalendar(MADRID),
    WorkingCalendar(SAO_PAULO, hours=(SPLIT,) * 6 + ((),)),
    WorkingCalendar(ST_JOHNS, hours=(NIGHT,) * 7, holidays=frozenset({date(2024, 3, 10)})),
    WorkingCalendar.always(SAO_PAULO),
]

calendars = st.sampled_from(CALENDARS)
# Years with clock changes at midnight (São Paulo until 2019, St John's until 2011) and without.
instants = st.datetimes(datetime(2009, 1, 1), datetime(2025, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  bounds
lengths = st.timedeltas(timedelta(microseconds=1), timedelta(days=60))
periods = st.builds(lambda start, length: Period(start, start + length), instants, lengths)


@given(calendars, periods, st.fractions(0, 1))
def test_working_time_of_parts_adds_up_to_that_of_the_whole(
    calendar: WorkingCalendar, period: Period, cut: Fraction
) -> None:
    at = period.start + timedelta(microseconds=int(period.duration // timedelta(microseconds=1) * cut))
    parts = period.split(at)
    assert sum((calendar.worked(part) for part in parts), timedelta()) == calendar.worked(period)
    rest = calendar.worked(parts[1]) if len(parts) > 1 else timedelta()
    assert at == period.start or calendar.elapsed(period, at) + rest == calendar.worked(period)


@given(calendars, instants, st.timedeltas(timedelta(), timedelta(days=20)))
def test_the_time_added_is_the_time_elapsed(calendar: WorkingCalendar, at: datetime, amount: timedelta) -> None:
    until = calendar.add(at, amount)
    assert until >= at
    if amount:
        assert calendar.worked(Period(at, until)) == amount
        # And no earlier instant would do: the last moment before it was worked.
        assert calendar.worked(Period(at - timedelta(days=9), until)) > calendar.worked(
            Period(at - timedelta(days=9), until - timedelta(microseconds=1))
        )


@given(periods)
def test_round_the_clock_all_time_is_working_time(period: Period) -> None:
    for zone in (MADRID, SAO_PAULO, ST_JOHNS):
        assert WorkingCalendar.always(zone).worked(period) == period.duration


@given(calendars, periods, instants, instants)
def test_the_elapsed_share_grows_from_nothing_to_all(
    calendar: WorkingCalendar, period: Period, one: datetime, other: datetime
) -> None:
    shares = [
        calendar.elapsed_share(period, at) for at in (period.start, *sorted((one, other)), period.end)
        if period.start <= at <= period.end
    ]  # fmt: skip
    assert shares == sorted(shares)
    assert [shares[0], shares[-1]] == [Fraction(0), Fraction(1)]
    assert calendar.elapsed_share(period, period.start - timedelta(days=1)) == 0
    assert calendar.elapsed_share(period, period.end + timedelta(days=1)) == 1


def madrid(day: int, hour: int, minute: int = 0, month: int = 5) -> datetime:
    return datetime(2024, month, day, hour, minute, tzinfo=MADRID)


@pytest.mark.parametrize(
    ("at", "hours", "until"),
    [
        (madrid(2, 9), 8, madrid(2, 17)),  # a Thursday, to its closing hour and not to the next opening
        (madrid(2, 16), 2, madrid(3, 10)),
        (madrid(3, 16), 2, madrid(6, 10)),  # over the weekend
        (madrid(4, 12), 1, madrid(6, 10)),  # from a Saturday
        (madrid(30, 16, month=4), 2, madrid(2, 10)),  # over the holiday of 1 May
        (madrid(2, 3), 0, madrid(2, 3)),
    ],
)
def test_working_hours_skip_nights_weekends_and_holidays(at: datetime, hours: int, until: datetime) -> None:
    assert OFFICE.add(at, timedelta(hours=hours)) == until


def test_a_month_of_weekdays_is_counted_in_days() -> None:
    # May 2024 has 23 weekdays; at the start of Thursday 16 May, 11 have passed.
    may = Period(madrid(1, 0), madrid(1, 0, month=6))
    weekdays = WorkingCalendar(MADRID)
    assert weekdays.worked(may) == timedelta(days=23)
    assert weekdays.elapsed_share(may, madrid(16, 0)) == Fraction(11, 23)


def test_a_period_without_working_time_is_shared_by_the_clock() -> None:
    sunday = Period(madrid(5, 0), madrid(6, 0))
    assert OFFICE.worked(sunday) == timedelta()
    assert OFFICE.elapsed_share(sunday, madrid(5, 6)) == Fraction(1, 4)


def test_the_hour_of_summer_time_is_neither_lost_nor_worked_twice() -> None:
    nights = WorkingCalendar(MADRID, hours=(NIGHT,) * 7)
    spring = Period(datetime(2024, 3, 31, tzinfo=MADRID), datetime(2024, 4, 1, tzinfo=MADRID))
    autumn = Period(datetime(2024, 10, 27, tzinfo=MADRID), datetime(2024, 10, 28, tzinfo=MADRID))
    assert nights.worked(spring) == timedelta(hours=7)  # 0 to 6 lasts five hours, 22 to 24 two
    assert nights.worked(autumn) == timedelta(hours=9)
    swallowed = WorkingCalendar(MADRID, hours=((Shift.of("02:00", "03:00"),),) * 7)
    assert swallowed.worked(spring) == timedelta()


def test_hours_that_cannot_be_worked_are_refused() -> None:
    for start, end in [("09:00", "09:00"), ("10:00", "09:00"), ("09:00", "24:01"), ("9", "10:00"), ("x:0", "10:00")]:
        with pytest.raises(BadHours):
            Shift.of(start, end)
    overlapping = (Shift.of("09:00", "12:00"), Shift.of("11:00", "13:00"))
    week_of_one, empty, out_of_order = (NINE_TO_FIVE,), ((),) * 7, (overlapping,) * 7
    for hours in (week_of_one, empty, out_of_order):
        with pytest.raises(BadHours):
            WorkingCalendar(MADRID, hours=hours)


def test_a_wait_beyond_two_centuries_is_refused() -> None:
    one_minute_a_week = WorkingCalendar(MADRID, hours=((Shift(0, 1),), *((),) * 6))
    with pytest.raises(NeverWorked):
        one_minute_a_week.add(madrid(1, 0), timedelta(days=30))


def test_shifts_come_in_order_and_touch_the_period() -> None:
    for calendar, day in product(CALENDARS, (1, 10, 17)):
        start = datetime(2018, 2, day, 12, 30, tzinfo=UTC)
        period = Period(start, start + timedelta(days=9))
        shifts = list(calendar.shifts(period))
        assert shifts == sorted(shifts)
        assert all(period.overlap(shift) for shift in shifts)
