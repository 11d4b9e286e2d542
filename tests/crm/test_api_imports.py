"""Imports by a program: give files, look, decide, import for good, watch, read what is refused, undo."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from caudal.crm.imports.waiting import carry_out
from caudal.crm.models import Company, Deal
from caudal.kit.access import SYSTEM
from caudal.kit.digest import business_digest
from caudal.kit.world import SetClock
from caudal.workspace.actions import issue_key
from caudal.workspace.models import Operation, OperationState
from tests.crm.test_moving_in import world
from tests.world import AT, Shop

pytestmark = pytest.mark.django_db
__all__ = ["world"]
WORK = ["workspace_operation", "workspace_storedfile", "workspace_apikey", "workspace_notification"]
DEALS = b"deal id,company,deal stage,amount,Mood\n1,Initech,Kick-off,10,good\n2,Hooli,Kick-off,ten,bad\n"


def work() -> None:
    """Let the worker do what waits for it."""
    for operation in Operation.objects.filter(state=OperationState.WAITING):
        carry_out(operation.pk, clock=SetClock(AT).now)


def test_a_program_imports_decides_and_undoes(shop: Shop, client: Client) -> None:
    _, secret = issue_key(actor=SYSTEM, as_of=AT, name="Mover", role="admin", scopes=("workspace:read", "workspace:write", "crm:read", "crm:write"))  # fmt: skip
    headers = {"Authorization": f"Bearer {secret}"}
    before = business_digest(WORK)

    def ask(method: str, path: str, body: object = None) -> Any:
        answer = client.generic(
            method, f"/api/v1{path}", b"" if body is None else json.dumps(body), "application/json", headers=headers
        )
        assert answer.status_code in {200, 201}, answer.content
        return answer.json()

    sent = client.post(
        "/api/v1/imports?source=Old%20CRM", {"files": SimpleUploadedFile("deals.csv", DEALS)}, headers=headers
    )
    assert sent.status_code == 201, sent.content
    rehearsal = sent.json()
    assert (rehearsal["does"], rehearsal["state"], rehearsal["source"]) == ("rehearsal", "waiting", "old-crm")
    work()
    seen = ask("GET", f"/imports/{rehearsal['id']}")
    assert [(row["created"], row["refused"]) for row in seen["files"]] == [(1, 1)]
    (table,) = ask("GET", f"/imports/{rehearsal['id']}/tables")["items"]
    assert {each["label"]: each["becomes"] for each in table["columns"]} == {
        "deal id": "key", "company": "company", "deal stage": "stage", "amount": "amount", "Mood": ""}  # fmt: skip
    assert table["rows"][0] == ["1", "Initech", "Kick-off", "10", "good"]
    (refused,) = ask("GET", f"/imports/{rehearsal['id']}/refused")["items"]
    assert (refused["place"], refused["code"]) == ("deals.csv:3 amount", "table.unreadable_number")
    stage = f"{shop.pipelines['saas'].name} / {shop.stages('saas')[1].name}"
    decided = ask(
        "POST", f"/imports/{rehearsal['id']}/decisions", {"stages": {"Kick-off": stage}, "keeps_columns": True}
    )
    work()
    batch = ask("POST", f"/imports/{decided['id']}/run")
    work()
    done = ask("GET", f"/imports/{batch['id']}")
    assert (done["does"], done["state"], done["can_undo"]) == ("import", "done", True)
    deal = Deal.objects.get()
    assert (deal.stage, deal.custom) == (shop.stages("saas")[1], {"Mood": "good"})
    would = ask("POST", f"/imports/{batch['id']}/undo?only=rehearsal")
    work()
    assert ask("GET", f"/imports/{would['id']}")["removed"] == {"company": 2, "deal": 1}
    assert Company.objects.filter(name="Initech").exists()
    undone = ask("POST", f"/imports/{batch['id']}/undo")
    work()
    assert ask("GET", f"/imports/{undone['id']}")["state"] == "done"
    assert business_digest(WORK) == before
    refusal = client.post(f"/api/v1/imports/{batch['id']}/undo", headers=headers)
    assert (refusal.status_code, refusal.json()["code"]) == (409, "import.not_undoable")
    assert sorted(each["does"] for each in ask("GET", "/imports")["items"]) == [
        "import", "rehearsal", "rehearsal", "undo", "undo_rehearsal"]  # fmt: skip


def test_an_import_is_undone_and_its_rows_read_only_by_those_who_reach_what_it_wrote(
    shop: Shop, client: Client
) -> None:
    def key(role: str, *scopes: str) -> dict[str, str]:
        _, secret = issue_key(actor=SYSTEM, as_of=AT, name=f"{role} {len(scopes)}", role=role, scopes=("workspace:read", "workspace:write", *scopes))  # fmt: skip
        return {"Authorization": f"Bearer {secret}"}

    full, blind, manager = key("admin", "crm:read", "crm:write"), key("admin"), key("manager", "crm:read", "crm:write")
    files = {"files": SimpleUploadedFile("deals.csv", DEALS)}
    rehearsal = client.post("/api/v1/imports", files, headers=full).json()["id"]
    work()
    batch = client.post(f"/api/v1/imports/{rehearsal}/run", headers=full).json()["id"]
    work()
    assert Deal.objects.count() == 1
    # A key without the scope undoes nothing.
    assert client.get(f"/api/v1/imports/{batch}", headers=blind).json()["can_undo"] is False
    for only in ("", "?only=rehearsal"):
        refusal = client.post(f"/api/v1/imports/{batch}/undo{only}", headers=blind)
        assert (refusal.status_code, refusal.json()["code"]) == (403, "import.out_of_reach")
    # A manager undoes what a manager may change and delete; neither reads rows of others.
    assert client.get(f"/api/v1/imports/{batch}", headers=manager).json()["can_undo"] is True
    for headers in (blind, manager):
        for room in ("tables", "refused"):
            for operation in (rehearsal, batch):
                refusal = client.get(f"/api/v1/imports/{operation}/{room}", headers=headers)
                assert (refusal.status_code, refusal.json()["code"]) == (403, "access.not_allowed")
    work()
    assert Deal.objects.count() == 1
    assert client.get(f"/api/v1/imports/{batch}/refused", headers=full).status_code == 200


def test_nobody_imports_who_may_not(shop: Shop, client: Client) -> None:
    _, secret = issue_key(actor=SYSTEM, as_of=AT, name="Reader", role="rep", scopes=("crm:read",))
    headers = {"Authorization": f"Bearer {secret}"}
    file = SimpleUploadedFile("deals.csv", DEALS)
    assert client.post("/api/v1/imports", {"files": file}, headers=headers).status_code == 403
    assert client.get("/api/v1/imports", headers=headers).status_code == 403
