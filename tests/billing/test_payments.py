"""Payments: what came settles what is owed, once, in its own currency, and every row of it has its entry."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from caudal.billing import actions
from caudal.billing.actions import Allocation
from caudal.billing.models import Customer, Invoice, Payment, Settlement
from caudal.billing.queries import Wanted
from caudal.core.money import Money
from caudal.kit.access import SYSTEM
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound
from caudal.ledger.models import JournalPosting
from tests.billing.selling import MADE, Sold, bill, on, sold
from tests.world import Shop

__all__ = ["sold"]

AT: Any = {"actor": SYSTEM, "as_of": on(3, 1)}
DAY = date(2026, 3, 1)


def order(sold: Sold, *days: int, customer: Customer | None = None, currency: str = "EUR") -> list[Invoice]:
    """Sell a course on days of January: 297.00 and 21 % tax are 359.37 to Acme."""
    for day in days:
        actions.place_order(
            **MADE,
            customer_id=(customer or sold.acme).pk,
            wanted=[Wanted(sold.course.pk, Decimal(1))],
            day=date(2026, 1, day),
            currency=currency,
        )
        bill(on(1, day, 12))
    return list(Invoice.objects.order_by("issue_day", "number"))


def pay(sold: Sold, amount: str, currency: str = "EUR", **said: Any) -> Payment:
    """Record what Acme paid."""
    told: dict[str, Any] = {"customer_id": sold.acme.pk, "amount": Money.of(amount, currency), "day": DAY} | said
    return actions.record_payment(**AT, **told)


def held(purpose: str) -> int:
    """What an account holds, in minor units."""
    found = JournalPosting.objects.filter(account__purpose=purpose).aggregate(sum=Sum("amount_minor"))["sum"]
    return int(found or 0)


def open_minors() -> list[int]:
    """What is open of every invoice, the earliest first."""
    return list(Invoice.objects.order_by("issue_day", "number").values_list("open_minor", flat=True))


def test_a_payment_settles_the_oldest_first_once_and_what_was_wrong_is_taken_back(shop: Shop, sold: Sold) -> None:
    first = order(sold, 5, 6)[0]
    payment = pay(sold, "500.00", reference="  STMT 7/12 ")
    assert (payment.reference, payment.open_minor) == ("STMT 7/12", 0)
    assert open_minors() == [0, 35937 * 2 - 50000]
    # What was paid, less what it settled: nothing is left of the balance; the bank has it all.
    assert (held("bank"), held("stored_value"), held("receivable")) == (50000, 0, 35937 * 2 - 50000)
    more = pay(sold, "300.00")
    assert (more.open_minor, held("stored_value")) == (30000 - 21874, -8126)
    third = order(sold, 7)[-1]
    actions.use_balance(**AT, customer_id=sold.acme.pk, day=DAY)
    third.refresh_from_db()
    assert (third.open_minor, held("stored_value"), held("receivable")) == (35937 - 8126, 0, 35937 - 8126)
    with pytest.raises(actions.PartlySettled):
        actions.void(**AT, invoice_id=first.pk, day=DAY, why="Wrong")
    for each in Payment.objects.order_by("pk"):
        actions.take_back_payment(**AT, payment_id=each.pk, day=DAY, why="All anew")
    assert (open_minors(), held("bank"), held("stored_value")) == ([35937] * 3, 0, 0)
    payment = pay(sold, "400.00", reference="S-1")
    with pytest.raises(actions.RecordedBefore, match=r"400\.00 EUR of 2026-03-01"):
        pay(sold, "400.00", reference="S-1")
    assert pay(sold, "1.00", reference="S-1", payment_id=payment.pk) == payment
    for _ in range(2):
        back = actions.take_back_payment(**AT, payment_id=payment.pk, day=DAY, why="Another customer's")
        assert (back.open_minor, open_minors()) == (0, [35937] * 3)
    assert (held("bank"), held("stored_value"), held("receivable")) == (0, 0, 35937 * 3)
    assert pay(sold, "359.37", reference="S-1").open_minor == 0
    with pytest.raises(actions.TakenBack):
        actions.allocate_payment(**AT, payment_id=payment.pk, day=DAY)


def test_an_allocation_is_undone_once_and_the_database_keeps_what_is_open(shop: Shop, sold: Sold) -> None:
    second = order(sold, 5, 6)[1]
    payment = pay(sold, "100.00", allocations=[Allocation(second.pk, Money.of("60", "EUR"))])
    assert (payment.open_minor, open_minors()) == (4000, [35937, 35937 - 6000])
    row = Settlement.objects.get()
    undone = actions.undo_settlement(**AT, settlement_id=row.pk, day=date(2026, 1, 1), reason="Of the first")
    assert (undone.day, undone.minor, open_minors()) == (DAY, -6000, [35937, 35937])
    for wrong, problem in ((row, actions.UndoneBefore), (undone, actions.CannotBeUndone)):
        with pytest.raises(problem):
            actions.undo_settlement(**AT, settlement_id=wrong.pk, day=DAY)
    actions.allocate_payment(**AT, payment_id=payment.pk, day=DAY)
    assert (open_minors(), held("stored_value")) == ([25937, 35937], 0)
    # Whoever writes, what is open follows from the settlements, which stay.
    last = Settlement.objects.order_by("pk").last()
    assert last is not None
    again = Settlement.stamped(
        **AT, sort="allocation", customer=sold.acme, payment=payment, invoice=second, currency="EUR", minor=1, day=DAY
    )
    for write in (
        lambda: again.save(force_insert=True),
        lambda: Invoice.objects.filter(pk=second.pk).update(open_minor=0),
        lambda: Payment.objects.filter(pk=payment.pk).update(open_minor=5),
        lambda: Payment.objects.filter(pk=payment.pk).update(amount_minor=20000),
        lambda: Settlement.objects.filter(pk=last.pk).update(minor=5),
        lambda: Settlement.objects.filter(pk=last.pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    assert open_minors() == [25937, 35937]


def test_what_cannot_settle_is_refused_in_words(shop: Shop, sold: Sold) -> None:
    invoice, yens, others = (
        order(sold, 5) + order(sold, 6, currency="JPY")[1:] + order(sold, 7, customer=sold.globex)[2:]
    )
    assert (yens.currency, yens.gross_minor) == ("JPY", 359)

    def said(row: Invoice, amount: str = "10", currency: str = "EUR") -> dict[str, Any]:
        return {"allocations": [Allocation(row.pk, Money.of(amount, currency))]}

    for amount, currency, what, problem in (
        ("10", "EUR", said(yens), actions.OtherCurrency),
        ("10", "EUR", said(yens, "10", "JPY"), actions.OtherCurrency),
        ("10", "EUR", said(others), actions.OtherCustomer),
        ("10", "EUR", said(invoice, "10.01"), actions.MoreThanOpen),
        ("1000", "EUR", said(invoice, "360"), actions.MoreThanOpen),
        ("10", "EUR", said(invoice, "0"), actions.NoAmount),
        ("10", "EUR", said(invoice, "-1"), actions.NoAmount),
        ("0", "EUR", {}, BadInput),
        ("-5", "EUR", {}, BadInput),
        ("1" + "0" * 20, "EUR", {}, BadInput),
        ("5", "EUR", {"day": date(2026, 3, 3)}, BadInput),
        ("5", "EUR", {"method": "barter"}, BadInput),
        ("5", "EUR", {"reference": "x" * 81}, BadInput),
        ("5", "EUR", {"customer_id": shop.acme.pk}, NotFound),
    ):
        with pytest.raises(problem):
            pay(sold, amount, currency, **what)
    assert not Payment.objects.exists()
    assert not Settlement.objects.exists()
    # The rest is kept in dinars, of which a thousandth is the smallest.
    assert (pay(sold, "400", "JPY").open_minor, pay(sold, "1.234", "KWD").open_minor) == (41, 1234)
