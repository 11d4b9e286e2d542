"""Periods: half-open, tiled without gaps in every zone, anchors never drift."""

from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caudal.core.periods import (
    CalendarPeriod,
    Cycle,
    Days,
    EmptyPeriod,
    Grain,
    NaiveInstant,
    Period,
    TooManyPeriods,
    UnknownZone,
    UnreadableLabel,
    add_months,
    day_in,
    periods_of,
    start_of_day,
    zone_named,
)

# Summer time north and south, offsets of half and three quarters of an hour, a jump at midnight, half an hour of summer.
ZONES = [
    zone_named(name)
    for name in (
        "UTC",
        "Europe/Madrid",
        "America/New_York",
        "America/Sao_Paulo",
        "America/St_Johns",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Asia/Beirut",
        "Australia/Lord_Howe",
        "Africa/Cairo",
    )
]
zones = st.sampled_from(ZONES)
grains = st.sampled_from(Grain)
dates = st.dates(date(1995, 1, 1), date(2040, 12, 31))
fiscal_starts = st.integers(1, 12)
instants = st.datetimes(datetime(1995, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  bounds
periods = st.builds(
    lambda start, length: Period(start, start + length),
    instants,
    st.timedeltas(timedelta(microseconds=1), timedelta(days=800)),
)


@given(grains, st.integers(1995, 2039), fiscal_starts, zones)
def test_the_periods_of_a_year_tile_it_in_every_zone(
    grain: Grain, year: int, fiscal_start: int, zone: ZoneInfo
) -> None:
    tiles = periods_of(grain, date(year, 1, 1), date(year + 1, 1, 1), fiscal_start)
    spans = [tile.in_zone(zone) for tile in tiles]
    assert all(before.end == after.start for before, after in pairwise(spans))
    assert tiles[0].days.start <= date(year, 1, 1) < tiles[0].days.end
    assert tiles[-1].days.start < date(year + 1, 1, 1) <= tiles[-1].days.end
    whole = Period(spans[0].start, spans[-1].end)
    assert sum((span.duration for span in spans), timedelta()) == whole.duration
    assert sum((whole.share(span) for span in spans), Fraction(0)) == 1


@given(grains, dates, fiscal_starts)
def test_the_period_of_a_day_holds_it_and_its_neighbours_touch(grain: Grain, day: date, fiscal_start: int) -> None:
    period = CalendarPeriod.of(grain, day, fiscal_start)
    assert day in period.days
    assert period.next.previous == period
    assert period.previous.days.end == period.days.start
    assert CalendarPeriod.of(grain, period.next.days.start, fiscal_start) == period.next
    assert CalendarPeriod.of(grain, period.days.last, fiscal_start) == period


@given(grains, dates, fiscal_starts)
def test_a_label_reads_back_as_its_period(grain: Grain, day: date, fiscal_start: int) -> None:
    period = CalendarPeriod.of(grain, day, fiscal_start)
    assert CalendarPeriod.parse(period.label, fiscal_start) == period


@pytest.mark.parametrize(
    ("grain", "day", "fiscal_start", "label", "days"),
    [
        (Grain.DAY, date(2017, 3, 1), 1, "2017-03-01", "2017-03-01/2017-03-02"),
        (Grain.WEEK, date(2017, 2, 5), 1, "2017-W05", "2017-01-30/2017-02-06"),
        (Grain.WEEK, date(2017, 1, 1), 1, "2016-W52", "2016-12-26/2017-01-02"),  # a Sunday of the old ISO year
        (Grain.WEEK, date(2020, 12, 31), 1, "2020-W53", "2020-12-28/2021-01-04"),
        (Grain.MONTH, date(2024, 2, 29), 7, "2024-02", "2024-02-01/2024-03-01"),
        (Grain.QUARTER, date(2017, 12, 31), 1, "2017-Q4", "2017-10-01/2018-01-01"),
        (Grain.QUARTER, date(2017, 12, 31), 2, "FY2018-Q4", "2017-11-01/2018-02-01"),
        (Grain.QUARTER, date(2017, 4, 1), 4, "FY2018-Q1", "2017-04-01/2017-07-01"),
        (Grain.YEAR, date(2017, 6, 30), 1, "2017", "2017-01-01/2018-01-01"),
        (Grain.YEAR, date(2018, 3, 31), 4, "FY2018", "2017-04-01/2018-04-01"),
        (Grain.YEAR, date(2017, 12, 31), 12, "FY2018", "2017-12-01/2018-12-01"),
    ],
)
def test_periods_have_the_days_and_the_label_of_the_calendar(
    grain: Grain, day: date, fiscal_start: int, label: str, days: str
) -> None:
    period = CalendarPeriod.of(grain, day, fiscal_start)
    assert (period.label, str(period.days)) == (label, days)


@pytest.mark.parametrize(
    "text",
    ["", "2017-02-30", "2017-W54", "2017-W53", "0000", "9999", "2017-13", "2017-Q5", "FY2017", "2017-3", "hoy", "٢٠١٧"],
)
def test_labels_of_no_period_are_refused(text: str) -> None:
    with pytest.raises(UnreadableLabel):
        CalendarPeriod.parse(text)


def test_a_tiling_nobody_could_read_is_refused() -> None:
    with pytest.raises(TooManyPeriods):
        periods_of(Grain.DAY, date(1900, 1, 1), date(3000, 1, 1))


@given(dates, st.sampled_from([Grain.MONTH, Grain.QUARTER, Grain.YEAR]), st.integers(1, 5), st.integers(-40, 40))
def test_cycles_keep_their_anchor_day_wherever_the_month_has_it(
    anchor: date, grain: Grain, every: int, number: int
) -> None:
    start = Cycle(anchor, grain, every).start_of(number)
    day_after = start + timedelta(days=1)
    assert start.day == anchor.day or (start.day < anchor.day and day_after.day == 1)


@given(dates, grains, st.integers(1, 5), dates)
def test_the_periods_of_a_cycle_tile_all_days(anchor: date, grain: Grain, every: int, day: date) -> None:
    cycle = Cycle(anchor, grain, every)
    number = cycle.number_on(day)
    assert day in cycle.days_of(number)
    assert cycle.on(day) == cycle.days_of(number)
    assert cycle.days_of(number).end == cycle.days_of(number + 1).start
    assert cycle.start_of(0) == anchor


def test_the_thirty_first_comes_back_after_a_short_month() -> None:
    monthly = Cycle(date(2023, 1, 31), Grain.MONTH)
    assert [monthly.start_of(number).day for number in range(5)] == [31, 28, 31, 30, 31]


def test_the_leap_day_comes_back_in_the_next_leap_year() -> None:
    yearly = Cycle(date(2024, 2, 29), Grain.YEAR)
    days = [yearly.start_of(number).isoformat() for number in range(5)]
    assert days == ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]


@given(dates, st.integers(-200, 200))
def test_a_day_that_every_month_has_goes_forth_and_back(day: date, months: int) -> None:
    early = day.replace(day=min(day.day, 28))
    assert add_months(add_months(early, months), -months) == early


@given(dates, zones)
def test_a_day_begins_with_its_first_instant(day: date, zone: ZoneInfo) -> None:
    start = start_of_day(day, zone)
    assert day_in(start, zone) == day
    assert day_in(start - timedelta(microseconds=1), zone) < day


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Madrid", date(2024, 3, 31), 23),
        ("Europe/Madrid", date(2024, 10, 27), 25),
        ("America/Sao_Paulo", date(2017, 10, 15), 23),  # midnight did not exist
        ("America/Sao_Paulo", date(2018, 2, 17), 25),  # 23:00 to 24:00 happened twice
        ("Asia/Kolkata", date(2024, 3, 31), 24),
        ("Pacific/Apia", date(2011, 12, 29), 24),
    ],
)
def test_a_day_lasts_as_long_as_its_zone_says(zone: str, day: date, hours: int) -> None:
    assert CalendarPeriod.of(Grain.DAY, day).in_zone(zone_named(zone)).duration == timedelta(hours=hours)


def test_a_jump_across_midnight_starts_the_day_where_the_clocks_land() -> None:
    # Toronto went from 23:30 on 30 March 1919 straight to 00:30 on the 31st, at 04:30 UTC.
    toronto = zone_named("America/Toronto")
    assert start_of_day(date(1919, 3, 31), toronto) == datetime(1919, 3, 31, 4, 30, tzinfo=UTC)


def test_a_day_that_a_zone_skipped_holds_nothing() -> None:
    with pytest.raises(EmptyPeriod):
        CalendarPeriod.of(Grain.DAY, date(2011, 12, 30)).in_zone(zone_named("Pacific/Apia"))


@given(periods, st.fractions(0, 1))
def test_two_halves_tile_the_whole(period: Period, cut: Fraction) -> None:
    micros = (period.duration // timedelta(microseconds=1)) * cut
    parts = period.split(period.start + timedelta(microseconds=int(micros)))
    assert parts[0].start == period.start
    assert parts[-1].end == period.end
    assert sum((period.share(part) for part in parts), Fraction(0)) == 1
    assert len(parts) == 1 or parts[0].overlap(parts[1]) is None


@given(periods, periods, instants)
def test_what_is_in_both_is_in_the_overlap(one: Period, other: Period, at: datetime) -> None:
    shared = one.overlap(other)
    assert shared == other.overlap(one)
    for instant in (at, one.start, one.end, other.start, other.end):
        assert (instant in one and instant in other) == (shared is not None and instant in shared)
    assert shared is None or (one.holds(shared) and other.holds(shared))


@given(dates, st.integers(1, 90), dates, st.integers(1, 90))
def test_days_share_what_their_sets_share(start: date, count: int, other_start: date, other_count: int) -> None:
    one = Days(start, start + timedelta(days=count))
    near = start + (other_start - start) % timedelta(days=60)
    other = Days(near, near + timedelta(days=other_count))
    shared = one.overlap(other)
    assert set(one) & set(other) == set(shared or ())
    assert one.share(other) == Fraction(len(set(one) & set(other)), len(set(one)))
    assert one.holds(other) == (set(other) <= set(one))


def test_instants_of_one_zone_are_compared_as_instants_and_not_as_wall_clocks() -> None:
    madrid = zone_named("Europe/Madrid")
    first, second = (datetime(2024, 10, 27, 2, 30, tzinfo=madrid, fold=fold) for fold in (0, 1))
    assert Period(first, second).duration == timedelta(hours=1)
    plus_two = timezone(timedelta(hours=2))
    assert Period(first, second).start == datetime(2024, 10, 27, 2, 30, tzinfo=plus_two)


def test_what_cannot_be_a_period_is_refused() -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC)
    with pytest.raises(EmptyPeriod):
        Period(now, now)
    with pytest.raises(EmptyPeriod):
        Days(date(2024, 1, 2), date(2024, 1, 1))
    with pytest.raises(NaiveInstant):
        Period(now.replace(tzinfo=None), now)


@pytest.mark.parametrize("name", ["", "Madrid", "../../etc/passwd", "/etc/localtime", "a\0b", "Europe", "x" * 300])
def test_names_of_no_zone_are_refused(name: str) -> None:
    with pytest.raises(UnknownZone):
        zone_named(name)
