"""How a price is written as JSON, and read back as a value of the core.

Every number is a string. `{"shape": "tiers", "mode": "volume", "tiers": [{"up_to": "9", "unit": "2"}, {"flat": "18"}]}`
is a price by tiers; `matrix` has rows of such prices, each with what it matches; `percentage` and `dynamic` price
single transactions. `free_units` are taken off the quantity first; `minimum` and `maximum` are what a period comes to
at least and at most.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final, TypeAlias, TypeVar

from caudal.core.errors import Finding, Place, Problem, Severity, msg
from caudal.core.money import Currency, Money
from caudal.core.pricing import (
    Commitment,
    DynamicPrice,
    MatrixPrice,
    Mode,
    PercentagePrice,
    Row,
    Tier,
    TierPrice,
    ZeroUsage,
    check_matrix,
    check_price,
)

AnyPrice: TypeAlias = TierPrice | MatrixPrice | PercentagePrice | DynamicPrice
E = TypeVar("E", bound=StrEnum)

TIERS_MAX: Final = 50
ROWS_MAX: Final = 200
NUMBER_MAX: Final = Decimal(10) ** 15
PLACES_MAX: Final = 12
_HUNDRED: Final = 100
_UNLIMITED: Final = Commitment()
_EVERYTHING_FREE: Final = msg("Nothing is paid for: every price is zero.")
_CROSSED: Final = msg("Each transaction would cost at least {least} and at most {most}: both cannot hold.")
_ABOVE: Final = msg("More than {percent} % of each transaction is asked.")


class Shape(StrEnum):
    """How a price is worked out."""

    TIERS = "tiers"
    MATRIX = "matrix"
    PERCENTAGE = "percentage"
    DYNAMIC = "dynamic"


class UnreadablePrice(Problem):
    """A price is not written as prices are."""

    code = "price.unreadable"
    status = 422
    message = msg("The price cannot be read.")
    hint = msg("See the guide of the catalogue for how prices are written.")


@dataclass(frozen=True, slots=True)
class PriceModel:
    """A price as it is worked out, with the free units before it and the limits after it."""

    price: AnyPrice
    currency: Currency
    free_units: Decimal = Decimal(0)
    commitment: Commitment = _UNLIMITED

    @property
    def shape(self) -> Shape:
        """How it is worked out."""
        shapes = {MatrixPrice: Shape.MATRIX, PercentagePrice: Shape.PERCENTAGE, DynamicPrice: Shape.DYNAMIC}
        return shapes.get(type(self.price), Shape.TIERS)


def read_price(said: Mapping[str, Any], currency: str) -> PriceModel:
    """Read a price. Raises UnreadablePrice, UnknownCurrency, UnreadableTiers, TooPrecise, CrossedLimits.

    >>> said = {"shape": "tiers", "tiers": [{"unit": "12.50"}], "free_units": "2"}
    >>> str(read_price(said, "EUR").price.amount(4))
    '50'
    """
    unit = Currency(currency)
    shape = _one_of(Shape, said.get("shape", "tiers"), "shape")
    readers: Mapping[Shape, Callable[[Mapping[str, Any], Currency], AnyPrice]] = {
        Shape.TIERS: _tier_price,
        Shape.MATRIX: _matrix,
        Shape.PERCENTAGE: _percentage,
        Shape.DYNAMIC: lambda each, own: DynamicPrice(own, _number(each, "multiplier", Decimal(1))),
    }
    known = {"shape", "free_units", "minimum", "maximum", *_FIELDS[shape]}
    for name in said:
        if name not in known:
            raise UnreadablePrice({name: msg("A price of this shape does not have it.")})
    limits = [_limit(said, name, unit) for name in ("minimum", "maximum")]
    return PriceModel(
        readers[shape](said, unit), unit, _number(said, "free_units", Decimal(0)), Commitment(limits[0], limits[1])
    )


def write_price(model: PriceModel) -> dict[str, Any]:
    """Write a price as `read_price` reads it, always in the same way.

    >>> write_price(read_price({"tiers": [{"unit": "12.50"}]}, "EUR"))
    {'shape': 'tiers', 'mode': 'graduated', 'zero_usage': 'first_flat', 'tiers': [{'unit': '12.50'}]}
    """
    said: dict[str, Any] = {"shape": model.shape.value}
    match model.price:
        case TierPrice():
            said |= _tiers_said(model.price)
        case MatrixPrice():
            said["rows"] = [
                {
                    "name": row.name,
                    "where": {name: sorted(values) for name, values in sorted(row.where.items())},
                    **_tiers_said(row.price),
                }
                for row in model.price.rows
            ]
        case PercentagePrice():
            price = model.price
            amounts = {
                "percent": price.percent,
                "fixed": price.fixed or None,
                "free_amount": price.free_amount,
                "each_least": price.minimum,
                "each_most": price.maximum,
            }
            said |= {name: _text(value) for name, value in amounts.items() if value is not None}
            if price.free_count is not None:
                said["free_count"] = price.free_count
        case DynamicPrice():
            said["multiplier"] = _text(model.price.multiplier)
    if model.free_units:
        said["free_units"] = _text(model.free_units)
    for name, limit in (("minimum", model.commitment.minimum), ("maximum", model.commitment.maximum)):
        if limit is not None:
            said[name] = limit.major
    return said


def is_keepable(text: str) -> bool:
    """Say whether a database can keep a text: it has no NUL and no half of a character."""
    return not any(each == "\x00" or "\ud800" <= each <= "\udfff" for each in text)


def lint(model: PriceModel, name: str = "") -> tuple[Finding, ...]:
    """Return everything that is odd about a price, all of it at once."""
    match model.price:
        case TierPrice():
            found = check_price(model.price, name)
            if all(not tier.unit and not tier.flat for tier in model.price.tiers):
                found += (Finding("price.free", _EVERYTHING_FREE, Severity.NOTE, Place(name=name)),)
            return found
        case MatrixPrice():
            return check_matrix(model.price)
        case PercentagePrice():
            return tuple(_odd_about_a_share(model.price, name))
        case _:
            return ()


def _odd_about_a_share(price: PercentagePrice, name: str) -> Iterator[Finding]:
    if price.percent > _HUNDRED:
        yield Finding("price.above", _ABOVE, Severity.CHOICE, Place(name=name), params={"percent": _HUNDRED})
    if price.minimum is not None and price.maximum is not None and price.minimum > price.maximum:
        limits = {"least": _text(price.minimum), "most": _text(price.maximum)}
        yield Finding("price.crossed", _CROSSED, Severity.ERROR, Place(name=name), params=limits)


_TIER_FIELDS: Final = frozenset({"mode", "zero_usage", "tiers"})
_FIELDS: Final[Mapping[Shape, frozenset[str]]] = {
    Shape.TIERS: _TIER_FIELDS,
    Shape.MATRIX: frozenset({"rows"}),
    Shape.PERCENTAGE: frozenset({"percent", "fixed", "free_count", "free_amount", "each_least", "each_most"}),
    Shape.DYNAMIC: frozenset({"multiplier"}),
}


def _tier_price(said: Mapping[str, Any], currency: Currency) -> TierPrice:
    tiers = []
    for each in _list(said, "tiers", TIERS_MAX):
        up_to, block = (_maybe(each, name) for name in ("up_to", "block"))
        tiers.append(Tier(up_to, _number(each, "unit", Decimal(0)), _number(each, "flat", Decimal(0)), block))
    mode = _one_of(Mode, said.get("mode", "graduated"), "mode")
    return TierPrice(
        currency, tuple(tiers), mode, _one_of(ZeroUsage, said.get("zero_usage", "first_flat"), "zero_usage")
    )


def _matrix(said: Mapping[str, Any], currency: Currency) -> MatrixPrice:
    rows: list[Row] = []
    for each in _list(said, "rows", ROWS_MAX):
        where = each.get("where", {})
        whole = isinstance(where, Mapping) and all(
            isinstance(values, Sequence)
            and not isinstance(values, str)
            and values
            and all(isinstance(v, str) for v in values)
            for values in where.values()
        )
        if not whole:
            raise UnreadablePrice({"where": msg("It names, for each dimension, the values that match.")})
        matched = {str(name): frozenset(values) for name, values in where.items()}
        name = str(each.get("name") or len(rows) + 1)
        if not all(map(is_keepable, [name, *matched, *(value for values in matched.values() for value in values)])):
            raise UnreadablePrice({"where": msg("There is a character in it that cannot be kept.")})
        rows.append(Row(name, _tier_price(each, currency), matched))
    return MatrixPrice(tuple(rows))


def _percentage(said: Mapping[str, Any], currency: Currency) -> PercentagePrice:
    count = _maybe(said, "free_count")
    if count is not None and count % 1:
        raise UnreadablePrice({"free_count": msg("Transactions are counted in whole numbers.")})
    return PercentagePrice(
        currency,
        _number(said, "percent"),
        _number(said, "fixed", Decimal(0)),
        None if count is None else int(count),
        _maybe(said, "free_amount"),
        _maybe(said, "each_least"),
        _maybe(said, "each_most"),
    )


def _tiers_said(price: TierPrice) -> dict[str, Any]:
    tiers = [
        {
            name: _text(value)
            for name, value in (("up_to", tier.up_to), ("unit", tier.unit), ("flat", tier.flat), ("block", tier.block))
            if value is not None and (value or name == "up_to")
        }
        for tier in price.tiers
    ]
    return {"mode": price.mode.value, "zero_usage": price.zero_usage.value, "tiers": tiers}


def _list(said: Mapping[str, Any], name: str, most: int) -> Sequence[Mapping[str, Any]]:
    found = said.get(name)
    if not isinstance(found, Sequence) or isinstance(found, str) or not 1 <= len(found) <= most:
        raise UnreadablePrice({name: msg("It is a list with at least one entry, and not too many.")})
    if not all(isinstance(each, Mapping) for each in found):
        raise UnreadablePrice({name: msg("Each entry is an object.")})
    return found


def _maybe(said: Mapping[str, Any], name: str) -> Decimal | None:
    return None if said.get(name) in (None, "") else _number(said, name)


def _number(said: Mapping[str, Any], name: str, otherwise: Decimal | None = None) -> Decimal:
    """Return a number that is not negative; floats are refused, since they are not what was written."""
    given = said.get(name)
    if given in (None, ""):
        if otherwise is None:
            raise UnreadablePrice({name: msg("It is needed.")})
        return otherwise
    try:
        number = Decimal(given) if isinstance(given, str | int) and not isinstance(given, bool) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    places = number.as_tuple().exponent
    if not number.is_finite() or not 0 <= number <= NUMBER_MAX or not isinstance(places, int) or -places > PLACES_MAX:
        raise UnreadablePrice({name: msg("Write digits with a point before at most twelve decimals.")})
    return number


def _limit(said: Mapping[str, Any], name: str, currency: Currency) -> Money | None:
    number = _maybe(said, name)
    return None if number is None else Money.of(number, currency)


def _one_of(kind: type[E], given: object, at: str) -> E:
    try:
        return kind(str(given))
    except ValueError:
        raise UnreadablePrice({at: msg("It has no such value.")}) from None


def _text(number: object) -> str:
    return f"{Decimal(str(number)):f}"
