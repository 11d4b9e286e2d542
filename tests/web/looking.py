"""What a browser has to say about a page that is looked at, and the widths, schemes and languages it is looked at in."""

from typing import Final, Literal, TypeAlias

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

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
