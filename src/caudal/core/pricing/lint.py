"""What is odd about a list of prices: all of it at once, each finding with its numbers and the way out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from caudal.core.decimals import plain_decimal
from caudal.core.errors import Finding, Place, Severity, msg
from caudal.core.money import Exact
from caudal.core.pricing.matrix import MatrixPrice
from caudal.core.pricing.tiers import Tier, TierPrice, Whole, ZeroUsage
from caudal.core.pricing.versions import PriceVersion

_TOTAL_FALLS = msg("{below} units cost {cost_below}, and {above} cost {cost_above}: more costs less.")
_TOTAL_FALLS_HINT = msg("Who needs less buys more. Read the tiers graduated, or give the upper tier a flat part.")
_UNIT_RISES = msg("A unit costs {before} in tier {tier_before} and {after} in tier {tier_after}.")
_UNIT_RISES_HINT = msg("Usually more units make each cheaper; keep it if that is meant.")
_ENDS = msg("Quantities beyond {up_to} have no price.")
_ENDS_HINT = msg("Leave the last tier without an end.")
_GAP = msg("Between {last} and {first} there is no price.")
_GAP_HINT = msg("Let the tier that ends at {last} end just before the next one begins.")
_OVERLAP = msg("{first} is in the tier that ends at {last} and in the next one.")
_OVERLAP_HINT = msg("Begin the next tier after {last}.")
_AMBIGUOUS = msg("“{one}” and “{other}” match the same things equally well.")
_AMBIGUOUS_HINT = msg("Add a row for what both match, or take a condition away.")
_ZERO_COSTS = msg("No usage at all costs {cost}.")
_ZERO_COSTS_HINT = msg("Say that no usage costs nothing if that is not meant.")

_SAME_DAY = msg("Versions {one} and {other} both begin on {day}.")
_SAME_DAY_HINT = msg("The later number counts; take the other away if that is meant.")
_EXISTING = msg("Version {number} reaches existing customers on {existing} and new ones only on {day}.")


@dataclass(frozen=True, slots=True)
class Bracket:
    """A tier as price lists write it: from `first` up to and with `last` whole units (None: without end)."""

    first: Exact
    last: Exact | None
    tier: Tier


def check_price(price: TierPrice, name: str = "") -> tuple[Finding, ...]:
    """Everything that is odd about a price by tiers, in the order of its tiers.

    15 units at 10 cost 150, and the 16th makes all of them cost 5:

    >>> from caudal.core.pricing.tiers import Currency, Mode
    >>> odd = TierPrice(Currency("EUR"), (Tier(15, unit=Decimal(10)), Tier(unit=Decimal(5))), Mode.VOLUME)
    >>> print(check_price(odd, "documents")[0])
    documents: 15 units cost 150 EUR, and 16 cost 80 EUR: more costs less. \
Who needs less buys more. Read the tiers graduated, or give the upper tier a flat part.
    """
    return tuple(_price_findings(price, Place(name=name)))


def check_brackets(brackets: Sequence[Bracket], name: str = "") -> tuple[Finding, ...]:
    """Where brackets of whole units leave a gap or overlap.

    >>> tier = Tier(unit=Decimal(1))
    >>> brackets = [Bracket(0, 10, tier), Bracket(12, 20, tier), Bracket(20, None, tier)]
    >>> [finding.code for finding in check_brackets(brackets)]
    ['pricing.gap', 'pricing.overlap']
    """
    found = []
    for one, other in pairwise(brackets):
        if one.last is None or other.first <= one.last:
            params = {"first": other.first, "last": "∞" if one.last is None else one.last}
            found.append(Finding("pricing.overlap", _OVERLAP, Severity.ERROR, Place(name=name), _OVERLAP_HINT, params))
        elif other.first > one.last + 1:
            params = {"first": other.first, "last": one.last}
            found.append(Finding("pricing.gap", _GAP, Severity.ERROR, Place(name=name), _GAP_HINT, params))
    if brackets and brackets[-1].last is not None:
        params = {"up_to": brackets[-1].last}
        found.append(Finding("pricing.ends", _ENDS, Severity.ERROR, Place(name=name), _ENDS_HINT, params))
    return tuple(found)


def check_matrix(matrix: MatrixPrice) -> tuple[Finding, ...]:
    """Which rows match the same things equally well, and what is odd about the prices of the rows."""
    pairs = [
        Finding(
            "pricing.ambiguous",
            _AMBIGUOUS,
            Severity.ERROR,
            Place(name=one.name),
            _AMBIGUOUS_HINT,
            {"one": one.name, "other": other.name},
        )
        for one, other in matrix.ambiguities()
    ]
    return (*pairs, *(finding for row in matrix.rows for finding in check_price(row.price, row.name)))


def check_versions(versions: Sequence[PriceVersion], name: str = "") -> tuple[Finding, ...]:
    """Which versions of a price are in each other's way: two from one day, or one that reaches old customers first.

    >>> from datetime import date
    >>> from caudal.core.pricing.tiers import flat
    >>> first, day = PriceVersion(1, date(2024, 1, 1), flat("9", "EUR")), date(2024, 2, 1)
    >>> second = PriceVersion(2, date(2024, 1, 1), flat("8", "EUR"))
    >>> third = PriceVersion(3, day, flat("7", "EUR"), existing_from=date(2024, 1, 15))
    >>> [finding.code for finding in check_versions([first, second, third])]
    ['pricing.same_day', 'pricing.existing_first']
    """
    found = []
    ordered = sorted(versions, key=lambda version: (version.from_date, version.number))
    for one, other in pairwise(ordered):
        if one.from_date == other.from_date:
            params: dict[str, object] = {"one": one.number, "other": other.number, "day": one.from_date}
            found.append(
                Finding("pricing.same_day", _SAME_DAY, Severity.ERROR, Place(name=name), _SAME_DAY_HINT, params)
            )
    for one in ordered:
        if one.existing_from is not None and one.existing_from < one.from_date:
            params = {"number": one.number, "existing": one.existing_from, "day": one.from_date}
            found.append(Finding("pricing.existing_first", _EXISTING, Severity.CHOICE, Place(name=name), params=params))
    return tuple(found)


def tiers_of(brackets: Iterable[Bracket]) -> tuple[Tier, ...]:
    """The tiers of brackets: only where each ends counts, so that a fraction between two belongs to the upper one."""
    return tuple(Tier(one.last, one.tier.unit, one.tier.flat, one.tier.block) for one in brackets)


def _price_findings(price: TierPrice, place: Place) -> Iterator[Finding]:
    nothing = price.amount(0)
    if nothing and len(price.tiers) > 1 and price.zero_usage is ZeroUsage.FIRST_FLAT:
        params = {"cost": _money(price, nothing)}
        yield Finding("pricing.zero_costs", _ZERO_COSTS, Severity.NOTE, place, _ZERO_COSTS_HINT, params)
    for number, (one, other) in enumerate(pairwise(price.tiers), 1):
        assert one.up_to is not None, "only the last tier has no end"  # noqa: S101  TierPrice refuses others
        below = Fraction(one.up_to)
        above = below.numerator // below.denominator + 1
        if other.up_to is None or above <= other.up_to:
            yield from _falls(price, below, above, place)
        if one.block == other.block and one.unit < other.unit:
            rises = {"before": one.unit, "after": other.unit, "tier_before": number, "tier_after": number + 1}
            yield Finding("pricing.unit_rises", _UNIT_RISES, Severity.NOTE, place, _UNIT_RISES_HINT, rises)
    end = price.tiers[-1].up_to
    if end is not None:
        yield Finding("pricing.ends", _ENDS, Severity.CHOICE, place, _ENDS_HINT, {"up_to": end})


def _falls(price: TierPrice, below: Fraction, above: int, place: Place) -> Iterator[Finding]:
    before, after = price.amount(below), price.amount(above)
    if after < before:
        params = {
            "below": _plain(below),
            "cost_below": _money(price, before),
            "above": above,
            "cost_above": _money(price, after),
        }
        yield Finding("pricing.total_falls", _TOTAL_FALLS, Severity.CHOICE, place, _TOTAL_FALLS_HINT, params)


def _plain(number: Whole) -> str:
    exact = Fraction(number)
    if exact.denominator == 1:
        return str(exact.numerator)
    return plain_decimal(Decimal(exact.numerator) / Decimal(exact.denominator))


def _money(price: TierPrice, amount: Fraction) -> str:
    return f"{_plain(amount)} {price.currency}"
