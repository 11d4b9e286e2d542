"""What leaves comes in again as it was: our own export, imported into an empty company and exported again, is the same."""

import csv
import io
import zipfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from caudal.catalog.actions import add_product
from caudal.core.ids import Ref
from caudal.core.money import Money, Rate
from caudal.crm.actions import (
    DealDraft,
    LineDraft,
    StageStep,
    add_competitor,
    move_deal,
    open_deal,
    see_competitor,
    set_deal_lines,
    win_deal,
)
from caudal.crm.imports import Decisions, Options, PathUpload, import_files
from caudal.crm.imports.leaving import lay_out
from caudal.crm.imports.running import OPERATION
from caudal.crm.imports.undoing import undo_import
from caudal.crm.models import Deal, DealCompetitor, StageStay
from caudal.demo.actions import grow
from caudal.kit.access import SYSTEM
from caudal.kit.digest import table_digests
from caudal.kit.world import SetClock
from caudal.workspace.actions import found_company
from caudal.workspace.models import ExternalId, Operation
from tests.crm.browsing import Enter
from tests.crm.exports_work import WORK
from tests.crm.test_moving_in import errors, take, world, write
from tests.world import AT, Shop

pytestmark = pytest.mark.django_db
__all__ = ["world"]


def exported(folder: Path, ids: dict[str, str] | None = None) -> dict[str, list[str]]:
    """Export everything and return the lines of each file, sorted, for ids say the order; ids mapped to others."""
    lay_out(SYSTEM, AT, folder)
    found = {}
    for file in sorted(folder.iterdir()):
        text = file.read_text(encoding="utf-8")
        for new, old in (ids or {}).items():
            text = text.replace(new, old)
        rows = csv.reader(io.StringIO(text))
        found[file.name] = sorted("|".join("; ".join(sorted(cell.split("; "))) for cell in row) for row in rows)
    return found


def ids_of_old() -> dict[str, str]:
    """The id of each row that moved in, and the one that it had where it came from."""
    rows = ExternalId.objects.filter(source="caudal").exclude(kind__in=["pipeline", "stage"])
    return {str(Ref(kind, record)): key for kind, record, key in rows.values_list("kind", "record", "key")}


def moved_in(folder: Path) -> None:
    report = import_files(
        actor=SYSTEM,
        uploads=[PathUpload(file) for file in sorted(folder.iterdir())],
        options=Options(source="caudal", decisions=Decisions(keeps_columns=True)),
        clock=SetClock(AT).now,
    )
    assert errors(report) == []
    told = {
        (each.finding.code, str(each.finding.place)) for each in report.findings if each.finding.severity == "choice"
    }
    assert told == set()


def emptied() -> None:
    """Leave the company as it was before anything moved in."""
    batch = Operation.objects.filter(name=OPERATION).latest("created_at", "pk")
    undo_import(actor=SYSTEM, batch=batch, clock=SetClock(AT).now)


@pytest.mark.parametrize("system", WORK)
def test_what_moved_in_from_elsewhere_is_a_fixed_point(system: str, shop: Shop, tmp_path: Path) -> None:
    for folder in ("theirs", "first", "second"):
        (tmp_path / folder).mkdir()
    assert errors(take(write(tmp_path / "theirs", WORK[system]))) == []
    first = exported(tmp_path / "first")
    assert [len(first[f"{name}.csv"]) - 1 for name in ("companies", "people", "deals", "activities")] == [4, 2, 3, 7]
    emptied()
    assert not Deal.objects.exists()
    moved_in(tmp_path / "first")
    assert exported(tmp_path / "second", ids_of_old()) == first


def test_stages_that_deals_went_through_their_competitors_and_lines_move_too(shop: Shop, tmp_path: Path) -> None:
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
    first_stage, second_stage, third_stage = shop.stages("saas")[:3]
    made: dict[str, Any] = {"actor": SYSTEM}
    with transaction.atomic():
        for nth, name in enumerate(("Back and forth", "Won on the way", "Lost at once")):
            draft = DealDraft(name=name, opened_at=AT, stages=(StageStep(stage_id=first_stage.pk, entered_at=AT),))
            deal = open_deal(**made, as_of=AT, deal=draft)
            for hours, stage in enumerate((second_stage, first_stage, third_stage)[: 3 - nth], 1):
                move_deal(**made, as_of=AT + timedelta(hours=hours), deal_id=deal.pk, stage_id=stage.pk)
            if name.startswith("Won"):
                seats = add_product(**made, as_of=AT, name="Seats [yearly] at 5 EUR", list_price=Money.of(29, "EUR"))
                lines = [
                    LineDraft(product_id=seats.pk, quantity=Decimal("3.5"), discount_percent=Decimal(10)),
                    LineDraft(description="Help; at 10 EUR an hour", rate=Rate.of("0.0125", "EUR")),
                ]
                set_deal_lines(**made, as_of=AT, deal_id=deal.pk, lines=lines)
                win_deal(**made, as_of=AT + timedelta(hours=9), deal_id=deal.pk)
            if name.startswith("Lost"):
                see_competitor(
                    **made,
                    as_of=AT,
                    deal_id=deal.pk,
                    competitor_id=add_competitor(**made, as_of=AT, name="Rival, Inc.").pk,
                )
        first = exported(tmp_path / "first")
        steps = sorted(str(row.count("+00:00 ")) for row in first["deals.csv"] if "|open|" in row or "|won|" in row)
        transaction.set_rollback(True)
    assert steps == ["2", "3", "4"]
    moved_in(tmp_path / "first")
    assert StageStay.objects.filter(deal__name="Back and forth").count() == 4
    assert exported(tmp_path / "second", ids_of_old()) == first
    assert [each.deal.name for each in DealCompetitor.objects.filter(competitor__name="Rival, Inc.")] == [
        "Lost at once"
    ]
    # 3.5 × 29 = 101.5 less 10 % are 91.35, and one at 0.0125 is 0.01.
    won = Deal.objects.get(name="Won on the way")
    assert (str(won.amount), won.lines.count()) == ("91.36 EUR", 2)
    # The same files again change nothing.
    before = table_digests(["workspace_operation", "workspace_storedfile", "workspace_externalid"])
    moved_in(tmp_path / "first")
    assert table_digests(["workspace_operation", "workspace_storedfile", "workspace_externalid"]) == before


@pytest.mark.parametrize(
    ("history", "code"),
    [
        ("2026-01-10T09:00:00+00:00 Nowhere", "import.history_left"),
        ("2026-01-10T09:00:00+00:00 Demo; 2026-01-01T09:00:00+00:00 Demo", "import.history_left"),
        ("yesterday Demo", "import.history_unread"),
    ],
)
def test_a_history_that_cannot_be_is_told(history: str, code: str, shop: Shop, tmp_path: Path) -> None:
    deals = [["Deal ID", "Deal name", "Deal stage", "Stage history"], ["1", "One", "Demo", history]]
    report = take(write(tmp_path, {"deals.csv": deals}))
    assert code in {each.finding.code for each in report.findings}
    assert StageStay.objects.filter(deal__name="One").count() == 1


@pytest.mark.parametrize("line", ["3 Seats", "3 × Seats at 29 EUR [No such product]"])
def test_a_line_that_cannot_be_read_is_told_and_the_deal_keeps_its_amount(
    line: str, shop: Shop, tmp_path: Path
) -> None:
    header = ["Deal ID", "Deal name", "Deal stage", "Amount", "Line items"]
    deals = [header, ["1", "One", "Demo", "87", f"1 x Setup at 5 EUR\n{line}"]]
    report = take(write(tmp_path, {"deals.csv": deals}))
    assert [each.finding.params["text"] for each in report.findings if each.finding.code == "import.not_a_line"] == [
        line
    ]
    deal = Deal.objects.get(name="One")
    assert (str(deal.amount), deal.lines.count()) == ("87.00 EUR", 0)


@pytest.mark.lane("scale")
def test_the_demo_company_is_a_fixed_point(db: None, tmp_path: Path) -> None:
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
    with transaction.atomic():
        grow(seed=7, months=2, end=AT.date())
        first = exported(tmp_path / "first")
        transaction.set_rollback(True)
    assert min(len(first[f"{name}.csv"]) for name in ("companies", "leads", "deals", "activities")) > 10
    found_company(
        actor=SYSTEM, as_of=AT, company="Ana", currency="EUR", zone="Europe/Madrid", country="ES", language="en"
    )
    moved_in(tmp_path / "first")
    assert exported(tmp_path / "second", ids_of_old()) == first


def test_what_leaves_by_a_page_is_what_leaves_by_the_command(shop: Shop, enter: Enter, tmp_path: Path) -> None:
    take(write(tmp_path, {"companies.csv": [["Account Id", "Account"], ["1", "=HYPERLINK(1)"]]}))
    (tmp_path / "out").mkdir()
    lay_out(SYSTEM, AT, tmp_path / "out")
    answer = enter("ana").post("/imports/export")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as packed:  # type: ignore[attr-defined]  # a file
        sent = {name: packed.read(name) for name in packed.namelist()}
    assert sent == {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()}
    assert b"'=HYPERLINK(1)" in sent["companies.csv"]
    assert enter("rosa").post("/imports/export").status_code in {403, 404}
