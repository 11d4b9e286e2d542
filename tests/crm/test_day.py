"""My day: what waits, for whom, and in which order."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client

from caudal.core.money import Currency, FxRate, Money
from caudal.core.urgency import Waiting
from caudal.crm import actions, queries
from caudal.crm.actions import DoneDraft
from caudal.crm.models import Stage
from caudal.crm.queries import MyDay, bringing
from caudal.kit.access import SYSTEM
from caudal.workspace.actions import add_rates, change_settings
from caudal.workspace.queries import dated_rate, rate_among
from tests.crm.browsing import NOW, Api, Enter, deal_of, lead_of, queries_of, text_of
from tests.crm.test_activities import call_of
from tests.world import AT, Shop

pytestmark = pytest.mark.usefixtures("today")  # Tuesday 3 March 2026, ten o'clock in Madrid
TODAY = date(2026, 3, 3)
EUR = "EUR"


def day_of(shop: Shop, who: str = "rosa", **values: Any) -> MyDay:
    return queries.my_day(shop.actor(who), **{"as_of": NOW, "owners": [getattr(shop, who).pk], **values})


def reasons(found: MyDay) -> list[tuple[str, str]]:
    return [(task.name, task.why.value) for task in found.tasks]


@pytest.fixture(autouse=True)
def quickly_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be kept because the machine is busy."""
    monkeypatch.setattr(bringing, "LONG_SECONDS", 600)


@pytest.fixture
def likely(shop: Shop) -> Stage:
    """The first stage of the pipeline, of which 40 % are won, usually after five days."""
    stage = shop.stages("saas")[0]
    Stage.objects.filter(pk=stage.pk).update(probability="0.4", days_to_rot=5)
    return stage


@pytest.mark.usefixtures("likely")
def test_what_is_most_at_risk_comes_first(shop: Shop) -> None:
    large, small = deal_of(shop, amount=Money.of(10_000, EUR)), deal_of(shop, name="Small", amount=Money.of(100, EUR))
    call_of(shop, subject="Tomorrow", about=(large.ref,), due_date=TODAY + timedelta(days=1))
    call_of(shop, subject="Late", about=(small.ref,), due_date=date(2026, 2, 28))
    call_of(shop, subject="Today", about=(large.ref,), due_date=TODAY)
    call_of(shop, does="meeting", subject="Meeting", about=(large.ref,), due_at=NOW + timedelta(hours=3))
    deal_of(shop, name="Aimless", amount=Money.of(10_000, EUR))
    found = day_of(shop)
    assert [(task.name, task.why.value, str(task.at_risk)) for task in found.tasks] == [
        ("Meeting", "appointment", "4000.00 EUR"),  # 10,000 x 40 %
        ("Today", "today", "2000.00 EUR"),  # half of it
        ("Aimless", "no_step", "1000.00 EUR"),  # a quarter
        ("Late", "overdue", "32.00 EUR"),  # 100 x 40 % x (1/2 + 3/10): three days late
    ]
    assert str(found.at_risk) == "7032.00 EUR"


@pytest.mark.usefixtures("likely")
def test_a_deal_that_lies_is_a_task_however_much_is_planned_later(shop: Shop) -> None:
    deal = deal_of(shop, amount=Money.of(1000, EUR))
    call_of(shop, about=(deal.ref,), due_date=date(2026, 3, 20))
    assert reasons(day_of(shop)) == []
    later = AT + timedelta(days=10, minutes=1)  # twice the usual five days
    (task,) = day_of(shop, as_of=later).tasks
    assert (task.why, task.factor, str(task.at_risk)) == (Waiting.ROTTING, Fraction(1, 2), "200.00 EUR")
    assert task.usual_days == 5


def test_a_lead_waits_for_an_answer_by_the_hours_of_work(shop: Shop) -> None:
    lead = lead_of(shop)  # captured on Monday at ten
    (task,) = day_of(shop, as_of=AT + timedelta(hours=1)).tasks
    assert (task.why, task.factor) == (Waiting.LEAD, Fraction(1, 4))  # one of four hours
    (task,) = day_of(shop).tasks
    assert task.factor == 1
    call_of(shop, about=(lead.ref,), done=DoneDraft(done_at=AT, outcome="voicemail"))
    assert reasons(day_of(shop)) == []


def test_the_company_says_when_a_first_answer_is_due(shop: Shop, enter: Enter) -> None:
    lead_of(shop)  # captured on Monday at ten
    change_settings(actor=shop.actor("ana"), as_of=AT, settings=shop.settings, response_hours=8)
    (task,) = day_of(shop, as_of=AT + timedelta(hours=1)).tasks
    assert task.factor == Fraction(1, 8)
    assert "the 8 working hours for a first answer" in text_of(enter("rosa").get("/day"))


def test_a_note_is_no_answer_and_a_lead_that_ended_needs_none(shop: Shop) -> None:
    lead = lead_of(shop)
    call_of(shop, does="note", body="?", about=(lead.ref,), done=DoneDraft(done_at=AT))
    assert reasons(day_of(shop)) == [("Lucía Vidal", "lead")]
    actions.disqualify_lead(actor=shop.actor("rosa"), as_of=NOW, lead_id=lead.pk, reason="spam")
    assert reasons(day_of(shop)) == []


def test_a_lead_is_worth_what_won_deals_brought_per_lead(shop: Shop) -> None:
    won = deal_of(shop, amount=Money.of(900, EUR))
    actions.win_deal(actor=shop.actor("rosa"), as_of=NOW, deal_id=won.pk)
    for number in range(3):
        lead_of(shop, email=f"{number}@example.com")
    found = day_of(shop)
    assert str(found.lead_worth) == "300.00 EUR"  # 900 by three leads
    assert str(found.at_risk) == "900.00 EUR"


@pytest.mark.usefixtures("likely")
def test_what_takes_long_to_count_is_that_of_some_minutes_ago_for_the_same_reader(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bringing, "LONG_SECONDS", 0)
    won = deal_of(shop, amount=Money.of(900, EUR))
    actions.win_deal(actor=shop.actor("rosa"), as_of=NOW, deal_id=won.pk)
    lead_of(shop)
    assert str(day_of(shop).lead_worth) == "900.00 EUR"
    lead_of(shop, email="other@example.com")
    assert str(day_of(shop).lead_worth) == "900.00 EUR"
    assert str(day_of(shop, "ana").lead_worth) == "450.00 EUR"  # another reader, another count


@pytest.mark.usefixtures("likely")
def test_foreign_amounts_count_by_the_rate_of_the_day_or_are_named_as_unknown(shop: Shop) -> None:
    deal_of(shop, amount=Money.of(1000, "USD"))
    found = day_of(shop)
    assert (found.without_rate, str(found.at_risk)) == (("USD",), "0.00 EUR")
    add_rates(actor=SYSTEM, as_of=AT, rates=[FxRate.of("EUR", "USD", date(2026, 3, 2), "1.25")], source="a test")
    found = day_of(shop)
    assert (found.without_rate, str(found.at_risk)) == ((), "80.00 EUR")  # 1000 / 1.25 x 40 % x 1/4


@pytest.mark.usefixtures("likely")
@pytest.mark.parametrize(("day", "unknown"), [(date(2026, 2, 25), ()), (date(2026, 2, 24), ("USD",))])
def test_a_rate_counts_on_its_own_day_and_six_more_as_everywhere(
    shop: Shop, day: date, unknown: tuple[str, ...]
) -> None:
    deal_of(shop, amount=Money.of(1000, "USD"))
    add_rates(actor=SYSTEM, as_of=AT, rates=[FxRate.of("EUR", "USD", day, "1.25")], source="a test")
    assert day_of(shop).without_rate == unknown
    assert (dated_rate(Currency("USD"), Currency("EUR"), TODAY) is None) == bool(unknown)
    known = [FxRate.of("EUR", "USD", day, "1.25")]
    assert (rate_among(known, Currency("USD"), Currency("EUR"), TODAY) is None) == bool(unknown)


def test_days_are_those_of_the_readers_zone_and_what_has_ended_is_worth_nothing(shop: Shop) -> None:
    deal = deal_of(shop, amount=Money.of(1000, EUR))
    call_of(shop, subject="Ask", about=(deal.ref,), due_date=TODAY)
    actions.lose_deal(actor=shop.actor("rosa"), as_of=NOW, deal_id=deal.pk, reason="price")
    (task,) = day_of(shop).tasks
    assert (task.why, str(task.at_risk)) == (Waiting.TODAY, "0.00 EUR")


def test_a_manager_sees_the_day_of_the_team_and_a_rep_nobody_elses(shop: Shop, enter: Enter) -> None:
    call_of(shop, subject="Of Rosa", due_date=TODAY)
    call_of(shop, "raul", subject="Of Raúl", due_date=TODAY)
    assert "Of Rosa" in text_of(enter("rosa").get("/day"))
    said = text_of(enter("marta").get("/day"))
    assert "Of Rosa" in said
    assert "Of Raúl" not in said
    assert "Nothing waits" in text_of(enter("marta").get("/day?of=mine"))
    assert "Of Raúl" in text_of(enter("ana").get(f"/day?of={shop.raul.ref}"))
    for who in ("rosa", "marta"):
        assert "Of Raúl" not in text_of(enter(who).get(f"/day?of={shop.raul.ref}"))


def test_a_rep_begins_with_the_day_and_a_manager_with_the_plan(shop: Shop) -> None:
    for who, first in {"rosa": "/day", "marta": "/"}.items():
        member = getattr(shop, who)
        member.set_password("a long enough secret")
        member.save()
        sent = {"login": member.email, "password": "a long enough secret"}
        assert Client().post("/accounts/login/", sent)["Location"] == first


def test_what_waits_is_done_or_put_off_from_the_list(shop: Shop, enter: Enter) -> None:
    rosa = enter("rosa")
    call = call_of(shop, subject="Ask", due_date=TODAY)
    lead = lead_of(shop)
    page = rosa.get("/day").content.decode()
    assert f"/activities/{call.ref}/completion?next=%2Fday" in page
    assert f"about={lead.ref}&amp;line=call%2C" in page.replace("call%2C+", "call%2C")
    back = rosa.post(f"/activities/{call.ref}/due", {"to": "tomorrow", "next": "/day"}, follow=True)
    assert back.redirect_chain == [("/day", 302)]
    assert "Ask" not in text_of(back).replace("Moved: Ask", "")
    assert "Nothing waits" not in text_of(back)  # the lead does
    assert "Lucía" not in text_of(rosa.get("/day?why=today"))


def test_the_page_asks_a_fixed_number_of_queries(full_shop: Shop, enter: Enter) -> None:
    marta, deal = enter("marta"), deal_of(full_shop)
    call_of(full_shop, about=(deal.ref,), due_date=TODAY)
    few = queries_of(marta, "/day")
    assert few <= 18
    for number in range(5):
        call_of(full_shop, subject=f"{number}", about=(deal.ref,), due_date=TODAY)
        lead_of(full_shop, email=f"{number}@example.com")
    assert queries_of(marta, "/day") == few


def test_a_program_asks_for_the_day_and_gets_the_same_order(shop: Shop, api: Api, enter: Enter) -> None:
    deal_of(shop, amount=Money.of(9000, "EUR"))
    lead_of(shop, None)
    day = api("GET", "/my-day").json()
    assert {each["why"] for each in day["items"]} >= {"lead", "no_step"}
    risks = [Decimal(each["at_risk"]["amount"]) for each in day["items"]]
    assert risks == sorted(risks, reverse=True)
    only = api("GET", "/my-day?why=no_step").json()["items"]
    assert {each["name"] for each in only} == {"Forty seats"}
    assert enter("raul").get("/api/v1/my-day?why=no_step").json()["items"] == []  # Rosa's deal is out of his sight
