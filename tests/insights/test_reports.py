"""The report role reads the marts as views, in major units, and nothing else."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from caudal.insights.actions import publish_views, withdraw_views
from caudal.insights.queries import public_marts
from caudal.kit.postgres import Role, Server
from tests.insights.shop import deal, fill
from tests.world import Shop

pytestmark = pytest.mark.django_db


def told(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def become_report(postgres: Server) -> None:
    """Run the rest of the test with the rights of the report role."""
    with connection.cursor() as cursor:
        cursor.execute(f'SET LOCAL ROLE "{postgres.cluster.credentials().users[Role.REPORT]}"')


def test_every_mart_is_a_view_that_the_report_role_reads_in_major_units(shop: Shop, postgres: Server) -> None:
    fill(shop)
    deal("Sushi", shop.rosa, "5000", "JPY", won="4-2")
    assert publish_views() == tuple(mart.name for mart in public_marts())
    become_report(postgres)
    amounts = told("SELECT name, amount, currency FROM report.deals WHERE won ORDER BY closed_at")
    assert amounts == [
        ("Acme", Decimal(1000), "EUR"),
        ("Globex", Decimal("200.5"), "EUR"),
        ("Initech", Decimal(1000), "USD"),
        ("Hooli", Decimal(70), "EUR"),
        ("Sushi", Decimal(5000), "JPY"),
    ]
    assert told("SELECT count(*) FROM report.leads") == [(4,)]
    assert told("SELECT count(*) FROM report.stage_stays") == [(10,)]  # 8 deals, and those that Ada and Cid became


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM workspace_member",
        "SELECT * FROM crm_deal",
        "TRUNCATE crm_deal",
        "CREATE VIEW report.mine AS SELECT 1",
        "DROP VIEW report.deals",
    ],
)
def test_the_report_role_may_do_nothing_else(db: None, postgres: Server, statement: str) -> None:
    publish_views()
    become_report(postgres)
    with pytest.raises(ProgrammingError), transaction.atomic():
        told(statement)


def test_views_are_made_again_only_when_their_marts_changed(db: None) -> None:
    everything = publish_views()
    assert publish_views() == ()
    with connection.cursor() as cursor:
        cursor.execute("COMMENT ON VIEW report.deals IS 'of an earlier version'")
        cursor.execute("CREATE VIEW report.former AS SELECT 1 AS one")
    assert publish_views() == ("deals", "former")
    assert told("SELECT count(*) FROM pg_views WHERE schemaname = 'report'") == [(len(everything),)]


def test_the_tables_may_change_while_the_views_are_away(db: None) -> None:
    change = "ALTER TABLE crm_deal ALTER COLUMN name TYPE varchar(250)"
    publish_views()
    with pytest.raises(Exception, match="used by a view"), transaction.atomic():
        told(change)
    withdraw_views()
    with connection.cursor() as cursor:
        cursor.execute(change)
    assert "deals" in publish_views()
