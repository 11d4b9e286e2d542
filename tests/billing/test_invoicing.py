"""Invoicing: what fell due is invoiced once, with tax, number and entry, and a preview is the invoice."""

from datetime import date
from decimal import Decimal
from typing import Any

from caudal.billing import actions
from caudal.billing.models import Invoice, TaxRate
from caudal.billing.queries import Wanted
from caudal.catalog.actions import tax_product_as
from caudal.core.proration import When
from tests.billing.selling import MADE, Sold, bill, on, sold, take, told, use
from tests.world import Shop

__all__ = ["sold"]


def test_a_subscription_is_invoiced_period_by_period_with_what_was_used(shop: Shop, sold: Sold) -> None:
    subscription = take(sold)
    first = bill(on(1, 1, 8))
    assert (first.customers, first.invoices) == (1, 1)
    use(shop.acme, "300", on(1, 12), "1")
    assert bill(on(1, 20)).invoices == 0
    bill(on(2, 1, 8))
    january, february = Invoice.objects.order_by("number")
    assert (january.number, february.number) == ("INV-2026-00001", "INV-2026-00002")
    assert told(january) == [("period base", "1", "99.00"), ("period seats", "1", "40.00")]
    assert told(february) == [
        ("usage documents", "1", "10.00"),
        ("period base", "1", "99.00"),
        ("period seats", "1", "40.00"),
    ]
    assert (february.net_minor, february.tax_minor, february.gross_minor) == (14900, 3129, 18029)
    subscription.refresh_from_db()
    assert subscription.due_at == on(2, 28, 23)


def test_a_change_within_a_period_is_on_the_next_invoice(shop: Shop, sold: Sold) -> None:
    subscription = take(sold)
    bill(on(1, 1, 8))
    # Half past eleven at night in UTC, sixteen and a half days of thirty-one later, half of January.
    middle = on(1, 16, 11)
    actions.change_seats(**MADE, subscription_id=subscription.pk, seats=Decimal(4), at=middle)
    bill(on(2, 1, 8))
    assert told(Invoice.objects.get(number="INV-2026-00002")) == [
        ("credit seats", "-1/2", "-20.00"),
        ("debit seats", "1/2", "40.00"),
        ("period base", "1", "99.00"),
        ("period seats", "1", "80.00"),
    ]


def test_late_usage_is_a_line_of_its_own_on_the_period_that_it_belongs_to(shop: Shop, sold: Sold) -> None:
    take(sold)
    use(shop.acme, "300", on(1, 12), "1")
    bill(on(2, 1, 8))
    use(shop.acme, "50", on(1, 30), "2", known=on(2, 10))
    bill(on(2, 11))
    late = Invoice.objects.get(number="INV-2026-00003")
    assert told(late) == [("usage documents", "1", "2.50")]
    line = late.lines.get()
    assert line.corrects is not None
    assert (line.revision, line.corrects.invoice.number, line.quantity) == (1, "INV-2026-00002", Decimal(50))
    assert line.service_end == on(1, 31, 23)
    assert bill(on(2, 12)).invoices == 0


def test_an_order_is_invoiced_once(shop: Shop, sold: Sold) -> None:
    actions.place_order(
        **MADE, customer_id=sold.globex.pk, wanted=[Wanted(sold.course.pk, Decimal(3))], day=date(2026, 1, 5)
    )
    assert bill(on(1, 4)).invoices == 0
    assert bill(on(1, 5, 9)).invoices == 1
    assert bill(on(1, 6, 9)).invoices == 0
    row = Invoice.objects.get()
    assert (row.net_minor, row.tax_minor, row.taxes.get().why) == (89100, 0, "reverse_charge")


def test_what_is_cancelled_is_given_back_by_a_credit_note(shop: Shop, sold: Sold) -> None:
    subscription = take(sold)
    bill(on(1, 1, 8))
    actions.change_items(
        **MADE,
        subscription_id=subscription.pk,
        wanted=[Wanted(sold.pro.pk, Decimal(2)), Wanted(sold.support.pk)],
        at=on(1, 1, 23),
        when=When.INVOICE_NOW,
    )
    bill(on(1, 2))
    actions.cancel(**MADE, subscription_id=subscription.pk, at=on(1, 16, 11))
    bill(on(1, 17))
    assert [(row.number, row.gross_minor) for row in Invoice.objects.order_by("issue_day")] == [
        ("INV-2026-00001", 16819),
        ("INV-2026-00002", 5738),
        ("CN-2026-00001", 11374),
    ]
    assert bill(on(6, 1)).invoices == 0


def test_each_line_is_taxed_as_its_product_is_on_the_day_of_issue(shop: Shop, sold: Sold) -> None:
    course = shop.products["course"].pk
    tax_product_as(**MADE, product_id=course, tax_kind="exempt", from_date=date(2026, 1, 5))
    ordered: dict[str, Any] = {**MADE, "customer_id": sold.acme.pk, "wanted": [Wanted(sold.course.pk)]}
    actions.place_order(**ordered, day=date(2026, 1, 4))
    bill(on(1, 4, 9))
    before = Invoice.objects.get()
    assert (before.net_minor, before.tax_minor) == (29700, 6237)
    take(sold, start_day=date(2026, 1, 5))
    actions.place_order(**ordered, day=date(2026, 1, 5))
    bill(on(1, 5, 9))
    row = Invoice.objects.latest("number")
    # 99 and two seats at 20 at 21 %: 29.19. The course is exempt from this day on.
    found = {(each.category, each.why, each.taxable_minor, each.tax_minor) for each in row.taxes.all()}
    assert found == {("S", "", 13900, 2919), ("E", "exempt", 29700, 0)}
    tax_product_as(**MADE, product_id=course, tax_kind="reduced", from_date=date(2026, 1, 7))
    actions.place_order(**ordered, day=date(2026, 1, 7))
    assert bill(on(1, 7, 9)).invoices == 0  # nobody said what a reduced rate is in Spain
    TaxRate.objects.create(country="ES", tax_kind="reduced", from_day=date(2012, 9, 1), percent=Decimal(10))
    bill(on(1, 7, 10))
    assert Invoice.objects.latest("number").tax_minor == 2970
