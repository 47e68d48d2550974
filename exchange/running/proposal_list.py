"""Proposals and versions of the areas as they are listed and read; knows no change of one and no page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from exchange.database import LARGEST_KEY
from exchange.errors import NotFoundError
from exchange.models import Account, TaxonomyVersion
from exchange.models_running import ProposalState, TaxonomyProposal

PER_PAGE = 20
NO_PROPOSAL = "There is no such change of the areas; choose one of the list."

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, newest first, how many there are in all, and which page this is, from 1."""

    rows: tuple[Row, ...]
    total: int
    number: int

    @property
    def last(self) -> int:
        """Give the number of the last page."""
        return max(1, -(-self.total // PER_PAGE))


def open_proposals(session: Session) -> Sequence[TaxonomyProposal]:
    """Give the proposals in preparation, newest first; `taxonomy_proposals.begin` bounds their number."""
    asked = select(TaxonomyProposal).where(TaxonomyProposal.state == ProposalState.DRAFT)
    return session.scalars(asked.order_by(TaxonomyProposal.id.desc())).all()


def past_proposals(session: Session, number: int) -> Page[TaxonomyProposal]:
    """Give one page (from 1) of the proposals that are over, newest first; past the end the last one."""
    over = select(TaxonomyProposal).where(TaxonomyProposal.state != ProposalState.DRAFT)
    return _page(session, over, TaxonomyProposal.id.desc(), number)


def proposal_for(session: Session, proposal_id: int) -> TaxonomyProposal:
    """Read one proposal.

    Raises:
        NotFoundError: there is none of that number.
    """
    row = session.get(TaxonomyProposal, proposal_id) if 0 < proposal_id <= LARGEST_KEY else None
    if row is None:
        raise NotFoundError(NO_PROPOSAL)
    return row


def versions(session: Session, number: int) -> Page[TaxonomyVersion]:
    """Give one page (from 1) of the versions that were published, newest first; past the end the last one."""
    return _page(session, select(TaxonomyVersion), TaxonomyVersion.number.desc(), number)


def version_row(session: Session, number: int) -> TaxonomyVersion:
    """Give one version's own row.

    Raises:
        NotFoundError: there was never one of that number.
    """
    query = select(TaxonomyVersion).where(TaxonomyVersion.number == number)
    row = session.scalar(query) if 0 < number <= LARGEST_KEY else None
    if row is None:
        raise NotFoundError(f"There is no version {number} of the areas; choose one of the list.")
    return row


def names(session: Session, account_ids: Iterable[int | None]) -> dict[int | None, str]:
    """Give the names of accounts, to show who did something."""
    wanted = {one for one in account_ids if one is not None}
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def _page(session: Session, query: Select[Any], order: Any, number: int) -> Page[Any]:
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    number = max(1, min(number, -(-total // PER_PAGE)))
    rows = session.scalars(query.order_by(order).offset((number - 1) * PER_PAGE).limit(PER_PAGE)).all()
    return Page(tuple(rows), total, number)
