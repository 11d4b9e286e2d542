"""Fifty people at one deal: no change is lost, and who looked away would lose some."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest
from django.db import connection, connections
from django.test import Client

from caudal.crm.models import Deal
from caudal.kit.outbox import since
from caudal.workspace.actions import add_field, issue_key
from tests.crm.browsing import SCOPES, deal_of, encoded
from tests.world import AT, Shop, open_shop

EDITORS: Final = 50


@pytest.fixture
def busy_shop(transactional_db: None) -> Shop:
    """The shop in a database where everybody has a connection of their own."""
    return open_shop()


class Editor:
    """A program that changes a deal, with a connection of its own."""

    def __init__(self, token: str, path: str) -> None:
        self.client, self.path = Client(), f"/api/v1{path}"
        self.headers = {"Authorization": f"Bearer {token}"}

    def read(self) -> Any:
        return self.client.get(self.path, headers=self.headers).json()

    def change(self, custom: dict[str, Any], version: int, **headers: str) -> Any:
        sent = self.headers | {"If-Match": f'"{version}"', **headers}
        return self.client.generic("PATCH", self.path, encoded({"custom": custom}), "application/json", headers=sent)


def all_at_once(work: Callable[[int], Any]) -> list[Any]:
    """Let every editor begin at the same moment, each in a thread, and return what they say."""
    gate = threading.Barrier(EDITORS)

    def one(number: int) -> Any:
        try:
            gate.wait(timeout=60)
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(EDITORS) as pool:
        return list(pool.map(one, range(EDITORS)))


def desk(shop: Shop) -> tuple[Deal, Callable[[], Editor]]:
    deal = deal_of(shop)
    _, token = issue_key(actor=shop.actor("ana"), as_of=AT, name="Editors", role="admin", scopes=SCOPES)
    return deal, lambda: Editor(token, f"/deals/{deal.ref}")


def test_fifty_who_add_one_each_make_fifty(busy_shop: Shop) -> None:
    add_field(actor=busy_shop.actor("ana"), as_of=AT, record_kind="deal", key="calls", type="number", label="Calls")
    deal, editor = desk(busy_shop)

    def add_one(_number: int) -> int:
        me, refused = editor(), 0
        read = me.read()
        calls, version = int(read["custom"].get("calls") or 0), read["version"]
        while True:
            answer = me.change({"calls": calls + 1}, version)
            if answer.status_code == 200:
                return refused
            assert answer.status_code == 412
            # A refusal carries what is needed to go on from what the others did.
            last = max(answer.json()["changes"], key=lambda change: change["version"])
            assert last["field"] == "custom.calls"
            calls, version = int(last["after"]), last["version"]
            refused += 1

    refused = all_at_once(add_one)
    found = Deal.objects.get(pk=deal.pk)
    assert (found.custom["calls"], found.version) == (EDITORS, EDITORS + 1)
    assert sum(refused) > 0  # they did get in each other's way
    assert since(deal.ref, 1, found.version).is_whole


def test_fifty_who_change_other_fields_of_one_version_are_all_merged(busy_shop: Shop) -> None:
    for number in range(EDITORS):
        key = f"field_{number}"
        add_field(actor=busy_shop.actor("ana"), as_of=AT, record_kind="deal", key=key, type="number", label=key)
    deal, editor = desk(busy_shop)
    answers = all_at_once(lambda number: editor().change({f"field_{number}": number}, 1, Prefer="merge"))
    assert [answer.status_code for answer in answers] == [200] * EDITORS
    assert sum(answer.get("Preference-Applied") == "merge" for answer in answers) == EDITORS - 1
    found = Deal.objects.get(pk=deal.pk)
    assert (found.custom, found.version) == ({f"field_{n}": n for n in range(EDITORS)}, EDITORS + 1)
    late = editor().change({"field_7": 70}, 1, Prefer="merge")
    assert late.status_code == 412
    assert "custom.field_7" in [each["field"] for each in late.json()["changes"]]


def test_whoever_does_not_look_at_the_version_loses_changes(busy_shop: Shop) -> None:
    deal = deal_of(busy_shop)
    gate = threading.Barrier(EDITORS)

    def add_one(_number: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce((custom->>'calls')::int, 0) FROM crm_deal WHERE id = %s", [deal.pk])
            read = cursor.fetchone()[0]
            gate.wait(timeout=60)
            cursor.execute("UPDATE crm_deal SET custom = %s WHERE id = %s", [encoded({"calls": read + 1}), deal.pk])

    all_at_once(add_one)
    assert Deal.objects.get(pk=deal.pk).custom["calls"] == 1  # forty-nine are lost
