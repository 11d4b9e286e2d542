"""Scheme and language are the reader's own choice, kept in cookies and changed by POST only."""

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def test_the_chosen_scheme_is_written_into_the_page(client: Client) -> None:
    assert 'data-scheme="auto"' in client.get("/ui/components").text
    answer = client.post("/ui/scheme", {"scheme": "dark", "next": "/ui/components"})
    assert answer.headers["location"] == "/ui/components"
    assert 'data-scheme="dark"' in client.get("/ui/components").text


def test_the_chosen_language_is_spoken(client: Client) -> None:
    client.post("/ui/language", {"language": "es", "next": "/ui/components"})
    page = client.get("/ui/components").text
    assert '<html lang="es"' in page
    assert "Todavía no hay oportunidades" in page


def test_what_is_no_scheme_or_language_of_ours_is_not_kept(client: Client) -> None:
    assert not client.post("/ui/scheme", {"scheme": '"><b>'}).cookies
    assert not client.post("/ui/language", {"language": "xx"}).cookies


def test_reading_never_changes_a_choice(client: Client) -> None:
    assert client.get("/ui/scheme?scheme=dark").status_code == 405
    assert client.get("/ui/language?language=es").status_code == 405


def test_the_way_back_stays_on_this_site(client: Client) -> None:
    for target in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert client.post("/ui/scheme", {"scheme": "dark", "next": target}).headers["location"] == "/"


def test_a_forged_choice_from_elsewhere_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    assert strict.post("/ui/scheme", {"scheme": "dark"}).status_code == 403
    assert settings.CSRF_COOKIE_HTTPONLY
