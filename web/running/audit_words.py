"""The words of the audit trail: each entry as a sentence, each state as a person says it; knows no page."""

from collections.abc import Mapping

from exchange.discussing.comment_states import CommentState
from exchange.introducing.introduction_states import IntroductionState
from exchange.introducing.needs import CameOfIt
from exchange.models import State
from exchange.models_running import ProposalState
from exchange.moderating.reports import ReportState
from exchange.organisation.memberships import APPROVED, CANCELLED, REFUSED, REPLACED, WAITING
from exchange.people.permissions import GRANTED
from exchange.running.audit_subjects import CLOSED, CONFIRMED, ENDED, LIVE, OPERATOR, PUBLISHED, UNCONFIRMED, Subject
from exchange.running.audit_trail import Told

SUBJECTS: Mapping[Subject, str] = {
    Subject.LISTING: "Listings",
    Subject.REVISION: "Changes of published listings",
    Subject.REPORT: "Reports",
    Subject.COMMENT: "Comments",
    Subject.CONCLUSION: "What became of needs",
    Subject.INTRODUCTION: "Introductions",
    Subject.ACCOUNT: "Accounts",
    Subject.ROLE: "Roles",
    Subject.JOIN_REQUEST: "Requests to join an organisation",
    Subject.PROFILE_CHANGE: "Changes of an organisation's profile",
    Subject.API_KEY: "Keys of the programming interface",
    Subject.AREAS: "Versions of the areas and words",
    Subject.AREAS_PROPOSAL: "Proposals for the areas and words",
}
"""What the list of kinds says."""

_NOUNS: Mapping[Subject, str] = {
    Subject.LISTING: "Listing",
    Subject.REVISION: "Change",
    Subject.REPORT: "Report",
    Subject.COMMENT: "Comment",
    Subject.INTRODUCTION: "Introduction",
    Subject.ACCOUNT: "Account",
    Subject.JOIN_REQUEST: "Request to join",
    Subject.PROFILE_CHANGE: "Profile change",
    Subject.API_KEY: "Interface key",
    Subject.AREAS: "Version",
    Subject.AREAS_PROPOSAL: "Proposal",
}

_LISTS = (State, CommentState, IntroductionState, ReportState, ProposalState, CameOfIt)
_OTHERS = (
    *(APPROVED, CANCELLED, REFUSED, REPLACED, WAITING),
    *(CLOSED, CONFIRMED, ENDED, LIVE, OPERATOR, PUBLISHED, UNCONFIRMED),
)
STATES = tuple(sorted({*(str(state) for states in _LISTS for state in states), *_OTHERS, *map(str, GRANTED)}))
"""Every state that a filter may ask for, by the alphabet."""


def say(state: str | None) -> str:
    """Write a state in words."""
    return "nothing" if state is None else state.replace("_", " ")


def sentence(entry: Told) -> str:
    """Say what happened, in one sentence without names."""
    if entry.what == "organisation":
        return _moved(entry)
    if entry.subject is Subject.ROLE:
        return f"Role {entry.new} given." if entry.new else f"Role {entry.old} taken away."
    if entry.subject is Subject.CONCLUSION:
        return f"What became of the need was told: {say(entry.new)}."
    noun = f"{_NOUNS[entry.subject]} {entry.subject_id}"
    if entry.old is None:
        return f"{noun} was made: {say(entry.new)}."
    if entry.new is None:
        return f"{noun} was thrown away: it was {say(entry.old)}."
    return f"{noun} went from {say(entry.old)} to {say(entry.new)}."


def _moved(entry: Told) -> str:
    if entry.old is None:
        return f"Joined organisation {entry.new}."
    return f"Left organisation {entry.old}." if entry.new is None else f"Moved from {entry.old} to {entry.new}."
