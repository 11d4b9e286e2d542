"""Files that are none, that lie, that never end: refused or defused with their place, and never into memory as a whole."""

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path

import pytest

from caudal.core.money import Money
from caudal.core.tables import lines_of
from caudal.crm.actions.stages import change_stage
from caudal.crm.imports import Options, PathUpload, Report, import_files
from caudal.crm.models import Company, Deal
from caudal.kit.access import SYSTEM
from caudal.kit.digest import business_digest
from caudal.kit.world import SetClock, fixed_world, use
from tests.world import AT, Shop

pytestmark = pytest.mark.django_db
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
MEGABYTE = 1_000_000


@pytest.fixture(autouse=True)
def world() -> Iterator[None]:
    with use(fixed_world(at=AT)):
        yield


def take(folder: Path, name: str, content: bytes) -> Report:
    (folder / name).write_bytes(content)
    return import_files(
        actor=SYSTEM, uploads=[PathUpload(folder / name)], options=Options(source="old"), clock=SetClock(AT).now
    )


def told(report: Report) -> list[tuple[str, str]]:
    return [(each.finding.code, str(each.finding.place)) for each in report.findings]


def bomb(expanded: int, *, says: int | None = None) -> bytes:
    """A workbook whose one sheet becomes so many bytes, whatever its list says of it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as forged:
        forged.writestr("xl/workbook.xml", "<workbook/>")
        with forged.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(expanded // MEGABYTE):
                sheet.write(b"<row/>" * (MEGABYTE // 6))
    packed = content.getvalue()
    if says is not None:  # the list at the end of the file says how large each member becomes
        at = packed.rindex(b"PK\x01\x02")
        packed = packed[: at + 24] + says.to_bytes(4, "little") + packed[at + 28 :]
    return packed


def test_a_file_of_another_country_and_another_age_imports_right(shop: Shop, tmp_path: Path) -> None:
    rows = (
        "Id del negocio;Empresa;Etapa;Fecha de apertura;Fecha de cierre;Importe;Moneda\r\n"
        "1;Ñandú, S.A.;Ganado;03/02/2026;28/02/2026;1.234,50;EUR\r\n"
        '2;"Dos; y medio";Propuesta;05/02/2026;;800,00;EUR\r\n'
    )
    report = take(tmp_path, "negocios.csv", rows.encode("utf-16"))
    assert report.files[0].counts.created == 2
    deals = {str(deal.company): deal for deal in Deal.objects.select_related("company", "close")}
    sold = Deal.objects.get(company__name="Ñandú, S.A.")
    assert (sold.amount, sold.close.closed_at.date()) == (
        Money.of("1234.50", "EUR"),
        date(2026, 2, 27),
    )  # midnight in Madrid
    # 28/02 says that the day comes first, so the third of February is no second of March.
    assert sold.opened_at is not None
    assert sold.opened_at.date() == date(2026, 2, 2)
    assert Company.objects.filter(name="Dos; y medio").exists()
    assert len(deals) == 2


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("nothing.csv", b"", "import.empty"),
        ("photo.csv", PNG, "table.other_format"),
        ("photo.xlsx", PNG, "table.other_format"),
        ("bomb.xlsx", bomb(30 * MEGABYTE, says=500 * MEGABYTE), "import.too_large"),
        ("modest.xlsx", bomb(30 * MEGABYTE, says=1000), "import.damaged"),
        ("wide.csv", b",".join(b"c%d" % n for n in range(1_000_000)) + b"\n1\n", "import.too_wide"),
    ],
    ids=["0 bytes", "a picture", "a picture as a workbook", "500 MB", "30 MB that say 1 kB", "1,000,000 columns"],
)
def test_what_is_no_table_is_refused_with_its_place(
    name: str, content: bytes, code: str, shop: Shop, tmp_path: Path
) -> None:
    before = business_digest(["workspace_operation", "workspace_storedfile"])
    assert told(take(tmp_path, name, content)) == [(code, name)]
    assert business_digest(["workspace_operation", "workspace_storedfile"]) == before


def test_a_quotation_mark_that_is_never_closed_costs_its_row_and_little_memory(shop: Shop, tmp_path: Path) -> None:
    report = take(tmp_path, "accounts.csv", b'account,industry\nHooli,Web\n"Never closed,Paper\nInitech,Paper\n')
    assert ("import.unsplit", "accounts.csv:3") in told(report)
    assert set(Company.objects.values_list("name", flat=True)) >= {"Hooli", "Initech"}
    lines = (f"Company {number},Paper\n" for number in range(200_000))  # 4 MB
    tracemalloc.start()
    assert sum(1 for _ in lines_of(chain(['"Never closed,Paper\n'], lines), ",")) > 100_000
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 * MEGABYTE


def test_each_wrong_row_is_refused_with_its_place_and_the_others_come_in(shop: Shop, tmp_path: Path) -> None:
    rows = [
        b"Deal Id,Account,Stage,Created Date,Amount",
        b"1,Initech,Kick-off,2026-01-01,100",
        b"2,Initech,Kick-off,2026-01-01",
        b"3,Initech,Kick-off,2026-01-01,100,200",
        b"4,Initech,Kick-off,the first of never,100",
        b"5,Initech,Kick-off,2026-01-01,a lot",
        b"6,Ini\x00tech,Kick-off,2026-01-01,100",
        b"7,=cmd|'/c calc'!A1,Kick-off,2026-01-01,100",
    ]
    report = take(tmp_path, "deals.csv", b"\n".join(rows))
    refused = {(each.finding.code, str(each.finding.place)) for each in report.refused}
    assert refused == {
        ("import.ragged", "deals.csv:3"),
        ("import.ragged", "deals.csv:4"),
        ("table.unreadable_day", "deals.csv:5 Created Date"),
        ("table.unreadable_number", "deals.csv:6 Amount"),
        ("import.null", "deals.csv:7 Account"),
    }
    # A formula is a name like any other here; it is defused where it leaves.
    assert set(Deal.objects.values_list("company__name", flat=True)) == {"Initech", "=cmd|'/c calc'!A1"}


def test_deals_that_lack_what_the_stages_behind_them_ask_for_are_told(shop: Shop, tmp_path: Path) -> None:
    first, second = shop.stages("saas")[:2]
    change_stage(actor=SYSTEM, as_of=AT, stage_id=first.pk, needed=["amount", "person"])
    rows = [
        "Deal Id,Account,Pipeline,Stage,Created Date,Close Date,Amount",
        f"1,Acme,{first.pipeline.name},{second.name},2026-01-01,,100",
        f"2,Acme,{first.pipeline.name},{first.name},2026-01-01,,",
        f"3,Acme,{first.pipeline.name},Won,2026-01-01,2026-02-01,",
        f"4,Acme,{first.pipeline.name},Lost,2026-01-01,2026-02-01,",
    ]
    report = take(tmp_path, "deals.csv", "\n".join(rows).encode())
    assert report.files[0].counts.created == 4
    lacks = {(str(each.finding.place), each.finding.params["fields"]) for each in report.findings
             if each.finding.code == "import.deal_lacks"}  # fmt: skip
    assert lacks == {("deals.csv:2", "Person"), ("deals.csv:4", "Amount, Person")}
