"""The same by keyboard alone: registering, an organisation, a first page, and submitting, with Tab, Enter and Space."""

import pytest

pytestmark = pytest.mark.browser

HER_MAIL, HER_PASSWORD = "kay@keys.example", "pebble lantern orchard"
TITLE = "Night sitters by phone"


def test_registering_posting_and_submitting_without_a_mouse(arrive, site):
    kay = arrive()
    registers(kay)
    kay.go(site.last_link(HER_MAIL))  # a link in a mail
    kay.press_key("main form button", "Space")
    signs_in(kay)
    posts(kay)
    finds_that_an_organisation_is_needed(kay)
    submits(kay)
    assert site.listing(TITLE).state == "submitted"
    kay.press_key("header form button", "Space")
    assert kay.page.get_by_role("link", name="Sign in").first.is_visible()


def registers(kay) -> None:
    kay.go("/")
    kay.press_key("header a[href='/register']")
    kay.by_keys("#name", "Kay Keys")
    kay.by_keys("#email", HER_MAIL)
    kay.press_key("main form button", status=400)
    kay.by_keys(".govuk-error-summary a")
    kay.page.keyboard.press("Enter")  # leads to the field that is wrong
    kay.page.keyboard.type(HER_PASSWORD)
    assert kay.page.locator("#password").input_value() == HER_PASSWORD
    kay.press_key("main form button")


def signs_in(kay) -> None:
    if kay.path != "/sign-in":
        kay.go("/sign-in")
    kay.by_keys("#email", HER_MAIL)
    kay.by_keys("#password", HER_PASSWORD)
    with kay.page.expect_navigation():
        kay.page.keyboard.press("Enter")  # from within the field, as people do


def posts(kay) -> None:
    kay.go("/")
    kay.press_key("header a[href='/my/listings']")
    kay.press_key("main a[href='/post']")
    kay.press_key("main a[href='/post/innovation']")
    kay.by_keys("#title", TITLE)
    kay.by_keys("#summary", "Somebody to talk to at night, so that carers of people with dementia are not alone.")
    kay.by_keys("#outcome", "Carers are less lonely at night")
    kay.by_keys("input[name=groups][value=carers]")
    kay.page.keyboard.press("Space")
    kay.by_keys("#delivers_in", "Leeds")
    kay.press_key("main form button")
    assert kay.heading == TITLE


def finds_that_an_organisation_is_needed(kay) -> None:
    kay.press_key("main a[href='/my/organisation']")
    kay.by_keys("#q", "Keys and Doors")
    kay.press_key("main form button")
    kay.press_key("main a[href^='/my/organisation/new']")
    kay.by_keys("input[name=kind]")
    kay.page.keyboard.press("Space")
    kay.press_key("main form button")
    assert kay.heading == "Keys and Doors"


def submits(kay) -> None:
    kay.press_key("main a[href='/my/listings']")
    kay.press_key(".ix-card__title a")
    kay.press_key("form[action$='/submit'] button")
    assert "Submitted" in kay.text
