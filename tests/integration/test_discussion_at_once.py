"""Several people in one discussion at the same moment: nothing is lost, doubled or said below what is hidden."""

import pytest
from moderating import NOW, Scene, scene
from sqlalchemy import func, select
from talking import talk
from together import at_once

from exchange.database import reading, writing
from exchange.discussing import comments, hiding, speaking
from exchange.discussing.comments import Asked
from exchange.discussing.hiding import Measure, Ruling
from exchange.discussing.speaking import AN_HOUR, Words
from exchange.errors import NotFoundError, StateError, TooManyError
from exchange.models import Account, Decision
from exchange.models_discussion import Comment
from exchange.models_introductions import Report
from exchange.moderating import reports
from exchange.people.personal_data import close_account

HIDE = Ruling(Measure.HIDE, "It insults.")


@pytest.fixture
def people(engine) -> tuple[Scene, int, int]:
    """Give the people, a listing and a question below it."""
    with writing(engine) as session:
        here = talk(scene(session))
        return here.at, here.listing, here.ask().id


def act(engine, use_case, *arguments: object):
    with writing(engine) as session:
        return use_case(session, *arguments)


def of(engine, use_case, by, *arguments: object):
    """Do it as an account of the session's own, as a page does."""
    with writing(engine) as session:
        return use_case(session, *arguments, session.get_one(Account, by.id), NOW)


def count(engine, table, *where: object) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(table).where(*where))


def asked(engine, listing: int) -> Asked:
    with reading(engine) as session:
        return comments.counts(session, [listing])[listing]


def test_of_two_owners_who_answer_at_once_both_are_read_and_the_question_is_closed_once(engine, people):
    at, listing, question = people
    given = at_once(
        lambda: of(engine, speaking.reply, at.ida, question, "Forty."),
        lambda: of(engine, speaking.reply, at.ivo, question, "About forty."),
    )
    assert [one.kind for one in given] == ["answer", "answer"]
    assert asked(engine, listing) == Asked(1, 1)


def test_one_press_that_comes_twice_is_kept_once(engine, people):
    at, listing, _ = people
    given = at_once(*[lambda: of(engine, speaking.speak, at.max, listing, Words("question", "Twice?"))] * 3)
    assert sorted(type(one).__name__ for one in given) == ["Comment", "StateError", "StateError"]
    assert count(engine, Comment, Comment.text == "Twice?") == 1


def test_of_many_comments_at_once_no_more_than_the_hour_allows_are_kept(engine, people):
    at, listing, _ = people
    for number in range(AN_HOUR - 1):
        of(engine, speaking.speak, at.max, listing, Words("comment", f"Word {number}"))
    given = at_once(
        *[lambda n=n: of(engine, speaking.speak, at.max, listing, Words("comment", f"Last {n}")) for n in range(4)]
    )
    assert sum(isinstance(one, TooManyError) for one in given) == 3
    assert count(engine, Comment, Comment.by_id == at.max.id) == AN_HOUR


def test_hiding_and_replying_at_once_leaves_no_reply_that_somebody_wrote_to_what_they_could_not_see(engine, people):
    at, listing, question = people
    reply, hidden = at_once(
        lambda: of(engine, speaking.reply, at.ida, question, "Forty."),
        lambda: of(engine, hiding.rule, at.mo, question, HIDE),
    )
    assert not isinstance(hidden, Exception)
    assert isinstance(reply, Comment | NotFoundError)
    assert count(engine, Comment, Comment.parent_id == question) == isinstance(reply, Comment)
    assert asked(engine, listing) == Asked()


def test_of_two_moderators_at_one_comment_one_hides_it(engine, people):
    at, _, question = people
    given = at_once(*[lambda by=by: of(engine, hiding.rule, by, question, HIDE) for by in (at.mo, at.max)])
    assert sorted(type(one).__name__ for one in given) == ["Comment", "StateError"]
    assert count(engine, Decision, Decision.comment_id == question) == 1


def test_a_report_of_a_comment_that_is_sent_twice_at_once_is_kept_once(engine, people):
    at, _, question = people
    given = at_once(*[lambda: of(engine, reports.report_comment, at.ida, question, "Rude.")] * 2)
    assert sum(isinstance(one, StateError) for one in given) == 1
    assert count(engine, Report) == 1


def test_who_closes_the_account_while_they_are_answered_leaves_no_word(engine, people):
    at, listing, question = people
    given = at_once(
        lambda: act(engine, close_account, at.noah.id, NOW),
        lambda: of(engine, speaking.reply, at.ida, question, "Forty."),
    )
    assert given[0] is None
    assert count(engine, Comment, Comment.text == "How many?") == 0
    assert asked(engine, listing) == Asked()
