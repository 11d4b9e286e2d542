"""The laws of explained gaps: contributions sum to the gap exactly, and say nothing where nothing changed."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from caudal.core.forecast import Past, by_ratio, by_step
from caudal.core.metrics import METRICS, REGISTRY, Share, by_factor, by_mix_and_rate, by_segment, factor_ids

numbers = st.fractions(min_value=-(10**7), max_value=10**7, max_denominator=100)
amounts = st.fractions(min_value=0, max_value=10**7, max_denominator=100)
segments = st.dictionaries(st.sampled_from("abcde"), numbers, max_size=5)
shares = st.dictionaries(
    st.sampled_from("abcde"), st.builds(Share, above=numbers, below=amounts), min_size=1, max_size=5
).filter(lambda found: any(share.below for share in found.values()))
pairs = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=5)


@settings(max_examples=8, deadline=None)
@given(before=segments, after=segments)
def test_the_segments_of_a_sum_add_up_to_its_gap(before: dict[str, Fraction], after: dict[str, Fraction]) -> None:
    found = by_segment(before, after)
    assert sum(each.amount for each in found) == sum(after.values()) - sum(before.values())
    assert {each.key for each in found} == before.keys() | after.keys()


@settings(max_examples=8, deadline=None)
@given(before=shares, after=shares)
def test_mix_and_rate_of_a_ratio_add_up_to_its_gap(before: dict[str, Share], after: dict[str, Share]) -> None:
    def whole(found: dict[str, Share]) -> Fraction:
        above = sum((share.above for share in found.values()), Fraction(0))
        return above / sum((share.below for share in found.values()), Fraction(0))

    found = by_mix_and_rate(before, after)
    assert sum(each.mix + each.rate for each in found) == whole(after) - whole(before)
    assert all(each.amount == each.mix + each.rate for each in found)
    assert not any(each.amount for each in by_mix_and_rate(before, before))


@settings(max_examples=8, deadline=None)
@given(pairs=pairs)
def test_the_factors_of_a_product_add_up_to_its_gap_whatever_their_signs(
    pairs: list[tuple[Fraction, Fraction]],
) -> None:
    before = [(place, old) for place, (old, _) in enumerate(pairs)]
    after = [(place, new) for place, (_, new) in enumerate(pairs)]
    start = end = Fraction(1)
    for old, new in pairs:
        start, end = start * old, end * new
    found = by_factor(before, after)
    assert sum(each.amount for each in found) == end - start
    unmoved = [each.amount for each, (old, new) in zip(found, pairs, strict=True) if old == new]
    # To within the fifty figures of the logarithms, of which the largest factor takes up what is left.
    assert all(abs(amount) <= abs(end - start) / 10**30 for amount in unmoved)


@settings(max_examples=8, deadline=None)
@given(growth=st.fractions(min_value=Fraction(1, 9), max_value=9, max_denominator=50), value=amounts.filter(bool))
def test_factors_that_grew_alike_add_alike(growth: Fraction, value: Fraction) -> None:
    one, other = by_factor([(0, value), (1, Fraction(3))], [(0, value * growth), (1, 3 * growth)])
    assert abs(one.amount - other.amount) <= abs(one.amount) / 10**30


def test_every_factor_is_a_metric_and_products_end() -> None:
    for metric in METRICS:
        assert set(metric.factors) <= REGISTRY.metrics.keys()
        assert metric.id not in factor_ids(metric.id)


positive = st.fractions(min_value=Fraction(1, 10), max_value=10**4, max_denominator=10)
part = st.fractions(min_value=Fraction(1, 20), max_value=1, max_denominator=20)


@settings(max_examples=8, deadline=None)
@given(past=st.lists(st.builds(Past, positive, part, positive), max_size=14), actual=positive, elapsed=part)
def test_an_interval_holds_its_projection_and_says_how_often_it_holds(
    past: list[Past], actual: Fraction, elapsed: Fraction
) -> None:
    found = by_ratio(actual, elapsed, past)
    assert (found is None) == (len(past) < 3)
    if found is not None:
        assert found.low <= found.middle == actual / elapsed <= found.high
        inside = sum(found.low <= found.middle * each.final * each.elapsed / each.then <= found.high for each in past)
        # Between the ends lie as many of the earlier ones as it says, and one more for the next.
        assert Fraction(inside, len(past)) >= found.holds
        assert found.holds == Fraction(4, 5) or len(past) != 9


def test_a_level_that_never_moved_stays_where_it_is() -> None:
    found = by_step(Fraction(3), [Fraction(3)] * 5)
    assert found is not None
    assert {found.low, found.middle, found.high} == {Fraction(3)}
    assert found.seen == 4
