"""Taxes from our own dated table, by the rules of value added tax within the European Union and at its border."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, TypeAlias

from caudal.billing.models import TaxKind, TaxRate
from caudal.billing.ports import Sale, Taxed
from caudal.core.errors import Problem, msg
from caudal.core.pricing import Tax
from caudal.kit.lasting import Lasting
from caudal.kit.tax_ids import UNION

_NOTHING: Final = Decimal(0)
Rates: TypeAlias = Mapping[tuple[str, str], Sequence[tuple[date, Decimal]]]
"""Days and percents by country and kind, the earliest first."""
_RATES: Final[Lasting[None, Rates]] = Lasting("billing.tax_rates")


class NoTaxRate(Problem):
    """The table says nothing of a country on a day."""

    code = "billing.no_tax_rate"
    status = 409
    message = msg("There is no tax rate of {country} for {day}.")
    hint = msg("Add the rate with the day from which it counts, on the page of tax rates.")


class NoReducedRate(NoTaxRate):
    """The table knows no reduced rate of a country on a day."""

    message = msg("There is no reduced tax rate of {country} for {day}.")
    hint = msg("Add the rate with the day from which it counts, or say that the product is taxed at the standard rate.")


def _rates() -> Rates:
    found: dict[tuple[str, str], list[tuple[date, Decimal]]] = {}
    for row in TaxRate.objects.order_by("country", "tax_kind", "from_day"):
        found.setdefault((row.country, row.tax_kind), []).append((row.from_day, row.percent))
    return found


class TableTaxes:
    """Looks at the table once: one of these is made for a run, a page or a request."""

    def __init__(self) -> None:
        """Read the rates."""
        self._rates = _RATES.get(None, _rates)
        self._known: dict[Sale, Taxed] = {}

    def tax_on(self, sale: Sale) -> Taxed:
        """Return the tax of a sale. Raises NoTaxRate."""
        if sale not in self._known:
            self._known[sale] = self._taxed(sale)
        return self._known[sale]

    def _taxed(self, sale: Sale) -> Taxed:
        if sale.tax_kind == "exempt":
            return Taxed(Tax("E", _NOTHING), "exempt")
        if sale.seller_country == sale.buyer_country or not sale.seller_country:
            return self._domestic(sale, sale.buyer_country, "")
        if sale.seller_country not in UNION:
            return Taxed(Tax("Z", _NOTHING), "export")
        if sale.buyer_country not in UNION:
            return Taxed(Tax("O", _NOTHING), "outside")
        if sale.is_business and sale.buyer_tax_id:
            return Taxed(Tax("AE", _NOTHING), "reverse_charge")
        return self._domestic(sale, sale.buyer_country, "destination")

    def _domestic(self, sale: Sale, country: str, why: str) -> Taxed:
        reached = [percent for day, percent in self._rates.get((country, sale.tax_kind), ()) if day <= sale.day]
        if not reached:
            missing = NoReducedRate if sale.tax_kind == TaxKind.REDUCED else NoTaxRate
            raise missing(country=country, day=sale.day)
        return Taxed(Tax("S" if reached[-1] else "Z", reached[-1]), why)
