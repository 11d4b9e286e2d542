"""Activities: planned and done, whose they are, who sees them, and what is told of them."""

from datetime import date, timedelta
from typing import Any

import pytest

from caudal.core.ids import Ref
from caudal.crm import actions, queries
from caudal.crm.actions import ActivityDraft, DealDraft, DoneDraft, LeadDraft
from caudal.crm.actions.activities import ActivityDone, ActivityNotDone, NoteStays
from caudal.crm.actions.checking import OwnerOutOfReach
from caudal.crm.models import OUTCOMES, Activity, ActivityLink, Completion
from caudal.kit.access import SYSTEM, Verb
from caudal.kit.outbox import timeline
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound, VersionConflict
from tests.crm.browsing import deal_of, lead_of
from tests.world import AT, Shop

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def call_of(shop: Shop, who: str = "rosa", **values: Any) -> Activity:
    draft = ActivityDraft(**{"does": "call", "owner_id": getattr(shop, who).pk, **values})
    return actions.log_activity(actor=shop.actor(who), as_of=AT, activity=draft)


def seen(shop: Shop, who: str, verb: Verb = Verb.VIEW) -> set[str]:
    return {row.name for row in Activity.for_actor(shop.actor(who), verb)}


# Writing down


def test_what_is_planned_is_done_with_its_outcome_and_opened_again(shop: Shop) -> None:
    rosa = shop.actor("rosa")
    call = call_of(shop, subject="About the pilot", due_date=date(2026, 3, 4))
    done = actions.complete_activity(
        actor=rosa, as_of=AT + HOUR, activity_id=call.pk, outcome="reached", minutes=10, expected_version=1
    )
    row = Completion.objects.get(activity=call)
    assert (row.outcome, row.done_at, row.done_by, done.minutes) == ("reached", AT + HOUR, rosa.id, 10)
    with pytest.raises(ActivityDone):
        actions.complete_activity(actor=rosa, as_of=AT, activity_id=call.pk)
    actions.reopen_activity(actor=rosa, as_of=AT + DAY, activity_id=call.pk)
    assert not Completion.objects.exists()
    with pytest.raises(ActivityNotDone):
        actions.reopen_activity(actor=rosa, as_of=AT, activity_id=call.pk)
    names = [fact.name for fact in timeline(call.ref)]
    assert names == ["crm.activity_reopened", "crm.activity_completed", "crm.activity_planned"]


def test_what_was_done_is_told_of_on_its_own_day_in_the_timeline_of_everything_it_is_about(shop: Shop) -> None:
    deal = deal_of(shop, company_id=shop.acme.pk)
    call = call_of(shop, about=(deal.ref,), done=DoneDraft(done_at=AT - DAY, outcome="voicemail"))
    for ref in (deal.ref, shop.acme.ref):  # the company of the deal is named by nobody
        (fact,) = [fact for fact in timeline(ref) if fact.subject == call.ref]
        assert (fact.name, fact.occurred_at, fact.data["outcome"]) == ("crm.activity_logged", AT - DAY, "voicemail")


def test_what_is_said_is_sealed_and_what_changed_is_told_apart(shop: Shop) -> None:
    call = call_of(shop, subject="Lucía wants twelve seats", due_date=date(2026, 3, 4))
    actions.change_activity(
        actor=shop.actor("rosa"),
        as_of=AT,
        activity_id=call.pk,
        subject="Lucía wants ten",
        due_at=AT + DAY,
        owner_id=shop.marta.pk,
    )
    planned, words, due, owner = sorted(timeline(call.ref), key=lambda fact: fact.sequence)
    assert planned.personal == {"subject": [None, "Lucía wants twelve seats"]}
    assert "Lucía" not in str(planned.data)
    assert words.personal == {"subject": ["Lucía wants twelve seats", "Lucía wants ten"]}
    assert due.data["changes"] == {"due_date": ["2026-03-04", None], "due_at": [None, (AT + DAY).isoformat()]}
    assert owner.data["changes"] == {"owner_id": [str(shop.rosa.pk), str(shop.marta.pk)]}
    assert (owner.name, due.name) == ("crm.activity_reassigned", "crm.activity_rescheduled")


@pytest.mark.parametrize(("does", "outcomes"), OUTCOMES.items())
def test_a_kind_has_its_own_outcomes(does: str, outcomes: tuple[str, ...], shop: Shop) -> None:
    for outcome in {each for several in OUTCOMES.values() for each in several}:
        draft = ActivityDraft(does=does, subject="About it", done=DoneDraft(done_at=AT, outcome=outcome))
        if outcome in outcomes:
            actions.log_activity(actor=shop.actor("rosa"), as_of=AT, activity=draft)
        else:
            with pytest.raises(BadInput) as refused:
                actions.log_activity(actor=shop.actor("rosa"), as_of=AT, activity=draft)
            assert list(refused.value.fields) == ["done.outcome"]


def test_everything_that_is_wrong_with_many_is_said_at_once_and_nothing_is_written(shop: Shop) -> None:
    drafts = [
        ActivityDraft(does="call", minutes=2000),
        ActivityDraft(does="task"),
        ActivityDraft(does="note", body="Not to be planned"),
        ActivityDraft(does="sms", subject="?"),
        ActivityDraft(does="call", due_date=date(2026, 3, 3), due_at=AT),
    ]
    with pytest.raises(BadInput) as refused:
        actions.log_activities(actor=shop.actor("rosa"), as_of=AT, activities=drafts)
    assert set(refused.value.fields) == {"0.minutes", "1.subject", "2.does", "3.does", "4.due_date"}
    assert not Activity.objects.exists()


def test_many_take_as_many_queries_as_a_few(shop: Shop, django_assert_max_num_queries: Any) -> None:
    deal = deal_of(shop, company_id=shop.acme.pk)
    drafts = [
        ActivityDraft(does="call", subject=f"{number}", about=(deal.ref,), done=DoneDraft(done_at=AT))
        for number in range(200)
    ]
    with django_assert_max_num_queries(14):
        actions.log_activities(actor=shop.actor("ana"), as_of=AT, activities=drafts)
    assert ActivityLink.objects.count() == 400  # the deal and its company, 200 times


def test_a_note_stays_done(shop: Shop) -> None:
    note = call_of(shop, does="note", body="They like it", done=DoneDraft(done_at=AT))
    with pytest.raises(NoteStays):
        actions.reopen_activity(actor=shop.actor("rosa"), as_of=AT, activity_id=note.pk)


def test_a_day_takes_the_place_of_an_instant_and_the_other_way(shop: Shop) -> None:
    call = call_of(shop, due_at=AT)
    change: dict[str, Any] = {"actor": shop.actor("rosa"), "as_of": AT, "activity_id": call.pk}
    call = actions.change_activity(**change, due_date=date(2026, 3, 5))
    assert (call.due_date, call.due_at) == (date(2026, 3, 5), None)
    call = actions.change_activity(**change, due_at=AT + DAY)
    assert (call.due_date, call.due_at) == (None, AT + DAY)


def test_an_activity_can_be_made_to_be_about_something_else(shop: Shop) -> None:
    deal, other = deal_of(shop), deal_of(shop, name="Sixty seats")
    call = call_of(shop, about=(deal.ref,), members=(shop.marta.pk,))
    actions.change_activity(actor=shop.actor("rosa"), as_of=AT, activity_id=call.pk, about=(other.ref,))
    refs = queries.refs_of_links(queries.activity(shop.actor("rosa"), call.pk))
    assert set(refs) == {other.ref, shop.marta.ref}
    with pytest.raises(NotFound):
        elsewhere = deal_of(shop, "raul").ref
        actions.change_activity(actor=shop.actor("rosa"), as_of=AT, activity_id=call.pk, about=(elsewhere,))


def test_an_old_version_is_refused(shop: Shop) -> None:
    call = call_of(shop)
    with pytest.raises(VersionConflict):
        actions.change_activity(
            actor=shop.actor("rosa"), as_of=AT, activity_id=call.pk, expected_version=7, subject="New"
        )


# Who


def test_an_activity_is_seen_with_the_deal_it_is_about_and_not_by_the_company_of_it(shop: Shop) -> None:
    deal = deal_of(shop, "raul", company_id=shop.globex.pk)
    call_of(shop, "raul", subject="Of the deal", about=(deal.ref,))
    call_of(shop, "raul", subject="Of the company", about=(shop.globex.ref,))
    call_of(shop, "raul", subject="Of nothing")
    assert seen(shop, "rosa") == {"Of the company"}  # everybody sees Globex, and Raúl's deals are his
    assert seen(shop, "marta") == {"Of the company"}
    assert seen(shop, "ana") == {"Of the deal", "Of the company", "Of nothing"}


def test_who_takes_part_sees_it_and_does_not_change_it(shop: Shop) -> None:
    deal = deal_of(shop, "raul")
    call_of(shop, "raul", subject="Together", about=(deal.ref,), members=(shop.rosa.pk,))
    assert seen(shop, "rosa") == {"Together"}
    assert seen(shop, "rosa", Verb.CHANGE) == set()


def test_a_private_note_is_its_authors_alone(shop: Shop) -> None:
    call_of(shop, does="note", subject="Mine", body="…", is_private=True, done=DoneDraft(done_at=AT))
    assert [seen(shop, who) for who in ("rosa", "marta", "ana")] == [{"Mine"}, set(), set()]


def test_a_manager_changes_what_the_team_does_and_a_rep_what_is_the_reps_own(shop: Shop) -> None:
    call_of(shop, subject="Of Rosa")
    assert seen(shop, "marta", Verb.CHANGE) == {"Of Rosa"}
    assert seen(shop, "raul", Verb.CHANGE) == set()


def test_anybody_may_be_given_something_to_do_and_sees_it(shop: Shop) -> None:
    draft = ActivityDraft(does="task", subject="Check the price", owner_id=shop.raul.pk)
    task = actions.log_activity(actor=shop.actor("rosa"), as_of=AT, activity=draft)
    assert seen(shop, "raul", Verb.CHANGE) == {"Check the price"}
    assert seen(shop, "rosa", Verb.CHANGE) == {"Check the price"}  # whoever asked can take it back
    done = ActivityDraft(does="call", owner_id=shop.raul.pk, done=DoneDraft(done_at=AT))
    with pytest.raises(OwnerOutOfReach):
        actions.log_activity(actor=shop.actor("rosa"), as_of=AT, activity=done)
    assert task.owner_id == shop.raul.pk


def test_what_is_about_something_out_of_sight_is_refused(shop: Shop) -> None:
    for ref in (deal_of(shop, "raul").ref, Ref("pillar", shop.pillars["saas"].pk)):
        with pytest.raises(NotFound):
            call_of(shop, about=(ref,))
    with pytest.raises(NotFound):
        call_of(shop, members=(shop.acme.pk,))


def test_what_a_leaver_had_planned_is_anybodys_who_works_on_it(shop: Shop) -> None:
    deal = deal_of(shop)
    call_of(shop, subject="Planned", about=(deal.ref,))
    call_of(shop, subject="Logged", about=(deal.ref,), done=DoneDraft(done_at=AT))
    assert actions.release_work(actor=SYSTEM, as_of=AT, member_id=shop.rosa.pk) == 3  # Acme, the deal, the call
    owners = dict(Activity.objects.values_list("subject", "owner_id"))
    assert owners == {"Planned": None, "Logged": shop.rosa.pk}
    assert "Planned" in seen(shop, "marta", Verb.CHANGE)  # Marta looks after the deal


# Lists


def test_lists_narrow_by_state_and_record(shop: Shop) -> None:
    deal, lead = deal_of(shop), lead_of(shop)
    call_of(shop, subject="Late", about=(deal.ref,), due_date=date(2026, 3, 1))
    call_of(shop, subject="Later", about=(deal.ref,), due_date=date(2026, 3, 3))
    call_of(shop, subject="Sometime", about=(lead.ref,))
    call_of(shop, subject="Done", about=(lead.ref,), done=DoneDraft(done_at=AT, outcome="reached"))
    rosa = shop.actor("rosa")

    def named(**values: Any) -> set[str]:
        filters = queries.ActivityFilters(**values)
        return {row.name for row in queries.activities(rosa, filters, as_of=AT).rows}

    assert named(about=deal.ref) == {"Late", "Later"}
    assert named(state="overdue") == {"Late"}
    assert named(state="planned") == {"Late", "Later", "Sometime"}
    assert named(state="done", done_from=date(2026, 3, 2), done_before=date(2026, 3, 3)) == {"Done"}
    assert named(due_from=date(2026, 3, 1), due_before=date(2026, 3, 3)) == {"Late"}
    assert named(outcome="reached", does="call", text="don", owner_id=shop.rosa.pk) == {"Done"}
    assert [row.name for row in queries.next_steps(rosa, deal.ref)] == ["Late", "Later"]


def test_a_deal_about_which_nothing_is_planned_has_no_next_step(shop: Shop) -> None:
    planned, done, none, closed = (deal_of(shop, name=name) for name in ("Planned", "Done", "None", "Closed"))
    call_of(shop, about=(planned.ref,))
    call_of(shop, about=(done.ref,), done=DoneDraft(done_at=AT))
    actions.win_deal(actor=shop.actor("rosa"), as_of=AT, deal_id=closed.pk)
    deleted = call_of(shop, about=(none.ref,))
    actions.delete_activity(actor=shop.actor("rosa"), as_of=AT, activity_id=deleted.pk)
    rows = queries.without_next_step(type(planned).for_actor(shop.actor("rosa")))
    assert {row.name for row in rows} == {"Done", "None"}


def test_leads_and_companies_and_people_have_activities(shop: Shop) -> None:
    rosa = shop.actor("rosa")
    person = actions.add_person(
        actor=rosa, as_of=AT, person=actions.PersonDraft(name="Luis", company_id=shop.acme.pk, owner_id=shop.rosa.pk)
    )
    deal = actions.open_deal(
        actor=rosa, as_of=AT, deal=DealDraft(name="Two", opened_at=AT, person_id=person.pk, owner_id=shop.rosa.pk)
    )
    lead = actions.capture_lead(
        actor=rosa, as_of=AT, lead=LeadDraft(name="New", captured_at=AT, owner_id=shop.rosa.pk)
    ).lead
    call = call_of(shop, about=(deal.ref, lead.ref))
    refs = queries.refs_of_links(queries.activity(rosa, call.pk))
    assert set(refs) == {deal.ref, person.ref, lead.ref}
    assert {each.name for each in queries.linked(rosa, [queries.activity(rosa, call.pk)])[call.pk]} == {
        "Two",
        "Luis",
        "New",
    }
