"""Odd input in billing: a clear refusal, or the right number."""

from datetime import date
from threading import Barrier
from typing import Any

import pytest

from caudal.billing import actions
from caudal.billing.actions import Terms
from caudal.billing.models import Invoice, InvoiceLine
from caudal.billing.queries import Wanted
from caudal.billing.queries.crediting import Credit
from caudal.catalog.actions import add_price
from caudal.core.money import Money
from caudal.kit.access import SYSTEM
from caudal.kit.problems import BadInput
from caudal.ledger.models import JournalEntry
from caudal.usage.actions import change_meter
from caudal.usage.models import Event, Meter
from tests.billing.invariants import broken
from tests.billing.selling import MADE, Sold, bill, on, sold, take, told, use
from tests.together import together
from tests.world import Shop

__all__ = ["sold"]
FLAT: dict[str, Any] = {"tiers": [{"flat": "1234.567"}]}


def yearly(sold: Sold, currency: str) -> Invoice:
    """Subscribe Acme for a year in a currency, and return the first invoice."""
    terms = Terms(date(2026, 1, 1), currency=currency)
    row = actions.subscribe(**MADE, customer_id=sold.acme.pk, wanted=[Wanted(sold.yearly.pk)], terms=terms)
    bill(on(1, 2))
    return Invoice.objects.get(currency=row.currency, sort="invoice")


def test_each_currency_has_its_own_exponent_and_they_never_mix(sold: Sold) -> None:
    with pytest.raises(Exception, match="KWD"):
        yearly(sold, "KWD")  # there is no price in it
    add_price(**MADE, charge_id=sold.charges["year"].pk, currency="KWD", from_date=date(2025, 1, 1), price=FLAT)
    dinars, yen, euros = yearly(sold, "KWD"), yearly(sold, "JPY"), yearly(sold, "EUR")
    # 21 % of 1,234.567 are 259.259, of 1,200 yen 252: nothing below a yen.
    assert [(each.net_minor, each.tax_minor) for each in (dinars, yen, euros)] == [
        (1234567, 259259),
        (1200, 252),
        (120000, 25200),
    ]
    day = date(2026, 1, 3)
    how: dict[str, Any] = {"actor": SYSTEM, "as_of": on(1, 3)}
    paid = actions.record_payment(**how, customer_id=sold.acme.pk, amount=Money.of("1452", "JPY"), day=day)
    yen.refresh_from_db()
    assert (paid.open_minor, yen.open_minor) == (0, 0)
    more = actions.record_payment(
        **how, customer_id=sold.acme.pk, amount=Money.of("0.001", "KWD"), day=day, allocations=[]
    )
    wrong = [actions.Allocation(euros.pk, Money.of("0.001", "KWD"))]
    with pytest.raises(actions.OtherCurrency):
        actions.allocate_payment(**how, payment_id=more.pk, day=day, allocations=wrong)
    credit = Credit(amount=Money.of("10", "JPY"))
    with pytest.raises(BadInput):
        actions.credit_invoice(**how, invoice_id=euros.pk, day=day, reason="Wrong currency", credit=credit)
    actions.rebuild_mrr(**how)
    assert broken(on(1, 3)) == []


def test_quantities_of_any_size_are_invoiced_or_refused_and_stop_nobody_else(shop: Shop, sold: Sold) -> None:
    for seats in ("-1", "1000000001", "NaN", "1E+30"):
        with pytest.raises(BadInput):
            take(sold, seats=seats)
    take(sold, seats="0")
    other = take(sold, customer=sold.globex, seats="1000000000")
    run = bill(on(1, 1, 8))
    assert (run.failures.count(), run.invoices) == (0, 2)
    nothing, huge = (Invoice.objects.get(customer=each) for each in (sold.acme, sold.globex))
    assert told(nothing) == [("period base", "1", "99.00")]  # no seats are no line
    assert huge.net_minor == 20 * 10**11 + 9900
    actions.cancel(actor=SYSTEM, as_of=on(1, 2), subscription_id=other.pk, at=on(1, 2))
    # Nothing used is no line, and what is taken away beyond what there was is not paid out.
    use(shop.acme, "-150", on(1, 4), "1")
    assert not Event.objects.exists()  # this meter counts nothing backwards
    change_meter(**MADE, meter_id=Meter.objects.get().pk, takes_negative=True)
    use(shop.acme, "0", on(1, 3), "2")
    bill(on(2, 1, 8))
    use(shop.acme, "-1000", on(2, 4), "3")
    bill(on(3, 1, 8))
    assert not InvoiceLine.objects.filter(invoice__customer=sold.acme, sort="usage").exists()
    # An amount that no document has room for fails for its customer alone, with the reason.
    take(sold, customer=sold.globex, start_day=date(2026, 3, 1))
    use(shop.acme, "9" * 24, on(3, 4), "4")
    run = bill(on(4, 1, 8))
    assert [failure.customer_id for failure in run.failures.all()] == [sold.acme.pk]
    assert Invoice.objects.filter(customer=sold.globex, issue_day=date(2026, 4, 1)).exists()


def test_what_has_no_price_on_its_day_is_not_sold_and_not_guessed(sold: Sold) -> None:
    with pytest.raises(Exception, match="2024"):
        take(sold, start_day=date(2024, 6, 1))  # prices begin in 2025
    with pytest.raises(Exception, match="2024"):
        wanted = [Wanted(sold.course.pk)]
        actions.place_order(**MADE, customer_id=sold.acme.pk, wanted=wanted, day=date(2024, 6, 1))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_issue_a_draft_at_once_both_get_the_one_document(shop: Shop, sold: Sold) -> None:
    take(sold)
    bill(on(1, 1, 8), as_drafts=True)
    draft = Invoice.objects.get()

    def issue(barrier: Barrier) -> str | None:
        barrier.wait()
        made = actions.finalise(actor=SYSTEM, as_of=on(1, 2), invoice_id=draft.pk, issue_day=date(2026, 1, 2))
        return made.number

    assert together(issue, issue) == ["INV-2026-00001"] * 2
    assert JournalEntry.objects.count() == 1
