"""What is personal in a discussion: one's own copy of it, and an end that leaves the words of others."""

from datetime import timedelta

import pytest
from moderating import NOW, scene
from sqlalchemy import select
from talking import talk

from exchange.database import writing
from exchange.discussing.comment_states import CommentState
from exchange.discussing.comments import Asked
from exchange.discussing.hiding import Measure
from exchange.letters import NO_LONGER_SHOWN, sent
from exchange.models_people import Letter
from exchange.moderating import reports
from exchange.people.personal_data import close_account
from exchange.people.personal_export import export

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def here(engine):
    with writing(engine) as session:
        yield talk(scene(session))


def test_a_copy_holds_ones_own_words_even_hidden_and_none_of_others(here):
    mine = here.ask("My zebra question?", about="outcomes")
    here.reply(mine, "Their okapi answer.")
    other = here.ask("An ibex comment.", by=here.at.max, kind="comment")
    report = reports.report_comment(here.session, other.id, "Rude.", here.at.noah, NOW)
    here.rule(mine, Measure.HIDE, "It insults.")
    copy = export(here.session, here.at.noah.id)
    (said,) = copy["comments"]
    assert (said["text"], said["about"], said["state"], said["reason"]) == (
        "My zebra question?",
        "outcomes",
        "hidden",
        "It insults.",
    )
    assert copy["reports"][0]["comment_id"] == report.comment_id
    assert [(one["comment_id"], one["reason"], one["by_you"]) for one in copy["decisions"]] == [
        (mine.id, "It insults.", False)
    ]
    assert "ibex" not in str(copy)
    assert "okapi" in str(copy["letters"])  # it was mailed to them, and nobody has hidden it


def test_a_hidden_comment_is_in_no_copy_of_others(here):
    asked = here.ask("An unrepeatable quagga.")
    first, _ = here.session.scalars(select(Letter).where(Letter.comment_id == asked.id)).all()
    sent(here.session, first.id, NOW)
    assert "quagga" in str(export(here.session, here.at.ida.id))
    here.rule(asked, Measure.HIDE, "It insults.")
    for other in (here.at.ida, here.at.ivo, here.at.max):
        assert "quagga" not in str(export(here.session, other.id))
    assert NO_LONGER_SHOWN in str(export(here.session, here.at.ida.id)["letters"])


def test_an_owner_reads_no_decision_on_what_others_said_below_their_listing(here):
    here.rule(here.ask(), Measure.HIDE, "It names Mrs Jones.")
    assert "Jones" not in str(export(here.session, here.at.ida.id))


def test_who_closes_the_account_takes_every_word_along_and_leaves_those_of_others(here):
    asked, hidden = here.ask("A zebra?"), here.ask("A hidden zebra?")
    here.reply(asked, "Ida's answer.")
    reply = here.reply(here.ask("Another?", by=here.at.max), "A zebra reply.", by=here.at.noah)
    here.rule(hidden, Measure.HIDE, "It insults.")
    close_account(here.session, here.at.noah.id, LATER)
    assert here.texts() == [["Another?"], [None, "Ida's answer."]]
    for comment in (asked, hidden, reply):
        assert (comment.text, comment.state, comment.organisation_id) == ("", CommentState.TAKEN_BACK, None)
    bodies = here.session.scalars(select(Letter.body).execution_options(populate_existing=True))
    assert "zebra" not in " ".join(bodies)
    assert here.count == Asked(1, 0)


def test_an_answer_of_somebody_who_closes_the_account_leaves_its_question_open(here):
    asked = here.ask()
    here.reply(asked)
    close_account(here.session, here.at.ida.id, LATER)
    assert (asked.closed_at, here.count) == (None, Asked(1, 0))


def test_a_moderator_who_closes_the_account_leaves_no_name_in_a_reason(here):
    asked = here.ask()
    here.at.mo.name = "Mo Quillfeather"
    here.rule(asked, Measure.HIDE, "Too rude, says Mo Quillfeather.")
    close_account(here.session, here.at.mo.id, LATER)
    assert asked.reason == "Too rude, says (name removed)."
