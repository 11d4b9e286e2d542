"""Parts of periods: the figures of others on real dates, and what must hold on all of them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caudal.core.money import Currency, Money, Rounding
from caudal.core.periods import Cycle, Days, Grain, NaiveInstant, Period
from caudal.core.pricing import Mode, Tier, TierPrice, per_unit
from caudal.core.proration import (
    PRORATIONS,
    Direction,
    Refund,
    Terms,
    UnknownProration,
    When,
    after_trial,
    cancel,
    change_price,
    change_seats,
    comings_and_goings,
    pause,
    price_of_changes,
    price_over,
    proration,
    running_levels,
)

FEW = settings(max_examples=10)
EUR = Currency("EUR")
UTC_ZONE, MADRID, KOLKATA = (ZoneInfo(name) for name in ("UTC", "Europe/Madrid", "Asia/Kolkata"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def paid(minor: int, start: str, grain: Grain = Grain.MONTH, policy: str = "by_second") -> Terms:
    """A price paid for the period that begins on a day."""
    period = Cycle(date.fromisoformat(start), grain).days_of(0).in_zone(UTC_ZONE)
    return Terms(Money(minor, EUR), period, UTC_ZONE, proration(policy), Rounding.HALF_UP)


# Polar, test_service_prorations: by the second, of the whole price of the period.
@pytest.mark.parametrize(
    ("grain", "old", "new", "start", "change", "credit", "debit"),
    [
        (Grain.MONTH, 10_000, 30_000, "2025-06-01", "2025-06-16", 5000, 15_000),
        (Grain.MONTH, 10_000, 30_000, "2024-02-18", "2024-02-25", 7586, 22_759),  # 22 of 29 days
        (Grain.YEAR, 100_000, 300_000, "2024-02-18", "2024-09-05", 45_355, 136_066),  # 166 of 366 days
        (Grain.YEAR, 100_000, 300_000, "2023-02-18", "2023-09-05", 45_479, 136_438),  # 166 of 365 days
    ],
)
def test_a_change_of_plan_comes_out_as_printed(
    grain: Grain, old: int, new: int, start: str, change: str, credit: int, debit: int
) -> None:
    found = change_price(paid(old, start, grain), Money(new, EUR), at=at(change), when=When.PRORATE)
    assert [(entry.direction, entry.amount.minor) for entry in found.entries] == [
        (Direction.CREDIT, credit),
        (Direction.DEBIT, debit),
    ]
    assert found.net(Money(0, EUR)).minor == debit - credit


def test_a_change_counts_now_later_or_in_a_period_of_its_own() -> None:
    month, year = paid(10_000, "2025-06-01"), Money(100_000, EUR)
    change = at("2025-06-16")
    assert change_price(month, year, at=change, when=When.INVOICE_NOW).invoiced_now
    later = change_price(month, year, at=change, when=When.NEXT_PERIOD)
    assert (later.entries, later.counts_at) == ((), at("2025-07-01"))
    following = Cycle(date(2025, 6, 16), Grain.YEAR).days_of(0).in_zone(UTC_ZONE)
    reset = change_price(month, year, at=change, when=When.RESET_CYCLE, new_period=following)
    # Polar: half of the month is given back, the year that begins is paid in full
    assert [(entry.amount.minor, entry.period.end) for entry in reset.entries] == [
        (5000, at("2025-07-01")),
        (100_000, at("2026-06-16")),
    ]
    # A cancellation in the second of the change gives back what was just asked for, and no more.
    now = change_price(month, year, at=change, when=When.PRORATE)
    back = cancel(month.at_price(year), at=change, refund=Refund.PRORATED)
    assert back is not None
    assert (now.net(Money(0, EUR)) + back.signed).minor == -5000
    # A change at the very end, in the second in which the period ends, changes nothing of it.
    assert change_price(month, year, at=at("2025-07-01"), when=When.PRORATE).entries == ()


# Where the day of a change goes: Meteroid (end exclusive), Flexprice (the last day counts), Kill Bill (30 days), Lago.
@pytest.mark.parametrize(
    ("policy", "part", "whole", "share"),
    [
        ("by_day", ("2025-01-30", "2025-01-31"), ("2025-01-01", "2025-01-31"), Fraction(1, 30)),
        ("by_day", ("2024-03-15", "2024-04-01"), ("2024-03-01", "2024-04-01"), Fraction(17, 31)),
        ("by_day", ("2012-03-02", "2012-06-02"), ("2012-03-02", "2012-04-02"), Fraction(92, 31)),
        ("thirty_days", ("2024-02-23", "2024-03-15"), ("2024-02-23", "2024-03-23"), Fraction(22, 30)),
        ("thirty_days", ("2023-05-15", "2023-05-23"), ("2023-05-15", "2023-06-15"), Fraction(8, 30)),
        ("actual_30", ("2024-07-10", "2024-08-01"), ("2024-07-01", "2024-08-01"), Fraction(22, 30)),
        ("actual_360", ("2024-01-01", "2024-04-01"), ("2024-01-01", "2025-01-01"), Fraction(91, 360)),
    ],
)
def test_one_change_has_as_many_shares_as_there_are_policies(
    policy: str, part: tuple[str, str], whole: tuple[str, str], share: Fraction
) -> None:
    days, period = (Days(date.fromisoformat(start), date.fromisoformat(end)) for start, end in (part, whole))
    assert proration(policy).share_of_days(days, period) == share


def test_the_day_of_a_change_belongs_to_one_side() -> None:
    february = paid(5000, "2023-02-01", policy="by_day_inclusive")
    # Lago, spending_minimum_spec: ended on the 25th, so 3 of 28 days are given back: 535.71 → 5.36
    note = cancel(february, at=at("2023-02-25T10:00"), refund=Refund.PRORATED)
    assert note is not None
    assert note.amount.minor == 536
    other = paid(5000, "2023-02-01", policy="by_day")
    note = cancel(other, at=at("2023-02-25T10:00"), refund=Refund.PRORATED)
    assert note is not None
    assert note.amount.minor == 714  # 4 of 28 days
    assert cancel(other, at=at("2023-02-25"), refund=Refund.NONE) is None
    full = cancel(other, at=at("2023-02-25"), refund=Refund.FULL)
    assert full is not None
    assert full.amount.minor == 5000


instants = st.integers(0, 31 * 86_400).map(lambda seconds: at("2024-03-01") + timedelta(seconds=seconds))
policies = st.sampled_from(sorted(PRORATIONS))
zones = st.sampled_from([UTC_ZONE, MADRID, KOLKATA])


@FEW
@given(instants, instants, policies, zones)
def test_what_is_left_falls_from_all_to_nothing_and_a_pause_and_the_rest_are_the_whole(
    one: datetime, other: datetime, policy: str, zone: ZoneInfo
) -> None:
    march = Days(date(2024, 3, 1), date(2024, 4, 1)).in_zone(zone)
    terms = Terms(Money(9999, EUR), march, zone, proration(policy), Rounding.HALF_UP)
    first, second = sorted([one, other])
    left = [terms.policy.left(march, moment, zone) for moment in (march.start, first, second, march.end)]
    assert left == sorted(left, reverse=True)
    assert left[0] == 1
    assert left[-1] == 0
    if first < second and (entry := pause(terms, Period(first, second))):
        before = terms.part(march.start) - terms.part(entry.period.start)
        assert before + entry.amount + terms.part(entry.period.end) == terms.price
    assert pause(terms, Period(march.end, march.end + timedelta(days=1))) is None


@FEW
@given(instants, st.integers(0, 10**6), st.integers(0, 10**6), st.fractions(0, 1, max_denominator=50))
def test_nobody_gains_by_buying_using_up_and_changing(change: datetime, old: int, new: int, used: Fraction) -> None:
    terms = paid(old, "2024-03-01")
    found = change_price(terms, Money(new, EUR), at=change, when=When.PRORATE, unused=1 - used)
    credits_minor = sum(entry.amount.minor for entry in found.entries if entry.direction is Direction.CREDIT)
    # What is kept of the old price pays for what was used of it, to the half cent of rounding.
    assert old - credits_minor >= old * used - Fraction(1, 2)
    with pytest.raises(NaiveInstant):
        change_price(terms, terms.price, at=change.replace(tzinfo=None), when=When.PRORATE)
    same = change_price(terms, terms.price, at=change, when=When.PRORATE)
    assert not same.net(Money(0, EUR))  # a change to the same price costs nothing


def test_changes_one_after_the_other_come_out_as_printed() -> None:
    # Polar: 100, 200, 300 and 400 in June, changed every sixth day: 24/30, 18/30 and 12/30 are left
    entries: list[int] = []
    for old, new, day in ((100, 200, 7), (200, 300, 13), (300, 400, 19)):
        terms = paid(old * 100, "2025-06-01")
        found = change_price(terms, Money(new * 100, EUR), at=at(f"2025-06-{day:02d}"), when=When.PRORATE)
        entries += [entry.signed.minor for entry in found.entries]
    assert entries == [-8000, 16_000, -12_000, 18_000, -12_000, 16_000]


def test_seats_are_paid_for_the_rest_of_the_period() -> None:
    seat = per_unit("15", "EUR")
    more = change_seats(paid(7500, "2025-06-01"), seat, count=10, at=at("2025-06-11"))  # Polar: 5 × 15.00 × 20/30
    fewer = change_seats(paid(15_000, "2025-06-01"), seat, count=7, at=at("2025-06-16"))
    assert more is not None
    assert fewer is not None
    assert (more.signed.minor, fewer.signed.minor) == (5000, -2250)
    assert change_seats(paid(7500, "2025-06-01"), seat, count=5, at=at("2025-06-11")) is None
    steps = TierPrice(EUR, (Tier(50), Tier(unit=Decimal(20))), Mode.GRADUATED)
    assert change_seats(paid(0, "2025-06-01"), steps, count=50, at=at("2025-06-11")) is None  # all are included


def test_a_trial_takes_the_beginning_of_the_first_period() -> None:
    # Lago, free_trial_billing_spec: 13 days from 5 March, by the calendar: 14 of 31 days
    march = paid(10_000_000, "2024-03-01", policy="by_day")
    assert after_trial(march, at("2024-03-18")).minor == 4_516_129
    assert after_trial(march, at("2024-02-20")).minor == 10_000_000


def test_units_that_come_and_go_are_paid_for_their_days() -> None:
    # Lago, prorated_graduated_spec: the price after each event of a September, and the level that October opens with
    rows = [(5, "10", "100"), (15, "5", "50"), (None, "2", "0")]
    price = TierPrice(EUR, tuple(Tier(up_to, Decimal(unit), Decimal(flat)) for up_to, unit, flat in rows))
    events = [(10, 2), (16, 5), (20, -6), (25, 10), (26, 4), (30, 60)]
    levels = running_levels([(date(2023, 9, day), change) for day, change in events])
    september = Days(date(2023, 9, 1), date(2023, 10, 1))
    spent = [round(price_over(price, levels[:count], september) * 100) for count in range(7)]
    assert spent == [10_000, 11_400, 18_400, 16_567, 17_967, 18_300, 18_700]
    assert price.amount(levels[-1][1]) == 370
    october = Days(date(2023, 10, 1), date(2023, 11, 1))
    assert price_over(price, levels, october) == 370  # what is there all the time costs what it costs
    assert price_over(price, [], october, carried=75) == 370


def test_a_policy_of_proration_is_known_by_its_name() -> None:
    with pytest.raises(UnknownProration, match="by_second"):
        proration("by_feeling")


def test_who_comes_and_goes_by_name_is_paid_for_the_day_of_going_too() -> None:
    # Lago, prorated_graduated_spec: one is there from 10 to 12 September and again from the 14th, others from the 15th and 20th
    price = TierPrice(EUR, (Tier(1, Decimal(10), Decimal(100)), Tier(None, Decimal(5), Decimal(50))))
    said = [(10, "a", True), (12, "a", False), (14, "a", True), (15, "b", True), (16, "b", True), (20, "c", True)]
    events = [(date(2023, 9, day), name, comes) for day, name, comes in said]
    september = Days(date(2023, 9, 1), date(2023, 10, 1))
    found = [running_levels(comings_and_goings(events[:count])) for count in range(1, 7)]
    spent = [round(price_over(price, levels, september) * 100) for levels in found]
    assert spent == [10_700, 10_100, 10_667, 15_933, 15_933, 16_117]


def test_coming_back_on_the_day_of_going_changes_nothing_and_nobody_goes_twice() -> None:
    first, back, away = date(2024, 2, 1), date(2024, 2, 9), date(2024, 2, 20)
    stays = [
        (first, "ana", True),
        (back, "ana", False),
        (back, "ana", True),
        (away, "ana", False),
        (away, "ana", False),
    ]
    assert comings_and_goings(stays) == ((first, 1), (date(2024, 2, 21), -1))
    assert comings_and_goings([(first, "ben", False)]) == ()


@FEW
@given(st.lists(st.tuples(st.integers(1, 30), st.integers(-6, 9)), max_size=8))
def test_a_level_by_days_is_each_of_its_changes_for_the_days_that_are_left(steps: list[tuple[int, int]]) -> None:
    price = TierPrice(EUR, (Tier(5, Decimal(10), Decimal(100)), Tier(None, Decimal(5), Decimal(50))))
    april = Days(date(2024, 4, 1), date(2024, 5, 1))
    told = sorted(steps, key=lambda step: step[0])
    levels, changes, level = [], [], 20
    for day, step in told:
        change = max(step, -level)
        level += change
        levels.append((date(2024, 4, day), level))
        changes.append((change, Fraction(31 - day, 30)))
    assert price_over(price, levels, april, carried=20) == price_of_changes(price, changes, carried=20)


def test_changes_that_tell_their_own_shares_are_paid_by_them() -> None:
    # Lago, prorated_graduated_service_spec: 3.5 × 10 + 2.66667 × 5 + 2 × 5 − 2.2 × 5, and 150 of flat parts
    price = TierPrice(EUR, (Tier(5, Decimal(10), Decimal(100)), Tier(None, Decimal(5), Decimal(50))))
    counted = [(5, "3.5"), (5, "2.66667"), (10, "2"), (-6, "-2.2")]
    found = price_of_changes(price, [(units, Fraction(part) / units) for units, part in counted])
    assert round(found, 2) == Fraction("197.33")
