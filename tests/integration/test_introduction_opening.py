"""Who may open an introduction, over which listings, and whether anybody would read it."""

import pytest
from introduced import ARRANGED, NOW, body, later, market, publish
from people import enrol

from exchange.content import Content, Kind
from exchange.database import reading, writing
from exchange.errors import ForbiddenError, InputError, NotFoundError, StateError
from exchange.introducing.introduction_letters import is_reachable
from exchange.introducing.introduction_pairs import open_between
from exchange.listing import listings
from exchange.listing.changes import locked_listing
from exchange.models import Account, Organisation
from exchange.models_introductions import Introduction
from exchange.people.accounts import operator
from exchange.people.permissions import Role


@pytest.fixture
def town(engine):
    return market(engine)


def add(town, kind, content, **details: object) -> int:
    """Publish a listing of an organisation of its own, or of none."""
    with writing(town.database) as session:
        return publish(session, kind, content, body(session, **details) if details else None)


def end(town, number, how) -> None:
    with writing(town.database) as session:
        getattr(listings, how)(session, number, operator(session, "Test"), "because", NOW)


@pytest.mark.parametrize("way", ["ask", "invite"])
def test_only_commissioners_ask_and_invite(town, way):
    with pytest.raises(ForbiddenError, match="ask for an introduction, invite"):
        getattr(town, way)(by=town.colin)


def test_who_has_not_confirmed_an_address_answers_nothing(town):
    town.change(Account, town.ida, confirmed_at=None)
    with pytest.raises(ForbiddenError):
        town.answer()


@pytest.mark.parametrize("way", ["ask", "invite", "answer"])
def test_who_belongs_to_no_organisation_is_told_where_to_find_one(town, way):
    with writing(town.database) as session:
        alone = enrol(session, "Alone", Role.COMMISSIONER).id
    with pytest.raises(InputError, match="you belong to none here yet"):
        getattr(town, way)(by=alone)


def test_a_need_of_somebody_else_is_not_there_to_invite_or_ask_for(town):
    for way in (town.invite, town.ask):
        with pytest.raises(NotFoundError, match=rf"^There is no listing {town.need}; check the number\.$"):
            way(by=town.olga, need=town.need)


def test_nobody_is_introduced_to_their_own_organisation(town):
    with pytest.raises(InputError, match="“Other idea” is your own organisation's"):
        town.ask(by=town.olga, idea=town.others_idea)
    with pytest.raises(InputError, match="“Respite for carers” is your own organisation's"):
        town.answer(by=town.colin)


def test_an_answer_names_one_of_ones_own_innovations(town):
    with pytest.raises(InputError, match="one of your own published innovations") as refused:
        town.answer(idea=town.others_idea)
    assert refused.value.field == "listing"
    assert town.row(town.answer(idea=town.idea)).innovation_id == town.idea


@pytest.mark.parametrize("number", [0, -1, 999, 2**40])
def test_a_listing_that_does_not_exist_is_not_there(town, number):
    for way in (town.ask, town.invite, town.answer):
        with pytest.raises(NotFoundError):
            way(need=number or 777, idea=town.idea)


def test_an_innovation_is_no_need_and_a_need_no_innovation(town):
    with pytest.raises(NotFoundError, match="is no need"):
        town.answer(need=town.others_idea)
    with pytest.raises(NotFoundError, match="is no innovation"):
        town.ask(idea=town.second_need)


@pytest.mark.parametrize(("how", "error"), [("close", StateError), ("withdraw", NotFoundError)])
def test_only_published_listings_bring_anybody_together(town, how, error):
    end(town, town.need, how)
    for way in (town.answer, town.invite, lambda: town.ask(need=town.need)):
        with pytest.raises(error):
            way()
    end(town, town.idea, how)
    with pytest.raises(error):
        town.ask()


def test_a_need_that_nobody_has_decided_on_is_not_there(town):
    with writing(town.database) as session:
        new = listings.NewListing(kind=Kind.NEED, content=Content(title="Waiting"), organisation_id=town.council)
        waiting = listings.post(session, new, operator(session, "Test"), NOW).id
    for way in (town.answer, town.invite):
        with pytest.raises(NotFoundError):
            way(need=waiting)


def test_a_need_takes_answers_on_its_closing_date_and_none_after(town):
    number = town.invite(idea=town.others_idea)
    for way in (town.answer, town.invite):
        with pytest.raises(StateError, match="took answers until 9 April 2027"):
            way(now=later(39.8))
    with pytest.raises(StateError, match="took answers until 9 April 2027"):
        town.do("accept", number, town.olga, "Yes", now=later(39.8))
    town.answer(now=later(39.5))


def test_a_listing_without_an_organisation_introduces_nobody(town):
    idea = add(town, Kind.INNOVATION, Content(title="Imported"))
    need = add(town, Kind.NEED, ARRANGED)
    for way in (lambda: town.ask(idea=idea), lambda: town.answer(need=need)):
        with pytest.raises(InputError, match="names no organisation"):
            way()


def test_an_organisation_of_which_nobody_is_here_is_written_to_at_its_public_address(town):
    idea = add(town, Kind.INNOVATION, Content(title="Quiet idea"), name="Quiet", email="hello@quiet.example")
    number = town.ask(idea=idea)
    (letter,) = town.letters()
    assert (letter.address, letter.path) == ("hello@quiet.example", "/register")
    assert "  May we meet?" in letter.body
    assert "find Quiet and ask to join it" in letter.body
    with writing(town.database) as session:
        quiet = locked_listing(session, idea).organisation_id
        quentin = enrol(session, "Quentin", organisation_id=quiet).id
    town.do("accept", number, quentin, "Here we are.")
    assert town.state(number) == "answered"


def test_an_organisation_that_cannot_be_reached_is_not_asked_and_its_public_contact_is_named(town):
    details = {"name": "Silent", "telephone": "0113 496 0001", "website": "silent.example", "org_id": "GB-CHC-1104417"}
    idea = add(town, Kind.INNOVATION, Content(title="Silent idea"), **details)
    with pytest.raises(InputError) as refused:
        town.ask(idea=idea)
    assert str(refused.value) == (
        "Nobody of Silent is on the exchange yet, and they state no email address. Reach them by their website "
        "silent.example, or telephone 0113 496 0001, or the Charity Commission register, GB-CHC-1104417."
    )
    assert town.all(Introduction) == []
    nowhere = add(town, Kind.NEED, ARRANGED, name="Nowhere")
    with pytest.raises(InputError, match="They state no other way to reach them either"):
        town.answer(need=nowhere)


def test_people_who_cannot_act_any_more_make_nobody_reachable(town):
    for number in (town.ida, town.ivan):
        town.change(Account, number, closed_at=NOW)
    with reading(town.database) as session:
        assert not is_reachable(session, session.get_one(Organisation, town.sitters))
    with pytest.raises(InputError, match="Nobody of Carers' Circle"):
        town.ask()


def test_braces_in_a_title_or_a_name_stay_what_they_are(town):
    title, name = "{who} {what.x} %s {0}", "{idea} & Sons"
    idea = add(town, Kind.INNOVATION, Content(title=title), name=name, email="brace@x.example")
    town.ask(idea=idea)
    assert town.letters()[-1].subject == f"Aire Council asks for an introduction: “{title}”"


def test_line_ends_in_a_name_are_no_header_of_a_mail(town):
    town.change(Organisation, town.council, name="Aire\r\nBcc: everybody@x.example")
    town.ask("Hello\r\nBcc: all@x.example")
    letter = town.letters()[-1]
    assert "\n" not in letter.subject
    assert "\r" not in letter.subject + letter.body


def test_the_page_of_a_listing_finds_the_introduction_that_is_open(town):
    number = town.answer(idea=town.idea)
    with reading(town.database) as session:
        need, idea = (locked_listing(session, one) for one in (town.need, town.idea))
        assert open_between(session, need, town.sitters).id == number
        assert open_between(session, idea, town.council).id == number
        assert open_between(session, need, town.others) is None
        assert open_between(session, idea, town.others) is None
