"""Every field that a record has moves in and out, or is left out for a reason that stands here."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from caudal.crm.imports.headers import Recognition, recognise
from caudal.crm.models import Company, Deal, Lead, LeadDisqualification, Person
from caudal.crm.queries import archive
from caudal.kit.access import SYSTEM
from caudal.kit.world import fixed_world, use
from tests.crm.exports import HUBSPOT
from tests.crm.test_fixed_point import emptied, exported, ids_of_old, moved_in
from tests.crm.test_moving_in import MADRID, codes, errors, take, world, write
from tests.world import AT, Shop

pytestmark = pytest.mark.django_db
__all__ = ["world"]

TABLES: Mapping[str, Any] = {"companies": Company, "people": Person, "leads": Lead, "deals": Deal}
CALLED = {
    "id": "key",
    "parent": "parent_key",
    "company": "company_key",
    "person": "person_key",
    "owner": "owner_key",
    "captured_at": "captured",
    "opened_at": "opened",
    "expected_close_date": "expected",
    "amount_minor": "amount",
    "amount_currency": "currency",
}
"""What files call a field that records call otherwise."""
OF_EVERY_RECORD = {
    "version": "counts changes here",
    "created_at": "says when it came here",
    "created_by": "says who brought it here",
    "changed_at": "says when it was changed here",
    "changed_by": "says who changed it here",
    "deleted_at": "what is in the recycle bin does not move",
    "deleted_by": "what is in the recycle bin does not move",
    "custom": "each of its fields is a column of its own",
    "name_key": "follows from the name",
}
LEFT_OUT = {
    "companies": {
        "bare_key": "follows from the name",
        "family_domain": "follows from the domain",
        "country_code": "follows from the country",
        "phone_e164": "follows from the phone",
    },
    "people": {"phone_keys": "follow from the phones", "country_code": "follows from the country"},
    "leads": {
        "open_email": "the address while it is open",
        "pillar": "pillars are the plan's: no file of records brings one",
    },
    "deals": {},
}


@pytest.mark.parametrize("table", TABLES)
def test_every_field_moves_in_and_out_or_says_why_not(table: str, shop: Shop) -> None:
    with use(fixed_world(at=AT)):
        header = next(each.header for each in archive(SYSTEM) if each.name == table)
    found = recognise(header, f"{table}.csv")
    assert isinstance(found, Recognition)
    assert (str(found.kind), list(found.left.values())) == (table, [])
    concrete = {each.name for each in TABLES[table]._meta.get_fields() if getattr(each, "concrete", False)}
    reasons = OF_EVERY_RECORD | LEFT_OUT[table]
    assert LEFT_OUT[table].keys() <= concrete
    missing = {name for name in concrete - reasons.keys() if CALLED.get(name, name) not in found.places}
    assert missing == set()


FULL = {
    "companies.csv": [
        ["Company ID", "Empresa", "País", "Provincia", "Ciudad", "Código postal", "Dirección", "Teléfono", "Modelo de venta"],
        ["1", "Acme", "Spain", "Madrid", "Getafe", "28901", "Calle Mayor 1", "+34 910 000 000", "Venta directa"],
        ["2", "Globex", "", "", "", "", "", "", "Telepathy"],
    ],
    "people.csv": [
        ["Contact ID", "Full name", "Email", "Secondary email", "Other emails", "Phone", "Mobile", "Other phones", "Language", "Country", "City", "Company ID"],
        ["1", "Eva Gil", "eva@acme.example", "Eva@home.example", "gil@acme.example; nonsense", "+34 600 000 001", "+34 600 000 002", "+34 600 000 003", "Spanish", "Spain", "Getafe", "1"],
        ["2", "John Doe", "", "john@globex.example", "", "", "+49 30 1", "", "pt_BR", "", "", "2"],
    ],
    "deals.csv": [
        ["Deal ID", "Deal name", "Company ID", "Stage", "Sales model", "Amount", "Opened"],
        ["1", "Rollout", "1", "Proposal", "white_label", "100.00", "2026-01-10"],
    ],
}  # fmt: skip


def test_addresses_numbers_and_ways_of_selling_come_in_go_out_and_come_in_again(shop: Shop, tmp_path: Path) -> None:
    for folder in ("theirs", "first", "second"):
        (tmp_path / folder).mkdir()
    report = take(write(tmp_path / "theirs", FULL))
    assert errors(report) == []
    assert codes(report) >= {"import.not_a_sales_model", "import.not_a_further_one"}
    acme = Company.objects.get(name="Acme")
    assert (acme.region, acme.city, acme.postal_code, acme.street) == ("Madrid", "Getafe", "28901", "Calle Mayor 1")
    assert (acme.phone, acme.phone_e164, acme.sales_model) == ("+34 910 000 000", "+34910000000", "direct")
    assert Company.objects.get(name="Globex").sales_model == ""
    eva, john = Person.objects.get(name="Eva Gil"), Person.objects.get(name="John Doe")
    assert (eva.email, eva.other_emails) == ("eva@acme.example", ["eva@home.example", "gil@acme.example"])
    assert (eva.phone, eva.other_phones) == ("+34 600 000 001", ["+34 600 000 002", "+34 600 000 003"])
    assert (eva.language, eva.country, eva.city) == ("es", "Spain", "Getafe")
    assert (john.email, john.other_emails, john.phone, john.other_phones) == ("john@globex.example", [], "+49 30 1", [])
    assert john.language == "pt-BR"
    assert Deal.objects.get(name="Rollout").sales_model == "white_label"
    first = exported(tmp_path / "first")
    emptied()
    assert Company.objects.get(name="Acme").city == ""
    moved_in(tmp_path / "first")
    assert exported(tmp_path / "second", ids_of_old()) == first


def test_a_file_adds_addresses_and_takes_none_off(shop: Shop, tmp_path: Path) -> None:
    header = ["Contact ID", "Full name", "Email", "Other emails", "Phone"]
    take(write(tmp_path, {"people.csv": [header, ["1", "Eva Gil", "eva@acme.example", "one@acme.example", ""]]}))
    take(write(tmp_path, {"people.csv": [header, ["1", "Eva Gil", "one@acme.example", "two@acme.example", "1"]]}))
    eva = Person.objects.get(name="Eva Gil")
    assert (eva.email, eva.other_emails) == ("one@acme.example", ["two@acme.example"])
    full = write(tmp_path, {**FULL, "leads.csv": LEADS})
    take(full)
    assert {(row.counts.created, row.counts.updated) for row in take(full).files} == {(0, 0)}


LEADS = [
    ["Lead ID", "Lead name", "Email", "Lead source", "Created", "Status", "Disqualified date", "Disqualified reason"],
    ["1", "Ana", "ana@a.example", "Web", "2026-01-05", "Unqualified", "2026-01-09", "No budget"],
    ["2", "Leo", "leo@b.example", "Web", "2026-01-05", "Junk Lead", "", ""],
    ["3", "Pía", "pia@c.example", "Web", "2026-01-05", "Contacted", "", ""],
    ["4", "Tom", "tom@d.example", "Web", "2026-01-05", "", "2026-01-02", "Moved to the moon"],
]


def test_leads_that_went_no_further_say_why_and_when_in_and_out(shop: Shop, tmp_path: Path) -> None:
    for folder in ("theirs", "first", "second"):
        (tmp_path / folder).mkdir()
    report = take(write(tmp_path / "theirs", {"leads.csv": LEADS}))
    assert errors(report) == []
    assert codes(report) >= {"import.disqualified_without_day", "import.disqualified_before_captured"}
    ends = {
        each.lead.name: (each.reason, each.note, f"{each.disqualified_at.astimezone(MADRID):%Y-%m-%d}")
        for each in LeadDisqualification.objects.select_related("lead")
    }
    assert ends == {
        "Ana": ("no_budget", "", "2026-01-09"),
        "Leo": ("spam", "", "2026-01-05"),
        "Tom": ("other", "Moved to the moon", "2026-01-05"),
    }
    assert Lead.objects.get(name="Pía").custom == {"Status": "Contacted"}
    first = exported(tmp_path / "first")
    emptied()
    assert not Lead.objects.filter(email="ana@a.example").exists()
    moved_in(tmp_path / "first")
    assert exported(tmp_path / "second", ids_of_old()) == first


def test_a_deal_with_a_company_by_its_key_is_not_told_to_lack_one(shop: Shop, tmp_path: Path) -> None:
    deals = [["Record ID", "Deal Name", "Deal Stage", "Pipeline", "Amount", "Create Date", "Deal owner", "Associated Company IDs (Primary)"],
             ["501", "Acme rollout", "Qualified", "Sales", "10.00", "2026-01-10 10:00", "", "9001"]]  # fmt: skip
    report = take(write(tmp_path, {"all-companies.csv": HUBSPOT["all-companies.csv"], "all-deals.csv": deals}))
    assert Deal.objects.get(name="Acme rollout").company == Company.objects.get(name="Acme Iberia")
    assert "import.deal_without_company" not in codes(report)
    nobody = [deals[0], ["502", *deals[1][1:-1], ""]]
    assert "import.deal_without_company" in codes(take(write(tmp_path, {"all-deals.csv": nobody})))


def test_what_is_no_tag_keeps_no_row_out(shop: Shop, tmp_path: Path) -> None:
    long = "Interested in full time programme next year"  # 43 signs
    rows = [
        ["Lead ID", "Lead name", "Lead source", "Tags"],
        ["1", "Lena", "Web", f"{long}, VIP"],
        ["2", "Max", "Web", long],
    ]
    report = take(write(tmp_path, {"leads.csv": rows}))
    assert errors(report) == []
    assert "import.not_a_tag" in codes(report)
    assert {lead.name: lead.tags for lead in Lead.objects.all()} == {"Lena": ["VIP"], "Max": []}
