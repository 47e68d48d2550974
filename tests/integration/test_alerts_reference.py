"""What alerts fire is what a plain scan of all listings gives, once each, whatever is published, changed and saved."""

import shutil
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from alert_model import EMBEDDER, GAZETTEER, TOWNS, UNKNOWN, WORDS, Census, Search, census_of, excluded, verdict
from engine_factories import EMBEDDED, FACTORIES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from published import NOW, Town
from watching import Watch

from exchange.alerting import alerts, checks
from exchange.content import Content, Gender, Kind, Outcome, Tier
from exchange.database import open_database, reading, writing
from exchange.listing.listings import get_listing
from exchange.models import Listing, State
from exchange.taxonomy import load_taxonomy, seed_taxonomy
from indexer.analysis import terms
from indexer.document import DocumentBuilder
from indexer.engine import Entry
from indexer.sync import subject_of
from indexer.thesaurus import packaged

EXAMPLES = {EMBEDDED: 80}
FEWER = 25
"""Where each example makes an index on a server."""

AREAS = ["adult-social-care", "excluded-young-people"]
FOUND = {State.PUBLISHED, State.CLOSED}


def maybe(values):
    return st.none() | st.sampled_from(list(values))


sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)
some_tiers = st.none() | st.sets(st.sampled_from([Tier.GRANT, Tier.CONTRACT]), min_size=1).map(tuple)


@st.composite
def contents(draw, kind: Kind) -> Content:
    places = maybe([(code,) for code in TOWNS.values()])
    where = ["required_in"] if kind is Kind.NEED else ["delivers_in", "would_deliver_in"]
    return Content(
        title=" ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=2))),
        summary=draw(st.none() | sentences),
        description=draw(st.none() | sentences),
        outcomes=draw(st.none() | st.lists(sentences, min_size=1, max_size=2, unique=True).map(_outcomes)),
        areas=draw(maybe([(area,) for area in AREAS])),
        gender=draw(maybe([Gender.WOMEN, Gender.MEN])),
        tiers=draw(some_tiers),
        closes_on=draw(maybe([NOW.date() - timedelta(days=1), NOW.date(), None])) if kind is Kind.NEED else None,
        **{name: draw(places) for name in where},
    )


def _outcomes(statements: list[str]) -> tuple[Outcome, ...]:
    return tuple(Outcome(statement=statement) for statement in statements)


searches = st.builds(
    Search,
    words=st.lists(st.sampled_from([*WORDS, *WORDS, UNKNOWN]), max_size=4).map(tuple),
    town=maybe(TOWNS),
    women=st.sampled_from([False, False, True]),
    kinds=st.sampled_from([(), (), (Kind.NEED,), (Kind.INNOVATION,), tuple(Kind)]),
    area=st.none() | maybe(AREAS),
    stated_area=st.sampled_from([False, False, True]),
    place=st.none() | maybe(TOWNS.values()),
    stated_place=st.sampled_from([False, False, True]),
    tier=st.none() | st.none() | maybe(["grant", "contract"]),
    closed=st.booleans(),
)
published = st.sampled_from(Kind).flatmap(lambda kind: st.tuples(st.just("publish"), st.just(kind), contents(kind)))
which = st.integers(0, 5)
steps = st.one_of(
    published,
    published,
    st.tuples(st.just("save"), searches),
    st.tuples(st.just("save"), searches),
    st.tuples(st.just("save matches"), which),
    st.tuples(st.just("revise"), which, contents(Kind.INNOVATION)),
    st.tuples(st.sampled_from(["close", "withdraw"]), which),
    st.tuples(st.sampled_from(["index", "settle", "test", "crash", "look", "look", "rebuild"])),
)


@dataclass
class Scan:
    """A town beside what ought to be fired in it: the index, the waiting checks and the searches as plain values."""

    watch: Watch
    listings: list[int] = field(default_factory=list)
    census: Census = field(default_factory=Census)
    indexed: dict[int, Entry] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)
    waiting: set[int] = field(default_factory=set)
    asked: dict[int, Search | int] = field(default_factory=dict)
    known: set[tuple[int, int]] = field(default_factory=set)
    fired: set[tuple[int, int]] = field(default_factory=set)
    doubtful: set[tuple[int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.ann = self.watch.person("Ann")
        with reading(self.watch.town.database) as session:
            self.builder = DocumentBuilder(load_taxonomy(session), GAZETTEER)

    # --- the town -------------------------------------------------------------------------------------------------

    def row(self, number: int) -> Listing:
        with reading(self.watch.town.database) as session:
            return get_listing(session, number)

    def entry(self, number: int) -> Entry | None:
        """Give a listing as it is now; None for one that may not be found."""
        row = self.row(number)
        if row.state not in FOUND:
            return None
        document = self.builder.build(subject_of(row))
        return Entry(document=document, vectors=EMBEDDER.encode(document.passages))

    def publish(self, kind: Kind, content: Content) -> None:
        stated = {name: value for name in content.__dataclass_fields__ if (value := getattr(content, name)) is not None}
        outcomes = [outcome.statement for outcome in content.outcomes or ()]
        number = self.watch.town.publish(kind=kind, **stated | ({"outcomes": outcomes} if outcomes else {}))
        with writing(self.watch.town.database) as session:
            session.get_one(Listing, number).by_id = self.ann.id
        self.listings.append(number)
        self.changed.add(number)

    def revise(self, at: int, content: Content) -> None:
        number = self.standing(at, State.PUBLISHED)
        if number is None:
            return
        if self.row(number).side is Kind.NEED:
            content = replace(content, delivers_in=None, would_deliver_in=None, required_in=content.delivers_in)
        self.watch.town.revise(number, content)
        self.changed.add(number)

    def end(self, how: str, at: int) -> None:
        number = self.standing(at, State.PUBLISHED)
        if number is not None:
            getattr(self.watch.town, how)(number)
            self.changed.add(number)

    def standing(self, at: int, state: State) -> int | None:
        number = self.listings[at % len(self.listings)] if self.listings else None
        return number if number is not None and self.row(number).state == state else None

    # --- the index ------------------------------------------------------------------------------------------------

    def index(self) -> None:
        self.watch.index()
        self._indexed()

    def settle(self) -> None:
        self.watch.indexer.settle()
        if not self.held and any(self.entry(number) for number in self.listings):
            self._counted()
        self._indexed()

    def _indexed(self) -> None:
        for number in self.changed:
            self._take(number)
        self.waiting |= {number for number in self.changed if self.row(number).state == State.PUBLISHED}
        self.changed.clear()

    def _take(self, number: int) -> None:
        self.held.add(number)
        entry = self.entry(number)
        self.indexed.pop(number, None)
        if entry is not None:
            self.indexed[number] = entry

    def rebuild(self) -> None:
        self.watch.indexer.rebuild()
        for number in self.listings:
            if number in self.held or self.entry(number) is not None:
                self._take(number)
        self._counted()

    def _counted(self) -> None:
        self.census = census_of(entry.document for number in self.listings if (entry := self.entry(number)))

    # --- searches -------------------------------------------------------------------------------------------------

    def save(self, search: Search) -> None:
        if search not in self.asked.values():
            question = search.question()
            if question not in [one.question() for one in self.asked.values() if isinstance(one, Search)]:
                self._saved(self.watch.save(self.ann, **question), search)

    def save_matches(self, at: int) -> None:
        number = self.standing(at, State.PUBLISHED)
        if number is not None and number not in self.asked.values():
            self._saved(self.watch.save(self.ann, number), number)

    def _saved(self, search_id: int, asked: Search | int) -> None:
        self.asked[search_id] = asked
        for number, entry in self.indexed.items():
            passes = self.passes(asked, number, entry)
            if passes is None:
                self.doubtful.add((search_id, number))
            elif passes:
                self.known.add((search_id, number))

    def passes(self, asked: Search | int, number: int, entry: Entry) -> bool | None:
        """Say whether a listing passes, as it is in the index; None where rounding decides."""
        if isinstance(asked, Search):
            return verdict(entry, [self.census.plan(asked)], self.census)
        asker = self.row(asked)
        if asker.state != State.PUBLISHED or excluded(asker.content, self.row(number).content, asker.side):
            return False
        return verdict(entry, self.census.match_plans(asker.side, asker.content), self.census)

    # --- alerts ---------------------------------------------------------------------------------------------------

    def test(self) -> None:
        self.watch.test()
        self._tested()

    def crash(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let the worker die as it notes its first alert or ticks off its first check; another one comes after it."""

        def dies(*_given: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(alerts, "fire", dies)
            patched.setattr(checks, "done", dies)
            if self.waiting:
                with pytest.raises(KeyboardInterrupt):
                    self.watch.worker.work()
        self.watch.worker = self.watch.start()
        self.watch.skip(self.watch.worker.lease)
        self.test()

    def _tested(self) -> None:
        for number in self.waiting:
            now = self.entry(number)
            if number in self.indexed and now is not None and self.row(number).state == State.PUBLISHED:
                for search_id, asked in self.asked.items():
                    self._tell((search_id, number), asked, now)
        self.waiting.clear()

    def _tell(self, pair: tuple[int, int], asked: Search | int, now: Entry) -> None:
        """Note an alert of what passes as it is in the index and as it is now, if that has changed since."""
        both = {self.passes(asked, pair[1], entry) for entry in (self.indexed[pair[1]], now)}
        if None in both and False not in both:
            self.doubtful.add(pair)
        elif both == {True} and pair not in self.known:
            self.fired.add(pair)

    def do(self, step: tuple, monkeypatch: pytest.MonkeyPatch) -> None:
        match step:
            case ("publish", kind, content):
                self.publish(kind, content)
            case ("save", search):
                self.save(search)
            case ("save matches", at):
                self.save_matches(at)
            case ("revise", at, content):
                self.revise(at, content)
            case ("close" | "withdraw" as how, at):
                self.end(how, at)
            case ("look",):
                self.index()
                self.test()
            case ("crash",):
                self.crash(monkeypatch)
            case (name,):
                getattr(self, name)()

    def check(self) -> None:
        """Compare what was fired with what ought to be."""
        found = self.watch.fired()
        judged = {pair: n for pair, n in found.items() if pair not in self.doubtful}
        assert judged == Counter(self.fired - self.doubtful)
        assert set(found.values()) <= {1}


def test_the_words_of_this_test_stand_for_themselves():
    every = [*WORDS, UNKNOWN]
    assert terms(" ".join(every)) == every
    assert packaged().meant(" ".join([*every, "women"])) == ()


@pytest.mark.parametrize("name", sorted(FACTORIES))
def test_the_alerts_fired_are_those_of_a_plain_scan_once_each(name, template_database, tmp_path, monkeypatch):
    numbers = iter(range(1_000_000))

    @settings(
        max_examples=EXAMPLES.get(name, FEWER),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(first=st.lists(published, max_size=3), then=st.lists(steps, min_size=4, max_size=14))
    def check(first, then):
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        shutil.copyfile(template_database, folder / "exchange.db")
        database = open_database(f"sqlite:///{folder / 'exchange.db'}")
        with writing(database) as session:
            seed_taxonomy(session, NOW)
        with FACTORIES[name](folder) as opener:
            scan = Scan(Watch(Town(database, folder / "index", open_index=opener)))
            for step in first:
                scan.do(step, monkeypatch)
            scan.settle()
            for step in [*then, ("look",), ("rebuild",), ("look",)]:
                scan.do(step, monkeypatch)
                scan.check()
        database.dispose()
        shutil.rmtree(folder)

    check()
