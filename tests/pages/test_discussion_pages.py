"""The discussion of a listing in a browser: asking, answering, taking back, where it is read and by whom written."""

import re

import pytest
from filling import send_from
from meeting import Meeting, meeting
from seen import text_of, title_of
from sqlalchemy import select

from exchange.database import writing
from exchange.discussing import speaking
from exchange.discussing.speaking import Words
from exchange.listing import listings
from exchange.models import Account, Listing
from exchange.models_discussion import Comment
from exchange.people.accounts import operator


@pytest.fixture
def town(own, exchange) -> Meeting:
    return meeting(own, exchange)


def ask(town: Meeting, by: str = "noah", listing: int | None = None, **fields: str):
    """Fill in the form on the listing's page."""
    number = listing or town.numbers.sitters
    typed = {"text": "How many carers?"} | fields
    return town.send(f"/listings/{number}", by, typed, action=f"/listings/{number}/discussion")


def asked(town: Meeting, **fields: str) -> int:
    answer = ask(town, **fields)
    assert answer.status_code == 303, text_of(answer.text)
    return int(answer.headers["location"].rpartition("-")[2])


def answer(town: Meeting, number: int, by: str = "ida", text: str = "Forty.", listing: int | None = None):
    path = f"/listings/{listing or town.numbers.sitters}/discussion/{number}/reply"
    return town.send(path, by, {"text": text}, action=path)


def test_a_question_is_asked_on_the_listings_page_and_stands_there_for_everybody(town):
    sent = ask(town, about="outcomes")
    (comment,) = town.all(Comment)
    assert sent.headers["location"] == (
        f"/listings/{town.numbers.sitters}/discussion?done=comment_made#comment-{comment.id}"
    )
    page = town.page(f"/listings/{town.numbers.sitters}")
    assert "1 asked, 0 answered" in text_of(page)
    assert "Question Not answered yet Noah , comment" in text_of(page)
    assert "About: Outcomes How many carers?" in text_of(page)
    assert f'id="comment-{comment.id}"' in page
    assert "It is here now" in town.page(sent.headers["location"])


def test_the_owners_answer_closes_it_and_says_for_whom_it_speaks(town):
    number = asked(town)
    page = town.page(f"/listings/{town.numbers.sitters}/discussion", "ida")
    assert "Answer to question" in text_of(page)
    sent = answer(town, number)
    assert sent.status_code == 303
    page = text_of(town.page(sent.headers["location"]))
    assert "1 asked, 1 answered" in page
    assert "Answer Ida Irwin , answers for Carers' Circle" in page
    letters = [letter for letter in town.letters() if letter.subject.startswith("Your question about")]
    assert [letter.address for letter in letters] == ["noah@people.example"]
    town.be("noah")
    led = town.site.client.get(letters[0].path)
    assert led.status_code == 303
    assert led.headers["location"].startswith(f"/listings/{town.numbers.sitters}/discussion#comment-")


def test_of_a_need_the_page_says_that_questions_and_answers_are_for_all_who_bid(town):
    assert ask(town, "ida", town.numbers.need, about="weights").status_code == 303
    page = text_of(town.page(f"/listings/{town.numbers.need}"))
    assert "Questions and answers (1 asked, 0 answered)" in page
    assert "public: everybody who thinks of bidding reads the same" in page
    assert "About: Weights" in page
    assert "Stage" not in re.findall(r"<option[^>]*>([^<]*)", town.page(f"/listings/{town.numbers.need}", "ida"))


def test_links_beside_the_parts_lead_to_the_form_with_the_part_chosen(town):
    number = town.numbers.sitters
    page = town.page(f"/listings/{number}", "noah")
    found = set(re.findall(rf'/listings/{number}/discussion\?about=(\w+)#say"', page))
    assert found == {
        *("summary", "who", "places", "stage", "funding", "money", "term", "outcomes", "evidence"),
        *("users_outcomes", "users_satisfaction", "others_outcomes", "others_satisfaction"),
    }
    form = town.page(f"/listings/{number}/discussion?about=users_outcomes", "noah")
    assert '<option value="users_outcomes" selected>' in form
    assert 'id="say"' in form


def test_an_unknown_part_in_the_address_chooses_nothing(town):
    page = town.page(f"/listings/{town.numbers.sitters}/discussion?about=%3Cscript%3E", "noah")
    assert "selected" not in page
    assert "&lt;script&gt;" not in town.page(f"/listings/{town.numbers.sitters}/discussion?about=%3Cscript%3E")


def test_a_visitor_reads_and_is_asked_to_sign_in_to_ask(town):
    asked(town)
    page = town.page(f"/listings/{town.numbers.sitters}/discussion?about=money")
    assert "How many carers?" in text_of(page)
    assert 'name="text"' not in page
    assert f"/sign-in?next=%2Flistings%2F{town.numbers.sitters}%2Fdiscussion%3Fabout%3Dmoney" in page, (
        "and comes back to the part"
    )


def test_an_unconfirmed_person_is_told_what_is_missing(town):
    page = text_of(town.page(f"/listings/{town.numbers.sitters}/discussion", "una"))
    assert "Confirm your email address first; then you can ask and comment here. Go to your account" in page


def test_owners_are_offered_a_comment_and_no_question(town):
    page = town.page(f"/listings/{town.numbers.sitters}", "ida")
    assert 'name="kind"' not in page
    assert "Ask about this" not in page
    assert ask(town, "ida", text="We have moved.").status_code == 303
    assert town.all(Comment)[0].kind == "comment"


def test_a_closed_listing_is_read_and_takes_nothing_more(town):
    with writing(town.site.database) as session:
        by = session.get_one(Account, town.people["noah"])
        number = speaking.speak(
            session, town.numbers.need, Words("question", "How many?"), by, town.site.client.app.state.site.clock()
        ).id
        listings.close(
            session, town.numbers.need, operator(session, "Test"), "Full.", town.site.client.app.state.site.clock()
        )
    page = town.page(f"/listings/{town.numbers.need}", "noah")
    assert "How many?" in text_of(page)
    assert "nobody writes here any more" in text_of(page)
    assert 'name="text"' not in page
    assert "Ask about this" not in page
    assert f"/discussion/{number}/reply" not in page


def test_people_take_back_their_own(town):
    number = asked(town)
    path = f"/listings/{town.numbers.sitters}/discussion/{number}/take-back"
    assert path in town.page(f"/listings/{town.numbers.sitters}", "noah")
    assert path not in town.page(f"/listings/{town.numbers.sitters}", "carla")
    assert town.status(path, "carla") == 404
    sent = town.send(path, "noah", action=path)
    assert sent.headers["location"] == f"/listings/{town.numbers.sitters}/discussion?done=comment_taken_back"
    page = text_of(town.page(sent.headers["location"]))
    assert ("How many carers?" in page, "Nobody has asked or said anything yet." in page) == (False, True)
    assert town.status(path, "noah") == 404
    assert town.status(f"/listings/{town.numbers.sitters}/discussion/{number}") == 404


def test_what_is_taken_back_leaves_its_place_where_somebody_replied(town):
    number = asked(town)
    answer(town, number)
    path = f"/listings/{town.numbers.sitters}/discussion/{number}/take-back"
    town.send(path, "noah", action=path)
    page = text_of(town.page(f"/listings/{town.numbers.sitters}"))
    assert "Taken back by its author." in page
    assert "Forty." in page
    assert "Noah" not in page


def test_long_discussions_have_pages_and_a_comment_is_found_on_its_own(town):
    clock = town.site.client.app.state.site.clock
    with writing(town.site.database) as session:
        by = operator(session, "Test")
        by.confirmed_at, by.can_sign_in = clock(), True
        listing = session.scalars(select(Listing.id).where(Listing.id == town.numbers.bare)).one()
        session.add_all(
            Comment(listing_id=listing, by_id=by.id, kind="question", text=f"Word {n}.", at=clock(), state="shown")
            for n in range(45)
        )
    path = f"/listings/{listing}/discussion"
    first, last = text_of(town.page(path)), text_of(town.page(f"{path}?page=3"))
    assert ("Word 44." in first, "Word 24." in first, "Word 4." in last, "Word 5." in last) == (
        True,
        False,
        True,
        False,
    )
    assert f"{path}?page=2" in town.page(f"/listings/{listing}")
    oldest = town.all(Comment)[0].id
    town.be(None)
    assert town.site.client.get(f"{path}/{oldest}").headers["location"] == f"{path}?page=3#comment-{oldest}"
    assert town.status(f"{path}?page=4") == 404
    assert town.status(f"{path}?page=x") == 400


@pytest.mark.parametrize("text", ["   ", "x" * 2_001])
def test_what_is_wrong_is_said_at_the_field_and_all_that_was_typed_is_kept(town, text):
    page = ask(town, text=text, kind="challenge", about="evidence")
    assert page.status_code == 400
    assert title_of(page.text).startswith("Error: Discussion")
    assert '<a href="#text">' in page.text
    assert text.strip() in page.text
    assert '<option value="evidence" selected>' in page.text
    assert re.search(r'value="challenge" checked', page.text)
    assert town.all(Comment) == []


def test_two_thousand_characters_with_line_ends_as_browsers_send_them_fit(town):
    assert ask(town, text="é\r\n" * 999 + "xx").status_code == 303
    assert len(town.all(Comment)[0].text) == 2_000


def test_a_comment_that_points_at_a_part_is_refused_at_that_field(town):
    page = ask(town, kind="comment", about="outcomes")
    assert (page.status_code, '<a href="#about">' in page.text) == (400, True)


def test_the_same_again_is_a_sentence_and_no_second_comment(town):
    asked(town)
    page = ask(town)
    assert (page.status_code, "written exactly this already" in text_of(page.text)) == (409, True)
    assert len(town.all(Comment)) == 1


def test_too_many_are_refused_and_the_text_is_kept(town):
    for number in range(20):
        assert ask(town, text=f"Question {number}").status_code == 303
    page = ask(town, text="One more")
    assert (page.status_code, "One more" in page.text) == (429, True)
    assert "tried too many times. Try again in" in text_of(page.text)


def test_what_was_typed_is_not_lost_where_the_comment_or_the_listing_closed_meanwhile(town):
    number = asked(town)
    path = f"/listings/{town.numbers.sitters}/discussion/{number}/reply"
    town.be("carla")
    reply, form = town.site.get(path), town.site.get(f"/listings/{town.numbers.sitters}")
    clock = town.site.client.app.state.site.clock
    with writing(town.site.database) as session:
        speaking.take_back(session, number, session.get_one(Account, town.people["noah"]), clock())
    late = send_from(town.site.client, reply, {"text": "My long answer."}, action=path)
    assert (late.status_code, "What you typed My long answer." in text_of(late.text)) == (404, True)
    with writing(town.site.database) as session:
        listings.close(session, town.numbers.sitters, operator(session, "Test"), "Full.", clock())
    late = send_from(
        town.site.client, form, {"text": "My question."}, action=f"/listings/{town.numbers.sitters}/discussion"
    )
    assert (late.status_code, "What you typed My question." in text_of(late.text)) == (409, True)


def test_a_reply_that_says_nothing_is_refused_with_the_comment_still_above(town):
    page = answer(town, asked(town), text=" ")
    assert (page.status_code, "How many carers?" in page.text, '<a href="#text">' in page.text) == (400, True, True)
    assert "It closes the question" in page.text


def test_listings_elsewhere_do_not_lend_their_address_to_a_comment(town):
    number, other = asked(town), town.numbers.need
    town.be("noah")
    for path in (f"/listings/{other}/discussion/{number}", f"/listings/{other}/discussion/{number}/reply"):
        assert town.site.client.get(path).status_code == 404
    for step in ("report", "take-back"):
        assert town.status(f"/listings/{other}/discussion/{number}/{step}", "noah") == 404
