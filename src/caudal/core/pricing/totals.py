"""From lines to what is to be paid: allowances, tax and credits in the order that a policy names.

The default is the order of EN 16931: each line rounded (BT-131), their sum (BT-106), allowances and charges of the
document (BT-107, BT-108), the amount without tax (BT-109), tax per category and rate (BT-117), with tax (BT-112), and
what is due (BT-115). Rules BR-CO-10 and BR-CO-13 to BR-CO-16 of the norm allow no difference.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final, TypeAlias

from caudal.core.errors import Problem, msg
from caudal.core.money import Currency, Exact, Money, allocate, as_fraction, total
from caudal.core.pricing.policies import EN_16931, MoneyPolicy, Step, TaxLevel

_PERCENT: Final = 100


class BadTax(Problem):
    """A tax takes a share."""

    code = "pricing.bad_tax"
    message = msg("A tax of {percent} % is none.")
    hint = msg("Give a percentage from 0 to 100.")


@dataclass(frozen=True, slots=True, order=True)
class Tax:
    """A tax that a line bears: category (S, Z, AE … of UNTDID 5305) and percentage from 0 to 100. Raises BadTax."""

    category: str
    percent: Decimal

    def __post_init__(self) -> None:
        if not 0 <= self.percent <= _PERCENT:
            raise BadTax(percent=str(self.percent)[:40])


@dataclass(frozen=True, slots=True)
class NetLine:
    """The amount of a line before tax, exact, in major units; negative ones take away."""

    net: Exact
    tax: Tax


@dataclass(frozen=True, slots=True)
class Adjusted:
    """An allowance (negative) or a charge (positive) on the whole document, and the tax it bears."""

    amount: Money
    tax: Tax


Minor: TypeAlias = int | Fraction
"""An exact amount in minor units."""
Borne: TypeAlias = tuple[Minor, Tax]
"""What is taxed by what."""


@dataclass(frozen=True, slots=True)
class Subtotal:
    """What is taxed by one category and rate, and the tax on it. Under TaxLevel.DOCUMENT it only informs."""

    tax: Tax
    taxable: Money
    amount: Money


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals of a document. `lines` and `line_taxes` are as shown per line; `used` is what each credit paid."""

    lines: tuple[Money, ...]
    line_taxes: tuple[Money, ...]
    line_total: Money
    allowances: Money
    charges: Money
    net: Money
    subtotals: tuple[Subtotal, ...]
    tax: Money
    gross: Money
    used: Mapping[Step, Money]
    payable: Money


def add_up(
    lines: Sequence[NetLine],
    currency: Currency,
    *,
    policy: MoneyPolicy = EN_16931,
    adjustments: Sequence[Adjusted] = (),
    credits_by_step: Mapping[Step, Money] | None = None,
) -> Totals:
    """Work out the totals of a document. Raises MixedCurrencies.

    `credits_by_step` is how much there is of each kind of credit; never more is used than is left to pay. What the
    policy puts before the tax is an allowance on the document, and lowers what is taxed of each line in proportion.

    20 % on 50.00 and 10 % on 10.00, with 100.00 of prepaid credit:

    >>> lines = NetLine(50, Tax("S", Decimal(20))), NetLine(10, Tax("S", Decimal(10)))
    >>> found = add_up(lines, Currency("EUR"), credits_by_step={Step.PREPAID: Money.of("100", "EUR")})
    >>> found.tax.major, found.gross.major, found.used[Step.PREPAID].major, found.payable.major
    ('11.00', '71.00', '71.00', '0.00')
    """
    given = credits_by_step or {}
    nets = [_minor(line.net, currency) for line in lines]
    shown = tuple(_rounded(one, currency, policy) for one in nets)
    exact = [one.minor for one in shown] if policy.lines_rounded else nets
    line_total = _rounded(sum(exact), currency, policy)
    net = line_total + total((one.amount for one in adjustments), currency)
    used: dict[Step, Money] = {}
    for step in policy.before_tax:
        if step in given:
            used[step] = _usable(given[step], net)
            net -= used[step]
            exact = _lowered(exact, used[step])
    allowances = total((-one.amount for one in adjustments if one.amount.minor < 0), currency)
    charges = total((one.amount for one in adjustments if one.amount.minor > 0), currency)
    kept = [(minor, line.tax) for minor, line in zip(exact, lines, strict=True)]
    borne = [*kept, *((one.amount.minor, one.tax) for one in adjustments)]
    subtotals = _subtotals(borne, currency, policy)
    tax = _tax(borne, subtotals, currency, policy)
    allowances += total(used.values(), currency)
    left = net + tax
    for step in policy.after_tax:
        if step in given:
            used[step] = _usable(given[step], left)
            left -= used[step]
    return Totals(
        lines=shown,
        line_taxes=tuple(_tax_on(minor, tax, currency, policy) for minor, tax in kept),
        line_total=line_total,
        allowances=allowances,
        charges=charges,
        net=net,
        subtotals=subtotals,
        tax=tax,
        gross=net + tax,
        used=used,
        payable=left,
    )


def _minor(net: Exact, currency: Currency) -> Minor:
    """An amount in minor units: a whole number where it is one, as nearly all are."""
    exact = as_fraction(net)
    times = exact.numerator * currency.minor_per_major
    return Fraction(times, exact.denominator) if times % exact.denominator else times // exact.denominator


def _rounded(minor: Minor, currency: Currency, policy: MoneyPolicy) -> Money:
    return Money(policy.rounding.quotient(minor.numerator, minor.denominator), currency)


def _lowered(nets: Sequence[Minor], credit: Money) -> list[Minor]:
    """What is left to tax of each line when a credit is spread over those that are positive."""
    if not credit:
        return list(nets)
    parts = allocate(credit, [max(Fraction(0), Fraction(net)) for net in nets])
    return [net - part.minor for net, part in zip(nets, parts, strict=True)]


def _usable(credit: Money, left: Money) -> Money:
    return max(Money(0, left.currency), min(credit, left))


def _tax_on(minor: Minor, tax: Tax, currency: Currency, policy: MoneyPolicy) -> Money:
    # By whole numbers: a document has as many of these as lines, and a run has thousands of documents.
    percent = _fraction(tax.percent)
    part, of = minor.numerator * percent.numerator, minor.denominator * percent.denominator * _PERCENT
    return Money(policy.rounding.quotient(part, of), currency)


@lru_cache(maxsize=256)
def _fraction(percent: Decimal) -> Fraction:
    return Fraction(percent)


def _subtotals(borne: Iterable[Borne], currency: Currency, policy: MoneyPolicy) -> tuple[Subtotal, ...]:
    bases: dict[Tax, list[Minor]] = {}
    for minor, tax in borne:
        bases.setdefault(tax, []).append(minor)
    found = []
    for tax, group in bases.items():
        base = sum(group)
        amount = (
            total((_tax_on(minor, tax, currency, policy) for minor in group), currency)
            if policy.tax_level is TaxLevel.LINE
            else _tax_on(base, tax, currency, policy)
        )
        found.append(Subtotal(tax, _rounded(base, currency, policy), amount))
    return tuple(found)


def _tax(borne: Iterable[Borne], subtotals: Iterable[Subtotal], currency: Currency, policy: MoneyPolicy) -> Money:
    if policy.tax_level is TaxLevel.DOCUMENT:
        exact = sum((minor * _fraction(tax.percent) for minor, tax in borne), Fraction(0))
        return _rounded(exact / _PERCENT, currency, policy)
    return total((subtotal.amount for subtotal in subtotals), currency)
