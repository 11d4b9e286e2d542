"""The record skeleton and the one door to rows."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from caudal.kit.access import SYSTEM, Actor, ActorKind, NotAllowed, Reach, Verb, policies, require
from caudal.kit.records import NotFound, VersionConflict
from caudal.kit.world import new_id
from caudal.workspace import actions
from caudal.workspace.models import Member, Role, Team

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def staff(role: str, *, scopes: frozenset[str] | None = None, member: UUID | None = None) -> Actor:
    return Actor(
        kind=ActorKind.STAFF, id=f"member_{role}", name=role, roles=frozenset({role}), scopes=scopes, member=member
    )


@pytest.fixture
def team() -> Team:
    return actions.add_team(actor=SYSTEM, as_of=AT, name="Inside sales")


def test_a_change_moves_the_version_and_says_before_and_after(team: Team) -> None:
    assert team.change(actor=SYSTEM, as_of=LATER, name="Field sales") == {"name": ("Inside sales", "Field sales")}
    stored = Team.objects.get()
    assert (stored.version, stored.name, stored.changed_at, stored.created_at) == (2, "Field sales", LATER, AT)


def test_a_change_to_the_same_values_writes_nothing(team: Team) -> None:
    assert team.change(actor=SYSTEM, as_of=LATER, name="Inside sales") == {}
    assert Team.objects.get().changed_at == AT


def test_the_second_of_two_who_read_the_same_version_is_refused(team: Team) -> None:
    mine, yours = Team.objects.get(), Team.objects.get()
    mine.change(actor=SYSTEM, as_of=LATER, name="Field sales")
    with pytest.raises(VersionConflict, match="at version 2, you had version 1"):
        yours.change(actor=SYSTEM, as_of=LATER, name="Channel sales")
    with pytest.raises(VersionConflict):
        mine.change(actor=SYSTEM, as_of=LATER, expected_version=1, name="Channel sales")
    assert Team.objects.get().name == "Field sales"


def test_a_deleted_row_is_behind_no_door_and_gives_its_name_free(team: Team) -> None:
    team.delete_softly(actor=SYSTEM, as_of=LATER)
    assert not Team.for_actor(SYSTEM).exists()
    with pytest.raises(NotFound):
        Team.one_for(SYSTEM, Verb.VIEW, team.pk)
    assert actions.add_team(actor=SYSTEM, as_of=LATER, name="Inside sales").pk != team.pk


def test_what_no_role_grants_is_refused_and_finds_no_row(team: Team) -> None:
    nobody = staff("visitor")
    assert not Team.for_actor(nobody).exists()
    with pytest.raises(NotAllowed, match="role of visitor does not allow this: team, create"):
        require(nobody, "team", Verb.CREATE)
    with pytest.raises(NotAllowed):
        actions.add_team(actor=staff(Role.REP), as_of=AT, name="Mine")
    assert Team.objects.count() == 1


def test_scopes_narrow_a_role_and_never_widen_it(team: Team) -> None:
    reading = staff(Role.ADMIN, scopes=frozenset({"workspace:read"}))
    assert list(Team.for_actor(reading, Verb.VIEW)) == [team]
    assert not Team.for_actor(reading, Verb.CHANGE).exists()
    assert not Team.for_actor(staff(Role.ADMIN, scopes=frozenset({"crm:read"})), Verb.VIEW).exists()
    assert not Team.for_actor(staff(Role.REP, scopes=frozenset({"workspace:write"})), Verb.CHANGE).exists()


def test_every_role_that_a_policy_names_is_a_role() -> None:
    named = {str(role) for policy in policies().values() for role in policy.grants}
    assert named <= set(Role.values)


def test_the_system_reaches_everything_and_default_is_nothing() -> None:
    for policy in policies().values():
        for verb in Verb:
            assert policy.reach(SYSTEM, verb) is Reach.ALL
            assert policy.reach(staff("visitor"), verb) is Reach.NONE


def test_a_row_that_is_not_there_and_one_out_of_reach_read_the_same(team: Team) -> None:
    told = []
    for row_id, actor in ((new_id(), staff(Role.ADMIN)), (team.pk, staff("visitor"))):
        with pytest.raises(NotFound) as refused:
            Team.one_for(actor, Verb.VIEW, row_id)
        told.append((refused.value.code, refused.value.status, refused.value.message))
    assert told[0] == told[1]


def test_an_address_signs_in_one_member_in_any_case_of_letters() -> None:
    actions.add_member(actor=SYSTEM, as_of=AT, name="Ana", email="ana@example.com")
    assert Member.objects.get_by_natural_key("ANA@example.com").name == "Ana"
