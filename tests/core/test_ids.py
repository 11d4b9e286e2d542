"""Ids: sorted by instant, read back exactly, refused when they are not what was asked for."""

import re
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caudal.core.ids import ALPHABET, LENGTH, NotAnId, Ref, uuid7

instants = st.datetimes(datetime(1970, 1, 1), datetime(2500, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  bounds
entropies = st.integers(0, 2**90)
kinds = st.sampled_from(["deal", "lead", "journal_entry", "x", "a_b_c"])
refs = st.builds(Ref, kinds, st.uuids())


@given(instants, entropies)
def test_an_id_is_a_version_7_uuid_of_its_millisecond(at: datetime, entropy: int) -> None:
    made = uuid7(at=at, entropy=entropy)
    assert (made.version, made.variant) == (7, RFC_4122)
    milliseconds = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert made.int >> 80 == milliseconds


@given(instants, entropies, entropies)
def test_a_later_millisecond_sorts_later_whatever_the_entropy(at: datetime, one: int, other: int) -> None:
    assert uuid7(at=at, entropy=one) < uuid7(at=at + timedelta(milliseconds=1), entropy=other)


@given(instants, st.integers(0, 2**74 - 1), st.integers(0, 2**74 - 1))
def test_every_bit_of_the_entropy_counts(at: datetime, one: int, other: int) -> None:
    assert (uuid7(at=at, entropy=one) == uuid7(at=at, entropy=other)) == (one == other)


@given(refs)
def test_a_public_id_reads_back(ref: Ref) -> None:
    assert Ref.parse(str(ref)) == ref
    assert Ref.parse(str(ref), kind=ref.kind) == ref


@given(st.uuids(), st.uuids())
def test_public_ids_of_a_kind_sort_like_their_uuids(one: UUID, other: UUID) -> None:
    assert (str(Ref("deal", one)) < str(Ref("deal", other))) == (one < other)


@given(st.text(max_size=20))
def test_any_other_text_is_refused_and_named(text: str) -> None:
    with pytest.raises(NotAnId, match=re.escape(f"“{text}”")):
        Ref.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "deal",
        "_" + "0" * LENGTH,
        "deal_" + "0" * (LENGTH - 1),
        "deal_" + "0" * (LENGTH + 1),
        "deal_" + "u" * LENGTH,  # not a letter of the alphabet
        "deal_" + "Z" * LENGTH,
        "deal_" + "z" * LENGTH,  # 130 bits
    ],
)
def test_texts_that_are_no_id_are_refused(text: str) -> None:
    with pytest.raises(NotAnId):
        Ref.parse(text)


def test_an_id_of_another_kind_is_not_found() -> None:
    deal = Ref("deal", UUID(int=7))
    with pytest.raises(NotAnId, match="is no id of the kind that belongs here") as refusal:
        Ref.parse(str(deal), kind="lead")
    assert refusal.value.status == 404


def test_the_alphabet_has_no_letters_that_look_like_digits() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 32
    assert not set("ilou") & set(ALPHABET)
