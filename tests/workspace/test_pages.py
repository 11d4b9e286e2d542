"""Pages of the workspace: approvals, the company, the team, keys, and the way in by a link."""

import re
from datetime import timedelta
from html import unescape
from typing import Any, Final

import pytest
from django.test import Client
from django.urls import reverse

from caudal.core.money import Money
from caudal.crm import actions as crm
from caudal.crm.models import Deal, DealClose
from caudal.kit.access import SYSTEM
from caudal.kit.digest import business_digest
from caudal.kit.outbox import drain
from caudal.kit.problems import BadInput
from caudal.workspace import actions
from caudal.workspace.models import AccessLink, ApiKey, Approval, CompanySettings, LinkPurpose, Member
from caudal.workspace.queries import company, open_approvals, refund_needs_second_person
from tests.crm.browsing import NOW, Enter, deal_of, main_of, queries_of, text_of
from tests.world import AT, Shop

pytestmark = pytest.mark.usefixtures("today")
PASSWORD: Final = "a river runs through it"
APPROVALS: Final = reverse("workspace:approvals")


# Approvals


def asked(shop: Shop, who: str = "rosa", name: str = "Forty seats", reason: str = "They never signed") -> Approval:
    """Rosa won a deal of €2,500, and somebody asks to reopen it."""
    own = company()
    assert own is not None
    actions.change_settings(actor=SYSTEM, as_of=AT, settings=own, approval_above=Money.of(1000, "EUR"))
    deal = deal_of(shop, name=name, amount=Money.of(2500, "EUR"))
    crm.win_deal(actor=shop.actor("rosa"), as_of=NOW, deal_id=deal.pk)
    return crm.ask_to_reopen(actor=shop.actor(who), as_of=NOW, deal_id=deal.pk, reason=reason)


def decision_of(approval: Approval) -> str:
    return reverse("workspace:approval_decide", args=[approval.ref])


def press(client: Client, approval: Approval, decision: str, note: str = "") -> Any:
    prefix = str(approval.ref)
    form = {f"{prefix}-decision": decision, f"{prefix}-note": note}
    return client.post(decision_of(approval), form)


def test_the_page_says_what_waits_who_asked_and_why(shop: Shop, enter: Enter) -> None:
    approval = asked(shop)
    page = enter("marta").get(APPROVALS)
    said = text_of(page)
    assert "Reopen the deal: Forty seats €2,500.00 They never signed Rosa asked · today 10:00" in said
    assert f'href="/deals/{approval.subject}"' in main_of(page)
    assert "Agree" in said
    assert "Refuse" in said


def test_the_rail_leads_to_approvals_and_only_administrators_to_the_company(shop: Shop, enter: Enter) -> None:
    assert shop.rosa is not None
    rep, admin = (enter(who).get(APPROVALS).content.decode() for who in ("rosa", "ana"))
    assert f'href="{APPROVALS}"' in rep
    assert "/settings/company" not in rep
    assert "/settings/company" in admin


def test_own_requests_have_no_buttons_and_those_of_other_teams_are_not_there(shop: Shop, enter: Enter) -> None:
    approval = asked(shop)
    own = enter("rosa").get(APPROVALS)
    assert "somebody else has to decide it" in text_of(own)
    assert "<button" not in main_of(own)
    elsewhere = text_of(enter("raul").get(APPROVALS))
    assert "Nothing waits for a second person" in elsewhere
    assert "Forty seats" not in elsewhere
    assert press(enter("raul"), approval, "agree").status_code == 404
    assert press(enter("rosa"), approval, "agree").status_code == 403
    approval.refresh_from_db()
    assert approval.decided_at is None


def test_agreeing_is_a_press_and_the_deal_opens(shop: Shop, enter: Enter) -> None:
    approval = asked(shop)
    answer = press(enter("marta"), approval, "agree", "I called them")
    assert (answer.status_code, answer["Location"]) == (302, APPROVALS)
    approval.refresh_from_db()
    assert (approval.granted, approval.decided_by, approval.note) == (True, str(shop.marta.ref), "I called them")
    drain("crm.reopen_approved", as_of=NOW)
    assert not DealClose.objects.filter(deal_id=approval.subject_id).exists()
    assert press(enter("ana"), approval, "refuse").status_code == 409


def test_refusing_keeps_the_deal_won(shop: Shop, enter: Enter) -> None:
    approval = asked(shop)
    marta = enter("marta")
    press(marta, approval, "refuse")
    drain("crm.reopen_approved", as_of=NOW)
    assert DealClose.objects.filter(deal_id=approval.subject_id).exists()
    assert "You refused: Reopen the deal." in marta.get(APPROVALS).content.decode()
    assert open_approvals(shop.actor("ana")) == []


def test_a_press_that_says_nothing_keeps_the_note(shop: Shop, enter: Enter) -> None:
    approval, other = asked(shop), asked(shop, name="Thirty seats")
    answer = press(enter("marta"), approval, "perhaps", "Let me think")
    assert answer.status_code == 422
    assert main_of(answer).count("Say whether you agree.") == 1
    assert main_of(answer).count("Let me think") == 1
    assert f'name="{other.ref}-decision"' in main_of(answer)


def test_looking_decides_nothing(shop: Shop, enter: Enter) -> None:
    approval = asked(shop)
    before = business_digest()
    assert enter("marta").get(decision_of(approval)).status_code == 405
    assert enter("marta").get(APPROVALS).status_code == 200
    assert business_digest() == before


def test_the_page_asks_as_much_of_the_database_for_three_as_for_one(shop: Shop, enter: Enter) -> None:
    asked(shop)
    marta = enter("marta")
    for_one = queries_of(marta, APPROVALS)
    asked(shop, name="Thirty seats")
    asked(shop, "ana", name="Twenty seats")
    assert queries_of(marta, APPROVALS) == for_one


# The company


def settings_form(**changes: object) -> dict[str, object]:
    own = CompanySettings.objects.get()
    return {
        "name": own.name,
        "language": own.language,
        "fiscal_start_month": own.fiscal_start_month,
        "approval_above": "",
        "refund_above": "",
        "response_hours": own.response_hours,
        "invoicing": "drafts",
        "version": own.version,
    } | changes


def test_an_administrator_changes_the_company(shop: Shop, enter: Enter) -> None:
    ana = enter("ana")
    said = text_of(ana.get("/settings/company"))
    assert "Two people decide above (EUR)" in said
    assert "Time zone Europe/Madrid" in said
    form = settings_form(
        name="Ana & Co",
        language="es",
        fiscal_start_month="4",
        approval_above="1500.50",
        refund_above="0",
        response_hours="2",
    )
    assert ana.post("/settings/company", form)["Location"] == "/settings/company"
    own = CompanySettings.objects.get()
    assert (own.name, own.language, own.fiscal_start_month) == ("Ana & Co", "es", 4)
    assert own.approval_above == Money.of("1500.50", "EUR")
    assert own.refund_above == Money.of(0, "EUR")
    assert refund_needs_second_person(Money.of("0.01", "EUR"))
    assert own.response_hours == 2
    assert own.version == shop.settings.version + 1
    drawn = main_of(ana.get("/settings/company"))
    assert 'value="1500.50"' in drawn
    ana.post("/settings/company", settings_form())
    assert CompanySettings.objects.get().approval_above is None
    amounts = [Money.of(1000, "EUR"), Money.of("1000.01", "EUR"), Money.of(1, "USD")]
    assert [refund_needs_second_person(each) for each in amounts] == [False, False, False]
    # Without a limit of its own, what holds for everything else holds for giving money back.
    ana.post("/settings/company", settings_form(approval_above="1000"))
    assert [refund_needs_second_person(each) for each in amounts] == [False, True, True]


@pytest.mark.parametrize("who", ["marta", "rosa"])
def test_only_administrators_open_the_settings_of_the_company(who: str, enter: Enter) -> None:
    before = business_digest()
    assert enter(who).get("/settings/company").status_code == 403
    assert enter(who).post("/settings/company", settings_form(name="Mine")).status_code == 403
    assert business_digest() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "  "},
        {"language": "xx"},
        {"fiscal_start_month": "13"},
        {"response_hours": "0"},
        {"response_hours": "91"},
        {"approval_above": "-1"},
        {"approval_above": "0.001"},  # the euro has two decimals
        {"approval_above": "much"},
        {"refund_above": "-1"},
        {"version": ""},
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(wrong: dict[str, str], shop: Shop, enter: Enter) -> None:
    assert shop.settings.version == 1
    answer = enter("ana").post("/settings/company", settings_form(name="Typed") | wrong)
    assert answer.status_code == 422
    assert "Please look at this again" in text_of(answer)
    assert CompanySettings.objects.get().version == 1


def test_an_older_form_overwrites_nothing_until_it_is_sent_again(shop: Shop, enter: Enter) -> None:
    ana, old = enter("ana"), settings_form(name="Typed by Ana")
    actions.change_settings(actor=SYSTEM, as_of=NOW, settings=shop.settings, name="Changed meanwhile")
    refused = ana.post("/settings/company", old)
    assert refused.status_code == 412
    assert "Somebody changed this meanwhile" in text_of(refused)
    assert "Typed by Ana" in main_of(refused)
    assert CompanySettings.objects.get().name == "Changed meanwhile"
    version = re.search(r'name="version" value="(\d+)"', main_of(refused))
    assert version
    assert ana.post("/settings/company", old | {"version": version[1]}).status_code == 302
    assert CompanySettings.objects.get().name == "Typed by Ana"


@pytest.mark.parametrize(
    "wrong",
    [
        {"language": "xx"},
        {"fiscal_start_month": 0},
        {"response_hours": 91},
        {"approval_above": Money.of(-1, "EUR")},
        {"approval_above": Money.of(1, "USD")},
        {"refund_above": Money.of(1, "USD")},
    ],
)
def test_the_action_refuses_what_the_form_would(wrong: dict[str, Any], shop: Shop) -> None:
    with pytest.raises(BadInput) as refused:
        actions.change_settings(actor=shop.actor("ana"), as_of=NOW, settings=shop.settings, **wrong)
    assert list(refused.value.fields) == list(wrong)


# The team and its keys


def test_everybody_sees_the_team_and_administrators_invite(shop: Shop, enter: Enter) -> None:
    assert shop.rosa is not None
    said = text_of(enter("rosa").get("/settings/team"))
    assert "Marta marta@example.com Manager Sales" in said
    assert enter("rosa").get("/settings/team/invite").status_code == 403
    taken = enter("ana").post("/settings/team/invite", {"name": "Bea", "email": "ROSA@example.com", "role": "rep"})
    assert "has this address already" in text_of(taken)
    assert not Member.objects.filter(name="Bea").exists()


def link_in(answer: Any) -> str:
    found = re.search(r'value="http://testserver(/come-in/[^"]+)"', answer.content.decode())
    assert found
    return unescape(found[1])


def test_an_invitation_lets_its_bearer_in_once_and_looking_at_it_spends_nothing(enter: Enter) -> None:
    link = link_in(enter("ana").post("/settings/team/invite", {"name": "Bea", "email": "b@example.com", "role": "rep"}))
    scanner, bea = Client(), Client()
    for _ in range(3):  # a mail scanner opens it, and opens it again
        looked = scanner.get(link)
        assert (looked.status_code, "Welcome, Bea" in looked.content.decode()) == (200, True)
    assert AccessLink.objects.get().used_at is None
    assert "_auth_user_id" not in scanner.session

    weak = bea.post(link, {"password": "12345"})
    assert weak.status_code == 200
    assert AccessLink.objects.get().used_at is None
    assert bea.post(link, {"password": PASSWORD})["Location"] == "/day"
    member = Member.objects.get(name="Bea")
    assert bea.session["_auth_user_id"] == str(member.pk)
    assert member.check_password(PASSWORD)
    assert AccessLink.objects.get().used_at == NOW

    for again in (Client().get(link), Client().post(link, {"password": "another one entirely"})):
        assert again.status_code == 410
    member.refresh_from_db()
    assert member.check_password(PASSWORD)


def test_a_sign_in_link_asks_for_no_password_and_expires(shop: Shop) -> None:
    made = NOW - timedelta(minutes=29)
    token = actions.issue_link(actor=SYSTEM, as_of=made, member=shop.rosa, purpose=LinkPurpose.SIGN_IN)
    assert "password" not in Client().get(f"/come-in/{token}").content.decode().partition("<main")[2]
    client = Client()
    assert client.post(f"/come-in/{token}").status_code == 302
    assert client.session["_auth_user_id"] == str(shop.rosa.pk)
    late = actions.issue_link(
        actor=SYSTEM, as_of=NOW - timedelta(minutes=30), member=shop.raul, purpose=LinkPurpose.SIGN_IN
    )
    assert Client().post(f"/come-in/{late}").status_code == 410
    assert Client().get("/come-in/no-such-token").status_code == 410


def test_a_key_is_shown_once_and_revoked_by_a_press(shop: Shop, enter: Enter) -> None:
    assert shop.ana is not None
    ana = enter("ana")
    assert "No keys yet" in text_of(ana.get("/settings/keys"))
    form = {"name": "Website form", "role": "rep", "scopes": ["crm:write"], "expires_date": "2026-12-31"}
    shown = ana.post("/settings/keys/new", form)
    token = re.search(r'value="(caudal_[^"]+)"', shown.content.decode())
    assert token
    key = ApiKey.objects.get()
    listed = ana.get("/settings/keys")
    assert "Website form" in text_of(listed)
    assert token[1] not in listed.content.decode()
    assert ana.get(f"/settings/keys/{key.ref}/revocation").status_code == 405
    key.refresh_from_db()
    assert key.revoked_at is None
    assert ana.post(f"/settings/keys/{key.ref}/revocation").status_code == 302
    revoked = ApiKey.objects.get()
    assert (revoked.revoked_at, revoked.revoked_by) == (NOW, str(shop.ana.ref))


@pytest.mark.parametrize("address", ["/settings/keys", "/settings/keys/new"])
@pytest.mark.parametrize("who", ["marta", "rosa"])
def test_keys_are_for_administrators(address: str, who: str, enter: Enter) -> None:
    assert enter(who).get(address).status_code == 403


@pytest.mark.parametrize("address", [APPROVALS, "/settings/company", "/settings/team", "/settings/keys"])
@pytest.mark.usefixtures("shop")
def test_nobody_sees_a_page_before_signing_in(address: str) -> None:
    answer = Client().get(address)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/")


def test_a_page_of_the_workspace_speaks_spanish(shop: Shop, enter: Enter) -> None:
    asked(shop)
    marta = enter("marta")
    marta.cookies["django_language"] = "es"
    said = text_of(marta.get(APPROVALS))
    assert "Reabrir la oportunidad: Forty seats 2.500,00 € They never signed Lo pidió Rosa" in said
    assert Deal.objects.count() == 1
