"""The books for programs: posted with a key, read as statements, exported."""

import pytest
from django.test import Client

from caudal.kit.access import SYSTEM
from caudal.ledger.actions import set_up_chart
from caudal.ledger.models import JournalEntry
from caudal.workspace.actions import issue_key
from tests.crm.browsing import Api
from tests.world import AT, Shop


@pytest.fixture
def books(shop: Shop, client: Client) -> Api:
    """A program that keeps the books."""
    set_up_chart(actor=SYSTEM, as_of=AT)
    scopes = ("ledger:read", "ledger:write")
    _, token = issue_key(actor=shop.actor("ana"), as_of=AT, name="Payroll", role="finance", scopes=scopes)
    return Api(client, token)


def test_a_program_posts_once_reverses_and_reads_the_statements(books: Api, api: Api, shop: Shop) -> None:
    def line(account: str, amount: str, **about: str) -> dict[str, object]:
        return {"account": account, "amount": {"amount": amount, "currency": "EUR"}, **about}

    pillar = str(shop.pillars["saas"].ref)
    salaries = [line("6000", "1200.50", pillar_id=pillar, note="March"), line("2100", "-1200.50")]
    body = {"source": "payroll:2026-03", "day": "2026-03-01", "text": "Salaries", "postings": salaries}
    first, again = (books("POST", "/ledger/entries", body, Idempotency_Key="payroll-1") for _ in range(2))
    assert (first.status_code, again.json()) == (201, first.json())
    assert JournalEntry.objects.count() == 1
    entry = first.json()
    assert (entry["postings"][0]["pillar_id"], entry["postings"][0]["note"]) == (pillar, "March")
    uneven = books("POST", "/ledger/entries", body | {"source": "x", "postings": [salaries[0], line("2100", "-1")]})
    assert (uneven.status_code, uneven.json()["code"]) == (422, "journal.unbalanced")

    income = books("GET", "/ledger/income?first=2026-03-01&last=2026-03-31").json()
    assert [(each["account"], each["amount"]["amount"]) for each in income["expenses"]] == [("6000", "1200.50")]
    assert income["result"] == [{"amount": "-1200.50", "currency": "EUR"}]
    sheet = books("GET", "/ledger/sheet?through=2026-03-01").json()
    assert [each["amount"]["amount"] for each in sheet["liabilities"]] == ["1200.50"]
    assert (sheet["retained"], sheet["result"]) == ([], [{"amount": "-1200.50", "currency": "EUR"}])
    later = books("GET", "/ledger/sheet?through=2027-01-31").json()
    assert (later["retained"], later["result"]) == (sheet["result"], [{"amount": "0.00", "currency": "EUR"}])
    for sought, count in {
        "account=6000&least=1200.50": 1,
        "text=payroll+salar": 1,
        "most=1": 0,
        "last=2026-02-28": 0,
    }.items():
        assert len(books("GET", f"/ledger/entries?{sought}").json()["items"]) == count
    export = b"".join(books("GET", "/ledger/export?syntax=hledger").streaming_content).decode()
    assert "Expenses:6000-Salaries  1200.50 EUR" in export

    done = books("POST", f"/ledger/entries/{entry['id']}/reversal", {"day": "2026-03-02", "text": "Twice"})
    assert (done.status_code, done.json()["reverses_id"]) == (201, entry["id"])
    listed = books("GET", "/ledger/entries?limit=1").json()
    assert ([each["id"] for each in listed["items"]], listed["next"] is None) == ([done.json()["id"]], False)
    assert books("GET", f"/ledger/entries/{entry['id']}").json()["reversal_id"] == done.json()["id"]
    assert books("GET", "/ledger/balances").json() == {"balances": []}

    closed = books("POST", "/ledger/months", {"month": "2026-02"}).json()
    assert closed == books("GET", "/ledger/months").json()["months"][1]
    asking, reopening = (f"/ledger/months/{closed['closed_month_id']}/{each}" for each in ("asking", "reopening"))
    assert books("POST", asking, {"why": "A late invoice"}).json()["asked_by"].startswith("key_")
    assert books("POST", reopening).json()["code"] == "ledger.same_person"

    added = books("POST", "/ledger/accounts", {"code": "6210", "nature": "expense", "label_en": "Books"})
    renamed = {"label_en": "Books", "label_es": "Libros"}
    address = f"/ledger/accounts/{added.json()['id']}"
    assert books("PATCH", address, renamed, If_Match=added["ETag"]).json()["label_es"] == "Libros"
    chart = books("GET", "/ledger/accounts").json()["accounts"]
    assert next(each["purpose"] for each in chart if each["code"] == "1200") == "receivable"
    assert api("GET", "/ledger/balances").status_code == 403  # a key without the scope


def test_a_program_posts_costs_lets_them_recur_and_pays_what_is_owed(books: Api) -> None:
    def said(key: str, day: str, amount: str, **more: object) -> dict[str, object]:
        return {"key": key, "day": day, "amount": {"amount": amount, "currency": "EUR"}, "account": "6200", **more}

    owed = said("hetzner-1", "2026-02-01", "121", paid_from="2000", party="Hetzner", document="R-1", channel="paid")
    posted = [
        books("POST", "/ledger/costs", {"costs": [owed, said("figma-1", "2026-02-02", "12.5")]}) for _ in range(2)
    ]
    assert (posted[0].status_code, posted[1].json()) == (201, posted[0].json())
    assert JournalEntry.objects.count() == 2
    (payable,) = books("GET", "/ledger/payables").json()["items"]
    assert (payable["party"], payable["owed"]["amount"], payable["entry_id"]) == (
        "Hetzner",
        "121.00",
        posted[0].json()["entry_ids"][0],
    )
    payment = {"key": "p1", "document": "R-1", "amount": {"amount": "121", "currency": "EUR"}, "day": "2026-02-20"}
    assert books("POST", "/ledger/payments", payment).status_code == 201
    assert books("GET", "/ledger/payables").json() == {"items": []}
    assert books("POST", "/ledger/payments", payment | {"key": "p2"}).json()["code"] == "ledger.nothing_owed"
    recurring = books("POST", "/ledger/recurring-costs", {"cost": said("desk", "2026-01-31", "90", note="Desk")}).json()
    assert JournalEntry.objects.filter(text="Desk").count() == 2  # 31 January and 28 February; it is 2 March
    address = f"/ledger/recurring-costs/{recurring['id']}"
    more = {"from_day": "2026-03-01", "amount": {"amount": "95", "currency": "EUR"}}
    later = books("POST", f"{address}/amount", more).json()
    assert (later["follows_id"], later["first_day"]) == (recurring["id"], "2026-03-31")
    ended = books("POST", f"/ledger/recurring-costs/{later['id']}/end", {"last_day": "2026-04-30"})
    assert [each["last_day"] for each in books("GET", "/ledger/recurring-costs").json()["items"]] == [
        "2026-02-28",
        ended.json()["last_day"],
    ]
    assert books("POST", "/ledger/costs", {"costs": [said("x", "2026-02-01", "-1")]}).status_code == 422
