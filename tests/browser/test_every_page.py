"""Every kind of page: nothing for axe-core to find, no sideways scrolling, titles, targets, and no blocked script."""

import pytest
from checks import OVERFLOWING, RUN, SMALL_TARGETS, TAGS

pytestmark = pytest.mark.browser


def test_axe_finds_nothing(checked, live, axe, kind):
    checked.goto(live.paths[kind])
    checked.evaluate(axe)
    assert checked.evaluate(RUN, TAGS) == []


@pytest.mark.parametrize("width", [375, 320])
def test_nothing_scrolls_sideways_on_a_phone(small, live, kind, width):
    small.set_viewport_size({"width": width, "height": 900})
    small.goto(live.paths[kind])
    assert small.evaluate(OVERFLOWING) == []
    small.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert small.evaluate(OVERFLOWING) == []


def test_every_target_is_24_pixels_and_more(small, live, kind):
    small.set_viewport_size({"width": 375, "height": 900})
    small.goto(live.paths[kind])
    assert small.evaluate(SMALL_TARGETS) == []


def test_the_sites_own_policy_blocks_nothing_and_nothing_fails(plain, live, kind):
    said, failed = [], []
    page = plain.context.new_page()
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.goto(live.paths[kind])
    page.wait_for_function("document.querySelector('.govuk-service-navigation[data-govuk-service-navigation-init]')")
    page.close()
    assert failed == []
    assert [line for line in said if "the server responded with a status of" not in line] == []


def test_every_page_has_one_first_heading_a_title_and_its_language(plain, live, kind):
    plain.goto(live.paths[kind])
    assert plain.locator("h1").count() == 1
    assert plain.title().endswith(" - Innovation Exchange")
    assert len(plain.title()) > len(" - Innovation Exchange") + 3
    assert plain.locator("html").get_attribute("lang") == "en-GB"


def test_titles_tell_pages_apart(plain, live):
    titles = []
    for path in live.paths.values():
        plain.goto(path)
        titles.append(plain.title())
    assert len(set(titles)) == len(titles)


def test_pages_ask_for_nothing_from_other_sites(plain, live):
    asked = set()
    page = plain.context.new_page()
    page.on("request", lambda request: asked.add(request.url))
    for path in live.paths.values():
        page.goto(path)
    page.close()
    assert asked
    assert all(url.startswith(live.base) for url in asked)
