"""A plan is adopted whole, or refused with everything that is wrong with it."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from caudal.core.plans import UnknownVersion
from caudal.crm.models import Pipeline
from caudal.kit.access import SYSTEM, Actor, ActorKind, NotAllowed
from caudal.kit.models import RecordedFactRow
from caudal.plan.actions import PlanRefused, adopt_plan
from caudal.plan.models import PlanVersion
from caudal.plan.queries import NoPlan, adopted_plan, adopted_version, plan_path
from caudal.workspace import actions
from caudal.workspace.queries import pillars

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MARCH = date(2026, 3, 1)
ESTRATEGIA = plan_path("estrategia").read_bytes()
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def company() -> None:
    actions.found_company(actor=SYSTEM, as_of=AT, company="Ana's course shop", currency="USD", zone="Europe/Madrid")


def staff(role: str) -> Actor:
    return Actor(kind=ActorKind.STAFF, id=f"member_{role}", name=role, roles=frozenset({role}))


def test_an_adopted_plan_is_kept_to_the_byte_and_brings_its_lines_of_business() -> None:
    version = adopt_plan(actor=SYSTEM, as_of=AT, text=ESTRATEGIA, starts_on=date(2026, 3, 17), version="demo")
    assert version.text.encode() == ESTRATEGIA
    assert (version.version_name, version.starts_on, version.created_at) == ("demo", MARCH, AT)
    assert [pillar.key for pillar in pillars()] == ["courses", "saas", "documents"]
    assert Pipeline.objects.filter(is_default=True).count() == 3


def test_the_plan_that_counts_is_at_the_size_of_its_version() -> None:
    adopt_plan(actor=SYSTEM, as_of=AT, text=ESTRATEGIA, starts_on=MARCH, version="demo")
    _, plan = adopted_plan(staff("rep"))
    # 10,000 leads a month at 1:100; days do not shrink
    assert (plan.target("leads").lo, plan.target("cycle").hi) == (Fraction(100), Fraction(60))


def test_adopting_what_counts_already_changes_nothing() -> None:
    first = adopt_plan(actor=SYSTEM, as_of=AT, text=ESTRATEGIA, starts_on=MARCH)
    facts = RecordedFactRow.objects.count()
    again = adopt_plan(actor=SYSTEM, as_of=AT + timedelta(days=9), text=ESTRATEGIA, starts_on=MARCH)
    assert again == first
    assert (PlanVersion.objects.count(), RecordedFactRow.objects.count()) == (1, facts)


def test_the_version_adopted_last_counts_and_the_earlier_ones_stay() -> None:
    adopt_plan(actor=SYSTEM, as_of=AT, text=ESTRATEGIA, starts_on=MARCH, version="demo")
    later = adopt_plan(actor=SYSTEM, as_of=AT + timedelta(days=40), text=ESTRATEGIA, starts_on=date(2026, 4, 1))
    assert adopted_version(SYSTEM) == later
    assert PlanVersion.objects.count() == 2


def test_a_file_with_mistakes_is_refused_with_all_of_them_and_leaves_nothing() -> None:
    broken = ESTRATEGIA.replace(b'unit = "customers/month"', b'unit = "custmers/month"', 1).replace(
        b"lo = 5000\nhi = 15_000", b"lo = 50_000\nhi = 15_000"
    )
    facts = RecordedFactRow.objects.count()
    with pytest.raises(PlanRefused) as refused:
        adopt_plan(actor=SYSTEM, as_of=AT, text=broken, starts_on=MARCH, file="mine.toml")
    # the unit of new_cust, and the ranges of p1_corp and ads, which both run from 5,000 to 15,000
    codes = [finding.code for finding in refused.value.findings]
    assert sorted(codes) == ["plan.reversed", "plan.reversed", "plan.unknown_unit"]
    assert len(refused.value.fields) == 3
    assert all(place.startswith("mine.toml:") for place in refused.value.fields)
    assert (PlanVersion.objects.count(), len(pillars()), RecordedFactRow.objects.count()) == (0, 0, facts)


def test_a_version_that_the_file_does_not_have_is_refused() -> None:
    with pytest.raises(UnknownVersion, match="no version “huge”"):
        adopt_plan(actor=SYSTEM, as_of=AT, text=ESTRATEGIA, starts_on=MARCH, version="huge")
    assert not PlanVersion.objects.exists()


@pytest.mark.parametrize("role", ["manager", "rep"])
def test_only_administrators_adopt(role: str) -> None:
    with pytest.raises(NotAllowed):
        adopt_plan(actor=staff(role), as_of=AT, text=ESTRATEGIA, starts_on=MARCH)


def test_without_a_plan_or_a_role_there_is_none_to_read() -> None:
    with pytest.raises(NoPlan):
        adopted_plan(SYSTEM)
    adopt_plan(actor=SYSTEM, as_of=AT, text=ESTRATEGIA, starts_on=MARCH)
    with pytest.raises(NoPlan):
        adopted_plan(staff("visitor"))
