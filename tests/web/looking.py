"""Looks at a page as people will: every width, scheme and language, with what a browser has to say about it.

    def test_the_board_is_fit_to_be_seen(page: Page, live_server: LiveServer) -> None:
        page.goto(f"{live_server.url}/deals/board")
        look(page, "board")

The pictures land in `var/screens/<name>-<width>-<scheme>-<language>.png`: open them before saying that a page is done.
"""

from pathlib import Path
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page

SCREENS: Final = Path(__file__).resolve().parents[2] / "var" / "screens"
WIDTHS: Final = {1440: 900, 390: 844}
Scheme: TypeAlias = Literal["light", "dark"]
SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")
LANGUAGES: Final = ("en", "es")

LISTEN: Final = """
window.refusedByPolicy = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.refusedByPolicy.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
SHIFT_MAX: Final = 0.05
AXE: Final = Axe()
EXAMINE: Final = """async () => (await axe.run({ resultTypes: ["violations"] })).violations.flatMap(
  (rule) => rule.nodes.map((node) => `${rule.id}: ${node.target} ${node.failureSummary}`),
)"""


def look(page: Page, name: str) -> list[Path]:
    """Save the page at each width, scheme and language, and hold each against what every page must keep."""
    taken = []
    for language in LANGUAGES:
        speak(page, language)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for width, height in WIDTHS.items():
                page.set_viewport_size({"width": width, "height": height})
                page.reload()
                settle(page)
                path = SCREENS / f"{name}-{width}-{scheme}-{language}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=path, full_page=True)
                taken.append(path)
                assert_fits(page)
                assert_accessible(page)
                assert_no_csp_violation(page)
                assert_steady(page)
    return taken


def speak(page: Page, language: str) -> None:
    """Choose the reader's language, as the switch in the rail does."""
    parts = urlsplit(page.url)
    page.context.add_cookies(
        [{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": f"{parts.scheme}://{parts.netloc}"}]
    )


def settle(page: Page) -> None:
    """Wait until nothing loads and every chart is drawn, then return to the top."""
    page.wait_for_load_state("networkidle")
    wait_until_drawn(page)


def wait_until_drawn(page: Page) -> None:
    """Wait until what was loaded is painted, its charts too, then return to the top."""
    page.evaluate("document.fonts.ready")
    for chart in page.locator("[data-chart]").all():
        chart.scroll_into_view_if_needed()
        chart.locator("xpath=self::*[@data-drawn]").wait_for(timeout=15_000)
    page.evaluate(
        "new Promise((done) => { scrollTo(0, 0); requestAnimationFrame(() => requestAnimationFrame(done)); })"
    )


def assert_accessible(page: Page) -> None:
    """Assert that axe finds nothing, and name the rule and the element where it does."""
    assert violations(page) == []


def violations(page: Page) -> list[str]:
    """Return what axe finds: the rule, the element, and what would mend it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    found: list[str] = page.evaluate(EXAMINE)
    return found


def assert_no_csp_violation(page: Page) -> None:
    """Assert that the browser refused nothing for the Content-Security-Policy, which must be there."""
    refused = page.evaluate("window.refusedByPolicy")
    assert refused == []


def assert_fits(page: Page) -> None:
    """Assert that the page never scrolls sideways."""
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert beyond <= 0, f"{page.url} is {beyond} px wider than the window"


def assert_steady(page: Page) -> None:
    """Assert that what was painted stayed in its place while the page loaded."""
    shifted = page.evaluate("window.shifted")
    assert shifted < SHIFT_MAX, f"{page.url} moved by {shifted:.3f} while loading"
