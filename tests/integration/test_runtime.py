"""The parts of a process: opened from the settings, readers beside one writer, word left for who holds the index."""

import threading
from datetime import UTC, datetime

import numpy as np
import pytest

from exchange.content import Kind
from exchange.database import reading, writing
from exchange.errors import UnavailableError
from exchange.listing.listings import newest, withdraw
from exchange.people.accounts import operator
from exchange.settings import load_settings
from fixtures.loader import load_fixtures
from indexer.results import Query
from indexer.worker import Worker
from web.lock import Role, WriterLock
from web.opening import open_embedder
from web.runtime import open_runtime


def ids(runtime, text):
    return [hit.id for hit in runtime.service.search(Query(text=text)).hits]


def test_a_new_data_folder_gets_its_schema_and_areas_at_the_first_opening(tmp_path):
    settings = load_settings({"EXCHANGE_DATA_DIR": str(tmp_path / "new"), "EXCHANGE_MODEL": "hash-64"})
    with open_runtime(settings) as runtime:
        assert runtime.workbench().taxonomy.top_areas()
        assert load_fixtures(runtime.database, datetime.now(UTC)).added > 100


def test_the_double_is_named_by_its_dimension():
    embedder = open_embedder(load_settings({"EXCHANGE_MODEL": "hash-32"}))
    assert (embedder.name, embedder.dimension) == ("hash-32", 32)
    assert np.allclose(np.linalg.norm(embedder.encode(["tea and company"]), axis=1), 1.0)


@pytest.mark.usefixtures("demonstration")
def test_who_does_not_hold_the_lock_never_writes_the_index(demonstration):
    (demonstration / "index" / "current.json").unlink()
    with open_runtime(load_settings()) as runtime:
        runtime.indexer.catch_up()
        runtime.indexer.rebuild()
        runtime.engine.flush()
        assert ids(runtime, "respite for carers")
    assert not (demonstration / "index" / "current.json").exists()


@pytest.mark.usefixtures("demonstration")
def test_who_holds_the_lock_leaves_on_disk_what_the_next_reads():
    with open_runtime(load_settings()) as writer:
        assert writer.lock.take(Role.SITE)
        writer.indexer.rebuild()
        found = ids(writer, "respite for carers")
    with open_runtime(load_settings()) as reader:
        assert reader.indexer.outdated() == []
        assert ids(reader, "respite for carers") == found


@pytest.mark.usefixtures("demonstration")
def test_readers_open_a_whole_index_while_a_writer_replaces_it_again_and_again():
    with open_runtime(load_settings()) as writer:
        writer.lock.take(Role.SITE)
        held = writer.engine.revisions()
        stop = threading.Event()

        def replace():
            while not stop.is_set():
                writer.indexer.rebuild()

        thread = threading.Thread(target=replace)
        thread.start()
        try:
            seen = [writer.held_revisions() for _ in range(40)]
        finally:
            stop.set()
            thread.join()
    assert all(revisions == held for revisions in seen)


@pytest.mark.usefixtures("demonstration")
def test_an_index_of_another_model_is_as_good_as_none(monkeypatch):
    monkeypatch.setenv("EXCHANGE_MODEL", "hash-32")
    with open_runtime(load_settings()) as runtime:
        assert runtime.held_revisions() == {}
        total = len(runtime.indexer.outdated())
        assert runtime.indexer.catch_up() == total > 100
        assert ids(runtime, "respite for carers")


@pytest.mark.usefixtures("demonstration")
def test_a_rebuild_that_is_asked_for_is_done_by_the_worker_of_who_holds_the_index():
    with open_runtime(load_settings()) as site, open_runtime(load_settings()) as other:
        site.lock.take(Role.SITE)
        before = sorted(path.name for path in site.settings.index_dir.glob("gen-*"))
        other.ask_rebuild()
        assert other.rebuild_asked()
        done = threading.Event()

        def look():
            site.before_work()
            done.set()

        worker = Worker(site.indexer, pause=0.01, before=look)
        worker.start()
        assert done.wait(30)
        worker.stop()
        assert not other.rebuild_asked()
        assert sorted(path.name for path in site.settings.index_dir.glob("gen-*")) != before


@pytest.mark.usefixtures("demonstration")
def test_a_rebuild_that_fails_is_told_to_who_asked_and_the_old_index_goes_on():
    with open_runtime(load_settings()) as site, open_runtime(load_settings()) as other:
        site.lock.take(Role.SITE)
        found = ids(site, "respite for carers")
        other.ask_rebuild()
        site.database.dispose()
        (site.settings.data_dir / "exchange.db").rename(site.settings.data_dir / "away.db")
        with pytest.raises(Exception, match="no such table"):
            site.before_work()
        site.database.dispose()
        (site.settings.data_dir / "away.db").replace(site.settings.data_dir / "exchange.db")
        with pytest.raises(UnavailableError, match=r"could not rebuild the index: OperationalError: .*no such table"):
            other.rebuild_asked()
        assert ids(site, "respite for carers") == found
        other.ask_rebuild()
        site.before_work()
        assert not other.rebuild_asked()


@pytest.mark.usefixtures("demonstration")
def test_settling_ticks_off_the_outbox_and_a_second_time_has_nothing_to_do():
    with open_runtime(load_settings()) as runtime:
        runtime.lock.take(Role.COMMAND)
        assert runtime.indexer.settle() == 0
        assert runtime.indexer.work() == 0


def test_one_lock_has_one_holder_and_the_others_are_told_who(tmp_path):
    first, second = WriterLock(tmp_path), WriterLock(tmp_path)
    assert second.holder() is None
    assert first.take(Role.SITE)
    assert first.take(Role.SITE)
    assert not second.take(Role.COMMAND)
    assert (second.holder(), first.holder()) == (Role.SITE, Role.SITE)
    first.release()
    assert second.holder() is None
    assert second.take(Role.COMMAND)
    assert (first.holder(), first.held, second.held) == (Role.COMMAND, False, True)
    second.release()


def test_an_index_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UnavailableError, match="set EXCHANGE_DATA_DIR"):
        WriterLock(tmp_path / "file" / "index").take(Role.SITE)


@pytest.mark.usefixtures("demonstration")
def test_a_withdrawn_listing_is_taken_to_the_index_once():
    with open_runtime(load_settings()) as runtime:
        runtime.lock.take(Role.COMMAND)
        with reading(runtime.database) as session:
            number = newest(session, Kind.NEED, 1)[0].id
        with writing(runtime.database) as session:
            withdraw(session, number, operator(session, "Test"), "asked to", datetime.now(UTC))
        assert runtime.indexer.outdated() == [number]
        assert runtime.indexer.settle() == 1
        assert runtime.indexer.outdated() == []
        runtime.engine.flush()
    with open_runtime(load_settings()) as again:
        assert again.indexer.outdated() == []
