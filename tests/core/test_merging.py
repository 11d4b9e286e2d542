"""Three-way merges: nothing that anybody changed is lost, and what collides is said."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from caudal.core.merging import ABSENT, Merge, merge

FIELDS = st.sampled_from(["amount", "stage", "owner", "tags"])
RECORDS = st.dictionaries(FIELDS, st.integers(0, 3))


@given(RECORDS, RECORDS)
def test_whoever_is_alone_gets_what_they_made(base: dict[str, int], made: dict[str, int]) -> None:
    assert merge(base, base, made).result(base) == made
    assert merge(base, made, base).result(base) == made
    assert merge(base, made, made).result(base) == made
    assert merge(base, base, made).is_clean


@given(RECORDS, RECORDS, RECORDS)
def test_the_two_sides_are_treated_alike(base: dict[str, int], one: dict[str, int], other: dict[str, int]) -> None:
    there, back = merge(base, one, other), merge(base, other, one)
    assert (there.ours, there.theirs, there.agreed) == (back.theirs, back.ours, back.agreed)
    assert there.collisions.keys() == back.collisions.keys()


@given(RECORDS, RECORDS, RECORDS)
def test_every_change_is_somewhere_and_nothing_else(
    base: dict[str, int], one: dict[str, int], other: dict[str, int]
) -> None:
    found: Merge[str] = merge(base, one, other)
    names = {*base, *one, *other}
    changed = {name for name in names if not base.get(name, ABSENT) == one.get(name, ABSENT) == other.get(name, ABSENT)}
    parts = [found.ours, found.theirs, found.agreed, found.collisions]
    assert sorted(name for part in parts for name in part) == sorted(changed)
    for name in names - found.collisions.keys():
        result = found.result(base).get(name, ABSENT)
        assert result in (one.get(name, ABSENT), other.get(name, ABSENT))
        for side in (one, other):
            value: Any = side.get(name, ABSENT)
            assert value == base.get(name, ABSENT) or result == value


@given(RECORDS, RECORDS, RECORDS)
def test_a_clean_merge_is_one_change_after_the_other_in_either_order(
    base: dict[str, int], one: dict[str, int], other: dict[str, int]
) -> None:
    found = merge(base, one, other)
    if found.is_clean:
        again = merge(base, found.result(base), other)
        assert again.result(base) == found.result(base) == merge(base, other, one).result(base)


@given(RECORDS, RECORDS, RECORDS, st.sets(FIELDS))
def test_decided_collisions_hold_what_was_decided(
    base: dict[str, int], one: dict[str, int], other: dict[str, int], for_theirs: set[str]
) -> None:
    found = merge(base, one, other)
    done = found.decided(for_theirs)
    assert done.is_clean
    for name in found.collisions:
        side = one if name in for_theirs else other
        assert done.result(base).get(name, ABSENT) == side.get(name, ABSENT)
