"""Rates of value added tax as they are shipped: by country, kind of product and the day from which each counts.

Sources: for the Union, the rates that member states notify under article 100 of Directive 2006/112/EC, as published by
the European Commission (Taxes in Europe Database); for others the law named beside each country. Of countries with
several reduced rates the table has the one for most goods and services of a reduced kind; where another one is due, a
company adds it with its day. What is not certain is left out, so that it is refused and not guessed.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

UNION: Final = "European Commission, Taxes in Europe Database"


@dataclass(frozen=True, slots=True)
class ShippedRate:
    """The percentage of a country for a kind of product from a day on, and who says so."""

    country: str
    tax_kind: str
    from_day: date
    percent: Decimal
    source: str


_STANDARD: Final = """
AT 1984-01-01 20
BE 1996-01-01 21
BG 1999-01-01 20
CY 2014-01-13 19
CZ 2013-01-01 21
DE 2007-01-01 19, 2020-07-01 16, 2021-01-01 19
DK 1992-01-01 25
EE 2009-07-01 20, 2024-01-01 22, 2025-07-01 24
ES 2012-09-01 21
FI 2013-01-01 24, 2024-09-01 25.5
FR 2014-01-01 20
GR 2010-07-01 23, 2016-06-01 24
HR 2012-03-01 25
HU 2012-01-01 27
IE 2012-01-01 23, 2020-09-01 21, 2021-03-01 23
IT 2013-10-01 22
LT 2009-09-01 21
LU 2015-01-01 17, 2023-01-01 16, 2024-01-01 17
LV 2012-07-01 21
MT 2004-01-01 18
NL 2012-10-01 21
PL 2011-01-01 23
PT 2011-01-01 23
RO 2016-01-01 20, 2017-01-01 19, 2025-08-01 21
SE 1990-07-01 25
SI 2013-07-01 22
SK 2011-01-01 20, 2025-01-01 23
"""
_REDUCED: Final = """
AT 1984-01-01 10
BE 2000-01-01 6
BG 2011-04-01 9
CY 2014-01-13 9
CZ 2013-01-01 15, 2024-01-01 12
DE 1983-07-01 7, 2020-07-01 5, 2021-01-01 7
EE 2009-01-01 9
ES 2012-09-01 10
FI 2013-01-01 14, 2026-01-01 13.5
FR 2014-01-01 10
HR 2014-01-01 13
HU 2009-07-01 18
IE 2003-01-01 13.5
IT 1995-02-24 10
LT 2009-09-01 9, 2026-01-01 12
LU 2015-01-01 8, 2023-01-01 7, 2024-01-01 8
LV 2011-01-01 12
MT 2011-01-01 7
NL 2001-01-01 6, 2019-01-01 9
PL 2011-01-01 8
PT 2011-01-01 6
RO 2016-01-01 9, 2025-08-01 11
SE 1996-01-01 12
SI 2013-07-01 9.5
SK 2011-01-01 10, 2025-01-01 19
"""
_OTHERS: Final = """
GB standard 2011-01-04 20 Value Added Tax Act 1994
GB reduced 1997-09-01 5 Value Added Tax Act 1994
CH standard 2011-01-01 8 / 2018-01-01 7.7 / 2024-01-01 8.1 Federal Act on Value Added Tax
CH reduced 2011-01-01 2.5 / 2024-01-01 2.6 Federal Act on Value Added Tax
NO standard 2005-01-01 25 Value Added Tax Act 2009
MX standard 2010-01-01 16 Ley del Impuesto al Valor Agregado
CL standard 2003-10-01 19 Decreto Ley 825
CO standard 2017-01-01 19 Estatuto Tributario
PE standard 2011-03-01 18 Decreto Supremo 055-99-EF
AR standard 2003-01-18 21 Ley 23.349
EC standard 2017-06-01 12 / 2024-04-01 15 Ley de Régimen Tributario Interno
UY standard 2007-07-01 22 Texto Ordenado 1996
CR standard 2019-07-01 13 Ley 9635
DO standard 2013-01-01 18 Ley 253-12
"""


def shipped_rates() -> tuple[ShippedRate, ...]:
    """Return the rates, by country, kind and day."""
    found = [*_of_union("standard", _STANDARD), *_of_union("reduced", _REDUCED), *_of_others()]
    return tuple(sorted(found, key=lambda each: (each.country, each.tax_kind, each.from_day)))


def _of_union(tax_kind: str, text: str) -> list[ShippedRate]:
    rates = []
    for line in text.strip().splitlines():
        country, _, told = line.partition(" ")
        for part in told.split(","):
            day, percent = part.split()
            rates.append(ShippedRate(country, tax_kind, date.fromisoformat(day), Decimal(percent), UNION))
    return rates


def _of_others() -> list[ShippedRate]:
    rates = []
    for line in _OTHERS.strip().splitlines():
        country, tax_kind, told = line.split(" ", 2)
        parts = told.split(" / ")
        day, percent, source = parts[-1].split(" ", 2)
        steps = [*(each.split() for each in parts[:-1]), [day, percent]]
        rates += [
            ShippedRate(country, tax_kind, date.fromisoformat(begins), Decimal(rate), source) for begins, rate in steps
        ]
    return rates
