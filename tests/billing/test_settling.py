"""Laws of settling: whatever is done in whatever order, what is open is what is left, and the books agree."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from threading import Barrier
from typing import Any, Final

import pytest
from django.db import transaction
from django.db.models import F, Sum
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from caudal.billing import actions
from caudal.billing.actions import Terms
from caudal.billing.models import Invoice, InvoiceSort, Payment, Settlement
from caudal.billing.ports import Sale, Taxed
from caudal.billing.queries import Credit, Wanted
from caudal.catalog.actions import add_price
from caudal.core.errors import Problem
from caudal.core.money import Currency, Money
from caudal.core.pricing import Tax
from tests.billing.selling import MADE, Sold, bill, on, sold
from tests.billing.test_payments import AT, DAY, held, order, pay
from tests.together import together
from tests.world import Shop

__all__ = ["sold"]

PRICES: Final = {"base": "99.99", "seats": "20.05", "care": "49.49", "documents": "0.05"}


class TwoRates:
    """Says 21 % and 10 % in turns."""

    def __init__(self) -> None:
        self.asked = 0

    def tax_on(self, sale: Sale) -> Taxed:
        self.asked += 1
        return Taxed(Tax("S", Decimal(21 if self.asked % 2 else 10)), str(sale.day))


def odd(sold: Sold, currency: str) -> Invoice:
    """Three lines of odd amounts, at 21, 10 and 21 %."""
    day = date(2025, 2, 1)
    for code, price in PRICES.items():
        said = price.replace(".", "") if currency == "JPY" else f"{price}7" if currency == "KWD" else price
        key = "unit" if code in {"seats", "documents"} else "flat"
        price_said = {"tiers": [{key: said}]}
        add_price(**MADE, charge_id=sold.charges[code].pk, currency=currency, from_date=day, price=price_said)
    wanted = [Wanted(sold.pro.pk, Decimal(3)), Wanted(sold.support.pk)]
    terms = Terms(start_day=date(2026, 1, 1), currency=currency, subjects=(currency,))
    actions.subscribe(**MADE, customer_id=sold.acme.pk, wanted=wanted, terms=terms)
    bill(on(1, 1, 8), taxes=TwoRates())
    return Invoice.objects.get(currency=currency)


def test_credit_notes_for_all_of_an_invoice_come_to_it_to_the_last_unit(shop: Shop, sold: Sold) -> None:
    # 99.99 and 49.49 at 21 %, three of 20.05 at 10 %: 209.63 and 31.39 and 6.02.
    for currency, gross in (("EUR", "247.04"), ("JPY", "24704"), ("KWD", "247.076")):
        row = odd(sold, currency)
        assert (row.line_count, row.taxes.count()) == (3, 2)
        assert Money(row.gross_minor, Currency(currency)).major == gross
        for what in (
            {"percent": Decimal("33.33")},
            {"amount": Money(1, Currency(currency))},
            {"percent": Decimal(7)},
            {},
        ):
            actions.credit_invoice(**AT, invoice_id=row.pk, day=DAY, reason="Odd", credit=Credit(**what))
        notes = row.corrections.aggregate(net=Sum("net_minor"), tax=Sum("tax_minor"), gross=Sum("gross_minor"))
        assert notes == {"net": row.net_minor, "tax": row.tax_minor, "gross": row.gross_minor}
        row.refresh_from_db()
        assert row.open_minor == 0
    assert (held("receivable"), held("tax_payable")) == (0, 0)
    # January is over in March: what the notes take back is revenue by then, which the month's close brings from deferred.
    earned = ("deferred", "revenue_subscription", "revenue_licence", "revenue_support")
    assert sum(held(purpose) for purpose in earned) == 0


DOING: Final[dict[str, Callable[[Sold, list[Invoice], int], object]]] = {
    "pay": lambda sold, _rows, n: pay(sold, f"{n}.{n % 100:02d}"),
    "keep": lambda sold, _rows, n: pay(sold, f"{n}", allocations=[]),
    "use": lambda sold, _rows, _n: actions.use_balance(**AT, customer_id=sold.acme.pk, day=DAY),
    "credit": lambda _sold, rows, n: actions.credit_invoice(
        **AT,
        invoice_id=rows[n % len(rows)].pk,
        day=DAY,
        reason="x",
        credit=Credit(percent=Decimal(n % 60 + 1)),
    ),
    "write off": lambda _sold, rows, n: actions.write_off(
        **AT, invoice_id=rows[n % len(rows)].pk, day=DAY, reason="x", amount=Money(n * 37, Currency("EUR"))
    ),
    "refund": lambda _sold, _rows, n: refunded(n),
    "undo": lambda _sold, _rows, n: actions.undo_settlement(
        **AT, settlement_id=nth(Settlement.objects.filter(undoes=None).order_by("pk"), n).pk, day=DAY
    ),
    "take back": lambda _sold, _rows, n: actions.take_back_payment(
        **AT, payment_id=nth(Payment.objects.order_by("pk"), n).pk, day=DAY, why="x"
    ),
}


def nth(rows: Any, number: int) -> Any:
    """One of some rows; a refusal where there are none."""
    found = list(rows)
    if not found:
        raise actions.NoAmount
    return found[number % len(found)]


def refunded(number: int) -> object:
    """Pay back some of a payment or of a credit note."""
    notes = Invoice.objects.filter(sort=InvoiceSort.CREDIT_NOTE).order_by("pk")
    row = nth([*Payment.objects.order_by("pk"), *notes], number)
    amount = Money(number * 11, Currency("EUR"))
    of_payment = isinstance(row, Payment)
    return actions.refund(**AT, of_id=row.pk, of_payment=of_payment, day=DAY, reason="x", amount=amount)


def test_whatever_is_done_the_books_say_what_is_open(shop: Shop, sold: Sold) -> None:
    rows = order(sold, 5, 6, 7)

    @settings(
        max_examples=3,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.lists(st.tuples(st.sampled_from(sorted(DOING)), st.integers(1, 500)), min_size=6, max_size=10))
    def holds(steps: list[tuple[str, int]]) -> None:
        with transaction.atomic():
            for name, number in [("pay", 400), *steps]:
                try:
                    DOING[name](sold, rows, number)
                except Problem:
                    continue
            agree()
            transaction.set_rollback(True)

    holds()


def agree() -> None:
    """Check what is open against the rows that settle it, and the journal against what is open."""
    payments = Payment.objects.annotate(used=Sum("settlements__minor", default=0))
    assert not payments.exclude(open_minor=F("amount_minor") - F("used")).exists()
    for sort, side in ((InvoiceSort.INVOICE, "settlements"), (InvoiceSort.CREDIT_NOTE, "uses")):
        documents = Invoice.objects.filter(sort=sort).annotate(used=Sum(f"{side}__minor", default=0))
        assert not documents.exclude(open_minor=F("gross_minor") - F("used")).exists()

    def open_of(rows: Any) -> int:
        return int(rows.aggregate(sum=Sum("open_minor", default=0))["sum"])

    owed = Invoice.objects.filter(sort=InvoiceSort.INVOICE)
    notes = Invoice.objects.filter(sort=InvoiceSort.CREDIT_NOTE)
    assert held("receivable") == open_of(owed) - open_of(notes)
    assert held("stored_value") == -open_of(Payment.objects.all())
    assert held("bank") >= 0


@pytest.mark.django_db(transaction=True)
def test_of_two_who_allocate_the_last_euro_at_once_one_does(shop: Shop, sold: Sold) -> None:
    row = order(sold, 5)[0]
    payments = [pay(sold, "359.37", allocations=[]) for _ in range(2)]

    def run(payment: Payment, barrier: Barrier) -> int:
        what = [actions.Allocation(row.pk, Money.of("359.37", "EUR"))]
        barrier.wait()
        return len(actions.allocate_payment(**AT, payment_id=payment.pk, day=DAY, allocations=what))

    done = together(*(partial(run, payment) for payment in payments))
    row.refresh_from_db()
    assert sorted(str(each) if isinstance(each, int) else each.code for each in done) == [
        "1",
        "settling.more_than_open",
    ]
    assert (row.open_minor, held("stored_value")) == (0, -35937)
