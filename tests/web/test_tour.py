"""One walk through every page of the interface, at every width; all findings are told at once.

A page is looked at in one language today and in the other tomorrow. `bin/test --lane browser tests/web/test_tour.py
--shots DIR` looks at every page in every width, scheme and language and keeps its pictures; `--stops deals,board` looks
so at those alone.
"""

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Final
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import Browser, BrowserContext, Page, Response
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.web.conftest import ALLOWED_NOISE
from tests.web.looking import AXE, LANGUAGES, LISTEN, SCHEMES, SHIFT_MAX, WIDTHS, violations, wait_until_drawn
from tests.web.stage import Stage, set_up, typed_by_people
from tests.web.stops import NOT_PAGES, STOPS, Reader, Stop, World
from tests.web.words import SEEN, misspoken

EXAMINED: Final = (
    {("en", 1440, "light"), ("es", 390, "dark")},
    {("en", 390, "light"), ("es", 1440, "dark")},
)
"""Where axe looks, by turns from stop to stop: always in both schemes, at both widths and in both languages."""
PARTS: Final = [
    (world, part, parts) for world, parts in {World.EMPTY: 1, World.FULL: 2}.items() for part in range(parts)
]
"""Two browsers walk side by side, each every other page of the company that has most of them."""
SEND: Final = """(values) => {
  const form = document.querySelector("main form[method=post], .card form[method=post]");
  for (const [name, value] of Object.entries(values)) {
    for (const field of form.querySelectorAll(`[name="${name}"]`)) {
      if (field.type === "checkbox" || field.type === "radio") field.checked = field.value === value;
      else field.value = value;
    }
  }
  form.noValidate = true;
  form.requestSubmit();
}"""


@dataclass(slots=True)
class Tour:
    """What one walk needs, and what it has found."""

    stage: Stage
    url: str
    shots: Path | None
    data: str
    turns: Iterator[int] = field(default_factory=itertools.count)
    findings: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)

    def find(self, stop: Stop, found: str) -> None:
        """Note a finding once, however many variants of the page have it."""
        self.findings[f"{stop.name} ({stop.path}): {found}"] += 1


@pytest.fixture
def shots(request: pytest.FixtureRequest) -> Path | None:
    folder = request.config.getoption("--shots")
    if folder is None:
        return None
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)


@pytest.fixture
def chosen(request: pytest.FixtureRequest) -> set[str]:
    """The names of the stops to make; all without any."""
    names = request.config.getoption("--stops")
    return set(names.split(",")) if names else set()


def test_every_page_that_a_person_can_reach_has_a_stop() -> None:
    ids = dict.fromkeys({name for stop in STOPS for _, name, *_ in Formatter().parse(stop.path) if name}, "x")
    visited = {
        resolve(path).view_name
        for path in {urlsplit(stop.path.format_map(ids)).path for stop in STOPS if stop.status not in {404, 500}}
    }
    pages = set(page_names(get_resolver().url_patterns))
    assert pages - visited - NOT_PAGES.keys() == set(), (
        "Give each a Stop in tests/web/stops.py, or say why it is no page."
    )
    assert NOT_PAGES.keys() - pages == set(), "These addresses are gone: take them out of NOT_PAGES."


def page_names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    """The names of all addresses but those of the API."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if not str(pattern.pattern).startswith("api/"):
                yield from page_names(pattern.url_patterns, pattern.namespace or space)
        else:
            yield f"{space}:{pattern.name}" if space else str(pattern.name)


@pytest.mark.lane("browser")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("world", "part", "parts"), PARTS)
def test_every_page_is_fit_to_be_seen(
    *,
    world: World,
    part: int,
    parts: int,
    browser: Browser,
    live_server: LiveServer,
    settings: Settings,
    shots: Path | None,
    chosen: set[str],
) -> None:
    settings.ROOT_URLCONF = "tests.web.failing"
    stops = [stop for stop in STOPS if stop.world is world and (not chosen or stop.name in chosen)][part::parts]
    if not stops:
        pytest.skip("no page of this company was asked for")
    tour = Tour(set_up(world), live_server.url, shots, typed_by_people())
    is_thorough = bool(chosen or shots)
    for language in LANGUAGES:
        contexts = {reader: opened(browser, tour, reader, language) for reader in {stop.reader for stop in stops}}
        for stop in stops if is_thorough else [each for each in stops if language_today(each) == language]:
            walk(tour, contexts[stop.reader], stop, language)
        for context in contexts.values():
            context.close()
    told = "\n".join(f"{found} ({count} times)" for found, count in tour.findings.items())
    assert not told, told


def language_today(stop: Stop) -> str:
    """Return the language in which a page is looked at today."""
    return LANGUAGES[(STOPS.index(stop) // len(EXAMINED) + date.today().toordinal()) % len(LANGUAGES)]  # noqa: DTZ011  any day will do


def opened(browser: Browser, tour: Tour, reader: Reader, language: str) -> BrowserContext:
    """Return the browser of a reader who speaks a language."""
    context = browser.new_context(reduced_motion="reduce", locale={"en": "en-US", "es": "es-ES"}[language])
    for script in (LISTEN, AXE.axe_script):
        context.add_init_script(script)
    session = tour.stage.session_of(reader)
    cookies = {settings.LANGUAGE_COOKIE_NAME: language} | ({settings.SESSION_COOKIE_NAME: session} if session else {})
    context.add_cookies([{"name": name, "value": value, "url": tour.url} for name, value in cookies.items()])
    page = context.new_page()
    page.on("pageerror", lambda error: tour.complaints.append(str(error)))
    page.on("console", lambda line: tour.complaints.append(line.text) if line.type in {"error", "warning"} else None)
    return context


def walk(tour: Tour, context: BrowserContext, stop: Stop, language: str) -> None:
    """Go to a stop and look at it in every width and scheme; it is loaded wide in one language, narrow in the other."""
    page = context.pages[0]
    widths = list(WIDTHS) if language == LANGUAGES[0] else list(reversed(WIDTHS))
    page.set_viewport_size({"width": widths[0], "height": WIDTHS[widths[0]]})
    tour.complaints.clear()
    answer = page.goto(tour.url + stop.path.format_map(tour.stage.ids))
    if stop.sends is not None:
        answer = send(page, {name: value.format(turn=next(tour.turns)) for name, value in stop.sends.items()})
    assert answer is not None
    if answer.status != stop.status:
        tour.find(stop, f"it answered {answer.status}, not {stop.status}")
    wait_until_drawn(page)
    shifted = page.evaluate("window.shifted")
    if shifted >= SHIFT_MAX:
        tour.find(stop, f"it moved by {shifted:.3f} while it was loaded at {widths[0]} px")
    for text in misspoken(language, page.evaluate(SEEN), tour.data):
        tour.find(stop, f"this is not said in {language}: {text!r}")
    examined = EXAMINED[STOPS.index(stop) % len(EXAMINED)]
    for width, scheme in itertools.product(widths, SCHEMES):
        # Nothing but a picture and what axe sees depends on the scheme.
        if scheme == SCHEMES[-1] and tour.shots is None and (language, width, scheme) not in examined:
            continue
        page.set_viewport_size({"width": width, "height": WIDTHS[width]})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        wait_until_drawn(page)
        look_at(tour, page, stop, width, scheme, language)
    for refused in page.evaluate("window.refusedByPolicy"):
        tour.find(stop, f"the policy refused {refused}")
    for complaint in tour.complaints:
        expected = stop.status >= 400 and "the server responded with a status" in complaint
        if not expected and not any(noise in complaint for noise in ALLOWED_NOISE):
            tour.find(stop, f"the browser complains: {complaint}")


def send(page: Page, values: dict[str, str]) -> Response:
    """Fill the page's form in and send it, past what the browser would check itself."""
    with page.expect_navigation() as sent:
        page.evaluate(SEND, values)
    return sent.value


def look_at(tour: Tour, page: Page, stop: Stop, width: int, scheme: str, language: str) -> None:
    """Hold one variant of a page against what every page must keep, and keep its picture."""
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if beyond > 0:
        tour.find(stop, f"it is {beyond} px wider than {width} px")
    if (language, width, scheme) in EXAMINED[STOPS.index(stop) % len(EXAMINED)]:
        for violation in violations(page):
            tour.find(stop, violation)
    if tour.shots is not None:
        page.screenshot(path=tour.shots / f"{stop.name}-{width}-{scheme}-{language}.png", full_page=True)
