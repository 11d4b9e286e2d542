"""A plan is written as a draft, proposed, approved by two others, and never changed again; then it may be adopted."""

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, Final

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from caudal.core.plans import Came, set_target
from caudal.kit.access import SYSTEM, Actor, ActorKind, NotAllowed
from caudal.kit.outbox import timeline
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound, VersionConflict
from caudal.plan.actions import (
    DecidedAlready,
    DraftHasMistakes,
    DraftNotAdoptable,
    DraftNotOpen,
    DraftNotProposed,
    OnlyPeopleDecide,
    OwnDraft,
    adopt_draft,
    begin_draft,
    change_draft,
    decide_draft,
    delete_draft,
    propose_draft,
    take_back_draft,
)
from caudal.plan.models import DraftDecision, DraftState, DraftText, PlanDraft
from caudal.plan.queries import (
    NoSuchText,
    adopted_plan,
    adopted_version,
    changes_between,
    kept_plan,
    lines_of,
    source_called,
    text_numbered,
    texts_of,
)
from tests.plan.march import ESTRATEGIA

AT: Final = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db
MADE: Final[dict[str, Any]] = {"as_of": AT}


@pytest.fixture(autouse=True)
def _company(founded: None) -> None:
    """A company that has its plan."""


def staff(name: str, role: str = "manager", kind: ActorKind = ActorKind.STAFF) -> Actor:
    return Actor(
        kind=kind, id=f"{'key' if kind is ActorKind.KEY else 'member'}_{name}", name=name, roles=frozenset({role})
    )


MARTA, ANA, RAUL, PIA = staff("marta"), staff("ana", "admin"), staff("raul"), staff("pia", "rep")
FINA: Final = staff("fina", "finance")


def begun(actor: Actor = MARTA, **more: Any) -> PlanDraft:
    return begin_draft(actor=actor, source=source_called(actor), **MADE, **more)


def proposed(**more: Any) -> PlanDraft:
    return propose_draft(actor=MARTA, draft_id=begun(**more).pk, **MADE)


def approved(**more: Any) -> PlanDraft:
    draft = proposed(**more)
    for who in (ANA, RAUL):
        draft = decide_draft(actor=who, draft_id=draft.pk, granted=True, **MADE)
    return draft


def test_a_draft_begins_as_what_counts_and_is_written_with_mistakes_until_it_is_proposed() -> None:
    draft = begun()
    counts = adopted_version(SYSTEM)
    assert counts is not None
    assert (draft.text.encode(), draft.version_name, draft.starts_on) == (ESTRATEGIA, "demo", date(2026, 1, 1))
    assert (draft.begun_from, draft.state) == (str(counts.ref), DraftState.DRAFT)
    broken = draft.text.replace('"leads/month"', '"lead/month"').replace("\n", "\r\n")
    changed = change_draft(actor=MARTA, draft_id=draft.pk, text=broken, note="More leads.", expected_version=1, **MADE)
    assert "\r" not in changed.text  # lines end as files end them, whatever a browser sends
    with pytest.raises(DraftHasMistakes, match="not proposed") as refused:
        propose_draft(actor=MARTA, draft_id=draft.pk, **MADE)
    assert {finding.code for finding in refused.value.findings} >= {"plan.unknown_unit"}
    with pytest.raises(VersionConflict):
        change_draft(actor=MARTA, draft_id=draft.pk, text=draft.text, expected_version=1, **MADE)
    told = timeline(draft.ref)
    assert [fact.name for fact in told] == ["plan.draft_changed", "plan.draft_begun"]
    lines = broken.count('"lead/month"')
    assert (told[0].data["lines_added"], told[0].data["lines_removed"]) == (lines, lines)
    assert "text" not in told[0].data["changes"]


def test_two_people_who_did_not_propose_it_approve_it_and_then_nobody_changes_it() -> None:
    draft = proposed()
    with pytest.raises(OwnDraft):
        decide_draft(actor=MARTA, draft_id=draft.pk, granted=True, **MADE)
    with pytest.raises(OnlyPeopleDecide):
        decide_draft(actor=staff("shop", "admin", ActorKind.KEY), draft_id=draft.pk, granted=True, **MADE)
    with pytest.raises(NotAllowed):
        decide_draft(actor=FINA, draft_id=draft.pk, granted=True, **MADE)
    first = decide_draft(actor=ANA, draft_id=draft.pk, granted=True, **MADE)
    assert first.state == DraftState.PROPOSED
    with pytest.raises(DecidedAlready):
        decide_draft(actor=ANA, draft_id=draft.pk, granted=True, **MADE)
    with pytest.raises(DraftNotOpen, match="proposed"):
        change_draft(actor=MARTA, draft_id=draft.pk, name="Other", **MADE)
    second = decide_draft(actor=RAUL, draft_id=draft.pk, granted=True, **MADE)
    assert (second.state, second.approved_at) == (DraftState.APPROVED, AT)
    for refused in (
        lambda: change_draft(actor=MARTA, draft_id=draft.pk, name="Other", **MADE),
        lambda: delete_draft(actor=ANA, draft_id=draft.pk, **MADE),
    ):
        with pytest.raises(DraftNotOpen, match="approved"):
            refused()
    with pytest.raises(DraftNotProposed):
        take_back_draft(actor=MARTA, draft_id=draft.pk, **MADE)


def test_the_database_refuses_what_no_action_asks_for() -> None:
    frozen, waiting = approved(), proposed(name="Second")
    statements = (
        ("UPDATE plan_plandraft SET text = 'x' WHERE id = %s", frozen),
        ("UPDATE plan_plandraft SET deleted_at = now(), deleted_by = 'x' WHERE id = %s", frozen),
        ("DELETE FROM plan_plandraft WHERE id = %s", frozen),
        ("UPDATE plan_plandraft SET text = 'x' WHERE id = %s", waiting),
        ("UPDATE plan_plandraft SET state = 'approved', approved_at = now() WHERE id = %s", waiting),
        ("UPDATE plan_draftdecision SET granted = false, note = 'x' WHERE draft_id = %s", frozen),
        ("DELETE FROM plan_draftdecision WHERE draft_id = %s", frozen),
    )
    for statement, draft in statements:
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [draft.pk])
    assert PlanDraft.objects.get(pk=frozen.pk).text.encode() == ESTRATEGIA
    assert DraftDecision.objects.count() == 2


def test_what_is_sent_back_with_a_reason_is_a_draft_again_and_earlier_approvals_do_not_count() -> None:
    draft = proposed()
    decide_draft(actor=ANA, draft_id=draft.pk, granted=True, **MADE)
    with pytest.raises(BadInput):
        decide_draft(actor=RAUL, draft_id=draft.pk, granted=False, note=" ", **MADE)
    back = decide_draft(actor=RAUL, draft_id=draft.pk, granted=False, note="Too many leads.", **MADE)
    assert (back.state, back.proposed_by) == (DraftState.DRAFT, "")
    assert timeline(draft.ref)[0].personal == {"note": [None, "Too many leads."]}
    again = propose_draft(actor=MARTA, draft_id=draft.pk, **MADE)
    assert again.round == 2
    # Ana agreed to what was proposed before; of this she has to say it again
    assert decide_draft(actor=RAUL, draft_id=draft.pk, granted=True, **MADE).state == DraftState.PROPOSED
    assert decide_draft(actor=ANA, draft_id=draft.pk, granted=True, **MADE).state == DraftState.APPROVED


def test_an_approved_plan_is_adopted_and_a_budget_is_kept_beside_it() -> None:
    draft = begun()
    # 10,000 leads at a hundredth of the size are 100; 12,000 are 120
    text = set_target(draft.text, "leads", lo=Fraction(12_000), hi=None)
    change_draft(actor=MARTA, draft_id=draft.pk, text=text, starts_on=date(2026, 4, 9), **MADE)
    with pytest.raises(DraftNotAdoptable):
        adopt_draft(actor=ANA, draft_id=draft.pk, **MADE)
    propose_draft(actor=FINA, draft_id=draft.pk, **MADE)
    for who in (MARTA, RAUL):
        decide_draft(actor=who, draft_id=draft.pk, granted=True, **MADE)
    with pytest.raises(NotAllowed):
        adopt_draft(actor=MARTA, draft_id=draft.pk, **MADE)
    version = adopt_draft(actor=ANA, draft_id=draft.pk, **MADE)
    assert (version.starts_on, adopted_plan(PIA)[1].target("leads").lo) == (date(2026, 4, 1), Fraction(120))
    budget = approved(purpose="budget", name="Budget 2027")
    with pytest.raises(DraftNotAdoptable, match="Budget 2027"):
        adopt_draft(actor=ANA, draft_id=budget.pk, **MADE)
    assert kept_plan(FINA, budget.ref).target("leads").lo == 120


def test_drafts_are_for_those_who_write_and_approve_them() -> None:
    draft = begun()
    with pytest.raises(NotFound):
        change_draft(actor=PIA, draft_id=draft.pk, name="Mine", **MADE)
    assert not PlanDraft.for_actor(PIA).exists()
    with pytest.raises(NotAllowed):
        begun(PIA)
    for wrong in ({"name": "x" * 201}, {"purpose": "dream"}, {"note": "x" * 2001}):
        with pytest.raises(BadInput):
            begun(MARTA, **wrong)
    with pytest.raises(BadInput):
        change_draft(actor=MARTA, draft_id=draft.pk, text="nul \0", **MADE)
    delete_draft(actor=MARTA, draft_id=draft.pk, **MADE)
    assert not PlanDraft.for_actor(MARTA).exists()


def test_every_text_of_a_draft_is_kept_with_who_wrote_which_line() -> None:
    draft = begun()
    more = set_target(draft.text, "leads", lo=Fraction(12_000), hi=None)
    change_draft(actor=FINA, draft_id=draft.pk, text=more, **MADE)
    change_draft(actor=FINA, draft_id=draft.pk, name="More leads", **MADE)  # no other text
    fewer = set_target(more, "win", lo=Fraction(2, 10), hi=Fraction(3, 10))
    changed = change_draft(actor=ANA, draft_id=draft.pk, text=f"# Seen by Ana.\n{fewer}", **MADE)
    assert [(each.number, each.written_by) for each in texts_of(changed)] == [
        (3, "member_ana"),
        (2, "member_fina"),
        (1, "member_marta"),
    ]
    by = {each.text: each.written.written_by for each in lines_of(changed, 3)}
    assert by["# Seen by Ana."] == "member_ana"
    assert by["lo = 12_000"] == "member_fina"
    assert by["[targets.leads]"] == "member_marta"
    # two lines of the win rate were written anew, and one came: three came and two went
    lines = [line.came for passage in changes_between(changed, 2, 3) for line in passage]
    assert (lines.count(Came.ADDED), lines.count(Came.REMOVED)) == (3, 2)
    with pytest.raises(NoSuchText, match="no text 4: the last one is 3"):
        text_numbered(changed, 4)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        DraftText.objects.filter(draft=draft).update(text="x")
