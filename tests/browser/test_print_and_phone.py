"""Printing, the phone's menu, long texts through a real form, and what only a script can do."""

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("kind_of_page", ["need", "matches", "chips", "area"])
def test_print_leaves_navigation_forms_and_footer_out(plain, live, kind_of_page):
    plain.goto(live.paths[kind_of_page])
    plain.emulate_media(media="print")
    for selector in (".govuk-service-navigation", ".ix-footer", ".ix-search", ".ix-filters", ".ix-jumps", "#print"):
        for element in plain.locator(selector).all():
            assert not element.is_visible(), selector
    assert plain.locator("h1").is_visible()
    assert plain.locator(".ix-card__title").first.is_visible()
    plain.emulate_media(media="screen")


def test_the_menu_of_a_phone_opens_with_a_script_and_stands_open_without(phone, live):
    phone.goto("/")
    link = phone.locator(".govuk-service-navigation a", has_text="Browse by area")
    button = phone.locator(".govuk-service-navigation__toggle")
    if button.is_visible():
        assert not link.is_visible()
        button.click()
        assert button.get_attribute("aria-expanded") == "true"
    assert link.is_visible()
    link.click()
    assert phone.locator("h1").inner_text() == "Browse by area"


def test_filters_are_one_step_away_on_a_phone(phone):
    phone.goto("/search?q=carers")
    phone.get_by_role("link", name="Go to filters").click()
    phone.wait_for_url("**#filters")
    assert phone.locator("#filters-heading").bounding_box()["y"] < 900


def test_a_text_of_ten_thousand_characters_goes_through_the_form_and_stays_in_the_box(page):
    text = ("Respite for carers, “at home” & away, £40,000 a year. " * 200)[:10_000].strip()
    page.goto("/")
    page.locator("#need-text").fill(text)
    page.get_by_role("button", name="Find innovations").click()
    assert page.locator("#q").input_value() == text
    assert "the search read the first 8,000" in page.locator("main").inner_text()
    assert page.locator(".ix-card").count() > 0


def test_lines_of_a_pasted_page_are_kept(page):
    page.goto("/search?kind=innovation")
    page.locator("#q").fill("Carers need a break.\n\nIn Leeds.")
    page.get_by_role("button", name="Search", exact=True).click()
    assert page.locator("#q").input_value() == "Carers need a break.\n\nIn Leeds."
    assert page.get_by_role("link", name="Remove Leeds").count() == 1


def test_the_print_button_is_there_only_where_it_works(page, live):
    page.goto(live.paths["need"])
    scripted = page.locator("body.js-enabled").count() == 1
    assert page.locator("#print").is_visible() == scripted
    assert page.locator("#share").input_value().endswith(live.paths["need"])


def test_words_twice_as_large_lose_nothing(browser, live):
    """At 200% of text size the page is a window of half the width: what is there must still be there."""
    context = browser.new_context(base_url=live.base, viewport={"width": 640, "height": 450}, device_scale_factor=2)
    page = context.new_page()
    page.goto(live.paths["chips"])
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.locator(".ix-chip").first.is_visible()
    assert page.get_by_role("button", name="Apply filters").is_visible()
    context.close()
