"""Reads of tax rates."""

from datetime import date

from caudal.billing.models import TaxRate


def tax_rates(*, country: str = "") -> list[TaxRate]:
    """Return the rates that are known, of one country if asked: by country and kind, the latest first."""
    rows = TaxRate.objects.order_by("country", "tax_kind", "-from_day", "pk")
    return list(rows.filter(country=country) if country else rows)


def rates_on(rates: list[TaxRate], day: date) -> set[str]:
    """Return the ids of the rates that count on a day, of each country and kind one."""
    found: dict[tuple[str, str], TaxRate] = {}
    for each in rates:
        if each.from_day <= day:
            key = each.country, each.tax_kind
            if key not in found or found[key].from_day < each.from_day:
                found[key] = each
    return {str(each.pk) for each in found.values()}
