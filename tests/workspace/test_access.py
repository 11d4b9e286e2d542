"""Keys, links, sessions: who gets in, and how long."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from caudal.kit.access import SYSTEM
from caudal.kit.world import fixed_world, use
from caudal.workspace import actions
from caudal.workspace.models import ApiKey, LinkPurpose, Member, Role
from caudal.workspace.queries import LinkSpent, actor_of_member

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "a river runs through it"
pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Member:
    actions.found_company(actor=SYSTEM, as_of=AT, company="Ana's course shop", currency="EUR", zone="Europe/Madrid")
    return actions.add_member(actor=SYSTEM, as_of=AT, name="Ana", email="ana@example.com", role=Role.ADMIN)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def key_for(admin: Member, *scopes: str, role: str = Role.ADMIN, days: int = 30) -> tuple[ApiKey, str]:
    return actions.issue_key(
        actor=actor_of_member(admin),
        as_of=AT,
        name="Exporter",
        role=role,
        scopes=scopes,
        expires_at=AT + timedelta(days=days),
    )


def test_a_key_opens_what_its_scopes_name_and_nothing_else(admin: Member, client: Client) -> None:
    _, token = key_for(admin, "workspace:read")
    with use(fixed_world(at=AT)):
        assert client.get("/api/v1/members", headers=bearer(token)).status_code == 200
        refused = client.post(
            "/api/v1/keys", {"name": "x", "role": "rep", "scopes": []}, "application/json", headers=bearer(token)
        )
    assert (refused.status_code, refused.json()["code"]) == (403, "access.not_allowed")
    assert ApiKey.objects.count() == 1


def test_only_a_hash_of_the_token_is_kept(admin: Member) -> None:
    key, token = key_for(admin, "workspace:read")
    assert token.split("_")[1] == key.prefix
    assert token not in str(vars(ApiKey.objects.get()))
    assert token.split("_", 2)[2] not in str(vars(ApiKey.objects.get()))


def test_an_expired_a_revoked_and_a_wrong_key_open_nothing(admin: Member, client: Client) -> None:
    key, token = key_for(admin, "workspace:read")
    for wrong in (token + "x", "caudal_zz_zz", "nonsense", ""):
        assert client.get("/api/v1/members", headers=bearer(wrong)).status_code == 401
    with use(fixed_world(at=AT + timedelta(days=30))):
        assert client.get("/api/v1/members", headers=bearer(token)).status_code == 401
    actions.revoke_key(actor=actor_of_member(admin), as_of=AT, key=key)
    with use(fixed_world(at=AT)):
        answer = client.get("/api/v1/members", headers=bearer(token))
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_a_link_lets_its_bearer_in_once(admin: Member) -> None:
    token = actions.invite_member(actor=SYSTEM, as_of=AT, member=admin)
    assert actions.accept_link(as_of=AT, token=token, password=PASSWORD).check_password(PASSWORD)
    with pytest.raises(LinkSpent):
        actions.accept_link(as_of=AT, token=token, password="another one entirely")


def test_a_link_expires_and_a_newer_one_replaces_it(admin: Member) -> None:
    old = actions.issue_link(actor=SYSTEM, as_of=AT, member=admin, purpose=LinkPurpose.SIGN_IN)
    new = actions.issue_link(actor=SYSTEM, as_of=AT, member=admin, purpose=LinkPurpose.SIGN_IN)
    for token, at in ((old, AT), (new, AT + timedelta(minutes=30))):
        with pytest.raises(LinkSpent):
            actions.accept_link(as_of=at, token=token)


def let_in(client: Client) -> bool:
    return client.get("/api/v1/members").status_code == 200


def test_a_session_dies_with_deactivation_and_with_a_new_password(admin: Member, client: Client) -> None:
    member = actions.add_member(actor=SYSTEM, as_of=AT, name="Bea", email="bea@example.com", role=Role.REP)
    member.set_password(PASSWORD)
    member.save()
    client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert let_in(client)
    member.set_password("quite another password")
    member.save()
    assert not let_in(client)

    client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert let_in(client)
    actions.deactivate_member(actor=actor_of_member(admin), as_of=AT, member=member)
    assert not let_in(client)


def test_a_session_needs_the_csrf_token_to_write_and_a_key_does_not(admin: Member) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(admin, backend="allauth.account.auth_backends.AuthenticationBackend")
    body = {"name": "x", "role": "rep", "scopes": ["crm:read"]}
    assert strict.post("/api/v1/keys", body, "application/json").status_code in {401, 403}
    assert ApiKey.objects.count() == 0
    _, token = key_for(admin, "workspace:write")
    with use(fixed_world(at=AT)):
        assert strict.post("/api/v1/keys", body, "application/json", headers=bearer(token)).status_code == 201


def test_the_last_administrator_can_neither_leave_nor_step_down(admin: Member) -> None:
    with pytest.raises(actions.team.CannotLeave):
        actions.deactivate_member(actor=SYSTEM, as_of=AT, member=admin)
    with pytest.raises(actions.team.CannotLeave):
        actions.change_member(actor=SYSTEM, as_of=AT, member=admin, role=Role.REP)
    actions.add_member(actor=SYSTEM, as_of=AT, name="Luis", email="luis@example.com", role=Role.ADMIN)
    assert actions.deactivate_member(actor=SYSTEM, as_of=AT, member=admin).deactivated_at == AT


def test_the_sixth_wrong_password_for_an_address_is_not_even_looked_at(admin: Member) -> None:
    admin.set_password(PASSWORD)
    admin.save()
    address = reverse("account_login")
    statuses = []
    # Every attempt comes from a client of its own, as from several processes: the count is kept in the database.
    for _ in range(5):
        answer = Client().post(address, {"login": "ana@example.com", "password": "a wrong guess"})
        statuses.append(answer.status_code)
    assert statuses == [200] * 5
    blocked = Client().post(address, {"login": "ana@example.com", "password": PASSWORD})
    assert "_auth_user_id" not in blocked.client.session
    assert b"many" in blocked.content


@pytest.mark.parametrize("page", ["email/", "reauthenticate/", "confirm-email/", "login/code/confirm/"])
def test_pages_of_the_library_that_are_not_ours_to_offer_are_not_there(page: str) -> None:
    assert Client().get(f"/accounts/{page}").status_code == 404


def test_a_wrong_password_is_answered_in_our_words_and_as_tu(admin: Member) -> None:
    admin.set_password(PASSWORD)
    admin.save()
    client = Client(headers={"accept-language": "es"})
    answer = client.post(reverse("account_login"), {"login": "ana@example.com", "password": "a wrong guess"})
    assert "La dirección y la contraseña no se corresponden." in answer.text
    assert "su contraseña" not in answer.text


def test_somebody_who_came_by_a_link_chooses_a_password_and_changes_it(admin: Member) -> None:
    client = Client()
    client.force_login(admin, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(reverse("account_change_password")).headers["Location"] == reverse("account_set_password")
    client.post(reverse("account_set_password"), {"password1": PASSWORD, "password2": PASSWORD})
    admin.refresh_from_db()
    assert admin.check_password(PASSWORD)
    client.force_login(admin, backend="allauth.account.auth_backends.AuthenticationBackend")
    other = f"{PASSWORD} and more"
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": other, "password2": other})
    admin.refresh_from_db()
    assert admin.check_password(other)


def test_a_sign_in_link_is_not_made_for_somebody_whose_access_was_ended(admin: Member) -> None:
    actions.add_member(actor=SYSTEM, as_of=AT, name="Luis", email="luis@example.com", role=Role.ADMIN)
    actions.deactivate_member(actor=SYSTEM, as_of=AT, member=admin)
    with pytest.raises(actions.team.MayNotSignIn, match="may not sign in any more"):
        actions.make_sign_in_link(actor=SYSTEM, as_of=AT, member=admin)
