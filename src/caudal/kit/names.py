"""Names as keys: what makes two spellings the same name."""

import unicodedata


def name_key(name: str) -> str:
    """Return a name without case, accents and surplus space, for finding and comparing; never for showing.

    >>> name_key("  Peluquería   ÑANDÚ "), name_key("Groß GmbH")
    ('peluqueria nandu', 'gross gmbh')
    """
    apart = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(bare.split())
