"""Numbers that take long are counted by a job, and the first page says of when they are."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from caudal.crm.actions import LeadDraft, capture_leads
from caudal.kit.access import SYSTEM
from caudal.kit.world import fixed_world, use
from caudal.plan.actions import count_standing
from caudal.plan.queries import measuring
from caudal.workspace.models import Role
from tests.plan.march import NOW, found, work
from tests.plan.test_pages import member, text

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=20)
TOO_LATE = NOW + timedelta(minutes=31)
NOTE = "Some figures take long to count"


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def first_page(client: Client, at: datetime) -> str:
    with use(fixed_world(at=at)):
        return text(client, "/")


def one_more_lead() -> None:
    capture_leads(actor=SYSTEM, as_of=NOW, leads=[LeadDraft(name="Late", captured_at=NOW, channel="webinar")])


def test_what_is_counted_in_a_moment_is_counted_while_one_looks(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "MOMENT_SECONDS", 600)  # however busy the machine is
    found()
    work()
    assert count_standing(as_of=NOW) == 0
    client.force_login(member(Role.ADMIN))
    one_more_lead()
    page = first_page(client, LATER)
    assert "41 of 100" in page
    assert NOTE not in page


def test_what_takes_long_is_that_of_the_last_count_and_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "MOMENT_SECONDS", 0)  # any count takes long
    monkeypatch.setattr(measuring, "WEIGHT_SECONDS", 0)
    found()
    work()
    # leads, deals, and four ratios asked twice: months before, and the last one to the day
    assert count_standing(as_of=NOW) == 10
    client.force_login(member(Role.ADMIN))
    one_more_lead()
    page = first_page(client, LATER)
    assert "40 of 100" in page
    assert NOTE in page
    assert "00:00" in page  # of the last count, in Madrid
    # The job stopped half an hour ago: the page counts by itself.
    page = first_page(client, TOO_LATE)
    assert "41 of 100" in page
    assert NOTE not in page
    count_standing(as_of=LATER)
    assert "41 of 100" in first_page(client, LATER)


def test_nothing_is_counted_where_there_is_no_plan() -> None:
    assert count_standing(as_of=NOW) == 0
