"""The company's own fields on the pages of records."""

from typing import Any

import pytest

from caudal.crm.models import Company
from caudal.kit.access import SYSTEM
from caudal.workspace import actions
from caudal.workspace.models import CustomField
from tests.crm.browsing import NOW, Enter
from tests.world import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def field(key: str, type_: str, **more: Any) -> CustomField:
    return actions.add_field(
        actor=SYSTEM, as_of=NOW, record_kind="company", key=key, type=type_, label=key.capitalize(), **more
    )


def test_an_administrator_adds_a_field_by_its_page_and_fills_it_in_on_a_record(shop: Shop, enter: Enter) -> None:
    browser = enter("ana")
    sent = {"label": "Seats", "key": "seats", "type": "number", "decimals": "0"}
    assert browser.post("/settings/fields/new/company", sent).status_code == 302
    assert "custom.seats" in browser.get("/settings/fields").content.decode()
    page = browser.get(f"/companies/{shop.acme.ref}/edit")
    assert 'name="custom.seats"' in page.content.decode()
    values = {"name": "Acme", "owner": "", "version": shop.acme.version}
    refused = browser.post(f"/companies/{shop.acme.ref}/edit", {**values, "custom.seats": "1.5"})
    assert refused.status_code == 422
    assert "This number has more decimals than its field." in refused.content.decode()
    assert browser.post(f"/companies/{shop.acme.ref}/edit", {**values, "custom.seats": "12"}).status_code == 302
    assert Company.objects.get(pk=shop.acme.pk).custom == {"seats": 12}
    assert "Seats" in browser.get(f"/companies/{shop.acme.ref}").content.decode()
    listed = browser.get("/companies", {"where": "custom.seats > 10", "columns": "name,custom.seats"})
    assert "Acme" in listed.content.decode()
    assert "Globex" not in listed.content.decode()


def test_only_required_fields_are_asked_for_when_a_record_is_added(enter: Enter, shop: Shop) -> None:
    field("seats", "number")
    field("tier", "choice", options=["Gold", "Silver"], required=True)
    browser = enter("ana")
    page = browser.get("/companies/new").content.decode()
    assert 'name="custom.tier"' in page
    assert 'name="custom.seats"' not in page
    assert browser.post("/companies/new", {"name": "Initech"}).status_code == 422
    assert browser.post("/companies/new", {"name": "Initech", "custom.tier": "Gold"}).status_code == 302
    assert Company.objects.get(name="Initech").custom == {"tier": "Gold"}


@pytest.mark.parametrize(("who", "status"), [("ana", 200), ("rosa", 403)])
def test_only_administrators_reach_the_form_of_a_field(enter: Enter, who: str, status: int) -> None:
    assert enter(who).get("/settings/fields/new/company").status_code == status


def test_a_program_writes_and_reads_own_fields_by_their_keys(enter: Enter, shop: Shop) -> None:
    field("seats", "number", decimals=1)
    field("budget", "money", currency="EUR")
    field("rival", "link", link_kind="company")
    browser = enter("ana")
    body = {"name": "Initech", "custom": {"seats": 12.5, "budget": {"amount": "9.90", "currency": "EUR"}}}
    added = browser.post("/api/v1/companies", body, content_type="application/json")
    assert added.status_code == 201, added.content
    address = f"/api/v1/companies/{added.json()['id']}"
    said = {"seats": "12.5", "budget": {"amount": "9.90", "currency": "EUR"}, "rival": None}
    assert added.json()["custom"] == said
    change = {"custom": {"rival": str(shop.acme.ref), "seats": None}}
    changed = browser.patch(address, change, content_type="application/json", headers={"if-match": "*"})
    assert changed.status_code == 200, changed.content
    assert changed.json()["custom"] == {**said, "seats": None, "rival": str(shop.acme.ref)}
    asked = {"where": "custom.budget < 10 EUR", "fields": "name,custom.budget", "sort": "-custom.budget"}
    (found,) = browser.get("/api/v1/companies", asked).json()["items"]
    assert found["custom.budget"] == {"amount": "9.90", "currency": "EUR"}
    refused = browser.post(
        "/api/v1/companies", {"name": "X", "custom": {"colour": "red"}}, content_type="application/json"
    )
    assert refused.status_code == 422
    assert refused.json()["fields"] == {"custom.colour": "There is no such field."}
