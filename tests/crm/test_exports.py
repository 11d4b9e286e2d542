"""Lists as files: exactly what is seen, with nothing in it that a spreadsheet would run."""

import csv
import io
from typing import Any

import openpyxl
import pytest

from caudal.core.money import Money
from caudal.crm import actions
from caudal.kit.access import SYSTEM
from caudal.kit.outbox import timeline
from caudal.ui.lists.exports import defused
from tests.crm.browsing import Enter, deal_of, text_of
from tests.world import AT, Shop

pytestmark = pytest.mark.usefixtures("today")
SHOWN = {"view": "all", "columns": "name,company,stage,owner,amount,opened_at,expected_close_date", "sort": "name"}


@pytest.fixture
def dangerous(shop: Shop) -> Shop:
    deal_of(
        shop, name='=HYPERLINK("http://evil.example","x")', company_id=shop.acme.pk, amount=Money.of("12.50", "EUR")
    )
    deal_of(shop, name="\uff0b1 Ñandú", expected_close_date=AT.date())
    deal_of(shop, name="plain", amount=Money.of(7, "JPY"))
    return shop


def lines(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(answer).decode("utf-8-sig"))))


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_file_holds_the_columns_rows_and_order_of_the_page(dangerous: Shop, enter: Enter) -> None:
    answer = enter("ana").post("/deals/file", SHOWN | {"format": "csv", "where": "amount is not empty"})
    assert answer["Content-Disposition"] == 'attachment; filename="deals-2026-03-03.csv"'
    head, *rows = lines(answer)
    assert head == ["Deal", "Company", "Stage", "Owner", "Amount", "Amount, currency", "Opened", "Expected to close"]
    assert rows == [
        # Madrid is an hour ahead of UTC in March, and an instant says so.
        ["'=HYPERLINK(\"http://evil.example\",\"x\")", "Acme", "Qualification", "Rosa", "12.50", "EUR", "2026-03-02T10:00:00+01:00", ""],
        ["plain", "", "Qualification", "Rosa", "7", "JPY", "2026-03-02T10:00:00+01:00", ""],
    ]  # fmt: skip
    assert dangerous.acme.pk is not None


def test_a_workbook_has_typed_cells_and_no_formula(dangerous: Shop, enter: Enter) -> None:
    answer = enter("ana").post("/deals/file", SHOWN | {"format": "xlsx"})
    page = openpyxl.load_workbook(io.BytesIO(content(answer))).active
    assert page is not None
    rows = list(page.iter_rows(min_row=2))
    assert [row[0].value for row in rows] == ["\uff0b1 Ñandú", '=HYPERLINK("http://evil.example","x")', "plain"]
    assert {row[0].data_type for row in rows} == {"s"}
    assert [(row[4].value, row[5].value) for row in rows] == [(None, None), (12.5, "EUR"), (7, "JPY")]
    assert rows[0][7].is_date
    assert dangerous.acme.pk is not None


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_words_that_would_be_a_formula_are_defused(first: str) -> None:
    assert defused(f"{first}cmd") == f"'{first}cmd"
    assert defused(f"a{first}") == f"a{first}"


def test_only_whoever_may_export_gets_a_file_and_only_their_reach(dangerous: Shop, enter: Enter) -> None:
    deal_of(dangerous, "raul", name="Raúl's")
    assert len(lines(enter("ana").post("/deals/file", SHOWN))) == 5
    assert len(lines(enter("rosa").post("/deals/file", SHOWN))) == 4  # her own
    assert enter("rosa").post("/companies/file", {"view": "all"}).status_code == 403 or "Acme" in str(
        lines(enter("rosa").post("/companies/file", {"view": "all"}))
    )
    assert enter("ana").get("/deals/file").status_code in {404, 405}
    assert enter("ana").post("/deals/file", SHOWN | {"where": "luck"}).status_code == 422


def test_a_file_is_told_of_and_its_filter_is_sealed(dangerous: Shop, enter: Enter) -> None:
    enter("ana").post("/deals/file", SHOWN | {"where": 'contains(name, "plain")'})
    told = [fact for fact in timeline(dangerous.ana.ref) if fact.name == "workspace.list_exported"]
    assert len(told) == 1
    assert (told[0].data["record_kind"], told[0].data["rows"], told[0].data["file_format"]) == ("deal", 1, "csv")
    assert "plain" not in str(told[0].data)


def test_a_file_of_many_rows_is_read_in_parts(shop: Shop, enter: Enter) -> None:
    actions.open_deals(
        actor=SYSTEM,
        as_of=AT,
        deals=[actions.DealDraft(name=f"D{n:04}", opened_at=AT, company_id=shop.acme.pk) for n in range(1200)],
    )
    rows = lines(enter("ana").post("/deals/file", SHOWN))
    assert [row[0] for row in rows[1:]] == [f"D{n:04}" for n in range(1200)]


def test_the_board_shows_what_the_filter_keeps_and_its_totals(shop: Shop, enter: Enter) -> None:
    for name, amount in (("Big", 9000), ("Small", 10)):
        deal_of(shop, name=name, amount=Money.of(amount, "EUR"), company_id=shop.acme.pk)
    pipeline = str(shop.pipelines["saas"].ref)
    whole = text_of(enter("rosa").get("/deals/board", {"pipeline": pipeline}))
    assert "2 deals, €9,010" in whole
    said = text_of(enter("rosa").get("/deals/board", {"pipeline": pipeline, "where": "amount > 100"}))
    assert "Amount over €100" in said
    assert "1 deal, €9,000" in said
    assert "Small" not in said
    wrong = text_of(enter("rosa").get("/deals/board", {"pipeline": pipeline, "where": "amuont > 100"}))
    assert "1:1: There is no field “amuont”." in wrong
    added = enter("rosa").get(f"/deals/board?pipeline={pipeline}&condition=amount&is=under&number=100")
    assert added["Location"] == f"/deals/board?pipeline={pipeline}&where=amount+%3C+100+EUR"
