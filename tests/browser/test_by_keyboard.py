"""Searching, filtering, taking a chip away and matching by keyboard alone, with JavaScript and without."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from keys import FOCUS, press, tab_to
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def total(page: Page) -> int:
    found = re.match(r"[\d,]+", page.locator("#results").inner_text())
    return int(found[0].replace(",", "")) if found else 0


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def search(page: Page, text: str) -> None:
    page.goto("/")
    tab_to(page, "#need-text")
    page.keyboard.type(text)
    with page.expect_navigation():
        press(page, "form[aria-labelledby=door-need] button")


def test_a_need_typed_at_the_door_finds_innovations(page):
    search(page, "respite breaks for carers")
    assert asked(page) == {"q": ["respite breaks for carers"], "kind": ["innovation"]}
    assert total(page) > 0
    assert page.locator("#q").input_value() == "respite breaks for carers"


def test_an_idea_typed_at_the_door_finds_needs(page):
    page.goto("/")
    tab_to(page, "#idea-text")
    page.keyboard.type("sitters who give carers a break")
    with page.expect_navigation():
        press(page, "form[aria-labelledby=door-idea] button")
    assert asked(page)["kind"] == ["need"]
    assert total(page) > 0


def test_the_text_and_the_kind_can_be_changed_on_the_results_page(page):
    page.goto("/search?q=carers&kind=innovation")
    tab_to(page, "#q")
    page.keyboard.press("Control+a")
    page.keyboard.type("young people")
    tab_to(page, "#kind-innovation")
    page.keyboard.press("ArrowRight")
    with page.expect_navigation():
        press(page, "form#search button")
    assert asked(page) == {"q": ["young people"], "kind": ["need"]}


def test_a_filter_is_opened_ticked_and_applied_and_gives_the_count_beside_it(page):
    page.goto("/search?q=carers&kind=innovation")
    before = total(page)
    tab_to(page, "#filters details:has([name=tier]) > summary")
    page.keyboard.press("Enter")
    tab_to(page, "input[name=tier]")
    label = page.locator("label[for=tier-1]").inner_text()
    page.keyboard.press("Space")
    tab_to(page, "#unstated-tier")
    page.keyboard.press("Space")
    with page.expect_navigation():
        press(page, "#filters button[type=submit]")
    assert asked(page)["unstated.tier"] == ["hide"]
    assert total(page) == int(re.search(r"\((\d+)\)", label)[1]) < before
    assert page.locator("input[name=tier]").first.is_checked()
    assert f"{before - total(page)} results hidden by your filters" in page.locator("main").inner_text()


def test_filters_are_cleared_by_one_link(page):
    page.goto("/search?q=carers&kind=innovation&tier=grant&unstated.tier=hide")
    with page.expect_navigation():
        press(page, "main a[href='/search?q=carers&kind=innovation']")
    assert asked(page) == {"q": ["carers"], "kind": ["innovation"]}


def test_a_place_is_typed_into_the_filters(page):
    page.goto("/search?q=carers&kind=innovation")
    tab_to(page, "#filters details:has(#place) > summary")
    page.keyboard.press("Enter")
    tab_to(page, "#place")
    page.keyboard.type("Leeds")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert asked(page)["place"] == ["E08000035"]
    assert page.locator("label", has_text=re.compile(r"^Leeds")).count() == 1


def test_a_chip_is_taken_away_and_put_back(page):
    page.goto("/search?q=sitters+for+carers+in+Leeds&kind=innovation")
    assert page.locator(".ix-chip").count() == 1
    with page.expect_navigation():
        press(page, ".ix-chip")
    assert page.locator(".ix-chip").count() == 0
    assert asked(page)["remove"] == ["place:E08000035"]
    with page.expect_navigation():
        press(page, ".ix-chips a")
    assert page.locator(".ix-chip").count() == 1


def test_from_a_need_to_its_matches_and_to_one_of_them(page, live):
    page.goto(live.paths["need"])
    press(page, "a[href='#matches']")
    page.wait_for_url("**#matches")
    tab_to(page, "#matches ~ ol .ix-card__title a")
    first = page.evaluate("document.activeElement.textContent")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("h1").inner_text() == first
    assert page.locator(".govuk-caption-l").inner_text() == "Innovation"


def test_what_a_fit_is_made_of_opens_by_keyboard(page, live):
    page.goto(live.paths["need"])
    details = page.locator(".ix-card details").first
    assert not details.locator(".ix-facts").is_visible()
    tab_to(page, ".ix-card details > summary")
    page.keyboard.press("Enter")
    assert "of 100" in details.locator(".ix-facts").inner_text()


def test_pages_of_results_are_turned(page):
    page.goto("/search?kind=innovation")
    with page.expect_navigation():
        press(page, ".govuk-pagination a[rel=next]")
    assert asked(page)["page"] == ["2"]


def test_the_first_stop_skips_to_the_content(page):
    page.goto("/newest")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to main content"
    page.keyboard.press("Enter")
    page.wait_for_url("**/newest#main-content")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_mistake_is_named_and_its_link_leads_to_the_box(page):
    page.goto("/search?q=carers&place=Narnia")
    tab_to(page, ".govuk-error-summary a")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'place'")
    assert page.locator("#place").input_value() == "Narnia"


@pytest.mark.parametrize("kind_of_page", ["home", "chips", "filters", "need", "innovation", "area", "fault"])
def test_the_focus_is_always_seen(page, live, kind_of_page):
    page.goto(live.paths[kind_of_page])
    for _ in range(60):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus["body"]:
            break
        assert focus["shown"], focus["at"]
        assert focus["within"], focus["at"]
