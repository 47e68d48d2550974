"""A need is concluded with a line to each respondent, or not at all."""

import pytest
from people import enrol, found
from promised import NOW, a_council, word
from sqlalchemy import select

from exchange.content import Content, Kind
from exchange.database import reading, writing
from exchange.errors import ForbiddenError, InputError, NotFoundError, StateError
from exchange.introducing import introductions, needs
from exchange.introducing.introductions import Ending
from exchange.introducing.needs import CameOfIt
from exchange.introducing.respondents import first_words
from exchange.listing import listings
from exchange.models import Account, Decision, Listing, State
from exchange.models_introductions import Conclusion, Introduction, IntroductionEvent
from exchange.people.accounts import operator
from exchange.people.permissions import Role

SCRIPT = "<script>alert('x')</script>"


@pytest.fixture
def council(engine):
    return a_council(engine)


@pytest.fixture
def answered(council):
    """Give a need that two charities have answered: need, first account, second account, and their introductions."""
    need, sitters, circle = council.need(), council.charity("Sitters"), council.charity("Circle", "Cleo")
    return need, sitters, circle, council.answer(need, sitters), council.answer(need, circle)


def test_everybody_is_told_what_came_of_it_why_and_their_own_line(council, answered):
    need, sitters, circle, first, second = answered
    lines = {first: "You know the town best.", second: "Do answer\nour next one."}
    council.conclude(need, word(CameOfIt.RESPONDENT, first, reason="Closest to families.", lines=lines))
    assert council.listing(need).state == State.CONCLUDED
    chosen, other = council.letters(sitters)[-1], council.letters(circle)[-1]
    assert chosen.subject == "You were chosen: “Breaks for carers”"
    assert other.subject == "Aire Council has decided: “Breaks for carers”"
    for letter, line in ((chosen, "  You know the town best."), (other, "  Do answer\n  our next one.")):
        assert line in letter.body
        assert "What came of it: One or more respondents were chosen." in letter.body
        assert "  Closest to families." in letter.body
    assert "You are among those who were chosen." in chosen.body
    assert "You were not chosen this time." in other.body
    assert (chosen.path, other.path) == (f"/my/introductions/{first}", f"/my/introductions/{second}")


def test_each_introduction_keeps_its_line_and_outcome_and_the_step_names_the_commissioners_side(council, answered):
    need, _, _, first, second = answered
    council.conclude(need, word(CameOfIt.RESPONDENT, first, lines={first: " Yes. ", second: "No."}))
    rows = [council.introduction(number) for number in (first, second)]
    assert [(row.state, row.outcome, row.line) for row in rows] == [
        ("closed", "chosen", "Yes."),
        ("closed", "not chosen", "No."),
    ]
    assert all(row.ended_at == NOW and row.due_on is None for row in rows)
    with reading(council.engine) as session:
        last = select(IntroductionEvent).where(IntroductionEvent.introduction_id == first)
        event = session.scalars(last.order_by(IntroductionEvent.id.desc())).first()
        made = needs.conclusion_of(session, need)
    assert (event.side, event.by_id, event.new_state) == ("commissioner", council.carla, "closed")
    assert (made.outcome, made.reason, made.by_id) == ("respondent", "The budget was cut.", council.carla)


def test_all_members_of_a_respondent_are_told(council, answered):
    need, _, _, first, second = answered
    council.conclude(need, word(lines={first: "No.", second: "No."}))
    told = [letter for letter in council.letters() if letter.subject.startswith("Aire Council has decided")]
    assert sorted(letter.address for letter in told) == [
        "circle@people.example",
        "cleo@people.example",
        "sitters@people.example",
    ]


@pytest.mark.parametrize("line", [None, "", " \n\t ", "\x00"])
def test_without_a_line_to_each_nobody_is_told_anything(council, answered, line):
    need, _, _, first, second = answered
    letters = len(council.letters())
    lines = {first: "No."} if line is None else {first: "No.", second: line}
    with pytest.raises(InputError, match="Write a line to Circle: nobody is left without an answer") as refused:
        council.conclude(need, word(lines=lines))
    assert refused.value.field == f"line-{second}"
    assert council.listing(need).state == State.PUBLISHED
    assert [council.introduction(number).state for number in (first, second)] == ["answered", "answered"]
    assert len(council.letters()) == letters
    with reading(council.engine) as session:
        assert needs.conclusion_of(session, need) is None


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"reason": " "}, "reason", "Give the reason"),
        ({"reason": "x" * 5_001}, "reason", "5,001 characters; cut it to 5,000"),
        ({"chosen": {1}}, "chosen", "Tick nobody, or choose “One or more respondents were chosen”"),
        ({"came_of_it": CameOfIt.RESPONDENT}, "chosen", "Tick whom you chose"),
        ({"came_of_it": CameOfIt.RESPONDENT, "chosen": {99}}, "chosen", "does not wait for an answer any more"),
    ],
)
def test_what_is_left_out_or_contradicts_itself_is_named_at_its_field(council, answered, changes, field, sentence):
    need, _, _, first, second = answered
    assert (first, second) == (1, 2)
    given = {"lines": {first: "No.", second: "No."}} | changes
    came_of_it, chosen = given.pop("came_of_it", CameOfIt.OURSELVES), given.pop("chosen", ())
    with pytest.raises(InputError, match=sentence) as refused:
        council.conclude(need, word(came_of_it, *chosen, **given))
    assert refused.value.field == field


def test_a_line_has_at_most_a_thousand_characters(council, answered):
    need, _, _, first, second = answered
    with pytest.raises(InputError, match=r"1,001 characters; cut it to 1,000 or fewer") as refused:
        council.conclude(need, word(lines={first: "No.", second: "x" * 1_001}))
    assert refused.value.field == f"line-{second}"
    council.conclude(need, word(lines={first: "No.", second: "x" * 1_000}))


def test_a_need_that_nobody_answered_is_concluded_with_a_reason_alone_and_nobody_chosen(council):
    need = council.need()
    with pytest.raises(InputError, match="Nobody waits for an answer, so none was chosen") as refused:
        council.conclude(need, word(CameOfIt.RESPONDENT))
    assert refused.value.field == "came_of_it"
    council.conclude(need, word(CameOfIt.SOMEBODY_ELSE))
    assert council.listing(need).state == State.CONCLUDED


def test_a_published_need_is_closed_first_and_both_steps_are_on_record(council):
    need = council.need()
    council.conclude(need, word())
    with reading(council.engine) as session:
        made = session.scalars(select(Decision).where(Decision.listing_id == need).order_by(Decision.id)).all()
    steps = [(step.old_state, step.new_state, step.reason) for step in made[1:]]
    assert steps == [("published", "closed", needs.CLOSED_EARLY), ("closed", "concluded", "The budget was cut.")]


def test_a_second_time_is_refused_in_a_clear_sentence_and_tells_nobody_again(council, answered):
    need, _, _, first, second = answered
    council.conclude(need, word(lines={first: "No.", second: "No."}))
    letters = len(council.letters())
    with pytest.raises(StateError, match="This need is concluded already: everybody was told"):
        council.conclude(need, word(lines={first: "Yes.", second: "Yes."}))
    assert len(council.letters()) == letters


def test_an_unanswered_invitation_ends_without_a_line_and_is_told(council):
    need, sitters = council.need(), council.charity("Sitters")
    number = council.invite(need, council.idea(sitters))
    council.conclude(need, word())
    assert (council.introduction(number).state, council.introduction(number).outcome) == (
        "closed",
        "not answered in time",
    )
    assert council.letters(sitters)[-1].subject == "The need is concluded: “Breaks for carers”"
    assert "  The budget was cut." in council.letters(sitters)[-1].body


def test_who_was_declined_before_needs_no_line_and_who_goes_ahead_together_counts_as_chosen(council, answered):
    need, sitters, _, first, second = answered
    with writing(council.engine) as session:
        carla, innovator = session.get_one(Account, council.carla), session.get_one(Account, sitters)
        introductions.decline(session, second, "Too far away.", carla, NOW)
        introductions.agree(session, first, carla, NOW)
        introductions.agree(session, first, innovator, NOW)
        introductions.close(session, first, Ending.TOGETHER, carla, NOW)
    council.conclude(need, word(CameOfIt.RESPONDENT))
    assert council.introduction(first).outcome == "together"
    assert council.listing(need).state == State.CONCLUDED


def test_another_organisations_need_is_not_there_and_ones_own_needs_the_role(council, answered):
    need, sitters, _, first, second = answered
    with writing(council.engine) as session:
        other = enrol(session, "Otto", Role.COMMISSIONER, organisation_id=found(session, "Other Council")).id
        nobody = enrol(session, "Nora", Role.COMMISSIONER).id
    lines = {first: "No.", second: "No."}
    for stranger in (other, nobody, sitters):
        with pytest.raises(NotFoundError, match=f"There is no listing {need}; check the number"):
            council.conclude(need, word(lines=lines), by=stranger)
    with pytest.raises(NotFoundError, match="There is no listing 999; check the number"):
        council.conclude(999, word())
    with pytest.raises(ForbiddenError, match="Only a commissioner concludes a need"):
        council.conclude(need, word(lines=lines), by=council.colin)
    assert council.introduction(first).ended_at is None


def test_an_operator_concludes_too_but_leaves_nobody_silent_either(council, answered):
    need, _, _, first, second = answered
    council.end("close", need)
    with writing(council.engine) as session:
        by = operator(session, "Desk")
        with pytest.raises(StateError, match="would be left without an answer"):
            listings.conclude(session, need, by, "Enough.", NOW)
    with writing(council.engine) as session:
        needs.conclude(session, need, word(lines={first: "No.", second: "No."}), operator(session, "Desk"), NOW)
    assert council.listing(need).state == State.CONCLUDED


def test_only_a_need_that_is_published_or_closed_can_be_concluded(council):
    idea = council.publish(Kind.INNOVATION, council.council, council.carla, Content(title="An idea"))
    with pytest.raises(StateError, match="Only a need is concluded"):
        council.conclude(idea, word())
    gone = council.need("Gone")
    council.end("withdraw", gone)
    with pytest.raises(StateError, match=r"withdrawn.*nothing more can be done"):
        council.conclude(gone, word())


def test_script_and_header_breaks_in_lines_and_reasons_stay_plain_words_in_mail(council, answered):
    need, sitters, _, first, second = answered
    lines = {first: f"{SCRIPT}\r\nBcc: all@example.org {{who}}", second: "No."}
    council.conclude(need, word(reason=f"{SCRIPT} {{what}}", lines=lines))
    letter = council.letters(sitters)[-1]
    assert f"  {SCRIPT}\n  Bcc: all@example.org {{who}}" in letter.body
    assert f"  {SCRIPT} {{what}}" in letter.body
    assert "\n" not in letter.subject
    assert "\r" not in letter.body
    with reading(council.engine) as session:
        assert session.scalar(select(Conclusion.reason)) == f"{SCRIPT} {{what}}"


def test_a_concluded_need_stays_but_for_a_moderator(council):
    need = council.need()
    council.conclude(need, word())
    with writing(council.engine) as session:
        carla = session.get_one(Account, council.carla)
        with pytest.raises(StateError, match="stays as the record"):
            listings.withdraw(session, need, carla, "We would rather not.", NOW)
        mo = enrol(session, "Mo Moderator", Role.MODERATOR)
        listings.withdraw(session, need, mo, "It names a child.", NOW)
    with reading(council.engine) as session:
        assert session.get_one(Listing, need).state == State.WITHDRAWN


def test_respondents_are_shown_by_their_own_words_also_when_they_were_invited(council):
    need, hope, faith = council.need(), council.charity("Hope"), council.charity("Faith")
    with reading(council.engine) as session:
        organisation = session.get_one(Account, faith).organisation_id
    idea = council.publish(Kind.INNOVATION, organisation, faith, Content(title="Sitters"))
    first, second = council.answer(need, hope, "We could do that."), council.invite(need, idea)
    with writing(council.engine) as session:
        introductions.accept(session, second, "So could we.", session.get_one(Account, faith), NOW)
    with reading(council.engine) as session:
        rows = [session.get_one(Introduction, number) for number in (first, second)]
        assert first_words(session, rows) == {first: "We could do that.", second: "So could we."}
