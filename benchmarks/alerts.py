"""`python -m benchmarks.alerts`: how long a publication takes until all alerts of it are noted; asserts nothing.

The listings are those of the other benchmarks (`copies`). The saved searches are of many kinds: words of listings,
sentences of them, with and without places and filters, filters alone. Beside it stands what it takes to ask the engine
about saved searches one by one, and how many pass then.
"""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.table import Table
from sqlalchemy import insert, select

from benchmarks.copies import SEED, vocabulary
from benchmarks.figures import Spread, machine, spread, timed
from benchmarks.store import Store, embed_originals, grow, import_into, open_store
from benchmarks.texts import DATA, material
from exchange.alerting import checks
from exchange.alerting.saved_searches import Cadence
from exchange.content import Content
from exchange.database import open_database, reading, writing
from exchange.models import Account
from exchange.models_alerts import Alert, SavedSearch
from exchange.schema import migrate
from exchange.settings import load_settings
from exchange.taxonomy import load_taxonomy
from indexer.alert_sieve import Sieve
from indexer.alert_worker import AlertWorker
from indexer.alerts import Tested
from indexer.analysis import sentences
from indexer.embedder import Embedder
from indexer.engine_embedded import EmbeddedEngine
from indexer.search import Finder
from indexer.service import SearchService
from indexer.sync import Indexer
from web.alerting.watching import alert_worker
from web.commands.output import OUT, bar, say, warn
from web.opening import open_embedder

LISTINGS = SEARCHES = 10_000
PUBLICATIONS = 100
ALONE = 5
"""Publications for which the engine is asked about every saved search of a sample."""
SAMPLE = 1_000
FOLDER = "benchmark"
STRICT = 0.95
"""How many of those with filters leave out what is not stated: the corpus states little, and all would pass then."""
PLACES = "Leeds", "York", "Bristol", "Camden", "Manchester", "Cornwall", "Glasgow", "Cardiff"
AREAS = "adult-social-care", "excluded-young-people"
TIERS = "grant", "contract", "partnership"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFigures:
    """What was measured; seconds, spreads in milliseconds. `alone` is for all searches, reckoned from a sample."""

    listings: int
    searches: int
    planning: float
    renewing: float
    publication: Spread
    sieving: Spread
    through: Spread
    fired: Spread
    alone: Spread
    missed: int


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.alerts", description=__doc__)
    parser.add_argument("--listings", type=int, default=LISTINGS, help="how many listings")
    parser.add_argument("--searches", type=int, default=SEARCHES, help="how many saved searches")
    parser.add_argument("--data", type=Path, default=DATA, help="a corpus with queries.jsonl beside it")
    asked = parser.parse_args(arguments)
    for line in machine():
        say(line)
    texts = material(asked.data)
    if texts.notice:
        say(texts.notice)
    settings = load_settings()
    home = settings.data_dir / FOLDER
    home.mkdir(parents=True, exist_ok=True)
    embedder = open_embedder(settings)
    cache = open_database(f"sqlite:///{home / 'vectors.db'}")
    migrate(cache)
    with TemporaryDirectory(dir=home) as name:
        store = open_store(Path(name) / "site", settings.postcodes_dir)
        warn("Importing ...")
        import_into(store, texts.lines[: asked.listings])
        with bar("Vectors of the real texts", 0) as progress:
            embed_originals(store, cache, embedder, progress)
        with bar(f"Copies up to {asked.listings:,}", asked.listings - store.held) as progress:
            grow(store, asked.listings, embedder, progress)
        OUT.print(alert_table(measured(store, asked.searches, embedder)))
        store.database.dispose()
    cache.dispose()


def measured(store: Store, searches: int, embedder: Embedder) -> AlertFigures:
    """Index what a store holds, save searches, and publish again and again."""
    engine = EmbeddedEngine(store.settings.index_dir, embedder.name, embedder.dimension)
    indexer = Indexer(database=store.database, engine=engine, embedder=embedder)
    warn("Index ...")
    indexer.rebuild()
    save(store, searches)
    finder = Finder(
        engine=engine, embedder=embedder, gazetteer=store.context.gazetteer, postcodes=store.context.postcodes
    )
    service = SearchService(database=store.database, engine=engine, embedder=embedder, finder=finder)
    worker = alert_worker(service)
    warn(f"Planning {searches:,} saved searches ...")
    start = time.perf_counter()
    sieve = worker.sieve()
    planning = time.perf_counter() - start
    renewing = timed(lambda: Sieve(sieve.wanted, worker.plans.statistics)) / 1_000
    numbers = _published(store)
    warn("Publishing ...")
    publication = [timed(partial(_publish, store, worker, number)) for number in numbers]
    sieving, through = _sieved(worker, sieve, numbers)
    fired = _fired(store)
    alone, missed = _one_by_one(worker, sieve, numbers[:ALONE], fired)
    return AlertFigures(
        listings=store.held,
        searches=len(sieve.wanted),
        planning=planning,
        renewing=renewing,
        publication=spread(publication),
        sieving=spread(sieving),
        through=spread(through),
        fired=spread([float(len(fired.get(number, ()))) for number in numbers]),
        alone=spread(alone),
        missed=missed,
    )


def save(store: Store, count: int) -> None:
    """Save searches of one person, straight into the table: fifty are the most that a page takes."""
    now = datetime.now(UTC)
    with writing(store.database) as session:
        person = Account(name="Ann", email="ann@people.example", can_sign_in=True, created_at=now, confirmed_at=now)
        session.add(person)
        session.flush()
        row = {"account_id": person.id, "name": "", "cadence": Cadence.DAILY, "known": b"", "listing_id": None}
        asked = questions([one.content for one in store.originals], count)
        rows = [row | {"question": question, "created_at": now, "changed_at": now} for question in asked]
        session.execute(insert(SavedSearch), rows)


def questions(contents: Sequence[Content], count: int) -> Iterator[dict[str, list[str]]]:
    """Make questions as addresses have them, the same ones every time: one in five has filters and no words."""
    dice = random.Random(SEED)  # noqa: S311  repeatable, not secret
    words = vocabulary(f"{one.title} {one.description or ''}" for one in contents)
    for number in range(count):
        question: dict[str, list[str]] = {}
        if number % 5:
            question["q"] = [_text(dice, contents, words, number % 5)]
        if number % 5 == 0 or dice.random() < 0.4:
            question["area"] = [dice.choice(AREAS)]
            question["place"] = [dice.choice(PLACES)]
            question["tier"] = [dice.choice(TIERS)]
            if dice.random() < STRICT:
                question |= {f"unstated.{name}": ["hide"] for name in ("area", "place", "tier")}
        if dice.random() < 0.5:
            question["kind"] = [dice.choice(["innovation", "need"])]
        yield question


def _text(dice: random.Random, contents: Sequence[Content], words: Sequence[str], kind: int) -> str:
    if kind == 1:  # a sentence of a listing, as somebody describes what they look for
        told = sentences(dice.choice(contents).description or "") or [dice.choice(contents).title]
        return dice.choice(told)[:300]
    if kind == 2:  # words of one listing, with a place
        told = vocabulary([dice.choice(contents).title]) or [dice.choice(words)]
        return f"{' '.join(told[:3])} in {dice.choice(PLACES)}"
    return " ".join(dice.choice(words) for _ in range(dice.randint(1, 4)))


def _published(store: Store) -> list[int]:
    step = max(store.held // PUBLICATIONS, 1)
    return list(range(1, store.held + 1, step))[:PUBLICATIONS]


def _publish(store: Store, worker: AlertWorker, number: int) -> None:
    """Do what follows on the index having accepted a listing: its check is written, claimed, and done."""
    with writing(store.database) as session:
        checks.enqueue(session, [number], datetime.now(UTC))
    worker.work()


def _sieved(worker: AlertWorker, sieve: Sieve, numbers: Sequence[int]) -> tuple[list[float], list[float]]:
    """Time the sieve alone, and count what it lets through."""
    taken, through = [], []
    for number in numbers:
        entry = _tested(worker, number).entry
        start = time.perf_counter()
        found = sieve.through(entry)
        taken.append((time.perf_counter() - start) * 1_000)
        through.append(float(len(found)))
    return taken, through


def _tested(worker: AlertWorker, number: int) -> Tested:
    with reading(worker.membership.database) as session:
        found = worker.membership.tested(session, load_taxonomy(session), number)
    if found is None:
        raise RuntimeError(f"Listing {number} of the benchmark is not published.")
    return found


def _one_by_one(
    worker: AlertWorker, sieve: Sieve, numbers: Sequence[int], fired: dict[int, set[int]]
) -> tuple[list[float], int]:
    """Ask the engine about a sample of the saved searches; give the time for all, and what the sieve had lost."""
    sample = [(wanted, range(len(wanted.asks))) for wanted in sieve.wanted[:: max(len(sieve.wanted) // SAMPLE, 1)]]
    taken, missed = [], 0
    for number in numbers:
        tested = _tested(worker, number)
        start = time.perf_counter()
        passed = list(worker.membership.passed(tested, sample))
        taken.append((time.perf_counter() - start) * 1_000 * len(sieve.wanted) / len(sample))
        missed += sum(one.search_id not in fired.get(number, ()) for one in passed)
    return taken, missed


def _fired(store: Store) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    with reading(store.database) as session:
        for listing_id, search_id in session.execute(select(Alert.listing_id, Alert.search_id)):
            found.setdefault(listing_id, set()).add(search_id)
    return found


def alert_table(one: AlertFigures) -> Table:
    """Lay out the figures."""
    table = Table(title=f"Alerts: {one.searches:,} saved searches, {one.listings:,} listings")
    table.add_column("")
    table.add_column("", justify="right")
    rows = {
        "publication until all its alerts are noted, p50 / p95, ms": str(one.publication),
        "of it, the sieve, p50 / p95, ms": str(one.sieving),
        "saved searches that the sieve lets through, p50 / p95": str(one.through),
        "alerts noted, p50 / p95": str(one.fired),
        "the engine asked about every saved search, p50 / p95, ms": str(one.alone),
        "ratio, p50": f"{one.alone.p50 / one.publication.p50:.0f}",
        "passed then and not noted": f"{one.missed}",
        "planning all of them once a process, s": f"{one.planning:.1f}",
        "arranging them anew when one is saved, s": f"{one.renewing:.2f}",
    }
    for label, figure in rows.items():
        table.add_row(label, figure)
    return table


if __name__ == "__main__":
    main()
