"""Reading an actual that somebody typed: what its cell says, in the unit of its target."""

import re
from decimal import Decimal
from typing import Final

from caudal.core.errors import Problem, msg
from caudal.core.plans.plan import Target
from caudal.core.plans.units import UnitKind
from caudal.core.tables import Exact, NumberStyle, read_number

PLACES: Final = 12
DIGITS: Final = 24
"""Figures before the decimals."""
_PERCENT: Final = re.compile(r"\s*%$")
_SAID: Final = re.compile(r"\b[A-Z]{3}\b|[€£$]")
_SIGNS: Final = {"€": "EUR", "£": "GBP"}
_NOT_DOLLARS: Final = frozenset({*_SIGNS.values(), "JPY", "CHF"})
"""Which of the many currencies with a dollar sign is meant, nobody can tell; these are none of them."""
_SHOWN: Final = 40


class ShareUnclear(Problem):
    """A bare number above one could be a percentage or a multiple."""

    code = "actual.share_unclear"
    status = 422
    message = msg("“{text}” could be a percentage or a part of one.")
    hint = msg("Write 26% or 0.26.")


class NoShare(Problem):
    """A percent sign behind what is no share."""

    code = "actual.no_share"
    status = 422
    message = msg("“{text}” is a percentage, and the target is in {unit}.")


class OtherCurrency(Problem):
    """An amount in another currency than the target's."""

    code = "actual.other_currency"
    status = 422
    message = msg("“{text}” is in {said}, and the target is in {unit}.")
    hint = msg("Convert it first, at the rate that you report with.")


class OutOfBounds(Problem):
    """No such number can be."""

    code = "actual.out_of_bounds"
    status = 422
    message = msg("“{text}” cannot be: it must be from {lo} to {hi}.")


class TooLong(Problem):
    """More figures than are kept."""

    code = "actual.too_long"
    status = 422
    message = msg("“{text}” has more figures than are kept.")


def read_actual(text: str, target: Target, style: NumberStyle, *, percent: bool = False) -> Decimal:
    """Return the value that a text says, in the unit of a target; a share as a part of one.

    With `percent`, a bare number of a share is a percentage. Raises UnreadableNumber, ShareUnclear, NoShare,
    OtherCurrency, OutOfBounds, TooLong.
    """
    tidy = text if isinstance(text, Exact) else text.strip()
    bare = tidy if isinstance(text, Exact) else _PERCENT.sub("", tidy)
    is_share = target.unit.kind is UnitKind.PERCENT
    has_sign = bare != tidy
    if has_sign and not is_share:
        raise NoShare(text=tidy[:_SHOWN], unit=target.unit.text)
    _check_currency(bare, target)
    value = read_number(bare, style)
    if isinstance(text, Exact) and value.adjusted() < DIGITS:
        # What a workbook computed has a tail of binary rounding.
        value = round(value, PLACES)
    if is_share and (has_sign or percent):
        value /= 100
    elif is_share and abs(value) > 1:
        raise ShareUnclear(text=tidy[:_SHOWN])
    lo, hi = target.bounds.lo, target.bounds.hi
    if (lo is not None and value < lo) or (hi is not None and value > hi):
        raise OutOfBounds(text=tidy[:_SHOWN], lo=lo, hi=hi)
    exponent = value.normalize().as_tuple().exponent
    if value.adjusted() >= DIGITS or (isinstance(exponent, int) and -exponent > PLACES):
        raise TooLong(text=tidy[:_SHOWN])
    return value


def _check_currency(text: str, target: Target) -> None:
    said = _SAID.search(text)
    if said is None:
        return
    code, is_money = _SIGNS.get(said[0], said[0]), target.unit.kind is UnitKind.MONEY
    fits = target.unit.counted not in _NOT_DOLLARS if code == "$" else target.unit.counted == code
    if not is_money or not fits:
        raise OtherCurrency(text=text[:_SHOWN], said=code, unit=target.unit.text)
