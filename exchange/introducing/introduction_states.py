"""The table of introductions: which side may take which step in which state, and where it leads; knows no session."""

from enum import StrEnum

from exchange.errors import StateError


class Way(StrEnum):
    """How an introduction began."""

    ASKED = "asked"
    """A commissioner asked for an introduction to an innovation, for one of their needs or for none."""
    INVITED = "invited"
    """A commissioner invited a matched innovator to answer a need."""
    ANSWERED = "answered"
    """An innovator answered a published need."""


class Side(StrEnum):
    """The two sides of an introduction, each an organisation."""

    COMMISSIONER = "commissioner"
    INNOVATOR = "innovator"

    @property
    def other(self) -> "Side":
        """Give the side across the table."""
        return Side.INNOVATOR if self is Side.COMMISSIONER else Side.COMMISSIONER


class IntroductionState(StrEnum):
    """The states of an introduction (issue "post, moderate, introduce", Introductions)."""

    ASKED = "asked"
    """The commissioner wrote first, and the innovator has not answered yet."""
    ANSWERED = "answered"
    """The innovator has answered, and the commissioner has not yet written back."""
    TALKING = "talking"
    """Both have written."""
    AGREED = "agreed"
    """Both agreed to share contact details."""
    DECLINED = "declined"
    """One side said no before both had agreed."""
    CLOSED = "closed"
    """It has run its course: ended after the agreement, or answered for good when the need was."""


class IntroductionStep(StrEnum):
    """What a side may do."""

    ACCEPT = "accept"
    SAY = "write"
    AGREE = "agree to share contact details"
    SEAL = "agree to share contact details, as the other side has"
    DECLINE = "decline"
    SPAM = "mark as spam"
    CLOSE = "close"
    FINISH = "give the final answer"


_STATE, _STEP = IntroductionState, IntroductionStep
_COMMISSIONER, _INNOVATOR = Side.COMMISSIONER, Side.INNOVATOR

OPEN = frozenset({_STATE.ASKED, _STATE.ANSWERED, _STATE.TALKING, _STATE.AGREED})
"""The states of an introduction that has not ended: of one pair there is one at a time."""

OPENINGS: dict[Way, tuple[IntroductionState, Side]] = {
    Way.ASKED: (_STATE.ASKED, _COMMISSIONER),
    Way.INVITED: (_STATE.ASKED, _COMMISSIONER),
    Way.ANSWERED: (_STATE.ANSWERED, _INNOVATOR),
}
"""The state in which each way begins, and the side that wrote first."""

STEPS: dict[tuple[IntroductionState, IntroductionStep, Side], IntroductionState] = {
    (_STATE.ASKED, _STEP.ACCEPT, _INNOVATOR): _STATE.ANSWERED,
    (_STATE.ASKED, _STEP.SAY, _COMMISSIONER): _STATE.ASKED,
    (_STATE.ASKED, _STEP.DECLINE, _INNOVATOR): _STATE.DECLINED,
    (_STATE.ASKED, _STEP.DECLINE, _COMMISSIONER): _STATE.DECLINED,
    (_STATE.ANSWERED, _STEP.SAY, _COMMISSIONER): _STATE.TALKING,
    (_STATE.ANSWERED, _STEP.SAY, _INNOVATOR): _STATE.ANSWERED,
    (_STATE.ANSWERED, _STEP.AGREE, _COMMISSIONER): _STATE.TALKING,
    (_STATE.ANSWERED, _STEP.AGREE, _INNOVATOR): _STATE.ANSWERED,
    (_STATE.ANSWERED, _STEP.SEAL, _COMMISSIONER): _STATE.AGREED,
    (_STATE.ANSWERED, _STEP.DECLINE, _COMMISSIONER): _STATE.DECLINED,
    (_STATE.ANSWERED, _STEP.DECLINE, _INNOVATOR): _STATE.DECLINED,
    (_STATE.ANSWERED, _STEP.SPAM, _COMMISSIONER): _STATE.DECLINED,
    (_STATE.TALKING, _STEP.SAY, _COMMISSIONER): _STATE.TALKING,
    (_STATE.TALKING, _STEP.SAY, _INNOVATOR): _STATE.TALKING,
    (_STATE.TALKING, _STEP.AGREE, _COMMISSIONER): _STATE.TALKING,
    (_STATE.TALKING, _STEP.AGREE, _INNOVATOR): _STATE.TALKING,
    (_STATE.TALKING, _STEP.SEAL, _COMMISSIONER): _STATE.AGREED,
    (_STATE.TALKING, _STEP.SEAL, _INNOVATOR): _STATE.AGREED,
    (_STATE.TALKING, _STEP.DECLINE, _COMMISSIONER): _STATE.DECLINED,
    (_STATE.TALKING, _STEP.DECLINE, _INNOVATOR): _STATE.DECLINED,
    (_STATE.TALKING, _STEP.SPAM, _COMMISSIONER): _STATE.DECLINED,
    (_STATE.AGREED, _STEP.SAY, _COMMISSIONER): _STATE.AGREED,
    (_STATE.AGREED, _STEP.SAY, _INNOVATOR): _STATE.AGREED,
    (_STATE.AGREED, _STEP.CLOSE, _COMMISSIONER): _STATE.CLOSED,
    (_STATE.AGREED, _STEP.CLOSE, _INNOVATOR): _STATE.CLOSED,
    (_STATE.ASKED, _STEP.FINISH, _COMMISSIONER): _STATE.CLOSED,
    (_STATE.ANSWERED, _STEP.FINISH, _COMMISSIONER): _STATE.CLOSED,
    (_STATE.TALKING, _STEP.FINISH, _COMMISSIONER): _STATE.CLOSED,
    (_STATE.AGREED, _STEP.FINISH, _COMMISSIONER): _STATE.CLOSED,
}
"""An introduction's steps. The final answer of a need (FINISH) is the commissioner's in every open state."""


def allowed(state: IntroductionState, side: Side) -> frozenset[IntroductionStep]:
    """Give the steps that a side may take in a state, whatever else they ask for."""
    return frozenset(step for start, step, whose in STEPS if (start, whose) == (state, side))


def next_state(state: IntroductionState, step: IntroductionStep, side: Side) -> IntroductionState:
    """Give the state that a side's step leads to.

    Raises:
        StateError: this state does not allow the side this step; the sentence says what stands.
    """
    if (state, step, side) in STEPS:
        return STEPS[state, step, side]
    if state not in OPEN:
        raise StateError(f"This introduction has ended ({state}), so nothing more can be done with it.")
    names = [one.value for start, one, whose in STEPS if (start, whose) == (state, side)]
    raise StateError(
        f"This introduction is {state}, so the {side} cannot {step} now. What can be done: {'; '.join(names)}."
    )
