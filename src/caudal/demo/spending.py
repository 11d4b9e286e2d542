"""What the demo company spends in a month: the plan's budget at a hundredth of its size, and what delivering costs."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from caudal.demo import market
from caudal.demo.chance import chance
from caudal.demo.steps import Spent

SALARIES: Final = (
    Spent("6010", 2_500_00, "Salaries of the sales team"),
    Spent("6020", 1_250_00, "Salary of the sales manager"),
    Spent("6030", 620_00, "Sales operations"),
    Spent("6040", 370_00, "Sales enablement"),
    Spent("6000", 1_900_00, "Salaries of product and support"),
)
"""The same every month: the plan says 3.8 to 7.6 M$ a year for all of selling, and this is a hundredth of a twelfth."""
TOOLS: Final = (
    Spent("6220", 250_00, "CRM system", "Caudal hosting"),
    Spent("6230", 370_00, "Sales tools", "Dialler and e-signature"),
    Spent("6240", 185_00, "Analytics", "Warehouse"),
    Spent("6250", 250_00, "Training", "SPIN workshop"),
    Spent("5010", 340_00, "Servers of the platform", "Cloud", "saas"),
    Spent("6400", 420_00, "Office"),
)
MARKETING: Final = (
    Spent("6120", 620_00, "Posts, white papers and podcasts", "Studio Sur", channel="content"),
    Spent("6100", 1_250_00, "Social media", "Agency", channel="social"),
    Spent("6130", 1_000_00, "Google, Facebook, LinkedIn and YouTube Ads", "Ad networks", channel="paid"),
    Spent("6140", 370_00, "Events with partners", "Fairs", channel="partners"),
)
"""Follows the season, as leads do."""
DOCUMENTS_A_MONTH: Final = 14_000
MILLS_A_DOCUMENT: Final = 30
"""Thousandths of a dollar that reading a document costs."""


def spent_in(seed: int, month: date) -> tuple[Spent, ...]:
    """Return what a month cost: steady salaries, tools that vary a little, marketing by season, documents by number."""
    return tuple(_spent(seed, month))


def _spent(seed: int, month: date) -> Iterator[Spent]:
    luck = chance(seed, "costs", month.isoformat())
    season = market.SEASON_PERCENT[month.month - 1]
    yield from SALARIES
    for each in TOOLS:
        yield _times(each, luck.randint(94, 106))
    for each in MARKETING:
        yield _times(each, season * luck.randint(90, 110) // 100)
    cents = DOCUMENTS_A_MONTH * luck.randint(80, 120) // 100 * MILLS_A_DOCUMENT // 10
    yield Spent("5020", cents, "Reading documents", "Model provider", "documents")


def _times(each: Spent, percent: int) -> Spent:
    cents = each.amount_minor * percent // 100
    return Spent(each.account, cents, each.note, each.party, each.pillar, each.channel)
