"""The table of states: which step leads from which state to which; knows no session and no text of a listing."""

from enum import StrEnum

from exchange.errors import StateError
from exchange.models import State


class Step(StrEnum):
    """What a person may do with a listing or a revision."""

    SUBMIT = "submit"
    REVISE = "revise"
    APPROVE = "approve"
    ASK_CHANGES = "ask for changes"
    REFUSE = "refuse"
    APPEAL = "appeal"
    UPHOLD_APPEAL = "uphold the appeal"
    DISMISS_APPEAL = "dismiss the appeal"
    CLOSE = "close"
    CONCLUDE = "conclude"
    WITHDRAW = "withdraw"


FOUND = frozenset({State.PUBLISHED, State.CLOSED, State.CONCLUDED})
"""The states that the public may see; closed and concluded only where "include closed" is asked for."""

STEPS: dict[tuple[State, Step], State] = {
    (State.DRAFT, Step.REVISE): State.DRAFT,
    (State.DRAFT, Step.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Step.REVISE): State.SUBMITTED,
    (State.SUBMITTED, Step.APPROVE): State.PUBLISHED,
    (State.SUBMITTED, Step.ASK_CHANGES): State.CHANGES_ASKED,
    (State.SUBMITTED, Step.REFUSE): State.REFUSED,
    (State.CHANGES_ASKED, Step.REVISE): State.CHANGES_ASKED,
    (State.CHANGES_ASKED, Step.SUBMIT): State.SUBMITTED,
    (State.REFUSED, Step.APPEAL): State.APPEALED,
    (State.APPEALED, Step.UPHOLD_APPEAL): State.PUBLISHED,
    (State.APPEALED, Step.DISMISS_APPEAL): State.REFUSED,
    (State.PUBLISHED, Step.REVISE): State.PUBLISHED,
    (State.PUBLISHED, Step.CLOSE): State.CLOSED,
    (State.PUBLISHED, Step.WITHDRAW): State.WITHDRAWN,
    (State.CLOSED, Step.CONCLUDE): State.CONCLUDED,
    (State.CLOSED, Step.WITHDRAW): State.WITHDRAWN,
    (State.CONCLUDED, Step.WITHDRAW): State.WITHDRAWN,  # by a moderator alone: what is unlawful may be noticed late
}
"""A listing's steps (design, States)."""

REVISION_STEPS: dict[tuple[State, Step], State] = {
    (State.DRAFT, Step.REVISE): State.DRAFT,
    (State.DRAFT, Step.SUBMIT): State.SUBMITTED,
    (State.DRAFT, Step.WITHDRAW): State.WITHDRAWN,
    (State.SUBMITTED, Step.APPROVE): State.PUBLISHED,
    (State.SUBMITTED, Step.ASK_CHANGES): State.CHANGES_ASKED,
    (State.SUBMITTED, Step.REFUSE): State.REFUSED,
    (State.SUBMITTED, Step.WITHDRAW): State.WITHDRAWN,
    (State.CHANGES_ASKED, Step.WITHDRAW): State.WITHDRAWN,
}
"""A revision's steps: only a draft's text changes; the answer to "changes asked" is a new revision, which withdraws the
old one when it is submitted."""

NEEDS_REASON = frozenset(
    {Step.ASK_CHANGES, Step.REFUSE, Step.APPEAL, Step.DISMISS_APPEAL, Step.CLOSE, Step.CONCLUDE, Step.WITHDRAW}
)
"""Steps that somebody else will ask "why?" about."""

_Table = dict[tuple[State, Step], State]


def allowed(state: State, table: _Table = STEPS) -> tuple[str, ...]:
    """Name the steps that `state` allows, in the order of the table."""
    return tuple(step.value for start, step in table if start is state)


def next_state(state: State, step: Step, table: _Table = STEPS) -> State:
    """Give the state that `step` leads to.

    Raises:
        StateError: the state does not allow the step; the sentence names those that it does.
    """
    if (state, step) in table:
        return table[state, step]
    what = "revision" if table is REVISION_STEPS else "listing"
    steps = allowed(state, table)
    rest = f"what can be done now: {', '.join(steps)}." if steps else "nothing more can be done with it."
    raise StateError(f'This {what} is "{state.replace("_", " ")}", so {step} is not possible; {rest}')
