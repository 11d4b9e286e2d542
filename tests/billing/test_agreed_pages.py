"""What was agreed, on pages and before it counts: a preview is the invoice, and a change is made where it was previewed."""

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from caudal.billing import actions
from caudal.billing.actions import Proposal
from caudal.billing.adapters import TableTaxes
from caudal.billing.models import ChangeSort, Contract, Customer, Invoice, Order, Subscription
from caudal.billing.queries import Wanted, agreed_of, as_changed, plan_change
from caudal.billing.queries.upcoming import documents
from caudal.catalog.actions import add_bundle, add_offering, retire_offering
from caudal.core.money import Money
from caudal.core.proration import Refund, When
from caudal.kit.access import SYSTEM
from tests.billing.selling import MADE, Sold, bill, draft_said, invoice_said, on, sold, take, use
from tests.crm.browsing import Enter, enter, text_of, today
from tests.world import Shop

__all__ = ["enter", "sold", "today"]


def _asked(chance: random.Random, row: Subscription, at: datetime, sold: Sold) -> Proposal:
    sorts = [ChangeSort.SEATS, ChangeSort.PLAN, ChangeSort.ADD_ONS, ChangeSort.PAUSE, ChangeSort.CANCEL]
    sort = ChangeSort.RESUME if row.status == "paused" else chance.choice(sorts)
    when = chance.choice([each for each in When if each is not When.NEXT_PERIOD])
    beside = [Wanted(sold.support.pk)] if chance.choice([True, False]) else []
    wanted = [Wanted(sold.pro.pk, Decimal(chance.randint(1, 9))), *beside]
    seats, refund = Decimal(chance.randint(10, 99)), chance.choice(list(Refund))
    return Proposal(sort, at, wanted=wanted, seats=seats, when=when, refund=refund)


def test_a_preview_of_a_change_is_the_invoice_byte_for_byte(shop: Shop, sold: Sold) -> None:
    chance, at = random.Random(5), on(1, 1, 8)  # noqa: S311  a walk, not a secret
    row, checked = take(sold), 0
    bill(at)
    for number in range(12):
        at += timedelta(hours=chance.randint(20, 400))
        use(shop.acme, str(chance.randint(50, 400)), at - timedelta(hours=9), str(number))
        row = Subscription.objects.select_related("customer").get(pk=row.pk)
        asked = _asked(chance, row, at, sold)
        after = as_changed(
            (agreed := agreed_of([row])[row.pk]),
            plan_change(SYSTEM, agreed, asked, as_of=at),
            actor=SYSTEM,
            as_of=at,
        )
        known = set(Invoice.objects.values_list("pk", flat=True))
        # Up to when it is invoiced for the first time after the change.
        up_to = max(at, after.row.due_at or at)
        found = documents(SYSTEM, row.customer, up_to=up_to, as_of=up_to, taxes=TableTaxes(), only=after)
        actions.change_subscription(actor=SYSTEM, as_of=at, subscription_id=row.pk, asked=asked)
        bill(up_to)
        issued = Invoice.objects.exclude(pk__in=known)
        assert sorted(map(draft_said, found)) == sorted(map(invoice_said, issued))
        checked, at = checked + len(found), up_to
        if asked.sort is ChangeSort.CANCEL:
            row = take(sold, start_day=(at + timedelta(days=1)).date())
    assert checked > 8


@pytest.mark.usefixtures("today")
def test_a_customer_is_made_subscribed_changed_and_cancelled_on_pages(enter: Enter, sold: Sold, shop: Shop) -> None:
    ana, rosa = enter("ana"), enter("rosa")
    customer = sold.acme
    company = f"/companies/{shop.acme.ref}"
    assert "Everything about billing" in ana.get(company).content.decode()
    address = f"/billing/customers/{customer.ref}"
    wrong = ana.post(f"{address}?form=edit", _customer(customer) | {"tax_id": "B64717839"})
    assert (wrong.status_code, "tax_id" in wrong.content.decode()) == (422, True)
    assert ana.post(f"{address}?form=edit", _customer(customer) | {"reference": "PO 7"}).status_code == 302
    form = {"offering": str(sold.pro.pk), "seats": "2", "start_day": "2026-01-01"}
    begun = ana.post(f"{address}?form=subscription", form)
    assert begun.status_code == 302, text_of(begun)
    row = Subscription.objects.get()
    here = f"/billing/subscriptions/{row.ref}"
    assert begun["Location"] == here
    assert "is paid by “Professional” already" in text_of(ana.post(f"{address}?form=subscription", form))
    shown = ana.get(here)
    assert '<span class="num">€139.00</span>' in shown.content.decode()
    assert "began it, from Jan 1, 2026 on" in text_of(shown)
    asked = {"change": "seats", "go": "1", "seats": "5", "day": "2026-03-03", "when": "invoice_now"}
    cost = text_of(ana.get(here, asked))
    assert "€139.00 → €199.00" in cost
    assert Subscription.objects.get().changes.count() == 1
    assert ana.post(here, asked).status_code == 302
    assert Subscription.objects.get().changes.count() == 2
    assert ana.post(here, asked).status_code == 422
    assert rosa.post(here, asked).status_code == 403
    for change in ("plan", "add_ons", "pause", "renew", "cancel", "keep"):
        assert ana.get(here, {"change": change}).status_code == 200
    assert ana.post(here, {"change": "cancel", "go": "1", "refund": "prorated"}).status_code == 302
    assert "Take back what is to come" in text_of(ana.get(here))
    assert ana.post(here, {"change": "keep", "go": "1"}).status_code == 302
    assert Subscription.objects.get().status == "active"
    listed = text_of(ana.get("/billing/subscriptions", {"status": "due", "offering": str(sold.pro.pk)}))
    assert "Professional" in listed
    assert "No subscription is like that" in text_of(ana.get("/billing/subscriptions?status=ended"))
    _contract_and_order(ana, address, sold)
    assert here in rosa.get(company).content.decode()
    retire_offering(**MADE, offering_id=sold.yearly.pk, from_date=date(2026, 2, 1))
    choices = [text_of(ana.get(f"{address}?form=subscription")), text_of(ana.get(here, {"change": "plan"}))]
    assert [sold.yearly.name in each for each in choices] == [False, False]
    assert sold.pro.name in choices[0]


def _contract_and_order(ana: Client, address: str, sold: Sold) -> None:
    signed = {"name": "Frame", "start_day": "2026-01-01", "end_day": "2027-01-01", "renews_months": "12"}
    signed |= {"notice_days": "30", "commitment": "5000,50", "commitment_months": "12"}
    kept = ana.post(f"{address}?form=contract", signed)
    contract = Contract.objects.get()
    assert (kept["Location"], contract.commitment) == (f"/billing/contracts/{contract.ref}", Money.of("5000.50", "EUR"))
    assert "It renews by itself on" in text_of(ana.get(kept["Location"]))
    assert ana.post(kept["Location"], {"do": "notice", "notice-day": "2026-03-02"}).status_code == 302
    assert "It ends on" in text_of(ana.get(kept["Location"]))
    assert ana.post(kept["Location"], {"do": "take_back"}).status_code == 302
    assert ana.post(kept["Location"], {"do": "renew"}).status_code == 302
    again = {"do": "commit", "commit-amount": "x", "commit-months": "12", "commit-from_day": "2026-06-01"}
    assert ana.post(kept["Location"], again).status_code == 422
    assert ana.post(kept["Location"], again | {"commit-amount": "9000"}).status_code == 302
    version = Contract.objects.get().version
    change = {"name": "Frame 2", "end_day": "2028-01-01", "renews_months": "0", "notice_days": "9", "version": version}
    assert ana.post(f"{kept['Location']}?form=edit", change).status_code == 302
    order = ana.post(f"{address}?form=order", {"offering": str(sold.course.pk), "quantity": "3", "day": "2026-03-05"})
    assert "Call it off" in text_of(ana.get(order["Location"]))
    assert ana.post(order["Location"]).status_code == 302
    assert "Called off" in text_of(ana.get(address))
    _bundles(ana, address, sold)
    for path in ("customers", "contracts", "contracts?show=orders", "subscriptions"):
        assert ana.get(f"/billing/{path}").status_code == 200
    assert "Professional" in text_of(ana.get(address))


def _bundles(ana: Client, address: str, sold: Sold) -> None:
    """A bundle is one choice of the forms."""
    product = sold.course.product_id
    certificate = add_offering(**MADE, product_id=product, name="Certificate", code="certificate", interval="once")
    once = add_bundle(**MADE, name="Certified", code="certified", parts={sold.course.pk: 1, certificate.pk: 2})
    care = add_offering(**MADE, product_id=product, name="Care", code="care-year", interval="year", role="add_on")
    recurs = add_bundle(**MADE, name="All in", code="all-in", parts={sold.yearly.pk: 3, care.pk: 1})
    asked = {"offering": str(once.ref), "quantity": "1.5", "day": "2026-03-05"}
    assert "Bundles are bought in whole numbers." in text_of(ana.post(f"{address}?form=order", asked))
    assert ana.post(f"{address}?form=order", asked | {"quantity": "2"}).status_code == 302
    ordered = Order.objects.get(name="Certificate")
    assert [each["seats"] for each in ordered.items] == ["4", "2"]
    begun = {"offering": str(recurs.ref), "seats": "1", "start_day": "2026-03-01"}
    assert ana.post(f"{address}?form=subscription", begun).status_code == 302
    row = Subscription.objects.get(name="Yearly")
    assert [(each["name"], each["seats"]) for each in row.changes.get().items] == [
        ("Yearly", "3"),
        ("Care", "1"),
    ]


def _customer(row: Customer) -> dict[str, Any]:
    names = ("name", "street", "postal_code", "city", "region", "country", "email", "language", "currency", "zone")
    said = {name: getattr(row, name) for name in (*names, "terms_days", "tax_id", "reference")}
    return said | {"is_business": "on"}
