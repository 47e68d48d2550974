"""What an engine is asked and what it answers, in meaning: terms, vectors, filters, evidence; no query language."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from exchange.content import Gender, Kind
from exchange.errors import UnavailableError
from indexer.ages import OLDEST
from indexer.document import Document
from indexer.embedder import Progress, Vectors
from indexer.results import DEEPEST, Facet, Sort
from indexer.statistics import Statistics


class ReplacedError(UnavailableError):
    """Say that an index is no longer there: another one has taken its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A document with the vectors of its passages, shape (passages, dimension)."""

    document: Document
    vectors: Vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class TermGroup:
    """One word of the query with its alternatives; the best alternative that a listing holds counts.

    `alternatives` are (term, factor) with the typed term first at factor 1. `factor` weights the whole group.
    """

    alternatives: tuple[tuple[str, float], ...]
    factor: float = 1.0

    @property
    def typed(self) -> str:
        """Give the term that the person typed: its rarity weighs the group."""
        return self.alternatives[0][0]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceAsk:
    """Districts that are asked for; `near` lets the neighbours count as next door."""

    districts: frozenset[str]
    neighbours: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleAsk:
    """The people that are asked for; None where the text does not say.

    `implied` are ages that words imply ("teenagers"), any of them: they put last who states others, and no one else.
    """

    gender: Gender | None = None
    age_min: int | None = None
    age_max: int | None = None
    implied: tuple[tuple[int, int], ...] = ()

    @property
    def ages(self) -> tuple[tuple[int, int], ...]:
        """Give the ranges of years that are asked for, any of them: those typed, or else those implied."""
        if self.age_min is None and self.age_max is None:
            return self.implied
        return ((self.age_min or 0, OLDEST if self.age_max is None else self.age_max),)

    @property
    def unstated_age(self) -> int:
        """Give the tier of a listing that states no age: behind the others only where a person typed one."""
        return 3 if self.age_min is not None or self.age_max is not None else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The one candidate rule and its stricter mark `strong` (design, ruling 5).

    A listing qualifies when the share of the query's weighted terms that it holds, or its cosine, is at or above.
    """

    share: float
    cosine: float
    strong_share: float
    strong_cosine: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One search. No terms and no vectors: browsing, every listing that passes the filters.

    `vectors` has shape (parts of the query, dimension) or is None when the lexical leg stands alone.
    `places` and `people` order by tiers; `place_filter` hides tier 4 (and tier 3 where not stated is excluded).
    `everything` lets listings below the rule follow those that qualify (the run file of an evaluation).
    `depth`, `sort`, `scale` and `lexical_weight` tell an engine that gives the first candidates only, not all of them,
    which are the first: so many, in this order, by the sum that `fusion.py` makes of the two legs.
    """

    rule: Rule
    terms: tuple[TermGroup, ...] = ()
    vectors: Vectors | None = None
    phrase: str = ""
    kind: Kind | None = None
    include_closed: bool = False
    today: date
    facets: dict[Facet, tuple[str, ...]] = field(default_factory=dict)
    exclude_not_stated: frozenset[Facet] = frozenset()
    place_filter: PlaceAsk | None = None
    places: tuple[PlaceAsk, ...] = ()
    people: tuple[PeopleAsk, ...] = ()
    count_facets: bool = True
    only: int | None = None
    everything: bool = False
    depth: int = DEEPEST
    sort: Sort = Sort.RELEVANCE
    scale: float = 0.0
    lexical_weight: float = 0.5

    @property
    def browsing(self) -> bool:
        """Say whether nothing is asked for in words."""
        return not self.terms and self.vectors is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Candidates of a plan as columns of one length, in no order, with the evidence of each leg.

    `total` counts all candidates that pass the filters; an engine may give only the first `plan.depth` of them, and
    where its own search is approximate, `about` says that the total and the counts are estimates.

    `lexical` is BM25 over frozen statistics, `lexical_top` the most that this query could score;
    `share` is the part of the query's weight that the listing holds; `cosine` the best over its passages
    (nan where the dense leg is off). `tier` is 1-4, or 0 where nothing was asked that has tiers.
    `exact` marks a title or org-id equal to the query. `hidden` counts what the set filters hide.
    """

    ids: NDArray[np.int64]
    lexical: NDArray[np.float32]
    lexical_top: float
    share: NDArray[np.float32]
    cosine: NDArray[np.float32]
    tier: NDArray[np.uint8]
    exact: NDArray[np.bool_]
    strong: NDArray[np.bool_]
    qualifies: NDArray[np.bool_]
    posted: NDArray[np.int32]
    closes: NDArray[np.int32]
    facets: dict[Facet, dict[str, int]]
    total: int
    hidden: int = 0
    about: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineStatus:
    """What an index was made with and how much it holds."""

    documents: int
    visible: int
    model: str | None
    dimension: int
    mapping: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What an index holds of one listing; a hidden one has no hash."""

    revision: int
    visible: bool
    content_hash: bytes = b""


@dataclass(frozen=True, slots=True)
class Origin:
    """With what an index was made: the model of its vectors, and the number of the mapping."""

    model: str
    mapping: int


class Target(Protocol):
    """One index that takes writes: the serving one, or one that is being built."""

    @property
    def model(self) -> str:
        """Give the name of the model whose vectors it takes."""

    def write(self, entries: Sequence[Entry]) -> None:
        """Put documents, or hide those that are not visible; durable or recoverable when it returns.

        Recoverable: after a restart `revisions` claims no more than is searchable, so the caller writes the rest anew.
        A write with an older revision than the index holds changes nothing.
        Raises UnavailableError when the vectors are of another model than the index.
        """

    def revisions(self) -> dict[int, int]:
        """Give the revision held for each listing, also hidden ones."""


Ready = Callable[[Target], None]
"""Called with a new index that is filled: the caller writes to it what was published since the entries were read."""


class Engine(Target, Protocol):
    """An index of listings."""

    def serving_model(self) -> str:
        """Give the name of the model whose vectors the serving index holds: that of the settings, or an older one."""

    def made_with(self) -> Origin | None:
        """Say with what the index was made, also where that is not what the settings say; None where there is none."""

    def targets(self) -> Sequence[Target]:
        """Give every index that must accept a change before the change counts as made."""

    def rebuild(self, entries: Iterable[Entry], ready: Ready | None = None, written: Progress | None = None) -> None:
        """Replace everything and freeze new term statistics; the old index serves until the new one is whole.

        What is written while it reads is kept. Entries that are not visible are remembered as hidden. `written` is
        called with the number of listings that are in the new index.
        """

    def search(self, plan: Plan) -> Found:
        """Find the candidates of a plan; raises UnavailableError when the engine does not answer."""

    def held(self) -> dict[int, Held]:
        """Give what the serving index holds of each listing, also of hidden ones."""

    def similar_words(self, word: str, limit: int) -> list[tuple[str, int]]:
        """Give words of the index spelt like `word`, nearest first, with the number of listings that hold each."""

    def statistics(self) -> Statistics:
        """Give the frozen statistics of the serving index, the same value until they are frozen anew."""

    def frequency(self, term: str) -> int:
        """Give the frozen number of listings that hold a term."""

    def idf(self, term: str) -> float:
        """Give the frozen weight of a term (Lucene's BM25 idf); a term never seen weighs most."""

    def status(self) -> EngineStatus:
        """Say what the index holds."""
