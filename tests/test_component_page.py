"""Every component in a real browser: accessible in both themes at both widths, and alive under the strict policy."""

from __future__ import annotations

import itertools
import math
import os
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import override_settings
from playwright.sync_api import Browser, Page, Route, expect

from core.assets import build_assets
from core.component_page import PARTS
from tests.browser import Complaints, look_at_everything, new_page, served_pages, started_chromium

pytestmark = pytest.mark.browser

# The sheet shows every component; the pages repeat them, so two of the four looks are enough for those.
EVERY_LOOK = [("light", 1280), ("light", 320), ("dark", 1280), ("dark", 320)]
PAGES = sorted(name for name in PARTS if name not in ("sheet", "job"))  # a job is a part of a page
LOOKS = [(theme, width, ["sheet"]) for theme, width in EVERY_LOOK] + [("light", 320, PAGES), ("dark", 1280, PAGES)]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Playwright runs an event loop in this thread, which Django would otherwise take for an asynchronous caller.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with started_chromium() as chromium:
        yield chromium
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="module")
def site(browser: Browser) -> Iterator[str]:
    build_assets()
    with override_settings(ROOT_URLCONF="tests.component_urls"), served_pages() as address:
        yield f"{address}/_components"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context, page = new_page(browser)
    complaints = Complaints(page)
    yield page
    context.close()
    assert complaints.heard == []


@pytest.mark.slow
@pytest.mark.parametrize(("theme", "width", "names"), LOOKS)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    browser: Browser, site: str, theme: str, width: int, names: list[str]
) -> None:
    context, page = new_page(browser, width=width, bypass_csp=True)
    findings = []
    for name in names:
        page.goto(f"{site}/{name}/?theme={theme}")
        look_at_everything(page)
        expect(page.locator("[data-chart]:not([data-drawn]), [data-map]:not([data-drawn])")).to_have_count(0)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            findings.append((name, "wider than the window"))
        violations = Axe().run(page, options=RULES).response["violations"]
        findings += [(name, found["id"], [node["html"][:120] for node in found["nodes"]]) for found in violations]
    context.close()
    assert findings == []


def test_charts_and_maps_are_drawn_under_the_strict_policy(page: Page, site: str) -> None:
    page.goto(f"{site}/board/")
    look_at_everything(page)
    expect(page.locator(".chart-canvas svg")).to_have_count(5)
    expect(page.locator('[data-map][data-drawn=""]')).to_have_count(1)


def test_the_theme_is_kept_and_charts_follow_it(page: Page, site: str) -> None:
    page.goto(f"{site}/board/")
    cell = page.locator("#by-hour svg .mark-rect path").first
    cell.scroll_into_view_if_needed()
    light = cell.get_attribute("fill")
    page.get_by_role("button", name="Account and settings").click()
    page.get_by_role("button", name="Dark").click()
    expect(cell).not_to_have_attribute("fill", light or "")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_a_slash_finds_the_search_and_escape_leaves_it(page: Page, site: str) -> None:
    page.goto(f"{site}/list/")
    page.keyboard.press("/")
    search = page.get_by_label("Search the network")
    expect(search).to_be_focused()
    page.keyboard.press("Escape")
    expect(search).not_to_be_focused()


def test_the_first_tab_leads_past_the_navigation(page: Page, site: str) -> None:
    page.goto(f"{site}/list/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_filtering_replaces_the_list_and_the_address_only(page: Page, site: str) -> None:
    page.goto(f"{site}/list/")
    page.evaluate("window.stays = true")
    page.get_by_placeholder("Code, name or address").fill("harbour")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/list/\?sort=code&q=harbour&status=open$"))
    assert page.evaluate("window.stays") is True


def test_an_answer_that_is_a_whole_page_is_gone_to(page: Page, site: str) -> None:
    page.goto(f"{site}/list/")
    page.route("**/list/?*q=out*", lambda route: route.fulfill(status=302, headers={"Location": f"{site}/sign-in/"}))
    page.get_by_placeholder("Code, name or address").fill("out")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/sign-in/$"))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_failed_answer_is_said(browser: Browser, site: str) -> None:
    context, page = new_page(browser)
    page.goto(f"{site}/list/")
    page.route("**/list/?*q=*", lambda route: route.fulfill(status=500, body="broken"))
    page.get_by_placeholder("Code, name or address").fill("x")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That did not work. Please try again.")).to_be_visible()
    context.close()


def test_a_click_on_a_row_opens_its_record(page: Page, site: str) -> None:
    page.goto(f"{site}/list/")
    page.locator("tbody tr").nth(2).locator("td").nth(3).click()
    expect(page).to_have_url(re.compile("/detail/$"))


def test_a_deed_is_asked_for_in_a_dialog(page: Page, site: str) -> None:
    page.goto(f"{site}/detail/")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("link", name="Close this site").click()
    dialog = page.get_by_role("dialog", name="Close the site ST-014 Harbour 14?")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_wrong_form_takes_the_focus_to_its_summary(page: Page, site: str) -> None:
    page.goto(f"{site}/form/")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="Name: This field is required.").click()
    expect(page.get_by_label("Name")).to_be_focused()


def test_a_chosen_file_is_named_with_its_size(page: Page, site: str) -> None:
    page.goto(f"{site}/form/")
    plan = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"x" * 123_456}
    page.locator("input[type=file]").set_input_files(plan)
    expect(page.locator("[data-file-name]")).to_have_text("plan.pdf (123.5 kB)")


def test_the_places_of_a_map_are_found_by_name(page: Page, site: str) -> None:
    page.goto(f"{site}/board/")
    page.get_by_text("The places as a list").click()
    page.get_by_label("Find in the list").fill("ST-042")
    expect(page.locator("[data-map-items] a")).to_have_text(["ST-042 Mill Lane"])


def test_the_title_of_a_place_cannot_bring_markup(page: Page, site: str) -> None:
    hostile = {
        "lat": 56.46,
        "lng": -2.97,
        "title": "<img src='/x' alt='boom'>",
        "kind": "member-store",
        "status": "open",
    }
    page.route("**/points.json", lambda route: route.fulfill(json={"points": [hostile]}))
    page.route("**/districts.json", lambda route: route.fulfill(json={"type": "FeatureCollection", "features": []}))
    page.goto(f"{site}/board/")
    expect(page.locator('[data-map][data-drawn=""]')).to_have_count(1)
    page.locator(".map-canvas").hover()
    expect(page.locator(".leaflet-tooltip")).to_have_text(hostile["title"])
    page.locator(".map-canvas").click()
    expect(page.locator(".map-card-title")).to_have_text(hostile["title"])
    assert page.get_by_alt_text("boom").count() == 0


def test_thousands_of_places_are_gathered(page: Page, site: str) -> None:
    page.route("**/points.json", lambda route: route.continue_(url=f"{site}/points.json?count=5000"))
    page.goto(f"{site}/board/")
    expect(page.locator(".map-cluster").first).to_be_visible()
    boxes = [heap.bounding_box() or {} for heap in page.locator(".map-cluster").all()]
    middles = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes]
    assert len(middles) < 100
    assert min(math.dist(one, other) for one, other in itertools.combinations(middles, 2)) >= 24


def test_a_live_event_refreshes_its_part_and_keeps_the_drawn_chart(page: Page, site: str) -> None:
    held: list[Route] = []
    page.route("**/live/?topics=*", lambda route: held.append(route))
    page.goto(f"{site}/board/?live=/live/")
    page.locator("#beside-chart svg").evaluate("element => { element.dataset.old = 'yes'; }")
    page.locator("#beside").evaluate("element => { element.dataset.old = 'yes'; }")
    held[0].fulfill(content_type="text/event-stream", body="event: sessions\ndata: {}\n\n")
    expect(page.locator("#beside[data-old]")).to_have_count(0)
    expect(page.locator('#beside-chart svg[data-old="yes"]')).to_have_count(1)


def test_the_live_mark_says_when_the_connection_is_lost(browser: Browser, site: str) -> None:
    context, page = new_page(browser)
    page.route("**/live/?topics=*", lambda route: route.abort())
    page.goto(f"{site}/board/?live=/live/")
    expect(page.get_by_text("No connection")).to_be_visible()
    context.close()


def test_the_menu_of_a_phone_slides_in(browser: Browser, site: str) -> None:
    context, page = new_page(browser, width=375)
    page.goto(f"{site}/list/")
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("link", name="Dashboard")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Dashboard")).to_be_hidden()
    context.close()
