"""Money: whole minor units of one currency, exact until one rounding door, split and summed without losing a cent.

Amounts are `Money`, prices per unit are `Rate` (up to 12 decimal places), proportions are `Fraction`. They meet only
where a `Rounding` is named: `round_money`, `extend`, `portion`, `cumulative` and `convert`. No float is accepted.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final, Self, TypeAlias

import iso4217
from typing_extensions import override

from caudal.core.errors import Problem, msg

Exact: TypeAlias = int | Fraction | Decimal
"""A number without rounding error."""

RATE_PLACES: Final = 12
"""Decimal places a `Rate` may have."""

_DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?", re.ASCII)
_SHOWN: Final = 40

# Codes withdrawn from ISO 4217 that the European Central Bank quoted: old documents and dated rates still carry them.
_WITHDRAWN: Final = {
    "BGN": 2, "CYP": 2, "EEK": 2, "HRK": 2, "LTL": 2, "LVL": 2, "MTL": 2, "ROL": 2, "SIT": 2, "SKK": 2, "TRL": 0,
}  # fmt: skip
_EXPONENTS: Final[Mapping[str, int]] = _WITHDRAWN | {
    known.code: known.exponent for known in iso4217.Currency if known.exponent is not None
}


class UnknownCurrency(Problem):
    """The code is no currency with minor units."""

    code = "money.unknown_currency"
    message = msg("“{currency}” is not a currency of ISO 4217.")
    hint = msg("Use the code of three capital letters, such as EUR or USD.")


class MixedCurrencies(Problem):
    """Two currencies met in one sum or comparison."""

    code = "money.mixed_currencies"
    message = msg("{left} and {right} cannot be added or compared.")
    hint = msg("Convert one of them with a dated rate first.")


class UnreadableAmount(Problem):
    """The text is not a decimal number."""

    code = "money.unreadable"
    message = msg("“{text}” is not an amount.")
    hint = msg("Write digits with a point before the decimals, such as 1234.50.")


class TooPrecise(Problem):
    """The amount has more decimals than there is room for."""

    code = "money.too_precise"
    message = msg("“{text}” has more than {places} decimal places.")
    hint = msg("Round it first; amounts are never rounded silently.")


class CannotAllocate(Problem):
    """The weights say nothing about how to split."""

    code = "money.cannot_allocate"
    message = msg("{amount} cannot be split by these weights.")
    hint = msg("None may be negative, and they must add up to more than zero.")


class WrongRate(Problem):
    """The exchange rate is between other currencies."""

    code = "money.wrong_rate"
    message = msg("A rate from {base} to {quote} does not convert {amount} to {currency}.")


@dataclass(frozen=True, slots=True, order=True)
class Currency:
    """A currency by its ISO 4217 code. Raises UnknownCurrency, also for codes without minor units (gold, XXX).

    >>> Currency("EUR").exponent, Currency("JPY").exponent, Currency("KWD").exponent
    (2, 0, 3)
    """

    code: str

    def __post_init__(self) -> None:
        if self.code not in _EXPONENTS:
            raise UnknownCurrency(currency=self.code[:_SHOWN])

    @property
    def exponent(self) -> int:
        """How many decimal places the minor unit is: 2 for cents."""
        return _EXPONENTS[self.code]

    @property
    def minor_per_major(self) -> int:
        """How many minor units make one: 100 for cents."""
        return int(10**self.exponent)

    @override
    def __str__(self) -> str:
        """The code."""
        return self.code


def currencies() -> tuple[Currency, ...]:
    """Every currency there is, and those whose dated rates are still about, by code.

    >>> [one.code for one in currencies() if one.exponent == 4]
    ['CLF', 'UYW']
    """
    return tuple(Currency(code) for code in sorted(_EXPONENTS))


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: whole minor units (cents) of one currency, of either sign.

    Adding and comparing ask for one currency and raise MixedCurrencies; equality is simply false across currencies.

    >>> Money.of("12.50", "EUR") + Money(1, Currency("EUR"))
    Money(minor=1251, currency=Currency(code='EUR'))
    >>> str(3 * Money.of("12.50", "EUR"))
    '37.50 EUR'
    """

    minor: int
    currency: Currency

    def __post_init__(self) -> None:
        if not isinstance(self.minor, int):
            raise TypeError(f"Minor units are whole numbers, and not {self.minor!r}.")

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str | Currency) -> Self:
        """Money of a decimal amount in major units. Raises UnreadableAmount, TooPrecise, UnknownCurrency; never rounds.

        >>> Money.of("-0.05", "USD").minor, Money.of(7, "JPY").minor
        (-5, 7)
        """
        unit = currency if isinstance(currency, Currency) else Currency(currency)
        number = finite_decimal(amount)
        minor = Fraction(number) * unit.minor_per_major
        if minor.denominator != 1:
            raise TooPrecise(text=number, places=unit.exponent)
        return cls(minor.numerator, unit)

    @classmethod
    def zero(cls, currency: str | Currency) -> Self:
        """Nothing, of a currency."""
        return cls.of(0, currency)

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> Self:
        """Read what `to_json` wrote. Raises UnreadableAmount, TooPrecise, UnknownCurrency."""
        return cls.of(value["amount"], value["currency"])

    def to_json(self) -> dict[str, str]:
        """Both parts as strings, since JSON readers turn numbers into floats.

        >>> Money(-5, Currency("USD")).to_json()
        {'amount': '-0.05', 'currency': 'USD'}
        """
        return {"amount": self.major, "currency": self.currency.code}

    @property
    def major(self) -> str:
        """The amount in major units, with all decimals of the currency.

        >>> Money(123450, Currency("EUR")).major, Money(7, Currency("JPY")).major
        ('1234.50', '7')
        """
        places = self.currency.exponent
        digits = f"{abs(self.minor):0{places + 1}d}"
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"

    @property
    def amount(self) -> Fraction:
        """The amount in major units, as an exact number."""
        return Fraction(self.minor, self.currency.minor_per_major)

    def __add__(self, other: "Money") -> "Money":
        """The sum."""
        return Money(self.minor + self._minor_of(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """The difference."""
        return Money(self.minor - self._minor_of(other), self.currency)

    def __mul__(self, times: int) -> "Money":
        """A whole multiple; for anything finer name a rounding (`extend`, `portion`)."""
        return Money(self.minor * times, self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> "Money":
        """The amount with the other sign."""
        return Money(-self.minor, self.currency)

    def __abs__(self) -> "Money":
        """The amount without its sign."""
        return Money(abs(self.minor), self.currency)

    def __bool__(self) -> bool:
        """Whether there is any."""
        return self.minor != 0

    def __lt__(self, other: "Money") -> bool:
        """Less than."""
        return self.minor < self._minor_of(other)

    def __le__(self, other: "Money") -> bool:
        """Less than or as much as."""
        return self.minor <= self._minor_of(other)

    def __gt__(self, other: "Money") -> bool:
        """More than."""
        return self.minor > self._minor_of(other)

    def __ge__(self, other: "Money") -> bool:
        """More than or as much as."""
        return self.minor >= self._minor_of(other)

    @override
    def __str__(self) -> str:
        """For logs and messages; pages format with the reader's language."""
        return f"{self.major} {self.currency}"

    def _minor_of(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise MixedCurrencies(left=self, right=other)
        return other.minor


@dataclass(frozen=True, slots=True)
class Rate:
    """An exact price of one unit in major units of a currency, with up to 12 decimal places: USD 0.0125 a document.

    Raises TooPrecise beyond that, UnreadableAmount for what is not finite.

    >>> str(Rate.of("0.0125", "USD"))
    '0.0125 USD'
    """

    amount: Decimal
    currency: Currency

    def __post_init__(self) -> None:
        if Fraction(finite_decimal(self.amount)) * 10**RATE_PLACES % 1:
            raise TooPrecise(text=self.amount, places=RATE_PLACES)

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str | Currency) -> Self:
        """The rate a text names. Raises UnreadableAmount, TooPrecise, UnknownCurrency."""
        return cls(finite_decimal(amount), currency if isinstance(currency, Currency) else Currency(currency))

    @override
    def __str__(self) -> str:
        """The amount as written, and the currency."""
        return f"{self.amount:f} {self.currency}"


class Rounding(StrEnum):
    """How an exact amount becomes whole minor units. The name is stored on the document that was rounded by it."""

    HALF_UP = "half_up"
    """To the nearest, a half away from zero: what most invoices do."""
    HALF_EVEN = "half_even"
    """To the nearest, a half to the even neighbour: no drift over many lines."""
    DOWN = "down"
    """Towards zero."""
    UP = "up"
    """Away from zero."""

    def whole(self, value: Fraction) -> int:
        """The whole number that `value` becomes; opposite values become opposite numbers.

        >>> [rounding.whole(Fraction(-5, 2)) for rounding in Rounding]
        [-3, -2, -2, -3]
        """
        return self.quotient(value.numerator, value.denominator)

    def quotient(self, numerator: int, denominator: int) -> int:
        """The whole number that a quotient of integers becomes, without a `Fraction` on the way.

        >>> Rounding.HALF_UP.quotient(25, 10), Rounding.HALF_EVEN.quotient(-25, 10)
        (3, -2)
        """
        if self is Rounding.HALF_UP:  # what nearly everything is rounded by, at once
            twice = 2 * denominator
            size = (2 * abs(numerator) + denominator) // twice
        else:
            size, rest = divmod(abs(numerator), denominator)
            size += self._goes_up(size, 2 * rest, denominator, exact=not rest)
        return -size if numerator < 0 else size

    def _goes_up(self, size: int, twice_rest: int, denominator: int, *, exact: bool) -> bool:
        if self is Rounding.UP:
            return not exact
        if self is Rounding.DOWN:
            return False
        return twice_rest > denominator or (twice_rest == denominator and size % 2 == 1)


def round_money(amount: Exact, currency: Currency, rounding: Rounding) -> Money:
    """Round an exact amount in major units to Money: the one door between the exact and the payable.

    >>> round_money(Fraction(10, 3), Currency("EUR"), Rounding.HALF_UP).major
    '3.33'
    """
    return Money(rounding.whole(as_fraction(amount) * currency.minor_per_major), currency)


def extend(rate: Rate, quantity: Exact, rounding: Rounding) -> Money:
    """Extend a unit price to a quantity of units.

    2,001 documents at USD 0.0125 are 25.0125, which is 25.01:

    >>> extend(Rate.of("0.0125", "USD"), 2001, Rounding.HALF_UP).major
    '25.01'
    """
    return round_money(Fraction(rate.amount) * as_fraction(quantity), rate.currency, rounding)


def portion(money: Money, share: Exact, rounding: Rounding) -> Money:
    """Take a share of an amount: a tax of 21 %, 10 of 31 days. Parts that must add up are for `allocate`.

    >>> portion(Money.of("99.99", "EUR"), Fraction(10, 31), Rounding.HALF_EVEN).major
    '32.25'
    """
    return Money(rounding.whole(money.minor * as_fraction(share)), money.currency)


def total(amounts: Iterable[Money], currency: Currency) -> Money:
    """Sum amounts that all have `currency`; nothing sums to zero. Raises MixedCurrencies."""
    return sum(amounts, Money(0, currency))


def allocate(amount: Money, weights: Sequence[Exact]) -> tuple[Money, ...]:
    """Split an amount in proportion to weights, without losing or making a minor unit.

    Every part is the exact share rounded towards zero; the units left over go to the largest remainders, of equal ones
    to the first. The parts always sum to `amount`, each is less than one unit away from its share, a weight of zero
    gets nothing, and a negative amount splits as its opposite. Raises CannotAllocate without weights, with a negative
    one, or when all are zero.

    >>> [part.major for part in allocate(Money.of("100.00", "EUR"), [1, 1, 1])]
    ['33.34', '33.33', '33.33']
    """
    shares = [as_fraction(weight) for weight in weights]
    whole = sum(shares, Fraction(0))
    if not whole or any(share < 0 for share in shares):
        raise CannotAllocate(amount=amount)
    size = abs(amount.minor)
    exact = [size * share / whole for share in shares]
    parts = [part.numerator // part.denominator for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda index: parts[index] - exact[index])
    for index in by_remainder[: size - sum(parts)]:
        parts[index] += 1
    sign = -1 if amount.minor < 0 else 1
    return tuple(Money(sign * part, amount.currency) for part in parts)


def cumulative(parts: Iterable[Exact], currency: Currency, rounding: Rounding) -> tuple[Money, ...]:
    """Round a series in major units so that every running total is the rounded exact running total.

    Twelve months of 100/12 make 100.00, and the first six 50.00:

    >>> series = cumulative([Fraction(100, 12)] * 12, Currency("EUR"), Rounding.HALF_UP)
    >>> series[0].major, series[1].major, total(series[:6], Currency("EUR")).major, total(series, Currency("EUR")).major
    ('8.33', '8.34', '50.00', '100.00')
    """
    running, before, rounded = Fraction(0), Money(0, currency), []
    for part in parts:
        running += as_fraction(part)
        after = round_money(running, currency, rounding)
        rounded.append(after - before)
        before = after
    return tuple(rounded)


@dataclass(frozen=True, slots=True)
class FxRate:
    """On `day`, one unit of `base` cost `rate` units of `quote` (exact, greater than zero)."""

    base: Currency
    quote: Currency
    day: date
    rate: Fraction

    def __post_init__(self) -> None:
        if as_fraction(self.rate) <= 0:
            raise UnreadableAmount(text=self.rate)

    @classmethod
    def of(cls, base: str, quote: str, day: date, rate: str | int | Decimal) -> Self:
        """The rate a text names. Raises UnreadableAmount, UnknownCurrency.

        >>> FxRate.of("EUR", "USD", date(2024, 1, 2), "1.0956").rate
        Fraction(2739, 2500)
        """
        return cls(Currency(base), Currency(quote), day, Fraction(finite_decimal(rate)))

    def inverse(self) -> "FxRate":
        """The same rate told from the other side."""
        return FxRate(self.quote, self.base, self.day, 1 / self.rate)

    def through(self, other: "FxRate") -> "FxRate":
        """The cross rate over a common currency, dated by the older of the two. Raises WrongRate.

        EUR 1 = USD 1.10 and EUR 1 = GBP 0.88, so USD 1 = GBP 0.80:

        >>> day = date(2024, 1, 2)
        >>> eur_usd, eur_gbp = FxRate.of("EUR", "USD", day, "1.10"), FxRate.of("EUR", "GBP", day, "0.88")
        >>> eur_usd.inverse().through(eur_gbp).rate
        Fraction(4, 5)
        """
        if other.base != self.quote:
            raise WrongRate(base=other.base, quote=other.quote, amount=self.quote, currency=other.quote)
        return FxRate(self.base, other.quote, min(self.day, other.day), self.rate * other.rate)


def convert(money: Money, *, rate: FxRate, to: Currency, rounding: Rounding) -> Money:
    """Convert an amount by a dated rate, told from either side. Raises WrongRate when it is about other currencies.

    There is no rate of "one to one": who finds none reports that, and an amount already in `to` needs no conversion.

    >>> rate = FxRate.of("EUR", "USD", date(2024, 1, 2), "1.0956")
    >>> convert(Money.of("100", "USD"), rate=rate, to=Currency("EUR"), rounding=Rounding.HALF_UP).major
    '91.27'
    """
    usable = rate if rate.base == money.currency else rate.inverse()
    if (usable.base, usable.quote) != (money.currency, to):
        raise WrongRate(base=rate.base, quote=rate.quote, amount=money, currency=to)
    return round_money(money.amount * usable.rate, to, rounding)


def rate_on(
    day: date, base: Currency, quote: Currency, *, rates: Iterable[FxRate], pivot: Currency, days_old_max: int = 7
) -> FxRate | None:
    """Find the rate from `base` to `quote` for a business day, or None: an absence the caller reports.

    The newest rate on or before `day` counts, at most `days_old_max` days old (central banks rest on holidays). Without
    a rate between the two currencies, in either direction, the cross rate over `pivot` is taken.
    """
    newest: dict[tuple[Currency, Currency], FxRate] = {}
    for rate in rates:
        if 0 <= (day - rate.day).days <= days_old_max:
            for told in (rate, rate.inverse()):
                pair = (told.base, told.quote)
                if pair not in newest or newest[pair].day < told.day:
                    newest[pair] = told
    direct = newest.get((base, quote))
    first, second = newest.get((base, pivot)), newest.get((pivot, quote))
    if direct is not None or first is None or second is None:
        return direct
    return first.through(second)


def finite_decimal(amount: str | int | Decimal) -> Decimal:
    """The finite number that was written; texts are plain digits, so nobody's exponent can fill the memory.

    Raises UnreadableAmount.
    """
    if isinstance(amount, Decimal | int) and not isinstance(amount, bool):
        number = Decimal(amount)
        if not number.is_finite() or abs(number.adjusted()) > 2 * _SHOWN:
            raise UnreadableAmount(text=str(amount)[:_SHOWN])
        return number
    if not isinstance(amount, str):
        raise TypeError(f"An amount is a text, an int or a Decimal, and not {amount!r}.")
    if not _DECIMAL.fullmatch(amount):
        raise UnreadableAmount(text=amount[:_SHOWN])
    return Decimal(amount)


def as_fraction(number: Exact) -> Fraction:
    """An exact number as a fraction. Raises TypeError for a float, which is none."""
    if not isinstance(number, int | Fraction | Decimal):
        raise TypeError(f"An exact number is an int, a Fraction or a Decimal, and not {number!r}.")
    return Fraction(number)
