"""Legal entities: who sells and invoices, what is taken as a tax id, an account or a logo, and how documents begin."""

import io
from contextlib import suppress
from importlib import import_module
from typing import Any, Final

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from caudal.core.errors import Problem
from caudal.core.journal import move
from caudal.core.money import Money
from caudal.kit.access import SYSTEM
from caudal.kit.logos import DrawingActs, LogoRefused, checked_logo
from caudal.kit.media import FileDiffers, FileEmpty
from caudal.kit.outbox import timeline
from caudal.kit.problems import BadInput
from caudal.kit.tax_ids import TaxIdWrong, check_tax_id
from caudal.ledger import actions as ledger
from caudal.workspace import actions, queries
from caudal.workspace.models import CompanySettings, LegalEntity
from tests.crm.browsing import NOW, Api, Enter, main_of, text_of
from tests.workspace.test_files import PNG
from tests.world import Shop

MADE: Final[dict[str, Any]] = {"actor": SYSTEM, "as_of": NOW}
SVG: Final = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="#0b6e6e"/></svg>'
)

TAX_IDS: Final = [
    ("ES", " b-5881850 1", "B58818501"),
    ("ES", "ES B58818501", "ESB58818501"),
    ("ES", "X5253868R", "X5253868R"),
    ("DE", "DE136695976", "DE136695976"),
    ("GR", "el094259216", "EL094259216"),
    ("GB", "XI 980 7806 84", "XI980780684"),
    ("US", "12-3456789", "123456789"),
    ("MX", "GODE561231GR8", "GODE561231GR8"),
    ("BR", "16.727.230/0001-97", "16727230000197"),
    ("SA", "3001-22", "3001-22"),  # nobody has described these: taken as they come
    ("ES", "  ", ""),
]


@pytest.mark.parametrize(("country", "typed", "kept"), TAX_IDS)
def test_a_tax_id_is_kept_as_its_country_writes_it(country: str, typed: str, kept: str) -> None:
    assert check_tax_id(country, typed) == kept
    assert check_tax_id(country, kept) == kept


@pytest.mark.parametrize(
    ("country", "typed", "why"),
    [
        ("ES", "B58818502", "check digit"),
        ("ES", "B588", "too many or too few"),
        ("ES", "??881850", "not written like"),
        ("", "B58818501", "country first"),
        ("SA", "<b>", "not written like"),
    ],
)
def test_a_wrong_tax_id_is_refused_with_the_nearest_reason(country: str, typed: str, why: str) -> None:
    with pytest.raises(TaxIdWrong, match=why):
        check_tax_id(country, typed)


@settings(max_examples=40)
@given(country=st.sampled_from(["ES", "DE", "FR", "US", "MX", "IN", "SA"]), typed=st.text(max_size=45))
def test_whatever_is_typed_as_a_tax_id_is_taken_or_refused(country: str, typed: str) -> None:
    with suppress(TaxIdWrong):
        kept = check_tax_id(country, typed)
        assert check_tax_id(country, kept) == kept


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("logo.gif", b"GIF89a", LogoRefused),
        ("logo.png", PNG + bytes(500_000), LogoRefused),
        ("logo.png", b"<html>", FileDiffers),
        ("logo.svg", b"", FileEmpty),
        ("logo.svg", b"<svg", FileDiffers),
        ("logo.svg", b"<p/>", FileDiffers),
        ("logo.svg", SVG.replace(b"<rect", b"<script/><rect"), DrawingActs),
        ("logo.svg", SVG.replace(b"<rect", b"<rect onload='x()'"), DrawingActs),
        ("logo.svg", SVG.replace(b"<rect", b"<use href='https://x.example/a.svg#b'/><rect"), DrawingActs),
        ("logo.svg", SVG.replace(b"#0b6e6e", b"url(https://x.example)"), DrawingActs),
        ("logo.svg", SVG.replace(b"<rect", b"<style>@im<!-- -->port 'x'</style><rect"), DrawingActs),
        ("logo.svg", b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + SVG, DrawingActs),
        ("logo.svg", b"<?xml-stylesheet href='x'?>" + SVG, DrawingActs),
    ],
)
def test_a_logo_draws_and_does_nothing_else(name: str, content: bytes, refusal: type[Problem]) -> None:
    with pytest.raises(refusal):
        checked_logo(name, io.BytesIO(content), len(content))


@pytest.mark.django_db
def test_a_company_begins_with_one_legal_entity_and_keeps_a_default(shop: Shop) -> None:
    first = queries.default_entity()
    assert (first.name, first.country, first.language) == ("Ana's course shop", "ES", "en")
    second = actions.add_entity(**MADE, name=" Ana  Inc. ", country="US", tax_id="12-3456789")
    assert (second.name, second.tax_id) == ("Ana Inc.", "123456789")
    with pytest.raises(Problem, match="is the default legal entity"):
        actions.retire_entity(**MADE, entity=first)
    actions.choose_default_entity(**MADE, entity=second)
    assert queries.default_entity() == second
    assert [fact.name for fact in timeline(second.ref)] == [
        "workspace.default_entity_chosen",
        "workspace.entity_added",
    ]
    # Once something was posted in its name it stays, whatever is asked.
    ledger.set_up_chart(**MADE)
    entry = move(Money.of(1, "EUR"), debit="1000", credit="3000", day=NOW.date(), text="Capital")
    ledger.post_entry(**MADE, draft=ledger.EntryDraft("capital", entry, entity_id=first.pk))
    with pytest.raises(Problem, match="Ana's course shop stays: it is named 1 times"):
        actions.retire_entity(**MADE, entity=first)
    third = actions.add_entity(**MADE, name="Never used")
    ref = third.ref
    actions.retire_entity(**MADE, entity=third)
    assert not LegalEntity.objects.filter(name="Never used").exists()
    assert [fact.name for fact in timeline(ref)] == ["workspace.entity_retired", "workspace.entity_added"]


@pytest.mark.django_db
def test_a_company_that_was_founded_before_gets_a_default_of_its_own_name(shop: Shop) -> None:
    CompanySettings.objects.update(default_entity=None)
    LegalEntity.objects.all().delete()
    import_module("caudal.workspace.migrations.0011_default_entity").add_default(apps, None)
    found = queries.default_entity()
    assert (found.name, found.country, found.version) == ("Ana's course shop", "ES", 1)


@pytest.mark.django_db
def test_everything_that_is_wrong_about_a_legal_entity_is_said_at_its_field(shop: Shop) -> None:
    wrong: dict[str, Any] = {
        "name": " ",
        "country": "ES",
        "tax_id": "B58818502",
        "iban": "ES91",
        "bic": "X",
        "email": "ana",
        "website": "a b",
        "zone": "Mars",
        "colour": "#ffee00",
        "language": "fr",
    }
    with pytest.raises(BadInput) as refused:
        actions.add_entity(**MADE, **wrong)
    assert refused.value.fields.keys() == wrong.keys() - {"country"}
    # A country of its own kind of tax id: moving there takes another number.
    entity = actions.add_entity(**MADE, name="Ana SL", country="ES", tax_id="B58818501")
    with pytest.raises(BadInput) as moved:
        actions.change_entity(**MADE, entity=entity, country="DE")
    assert moved.value.fields.keys() == {"tax_id"}


@pytest.mark.usefixtures("today")
def test_an_administrator_fills_a_legal_entity_in_and_sees_how_its_documents_begin(shop: Shop, enter: Enter) -> None:
    entity = queries.default_entity()
    page, listed = reverse("workspace:entity_edit", args=[entity.ref]), reverse("workspace:entities")
    browser = enter("ana")
    assert "Ana's course shop Spain default tax id, street address, postcode, city" in text_of(browser.get(listed))
    assert "/settings/entities/" not in main_of(enter("rosa").get(listed))
    assert enter("rosa").get(page).status_code == 403
    said = {"name": "Ana <SL>", "country": "ES", "language": "es", "colour": "#0B6E6E", "address": "Calle 1\n2.º"}
    drawn = browser.post(reverse("workspace:entity_preview"), said | {"tax_id": "b58", "postcode": "28001"})
    for words in ("Factura", "Ana &lt;SL&gt;", "<span>28001</span>", 'fill="#0b6e6e"', "España"):
        assert words in drawn.content.decode()
    refused = browser.post(page, said | {"tax_id": "B58818502", "version": "1"})
    assert refused.status_code == 422
    assert "Its check digit does not fit" in text_of(refused)
    logo = SimpleUploadedFile("logo.svg", SVG)
    sent = said | {"tax_id": "B58818501", "version": "1", "logo": logo, "iban": "es91 2100 0418 4502 0005 1332"}
    assert browser.post(page, sent).status_code == 302
    entity.refresh_from_db()
    assert (entity.iban, entity.address) == ("ES9121000418450200051332", "Calle 1\n2.º")
    shown = browser.get(page).content.decode()
    assert "IBAN ES91 2100 0418 4502 0005 1332" in shown
    answer = browser.get(f"/settings/entities/{entity.ref}/logo")
    assert (answer["Content-Type"], answer["Content-Security-Policy"]) == (
        "image/svg+xml",
        "default-src 'none'; sandbox",
    )
    assert b"".join(answer) == SVG
    assert "Somebody changed this meanwhile" in text_of(browser.post(page, said | {"version": "1"}))


def test_programs_keep_legal_entities(api: Api, shop: Shop) -> None:
    _, token = actions.issue_key(
        actor=SYSTEM, as_of=NOW, name="Setup", role="admin", scopes=("workspace:read", "workspace:write")
    )
    api.headers = {"Authorization": f"Bearer {token}"}
    assert api("GET", "/entities").json()[0]["lacks"] == ["tax_id", "address", "postcode", "city"]
    wrong = api("POST", "/entities", {"name": "Ana Inc", "country": "US", "tax_id": "12"})
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["tax_id"])
    added = api("POST", "/entities", {"name": "Ana Inc", "country": "US", "tax_id": "12-3456789"}).json()
    path = f"/entities/{added['id']}"
    changed = api("PATCH", path, {"city": "Boston"}, If_Match="1").json()
    assert (changed["city"], changed["version"], changed["is_default"]) == ("Boston", 2, False)
    assert api("POST", f"{path}/default").json()["is_default"]
    assert api("DELETE", path).status_code == 409
    assert api("GET", f"{path}/logo").status_code == 404
    assert api("DELETE", f"{path}/logo").status_code == 204
