"""Every write of the API can be repeated safely."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from caudal.kit.access import SYSTEM
from caudal.kit.models import IdempotentRequest
from caudal.workspace import actions
from caudal.workspace.models import ApiKey, Role
from caudal.workspace.queries import actor_of_member

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BODY = {"name": "Exporter", "role": "rep", "scopes": ["crm:read"]}


@pytest.fixture
def token() -> str:
    actions.found_company(actor=SYSTEM, as_of=AT, company="Ana's course shop", currency="EUR", zone="Europe/Madrid")
    admin = actions.add_member(actor=SYSTEM, as_of=AT, name="Ana", email="ana@example.com", role=Role.ADMIN)
    _, token = actions.issue_key(
        actor=actor_of_member(admin), as_of=AT, name="Root", role=Role.ADMIN, scopes=("workspace:write",)
    )
    return token


def post(client: Client, token: str, key: str, **changed: object) -> Any:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    return client.post("/api/v1/keys", BODY | changed, "application/json", headers=headers)


@pytest.mark.django_db
def test_the_same_key_gives_the_same_answer_and_one_effect(client: Client, token: str) -> None:
    first, second = post(client, token, "k1"), post(client, token, "k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert second["Idempotent-Replayed"] == "true"
    assert ApiKey.objects.count() == 2


@pytest.mark.django_db
def test_the_same_key_for_another_request_is_refused(client: Client, token: str) -> None:
    post(client, token, "k1")
    other = post(client, token, "k1", name="Importer")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused")
    assert ApiKey.objects.count() == 2


@pytest.mark.django_db
def test_a_refused_write_leaves_no_row_and_its_key_can_be_used_again(client: Client, token: str) -> None:
    assert post(client, token, "k1", scopes=["crm:everything"]).status_code == 422
    assert IdempotentRequest.objects.count() == 0
    assert post(client, token, "k1").status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there"])
def test_an_unreadable_key_is_refused(client: Client, token: str, key: str) -> None:
    assert post(client, token, key).json()["code"] == "idempotency.key_unreadable"


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_with_one_key_have_one_effect(token: str) -> None:
    answers: list[bytes] = []

    def send() -> None:
        try:
            answers.append(post(Client(), token, "together").content)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1
    assert ApiKey.objects.filter(name="Exporter").count() == 1
