"""Two sides meet in the browser without JavaScript: asked, invited, answered, agreed, ended."""

import pytest
from meeting import meeting
from people import enrol, found
from seen import text_of

from exchange.database import writing


@pytest.fixture
def town(own, exchange):
    return meeting(own, exchange)


def test_a_commissioner_asks_and_both_come_to_see_each_others_details(town):
    n = town.numbers
    assert f'href="/listings/{n.sitters}/introduce"' in town.page(f"/listings/{n.sitters}", "carla")
    sent = town.send(
        f"/listings/{n.sitters}/introduce", "carla", {"text": "May we meet?\nOn Monday?", "listing": str(n.need)}
    )
    number = town.opened(sent)
    assert "You hear by mail as soon as they answer" in town.page(sent.headers["location"], "carla")

    listed = text_of(town.page("/my/introductions", "ida"))
    assert "Waiting for you (1) Respite for carers , with Aire Council With Aire Council Asked" in listed
    assert "They asked you for an introduction. Your answer is asked for by 15 March 2027." in listed
    path = f"/my/introductions/{number}"
    page = town.page(path, "ida")
    assert "May we meet?\nOn Monday?" in page
    assert "Carla" not in page
    town.step(number, "accept", "ida", {"text": "Gladly."})

    assert "It is for you to write back." in town.page(path, "carla")
    town.step(number, "message", "carla", {"text": "How many places are there?"})
    assert "They acted last, so it is your turn." in town.page(path, "ida")
    town.step(number, "agree", "ida")
    page = town.page(path, "carla")
    assert "Carers' Circle agreed on 1 March 2027" in text_of(page)
    assert "ida.irwin" not in page
    town.step(number, "agree", "carla")

    for who in ("carla", "ida", "colin"):
        page = town.page(path, who)
        assert "Contact details shared" in page
        for name in ("Carla Cole", "mailto:carla.cole@people.example", "Ida Irwin", "mailto:ida.irwin@people.example"):
            assert name in page
    assert "Contact details shared (1)" in text_of(town.page("/my/introductions", "colin"))
    town.step(number, "close", "carla", {"ended": "together"})
    page = town.page(path, "ida")
    assert "Closed: going ahead together" in page
    assert "mailto:carla.cole@people.example" in page
    assert "What you can do" not in page


def test_an_innovator_answers_a_need_with_what_the_record_says(town):
    n = town.numbers
    path = f"/listings/{n.need}/answer"
    assert f'href="{path}"' in town.page(f"/listings/{n.need}", "ida")
    page = town.page(path, "ida")
    assert "The need takes answers until 9 April 2027." in page
    assert "Aire Council has promised everybody an answer by 30 April 2027." in page
    assert f'href="{path}?innovation={n.sitters}">Start with the summary of “Thursday Sitters”' in page
    number = town.opened(town.send(f"{path}?innovation={n.sitters}", "ida"))
    read = text_of(town.page(f"/my/introductions/{number}", "carla"))
    assert "The same trained sitter every week, so that carers can rest." in read
    assert "Innovation Thursday Sitters With Carers' Circle How it began They answered your need" in read
    assert "The record of what they posted Thursday Sitters Carers' Circle" in read
    assert "Evidence level 3: comparison group" in read
    assert f'href="/my/listings/{n.need}/conclude"' in town.page(f"/my/introductions/{number}", "carla")
    for who in ("ida", "colin"):
        assert "/conclude" not in town.page(f"/my/introductions/{number}", who)
    assert "You have answered this need. See your introduction" in text_of(town.page(f"/listings/{n.need}", "ida"))
    assert town.introductions()[0].innovation_id == n.sitters


def test_a_commissioner_invites_a_match_with_a_text_that_can_be_sent_as_it_is(town):
    n = town.numbers
    invite = f"/listings/{n.need}/invite?innovation={n.sitters}"
    for page in (f"/listings/{n.need}", f"/listings/{n.need}/matches"):
        assert f'href="{invite}">Invite to answer' in town.page(page, "carla")
    page = text_of(town.page(invite, "carla"))
    assert "Reason: Delivers in Leeds now" in page
    number = town.opened(town.send(invite, "carla"))
    (letter,) = town.letters()
    assert letter.subject == "Aire Council invites you to answer: “Respite for carers”"
    assert "  We at Aire Council have published a need, “Respite for carers”, and found your “Thursday Sitters”." in (
        letter.body
    )
    assert "Delivers in Leeds now" in letter.body
    page = text_of(town.page(f"/listings/{n.need}", "ida"))
    assert "You are invited to answer this need. Answer this need See the invitation" in page
    assert town.opened(town.send(f"/listings/{n.need}/answer?innovation={n.sitters}", "ida")) == number
    assert town.introductions()[0].state == "answered"
    assert f'href="/my/introductions/{number}">See your introduction' in town.page(f"/listings/{n.need}", "carla")


def test_an_invitation_is_answered_on_its_own_page_too_beginning_with_the_summary(town):
    n = town.numbers
    number = town.opened(town.send(f"/listings/{n.need}/invite?innovation={n.sitters}", "carla"))
    town.step(number, "accept", "ida")
    assert "The same trained sitter every week" in town.letters()[-1].body


def test_an_innovator_sees_among_the_needs_of_their_innovation_which_to_answer(town):
    n = town.numbers
    page = town.page(f"/listings/{n.sitters}", "ida")
    assert f'href="/listings/{n.need}/answer?innovation={n.sitters}">Answer this need' in page
    assert "Answer this need" not in town.page(f"/listings/{n.sitters}", "olga")
    number = town.answer()
    assert f'href="/my/introductions/{number}">See your introduction' in town.page(f"/listings/{n.sitters}", "ida")


def test_declining_with_a_reason_ends_it_for_both(town):
    number = town.ask()
    done = town.step(number, "decline", "ida", {"reason": "We are full until May.\n\nSorry."})
    assert "done=introduction_ended" in done.headers["location"]
    for who in ("carla", "ida"):
        page = town.page(f"/my/introductions/{number}", who)
        assert "We are full until May.\n\nSorry." in page
        assert "Carers&#39; Circle ended the introduction." in page
        assert "This introduction has ended." in page
        assert 'Ended <span class="ix-count">(1)' in town.page("/my/introductions", who)
    again = text_of(town.page(f"/listings/{town.numbers.sitters}/introduce", "carla"))
    assert "They ended an introduction over the same on 1 March 2027." in again


def test_an_answer_is_marked_as_spam_and_ends(town):
    number = town.answer("Buy our windows")
    town.step(number, "spam", "carla")
    assert "Marked as spam" in town.page(f"/my/introductions/{number}", "carla")
    page = town.page(f"/my/introductions/{number}", "ida")
    assert "Ended by them" in page
    assert "spam" not in text_of(page).lower()


def test_the_own_colleague_is_named_and_the_other_side_is_not(town):
    number = town.ask()
    assert "Carla Cole, Aire Council (your side)" in text_of(town.page(f"/my/introductions/{number}", "colin"))
    assert "Carla" not in town.page(f"/my/introductions/{number}", "ida")


def test_what_can_be_done_follows_the_side_and_the_state(town):
    def forms(number, who):
        page = town.page(f"/my/introductions/{number}", who)
        names = ("accept", "message", "agree", "decline", "spam", "close")
        return {name for name in names if f'action="/my/introductions/{number}/{name}"' in page}

    number = town.ask()
    assert forms(number, "ida") == {"accept", "decline"}
    assert forms(number, "carla") == {"message", "decline"}
    assert "Take it back" in town.page(f"/my/introductions/{number}", "carla")
    town.step(number, "accept", "ida", {"text": "Yes."})
    assert forms(number, "carla") == forms(number, "ida") == {"message", "agree", "decline"}
    town.step(number, "agree", "ida")
    assert forms(number, "ida") == {"message", "decline"}
    town.step(number, "agree", "carla")
    assert forms(number, "carla") == forms(number, "ida") == {"message", "close"}
    other = town.answer()
    assert forms(other, "carla") == {"message", "agree", "decline", "spam"}


def test_a_withdrawn_listing_is_named_and_not_linked(town):
    number = town.ask()
    town.step(number, "accept", "ida", {"text": "Yes."})
    sent = town.post(f"/my/listings/{town.numbers.sitters}/withdraw", "ida", reason="It has ended.")
    assert sent.status_code == 303
    page = town.page(f"/my/introductions/{number}", "carla")
    assert "Thursday Sitters (no longer public)" in page
    assert f'href="/listings/{town.numbers.sitters}"' not in page


def test_somebody_without_an_introduction_is_told_how_one_begins(town):
    assert "Your organisation is in no introduction yet" in town.page("/my/introductions", "ida")
    page = town.page("/my/introductions", "noah")
    assert "An introduction is between two organisations" in page
    assert 'href="/my/organisation">Find or add yours' in page


def test_an_answer_that_is_late_is_said_to_be(town):
    town.ask()
    town.wait(20)
    assert "Your answer was asked for by 15 March 2027." in text_of(town.page("/my/introductions", "ida"))
    assert "Their answer was asked for by 15 March 2027." in text_of(town.page("/my/introductions", "carla"))


def test_an_organisation_of_which_nothing_was_ever_published_is_said_to_be_unseen(town):
    with writing(town.site.database) as session:
        fresh = found(session, "Fresh Start")
        town.people["fay"] = enrol(session, "Fay", organisation_id=fresh).id
    number = town.opened(town.send(f"/listings/{town.numbers.need}/answer", "fay", {"text": "We are new."}))
    page = town.page(f"/my/introductions/{number}", "carla")
    assert "Fresh Start. No listing of theirs is published yet, so no moderator has seen their profile." in page
    assert f'href="/organisations/{fresh}"' not in page
    for who in ("carla", "fay"):
        town.step(number, "agree", who)
    assert f'href="/organisations/{fresh}"' not in town.page(f"/my/introductions/{number}", "carla")
    assert f'href="/organisations/{town.numbers.council}"' in town.page(f"/my/introductions/{number}", "fay")
