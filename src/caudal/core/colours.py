"""Colours as their six hexadecimal digits, and how well one is read on another (WCAG 2.2)."""

import re
from typing import Final

TEXT_CONTRAST_MIN: Final = 4.5
"""What text needs against its ground at level AA."""
WHITE: Final = "#ffffff"
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
_LINEAR_BELOW: Final = 0.04045


def is_colour(text: str) -> bool:
    """Say whether a text is a colour: a hash and six hexadecimal digits, in small letters.

    >>> is_colour("#0b6e6e"), is_colour("teal")
    (True, False)
    """
    return _COLOUR.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Return the ratio of contrast of two colours: 1 for the same one, 21 for black and white.

    >>> contrast("#000000", "#ffffff"), round(contrast("#777777", "#ffffff"), 2)
    (21.0, 4.48)
    """
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= _LINEAR_BELOW else ((share + 0.055) / 1.055) ** 2.4
