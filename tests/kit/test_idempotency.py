"""Every write of the API can be repeated safely."""

from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from caudal.kit.access import SYSTEM
from caudal.kit.models import IdempotentRequest
from caudal.kit.world import new_id
from caudal.workspace import actions
from caudal.workspace.models import ApiKey, Role
from caudal.workspace.queries import actor_of_member
from tests.together import together

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
def test_eight_at_once_with_one_key_have_one_effect_and_whoever_looks_before_has_one_each(token: str) -> None:
    def send(barrier: Barrier) -> bytes:
        barrier.wait()
        content: bytes = post(Client(), token, "together").content
        return content

    answers = together(*[send] * 8)
    assert len(set(answers)) == 1
    assert ApiKey.objects.filter(name="Exporter").count() == 1

    def naive(barrier: Barrier) -> None:
        """Look for an answer to the key, and keep one's own behind the write: what the row is claimed for before it."""
        with transaction.atomic():
            answered = IdempotentRequest.objects.filter(key="naive").exists()
            barrier.wait()
            if not answered:
                given = post(Client(), token, f"{new_id()}", name="Naive")
                kept = {"status": given.status_code, "body": given.content, "fingerprint": "", "created_at": AT}
                IdempotentRequest.objects.update_or_create(actor="naive", key="naive", defaults=kept)

    together(naive, naive)
    assert IdempotentRequest.objects.filter(key="naive").count() == 1
    assert ApiKey.objects.filter(name="Naive").count() == 2
