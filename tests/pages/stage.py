"""The real search with a switch that takes its engine down; what a test says is laid over what it finds."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NoReturn

from exchange.errors import UnavailableError
from indexer.results import Matches, Query, Results
from indexer.service import SearchService


class DownEngine:
    """An engine that does not answer, whatever it is asked."""

    def __getattr__(self, name: str) -> Callable[..., NoReturn]:
        def fail(*_given: object, **_named: object) -> NoReturn:
            raise UnavailableError(f"The search engine does not answer ({name}).")

        return fail


@dataclass
class Stage:
    """Search and match as the site calls them; `asked` keeps the queries, `say` and `matches` replace answers."""

    real: SearchService
    up: bool = True
    say: dict = field(default_factory=dict)
    matches: Matches | None = None
    asked: list[Query] = field(default_factory=list)

    def reset(self) -> None:
        """Forget everything that a test said."""
        self.up, self.say, self.matches, self.asked = True, {}, None, []

    def status(self) -> dict[str, str]:
        return self.real.status() | ({} if self.up else {"engine": "down"})

    def ready(self) -> bool:
        return self.up and self.real.ready()

    def search(self, query: Query) -> Results:
        found = self._service().search(query)
        self.asked.append(query)
        return replace(found, **self.say)

    def match(self, listing_id: int, limit: int) -> Matches:
        found = self._service().match(listing_id, limit)
        return self.matches or found

    def _service(self) -> SearchService:
        if self.up:
            return self.real
        down = DownEngine()
        return replace(self.real, engine=down, finder=replace(self.real.finder, engine=down))
