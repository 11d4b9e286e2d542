"""Double entry: what was posted balances in every currency, and is never changed, only reversed.

An amount is a debit when positive and a credit when negative. Balances are sums of postings, whatever the order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from caudal.core.errors import Problem, msg
from caudal.core.money import Currency, Exact, Money, allocate, total


class Unbalanced(Problem):
    """Debits and credits of a currency differ."""

    code = "journal.unbalanced"
    status = 422
    message = msg("The entry is not balanced: {difference} is missing on one side.")
    hint = msg("Debits and credits of each currency must be the same.")


class TooShort(Problem):
    """An entry needs two sides."""

    code = "journal.too_short"
    status = 422
    message = msg("An entry has at least two lines, and none of zero.")


class Nature(StrEnum):
    """What an account holds, and on which side it grows."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"

    @property
    def grows_by_debit(self) -> bool:
        """Whether a debit is more of it."""
        return self in {Nature.ASSET, Nature.EXPENSE}

    def natural(self, balance: Money) -> Money:
        """A balance as people say it: debt and income as positive numbers.

        >>> Nature.INCOME.natural(Money(-500, Currency("EUR"))).major
        '5.00'
        """
        return balance if self.grows_by_debit else -balance


@dataclass(frozen=True, slots=True)
class Posting:
    """A line of an entry: an amount on an account, debit if positive; `about` are opaque ids (party, document …)."""

    account: str
    amount: Money
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """Postings of one day that balance in every currency. Raises TooShort, Unbalanced.

    >>> Entry(date(2024, 1, 1), (Posting("cash", Money.of("9.99", "EUR")), Posting("income", Money.of("-10", "EUR"))))
    Traceback (most recent call last):
    ...
    caudal.core.journal.Unbalanced: The entry is not balanced: -0.01 EUR is missing on one side. Debits and credits of \
each currency must be the same.
    """

    day: date
    postings: tuple[Posting, ...]
    text: str = ""
    reverses: str = ""

    def __post_init__(self) -> None:
        if len(self.postings) <= 1 or not all(posting.amount for posting in self.postings):
            raise TooShort
        for difference in self.by_currency().values():
            if difference:
                raise Unbalanced(difference=difference)

    def by_currency(self) -> dict[Currency, Money]:
        """The sum of the postings of each currency: zero for every one."""
        sums: dict[Currency, Money] = {}
        for posting in self.postings:
            currency = posting.amount.currency
            sums[currency] = sums.get(currency, Money(0, currency)) + posting.amount
        return sums

    def reversed(self, day: date, name: str, text: str = "") -> "Entry":
        """The entry that undoes it on another day; `name` is what the ledger calls this one."""
        undone = tuple(Posting(one.account, -one.amount, one.about) for one in self.postings)
        return Entry(day, undone, text, reverses=name)


def move(amount: Money, *, debit: str, credit: str, day: date, text: str = "") -> Entry:
    """The entry that takes an amount from one account to another.

    >>> found = move(Money.of("5", "EUR"), debit="a", credit="b", day=date(2024, 1, 1))
    >>> [str(posting.amount) for posting in found.postings]
    ['5.00 EUR', '-5.00 EUR']
    """
    return Entry(day, (Posting(debit, amount), Posting(credit, -amount)), text)


def split(amount: Money, *, debit: str, credits_by_weight: Mapping[str, Exact], day: date, text: str = "") -> Entry:
    """The entry that spreads a credit over accounts by weight, without losing a minor unit. Raises CannotAllocate."""
    parts = allocate(amount, list(credits_by_weight.values()))
    credited = [Posting(account, -part) for account, part in zip(credits_by_weight, parts, strict=True) if part]
    return Entry(day, (Posting(debit, amount), *credited), text)


def exchange(sold: Money, bought: Money, *, paid_from: str, paid_to: str, through: str, day: date) -> Entry:
    """The entry of an exchange of currencies: each balances by itself, through an account that holds what is open.

    >>> sold, bought = Money.of("100", "USD"), Money.of("91.27", "EUR")
    >>> accounts = {"paid_from": "dollars", "paid_to": "euros", "through": "exchange"}
    >>> found = exchange(sold, bought, day=date(2024, 1, 2), **accounts)
    >>> [f"{posting.account} {posting.amount}" for posting in found.postings]
    ['dollars -100.00 USD', 'exchange 100.00 USD', 'euros 91.27 EUR', 'exchange -91.27 EUR']
    """
    postings = (
        Posting(paid_from, -sold),
        Posting(through, sold),
        Posting(paid_to, bought),
        Posting(through, -bought),
    )
    return Entry(day, postings)


def balances(entries: Iterable[Entry], *, until: date | None = None) -> dict[tuple[str, Currency], Money]:
    """The balance of every account in every currency, of all entries before a day (None: of all)."""
    found: dict[tuple[str, Currency], Money] = {}
    for entry in entries:
        if until is None or entry.day < until:
            for posting in entry.postings:
                key = posting.account, posting.amount.currency
                found[key] = found.get(key, Money(0, posting.amount.currency)) + posting.amount
    return found


def balance_of(entries: Iterable[Entry], account: str, currency: Currency, *, until: date | None = None) -> Money:
    """The balance of one account in a currency; zero if nothing was posted."""
    return balances(entries, until=until).get((account, currency), Money(0, currency))


def is_balanced(entries: Sequence[Entry], currency: Currency) -> bool:
    """Whether all accounts of a currency sum to zero: the trial balance."""
    sums = balances(entries)
    return not total((amount for (_, unit), amount in sums.items() if unit == currency), currency)
