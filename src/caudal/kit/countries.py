"""Countries: their ISO codes, found by code or by name, and their names in the languages of the interface."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from babel import Locale

from caudal.kit.names import name_key

LANGUAGES: Final = ("en", "es", "fr", "de", "it", "pt")
"""Languages whose names of countries are understood when they are typed."""
ALSO: Final[Mapping[str, str]] = {
    "usa": "US",
    "u.s.a.": "US",
    "u.s.": "US",
    "united states of america": "US",
    "ee. uu.": "US",
    "eeuu": "US",
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "korea": "KR",
    "republic of korea": "KR",
    "russian federation": "RU",
    "viet nam": "VN",
    "holland": "NL",
    "uae": "AE",
    "turkey": "TR",
    "czech republic": "CZ",
    "republica dominicana": "DO",
    "mejico": "MX",
}
"""What people call countries besides their names."""
NOT_COUNTRIES: Final = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})


def country_code(typed: str) -> str:
    """Return the ISO 3166 code of a country that was typed by code or name; nothing where nobody can tell.

    >>> country_code("es"), country_code("España"), country_code("United states"), country_code("Atlantis")
    ('ES', 'ES', 'US', '')
    """
    text = typed.strip()
    if text.upper() in _codes():
        return text.upper()
    return _by_name().get(name_key(text), "")


def country_name(code: str, language: str = "en") -> str:
    """Return what a country is called in a language; the code itself where no name is known.

    >>> country_name("ES"), country_name("ES", "es")
    ('Spain', 'España')
    """
    return str(_names(language[:2]).get(code, code))


def countries(language: str) -> list[tuple[str, str]]:
    """Return code and name of every country, by name in a language."""
    names = _names(language[:2])
    return sorted(((code, names[code]) for code in _codes() & names.keys()), key=lambda pair: name_key(pair[1]))


@cache
def _names(language: str) -> Mapping[str, str]:
    return {
        str(code): str(name) for code, name in Locale(language if language in LANGUAGES else "en").territories.items()
    }


@cache
def _codes() -> frozenset[str]:
    return frozenset(code for code in _names("en") if len(code) == 2 and code.isalpha()) - NOT_COUNTRIES  # noqa: PLR2004  ISO's own length


@cache
def _by_name() -> Mapping[str, str]:
    named = {
        name_key(_names(language)[code]): code
        for language in LANGUAGES
        for code in sorted(_codes() & _names(language).keys())
    }
    return {**named, **ALSO}
