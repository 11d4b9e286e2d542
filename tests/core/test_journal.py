"""The journal balances in every currency, whatever is posted, split, exchanged or reversed."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caudal.core.journal import (
    Entry,
    Nature,
    Posting,
    TooShort,
    Unbalanced,
    balance_of,
    balances,
    exchange,
    is_balanced,
    move,
    split,
)
from caudal.core.money import Currency, Money

FEW = settings(max_examples=10)
EUR, JPY = Currency("EUR"), Currency("JPY")
DAY = date(2024, 1, 1)

accounts = st.sampled_from(["cash", "receivable", "revenue", "tax"])
amounts = st.builds(Money, st.integers(-(10**6), 10**6).filter(bool), st.sampled_from([EUR, JPY]))
entries = st.lists(
    st.builds(move, amounts, debit=accounts, credit=accounts, day=st.just(DAY))
    | st.builds(
        split,
        amounts,
        debit=accounts,
        credits_by_weight=st.dictionaries(accounts, st.integers(1, 9), min_size=1),
        day=st.just(DAY),
    )
    | st.builds(
        exchange, amounts, amounts, paid_from=accounts, paid_to=accounts, through=st.just("exchange"), day=st.just(DAY)
    ),
    max_size=5,
)


@FEW
@given(entries)
def test_all_accounts_of_a_currency_sum_to_zero_and_what_is_reversed_is_gone(posted: list[Entry]) -> None:
    assert is_balanced(posted, EUR)
    assert is_balanced(posted, JPY)
    undone = [entry.reversed(DAY, str(number)) for number, entry in enumerate(posted)]
    assert not any(balances([*posted, *undone]).values())
    assert [entry.reverses for entry in undone] == [str(number) for number in range(len(posted))]


def test_an_entry_that_does_not_balance_is_refused() -> None:
    euro, yen = Money(100, EUR), Money(100, JPY)
    with pytest.raises(Unbalanced, match=r"0\.01 EUR"):
        Entry(DAY, (Posting("cash", euro), Posting("revenue", Money(-99, EUR))))
    with pytest.raises(Unbalanced):
        Entry(DAY, (Posting("cash", euro), Posting("revenue", -yen)))
    for postings in (
        (Posting("cash", Money(0, EUR)),),
        (Posting("cash", Money(0, EUR)), Posting("tax", Money(0, EUR))),
    ):
        with pytest.raises(TooShort):
            Entry(DAY, postings)


def test_balances_are_those_of_a_day_and_told_as_people_say_them() -> None:
    posted = [
        move(Money(500, EUR), debit="cash", credit="revenue", day=DAY),
        move(Money(300, EUR), debit="cash", credit="revenue", day=date(2024, 2, 1)),
    ]
    assert balance_of(posted, "cash", EUR).minor == 800
    assert balance_of(posted, "cash", EUR, until=date(2024, 2, 1)).minor == 500
    assert balance_of(posted, "cash", JPY).minor == 0
    assert Nature.INCOME.natural(balance_of(posted, "revenue", EUR)).minor == 800
    assert Nature.ASSET.natural(balance_of(posted, "cash", EUR)).minor == 800
