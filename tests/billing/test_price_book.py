"""What documents are priced by: kept while the catalogue stands, and never older than what it prices."""

from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from caudal.billing.actions import Terms, invoice_customer, place_order, sign_contract, subscribe
from caudal.billing.actions.posting import Accounts
from caudal.billing.adapters import TableTaxes
from caudal.billing.models import Subscription
from caudal.billing.queries import PriceBook, Wanted, agreed_of, pricing
from caudal.billing.queries.gathering import Sought, ask_due
from caudal.catalog.actions import add_price
from caudal.core.money import Currency, Money
from caudal.kit.access import SYSTEM
from caudal.kit.lasting import steady
from caudal.ledger.actions import set_up_chart
from caudal.ledger.queries import account_codes
from tests.billing.selling import MADE, NEW_YEAR, Sold, sell, sold, take
from tests.kit.postgres_processes import eventually
from tests.together import is_waited_for, together
from tests.world import open_shop

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


@pytest.mark.django_db(transaction=True)
def test_a_price_that_was_set_while_an_invoice_waited_for_the_subscription_counts() -> None:
    sold = sell(open_shop())
    row = take(sold)
    (agreed,) = agreed_of([row]).values()
    PriceBook.of(SYSTEM, {item.offering for item, _ in agreed.parts.values()})
    early, at = date(2025, 2, 1), NEW_YEAR + timedelta(days=3)

    def agree(barrier: Barrier) -> None:
        with transaction.atomic():
            Subscription.objects.select_for_update().get(pk=row.pk)
            barrier.wait()
            assert eventually(is_waited_for, 20)
            said, charge_id = {"tiers": [{"flat": "120"}]}, sold.charges["base"].pk
            add_price(
                **MADE, charge_id=charge_id, currency="EUR", from_date=early, existing_from_date=early, price=said
            )

    def invoice(barrier: Barrier) -> list[int]:
        barrier.wait()
        asked: dict[str, Any] = {"customer_id": row.customer_id, "up_to": at, "taxes": TableTaxes()}
        (document,) = invoice_customer(actor=SYSTEM, as_of=at, issue_day=date(2026, 1, 3), **asked)
        return [line.whole_minor for line in document.lines.order_by("position")]

    assert [120_00, 40_00] in together(agree, invoice)


@pytest.mark.django_db(transaction=True)
def test_accounts_that_somebody_else_added_meanwhile_are_posted_to() -> None:
    account_codes(SYSTEM)

    def complete(barrier: Barrier) -> None:
        barrier.wait()
        set_up_chart(actor=SYSTEM, as_of=NEW_YEAR)

    with transaction.atomic(), steady():
        assert "receivable" not in account_codes(SYSTEM)
        assert together(complete) == [None]
        assert Accounts(NEW_YEAR).code("receivable")


def test_contracts_are_held_that_are_spent_under_and_of_which_something_was_committed(sold: Sold) -> None:
    eur = Money(1000_00, EUR)

    def sign(name: str, commitment: Money | None) -> UUID:
        day = date(2026, 1, 1)
        return sign_contract(**MADE, customer_id=sold.acme.pk, name=name, start_day=day, commitment=commitment).pk

    plain, spent, idle, ordered = sign("plain", None), sign("spent", eur), sign("idle", eur), sign("ordered", eur)
    for contract_id in (plain, spent):
        wanted, terms = [Wanted(sold.yearly.pk, Decimal(1))], Terms(date(2026, 1, 1))
        subscribe(**MADE, customer_id=sold.acme.pk, wanted=wanted, terms=terms, contract_id=contract_id)
    order = [Wanted(sold.course.pk, Decimal(1))]
    place_order(**MADE, customer_id=sold.acme.pk, wanted=order, day=date(2026, 1, 2), contract_id=ordered)
    for days, held in ((0, {spent}), (3, {spent, ordered}), (500, {spent, idle, ordered})):
        at = NEW_YEAR + timedelta(days=days)
        customers = {sold.acme.pk: sold.acme}
        for is_locked in (True, False):
            due = ask_due(Sought(at, at), customers, lock=is_locked)()
            assert {row.pk for row in due.contracts} == held, days
            assert {row.subscription_id for row in due.changes} == {row.pk for row in due.subscriptions}
