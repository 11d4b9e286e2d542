"""Columns of the five exports moved, dropped, renamed, doubled, translated: every change comes in right or is told.

A change is right when the rows are as they were, but for what the column itself said; it is told when a finding that was
not there before names the column, or says that rows of the file were not taken as they stood. The fast lane takes some changes of each system by a seed; the scale lane takes all of them.
"""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from django.db import transaction

from caudal.crm.imports import Report
from caudal.crm.imports.headers import Recognition, recognise
from caudal.crm.models import Activity, Company, Deal, Lead, Person
from caudal.workspace.models import Member
from tests.crm.exports import Export, Table
from tests.crm.exports_work import WORK
from tests.crm.test_moving_in import name_of, take, world, write
from tests.world import Shop

pytestmark = pytest.mark.django_db
__all__ = ["world"]
SOME: Final = 6
SPANISH: Final = {
    "Record ID": "ID de registro", "Record Id": "ID de registro", "Company name": "Nombre de la empresa", "Account Name": "Nombre de la cuenta",
    "First Name": "Nombre de pila", "Last Name": "Apellidos", "Email": "Correo electrónico", "Phone": "Teléfono", "Phone Number": "Número de teléfono",
    "Job Title": "Cargo", "Deal Name": "Nombre del negocio", "Deal Stage": "Etapa del negocio", "Pipeline": "Embudo", "Amount": "Importe", "Currency": "Moneda",
    "Close Date": "Fecha de cierre", "Create Date": "Fecha de creación", "Deal owner": "Propietario del negocio", "Owner": "Propietario", "Industry": "Sector",
    "Subject": "Asunto", "Due Date": "Fecha de vencimiento", "Due date": "Fecha de vencimiento", "Description": "Descripción", "Priority": "Prioridad", "Status": "Estado",
    "Created On": "Fecha de creación", "Regarding": "Referente a", "Note Title": "Título de la nota", "Note Content": "Contenido de la nota", "Website": "Sitio web",
    "Activity Type": "Tipo de actividad", "Company Name": "Nombre de la empresa", "Lead Source": "Origen", "Owner.id": "ID del propietario", "Duration": "Duración",
}  # fmt: skip
"""Headers as the systems write them in Spanish."""
Change = tuple[str, str, int]
"""What is done, to which file, to which column."""


def changes_of(system: str) -> list[Change]:
    """Every change of every column of every file of a system."""
    found = []
    for name, table in WORK[system].items():
        found.append(("reorder", name, 0))
        for at, header in enumerate(table[0]):
            found += [(what, name, at) for what in ("drop", "rename", "double")]
            if header in SPANISH:
                found.append(("translate", name, at))
    return found


def some(system: str) -> list[Change]:
    """A few of them, the same each time."""
    return random.Random(system).sample(changes_of(system), SOME)  # noqa: S311  a choice of tests


def changed(table: Table, what: str, at: int) -> Table:
    """Return a table with one of its columns changed."""
    header, rows = table[0], table[1:]
    if what == "reorder":
        return [row[::-1] for row in table]
    if what == "drop":
        return [[*row[:at], *row[at + 1 :]] for row in table]
    if what == "double":
        return [[*row, row[at]] for row in table]
    word = "Zzyzx" if what == "rename" else SPANISH[header[at]]
    return [[*header[:at], word, *header[at + 1 :]], *rows]


def rows_here() -> dict[tuple[str, str], dict[str, Any]]:
    """All that moved in, by kind and by what it is called."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in Company.objects.exclude(name__in=["Acme", "Globex"]):
        found["company", row.name] = {
            "domain": row.domain, "sector": row.sector, "country": row.country, "employees": row.employees,
            "parent": row.parent and row.parent.name, "owner": name_of(row.owner)}  # fmt: skip
    for person in Person.objects.all():
        found["person", person.name] = {
            "email": person.email, "phone": person.phone, "job_title": person.job_title, "opt_out": str(person.custom),
            "company": person.company and person.company.name, "owner": name_of(person.owner)}  # fmt: skip
    for lead in Lead.objects.all():
        found["lead", lead.name] = {
            "email": lead.email, "company": lead.company_name, "channel": lead.channel, "owner": name_of(lead.owner),
            "captured": lead.captured_at, "converted": hasattr(lead, "conversion")}  # fmt: skip
    for deal in Deal.objects.select_related("close"):
        close = deal.close if hasattr(deal, "close") else None
        found["deal", deal.name] = {
            "company": deal.company and deal.company.name, "person": deal.person and deal.person.name,
            "amount": deal.amount, "opened": deal.opened_at, "expected": deal.expected_close_date, "owner": name_of(deal.owner),
            "stage": deal.stage.name, "pipeline": deal.pipeline.name, "outcome": close and close.outcome,
            "closed": close and close.closed_at, "reason": close and (close.reason, close.note)}  # fmt: skip
    for row_ in Activity.objects.select_related("completion"):
        done = row_.completion if hasattr(row_, "completion") else None
        about = {(kind, getattr(link, kind).name) for link in row_.links.all() for kind in ("deal", "lead", "company", "person") if getattr(link, kind)}  # fmt: skip
        found["activity", row_.subject or row_.body or row_.does] = {
            "does": row_.does, "owner": name_of(row_.owner), "due": (row_.due_date, row_.due_at), "minutes": row_.minutes,
            "direction": row_.direction, "outcome": done and done.outcome, "done": done and done.done_at, "body": row_.body,
            "about": about}  # fmt: skip
    for model in (Company, Person, Lead, Deal, Activity, Member):
        found["all", model.kind] = {"rows": model._default_manager.count()}
    for member in Member.objects.exclude(name__in=["Ana", "Marta", "Rosa", "Raúl"]):
        found["member", member.name] = {"email": member.email}
    return found


Said = set[tuple[str, str, str, str]]
"""Findings: code, file, severity, and what they name."""


def said_by(report: Report) -> Said:
    """What a report says."""
    return {
        (
            each.finding.code,
            each.finding.place.file.partition(" [")[0],
            each.finding.severity.value,
            str(sorted(each.finding.params.items())),
        )
        for each in report.findings
    }


def told_of(report: Report, name: str, label: str) -> bool:
    """Say whether a finding names a column, or says that rows of the file, or the file, were not taken as they stood."""
    for each in report.findings:
        finding = each.finding
        if finding.place.file.partition(" [")[0] != name and finding.severity != "choice":
            continue
        columns = str(finding.params.get("columns", "")).split(", ")
        if any(column == label or column.startswith(f"{label} ") for column in columns):
            return True
        if finding.severity in {"error", "choice"} or finding.code in {"import.unrecognised", "import.untaken"}:
            return True
    return False


NAMES: Final = frozenset({"name", "given_name", "family_name", "subject", "body"})
"""Fields without which rows are called otherwise: none is lost, and those who name them name them so."""
NAMING: Final = frozenset({"about", "person", "company", "deal", "owner", "parent"})
COSTS: Final[dict[str, set[str]]] = {
    "stage": {"stage", "pipeline", "expected"},
    "status": {"outcome", "done", "due"},
    "completed": {"done", "due"},
    "created": {"done"},
    "due": {"due", "done"},
    "due_time": {"due"},
    "start": {"due", "done", "minutes", "outcome", "does"},
    "end": {"minutes"},
    "seconds": {"minutes"},
    "duration": {"minutes"},
    "outcome": {"outcome", "direction"},
    "does": {"does", "outcome", "direction", "minutes", "due", "done"},
    "currency": {"amount"},
    "lost_reason": {"reason"},
    "channel": {"channel"},
    "company_name": {"company"},
    "company": {"company", "about"},
    "person": {"person", "about"},
    "deal": {"about"},
    "lead": {"about"},
    "what": {"about"},
    "who": {"about"},
    "": {"opt_out"},
}
"""Field → what rows may say otherwise without its column; of others, what is called like the field."""
TELLING: Final = frozenset(
    {"import.no_stage", "import.no_end", "import.named_only", "import.unrecognised", "import.untaken"}
)
"""Notes that say what a column that is not there costs."""


def field_of(name: str, header: list[str], at: int) -> str:
    """The field of a column, without the mark of a key; nothing for one that is no field."""
    found = recognise(header, name.rpartition("/")[2])
    if not isinstance(found, Recognition):
        return ""
    spare = next((field for field, places in found.spares.items() if at in places), "")
    return next((field for field, place in found.places.items() if place == at), spare).removesuffix("_key")


def cost(system: str, change: Change, usual: dict[Any, Any], found: dict[Any, Any]) -> Iterator[str]:
    """Yield what rows say otherwise without a column, besides what the column itself said."""
    _what, name, at = change
    header = [str(cell) for cell in WORK[system][name][0]]
    field = field_of(name, header, at)
    renames = field in NAMES
    allowed = COSTS.get(field, {field}) | (NAMING | NAMES if renames else set())
    for key in usual.keys() & found.keys():
        for each, before in usual[key].items() if key[0] != "all" or field != "deleted" else ():
            if each not in allowed and found[key][each] != before:
                yield f"{change} {header[at]} ({field}): {each} of {key} was {before} and is {found[key][each]}"
    if usual.keys() != found.keys() and not renames and field != "deleted":
        yield f"{change} {header[at]} ({field}): there are {found.keys() - usual.keys()} for {usual.keys() - found.keys()}"


def lost(system: str, change: Change, folder: Path, usual: dict[Any, Any], usually: Said) -> Iterator[str]:
    """Yield what a change costs without a word."""
    what, name, at = change
    export: Export = {**WORK[system], name: changed(WORK[system][name], what, at)}
    folder.mkdir(exist_ok=True)
    with transaction.atomic():
        report = take(write(folder, export))
        found = rows_here()
        transaction.set_rollback(True)
    label = str(WORK[system][name][0][at])
    shown = {"rename": "Zzyzx", "translate": SPANISH.get(label, "")}.get(what, label)
    if what == "rename" and not told_of(report, name, shown):
        yield f"{change} {label}: nothing tells of the unknown column"
    if what == "drop":
        news = said_by(report) - usually
        if not any(severity != "note" or code in TELLING for code, _file, severity, _named in news):
            yield from cost(system, change, usual, found)
        return
    if told_of(report, name, shown):
        return
    for key in usual.keys() | found.keys():
        if usual.get(key) != found.get(key):
            yield f"{change} {label}: {key} was {usual.get(key)} and is {found.get(key)}"


def without(system: str, name: str, *labels: str) -> Export:
    """An export of which a file lacks some columns."""
    table = WORK[system][name]
    for label in labels:
        table = changed(table, "drop", table[0].index(label))
    return {**WORK[system], name: table}


def finding(report: Report, code: str) -> str:
    """What a report says under a code; nothing if it does not."""
    return next((each.told() for each in report.findings if each.finding.code == code), "")


def test_a_column_of_keys_that_holds_names_finds_its_rows_by_name(shop: Shop, tmp_path: Path) -> None:
    with transaction.atomic():
        report = take(write(tmp_path, without("Zoho CRM", "Data/Notes_001.csv", "Parent Id.id")))
        assert "The column Parent Id holds names" in finding(report, "import.key_is_name")
        (about,) = [row["about"] for row in rows_here().values() if "Budget" in str(row.get("body"))]
        assert ("deal", "Acme rollout") in about
        transaction.set_rollback(True)
    # Of two deals of that name neither is meant.
    export = without("Zoho CRM", "Data/Notes_001.csv", "Parent Id.id")
    deals = [list(row) for row in export["Data/Deals_001.csv"]]
    deals[2][deals[0].index("Deal Name")] = "Acme rollout"
    report = take(write(tmp_path, {**export, "Data/Deals_001.csv": deals}))
    assert "“Acme rollout”, or several are" in finding(report, "import.name_missing")


def test_what_other_columns_say_stands_in_for_one_that_is_gone(shop: Shop, tmp_path: Path) -> None:
    for folder in ("salesforce", "pipedrive", "zoho"):
        (tmp_path / folder).mkdir()
    with transaction.atomic():
        # Whom a lead became is the buyer of its deal; members are called by the parts of their names.
        take(write(tmp_path / "salesforce", without("Salesforce", "Lead.csv", "CONVERTEDCONTACTID")))
        assert Person.objects.filter(name="Eva Gil").count() == 1
        transaction.set_rollback(True)
    with transaction.atomic():
        take(write(tmp_path / "salesforce", without("Salesforce", "User.csv", "NAME")))
        assert {"Ida Vega", "Max Otto"} <= set(Member.objects.values_list("name", flat=True))
        transaction.set_rollback(True)
    with transaction.atomic():
        # The days of winning and losing say how deals ended.
        take(write(tmp_path / "pipedrive", without("Pipedrive", "deals.csv", "Deal - Status")))
        assert sorted(Deal.objects.filter(close__isnull=False).values_list("close__outcome", flat=True)) == [
            "lost",
            "won",
        ]
        transaction.set_rollback(True)
    # Colleagues are no contacts because their addresses are missing.
    take(write(tmp_path / "zoho", without("Zoho CRM", "Data/Users_001.csv", "Email")))
    assert sorted(Person.objects.values_list("name", flat=True)) == ["Eva Gil", "John Doe"]


@pytest.mark.parametrize(
    ("system", "name", "label", "code"),
    [
        ("HubSpot", "all-deals.csv", "Deal Stage", "import.no_stage"),
        ("Dynamics 365", "All Opportunities.xlsx", "Status", "import.no_end"),
    ],
)
def test_deals_of_which_nothing_says_how_they_ended_are_told(
    system: str, name: str, label: str, code: str, shop: Shop, tmp_path: Path
) -> None:
    assert "No column says" in finding(take(write(tmp_path, without(system, name, label))), code)


@pytest.mark.parametrize("system", WORK)
def test_a_changed_column_comes_in_right_or_is_told(system: str, shop: Shop, tmp_path: Path) -> None:
    assert losses(system, some(system), tmp_path) == []


@pytest.mark.lane("scale")
@pytest.mark.parametrize("system", WORK)
def test_every_changed_column_comes_in_right_or_is_told(system: str, shop: Shop, tmp_path: Path) -> None:
    assert losses(system, changes_of(system), tmp_path) == []


def losses(system: str, changes: list[Change], folder: Path) -> list[str]:
    """Return what changes cost without a word, and what a dropped column costs besides itself."""
    (folder / "usual").mkdir()
    with transaction.atomic():
        usually = said_by(take(write(folder / "usual", WORK[system])))
        usual = rows_here()
        transaction.set_rollback(True)
    return [
        each for nth, change in enumerate(changes) for each in lost(system, change, folder / str(nth), usual, usually)
    ]
