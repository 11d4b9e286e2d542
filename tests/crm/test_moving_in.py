"""Moving in from five other systems: their files are recognised by some of their columns, and linked by their keys."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from caudal.core.money import Money
from caudal.crm.imports import Decisions, Options, PathUpload, Report, import_files
from caudal.crm.imports.headers import Recognition, recognise
from caudal.crm.models import Company, Deal, Lead, LeadConversion, Person
from caudal.kit.access import SYSTEM
from caudal.kit.digest import business_digest
from caudal.kit.world import SetClock, fixed_world, use
from caudal.workspace.models import Member
from tests.crm.exports import DEALS, EXPORTS, SALESFORCE, Export, Table
from tests.crm.exports_work import WORK
from tests.world import AT, Shop

pytestmark = pytest.mark.django_db
MADRID = ZoneInfo("Europe/Madrid")


@pytest.fixture(autouse=True)
def world() -> Iterator[None]:
    with use(fixed_world(at=AT)):
        yield


def write(folder: Path, export: Export) -> list[PathUpload]:
    """Write an export as files, a folder inside it as a packed one."""
    packed: dict[str, bytes] = {}
    paths = []
    for name, table in sorted(export.items()):
        content = workbook(table) if name.endswith(".xlsx") else delimited(table)
        if "/" in name:
            packed[name] = content
        else:
            (folder / name).write_bytes(content)
            paths.append(folder / name)
    if packed:
        with zipfile.ZipFile(folder / "backup.zip", "w", zipfile.ZIP_DEFLATED) as backup:
            for name, content in packed.items():
                backup.writestr(name, content)
        paths.append(folder / "backup.zip")
    return [PathUpload(path) for path in paths]


def delimited(table: Table) -> bytes:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(table)
    return text.getvalue().encode("utf-8-sig")


def workbook(table: Table) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"default_date_format": "yyyy-mm-dd", "in_memory": True}) as book:
        sheet = book.add_worksheet("Rows")
        for number, row in enumerate(table):
            sheet.write_row(number, 0, row)
        book.add_worksheet("hiddenSheet")
    return content.getvalue()


def take(uploads: list[PathUpload], **options: Any) -> Report:
    return import_files(actor=SYSTEM, uploads=uploads, options=Options(source="old", **options), clock=SetClock(AT).now)


def codes(report: Report) -> set[str]:
    return {each.finding.code for each in report.findings}


def errors(report: Report) -> list[str]:
    return [str(each.finding) for each in report.findings if each.finding.severity == "error"]


def companies() -> dict[str, tuple[object, ...]]:
    return {
        row.name: (
            row.domain,
            row.sector,
            row.country,
            row.employees,
            row.parent and row.parent.name,
            name_of(row.owner),
            (row.phone, row.street, row.postal_code, row.city, row.region),
        )
        for row in Company.objects.filter(name__in=["Acme Iberia", "Globex GmbH", "Long Gone Ltd"])
    }


def people() -> dict[str, tuple[object, ...]]:
    return {
        row.name: (row.email, row.phone, row.job_title, row.company and row.company.name, name_of(row.owner))
        for row in Person.objects.all()
    }


def deals() -> dict[str, tuple[object, ...]]:
    return {
        row.name: (
            row.company and row.company.name,
            row.person and row.person.name,
            name_of(row.owner),
            row.amount,
            row.opened_at and row.opened_at.astimezone(MADRID).date(),
            row.expected_close_date,
            (row.close.outcome, row.close.reason, row.close.closed_at.astimezone(MADRID).date())
            if hasattr(row, "close")
            else None,
        )
        for row in Deal.objects.select_related("close", "company", "person", "owner")
    }


def name_of(member: Member | None) -> str:
    return member.name if member else ""


COMPANIES = {
    "Acme Iberia": ("acme.example", "Retail", "Spain", 120, None, "Ida Vega", ("+34 910 000 000", "Calle Mayor 1 Planta 3", "28013", "Madrid", "Comunidad de Madrid")),
    "Globex GmbH": ("globex.example", "Energy", "Germany", 9, "Acme Iberia", "Max Otto", ("", "", "", "Berlin", "")),
}  # fmt: skip
PEOPLE = {
    "Eva Gil": ("eva@acme.example", "+34 600 000 001", "CTO", "Acme Iberia", "Ida Vega"),
    "John Doe": ("john@globex.example", "+49 30 1", "Buyer", "Globex GmbH", "Max Otto"),
}
SOLD = {
    "Acme rollout": ("Acme Iberia", "Eva Gil", "Ida Vega", Money.of("1234.50", "EUR"), date(2026, 1, 10), None, ("won", "", date(2026, 2, 20))),
    "Globex pilot": ("Globex GmbH", "John Doe", "Max Otto", Money.of("800", "EUR"), date(2026, 1, 20), None, ("lost", "price", date(2026, 2, 25))),
    "Acme expansion": ("Acme Iberia", None, "Ida Vega", Money.of("5000", "USD"), date(2026, 2, 1), date(2026, 6, 30), None),
}  # fmt: skip
WITHOUT_PARENT = {**COMPANIES, "Globex GmbH": (*COMPANIES["Globex GmbH"][:4], None, *COMPANIES["Globex GmbH"][5:])}


@pytest.mark.parametrize("system", EXPORTS)
def test_the_same_world_comes_in_from_every_system(system: str, shop: Shop, tmp_path: Path) -> None:
    report = take(write(tmp_path, EXPORTS[system]))
    assert errors(report) == []
    assert companies() == (WITHOUT_PARENT if system == "Pipedrive" else COMPANIES)
    assert people() == PEOPLE
    sold = dict(SOLD)
    if system == "Salesforce":
        sold["Globex pilot"] = (*SOLD["Globex pilot"][:6], ("lost", "", date(2026, 2, 25)))
    assert deals() == sold
    assert {str(each.finding.params["system"]) for each in report.findings if each.finding.code == "import.system"} == {
        system
    }
    # Nobody is signed up for anything by a column that says the opposite.
    assert "import.opt_outs" in codes(report)
    assert Person.objects.get(name="Eva Gil").custom != {}


@pytest.mark.parametrize("system", EXPORTS)
def test_the_same_files_again_change_nothing(system: str, shop: Shop, tmp_path: Path) -> None:
    uploads = write(tmp_path, EXPORTS[system])
    take(uploads)
    before = business_digest(["workspace_operation"])
    again = take(uploads)
    assert business_digest(["workspace_operation"]) == before
    assert {(row.counts.created, row.counts.updated) for row in again.files} == {(0, 0)}


def test_rows_that_the_other_system_deleted_are_left_out_and_counted(shop: Shop, tmp_path: Path) -> None:
    report = take(write(tmp_path, SALESFORCE))
    assert not Company.objects.filter(name="Long Gone Ltd").exists()
    assert {row.name: row.counts.refused for row in report.files}["Account.csv"] == 1
    assert "import.marked_deleted" in codes(report)


@pytest.mark.parametrize("system", ["Salesforce", "Zoho CRM"])
def test_leads_that_became_deals_there_did_here(system: str, shop: Shop, tmp_path: Path) -> None:
    take(write(tmp_path, EXPORTS[system]))
    turned = LeadConversion.objects.select_related("lead", "deal", "person", "company").get()
    assert turned.lead.email == "eva.gil@acme.example"
    assert turned.deal is not None
    assert turned.company is not None
    assert (turned.deal.name, turned.person.name, turned.company.name) == ("Acme rollout", "Eva Gil", "Acme Iberia")
    lena = Lead.objects.get(email="lena@roth.example")
    assert (lena.name, lena.channel, lena.company_name, name_of(lena.owner)) == (
        "Lena Roth",
        "Web",
        "Roth KG",
        "Max Otto",
    )


def test_stages_of_a_pipeline_of_another_system_become_a_pipeline(shop: Shop, tmp_path: Path) -> None:
    take(write(tmp_path, EXPORTS["Pipedrive"]))
    pipeline = Deal.objects.get(name="Acme rollout").pipeline
    assert pipeline.name == "Sales"
    assert list(pipeline.stages.order_by("position").values_list("name", flat=True)) == [
        "Contact Made", "Proposal Made", "Negotiations Started"]  # fmt: skip
    assert {row.name: row.stage.name for row in Deal.objects.all()} == {
        "Acme rollout": "Negotiations Started", "Globex pilot": "Contact Made", "Acme expansion": "Proposal Made"}  # fmt: skip


def test_owners_that_no_file_knows_are_told_and_rows_come_in_without(shop: Shop, tmp_path: Path) -> None:
    without = {name: table for name, table in SALESFORCE.items() if name != "User.csv"}
    report = take(write(tmp_path, without))
    assert {row[5] for row in companies().values()} == {""}
    said = [each for each in report.findings if each.finding.code == "import.link_missing"]
    assert {each.finding.severity for each in said} == {"choice"}
    again = take(write(tmp_path, SALESFORCE))
    assert errors(again) == []
    assert companies() == COMPANIES


def test_a_strict_import_refuses_rows_whose_owner_no_file_knows(shop: Shop, tmp_path: Path) -> None:
    without = {name: table for name, table in SALESFORCE.items() if name != "User.csv"}
    report = take(write(tmp_path, without), is_strict=True)
    assert {row.name: row.counts.refused for row in report.files}["Account.csv"] == 3
    assert companies() == {}


def changed(table: Table, change: str, at: int, order: list[int]) -> Table:
    """Change the columns of a table: in another order, one gone, twice, or under another name."""
    if change == "reorder":
        ranks = sorted(range(len(table[0])), key=lambda column: (order[column % len(order)], column))
        return [[row[column] for column in ranks] for row in table]
    if change == "drop":
        return [[*row[:at], *row[at + 1 :]] for row in table]
    if change == "double":
        return [[*row, row[at]] for row in table]
    return [[*table[0][:at], "Zzyzx", *table[0][at + 1 :]], *table[1:]]


def columns(found: Recognition, header: list[str]) -> dict[str, str]:
    """The header of each field."""
    return {name: header[place] for name, place in found.places.items()}


TAKEN = [(system, name) for system, export in WORK.items() for name in export]


@settings(max_examples=100, deadline=None)
@given(
    which=st.sampled_from(TAKEN),
    change=st.sampled_from(["reorder", "drop", "double", "rename"]),
    place=st.integers(0, 40),
    order=st.lists(st.integers(0, 40), min_size=1, max_size=20),
)
def test_a_file_is_known_by_some_of_its_columns(
    which: tuple[str, str], change: str, place: int, order: list[int]
) -> None:
    system, name = which
    table = WORK[system][name]
    at = place % len(table[0])
    touched = str(table[0][at])
    header = [str(cell) for cell in changed(table, change, at, order)[0]]
    before, after = recognise([str(cell) for cell in table[0]], "rows.csv"), recognise(header, "rows.csv")
    if not isinstance(after, Recognition) or not isinstance(before, Recognition):
        # Users of Zoho bear no name of it; what they are called lies in their first, last name and address.
        assert "Users" in name
        return
    assert (after.kind, after.system) == (before.kind, before.system)
    known = {
        field: label for field, label in columns(before, [str(cell) for cell in table[0]]).items() if label != touched
    }
    found = columns(after, header)
    if before.places.get("status") != at and known.pop("status", "") != found.get("status", ""):
        assert found["stage"] in {"Deal - Status", "Status"}  # where no column says the stage, the state is the stage
    if touched == "Parent Id.id" and found.get("what_key") == known.get("what"):
        del known["what"]  # without its key beside it, a column called an id is one of keys by its header
    assert known.items() <= found.items()
    if change == "reorder":
        assert found == columns(before, [str(cell) for cell in table[0]])
    if change == "rename":
        assert "Zzyzx" in after.left.values()
    if change == "double":
        told = [*after.doubles.values(), *after.left.values(), *after.bookkeeping.values(), *after.opt_outs.values()]
        assert any(label.startswith(touched) for label in told) or len(header) - 1 in {
            at for spare in after.spares.values() for at in spare
        }


@pytest.mark.parametrize(
    ("system", "change", "label", "missing"),
    [
        ("Salesforce", "reorder", "NAME", ()),
        ("HubSpot", "double", "Amount", ()),
        ("Pipedrive", "drop", "Deal - Contact person", (1,)),
        ("Zoho CRM", "rename", "Currency", (3,)),
        ("Dynamics 365", "drop", "Pipeline Phase", ()),
    ],
)
def test_changed_columns_cost_what_they_said_and_nothing_else(
    system: str, change: str, label: str, missing: tuple[int, ...], shop: Shop, tmp_path: Path
) -> None:
    export, name = EXPORTS[system], DEALS[system]
    table = changed(export[name], change, export[name][0].index(label), [3, 1, 2, 0])
    take(write(tmp_path, {**export, name: table}))
    found = deals()
    for deal, values in SOLD.items():
        if (system, deal) != ("Salesforce", "Globex pilot"):
            kept = [at for at in range(len(values)) if at not in missing]
            assert [found[deal][at] for at in kept] == [values[at] for at in kept]


SPANISH = {
    "Record ID": "ID de registro",
    "Deal Name": "Nombre del negocio",
    "Deal Stage": "Etapa del negocio",
    "Pipeline": "Embudo",
    "Amount": "Importe",
    "Currency": "Moneda",
    "Close Date": "Fecha de cierre",
    "Create Date": "Fecha de creación",
    "Deal owner": "Propietario del negocio",
    "Closed Lost Reason": "Motivo de pérdida",
    "Associated Company": "Empresa asociada",
}


def test_translated_headers_are_the_same_columns(shop: Shop, tmp_path: Path) -> None:
    export = EXPORTS["HubSpot"]
    table = export["all-deals.csv"]
    translated = [[SPANISH.get(cell, cell) for cell in table[0]], *table[1:]]
    report = take(write(tmp_path, {**export, "all-deals.csv": translated}))
    assert errors(report) == []
    assert deals() == SOLD


def test_a_column_is_what_somebody_decided_it_is(shop: Shop, tmp_path: Path) -> None:
    header = SALESFORCE["Opportunity.csv"][0]
    columns = {
        "ID": "key",
        "NAME": "name",
        "STAGENAME": "stage",
        "CLOSEDATE": "closed",
        "Loss_Reason__c": "lost_reason",
        "TYPE": "custom",
    }
    decided = {
        "tables": {"Opportunity.csv": {"kind": "deals", "columns": {label: columns.get(label, "") for label in header}}}
    }
    take(write(tmp_path, SALESFORCE), decisions=Decisions.from_json(decided))
    pilot = Deal.objects.get(name="Globex pilot")
    assert (pilot.close.reason, pilot.close.note, pilot.amount, pilot.custom) == (
        "price",
        "Price",
        None,
        {"TYPE": "New"},
    )
