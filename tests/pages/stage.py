"""The real search with switches that take its engine and its model down; what a test says is laid over its answers."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NoReturn

from exchange.content import Content, Kind
from exchange.errors import UnavailableError
from indexer.breaker import Breaker
from indexer.nearby import Near
from indexer.results import Facet, Matches, Query, Results
from indexer.service import SearchService


class DownEngine:
    """An engine that does not answer, whatever it is asked."""

    def __getattr__(self, name: str) -> Callable[..., NoReturn]:
        def fail(*_given: object, **_named: object) -> NoReturn:
            raise UnavailableError(f"The search engine does not answer ({name}).")

        return fail


class DownModel:
    """A model that cannot be loaded: its name is known from the settings, and any use fails."""

    name = "hash-64"
    dimension = 64

    def encode(self, _texts: object, _progress: object = None) -> NoReturn:
        raise UnavailableError("The model 'hash-64' cannot be loaded: no such file.")

    encode_query = read = read_query = encode


@dataclass
class Stage:
    """Search and match as the site calls them; `asked` keeps the queries, `say` and `matches` replace answers."""

    real: SearchService
    up: bool = True
    model_up: bool = True
    say: dict = field(default_factory=dict)
    matches: Matches | None = None
    asked: list[Query] = field(default_factory=list)

    def reset(self) -> None:
        """Forget everything that a test said."""
        self.up, self.model_up, self.say, self.matches, self.asked = True, True, {}, None, []

    def status(self) -> dict[str, str]:
        return self._service().status()

    def counts(self) -> dict[Facet, dict[str, int]]:
        return self._service().counts()

    def search(self, query: Query) -> Results:
        found = self._service().search(query)
        self.asked.append(query)
        return replace(found, **self.say)

    def numbers(self, query: Query) -> tuple[int, ...]:
        return self._service().numbers(query)

    def match(self, listing_id: int, limit: int) -> Matches:
        found = self._service().match(listing_id, limit)
        return self.matches or found

    def draft_matches(self, kind: Kind, content: Content, organisation_id: int | None, limit: int) -> Matches:
        found = self._service().draft_matches(kind, content, organisation_id, limit)
        return self.matches or found

    def near(self, kind: Kind, content: Content, exclude_id: int | None, limit: int) -> tuple[Near, ...]:
        return self._service().near(kind, content, exclude_id, limit)

    def _service(self) -> SearchService:
        engine = self.real.engine if self.up else DownEngine()
        embedder = self.real.embedder if self.model_up else DownModel()
        finder = replace(self.real.finder, engine=engine, embedder=embedder)
        parts = {"engine": engine, "embedder": embedder, "finder": finder}
        return replace(self.real, **parts, breaker=Breaker("search engine"))
