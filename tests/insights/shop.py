"""Deals and leads of Ana's course shop, few enough that every number can be worked out by hand."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from pytest_django.plugin import DjangoDbBlocker

from caudal.core.money import FxRate, Money
from caudal.crm import actions as crm
from caudal.crm.actions import CloseDraft, ConversionDraft, DealDraft, LeadDraft
from caudal.kit.access import SYSTEM
from caudal.workspace import actions as workspace
from caudal.workspace.models import Member
from tests.kept import World, built
from tests.world import Shop

AT = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def day(text: str, hour: int = 12) -> datetime:
    """An hour of a day of 2026, in UTC."""
    month, number = text.split("-")
    return datetime(2026, int(month), int(number), hour, tzinfo=UTC)


def rate(base: str, quote: str, on: date, value: str) -> None:
    """Add one dated rate."""
    workspace.add_rates(actor=SYSTEM, as_of=AT, rates=[FxRate.of(base, quote, on, value)], source="test")


def deal(
    name: str,
    owner: Member | None,
    amount: str | None,
    currency: str = "EUR",
    *,
    opened: str = "1-10",
    won: str = "",
    lost: str = "",
    hour: int = 12,
) -> None:
    """Open a deal, and close it on a day if one is given."""
    closed = won or lost
    crm.open_deal(
        actor=SYSTEM,
        as_of=AT,
        deal=DealDraft(
            name=name,
            opened_at=day(opened),
            owner_id=owner.pk if owner else None,
            amount=Money.of(amount, currency) if amount is not None else None,
            close=CloseDraft(outcome="won" if won else "lost", closed_at=day(closed, hour)) if closed else None,
        ),
    )


def lead(name: str, owner: Member | None, captured: str, channel: str = "web", converted: str = "") -> None:
    """Capture a lead, and make it a deal on a day if one is given."""
    found = crm.capture_lead(
        actor=SYSTEM,
        as_of=AT,
        lead=LeadDraft(name=name, captured_at=day(captured), channel=channel, owner_id=owner.pk if owner else None),
    )
    if converted:
        crm.convert_lead(
            actor=SYSTEM,
            as_of=AT,
            conversion=ConversionDraft(
                lead_id=found.lead.pk,
                converted_at=day(converted),
                deal=DealDraft(name=f"Deal of {name}", opened_at=day(converted)),
            ),
        )


def fill(shop: Shop) -> None:
    """The deals and leads of the worked example."""
    rate("USD", "EUR", date(2026, 2, 2), "0.9")
    deal("Acme", shop.rosa, "1000.00", opened="1-10", won="1-20")  # 10 days
    deal("Globex", shop.rosa, "200.50", opened="1-31", won="2-1")  # 1 day
    deal("Initech", shop.raul, "1000.00", "USD", opened="1-5", won="2-6")  # 32 days; 4 days after the rate: EUR 900
    deal("Umbrella", shop.raul, "500.00", lost="2-7")
    deal("Hooli", None, "70.00", opened="2-1", won="3-1")  # 28 days, nobody's
    deal("Vandelay", shop.rosa, "99.00")  # still open
    deal("Wonka", shop.marta, "3000", "JPY", opened="3-1", lost="3-31", hour=23)  # 1 April in Madrid
    lead("Ada", shop.rosa, "1-10", "web", converted="1-12")
    lead("Bob", shop.rosa, "1-11", "fair")
    lead("Cid", shop.raul, "2-3", "web", converted="4-1")
    lead("Dot", None, "2-4", "web")


@pytest.fixture(scope="session")
def world_of_filled_shop(world_of_shop: World[Shop], django_db_blocker: DjangoDbBlocker) -> Iterator[World[Shop]]:
    """The shop with its deals and leads, filled once by each process."""

    def filled_shop() -> Shop:
        shop = world_of_shop.tell()
        fill(shop)
        return shop

    with django_db_blocker.unblock(), built("filled_shop", filled_shop, on=world_of_shop) as world:
        yield world


@pytest.fixture
def filled(db: None, world_of_filled_shop: World[Shop]) -> Shop:
    """The shop with the deals and leads of the worked example."""
    return world_of_filled_shop.tell()
