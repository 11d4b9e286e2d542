"""Rating: a function of what was known, whatever the order, the batches and the pieces; and what late usage still owes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caudal.core.money import Currency, Money, Rounding, TooPrecise, total
from caudal.core.periods import Period
from caudal.core.pricing import Commitment, Discount, Mode, NegativeQuantity, Tier, TierPrice, per_unit
from caudal.core.rating import (
    Aggregation,
    ConflictingUsage,
    LineKind,
    Meter,
    RatedLine,
    Rating,
    TornWindows,
    Usage,
    UsageFact,
    UsageTerms,
    known_usage,
    rate,
    rate_quantities,
    still_due,
)

FEW = settings(max_examples=10)
EUR = Currency("EUR")
MAY = Period(datetime(2024, 5, 1, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC))
LATER = MAY.end + timedelta(days=40)


def day(number: int) -> datetime:
    return MAY.start + timedelta(days=number - 1)


def fact(name: str, at: int, quantity: int | None, *, recorded: int | None = None, corrects: str = "") -> UsageFact:
    """An event of a day of May that was recorded on another day, counted from 1 May."""
    return UsageFact("api", name, day(at), day(at if recorded is None else recorded), quantity, name, corrects)


TIERS = (
    Tier(100, unit=Decimal("0.105")),
    Tier(1000, unit=Decimal("0.0733"), flat=Decimal(3)),
    Tier(unit=Decimal("0.01")),
)

terms_of = st.builds(
    UsageTerms,
    st.just("documents"),
    st.sampled_from([Meter(Aggregation.SUM), Meter(Aggregation.COUNT), Meter(Aggregation.MAXIMUM)]),
    st.builds(TierPrice, st.just(EUR), st.just(TIERS), st.sampled_from(Mode)),
    allowance=st.integers(0, 50),
    discounts=st.sampled_from([(), (Discount(percent=Decimal(10)), Discount(amount=Decimal("1.50")))]),
    commitment=st.sampled_from(
        [Commitment(), Commitment(Money(1000, EUR), Money(9000, EUR)), Commitment(minimum=Money(5000, EUR))]
    ),
)


@st.composite
def histories(draw: st.DrawFn) -> list[UsageFact]:
    """Events with late ones, and corrections of some."""
    count = draw(st.integers(0, 6))
    facts = [
        fact(f"e{number}", draw(st.integers(1, 31)), draw(st.integers(0, 900)), recorded=draw(st.integers(1, 60)))
        for number in range(count)
    ]
    for number in range(draw(st.integers(0, 2)) if facts else 0):
        one = draw(st.sampled_from(facts))
        quantity = draw(st.none() | st.integers(0, 900))
        facts.append(
            fact(f"c{number}", draw(st.integers(1, 31)), quantity, recorded=draw(st.integers(1, 60)), corrects=one.id)
        )
    return facts


@FEW
@given(terms_of, histories(), st.lists(st.integers(2, 31), max_size=3, unique=True), st.randoms(use_true_random=False))
def test_order_batches_duplicates_and_pieces_change_nothing(
    terms: UsageTerms, facts: list[UsageFact], cuts: list[int], chance: Random
) -> None:
    whole = rate(terms, facts, MAY, as_of=LATER)
    mixed = [*facts, *facts[:2]]
    chance.shuffle(mixed)
    assert rate(terms, mixed, MAY, as_of=LATER) == whole
    starts = [MAY.start, *(day(cut) for cut in sorted(cuts)), MAY.end]
    pieces = [Period(start, end) for start, end in pairwise(starts)]
    assert rate(terms, facts, MAY, as_of=LATER, windows=pieces).total == whole.total


@FEW
@given(terms_of, histories(), st.lists(st.integers(1, 60), max_size=4), st.lists(st.integers(2, 31), unique=True))
def test_all_documents_of_a_period_together_are_its_rating_and_without_news_there_is_none(
    terms: UsageTerms, facts: list[UsageFact], watermarks: list[int], cuts: list[int]
) -> None:
    starts = [MAY.start, *(day(cut) for cut in sorted(cuts)), MAY.end]
    pieces = [Period(start, end) for start, end in pairwise(starts)]
    booked: list[RatedLine] = []
    for number, watermark in enumerate([*sorted(watermarks), 71], 1):
        over = watermark == 71
        windows = pieces if over else pieces[:number]  # pieces are billed one by one, and late usage with the next one
        now = rate(terms, facts, MAY, as_of=day(watermark), windows=windows, last=over)
        due = still_due(now, booked)
        had = {line.key.period for line in booked}
        assert all(line.key.period in windows and line.corrects == (line.key.period in had) for line in due)
        booked += due
        assert total((line.amount for line in booked), EUR) == now.total
        assert still_due(now, booked) == ()
        # What was known then is known for ever.
        assert rate(terms, facts, MAY, as_of=day(watermark), windows=windows, last=over) == now
    assert total((line.amount for line in booked), EUR) == rate(terms, facts, MAY, as_of=LATER).total


HALF = (Discount(percent=Decimal(50)),)


# OpenMeter, periodpreserving: 10 each. The third run learns of a fourth unit in the first period: it is billed there, and
# where a maximum was reached, as much is taken back from the second. Only the last run makes up for a minimum.
@pytest.mark.parametrize(
    ("limits", "discounts", "snapshots", "expected"),
    [
        ((None, None), (), ([3], [3, 5], [4, 6, 9]), [{1: "30.00"}, {2: "20.00"}, {1: "10.00", 3: "30.00"}]),
        ((None, 50), (), ([3], [3, 6], [4, 7, 8]), [{1: "30.00"}, {2: "20.00"}, {1: "10.00", 2: "-10.00"}]),
        ((None, 25), HALF, ([3], [3, 6], [4, 7, 7]), [{1: "15.00"}, {2: "10.00"}, {1: "5.00", 2: "-5.00"}]),
        ((100, None), (), ([2], [2, 5], [3, 6, 6]), [{1: "20.00"}, {2: "30.00"}, {1: "10.00", 3: "40.00"}]),
    ],
)
def test_late_usage_is_billed_on_its_own_period_as_printed(
    limits: tuple[int | None, int | None],
    discounts: tuple[Discount, ...],
    snapshots: tuple[list[int], ...],
    expected: list[dict[int, str]],
) -> None:
    commitment = Commitment(*(None if limit is None else Money(limit * 100, EUR) for limit in limits))
    terms = UsageTerms("units", Meter(Aggregation.SUM), per_unit("10", "EUR"), 0, discounts, commitment)
    windows = [Period(day(number), day(number + 1)) for number in (1, 2, 3)]
    booked: list[RatedLine] = []
    runs = []
    for snapshot in snapshots:
        reached = [Fraction(size) for size in snapshot]
        lines = rate_quantities(terms, windows[: len(snapshot)], reached, last=len(snapshot) == 3)
        due = still_due(Rating(lines, LATER, EUR), booked)
        sums = [total((line.amount for line in due if line.key.period == window), EUR) for window in windows]
        runs.append({number: amount.major for number, amount in enumerate(sums, 1) if amount})
        had = {line.key.period for line in booked}
        assert all(line.corrects == (line.key.period in had) for line in due)
        booked += due
    assert runs == expected


# OpenMeter, periodpreserving, volume tiers of 10 up to 15 and 5 beyond: the sixteenth unit comes late or in the second
# period. Either way the price of 10 is taken back where it was paid, and the price of 5 is paid where it was reached.
@pytest.mark.parametrize(
    ("snapshots", "expected"),
    [
        (([15], [15, 16], [15, 16, 16]), [[(1, "10", 15)], [(2, "5", 16), (1, "10", -15)], []]),
        (([15], [15, 15], [16, 16, 16]), [[(1, "10", 15)], [], [(1, "5", 16), (1, "10", -15)]]),
    ],
)
def test_a_price_that_holds_no_more_is_taken_back_where_it_was_paid(
    snapshots: tuple[list[int], ...], expected: list[list[tuple[int, str, int]]]
) -> None:
    price = TierPrice(EUR, (Tier(15, unit=Decimal(10)), Tier(unit=Decimal(5))), Mode.VOLUME)
    terms = UsageTerms("units", Meter(Aggregation.SUM), price)
    windows = [Period(day(number), day(number + 1)) for number in (1, 2, 3)]
    booked: list[RatedLine] = []
    for snapshot, printed in zip(snapshots, expected, strict=True):
        lines = rate_quantities(terms, windows[: len(snapshot)], [Fraction(size) for size in snapshot], last=False)
        due = still_due(Rating(lines, LATER, EUR), booked)
        told = [(windows.index(one.key.period) + 1, str(one.key.price), int(one.quantity)) for one in due]
        assert told == printed
        booked += due


def test_a_price_that_falls_takes_back_what_was_booked_before() -> None:
    # OpenMeter, delta: volume tiers of 10 up to 15 and 5 beyond; 15 and then 16 units
    price = TierPrice(EUR, (Tier(15, unit=Decimal(10)), Tier(unit=Decimal(5))), Mode.VOLUME)
    terms = UsageTerms("units", Meter(Aggregation.SUM), price)
    first, second = (
        Rating(rate_quantities(terms, [MAY], [Fraction(size)], last=True), LATER, EUR) for size in (15, 16)
    )
    due = still_due(second, first.lines)
    assert [(str(line.key.price), int(line.quantity), line.amount.major) for line in due] == [
        ("5", 16, "80.00"),
        ("10", -15, "-150.00"),
    ]


def test_discounts_and_limits_are_worked_out_on_totals() -> None:
    terms = UsageTerms(
        "units",
        Meter(Aggregation.SUM),
        per_unit("1", "EUR"),
        discounts=(Discount(percent=Decimal(10)),),
        commitment=Commitment(Money.of("100", "EUR"), Money.of("200", "EUR")),
    )
    # 80 − 10 % are 72, so 28 make up for the minimum; 300 − 10 % are 270, so 70 are over the maximum.
    few, many = ([fact("a", 3, size)] for size in (80, 300))
    assert [(line.key.kind, line.amount.major) for line in rate(terms, few, MAY, as_of=LATER).lines] == [
        (LineKind.UNIT, "80.00"),
        (LineKind.DISCOUNT, "-8.00"),
        (LineKind.MINIMUM, "28.00"),
    ]
    assert rate(terms, many, MAY, as_of=LATER).total.major == "200.00"
    assert rate(terms, few, MAY, as_of=LATER, windows=[Period(day(1), day(9))], last=False).total.major == "72.00"


def test_a_correction_stands_in_place_of_what_it_names_as_soon_as_it_is_known() -> None:
    facts = [
        fact("a", 2, 10),
        fact("fewer", 2, 7, recorded=10, corrects="a"),
        fact("none", 2, None, recorded=20, corrects="fewer"),
        fact("stray", 2, 99, corrects="unknown"),
    ]
    assert [[int(one.quantity) for one in known_usage(facts, day(at))] for at in (1, 5, 15, 25)] == [[], [10], [7], []]
    rivals = [*facts[:2], fact("more", 2, 12, recorded=11, corrects="a")]
    assert [int(one.quantity) for one in known_usage(rivals, LATER)] == [12]
    with pytest.raises(ConflictingUsage, match="fewer"):
        known_usage([facts[1], fact("fewer", 2, 8, recorded=10, corrects="a")], LATER)


def test_what_cannot_be_rated_is_refused() -> None:
    terms = UsageTerms("units", Meter(Aggregation.SUM), per_unit("1", "EUR"), allowance=5)
    with pytest.raises(NegativeQuantity):
        rate(terms, [fact("a", 2, -1)], MAY, as_of=LATER)
    with pytest.raises(TooPrecise):
        Meter(Aggregation.SUM, Rounding.UP, 31).measure([], MAY, MAY.end)
    with pytest.raises(TornWindows):
        rate(terms, [], MAY, as_of=LATER, windows=[Period(day(1), day(5)), Period(day(6), day(9))])


def test_meters_add_up_as_printed() -> None:
    # Lago, aggregation types: a running sum on average over April, which begins with 2,500
    april = Period(datetime(2023, 4, 1, tzinfo=UTC), datetime(2023, 5, 1, tzinfo=UTC))
    changes = [Usage(april.start + timedelta(days=days), Fraction(size)) for days, size in ((3, -2000), (5, -200))]
    weighted = Meter(Aggregation.WEIGHTED)
    # 2500 × 3/30 + 500 × 2/30 + 300 × 25/30
    assert weighted.measure(changes, april, april.end, carried=2500) == Fraction(1600, 3)
    assert weighted.carried_out(changes, april, carried=2500) == 300
    assert weighted.measure([], april, april.start) == 0
    usage = [Usage(day(2), Fraction(20), "x"), Usage(day(3), Fraction(10), "y"), Usage(day(4), Fraction(15), "x")]
    found = {way: Meter(way).measure(usage, MAY, MAY.end) for way in Aggregation if way is not Aggregation.WEIGHTED}
    assert [int(found[way]) for way in (Aggregation.SUM, Aggregation.COUNT, Aggregation.UNIQUE)] == [45, 3, 2]
    assert [int(found[way]) for way in (Aggregation.MAXIMUM, Aggregation.LATEST)] == [20, 15]
    assert Meter(Aggregation.LATEST).measure([], MAY, MAY.end) == 0
    assert Meter(Aggregation.SUM, Rounding.UP, -1).measure(usage, MAY, MAY.end) == 50
