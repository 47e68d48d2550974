"""The pure parts of `make faults`: words that only one listing has, a ledger that tells who is at what, a verdict."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))  # the benchmarks are not installed with the product

from benchmarks.faults import servers
from benchmarks.faults.chance import chance
from benchmarks.faults.clients import WITHOUT_ENGINE, _address
from benchmarks.faults.ledger import Item, Ledger, unique_word
from benchmarks.faults.people import ACTS, _newer_areas
from benchmarks.faults.verdict import Verdict
from exchange.content import Kind
from exchange.database import writing
from exchange.listing.states import STEPS
from exchange.models import State
from exchange.taxonomy import load_taxonomy, seed_taxonomy
from indexer.analysis import terms
from indexer.fallback import BROWSING, BY_WORDS, MATCHES

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def item(number=7, state=State.PUBLISHED) -> Item:
    return Item(number, Kind.NEED, unique_word(number), state)


def test_every_listing_has_a_word_of_its_own_that_no_stemmer_cuts():
    words = [unique_word(number) for number in range(5_000)]
    assert len(set(words)) == 5_000
    assert all(terms(word) == [word] for word in words)


def test_the_same_seed_gives_everybody_the_same_chance_and_each_their_own():
    assert chance(7, "one").random() == chance(7, "one").random() != chance(7, "two").random()
    assert chance(7, "one").random() != chance(8, "one").random()


def test_a_listing_at_which_somebody_is_is_not_told():
    ledger, one = Ledger(), item()
    ledger.add(one)
    assert ledger.of(State.PUBLISHED) == [one]
    with ledger.at(one):
        assert (ledger.of(State.PUBLISHED), ledger.all()) == ([], [one])
        one.state = State.WITHDRAWN
    assert (ledger.of(State.PUBLISHED), ledger.of(State.WITHDRAWN), one.turn) == ([], [one], 2)


def test_a_word_is_given_once():
    ledger = Ledger()
    assert len({ledger.word() for _ in range(100)}) == 100


def test_people_do_only_what_the_state_allows():
    allowed = {state: {step.name.lower() for start, step in STEPS if start is state} for state in ACTS}
    names = {state: {act.__name__ for act, _ in acts} for state, acts in ACTS.items()}
    beside = {"edit": "revise"}
    for state, acts in names.items():
        assert {beside.get(act, act) for act in acts} <= allowed[state], state


def test_the_areas_of_a_run_are_newer_than_those_that_stand(engine):
    with writing(engine) as session:
        seed_taxonomy(session, NOON)
        before = load_taxonomy(session).version
        assert seed_taxonomy(session, NOON, _newer_areas(session))
        assert load_taxonomy(session).version == before + 1
        assert json.loads(_newer_areas(session))["version"] == before + 2


def test_a_verdict_tells_its_figures_and_fails_with_the_first_failure(capsys):
    verdict = Verdict()
    verdict.count("checks", 1_200)
    verdict.count("kills")
    verdict.remark("The outbox was empty.")
    assert verdict.report("Faults", ("kills", "restarts"))
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(maxsplit=1) for line in lines[2:6]] == [
        ["1", "kills"],
        ["0", "restarts"],
        ["1,200", "checks"],
        ["0", "failures"],
    ]
    assert lines[6] == "The outbox was empty."
    verdict.fail("Listing 7 was found.")
    assert not verdict.report("Faults", ())
    assert "FAILED: Listing 7 was found." in capsys.readouterr().out


def test_an_error_that_ends_a_thread_is_a_failure():
    verdict = Verdict()
    verdict.thread("The checker", lambda: 1 // 0).join()
    (failure,) = verdict.failures
    assert failure.startswith("The checker ended with an error: ")
    assert "ZeroDivisionError" in failure


def test_pages_of_the_fallback_are_known_by_their_banners():
    for banner in (BY_WORDS, BROWSING, MATCHES):
        assert any(text in f"<p>{banner}</p>" for text in WITHOUT_ENGINE)


@pytest.mark.parametrize("one", [None, item()])
def test_clients_ask_for_pages_of_every_kind(one):
    found = {_address(Random(number), one).split("?")[0] for number in range(200)}  # noqa: S311
    assert found >= {"/", "/search", "/newest", "/browse/areas"}
    assert ("/listings/7/matches" in found) == (one is not None)


def test_without_the_real_server_there_is_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(servers, "CLUSTERS", tmp_path)
    with pytest.raises(SystemExit, match=r"needs the real Elasticsearch .* \.\./shared/elasticsearch"):
        servers.elasticsearch("faults").__enter__()
