"""Taking back what was won for much: one person asks, another agrees, and nobody gets round it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from django.test import Client

from caudal.core.money import Money
from caudal.crm import actions, queries
from caudal.crm.actions.closing import NeedsSecondPerson, NotClosed
from caudal.crm.actions.deals import StaysAsWon
from caudal.crm.models import Deal, DealClose
from caudal.kit.outbox import drain, timeline
from caudal.kit.problems import BadInput
from caudal.kit.records import NotFound
from caudal.workspace.actions import change_settings, decide_approval, issue_key
from caudal.workspace.actions.approvals import AlreadyDecided, NotAPerson, OwnRequest
from caudal.workspace.models import Approval
from caudal.workspace.queries import actor_of_key, open_approvals
from tests.crm.browsing import NOW, Enter, deal_of, main_of, text_of
from tests.world import AT, Shop

pytestmark = pytest.mark.usefixtures("today")
HANDLER: Final = "crm.reopen_approved"
REASON: Final = "They never signed"
Won = Callable[..., Deal]


@pytest.fixture
def won(shop: Shop) -> Won:
    """Makes deals that Rosa won, in a shop where more than €1,000 is not taken back by one person alone."""
    change_settings(actor=shop.actor("ana"), as_of=AT, settings=shop.settings, approval_above=Money.of(1000, "EUR"))

    def make(amount: int | Money = 1001, who: str = "rosa") -> Deal:
        worth = amount if isinstance(amount, Money) else Money.of(amount, "EUR")
        deal = deal_of(shop, who, amount=worth)
        return actions.win_deal(actor=shop.actor(who), as_of=NOW, deal_id=deal.pk)

    return make


def ask(shop: Shop, deal: Deal, who: str = "rosa", reason: str = REASON) -> Approval:
    return actions.ask_to_reopen(actor=shop.actor(who), as_of=NOW, deal_id=deal.pk, reason=reason)


def decide(shop: Shop, approval: Approval, who: str, *, granted: bool, note: str = "") -> Approval:
    return decide_approval(actor=shop.actor(who), as_of=NOW, approval=approval, granted=granted, note=note)


def reopen(shop: Shop, deal: Deal, who: str = "rosa") -> Deal:
    return actions.reopen_deal(actor=shop.actor(who), as_of=NOW, deal_id=deal.pk)


def is_open(deal: Deal) -> bool:
    return not DealClose.objects.filter(deal=deal).exists()


# Where one person is enough


def test_at_the_threshold_one_person_reopens_at_once(shop: Shop, won: Won) -> None:
    deal = won(1000)
    reopen(shop, deal)
    assert is_open(deal)


def test_a_lost_deal_takes_no_revenue_back_whatever_it_is_worth(shop: Shop, won: Won) -> None:
    assert won(1) is not None  # the threshold is set
    deal = deal_of(shop, amount=Money.of(5000, "EUR"))
    actions.lose_deal(actor=shop.actor("rosa"), as_of=NOW, deal_id=deal.pk, reason="price")
    reopen(shop, deal)
    assert is_open(deal)


@pytest.mark.parametrize("who", ["rosa", "marta", "ana"])
def test_above_the_threshold_nobody_reopens_alone(who: str, shop: Shop, won: Won) -> None:
    deal = won(1001)
    with pytest.raises(NeedsSecondPerson):
        reopen(shop, deal, who)
    assert not is_open(deal)


def test_an_amount_in_another_currency_cannot_be_compared_and_takes_two(shop: Shop, won: Won) -> None:
    with pytest.raises(NeedsSecondPerson):
        reopen(shop, won(Money.of(1, "USD")))


# Asking and deciding


def test_the_same_question_is_asked_once(shop: Shop, won: Won) -> None:
    deal = won()
    first = ask(shop, deal)
    assert ask(shop, deal, "marta", "Again").pk == first.pk
    assert [each.reason for each in open_approvals(shop.actor("ana"))] == [REASON]


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_whoever_is_asked_is_told_why(reason: str, shop: Shop, won: Won) -> None:
    with pytest.raises(BadInput) as refused:
        ask(shop, won(), reason=reason)
    assert list(refused.value.fields) == ["reason"]


def test_there_is_nothing_to_ask_about_an_open_deal(shop: Shop, won: Won) -> None:
    assert won(1) is not None
    with pytest.raises(NotClosed):
        ask(shop, deal_of(shop, amount=Money.of(5000, "EUR")))


@pytest.mark.parametrize("granted", [True, False])
def test_nobody_decides_their_own_request(granted: bool, shop: Shop, won: Won) -> None:  # noqa: FBT001  both answers
    approval = ask(shop, won(), "ana")
    with pytest.raises(OwnRequest):
        decide(shop, approval, "ana", granted=granted)
    approval.refresh_from_db()
    assert approval.decided_at is None


def test_a_key_is_no_second_person(shop: Shop, won: Won) -> None:
    deal, ana = won(), shop.actor("ana")
    scopes = ("crm:read", "crm:write", "workspace:read", "workspace:write")
    key, _token = issue_key(actor=ana, as_of=AT, name="Program", role="admin", scopes=scopes)
    asked = ask(shop, deal, "ana")
    with pytest.raises(NotAPerson):
        decide_approval(actor=actor_of_key(key), as_of=NOW, approval=asked, granted=True)
    decide(shop, asked, "marta", granted=False)
    by_key = actions.ask_to_reopen(actor=actor_of_key(key), as_of=NOW, deal_id=deal.pk, reason=REASON)
    with pytest.raises(OwnRequest):  # the key is in Ana's hands
        decide(shop, by_key, "ana", granted=True)


def test_a_question_is_seen_and_decided_by_those_who_may_change_the_deal(shop: Shop, won: Won) -> None:
    approval = ask(shop, won())
    sees = [who for who in ("ana", "marta", "rosa", "raul") if open_approvals(shop.actor(who))]
    assert sees == ["ana", "marta", "rosa"]  # Raúl sells in another team
    with pytest.raises(NotFound):
        decide(shop, approval, "raul", granted=True)


def test_a_decision_is_taken_once(shop: Shop, won: Won) -> None:
    approval = ask(shop, won())
    decide(shop, approval, "marta", granted=False)
    with pytest.raises(AlreadyDecided) as refused:
        decide(shop, approval, "ana", granted=True)
    assert "Marta" in str(refused.value)


# What follows


def test_the_deal_opens_again_once_somebody_else_agreed(shop: Shop, won: Won) -> None:
    deal = won()
    decide(shop, ask(shop, deal), "marta", granted=True)
    assert not is_open(deal)
    assert drain(HANDLER, as_of=NOW) == 1
    assert is_open(deal)
    # All of it happens at one instant.
    told = {fact.name for fact in timeline(deal.ref)}
    assert told >= {"crm.deal_reopened", "workspace.approval_decided", "workspace.approval_asked"}


def test_a_refusal_leaves_the_deal_won_and_lets_one_ask_again(shop: Shop, won: Won) -> None:
    deal = won()
    first = ask(shop, deal)
    decide(shop, first, "marta", granted=False)
    drain(HANDLER, as_of=NOW)
    assert not is_open(deal)
    with pytest.raises(NeedsSecondPerson):
        reopen(shop, deal)
    assert ask(shop, deal).pk != first.pk


def test_a_yes_counts_for_the_win_that_it_was_given_for(shop: Shop, won: Won) -> None:
    deal = won()
    decide(shop, ask(shop, deal), "marta", granted=True)
    drain(HANDLER, as_of=NOW)
    later = NOW + timedelta(hours=1)
    actions.win_deal(actor=shop.actor("rosa"), as_of=later, deal_id=deal.pk)
    with pytest.raises(NeedsSecondPerson):
        actions.reopen_deal(actor=shop.actor("rosa"), as_of=later, deal_id=deal.pk)


def test_a_question_that_nobody_needs_any_more_is_withdrawn(shop: Shop, won: Won) -> None:
    deal = won()
    ask(shop, deal)
    change_settings(actor=shop.actor("ana"), as_of=NOW, settings=shop.settings, approval_above=None)
    reopen(shop, deal)
    assert open_approvals(shop.actor("ana")) == []
    again = actions.win_deal(actor=shop.actor("rosa"), as_of=NOW, deal_id=deal.pk)
    assert queries.reopening_asked(again) is None


def test_what_was_won_is_not_taken_back_by_editing_or_deleting_it(shop: Shop, won: Won) -> None:
    deal, rosa = won(), shop.actor("rosa")
    with pytest.raises(StaysAsWon):
        actions.change_deal(actor=rosa, as_of=NOW, deal_id=deal.pk, amount=Money.of(1, "EUR"))
    with pytest.raises(StaysAsWon):
        actions.delete_deal(actor=rosa, as_of=NOW, deal_id=deal.pk)
    changed = actions.change_deal(actor=rosa, as_of=NOW, deal_id=deal.pk, name="Fifty seats", amount=deal.amount)
    assert (changed.name, changed.amount, changed.deleted_at) == ("Fifty seats", Money.of(1001, "EUR"), None)


# Pages


def test_the_form_asks_for_approval_where_it_is_needed(shop: Shop, won: Won, enter: Enter) -> None:
    small, large, rosa = won(1000), won(1001), enter("rosa")
    assert "Ask for approval" not in text_of(rosa.get(f"/deals/{small.ref}/reopening"))
    assert 'name="reason"' not in main_of(rosa.get(f"/deals/{small.ref}/reopening"))
    said = text_of(rosa.get(f"/deals/{large.ref}/reopening"))
    assert "was won for €1,001.00, which is above what one person may take back" in said
    assert "Ask for approval" in said
    silent = rosa.post(f"/deals/{large.ref}/reopening", {"ask": "True", "reason": ""})
    assert silent.status_code == 422
    assert "Say why, for the person who decides." in text_of(silent)
    assert rosa.post(f"/deals/{large.ref}/reopening", {"ask": "True", "reason": REASON}).status_code == 302
    assert [each.subject for each in open_approvals(shop.actor("marta"))] == [large.ref]


def test_the_page_of_the_deal_says_that_it_waits(shop: Shop, won: Won, enter: Enter) -> None:
    deal, rosa = won(), enter("rosa")
    assert f"/deals/{deal.ref}/reopening" in rosa.get(f"/deals/{deal.ref}").content.decode()
    ask(shop, deal)
    page = rosa.get(f"/deals/{deal.ref}")
    assert "Reopening has waited for a second person since today 10:00." in text_of(page)  # 9:00 UTC in Madrid
    assert f"/deals/{deal.ref}/reopening" not in page.content.decode()
    assert f"Rosa asked for approval: reopen the deal 10:00 {REASON}" in text_of(page)
    again = rosa.get(f"/deals/{deal.ref}/reopening", follow=True)
    assert "waits for somebody else to agree" in again.content.decode()
    decide(shop, open_approvals(shop.actor("ana"))[0], "ana", granted=False, note="Send them the contract first")
    after = text_of(rosa.get(f"/deals/{deal.ref}"))
    assert "has waited" not in after
    assert "Ana refused: reopen the deal 10:00 Send them the contract first" in after


# Routes


def as_json(client: Client, method: str, path: str, body: dict[str, object] | None = None) -> Any:
    send = getattr(client, method)
    return send(f"/api/v1{path}", body, "application/json") if body is not None else send(f"/api/v1{path}")


def test_routes_ask_list_and_decide(shop: Shop, won: Won, enter: Enter) -> None:
    deal, rosa, marta = won(), enter("rosa"), enter("marta")
    refused = as_json(rosa, "delete", f"/deals/{deal.ref}/close")
    assert (refused.status_code, refused.json()["code"]) == (409, "deal.reopening_needs_approval")
    unsaid = as_json(rosa, "post", f"/deals/{deal.ref}/close/approval", {"reason": " "})
    assert (unsaid.status_code, list(unsaid.json()["fields"])) == (422, ["reason"])
    asked = as_json(rosa, "post", f"/deals/{deal.ref}/close/approval", {"reason": REASON})
    approval = asked.json()["id"]
    assert (asked.status_code, asked.json()["deal_id"]) == (201, str(deal.ref))

    assert as_json(enter("raul"), "get", "/approvals").json() == []
    (listed,) = as_json(marta, "get", "/approvals").json()
    assert listed == {
        "id": approval,
        "subject": str(deal.ref),
        "request": "crm.reopen_deal",
        "amount": {"amount": "1001.00", "currency": "EUR"},
        "reason": REASON,
        "asked_by": str(shop.rosa.ref),
        "granted": None,
        "decided_by": None,
    }

    own = as_json(rosa, "post", f"/approvals/{approval}/decision", {"granted": True})
    assert (own.status_code, own.json()["code"]) == (403, "approval.own_request")
    unseen = as_json(enter("raul"), "post", f"/approvals/{approval}/decision", {"granted": True})
    assert (unseen.status_code, unseen.json()["code"]) == (404, "record.not_found")
    decided = as_json(marta, "post", f"/approvals/{approval}/decision", {"granted": True, "note": "I called them"})
    assert (decided.status_code, decided.json()["granted"]) == (200, True)
    assert decided.json()["decided_by"] == str(shop.marta.ref)
    twice = as_json(enter("ana"), "post", f"/approvals/{approval}/decision", {"granted": False})
    assert (twice.status_code, twice.json()["code"]) == (409, "approval.already_decided")
    assert as_json(marta, "get", "/approvals").json() == []
    assert drain(HANDLER, as_of=NOW) == 1
    assert as_json(rosa, "get", f"/deals/{deal.ref}").json()["close"] is None
