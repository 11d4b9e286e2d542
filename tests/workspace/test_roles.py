"""What each role may do with each kind of row, how long somebody comes in, and what an auditor leaves behind."""

import json
from datetime import timedelta
from itertools import count
from typing import Any, Final

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from caudal.kit.access import SYSTEM, Reach, Verb, policies
from caudal.kit.outbox import drain, timeline
from caudal.kit.world import fixed_world, use
from caudal.workspace.actions import add_member, change_team, end_access, issue_link
from caudal.workspace.actions.teams import TeamInItself
from caudal.workspace.models import LinkPurpose, Member, Role, Team
from caudal.workspace.queries import LinkSpent, actor_of_member, default_view, open_link, team_tree
from tests.crm.browsing import BACKEND, NOW, Enter, deal_of, text_of
from tests.world import AT, Shop

# One letter for each verb in the order view, create, change, delete, export: - nothing, o own, f own and nobody's,
# t the team's, a all.
GRANTED: Final = """
             admin  manager  rep    marketing  finance  success  auditor
company      aaaaa  attta    aofoo  aaa-a      a---a    aofoo    a---a
person       aaaaa  attta    aofoo  aaa-a      a---a    aofoo    a---a
lead         aaaaa  ttttt    fofoo  aaa-a      -----    ooooo    a---a
deal         aaaaa  ttttt    ooooo  a----      a---a    aoooo    a---a
activity     aaaaa  ttttt    ooooo  ooooo      ooooo    ooooo    a---a
channel      aaaaa  aaa-a    a----  aaaaa      a----    a----    a---a
competitor   aaaaa  aaa-a    aaa-a  aaa-a      a----    aaa-a    a---a
tag          aaaaa  aaaaa    aa---  aaaaa      a----    aa---    a---a
import_profile aaaaa aaooo -----  -----      -----    -----    a---a
pipeline     aaaaa  a----    a----  a----      a----    a----    a---a
product      aaaaa  a---a    a---a  a---a      aaaaa    a---a    a---a
offering     aaaaa  a---a    a---a  a---a      aaaaa    a---a    a---a
charge       aaaaa  a---a    a---a  a---a      aaaaa    a---a    a---a
price        aaaaa  a---a    a---a  a---a      aaaaa    a---a    a---a
feature      aaaaa  a---a    a---a  a---a      aaaaa    a---a    a---a
bundle       aaaaa  a---a    a---a  a---a      aaaaa    a---a    a---a
customer     aaaaa  a---a    o---o  -----      aaaaa    a---a    a---a
contract     aaaaa  a---a    o---o  -----      aaaaa    a---a    a---a
subscription aaaaa  a---a    o---o  -----      aaaaa    a---a    a---a
order        aaaaa  a---a    o---o  -----      aaaaa    a---a    a---a
consent      aaaaa  aaaaa    aaaaa  aaaaa      a----    aaaaa    a---a
subject      aaaaa  -----    -----  -----      -----    -----    a----
settings     aaaaa  a---a    a---a  a---a      a---a    a---a    a---a
entity       aaaaa  a---a    a---a  a---a      a---a    a---a    a---a
member       aaaaa  a---a    a---a  a---a      a---a    a---a    a---a
key          aaaaa  -----    -----  -----      -----    -----    a---a
operation    aaaaa  aaaaa    o-o--  o-o--      o-o--    o-o--    a---a
webhook      aaaaa  -----    -----  -----      -----    -----    a---a
event        a---a  -----    -----  -----      -----    -----    a---a
approval     aaaaa  aaaaa    aaaaa  aaaaa      aaaaa    aaaaa    a---a
share        aaaaa  aaaaa    aaaaa  aaaaa      aaaaa    aaaaa    a---a
metric       a---a  a---a    o---o  a---a      a---a    o---o    a---a
plan         aaaaa  a----    a----  a----      a----    a----    a----
plan_draft   aaaaa  aaaaa    -----  -----      aaa--    -----    a----
plan_scenario aaaaa aaaaa    a----  a----      aaaaa    a----    a----
account      aaa-a  -----    -----  -----      aaa-a    -----    a---a
entry        aa--a  -----    -----  -----      aa--a    -----    a---a
closed_month aaa-a  -----    -----  -----      aaa-a    -----    a---a
month_confirmation aaa-a  -----    -----  -----      aaa-a    -----    a---a
customer     aaaaa  a---a    o---o  -----      aaaaa    a---a    a---a
usage        aaaaa  a---a    o---o  o---o      aaaaa    a---a    a---a
meter        aaaaa  a---a    a---a  a---a      aaaaa    a---a    a---a
usage_subject aaaaa a---a    -----  -----      aaaaa    a---a    a---a
usage_conflict aaaaa -----   -----  -----      aaaaa    -----    a---a
payment      aaaaa  a---a    o---o  -----      aaaaa    a---a    a---a
settlement   aaaaa  a---a    o---o  -----      aaaaa    a---a    a---a
money_request aaaaa a---a    o---o  -----      aaaaa    a---a    a---a
invoice      aaaaa  a---a    o---o  -----      aaaaa    a---a    a---a
invoice_run  aaaaa  -----    -----  -----      aaaaa    -----    a---a
reconciliation aa--a -----   -----  -----      aa--a    -----    a---a
tax_rate     aa--a  a---a    -----  -----      aa--a    a---a    a---a
plan_approval aa--- aa---    -----  -----      -----    -----    a----
"""
LETTERS: Final = {Reach.NONE: "-", Reach.OWN: "o", Reach.FREE: "f", Reach.TEAM: "t", Reach.ALL: "a"}


def test_every_role_is_granted_exactly_what_the_table_says(shop: Shop) -> None:
    head, *lines = GRANTED.strip("\n").splitlines()
    assert set(head.split()) == set(Role.values)
    for line in lines:
        noun, *cells = line.split()
        for role, cell in zip(head.split(), cells, strict=True):
            grants = policies()[noun].grants.get(role, {})
            granted = "".join(LETTERS[grants.get(verb, Reach.NONE)] for verb in Verb)
            assert granted == cell, f"{role} {noun}"


def test_an_auditor_sees_every_kind_of_row_and_may_write_none(shop: Shop) -> None:
    for noun, policy in policies().items():
        granted = policy.grants.get(Role.AUDITOR, {})
        if noun == "notification":  # what somebody alone was told of: read or not
            continue
        assert granted.get(Verb.VIEW) is Reach.ALL, noun
        assert not set(granted) & {Verb.CREATE, Verb.CHANGE, Verb.DELETE}, noun


@pytest.fixture
def auditor(shop: Shop) -> Member:
    """Somebody who looks at the books for a week."""
    ends = AT + timedelta(days=7)
    return add_member(
        actor=SYSTEM, as_of=AT, name="Olga", email="olga@example.com", role=Role.AUDITOR, access_ends_at=ends
    )


@pytest.mark.usefixtures("today")
def test_what_an_auditor_looks_at_is_told_on_the_record_and_writing_is_refused(
    shop: Shop, auditor: Member, enter: Enter
) -> None:
    deal = deal_of(shop, "raul")
    client = Client()
    client.force_login(auditor, backend=BACKEND)
    assert client.get(f"/deals/{deal.ref}").status_code == 200
    assert client.get("/deals?q=anything").status_code == 200
    assert client.post(f"/deals/{deal.ref}/deletion").status_code == 403
    assert client.get("/deals/new").status_code == 403
    read = [fact for fact in timeline(auditor.ref) if fact.name == "workspace.page_read"]
    listed, shown = sorted(read, key=lambda fact: fact.sequence, reverse=True)
    assert (listed.data["page"], listed.personal) == ("crm:deals", {"asked": [None, "q=anything"]})
    assert (shown.data["page"], shown.about, shown.actor) == ("crm:deal", (deal.ref,), str(auditor.ref))
    assert "looked at it" in text_of(enter("ana").get(f"/deals/{deal.ref}"))


def test_access_that_is_over_opens_nothing_at_once_and_the_member_is_deactivated(shop: Shop, auditor: Member) -> None:
    client = Client()
    client.force_login(auditor, backend=BACKEND)
    over = AT + timedelta(days=7)
    lately = over - timedelta(minutes=10)
    token = issue_link(actor=SYSTEM, as_of=lately, member=auditor, purpose=LinkPurpose.SIGN_IN)
    for at, status in ((lately, 200), (over, 401)):
        with use(fixed_world(at=at)):
            assert client.get("/api/v1/members").status_code == status
    with pytest.raises(LinkSpent):
        open_link(token, as_of=over)
    assert end_access(actor=SYSTEM, as_of=lately) == 0
    assert end_access(actor=SYSTEM, as_of=over) == 1
    assert end_access(actor=SYSTEM, as_of=over) == 0
    assert Member.objects.get(pk=auditor.pk).deactivated_at == over


def test_an_auditor_without_an_end_is_refused_by_the_database_and_the_form(shop: Shop, enter: Enter) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        add_member(actor=SYSTEM, as_of=AT, name="Olga", email="olga@example.com", role=Role.AUDITOR)
    sent = {"name": "Olga", "email": "olga@example.com", "role": "auditor", "team": "", "span": ""}
    with use(fixed_world(at=NOW)):
        assert "say until when" in text_of(enter("ana").post("/settings/team/invite", sent))
        edited = enter("ana").post(f"/settings/team/{shop.rosa.ref}", sent | {"name": "Rosa", "version": "1"})
        assert edited.status_code == 422
        assert enter("rosa").get(f"/settings/team/{shop.rosa.ref}").status_code == 403
    assert Member.objects.filter(role=Role.AUDITOR).count() == 0


def test_a_member_is_edited_on_a_page_and_by_the_api(shop: Shop, enter: Enter) -> None:
    ana, address = enter("ana"), f"/settings/team/{shop.rosa.ref}"
    sent: dict[str, Any] = {"name": "Rosa", "email": "rosa@example.com", "role": "success", "span": "team"}
    rest: dict[str, Any] = {"name": "Raúl", "email": "", "role": "rep", "span": "", "team": "", "version": "1"}
    with use(fixed_world(at=NOW)):
        assert ana.get(address).status_code == 200
        assert ana.post(address, sent | {"team": str(shop.sales.ref), "version": "1"}).status_code == 302
        assert ana.post(f"/settings/team/{shop.raul.ref}", rest | {"last_date": "2026-03-31"}).status_code == 302
        assert "Customer success" in text_of(ana.get("/settings/team"))
    rosa, raul = Member.objects.get(pk=shop.rosa.pk), Member.objects.get(pk=shop.raul.pk)
    assert (rosa.role, rosa.span, rosa.team) == ("success", "team", shop.sales)
    # The day after the last one is the first on which nothing opens, in the company's zone.
    assert raul.access_ends_at is not None
    assert raul.access_ends_at.isoformat() == "2026-03-31T22:00:00+00:00"
    assert actor_of_member(rosa).team == {rosa.pk, shop.marta.pk}
    with use(fixed_world(at=NOW, seed=1)):
        answer = ana.patch(
            f"/api/v1/members/{raul.ref}",
            {"access_ends_at": None, "team_id": str(shop.sales.ref)},
            "application/json",
            headers={"If-Match": f'"{raul.version}"'},
        )
    assert (answer.status_code, answer.json()["access_ends_at"]) == (200, None)
    assert Member.objects.get(pk=raul.pk).team == shop.sales


# Teams, leaving, coming back


def test_teams_are_kept_on_pages_and_never_go_round_in_a_circle(shop: Shop, enter: Enter) -> None:
    ana = enter("ana")
    north = Team.objects.get(name="Sales north")
    with use(fixed_world(at=NOW)):
        made = ana.post("/settings/teams/new", {"name": "  Far  north ", "parent": str(north.ref)})
        assert made.status_code == 302
        far = Team.objects.get(name="Far north")
        tree = [(place.depth, place.team.name) for place in team_tree(shop.actor("ana"))]
        assert tree == [(0, "Partners"), (0, "Sales"), (1, "Sales north"), (2, "Far north")]
        assert "Far north" in text_of(ana.get("/settings/teams"))
        address = f"/settings/teams/{shop.sales.ref}"
        # A team is not offered itself, nor what is below it.
        offered = text_of(ana.get(address))
        assert "Partners" in offered
        assert "Far north" not in offered
        assert ana.post(address, {"name": "Partners", "parent": "", "version": "1"}).status_code == 422
        assert ana.post(address, {"name": "Selling", "parent": "", "version": "1"}).status_code == 302
        kept = ana.post(f"/settings/teams/{north.ref}/deletion", follow=True).content.decode()
        assert "Sales north still has people or teams in it: Rosa, Far north." in kept
        assert ana.post(f"/settings/teams/{far.ref}/deletion").status_code == 302
    assert set(Team.for_actor(SYSTEM).values_list("name", flat=True)) == {"Selling", "Sales north", "Partners"}
    with pytest.raises(TeamInItself):
        change_team(actor=SYSTEM, as_of=AT, team=Team.objects.get(pk=shop.sales.pk), parent=north)
    assert [fact.name for fact in timeline(shop.sales.ref)][:1] == ["workspace.team_changed"]
    assert enter("rosa").post("/settings/teams/new", {"name": "Mine"}).status_code == 403


def test_programs_keep_teams_settings_rates_and_views(shop: Shop, enter: Enter) -> None:
    ana, turns = enter("ana"), count()

    def ask(method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = "" if body is None else json.dumps(body)
        with use(fixed_world(at=NOW, seed=next(turns))):
            return ana.generic(method, f"/api/v1{path}", sent, "application/json", headers=headers)

    team = ask("POST", "/teams", {"name": "South", "parent_id": str(shop.sales.ref)}).json()
    assert [each["name"] for each in ask("GET", "/teams").json()] == ["Partners", "Sales", "Sales north", "South"]
    inside = ask("PATCH", f"/teams/{shop.sales.ref}", {"parent_id": team["id"]}, **{"If-Match": "*"})
    assert (inside.status_code, inside.json()["code"]) == (409, "team.in_itself")
    assert ask("DELETE", f"/teams/{team['id']}").status_code == 204
    own = ask("GET", "/settings")
    above = {"amount": "5000", "currency": "EUR"}
    limit = {"approval_above": above, "refund_above": above, "response_hours": 2}
    changed = ask("PATCH", "/settings", limit, **{"If-Match": own["ETag"]}).json()
    assert [changed[name]["amount"] for name in ("approval_above", "refund_above")] == ["5000.00"] * 2
    assert changed["response_hours"] == 2
    assert ask("PATCH", "/settings", limit, **{"If-Match": own["ETag"]}).status_code == 412
    rates = [{"base": "EUR", "quote": "USD", "day": "2024-12-31", "rate": "1.0389"}]
    assert ask("POST", "/rates", {"rates": rates, "source": "Treasury"}).json() == {"added": 1}
    used = ask("GET", "/rates/used?base=USD&quote=EUR&day=2025-01-02").json()
    assert (used["numerator"], used["denominator"], used["day"]) == ("10000", "10389", "2024-12-31")
    assert ask("GET", "/rates/used?base=USD&quote=EUR&day=2025-02-02").status_code == 404
    assert [each["rate"] for each in ask("GET", "/rates?quote=USD&since=2024-12-01").json()] == ["1.0389"]
    refused = ask("POST", "/rates", {"rates": [rates[0] | {"rate": "0"}], "source": "x"})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["rates.0"])
    kept = {"record_kind": "deal", "name": "Big", "where": "amount > 5000", "columns": ["name"], "sharing": "everybody"}
    view = ask("POST", "/views", kept).json()
    assert ask("POST", "/views", kept | {"where": "amount >"}).status_code == 422
    assert [each["name"] for each in ask("GET", "/views?record_kind=deal").json()] == ["Big"]
    assert ask("PATCH", f"/views/{view['id']}", {"sort": "-amount"}, **{"If-Match": '"1"'}).json()["sort"] == "-amount"
    assert ask("PUT", f"/views/{view['id']}/default").status_code == 204
    assert default_view(shop.actor("ana"), "deal") == view["id"]
    assert ask("DELETE", f"/views/{view['id']}").status_code == 204


def test_whoever_leaves_hands_over_and_may_come_back(shop: Shop, enter: Enter) -> None:
    ana, deal, call = enter("ana"), deal_of(shop), f"/settings/team/{shop.rosa.ref}"
    with use(fixed_world(at=NOW)):
        assert ana.post(f"{call}/leaving", {"successor": str(shop.rosa.ref)}, follow=True).status_code == 200
        assert Member.objects.get(pk=shop.rosa.pk).is_active
        assert ana.post(f"{call}/leaving", {"successor": str(shop.raul.ref)}).status_code == 302
        drain("crm.release_work", as_of=NOW)
    deal.refresh_from_db()
    shop.acme.refresh_from_db()
    assert (deal.owner_id, shop.acme.owner_id) == (shop.raul.pk, shop.raul.pk)
    with use(fixed_world(at=NOW, seed=1)):
        assert "Has left" in text_of(ana.get("/settings/team"))
        assert ana.post(f"{call}/return").status_code == 302
        assert "/come-in/" in ana.post(f"{call}/invitation").content.decode()
    rosa = Member.objects.get(pk=shop.rosa.pk)
    assert (rosa.is_active, rosa.deactivated_by) == (True, None)
    told = {fact.name for fact in timeline(rosa.ref)}
    assert {f"workspace.member_{word}" for word in ("invited", "reactivated", "deactivated")} <= told
