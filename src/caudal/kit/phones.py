"""Telephone numbers: what was typed, in the one form that every exchange understands."""

from typing import Final

import phonenumbers

LENGTH: Final = 16
"""A plus and fifteen digits, which E.164 allows."""


def e164(typed: str, country: str = "") -> str:
    """Return a number in E.164, read as dialled in a country (ISO code); nothing for what is no possible number.

    >>> e164("600 12 34 56", "ES"), e164("+44 7700 900123"), e164("00 34 600123456", "ES"), e164("call me", "ES")
    ('+34600123456', '+447700900123', '+34600123456', '')
    """
    try:
        number = phonenumbers.parse(typed, country or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
