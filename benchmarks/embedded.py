"""`python -m benchmarks.embedded`: speed and memory of the embedded engine at several sizes; measures, asserts nothing.

The listings are a real corpus and copies of it with altered words; see `copies`. The vectors of the real texts are kept
in the data folder, so that only the first run embeds all of them.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.table import Table
from sqlalchemy import Engine as Database

from benchmarks.figures import MEGABYTE, Spread, folder_size, machine
from benchmarks.indexing import Rate, Watched, index_rate
from benchmarks.searching import SiteFigures, query_times, search_times, site_figures
from benchmarks.store import Store, embed_originals, grow, import_into, open_store
from benchmarks.texts import DATA, Material, material
from exchange.database import open_database
from exchange.schema import migrate
from exchange.settings import load_settings
from indexer.embedder import Embedder, ModelEmbedder
from indexer.engine_embedded import EmbeddedEngine
from indexer.sync import Indexer
from web.commands.output import OUT, bar, say, warn
from web.opening import open_embedder

SIZES = (10_000, 100_000)
QUICK = (10_000,)
FOLDER = "benchmark"


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeFigures:
    """What was measured at one size; bytes and seconds, spreads in milliseconds."""

    listings: int
    search: Spread
    query: Spread
    site: SiteFigures
    rebuild: float
    embedded: int
    index_bytes: int
    database_bytes: int


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    asked = _arguments(arguments)
    start = time.perf_counter()
    for line in machine():
        say(line)
    texts = material(asked.data)
    if texts.notice:
        say(texts.notice)
    settings = load_settings()
    home = settings.data_dir / FOLDER
    home.mkdir(parents=True, exist_ok=True)
    embedder = open_embedder(settings)
    if not isinstance(embedder, ModelEmbedder):
        raise SystemExit("A double is no model to measure; leave EXCHANGE_MODEL empty or name a real one.")
    cache = open_database(f"sqlite:///{home / 'vectors.db'}")
    migrate(cache)
    with TemporaryDirectory(dir=home) as name:
        folder = Path(name)
        warn("Indexing fresh texts, and the same texts with the bare model ...")
        rate = index_rate(texts.lines, embedder, folder / "slice", settings.postcodes_dir)
        store = open_store(folder / "site", settings.postcodes_dir)
        _fill(store, texts, asked.listings, cache, embedder)
        found = [_measured(store, size, texts, embedder) for size in sorted(asked.listings)]
        store.database.dispose()
    cache.dispose()
    OUT.print(size_table(found))
    OUT.print(rate_table(rate))
    say(f"Measured in {(time.perf_counter() - start) / 60:.1f} minutes.")


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.embedded", description=__doc__)
    parser.add_argument("--listings", type=int, nargs="+", default=SIZES, help="sizes to measure at")
    parser.add_argument("--data", type=Path, default=DATA, help="a corpus with queries.jsonl beside it")
    parser.add_argument("--quick", dest="listings", action="store_const", const=QUICK, help="10,000 listings only")
    return parser.parse_args(arguments)


def _fill(store: Store, texts: Material, sizes: Sequence[int], cache: Database, embedder: Embedder) -> None:
    """Import the real rows, as many as the smallest size takes, with their vectors."""
    warn("Importing ...")
    import_into(store, texts.lines[: min(sizes)])
    with bar("Vectors of the real texts", 0) as progress:
        embed_originals(store, cache, embedder, progress)


def _measured(store: Store, size: int, texts: Material, embedder: Embedder) -> SizeFigures:
    with bar(f"Copies up to {size:,}", size - store.held) as progress:
        grow(store, size, embedder, progress)
    watched = Watched(embedder)
    with bar(f"Index of {size:,}", size) as progress:
        seconds = _rebuild(store, watched, progress)
    warn(f"Searching {size:,} ...")
    return SizeFigures(
        listings=size,
        search=search_times(store.settings, embedder, store.context, texts.queries),
        query=query_times(embedder, texts.queries),
        site=site_figures(store.settings, texts.queries),
        rebuild=seconds,
        embedded=watched.texts,
        index_bytes=folder_size(store.settings.index_dir),
        database_bytes=sum(file.stat().st_size for file in store.settings.data_dir.glob("exchange.db*")),
    )


def _rebuild(store: Store, embedder: Embedder, progress: Callable[[int], None]) -> float:
    """Index everything, its vectors being known, and tick off the outbox, so that a site starts as on any day."""
    engine = EmbeddedEngine(store.settings.index_dir, embedder.name, embedder.dimension)
    indexer = Indexer(database=store.database, engine=engine, embedder=embedder)
    start = time.perf_counter()
    indexer.rebuild(progress)
    seconds = time.perf_counter() - start
    indexer.settle()
    return seconds


def size_table(found: Sequence[SizeFigures]) -> Table:
    """Lay out the figures by size."""
    table = Table(title="Embedded engine")
    table.add_column("")
    rows: dict[str, Callable[[SizeFigures], str]] = {
        "search without embedding, p50 / p95, ms": lambda one: str(one.search),
        "query embedding, p50 / p95, ms": lambda one: str(one.query),
        "HTTP search page, p50 / p95, ms": lambda one: str(one.site.pages),
        "memory of the serving process, MB": _memory_words,
        "process start to first page, s": lambda one: f"{one.site.start:.1f}",
        "rebuild, all vectors known, listings/s": lambda one: f"{one.listings / one.rebuild:,.0f}",
        "texts embedded in that rebuild": lambda one: f"{one.embedded:,}",
        "index on disk, MB": lambda one: f"{one.index_bytes / MEGABYTE:,.0f}",
        "database with vectors on disk, MB": lambda one: f"{one.database_bytes / MEGABYTE:,.0f}",
    }
    for one in found:
        table.add_column(f"{one.listings:,} listings", justify="right")
    for label, figure in rows.items():
        table.add_row(label, *(figure(one) for one in found))
    return table


def _memory_words(one: SizeFigures) -> str:
    memory = one.site.memory
    if memory is None:
        return "not known here"
    return f"{memory.resident / MEGABYTE:,.0f} (peak {memory.peak / MEGABYTE:,.0f})"


def rate_table(rate: Rate) -> Table:
    """Lay out the rates of indexing and of the bare model."""
    table = Table(title=f"Indexing {rate.listings:,} listings, {rate.texts:,} fresh texts")
    for name in ("", "listings/s", "texts/s", "of the bare model"):
        table.add_column(name, justify="right" if name else "left")
    for label, seconds, part in (
        ("indexing (read, embed, write)", rate.seconds, f"{rate.ratio:.0%}"),
        ("of it, the model's time", rate.model_seconds, f"{rate.model_share:.0%} of the time"),
        ("bare model, same texts", rate.bare_seconds, "100%"),
    ):
        table.add_row(label, f"{rate.listings / seconds:,.0f}", f"{rate.texts / seconds:,.0f}", part)
    if not rate.texts_alike:
        table.caption = "The two did not embed the same number of texts."
    return table


if __name__ == "__main__":
    main()
