"""Somebody who was invoiced and wants to be forgotten: nothing is left but what the law asks to keep."""

from datetime import date
from decimal import Decimal

import pytest

from caudal.billing import actions
from caudal.billing.actions.forgetting import StillPays
from caudal.billing.models import Customer, Invoice
from caudal.billing.queries import Wanted
from caudal.core.money import Money
from caudal.crm.actions import ErasureDraft, PersonDraft, add_person, erase_subject
from caudal.crm.actions.erasing import EraseReason
from caudal.crm.queries import dossier, subject
from caudal.kit.access import SYSTEM
from caudal.kit.outbox import timeline
from tests.billing.selling import MADE, Sold, bill, on, sold
from tests.crm.browsing import Enter, text_of
from tests.world import Shop

__all__ = ["sold"]
NAME, MAIL = "Zenobia Quillfeather", "zenobia@canary.example"


def test_an_erased_customer_is_empty_and_what_was_issued_to_them_stays_and_is_said_to(
    shop: Shop, sold: Sold, enter: Enter
) -> None:
    ana = shop.actor("ana")
    person = add_person(actor=ana, as_of=on(1, 1), person=PersonDraft(name=NAME, email=MAIL))
    customer = actions.add_customer(
        **MADE, person_id=person.pk, name=NAME, country="ES", is_business=False, email=MAIL, street="Calle Mayor 1"
    )
    actions.place_order(
        **MADE, customer_id=customer.pk, wanted=[Wanted(sold.course.pk, Decimal(1))], day=date(2026, 1, 2)
    )
    erasure = ErasureDraft(record=person.ref, confirmation=NAME, reason=EraseReason.ASKED)
    with pytest.raises(StillPays):  # the order is not invoiced
        erase_subject(actor=ana, as_of=on(1, 2), erasure=erasure)
    bill(on(1, 3))
    with pytest.raises(StillPays):  # the invoice is not paid
        erase_subject(actor=ana, as_of=on(1, 3), erasure=erasure)
    invoice = Invoice.objects.get(customer=customer)
    actions.record_payment(
        actor=SYSTEM,
        as_of=on(1, 4),
        customer_id=customer.pk,
        amount=Money.of("359.37", "EUR"),
        day=date(2026, 1, 4),
        note=f"from {MAIL}",
    )
    handed = dossier(subject(ana, person.ref), actor=ana, as_of=on(1, 5)).json()
    assert handed["customers"][0]["street"] == "Calle Mayor 1"
    (document,) = handed["documents"]
    assert (document["number"], document["names_them_as"]["name"]) == ("INV-2026-00001", NAME)
    assert (document["kept_until"], "law asks" in document["kept_because"]) == ("2036-12-31", True)

    row = erase_subject(actor=ana, as_of=on(1, 5), erasure=erasure)
    assert row.report["stays"] == {"documents": 1}
    assert row.report["gone"]["customers"] == 1
    empty = Customer.objects.get(pk=customer.pk)
    assert (empty.name, empty.email, empty.street, empty.country) == ("[erased]", "", "", "ES")
    assert all(fact.erased for fact in timeline(customer.ref) if fact.name == "billing.customer_added")
    page = text_of(enter("ana").get(f"/invoices/{invoice.ref}"))
    assert NAME in page  # what was issued says whom it was issued to
    assert "issued documents: 1" in text_of(enter("ana").get("/settings/erased"))
    assert NAME not in text_of(enter("ana").get(f"/billing/customers/{customer.ref}"))
