"""Money in the browser and through the API: recorded, allocated, credited, given back, and what is outstanding."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from caudal.billing import actions
from caudal.billing.models import Invoice, MoneyRequest, Payment, Settlement
from caudal.core.money import Money
from caudal.kit.access import SYSTEM
from caudal.kit.world import new_id
from caudal.workspace.actions import change_settings, issue_key
from caudal.workspace.models import DatedRate
from tests.billing.selling import Sold, on, sold
from tests.billing.test_payments import DAY, open_minors, order, pay
from tests.crm.browsing import Api, Enter, enter, text_of, today
from tests.world import AT, Shop

__all__ = ["enter", "sold", "today"]


@pytest.mark.usefixtures("today")
def test_a_payment_is_seen_before_it_is_recorded_and_everything_with_it_is_done_on_its_page(
    shop: Shop, sold: Sold, enter: Enter
) -> None:
    first, second = order(sold, 5, 6)
    ana = enter("ana")
    assert "Record what came" in text_of(ana.get("/payments"))
    said = {
        "record-key": str(new_id()),
        "record-customer": first.number,
        "record-amount": "400,00",
        "record-currency": "EUR",
        "record-day": "2026-03-01",
        "record-method": "transfer",
        "record-reference": "STMT-1",
        "record-note": "",
        "do": "look",
    }
    for name, value, words in (("customer", "Nobody", "Nobody is called so"), ("amount", "x", "not an amount")):
        refused = ana.post("/payments", said | {f"record-{name}": value})
        assert (refused.status_code, words in refused.content.decode()) == (422, True)
    looked = ana.post("/payments", said)
    assert (looked.status_code, Payment.objects.count()) == (200, 0)
    page = looked.content.decode()
    assert 'value="359.37"' in page
    assert 'value="40.63"' in page
    parts = {"do": "record", "parts-seen": "True", f"parts-{first.ref}": "359,37", f"parts-{second.ref}": ""}
    wrong = ana.post("/payments", said | parts | {f"parts-{second.ref}": "999"})
    assert (wrong.status_code, "more than is open" in wrong.content.decode()) == (422, True)
    recorded = ana.post("/payments", said | parts)
    row = Payment.objects.get()
    assert (recorded["Location"], row.open_minor, open_minors()) == (f"/payments/{row.ref}", 4063, [0, 35937])
    assert ana.post("/payments", said | parts)["Location"] == f"/payments/{row.ref}"
    here = f"/payments/{row.ref}"
    shown = text_of(ana.get(here))
    assert "Paid STMT-1 → INV-2026-00001" in shown
    assert "The payment was recorded" in shown
    ana.post(here, {"do": "allocate", "allocate-day": "2026-03-01", f"parts-{second.ref}": "40"})
    assert open_minors() == [0, 31937]
    undone = {"do": "undo", "undo-day": "2026-03-01", "undo-reason": "Of another"}
    ana.post(here, undone | {"undo-settlement": str(Settlement.objects.get(minor=4000).ref)})
    back = {"refund-amount": "10", "refund-day": "2026-03-01", "refund-method": "transfer", "refund-reference": ""}
    assert ana.post(here, {"do": "refund", **back, "refund-reason": ""}).status_code == 422
    ana.post(here, {"do": "refund", **back, "refund-reason": "Asked for"})
    row.refresh_from_db()
    assert (row.open_minor, open_minors()) == (3063, [0, 35937])
    gone = {"do": "take_back", "take_back-day": "2026-03-01", "take_back-reason": "Wrong"}
    assert "was refunded" in ana.post(here, gone).content.decode()
    account = text_of(ana.get(f"/customers/{sold.acme.ref}/statement"))
    # 718.74 invoiced, 400.00 paid, 10.00 given back.
    assert "328.74" in account
    file = b"".join(ana.get(f"/customers/{sold.acme.ref}/statement.csv?last=2026-03-01")).decode()
    assert "EUR,2026-03-01,refund,,STMT-1,,Asked for,10.00,328.74" in file
    outstanding = text_of(ana.get("/outstanding?day=2026-03-01"))
    # Due on 5 February and not before: 24 days late on 1 March; DSO is 328.74 + 30.63 of 718.74 in 90 days: 45.
    assert "−30.63 328.74" in outstanding
    assert "INV-2026-00002" in text_of(ana.get(f"/outstanding?day=2026-03-01&customer={sold.acme.ref}"))
    assert "Nobody owes anything" in text_of(ana.get("/outstanding?day=2026-01-01"))
    assert enter("raul").get(here).status_code == 404


@pytest.mark.usefixtures("today")
def test_a_credit_note_is_seen_before_it_is_issued_and_waits_above_the_limit(
    shop: Shop, sold: Sold, enter: Enter
) -> None:
    row = order(sold, 5)[0]
    ana = enter("ana")
    here = f"/invoices/{row.ref}/settling"
    said = {"credit-how": "percent", "credit-value": "10", "credit-day": "2026-03-01", "credit-reason": "Late"}
    looked = ana.post(here, said | {"do": "credit_look", "credit-line-1": ""})
    assert "Total €35.94 Prompt course: Course 1 €29.70 Tax 21 % €6.24" in text_of(looked)
    assert Invoice.objects.count() == 1
    refused = ana.post(here, said | {"do": "credit", "credit-value": "x"})
    assert (refused.status_code, Invoice.objects.count()) == (422, 1)
    ana.post(here, said | {"do": "credit"})
    note = Invoice.objects.get(sort="credit_note")
    assert (note.gross_minor, open_minors()[0]) == (3594, 35937 - 3594)
    off = {"do": "write_off", "write_off-amount": "1", "write_off-day": "2026-03-01", "write_off-reason": "Cents"}
    assert ana.post(here, off)["Location"] == here
    assert "Written off" in ana.get(f"/invoices/{row.ref}").content.decode()
    change_settings(actor=SYSTEM, as_of=AT, settings=shop.settings, approval_above=Money.of(100, "EUR"))
    asked = ana.post(here, said | {"do": "credit", "credit-how": "all", "credit-value": ""})
    waiting = MoneyRequest.objects.get()
    assert asked["Location"] == f"/requests/{waiting.ref}"
    assert "It waits for a second person" in ana.get(asked["Location"]).content.decode()
    assert "INV-2026-00001" in text_of(ana.get("/approvals"))
    assert "Waiting for a second person" in text_of(ana.get("/payments"))
    ana.post(asked["Location"], {"do": "withdraw"})
    assert "Withdrawn" in ana.get(asked["Location"]).content.decode()


def test_a_program_records_credits_refunds_and_reads_what_is_outstanding(
    shop: Shop, sold: Sold, client: Client
) -> None:
    row, yens = order(sold, 5) + order(sold, 6, currency="JPY")[1:]
    DatedRate.objects.create(base="EUR", quote="JPY", day=date(2026, 2, 28), rate="160", source="x")
    scopes = ("billing:read", "billing:write", "ledger:read", "ledger:write", "workspace:read", "workspace:write")
    _, token = issue_key(actor=shop.actor("ana"), as_of=AT, name="Bank", role="finance", scopes=scopes)
    api = Api(client, token)
    paid: dict[str, Any] = {
        "customer_id": str(sold.acme.ref),
        "amount": {"amount": "400.00", "currency": "EUR"},
        "day": str(DAY),
        "reference": "S-9",
    }
    recorded = api("POST", "/receivables/payments", paid, Idempotency_Key="s-9")
    assert recorded.status_code == 201, recorded.content
    payment = recorded.json()
    assert payment["open"] == {"amount": "40.63", "currency": "EUR"}
    assert api("POST", "/receivables/payments", paid).json()["code"] == "payment.recorded_before"
    undone = payment["settlements"][0]["id"]
    assert api("POST", f"/receivables/settlements/{undone}/undoing", {"day": str(DAY)}).status_code == 201
    few = {
        "day": str(DAY),
        "allocations": [{"invoice_id": str(row.ref), "amount": paid["amount"] | {"amount": "9.37"}}],
    }
    assert api("POST", f"/receivables/payments/{payment['id']}/allocations", few).status_code == 201
    why = {"day": str(DAY), "reason": "Late"}
    credited = api("POST", f"/receivables/invoices/{row.ref}/credit", why | {"percent": "50"}).json()
    assert credited["credit_note_id"]
    off = why | {"amount": {"amount": "0.31", "currency": "EUR"}}
    assert api("POST", f"/receivables/invoices/{row.ref}/write-off", off).json()["settlement"]["sort"] == "write_off"
    assert open_minors()[0] == 35937 - 937 - 17969 - 31
    refund = why | {"amount": {"amount": "90.63", "currency": "EUR"}}
    assert api("POST", f"/receivables/payments/{payment['id']}/refund", refund).status_code == 201
    ageing = api("GET", f"/receivables/ageing?day={DAY}").json()
    # 359 yen at 160 are 2.24; 170.00 are open, 300.00 of the payment unused.
    assert (ageing["owed"]["amount"], ageing["unused"]["amount"]) == ("172.24", "300.00")
    assert [each["open"]["amount"] for each in ageing["documents"]] == ["170.00", str(yens.gross_minor)]
    assert api("GET", "/receivables/ageing?day=2026-04-30").json()["unconverted"] == [
        {"amount": "359", "currency": "JPY"}
    ]
    account = api("GET", f"/receivables/customers/{sold.acme.ref}/statement?last={DAY}").json()["statements"]
    assert [(each["currency"], each["closing"]["amount"]) for each in account] == [("EUR", "-130.00"), ("JPY", "359")]
    taken = api("POST", f"/receivables/payments/{payment['id']}/taking-back", why)
    assert taken.json()["code"] == "payment.refunded"
    change_settings(actor=SYSTEM, as_of=AT, settings=shop.settings, approval_above=Money.of(100, "EUR"))
    asked = api("POST", f"/receivables/payments/{payment['id']}/refund", why).json()["request"]
    assert api("GET", "/receivables/requests").json()["requests"] == [asked]
    assert api("POST", f"/receivables/requests/{asked['id']}/withdrawal").json()["outcome"] == "withdrawn"
    assert len(api("GET", "/receivables/payments").json()["items"]) == 1
    note = credited["credit_note_id"]
    assert api("POST", f"/receivables/invoices/{note}/uses", few).json()["code"] == "settling.more_than_open"
    assert api("POST", f"/receivables/invoices/{note}/refund", why).json()["code"] == "settling.no_amount"
    assert pay(sold, "1", allocations=[]).open_minor == 100
    assert actions.use_balance(actor=SYSTEM, as_of=on(3, 1), customer_id=sold.acme.pk, day=DAY)
