"""Money: exact, one currency at a time, and never a unit lost."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from babel.numbers import get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from caudal.core.errors import Problem
from caudal.core.money import (
    CannotAllocate,
    Currency,
    FxRate,
    MixedCurrencies,
    Money,
    Rate,
    Rounding,
    TooPrecise,
    UnknownCurrency,
    UnreadableAmount,
    WrongRate,
    allocate,
    convert,
    cumulative,
    extend,
    portion,
    rate_on,
    round_money,
    total,
)

EUR, USD, GBP, JPY, KWD = (Currency(code) for code in ("EUR", "USD", "GBP", "JPY", "KWD"))
MONDAY = date(2024, 1, 8)

currencies = st.sampled_from([EUR, JPY, KWD])
minors = st.integers(-(10**12), 10**12)
moneys = st.builds(Money, minors, currencies)
euros = st.builds(Money, minors, st.just(EUR))
exact = st.builds(Fraction, st.integers(-(10**10), 10**10), st.integers(1, 10**4))
weights = st.lists(st.builds(Fraction, st.integers(0, 1000), st.integers(1, 12)), min_size=1, max_size=8).filter(any)
roundings = st.sampled_from(Rounding)


@given(euros, weights)
def test_the_parts_of_an_allocation_sum_to_the_whole(amount: Money, by: list[Fraction]) -> None:
    assert total(allocate(amount, by), EUR) == amount


@given(euros, weights)
def test_each_part_is_less_than_a_unit_from_its_exact_share(amount: Money, by: list[Fraction]) -> None:
    whole = sum(by, Fraction(0))
    for part, weight in zip(allocate(amount, by), by, strict=True):
        assert abs(part.minor - amount.minor * Fraction(weight) / whole) < 1
        assert weight or not part


@given(euros, weights)
def test_the_opposite_amount_splits_into_the_opposite_parts(amount: Money, by: list[Fraction]) -> None:
    assert allocate(-amount, by) == tuple(-part for part in allocate(amount, by))


@given(euros, st.integers(1, 12))
def test_equal_weights_give_parts_that_differ_by_a_unit_at_most_with_the_larger_first(
    amount: Money, count: int
) -> None:
    sizes = [abs(part.minor) for part in allocate(amount, [1] * count)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] - sizes[-1] <= 1


@given(euros, weights, st.builds(Fraction, st.integers(1, 99), st.integers(1, 99)))
def test_only_the_proportion_of_the_weights_counts(amount: Money, by: list[Fraction], factor: Fraction) -> None:
    assert allocate(amount, by) == allocate(amount, [weight * factor for weight in by])


@pytest.mark.parametrize("by", [[], [0, 0], [3, -1], [1, -1]])
def test_weights_that_say_nothing_are_refused(by: list[int]) -> None:
    with pytest.raises(CannotAllocate, match="more than zero"):
        allocate(Money.of("10", "EUR"), by)


@given(st.lists(exact, max_size=10), currencies, roundings)
def test_every_running_total_of_a_series_is_the_rounded_running_total(
    parts: list[Fraction], currency: Currency, rounding: Rounding
) -> None:
    series = cumulative(parts, currency, rounding)
    for count in range(len(parts) + 1):
        exact_total = sum(parts[:count], Fraction(0))
        assert total(series[:count], currency) == round_money(exact_total, currency, rounding)


@given(exact, roundings)
def test_rounding_moves_by_less_than_a_unit_and_treats_both_signs_alike(value: Fraction, rounding: Rounding) -> None:
    whole = rounding.whole(value)
    assert abs(whole - value) < 1
    assert rounding.whole(-value) == -whole
    assert rounding.whole(Fraction(whole)) == whole


@given(exact)
def test_roundings_keep_their_promise(value: Fraction) -> None:
    assert abs(Rounding.DOWN.whole(value)) <= abs(value) <= abs(Rounding.UP.whole(value))
    assert abs(Rounding.HALF_UP.whole(value) - value) <= Fraction(1, 2)
    assert Rounding.HALF_EVEN.whole(value) == round(value)  # Python rounds fractions half to even


@pytest.mark.parametrize(
    ("value", "half_up", "half_even", "down", "up"),
    [
        ("2.5", 3, 2, 2, 3),
        ("3.5", 4, 4, 3, 4),
        ("-2.5", -3, -2, -2, -3),
        ("2.4999", 2, 2, 2, 3),
        ("0.0001", 0, 0, 0, 1),
        ("-7", -7, -7, -7, -7),
    ],
)
def test_halves_go_where_the_policy_sends_them(value: str, half_up: int, half_even: int, down: int, up: int) -> None:
    by_policy = [policy.whole(Fraction(value)) for policy in Rounding]
    assert by_policy == [half_up, half_even, down, up]


@given(moneys)
def test_money_survives_its_text_and_its_json(money: Money) -> None:
    assert Money.of(money.major, money.currency) == money
    assert Money.of(Decimal(money.major), money.currency) == money
    assert Money.from_json(money.to_json()) == money
    assert all(isinstance(part, str) for part in money.to_json().values())
    assert Fraction(money.major) == money.amount


@given(euros, euros, st.integers(-100, 100))
def test_sums_differences_and_multiples_are_exact(left: Money, right: Money, times: int) -> None:
    assert (left + right) - right == left
    assert (left + right) * times == left * times + right * times
    assert (left < right, left <= right, left > right, left >= right) == (
        left.minor < right.minor,
        left.minor <= right.minor,
        left.minor > right.minor,
        left.minor >= right.minor,
    )
    assert abs(left) == max(left, -left)


def test_two_currencies_do_not_mix() -> None:
    one, other = Money.of("1", "EUR"), Money.of("1", "USD")
    assert one != other
    for mix in (one.__add__, one.__sub__, one.__lt__, one.__le__, one.__gt__, one.__ge__):
        with pytest.raises(MixedCurrencies, match=r"1\.00 EUR and 1\.00 USD"):
            mix(other)
    with pytest.raises(MixedCurrencies):
        total([one, other], EUR)


@pytest.mark.parametrize("code", ["XXX", "XAU", "usd", "US", "", "EURO", "DEM" * 50])
def test_what_is_no_currency_is_refused(code: str) -> None:
    with pytest.raises(UnknownCurrency):
        Currency(code)


@pytest.mark.parametrize("code", ["BGN", "CYP", "EEK", "HRK", "LTL", "LVL", "MTL", "ROL", "SIT", "SKK", "TRL"])
def test_withdrawn_currencies_have_the_exponent_that_cldr_remembers(code: str) -> None:
    assert Currency(code).exponent == get_currency_precision(code)


@pytest.mark.parametrize(
    "text", ["", "1,5", "1e5", "٣", "NaN", "inf", "0x1", " 1", "1.", ".5", "1_000", "9" * 99, "--1"]
)
def test_texts_that_are_no_plain_decimal_are_refused(text: str) -> None:
    with pytest.raises(UnreadableAmount):
        Money.of(text, "EUR")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1E+99999999", "1E-99999999"])
def test_decimals_without_a_sensible_size_are_refused(number: str) -> None:
    for read in (Money.of, Rate.of):
        with pytest.raises(UnreadableAmount):
            read(Decimal(number), "EUR")


def test_decimals_beyond_the_minor_unit_are_refused_and_not_rounded() -> None:
    with pytest.raises(TooPrecise, match="more than 2"):
        Money.of("1.005", "EUR")
    with pytest.raises(TooPrecise, match="more than 0"):
        Money.of("1.5", "JPY")
    assert Money.of("1.500", "EUR") == Money.of("1.5", "EUR")


def test_rates_keep_twelve_places_and_refuse_the_thirteenth() -> None:
    assert str(Rate.of("0.000000000001", "USD")) == "0.000000000001 USD"
    with pytest.raises(TooPrecise):
        Rate.of("0.0000000000001", "USD")


def test_no_float_comes_in_by_any_door() -> None:
    floating: Any = 0.5
    doors: list[Callable[[], object]] = [
        lambda: Money(floating, EUR),
        lambda: Money.of(floating, EUR),
        lambda: Money(1, EUR) * floating,
        lambda: Rate.of(floating, EUR),
        lambda: extend(Rate.of(1, EUR), floating, Rounding.UP),
        lambda: portion(Money(1, EUR), floating, Rounding.UP),
        lambda: allocate(Money(1, EUR), [floating]),
        lambda: cumulative([floating], EUR, Rounding.UP),
        lambda: FxRate(EUR, USD, MONDAY, floating),
    ]
    for door in doors:
        with pytest.raises(TypeError):
            door()


@given(st.decimals(min_value=0, max_value=1000, places=12), st.integers(0, 10**7), roundings)
def test_an_extended_price_is_the_exact_product_rounded_once(price: Decimal, quantity: int, rounding: Rounding) -> None:
    extended = extend(Rate(price, USD), quantity, rounding)
    assert extended.minor == rounding.whole(Fraction(price) * quantity * 100)


@given(euros, st.fractions(min_value=0, max_value=1, max_denominator=1000))
def test_a_portion_rounded_down_and_the_rest_make_the_whole(amount: Money, share: Fraction) -> None:
    part = portion(amount, share, Rounding.DOWN)
    assert abs(part) <= abs(amount)
    assert abs((amount - part).minor - amount.minor * (1 - share)) < 1


@given(euros, st.fractions(min_value=Fraction(1, 500), max_value=500, max_denominator=10**6))
def test_converting_there_and_back_loses_less_than_the_rounding(amount: Money, price: Fraction) -> None:
    rate = FxRate(EUR, USD, MONDAY, price)
    there = convert(amount, rate=rate, to=USD, rounding=Rounding.HALF_EVEN)
    assert abs(there.amount - amount.amount * price) <= Fraction(1, 200)
    back = convert(there, rate=rate, to=EUR, rounding=Rounding.HALF_EVEN)
    assert abs(back.amount - amount.amount) <= Fraction(1, 200) / price + Fraction(1, 200)


def test_a_rate_about_other_currencies_is_refused() -> None:
    rate = FxRate.of("EUR", "USD", MONDAY, "1.10")
    for amount, to in [(Money.of("1", "GBP"), USD), (Money.of("1", "EUR"), GBP), (Money.of("1", "EUR"), EUR)]:
        with pytest.raises(WrongRate):
            convert(amount, rate=rate, to=to, rounding=Rounding.HALF_UP)
    with pytest.raises(WrongRate):
        rate.through(FxRate.of("GBP", "JPY", MONDAY, "190"))


def test_the_newest_rate_that_is_not_too_old_counts() -> None:
    thursday, friday = MONDAY - timedelta(4), MONDAY - timedelta(3)
    rates = [FxRate.of("EUR", "USD", thursday, "1.08"), FxRate.of("EUR", "USD", friday, "1.09")]

    def found(day: date, base: Currency = EUR, quote: Currency = USD) -> FxRate | None:
        return rate_on(day, base, quote, rates=rates, pivot=EUR)

    assert found(MONDAY) == rates[1]
    assert found(thursday) == rates[0]
    assert found(MONDAY, USD, EUR) == rates[1].inverse()
    assert found(thursday - timedelta(1)) is None  # a later rate was not known then
    assert found(friday + timedelta(7)) == rates[1]
    assert found(friday + timedelta(8)) is None
    assert found(MONDAY, EUR, JPY) is None


def test_a_cross_rate_goes_over_the_pivot_and_carries_the_older_day() -> None:
    friday = MONDAY - timedelta(3)
    rates = [FxRate.of("EUR", "USD", MONDAY, "1.10"), FxRate.of("EUR", "GBP", friday, "0.88")]
    cross = rate_on(MONDAY, USD, GBP, rates=rates, pivot=EUR)
    assert cross == FxRate(USD, GBP, friday, Fraction(4, 5))  # 0.88 / 1.10
    assert rate_on(MONDAY, USD, GBP, rates=rates, pivot=JPY) is None


def test_refusals_are_problems_with_a_code_of_their_room() -> None:
    for refusal in (CannotAllocate, MixedCurrencies, TooPrecise, UnknownCurrency, UnreadableAmount, WrongRate):
        assert issubclass(refusal, Problem)
        assert refusal.code.startswith("money.")
