"""Formulas: fields of one's own that are computed, alike in lists, on pages, in files and for programs."""

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from caudal.core.expressions import Setting, read, result
from caudal.core.money import Money
from caudal.crm import actions as crm
from caudal.crm.imports import Decisions, Options, PathUpload, import_files
from caudal.crm.models import Company, Deal
from caudal.kit.access import SYSTEM
from caudal.kit.formulas import Fields, places_after
from caudal.kit.lists import Selection, chosen, groups_of, order_of, page_of, totals_of, unrated
from caudal.kit.own_fields import OwnField
from caudal.kit.problems import BadInput
from caudal.kit.shapes import Reader, shape_of
from caudal.workspace import actions
from caudal.workspace.actions.formulas import FieldInUse, FormulaRefused, FormulasWouldBreak
from caudal.workspace.models import CustomField
from caudal.workspace.queries import index_own_field, own_fields
from caudal.workspace.tasks import index_formulas_nightly
from tests.crm.browsing import NOW, Enter, text_of
from tests.world import AT, Shop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def field(key: str, type_: str, kind: str = "company", **more: Any) -> CustomField:
    made = {"record_kind": kind, "key": key, "type": type_, "label": key.capitalize(), **more}
    return actions.add_field(actor=SYSTEM, as_of=NOW, **made)


def formula(key: str, text: str, kind: str = "company", **more: Any) -> CustomField:
    return field(key, "formula", kind, formula=text, **more)


def company(name: str, **custom: Any) -> Company:
    return crm.add_company(actor=SYSTEM, as_of=NOW, company=crm.CompanyDraft(name=name, custom=custom))


def reader(shop: Shop) -> Reader:
    return Reader(actor=shop.actor("ana"), as_of=NOW, currency="EUR")


def values(kind: str, key: str, by: Reader) -> dict[str, Any]:
    shape = shape_of(kind)
    rows = page_of(chosen(shape, Selection(), by), shape, Selection(), by).rows
    return {row.name: shape.field(f"custom.{key}", by.actor).read(row) for row in rows}


EVERY_KIND = {
    "twice": "custom.seats * 2",
    "share": "custom.seats / custom.rooms",
    "fee": "custom.price * custom.seats / custom.rooms",
    "each": "custom.price / custom.seats",
    "later": "custom.renewal + 1 month",
    "left": "custom.renewal - as_of",
    "soon": "in_next(custom.renewal, 30 days)",
    "size": 'if(custom.seats > 10, "Large", if(custom.seats is empty, custom.notes, "Small"))',
    "loud": "upper(custom.notes)",
    "huge": "pow(custom.seats, 16)",
    "gold": 'custom.tier = "Gold" and custom.seats >= employees',
    "upon": "custom.twice + round(custom.share, 0)",
    "born": "created_at",
}


def test_the_database_and_the_evaluator_say_the_same_of_every_row_nulls_and_zeros_included(shop: Shop) -> None:
    field("seats", "number", decimals=2)
    field("rooms", "number")
    field("price", "money", currency="EUR")
    field("renewal", "date")
    field("notes", "text")
    field("tier", "choice", options=["Gold", "Silver"])
    for key, text in EVERY_KIND.items():
        formula(key, text)
    given = [
        (seats, rooms, price, renewal, notes, tier, employees)
        for seats, rooms in ((None, 3), (0, 0), (7, 3), ("-2.55", 8), ("123456.78", 7), (20, None))
        for price, renewal, notes, tier, employees in (
            (None, None, None, None, None),
            ("10.01", NOW.date(), "Ñandú", "Gold", 5),
            ("-0.01", date(2026, 1, 31), " ", "Silver", 20),
            ("99999.99", date(9999, 12, 31), "x", "Gold", 0),
        )
    ]
    for number, (seats, rooms, price, renewal, notes, tier, employees) in enumerate(given):
        custom = {"seats": seats, "rooms": rooms, "price": price, "renewal": renewal, "notes": notes, "tier": tier}
        crm.add_company(
            actor=SYSTEM,
            as_of=NOW,
            company=crm.CompanyDraft(name=f"C{number}", custom=custom, employees=employees),
        )
    by, shape = reader(shop), shape_of("company")
    own = own_fields("company")
    fields = Fields.of("company", own, "EUR")
    seen = shape.seen_by(by.actor)
    rows = page_of(chosen(shape, Selection(), by), shape, Selection(), by, limit=200).rows
    assert len(rows) > len(given)
    for row in rows:
        said = {name: plain(each.read(row)) for name, each in seen.items() if not each.link}
        for each in (one for one in own if one.computed):
            term = read(each.formula, fields.schema(by, without=each.name)).term
            wanted = result(term, said, Setting(by.today, by.actor.zone), places_after(each))
            assert said[each.name] == wanted, (row.name, each.formula)
    assert {plain(seen["custom.share"].read(row)) for row in rows} >= {None, Decimal("2.33")}


def plain(value: Any) -> Any:
    return value.amount if isinstance(value, Money) else value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("custom.seats +", "ends too early"),
        ("custom.saets * 2", "1:1: There is no field “custom.saets”. Did you mean custom.seats?"),
        ("custom.seats\n + saets", "2:4: There is no field"),
        ("custom.seats + 2 days", "different units"),
        ("custom.other * 2", "1:1: A formula cannot speak of itself."),
        ("null", "always empty"),
        ("owner", "not a record"),
        ("((((" * 40 + "1" + "))))" * 40, "too big"),
        ("1" + " + 1" * 800, "2,000 characters"),
        ("__import__('os')", "“__import__”"),
        ("owner.in_my_team", "There is no field"),
        ("me", "There is no field"),
    ],
)
def test_a_formula_that_cannot_be_computed_is_refused_with_the_place(text: str, said: str, shop: Shop) -> None:
    field("seats", "number")
    with pytest.raises(FormulaRefused) as refused:
        formula("other", text)
    assert said in " ".join(str(each) for each in refused.value.findings)
    assert refused.value.fields.keys() == {"formula"}


def test_formulas_do_not_come_to_stand_on_each_other_nor_too_many_on_one_another(shop: Shop) -> None:
    field("seats", "number")
    first = formula("a1", "custom.seats")
    for number in range(2, 6):
        formula(f"a{number}", f"custom.a{number - 1} + 1")
    with pytest.raises(FormulaRefused, match="Too many formulas"):
        formula("a6", "custom.a5")
    with pytest.raises(FormulaRefused, match=r"custom\.a1 → custom\.a3 → custom\.a2 → custom\.a1"):
        actions.change_field(actor=SYSTEM, as_of=NOW, field=first, formula="custom.a3")


def test_a_field_stays_as_formulas_need_it_and_the_refusal_names_them(shop: Shop) -> None:
    seats, tier = field("seats", "number"), field("tier", "choice", options=["Gold", "Silver"])
    twice, gold = formula("twice", "custom.seats * 2"), formula("gold", 'custom.tier = "Gold"')
    upon = formula("upon", "custom.twice + 1")
    with pytest.raises(FieldInUse, match="“Twice”"):
        actions.retire_field(actor=SYSTEM, as_of=NOW, field=seats)
    with pytest.raises(FormulasWouldBreak, match="“Gold”"):
        actions.change_field(actor=SYSTEM, as_of=NOW, field=tier, options=["Silver"])
    with pytest.raises(FormulasWouldBreak, match="“Twice”"):
        actions.change_field(actor=SYSTEM, as_of=NOW, field=seats, unit="days")
    with pytest.raises(FormulasWouldBreak, match="“Upon”"):
        actions.change_field(actor=SYSTEM, as_of=NOW, field=twice, formula="custom.seats > 2")
    for each in (upon, twice, seats):
        actions.retire_field(actor=SYSTEM, as_of=NOW, field=each)
    with pytest.raises(FormulaRefused, match=r"custom\.seats"):
        actions.restore_field(actor=SYSTEM, as_of=NOW, field=twice)
    assert "custom.gold" in shape_of("company").seen_by(SYSTEM)
    assert gold.result == "boolean"


def test_lists_filter_sort_group_and_add_up_by_formulas(shop: Shop) -> None:
    field("seats", "number")
    field("price", "money", currency="EUR")
    formula("fee", "custom.price * custom.seats")
    formula("size", 'if(custom.seats > 10, "Large", "Small")')
    for name, seats, price in (("A", 12, "10.50"), ("B", 2, "100"), ("C", None, "1"), ("D", 30, "5")):
        company(name, seats=seats, price=price)
    by, shape = reader(shop), shape_of("company")

    def names(where: str, sort: str = "name", limit: int = 2) -> list[str]:
        selection, found, cursor = Selection(where=where, sort=sort), [], None
        while True:
            page = page_of(chosen(shape, selection, by), shape, selection, by, cursor=cursor, limit=limit)
            found += [row.name for row in page.rows if len(row.name) == 1]
            cursor = page.next
            if cursor is None:
                return found

    assert names("custom.fee > 126") == ["B", "D"]
    assert names("custom.fee = 126 EUR") == ["A"]
    assert names("custom.fee is empty") == ["C"]
    assert names("custom.price is empty") == []
    assert names('custom.size = "Large" and custom.fee between 100 EUR and 150 EUR') == ["A", "D"]
    assert names("", "-custom.fee") == ["B", "D", "A", "C"]
    assert names("", "custom.size,custom.fee") == ["A", "D", "B", "C"]
    rows = chosen(shape, Selection(where="custom.price is not empty"), by)
    groups = groups_of(rows, shape, "custom.size", by, also=["custom.fee", "custom.seats"])
    said = {each.value: (each.totals.count, each.totals.amounts, each.totals.numbers) for each in groups}
    # Large: 12 × 10.50 + 30 × 5 = 276.00; Small: 2 × 100, and nothing of C.
    assert said == {
        "Large": (2, {"custom.fee": (Money.of("276", "EUR"),)}, {"custom.seats": Decimal(42)}),
        "Small": (2, {"custom.fee": (Money.of("200", "EUR"),)}, {"custom.seats": Decimal(2)}),
    }
    assert totals_of(rows, shape, by, also=["custom.fee"]).amounts == {"custom.fee": (Money.of("476", "EUR"),)}
    terms = order_of(shape, "custom.fee", by).terms(Company)
    assert [each.nulls_last for each in terms] == [True, None]


def test_a_formula_of_today_and_of_amounts_is_computed_when_it_is_read(shop: Shop) -> None:
    field("cost", "money", "deal", currency="EUR")
    formula("margin", "(amount - custom.cost) / amount", "deal", decimals=4)
    formula("age", "as_of - day_of(opened_at)", "deal")
    deal = crm.open_deal(actor=SYSTEM, as_of=AT, deal=draft("Deal", amount=Money.of("300", "EUR"), cost="100"))
    none = crm.open_deal(actor=SYSTEM, as_of=AT, deal=draft("Free", amount=Money.of("0", "EUR"), cost="100"))
    by = reader(shop)
    assert values("deal", "margin", by) == {deal.name: Decimal("0.6667"), none.name: None}
    foreign = crm.open_deal(actor=SYSTEM, as_of=AT, deal=draft("Foreign", amount=Money.of("9", "USD"), cost="1"))
    assert values("deal", "margin", by)[foreign.name] is None
    asked = Selection(where="custom.margin > 0.5")
    # Nobody told a rate of the day: whether the deal in dollars fits is not known, and is said.
    assert unrated(Deal.for_actor(by.actor), shape_of("deal"), asked, by) == 1
    later = Reader(actor=by.actor, as_of=AT + timedelta(days=40), currency="EUR")
    assert values("deal", "age", later)["Deal"] == 40
    assert shape_of("deal").field("custom.age", by.actor).unit == "days"


def draft(name: str, amount: Money | None, **custom: Any) -> crm.DealDraft:
    return crm.DealDraft(name=name, amount=amount, opened_at=AT, custom=custom)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("custom.seats * 2 + employees", "custom.it = 24"),
        ("custom.seats / 3", "custom.it > 24.5"),
        ("custom.price * 15%", "custom.it >= 100 EUR"),
        ("custom.renewal + 30 days", "custom.it = 2026-03-02"),
        ("custom.renewal - 2026-01-31", "custom.it > 30 days"),
        ('if(custom.seats > 10, "Large", upper(name))', 'custom.it = "Large"'),
        ("created_at", "custom.it < 2026-01-31T10:00:00Z"),
        ("custom.inner - 1", "custom.it = 12"),
    ],
)
def test_a_filter_on_a_formula_is_read_from_its_index(text: str, asked: str, shop: Shop) -> None:
    field("seats", "number")
    field("price", "money", currency="EUR")
    field("renewal", "date")
    formula("inner", "custom.seats * 2")
    made = formula("it", text)
    by = reader(shop)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # an index waits for no check that is still to come
    name = index_own_field(made.pk)
    assert name
    assert index_own_field(made.pk) == name
    drafts = [crm.CompanyDraft(name=f"Company {number}") for number in range(200)]
    crm.add_companies(actor=by.actor, as_of=NOW, companies=drafts)
    rows = chosen(shape_of("company"), Selection(where=asked), by).order_by()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ANALYZE crm_company")
    assert name in rows.explain()


def test_an_index_of_another_text_than_the_formula_is_made_anew_in_the_night(shop: Shop) -> None:
    field("seats", "number", unit="API")
    made = formula("it", "custom.seats * 2")
    assert (made.result, made.unit, made.currency) == ("number", "API", "")
    formula("passing", "as_of")

    def text() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname LIKE %s", [f"own_{made.pk.hex}"])
            return str(cursor.fetchone())

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # an index waits for no check that is still to come
    assert index_formulas_nightly(timestamp=0) == 1
    assert "* (2)::numeric" in text()
    CustomField.objects.filter(pk=made.pk).update(formula="custom.seats * 3")
    assert index_formulas_nightly(timestamp=0) == 1
    assert "* (3)::numeric" in text()
    actions.retire_field(actor=SYSTEM, as_of=NOW, field=made)
    assert index_formulas_nightly(timestamp=0) == 0
    assert text() == "None"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("custom.renewal - as_of", "company"),
        ("day_of(created_at)", "company"),
        ("custom.renewal is empty", "company"),
        ("parent.name", "company"),
        ("amount * 2", "deal"),
        ("custom.passing + 1 day", "company"),
    ],
)
def test_what_changes_without_its_row_has_no_index(text: str, kind: str, shop: Shop) -> None:
    field("renewal", "date")
    formula("passing", "custom.renewal - as_of")
    assert index_own_field(formula("it", text, kind).pk) == ""


@pytest.mark.parametrize(
    "text",
    ["1); DROP TABLE crm_lead; --", "pg_sleep(1)", "(select 1)", "1) WHERE (true", "E'a'", 'own_text("custom")', "1/*"],
)
def test_the_owner_of_the_tables_makes_no_index_of_what_no_formula_is_compiled_to(text: str, shop: Shop) -> None:
    made = formula("it", "employees + 1")
    with connection.cursor() as cursor, pytest.raises(Exception, match="no formula"):
        cursor.execute("SELECT own_formula_index(%s, 'crm_company'::regclass, %s)", [made.pk, text])


def test_programs_read_filter_and_add_up_formulas_and_cannot_write_them(shop: Shop, enter: Enter) -> None:
    field("seats", "number")
    browser = enter("ana")
    json: Any = {"content_type": "application/json"}
    body = {
        "record_kind": "company",
        "key": "twice",
        "type": "formula",
        "label": "Twice",
        "formula": "custom.seats * 2",
    }
    wrong = browser.post("/api/v1/fields", {**body, "formula": "custom.saets * 2"}, **json)
    assert wrong.status_code == 422
    assert (wrong.json()["code"], wrong.json()["findings"][0]["column"]) == ("field.formula_refused", 1)
    made = browser.post("/api/v1/fields", body, **json)
    assert made.status_code == 201, made.content
    assert (made.json()["result"], made.json()["decimals"]) == ("number", 2)
    added = browser.post("/api/v1/companies", {"name": "Initech", "custom": {"seats": 12}}, **json).json()
    assert added["custom"] == {"seats": "12", "twice": "24"}
    address = f"/api/v1/companies/{added['id']}"
    assert browser.get(address).json()["custom"]["twice"] == "24"
    changed = browser.patch(address, {"custom": {"seats": 13}}, headers={"if-match": "*"}, **json)
    assert changed.json()["custom"]["twice"] == "26"
    for sent in (26, None):
        refused = browser.patch(address, {"custom": {"twice": sent}}, headers={"if-match": "*"}, **json)
        assert refused.status_code == 422
        assert refused.json()["fields"] == {"custom.twice": "This field is computed: nothing is written into it."}
    asked = {"where": "custom.twice > 20", "fields": "name,custom.twice", "sort": "-custom.twice"}
    (found,) = browser.get("/api/v1/companies", asked).json()["items"]
    assert (found["name"], found["custom.twice"]) == ("Initech", "26")
    assert [each["custom"]["twice"] for each in browser.get("/api/v1/companies").json()["items"]].count("26") == 1
    total = browser.get("/api/v1/companies/total", {"sum": "custom.twice"}).json()
    assert total["numbers"] == [{"field": "custom.twice", "number": "26.00"}]
    assert browser.get("/api/v1/companies/total", {"sum": "name"}).status_code == 422
    with pytest.raises(BadInput):
        company("Other", twice=1)


def test_a_formula_that_fits_no_more_is_empty_and_breaks_nothing(shop: Shop) -> None:
    made = formula("big", "amount > 100 EUR", "deal")
    crm.open_deal(actor=SYSTEM, as_of=AT, deal=draft("Deal", amount=Money.of("300", "EUR")))
    foreign = Reader(actor=shop.actor("ana"), as_of=NOW, currency="USD")
    assert values("deal", "big", foreign) == {"Deal": None}
    assert values("deal", "big", reader(shop)) == {"Deal": True}
    # Two formulas that came to name each other behind the actions' back are empty as well.
    CustomField.objects.filter(pk=made.pk).update(formula="custom.big2")
    other = OwnField(id=made.pk, record_kind="deal", key="big2", type=made.value().type, label="X")
    formula("big2", "amount > 1 EUR", "deal")
    CustomField.objects.filter(key=other.key).update(formula="custom.big")
    assert values("deal", "big", reader(shop)) == {"Deal": None}


def test_an_administrator_tries_a_formula_before_it_is_kept_and_finds_it_on_pages_and_in_files(
    shop: Shop, enter: Enter
) -> None:
    field("seats", "number")
    crm.change_company(actor=SYSTEM, as_of=NOW, company_id=shop.acme.pk, custom={"seats": 12})
    browser = enter("ana")
    assert "/settings/fields/new/company/formula" in browser.get("/settings/fields").content.decode()
    sent = {"label": "Twice", "key": "twice", "formula": "custom.saets * 2", "decimals": ""}
    tried = browser.post("/settings/fields/new/company/formula/trial", sent).content.decode()
    assert "1:1: There is no field “custom.saets”. Did you mean custom.seats?" in tried
    refused = browser.post("/settings/fields/new/company/formula", sent)
    assert refused.status_code == 422
    assert "Did you mean custom.seats?" in refused.content.decode()
    sent["formula"] = "custom.seats * 2"
    for address in ("formula/trial", "formula"):
        tried = browser.post(f"/settings/fields/new/company/{address}", {**sent, "try": "1"}).content.decode()
        assert ("It yields: Number" in tried, "Acme" in tried, ">24" in tried) == (True, True, True)
    assert not CustomField.objects.filter(key="twice").exists()
    assert browser.post("/settings/fields/new/company/formula", sent).status_code == 302
    assert "custom.seats * 2" in browser.get("/settings/fields").content.decode()
    page = browser.get(f"/companies/{shop.acme.ref}").content.decode()
    assert ("Twice" in page, "computed" in page) == (True, True)
    assert 'name="custom.twice"' not in browser.get(f"/companies/{shop.acme.ref}/edit").content.decode()
    assert browser.get(f"/companies/{shop.acme.ref}/fields/custom.twice").status_code == 422
    asked = {"where": "custom.twice > 20", "columns": "name,custom.twice", "sort": "-custom.twice"}
    listed = browser.get("/companies", asked).content.decode()
    assert ("Acme" in listed, "Globex" in listed) == (True, False)
    assert 'data-computed="custom.twice"' in listed
    cell = browser.post(
        f"/companies/{shop.acme.ref}/fields/custom.seats", {"value": "13"}, headers={"hx-request": "true"}
    ).content.decode()
    assert re.search('data-computed="custom.twice">.*26', cell)
    browser.post(f"/companies/{shop.acme.ref}/fields/custom.seats", {"value": "12"}, headers={"hx-request": "true"})
    file = browser.post("/companies/file", {**asked, "format": "csv"}).getvalue().decode()
    assert file.splitlines() == ["\ufeffName,Twice", "Acme,24"]
    made = CustomField.objects.get(key="twice")
    address = f"/settings/fields/{made.ref}"
    assert browser.get(address).headers["Location"] == f"{address}/formula"
    changed = {"label": "Thrice", "formula": "custom.seats * 3", "decimals": "0", "version": made.version}
    assert browser.post(f"{address}/formula", changed).status_code == 302
    assert ">36" in browser.get("/companies", asked).content.decode()
    assert enter("rosa").get(f"{address}/formula").status_code == 403


def test_a_stage_that_asks_for_a_formula_asks_for_what_goes_into_it(shop: Shop, enter: Enter) -> None:
    field("cost", "money", "deal", currency="EUR")
    formula("margin", "amount - custom.cost", "deal", label="Margin")
    formula("good", "custom.margin > 10 EUR", "deal")
    first, second = shop.stages("saas")[:2]
    crm.change_stage(actor=SYSTEM, as_of=NOW, stage_id=first.pk, needed=["custom.margin"])
    deal = crm.open_deal(
        actor=SYSTEM,
        as_of=AT,
        deal=crm.DealDraft(
            name="Deal", opened_at=AT, amount=Money.of("300", "EUR"), pipeline_id=shop.pipelines["saas"].pk
        ),
    )
    browser = enter("ana")
    asked = browser.get(f"/deals/{deal.ref}/stage", {"stage": str(second.ref)}).content.decode()
    assert "Margin" in asked
    assert 'name="custom.cost"' in asked
    assert 'name="amount' not in asked
    json: Any = {"content_type": "application/json"}
    refused = browser.post(f"/api/v1/deals/{deal.ref}/stage", {"stage_id": str(second.ref)}, **json)
    assert (refused.status_code, list(refused.json()["fields"])) == (409, ["custom.margin"])
    sent = {"stage": str(second.ref), "version": deal.version, "custom.cost": "100"}
    assert browser.post(f"/deals/{deal.ref}/stage", sent).status_code == 302
    board = browser.get("/deals/board", {"pipeline": str(shop.pipelines["saas"].ref), "where": "custom.good"})
    assert "Deal" in board.content.decode()


def test_a_file_with_the_column_of_a_formula_comes_in_without_it(shop: Shop, enter: Enter, tmp_path: Path) -> None:
    field("price", "money", currency="EUR")
    formula("fee", "custom.price * 2", label="Fee", label_es="Tarifa")
    company("Initech", price="10")
    browser = enter("ana")
    asked = {"where": 'name = "Initech"', "columns": "name,custom.fee", "format": "csv"}
    file = browser.post("/companies/file", asked).getvalue()
    assert file.decode().splitlines() == ['\ufeffName,Fee (EUR),"Fee, currency"', "Initech,20.00,EUR"]
    before = list(Company.objects.order_by("pk").values_list("name", "custom"))
    path = tmp_path / "companies.csv"
    path.write_bytes(file.replace(b"Initech", b"Umbrella"))
    report = import_files(
        actor=shop.actor("ana"),
        uploads=[PathUpload(path)],
        options=Options(source="ours", decisions=Decisions(keeps_columns=True)),
        clock=lambda: NOW,
    )
    told = [each.told() for each in report.findings if each.finding.code == "import.computed_columns"]
    assert len(told) == 1
    assert "Fee (EUR), Fee, currency" in told[0]
    assert not report.has_errors
    assert list(Company.objects.exclude(name="Umbrella").order_by("pk").values_list("name", "custom")) == before
    assert Company.objects.get(name="Umbrella").custom == {}


def test_nothing_offers_to_write_a_formula(shop: Shop, enter: Enter) -> None:
    field("seats", "number", "lead")
    formula("twice", "custom.seats * 2", "lead")
    formula("twice", "amount * 2", "deal")
    shape = shape_of("lead")
    assert "custom.twice" not in {each.name for each in shape.editable(shop.actor("ana"))}
    browser = enter("ana")
    assert "custom.twice" not in browser.get("/settings/conversion").content.decode()
    json: Any = {"content_type": "application/json"}
    edit = {"kind": "lead", "how": "set", "field": "custom.twice", "value": 2, "all": True}
    refused = browser.post("/api/v1/bulk-edits", edit, **json)
    assert (refused.status_code, refused.json()["code"]) == (422, "bulk_edit.field")


def test_a_list_that_is_put_together_shows_the_sums_of_the_columns_that_it_shows(shop: Shop, enter: Enter) -> None:
    field("seats", "number", "deal")
    field("cost", "money", "deal", currency="EUR")
    formula("margin", "amount - custom.cost", "deal")
    formula("size", 'if(amount > 100, "Large", "Small")', "deal")
    for name, amount in (("A", "300"), ("B", "150"), ("C", "50")):
        crm.open_deal(actor=SYSTEM, as_of=AT, deal=draft(name, Money.of(amount, "EUR"), cost="10.50", seats=7))
    browser = enter("ana")
    asked = {"columns": "name,custom.margin,custom.seats,custom.cost", "group": "custom.size"}
    page = text_of(browser.get("/deals", asked))
    # Large: 450 of amounts less 21 of costs is 429, 14 seats; Small: 50 less 10.50 is 39.50, and sums have no decimals.
    assert "Size Deals Amount Seats Cost Margin Large 2 €450 14 €21 €429 Small 1 €50 7 €10 €40" in page
    assert "B" in text_of(browser.get("/deals", {"where": 'custom.size = "Large"', "columns": asked["columns"]}))
