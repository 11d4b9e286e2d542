"""Pages of numbers: every figure opens into its records, and nobody sees more than their own."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from caudal.core.metrics import REGISTRY
from caudal.core.money import Money
from caudal.crm import actions
from caudal.crm.actions import CloseDraft, DealDraft
from caudal.insights.queries import written
from caudal.insights.views import addresses, records
from caudal.kit.access import SYSTEM
from caudal.kit.world import fixed_world, use
from tests.insights.shop import deal
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


def test_the_catalogue_shows_the_last_whole_month_and_leads_to_its_records(sold: Shop) -> None:
    said = page(sold, "ana", "/measure")  # on 15 June: in May one deal was won and one lost
    assert "/measure/win_rate/rows?from=2026-05-01&to=2026-06-01" in said
    assert ">50%</a>" in said
    assert "May 2026" in said


def test_a_metric_shows_its_definition_and_what_explains_it(sold: Shop) -> None:
    said = page(sold, "ana", "/measure/win_rate")
    assert "deals_closed / (deals_closed + deals_lost)" in said
    assert 'href="/measure/deals_lost"' in said
    # Nothing was asked: the months since June of last year. Three of four deals were won.
    assert ">75%</a>" in said
    assert "Win rate fell from 100% in Apr 2026 to 50% in May 2026" in said


def test_a_page_speaks_spanish_also_about_a_wrong_filter(sold: Shop) -> None:
    client = Client(headers={"host": "localhost"})
    client.force_login(sold.ana, backend=BACKEND)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    with use(fixed_world(at=NOW)):
        said = unescape(client.get("/measure/win_rate?grain=month&where=ownr+%3D+1").content.decode())
    assert "No hay ningún campo «ownr»" in said
    assert "Tasa de cierre" in said


def test_what_a_rate_lacks_is_said_on_the_page_and_beside_the_record(sold: Shop) -> None:
    deal("Pounds", sold.rosa, "100.00", "GBP", won="5-4")
    said = page(sold, "ana", "/measure/revenue_won?grain=month&from=2026-05-01")
    assert "There is no rate from GBP to EUR for 2026-05-04. Records left out: 1." in said
    behind = page(sold, "ana", "/measure/revenue_won/rows?from=2026-05-01&to=2026-06-01")
    assert "1 record has no value to count" in behind
    assert "no value to count" in behind


def test_a_manager_counts_records_that_cannot_be_opened(sold: Shop) -> None:
    behind = page(sold, "marta", "/measure/deals_closed/rows?from=2026-04-01&to=2026-06-01")
    assert '<strong class="num">3</strong>' in behind
    assert behind.count("out of your reach</th>") == 1
    assert "Raul one" not in behind


@pytest.mark.parametrize(
    "asked",
    [
        "from=soon",
        "grain=decade",
        "by=owner",
        "by=owner&is=Rosa&is=Ana",
        "first=-1",
        "age=old",
        "first=99999999999999999999",
    ],
)
def test_an_address_that_cannot_be_read_is_refused(sold: Shop, asked: str) -> None:
    page(sold, "ana", f"/measure/deals_closed/rows?{asked}", status=422)


def test_a_cell_that_nobody_asked_for_is_not_found(sold: Shop) -> None:
    page(sold, "ana", "/measure/deals_closed/rows?from=2026-04-01&by=owner&is=Nobody", status=404)


def test_pages_of_records_follow_each_other(sold: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "RECORDS", 2)
    asked = "from=2026-04-01&to=2026-06-01"
    first = page(sold, "ana", f"/measure/deals_closed/rows?{asked}")
    assert "Raul one" not in first
    assert f'href="?{asked}&first=2"' in first
    assert "Raul one" in page(sold, "ana", f"/measure/deals_closed/rows?{asked}&first=2")


def test_more_records_cost_no_more_statements(sold: Shop) -> None:
    def statements(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            page(sold, "marta", address)
        return len(captured)

    addresses = ("/measure/revenue_won?grain=month&by=owner", "/measure/revenue_won/rows?from=2026-04-01")
    before = [statements(address) for address in addresses]
    for number in range(20):
        deal(f"More {number}", sold.rosa, "10.00", won="5-5")
    assert [statements(address) for address in addresses] == before


@given(value=st.none() | st.text())
def test_a_value_of_a_dimension_survives_the_address(value: str | None) -> None:
    assert addresses.read(REGISTRY.metrics["win_rate"], "owner", written(value)) == value
