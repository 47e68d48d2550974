"""The table of introductions: nobody is left without a way on, and contact details need both."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import StateError
from exchange.introducing.introduction_states import (
    OPEN,
    OPENINGS,
    STEPS,
    IntroductionState,
    IntroductionStep,
    Side,
    Way,
    allowed,
    next_state,
)

ENDED = set(IntroductionState) - OPEN


@given(st.sampled_from(IntroductionState), st.sampled_from(IntroductionStep), st.sampled_from(Side))
def test_a_step_leads_where_the_table_says_or_the_sentence_names_the_steps_that_do(state, step, side):
    if (state, step, side) in STEPS:
        assert next_state(state, step, side) is STEPS[state, step, side]
        assert step in allowed(state, side)
        return
    assert step not in allowed(state, side)
    with pytest.raises(StateError) as refused:
        next_state(state, step, side)
    assert all(one.value in str(refused.value) for one in allowed(state, side))


def test_what_has_ended_stays_ended():
    assert {state for state, _, _ in STEPS} == OPEN
    with pytest.raises(StateError, match=r"has ended \(declined\), so nothing more can be done"):
        next_state(IntroductionState.DECLINED, IntroductionStep.SAY, Side.INNOVATOR)


def test_both_sides_can_end_an_introduction_in_every_open_state():
    for state in OPEN:
        for side in Side:
            assert {STEPS[state, step, side] for step in allowed(state, side)} & ENDED, (state, side)


def test_the_side_that_is_to_answer_has_more_to_say_than_no():
    for way, (state, side) in OPENINGS.items():
        assert {IntroductionStep.ACCEPT, IntroductionStep.SAY} & allowed(state, side.other), way


def test_agreement_comes_of_the_second_sides_word_only():
    into = {(step, side) for (_, step, side), new in STEPS.items() if new is IntroductionState.AGREED}
    first = {one for one in into if one[0] is IntroductionStep.SEAL}
    assert into - first == {(IntroductionStep.SAY, side) for side in Side}  # said while agreed


def test_the_commissioner_can_give_the_final_answer_in_every_open_state_and_nobody_else_can():
    finishing = {(state, side) for state, step, side in STEPS if step is IntroductionStep.FINISH}
    assert finishing == {(state, Side.COMMISSIONER) for state in OPEN}


def test_only_a_commissioner_marks_spam():
    assert {side for _, step, side in STEPS if step is IntroductionStep.SPAM} == {Side.COMMISSIONER}


def test_every_way_begins_open_and_every_state_can_be_reached():
    assert set(OPENINGS) == set(Way)
    reached = {state for state, _ in OPENINGS.values()}
    assert reached <= OPEN
    for _ in IntroductionState:
        reached |= {new for (state, _, _), new in STEPS.items() if state in reached}
    assert reached == set(IntroductionState)
