"""From SQL to the engine: the outbox's worker, catching up after a restart, and what a late writer cannot undo."""

import shutil
import threading
from datetime import datetime, timedelta

import pytest
from published import LEEDS, NOW, POISON, Town
from sqlalchemy import select

from exchange.content import Content, Kind, Outcome
from exchange.database import reading, writing
from exchange.listing.listings import get_listing
from exchange.models import OrgKind, OutboxRow
from exchange.organisation.organisations import OrganisationDetails, change_organisation
from exchange.outbox import MOST_ATTEMPTS, enqueue, pending
from exchange.taxonomy import seed_taxonomy
from indexer.engine import Engine, Entry
from indexer.results import Query
from indexer.service import SearchService
from indexer.sync import LEASE, Indexer, subject_of, tombstone
from indexer.worker import Worker


@pytest.fixture
def town(engine, tmp_path, open_index) -> Town:
    """Give a town where two listings are published already."""
    return with_two(Town(engine, tmp_path / "index", open_index=open_index))


def with_two(town: Town) -> Town:
    town.publish("Lunch club for older people")
    town.publish("Sailing boats for school leavers")
    return town


@pytest.fixture
def service(town) -> SearchService:
    return town.open()


@pytest.fixture
def indexer(town, service) -> Indexer:
    return town.indexer(service.engine)


def now() -> datetime:
    return NOW


def found(service: SearchService, text: str) -> list[int]:
    return [hit.id for hit in service.search(Query(text=text)).hits]


def waiting(town: Town) -> tuple[int, int]:
    with reading(town.database) as session:
        return tuple(pending(session))


def outbox(town: Town) -> list[OutboxRow]:
    with reading(town.database) as session:
        return list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))


def test_an_approved_listing_is_found_once_the_worker_has_looked(town, service, indexer):
    number = town.publish("Respite for carers")
    assert found(service, "respite for carers") == []
    assert indexer.work(now) == 1
    assert found(service, "respite for carers") == [number]
    assert waiting(town) == (0, 0)


def test_a_listing_that_nobody_decided_on_is_never_found(town, service, indexer):
    number = town.submit("Respite for carers")
    assert indexer.work(now) == 0
    indexer.catch_up()
    indexer.rebuild()
    assert found(service, "respite for carers") == []
    town.approve(number)
    indexer.work(now)
    assert found(service, "respite for carers") == [number]


def test_a_withdrawn_listing_is_not_found_and_its_revision_is_remembered(town, service, indexer):
    number = town.publish("Respite for carers")
    indexer.work(now)
    town.withdraw(number)
    assert indexer.work(now) == 1
    assert found(service, "respite for carers") == []
    assert service.engine.revisions()[number] == 3
    assert service.engine.status().visible == 2


def test_a_closed_listing_is_found_only_where_closed_ones_are_asked_for(town, service, indexer):
    number = town.need("Respite for carers")
    town.close(number)
    indexer.work(now)
    assert found(service, "respite for carers") == []
    assert [hit.id for hit in service.search(Query(text="respite for carers", include_closed=True)).hits] == [number]


def test_a_revision_changes_what_is_found_only_when_it_is_approved(town, service, indexer):
    number = town.publish("Respite for carers")
    town.revise(number, Content(title="Gardening for veterans"), approved=False)
    indexer.work(now)
    assert found(service, "respite for carers") == [number]
    town.revise(number, Content(title="Gardening for veterans"))
    indexer.work(now)
    assert found(service, "respite for carers") == []
    assert found(service, "gardening for veterans") == [number]


def test_a_renamed_organisation_is_found_by_its_new_name(town, service, indexer):
    owner = town.organisation("Blue Door")
    number = town.publish("Respite for carers", organisation=owner)
    indexer.work(now)
    with writing(town.database) as session:
        change_organisation(session, owner, OrganisationDetails(name="Zebra House", kind=OrgKind.THIRD_SECTOR), NOW)
    assert indexer.work(now) == 1
    assert found(service, "zebra house") == [number]
    assert found(service, "blue door") == []


def test_a_new_taxonomy_reaches_every_listing_that_names_an_area(town, service, indexer):
    number = town.publish("Hot dinners", areas=("meals",))
    indexer.work(now)
    assert found(service, "meals on wheels") == []
    with writing(town.database) as session:
        seed_taxonomy(session, NOW)
    assert indexer.work(now) == 1
    assert found(service, "meals on wheels") == [number]
    assert waiting(town) == (0, 0)


def test_many_notes_of_one_listing_are_one_write(town, service, indexer):
    number = town.publish("Respite for carers")
    with writing(town.database) as session:
        for _ in range(3):
            enqueue(session, number, NOW)
    assert indexer.work(now) == 4
    assert found(service, "respite for carers") == [number]


def test_no_work_is_no_write(indexer):
    assert indexer.work(now) == 0


@pytest.mark.parametrize("error", [RuntimeError, ValueError, OSError, TypeError, IndexError])
def test_one_bad_listing_does_not_hold_up_the_others(town, service, indexer, error):
    town.embedder.error = error
    before, bad, after = (town.publish(title) for title in ("Respite one", f"Respite {POISON}", "Respite two"))
    assert indexer.work(now) == 2
    assert sorted(found(service, "respite")) == [before, after]
    (row,) = outbox(town)
    assert (row.listing_id, row.attempts, row.parked) == (bad, 1, False)
    assert row.due_at > NOW
    assert row.last_error == f"{error.__name__}: the model cannot read this text"


def test_a_listing_that_fails_is_put_off_longer_each_time_and_parked_in_the_end(town, service, indexer):
    town.publish(f"Respite {POISON}")
    moment, delays = NOW, []
    for _ in range(MOST_ATTEMPTS):
        assert indexer.work(lambda at=moment: at) == 0
        (row,) = outbox(town)
        delays.append(row.due_at - moment)
        assert indexer.work(lambda at=row.due_at - timedelta(seconds=1): at) == 0
        moment = row.due_at
    assert delays == sorted(delays)
    assert waiting(town) == (0, 1)
    assert indexer.work(lambda: moment + timedelta(days=1)) == 0
    assert outbox(town)[0].attempts == MOST_ATTEMPTS


def test_what_failed_is_found_when_the_part_is_well_again(town, service, indexer):
    number = town.publish(f"Respite {POISON}")
    indexer.work(now)
    town.embedder.sick = False
    assert indexer.work(lambda: NOW + timedelta(minutes=1)) == 1
    assert found(service, "respite") == [number]


def test_a_worker_that_died_gives_its_rows_back_when_the_lease_ends(town, service, indexer):
    number = town.publish("Respite for carers")

    class DyingError(BaseException):
        pass

    town.embedder.error = DyingError
    town.publish(f"Another {POISON}")
    with pytest.raises(DyingError):
        indexer.work(now)
    town.embedder.sick = False
    assert indexer.work(now) == 0
    assert indexer.work(lambda: NOW + LEASE) == 2
    assert number in found(service, "respite for carers")


def test_an_older_worker_cannot_overwrite_what_is_newer(town, service, indexer):
    number = town.publish("Respite for carers")
    late = indexer.entries([number])
    town.revise(number, Content(title="Gardening for veterans"))
    indexer.work(now)
    service.engine.write(late)
    assert found(service, "gardening for veterans") == [number]
    assert found(service, "respite for carers") == []


def test_an_older_worker_cannot_bring_a_withdrawn_listing_back(town, service, indexer):
    number = town.publish("Respite for carers")
    late = indexer.entries([number])
    town.withdraw(number)
    indexer.work(now)
    service.engine.write(late)
    assert found(service, "respite for carers") == []


class Counting:
    """An engine that counts what is written to it."""

    def __init__(self, real: Engine) -> None:
        self._real = real
        self.written = self.rebuilt = 0

    def write(self, entries: list[Entry]) -> None:
        self.written += len(entries)
        self._real.write(entries)

    def rebuild(self, *given: object) -> None:
        self.rebuilt += 1
        self._real.rebuild(*given)

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


def counting(town: Town) -> Counting:
    return Counting(town.engine())


def test_after_a_restart_only_what_changed_is_written(town):
    town.publish("Respite for carers")
    town.indexer().catch_up()
    changed = town.publish("Gardening for veterans")
    engine = counting(town)
    assert town.indexer(engine).outdated() == [changed]
    assert town.indexer(engine).catch_up() == 1
    assert (engine.written, engine.rebuilt) == (1, 0)
    assert found(town.service(engine), "gardening for veterans") == [changed]


def test_what_is_hidden_already_is_not_written_again(town):
    engine = counting(town)
    indexer = town.indexer(engine)
    gone = town.publish("Respite for carers")
    indexer.catch_up()
    town.withdraw(gone)
    assert indexer.catch_up() == 1
    written = engine.written
    assert [indexer.catch_up() for _ in range(3)] == [0, 0, 0]
    assert engine.written == written
    assert indexer.outdated() == []


def test_catching_up_hides_what_was_withdrawn_while_nobody_worked(town):
    number = town.publish("Respite for carers")
    town.open()
    town.withdraw(number)
    service = town.open()
    assert found(service, "respite for carers") == []


def test_an_index_folder_that_was_deleted_is_made_anew_and_embeds_nothing(engine, tmp_path):
    town = with_two(Town(engine, tmp_path / "index"))
    number = town.publish("Respite for carers", outcomes=["Carers rest"])
    service = town.open()
    service.engine.flush()
    shutil.rmtree(town.folder)
    town.embedder.embedded.clear()
    engine = counting(town)
    assert town.indexer(engine).catch_up() == 3
    assert engine.rebuilt == 1
    assert found(town.service(engine), "respite for carers") == [number]
    assert town.embedder.embedded == ["respite for carers"]  # the query alone


def test_settling_ticks_off_what_it_made_true(town):
    number = town.publish("Respite for carers")
    assert waiting(town) == (3, 0)
    service = town.open()
    assert found(service, "respite for carers") == [number]
    assert waiting(town) == (0, 0)


def test_sentences_are_embedded_with_the_listing_so_that_no_page_waits(town, service, indexer):
    town.publish("Respite", summary="A break each week.", outcomes=["Carers rest"], description="Sitters come. We pay.")
    indexer.work(now)
    assert {"A break each week.", "Carers rest", "Sitters come.", "We pay."} <= set(town.embedder.embedded)


def test_the_same_text_is_embedded_once_whoever_says_it(town):
    for _ in range(3):
        town.publish("Respite", outcomes=["Carers rest"])
    town.indexer().catch_up()
    assert len(town.embedder.embedded) == len(set(town.embedder.embedded))


def test_progress_counts_every_listing(town):
    told: list[int] = []
    assert town.indexer().catch_up(told.append) == 2
    assert sum(told) == 2


def test_a_subject_has_what_sql_knows_beside_the_text(town):
    owner = town.organisation("Blue Door", org_id="GB-CHC-1104417", income=50_000, places=(LEEDS,))
    number = town.publish("Respite", organisation=owner, outcomes=["Carers rest"])
    with reading(town.database) as session:
        subject = subject_of(get_listing(session, number))
    assert (subject.kind, subject.open, subject.posted) == (Kind.INNOVATION, True, NOW.date())
    assert (subject.organisation, subject.org_id, subject.size_band) == ("Blue Door", "GB-CHC-1104417", "small")
    assert subject.content.outcomes == (Outcome(statement="Carers rest"),)


def test_a_tombstone_says_nothing_but_that_it_is_hidden():
    document = tombstone(7, 3)
    assert (document.id, document.revision, document.visible) == (7, 3, False)
    assert (document.texts, document.facets, document.passages) == ({}, {}, ())


def test_the_thread_works_until_it_is_told_to_stop(town, service):
    looked = threading.Event()
    worker = Worker(town.indexer(service.engine), pause=0.01, before=looked.set)
    number = town.publish("Respite for carers")
    worker.start()
    try:
        for _ in range(1_000):
            if not waiting(town)[0]:
                break
            looked.clear()
            looked.wait(1)
    finally:
        worker.stop()
    assert found(service, "respite for carers") == [number]
    assert worker.error is None


def test_the_thread_outlives_an_error_and_tells_it(town, service):
    looks = threading.Semaphore(0)

    def broken() -> None:
        looks.release()
        raise OSError("the disk is full")

    worker = Worker(town.indexer(service.engine), pause=0.001, before=broken)
    worker.start()
    try:
        assert all(looks.acquire(timeout=30) for _ in range(3))
    finally:
        worker.stop()
    assert worker.error == "OSError: the disk is full"
