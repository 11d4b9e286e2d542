"""What the database answers over the real marts is what the slow reference finds in the same rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caudal.core.journal import Entry, Posting
from caudal.core.metrics import REGISTRY
from caudal.core.metrics.reference import DatedRate, Facts, evaluate_metric
from caudal.core.money import Currency, Money
from caudal.core.periods import Grain
from caudal.crm import actions as crm
from caudal.crm.actions import CloseDraft, ConversionDraft, DealDraft, LeadDraft, StageStep
from caudal.insights.queries import measure, question
from caudal.insights.queries.binding import moments as moments_of
from caudal.insights.queries.binding import shape_of
from caudal.kit.access import SYSTEM
from caudal.kit.marts import ColumnKind, marts
from caudal.ledger.actions import EntryDraft, post_entries, set_up_chart
from caudal.workspace.queries import RATE_DAYS_MAX
from tests.insights.shop import AT, day, rate
from tests.world import Shop

pytestmark = pytest.mark.django_db

OWNERS = ("rosa", "raul", None)
moments = st.integers(0, 80).map(lambda count: day("1-5", 23) + timedelta(days=count))
deals = st.fixed_dictionaries(
    {
        "owner": st.sampled_from(OWNERS),
        "pillar": st.sampled_from(["saas", "courses"]),
        "opened": moments | st.none(),
        "lasted": st.integers(0, 50),
        "outcome": st.sampled_from(["won", "won", "lost", None]),
        "amount": st.none() | st.tuples(st.integers(0, 200_000), st.sampled_from(["EUR", "EUR", "USD", "JPY"])),
    }
)
leads = st.fixed_dictionaries(
    {
        "owner": st.sampled_from(OWNERS),
        "channel": st.sampled_from(["web", "fair", ""]),
        "captured": moments,
        "converts": st.none() | st.integers(0, 40),
    }
)
SOURCES = {one.id: {each.source for each in moments_of(one)} for one in REGISTRY.metrics.values()}
CRM = [one for one in REGISTRY.metrics.values() if SOURCES[one.id] <= {"leads", "deals"}]
BOOKS = [
    one for one in REGISTRY.metrics.values() if "postings" in SOURCES[one.id] and "documents" not in SOURCES[one.id]
]
"""What the worlds of these tests have facts of; the world of billing has those of the others."""
RATES = (("USD", date(2026, 1, 10), "0.9"), ("USD", date(2026, 2, 1), "0.8"), ("USD", date(2026, 2, 4), "1.1"))


def store(shop: Shop, world: dict[str, Any]) -> None:
    """Do what the world says through the actions that pages call."""
    for currency, on, value in RATES:
        rate(currency, "EUR", on, value)
    drafts = [deal_draft(shop, f"Deal {place}", one) for place, one in enumerate(world["deals"])]
    crm.open_deals(actor=SYSTEM, as_of=AT, deals=drafts)
    captured = crm.capture_leads(
        actor=SYSTEM,
        as_of=AT,
        leads=[
            LeadDraft(
                name=f"Lead {place}",
                captured_at=one["captured"],
                channel=one["channel"],
                owner_id=getattr(shop, one["owner"]).pk if one["owner"] else None,
            )
            for place, one in enumerate(world["leads"])
        ],
    )
    for found, one in zip(captured, world["leads"], strict=True):
        if one["converts"] is not None:
            at = one["captured"] + timedelta(days=one["converts"])
            crm.convert_lead(
                actor=SYSTEM,
                as_of=AT,
                conversion=ConversionDraft(
                    lead_id=found.lead.pk, converted_at=at, deal=DealDraft(name="Deal", opened_at=at)
                ),
            )


def deal_draft(shop: Shop, name: str, one: dict[str, Any]) -> DealDraft:
    begun = one["opened"] or day("1-7")  # when it came into its stage, of a deal whose opening nobody knows
    closed = begun + timedelta(days=one["lasted"])
    return DealDraft(
        name=name,
        opened_at=one["opened"],
        owner_id=getattr(shop, one["owner"]).pk if one["owner"] else None,
        stages=(StageStep(stage_id=shop.stages(one["pillar"])[0].pk, entered_at=begun),),
        amount=Money(one["amount"][0], Currency(one["amount"][1])) if one["amount"] else None,
        close=CloseDraft(outcome=one["outcome"], closed_at=closed) if one["outcome"] else None,
    )


@contextmanager
def undone() -> Iterator[None]:
    """Run a block whose writes are taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def facts() -> Facts:
    """The rows of the marts as Python reads them, with amounts in major units."""
    names = list(REGISTRY.sources)
    return Facts(
        rows={name: rows_of(name) for name in names},
        schemas={name: shape_of(name).schema for name in names},
        rates=[DatedRate(base, "EUR", on, Fraction(value)) for base, on, value in RATES],
        rate_days_max=RATE_DAYS_MAX,
    )


def rows_of(name: str) -> list[dict[str, Any]]:
    mart = marts()[name]
    with connection.cursor() as cursor:
        cursor.execute(mart.sql)
        columns = [column.name for column in cursor.description or ()]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        for column, kind in mart.columns.items():
            if kind.kind is ColumnKind.ID:
                row[column] = None if row[column] is None else str(row[column])
                row.setdefault(column.removesuffix("_id"), row[column])
            if kind.kind is ColumnKind.MONEY and row[column] is not None:
                row[column] = Fraction(row[column], Currency(row[kind.currency]).minor_per_major)
            if isinstance(row[column], Decimal):
                row[column] = Fraction(row[column])
        row["ref"] = row[mart.kind] = row[mart.ref]
    return rows


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    world=st.fixed_dictionaries({"deals": st.lists(deals, max_size=9), "leads": st.lists(leads, max_size=6)}),
    start=st.dates(date(2026, 1, 1), date(2026, 4, 1)),
    days=st.integers(1, 150),
    grain=st.sampled_from([None, Grain.WEEK, Grain.MONTH, Grain.QUARTER]),
    by=st.sampled_from([(), ("owner",), ("pillar", "team")]),
    where=st.sampled_from(["", 'pillar = "saas"', "owner is empty or team is not empty"]),
)
def test_the_marts_and_the_reference_agree_on_a_company_made_by_actions(
    shop: Shop,
    world: dict[str, Any],
    start: date,
    days: int,
    grain: Grain | None,
    by: tuple[str, ...],
    where: str,
) -> None:
    with undone():
        store(shop, world)
        known = facts()
        for one in CRM:
            asked = question(
                SYSTEM, one.id, as_of=AT, start=start, end=start + timedelta(days=days), grain=grain, by=by, where=where
            )
            answers = evaluate_metric(one, asked, known)
            expected = {(each.period, each.dimensions): (each.value, each.missing) for each in answers}
            got = measure(SYSTEM, one.id, asked)
            assert {(row.period.start, row.dimensions): (row.value, row.missing) for row in got.rows} == expected, (
                one.id
            )


postings = st.fixed_dictionaries(
    {
        "day": st.dates(date(2026, 1, 1), date(2026, 3, 31)),
        "account": st.sampled_from(["4000", "5000", "6010", "6130", "6220", "6400", "1200"]),
        "against": st.sampled_from(["1000", "1050", "2000"]),
        "amount": st.tuples(st.integers(-90_000, 90_000).filter(bool), st.sampled_from(["EUR", "EUR", "USD", "JPY"])),
        "pillar": st.sampled_from(["saas", "courses", ""]),
        "channel": st.sampled_from(["web", "fair", ""]),
    }
)


def draft_of(shop: Shop, place: int, one: dict[str, Any]) -> EntryDraft:
    amount = Money(one["amount"][0], Currency(one["amount"][1]))
    about = {"channel": one["channel"]} | ({"pillar": str(shop.pillars[one["pillar"]].pk)} if one["pillar"] else {})
    lines = (Posting(one["account"], amount, about), Posting(one["against"], -amount, about))
    return EntryDraft(f"cost:{place}", Entry(one["day"], lines))


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    lines=st.lists(postings, min_size=6, max_size=12),
    world=st.fixed_dictionaries({"deals": st.lists(deals, max_size=3), "leads": st.lists(leads, max_size=3)}),
    by=st.sampled_from([(), ("pillar",)]),
    where=st.sampled_from(["", 'pillar = "saas"']),
)
def test_the_books_and_the_reference_agree_on_what_was_posted(
    shop: Shop, lines: list[dict[str, Any]], world: dict[str, Any], by: tuple[str, ...], where: str
) -> None:
    with undone():
        store(shop, world)
        set_up_chart(actor=SYSTEM, as_of=AT)
        post_entries(actor=SYSTEM, as_of=AT, drafts=[draft_of(shop, place, one) for place, one in enumerate(lines)])
        known = facts()
        days: dict[str, Any] = {"start": date(2026, 1, 10), "end": date(2026, 4, 1), "grain": Grain.MONTH}
        for one in BOOKS:
            asked = question(SYSTEM, one.id, as_of=AT, **days, by=by, where=where)
            expected = {
                (each.period, each.dimensions): (each.value, each.missing)
                for each in evaluate_metric(one, asked, known)
            }
            got = measure(SYSTEM, one.id, asked)
            assert {(row.period.start, row.dimensions): (row.value, row.missing) for row in got.rows} == expected, (
                one.id
            )
