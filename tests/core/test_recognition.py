"""Revenue: spread without losing a cent, allocated as the standards print it, and what recurs per month."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caudal.core.money import Currency, Money, Rounding, portion, total
from caudal.core.mrr import Movement, MovementKind, bridge, monthly_money, movements, retention
from caudal.core.periods import Days, Grain, periods_of
from caudal.core.recognition import (
    ChangeKind,
    MoreThanPromised,
    Pattern,
    Prepaid,
    Promise,
    Recognition,
    Units,
    allocate_price,
    blended_price,
    kind_of_change,
    unit_revenue,
    waterfall,
)

FEW = settings(max_examples=10)
EUR, JPY = Currency("EUR"), Currency("JPY")
HALF_UP = Rounding.HALF_UP

dates = st.dates(date(2023, 1, 1), date(2025, 12, 31))
recognitions = st.builds(
    lambda minor, start, length, pattern: Recognition(
        Money(minor, EUR), Days(start, start + timedelta(days=length)), pattern
    ),
    st.integers(-(10**6), 10**6),
    dates,
    st.integers(1, 500),
    st.sampled_from(Pattern),
)


@FEW
@given(recognitions, st.lists(dates, max_size=4))
def test_any_cut_of_the_days_sums_to_the_amount_and_what_is_not_revenue_is_deferred(
    one: Recognition, cuts: list[date]
) -> None:
    days = sorted({one.days.start, *(cut for cut in cuts if cut in one.days), one.days.end})
    steps = [one.between(Days(start, end)) for start, end in pairwise(days)]
    if one.pattern is not Pattern.AT_START:  # there the first day has it all
        assert not one.recognised(one.days.start)
    assert total(steps, EUR) + one.recognised(one.days.start) == one.amount
    for day in days:
        assert one.recognised(day) + one.deferred(day) == one.amount
    shares = [one.share(day) for day in days]
    assert shares == sorted(shares)


def test_revenue_by_day_and_by_month_comes_out_as_printed() -> None:
    # Lago, revenue-recognition/methodology: 31 × 3.29 would be 101.99
    year = Days(date(2023, 1, 1), date(2024, 1, 1))
    assert (
        Recognition(Money.of("1200", "EUR"), year).between(Days(date(2023, 1, 1), date(2023, 2, 1))).major == "101.92"
    )
    seat = Recognition(Money.of("30", "EUR"), Days(date(2023, 1, 1), date(2023, 2, 1)))
    assert seat.recognised(date(2023, 1, 17)).major == "15.48"
    monthly = Recognition(Money.of("100", "EUR"), Days(date(2024, 1, 31), date(2024, 4, 30)), Pattern.BY_MONTH)
    assert [monthly.recognised(day).major for day in (date(2024, 2, 29), date(2024, 3, 31))] == ["33.33", "66.67"]
    noon = datetime(2023, 1, 1, 12, tzinfo=UTC)
    day = Days(date(2023, 1, 1), date(2023, 1, 2))
    assert Recognition(Money.of("10", "EUR"), day, Pattern.BY_SECOND).recognised_at(noon).major == "5.00"
    assert Recognition(Money.of("10", "EUR"), day).recognised_at(noon).major == "0.00"


def test_a_waterfall_sums_across_to_what_was_booked_and_down_to_the_revenue_of_a_period() -> None:
    months = [period.days for period in periods_of(Grain.MONTH, date(2024, 1, 1), date(2024, 5, 1))]
    year, quarter = (
        Recognition(Money.of(amount, "EUR"), Days(date(2024, 1, 15), end))
        for amount, end in (("1000", date(2025, 1, 15)), ("300", date(2024, 4, 15)))
    )
    booked = [(date(2024, 1, 15), year), (date(2024, 2, 1), quarter)]
    rows = waterfall(booked, months, EUR)
    assert [row.booked.major for row in rows] == ["1000.00", "300.00", "0.00", "0.00"]
    for column, month in enumerate(months):
        shown = total((row.recognised[column] for row in rows), EUR)
        assert shown == total((one.between(month) for _, one in booked), EUR)
    assert rows[0].left == year.deferred(date(2024, 5, 1))
    assert not rows[1].left


def test_a_price_falls_on_promises_as_the_standards_print_it() -> None:
    def allocated(price: int, *standalone: int, bundle: str = "", bundle_price: int = 0) -> list[int]:
        promises = [Promise(name, Money(size, JPY)) for name, size in zip("ABC", standalone, strict=False)]
        parts = allocate_price(Money(price, JPY), promises, bundle=set(bundle), bundle_price=Money(bundle_price, JPY))
        return [part.minor for part in parts]

    assert allocated(100, 50, 25, 75) == [33, 17, 50]  # ASC 606, example 33
    assert allocated(80, 20, 30, 40) == [18, 27, 35]  # KPMG: a discount of 10, by largest remainder
    assert allocated(100, 40, 55, 45, bundle="BC", bundle_price=60) == [40, 33, 27]  # ASC 606, example 34A
    assert sum(allocated(99, 40, 55, 45, bundle="BC", bundle_price=60)) == 99  # the discount is not only the bundle's


def test_a_change_of_a_contract_is_one_of_its_own_or_blends_what_is_left() -> None:
    old, extra = Units(200, 80, delivered=150), Units(50, 75)
    assert kind_of_change(distinct=True, extra_price=75, standalone_price=75) is ChangeKind.SEPARATE
    assert kind_of_change(distinct=False, extra_price=75, standalone_price=75) is ChangeKind.CATCH_UP
    assert [old.total, extra.total, old.recognised] == [Fraction(16_000), Fraction(3750), Fraction(12_000)]
    # ASC 606, example 5: 60 of 120 at 100 are left, and 30 more come at 80
    blended = blended_price(Units(120, 100, delivered=60), Units(30, 80))
    assert unit_revenue(1, blended, Money(0, EUR), HALF_UP).major == "93.33"
    assert unit_revenue(90, blended, Money(0, EUR), HALF_UP).major == "8400.00"
    with pytest.raises(MoreThanPromised):
        Units(10, 1, delivered=11)


def test_prepaid_money_is_revenue_as_it_is_used_and_never_more_than_it_was() -> None:
    card = Prepaid(Money.of("100", "EUR"))
    assert [card.recognised(used, 7, HALF_UP).major for used in (0, 1, 7, 9)] == ["0.00", "14.29", "100.00", "100.00"]


monthly_sums = st.dictionaries(
    st.sampled_from("abcde"), st.builds(Money, st.integers(1, 10**5), st.just(EUR)), max_size=5
)


@FEW
@given(
    monthly_sums, monthly_sums, st.sets(st.sampled_from("abcde")), st.fractions(Fraction(1, 2), 2, max_denominator=20)
)
def test_the_bridge_of_recurring_revenue_closes_and_a_rate_is_never_a_movement(
    before: dict[str, Money], after: dict[str, Money], known: set[str], rate: Fraction
) -> None:
    found = movements(before, after, known=known)
    dollars = Currency("USD")

    def opening_rate(amount: Money) -> Money:
        return Money(portion(amount, 1, HALF_UP).minor, dollars)

    def closing_rate(amount: Money) -> Money:
        return Money(portion(amount, rate, HALF_UP).minor, dollars)

    told = bridge(before, after, found, opening_rate=opening_rate, closing_rate=closing_rate, currency=dollars)
    assert told.opening + total(told.by_kind.values(), dollars) + told.rates == told.closing
    still = bridge(before, before, (), opening_rate=opening_rate, closing_rate=closing_rate, currency=dollars)
    assert not total(still.by_kind.values(), dollars)
    if rate == 1:
        assert not told.rates
    assert movements(before, before) == ()


def test_movements_have_the_kind_that_people_mean() -> None:
    before = {"ana": Money(500, EUR), "globex": Money(900, EUR), "acme": Money(300, EUR)}
    after = {"ana": Money(700, EUR), "acme": Money(100, EUR), "initech": Money(400, EUR), "umbrella": Money(50, EUR)}
    found = movements(before, after, known={"umbrella"})
    assert [(one.customer, one.kind, one.amount.minor) for one in found] == [
        ("acme", MovementKind.CONTRACTION, -200),
        ("ana", MovementKind.EXPANSION, 200),
        ("globex", MovementKind.CHURN, -900),
        ("initech", MovementKind.NEW, 400),
        ("umbrella", MovementKind.REACTIVATION, 50),
    ]
    # 1,700 at first: 1,100 lost, so 600 are kept, and 200 more came from those who were there
    assert retention(Money(1700, EUR), found) == (Fraction(6, 17), Fraction(8, 17))
    assert retention(Money(0, EUR), [Movement("a", MovementKind.NEW, Money(1, EUR))]) == (None, None)
    assert monthly_money(Money.of("1000", "EUR"), Grain.YEAR, 1, HALF_UP).major == "83.33"
