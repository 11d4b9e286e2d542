"""Names as keys: what makes two spellings the same name."""

import unicodedata
from typing import Final

from cleanco import basename


def name_key(name: str) -> str:
    """Return a name without case, accents and surplus space, for finding and comparing; never for showing.

    >>> name_key("  Peluquería   ÑANDÚ "), name_key("Groß GmbH")
    ('peluqueria nandu', 'gross gmbh')
    """
    apart = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(bare.split())


LEGAL_FORMS: Final = frozenset(
    ("slu", "sau", "sll", "sal", "slne", "slp", "scoop", "sccl", "cb", "sc", "aie", "ute")
) | frozenset(("sapi de cv", "s de rl de cv", "s de rl", "sab de cv", "sac", "eirl", "ltda", "spa", "sas", "saic"))
"""Legal forms of Spain and Latin America that the library does not know, without points."""
LONGEST_FORM: Final = 5
"""Words."""


def bare_key(name: str) -> str:
    """Return the key of a company's name without its legal form, by which one company is told in two spellings.

    A name that is nothing but legal forms stays whole.

    >>> bare_key("Peluquería Ñandú, S.L.U."), bare_key("ACME GmbH & Co. KG"), bare_key("Globex Corporation")
    ('peluqueria nandu', 'acme', 'globex')
    """
    words = _without_form(name_key(name).split())
    words = _without_form((basename(" ".join(words)) or " ".join(words)).split())
    return " ".join(words).strip(" ,.;-") or name_key(name)


def _without_form(words: list[str]) -> list[str]:
    for length in range(min(LONGEST_FORM, len(words) - 1), 0, -1):
        if " ".join(words[-length:]).replace(".", "").replace(",", "") in LEGAL_FORMS:
            return words[:-length]
    return words
