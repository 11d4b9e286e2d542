"""What billing needs of the outside: which tax a sale bears."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Protocol

from caudal.core.pricing import Tax

UNTAXED: Final = Tax("O", Decimal(0))
"""Category O of UNTDID 5305: outside the scope of any tax."""


@dataclass(frozen=True, slots=True)
class Sale:
    """Of what the tax is asked: who sells to whom, what, on which day. Countries are ISO 3166 codes."""

    seller_country: str
    buyer_country: str
    buyer_tax_id: str
    is_business: bool
    tax_kind: str
    day: date
    buyer_region: str = ""


@dataclass(frozen=True, slots=True)
class Taxed:
    """The tax that a sale bears, and the rule that says so: a short word that documents put into words."""

    tax: Tax
    why: str = ""


class Taxes(Protocol):
    """Says which tax a sale bears."""

    def tax_on(self, sale: Sale) -> Taxed:
        """Return the tax of a sale. Raises NoTaxRate where none is known."""


class NullTaxes:
    """Where nothing is taxed."""

    def tax_on(self, sale: Sale) -> Taxed:  # noqa: ARG002  the port asks for it
        """Return no tax."""
        return Taxed(UNTAXED, "untaxed")
