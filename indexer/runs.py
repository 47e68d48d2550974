"""A run: a corpus in a throwaway index, asked queries as the site would, 100 deep; knows no grade and no measure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Engine as Database

from exchange.content import Gender, Kind
from exchange.errors import InputError
from exchange.imports.import_lines import BadRow, Row
from exchange.imports.import_map import Mapped, map_lines
from exchange.imports.import_places import MapContext, PlaceKind, place_codes
from exchange.organisation.organisations import size_band
from exchange.passages import Listed
from exchange.taxonomy import Taxonomy
from exchange.vectors import text_hash
from indexer.document import Document, DocumentBuilder, Subject
from indexer.embedder import Embedder
from indexer.engine import Engine, Entry, Plan
from indexer.judgements import JudgedQuery, lines_of
from indexer.passages import PassageStore
from indexer.results import Facet, Query
from indexer.search import Finder
from indexer.second_look import SecondLook
from indexer.vectors import embed_texts

DEPTH = 100
"""Documents a query in the run file."""

Progress = Callable[[str, int, int], None]
"""Called with the name of a stage, what is done of it and its total."""

_PLACES: dict[str, PlaceKind] = {"region": "region", "nps_region": "nps_region"}
_SEXES = {"female": Gender.WOMEN, "women": Gender.WOMEN, "male": Gender.MEN, "men": Gender.MEN}


class Constraints(StrEnum):
    """What search is told of a query's constraints.

    `text`: the typed text alone, constraints read in it. `given`: the query's filters set as a person would set them
    on the page, as well. `none`: no constraint is read and no filter set.
    """

    TEXT = "text"
    GIVEN = "given"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """What an evaluation works with; `finder` makes the site's own search, with its settings, over an engine.

    `database` holds the shared cache of vectors and nothing else is read from it.
    """

    database: Database
    embedder: Embedder
    context: MapContext
    taxonomy: Taxonomy
    finder: Callable[[Engine], Finder]
    engine: Callable[[], AbstractContextManager[Engine]]
    """Opens an empty index that is thrown away at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """The rows of a corpus that can be used, as an import understands them, and those that cannot.

    Each row has its kind; those of `closed` are found only by who asks for closed ones.
    """

    kinds: tuple[Kind, ...]
    ids: tuple[str, ...]
    mapped: tuple[Mapped, ...]
    bad_rows: tuple[BadRow, ...] = ()
    closed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one query finds: documents best first, at most 100, and how many results a person would see."""

    query: str
    documents: tuple[str, ...]
    seen: int


def read_corpus(path: Path, kind: Kind, context: MapContext) -> Corpus:
    """Map a corpus as an import would; rows that cannot be used are set aside with line and reason.

    Raises:
        InputError: the file cannot be read or holds no row that can be used.
    """
    rows: list[tuple[Row, Mapped]] = []
    bad_rows: list[BadRow] = []
    for entry in map_lines(lines_of(path, "corpus"), kind, context):
        if isinstance(entry, BadRow):
            bad_rows.append(entry)
        else:
            rows.append(entry)
    if not rows:
        first = f" Line {bad_rows[0].line}: {bad_rows[0].reason}" if bad_rows else ""
        raise InputError(f"The corpus {path.name} holds no row that can be used.{first}", field="corpus")
    ids, mapped = tuple(row.id for row, _ in rows), tuple(meaning for _, meaning in rows)
    return Corpus(kinds=(kind,) * len(ids), ids=ids, mapped=mapped, bad_rows=tuple(bad_rows))


class CorpusShelf:
    """What the second look needs of a corpus; the tokens of a document are read when it is first among the results.

    A site reads them when a listing is indexed. Of a corpus few documents are ever looked at, and those of thousands
    would take many times as long as the evaluation; they are kept for the next one.
    """

    def __init__(self, subjects: Sequence[Subject], documents: Sequence[Document], workbench: Workbench) -> None:
        self.store = PassageStore(workbench.database)
        self._workbench = workbench
        self._passages = {document.id: document.passages for document in documents}
        self._stated = {subject.id: (subject.content.areas or (), subject.content.groups or ()) for subject in subjects}
        self._read: set[int] = set()

    def listed(self, ids: Sequence[int]) -> dict[int, Listed]:
        """Give the passages of documents, read by the model."""
        fresh = [number for number in ids if number not in self._read]
        self.store.read(self._workbench.embedder, [text for number in fresh for text in self._passages[number]])
        self._read.update(fresh)
        return {number: self._one(number) for number in ids}

    def taxonomy(self) -> Taxonomy:
        """Give the areas and groups of the workbench."""
        return self._workbench.taxonomy

    def _one(self, number: int) -> Listed:
        areas, groups = self._stated[number]
        return Listed(hashes=tuple(map(text_hash, self._passages[number])), areas=areas, groups=groups)


def index_corpus(corpus: Corpus, workbench: Workbench, engine: Engine, progress: Progress) -> CorpusShelf:
    """Index a corpus as the site would hold it if every row were imported, approved today and open.

    The document numbered n has the id `corpus.ids[n - 1]`.
    """
    builder = DocumentBuilder(workbench.taxonomy, workbench.context.gazetteer)
    today = datetime.now(UTC).date()
    subjects = [_subject(n, corpus, today) for n in range(1, len(corpus.ids) + 1)]
    documents = [builder.build(subject) for subject in subjects]
    engine.rebuild(_entries(documents, workbench, progress))
    return CorpusShelf(subjects, documents, workbench)


def finder_of(workbench: Workbench, engine: Engine, shelf: CorpusShelf) -> Finder:
    """Give the site's search over an index that was made of a corpus."""
    finder = workbench.finder(engine)
    return replace(finder, second=SecondLook(shelf.store, shelf)) if finder.second else finder


def ask(finder: Finder, corpus: Corpus, query_id: str, query: Query) -> Answer:
    """Ask one query; those below the candidate rule follow the ones that qualify, which alone are counted as seen."""
    ranked = finder.ranked(query, change=_to_the_bottom)
    numbers = ranked.found.ids[ranked.rows[:DEPTH]].tolist()
    documents = tuple(corpus.ids[number - 1] for number in numbers)
    return Answer(query=query_id, documents=documents, seen=ranked.found.total)


def query_of(judged: JudgedQuery, kind: Kind, constraints: Constraints, context: MapContext) -> Query:
    """Turn a judged query into what the search form would send; `kind` is asked where the query states none."""
    filters = stated_filters(judged.filters, context)[0] if constraints == Constraints.GIVEN else {}
    return Query(
        text=judged.text, kind=judged.kind or kind, filters=filters, read_constraints=constraints != Constraints.NONE
    )


def stated_filters(
    filters: Mapping[str, Any], context: MapContext
) -> tuple[dict[Facet, tuple[str, ...]], tuple[str, ...]]:
    """Turn `metadata.filters` into facets that a person can set, and name what cannot be turned."""
    found: dict[Facet, tuple[str, ...]] = {}
    unknown: list[str] = []
    for name, value in filters.items():
        text = value.strip() if isinstance(value, str) else ""
        codes = place_codes(text, _PLACES[name], context) if name in _PLACES else ()
        gender = _SEXES.get(text.casefold()) if name == "sex" else None
        if codes:
            found[Facet.PLACE] = found.get(Facet.PLACE, ()) + codes
        elif gender:
            found[Facet.GROUP] = (gender.value,)
        elif (name, text.casefold()) != ("sex", "any"):
            unknown.append(f"{name} {value!r}")
    return found, tuple(unknown)


def write_run(path: Path, answers: Iterable[Answer], tag: str) -> None:
    """Write `qid Q0 docid rank score tag` lines.

    The score is counted down from the depth: tiers stand before scores, so only a score that follows the rank makes
    a reader who sorts by score (trec_eval does, and breaks ties by id) see the order that a person sees.

    Raises:
        InputError: the file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for answer in answers:
                for rank, document in enumerate(answer.documents, start=1):
                    file.write(f"{answer.query} Q0 {document} {rank} {DEPTH + 1 - rank} {tag}\n")
    except OSError as error:
        raise InputError(f"The run file {path} cannot be written ({error.strerror}); name another.") from error


def read_run(path: Path) -> dict[str, tuple[str, ...]]:
    """Read a run file: the documents of each query in the order of their ranks.

    Raises:
        InputError: the file is missing or a line is no line of a run; the sentence names it.
    """
    ranked: dict[str, list[tuple[int, str]]] = {}
    for number, line in enumerate(lines_of(path, "run"), start=1):
        parts = line.split()
        if len(parts) != 6 or not (parts[3].isascii() and parts[3].isdecimal()):
            raise InputError(f"The run file {path}, line {number}: give query, Q0, document, rank, score and tag.")
        ranked.setdefault(parts[0], []).append((int(parts[3]), parts[2]))
    return {query: tuple(document for _, document in sorted(found)) for query, found in ranked.items()}


def check_run_out(path: Path, ids: Iterable[str]) -> None:
    """Refuse a run file that could not be written or read back, before the long work.

    Raises:
        InputError: the path is a folder, its folder is not there, or an id has a space (the first is named).
    """
    if path.is_dir() or not path.parent.is_dir():
        raise InputError(f"The run file {path} cannot be written; name a file in a folder that is there.")
    spaced = next((found for found in ids if len(found.split()) != 1), None)
    if spaced is not None:
        raise InputError(f"The _id {spaced!r} has a space, which a run file cannot hold; leave out the run file.")


def _subject(number: int, corpus: Corpus, today: date) -> Subject:
    mapped = corpus.mapped[number - 1]
    organisation = mapped.organisation
    return Subject(
        id=number,
        revision=1,
        kind=corpus.kinds[number - 1],
        content=mapped.content,
        open=corpus.ids[number - 1] not in corpus.closed,
        posted=today,
        organisation=organisation.name if organisation else None,
        org_id=organisation.org_id if organisation else None,
        size_band=size_band(organisation.income) if organisation else None,
    )


def _entries(documents: Sequence[Document], workbench: Workbench, progress: Progress) -> Iterable[Entry]:
    texts = [passage for document in documents for passage in document.passages]
    done = 0

    def ready(count: int) -> None:
        nonlocal done
        done += count
        progress("Embedding passages", min(done, len(texts)), len(texts))

    vectors = embed_texts(workbench.database, workbench.embedder, texts, ready)
    start = 0
    for document in documents:
        end = start + len(document.passages)
        yield Entry(document=document, vectors=vectors[start:end])
        start = end


def _to_the_bottom(plan: Plan) -> Plan:
    return replace(plan, everything=True, count_facets=False, depth=10 * DEPTH)
