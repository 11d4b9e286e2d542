"""Statements that follow each other: order, refusals, and code between them that knows nothing of it."""

from typing import Any

import pytest
from django.db import IntegrityError, NotSupportedError, connection, transaction
from django.db.transaction import TransactionManagementError

from caudal.config.logs import Meter
from caudal.core.errors import Problem
from caudal.crm.models import Company
from caudal.kit.access import SYSTEM, Verb
from caudal.kit.pipelining import pipelined, send
from tests.world import Shop, open_shop

HEARD = "INSERT INTO heard VALUES (%s)"


@pytest.fixture(autouse=True)
def heard(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE heard (number int PRIMARY KEY) ON COMMIT DROP")


def numbers() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM heard ORDER BY number")
        return [number for (number,) in cursor.fetchall()]


def test_what_is_sent_is_done_in_its_order_and_all_others_wait_for_it(shop: Shop) -> None:
    with transaction.atomic(), pipelined():
        send(HEARD, [1])
        asked = send("SELECT number FROM heard")
        send(HEARD, [2])
        assert numbers() == [1, 2]
        assert asked.rows() == [(1,)]
        # Whoever carries a statement out is told how many rows it met, as everywhere.
        assert Company.objects.filter(pk=shop.acme.pk).update(name="Acme Ltd") == 1
        shop.globex.name = "Globex Ltd"
        shop.globex.save(update_fields=["name"])
        with pipelined():
            send(HEARD, [3])
        assert connection.connection.pgconn.pipeline_status != 0
        send("DELETE FROM heard WHERE number = %s", [1])
    assert connection.connection.pgconn.pipeline_status == 0
    assert numbers() == [2, 3]
    assert sorted(Company.objects.values_list("name", flat=True)) == ["Acme Ltd", "Globex Ltd"]


def test_a_refusal_comes_up_behind_it_and_at_the_latest_as_the_block_ends() -> None:
    send(HEARD, [1])
    with pytest.raises(IntegrityError, match="heard_pkey"), transaction.atomic(), pipelined():
        send(HEARD, [2])
        send(HEARD, [1])
        numbers()
    assert numbers() == [1]
    with pytest.raises(IntegrityError, match="heard_pkey"), transaction.atomic(), pipelined():
        send(HEARD, [1])
        asked = send("SELECT 1")
        asked.rows()
    with pytest.raises(IntegrityError, match="heard_pkey"), transaction.atomic(), pipelined():
        send(HEARD, [3])
        send(HEARD, [1])
    assert numbers() == [1]
    # Outside of a block a statement is waited for.
    with transaction.atomic(), pytest.raises(IntegrityError, match="heard_pkey"), transaction.atomic():
        send(HEARD, [1])
    assert numbers() == [1]


def test_what_a_block_raises_itself_comes_first_and_takes_everything_back() -> None:
    send(HEARD, [1])
    with pytest.raises(Problem), transaction.atomic(), pipelined():
        send(HEARD, [2])
        raise Problem
    with pytest.raises(Problem), transaction.atomic(), pipelined():
        send(HEARD, [1])
        raise Problem
    assert numbers() == [1]


def test_a_savepoint_within_a_block_takes_back_what_was_sent_in_it() -> None:
    with transaction.atomic(), pipelined():
        send(HEARD, [1])
        with pytest.raises(IntegrityError), transaction.atomic():
            send(HEARD, [2])
            send(HEARD, [1])
        send(HEARD, [3])
        with pytest.raises(IntegrityError), transaction.atomic():
            send(HEARD, [4])
            send(HEARD, [1])
            lost = send("SELECT 1")
            send(HEARD, [5])
            lost.rows()
        send(HEARD, [6])
    assert numbers() == [1, 3, 6]


def test_a_measure_of_the_database_counts_what_is_waited_for_later() -> None:
    meter = Meter()
    with meter.reading(connection), transaction.atomic(), pipelined():
        asked = send("SELECT pg_sleep(0.03)")
        asked.rows()
        send("SELECT pg_sleep(0.03)")
    statements = ["SAVEPOINT", "SELECT", "SELECT", "RELEASE"]
    assert meter.statements == len(statements)
    assert meter.nanos > 50_000_000


def test_what_is_sent_often_is_planned_once_whatever_the_mapper_asks_between() -> None:
    prepared = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%heard%%'"
    with transaction.atomic():
        for number in range(10):
            with pipelined():
                send(HEARD, [number])
            for other in range(110):
                with connection.cursor() as cursor:
                    cursor.execute("SELECT %s", [f"{number} {other}"])
            numbers()
    with connection.cursor() as cursor:
        cursor.execute(prepared)
        assert cursor.fetchone() == (1,)


def test_a_statement_larger_than_what_the_socket_takes_at_once_arrives_whole() -> None:
    many = 20_000_000
    with transaction.atomic(), pipelined():
        asked = send("SELECT length(%s::text)", ["x" * many])
        assert numbers() == []
        assert asked.rows() == [(many,)]
        with connection.cursor() as cursor:
            cursor.execute("SELECT length(%s)", ["x" * many])
            assert cursor.fetchone() == (many,)


def test_rows_are_read_in_chunks_within_a_block_and_after_it(shop: Shop) -> None:
    for _ in range(2):
        with transaction.atomic(), pipelined():
            assert len(list(Company.objects.iterator(chunk_size=1))) == len([shop.acme, shop.globex])
        assert len(list(Company.objects.iterator(chunk_size=1))) == len([shop.acme, shop.globex])


@pytest.mark.django_db(transaction=True)
def test_who_locks_a_row_outside_of_a_transaction_is_told() -> None:
    shop = open_shop()
    with transaction.atomic():
        Company.one_for(SYSTEM, Verb.CHANGE, shop.acme.pk, lock=True)
    with pytest.raises(TransactionManagementError):
        Company.one_for(SYSTEM, Verb.CHANGE, shop.acme.pk, lock=True)


@pytest.mark.django_db(transaction=True)
def test_a_column_that_became_wider_is_read_at_once_and_spoils_one_transaction_at_most() -> None:
    shop = open_shop()
    wider = "ALTER TABLE crm_company ALTER COLUMN created_by TYPE varchar({})"

    def read() -> None:
        Company.one_for(SYSTEM, Verb.VIEW, shop.acme.pk)

    def read_often() -> int:
        refused = 0
        for _ in range(8):
            try:
                with transaction.atomic():
                    read()
            except NotSupportedError:
                refused += 1
        return refused

    assert read_often() == 0
    try:
        with connection.cursor() as cursor:
            cursor.execute(wider.format(80))
        read()
        assert read_often() <= 1
        assert read_often() == 0
    finally:
        with connection.cursor() as cursor:
            cursor.execute(wider.format(64))
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_statements_follow_each_other_within_a_transaction_only() -> None:
    with pytest.raises(RuntimeError, match="inside an action"), pipelined():
        pass
