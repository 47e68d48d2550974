"""Beside a draft: the draft as a subject of a match, and the published listings of its kind that are near it."""

from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import Engine as Database

from exchange.content import Content, Kind
from exchange.database import reading
from exchange.listing.duplicates import ALIKE, likeness
from exchange.listing.listings import listings_by_ids
from exchange.models import State
from indexer.analysis import sentences, tokens
from indexer.document import Subject
from indexer.embedder import Embedder
from indexer.results import Query
from indexer.search import Finder
from indexer.texts import outcome_units, text_units
from indexer.vectors import KeptVectors

UNNUMBERED = 0
"""The number of what is no listing yet."""

DEEPEST_NEAR = 50
"""Listings of which the rows are read and the words compared: the nearest in meaning."""

SAME_MEANING = 0.75
"""The cosine at which a listing may be the same, with the packaged model and fixtures, each one as a draft of itself.

Above it stand four pairs of one idea told twice: two of Wyke Beck's sitters (.86) and of Odd Socks' evenings (.83), the
women's hubs of Lanternyard and their earlier form (.78), and one scheme of link workers told by two charities (.77);
beside them two charities' weekend sitters (.78), which their authors can tell apart. Below it: women's services of two
regions (.73), alternative curricula of two councils (.72), sitters at weekends only and at any time (.71).
"""


@dataclass(frozen=True, slots=True)
class Near:
    """A published listing of the same kind: how near it is in meaning (cosine), and whether it may be the same one."""

    id: int
    cosine: float
    duplicate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """What is needed to find near listings; texts that were embedded once are not embedded again."""

    database: Database
    embedder: Embedder
    finder: Finder

    def near(self, subject: Subject, limit: int) -> tuple[Near, ...]:
        """Give published listings that pass the strong mark of the candidate rule, the nearest in meaning first.

        The subject itself is left out. Without the model there is no meaning to go by, and none is given.

        Raises:
            UnavailableError: the engine does not answer.
        """
        finder = replace(self.finder, embedder=KeptVectors(self.database, self.embedder), second=None)
        query = Query(text=_told(subject.content), kind=subject.kind, read_constraints=False)
        found = finder.ranked(query, lambda plan: replace(plan, count_facets=False, depth=2 * DEEPEST_NEAR)).found
        strong = np.flatnonzero(found.strong & ~np.isnan(found.cosine) & (found.ids != subject.id))
        first = strong[np.lexsort((found.ids[strong], -found.cosine[strong]))][:DEEPEST_NEAR]
        cosines = dict(zip(found.ids[first].tolist(), found.cosine[first].tolist(), strict=True))
        with reading(self.database) as session:
            rows = listings_by_ids(session, cosines).values()
            near = [
                Near(row.id, round(cosines[row.id], 4), _same(subject.content, row.content, cosines[row.id]))
                for row in rows
                if row.state == State.PUBLISHED and row.side is subject.kind
            ]
        return tuple(near[:limit])


def subject_of_draft(
    kind: Kind, content: Content, organisation_id: int | None = None, listing_id: int | None = None
) -> Subject | None:
    """Give what a match or a search for near listings starts from; None where the draft says nothing yet.

    A draft without a title goes by its first words.
    """
    first = next(iter([*sentences(content.summary or content.description or ""), *outcome_units(content)]), "")
    content = replace(content, title=content.title.strip() or first)
    if not any(tokens(text) for text in (*text_units(content), *outcome_units(content))):
        return None
    number = UNNUMBERED if listing_id is None else listing_id
    return Subject(id=number, revision=0, kind=kind, content=content, organisation_id=organisation_id)


def _told(content: Content) -> str:
    """Give what the listing is: title and summary; outcomes only where there is neither summary nor description."""
    units = text_units(content)
    return " ".join(units if len(units) > 1 else (*units, *outcome_units(content)))


def _same(draft: Content, other: Content, cosine: float) -> bool:
    return cosine >= SAME_MEANING or likeness(draft, other) >= ALIKE
