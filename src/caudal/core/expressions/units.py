"""Units of numbers: what is multiplied, what is divided, and what may be added.

A unit is a product of powers of symbols: `USD/month` is USD¹·month⁻¹. Nothing is ever converted: a month is not 30
days and a year is not twelve months until somebody says so in the expression.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from typing_extensions import override

from caudal.core.errors import Problem, msg

NEUTRAL: Final = frozenset({"", "1", "%", "x", "ratio", "share", "growth", "uplift"})
"""Words for a number that counts nothing in particular."""
TIMES: Final = ("second", "minute", "hour", "day", "week", "month", "quarter", "year")
"""Units of time, shortest first: a duration is a number with one of them."""
MONEY: Final = "money"
"""The unit of amounts in the company's own currency, in definitions that must not name one."""
_SYMBOL: Final = re.compile(r"[A-Za-z_]\w{0,39}", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_PART: Final = re.compile(r"\s*([*/·]?)\s*([A-Za-z_]\w*|1)(?:\^(-?\d{1,2}))?\s*", re.ASCII)
_LONGEST: Final = 200


class UnreadableUnit(Problem):
    """The text is not a unit."""

    code = "expression.unit_unreadable"
    status = 422
    message = msg("“{text}” is not a unit.")
    hint = msg("Units look like USD, days, USD/month or 1/year.")


@dataclass(frozen=True, slots=True)
class Unit:
    """Symbols and their powers, sorted by symbol, none of them zero.

    >>> str(Unit.parse("USD/month") * Unit.parse("months"))
    'USD'
    >>> Unit.parse("USD/month") == Unit.parse("USD/year")
    False
    """

    powers: tuple[tuple[str, int], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `USD/month`, `1/year`, `USD/customer/month` or `day^2`; plurals mean the same. Raises UnreadableUnit."""
        stripped = text.strip()
        if stripped in NEUTRAL:
            return cls()
        powers: dict[str, int] = {}
        position = 0
        while position < len(stripped):
            part = _PART.match(stripped, position)
            first = position == 0
            if part is None or first == bool(part[1]) or len(stripped) > _LONGEST or (part[2] == "1" and not first):
                raise UnreadableUnit(text=text)
            if part[2] != "1":
                symbol = singular(part[2])
                sign = -1 if part[1] == "/" else 1
                powers[symbol] = powers.get(symbol, 0) + sign * int(part[3] or 1)
            position = part.end()
        return cls._of(powers.items())

    @classmethod
    def _of(cls, powers: Iterable[tuple[str, int]]) -> Self:
        return cls(tuple(sorted((symbol, power) for symbol, power in powers if power)))

    def __mul__(self, other: "Unit") -> "Unit":
        powers = dict(self.powers)
        for symbol, power in other.powers:
            powers[symbol] = powers.get(symbol, 0) + power
        return Unit._of(powers.items())

    def __truediv__(self, other: "Unit") -> "Unit":
        return self * other**-1

    def __pow__(self, exponent: int) -> "Unit":
        return Unit._of((symbol, power * exponent) for symbol, power in self.powers)

    @override
    def __str__(self) -> str:
        """`USD/month`; `1` for a bare number."""
        above = "*".join(_powered(symbol, power) for symbol, power in self.powers if power > 0)
        below = "".join(f"/{_powered(symbol, -power)}" for symbol, power in self.powers if power < 0)
        return f"{above or '1'}{below}"

    @property
    def symbol(self) -> str:
        """The symbol of a unit that is one symbol to the power one, else nothing."""
        match self.powers:
            case ((symbol, 1),):
                return symbol
        return ""

    @property
    def is_time(self) -> bool:
        """True of days, months and the like: the number is a duration."""
        return self.symbol in TIMES

    @property
    def is_money(self) -> bool:
        """True of one currency, or of the company's own."""
        return self.symbol == MONEY or bool(_CURRENCY.fullmatch(self.symbol))


def singular(word: str) -> str:
    """A unit's word without its plural ending: `customers` and `customer` are one unit. Currencies stay as they are.

    >>> singular("days"), singular("companies"), singular("USD"), singular("business")
    ('day', 'company', 'USD', 'business')
    """
    if not word.islower() or word.endswith("ss"):
        return word
    if word.endswith("ies") and len(word) > len("dies"):
        return f"{word[:-3]}y"
    return word.removesuffix("s") if len(word) > 1 else word


def plural(word: str) -> str:
    """The plural a reader expects, if `singular` leads back to the same word; else the word.

    >>> plural("day"), plural("company"), plural("USD")
    ('days', 'companies', 'USD')
    """
    if not word.islower():
        return word
    written = f"{word[:-1]}ies" if word.endswith("y") and word[-2:-1] not in "aeiou" else f"{word}s"
    return written if singular(written) == word else word


def is_symbol(word: str) -> bool:
    """True when `word` can stand alone as a unit behind a number."""
    return bool(_SYMBOL.fullmatch(word)) and word not in NEUTRAL


def _powered(symbol: str, power: int) -> str:
    return symbol if power == 1 else f"{symbol}^{power}"
