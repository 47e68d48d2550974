"""A listing's page offers whoever looks at it what they can do, and a visitor nothing that needs a cookie."""

import pytest
from meeting import meeting
from seen import text_of
from small_exchange import publish

from exchange.content import Content, Kind
from exchange.database import writing
from exchange.models import Account, Organisation, OrgKind
from exchange.organisation.organisations import OrganisationDetails, add_organisation


@pytest.fixture
def town(own, exchange):
    return meeting(own, exchange)


def next_of(town, number, by=None) -> str:
    """Give the panel of a listing's page, between its heading and the public contact or the sharing."""
    page = town.page(f"/listings/{number}", by)
    return page.split('id="next">')[1].split('for="share"')[0]


def silent(town, kind, **details: object) -> int:
    """Publish a listing of an organisation of which nobody is there."""
    with writing(town.site.database) as session:
        given = OrganisationDetails(name="Silent", kind=OrgKind.THIRD_SECTOR, **details)
        return publish(session, kind, Content(title="Quiet one"), add_organisation(session, given).id)


@pytest.mark.parametrize(
    ("who", "label"),
    [
        (None, "Sign in to answer this need"),
        ("una", "Confirm your email address first"),
        ("noah", "Find or add yours first"),
        ("ida", "Answer this need"),
        ("olga", "Answer this need"),
        ("carla", "This is your organisation's listing"),
        ("colin", "This is your organisation's listing"),
    ],
)
def test_a_need_offers_to_answer_it(town, who, label):
    panel = text_of(next_of(town, town.numbers.need, who))
    assert label in panel
    assert ("Tell them what you could do:" in panel) is (who not in {"carla", "colin"})


@pytest.mark.parametrize(
    ("who", "label"),
    [
        (None, "Sign in to ask for an introduction"),
        ("una", "Confirm your email address first"),
        ("noah", "Commissioners ask for introductions here."),
        ("colin", "Commissioners ask for introductions here."),
        ("lone", "Find or add yours first"),
        ("carla", "Ask for an introduction"),
        ("ida", "Change this listing"),
    ],
)
def test_an_innovation_offers_an_introduction_to_commissioners(town, who, label):
    panel = next_of(town, town.numbers.sitters, who)
    assert label in text_of(panel)
    assert ("Add to your shortlist" in panel) is (who in {"carla", "lone"})


def test_everybody_but_its_owners_can_report_it(town):
    link = f'href="/listings/{town.numbers.sitters}/report"'
    for who in (None, "una", "noah", "carla"):
        assert link in town.page(f"/listings/{town.numbers.sitters}", who)
    assert link not in town.page(f"/listings/{town.numbers.sitters}", "ida")


def test_a_visitor_gets_links_and_neither_a_form_nor_a_cookie(town):
    town.be(None)
    for number in (town.numbers.need, town.numbers.sitters):
        answer = town.site.client.get(f"/listings/{number}")
        assert 'method="post"' not in answer.text
        assert "set-cookie" not in answer.headers
        assert "no-store" not in answer.headers.get("cache-control", "")
        door = "answer" if number == town.numbers.need else "introduce"
        assert f'href="/sign-in?next=%2Flistings%2F{number}%2F{door}"' in answer.text
        assert 'href="/register"' in answer.text
    assert town.site.client.get(f"/listings/{town.numbers.need}/answer").headers["location"] == (
        f"/sign-in?next=%2Flistings%2F{town.numbers.need}%2Fanswer"
    )


def test_a_listing_of_nobody_who_can_be_reached_says_so(town):
    quiet = silent(town, Kind.INNOVATION, telephone="0113 496 0001")
    for who in (None, "carla"):
        panel = text_of(next_of(town, quiet, who))
        assert "Nobody of Silent is on the exchange yet" in panel
        assert "Reach them by telephone 0113 496 0001." in panel
        assert "Ask for an introduction" not in panel
    assert "Nobody of Silent is on the exchange yet" in town.page(f"/listings/{quiet}/introduce", "carla")
    assert "<textarea" not in town.page(f"/listings/{quiet}/introduce", "carla")


def test_a_listing_without_an_organisation_offers_no_introduction(town):
    panel = text_of(next_of(town, town.numbers.bare, "carla"))
    assert "The organisation is not stated." in panel
    assert "Ask for an introduction" not in panel
    page = text_of(town.page(f"/listings/{town.numbers.bare}/introduce", "carla"))
    assert "“A listing that says nothing else” names no organisation, so nobody can be introduced." in page


def test_after_its_closing_date_a_need_takes_no_answer(town):
    town.wait(40)
    for who in (None, "ida"):
        assert "The closing date has passed" in next_of(town, town.numbers.need, who)
    page = text_of(town.page(f"/listings/{town.numbers.need}/answer", "ida"))
    assert "This need took answers until 9 April 2027, so it takes no more." in page
    assert "Invite to answer" not in town.page(f"/listings/{town.numbers.need}", "carla")


def test_a_closed_need_says_what_it_is_and_offers_nothing(town):
    panel = text_of(next_of(town, town.numbers.closed, "ida"))
    assert "Ask them what came of it:" in panel
    assert "Answer this need" not in panel
    assert "is closed, so nobody can be introduced over it" in town.page(
        f"/listings/{town.numbers.closed}/answer", "ida"
    )


def test_a_match_of_which_nobody_can_be_reached_has_no_link_and_says_why(town):
    with writing(town.site.database) as session:
        session.get_one(Organisation, town.numbers.circle).email = None
        session.get_one(Account, town.people["ida"]).organisation_id = None
    page = town.page(f"/listings/{town.numbers.need}", "carla")
    assert "Nobody of this organisation is on the exchange yet." in page
    assert "Invite to answer" not in page


def test_only_the_owners_see_what_can_be_done_with_a_match(town):
    for who in (None, "noah", "ida", "olga", "colin"):
        assert "Invite to answer" not in town.page(f"/listings/{town.numbers.need}", who)


def test_who_has_no_organisation_is_shown_the_way_to_one_on_the_form(town):
    page = town.page(f"/listings/{town.numbers.sitters}/introduce", "lone")
    assert "you belong to none here yet" in page
    assert 'href="/my/organisation">Find or add your organisation' in page
    assert "you belong to none here yet" in town.page(f"/listings/{town.numbers.need}/answer", "noah")


def test_an_innovation_in_touch_over_can_be_asked_for_again_for_another_need(town):
    number = town.ask()
    panel = next_of(town, town.numbers.sitters, "carla")
    assert f'href="/my/introductions/{number}"' in panel
    assert "Ask for another of your needs" in panel
    again = town.page(f"/listings/{town.numbers.sitters}/introduce?need={town.numbers.need}", "carla")
    assert f'value="{town.numbers.need}" checked' in again
    town.be("carla")
    leads = town.site.client.get(f"/listings/{town.numbers.sitters}/introduce")
    assert leads.headers["location"] == f"/my/introductions/{number}?done=introduction_open"
