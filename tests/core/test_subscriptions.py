"""What a subscription owes: nothing twice, nothing left out, and what is paid is what was used."""

import itertools
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caudal.core.periods import Grain, Period
from caudal.core.proration import BY_SECOND, Refund, When, proration
from caudal.core.schedules import Alignment, Schedule, Timing
from caudal.core.subscriptions import Component, Kind, Obligation, Sort, Standing, Subscribed

START = date(2026, 1, 1)
SEATS = Component("seats", Sort.FIXED, Decimal(5))
CALLS = Component("calls", Sort.USAGE)
SETUP = Component("setup", Sort.ONCE)
MONTHLY = Schedule(START, Grain.MONTH, ZoneInfo("UTC"))


def at(month: int, day: int, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def said(owed: tuple[Obligation, ...]) -> list[tuple[str, str, str, str]]:
    return [(str(one.kind), one.component.key, str(one.share), f"{one.due_at:%m-%d}") for one in owed]


def test_a_period_is_due_as_it_begins_what_is_used_as_it_ends_and_what_is_paid_once_once() -> None:
    owed = Subscribed(MONTHLY, (Standing(1, at(1, 1), (SEATS, CALLS, SETUP)),)).due(None, at(3, 1))
    assert said(owed) == [
        ("once", "setup", "1", "01-01"),
        ("period", "seats", "1", "01-01"),
        ("usage", "calls", "1", "02-01"),
        ("period", "seats", "1", "02-01"),
        ("usage", "calls", "1", "03-01"),
        ("period", "seats", "1", "03-01"),
    ]
    assert len({one.key for one in owed}) == len(owed)


def test_a_trial_is_paid_by_nobody_and_moves_the_anniversary() -> None:
    trial = replace(MONTHLY, trial_days=14)
    owed = Subscribed(trial, (Standing(1, at(1, 1), (SEATS,)),)).due(None, at(2, 20))
    assert said(owed) == [("period", "seats", "1", "01-15"), ("period", "seats", "1", "02-15")]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (When.INVOICE_NOW, [("credit", "-1/2", "01-16"), ("debit", "1/2", "01-16"), ("period", "1", "02-01")]),
        (When.PRORATE, [("credit", "-1/2", "02-01"), ("debit", "1/2", "02-01"), ("period", "1", "02-01")]),
        (When.RESET_CYCLE, [("credit", "-1/2", "01-16"), ("period", "1", "01-16")]),
    ],
)
def test_a_change_is_paid_as_it_was_agreed(when: When, expected: list[tuple[str, str, str]]) -> None:
    other = replace(SEATS, terms="bigger")
    standings = (Standing(1, at(1, 1), (SEATS,)), Standing(2, at(1, 16, 12), (other,), when=when))
    owed = Subscribed(MONTHLY, standings).due(at(1, 1), at(2, 1))
    assert [(str(one.kind), str(one.share), f"{one.due_at:%m-%d}") for one in owed] == expected
    if when is When.RESET_CYCLE:
        assert owed[-1].period == Period(at(1, 16, 12), at(2, 16))


@pytest.mark.parametrize(
    ("refund", "expected"), [(Refund.NONE, []), (Refund.PRORATED, ["-1/2"]), (Refund.FULL, ["-1"])]
)
def test_an_end_gives_back_what_was_agreed_and_nothing_is_due_after_it(refund: Refund, expected: list[str]) -> None:
    end = Standing(2, at(1, 16, 12), refund=refund, ends=True)
    subscribed = Subscribed(MONTHLY, (Standing(1, at(1, 1), (SEATS,)), end))
    owed = subscribed.due(at(1, 1), at(12, 1))
    assert [str(one.share) for one in owed] == expected
    assert all(one.due_at == end.at for one in owed)
    assert subscribed.next_due(end.at) is None


def test_in_arrears_only_what_was_used_is_paid_whatever_an_end_gives_back() -> None:
    later = replace(MONTHLY, timing=Timing.ARREARS)
    end = Standing(2, at(1, 16, 12), refund=Refund.NONE, ends=True)
    owed = Subscribed(later, (Standing(1, at(1, 1), (SEATS,)), end)).due(None, at(12, 1))
    assert sum(one.share for one in owed) == Fraction(1, 2)


def test_what_is_used_before_and_after_a_change_of_its_price_is_two_stretches() -> None:
    dearer = replace(CALLS, terms="dearer")
    standings = (Standing(1, at(1, 1), (CALLS,)), Standing(2, at(1, 16, 12), (dearer,)))
    owed = Subscribed(MONTHLY, standings).due(None, at(2, 1))
    assert [(one.component.terms, one.share, one.due_at) for one in owed] == [
        ("", Fraction(1, 2), at(2, 1)),
        ("dearer", Fraction(1, 2), at(2, 1)),
    ]


def test_a_change_and_an_end_in_one_second_are_an_end() -> None:
    more = replace(SEATS, quantity=Decimal(9))
    standings = (
        Standing(1, at(1, 1), (SEATS,)),
        Standing(2, at(1, 16, 12), (more,), when=When.INVOICE_NOW),
        Standing(3, at(1, 16, 12), ends=True),
    )
    owed = Subscribed(MONTHLY, standings).due(at(1, 1), at(6, 1))
    assert [(str(one.kind), one.component.quantity, str(one.share)) for one in owed] == [("credit", Decimal(5), "-1/2")]


def test_a_stub_gives_back_no_more_than_was_paid() -> None:
    calendar = Schedule(date(2026, 1, 11), Grain.MONTH, ZoneInfo("UTC"), alignment=Alignment.CALENDAR)
    end = Standing(2, at(1, 21), ends=True)
    owed = Subscribed(calendar, (Standing(1, at(1, 11), (SEATS,)), end), proration("by_day")).due(None, at(3, 1))
    assert [str(one.share) for one in owed] == ["21/31", "-11/31"]


ZONES = ("UTC", "Europe/Madrid", "Asia/Kolkata", "America/St_Johns", "Pacific/Apia")


@st.composite
def subscribed(draw: st.DrawFn) -> Subscribed:
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    start = draw(st.dates(date(2023, 12, 25), date(2024, 3, 31)))
    schedule = Schedule(
        start,
        draw(st.sampled_from([Grain.MONTH, Grain.QUARTER])),
        zone,
        alignment=draw(st.sampled_from([Alignment.ANNIVERSARY, Alignment.CALENDAR])),
        timing=draw(st.sampled_from(list(Timing))),
        trial_days=draw(st.sampled_from([0, 0, 10])),
    )
    begun = datetime.combine(start, datetime.min.time(), tzinfo=zone).astimezone(UTC)
    standings = [Standing(1, begun, (SEATS, CALLS))]
    moments = draw(st.lists(st.integers(0, 400 * 24), max_size=4))
    for number, hours in enumerate(sorted(moments), start=2):
        ends = number == len(moments) + 1 and draw(st.booleans())
        components: list[Component] = []
        if not ends and draw(st.integers(0, 3)):
            components = [replace(SEATS, quantity=Decimal(draw(st.integers(1, 9))))]
            components += draw(st.sampled_from([[], [CALLS]]))
        when = draw(st.sampled_from([When.INVOICE_NOW, When.PRORATE]))
        standings.append(Standing(number, begun + timedelta(hours=hours), tuple(components), when=when, ends=ends))
    return Subscribed(schedule, tuple(standings), BY_SECOND)


@settings(max_examples=60)
@given(subscribed(), st.lists(st.integers(1, 600), min_size=1, max_size=4))
def test_runs_that_touch_find_what_one_run_finds(one: Subscribed, days: list[int]) -> None:
    begun = one.standings[0].at
    cuts = [begun - timedelta(days=1), *sorted(begun + timedelta(days=day) for day in days)]
    pieces = [obligation for a, b in itertools.pairwise(cuts) for obligation in one.due(a, b)]
    assert Counter(pieces) == Counter(one.due(None, cuts[-1]))
    assert all(count == 1 for count in Counter(piece.key for piece in pieces).values())
    for cut in cuts:
        following = one.due(cut, cut + timedelta(days=500))
        assert one.next_due(cut) == (following[0].due_at if following else None)


@settings(max_examples=60)
@given(subscribed())
def test_what_is_paid_is_what_was_used(one: Subscribed) -> None:
    """Seat by seat: the shares of all obligations add up to the time that the seats were there, second by second."""
    up_to = one.standings[0].at + timedelta(days=900)
    paid: dict[Period, Fraction] = defaultdict(Fraction)
    used: dict[Period, Fraction] = defaultdict(Fraction)
    wholes = [
        billed.whole.in_zone(one.schedule.zone) for billed in one.schedule.until(up_to.date() + timedelta(days=3))
    ]
    for obligation in one.due(None, up_to):
        if obligation.kind is not Kind.USAGE:
            whole = next(whole for whole in wholes if obligation.period.start in whole)
            paid[whole] += obligation.share * Fraction(obligation.component.quantity)
    first = min(billed.period.start for billed in one.schedule.until(up_to.date()))
    for whole in wholes[:-2]:
        moments = sorted({max(first, whole.start), whole.end, *(s.at for s in one.standings if s.at in whole)})
        for a, b in zip([m for m in moments if m >= first], [m for m in moments if m >= first][1:], strict=False):
            standing = one.at(a)
            for component in standing.components if standing else ():
                if component.sort is Sort.FIXED:
                    used[whole] += whole.share(Period(a, b)) * Fraction(component.quantity)
    for whole in wholes[:-2]:
        assert paid[whole] == used[whole]
