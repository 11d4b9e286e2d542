"""What is kept in memory while its tables stand, and queries that are put into SQL once."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from threading import Barrier
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import F, Value
from django.test.utils import CaptureQueriesContext

from caudal.core.ids import Ref
from caudal.crm.models import Company
from caudal.kit.access import SYSTEM, Among
from caudal.kit.compiled import Compiled
from caudal.kit.jsontext import json_text
from caudal.kit.lasting import Lasting, compact_stamps, steady
from caudal.ledger import actions
from caudal.ledger.models import Account
from caudal.ledger.queries import accounts_by_code
from tests.together import Work, together
from tests.world import AT, Shop

HOW: dict[str, Any] = {"actor": SYSTEM, "as_of": datetime(2026, 3, 2, 9, tzinfo=UTC)}


class Named(NamedTuple):
    one: int
    two: int


def looks(read: list[str], lasting: Lasting[str, list[str]], key: str = "all") -> list[str]:
    def codes() -> list[str]:
        read.append(key)
        return sorted(Account.objects.values_list("code", flat=True))

    return lasting.get(key, codes)


@pytest.mark.django_db
def test_what_is_kept_is_what_a_query_would_find_whatever_is_written_and_taken_back() -> None:
    read: list[str] = []
    chart: Lasting[str, list[str]] = Lasting("ledger.chart")
    before = looks(read, chart)
    assert looks(read, chart) is before
    assert read == ["all"]
    actions.add_account(**HOW, code="9991", nature="expense", label_en="One")
    assert looks(read, chart) == sorted([*before, "9991"])
    # What a transaction wrote and took back was kept under a stamp that nobody has any more.
    with transaction.atomic():
        point = transaction.savepoint()
        Account.objects.filter(code="9991").update(code="9992")
        assert "9992" in looks(read, chart)
        transaction.savepoint_rollback(point)
    assert "9991" in looks(read, chart)
    assert "9991" in accounts_by_code()
    kept = looks(read, chart)
    compact_stamps()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, count(*) FROM kit_stamp GROUP BY name")
        assert dict(cursor.fetchall())["ledger.chart"] == 1
    assert looks(read, chart) is kept
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_account WHERE code = '9991'")
    assert looks(read, chart) == before
    assert "9991" not in accounts_by_code()


@pytest.mark.django_db
def test_only_so_much_is_kept_and_nothing_of_tables_that_nobody_stamps() -> None:
    read: list[str] = []
    chart: Lasting[str, list[str]] = Lasting("ledger.chart", most=2)
    for key in ("a", "b", "a", "c", "a", "b"):
        looks(read, chart, key)
    assert read == ["a", "b", "c", "b"]
    read.clear()
    # What is written while it is read is not kept under what was there before.
    late: Lasting[str, int] = Lasting("ledger.chart")

    def written_meanwhile() -> int:
        Account.objects.update(label_en="X")
        return 1

    assert late.get("x", written_meanwhile) == 1
    assert [late.get("x", lambda: 2), late.get("x", lambda: 3)] == [2, 2]
    unknown: Lasting[str, list[str]] = Lasting("nobody.knows")
    looks(read, unknown)
    looks(read, unknown)
    assert read == ["all", "all"]


@pytest.mark.django_db(transaction=True)
def test_who_writes_to_a_group_waits_for_nobody_else_who_does() -> None:
    for code in ("9991", "9992"):
        actions.add_account(**HOW, code=code, nature="expense", label_en=code)

    def write(code: str, other: str) -> Work:
        def work(barrier: Barrier) -> int:
            with transaction.atomic():
                Account.objects.select_for_update().get(code=code)
                Account.objects.filter(code=code).update(label_en="New")
                # Both write before one of them ends. With one row for the group, the second would wait for the first.
                barrier.wait()
                seen = Account.objects.filter(code=other, label_en="New").count()
                barrier.wait()
                return seen

        return work

    assert together(write("9991", "9992"), write("9992", "9991")) == [0, 0]


@pytest.mark.django_db(transaction=True)
def test_within_a_steady_block_stamps_are_looked_at_once_and_own_changes_are_seen() -> None:
    read: list[str] = []
    chart: Lasting[str, list[str]] = Lasting("ledger.chart")
    before = looks(read, chart)

    def add_meanwhile(code: str) -> Work:
        def work(barrier: Barrier) -> None:
            barrier.wait()
            actions.add_account(**HOW, code=code, nature="expense", label_en=code)

        return work

    with transaction.atomic(), CaptureQueriesContext(connection) as asked, steady():
        assert looks(read, chart) is before
        assert together(add_meanwhile("9991")) == [None]
        assert looks(read, chart) is before
        # Something that was not kept yet is read as it is now, and not kept for those who will see the same stamp.
        assert "9991" in looks(read, chart, "other")
        actions.add_account(**HOW, code="9992", nature="expense", label_en="Own")
        assert {"9991", "9992"} <= set(looks(read, chart))
    assert looks(read, chart) == looks(read, chart, "other") == sorted([*before, "9991", "9992"])
    assert read == ["all", "other", "all", "other"]
    looked = [each["sql"] for each in asked.captured_queries if "FROM kit_stamp GROUP BY" in each["sql"]]
    assert len(looked) == len(["first", "after its own change"])


@pytest.mark.django_db
def test_a_steady_block_sees_what_a_savepoint_or_a_block_within_it_did_and_took_back() -> None:
    read: list[str] = []
    chart: Lasting[str, list[str]] = Lasting("ledger.chart")
    with transaction.atomic(), steady():
        before = looks(read, chart)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            actions.add_account(**HOW, code="9993", nature="expense", label_en="Taken back")
            assert "9993" in looks(read, chart)
            raise ZeroDivisionError
        assert looks(read, chart) == before
        with steady():
            actions.add_account(**HOW, code="9994", nature="expense", label_en="Stays")
        assert looks(read, chart) == sorted([*before, "9994"])


def test_rows_are_written_as_json_word_for_word() -> None:
    ref, madrid = Ref("deal", UUID(int=1)), timezone(timedelta(seconds=-884))
    said = {
        "refs": (ref,),
        "at": datetime(1900, 1, 1, tzinfo=madrid),
        "day": date(2026, 1, 1),
        "price": Decimal("1.10"),
        "id": ref.id,
        7: Named(1, 2),
    }
    assert json.loads(json_text(said)) == {
        "refs": [str(ref)],
        "at": "1900-01-01T00:00:00-00:14:44",
        "day": "2026-01-01",
        "price": "1.10",
        "id": str(ref.id),
        "7": [1, 2],
    }
    with pytest.raises(TypeError):
        json_text({"many": 2**70})


def test_a_compiled_query_finds_what_it_was_put_together_from_with_other_values(shop: Shop) -> None:
    made = sorted([shop.acme, shop.globex], key=lambda row: row.pk)
    query: Compiled[Company] = Compiled(
        lambda of, since: Company.objects.filter(Among(F("pk"), Value(of)), created_at__lte=since).order_by("pk")
    )
    late, early = AT + timedelta(days=400), AT - timedelta(days=4000)
    # The first values are one object in two places, and an empty list: the places are told apart all the same.
    assert query.rows(of=[], since=late) == []
    for _ in range(2):
        assert query.rows(of=[row.pk for row in made], since=late) == made
    assert query.rows(of=[made[1].pk], since=late) == made[1:]
    assert query.rows(of=[row.pk for row in made], since=early) == []
    assert query.rows(of=[made[0].pk], since=late)[0].custom == made[0].custom
    forgetful: Compiled[Company] = Compiled(lambda of, **_: Company.objects.filter(Among(F("pk"), Value(of))))
    with pytest.raises(TypeError, match="does not take since"):
        forgetful.rows(of=[made[0].pk], since=late)
    wider: Compiled[Company] = Compiled(
        lambda of: Company.objects.filter(Among(F("pk"), Value(of))).annotate(x=F("name"))
    )
    with pytest.raises(TypeError, match="whole rows"):
        wider.rows(of=[])
