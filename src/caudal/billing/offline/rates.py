"""Standard rates of value added tax, each from a day on: what an installation knows when it begins.

Source: European Commission, "VAT rates applied in the Member States", and the tax offices of the others. The first day
of a country is not that of its law: nothing before it is invoiced here.
"""

from typing import Final

BEGINNING: Final = "2016-07-01"
SOURCE: Final = "European Commission and national tax offices"
STANDARD: Final = (
    *(("AT", "20"), ("BE", "21"), ("BG", "20"), ("CH", "7.7"), ("CL", "19"), ("CO", "19"), ("CY", "19"), ("CZ", "21")),
    *(("DE", "19"), ("DK", "25"), ("EE", "20"), ("ES", "21"), ("FI", "24"), ("FR", "20"), ("GB", "20"), ("GR", "24")),
    *(("HR", "25"), ("HU", "27"), ("IE", "23"), ("IT", "22"), ("LT", "21"), ("LU", "17"), ("LV", "21"), ("MT", "18")),
    *(("MX", "16"), ("NL", "21"), ("NO", "25"), ("PL", "23"), ("PT", "23"), ("RO", "19"), ("SE", "25"), ("SI", "22")),
    ("SK", "20"),
)
"""Country and per cent, from the beginning on."""
LATER: Final = (
    ("DE", "16", "2020-07-01"),
    ("DE", "19", "2021-01-01"),
    ("IE", "21", "2020-09-01"),
    ("IE", "23", "2021-03-01"),
    ("LU", "16", "2023-01-01"),
    ("LU", "17", "2024-01-01"),
    ("CH", "8.1", "2024-01-01"),
    ("EE", "22", "2024-01-01"),
    ("FI", "25.5", "2024-09-01"),
    ("SK", "23", "2025-01-01"),
    ("EE", "24", "2025-07-01"),
    ("RO", "21", "2025-08-01"),
)
"""Country, per cent, and from which day on."""


def standard_rates() -> list[tuple[str, str, str]]:
    """Return country, per cent and first day of every standard rate."""
    return [*((country, percent, BEGINNING) for country, percent in STANDARD), *LATER]
