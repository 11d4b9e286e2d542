"""The price book that runs share: kept while the catalogue stands, by how far somebody sees."""

from datetime import date
from decimal import Decimal

import pytest

from caudal.billing.queries import PriceBook, agreed_of, pricing
from caudal.catalog.actions import add_price
from caudal.core.money import Currency
from caudal.kit.access import SYSTEM
from tests.billing.selling import MADE, Sold, sold, take

__all__ = ["sold"]

EUR = Currency("EUR")


def test_a_book_is_kept_until_the_catalogue_changes_and_never_grows_beyond_what_it_may(
    sold: Sold, monkeypatch: pytest.MonkeyPatch
) -> None:
    (agreed,) = agreed_of([take(sold)]).values()
    item = agreed.items[0]
    base = next(each for each in item.charges if each.code == "base")
    offerings = {item.offering}

    def price(book: PriceBook, quantity: int) -> str:
        day = date(2026, 6, 1)
        return book.fixed(item, base, currency=EUR, day=day, quantity=Decimal(quantity)).line.amount.major

    book = PriceBook.of(SYSTEM, offerings)
    assert PriceBook.of(SYSTEM, offerings) is book
    first = book.fixed(item, base, currency=EUR, day=date(2026, 6, 1), quantity=Decimal(1))
    assert book.fixed(item, base, currency=EUR, day=date(2026, 6, 1), quantity=Decimal(1)) is first
    monkeypatch.setattr(pricing, "PRICES", 3)
    assert {price(book, quantity) for quantity in range(1, 20)} == {"99.00"}
    assert len(book._priced) <= 3
    said, may = {"tiers": [{"flat": "120"}]}, date(2026, 5, 1)
    base_id = sold.charges["base"].pk
    add_price(**MADE, charge_id=base_id, currency="EUR", from_date=may, existing_from_date=may, price=said)
    renewed = PriceBook.of(SYSTEM, offerings)
    assert renewed is not book
    assert (price(renewed, 1), price(book, 1)) == ("120.00", "99.00")
