"""Journeys of one person: a forgotten password, two windows on one step, and a sign-in that ended while they typed."""

import pytest
from living import PASSWORD, address_of

pytestmark = pytest.mark.browser

IDA = "Ida Innovator"


def test_a_forgotten_password_is_reset_by_the_mailed_link(arrive, site):
    elsewhere = arrive()
    elsewhere.sign_in(IDA)
    ida = arrive()
    ida.go("/sign-in")
    ida.follow("I do not know my password")
    ida.fill({"What is your email address?": address_of(IDA)})
    ida.press("Send me a link")
    assert address_of(IDA) in ida.text
    link = site.last_link(address_of(IDA))
    ida.go(link)
    ida.fill({"New password": "short"})
    ida.press("Save the new password", status=400)
    assert "There is a problem" in ida.text
    ida.fill({"New password": "otter lantern marble"})
    ida.press("Save the new password")
    assert "Your password is changed" in ida.whole
    ida.go(link, status=410)
    assert "used already" in ida.text
    elsewhere.go("/my/account")
    assert elsewhere.path == "/sign-in"  # every other browser is signed out
    ida.sign_in(IDA, "otter lantern marble")
    ida.go("/my/account")
    assert IDA in ida.text


def test_an_old_password_no_longer_signs_in(arrive, site):
    ida = arrive()
    ida.go("/forgot-password")
    ida.fill({"What is your email address?": address_of(IDA)})
    ida.press("Send me a link")
    ida.go(site.last_link(address_of(IDA)))
    ida.fill({"New password": "otter lantern marble"})
    ida.press("Save the new password")
    ida.go("/sign-in")
    ida.fill({"Email address": address_of(IDA), "Password": PASSWORD})
    ida.press("Sign in", status=400, within=ida.page.locator("main"))
    assert ida.page.get_by_label("Email address").input_value() == address_of(IDA)


def posted(walker) -> str:
    """Keep a draft; give its address."""
    walker.go("/post/innovation")
    walker.fill({"What is it called?": "Moonlight sitters"})
    walker.press("Save as a draft and see matches")
    return walker.path


def test_of_two_tabs_the_later_save_is_told_of_the_earlier(arrive, site):
    first = arrive()
    first.sign_in(IDA)
    address = posted(first)
    second = type(first)(first.page.context.new_page(), first.care)
    for tab in (first, second):
        tab.go(f"{address}/description")
    first.fill({"Description": "Sitters who come at night."})
    first.press("Save and continue")
    second.fill({"Description": "Sitters who come in the small hours."})
    second.press("Save and continue", status=409)
    assert "Somebody saved this step after you opened it" in second.text
    assert "Sitters who come at night." in second.text
    assert second.page.get_by_label("Description").input_value() == "Sitters who come in the small hours."
    second.press("Save and continue")  # they have seen it: theirs stands now
    assert site.listing("Moonlight sitters").content.description == "Sitters who come in the small hours."


def test_two_tabs_on_two_steps_do_not_meet(arrive, site):
    first = arrive()
    first.sign_in(IDA)
    address = posted(first)
    second = type(first)(first.page.context.new_page(), first.care)
    first.go(f"{address}/description")
    second.go(f"{address}/stage")
    first.fill({"Description": "Sitters who come at night."})
    first.press("Save and continue")
    second.tick("Running")
    second.press("Save and continue")
    content = site.listing("Moonlight sitters").content
    assert (content.description, content.stage) == ("Sitters who come at night.", "running")


def test_what_was_typed_outlives_a_sign_in_that_ended(arrive, site):
    ida = arrive()
    ida.sign_in(IDA)
    address = posted(ida)
    ida.go(f"{address}/description")
    site.pass_days(90)
    words = "A long text that nobody wants to type twice: <b>sitters</b> & “company”.\n\nSecond paragraph."
    ida.fill({"Description": words})
    ida.press("Save and continue", status=401)
    assert "You are not signed in any more" in ida.text
    ida.fill({"Email address": address_of(IDA), "Password": "not my password"})
    ida.press("Sign in and carry on", status=400)
    ida.fill({"Email address": address_of(IDA), "Password": PASSWORD})
    ida.press("Sign in", within=ida.page.locator("main"))
    ida.press("Carry on")
    assert site.listing("Moonlight sitters").content.description == words
