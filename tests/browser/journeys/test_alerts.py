"""Being told of what is new: from a search that is saved to a letter, the listing in it, and the end of all letters."""

import re

import pytest
from living import NEED, address_of

from exchange.content import Kind

pytestmark = pytest.mark.browser

CARLA, IDA = address_of("Carla Commissioner"), address_of("Ida Innovator")
SEARCH = "/search?q=night+sitters+for+carers+of+people+with+dementia&kind=innovation"
FIRST, SECOND, THIRD = "Night Owls: sitters for carers", "Night Larks: sitters for carers", "Night Bats for carers"
SUMMARY = "Night sitters for carers of people with dementia, so that carers sleep."
LEEDS = ("E08000035",)


def test_a_saved_search_from_its_first_letter_to_its_end(arrive, site):
    carla = arrive()
    saves_a_search_after_signing_in(carla)
    number = site.publish(FIRST, SUMMARY, groups=("carers",), delivers_in=LEEDS)
    site.publish(SECOND, SUMMARY, groups=("carers",), delivers_in=LEEDS)
    site.publish("Allotment club", "Digging and planting for young people.")
    site.tell()
    assert digests_to(site, CARLA) == []  # it comes in the morning
    sees_that_it_waits(carla)
    site.pass_days(1)
    site.tell()
    site.tell()
    (letter,) = digests_to(site, CARLA)
    assert letter.subject == "2 new results: Nights"
    assert "Allotment" not in letter.body
    opens_the_listing_in_the_letter(carla, letter, number)
    mutes_one(carla, letter)
    ends_the_letters(arrive(), letter)
    site.publish(THIRD, SUMMARY, groups=("carers",), delivers_in=LEEDS)
    site.pass_days(8)
    site.tell()
    assert len(digests_to(site, CARLA)) == 1
    begins_again_and_deletes(carla, site)


def saves_a_search_after_signing_in(carla) -> None:
    carla.go(SEARCH)
    carla.follow("Save this search and be told")
    assert carla.path == "/sign-in"
    carla.fill({"Email address": CARLA, "Password": "willow kettle harbour"})
    carla.press("Sign in", within=carla.page.locator("main"))
    assert "“night sitters for carers of people with dementia”" in carla.text
    carla.fill({"Name of this search": ""})
    carla.press("Save this search", status=400)
    assert "Give the search a name" in carla.text
    carla.fill({"Name of this search": "Nights"})
    carla.press("Save this search")
    assert "You hear by mail when something new fits it." in carla.whole
    carla.go(SEARCH)
    carla.follow("Save this search and be told")
    assert "You have saved this already" in carla.whole


def sees_that_it_waits(carla) -> None:
    carla.go("/my/searches")
    assert "2 wait for the next mail" in carla.text
    carla.follow_to("What it found")
    assert carla.text.lower().count("in the next mail") == 2


def opens_the_listing_in_the_letter(carla, letter, number) -> None:
    paths = [path for path in re.findall(r"https?://[^/\s]+(/\S+)", letter.body) if path.startswith("/listings/")]
    assert f"/listings/{number}" in paths
    carla.go(f"/listings/{number}")
    assert carla.heading == FIRST


def mutes_one(carla, letter) -> None:
    carla.sign_in("Carla Commissioner")
    carla.go(re.search(r"/my/searches/\d+/alerts", letter.body)[0])
    assert FIRST in carla.text
    assert "Why it was found" in carla.text
    carla.press(f"Mute: {FIRST}")
    assert "You hear no more of this listing." in carla.whole
    carla.press(f"Take off mute: {FIRST}")
    carla.press(f"Mute: {FIRST}")


def ends_the_letters(stranger, letter) -> None:
    """The link needs no sign-in: it is opened in another browser."""
    stranger.go(letter.unsubscribe)
    assert stranger.heading == "Stop these letters?"
    assert "Nights" in stranger.text
    stranger.press("Stop these letters")
    assert stranger.heading == "The letters are stopped"
    stranger.go(letter.unsubscribe)
    assert stranger.heading == "These letters are stopped already"


def begins_again_and_deletes(carla, site) -> None:
    carla.sign_in("Carla Commissioner")
    carla.go("/my/searches")
    assert "No mail comes since" in carla.text
    carla.press("Begin again: Nights")
    assert "It has begun again" in carla.whole
    site.pass_days(1)
    site.tell()
    assert len(digests_to(site, CARLA)) == 1  # what came while it was stopped is no news
    carla.sign_in("Carla Commissioner")
    carla.go("/my/searches")
    carla.follow_to("Change it")
    carla.tick("Once a week")
    carla.fill({"Name of this search": "Nights off"})
    carla.press("Save the changes")
    assert carla.heading == "Nights off"
    carla.press("Delete: Nights off")
    assert "You have saved no search yet" in carla.text


def test_the_matches_of_ones_own_listing_are_told_at_once(arrive, site):
    ida = arrive()
    ida.sign_in("Ida Innovator")
    listing = site.listing("Thursday Sitters: four hours off, every week, same face")
    ida.go(f"/listings/{listing.id}")
    ida.follow("Tell me of new matches")
    ida.tick("At once")
    ida.press("Save this search")
    need = site.publish("Sitters for carers of people with dementia", SUMMARY, kind=Kind.NEED, required_in=LEEDS)
    site.tell()
    (letter,) = digests_to(site, IDA)
    assert letter.subject == "New: Sitters for carers of people with dementia"
    assert NEED not in letter.body  # it matched before
    ida.go(f"/listings/{need}")
    assert ida.heading == "Sitters for carers of people with dementia"


def test_nothing_found_yet_and_then_something(arrive, site):
    carla = arrive()
    carla.sign_in("Carla Commissioner")
    carla.go("/search?q=falconry+zeppelins")
    assert "No results" in carla.text
    carla.follow("Be told when something comes")
    carla.tick("At once")
    carla.press("Save this search")
    site.publish("Falconry with zeppelins", "Falconry and zeppelins for young people.")
    site.tell()
    (letter,) = digests_to(site, CARLA)
    assert letter.subject == "New: Falconry with zeppelins"


def digests_to(site, address) -> list:
    """Give the letters of saved searches to an address."""
    return [letter for letter in site.letters(address) if letter.unsubscribe]
