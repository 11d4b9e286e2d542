"""On the way: a phone, one thumb. Every tap is counted, is large enough and within reach."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from caudal.crm import actions
from caudal.crm.models import Activity, Completion, Deal
from caudal.kit.outbox import drain
from caudal.kit.search.index import HANDLER
from caudal.kit.world import now
from tests.web.looking import LISTEN, assert_accessible, assert_fits, assert_no_csp_violation
from tests.web.test_board import busy_shop, sign_in
from tests.world import Shop

__all__ = ["busy_shop"]
pytestmark = [pytest.mark.lane("browser"), pytest.mark.django_db(transaction=True)]
WIDTH, HEIGHT = 390, 844
TARGET_PX = 44
KEYBOARD = 300
"""What the keys of a phone hide of it."""
REACH = 0.25
"""A thumb does not get into the highest part of the screen."""


class Thumb:
    """Taps, and counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0

    def tap(self, place: Locator, *, seen: int = HEIGHT) -> None:
        place.scroll_into_view_if_needed()
        box = place.bounding_box()
        assert box is not None
        assert min(box["height"], box["width"]) >= TARGET_PX, f"{place} is {box['width']} by {box['height']} px"
        assert box["y"] + box["height"] / 2 > REACH * seen, f"{place} is out of the thumb's reach"
        place.tap()
        self.taps += 1


@pytest.fixture
def phone(browser: Browser, live_server: LiveServer, busy_shop: Shop) -> Iterator[Thumb]:
    """Rosa's phone."""
    rosa = busy_shop.actor("rosa")
    lucia = actions.PersonDraft(name="Lucía Vidal", phone="+34 600 111 222", company_id=busy_shop.acme.pk)
    person = actions.add_person(actor=rosa, as_of=now(), person=lucia)
    deal = Deal.objects.get(name="First")
    actions.change_deal(actor=rosa, as_of=now(), deal_id=deal.pk, person_id=person.pk)
    drain(HANDLER, as_of=now())
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    context.add_init_script(LISTEN)
    # A phone would dial here; this machine has none, and the page stays where it is all the same.
    context.add_init_script(
        "addEventListener('click', (e) => { if (e.target.closest?.('a[href^=\"tel:\"]')) e.preventDefault(); });"
    )
    page = context.new_page()
    sign_in(page, live_server, busy_shop, "rosa")
    page.goto(f"{live_server.url}/day")
    yield Thumb(page)
    context.close()


def test_a_person_is_found_called_and_the_call_logged_in_six_taps(phone: Thumb) -> None:
    page = phone.page
    phone.tap(page.locator(".rail-search"))
    page.get_by_role("combobox", name="Search and go anywhere").fill("luc")
    phone.tap(page.get_by_role("option", name="Lucía Vidal").first, seen=HEIGHT - KEYBOARD)
    page.wait_for_url("**/people/person_*")
    call = page.locator(".thumb", has_text="Call").first
    assert call.get_attribute("href") == "tel:+34600111222"
    assert_fits(page)
    phone.tap(call)
    dialog = page.get_by_role("dialog", name="Call: Lucía Vidal")
    expect(dialog).to_be_visible()
    assert_accessible(page)
    phone.tap(dialog.locator("label", has_text="Voicemail"))
    phone.tap(dialog.locator("label", has_text="Tomorrow"))
    phone.tap(dialog.get_by_role("button", name="Log the call"))
    expect(page.locator("#notices")).to_contain_text("Logged: Call. Planned: Call again")
    assert phone.taps <= 6
    assert Completion.objects.get().outcome == "voicemail"
    step = Activity.objects.get(completion=None, subject="Call again")
    assert (step.does, step.links.count()) == ("call", 2)  # the person, and the company that they work at
    assert_no_csp_violation(page)


def test_a_deal_is_moved_in_three_taps_from_its_page_and_from_the_board(
    phone: Thumb, live_server: LiveServer, busy_shop: Shop
) -> None:
    deal, page = Deal.objects.get(name="First"), phone.page
    page.goto(f"{live_server.url}/deals/{deal.ref}")
    phone.tap(page.locator(".thumb", has_text="Move to"))
    phone.tap(page.get_by_role("dialog").locator("label", has_text="Demo"))
    phone.tap(page.get_by_role("dialog").get_by_role("button", name="Move"))
    expect(page.locator("#notices")).to_contain_text("“First” is in Demo now.")
    assert phone.taps <= 3
    stages = busy_shop.stages("saas")
    page.goto(f"{live_server.url}/deals/board?pipeline={busy_shop.pipelines['saas'].ref}&stage={stages[1].ref}")
    phone.taps = 0
    phone.tap(page.locator(f"#card-{deal.ref} .card-move"))
    phone.tap(page.get_by_role("dialog").locator("label", has_text=stages[2].name))
    phone.tap(page.get_by_role("dialog").get_by_role("button", name="Move"))
    expect(page.locator("#notices")).to_contain_text(f"“First” is in {stages[2].name} now.")
    assert phone.taps <= 3


def test_it_can_be_installed_and_says_kindly_that_there_is_no_network(phone: Thumb, live_server: LiveServer) -> None:
    page: Page = phone.page
    context: BrowserContext = page.context
    told = page.request.get(f"{live_server.url}/ui/manifest.webmanifest").json()
    expect(page.locator('link[rel="manifest"]')).to_have_attribute("href", "/ui/manifest.webmanifest")
    assert (told["display"], told["start_url"], {each["sizes"] for each in told["icons"]}) == (
        "standalone",
        "/",
        {"192x192", "512x512"},
    )
    for icon in told["icons"]:
        assert page.request.get(f"{live_server.url}{icon['src']}").ok
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    kept = page.evaluate(
        "caches.keys().then((names) => caches.open(names[0])).then((cache) => cache.keys())"
        ".then((keys) => keys.map((key) => new URL(key.url).pathname))"
    )
    assert len(kept) == 3  # the page without a network, its look and its mark: nothing of the company
    page.reload()
    context.set_offline(True)
    page.goto(f"{live_server.url}/deals")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    assert "Forty seats" not in page.content()
    context.set_offline(False)
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", name="Deals")).to_be_visible()
