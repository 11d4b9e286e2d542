"""Columns of the five exports moved, dropped, renamed, doubled, translated: every change comes in right or is told.

A change is right when the rows are as they were, but for what the column itself said; it is told when a finding names the
column, or the file. The fast lane takes some changes of each system by a seed; the scale lane takes all of them.
"""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from django.db import transaction

from caudal.crm.imports import Report
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
    for member in Member.objects.exclude(name__in=["Ana", "Marta", "Rosa", "Raúl"]):
        found["member", member.name] = {"email": member.email}
    return found


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


def lost(system: str, change: Change, folder: Path, usual: dict[Any, Any]) -> Iterator[str]:
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
    if what == "drop" or told_of(report, name, shown):
        return
    for key in usual.keys() | found.keys():
        if usual.get(key) != found.get(key):
            yield f"{change} {label}: {key} was {usual.get(key)} and is {found.get(key)}"


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
        take(write(folder / "usual", WORK[system]))
        usual = rows_here()
        transaction.set_rollback(True)
    return [each for nth, change in enumerate(changes) for each in lost(system, change, folder / str(nth), usual)]
