"""The table of states is the design's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import StateError
from exchange.listing.states import FOUND, REVISION_STEPS, STEPS, Step, allowed, next_state
from exchange.models import State


def test_the_way_to_the_public_leads_through_a_decision():
    into = {(state, step) for (state, step), new in STEPS.items() if new in FOUND and state not in FOUND}
    assert into == {(State.SUBMITTED, Step.APPROVE), (State.APPEALED, Step.UPHOLD_APPEAL)}


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        (State.DRAFT, ("revise", "submit")),
        (State.SUBMITTED, ("revise", "approve", "ask for changes", "refuse")),
        (State.CHANGES_ASKED, ("revise", "submit")),
        (State.REFUSED, ("appeal",)),
        (State.APPEALED, ("uphold the appeal", "dismiss the appeal")),
        (State.PUBLISHED, ("revise", "close", "withdraw")),
        (State.CLOSED, ("conclude", "withdraw")),
        (State.CONCLUDED, ("withdraw",)),
        (State.WITHDRAWN, ()),
    ],
)
def test_each_state_allows_the_steps_of_the_design(state, steps):
    assert allowed(state) == steps


@given(st.sampled_from(State), st.sampled_from(Step), st.sampled_from([STEPS, REVISION_STEPS]))
def test_a_step_leads_somewhere_or_the_error_names_the_steps_that_do(state, step, table):
    if (state, step) in table:
        assert next_state(state, step, table) is table[state, step]
        return
    with pytest.raises(StateError) as refused:
        next_state(state, step, table)
    assert all(name in str(refused.value) for name in allowed(state, table))
    assert "_" not in str(refused.value)


def test_the_sentence_says_what_is_where_and_what_can_be_done():
    with pytest.raises(StateError) as refused:
        next_state(State.CHANGES_ASKED, Step.APPROVE)
    assert str(refused.value) == (
        'This listing is "changes asked", so approve is not possible; what can be done now: revise, submit.'
    )


def test_a_withdrawn_revision_is_at_its_end():
    with pytest.raises(StateError, match=r"This revision is .withdrawn.*nothing more can be done"):
        next_state(State.WITHDRAWN, Step.APPROVE, REVISION_STEPS)


def test_a_revision_that_is_written_may_change_and_is_decided_on_only_when_it_was_submitted():
    assert allowed(State.DRAFT, REVISION_STEPS) == ("revise", "submit", "withdraw")
    assert [state for state, step in REVISION_STEPS if step is Step.REVISE] == [State.DRAFT]
    assert [state for state, step in REVISION_STEPS if step is Step.APPROVE] == [State.SUBMITTED]
