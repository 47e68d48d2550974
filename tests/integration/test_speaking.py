"""Speaking below a listing: who may, what is kept and told, what an answer closes and what is taken back."""

from datetime import timedelta

import pytest
from moderating import NOW, scene
from people import enrol, found
from sqlalchemy import func, select
from talking import Talk, talk

from exchange.content import Kind
from exchange.database import LARGEST_KEY, writing
from exchange.discussing import comments, speaking
from exchange.discussing.comment_states import About, CommentKind, CommentState, parts_of
from exchange.discussing.comments import Asked
from exchange.discussing.speaking import Words
from exchange.errors import ForbiddenError, InputError, NotFoundError, StateError, TooManyError
from exchange.listing import listings
from exchange.models_discussion import Comment
from exchange.moderating import moderation
from exchange.moderating.reason_codes import ReasonCode, Refusal

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def here(engine):
    with writing(engine) as session:
        yield talk(scene(session))


def count(here: Talk) -> int:
    return here.session.scalar(select(func.count()).select_from(Comment))


def test_a_question_is_read_by_everybody_and_told_to_all_who_answer_for_the_listing(here):
    asked = here.ask(" How\r\nmany?\x00 ", about="outcomes")
    (thread,) = here.shown().threads
    assert (thread.text, thread.about, thread.kind) == ("How\nmany?", "outcomes", CommentKind.QUESTION)
    assert (thread.name, thread.organisation, thread.by_owner, thread.answered) == ("Noah", None, False, False)
    letters = here.at.letters()
    assert set(letters) == {"Ida", "Ivo"}
    assert letters["Ida"].subject == "A question about “Lunch club”"
    assert "Noah asks about “Lunch club”:\n\n  How\n  many?" in letters["Ida"].body
    assert (letters["Ida"].path, letters["Ida"].comment_id) == (
        f"/listings/{here.listing}/discussion/{asked.id}",
        asked.id,
    )


def test_the_first_answer_of_the_owner_closes_a_question_and_the_asker_is_told(here):
    asked = here.ask()
    assert here.count == Asked(1, 0)
    answer = here.reply(asked, when=LATER)
    assert (answer.kind, asked.closed_at) == (CommentKind.ANSWER, LATER)
    assert here.count == Asked(1, 1)
    (thread,) = here.shown().threads
    assert (thread.answered, thread.replies[0].by_owner) == (True, True)
    assert thread.replies[0].organisation == "Carers' Circle"
    letter = here.at.letters()["Noah"]
    assert letter.subject == "Your question about “Lunch club” has an answer"
    assert (letter.comment_id, "Ida, Carers' Circle has answered" in letter.body) == (answer.id, True)
    here.reply(asked, "Forty-one by now.", by=here.at.ivo, when=LATER + timedelta(days=1))
    assert asked.closed_at == LATER


def test_a_reply_of_somebody_else_closes_nothing_and_is_told(here):
    asked = here.ask(kind="challenge")
    reply = here.reply(asked, "I doubt it too.", by=here.at.max)
    assert (reply.kind, asked.closed_at, here.count) == (CommentKind.REPLY, None, Asked(1, 0))
    assert here.at.letters()["Noah"].subject == "Your challenge about “Lunch club” has a reply"


def test_a_comment_is_not_asked_and_its_reply_no_answer(here):
    said = here.ask("Well done.", kind="comment")
    assert here.reply(said, "Thank you.").kind == CommentKind.REPLY
    assert (here.count, said.closed_at) == (Asked(0, 0), None)


def test_nobody_is_told_of_their_own_words(here):
    here.ask("We have moved.", by=here.at.ida, kind="comment")
    assert here.at.letters() == {}
    here.reply(here.ask("Who pays?"), "I mean: the council?", by=here.at.noah)
    assert set(here.at.letters()) == {"Ida", "Ivo"}


def test_owners_comment_and_answer_but_do_not_ask_themselves(here):
    for kind in ("question", "challenge"):
        with pytest.raises(StateError, match="This is your own listing"):
            here.ask(by=here.at.ivo, kind=kind)
    assert here.ask("News.", by=here.at.ivo, kind="comment").organisation_id == here.at.circle


def test_whoever_has_left_the_organisation_no_longer_answers_for_it(here):
    here.at.ida.organisation_id = None
    asked = here.ask()
    assert here.reply(asked, by=here.at.ida).kind == CommentKind.REPLY
    assert here.count == Asked(1, 0)


def test_of_a_listing_without_organisation_its_author_is_the_owner(here):
    listing = here.at.publish(by=here.at.max, title="Mine alone")
    asked = speaking.speak(here.session, listing.id, Words("question", "Yours?"), here.at.noah, NOW)
    assert set(here.at.letters()) == {"Max"}
    assert here.reply(asked, "Yes.", by=here.at.ida).kind == CommentKind.REPLY
    assert here.reply(asked, "Mine.", by=here.at.max).kind == CommentKind.ANSWER


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        *(("", "Write something"), (" \n ", "Write something"), ("\u200b\u202e", "Write something"), (None, "Write")),
        ("x" * 2_001, "has 2,001 characters; cut it to 2,000"),
    ],
)
def test_a_text_says_something_and_not_too_much(here, text, sentence):
    for act in (lambda: here.ask(text), lambda: here.reply(here.ask("Yes?"), text)):
        with pytest.raises(InputError, match=sentence) as refused:
            act()
        assert refused.value.field == "text"


def test_two_thousand_characters_fit_and_gaps_are_closed(here):
    assert len(here.ask("é" * 2_000).text) == 2_000
    assert here.ask("a\n\n\n\n\nb").text == "a\n\nb"


@pytest.mark.parametrize("kind", ["reply", "answer", "", "Question"])
def test_a_thread_begins_with_one_of_three_kinds(here, kind):
    with pytest.raises(InputError, match="Choose whether it is a question") as refused:
        here.ask(kind=kind)
    assert refused.value.field == "kind"


@pytest.mark.parametrize(("about", "sentence"), [("weights", "Choose a part"), ("title", "Choose a part")])
def test_only_parts_that_the_listing_has_are_asked_about(here, about, sentence):
    with pytest.raises(InputError, match=sentence) as refused:
        here.ask(about=about)
    assert refused.value.field == "about"


def test_a_comment_points_at_nothing(here):
    with pytest.raises(InputError, match="choose question or challenge"):
        here.ask(kind="comment", about="outcomes")
    assert here.ask(about="users_satisfaction", kind="challenge").about == About.USERS_SATISFACTION
    assert here.ask("All of it?", about="").about is None


def test_needs_and_innovations_have_parts_of_their_own():
    assert set(parts_of(Kind.NEED)) | set(parts_of(Kind.INNOVATION)) == set(About)
    assert About.WEIGHTS in parts_of(Kind.NEED)
    assert About.STAGE not in parts_of(Kind.NEED)


def test_a_reply_has_no_replies(here):
    answer = here.reply(here.ask())
    with pytest.raises(StateError, match="A reply has no replies"):
        here.reply(answer, "And?", by=here.at.noah)


def test_the_same_text_twice_in_a_row_is_refused(here):
    first = here.ask()
    with pytest.raises(StateError, match="written exactly this already"):
        here.ask(" How many? ", kind="challenge")
    assert count(here) == 1
    second = here.ask("And where?")
    here.reply(first, "Yes.")
    here.reply(second, "Yes.")  # the same answer to another question is none twice
    with pytest.raises(StateError, match="written exactly this already"):
        here.reply(second, "Yes.")
    speaking.take_back(here.session, second.id, here.at.noah, NOW)
    assert here.ask("And where?").id > second.id


def test_a_person_writes_twenty_an_hour(here):
    for number in range(20):
        here.ask(f"Question {number}")
    with pytest.raises(TooManyError, match="Try again in 60 minutes"):
        here.ask("One more")
    here.ask("I may.", by=here.at.max)
    speaking.speak(here.session, here.listing, Words("question", "Now?"), here.at.noah, NOW + timedelta(hours=1))


def test_a_thread_takes_fifty_replies_and_the_owners_answer(here, monkeypatch):
    monkeypatch.setattr(speaking, "MOST_REPLIES", 2)
    asked = here.ask()
    for number in range(2):
        here.reply(asked, f"I think {number}", by=here.at.max)
    with pytest.raises(StateError, match="has 50 replies"):
        here.reply(asked, "I too.", by=here.at.max)
    assert here.reply(asked).kind == CommentKind.ANSWER


def test_only_a_confirmed_address_writes(here):
    una = enrol(here.session, "Una", confirmed=False)
    with pytest.raises(ForbiddenError, match="Confirm your email address first"):
        here.ask(by=una)


def test_a_closed_listing_is_read_and_not_written_to(here):
    asked = here.ask()
    listings.close(here.session, here.listing, here.at.ida, "Full.", NOW)
    for act in (lambda: here.ask("Still?"), lambda: here.reply(asked)):
        with pytest.raises(StateError, match="so nobody writes here any more"):
            act()
    assert here.texts() == [["How many?"]]
    assert speaking.take_back(here.session, asked.id, here.at.noah, NOW).text == ""


@pytest.mark.parametrize("state", ["submitted", "withdrawn"])
def test_below_what_is_not_public_nothing_is_said(here, state):
    number = here.at.post().id if state == "submitted" else here.listing
    asked = here.ask()
    if state == "withdrawn":
        moderation.withdraw(here.session, number, here.at.mo, Refusal(ReasonCode.ADVERTISING), NOW)
        with pytest.raises(NotFoundError):
            here.reply(asked)
    with pytest.raises(NotFoundError, match=f"There is no listing {number}; check the number"):
        speaking.speak(here.session, number, Words("question", "Now?"), here.at.noah, NOW)


@pytest.mark.parametrize("number", [0, -1, 77, LARGEST_KEY + 1, 10**30])
def test_a_number_that_names_nothing_is_not_found(here, number):
    for act in (
        lambda: speaking.speak(here.session, number, Words("question", "Hm?"), here.at.noah, NOW),
        lambda: speaking.reply(here.session, number, "Hm.", here.at.noah, NOW),
        lambda: speaking.take_back(here.session, number, here.at.noah, NOW),
        lambda: comments.shown_comment(here.session, here.listing, number),
    ):
        with pytest.raises(NotFoundError):
            act()


def test_a_comment_is_its_authors_to_take_back(here):
    asked = here.ask()
    for other in (here.at.ida, here.at.max):
        with pytest.raises(NotFoundError, match="There is no such comment here"):
            speaking.take_back(here.session, asked.id, other, NOW)
    speaking.take_back(here.session, asked.id, here.at.noah, NOW)
    assert (asked.text, asked.about, asked.state) == ("", None, CommentState.TAKEN_BACK)
    assert (here.shown().threads, here.shown().total, here.count) == ((), 0, Asked())
    with pytest.raises(NotFoundError):
        speaking.take_back(here.session, asked.id, here.at.noah, NOW)


def test_what_is_taken_back_leaves_a_gap_where_others_replied(here):
    asked = here.ask()
    answer = here.reply(asked)
    speaking.take_back(here.session, asked.id, here.at.noah, NOW)
    (thread,) = here.shown().threads
    assert (thread.state, thread.text, thread.name, thread.by_id) == (CommentState.TAKEN_BACK, None, None, None)
    assert [reply.text for reply in thread.replies] == ["Forty."]
    with pytest.raises(NotFoundError):
        here.reply(asked, "More.", by=here.at.max)
    speaking.take_back(here.session, answer.id, here.at.ida, NOW)
    assert here.shown().threads == ()


def test_an_answer_that_is_taken_back_leaves_the_question_open(here):
    asked = here.ask()
    first, second = here.reply(asked), here.reply(asked, "Fifty.", by=here.at.ivo, when=LATER)
    speaking.take_back(here.session, first.id, here.at.ida, LATER)
    assert (asked.closed_at, here.count) == (LATER, Asked(1, 1))
    speaking.take_back(here.session, second.id, here.at.ivo, LATER)
    assert (asked.closed_at, here.count) == (None, Asked(1, 0))


def test_threads_come_twenty_a_page_the_newest_first_and_lead_back_to_theirs(here):
    people = [enrol(here.session, f"Person {number}") for number in range(25)]
    asked = [here.ask(f"Question {number}", by=by) for number, by in enumerate(people)]
    here.reply(asked[0])
    first, second = here.shown(), here.shown(2)
    assert (first.total, first.last, len(first.threads), len(second.threads)) == (25, 2, 20, 5)
    assert [first.threads[0].text, second.threads[-1].text] == ["Question 24", "Question 0"]
    assert [comments.page_of(here.session, asked[n]) for n in (24, 5, 4, 0)] == [1, 1, 2, 2]
    assert here.shown(3).threads == ()
    assert first.asked == Asked(25, 1)


def test_counts_are_of_each_listing_and_nought_where_nothing_was_asked(here):
    other = here.at.publish(title="Other").id
    here.reply(here.ask())
    here.ask("Who?")
    assert comments.counts(here.session, [here.listing, other]) == {here.listing: Asked(2, 1), other: Asked()}
    assert comments.counts(here.session, []) == {}
    assert len(comments.counts(here.session, range(1, 2_500))) == 2_499


def test_a_comment_stands_for_the_organisation_of_its_hour(here):
    body = found(here.session, "Aire Council")
    here.at.noah.organisation_id = body
    here.ask()
    here.at.noah.organisation_id = None
    assert here.shown().threads[0].organisation == "Aire Council"
