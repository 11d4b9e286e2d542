"""The stylesheet and the script are one file each, kept for ever under the digest of their content."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from caudal.ui import bundle


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


@pytest.mark.parametrize(("name", "found"), [("ui:stylesheet", bundle.stylesheet), ("ui:script", bundle.script)])
def test_a_file_may_be_kept_for_ever_and_travels_packed(client: Client, name: str, found: object) -> None:
    assert callable(found)
    expected = found()
    answer = client.get(reverse(name, args=[expected.digest]), headers={"accept-encoding": "gzip, br"})
    assert "immutable" in answer.headers["cache-control"]
    assert gzip.decompress(answer.content) == expected.body
    assert client.get(reverse(name, args=[expected.digest])).content == expected.body


def test_an_old_address_leads_to_the_present_file(client: Client) -> None:
    answer = client.get("/ui/style/0123456789ab.css")
    assert answer.headers["location"] == reverse("ui:stylesheet", args=[bundle.stylesheet().digest])


@pytest.mark.django_db
def test_a_page_without_charts_sends_less_than_a_hundred_and_fifty_kilobytes(client: Client) -> None:
    # The page with every component is the longest there is; htmx goes over the wire as it is.
    answer = client.get(reverse("ui:components"), headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    htmx = Path(str(finders.find("django_htmx/htmx-2.min.js")))
    sent = len(answer.content) + len(bundle.stylesheet().packed) + len(bundle.script().packed) + htmx.stat().st_size
    assert sent < 150_000


def test_every_component_stands_in_its_layer() -> None:
    text = bundle.stylesheet().body.decode()
    assert text.startswith("@layer tokens, elements, components, pages;")
    assert set(re.findall(r"^@layer (\w+) \{$", text, re.MULTILINE)) <= {"tokens", "elements", "components", "pages"}


def test_every_token_that_a_style_uses_is_defined() -> None:
    text = bundle.stylesheet().body.decode()
    defined = set(re.findall(r"(--[\w-]+)\s*:", text))
    used = set(re.findall(r"var\((--[\w-]+)\)", text))
    assert used - defined == set()
