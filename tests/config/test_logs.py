"""What every answer says about itself: its name, and what it took."""

import re

import pytest
from django.db import connection, transaction
from django.test import Client

from caudal.config.logs import Meter
from caudal.kit.access import SYSTEM
from caudal.kit.world import now
from caudal.workspace.actions import issue_key
from tests.world import Shop

SHAPE = re.compile(r'db;dur=(\d+\.\d\d);desc="(\d+) statements", app;dur=(\d+\.\d\d)')


def test_an_answer_tells_whoever_is_known_what_the_database_took_of_it(shop: Shop, client: Client) -> None:
    _, token = issue_key(actor=SYSTEM, as_of=now(), name="Watch", role="admin", scopes=("crm:read",))
    answer = client.get("/api/v1/deals", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    told = SHAPE.fullmatch(answer["Server-Timing"])
    assert told is not None, answer["Server-Timing"]
    assert 0 < float(told[1]) < float(told[3])
    assert int(told[2]) > 1  # the key, and the list


@pytest.mark.django_db
def test_a_stranger_is_told_the_name_of_the_request_and_no_times(client: Client) -> None:
    answer = client.get("/health", headers={"X-Request-ID": "my-own-name"})
    assert (answer.status_code, answer["X-Request-ID"]) == (200, "my-own-name")
    assert "Server-Timing" not in answer


@pytest.mark.django_db(transaction=True)
def test_the_time_of_a_commit_counts_as_the_databases() -> None:
    meter = Meter()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE slow_to_commit (id int)")
        cursor.execute(
            """CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql
               AS 'BEGIN PERFORM pg_sleep(0.2); RETURN NULL; END'"""
        )
        cursor.execute(
            """CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON slow_to_commit
               DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dawdle()"""
        )
    try:
        with meter.reading(connection), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO slow_to_commit VALUES (1)")
            before_commit = meter.nanos
        # The trigger waits a fifth of a second, and it runs when the transaction commits.
        assert meter.nanos - before_commit >= 200_000_000
        assert meter.statements == 1
        counted = meter.nanos
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        assert meter.nanos == counted
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE slow_to_commit")
            cursor.execute("DROP FUNCTION dawdle")
