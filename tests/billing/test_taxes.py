"""Taxes: what stands behind the port answers every sale, and the rules of value added tax hold."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from caudal.billing.adapters import NoTaxRate, TableTaxes
from caudal.billing.models import TaxRate
from caudal.billing.ports import NullTaxes, Sale, Taxes

SALE = Sale("ES", "ES", "", is_business=False, tax_kind="standard", day=date(2026, 1, 1))


@pytest.fixture
def rates(db: None) -> None:
    for country, percent, day in (
        ("ES", "18", date(2010, 7, 1)),
        ("ES", "21", date(2012, 9, 1)),
        ("FR", "20", date(2014, 1, 1)),
    ):
        TaxRate.objects.create(country=country, tax_kind="standard", from_day=day, percent=Decimal(percent))


@pytest.mark.parametrize("made", [NullTaxes, TableTaxes])
def test_every_tax_is_a_share_and_the_same_when_asked_again(rates: None, made: type[Taxes]) -> None:
    taxes = made()
    for buyer in ("ES", "FR", "US"):
        sale = replace(SALE, buyer_country=buyer)
        assert 0 <= taxes.tax_on(sale).tax.percent <= 100
        assert taxes.tax_on(sale) == taxes.tax_on(sale)


@pytest.mark.parametrize(
    ("sale", "category", "percent", "why"),
    [
        (SALE, "S", "21", ""),
        (replace(SALE, day=date(2012, 8, 31)), "S", "18", ""),
        (replace(SALE, buyer_country="FR"), "S", "20", "destination"),
        (
            replace(SALE, buyer_country="FR", is_business=True, buyer_tax_id="FR40303265045"),
            "AE",
            "0",
            "reverse_charge",
        ),
        (replace(SALE, buyer_country="FR", is_business=True), "S", "20", "destination"),
        (replace(SALE, buyer_country="MX", is_business=True), "O", "0", "outside"),
        (replace(SALE, seller_country="MX", buyer_country="ES"), "Z", "0", "export"),
        (replace(SALE, tax_kind="exempt"), "E", "0", "exempt"),
    ],
)
def test_a_sale_is_taxed_where_the_law_says(rates: None, sale: Sale, category: str, percent: str, why: str) -> None:
    found = TableTaxes().tax_on(sale)
    assert (found.tax.category, found.tax.percent, found.why) == (category, Decimal(percent), why)


def test_a_rate_that_nobody_knows_is_asked_for(rates: None) -> None:
    with pytest.raises(NoTaxRate, match="JP"):
        TableTaxes().tax_on(replace(SALE, seller_country="JP", buyer_country="JP"))
    with pytest.raises(NoTaxRate):
        TableTaxes().tax_on(replace(SALE, day=date(2009, 1, 1)))
    with pytest.raises(NoTaxRate, match="no reduced tax rate of DK"):
        TableTaxes().tax_on(replace(SALE, seller_country="DK", buyer_country="DK", tax_kind="reduced"))
