"""Pages of numbers: every figure opens into its records, and nobody sees more than their own."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.test import Client

from caudal.core.money import Money
from caudal.crm import actions
from caudal.crm.actions import CloseDraft, DealDraft
from caudal.kit.access import SYSTEM
from caudal.kit.world import fixed_world, use
from tests.world import AT, Shop

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
pytestmark = pytest.mark.django_db


@pytest.fixture
def sold(shop: Shop) -> Shop:
    """Rosa won two deals in April and lost one in May; Raúl won one in May."""
    stages = shop.pipelines["saas"]
    for name, owner, days, outcome in (
        ("Rosa one", shop.rosa, 40, "won"),
        ("Rosa two", shop.rosa, 45, "won"),
        ("Rosa three", shop.rosa, 70, "lost"),
        ("Raul one", shop.raul, 75, "won"),
    ):
        actions.open_deal(
            actor=SYSTEM,
            as_of=AT,
            deal=DealDraft(
                name=name,
                pipeline_id=stages.pk,
                owner_id=owner.pk,
                amount=Money.of("1000", "EUR"),
                opened_at=AT,
                close=CloseDraft(outcome=outcome, closed_at=AT + timedelta(days=days)),
            ),
        )
    return shop


def page(shop: Shop, who: str, address: str, status: int = 200) -> str:
    client = Client(headers={"host": "localhost"})
    client.force_login(getattr(shop, who), backend=BACKEND)
    with use(fixed_world(at=NOW)):
        answer = client.get(address)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def test_the_catalogue_lists_every_metric_and_leads_to_it(sold: Shop) -> None:
    said = page(sold, "ana", "/measure")
    assert 'href="/measure/win_rate"' in said
    assert "Leads captured in the period." in said


def test_a_figure_leads_to_the_records_that_make_it(sold: Shop) -> None:
    # Closed in April (AT is 2 March): days 40 and 45, both won by Rosa; in May: one lost, one won.
    said = page(sold, "ana", "/measure/deals_closed?grain=month&from=2026-04-01&to=2026-06-01")
    assert "/measure/deals_closed/rows?from=2026-04-01&to=2026-05-01" in said
    behind = page(sold, "ana", "/measure/deals_closed/rows?from=2026-04-01&to=2026-05-01")
    assert [name in behind for name in ("Rosa one", "Rosa two", "Rosa three", "Raul one")] == [True, True, False, False]
    assert '<strong class="num">2</strong>' in behind


def test_a_rep_counts_and_opens_the_own_deals_only(sold: Shop) -> None:
    behind = page(sold, "rosa", "/measure/deals_closed/rows?from=2026-04-01&to=2026-06-01")
    assert '<strong class="num">2</strong>' in behind
    assert "Raul one" not in behind


def test_a_number_broken_down_keeps_its_dimension_on_the_way_to_the_records(sold: Shop) -> None:
    said = page(sold, "ana", "/measure/deals_closed?by=owner&from=2026-04-01&to=2026-06-01")
    assert "/measure/deals_closed/rows?from=2026-04-01&to=2026-06-01&by=owner&is=Rosa" in said
    behind = page(sold, "ana", "/measure/deals_closed/rows?from=2026-04-01&to=2026-06-01&by=owner&is=Rosa")
    assert '<strong class="num">2</strong>' in behind
    assert "Raul one" not in behind


def test_a_filter_that_cannot_be_read_says_where_and_keeps_what_was_typed(sold: Shop) -> None:
    said = page(sold, "ana", "/measure/deals_closed?grain=month&where=nosuch+%3E+5")
    assert "nosuch" in said
    assert 'value="nosuch > 5"' in said


def test_an_unknown_metric_is_not_found_and_the_nearest_is_named(sold: Shop) -> None:
    assert "win_rate" in page(sold, "ana", "/measure/win_rat", status=404)
