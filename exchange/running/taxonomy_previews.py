"""Previews of changed areas: asked for, taken up by one process, kept or failed; knows no search and no page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.models_running import ProposalState, TaxonomyProposal
from exchange.running.taxonomy_proposals import check_administrator, locked
from exchange.running.term_changes import draft_mark, draft_of
from exchange.taxonomy import Taxonomy, load_taxonomy

LONGEST_FAILURE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be compared: the published version with what a proposal said when it was taken up.

    `mark` is the proposal's then, so that a later change makes the preview an old one.
    """

    proposal_id: int
    asked_at: datetime
    mark: str
    published: Taxonomy
    proposed: Taxonomy


def ask(session: Session, proposal_id: int, by_id: int, now: datetime) -> None:
    """Ask for a preview; what was asked for and is not there yet is asked for once.

    Raises:
        ForbiddenError, NotFoundError, StateError.
    """
    check_administrator(session, by_id)
    row = locked(session, proposal_id)
    if row.asked_at is None:
        row.asked_at, row.failure = now, None


ASKED = (TaxonomyProposal.state == ProposalState.DRAFT, TaxonomyProposal.asked_at.is_not(None))


def is_asked(session: Session) -> bool:
    """Say whether any preview is asked for; cheap, for who looks every few seconds."""
    return session.scalar(select(TaxonomyProposal.id).where(*ASKED).limit(1)) is not None


def next_order(session: Session) -> Order | None:
    """Give the preview that was asked for first; None where none is."""
    asked = select(TaxonomyProposal).where(*ASKED).order_by(TaxonomyProposal.asked_at, TaxonomyProposal.id)
    row = session.scalar(asked.limit(1))
    if row is None or row.asked_at is None:
        return None
    draft, published = draft_of(row.data), load_taxonomy(session)
    return Order(
        proposal_id=row.id,
        asked_at=row.asked_at,
        mark=draft_mark(draft),
        published=published,
        proposed=draft.taxonomy(published.version + 1),
    )


def keep(session: Session, order: Order, preview: dict[str, Any] | None, failure: str | None = None) -> None:
    """Keep what came of a preview, or a sentence of why nothing did; of a proposal that is over nothing is kept."""
    query = select(TaxonomyProposal).where(TaxonomyProposal.id == order.proposal_id).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).one()
    if row.state != ProposalState.DRAFT or row.asked_at != order.asked_at:
        return
    row.asked_at = None
    row.failure = None if failure is None else failure[:LONGEST_FAILURE]
    if preview is not None:
        row.preview = preview | {"mark": order.mark, "against": order.published.version}


def is_old(session: Session, row: TaxonomyProposal) -> bool:
    """Say whether a preview that is there was made of another text, or beside another version, than stand now."""
    if row.preview is None:
        return False
    held = row.preview.get("mark"), row.preview.get("against")
    return held != (draft_mark(draft_of(row.data)), load_taxonomy(session).version)
