"""Half a March: a company at a hundredth of the plan, looked at on Monday 16 March 2026 at midnight in Madrid.

March 2026 has 22 weekdays, of which 10 are gone by then: 5/11 of the working time.

- 40 leads this month, 6 of which became deals that are still open (and 30 leads in each of January and February);
- 3 deals won for 4,000 dollars each and 7 lost, all opened 20 days before they closed, in March.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest
from pytest_django.plugin import DjangoDbBlocker

from caudal.core.money import Money
from caudal.crm.actions import (
    CloseDraft,
    ConversionDraft,
    DealDraft,
    LeadDraft,
    capture_leads,
    convert_leads,
    open_deals,
)
from caudal.kit.access import SYSTEM, Actor, ActorKind
from caudal.plan.actions import adopt_plan
from caudal.plan.queries import plan_path
from caudal.workspace.actions import found_company
from tests.kept import World, built

FOUNDED: Final = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)
NOW: Final = datetime(2026, 3, 15, 23, 0, tzinfo=UTC)
FIRST: Final = date(2026, 1, 1)
ESTRATEGIA: Final = plan_path("estrategia").read_bytes()
DAY: Final = timedelta(days=1)


def staff(role: str) -> Actor:
    return Actor(kind=ActorKind.STAFF, id=f"member_{role}", name=role, roles=frozenset({role}), zone="Europe/Madrid")


def found(*, currency: str = "USD", country: str = "") -> None:
    found_company(
        actor=SYSTEM,
        as_of=FOUNDED,
        company="Ana's course shop",
        currency=currency,
        zone="Europe/Madrid",
        country=country,
    )
    adopt_plan(actor=SYSTEM, as_of=FOUNDED, text=ESTRATEGIA, version="demo", starts_on=FIRST)


def work() -> None:
    noon = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
    captured = [noon + timedelta(hours=6 * place) for place in range(40)]  # until the night of 13 March
    earlier = [datetime(2026, month, 10, 9, place, tzinfo=UTC) for month in (1, 2) for place in range(30)]
    found = capture_leads(
        actor=SYSTEM,
        as_of=NOW,
        leads=[
            LeadDraft(name=f"Lead {place}", captured_at=at, channel="webinar")
            for place, at in enumerate([*captured, *earlier])
        ],
    )
    convert_leads(
        actor=SYSTEM,
        as_of=NOW,
        conversions=[
            ConversionDraft(
                lead_id=each.lead.pk,
                converted_at=each.lead.captured_at + DAY,
                deal=DealDraft(name=each.lead.name, opened_at=each.lead.captured_at + DAY),
            )
            for each in found[:6]
        ],
    )
    closed = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    open_deals(
        actor=SYSTEM,
        as_of=NOW,
        deals=[
            DealDraft(
                name=f"Deal {place}",
                opened_at=closed - 20 * DAY,
                amount=Money.of("4000", "USD"),
                close=CloseDraft(
                    outcome="won" if place < 3 else "lost",
                    closed_at=closed,
                    reason="" if place < 3 else "price",
                ),
            )
            for place in range(10)
        ],
    )


@pytest.fixture(scope="session")
def world_of_founding(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World[None]]:
    """The company with its plan, founded once by each process."""
    with django_db_blocker.unblock(), built("founding", found) as world:
        yield world


@pytest.fixture(scope="session")
def world_of_march(world_of_founding: World[None], django_db_blocker: DjangoDbBlocker) -> Iterator[World[None]]:
    """Half a March of it."""
    with django_db_blocker.unblock(), built("march", work, on=world_of_founding) as world:
        yield world


@pytest.fixture
def founded(db: None, world_of_founding: World[None]) -> None:
    """The company with its plan, where nothing happened yet."""


@pytest.fixture
def worked(db: None, world_of_march: World[None]) -> None:
    """The company in the middle of March."""
