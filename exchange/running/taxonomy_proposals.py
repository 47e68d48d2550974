"""Changes of the areas that administrators prepare: begun, edited, brought up to date, published, discarded; no page.

Any administrator may go on with what another began. Whoever saves tells what they saw of it: a mark.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.content import clean
from exchange.database import take_turn
from exchange.errors import ConflictError, ForbiddenError, InputError, StateError
from exchange.models import Account
from exchange.models_running import ProposalState, TaxonomyProposal
from exchange.people.permissions import Action
from exchange.people.sign_ins import person
from exchange.running.proposal_list import open_proposals, proposal_for
from exchange.running.term_changes import (
    Draft,
    TermText,
    draft_mark,
    draft_of,
    fresh,
    term_mark,
    with_added,
    with_changed,
    with_removed,
)
from exchange.running.term_merge import Merged, merged
from exchange.running.term_rules import check_all
from exchange.taxonomy import Issue, load_taxonomy, publish_version, taxonomy_at

MOST_OPEN = 20
LONGEST_REASON = 500

NOT_ADMINISTRATOR = "Only an administrator of the exchange may change the areas and their words; ask one."
TOO_MANY = "There are {most} changes in preparation, which is the most. Publish or discard one first."
TERM_SAVED_SINCE = (
    "Somebody saved “{label}” since you opened it. What you typed is still here, and what was saved is above the form: "
    "put the two together, then save again."
)
SAVED_SINCE = "Somebody changed this since you opened it. Look at what it says now, then do it again."
BEHIND = "Version {number} was published since this change was begun. Bring the change up to date first."
NOTHING_CHANGED = "This says what the published version says, so there is nothing to publish. Change a term first."
WHY = "Say why, for those who look it up later."
DECIDED = {
    ProposalState.PUBLISHED: "This change was published already, as version {number}. Nothing more was done.",
    ProposalState.DISCARDED: "This change was discarded. Begin another one.",
}


@dataclass(frozen=True, slots=True)
class Target:
    """Which term of which proposal, and the mark of what the person saw of it."""

    proposal_id: int
    scheme: str
    code: str
    seen: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """Why something is published, and the mark of what the person saw."""

    reason: str
    seen: str

    @property
    def why(self) -> str:
        """Give the reason.

        Raises:
            InputError: it is blank or too long.
        """
        why = clean(self.reason)
        if not why:
            raise InputError(WHY, field="reason")
        if len(why) > LONGEST_REASON:
            told = f"The reason has {len(why):,} characters; use {LONGEST_REASON} or fewer."
            raise InputError(told, field="reason")
        return why


def begin(session: Session, by_id: int, now: datetime) -> TaxonomyProposal:
    """Begin a proposal that says what is published; where the person has one that says so already, give that one.

    Raises:
        ForbiddenError: they are no administrator.
        StateError: too many are in preparation.
    """
    check_administrator(session, by_id)
    take_turn(session)  # two presses of one button
    published = load_taxonomy(session)
    rows = open_proposals(session)
    start = fresh(published)
    own = (row for row in rows if row.by_id == by_id and row.base == published.version)
    if (untouched := next((row for row in own if draft_of(row.data).entries == start.entries), None)) is not None:
        return untouched
    if len(rows) >= MOST_OPEN:
        raise StateError(TOO_MANY.format(most=MOST_OPEN))
    row = TaxonomyProposal(
        state=ProposalState.DRAFT,
        base=published.version,
        data=start.data(),
        by_id=by_id,
        created_at=now,
        changed_at=now,
    )
    session.add(row)
    session.flush()
    return row


def change_term(session: Session, target: Target, text: TermText, by_id: int, now: datetime) -> None:
    """Change a term of a proposal; what is saved twice is saved once.

    Raises:
        ForbiddenError, NotFoundError, StateError; InputError: a rule is broken, the field is named.
        ConflictError: somebody saved the term since it was seen.
    """

    def change(draft: Draft) -> Draft:
        entry = draft.term(target.scheme, target.code)
        after = with_changed(draft, target.scheme, target.code, text)
        if after.entries != draft.entries and term_mark(draft, target.scheme, target.code) != target.seen:
            raise ConflictError(TERM_SAVED_SINCE.format(label=entry.label))
        return after

    _edit(session, target.proposal_id, change, by_id, now)


def add_term(session: Session, target: Target, text: TermText, by_id: int, now: datetime) -> None:
    """Add a term to a proposal; the mark is not looked at, the code must be free.

    Raises:
        ForbiddenError, NotFoundError, StateError; InputError: a rule is broken, the field is named.
    """
    _edit(session, target.proposal_id, lambda draft: with_added(draft, target.scheme, target.code, text), by_id, now)


def remove_term(session: Session, target: Target, by_id: int, now: datetime) -> None:
    """Remove a term from a proposal. Listings that name it keep its code, which then stands for itself.

    Raises:
        ForbiddenError, NotFoundError, StateError; InputError: others stand below it.
        ConflictError: somebody saved the term since it was seen.
    """

    def remove(draft: Draft) -> Draft:
        if term_mark(draft, target.scheme, target.code) != target.seen:
            raise ConflictError(SAVED_SINCE)
        return with_removed(draft, target.scheme, target.code)

    _edit(session, target.proposal_id, remove, by_id, now)


def pending_merge(session: Session, row: TaxonomyProposal, choices: Mapping[str, str] | None = None) -> Merged | None:
    """Give what bringing a proposal up to date would make of it; None where nothing was published since it began."""
    published = load_taxonomy(session)
    if row.base == published.version:
        return None
    return merged(taxonomy_at(session, row.base), draft_of(row.data), published, choices or {})


def bring_up_to_date(
    session: Session, proposal_id: int, ruling: tuple[str, Mapping[str, str]], by_id: int, now: datetime
) -> None:
    """Make a proposal's changes on the version that is published now; `ruling`: the mark seen, a choice for each clash.

    Raises:
        ForbiddenError, NotFoundError, StateError; ConflictError: it or the published version changed since it was seen.
        InputError: a clash is without a choice (its key is the field), or the two together break a rule.
    """
    seen, choices = ruling
    check_administrator(session, by_id)
    take_turn(session)
    row = locked(session, proposal_id)
    made = pending_merge(session, row, choices)
    if made is None:
        return
    if merge_mark(session, row) != seen:
        raise ConflictError(SAVED_SINCE)
    for clash in made.clashes:
        if clash.key not in choices:
            raise InputError(f"Choose what becomes of “{clash.label}”.", field=clash.key)
    _keep(row, made.draft, now)
    row.base = load_taxonomy(session).version


def merge_mark(session: Session, row: TaxonomyProposal) -> str:
    """Give the mark of a proposal beside the published version."""
    return f"{draft_mark(draft_of(row.data))}-{load_taxonomy(session).version}"


def discard(session: Session, proposal_id: int, by_id: int, now: datetime) -> None:
    """End a proposal without publishing it.

    Raises:
        ForbiddenError, NotFoundError, StateError.
    """
    check_administrator(session, by_id)
    row = locked(session, proposal_id)
    row.state = ProposalState.DISCARDED
    row.asked_at = None
    row.decided_at, row.decided_by_id = now, by_id


def publish(session: Session, proposal_id: int, ruling: Ruling, by_id: int, now: datetime) -> int:
    """Publish what a proposal says; listings whose document it changes are looked at again. Give the version's number.

    Raises:
        ForbiddenError, NotFoundError; StateError: it is over, or another version was published since it began.
        ConflictError: it was changed since it was seen.
        InputError: no reason is given, a rule is broken, or nothing would change.
    """
    check_administrator(session, by_id)
    take_turn(session)
    row = locked(session, proposal_id)
    draft, published = draft_of(row.data), load_taxonomy(session)
    if row.base != published.version:
        raise StateError(BEHIND.format(number=published.version))
    if draft_mark(draft) != ruling.seen:
        raise ConflictError(SAVED_SINCE)
    why = ruling.why
    if draft.entries == fresh(published).entries:
        raise InputError(NOTHING_CHANGED, field="reason")
    check_all(draft.entries, draft.shared)
    row.number = publish_version(session, draft.entries, Issue(at=now, by_id=by_id, reason=why))
    row.state, row.reason, row.asked_at = ProposalState.PUBLISHED, why, None
    row.decided_at, row.decided_by_id = now, by_id
    session.flush()
    return row.number


def locked(session: Session, proposal_id: int) -> TaxonomyProposal:
    """Read a proposal in preparation as it is now, and keep others off it until the transaction ends.

    Raises:
        NotFoundError: there is none of that number.
        StateError: it is over.
    """
    proposal_for(session, proposal_id)
    query = select(TaxonomyProposal).where(TaxonomyProposal.id == proposal_id).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).one()
    if row.state != ProposalState.DRAFT:
        raise StateError(DECIDED[ProposalState(row.state)].format(number=row.number))
    return row


def check_administrator(session: Session, by_id: int) -> None:
    """Refuse who is no administrator.

    Raises:
        ForbiddenError: they are not.
    """
    if not person(session, session.get_one(Account, by_id)).may(Action.ADMINISTER):
        raise ForbiddenError(NOT_ADMINISTRATOR)


def _edit(session: Session, proposal_id: int, change: Callable[[Draft], Draft], by_id: int, now: datetime) -> None:
    check_administrator(session, by_id)
    row = locked(session, proposal_id)
    draft = draft_of(row.data)
    after = change(draft)
    if after != draft:
        _keep(row, after, now)


def _keep(row: TaxonomyProposal, draft: Draft, now: datetime) -> None:
    row.data = draft.data()
    row.changed_at = now
