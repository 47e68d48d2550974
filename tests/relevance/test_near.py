"""Near listings with the real model: the pairs of the packaged fixtures that tuned when one may be the same."""

import pytest

from exchange.content import Kind

pytestmark = pytest.mark.model

TWICE = {
    "wyke-beck-weekend-sitters": "wyke-beck-thursday-sitters",
    "odd-socks-camp": "odd-socks-thursdays",
    "odd-socks-thursdays": "odd-socks-camp",
    "lanternyard-hubs-earlier": "lanternyard-hubs",
    "revolving-doors-link-workers": "p3-link-workers",
}
"""One idea told twice: the first as a draft must find the second and say that it may be the same."""

APART = {
    "need-southcentral-women": "need-gm-female-cohort",
    "need-ap-cornwall": "need-exclusions",
    "two-hands-by-video": "two-hands-drop-in",
    "latchlift-one-adult": "latchlift-year-six",
}
"""Near, and two ideas or two needs."""


EACH = 12
"""Every so manieth of the others is looked at too: all of them take minutes."""


@pytest.fixture(scope="module")
def near(packaged):
    """Give the nearest listings of those named, and of some others, as if each were a draft, by key."""
    keys = packaged.keys()
    found = {}
    for kind in Kind:
        for at, listing in enumerate(packaged.open_listings(kind)):
            key = keys[listing.id]
            if key in TWICE or key in APART or at % EACH == 0:
                ones = packaged.service.near(kind, listing.content, listing.id, 5)
                found[key] = {keys[one.id]: one.duplicate for one in ones}
    return found


def test_one_idea_told_twice_may_be_the_same(near):
    assert {key: near[key].get(other) for key, other in TWICE.items()} == dict.fromkeys(TWICE, True)


def test_near_ideas_are_shown_and_not_called_the_same(near):
    assert {key: near[key].get(other) for key, other in APART.items()} == dict.fromkeys(APART, False)


def test_few_listings_hear_of_a_duplicate(near):
    told = {key for key, found in near.items() if any(found.values())} - set(TWICE)
    assert len(told) <= len(near) / 8, told
