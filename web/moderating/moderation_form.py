"""The form of a decision: what can be decided in each state, and the verdict that was typed; knows no listing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from exchange.errors import ConflictError, InputError, StateError
from exchange.listing.states import Step
from exchange.models import State
from exchange.moderating.moderation import Verdict, default_due
from exchange.moderating.reason_codes import DEFAULT_TEXTS, LABELS, ReasonCode
from web.forms import Form, show_date

FIRST_DECISION = "decision"
CHOOSE = "Choose what you decide."
CHOOSE_REASON = "Choose the reason."
WRITE_REASON = "Write the reason that the author reads."
SOMEBODY_FIRST = "Somebody decided while you read it: it is “{}” now. Nothing of yours was sent."

Option = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One decision as it is offered: the step, its label and hint, and the notice after it.

    `asks` names what is asked for with it: "note", "changes", "reason" (of the list) or "text".
    """

    step: Step
    label: str
    hint: str
    asks: str
    done: str


APPROVE = Choice(Step.APPROVE, "Approve", "It is published at once.", "note", "moderated_approved")
ASK = Choice(
    Step.ASK_CHANGES,
    "Ask for changes",
    "It goes back to its author with what to change.",
    "changes",
    "moderated_changes",
)
REFUSE = Choice(Step.REFUSE, "Refuse", "Its author can appeal once.", "reason", "moderated_refused")
UPHOLD = Choice(Step.UPHOLD_APPEAL, "Uphold the appeal", "It is published at once.", "note", "moderated_appeal_upheld")
DISMISS = Choice(
    Step.DISMISS_APPEAL, "Dismiss the appeal", "It stays refused for good.", "text", "moderated_appeal_dismissed"
)
ASK_LIVE = Choice(
    Step.ASK_CHANGES, "Ask the author to change it", "It stays public meanwhile.", "changes", "moderated_live_changes"
)
WITHDRAW = Choice(
    Step.WITHDRAW,
    "Withdraw it",
    "It leaves the site for good. Whoever is in touch with its author about it is told.",
    "reason",
    "moderated_withdrawn",
)
APPROVE_REVISION = Choice(
    Step.APPROVE, "Approve", "It takes the place of the public text at once.", "note", "moderated_revision_approved"
)
ASK_REVISION = Choice(
    Step.ASK_CHANGES, "Ask for changes", "The public text stays meanwhile.", "changes", "moderated_changes"
)
REFUSE_REVISION = Choice(Step.REFUSE, "Refuse", "The public text stays.", "reason", "moderated_revision_refused")

OF_LISTING: Mapping[State, tuple[Choice, ...]] = {
    State.SUBMITTED: (APPROVE, ASK, REFUSE),
    State.APPEALED: (UPHOLD, DISMISS),
    State.PUBLISHED: (ASK_LIVE, WITHDRAW),
    State.CLOSED: (WITHDRAW,),
    State.CONCLUDED: (WITHDRAW,),
}
OF_REVISION: Mapping[State, tuple[Choice, ...]] = {State.SUBMITTED: (APPROVE_REVISION, ASK_REVISION, REFUSE_REVISION)}

_FIELDS = {
    "note": {"note": "note"},
    "changes": {"reason": "changes"},
    "reason": {"reason": "text"},
    "text": {"reason": "grounds"},
}
"""What a use-case calls a field, and what the form of each decision calls it."""
_TYPED = {
    "note": "Note for the author",
    "changes": "What should change",
    "text": "What the author reads",
    "grounds": "Why the refusal stands",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A decision that is asked for: where its form goes, the state and the mark of what is decided on, the choices."""

    action: str
    state: State
    seen: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionForm:
    """A form of a decision, with the reasons of the list and what was typed.

    `typed` is what would otherwise be lost where the state changed and the form has no such field any more.
    """

    asked: Asked
    codes: tuple[Option, ...]
    form: Form
    typed: tuple[tuple[str, str], ...]


def decision_form(asked: Asked, form: Form, now: datetime) -> DecisionForm:
    """Build a form; a fresh one names the day by which changes are hoped for."""
    shown = form if form.values else Form(show_date(default_due(now), "due_on"))
    codes = tuple((code.value, LABELS[code], DEFAULT_TEXTS[code] or "Write it below.") for code in ReasonCode)
    return DecisionForm(asked=asked, codes=codes, form=shown, typed=_lost(shown, asked.choices))


def state_typed(form: Form) -> State | None:
    """Give the state for which a form was made; None where there is no such state."""
    try:
        return State(form.text("state"))
    except ValueError:
        return None


def read_verdict(form: Form, choices: tuple[Choice, ...]) -> tuple[Choice, Verdict] | None:
    """Give what was chosen and the verdict; None where something is missing, which the form then says."""
    chosen = next((one for one in choices if one.step == form.text(FIRST_DECISION)), None)
    if chosen is None:
        form.refuse(FIRST_DECISION, CHOOSE)
        return None
    code = text = due_on = None
    if chosen.asks == "note":
        text = form.stated("note")
    elif chosen.asks == "changes":
        text = form.required("changes", "Say what should change.")
        due_on = form.day("due_on", "The day for the changes")
    elif chosen.asks == "text":
        text = form.required("grounds", WRITE_REASON)
    else:
        code, text = form.choice(ReasonCode, "code", "The reason"), form.stated("text")
        if code is None and form.problem("code") is None:
            form.refuse("code", CHOOSE_REASON)
        elif code is ReasonCode.OTHER and text is None:
            form.refuse("text", WRITE_REASON)
    if form.problems:
        return None
    return chosen, Verdict(step=chosen.step, text=text, code=code, due_on=due_on, seen=form.text("seen"))


def refuse(form: Form, chosen: Choice, error: InputError | ConflictError, state: State) -> int:
    """Note in the form what a use-case refused in the state that it is in now; give the status of the page."""
    if isinstance(error, ConflictError):
        form.refuse(FIRST_DECISION, str(error))
        return 409
    if isinstance(error, StateError):
        form.refuse(FIRST_DECISION, SOMEBODY_FIRST.format(state.replace("_", " ")))
        return 409
    form.refuse(_FIELDS[chosen.asks].get(error.field or "", error.field or FIRST_DECISION), str(error))
    return 400


def _lost(form: Form, choices: tuple[Choice, ...]) -> tuple[tuple[str, str], ...]:
    shown = {field for one in choices for field in _FIELDS[one.asks].values()}
    return tuple((label, form.text(name)) for name, label in _TYPED.items() if name not in shown and form.text(name))
