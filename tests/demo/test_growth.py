"""The demo company grows in the database: the same from the same seed, in however many parts, and around people."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from django.db import transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from caudal.crm.actions import close_deal, disqualify_lead
from caudal.crm.models import Deal, DealClose, Lead, LeadConversion
from caudal.demo import actions
from caudal.demo.actions import AnotherStory, Growth, grow, open_the_door
from caudal.demo.cast import Cast
from caudal.demo.models import Story
from caudal.demo.performing import perform
from caudal.demo.script import months_between
from caudal.demo.steps import Step
from caudal.kit.access import SYSTEM
from caudal.kit.digest import business_digest, table_digests
from caudal.plan.queries import adopted_plan
from caudal.workspace.actions import found_company
from caudal.workspace.actions.company import AlreadyFounded
from caudal.workspace.models import CompanySettings, Environment, Member
from tests.kept import World, built, entered

pytestmark = pytest.mark.django_db

START = date(2026, 2, 1)
END = date(2026, 3, 4)
HALF_WAY = date(2026, 2, 17)


def grown(*ends: date, seed: int = 1) -> list[Growth]:
    return [grow(seed=seed, months=months_between(START, end), end=end) for end in ends]


@pytest.fixture(scope="session")
def world_of_half_way(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World[Growth]]:
    """The demo company half way to its end, grown once by each process."""
    with django_db_blocker.unblock(), built("half_way", lambda: grown(HALF_WAY)[0]) as world:
        yield world


@pytest.fixture
def half_way(db: None, world_of_half_way: World[Growth]) -> Growth:
    """How the demo company grew half way."""
    return world_of_half_way.tell()


def digest_of(grow_it: Callable[[], object]) -> str:
    """The digest after growing, with everything undone."""
    with transaction.atomic():
        grow_it()
        found = business_digest()
        transaction.set_rollback(True)
    return found


@pytest.mark.usefixtures("half_way")
def test_the_same_seed_and_days_give_the_same_rows_and_ids_at_once_or_in_parts(
    world_of_half_way: World[Growth],
) -> None:
    in_parts = digest_of(lambda: grown(END))
    with entered(world_of_half_way.plain):
        assert digest_of(lambda: grown(END)) == in_parts
        assert digest_of(lambda: grown(END, seed=2)) != in_parts


def test_the_company_is_a_demo_with_the_plan_at_a_hundredth_of_its_size(half_way: Growth) -> None:
    assert (half_way.start_date, half_way.end_date, half_way.skipped) == (START, HALF_WAY, 0)
    assert CompanySettings.objects.get().environment == Environment.DEMO
    _, plan = adopted_plan(SYSTEM)
    assert plan.target("leads").lo == 100  # of 10,000 a month
    assert plan.target("ads").lo == 5_000  # what a deal is worth stays
    # Who did what: reps convert, the site captures.
    assert set(Lead.objects.values_list("created_by", flat=True)) == {"system"}
    reps = {str(member.ref) for member in Member.objects.filter(role="rep")}
    assert set(LeadConversion.objects.values_list("converted_by", flat=True)) <= reps
    assert Deal.objects.filter(created_at__gte=datetime(2026, 2, 17, tzinfo=UTC)).count() == 0


def test_every_step_is_one_call_of_one_action(monkeypatch: pytest.MonkeyPatch) -> None:
    performed: list[Step] = []

    def counted(cast: Cast, step: Step) -> None:
        performed.append(step)
        perform(cast, step)

    monkeypatch.setattr(actions, "perform", counted)
    (growth,) = grown(date(2026, 2, 12))
    # The company, its chart of accounts, the tax rates, three teams, seven people, the plan, twelve products, nine
    # channels, three tags,
    # three competitors and two meters.
    before = 1 + 1 + 1 + 1 + 3 + 7 + 1 + 7 + 12 + 9 + 3 + 3 + 2
    # Fourteen offerings with their terms, twenty charges with price and volume discounts, three with add-ons.
    sold = 14 * 2 + 20 * 3 + 3
    # Four features that eight offerings speak of, and two bundles, one of them with a price.
    included = 4 + 8 + 2 + 1
    assert growth.actions == len(performed) + before + sold + included


@pytest.mark.usefixtures("half_way")
def test_nothing_happens_twice_on_the_same_day() -> None:
    before = table_digests()
    (again,) = grown(HALF_WAY)
    (earlier,) = grown(date(2026, 2, 5))
    assert (again.actions, earlier.actions, earlier.end_date) == (0, 0, HALF_WAY)
    assert table_digests() == before


@pytest.mark.usefixtures("half_way")
def test_the_story_goes_on_around_what_people_did_meanwhile() -> None:
    as_of = datetime(2026, 2, 17, 12, tzinfo=UTC)
    deals = list(Deal.objects.filter(close=None))
    for deal in deals:
        close_deal(actor=SYSTEM, as_of=as_of, deal_id=deal.pk, outcome="won")
    lead = Lead.objects.filter(conversion=None, disqualification=None).order_by("-captured_at", "pk")[0]
    disqualify_lead(actor=SYSTEM, as_of=as_of, lead_id=lead.pk, reason="other")
    (growth,) = grown(END)
    assert growth.end_date == END
    assert growth.skipped > 0
    assert DealClose.objects.filter(deal__in=deals, outcome="won").count() == len(deals)
    assert Deal.objects.filter(created_at__gt=as_of).exists()


def test_another_seed_is_another_company() -> None:
    grown(date(2026, 2, 5))
    with pytest.raises(AnotherStory, match="seed 1"):
        grown(date(2026, 2, 6), seed=2)
    assert grow(seed=None, months=None, end=date(2026, 2, 5)).actions == 0


def test_a_company_of_somebodys_own_is_left_alone() -> None:
    found_company(actor=SYSTEM, as_of=datetime(2026, 1, 1, tzinfo=UTC), company="Ana", currency="EUR", zone="UTC")
    with pytest.raises(AlreadyFounded):
        grown(END)
    assert not Story.objects.exists()


def test_the_founder_comes_in_by_a_link_once(client: Client) -> None:
    grown(date(2026, 2, 3))
    path = open_the_door(as_of=datetime.now(UTC))
    assert client.post(path).status_code == 302
    founder = Member.objects.get(email="elena.marin@almadia.example")
    assert client.session["_auth_user_id"] == str(founder.pk)
    assert client.post(path).status_code == 410
