"""Pages and routes of activities: one line, the whole form, done, moved, opened again."""

from datetime import date, timedelta
from typing import Any

import pytest

from caudal.crm import actions
from caudal.crm.models import Activity, Completion
from caudal.kit.world import fixed_world, use
from tests.crm.browsing import NOW, Api, Enter, deal_of, queries_of, text_of
from tests.crm.test_activities import call_of
from tests.world import AT, Shop

pytestmark = pytest.mark.usefixtures("today")  # Tuesday 3 March 2026


def log(client: Any, about: Any, line: str) -> Any:
    sent = {"line": line, "about": str(about.ref), "next": f"/deals/{about.ref}"}
    return client.post("/activities/line", sent, follow=True)


def test_one_line_logs_what_was_done_and_plans_what_comes_next(shop: Shop, enter: Enter) -> None:
    deal, rosa = deal_of(shop, company_id=shop.acme.pk), enter("rosa")
    answer = log(rosa, deal, "call, reached, 10 min, next: send offer Friday")
    done, step = Activity.objects.order_by("completion__done_at")  # of both, one is done
    assert (done.does, done.minutes, done.completion.outcome) == ("call", 10, "reached")
    assert (step.does, step.subject, step.due_date, step.owner) == ("task", "send offer", date(2026, 3, 6), shop.rosa)
    assert not Completion.objects.filter(activity=step).exists()
    said = text_of(answer)
    assert "send offer in 3 days" in said
    assert "Rosa logged a call: reached" in said


@pytest.mark.parametrize(
    ("line", "does", "subject", "body", "outcome"),
    [
        ("no answer", "call", "", "", "no_answer"),  # only calls have this outcome
        ("They decide in May", "note", "", "They decide in May", ""),
        ("reunión, con dirección, 1 h", "meeting", "con dirección", "", ""),
    ],
)
def test_a_line_that_names_no_kind_says_it_by_its_outcome_or_is_a_note(
    line: str, does: str, subject: str, body: str, outcome: str, shop: Shop, enter: Enter
) -> None:
    log(enter("rosa"), deal_of(shop), line)
    found = Activity.objects.get()
    assert (found.does, found.subject, found.body, found.completion.outcome) == (does, subject, body, outcome)


def test_a_line_that_contradicts_itself_is_shown_again_with_what_was_typed(shop: Shop, enter: Enter) -> None:
    answer = log(enter("rosa"), deal_of(shop), "meeting, voicemail")
    assert answer.status_code == 422
    assert "This is not an outcome of this kind." in text_of(answer)
    assert 'value="meeting, voicemail"' in answer.content.decode()
    assert not Activity.objects.exists()


def test_the_whole_form_plans_at_an_instant_of_the_readers_zone(shop: Shop, enter: Enter) -> None:
    deal, rosa = deal_of(shop), enter("rosa")
    form = rosa.get(f"/activities/new?about={deal.ref}&next=/deals/{deal.ref}")
    assert f'value="{deal.ref}"' in form.content.decode()
    sent = {"does": "meeting", "subject": "With Lucía", "due_date": "2026-03-05", "due_time": "16:30"}
    rosa.post("/activities/new", {**sent, "owner": str(shop.marta.pk), "about": str(deal.ref)})
    found = Activity.objects.get()
    assert found.due_at is not None
    assert found.due_at.isoformat() == "2026-03-05T15:30:00+00:00"  # Madrid is an hour ahead in winter
    assert (found.owner, found.due_date) == (shop.marta, None)
    late = rosa.post("/activities/new", {**sent, "due_date": "", "about": str(deal.ref)})
    assert "A time needs its day." in text_of(late)


def test_done_says_what_came_of_it_and_plans_the_next_step_about_the_same(shop: Shop, enter: Enter) -> None:
    deal, rosa = deal_of(shop), enter("rosa")
    call = call_of(shop, subject="Ask", about=(deal.ref,), due_date=date(2026, 3, 2))
    page = f"/activities/{call.ref}"
    assert "Overdue" in rosa.get(page).content.decode()
    assert "Wrong number" in text_of(rosa.get(f"{page}/completion"))
    rosa.post(f"{page}/completion", {"outcome": "voicemail", "minutes": "2", "step": "call again tomorrow"})
    call.refresh_from_db()
    assert (call.completion.outcome, call.completion.done_at, call.minutes) == ("voicemail", NOW, 2)
    again = Activity.objects.exclude(pk=call.pk).get()
    assert (again.does, again.subject, again.due_date) == ("call", "call again", date(2026, 3, 4))
    assert again.links.get().deal == deal
    assert "Voicemail" in rosa.get(page).content.decode()
    rosa.post(f"{page}/reopening")
    assert not Completion.objects.exists()


@pytest.mark.parametrize(("to", "day"), [("tomorrow", date(2026, 3, 4)), ("next-week", date(2026, 3, 10))])
def test_a_task_is_moved_to_tomorrow_or_next_week_at_a_press(to: str, day: date, shop: Shop, enter: Enter) -> None:
    task = call_of(shop, does="task", subject="Offer", due_date=date(2026, 3, 1))
    enter("rosa").post(f"/activities/{task.ref}/due", {"to": to})
    task.refresh_from_db()
    assert task.due_date == day


def test_a_meeting_keeps_its_time_of_day_and_is_not_moved_onto_a_weekend(shop: Shop, enter: Enter) -> None:
    meeting = call_of(shop, does="meeting", subject="Terms", due_at=AT)  # Monday at 10:00 in Madrid
    address = f"/activities/{meeting.ref}/due"
    with use(fixed_world(at=AT + timedelta(days=4), seed=6)):  # a Friday
        enter("rosa").post(address, {"to": "tomorrow"})
    meeting.refresh_from_db()
    assert meeting.due_at == AT + timedelta(days=7)
    enter("rosa").post(address, {"due_date": "2026-03-10", "due_time": "12:00", "version": 2})
    meeting.refresh_from_db()
    assert meeting.due_at == AT + timedelta(days=8, hours=2)


def test_an_activity_is_changed_and_deleted_on_its_page(shop: Shop, enter: Enter) -> None:
    rosa, task = enter("rosa"), call_of(shop, does="task", subject="Offer", body="See https://acme.example/<b>")
    page = f"/activities/{task.ref}"
    shown = rosa.get(page).content.decode()
    assert '<a href="https://acme.example/' in shown  # links are made, and nothing else
    assert "<b>" not in shown.partition('class="record-body"')[2].partition("</div>")[0]
    sent = {"subject": "The offer", "body": "", "owner": str(shop.rosa.pk), "version": 1}
    assert rosa.post(f"{page}/edit", sent).status_code == 302
    assert rosa.post(f"{page}/edit", sent).status_code == 412
    assert "Delete “The offer”?" in rosa.get(f"{page}/deletion").content.decode()
    rosa.post(f"{page}/deletion")
    assert rosa.get(page).status_code == 404


def test_nobody_else_finds_the_pages_of_a_private_note(shop: Shop, enter: Enter) -> None:
    deal = deal_of(shop)
    draft = actions.ActivityDraft(
        does="note", body="Careful", about=(deal.ref,), is_private=True, done=actions.DoneDraft(done_at=AT)
    )
    note = actions.log_activity(actor=shop.actor("rosa"), as_of=AT, activity=draft)
    for who, status in {"rosa": 200, "marta": 404, "ana": 404, "raul": 404}.items():
        assert enter(who).get(f"/activities/{note.ref}").status_code == status
    assert "Careful" in enter("rosa").get(f"/deals/{deal.ref}").content.decode()
    assert "Careful" not in enter("ana").get(f"/deals/{deal.ref}").content.decode()


def test_a_record_page_shows_what_is_planned_at_the_same_cost_however_much_it_is(shop: Shop, enter: Enter) -> None:
    deal, rosa = deal_of(shop), enter("rosa")
    call_of(shop, subject="One", about=(deal.ref,), due_date=date(2026, 3, 4))
    few = queries_of(rosa, f"/deals/{deal.ref}")
    for number in range(5):
        call_of(shop, subject=f"More {number}", about=(deal.ref,))
    assert queries_of(rosa, f"/deals/{deal.ref}") == few


def test_a_program_plans_does_moves_and_lists_activities(shop: Shop, api: Api) -> None:
    deal = deal_of(shop)
    body = {"kind": "call", "subject": "Ask", "about": [str(deal.ref)], "owner_id": str(shop.rosa.ref)}
    made = api("POST", "/activities", {**body, "due_date": "2026-03-03"})
    assert (made.status_code, made["ETag"]) == (201, '"1"')
    path = f"/activities/{made.json()['id']}"
    assert api("PATCH", path, {"due_at": "2026-03-04T10:00:00Z"}).status_code == 428
    moved = api("PATCH", path, {"due_at": "2026-03-04T10:00:00Z"}, If_Match='"1"').json()
    assert (moved["due_date"], moved["due_at"], moved["version"]) == (None, "2026-03-04T10:00:00Z", 2)
    refused = api("POST", f"{path}/completion", {"outcome": "held"})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["outcome"])
    done = api("POST", f"{path}/completion", {"outcome": "reached", "minutes": 7}).json()["done"]
    assert (done["outcome"], done["done_at"]) == ("reached", "2026-03-02T09:00:00Z")
    assert api("POST", f"{path}/completion", {}).status_code == 409
    listed = api("GET", f"/activities?state=done&about={deal.ref}&kind=call").json()["items"]
    assert [each["subject"] for each in listed] == ["Ask"]
    assert api("GET", "/activities?state=planned").json()["items"] == []
    assert api("DELETE", f"{path}/completion").json()["done"] is None
    assert api("DELETE", path).status_code == 204
    assert api("GET", path).status_code == 404


def test_a_program_logs_many_at_once_or_none(shop: Shop, api: Api) -> None:
    call = {"kind": "call", "done": {"outcome": "reached", "done_at": "2025-06-01T10:00:00Z"}}
    refused = api("POST", "/activities/many", {"items": [call, {"kind": "task"}]})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["1.subject"])
    assert not Activity.objects.exists()
    made = api("POST", "/activities/many", {"items": [call, {"kind": "task", "subject": "Later"}]})
    assert [each["kind"] for each in made.json()["items"]] == ["call", "task"]
    assert Completion.objects.get().done_at.year == 2025
