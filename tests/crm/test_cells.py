"""Fields edited in their place: in lists and among the facts of a record, with a script and without."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest

from caudal.core.money import Money
from caudal.crm import actions
from caudal.crm.models import Company, Deal
from caudal.workspace.actions import add_field
from tests.crm.browsing import NOW, Enter, deal_of, text_of
from tests.world import AT, Shop

pytestmark = pytest.mark.usefixtures("today")
SCRIPT: Any = {"hx-request": "true"}


def drawn(page: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in re.findall(r'name="(version|base)" value="([^"]*)"', page)}


def test_a_cell_is_edited_in_its_place(shop: Shop, enter: Enter) -> None:
    deal, rosa = deal_of(shop, amount=Money.of(5000, "EUR")), enter("rosa")
    address = f"/deals/{deal.ref}/fields/amount"
    assert f'href="{address}" aria-label="Edit Amount"' in rosa.get("/deals").content.decode()
    form = rosa.get(address, headers=SCRIPT).content.decode()
    assert "<html" not in form
    sent = drawn(form) | {"value_0": "6000", "value_1": "EUR"}
    saved = rosa.post(address, sent, headers=SCRIPT)
    assert (saved.status_code, Deal.objects.get().amount) == (200, Money.of(6000, "EUR"))
    assert "€6,000" in saved.content.decode()
    page = rosa.get(address)
    assert "Amount of Forty seats" in page.content.decode()
    back = rosa.post(address, drawn(page.content.decode()) | {"value_0": "7000", "value_1": "EUR", "next": "/deals"})
    assert (back.status_code, back["Location"], Deal.objects.get().amount) == (302, "/deals", Money.of(7000, "EUR"))


def test_what_is_refused_stands_beside_the_cell(shop: Shop, enter: Enter) -> None:
    deal, rosa = deal_of(shop), enter("rosa")
    lead, demo, *_ = shop.stages("saas")
    actions.change_stage(actor=shop.actor("ana"), as_of=AT, stage_id=lead.pk, needed=["amount"])
    address = f"/deals/{deal.ref}/fields/stage"
    form = rosa.get(address, headers=SCRIPT).content.decode()
    refused = rosa.post(address, drawn(form) | {"value": str(demo.ref)}, headers=SCRIPT)
    assert refused.status_code == 409
    assert "field-error" in refused.content.decode()
    named = rosa.post(f"/deals/{deal.ref}/fields/company", {"value": "Nowhere"}, headers=SCRIPT)
    assert (named.status_code, "There is no “Nowhere”" in unescape(named.content.decode())) == (422, True)
    line = actions.LineDraft(product_id=shop.products["course"].pk, quantity=Decimal(1))
    actions.set_deal_lines(actor=shop.actor("ana"), as_of=NOW, deal_id=deal.pk, lines=[line])
    fixed = rosa.post(f"/deals/{deal.ref}/fields/amount", {"value_0": "1", "value_1": "EUR"}, headers=SCRIPT)
    assert (fixed.status_code, "is worth what its 1 lines come to" in fixed.content.decode()) == (409, True)
    assert rosa.post(address, drawn(form) | {"value": str(demo.ref)}, headers=SCRIPT).status_code == 200
    assert Deal.objects.get().stage_id == demo.pk


def test_what_no_form_says_is_refused(shop: Shop, enter: Enter) -> None:
    client, path = enter("ana"), f"/companies/{shop.acme.ref}"
    for base in ("[" * 100_000, "9" * 5000, "{"):
        refused = client.post(f"{path}/fields/sector", {"value": "Tools", "base": base}, headers=SCRIPT)
        assert refused.status_code == 422, base[:3]
    for after in ("9" * 5000, "9" * 20, "x"):
        assert client.get(f"{path}/meanwhile", {"after": after}).status_code == 422, after[:3]
    assert client.post(f"{path}/edit", {"name": "Acme", "version": "1", "base": "[" * 100_000}).status_code < 500
    assert Company.objects.get(pk=shop.acme.pk).sector == shop.acme.sector


def test_another_field_is_merged_and_the_same_one_is_told(shop: Shop, enter: Enter) -> None:
    ana, acme, marta = shop.actor("ana"), shop.acme, enter("ana")
    address = f"/companies/{acme.ref}/fields/sector"
    form = drawn(marta.get(address, headers=SCRIPT).content.decode())
    actions.change_company(actor=ana, as_of=NOW, company_id=acme.pk, employees=12)
    assert marta.post(address, form | {"value": "Tools"}, headers=SCRIPT).status_code == 200
    found = Company.objects.get(pk=acme.pk)
    assert (found.sector, found.employees, found.version) == ("Tools", 12, 3)
    late = marta.post(address, form | {"value": "Toys"}, headers=SCRIPT)
    said = unescape(late.content.decode())
    assert late.status_code == 412
    assert "Ana wrote “Tools” meanwhile" in said
    assert marta.post(address, drawn(said) | {"value": "Toys"}, headers=SCRIPT).status_code == 200
    assert Company.objects.get(pk=acme.pk).sector == "Toys"


def test_own_fields_owners_and_tags_are_edited_too_within_reach(shop: Shop, enter: Enter) -> None:
    ana = shop.actor("ana")
    add_field(actor=ana, as_of=AT, record_kind="company", key="seats", type="number", label="Seats")
    client, path = enter("ana"), f"/companies/{shop.acme.ref}"
    assert 'aria-label="Edit Seats"' in client.get(path).content.decode()
    for field, value in (("custom.seats", "12"), ("owner", str(shop.marta.pk)), ("tags", "VIP, old")):
        assert client.post(f"{path}/fields/{field}", {"value": value}, headers=SCRIPT).status_code == 200
    found = Company.objects.get(pk=shop.acme.pk)
    assert (found.custom, found.owner_id, found.tags) == ({"seats": 12}, shop.marta.pk, ["old", "VIP"])
    assert enter("raul").get(f"{path}/fields/sector").status_code == 404
    assert "cell-edit" not in enter("raul").get(path).content.decode()
    assert client.get(f"{path}/fields/created_at").status_code == 422
    assert "Sector of Acme" in client.get(f"{path}/fields/sector").content.decode()
    assert "Sector" in text_of(client.get(f"{path}/fields/sector"))
