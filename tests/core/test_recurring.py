"""Movements follow from terms: they sum to what is paid, whatever happens, and what happens in an hour is one."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from caudal.core.money import Money
from caudal.core.mrr import MovementKind
from caudal.core.periods import Grain
from caudal.core.recurring import Step, steps, told
from caudal.core.schedules import Schedule
from caudal.core.subscriptions import Component, Sort, Standing, Subscribed

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
(NEW, REACTIVATION, EXPANSION, CONTRACTION, CHURN) = MovementKind
parts = st.dictionaries(st.sampled_from("ab"), st.integers(1, 5), max_size=2)
terms = st.lists(st.tuples(st.integers(0, 60), parts), min_size=1, max_size=6)


def subscribed(found: list[tuple[int, dict[str, int]]], trial: int) -> Subscribed:
    schedule = Schedule(date(2026, 1, 1), Grain.MONTH, ZoneInfo("UTC"), trial_days=trial)
    standings = tuple(
        Standing(
            number,
            BEGIN + timedelta(days=days),
            tuple(Component(key, Sort.FIXED, Decimal(count)) for key, count in sorted(held.items())),
        )
        for number, (days, held) in enumerate(sorted(found, key=lambda one: one[0]), start=1)
    )
    return Subscribed(schedule, standings)


@settings(max_examples=40)
@given(found=terms, trial=st.sampled_from([0, 14]), at=st.integers(0, 90))
def test_the_movements_up_to_an_instant_sum_to_what_is_paid_then(
    found: list[tuple[int, dict[str, int]]], trial: int, at: int
) -> None:
    one = subscribed(found, trial)
    walked = steps(
        one,
        price=lambda component, _: Money.of(component.quantity, "EUR"),
        turns=lambda _: [],
        part=lambda component: component.key,
    )
    then = BEGIN + timedelta(days=at)
    standing = one.at(then)
    paid = standing.components if standing and at >= trial else ()
    expected = sum(12 * 100 * int(each.quantity) for each in paid)
    movements = [each for each in told(walked) if each.step.at <= then]
    assert sum(each.step.change.minor for each in movements) == expected
    assert sum(each.customers for each in movements) == bool(expected)


def step(minutes: int, part: str, before: int, after: int, currency: str = "EUR") -> Step[str]:
    return Step(BEGIN + timedelta(minutes=minutes), part, Money.of(before, currency), Money.of(after, currency))


def test_what_happens_within_an_hour_is_one_movement_and_the_last_end_is_churn() -> None:
    found = told(
        [
            step(0, "basic", 0, 100),
            step(59, "basic", 100, 0),  # another plan within the hour: new, of 150 in all
            step(59, "pro", 0, 150),
            step(119, "pro", 150, 120),  # an hour and more after the first one
            step(500, "extra", 0, 40, "USD"),  # a second thing in another currency is more of the same customer
            step(600, "pro", 120, 0),  # they still pay for the extra
            step(700, "extra", 40, 0, "USD"),
            step(900, "pro", 0, 80),
            step(2_000, "pro", 80, 0),  # one part for another: nothing more and nothing less in all
            step(2_000, "basic", 0, 80),
        ]
    )
    assert [(each.kind, each.step.part, each.step.change.major, each.customers) for each in found] == [
        (NEW, "pro", "150.00", 1),
        (CONTRACTION, "pro", "-30.00", 0),
        (EXPANSION, "extra", "40.00", 0),
        (CONTRACTION, "pro", "-120.00", 0),
        (CHURN, "extra", "-40.00", -1),
        (REACTIVATION, "pro", "80.00", 1),
        (EXPANSION, "pro", "-80.00", 0),
        (EXPANSION, "basic", "80.00", 0),
    ]
    assert told([step(0, "basic", 0, 100), step(30, "basic", 100, 0)]) == ()
