"""What goes into a search and what comes out of a search or a match; plain frozen values, no engine and no page."""

from dataclasses import dataclass, field
from enum import StrEnum

from exchange.content import Kind

PAGE_SIZE = 20
DEEPEST = 2_000
"""Results are shown this deep; counts and facets run over all candidates."""


class Sort(StrEnum):
    """Orders a person may choose."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    CLOSING = "closing"


class Facet(StrEnum):
    """Facets, in the order in which a page shows them; each has a "not stated" bucket."""

    KIND = "kind"
    AREA = "area"
    GROUP = "group"
    PLACE = "place"
    TIER = "tier"
    MONEY = "money"
    STAGE = "stage"
    SIZE = "size"
    EVIDENCE = "evidence"
    PARTNERS = "partners"


NOT_STATED = "not-stated"
"""The bucket of listings that do not state the field: never "no", included by default."""

ASKED = "asked"
"""The bucket of the place facet that counts the listings that reach the place that the person set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a person asks for.

    `filters` holds the chosen values of each facet (any of them satisfies; a place is a gazetteer code).
    `exclude_not_stated` names the facets whose "not stated" box is unticked.
    `removed` holds the keys of chips that the person took away: those words are matched as plain words.
    `given` holds constraints that a caller states outright (the command line's `--constraints given`).
    """

    text: str = ""
    kind: Kind | None = None
    filters: dict[Facet, tuple[str, ...]] = field(default_factory=dict)
    exclude_not_stated: frozenset[Facet] = frozenset()
    removed: frozenset[str] = frozenset()
    include_closed: bool = False
    read_constraints: bool = True
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    page_size: int = PAGE_SIZE
    seed: str | None = None
    """Turns those that are practically equal, so that each is first on some days; None: always one order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A constraint read in the text: `key` identifies it in a link, `words` are what the person typed."""

    key: str
    label: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a listing is here: a plain sentence, the field it came from, and the pair of texts that it rests on.

    `share` is the part of the un-normalised score that this reason carries, 0-1.
    """

    text: str
    field: str
    quote: str | None = None
    against: str | None = None
    share: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What is not stated or not met, in plain words."""

    text: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One result: an id, never a row; `score` is un-normalised and independent of other listings.

    `tier` is 1-4 (design, ruling 5), None where nothing was asked that has tiers.
    `strong` False is shown as "Less close". `similar` counts the page's near-duplicates of one organisation that stand
    further down; each of them names it by `similar_to`.
    """

    id: int
    score: float
    strong: bool = True
    tier: int | None = None
    lexical: float | None = None
    cosine: float | None = None
    share: float | None = None
    reasons: tuple[Reason, ...] = ()
    gaps: tuple[Gap, ...] = ()
    similar: int = 0
    similar_to: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One value of a facet with the number of results that it would leave."""

    value: str
    count: int
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Did you mean: another wording and the number of results that it gives."""

    text: str
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """A page of results with everything that the page says about them.

    `notices` are sentences for the person (text cut, deeper pages not shown); `banner` is the one that says what is
    missing while a part is down. `degraded` says that the engine is down and SQL alone found these, `at_least` that
    there may be more than `total`.
    `highlight` holds the stemmed words to mark in cards.
    `hidden` counts what the set filters hide that the text alone would find.
    """

    hits: tuple[Hit, ...]
    total: int
    query: Query
    about: bool = False
    chips: tuple[Chip, ...] = ()
    facets: dict[Facet, tuple[Bucket, ...]] = field(default_factory=dict)
    hidden: int = 0
    suggestion: Suggestion | None = None
    notices: tuple[str, ...] = ()
    highlight: frozenset[str] = frozenset()
    banner: str | None = None
    degraded: bool = False
    at_least: bool = False

    @property
    def pages(self) -> int:
        """Give the number of pages that can be opened (at most 2,000 results deep)."""
        return max(1, -(-min(self.total, DEEPEST) // self.query.page_size))


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One listing of the other side, with its two-way score in [0,1] and the score of each part."""

    id: int
    score: float
    parts: dict[str, float]
    reasons: tuple[Reason, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """One listing of the other side that nothing but `reason` keeps from matching, with the score that it has."""

    id: int
    score: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """The matches of one listing, best first, how many cannot match, by reason, and the best of those."""

    matches: tuple[Match, ...]
    total: int
    cannot: dict[str, int] = field(default_factory=dict)
    near_misses: tuple[NearMiss, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[int, ...]:
        """Give the listings that are named here."""
        return (*(one.id for one in self.matches), *(one.id for one in self.near_misses))
