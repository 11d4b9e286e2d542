"""Companies that belong together, and people who may be the same."""

import pytest

from caudal.crm import actions, queries
from caudal.crm.actions import CompanyDraft, DealDraft, PersonDraft
from caudal.crm.actions.parties import PersonKnown
from caudal.crm.models import Company, KeptApart, Person
from caudal.crm.queries import Likeness
from caudal.kit.access import SYSTEM
from caudal.kit.digest import business_digest
from caudal.kit.outbox import timeline
from caudal.kit.problems import BadInput
from tests.crm.browsing import Api, Enter, text_of
from tests.world import AT, Shop


def company(name: str, **values: object) -> Company:
    return actions.add_company(actor=SYSTEM, as_of=AT, company=CompanyDraft(name=name, **values))  # type: ignore[arg-type]  # fields of a draft


def person(name: str, **values: object) -> Person:
    return actions.add_person(actor=SYSTEM, as_of=AT, person=PersonDraft(name=name, **values))  # type: ignore[arg-type]  # fields of a draft


def test_what_follows_from_a_company_is_kept_beside_what_was_typed(shop: Shop) -> None:
    found = company(
        "Initech, S.L.U.",
        domain="https://www.shop.initech.es/en",
        country="España",
        phone="912 34 56 78",
        city="Madrid",
    )
    assert (found.domain, found.family_domain, found.bare_key) == ("shop.initech.es", "initech.es", "initech")
    assert (found.country, found.country_code, found.phone, found.phone_e164) == (
        "Spain",
        "ES",
        "912 34 56 78",
        "+34912345678",
    )
    # The number was one of Spain; it is read anew where the company turns out to be.
    moved = actions.change_company(actor=SYSTEM, as_of=AT, company_id=found.pk, country="GB", phone="020 7946 0958")
    assert (moved.country, moved.phone_e164) == ("United Kingdom", "+442079460958")
    (changed, *_) = timeline(found.ref)
    assert set(changed.data["changes"]) == {"country", "phone"}


def test_a_country_that_nobody_knows_stays_as_it_was_said(shop: Shop) -> None:
    found = company("Initech", country=" Atlantis ")
    assert (found.country, found.country_code) == ("Atlantis", "")


def test_companies_look_alike_by_name_and_by_domain_until_somebody_says_otherwise(shop: Shop) -> None:
    spain = company("Initech España", domain="initech.es", owner_id=shop.rosa.pk)
    same = company("Initech España S.L.")
    twin = company("Initech Espana, SA", domain="initech.com")
    branch = company("Initech Portugal", domain="pt.initech.es")
    company("Mail house", domain="gmail.com")
    company("Other house", domain="gmail.com")
    rosa = shop.actor("rosa")

    def alike() -> list[tuple[Company, Likeness]]:
        return [(each.company, each.likeness) for each in queries.lookalikes(rosa, Company.objects.get(pk=spain.pk))]

    assert alike() == [(same, Likeness.SAME), (twin, Likeness.NAME), (branch, Likeness.DOMAIN)]
    actions.keep_apart(actor=rosa, as_of=AT, company_id=spain.pk, other_id=twin.pk)
    actions.keep_apart(actor=SYSTEM, as_of=AT, company_id=twin.pk, other_id=spain.pk)  # the same pair
    assert KeptApart.objects.count() == 1
    actions.change_company(actor=SYSTEM, as_of=AT, company_id=branch.pk, parent_id=spain.pk)
    assert alike() == [(same, Likeness.SAME)]
    around = queries.family(rosa, Company.objects.get(pk=branch.pk))
    assert (around.above, around.parts) == ((spain,), ())
    assert queries.family(rosa, spain).parts == (branch,)
    mailers = Company.objects.get(name="Mail house")
    assert queries.lookalikes(rosa, mailers) == []


def test_the_page_of_a_company_asks_about_its_lookalikes(shop: Shop, enter: Enter) -> None:
    other = company("ACME Inc.", owner_id=shop.rosa.pk)
    rosa, page = enter("rosa"), f"/companies/{shop.acme.ref}"
    said = text_of(rosa.get(page))
    assert "ACME Inc. The same name: it may be the same company." in said
    assert rosa.post(f"{page}/family", {"other": str(other.ref), "choice": "whole"}).status_code == 302
    assert Company.objects.get(pk=other.pk).parent_id == shop.acme.pk
    assert "it may be the same company" not in text_of(rosa.get(page))
    before = business_digest()
    assert rosa.post(f"{page}/family", {"other": str(other.ref), "choice": "eat"}).status_code == 422
    # Raúl looks at Acme, and may not say what it is part of.
    raul = enter("raul")
    assert raul.get(page).status_code == 200
    assert raul.post(f"{page}/family", {"other": str(other.ref), "choice": "part"}).status_code == 404
    assert business_digest() == before


def test_a_person_may_have_many_addresses_and_numbers_and_the_first_come_first(shop: Shop) -> None:
    globex = actions.change_company(actor=SYSTEM, as_of=AT, company_id=shop.globex.pk, country="MX")
    eva = person(
        "Eva Sanz",
        other_emails=["EVA@globex.example", "eva@globex.example", "eva@correo.example"],
        phone="55 1234 5678",
        other_phones=["+34 600 123 456", "at the gate"],
        company_id=globex.pk,
        language="es",
        country="Mexico",
    )
    assert (eva.email, eva.other_emails) == ("eva@globex.example", ["eva@correo.example"])
    assert (eva.phone, eva.other_phones) == ("55 1234 5678", ["+34 600 123 456", "at the gate"])
    assert eva.phone_keys == ["+525512345678", "+34600123456", ""]
    after = actions.change_person(actor=SYSTEM, as_of=AT, person_id=eva.pk, email="eva@correo.example")
    assert (after.email, after.other_emails) == ("eva@correo.example", [])
    (changed, *_) = timeline(eva.ref)
    assert changed.data == {}
    assert changed.personal == {
        "email": ["eva@globex.example", "eva@correo.example"],
        "other_emails": [["eva@correo.example"], []],
    }


def test_what_cannot_be_read_of_a_person_is_named_at_once(shop: Shop) -> None:
    with pytest.raises(BadInput) as refused:
        person("", other_emails=["nobody"], other_phones=["1" * 41], language="Spanish!")
    assert set(refused.value.fields) == {"name", "other_emails", "other_phones", "language"}


def test_a_shared_address_is_a_warning_and_the_same_person_twice_is_refused(shop: Shop, enter: Enter) -> None:
    office = person("Eva Sanz", email="office@acme.example", owner_id=shop.rosa.pk)
    colleague = person("Leo Paz", other_emails=["office@acme.example"], email="leo@acme.example")
    assert queries.namesakes_by_address(shop.actor("rosa"), office) == [colleague]
    assert "Others with this address Leo Paz" in text_of(enter("rosa").get(f"/people/{office.ref}"))
    before = business_digest()
    with pytest.raises(PersonKnown, match=r"Eva Sanz with the address office@acme\.example is known already"):
        person(" EVA  Sanz", email="Office@acme.example")
    with pytest.raises(PersonKnown):
        actions.change_person(
            actor=SYSTEM, as_of=AT, person_id=colleague.pk, name="Eva Sanz", email="office@acme.example"
        )
    assert business_digest() == before
    actions.delete_person(actor=SYSTEM, as_of=AT, person_id=office.pk)
    assert person("Eva Sanz", email="office@acme.example").pk != office.pk


def test_somebody_may_buy_in_their_own_name(shop: Shop, enter: Enter) -> None:
    eva = person("Eva Sanz", email="eva@correo.example", owner_id=shop.rosa.pk)
    deal = actions.open_deal(
        actor=SYSTEM, as_of=AT, deal=DealDraft(name="Course", opened_at=AT, person_id=eva.pk, owner_id=shop.rosa.pk)
    )
    assert (deal.company_id, deal.person_id) == (None, eva.pk)
    assert "Eva Sanz" in text_of(enter("rosa").get(f"/deals/{deal.ref}"))


def test_a_form_takes_addresses_one_a_line_and_countries_in_the_readers_language(shop: Shop, enter: Enter) -> None:
    client = enter("rosa")
    sent = {
        "name": "Eva Sanz",
        "email": "eva@acme.example",
        "other_emails": "eva@correo.example\n\n eva@work.example ",
        "other_phones": "600123456",
        "language": "es",
        "country": "Spain",
        "owner": str(shop.rosa.pk),
    }
    assert client.post("/people/new", sent).status_code == 302
    eva = Person.objects.get(name="Eva Sanz")
    assert eva.other_emails == ["eva@correo.example", "eva@work.example"]
    assert (eva.phone, eva.phone_keys) == ("600123456", ["+34600123456"])
    client.cookies["django_language"] = "es"
    page = client.get(f"/people/{eva.ref}/edit").content.decode()
    assert '<option value="Spain" selected>España</option>' in page
    assert "eva@correo.example\neva@work.example</textarea>" in page


def test_a_program_reads_and_writes_what_a_page_does(shop: Shop, api: Api) -> None:
    made = api(
        "POST", "/companies", {"name": "Initech SL", "country": "es", "phone": "912345678", "sales_model": "field"}
    )
    assert made.status_code == 201
    said = made.json()
    assert (said["country"], said["country_code"], said["phone_e164"]) == ("Spain", "ES", "+34912345678")
    api("POST", "/companies", {"name": "Initech"})
    (alike,) = api("GET", f"/companies/{said['id']}/lookalikes").json()
    assert (alike["name"], alike["likeness"]) == ("Initech", "same")
    path = f"/companies/{said['id']}/kept-apart"
    assert api("POST", path, {"other_id": alike["company_id"]}).status_code == 204
    assert api("GET", f"/companies/{said['id']}/lookalikes").json() == []
    eva = api("POST", "/people", {"name": "Eva", "email": "e@x.example", "other_phones": ["600123456"]}).json()
    assert (eva["phone"], eva["phones_e164"]) == ("600123456", ["+34600123456"])
    again = api("POST", "/people", {"name": "eva", "email": "E@x.example"})
    assert (again.status_code, again.json()["code"]) == (409, "person.known_already")
    # The deal of a company is sold as the company is.
    deal = api("POST", "/deals", {"name": "x", "company_id": said["id"]}).json()
    assert deal["sales_model"] == "field"
