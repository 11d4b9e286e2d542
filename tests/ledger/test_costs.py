"""Costs: by file once however often it comes, every month by themselves, and owed to suppliers until they are paid."""

import io
import zipfile
from datetime import date
from typing import Any, Final

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.kit.access import SYSTEM, NotAllowed
from caudal.kit.world import fixed_world, new_id, use
from caudal.ledger import actions, queries
from caudal.ledger.actions import CostDraft, RecurringDraft
from caudal.ledger.models import Account, CostFile, CostFileLine, JournalEntry
from caudal.ledger.tasks import post_recurring
from tests.crm.browsing import NOW, Enter, text_of
from tests.world import AT, Shop

MADE: dict[str, Any] = {"actor": SYSTEM, "as_of": AT}
ROWS: Final = (
    ("Fecha", "Importe", "Moneda", "Cuenta", "Pagado con", "Pilar", "Proveedor", "Canal", "Concepto"),
    ("2026-02-27", "61250.00", "", "Sueldos y salarios", "2100", "", "", "", "Nóminas de febrero"),
    ("2026-02-10", "1200", "JPY", "6130 Paid advertising", "", "saas", "Google", "paid", "Ads"),
    ("2026-02-10", "12.5", "EUR", "tools", "", "", "Figma", "", "Seat"),
    ("2026-02-10", "12.5", "EUR", "tools", "", "", "Figma", "", "Seat"),
    ("2026-02-30", "5", "EUR", "6200", "", "", "", "", "No such day"),
    ("2026-02-11", "-5", "EUR", "6200", "", "", "", "", "Less than nothing"),
    ("2026-02-11", "5", "EUR", "Taxis", "", "", "", "", "No such account"),
    ("2026-02-11", "5.001", "EUR", "6200", "", "nowhere", "", "", "No such pillar"),
)


def csv_file(rows: Any = ROWS) -> SimpleUploadedFile:
    return SimpleUploadedFile("costs.csv", "\n".join(";".join(row) for row in rows).encode())


def xlsx_file() -> SimpleUploadedFile:
    book, content = Workbook(), io.BytesIO()
    for row in ROWS:
        book.active.append(list(row))
    book.save(content)
    return SimpleUploadedFile("costs.xlsx", content.getvalue())


def ods_file() -> SimpleUploadedFile:
    """The two rows that are alike stand there once, as the program writes them."""

    def row(cells: Any, times: int = 1) -> str:
        said = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
        )
        return f'<table:table-row table:number-rows-repeated="{times}">{said}</table:table-row>'

    rows = row(ROWS[0]) + row(ROWS[1]) + row(ROWS[2]) + row(ROWS[3], 2) + "".join(row(each) for each in ROWS[5:])
    empty = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    content = f"<office:spreadsheet><table:table>{rows}{empty}</table:table></office:spreadsheet>"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", content)
    return SimpleUploadedFile("costs.ods", packed.getvalue())


@pytest.fixture
def ana(shop: Shop, enter: Enter) -> Client:
    actions.set_up_chart(**MADE)
    return enter("ana")


def posted(client: Client, file: SimpleUploadedFile) -> CostFile:
    """Give a file, and post what it says."""
    shown = client.post("/books/costs", {"do": "file", "file": file})
    assert shown.status_code == 302, text_of(shown)
    row = CostFile.objects.get(pk=Ref.parse(shown["Location"].partition("=")[2]).id)
    answer = client.post("/books/costs", {"do": "post", "id": str(row.ref)})
    assert answer.status_code == 302, text_of(answer)
    row.refresh_from_db()
    return row


@pytest.mark.usefixtures("today")
def test_a_file_of_costs_is_looked_at_posted_once_and_undone_by_reversals(ana: Client, enter: Enter) -> None:
    ana.post("/books/costs", {"do": "file", "file": csv_file()})
    first = CostFile.objects.get()
    shown = text_of(ana.get(f"/books/costs?file={first.ref}"))
    assert "4 of 8 lines are costs." in shown
    assert "6000 Salaries 1 €61,250.00" in shown
    assert "There is no account “Taxis”" in shown
    assert "There is no pillar “nowhere”" in shown
    assert "No rate of JPY is known" in shown
    # A line is told as it will be posted, one that is refused by its number, what it says and why.
    assert "2 Feb 27, 2026 6000 Salaries Nóminas de febrero 2100 Owed to employees €61,250.00" in shown
    assert "6 2026-02-30 5 6200 " in shown
    assert "8 2026-02-11 5 Taxis There is no account “Taxis”" in shown
    part = text_of(ana.get(f"/books/costs?file={first.ref}&account=6130"))
    assert ("Google" in part, "Figma" in part, "In all ¥1,200" in part) == (True, False, True)
    assert JournalEntry.objects.count() == 0
    ana.post("/books/costs", {"do": "post", "id": str(first.ref)})
    first.refresh_from_db()
    assert (first.posted_count, first.known_count, first.refused_count, first.content) == (4, 0, 4, None)
    entry = JournalEntry.objects.get(text="Ads")
    lines = queries.postings_of([entry.pk])[entry.pk]
    assert [(each.account.code, str(each.amount)) for each in lines] == [("6130", "1200 JPY"), ("1000", "-1200 JPY")]
    assert (lines[0].party, lines[0].channel, lines[0].pillar.key if lines[0].pillar else "") == (
        "Google",
        "paid",
        "saas",
    )
    ana.post("/books/costs", {"do": "file", "file": csv_file((*ROWS[:4], ("2026-02-12", "3", "", "6200")))})
    more = CostFile.objects.get(posted_at=None)
    assert "3 lines were posted before" in text_of(ana.get(f"/books/costs?file={more.ref}"))
    assert "Ads" in text_of(ana.get(f"/books/costs?file={more.ref}&show=known"))
    ana.post("/books/costs", {"do": "drop", "id": str(more.ref)})
    for again in (csv_file(), xlsx_file(), ods_file()):
        known = posted(ana, again)
        assert (known.posted_count, known.known_count, known.line_count) == (0, 4, 8), again.name
    assert JournalEntry.objects.count() == CostFileLine.objects.count() == 4
    assert ana.post("/books/costs", {"do": "post", "id": str(first.ref)}).status_code == 409

    assert ana.post("/books/costs", {"do": "undo", "id": str(first.ref)}).status_code == 302
    assert queries.balances(SYSTEM) == []
    assert "Undone" in text_of(ana.get("/books/costs"))
    once_more = posted(ana, csv_file())
    assert (once_more.posted_count, once_more.known_count) == (4, 0)

    odd = csv_file((("Wann", "Wieviel", "Wofür"), ("2026-02-10", "7,50", "6200")))
    row = CostFile.objects.get(
        pk=Ref.parse(ana.post("/books/costs", {"do": "file", "file": odd})["Location"].partition("=")[2]).id
    )
    assert "Say which column it is: Day, Amount, Account." in text_of(ana.get(f"/books/costs?file={row.ref}"))
    assert ana.post("/books/costs", {"do": "post", "id": str(row.ref)}).status_code == 422
    columns = {"column_day": "0", "column_amount": "1", "column_account": "2"}
    mapped = ana.post("/books/costs", {"do": "map", "id": str(row.ref), **columns})
    assert mapped.status_code == 302, text_of(mapped)
    row.refresh_from_db()
    assert row.mapping["day"] == 0
    assert "6200 Tools and software 1 €7.50" in text_of(ana.get(f"/books/costs?file={row.ref}"))
    assert ana.post("/books/costs", {"do": "drop", "id": str(row.ref)}).status_code == 302
    broken = ana.post("/books/costs", {"do": "file", "file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04 no")})
    assert (broken.status_code, "cannot be read" in broken.content.decode()) == (422, True)
    assert enter("rosa").get("/books/costs").status_code == 403


def cost(account: str, amount: str, day: date, paid_from: str = "1000", **more: Any) -> CostDraft:
    found = {each.code: each for each in Account.objects.all()}
    return CostDraft(
        key=str(new_id()),
        day=day,
        amount=Money.of(amount, "EUR"),
        account=found[account],
        paid_from=found[paid_from],
        **more,
    )


def spent() -> dict[str, str]:
    return {row.text: str(row.day) for row in JournalEntry.objects.order_by("day")}


def test_a_cost_recurs_by_itself_until_it_changes_or_ends_and_waits_for_closed_months(ana: Client, shop: Shop) -> None:
    rent = cost("6400", "900", date(2025, 12, 31), note="Rent", party="Landlord")
    row = actions.add_recurring_cost(**MADE, draft=RecurringDraft(cost=rent))
    actions.close_month(**MADE, month=date(2026, 1, 1), today=date(2026, 3, 2))
    with use(fixed_world(at=NOW)):
        assert [post_recurring(0), post_recurring(0)] == [2, 0]
    assert [str(each.day) for each in JournalEntry.objects.order_by("day")] == ["2025-12-31", "2026-02-28"]
    assert [str(each.day) for each in queries.due_costs(SYSTEM, date(2026, 3, 2))[1]] == ["2026-01-31"]
    told = {each.step.key: each.state for each in queries.month_steps(SYSTEM, date(2026, 1, 1), as_of=AT)}
    assert (told["costs"].missing, told["costs"].is_done) == ("1 recurring cost is not posted.", False)
    assert "One recurring cost waits for a closed month." in text_of(ana.get("/books/costs"))

    page = f"/books/costs?recurring={row.ref}"
    assert "Alter: Rent" in ana.get(page).content.decode()
    assert ana.post(page, {"do": "change", "day": "2026-03-01", "amount": "950"}).status_code == 302
    assert ana.post(page, {"do": "change", "day": "2026-06-01", "ends": "on"}).status_code == 422  # ended before
    dearer = queries.recurring_costs(SYSTEM)[0]
    assert (dearer.follows_id, str(dearer.first_day), str(dearer.amount)) == (row.pk, "2026-03-31", "950.00 EUR")
    actions.end_recurring_cost(**MADE, cost_id=dearer.pk, last_day=date(2026, 4, 30))
    assert actions.post_due_costs(as_of=AT, today=date(2026, 7, 1)) == 2
    assert [str(each.day) for each in JournalEntry.objects.order_by("day")][2:] == ["2026-03-31", "2026-04-30"]
    with pytest.raises(NotAllowed):
        actions.add_recurring_cost(actor=shop.actor("rosa"), as_of=AT, draft=RecurringDraft(cost=rent))


@pytest.mark.usefixtures("today")
def test_a_suppliers_cost_is_owed_until_it_is_paid_and_never_paid_twice(ana: Client) -> None:
    actions.post_cost(**MADE, cost=cost("6220", "1210", date(2026, 2, 3), "2000", party="Hetzner", document="R-17"))
    said = {
        "do": "cost",
        "key": str(new_id()),
        "day": "2026-02-04",
        "account": "6100",
        "amount": "80",
        "currency": "EUR",
    }
    said |= {"paid_from": "2000", "party": "Fair", "channel": "", "document": "", "pillar": "", "note": "Stand"}
    assert ana.post("/books/costs", said).status_code == 302
    owed = queries.payables(SYSTEM)
    assert [(each.party, str(each.owed)) for each in owed] == [("Hetzner", "1210.00 EUR"), ("Fair", "80.00 EUR")]
    assert "Hetzner R-17" in text_of(ana.get("/books/costs"))
    page, payment = (
        "/books/costs?pay=R-17",
        {"do": "pay", "key": str(new_id()), "day": "2026-03-02", "paid_from": "1000"},
    )
    assert ana.post(page, payment | {"amount": "1210.01"}).status_code == 422
    for _ in range(2):
        ana.post(page, payment | {"amount": "1000"})
    assert [str(each.owed) for each in queries.payables(SYSTEM, "R-17")] == ["210.00 EUR"]
    ana.post(page, payment | {"key": str(new_id()), "amount": "210"})
    assert queries.payables(SYSTEM, "R-17") == []
    assert ana.post(page, payment | {"key": str(new_id()), "amount": "1"}).status_code == 422
    recurs = said | {"key": str(new_id()), "recurs": "on", "day": "2026-01-15", "until": "2026-02-28", "note": "Desk"}
    assert ana.post("/books/costs", recurs).status_code == 302
    assert JournalEntry.objects.filter(text="Desk").count() == 2
