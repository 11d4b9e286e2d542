"""What a text is found by: its words without case and accents, its addresses by parts, its numbers by their digits."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

import phonenumbers

from caudal.kit.names import name_key

LETTERS: Final = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\u0131": "i",
        "ħ": "h",
        "ŧ": "t",
        "ŋ": "n",
    }
    | {"\0": " "}
)
"""Letters that no decomposition takes apart, as people type them who lack the key."""
PART: Final = re.compile(r"[^\W_]+")
EDGES: Final = re.compile(r"^[\W_]+|[\W_]+$")
LONGEST: Final = 80
"""Letters of a word that are kept; longer ones are found by their beginning."""
SECOND_LEVEL: Final = frozenset({"co", "com", "org", "net", "gob", "gov", "edu", "ac", "or", "ne", "nom"})
"""Names under a country that say nothing of who is there: `example.co.uk`."""

NAME: Final = "A"
"""The mark of words that stand in a name; typing mistakes are forgiven in these."""
OTHER: Final = "D"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a record is called and what else it is found by, as its context knows it."""

    title: str
    names: tuple[str, ...] = ()
    """Of whom or what it also speaks: the company of a deal."""
    emails: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    country: str = ""
    """ISO code of the country in which numbers without one are dialled."""
    codes: tuple[str, ...] = ()
    """SKUs, numbers of documents and other names that are not words."""


def folded(text: str) -> str:
    """Return a text as it is compared: no case, no accents, one space between words.

    >>> folded("  Łukasz   GROß-Møller "), folded("Peluquería Ñandú")
    ('lukasz gross-moller', 'peluqueria nandu')
    """
    return name_key(text.translate(LETTERS)).translate(LETTERS)


def chunks(text: str) -> Iterator[str]:
    """Yield what stands between spaces, folded, without the marks around it."""
    for chunk in folded(text).split():
        if bare := EDGES.sub("", chunk):
            yield bare


def parts(chunk: str) -> list[str]:
    """Return the words inside a chunk: `o'brien` holds two."""
    return PART.findall(chunk)


def words_of(text: str) -> Iterator[str]:
    """Yield the words of a name; what is written with a mark inside also whole, and without the mark.

    >>> sorted(set(words_of("Seán O'Brien, S.L.")))
    ['brien', 'l', 'o', "o'brien", 'obrien', 's', 's.l', 'sean', 'sl']
    """
    for chunk in chunks(text):
        if "@" in chunk:
            yield from email_words(chunk)
            continue
        inside = parts(chunk)
        yield from inside
        if len(inside) > 1:
            yield chunk
            yield "".join(inside)


def email_words(address: str) -> Iterator[str]:
    """Yield the address, and the parts of it that say who or where.

    >>> sorted(set(email_words("Ana.Garcia@mail.example.co.uk")))[:5]
    ['ana', 'ana.garcia', 'ana.garcia@mail.example.co.uk', 'anagarcia', 'example']
    """
    whole = folded(address).strip()
    local, _, domain = whole.rpartition("@")
    yield whole
    if local:
        inside = parts(local)
        yield from inside
        yield "".join(inside)
        yield local
    yield from domain_words(domain)


def domain_words(domain: str) -> Iterator[str]:
    """Yield a domain, those above it, and the labels that somebody chose.

    >>> list(domain_words("www.mail.example.co.uk"))
    ['mail.example.co.uk', 'example.co.uk', 'mail', 'example']
    """
    labels = [label for label in folded(domain).strip(" ./").removeprefix("www.").split(".") if label]
    own = labels[:-2] if len(labels) > 2 and labels[-2] in SECOND_LEVEL else labels[:-1]  # noqa: PLR2004  two levels
    for place in range(len(own)):
        yield ".".join(labels[place:])
    yield from own or labels


def phone_words(typed: str, country: str) -> Iterator[str]:
    """Yield the digits of a number as one dials them from abroad and at home, without zeros in front.

    >>> list(phone_words("612 34 56 78", "ES")), list(phone_words("+44 (0)20 7946 0958", ""))
    (['34612345678', '612345678'], ['442079460958', '2079460958'])
    """
    try:
        number = phonenumbers.parse(typed, country or None)
    except phonenumbers.NumberParseException:
        number = None
    if number is not None and phonenumbers.is_possible_number(number):
        national = str(number.national_number)
        yield f"{number.country_code}{national}"
        yield national
    elif bare := digits_of(typed):
        yield bare


def digits_of(typed: str) -> str:
    """Return the digits of a number as somebody types it, without the zeros that come before a country or an area."""
    return "".join(letter for letter in typed.replace("(0)", "") if letter.isdecimal() and letter.isascii()).lstrip("0")


def lexemes(wording: Wording) -> dict[str, str]:
    """Return every word that finds a record, with its mark; the mark of a name wins."""
    other = chain(
        *map(email_words, wording.emails),
        *map(domain_words, wording.domains),
        *(phone_words(phone, wording.country) for phone in wording.phones),
        *map(words_of, wording.codes),
    )
    found = dict.fromkeys((word[:LONGEST] for word in other if word), OTHER)
    names = chain(*map(words_of, (wording.title, *wording.names)))
    return found | dict.fromkeys((word[:LONGEST] for word in names if word), NAME)


def vector(marked: Mapping[str, str], marks: Iterable[str]) -> str:
    """Return words and bare marks in PostgreSQL's own writing of a `tsvector`."""
    listed = chain(marked.items(), ((mark, OTHER) for mark in marks))
    return " ".join(f"{quoted(word)}:1{'' if weight == OTHER else weight}" for word, weight in sorted(listed))


def quoted(word: str) -> str:
    """Return a word as `tsvector` and `tsquery` read it."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
