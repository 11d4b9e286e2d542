"""What is kept in memory while its tables stand, and queries that are put into SQL once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F, Value

from caudal.crm.models import Company
from caudal.kit.access import SYSTEM, Among
from caudal.kit.compiled import Compiled
from caudal.kit.lasting import Lasting
from caudal.ledger import actions
from caudal.ledger.models import Account
from caudal.ledger.queries import accounts_by_code
from tests.world import AT, Shop

HOW: dict[str, Any] = {"actor": SYSTEM, "as_of": datetime(2026, 3, 2, 9, tzinfo=UTC)}


def looks(read: list[str], lasting: Lasting[list[str]], key: str = "all") -> list[str]:
    def codes() -> list[str]:
        read.append(key)
        return sorted(Account.objects.values_list("code", flat=True))

    return lasting.get(key, codes)


@pytest.mark.django_db
def test_what_is_kept_is_what_a_query_would_find_whatever_is_written_and_taken_back() -> None:
    read: list[str] = []
    chart: Lasting[list[str]] = Lasting("ledger.chart")
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
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_account WHERE code = '9991'")
    assert looks(read, chart) == before
    assert "9991" not in accounts_by_code()


@pytest.mark.django_db
def test_only_so_much_is_kept_and_nothing_of_tables_that_nobody_stamps() -> None:
    read: list[str] = []
    chart: Lasting[list[str]] = Lasting("ledger.chart", most=2)
    for key in ("a", "b", "a", "c", "a", "b"):
        looks(read, chart, key)
    assert read == ["a", "b", "c", "b"]
    read.clear()
    unknown: Lasting[list[str]] = Lasting("nobody.knows")
    looks(read, unknown)
    looks(read, unknown)
    assert read == ["all", "all"]


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
