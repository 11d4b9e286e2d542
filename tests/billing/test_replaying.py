"""The story of billing told again where no document is: the same documents, byte for byte."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from caudal.billing import actions
from caudal.billing.adapters import TableTaxes
from caudal.billing.models import Invoice, InvoiceLine, Settlement
from caudal.billing.queries import Wanted, canonical_documents, failures_of, story
from caudal.billing.queries.crediting import Credit, LineCredit
from caudal.catalog.actions import tax_product_as
from caudal.core.money import Money
from caudal.core.proration import Refund, When
from caudal.kit.access import SYSTEM
from tests.billing.selling import Sold, bill, on, sold, take, use
from tests.world import Shop

__all__ = ["sold"]
KEPT = ("billing_taxrate", "ledger_account")
FORGET = """
SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = 'public'
    AND (tablename LIKE 'billing\\_%%' OR tablename LIKE 'ledger\\_%%' OR tablename IN ('kit_fact', 'kit_stream'))
    AND NOT tablename = ANY(%s)
"""


def forget_everything_billed() -> None:
    """Leave the catalogue, parties, usage and rates, and nothing that billing or the books hold."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [list(KEPT)])
        (tables,) = cursor.fetchone()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {tables} CASCADE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def half_a_year(shop: Shop, sold: Sold) -> None:
    """Changes, late usage, a void, drafts, credits by hand and one invoice alone."""
    first = take(sold)
    second = take(sold, customer=sold.globex, seats="3", months=12)
    bill(on(1, 1, 8))
    use(shop.acme, "340", on(1, 12), "1")
    actions.change_seats(
        actor=SYSTEM, as_of=on(1, 16, 11), subscription_id=first.pk, seats=Decimal(4), at=on(1, 16, 11)
    )
    actions.place_order(
        actor=SYSTEM,
        as_of=on(1, 20),
        customer_id=sold.globex.pk,
        wanted=[Wanted(sold.course.pk, Decimal(3), discount_percent=Decimal(10))],
        day=date(2026, 1, 20),
    )
    said: dict[str, Any] = {"wanted": [Wanted(sold.course.pk)], "day": date(2026, 1, 25)}
    order = actions.place_order(actor=SYSTEM, as_of=on(1, 20), customer_id=sold.acme.pk, **said)
    actions.call_off(actor=SYSTEM, as_of=on(1, 22), order_id=order.pk)
    alone: dict[str, Any] = {
        "customer_id": sold.globex.pk,
        "up_to": on(1, 21),
        "issue_day": date(2026, 1, 21),
        "taxes": TableTaxes(),
    }
    actions.invoice_customer(actor=SYSTEM, as_of=on(1, 21), **alone)
    professional = shop.products["professional"].pk
    tax_product_as(
        actor=SYSTEM, as_of=on(1, 25), product_id=professional, tax_kind="exempt", from_date=date(2026, 3, 1)
    )
    bill(on(2, 1, 8))
    use(shop.acme, "50", on(1, 30), "2", known=on(2, 10))
    wrong = Invoice.objects.filter(customer=sold.acme).latest("number")
    actions.void(actor=SYSTEM, as_of=on(2, 2), invoice_id=wrong.pk, day=date(2026, 2, 2), why="The wrong address")
    actions.change_customer(actor=SYSTEM, as_of=on(2, 3), customer_id=sold.acme.pk, street="Calle Mayor 1")
    bill(on(2, 11))
    bill(on(3, 1, 8), as_drafts=True)
    drafts = list(Invoice.objects.filter(state="draft").order_by("customer"))
    for draft in drafts[:1]:
        actions.finalise(actor=SYSTEM, as_of=on(3, 2), invoice_id=draft.pk, issue_day=date(2026, 3, 2))
    for draft in drafts[1:]:
        actions.discard(actor=SYSTEM, as_of=on(3, 2, 1), invoice_id=draft.pk)
    actions.pause(actor=SYSTEM, as_of=on(3, 10), subscription_id=second.pk, at=on(3, 10))
    bill(on(4, 1, 8))
    credited = Invoice.objects.filter(sort="invoice", state="final").earliest("number")
    line = InvoiceLine.objects.filter(invoice=credited).earliest("position")
    credit = Credit(lines=(LineCredit(line.pk, amount=Money.of("10", "EUR")),))
    made: dict[str, Any] = {"invoice_id": credited.pk, "day": date(2026, 4, 2), "reason": "As agreed with Ana"}
    note = actions.credit_invoice(actor=SYSTEM, as_of=on(4, 2), **made, credit=credit)
    used, day = Settlement.objects.get(credit_note=note.pk), date(2026, 4, 3)
    actions.undo_settlement(actor=SYSTEM, as_of=on(4, 3), settlement_id=used.pk, day=day, reason="Too early")
    actions.void(actor=SYSTEM, as_of=on(4, 3, 1), invoice_id=note.pk, day=day, why="Too early")
    actions.credit_invoice(actor=SYSTEM, as_of=on(4, 4), **made, credit=credit)
    actions.resume(actor=SYSTEM, as_of=on(4, 20), subscription_id=second.pk, at=on(4, 20))
    actions.change_items(
        actor=SYSTEM,
        as_of=on(4, 22),
        subscription_id=first.pk,
        wanted=[Wanted(sold.pro.pk, Decimal(4)), Wanted(sold.support.pk)],
        at=on(4, 15),  # counts from before it was agreed
        when=When.INVOICE_NOW,
    )
    bill(on(5, 1, 8))
    actions.cancel(
        actor=SYSTEM, as_of=on(5, 9), subscription_id=first.pk, at=on(5, 9) + timedelta(hours=3), refund=Refund.FULL
    )
    bill(on(6, 1, 8))


def test_every_document_told_again_is_the_same_to_the_byte(shop: Shop, sold: Sold) -> None:
    half_a_year(shop, sold)
    told, documents = story(), canonical_documents()
    assert len(documents) >= 12
    assert InvoiceLine.objects.filter(invoice__customer=sold.acme, tax_category="E").exists()
    assert {each.sort for each in Invoice.objects.all()} == {"invoice", "credit_note"}
    forget_everything_billed()
    assert canonical_documents() == {}
    actions.tell_again(told, TableTaxes)
    assert canonical_documents() == documents


def test_usage_that_a_run_could_not_look_at_is_the_next_ones_and_is_told_again(shop: Shop, sold: Sold) -> None:
    take(sold, customer=sold.globex)
    use(shop.globex, "300", on(1, 12), "1")
    bill(on(2, 1, 8))
    use(shop.globex, "40", on(1, 13), "2", known=on(2, 3))
    who: dict[str, Any] = {"customer_id": sold.globex.pk}
    actions.change_customer(actor=SYSTEM, as_of=on(2, 3), **who, country="PT", tax_id="")
    for day in (4, 5):  # a second one finds it as the first did
        run = bill(on(2, day))
        assert [each.code for each in failures_of(run.pk)] == ["billing.no_tax_rate"]
    actions.change_customer(actor=SYSTEM, as_of=on(2, 6), **who, country="FR", tax_id="FR40303265045")
    assert [bill(on(2, day)).invoices for day in (7, 8)] == [1, 0]
    # 40 documents at 0.05 in January.
    late = InvoiceLine.objects.get(invoice__issue_day=date(2026, 2, 7))
    assert (late.net_minor, late.revision, late.service_start.month) == (200, 1, 12)
    told, documents = story(), canonical_documents()
    forget_everything_billed()
    actions.tell_again(told, TableTaxes)
    assert canonical_documents() == documents
