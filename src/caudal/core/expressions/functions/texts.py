"""Texts, with one table of letters for Python and SQL.

Neither side's own rules are used: they depend on versions and collations. The table holds the letters of European
languages written in Latin script (U+0041 to U+017F, and the Romanian ones with a comma). Everything else stays as is.
"""

import unicodedata
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from caudal.core.expressions.functions.typing_rules import takes
from caudal.core.expressions.schema import BOOLEAN, TEXT, Kind, number
from caudal.core.expressions.terms import Function, Quotient

_LATIN: Final = [chr(code) for code in (*range(0x41, 0x180), *range(0x218, 0x21C))]
_CAPITALS: Final = {
    letter: letter.lower()
    for letter in _LATIN
    if letter.isupper() and len(letter.lower()) == 1 == len(letter.lower().upper())
}


def _plain(letter: str) -> str:
    """The small letter without its accent: Á and á are a."""
    base = unicodedata.normalize("NFD", _CAPITALS.get(letter, letter))[0]
    return base if base.isascii() else _CAPITALS.get(letter, letter)


LOWER: Final = str.maketrans(_CAPITALS)
UPPER: Final = str.maketrans({small: capital for capital, small in _CAPITALS.items()})
FOLD: Final = str.maketrans({letter: _plain(letter) for letter in _LATIN if _plain(letter) != letter})


def folded(text: str) -> str:
    """Without capitals and accents: how texts are searched.

    >>> folded("ÁRBOL Ñandú")
    'arbol nandu'
    """
    return text.translate(FOLD)


def _sql_translated(text: str, table: dict[int, str]) -> str:
    """`text` with letters replaced; the letters are ours and hold neither quote nor percent sign."""
    before, after = "".join(map(chr, table)), "".join(table.values())
    return f"translate({text}, '{before}', '{after}')"


def _changed(name: str, table: dict[int, str]) -> Function:
    return Function(
        name,
        f"{name}(text)",
        (1, 1),
        takes(Kind.TEXT, result=TEXT),
        lambda text: text.translate(table),
        lambda text: _sql_translated(text, table),
        kinds=(Kind.TEXT,),
    )


def _searched(name: str, value: Callable[[str, str], bool], sql: Callable[[str, str], str]) -> Function:
    return Function(
        name,
        f"{name}(text, part)",
        (2, 2),
        takes(Kind.TEXT, result=BOOLEAN),
        lambda text, part: value(folded(text), folded(part)),
        lambda text, part: sql(_sql_translated(text, FOLD), _sql_translated(part, FOLD)),
        kinds=(Kind.TEXT,),
    )


TEXTS: Final = (
    _changed("lower", LOWER),
    _changed("upper", UPPER),
    Function(
        "length",
        "length(text)",
        (1, 1),
        takes(Kind.TEXT, result=number()),
        lambda text: Fraction(len(text)),
        lambda text: Quotient(f"length({text})::numeric"),
        kinds=(Kind.TEXT,),
    ),
    _searched("contains", lambda text, part: part in text, lambda text, part: f"(position({part} in {text}) > 0)"),
    _searched(
        "has",
        lambda text, part: bool(text) and part in text.split(", "),
        lambda text, part: f"({part} = any(string_to_array({text}, ', ')))",
    ),
    _searched("starts_with", str.startswith, lambda text, part: f"starts_with({text}, {part})"),
    _searched("ends_with", str.endswith, lambda text, part: f"(right({text}, length({part})) = {part})"),
)
