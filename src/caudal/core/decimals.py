"""How numbers are written."""

from decimal import Decimal


def plain_decimal(number: Decimal) -> str:
    """A number as people and programs write it: all of its digits, no exponent, no zeros behind the last one that says.

    Not by `normalize`, which rounds to the digits of the context.

    >>> plain_decimal(Decimal("10.50")), plain_decimal(Decimal("1E+3")), plain_decimal(Decimal("-0.00"))
    ('10.5', '1000', '0')
    >>> plain_decimal(Decimal("12345678901234567890123456.000000000001"))
    '12345678901234567890123456.000000000001'
    """
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
