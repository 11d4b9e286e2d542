"""The published tables: a tiny worked example, and nothing of what was deleted."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from caudal.core.money import Money
from caudal.crm import actions
from caudal.crm.actions import CloseDraft, ConversionDraft, DealDraft, LeadDraft, StageStep
from caudal.crm.marts import MARTS
from caudal.kit.access import SYSTEM
from caudal.kit.marts import ColumnKind, Mart, marts
from tests.world import AT, Shop

DAY = timedelta(days=1)


def rows_of(name: str) -> list[dict[str, Any]]:
    mart = marts()[name]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({mart.sql}) AS mart ORDER BY {mart.ref}")  # noqa: S608  our own words
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart.name)
def test_a_mart_has_exactly_the_columns_that_it_declares(mart: Mart) -> None:
    with connection.cursor() as cursor:
        cursor.execute(mart.sql)
        assert [column.name for column in cursor.description or ()] == list(
            dict.fromkeys(column.name for column in cursor.description or ())
        )
        assert {column.name for column in cursor.description or ()} == set(mart.columns)
    assert {mart.ref, mart.owner} <= set(mart.columns)
    for column in mart.columns.values():
        assert (column.kind is ColumnKind.MONEY) == bool(column.currency)


def test_deals_say_how_they_ended_and_how_long_it_took_in_days_of_the_company(shop: Shop) -> None:
    # Opened at 23:30 UTC on 30 January, which is 31 January in Madrid; closed on 2 March there: 30 days.
    opened, closed = datetime(2026, 1, 30, 23, 30, tzinfo=UTC), datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    won, lost, still = actions.open_deals(
        actor=SYSTEM,
        as_of=AT,
        deals=[
            DealDraft(
                name="Won",
                opened_at=opened,
                amount=Money.of("1188", "EUR"),
                company_id=shop.acme.pk,
                owner_id=shop.rosa.pk,
                product_id=shop.products["professional"].pk,
                close=CloseDraft(outcome="won", closed_at=closed, reason="value"),
            ),
            DealDraft(name="Lost", opened_at=None, close=CloseDraft(outcome="lost", closed_at=closed, reason="price")),
            DealDraft(name="Open", opened_at=AT, amount=Money.of("70", "USD")),
        ],
    )
    gone = actions.open_deal(actor=SYSTEM, as_of=AT, deal=DealDraft(name="Gone", opened_at=AT))
    actions.delete_deal(actor=SYSTEM, as_of=AT, deal_id=gone.pk)
    found = {row["id"]: row for row in rows_of("deals")}
    assert set(found) == {won.pk, lost.pk, still.pk}
    expected = {
        "outcome": "won",
        "won": True,
        "lost": False,
        "is_open": False,
        "loss_reason": None,
        "amount": 118800,
        "currency": "EUR",
        "cycle_days": Decimal(30),
        "closed_date": closed.date(),
        "pillar": "saas",
        "stage": "Qualification",
        "forecast_category": "closed",
        "probability": Decimal(1),
        "owner_id": shop.rosa.pk,
        "owner": "Rosa",
        "team": "Sales north",
        "company": "Acme",
        "product": "Professional",
        "channel": None,
    }
    assert {name: found[won.pk][name] for name in expected} == expected
    # Nobody knows when it was opened, so that it has no length.
    assert (found[lost.pk]["cycle_days"], found[lost.pk]["loss_reason"], found[lost.pk]["amount"]) == (
        None,
        "price",
        None,
    )
    assert (found[still.pk]["outcome"], found[still.pk]["is_open"], found[still.pk]["probability"]) == (
        "open",
        True,
        Decimal("0.1"),
    )


def test_leads_say_what_became_of_them(shop: Shop) -> None:
    drafts = [
        LeadDraft(name=name, channel="Fair", captured_at=AT, pillar_id=shop.pillars["saas"].pk)
        for name in ("A", "B", "C", "D")
    ]
    converted, spam, _, gone = (each.lead.pk for each in actions.capture_leads(actor=SYSTEM, as_of=AT, leads=drafts))
    deal = DealDraft(name="x", opened_at=AT)
    conversion = actions.convert_lead(
        actor=SYSTEM,
        as_of=AT,
        conversion=ConversionDraft(lead_id=converted, converted_at=AT + 6 * DAY, deal=deal),
    )
    actions.disqualify_lead(actor=SYSTEM, as_of=AT + DAY, lead_id=spam, reason="spam")
    actions.delete_lead(actor=SYSTEM, as_of=AT, lead_id=gone)
    found = rows_of("leads")
    assert sorted(row["state"] for row in found) == ["converted", "disqualified", "open"]
    by_state = {row["state"]: row for row in found}
    assert (by_state["converted"]["deal_id"], by_state["converted"]["converted_at"]) == (
        conversion.deal_id,
        AT + 6 * DAY,
    )
    assert (by_state["disqualified"]["disqualify_reason"], by_state["open"]["channel"]) == ("spam", "Fair")
    # The deal inherits the channel of the lead that it came from.
    assert [row["channel"] for row in rows_of("deals")] == ["Fair"]


def test_stays_say_how_long_a_stage_held_a_deal(shop: Shop) -> None:
    first, second, *_ = shop.stages("saas")
    steps = (
        StageStep(stage_id=first.pk, entered_at=AT - 10 * DAY),
        StageStep(stage_id=second.pk, entered_at=AT - timedelta(days=7, hours=12)),
    )
    deal = actions.open_deal(actor=SYSTEM, as_of=AT, deal=DealDraft(name="x", opened_at=AT - 10 * DAY, stages=steps))
    # Ten days less seven and a half; the other has not ended.
    stays = sorted(rows_of("stage_stays"), key=lambda row: row["entered_at"])
    assert [(row["deal_id"], row["stage"], row["days"]) for row in stays] == [
        (deal.pk, "Qualification", Decimal("2.5")),
        (deal.pk, "Demo", None),
    ]
