"""A listing as a document: passages of whole sentences, facets, places, and a hash that any change changes."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.content import Basis, Content, Evidence, EvidenceKind, FullValue, Gender, Kind, Outcome, Stage, Tier
from exchange.content import ValueCell as Cell
from exchange.place.places import load_gazetteer
from exchange.taxonomy import Entry as Term
from exchange.taxonomy import Taxonomy
from indexer.document import (
    PASSAGE_CHARACTERS,
    PASSAGE_WORDS,
    DocumentBuilder,
    Field,
    Subject,
    money_bands,
    pack,
    passages_of,
    texts_of,
    yearly,
)
from indexer.results import Facet

LEEDS, BRADFORD, CAMDEN, GLASGOW = "E08000035", "E08000032", "E09000007", "S12000049"
YORKSHIRE, LONDON, SCOTLAND = "E12000003", "E12000007", "S92000003"


def term(code: str, parent: str | None = None, scheme: str = "area") -> Term:
    return Term(scheme=scheme, code=code, label=code, parent=parent, definition=code, synonyms=(), differs_from=())


TERMS = [term("care"), term("home", "care"), term("night", "home"), term("carers", None, "group")]
TERMS.append(term("young-carers", "carers", "group"))
TAXONOMY = Taxonomy(1, MappingProxyType({(entry.scheme, entry.code): entry for entry in TERMS}))
BUILDER = DocumentBuilder(TAXONOMY, load_gazetteer())

FULL = Content(
    title="Night sitters",
    summary="Trained sitters so that carers sleep.",
    description="Sitters come at ten. They leave at six.",
    areas=("night",),
    groups=("young-carers",),
    age_min=18,
    age_max=90,
    gender=Gender.ANY,
    outcomes=(Outcome(statement="Carers sleep", measure="hours a night", for_whom="carers"),),
    stage=Stage.RUNNING,
    tiers=(Tier.GRANT, Tier.CONTRACT),
    money_min=5_000,
    money_max=20_000,
    money_basis=Basis.YEAR,
    open_to_partners=True,
    evidence=(Evidence(text="Thirty carers asked", kind=EvidenceKind.BEFORE_AFTER),),
    full_value={Cell.OTHERS_OUTCOMES: FullValue(statement="Families rest too")},
    delivers_in=(LEEDS,),
    would_deliver_in=(LONDON,),
    office_in=(GLASGOW,),
)
SUBJECT = Subject(
    id=7,
    revision=3,
    kind=Kind.INNOVATION,
    content=FULL,
    posted=date(2026, 1, 2),
    organisation_id=4,
    organisation="Owl Care",
    org_id="GB-CHC-1",
    size_band="small",
)

sentence = st.lists(st.text(alphabet="abc", min_size=1, max_size=12), min_size=1, max_size=60).map(" ".join)


@given(st.lists(sentence, max_size=40))
def test_packing_loses_no_word_and_keeps_their_order(pieces):
    assert " ".join(pack(pieces)).split() == " ".join(pieces).split()


@given(st.lists(sentence, max_size=40))
def test_every_passage_is_within_the_models_reach(pieces):
    for passage in pack(pieces):
        assert len(passage.split()) <= PASSAGE_WORDS
        assert len(passage) <= PASSAGE_CHARACTERS


@given(st.lists(sentence, max_size=40))
def test_a_sentence_that_fits_is_never_split(pieces):
    passages = [f" {passage} " for passage in pack(pieces)]
    assert all(any(f" {piece} " in passage for passage in passages) for piece in pieces)


def test_short_sentences_share_a_passage_and_a_full_one_starts_the_next():
    half = " ".join(["word"] * (PASSAGE_WORDS // 2))
    assert pack(["One.", "Two."]) == ("One. Two.",)
    assert pack([half, half, "More."]) == (f"{half} {half}", "More.")
    assert pack([]) == ()


def test_a_sentence_longer_than_a_passage_is_split_at_spaces():
    long = " ".join(f"word{number}" for number in range(400))
    passages = pack(["Before.", long, "After."])
    assert " ".join(passages) == f"Before. {long} After."
    assert len(passages) >= 3


def test_a_word_longer_than_a_passage_is_cut_and_not_lost():
    monster = "x" * (3 * PASSAGE_CHARACTERS + 5)
    passages = pack(["Short.", monster, "End."])
    assert max(map(len, passages)) <= PASSAGE_CHARACTERS
    assert "".join("".join(passages).split()) == f"Short.{monster}End."


def test_the_title_and_the_summary_are_a_passage_and_the_rest_follows_in_reading_order():
    assert passages_of(FULL) == (
        "Night sitters. Trained sitters so that carers sleep.",
        "Carers sleep Sitters come at ten. They leave at six. Families rest too",
    )


def test_without_a_summary_the_title_leads_the_rest():
    assert passages_of(Content(title="Owls", description="They hunt. They sleep.")) == ("Owls. They hunt. They sleep.",)


def test_a_title_that_begins_the_text_is_not_said_twice():
    assert passages_of(Content(title="Owls hunt", description="Owls hunt at night.")) == ("Owls hunt at night.",)


def test_a_listing_of_a_title_alone_has_one_passage():
    assert passages_of(Content(title="Night sitters.")) == ("Night sitters.",)


def test_each_text_is_searched_in_its_field():
    assert texts_of(FULL, "Owl Care") == {
        Field.TITLE: "Night sitters",
        Field.SUMMARY: "Trained sitters so that carers sleep.",
        Field.BODY: "Sitters come at ten. They leave at six.\nFamilies rest too\nThirty carers asked",
        Field.OUTCOMES: "Carers sleep hours a night carers",
        Field.ORGANISATION: "Owl Care",
    }


def test_a_field_without_text_is_left_out():
    assert texts_of(Content(title="Night sitters"), None) == {Field.TITLE: "Night sitters"}


@pytest.mark.parametrize(
    ("low", "high", "bands"),
    [
        (None, None, ()),
        (0, 0, ("under-10k",)),
        (None, 9_999, ("under-10k",)),
        (9_999, 10_000, ("under-10k", "10k-50k")),
        (10_000, 10_000, ("10k-50k",)),
        (None, 50_000, ("50k-250k",)),
        (5_000, None, ("under-10k",)),
        (5_000, 300_000, ("under-10k", "10k-50k", "50k-250k", "250k-1m")),
        (999_999, 1_000_000, ("250k-1m", "over-1m")),
        (2_000_000, None, ("over-1m",)),
        (0, 5_000_000, ("under-10k", "10k-50k", "50k-250k", "250k-1m", "over-1m")),
    ],
)
def test_a_sum_touches_its_bands(low, high, bands):
    assert money_bands(Content(title="x", money_min=low, money_max=high)) == bands


@pytest.mark.parametrize(
    ("basis", "term_months", "a_year"),
    [
        (Basis.YEAR, 36, 36_000),
        (Basis.TOTAL, 36, 12_000),
        (Basis.TOTAL, 6, 36_000),
        (Basis.TOTAL, None, 36_000),
        (None, None, 36_000),
    ],
)
def test_a_sum_is_turned_into_a_year(basis, term_months, a_year):
    assert yearly(Content(title="x", money_basis=basis, term_months=term_months), 36_000) == a_year


def test_facets_hold_what_is_stated_with_all_that_stands_above_it():
    facets = BUILDER.build(SUBJECT).facets
    assert facets[Facet.KIND] == ("innovation",)
    assert facets[Facet.AREA] == ("night", "home", "care")
    assert facets[Facet.GROUP] == ("young-carers", "carers", "women", "men")
    assert facets[Facet.PLACE] == (YORKSHIRE, LONDON)
    assert facets[Facet.TIER] == ("grant", "contract")
    assert facets[Facet.MONEY] == ("under-10k", "10k-50k")
    assert (facets[Facet.STAGE], facets[Facet.SIZE]) == (("running",), ("small",))
    assert (facets[Facet.EVIDENCE], facets[Facet.PARTNERS]) == (("2",), ("yes",))


def test_what_is_not_stated_is_no_value_of_any_facet():
    facets = BUILDER.build(Subject(id=1, revision=1, kind=Kind.NEED, content=Content(title="x"))).facets
    assert {facet: values for facet, values in facets.items() if values} == {Facet.KIND: ("need",)}
    assert set(facets) == set(Facet)


def test_an_area_that_the_taxonomy_no_longer_has_stands_for_itself():
    content = replace(FULL, areas=("gone", "home"))
    assert BUILDER.build(replace(SUBJECT, content=content)).facets[Facet.AREA] == ("gone", "home", "care")


def test_no_to_partners_is_a_value_and_not_silence():
    content = replace(FULL, open_to_partners=False)
    assert BUILDER.build(replace(SUBJECT, content=content)).facets[Facet.PARTNERS] == ("no",)


def test_places_are_districts_and_an_office_counts_as_a_region_only_where_nothing_else_is_stated():
    document = BUILDER.build(SUBJECT)
    assert document.places.now == {LEEDS}
    assert CAMDEN in document.places.would
    assert document.places.office == {GLASGOW}
    based = replace(FULL, delivers_in=None, would_deliver_in=None)
    assert BUILDER.build(replace(SUBJECT, content=based)).facets[Facet.PLACE] == (SCOTLAND,)


def test_a_need_is_required_where_an_innovation_delivers():
    content = Content(title="x", required_in=(YORKSHIRE, "nowhere"))
    places = BUILDER.build(Subject(id=1, revision=1, kind=Kind.NEED, content=content)).places
    assert {LEEDS, BRADFORD} <= places.now
    assert (places.would, places.office) == (frozenset(), frozenset())


def test_the_same_subject_has_the_same_hash():
    assert BUILDER.build(SUBJECT) == BUILDER.build(replace(SUBJECT))
    assert len(BUILDER.build(SUBJECT).content_hash) == 16


CHANGES = [
    {"title": "Night sitter"},
    {"summary": None},
    {"description": "Sitters come at nine."},
    {"areas": ("home",)},
    {"groups": None},
    {"age_min": 17},
    {"age_max": None},
    {"gender": None},
    {"outcomes": (Outcome(statement="Carers sleep", measure="nights"),)},
    {"stage": Stage.PILOT},
    {"tiers": (Tier.GRANT,)},
    {"money_max": 60_000},
    {"closes_on": date(2026, 2, 3)},
    {"open_to_partners": None},
    {"evidence": None},
    {"full_value": None},
    {"delivers_in": (BRADFORD,)},
    {"would_deliver_in": None},
    {"office_in": None},
]


@pytest.mark.parametrize("change", CHANGES, ids=[next(iter(change)) for change in CHANGES])
def test_any_change_of_the_content_changes_the_hash(change):
    changed = replace(SUBJECT, content=replace(FULL, **change))
    assert BUILDER.build(changed).content_hash != BUILDER.build(SUBJECT).content_hash


@pytest.mark.parametrize(
    "change",
    [
        {"id": 8},
        {"kind": Kind.NEED},
        {"open": False},
        {"visible": False},
        {"posted": None},
        {"organisation": "Owls"},
        {"org_id": None},
        {"size_band": "large"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_any_change_of_what_stands_beside_it_changes_the_hash(change):
    assert BUILDER.build(replace(SUBJECT, **change)).content_hash != BUILDER.build(SUBJECT).content_hash


def test_a_change_of_the_taxonomy_above_an_area_changes_the_hash():
    flat = DocumentBuilder(Taxonomy(), load_gazetteer())
    assert flat.build(SUBJECT).content_hash != BUILDER.build(SUBJECT).content_hash


SCRIPT = """
from exchange.content import Content, Kind
from exchange.place.places import load_gazetteer
from exchange.taxonomy import Taxonomy
from indexer.document import DocumentBuilder, Subject
content = Content(title="x", required_in=("E12000003",), areas=("b", "a"))
print(DocumentBuilder(Taxonomy(), load_gazetteer()).build(
    Subject(id=1, revision=1, kind=Kind.NEED, content=content)).content_hash.hex())
"""


def test_the_hash_is_the_same_in_every_process():
    runs = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1] != ""
