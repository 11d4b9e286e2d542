"""A real browser for the lane `browser`: Debian's Chromium, driven by Playwright, kept off every network but loopback."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.web.looking import LISTEN

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ALLOWED_NOISE = (
    "cannot be parsed, or is out of range",
    # What was asked before the next letter was typed is given up; what fails says htmx:sendError besides.
    "htmx:sendAbort",
    "htmx:afterRequest",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once for all tests of a process."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    assert found, "The browser lane needs Chromium: apt-get install --no-install-recommends chromium fonts-dejavu-core"
    # Playwright's synchronous face keeps an event loop in this thread, which Django takes for an asynchronous caller.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=[*FLAGS])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh reader's page. What the browser complains about fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US", reduced_motion="reduce")
    context.add_init_script(LISTEN)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda line: complaints.append(line.text) if line.type in {"error", "warning"} else None)
    yield opened
    context.close()
    assert [line for line in complaints if not any(noise in line for noise in ALLOWED_NOISE)] == []
