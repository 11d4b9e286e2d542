"""Invoices in the browser and through the API: the list, a document, a line with its price and usage, what is done."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from caudal.billing import actions, queries
from caudal.billing.adapters import invoice_pdf
from caudal.billing.models import Customer, Invoice
from caudal.kit import letters
from caudal.kit.access import SYSTEM
from caudal.kit.mail import NullMail
from caudal.kit.world import World
from caudal.workspace.actions import drop_logo, issue_key, set_logo
from tests.billing.selling import MADE, Sold, bill, on, sold, take, use
from tests.crm.browsing import NOW, Api, Enter, enter, text_of, today
from tests.world import AT, Shop

__all__ = ["enter", "sold", "today"]


@pytest.fixture
def billed(shop: Shop, sold: Sold) -> dict[str, Invoice]:
    """Two months of Acme with a change in the middle and late usage, Globex's month as a draft."""
    subscription = take(sold)
    bill(on(1, 1, 8))
    actions.change_seats(**MADE, subscription_id=subscription.pk, seats=Decimal(4), at=on(1, 16, 11))
    use(shop.acme, "300", on(1, 12), "document-1")
    bill(on(2, 1, 8))
    use(shop.acme, "50", on(1, 30), "document-2", known=on(2, 10))
    bill(on(2, 11))
    take(sold, customer=sold.globex)
    bill(on(3, 3, 1), as_drafts=True)
    rows = {row.number: row for row in Invoice.objects.exclude(number=None)}
    drafts = Invoice.objects.filter(state="draft", customer=sold.globex).order_by("due_from")
    return {
        "january": rows["INV-2026-00001"],
        "february": rows["INV-2026-00002"],
        "late": rows["INV-2026-00003"],
        "draft": drafts[0],
        "other": drafts[1],
    }


@pytest.mark.usefixtures("today")
def test_a_document_opens_into_lines_and_these_into_steps_and_events(billed: dict[str, Invoice], enter: Enter) -> None:
    ana = enter("ana")
    listed = text_of(ana.get("/invoices"))
    assert "INV-2026-00002 Acme S.L. Invoice" in listed
    # 168.19 in January; in February 10 of documents, 20 of seats, 99 and 80, with 21 %: 252.89.
    assert "€252.89" in listed
    assert "INV-2026-00001" not in text_of(ana.get("/invoices?view=drafts"))
    assert "INV-2026-00001" in text_of(ana.get("/invoices?view=overdue"))
    assert "Nothing fits" in text_of(ana.get("/invoices?view=credit-notes"))

    february = billed["february"]
    page = text_of(ana.get(f"/invoices/{february.ref}"))
    assert "Professional: Seats Not used: 1/2 of €40.00" in page
    assert "It is corrected by INV-2026-00003" in page
    assert "VAT 21% on €209.00 €43.89" in page
    assert "Total €252.89" in page
    assert "issued it as INV-2026-00002" in page

    usage = february.lines.get(sort="usage")
    line = text_of(ana.get(f"/invoices/{february.ref}/lines/{usage.position}"))
    assert "Catalogue price €10.00 €10.00" in line
    assert "document-1" in line
    assert "document-2" not in line
    assert "It is corrected by INV-2026-00003, line 1" in line
    late = text_of(ana.get(f"/invoices/{billed['late'].ref}/lines/1"))
    assert "It corrects INV-2026-00002" in late
    # Of the period 350 documents are known now, 250 of them paid: 12.50, of which 10.00 stood on the invoice before.
    assert "What was invoiced before −€10.00 €2.50" in late
    assert "document-2" in late
    assert ana.get(f"/invoices/{february.ref}/lines/99").status_code == 404
    # Rosa sells to Acme, Raúl to Globex: each sees what concerns their own companies.
    assert enter("rosa").get(f"/invoices/{february.ref}").status_code == 200
    assert enter("raul").get(f"/invoices/{february.ref}").status_code == 404
    assert "INV-2026-00002" not in text_of(enter("raul").get("/invoices"))


def test_a_draft_is_issued_sent_voided_or_thrown_away_where_it_is_shown(
    billed: dict[str, Invoice], enter: Enter, today: World
) -> None:
    ana, draft = enter("ana"), billed["draft"]
    address = f"/invoices/{draft.ref}"
    page = text_of(ana.get(address))
    assert "Reverse charge: the customer accounts for the VAT" in page
    assert ana.post(address, {"do": "void", "day": "2026-03-03", "why": "No"}).status_code == 422
    assert ana.post(address, {"do": "issue", "issue_day": ""}).status_code == 422
    assert ana.post(address, {"do": "issue", "issue_day": "2026-03-03"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.number) == ("final", "INV-2026-00004")
    assert ana.post(address, {"do": "void", "day": "2026-03-03", "why": "Wrong customer"}).status_code == 302
    assert "made it void 10:00 Wrong customer" in text_of(ana.get(address))
    january = f"/invoices/{billed['january'].ref}"
    assert "Mark as sent" in ana.get(january).content.decode()
    assert ana.post(january, {"do": "sent"}).status_code == 302
    refused = ana.post(january, {"do": "void", "day": "2026-03-03", "why": "Late"})
    assert (refused.status_code, "was sent to the customer" in refused.content.decode()) == (422, True)
    assert ana.post(f"/invoices/{billed['other'].ref}", {"do": "discard"}).status_code == 302
    assert not Invoice.objects.filter(pk=billed["other"].pk).exists()
    assert enter("marta").get(january).status_code == 200
    february = f"/invoices/{billed['february'].ref}"
    assert ana.post(february, {"do": "mail"}).status_code == 302
    assert "has no e-mail for invoices" in ana.get(february).content.decode()
    Customer.objects.filter(pk=billed["february"].customer_id).update(email="bills@acme.example")
    for _ in range(2):
        ana.post(february, {"do": "mail"})
    assert "Waits to be sent to bills@acme.example" in ana.get(february).content.decode()
    mail = today.mail
    assert isinstance(mail, NullMail)
    assert letters.deliver(as_of=NOW) == 1
    (message,) = mail.sent
    (pdf,) = message.iter_attachments()
    assert (message["Subject"], pdf.get_filename()) == (
        "Invoice INV-2026-00002 from Ana's course shop",
        "INV-2026-00002.pdf",
    )
    assert pdf.get_content().startswith(b"%PDF-1.7")
    assert "Sent to bills@acme.example" in ana.get(february).content.decode()
    assert enter("marta").post(january, {"do": "sent"}).status_code == 403


def test_programs_read_issue_and_void_documents(shop: Shop, billed: dict[str, Invoice], client: Any) -> None:
    scopes = ("billing:read", "billing:write", "ledger:read", "ledger:write", "workspace:read")
    _, token = issue_key(actor=shop.actor("ana"), as_of=AT, name="Program", role="admin", scopes=scopes)
    api = Api(client, token)
    found = api("GET", '/billing/invoices?where=state = "open"&sort=due_day').json()["items"]
    assert [each["number"] for each in found][:2] == ["INV-2026-00001", "INV-2026-00002"]
    assert api("GET", "/billing/invoices?fields=number,gross&limit=1").json()["next"]
    whole = api("GET", f"/billing/invoices/{billed['late'].ref}").json()
    assert (whole["lines"][0]["corrects_id"], whole["gross"]) == (
        str(billed["february"].ref),
        {"amount": "3.03", "currency": "EUR"},
    )
    draft = f"/billing/invoices/{billed['draft'].ref}"
    issued = api("POST", f"{draft}/finalise", {"issue_day": "2026-03-02"}).json()
    assert (issued["state"], issued["number"]) == ("open", "INV-2026-00004")
    assert api("DELETE", draft).status_code == 409
    assert api("POST", f"{draft}/void", {"day": "2026-03-02", "why": "Twice"}).json().get("state") == "void"
    first, again, spanish = (api("GET", f"{draft}/pdf{query}").content for query in ("", "", "?language=es"))
    assert (first.startswith(b"%PDF-1.7"), first == again, first == spanish) == (True, True, True)
    assert api("GET", f"/billing/invoices/{billed['january'].ref}/pdf?language=es").content != first
    assert b"pdfaid" in first
    sent = api("POST", f"/billing/invoices/{billed['january'].ref}/sent").json()
    assert sent["sent_at"]
    assert api("DELETE", f"/billing/invoices/{billed['other'].ref}").status_code == 204


def test_what_customers_write_is_never_markup_of_the_typesetter(billed: dict[str, Invoice]) -> None:
    row = queries.invoice(SYSTEM, billed["draft"].pk)
    hostile = '#panic("no") $x \\ *b* <a> @b "q" \x00\x07 \u202e 東京'
    row.customer.name = row.reference = hostile
    made = [invoice_pdf(row) for _ in range(2)]
    assert made[0] == made[1]
    assert made[0].startswith(b"%PDF-1.7")


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><rect width="4" height="4" fill="{}"/></svg>'


def test_a_document_calls_tax_ids_as_countries_do_and_keeps_the_logo_that_it_was_issued_with(
    billed: dict[str, Invoice],
) -> None:
    draft, issued = (queries.invoice(SYSTEM, billed[name].pk) for name in ("draft", "january"))
    draft.entity.tax_id = "B58818501"
    abroad, at_home = (
        queries.paper(row, queries.lines_of(row), queries.taxes_of(row), "es") for row in (draft, issued)
    )
    # The charge is reversed: both numbers as they are written across the Union, and short in the narrow column.
    assert (abroad.seller_tax, abroad.buyer[1]) == ("NIF-IVA ESB58818501", "NIF-IVA FR40303265045")
    assert {each.tax for each in abroad.lines} == {"0 % (ISP)"}
    assert at_home.buyer[1] == "NIF B64717838"

    def with_logo(colour: str) -> bytes:
        entity = queries.invoice(SYSTEM, draft.pk).entity
        drawing = SVG.format(colour).encode()
        set_logo(**MADE, entity=entity, name="logo.svg", file=BytesIO(drawing), size_bytes=len(drawing))
        return invoice_pdf(queries.invoice(SYSTEM, billed["other"].pk))

    red = with_logo("red")
    actions.finalise(**MADE, invoice_id=draft.pk, issue_day=date(2026, 3, 3))
    made = invoice_pdf(queries.invoice(SYSTEM, draft.pk))
    assert with_logo("blue") != red
    assert invoice_pdf(queries.invoice(SYSTEM, draft.pk)) == made
    drop_logo(**MADE, entity=queries.invoice(SYSTEM, draft.pk).entity)
    assert invoice_pdf(queries.invoice(SYSTEM, draft.pk)) == made
