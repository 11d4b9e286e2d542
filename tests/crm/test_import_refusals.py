"""Refused rows come back in their own columns with place and reason, and come in once they are mended."""

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from caudal.crm.commands import give_back
from caudal.crm.imports import Decisions, Options, PathUpload, Report, import_files
from caudal.crm.imports.findings import Tally, findings_to_json
from caudal.crm.imports.refusals import refused_tables
from caudal.crm.imports.waiting import REHEARSAL, carry_out
from caudal.crm.models import Deal
from caudal.kit.access import SYSTEM
from caudal.kit.world import SetClock, fixed_world, use
from caudal.workspace.models import Operation
from tests.crm.browsing import Enter
from tests.world import AT, Shop

pytestmark = pytest.mark.django_db
DEALS = "deal id,company,deal stage,amount\n1,Initech,Demo,10\n2,Hooli,Demo,ten\n3,Hooli,Demo\n4,Initech,Demo,=1+1\n"
COMPANIES = "account,sector,employees\nInitech,Paper,many\n"


@pytest.fixture(autouse=True)
def world() -> Iterator[None]:
    with use(fixed_world(at=AT)):
        yield


def take(path: Path, *, is_dry_run: bool = False) -> Report:
    options = Options(source="old", is_dry_run=is_dry_run)
    return import_files(actor=SYSTEM, uploads=[PathUpload(path)], options=options, clock=SetClock(AT).now)


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("is_dry_run", [True, False])
def test_refused_rows_come_back_as_they_were_written(*, is_dry_run: bool, shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(DEALS)
    report = take(path, is_dry_run=is_dry_run)
    [table] = refused_tables([PathUpload(path)], Decisions(), report.refused)
    head, *rows = cells(table.content)
    assert (table.name, head) == (
        "deals.refused.csv",
        ["Refused at", "Reason", "deal id", "company", "deal stage", "amount"],
    )
    assert [(row[0], row[2:]) for row in rows] == [
        ("deals.csv:3 amount", ["2", "Hooli", "Demo", "ten"]),
        ("deals.csv:4", ["3", "Hooli", "Demo"]),
        ("deals.csv:5 amount", ["4", "Initech", "Demo", "=1+1"]),
    ]
    assert "ten" in rows[0][1]
    assert sum(each.counts.refused for each in report.files) == len(rows)


def test_mended_rows_come_in_beside_those_that_were_taken(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(DEALS)
    [table] = refused_tables([PathUpload(path)], Decisions(), take(path).refused)
    mended = tmp_path / table.name
    mended.write_text(
        table.content.decode("utf-8-sig")
        .replace(",ten", ",20")
        .replace("=1+1", "2")
        .replace("3,Hooli,Demo", "3,Hooli,Demo,30")
    )
    report = take(mended)
    assert [(each.counts.created, each.counts.refused) for each in report.files] == [(3, 0)]
    assert Deal.objects.count() == 4


def test_the_command_line_writes_them_into_a_folder(shop: Shop, tmp_path: Path) -> None:
    path, folder = tmp_path / "deals.csv", tmp_path / "mend" / "here"
    path.write_text(DEALS)
    give_back(folder, path, take(path), Decisions())
    assert [each.name for each in folder.iterdir()] == ["deals.refused.csv"]


def test_the_page_gives_one_file_or_several_packed(enter: Enter, shop: Shop) -> None:
    ana = enter("ana")

    def refused(**files: str) -> bytes:
        sent = [SimpleUploadedFile(f"{name}.csv", content.encode()) for name, content in files.items()]
        ana.post("/imports/new", {"files": sent, "source": "Old"})
        operation = Operation.objects.filter(name=REHEARSAL, state="waiting").get()
        carry_out(operation.pk, clock=SetClock(AT).now)
        assert "Refused rows" in ana.get(f"/imports/{operation.ref}").content.decode()
        return ana.get(f"/imports/{operation.ref}/refused").content

    assert len(cells(refused(deals=DEALS))) == 4
    with zipfile.ZipFile(io.BytesIO(refused(deals=DEALS, companies=COMPANIES))) as packed:
        assert sorted(packed.namelist()) == ["companies.refused.csv", "deals.refused.csv"]
        assert cells(packed.read("companies.refused.csv"))[1][2:] == ["Initech", "Paper", "many"]
    assert enter("rosa").get(f"/imports/{Operation.objects.latest('pk').ref}/refused").status_code == 403


def test_an_import_that_took_every_row_has_no_such_file(enter: Enter, shop: Shop) -> None:
    ana = enter("ana")
    ana.post(
        "/imports/new", {"files": [SimpleUploadedFile("c.csv", b"account,sector\nInitech,Paper\n")], "source": "x"}
    )
    operation = Operation.objects.get(name=REHEARSAL)
    carry_out(operation.pk, clock=SetClock(AT).now)
    assert "Refused rows" not in ana.get(f"/imports/{operation.ref}").content.decode()
    assert ana.get(f"/imports/{operation.ref}/refused").status_code == 404


def test_an_interrupted_import_keeps_what_it_refused(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(DEALS)
    kept = findings_to_json(take(path, is_dry_run=True).refused)
    assert findings_to_json(Tally().refused_again(kept).refused.values()) == kept
    assert [each["place"][1] for each in kept] == [3, 4, 5]
