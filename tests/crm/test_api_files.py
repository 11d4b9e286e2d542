"""Lists as files from the API: what the page shows, to whom the page would give it, with the same fact."""

import csv
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from caudal.core.money import Money
from caudal.kit.models import RecordedFactRow
from caudal.kit.outbox.timeline import recorded
from caudal.workspace.actions import issue_key
from tests.crm.browsing import Api, deal_of, lead_of
from tests.world import AT, Shop


def lines(answer: Any) -> list[list[str]]:
    return list(csv.reader(StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_a_program_gets_the_list_that_the_page_shows(shop: Shop, api: Api) -> None:
    deal_of(shop, name="=1+1", amount=Money.of("12.50", "EUR"))
    deal_of(shop, name="Acme", amount=Money.of(7, "EUR"))
    asked = {"where": "amount > 5", "sort": "-amount", "columns": ["name", "amount"]}
    answer = api("POST", "/deals/file", asked)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert lines(answer) == [
        ["Deal", "Amount", "Amount, currency"],
        ["'=1+1", "12.50", "EUR"],
        ["Acme", "7.00", "EUR"],
    ]
    [fact] = recorded(RecordedFactRow.objects.filter(name="workspace.list_exported"), personal=True)
    assert (fact.data["rows"], fact.data["columns"]) == (2, ["name", "amount"])
    assert "amount > 5" in str(fact.personal)
    page = load_workbook(BytesIO(api("POST", "/deals/file", asked | {"format": "xlsx"}).getvalue())).active
    assert page is not None
    assert [[cell.value for cell in row] for row in page.iter_rows()][1] == ["=1+1", 12.5, "EUR"]


def test_a_file_is_refused_as_the_page_refuses_it(shop: Shop, api: Api, client: Client) -> None:
    lead_of(shop)
    assert api("POST", "/leads/file", {"where": "luck"}).status_code == 422
    assert api("POST", "/leads/file", {"columns": ["luck"]}).status_code == 422
    assert api("POST", "/leads/file", {"view": "view_01h455vb4pex5vsknk084sn02q"}).status_code == 404
    assert not RecordedFactRow.objects.filter(name="workspace.list_exported").exists()
    _, token = issue_key(actor=shop.actor("ana"), as_of=AT, name="Other", role="admin", scopes=("catalog:read",))
    assert Api(client, token)("POST", "/companies/file", {}).status_code == 403


@pytest.mark.parametrize("path", ["deals", "leads", "companies", "people"])
def test_every_list_has_its_file_and_a_key_makes_it_anew(path: str, shop: Shop, api: Api) -> None:
    first, again = (api("POST", f"/{path}/file", {}, Idempotency_Key="once") for _ in range(2))
    assert (first.status_code, lines(again)) == (200, lines(first))
    assert "Idempotent-Replayed" not in again
    assert shop.acme.pk is not None
