"""A page waits for the engine no longer than it may, whatever it asks; what SQL does in its place asks nothing."""

from dataclasses import replace

import pytest
from faults import Sick, open_with_faults
from published import Town

from exchange.errors import UnavailableError
from indexer import service as services
from indexer.patience import asking
from indexer.results import Query


class Curious:
    """A model whose name is that of the serving index: only the engine knows it."""

    def __init__(self, real) -> None:
        self._real = real
        self.answered: list[float] = []

    @property
    def name(self) -> str:
        try:
            with asking(60.0) as seconds:
                self.answered.append(seconds)
        except UnavailableError:
            pass  # the last one known
        return self._real.name

    @property
    def dimension(self) -> int:
        return self._real.dimension

    def encode(self, texts, progress=None):
        return self._real.encode(texts, progress)

    def encode_query(self, texts):
        return self._real.encode_query(texts)


@pytest.fixture
def town(engine, tmp_path) -> Town:
    return Town(engine, tmp_path / "index", Sick())


@pytest.fixture
def service(town):
    town.publish("Respite for carers", summary="A break each week.")
    opened = open_with_faults(town, lambda: 0.0)
    return replace(opened, embedder=Curious(town.embedder))


def test_questions_of_a_page_may_take_what_a_page_may(service, town):
    service.search(Query(text="respite"))
    service.match(town.need("Respite"), 5)
    assert service.embedder.answered
    assert all(0 < seconds <= services.PATIENCE for seconds in service.embedder.answered)


def test_what_takes_the_place_of_the_engine_asks_it_nothing(service, town):
    need = town.need("Respite")
    service.engine.down()
    assert service.search(Query(text="respite")).degraded
    service.embedder.answered.clear()
    assert service.search(Query(text="respite")).degraded
    assert service.match(need, 5).total == 1
    assert service.embedder.answered == []
