"""Notifications: who is told of what, once, in their own words, and nothing that they may not see."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from caudal.core.ids import Ref
from caudal.core.money import Money
from caudal.crm import actions
from caudal.crm.models import Deal
from caudal.kit.letters import deliver
from caudal.kit.models import RecordedFactRow
from caudal.kit.outbox import drain
from caudal.kit.world import World, use
from caudal.workspace import actions as workspace
from caudal.workspace import queries
from caudal.workspace.models import Member, Notification
from tests.crm.browsing import NOW, Enter, deal_of, lead_of, text_of
from tests.workspace.mailbox import mailbox, words_of
from tests.world import Shop

HOUR = timedelta(hours=1)
HANDLERS = ("crm.tell_members", "workspace.tell_of_approval", "workspace.tell_of_work")


def settle(at: Any = NOW) -> None:
    """Let everybody be told."""
    for name in HANDLERS:
        drain(name, as_of=at)


def told_to(shop: Shop, who: str, which: Any = "unread") -> list[str]:
    """What somebody is told, newest first, in words."""
    actor = shop.actor(who)
    rows = queries.notifications(actor, which).rows
    return [
        " ".join(f"{each.who} {each.words}: {each.name} {each.about}".split())
        for each in queries.told(actor, rows, as_of=NOW)
    ]


@pytest.fixture
def rosas_deal(shop: Shop, today: World) -> Deal:
    deal = deal_of(shop, company_id=shop.acme.pk)
    settle()
    Notification.objects.all().delete()
    return deal


def note(shop: Shop, deal: Deal, text: str, who: str = "marta", **values: Any) -> Any:
    done = actions.DoneDraft(done_at=NOW)
    draft = actions.ActivityDraft(does="note", body=text, about=(deal.ref,), done=done, **values)
    return actions.log_activity(actor=shop.actor(who), as_of=NOW, activity=draft)


def test_whoever_is_mentioned_is_told_once_and_follows_from_then_on(shop: Shop, rosas_deal: Deal) -> None:
    note(shop, rosas_deal, "@Ana, what do you think?", who="rosa")
    settle()
    assert told_to(shop, "ana") == ["Rosa mentioned you: Note Forty seats"]
    assert told_to(shop, "rosa") == []  # her own doing
    # A handler that takes the fact again tells nobody a second time.
    fact = RecordedFactRow.objects.get(name="crm.activity_logged")
    workspace.notify(
        notices=[
            workspace.Notice(
                member_id=shop.ana.pk,
                sort=queries.NoticeSort.MENTION,
                key=f"mention {fact.pk}",
                subject=Ref("activity", fact.subject_id),
                actor=fact.actor,
                happened_at=NOW,
                fact=fact.pk,
            )
        ]
    )
    assert Notification.objects.filter(member=shop.ana).count() == 1
    actions.change_deal(actor=shop.actor("rosa"), as_of=NOW + HOUR, deal_id=rosas_deal.pk, amount=Money.of(900, "EUR"))
    settle()
    assert told_to(shop, "ana")[0] == "Rosa changed the deal: Forty seats Acme"


def test_nobody_is_told_of_what_they_may_not_see(shop: Shop, rosas_deal: Deal, enter: Enter) -> None:
    note(shop, rosas_deal, "@Raúl have a look", who="rosa")  # Raúl sells in another team
    settle()
    assert told_to(shop, "raul") == []
    # Seen then, out of sight now: the list says that there is something and not what.
    note(shop, rosas_deal, "@Ana and @Marta look", who="rosa")
    settle()
    assert told_to(shop, "marta") == ["Rosa mentioned you: Note Forty seats"]
    Member.objects.filter(pk=shop.marta.pk).update(team=None)
    page = enter("marta").get("/notifications")
    assert "Something about which you may no longer know" in text_of(page)
    assert "Forty seats" not in text_of(page)
    assert "Rosa" not in text_of(page)


def test_what_becomes_mine_is_told_and_many_at_once_are_told_as_one(shop: Shop, today: World) -> None:
    ana = shop.actor("ana")
    deal_of(shop, who="raul", name="One")
    drafts = [actions.LeadDraft(name=f"Lead {n}", captured_at=NOW, owner_id=shop.raul.pk) for n in range(7)]
    actions.capture_leads(actor=ana, as_of=NOW, leads=drafts)
    call = actions.ActivityDraft(does="call", subject="Ask them", owner_id=shop.raul.pk)
    actions.log_activity(actor=ana, as_of=NOW, activity=call)
    settle()
    said = told_to(shop, "raul")
    assert "Ana gave you 7 leads:" in said
    assert "Ana gave you a deal: One" in said
    assert "Ana gave you something to do: Ask them" in said


def test_what_is_brought_in_from_long_ago_is_no_news(shop: Shop, today: World) -> None:
    settle()
    Notification.objects.all().delete()
    drafts = [actions.LeadDraft(name="Old", captured_at=NOW - timedelta(days=90), owner_id=shop.raul.pk)]
    actions.capture_leads(actor=shop.actor("ana"), as_of=NOW, leads=drafts)
    settle()
    assert told_to(shop, "raul") == []


def test_an_owner_hears_what_others_do_unless_they_say_no(
    shop: Shop, rosas_deal: Deal, today: World, enter: Enter
) -> None:
    rosa, page = enter("rosa"), f"/deals/{rosas_deal.ref}"
    stages, marta = shop.stages("saas"), shop.actor("marta")
    actions.move_deal(actor=marta, as_of=NOW, deal_id=rosas_deal.pk, stage_id=stages[1].pk)
    settle()
    assert told_to(shop, "rosa") == ["Marta moved the deal from Qualification to Demo: Forty seats Acme"]
    assert "Follow no more" in text_of(rosa.get(page)) or "Follow no more" in rosa.get(page).content.decode()
    rosa.post(f"/following/{rosas_deal.ref}?hears=0")
    actions.move_deal(actor=marta, as_of=NOW + HOUR, deal_id=rosas_deal.pk, stage_id=stages[2].pk)
    settle()
    assert len(told_to(shop, "rosa")) == 1
    # Marta is no owner: she follows because she says so.
    workspace.follow_record(actor=marta, as_of=NOW, record=rosas_deal.ref)
    actions.close_deal(actor=shop.actor("rosa"), as_of=NOW + HOUR, deal_id=rosas_deal.pk, outcome="won")
    settle()
    assert told_to(shop, "marta")[0].startswith("Rosa won the deal: Forty seats")


def test_the_bell_counts_and_says_nothing_new_in_304(shop: Shop, rosas_deal: Deal, enter: Enter) -> None:
    ana = enter("ana")
    first = ana.get("/notifications/bell")
    assert ana.get("/notifications/bell", headers={"If-None-Match": first["ETag"]}).status_code == 304
    note(shop, rosas_deal, "@Ana look", who="rosa")
    settle()
    second = ana.get("/notifications/bell", headers={"If-None-Match": first["ETag"]})
    assert second.status_code == 200
    assert "1 unread" in second.content.decode()
    assert "mentioned you" in ana.get("/notifications/panel").content.decode()
    [row] = Notification.objects.filter(member=shop.ana)
    opened = ana.post(f"/notifications/{row.ref}", {"do": "open"})
    assert opened["Location"] == f"/activities/{Ref('activity', row.subject_id)}"
    assert "Nothing unread" in text_of(ana.get("/notifications"))
    assert "mentioned you" in text_of(ana.get("/notifications?show=read"))
    ana.post(f"/notifications/{row.ref}", {"do": "unread"})
    ana.post("/notifications/read", {"next": "/notifications"})
    assert Notification.objects.filter(read_at=None, member=shop.ana).count() == 0
    assert enter("rosa").post(f"/notifications/{row.ref}", {"do": "read"}).status_code == 404


def test_reminders_come_once_before_the_hour_and_in_the_morning(shop: Shop, today: World) -> None:
    rosa = shop.actor("rosa")
    at = NOW.replace(hour=15, minute=0)  # 16:00 in Madrid
    meeting = actions.ActivityDraft(
        does="meeting", subject="Kick-off", owner_id=shop.rosa.pk, due_at=at, members=(shop.marta.pk,)
    )
    call = actions.ActivityDraft(does="call", subject="Call Acme", owner_id=shop.rosa.pk, due_date=at.date())
    actions.log_activities(actor=rosa, as_of=NOW, activities=[meeting, call])
    settle()
    Notification.objects.all().delete()
    assert actions.remind(as_of=at - timedelta(minutes=16)) == 1  # the day's call; the meeting is not near yet
    for minutes in (15, 10, 5):
        actions.remind(as_of=at - timedelta(minutes=minutes))
    assert sorted(told_to(shop, "rosa")) == ["Due today 16:00: Kick-off", "Due today: Call Acme"]
    assert told_to(shop, "marta") == ["Due today 16:00: Kick-off"]
    early = NOW.replace(hour=6)  # 7:00 in Madrid: the hour of the digest has not come
    Notification.objects.all().delete()
    assert actions.remind(as_of=early) == 0


def test_those_who_may_decide_are_asked_and_whoever_asked_hears_what_was_decided(
    shop: Shop, rosas_deal: Deal, enter: Enter
) -> None:
    workspace.change_settings(
        actor=shop.actor("ana"), as_of=NOW, settings=shop.settings, approval_above=Money.of(1, "EUR")
    )
    rosa = shop.actor("rosa")
    actions.change_deal(actor=rosa, as_of=NOW, deal_id=rosas_deal.pk, amount=Money.of(9000, "EUR"))
    actions.close_deal(actor=rosa, as_of=NOW, deal_id=rosas_deal.pk, outcome="won")
    settle()
    Notification.objects.all().delete()
    approval = actions.ask_to_reopen(actor=rosa, as_of=NOW, deal_id=rosas_deal.pk, reason="Wrong amount")
    settle()
    assert told_to(shop, "marta") == ["Rosa asks you to decide: Reopen the deal: Forty seats"]
    assert told_to(shop, "ana") == ["Rosa asks you to decide: Reopen the deal: Forty seats"]
    assert told_to(shop, "raul") == []
    assert 'href="/approvals"' in enter("marta").get("/notifications").content.decode()
    workspace.decide_approval(actor=shop.actor("marta"), as_of=NOW, approval=approval, granted=True)
    settle()
    assert told_to(shop, "rosa")[0] == "Marta agreed: Reopen the deal: Forty seats"


def test_long_work_is_found_again_under_the_bell(shop: Shop, today: World, enter: Enter) -> None:
    ana = shop.actor("ana")
    done, work = (
        workspace.start_operation(actor=ana, as_of=NOW, name="crm.import", title=title, params={})
        for title in ("Old CRM", "Broken")
    )
    workspace.finish_operation(actor=ana, operation=done, as_of=NOW, result={})
    workspace.finish_operation(actor=ana, operation=work, as_of=NOW, result={}, error="No file")
    settle()
    assert sorted(told_to(shop, "ana")) == ["It has failed: Broken", "It is done: Old CRM"]
    [row] = [row for row in Notification.objects.all() if row.subject_id == work.pk]
    assert enter("ana").post(f"/notifications/{row.ref}", {"do": "open"})["Location"] == f"/imports/{work.ref}"


def test_mail_leaves_at_once_for_whoever_wishes_it_and_can_be_stopped_with_one_click(
    shop: Shop, rosas_deal: Deal, today: World, client: Client
) -> None:
    workspace.choose_ways(actor=shop.actor("ana"), as_of=NOW, ways={"mention": "mail"})
    workspace.change_member(actor=shop.actor("ana"), as_of=NOW, member=shop.ana, language="es")
    note(shop, rosas_deal, "@Ana y @Marta, mirad esto", who="rosa")
    settle()
    with mailbox() as (box, mail), use(replace(today, mail=mail)):
        assert [workspace.post_notices(as_of=NOW), workspace.post_notices(as_of=NOW + HOUR)] == [1, 0]
        deliver(as_of=NOW + HOUR)
        [letter] = box.taken
    assert letter["To"] == "ana@example.com"
    assert letter["Subject"].endswith("mencionó: Forty seats")
    text = words_of(letter)
    assert "mirad esto" in text
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    [stop] = re.findall(r"<http://[^/]+(/[^>]+)>", letter["List-Unsubscribe"])
    assert client.get(stop).status_code == 200
    assert queries.ways_of([shop.ana.pk])[shop.ana.pk]["mention"] == "mail"  # looking changes nothing
    one_click = Client(enforce_csrf_checks=True).post(stop, {"List-Unsubscribe": "One-Click"})
    assert one_click.status_code == 200
    assert queries.ways_of([shop.ana.pk])[shop.ana.pk]["mention"] == "page"
    assert client.post(f"{stop}x").status_code == 404


def test_the_digest_comes_once_a_day_at_the_readers_hour_with_what_is_unread(
    shop: Shop, rosas_deal: Deal, today: World
) -> None:
    note(shop, rosas_deal, "@Ana look at this", who="rosa")
    note(shop, rosas_deal, "@Ana and this", who="marta")
    settle()
    tomorrow = (NOW + timedelta(days=1)).replace(hour=6, minute=59)  # 7:59 in Madrid
    with mailbox() as (box, mail), use(replace(today, mail=mail)):
        assert workspace.post_digests(as_of=tomorrow) == 0
        assert workspace.post_digests(as_of=tomorrow + timedelta(minutes=1)) > 0
        assert workspace.post_digests(as_of=tomorrow + timedelta(minutes=16)) == 0
        assert workspace.post_digests(as_of=tomorrow + timedelta(days=1, minutes=1)) == 0  # nothing new
        deliver(as_of=tomorrow + HOUR)
    letter = next(each for each in box.taken if each["To"] == "ana@example.com")
    assert letter["Subject"] == "2 things that you have not read"
    text = words_of(letter)
    assert "Rosa mentioned you" in text
    assert "Marta mentioned you" in text
    assert "/notifications/no-more/" in letter["List-Unsubscribe"]


def test_a_weekly_digest_waits_for_its_day_and_none_comes_to_whoever_wants_none(
    shop: Shop, rosas_deal: Deal, today: World
) -> None:
    ana, marta = shop.actor("ana"), shop.actor("marta")
    workspace.choose_ways(actor=ana, as_of=NOW, rhythm="weekly", weekday=4)
    workspace.choose_ways(actor=marta, as_of=NOW, ways={"mention": "none"})
    note(shop, rosas_deal, "@Ana and @Marta, look", who="rosa")
    settle()
    assert told_to(shop, "marta") == []
    friday = NOW.replace(day=6, hour=8)  # 3 March 2026 is a Tuesday
    sent = [workspace.post_digests(as_of=friday - timedelta(days=days)) for days in (2, 1)]
    assert sent == [0, 0]
    assert workspace.post_digests(as_of=friday) == 1


def test_a_member_says_how_to_be_told_on_a_page_and_by_the_api(shop: Shop, today: World, enter: Enter) -> None:
    rosa = enter("rosa")
    page = rosa.get("/notifications/settings")
    assert "Letters go to rosa@example.com" in text_of(page)
    ways = {f"way_{sort}": "digest" for sort in queries.NoticeSort.values} | {"way_mention": "mail"}
    sent = ways | {"rhythm": "weekly", "hour": "7", "weekday": "1", "remind_minutes": "30"}
    assert rosa.post("/notifications/settings", sent).status_code == 302
    assert rosa.post("/notifications/settings", sent | {"hour": "25"}).status_code == 422
    got = rosa.get("/api/v1/notification-settings").json()
    assert (got["ways"]["mention"], got["rhythm"], got["hour"], got["remind_minutes"]) == ("mail", "weekly", 7, 30)
    plan = queries.digest_plan(shop.rosa.pk)
    assert (plan.weekday, plan.hour) == (1, 7)


def test_the_api_lists_reads_and_follows(shop: Shop, rosas_deal: Deal, enter: Enter) -> None:
    note(shop, rosas_deal, "@Rosa look", who="marta")
    lead = lead_of(shop, "raul")
    settle()
    rosa = enter("rosa")
    found = rosa.get("/api/v1/notifications").json()
    [item] = [each for each in found["items"] if each["sort"] == "mention"]
    assert (item["who"], item["body"], item["about"]) == ("Marta", "@Rosa look", "Forty seats")
    sent: Any = {"content_type": "application/json"}
    assert rosa.patch(f"/api/v1/notifications/{item['id']}", {"read": True}, **sent).status_code == 204
    assert rosa.post("/api/v1/notifications/read", **sent).status_code == 200
    assert rosa.get("/api/v1/notifications").json()["items"] == []
    assert rosa.put(f"/api/v1/following/{rosas_deal.ref}", **sent).json()["hears"] is True
    assert rosa.put(f"/api/v1/following/{lead.ref}", **sent).status_code == 404  # Raúl's lead is out of her sight
