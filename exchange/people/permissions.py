"""Who may do what: one table of actions and roles; knows no address and no listing.

Whether a thing is theirs is the use-case's question: what is somebody else's is "not there".
"""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a person may be; each also is all that stands before "granted".

    A visitor is anybody; who has signed in is `signed in`, and `confirmed` once the mailed link was used. The other
    three are granted by an administrator, and count only for a confirmed address.
    """

    VISITOR = "visitor"
    SIGNED_IN = "signed in"
    CONFIRMED = "confirmed"
    COMMISSIONER = "commissioner"
    MODERATOR = "moderator"
    ADMINISTRATOR = "administrator"


GRANTED = frozenset({Role.COMMISSIONER, Role.MODERATOR, Role.ADMINISTRATOR})
"""Roles that are granted, never chosen."""


class Action(StrEnum):
    """What addresses are for."""

    READ = "read what is public"
    SIGN_IN = "register, sign in, reset a password"
    OWN_ACCOUNT = "see and change one's own account and data"
    CONFIRM = "confirm an address"
    JOIN = "find, make, join and look after an organisation"
    DRAFT = "write a listing and see its draft"
    SUBMIT = "submit, change, close, withdraw, appeal"
    DRAFT_NEED = "write a need"
    INTRODUCE = "ask for an introduction, invite, keep a shortlist"
    ANSWER = "answer a need, and see and answer one's introductions"
    CONCLUDE = "conclude a need and answer its respondents"
    ALERT = "save searches and be told of what fits"
    DISCUSS = "ask, answer and comment on a listing in public"
    REPORT = "report a listing or a comment"
    MODERATE = "decide on listings, revisions, appeals and reports, hide comments"
    ADMINISTER = "grant roles, see accounts, mail, the audit trail and figures, change the areas and their words"
    KEYS = "make and end keys of the programming interface"
    CALL = "call the programming interface, which asks for a key itself"
    UNSUBSCRIBE = "end mail by the link in it"
    OPERATE = "watch over the running site"


_EVERYBODY = frozenset({Role.VISITOR})
TABLE: Mapping[Action, frozenset[Role]] = {
    Action.READ: _EVERYBODY,
    Action.SIGN_IN: _EVERYBODY,
    Action.CONFIRM: _EVERYBODY,
    Action.CALL: _EVERYBODY,
    Action.UNSUBSCRIBE: _EVERYBODY,
    Action.OPERATE: _EVERYBODY,  # health without detail; the figures ask for a token of their own
    Action.OWN_ACCOUNT: frozenset({Role.SIGNED_IN}),
    Action.DRAFT: frozenset({Role.SIGNED_IN}),
    Action.JOIN: frozenset({Role.CONFIRMED}),
    Action.SUBMIT: frozenset({Role.CONFIRMED}),
    Action.ANSWER: frozenset({Role.CONFIRMED}),
    Action.ALERT: frozenset({Role.CONFIRMED}),
    Action.DISCUSS: frozenset({Role.CONFIRMED}),
    Action.KEYS: frozenset({Role.CONFIRMED}),
    Action.REPORT: frozenset({Role.CONFIRMED}),
    Action.DRAFT_NEED: frozenset({Role.COMMISSIONER}),
    Action.INTRODUCE: frozenset({Role.COMMISSIONER}),
    Action.CONCLUDE: frozenset({Role.COMMISSIONER}),
    Action.MODERATE: frozenset({Role.MODERATOR}),
    Action.ADMINISTER: frozenset({Role.ADMINISTRATOR}),
}
"""The roles that an action is open to; having one of them is enough."""


def roles_with(granted: frozenset[Role], *, signed_in: bool, confirmed: bool) -> frozenset[Role]:
    """Give all roles of a person."""
    if not signed_in:
        return _EVERYBODY
    if not confirmed:
        return _EVERYBODY | {Role.SIGNED_IN}
    return _EVERYBODY | {Role.SIGNED_IN, Role.CONFIRMED} | (granted & GRANTED)


def may(roles: frozenset[Role], action: Action) -> bool:
    """Say whether the roles are enough for the action."""
    return bool(TABLE[action] & roles)
