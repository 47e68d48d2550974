"""The hook that measures: told to whoever listens in this context, and to nobody else."""

import contextvars
import threading

import anyio
import numpy as np
import pytest
from anyio.to_thread import run_sync

from indexer.embedder import HashEmbedder
from indexer.timing import Purpose, Step, embedding, recording, searched, step


class Heard:
    """A recorder that keeps what it is told, without the seconds."""

    def __init__(self) -> None:
        self.steps, self.texts, self.totals, self.seconds = [], [], [], []

    def took(self, step, seconds):
        self.steps.append(step)
        self.seconds.append(seconds)

    def embedded(self, purpose, texts, seconds):
        self.texts.append((purpose, texts))
        self.seconds.append(seconds)

    def searched(self, total, *, fallback):
        self.totals.append((total, fallback))


def one_of_each():
    with step(Step.FUSION), embedding(3, Purpose.QUERY):
        pass
    searched(7)


def test_nothing_happens_while_nobody_listens():
    one_of_each()
    with step(Step.FUSION) as given:
        assert given is None


def test_whoever_listens_is_told_every_step_text_and_search():
    heard = Heard()
    with recording(heard):
        one_of_each()
        searched(0, fallback=True)
    assert (heard.steps, heard.texts) == ([Step.FUSION], [(Purpose.QUERY, 3)])
    assert heard.totals == [(7, False), (0, True)]
    assert all(seconds >= 0 for seconds in heard.seconds)


def test_nothing_is_told_after_the_end_and_the_one_before_listens_again():
    outer, inner = Heard(), Heard()
    with recording(outer):
        with recording(inner):
            searched(1)
        searched(2)
    searched(3)
    assert (outer.totals, inner.totals) == ([(2, False)], [(1, False)])


def test_steps_within_a_step_are_told_each():
    heard = Heard()
    with recording(heard), step(Step.ENGINE), step(Step.LEXICAL):
        pass
    assert heard.steps == [Step.LEXICAL, Step.ENGINE]


def test_a_step_that_failed_took_its_time_too():
    heard = Heard()
    with pytest.raises(TimeoutError), recording(heard), step(Step.ENGINE):
        raise TimeoutError
    assert heard.steps == [Step.ENGINE]


def test_texts_of_a_failed_run_were_not_embedded():
    heard = Heard()
    with pytest.raises(MemoryError), recording(heard), embedding(3, Purpose.INDEXING):
        raise MemoryError
    assert heard.texts == []


def test_a_run_inside_another_is_part_of_it():
    heard = Heard()
    with recording(heard):
        with embedding(2, Purpose.QUERY), embedding(2, Purpose.INDEXING):
            pass
        searched(1)
    assert (heard.texts, heard.totals) == ([(Purpose.QUERY, 2)], [(1, False)])


def test_a_worker_thread_of_a_request_tells_the_recorder_of_that_request():
    first, second = Heard(), Heard()

    async def request(heard, total):
        with recording(heard):
            await run_sync(searched, total)

    async def both():
        async with anyio.create_task_group() as group:
            group.start_soon(request, first, 1)
            group.start_soon(request, second, 2)

    anyio.run(both)
    assert (first.totals, second.totals) == ([(1, False)], [(2, False)])


def test_a_thread_of_its_own_tells_only_when_it_runs_in_a_copy_of_the_context():
    heard = Heard()
    with recording(heard):
        threads = [
            threading.Thread(target=searched, args=(1,)),
            threading.Thread(target=contextvars.copy_context().run, args=(searched, 2)),
        ]
    for thread in threads:
        thread.start()
        thread.join()
    assert heard.totals == [(2, False)]


def test_an_embedder_says_how_many_texts_it_embedded_and_for_what():
    heard, embedder = Heard(), HashEmbedder(8)
    with recording(heard):
        asked = embedder.encode_query(["respite", "carers"])
        kept = embedder.encode(["respite", "carers", "sailing"])
    assert heard.texts == [(Purpose.QUERY, 2), (Purpose.INDEXING, 3)]
    assert np.array_equal(asked, kept[:2])
