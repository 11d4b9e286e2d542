"""Prices: one algebra of tiers, and the figures that those who bill for a living print in their own documents and tests."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caudal.core.errors import Problem
from caudal.core.money import Currency, Money, Rate, Rounding, TooPrecise, UnreadableAmount, total
from caudal.core.pricing import (
    Adjustment,
    AmbiguousRow,
    BadDiscount,
    BadGuard,
    BeyondTiers,
    Bracket,
    Carried,
    Commitment,
    CrossedLimits,
    Discount,
    DynamicPrice,
    Effect,
    EventPrice,
    Guard,
    MatrixPrice,
    Mode,
    NegativeQuantity,
    NoRow,
    PercentagePrice,
    PriceDecision,
    Row,
    Stage,
    Tier,
    TierPrice,
    UnreadableTiers,
    ZeroUsage,
    check_brackets,
    check_matrix,
    check_price,
    decide,
    difference,
    discounted,
    flat,
    package,
    per_unit,
    spread,
    stairstep,
    tiers_of,
)

EUR = Currency("EUR")
HALF_UP = Rounding.HALF_UP
FEW = settings(max_examples=10)


def tiers(*rows: tuple[str | None, str, str]) -> tuple[Tier, ...]:
    """Tiers of (up to, price of a unit, flat part)."""
    return tuple(
        Tier(None if up_to is None else Decimal(up_to), Decimal(unit), Decimal(flat_part))
        for up_to, unit, flat_part in rows
    )


LAGO = tiers(("10", "10", "2"), ("20", "5", "3"), (None, "5", "3"))
LAGO_VOLUME = tiers(("100", "2", "10"), ("200", "1", "0"), (None, "0.5", "50"))
LAGO_PERCENT = tiers(("10", "0.01", "200"), ("20", "0.02", "300"), (None, "0.03", "400"))
OPENMETER = tiers(("5", "0", "100"), ("10", "0", "50"), ("15", "5", "0"), (None, "1", "0"))
STRIPE = tiers(("5", "7", "0"), ("10", "6.5", "0"), (None, "6", "0"))
ZUPLO = tiers(("1000", "0.10", "0"), ("10000", "0.05", "0"), (None, "0.01", "0"))
KILL_BILL = tuple(
    Tier(up_to, unit=Decimal(price), block=size)
    for up_to, size, price in [(1000, 100, "1"), (101_000, 1000, "1"), (None, 1000, "0.5")]
)
G, V = Mode.GRADUATED, Mode.VOLUME

# Where the figures are from: Lago, spec/services/charge_models and guide/plans/charges; OpenMeter, billing/rating/service/rate;
# Stripe, subscriptions/pricing-models; Zuplo, monetization/pricing-models; Kill Bill, TestContiguousIntervalConsumableInArrear.
PRINTED = [
    ("Lago", LAGO, G, "0", "2"),
    ("Lago", LAGO, G, "10", "102"),
    ("Lago", LAGO, G, "11", "110"),
    ("Lago", LAGO, G, "12", "115"),
    ("Lago", LAGO_PERCENT, G, "11", "500.12"),
    ("Lago", LAGO_PERCENT, G, "21", "900.33"),
    ("Lago", LAGO_VOLUME, V, "1", "12"),
    ("Lago", LAGO_VOLUME, V, "100.5", "100.5"),  # between 100 and 101: the upper tier
    ("Lago", LAGO_VOLUME, V, "200", "200"),
    ("Lago", LAGO_VOLUME, V, "300", "200"),
    ("OpenMeter", OPENMETER, G, "22", "182"),
    ("Stripe", STRIPE, V, "6", "39"),
    ("Stripe", STRIPE, V, "20", "120"),
    ("Stripe", STRIPE, G, "5", "35"),
    ("Zuplo", ZUPLO, G, "15000", "600"),
    ("Zuplo", ZUPLO, V, "15000", "150"),
    ("Kill Bill", KILL_BILL, G, "5325", "15"),
    ("Kill Bill", KILL_BILL, V, "101000", "101"),
    ("Kill Bill", KILL_BILL, V, "101001", "51"),
]

numbers = st.integers(0, 10**7) | st.fractions(0, 10**4, max_denominator=1000)
cents = st.integers(0, 10**6).map(lambda size: Decimal(size) / 100)


@st.composite
def prices(draw: st.DrawFn) -> TierPrice:
    ends = sorted(draw(st.sets(st.integers(1, 10**5), max_size=4)))
    blocks = st.none() | st.integers(1, 500)
    rows = [Tier(end, draw(cents), draw(cents), draw(blocks)) for end in [*ends, None]]
    return TierPrice(EUR, tuple(rows), draw(st.sampled_from(Mode)))


@pytest.mark.parametrize(("source", "rows", "mode", "quantity", "amount"), PRINTED)
def test_printed_figures_of_tiers_come_out(
    source: str, rows: tuple[Tier, ...], mode: Mode, quantity: str, amount: str
) -> None:
    assert TierPrice(EUR, rows, mode).amount(Decimal(quantity)) == Fraction(amount), source


def test_flat_per_unit_package_and_stairstep_are_tiers() -> None:
    assert flat("99", "EUR").money(7, HALF_UP).major == "99.00"
    assert per_unit("0.05", "EUR").money(1000, HALF_UP).major == "50.00"  # Lago, standard
    assert per_unit("0.0088", "EUR").money(16000, HALF_UP).major == "140.80"
    assert package("5", "EUR", size=100, free=100).amount(201) == 10  # Lago: a started package counts
    assert package("1.25", "EUR", size=1_000_000).amount(1_500_000) == Fraction("2.5")  # Chargebee
    steps = stairstep([(10, "50"), (None, "90")], "EUR")
    assert [steps.amount(units) for units in (1, 10, 11, 10**12)] == [50, 50, 90, 90]
    assert per_unit("0.000000000001", "JPY").money(10**12, HALF_UP).minor == 1
    assert per_unit("0.0005", "KWD").money(1, HALF_UP).major == "0.001"


@pytest.mark.parametrize(
    ("zero_usage", "amount"), [(ZeroUsage.FIRST_FLAT, 2), (ZeroUsage.NOTHING, 0), (ZeroUsage.ONE_BLOCK, 12)]
)
def test_what_no_usage_costs_is_said_with_the_price(zero_usage: ZeroUsage, amount: int) -> None:
    price = TierPrice(EUR, LAGO, zero_usage=zero_usage)
    assert price.amount(0) == sum(part.amount for part in price.parts(0)) == amount


@FEW
@given(prices(), numbers, numbers)
def test_parts_sum_to_the_price_and_what_was_booked_and_the_difference_to_what_is_right(
    price: TierPrice, before: Fraction, after: Fraction
) -> None:
    assert sum(part.amount for part in price.parts(after)) == price.amount(after)
    deltas = difference(price.parts(after), price.parts(before))
    assert price.amount(before) + sum(part.amount for part in deltas) == price.amount(after)
    assert difference(price.parts(after), price.parts(after)) == ()
    graduated = TierPrice(EUR, price.tiers)  # its totals never fall
    assert graduated.amount(min(before, after)) <= graduated.amount(max(before, after))


def test_what_cannot_be_priced_is_refused() -> None:
    ended = TierPrice(EUR, tiers(("10", "1", "0")))
    refused: list[tuple[type[Problem], Callable[[], object]]] = [
        (NegativeQuantity, lambda: ended.amount(-1)),
        (NegativeQuantity, lambda: PercentagePrice(EUR, Decimal(1)).fees([-1])),
        (BeyondTiers, lambda: ended.amount(11)),
        (BeyondTiers, lambda: ended.parts(Decimal("10.5"))),
        (UnreadableTiers, lambda: TierPrice(EUR, ())),
        (UnreadableTiers, lambda: TierPrice(EUR, tiers(("10", "1", "0"), ("10", "2", "0")))),
        (UnreadableTiers, lambda: TierPrice(EUR, tiers((None, "1", "0"), ("10", "2", "0")))),
        (UnreadableTiers, lambda: Tier(block=0)),
        (TooPrecise, lambda: Tier(unit=Decimal("0.0000000000001"))),
        (UnreadableAmount, lambda: Tier(unit=Decimal("1E999999999"))),
        (BadDiscount, lambda: Discount(percent=Decimal(101))),
        (BadDiscount, lambda: Discount(percent=Decimal(1), amount=1)),
        (BadDiscount, Discount),
        (CrossedLimits, lambda: Commitment(Money(2, EUR), Money(1, EUR))),
        (BadGuard, lambda: Guard(Decimal(2), Decimal(1))),
    ]
    for problem, ask in refused:
        with pytest.raises(problem):
            ask()


# Lago, percentage_service_spec: 1.3 % and 2.00 each, of four transactions of 50, 100, 250 and 400.
@pytest.mark.parametrize(
    ("free_count", "free_amount", "amount", "free"),
    [
        (3, 250, "11.15", 2),  # (800 − 250) × 1.3 % + 2 × 2.00: the money ends first
        (None, 250, "11.15", 2),
        (3, None, "7.2", 3),  # (800 − 400) × 1.3 % + 2.00: the count ends first
        (3, 500, "7.2", 3),
        (None, None, "18.4", 0),
        (5, None, "0", 4),
    ],
)
def test_free_transactions_end_with_the_first_allowance_that_does(
    free_count: int | None, free_amount: int | None, amount: str, free: int
) -> None:
    price = PercentagePrice(EUR, Decimal("1.3"), Decimal(2), free_count, free_amount)
    fees = price.fees([50, 100, 250, 400])
    assert price.amount([50, 100, 250, 400]) == sum(fee.total for fee in fees) == Fraction(amount)
    assert sum(not fee.paid for fee in fees) == free


# Lago, the same spec: 2.99 % of 10, 80 and 10,000, at least 1.75 and at most 12 a transaction.
@pytest.mark.parametrize(
    ("fixed", "free_count", "free_amount", "amount"),
    [
        ("0", None, None, "16.142"),  # 1.75 + 2.392 + 12
        ("2", None, None, "18.691"),  # 2.299 (10 × 2.99 % + 2 is above the least) + 4.392 + 12
        ("0", 2, None, "12"),
        ("0", None, 30, "13.794"),  # (10 + 80 − 30) × 2.99 % + 12
        ("0", 3, 10_000, "2.691"),
    ],
)
def test_limits_hold_for_the_percentage_and_the_fixed_part_together(
    fixed: str, free_count: int | None, free_amount: int | None, amount: str
) -> None:
    price = PercentagePrice(EUR, Decimal("2.99"), Decimal(fixed), free_count, free_amount, Decimal("1.75"), 12)
    assert price.amount([10, 80, 10_000]) == Fraction(amount)


def test_events_carry_their_price_and_without_units_there_is_none_of_a_unit() -> None:
    price: EventPrice = DynamicPrice(EUR, Decimal("1.5"))
    assert isinstance(price, DynamicPrice)
    events = [Carried(2, 10), Carried(3, Decimal("0.5"))]
    assert price.amount(events) == Fraction("15.75")
    assert price.unit_price(events) == Fraction("3.15")
    assert price.unit_price([]) is None


def test_the_most_specific_row_counts_and_two_equal_ones_are_refused() -> None:
    spain = Row("Spain", per_unit("2", "EUR"), {"country": frozenset({"ES", "PT"})})
    letters = Row("letters", per_unit("3", "EUR"), {"kind": frozenset({"letter"})})
    both = Row("Spanish letters", per_unit("1", "EUR"), {**spain.where, **letters.where})
    rest = Row("rest", per_unit("9", "EUR"), {})
    whole = MatrixPrice((rest, spain, letters, both))
    assert [whole.row(given).name for given in ({}, {"country": "ES"}, {"country": "ES", "kind": "letter"})] == [
        "rest",
        "Spain",
        "Spanish letters",
    ]
    assert check_matrix(whole) == ()
    torn = MatrixPrice((spain, letters))
    assert [finding.code for finding in check_matrix(torn)] == ["pricing.ambiguous"]
    with pytest.raises(AmbiguousRow, match="Spain"):
        torn.row({"country": "ES", "kind": "letter"})
    with pytest.raises(NoRow, match="country FR"):
        torn.row({"country": "FR"})


def test_all_that_is_odd_about_a_price_list_is_said_at_once() -> None:
    volume = TierPrice(EUR, tiers(("5", "0", "100"), ("10", "0", "150"), ("15", "10", "0"), (None, "5", "0")), V)
    codes = [finding.code for finding in check_price(volume, "documents")]
    # 10 cost 150 and 11 cost 110; 15 cost 150 and 16 cost 80 (OpenMeter's own example); no usage costs 100
    assert codes == ["pricing.zero_costs", "pricing.total_falls", "pricing.unit_rises", "pricing.total_falls"]
    assert "16 cost 80 EUR" in str(check_price(volume)[-1])
    assert [finding.code for finding in check_price(TierPrice(EUR, tiers(("5", "1", "0"))))] == ["pricing.ends"]
    assert check_price(TierPrice(EUR, ZUPLO)) == ()
    brackets = [Bracket(0, 10, Tier()), Bracket(11, 20, Tier()), Bracket(21, None, Tier(unit=Decimal(1)))]
    assert check_brackets(brackets) == ()
    assert [tier.up_to for tier in tiers_of(brackets)] == [10, 20, None]
    assert [finding.code for finding in check_brackets([brackets[2], brackets[1]])] == [
        "pricing.overlap",
        "pricing.ends",
    ]


discount_lists = st.lists(
    st.builds(Discount, percent=st.integers(0, 100).map(Decimal))
    | st.builds(Discount, amount=st.integers(0, 300).map(lambda size: Decimal(size) / 10)),
    max_size=4,
)


@FEW
@given(st.integers(0, 10**6), discount_lists, st.randoms(use_true_random=False))
def test_the_order_in_which_discounts_come_changes_nothing(
    size: int,
    discounts: list[Discount],
    chance: Random,
) -> None:
    price, mixed = Money(size, EUR), list(discounts)
    chance.shuffle(mixed)
    left = discounted(price, discounts, HALF_UP)
    assert left == discounted(price, mixed, HALF_UP)
    assert 0 <= left.minor <= size


def test_discounts_come_out_as_printed_and_split_without_losing_a_cent() -> None:
    hundred = Money.of("100", "EUR")
    assert discounted(hundred, [Discount(amount=80), Discount(amount=50)], HALF_UP).minor == 0  # Meteroid: capped
    # KPMG: 10 off 20, 30 and 40 leaves 18, 27 and 35 (whole units, largest remainder)
    yen = [Money(size, Currency("JPY")) for size in (20, 30, 40)]
    assert [(price - off).minor for price, off in zip(yen, spread(yen, Money(10, Currency("JPY"))), strict=True)] == [
        18,
        27,
        35,
    ]


def test_limits_are_settled_on_totals() -> None:
    limits = Commitment(Money.of("100", "EUR"), Money.of("170", "EUR"))
    assert limits.settled([Money.of("30", "EUR"), Money.of("20", "EUR")]).major == "100.00"
    assert limits.settled([Money.of("160", "EUR"), Money.of("20", "EUR")]).major == "170.00"
    assert not limits.settle([Money.of("30", "EUR")], last=False).true_up
    # OpenMeter: 16 of 15 each are 165 by now, 90 were billed, 100 is the most: 10 of these 75 are due
    assert (
        Commitment(maximum=Money(10_000, EUR)).settle([Money(7500, EUR)], booked=Money(9000, EUR)).off[0].minor == 6500
    )


adjustments = st.lists(
    st.builds(
        Adjustment,
        st.sampled_from(["a", "b", "c", "d"]),
        st.sampled_from([Stage.TERM, Stage.SEGMENT, Stage.PROMOTION]),
        st.sampled_from(Effect),
        st.integers(-90, 90).map(Decimal),
        st.sampled_from(["", "one", "two"]),
        st.integers(0, 2),
    ),
    max_size=4,
)


@FEW
@given(adjustments, st.integers(0, 500), st.sampled_from([None, Decimal("0.05"), Decimal(5)]))
def test_a_waterfall_adds_up_keeps_its_guard_and_does_not_depend_on_the_order_of_rules(
    rules: list[Adjustment], floor: int, multiple: Decimal | None
) -> None:
    guard = Guard(Decimal(floor), Decimal(600))
    found = decide(Rate.of("100", "EUR"), rules, guard=guard, multiple=multiple)
    assert found.steps[0].name == "catalogue"
    assert sum(step.delta for step in found.steps) == found.price.amount
    assert guard.floor is not None
    assert guard.floor <= found.price.amount <= 600
    for mixed in list(permutations(rules))[:6]:
        assert decide(Rate.of("100", "EUR"), mixed, guard=guard, multiple=multiple) == found


def test_a_decision_is_kept_as_texts_and_uses_one_rule_of_a_group() -> None:
    rules = [
        Adjustment("ten", Stage.PROMOTION, Effect.PERCENT, Decimal(-10), "promotion", 1),
        Adjustment("half", Stage.PROMOTION, Effect.PERCENT, Decimal(-50), "promotion"),
    ]
    decision = decide(Rate.of("100", "EUR"), rules)
    assert PriceDecision.from_json(decision.to_json()) == decision
    assert decision.to_json() == {
        "price": "90.00",
        "currency": "EUR",
        "steps": [
            {"name": "catalogue", "stage": "catalogue", "before": "0", "after": "100"},
            {"name": "ten", "stage": "promotion", "before": "100", "after": "90.00"},
        ],
    }
    assert total([], EUR).minor == 0
