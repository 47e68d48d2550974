"""What moderators do with comments: hidden for everybody, restored, their authors warned and told, all on record."""

from datetime import timedelta

import pytest
from moderating import NOW, scene
from people import found
from sqlalchemy import select
from talking import talk

from exchange import letters
from exchange.database import LARGEST_KEY, writing
from exchange.discussing import comments, hiding, speaking
from exchange.discussing.comment_states import CommentState
from exchange.discussing.comments import Asked
from exchange.discussing.hiding import Measure, Ruling
from exchange.errors import ForbiddenError, InputError, NotFoundError, StateError
from exchange.letters import NO_LONGER_SHOWN
from exchange.listing.drafts import history
from exchange.models_people import AccountEvent, Letter
from exchange.moderating import moderation, reports
from exchange.moderating.moderation_queue import COMMENT_REPORTED, REPORTED_BY_YOU, YOURS, queue
from exchange.moderating.moderation_queue import Asked as Queue
from exchange.moderating.moderation_record import SOMEBODY, of_comment, of_listing, record
from exchange.moderating.reason_codes import ReasonCode, Refusal
from exchange.moderating.reports import Finding, ReportState
from exchange.people.accounts import operator
from exchange.people.sign_ins import person

LEASE = timedelta(minutes=5)


@pytest.fixture
def here(engine):
    with writing(engine) as session:
        yield talk(scene(session))


def test_a_hidden_comment_is_read_by_nobody_and_counts_no_more(here):
    asked = here.ask()
    here.hide(asked)
    assert (asked.state, asked.reason, asked.decided_by_id) == (CommentState.HIDDEN, "It insults.", here.at.mo.id)
    assert (here.shown().threads, here.count) == ((), Asked())
    with pytest.raises(NotFoundError, match="There is no such comment here"):
        comments.shown_comment(here.session, here.listing, asked.id)
    with pytest.raises(NotFoundError):
        here.reply(asked)
    with pytest.raises(NotFoundError):
        speaking.take_back(here.session, asked.id, here.at.noah, NOW)


def test_a_hidden_beginning_leaves_a_gap_before_what_others_replied(here):
    asked = here.ask()
    here.reply(asked)
    here.hide(asked)
    (thread,) = here.shown().threads
    assert (thread.text, thread.name, thread.state) == (None, None, CommentState.HIDDEN)
    assert here.texts() == [[None, "Forty."]]


def test_a_hidden_answer_leaves_its_question_open_until_it_is_restored(here):
    asked = here.ask()
    answer = here.reply(asked)
    here.hide(answer)
    assert (here.count, asked.closed_at) == (Asked(1, 0), None)
    here.rule(answer, Measure.RESTORE, None)
    assert (here.count, asked.closed_at) == (Asked(1, 1), answer.at)
    assert (answer.reason, answer.state) == (None, CommentState.SHOWN)


def test_the_author_is_told_what_and_why_and_not_by_whom(here):
    asked = here.ask("Unrepeatable words.")
    here.hide(asked)
    letter = here.at.letters()["Noah"]
    assert (letter.subject, letter.path, letter.comment_id) == ("A comment of yours is hidden", None, None)
    assert "about “Lunch club” on 1 March 2027" in letter.body
    assert "\n\n  It insults.\n\n" in letter.body
    assert ("Unrepeatable" in letter.body, "Mo" in letter.body.split()) == (False, False)
    here.rule(asked, Measure.RESTORE, None)
    letter = here.at.letters()["Noah"]
    assert (letter.subject, letter.path) == (
        "A comment of yours is shown again",
        f"/listings/{here.listing}/discussion/{asked.id}",
    )


def test_a_warning_is_kept_with_the_account_and_changes_nothing_else(here):
    asked = here.ask()
    here.rule(asked, Measure.WARN, "Mind your words.")
    event = here.session.scalars(select(AccountEvent).order_by(AccountEvent.id.desc()).limit(1)).one()
    assert (event.account_id, event.by_id, event.what) == (here.at.noah.id, here.at.mo.id, "warned about a comment")
    assert event.detail == f"comment {asked.id}"
    assert here.texts() == [["How many?"]]
    assert "Mind your words." in here.at.letters()["Noah"].body


@pytest.mark.parametrize("measure", [Measure.HIDE, Measure.WARN])
@pytest.mark.parametrize(("reason", "sentence"), [(None, "Write the reason"), (" ", "Write"), ("x" * 2_001, "2,001")])
def test_a_reason_is_given_and_not_too_long(here, measure, reason, sentence):
    with pytest.raises(InputError, match=sentence) as refused:
        here.rule(here.ask(), measure, reason)
    assert refused.value.field == "reason"


def test_what_is_so_already_is_said_and_nothing_is_sent_twice(here):
    asked = here.ask()
    with pytest.raises(StateError, match="shown already"):
        here.rule(asked, Measure.RESTORE)
    here.hide(asked)
    with pytest.raises(StateError, match="hidden already"):
        here.hide(asked)
    assert len(of_comment(here.session, asked.id, person(here.session, here.at.max))) == 1
    gone = here.ask("Gone?", by=here.at.max)
    speaking.take_back(here.session, gone.id, here.at.max, NOW)
    for measure in Measure:
        with pytest.raises(StateError, match="taken this comment back"):
            here.rule(gone, measure)


def test_nobody_decides_on_what_is_their_own_or_their_organisations(here):
    for by in (here.at.noah, here.at.ida):
        with pytest.raises(ForbiddenError, match="Only a moderator"):
            here.rule(here.ask(f"Hm, {by.name}?"), Measure.HIDE, by=by)
    mine = here.ask("Mine.", by=here.at.mo)
    with pytest.raises(ForbiddenError, match="your own comment"):
        here.hide(mine)
    body = found(here.session, "Aire Council")
    here.at.noah.organisation_id = here.at.mo.organisation_id = body
    with pytest.raises(ForbiddenError, match="your own comment, or your organisation's"):
        here.hide(here.ask("Ours?"))
    here.at.mo.organisation_id = here.at.circle
    with pytest.raises(ForbiddenError, match="your own listing"):
        here.hide(here.ask("Whose?"))
    assert (
        hiding.rule(here.session, mine.id, Ruling(Measure.HIDE, "Spam."), operator(here.session, "Operator"), NOW).state
        == CommentState.HIDDEN
    )


@pytest.mark.parametrize("number", [0, -1, 77, LARGEST_KEY + 1])
def test_a_number_that_names_nothing_is_not_found(here, number):
    with pytest.raises(NotFoundError):
        hiding.rule(here.session, number, Ruling(Measure.HIDE, "x"), here.at.mo, NOW)


def test_every_decision_is_on_record_and_not_among_those_on_the_listing(here):
    asked = here.ask()
    here.hide(asked)
    here.rule(asked, Measure.RESTORE, None, by=here.at.max)
    here.rule(asked, Measure.WARN, "Mind.")
    made = of_comment(here.session, asked.id, person(here.session, here.at.max))
    assert [(one.old_state, one.new_state, one.who, one.reason) for one in made] == [
        ("shown", "shown", "Mo", "Mind."),
        ("hidden", "shown", "Max", None),
        ("shown", "hidden", "Mo", "It insults."),
    ]
    assert {one.comment_id for one in record(here.session, "Lunch", person(here.session, here.at.max)).made} == {
        asked.id,
        None,
    }
    assert all(
        one.comment_id is None for one in of_listing(here.session, here.listing, person(here.session, here.at.mo))
    )
    assert all(one.comment_id is None for one in history(here.session, here.listing))


def test_a_moderator_does_not_learn_who_decided_on_their_own_comment(here):
    mine = here.ask("Mine.", by=here.at.max)
    here.hide(mine)
    assert of_comment(here.session, mine.id, person(here.session, here.at.max))[0].who == SOMEBODY


def test_mail_that_quotes_a_hidden_comment_is_thrown_away_and_sent_mail_forgets_it(here):
    asked = here.ask("Unrepeatable words.")
    first, second = here.session.scalars(select(Letter).where(Letter.comment_id == asked.id)).all()
    letters.sent(here.session, first.id, NOW)
    letters.failed(here.session, second.id, "no such box", NOW, final=True)
    here.hide(asked)
    (kept,) = here.session.scalars(
        select(Letter).where(Letter.comment_id == asked.id).execution_options(populate_existing=True)
    )
    assert (kept.id, kept.body) == (first.id, NO_LONGER_SHOWN)


def test_claiming_mail_throws_away_what_quotes_a_comment_that_nobody_may_read(here):
    other, shown = here.at.publish(title="Other"), here.ask("Shown.")
    gone = speaking.speak(here.session, other.id, speaking.Words("question", "Gone."), here.at.noah, NOW)
    hidden = here.ask("Hidden.")
    hidden.state = CommentState.HIDDEN  # as if the letter had been written while it was hidden
    moderation.withdraw(here.session, other.id, here.at.mo, Refusal(ReasonCode.ADVERTISING), NOW)
    claimed = {letter.comment_id for letter in letters.claim(here.session, 50, NOW, LEASE)}
    assert shown.id in claimed
    assert not {hidden.id, gone.id} & claimed
    left = set(here.session.scalars(select(Letter.comment_id)))
    assert not {hidden.id, gone.id} & left


def test_a_comment_is_reported_once_and_the_finding_told(here):
    asked = here.ask()
    with pytest.raises(StateError, match="your own comment: take it back"):
        reports.report_comment(here.session, asked.id, "Rude.", here.at.noah, NOW)
    made = reports.report_comment(here.session, asked.id, "Rude.", here.at.ida, NOW)
    assert (made.listing_id, made.comment_id) == (here.listing, asked.id)
    with pytest.raises(StateError, match="reported this comment already"):
        reports.report_comment(here.session, asked.id, "Rude!", here.at.ida, NOW)
    reports.report(here.session, here.listing, "The listing too.", here.at.noah, NOW)
    assert reports.reports_of(here.session, here.listing, asked.id) == [made]
    assert made not in reports.reports_of(here.session, here.listing)
    with pytest.raises(InputError, match="Tell the reporter why the comment stays"):
        reports.decide_report(here.session, made.id, Finding(upheld=False), here.at.mo, NOW)
    reports.decide_report(here.session, made.id, Finding(upheld=True), here.at.mo, NOW)
    letter = here.at.letters()["Ida"]
    assert "your report of a comment on “Lunch club” and agrees" in letter.body
    assert "How many?" not in letter.body


@pytest.mark.parametrize("text", ["", "x" * 5_001])
def test_a_report_of_a_comment_says_something_and_not_too_much(here, text):
    with pytest.raises(InputError) as refused:
        reports.report_comment(here.session, here.ask().id, text, here.at.ida, NOW)
    assert refused.value.field == "text"


def test_what_is_hidden_or_below_a_withdrawn_listing_cannot_be_reported(here):
    asked, second = here.ask(), here.ask("And?")
    here.hide(asked)
    moderation.withdraw(here.session, here.listing, here.at.mo, Refusal(ReasonCode.ADVERTISING), NOW)
    for comment in (asked, second):
        with pytest.raises(NotFoundError):
            reports.report_comment(here.session, comment.id, "Rude.", here.at.max, NOW)


def test_nobody_decides_on_a_report_of_their_own_comment_or_by_themselves(here):
    made = reports.report_comment(here.session, here.ask(by=here.at.max).id, "Rude.", here.at.mo, NOW)
    with pytest.raises(ForbiddenError, match="own comment"):
        reports.decide_report(here.session, made.id, Finding(upheld=True), here.at.max, NOW)
    with pytest.raises(ForbiddenError, match="reported this comment yourself"):
        reports.decide_report(here.session, made.id, Finding(upheld=True), here.at.mo, NOW)
    here.at.mo.organisation_id = None
    assert made.state == ReportState.OPEN


def test_a_reported_comment_waits_in_the_queue_with_its_words(here):
    asked = here.ask("A long story. " * 40)
    reports.report_comment(here.session, asked.id, "Rude.", here.at.max, NOW)

    def entry(by):
        (found,) = queue(here.session, Queue(person=person(here.session, by), promise_days=5), NOW).entries
        return found

    for_mo = entry(here.at.mo)
    assert (for_mo.title, COMMENT_REPORTED in for_mo.reasons, for_mo.not_for_you) == ("Lunch club", True, None)
    assert for_mo.comment.startswith("A long story.")
    assert for_mo.comment.endswith("…")
    assert len(for_mo.comment) <= 300
    assert entry(here.at.max).not_for_you == REPORTED_BY_YOU
    assert entry(here.at.noah).not_for_you == YOURS
    body = found(here.session, "Aire Council")
    asked.organisation_id = here.at.mo.organisation_id = body
    assert entry(here.at.mo).not_for_you == YOURS
    speaking.take_back(here.session, asked.id, here.at.noah, NOW)
    assert entry(here.at.mo).comment == ""
