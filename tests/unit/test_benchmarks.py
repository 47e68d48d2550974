"""The pure parts of the benchmarks: copies that can be made again, figures that mean what they say."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))  # the benchmarks are not installed with the product

from benchmarks.alerts import AlertFigures, alert_table, questions
from benchmarks.copies import Altered, altered, embedded_texts, near, pairs, vocabulary
from benchmarks.embedded import SizeFigures, rate_table, size_table
from benchmarks.figures import Memory, Spread, folder_size, machine, memory_of, spread, times
from benchmarks.indexing import Rate, Watched
from benchmarks.searching import Remembered, SiteFigures
from benchmarks.texts import material
from exchange.content import Content
from indexer.embedder import HashEmbedder

CONTENT = Content(
    title="Grant to Kettlewell Carers",
    description="Respite breaks for unpaid carers in the Dales. Volunteers drive people home. It runs on Mondays.",
)
WORDS = vocabulary(["Boats moor along quiet canals", "Anglers mend their nets"])


def cells(table):
    return [list(column.cells) for column in table.columns]


def test_a_vocabulary_holds_each_longer_word_as_often_as_it_occurs():
    assert vocabulary(["Care and care for all", "A boat, boats"]) == ["care", "care", "boat", "boats"]


def test_the_same_number_gives_the_same_copy_and_another_number_another():
    assert altered(CONTENT, WORDS, 7) == altered(CONTENT, WORDS, 7)
    assert altered(CONTENT, WORDS, 7).content != altered(CONTENT, WORDS, 8).content


def test_a_copy_alters_words_of_title_and_text_and_keeps_the_rest_where_it_was():
    for number in range(50):
        copy = altered(CONTENT, WORDS, number).content
        assert copy.title != CONTENT.title
        assert copy.description != CONTENT.description
        before, after = CONTENT.description.split(), copy.description.split()
        assert len(before) == len(after)
        changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
        assert 1 <= len(changed) <= len(before) // 2
        assert all(new.strip(".").lower() in WORDS for _, new in changed)
        assert all(old[0].isupper() == new[0].isupper() for old, new in changed)


@pytest.mark.parametrize("words", [[], WORDS])
def test_a_text_without_longer_words_and_a_corpus_without_words_stay_as_they_are(words):
    short = Content(title="A to B", description=None)
    assert altered(short, words, 1).content == short
    assert altered(CONTENT, [], 1).content == CONTENT


def test_the_texts_of_a_listing_are_its_passages_and_then_its_sentences():
    texts = embedded_texts(CONTENT)
    assert texts[0].startswith("Grant to Kettlewell Carers. Respite breaks")
    assert texts[1:] == (CONTENT.title, *(f"{part}." for part in CONTENT.description.rstrip(".").split(". ")))


def test_each_new_text_is_paired_with_the_one_at_its_place_and_a_known_one_with_none():
    copy = Altered(CONTENT, ("new passage", "kept", "new", "one more"), ("old passage", "kept", "old"))
    assert pairs(copy) == [("new passage", "old passage"), ("new", "old"), ("one more", "old")]


def test_noisy_vectors_are_unit_vectors_near_the_real_ones_and_the_same_each_time():
    real = HashEmbedder(384).encode([f"text number {n}" for n in range(40)])
    moved = near(real, 3)
    cosines = (real * moved).sum(axis=1)
    assert np.allclose(np.linalg.norm(moved, axis=1), 1, atol=1e-5)
    assert moved.dtype == np.float32
    assert 0.9 < cosines.min() < cosines.max() < 0.98
    assert np.array_equal(moved, near(real, 3))
    assert not np.array_equal(moved, near(real, 4))


def test_a_spread_is_the_median_and_the_95th_percentile():
    found = spread([float(n) for n in range(101)])
    assert (found.p50, found.p95) == (50, 95)
    assert str(Spread(1.25, 10)) == "1.2 / 10.0"


def test_every_call_is_timed_in_every_round():
    called: list[int] = []
    found = times((lambda n=n: called.append(n) for n in range(3)), 2)
    assert called == [0, 1, 2, 0, 1, 2]
    assert len(found) == 6
    assert min(found) >= 0


def test_memory_is_read_in_bytes_and_a_missing_line_counts_as_none():
    status = "Name:\tpython\nVmHWM:\t    3000 kB\nVmRSS:\t    2000 kB\nThreads:\t4\nRssAnon:\t    1000 kB\n"
    assert memory_of(status) == Memory(2_048_000, 1_024_000, 3_072_000)
    assert memory_of("") == Memory(0, 0, 0)


def test_a_folder_counts_its_files_and_not_what_a_link_names(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "file").write_bytes(b"12345")
    (tmp_path / "other").symlink_to(tmp_path / "inner" / "file")
    assert folder_size(tmp_path) == 5


def test_the_machine_says_its_cores_its_versions_and_its_load():
    first, second, third = machine()
    assert "cores" in first
    assert "numpy" in second
    assert "Load" in third


def test_without_a_corpus_the_fixtures_stand_in_and_a_sentence_says_so(tmp_path):
    found = material(tmp_path / "none" / "corpus.jsonl")
    assert "is not there" in found.notice
    assert len(found.lines) >= 100
    assert len(found.queries) == 40
    assert {"_id", "title", "text"} == set(json.loads(found.lines[0]))


def test_a_corpus_is_read_with_the_queries_beside_it(tmp_path):
    (tmp_path / "corpus.jsonl").write_text('{"_id": "1", "title": "A"}\n')
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "boats"}\n\n')
    found = material(tmp_path / "corpus.jsonl")
    assert found.notice is None
    assert len(found.lines) == 1
    assert found.queries == ("boats",)


def test_the_watched_embedder_gives_the_real_vectors_and_counts_only_what_is_indexed():
    real = HashEmbedder(8)
    watched = Watched(real)
    assert np.array_equal(watched.encode(["boats", "nets"]), real.encode(["boats", "nets"]))
    assert np.array_equal(watched.encode_query(["quay"]), real.encode(["quay"]))
    assert (watched.name, watched.dimension, watched.texts) == ("hash-8", 8, 2)


def test_a_remembered_query_is_embedded_once():
    asked = []

    class Counting(HashEmbedder):
        def encode_query(self, texts):
            asked.append(texts)
            return super().encode_query(texts)

    known = Remembered(Counting(8))
    assert np.array_equal(known.encode_query(["boats"]), known.encode_query(["boats"]))
    assert len(asked) == 1


def test_indexing_is_told_as_a_part_of_the_bare_models_rate():
    rate = Rate(listings=10, texts=40, seconds=5.0, model_seconds=4.0, bare_seconds=4.5, texts_alike=True)
    assert (rate.ratio, rate.model_share) == (0.9, 0.8)
    assert cells(rate_table(rate))[1:] == [["2", "2", "2"], ["8", "10", "9"], ["90%", "80% of the time", "100%"]]
    assert rate_table(rate).caption is None


def test_a_table_has_a_column_for_each_size_and_says_when_memory_is_not_known():
    figures = [
        SizeFigures(
            listings=size,
            search=Spread(1, 2),
            query=Spread(3, 4),
            site=SiteFigures(start=1.5, pages=Spread(5, 6), memory=memory),
            rebuild=2.0,
            embedded=0,
            index_bytes=3_000_000,
            database_bytes=4_000_000,
        )
        for size, memory in ((10, Memory(1_000_000, 1, 2_000_000)), (20, None))
    ]
    labels, small, large = cells(size_table(figures))
    by_label = dict(zip(labels, zip(small, large, strict=True), strict=True))
    assert by_label["search without embedding, p50 / p95, ms"] == ("1.0 / 2.0", "1.0 / 2.0")
    assert by_label["memory of the serving process, MB"] == ("1 (peak 2)", "not known here")
    assert by_label["rebuild, all vectors known, listings/s"] == ("5", "10")


def test_saved_searches_are_of_all_kinds_and_the_same_every_time():
    made = list(questions([CONTENT], 200))
    assert made == list(questions([CONTENT], 200))
    assert sum("q" not in question for question in made) == 40
    assert sum(" in " in " ".join(question.get("q", [])) for question in made) >= 40
    assert all("place" in question for question in made if "q" not in question)
    assert {len(question) > 1 for question in made if "q" in question} == {True, False}


def test_the_table_of_alerts_tells_how_much_the_sieve_saves():
    two = Spread(2.0, 3.0)
    figures = AlertFigures(
        listings=10,
        searches=20,
        planning=1.0,
        renewing=0.1,
        publication=two,
        sieving=two,
        through=two,
        fired=two,
        alone=Spread(100.0, 120.0),
        missed=0,
    )
    rows = dict(zip(*cells(alert_table(figures)), strict=True))
    assert rows["ratio, p50"] == "50"
    assert rows["passed then and not noted"] == "0"
