"""Passwords: forgotten ones are set anew by a letter, nobody signs up alone, a new one is told and ends sessions."""

import re
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from django.test import Client
from django.urls import reverse

from caudal.kit.access import SYSTEM
from caudal.kit.letters import deliver
from caudal.kit.mail import NullMail
from caudal.kit.models import LetterRow
from caudal.kit.outbox import timeline
from caudal.kit.world import World, fixed_world, use
from caudal.workspace import actions
from caudal.workspace.models import Member

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OLD, NEW = "a long first password", "quite another password"

pytestmark = pytest.mark.django_db


@pytest.fixture
def bea() -> Member:
    member = actions.add_member(actor=SYSTEM, as_of=AT, name="Bea", email="bea@example.com")
    member.set_password(OLD)
    member.save()
    return member


def sent_in(world: World) -> list[EmailMessage]:
    deliver(as_of=AT)
    assert isinstance(world.mail, NullMail)
    return world.mail.sent


def test_whoever_forgot_a_password_sets_another_by_the_link_of_a_letter(bea: Member, client: Client) -> None:
    elsewhere = Client()
    elsewhere.force_login(bea, "allauth.account.auth_backends.AuthenticationBackend")
    with use(fixed_world(at=AT)) as world:
        asked = client.post(reverse("account_reset_password"), {"email": "bea@example.com"}, follow=True)
        assert "Look at your mail" in asked.content.decode()
        (message,) = sent_in(world)
        address = re.search(r"http://testserver(/\S+)", message.get_content())
        assert address
        page = client.get(address[1], follow=True)
        done = client.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW}, follow=True)
        assert "The password is set" in done.content.decode()
        assert client.login(username="bea@example.com", password=NEW)
        assert elsewhere.get("/api/v1/members").status_code == 401
        assert {fact.name for fact in timeline(bea.ref)} == {"workspace.member_added", "workspace.password_set"}
        spent = Client().get(address[1], follow=True)
        assert "This link no longer works" in spent.content.decode()
        assert [each["Subject"] for each in sent_in(world)] == ["Set a new password", "Your password was changed"]


def test_a_stranger_learns_nothing_and_gets_no_letter(bea: Member, client: Client) -> None:
    with use(fixed_world(at=AT)):
        known = client.post(reverse("account_reset_password"), {"email": "bea@example.com"})
        unknown = client.post(reverse("account_reset_password"), {"email": "eve@example.com"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert list(LetterRow.objects.values_list("recipient", flat=True)) == ["bea@example.com"]


def test_nobody_makes_an_account_without_an_invitation(client: Client) -> None:
    before = Member.objects.count()
    address = reverse("account_signup")
    assert "Ask a colleague" in client.get(address).content.decode()
    client.post(address, {"email": "eve@example.com", "password1": NEW})
    assert Member.objects.count() == before
    assert client.get("/accounts/email/").status_code == 404


def test_a_member_changes_the_password_and_is_told_of_it(bea: Member, client: Client) -> None:
    client.force_login(bea, "allauth.account.auth_backends.AuthenticationBackend")
    with use(fixed_world(at=AT)) as world:
        wrong = client.post(
            reverse("account_change_password"), {"oldpassword": "no", "password1": NEW, "password2": NEW}
        )
        assert wrong.status_code == 200
        client.post(reverse("account_change_password"), {"oldpassword": OLD, "password1": NEW, "password2": NEW})
        assert [each["Subject"] for each in sent_in(world)] == ["Your password was changed"]
    assert Client().login(username="bea@example.com", password=NEW)
