"""The strategy around the targets, and its milestones: who sees to one, what is done, what is late."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from caudal.core.ids import Ref
from caudal.core.plans import Progress
from caudal.kit.access import SYSTEM, NotAllowed
from caudal.kit.problems import BadInput
from caudal.kit.records import VersionConflict
from caudal.kit.world import fixed_world, use
from caudal.plan.actions import MilestoneGone, NotGiven, adopt_plan, change_milestone, remind_of_milestones
from caudal.plan.queries import MilestoneStanding, phase_standings
from caudal.workspace import actions
from caudal.workspace.models import Member, Notification, Role
from caudal.workspace.queries import actor_of_member
from tests.plan.march import ESTRATEGIA, FIRST, FOUNDED, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(founded: None) -> Iterator[None]:
    with use(fixed_world(at=NOW)):
        yield


def member(name: str, role: Role) -> Member:
    return actions.add_member(actor=SYSTEM, as_of=FOUNDED, name=name, email=f"{name}@example.com".lower(), role=role)


def milestone(phase: str, name: str) -> MilestoneStanding:
    phases = {each.phase.id: each for each in phase_standings(SYSTEM, NOW)}
    return next(each for each in phases[phase].milestones if each.milestone.id == name)


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_milestones_are_late_from_the_day_after_their_last_month() -> None:
    # It is 16 March 2026 in Madrid, and the plan began in January: January is 16 + 28 days ago.
    assert milestone("foundation", "setup").due.days_late == 44
    assert milestone("foundation", "launch").due.progress is Progress.UNDER_WAY
    assert milestone("growth", "scale").due.progress is Progress.TO_COME
    change_milestone(
        actor=SYSTEM, as_of=NOW, phase="foundation", milestone="setup", owner_id=None, done_on=date(2026, 2, 3)
    )
    done = milestone("foundation", "setup").due
    assert (done.progress, done.days_late) == (Progress.DONE, 3)


def test_whoever_has_a_milestone_says_that_it_is_done_and_gives_it_to_nobody() -> None:
    marta, rosa = member("Marta", Role.MANAGER), member("Rosa", Role.REP)
    manager, rep = actor_of_member(marta), actor_of_member(rosa)
    team: dict[str, Any] = {"as_of": NOW, "phase": "foundation", "milestone": "team"}
    with pytest.raises(NotAllowed):
        change_milestone(actor=rep, owner_id=None, done_on=date(2026, 3, 1), **team)
    change_milestone(actor=manager, owner_id=rosa.pk, done_on=None, **team)
    with pytest.raises(NotGiven):
        change_milestone(actor=rep, owner_id=marta.pk, done_on=None, **team)
    change_milestone(actor=rep, owner_id=rosa.pk, done_on=date(2026, 2, 27), **team)
    assert milestone("foundation", "team").owner == "Rosa"
    assert milestone("foundation", "team").due.progress is Progress.DONE


def test_what_is_said_of_a_milestone_outlives_the_next_version_of_the_plan() -> None:
    rosa = member("Rosa", Role.REP)
    change_milestone(actor=SYSTEM, as_of=NOW, phase="growth", milestone="scale", owner_id=rosa.pk, done_on=None)
    adopt_plan(actor=SYSTEM, as_of=NOW, text=ESTRATEGIA + b"\n# again\n", version="demo", starts_on=FIRST)
    assert milestone("growth", "scale").owner == "Rosa"


def test_days_that_have_not_come_milestones_that_are_not_there_and_old_versions_are_refused() -> None:
    setup: dict[str, Any] = {
        "actor": SYSTEM,
        "as_of": NOW,
        "phase": "foundation",
        "milestone": "setup",
        "owner_id": None,
    }
    with pytest.raises(BadInput):
        change_milestone(done_on=date(2026, 3, 17), **setup)  # tomorrow in Madrid
    with pytest.raises(MilestoneGone):
        change_milestone(done_on=None, **{**setup, "milestone": "set_up"})
    assert change_milestone(done_on=None, **setup) is None
    change_milestone(done_on=date(2026, 3, 16), **setup)
    with pytest.raises(VersionConflict):
        change_milestone(done_on=None, expected_version=1, **setup)


def test_the_page_shows_all_that_stands_around_the_targets(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(member("Ana", Role.ADMIN))
    client.get("/plan/whole")
    with django_assert_max_num_queries(14):
        shown = text(client, "/plan/whole")
    assert "0 of 9 milestones are done. 2 are late." in shown
    assert "Enterprise plan for documents" in shown
    assert "$5,000 to $20,000 per month" in shown
    assert "Situation · Problem · Implication · Need-payoff" in shown
    assert "at least $25,000 per month" in shown
    assert "LinkedIn connections" in shown


def test_a_milestone_is_changed_on_its_page_and_by_its_route(client: Client) -> None:
    ana = member("Ana", Role.ADMIN)
    client.force_login(ana)
    answer = client.post(
        "/plan/milestones/foundation/setup", {"owner": str(ana.pk), "done_on": "2026-01-20", "version": "0"}
    )
    assert (answer.status_code, answer.headers["location"]) == (302, "/plan/whole")
    assert "1 of 9 milestones are done. 1 is late." in text(client, "/plan/whole")
    tomorrow = (NOW + timedelta(days=2)).date().isoformat()
    refused = client.post("/plan/milestones/foundation/team", {"owner": "", "done_on": tomorrow, "version": "0"})
    assert refused.status_code == 422
    assert b"This day has not come yet." in refused.content
    key, secret = actions.issue_key(
        actor=SYSTEM,
        as_of=NOW,
        name="Robot",
        role=Role.ADMIN,
        scopes=("plan:read", "plan:write", "workspace:read"),
        expires_at=None,
    )
    head = {"authorization": f"Bearer {secret}", "idempotency-key": "one"}
    put = client.put(
        "/api/v1/plan/milestones/foundation/team",
        {"owner": str(ana.ref), "done_on": "2026-03-02"},
        "application/json",
        headers=head,
    )
    assert put.status_code == 200, put.content
    rows = {row["milestone"]: row for row in put.json()["milestones"]}
    assert (rows["team"]["state"], rows["team"]["days_late"], rows["team"]["to"]) == ("done", 2, "2026-03-01")
    assert key.created_by == "system"


def test_owners_are_told_once_that_a_milestone_has_become_late_and_it_stands_first() -> None:
    rosa, marta = member("Rosa", Role.REP), member("Marta", Role.ADMIN)
    given: dict[str, Any] = {"actor": SYSTEM, "as_of": NOW, "phase": "foundation", "done_on": None}
    change_milestone(**given, milestone="setup", owner_id=rosa.pk)
    change_milestone(**given, milestone="launch", owner_id=rosa.pk)  # under way until the end of March
    assert (remind_of_milestones(as_of=NOW), remind_of_milestones(as_of=NOW + timedelta(hours=1))) == (1, 1)
    (told,) = Notification.objects.filter(member=rosa)
    assert told.key.endswith(" 2026-01-31")
    assert not Notification.objects.filter(member=marta).exists()
    client = Client()
    client.force_login(rosa)
    assert "setup" in text(client, "/notifications")
    assert client.get(f"/plan/milestones/{Ref('milestone', told.subject_id)}").headers["Location"] == (
        "/plan/milestones/foundation/setup"
    )
    client.force_login(marta)
    page = client.get("/plan/whole").content.decode()
    late = page[page.index('class="plan-late"') : page.index('class="plan-phases"')]
    assert re.findall(r"(\d+) days late", late) == ["44", "16"]  # January ended 44 days ago, and February 16
    assert f"/day?of={rosa.ref}" in late
    assert "nobody yet" in late
