"""What the running site holds, and the way a request reaches it; knows no page."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from jinja2 import Environment
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from exchange.database import reading, writing
from exchange.errors import NotFoundError
from exchange.place.places import Gazetteer
from exchange.running.gap_map import Picture
from exchange.settings import Settings
from exchange.taxonomy import AREA, GROUP, Taxonomy, load_taxonomy
from exchange.working_days import london_date
from indexer.results import Facet
from web.background import Periodic
from web.params import Known
from web.rendering import Page, render
from web.running.kept import Kept
from web.running.misses import Misses
from web.wording import EVIDENCE_LEVELS, MONEY_BANDS, PARTNERS, SIZES, STAGES, TIERS

if TYPE_CHECKING:
    from indexer.service import SearchService
    from web.running.figures_pages import Measured

TAXONOMY_SECONDS = 60.0
"""How long a new version of the areas may take to reach the pages."""

FIGURES_LAST = timedelta(minutes=1)
GAPS_LAST = timedelta(minutes=1)

GENDER_GROUPS = ("women", "men")
"""Genders stand among the groups in the facet of people."""


@dataclass(slots=True)
class Site:
    """The parts that views use; one value for the life of the process."""

    settings: Settings
    database: Engine
    service: "SearchService"
    environment: Environment
    gazetteer: Gazetteer
    worker_error: Callable[[], str | None] | None = None
    """Gives what the outbox's worker failed at last, where one runs in this process."""
    background: tuple[Periodic, ...] = ()
    """What this process does by itself: mail, chores."""
    misses: Misses = field(default_factory=Misses)
    """What searches of this process found nothing."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    figures: Kept["Measured"] = field(default_factory=lambda: Kept(FIGURES_LAST))
    gaps: Kept[Picture] = field(default_factory=lambda: Kept(GAPS_LAST))
    """The gap map's numbers, which every page and chart of it shares."""
    _taxonomy: Taxonomy = field(default_factory=Taxonomy)
    _read_at: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session for reading."""
        with reading(self.database) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session for one use-case that writes."""
        with writing(self.database) as session:
            yield session

    def today(self) -> date:
        """Give the day in London."""
        return london_date(self.clock())

    def taxonomy(self, session: Session) -> Taxonomy:
        """Give the areas and groups, read again once a minute."""
        with self._lock:
            if not self._taxonomy.entries or time.monotonic() - self._read_at > TAXONOMY_SECONDS:
                self._taxonomy, self._read_at = load_taxonomy(session), time.monotonic()
            return self._taxonomy

    def renew_taxonomy(self) -> None:
        """Have the next page read the areas again: this process has just published a version."""
        with self._lock:
            self._read_at = float("-inf")

    def known(self, taxonomy: Taxonomy) -> Known:
        """Give the values that the filters of the search page may have."""
        return known_values(taxonomy, self.gazetteer)

    def show(self, request: Request, page: Page, status: int = 200) -> Response:
        """Answer a request with a page."""
        return render(self.environment, request, page, status)


def known_values(taxonomy: Taxonomy, gazetteer: Gazetteer) -> Known:
    """Give the values that filters may have; a place is given by code or name."""
    codes = {scheme: {entry.code for entry in taxonomy.scheme(scheme)} for scheme in (AREA, GROUP)}
    values = {
        Facet.AREA: codes[AREA],
        Facet.GROUP: codes[GROUP] | set(GENDER_GROUPS),
        Facet.TIER: TIERS,
        Facet.MONEY: MONEY_BANDS,
        Facet.STAGE: STAGES,
        Facet.SIZE: SIZES,
        Facet.EVIDENCE: {str(level) for level in EVIDENCE_LEVELS},
        Facet.PARTNERS: PARTNERS,
    }

    def place_code(text: str) -> str | None:
        place = gazetteer.get(text) or gazetteer.find(text)
        return place.code if place else None

    return Known(values=values, place=place_code)


def site_of(request: Request) -> Site:
    """Give the site that a request came to."""
    site: Site = request.app.state.site
    return site


def number_of(request: Request, name: str) -> int:
    """Read a number from the path.

    Raises:
        NotFoundError: it is no number.
    """
    value = request.path_params[name]
    if not (value.isascii() and value.isdecimal()) or len(value) > 18:
        raise NotFoundError("There is nothing at this address; check the number.")
    return int(value)
