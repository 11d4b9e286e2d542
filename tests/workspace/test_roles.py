"""What each role may do with each kind of row, how long somebody comes in, and what an auditor leaves behind."""

from datetime import timedelta
from typing import Any, Final

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from caudal.kit.access import SYSTEM, Reach, Verb, policies
from caudal.kit.outbox import timeline
from caudal.kit.world import fixed_world, use
from caudal.workspace.actions import add_member, end_access, issue_link
from caudal.workspace.models import LinkPurpose, Member, Role
from caudal.workspace.queries import LinkSpent, actor_of_member, open_link
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
product      aaaaa  a---a    a---a  a---a      a---a    a---a    a---a
consent      aaaaa  aaaaa    aaaaa  aaaaa      a----    aaaaa    a---a
subject      aaaaa  -----    -----  -----      -----    -----    a----
settings     aaaaa  a---a    a---a  a---a      a---a    a---a    a---a
member       aaaaa  a---a    a---a  a---a      a---a    a---a    a---a
key          aaaaa  -----    -----  -----      -----    -----    a---a
operation    aaaaa  aaaaa    o-o--  o-o--      o-o--    o-o--    a---a
approval     aaaaa  aaaaa    aaaaa  aaaaa      aaaaa    aaaaa    a---a
share        aaaaa  aaaaa    aaaaa  aaaaa      aaaaa    aaaaa    a---a
metric       a---a  a---a    o---o  a---a      a---a    o---o    a---a
plan         aaaaa  a----    a----  a----      a----    a----    a----
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
