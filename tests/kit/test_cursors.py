"""Lists in pages: nothing skipped, nothing twice, and no cursor that breaks anything."""

import json
from base64 import urlsafe_b64encode
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caudal.core.money import Money
from caudal.crm import actions, queries
from caudal.crm.actions import DealDraft
from caudal.crm.models import Deal
from caudal.crm.queries import DEAL_ORDERS
from caudal.kit.access import SYSTEM
from caudal.kit.cursors import CursorUnreadable
from tests.world import AT, Shop

DAY = timedelta(days=1)
SOME_ID = "01890a5d-ac96-774b-bcce-b302099a8057"


def many_deals(count: int) -> None:
    """Deals of which many have the same name, amount or day, and some none."""
    actions.open_deals(
        actor=SYSTEM,
        as_of=AT,
        deals=[
            DealDraft(
                name=f"Deal {n % 3}",
                opened_at=AT + n % 4 * DAY if n % 5 else None,
                amount=Money.of(n % 4, "EUR") if n % 3 else None,
                expected_close_date=AT.date() + n % 2 * DAY if n % 7 else None,
            )
            for n in range(count)
        ],
    )


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("order", DEAL_ORDERS)
@pytest.mark.parametrize("limit", [1, 3, 7, 200])
def test_walking_the_pages_of_any_order_shows_every_row_once_and_in_that_order(order: str, limit: int) -> None:
    many_deals(23)
    seen: list[Deal] = []
    cursor, more = None, True
    while more:
        found = queries.deals(SYSTEM, order=order, cursor=cursor, limit=limit)
        seen += found.rows
        cursor, more = found.next, found.next is not None
    whole = Deal.objects.order_by(*DEAL_ORDERS[order].terms(Deal))
    assert [deal.pk for deal in seen] == [deal.pk for deal in whole]
    assert len(seen) == 23


@pytest.mark.usefixtures("shop")
def test_a_row_that_comes_in_ahead_does_not_move_the_next_page() -> None:
    many_deals(10)
    first = queries.deals(SYSTEM, limit=4)
    expected = [deal.pk for deal in queries.deals(SYSTEM, limit=8).rows[4:]]
    actions.open_deal(actor=SYSTEM, as_of=AT, deal=DealDraft(name="Newest", opened_at=AT + 99 * DAY))
    assert [deal.pk for deal in queries.deals(SYSTEM, cursor=first.next, limit=4).rows] == expected


def forged(*parts: object) -> str:
    return urlsafe_b64encode(json.dumps(parts).encode()).decode()


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "ñ",
        "////",
        forged("amount", 5, "x"),
        forged("newest"),
        forged("newest", AT.isoformat(), "no id"),
        forged("newest", "2026-01-01T00:00:00", SOME_ID),
        forged("newest", "\0", SOME_ID),
        forged("newest", 5, SOME_ID),
        forged("newest", {"a": 1}, SOME_ID),
        forged("newest", True, None),
    ],
)
def test_a_cursor_of_another_list_or_of_nobody_is_refused(cursor: str) -> None:
    with pytest.raises(CursorUnreadable):
        queries.deals(SYSTEM, cursor=cursor)


@given(
    parts=st.lists(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.uuids().map(str)), max_size=4
    )
)
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_forged_cursor_does_more_than_be_refused_or_begin_somewhere(shop: Shop, parts: list[object]) -> None:
    assert shop.settings.name
    for order in ("amount", "newest"):
        with suppress(CursorUnreadable):
            queries.deals(SYSTEM, order=order, cursor=forged(order, *parts))
