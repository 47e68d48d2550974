"""The tables of steps: every part is asked once, and what a form shows is what it reads back."""

from dataclasses import fields, replace
from datetime import date
from functools import cache

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.content import (
    Basis,
    Content,
    Evidence,
    EvidenceKind,
    FullValue,
    Gender,
    Kind,
    Outcome,
    Stage,
    Tier,
    ValueCell,
    edition,
    faults,
    stated,
)
from exchange.errors import InputError, NotFoundError
from exchange.listing.completeness import lacks
from exchange.listing.evidence_marks import naming
from exchange.place.places import load_gazetteer
from exchange.taxonomy import AREA, GROUP, Entry, Taxonomy
from web.cards import Words
from web.forms import Form
from web.posting.posting_fields import Desk
from web.posting.posting_tables import QUICK, STEP_NAMES, step_after, step_named, step_with, steps_of
from web.routes import routes

IMPORTED = {"grant_received", "office_in"}
"""What only open data states."""
OF_NEEDS = {"method", "start_on", "closes_on", "reply_by", "price_weight", "quality_weight", "required_in"}
OF_INNOVATIONS = {"stage", "full_value", "evidence", "delivers_in", "would_deliver_in"}


@cache
def words() -> Words:
    def entry(scheme: str, code: str) -> Entry:
        return Entry(
            scheme=scheme, code=code, label=code.title(), parent=None, definition="", synonyms=(), differs_from=()
        )

    entries = [entry(AREA, "dementia"), entry(AREA, "meals"), entry(GROUP, "carers"), entry(GROUP, "parents")]
    return Words(Taxonomy(1, {(one.scheme, one.code): one for one in entries}), load_gazetteer())


def codes(*known: str):
    return st.lists(st.sampled_from([*known, "of a former version"]), unique=True).map(tuple)


def some(what):
    return st.none() | what


def rows(what):
    return st.lists(what, max_size=5, unique=True).map(tuple)


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), min_size=1, max_size=40)
DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
NUMBERS = st.integers(0, 10**11)
PLACES = st.lists(st.sampled_from(sorted(load_gazetteer()._places)), max_size=4, unique=True).map(tuple)
ITEMS = st.builds(Evidence, text=TEXT, kind=st.sampled_from(EvidenceKind), link=some(st.just("https://x.example/a")))
CONTENTS = st.builds(
    Content,
    title=TEXT,
    summary=some(TEXT),
    description=some(TEXT),
    method=some(TEXT),
    areas=codes("dementia", "meals"),
    groups=codes("carers", "parents"),
    age_min=some(NUMBERS),
    age_max=some(NUMBERS),
    gender=some(st.sampled_from(Gender)),
    outcomes=rows(st.builds(Outcome, statement=TEXT, measure=some(TEXT), for_whom=some(TEXT))),
    stage=some(st.sampled_from(Stage)),
    tiers=rows(st.sampled_from(Tier)),
    money_min=some(NUMBERS),
    money_max=some(NUMBERS),
    money_basis=some(st.sampled_from(Basis)),
    term_months=some(NUMBERS),
    start_on=some(DAYS),
    closes_on=some(DAYS),
    reply_by=some(DAYS),
    price_weight=some(NUMBERS),
    quality_weight=some(NUMBERS),
    full_value=st.dictionaries(
        st.sampled_from(ValueCell), st.builds(FullValue, statement=TEXT, beneficiary=some(TEXT), evidence=st.none())
    ),
    open_to_partners=some(st.booleans()),
    evidence=rows(ITEMS),
    delivers_in=PLACES,
    would_deliver_in=PLACES,
    required_in=PLACES,
)


@given(CONTENTS, st.sampled_from(Kind), st.data())
def test_a_step_that_is_opened_and_sent_back_says_what_it_said(content, kind, data):
    content = stated(content)
    whole = all(one.statement for one in content.outcomes or ()) and all(one.text for one in content.evidence or ())
    if not (content.title and whole and all(cell.statement for cell in (content.full_value or {}).values())):
        return
    for cell, value in list((content.full_value or {}).items()):
        at = data.draw(st.none() | st.integers(0, len(content.evidence) - 1)) if content.evidence else None
        content = replace(content, full_value={**content.full_value, cell: replace(value, evidence=at)})
    desk = Desk(content, words())
    for step in steps_of(kind):
        form = step.shown(desk)
        read = step.read(form, desk)
        assert not form.problems
        assert read.seen == edition(content, *step.parts)
        again = replace(content, **read.values)
        named = read.named if "full_value" in step.parts else None
        assert (naming(stated(again), named) if named is not None else stated(again)) == content


@pytest.mark.parametrize("kind", Kind)
def test_every_part_of_a_listing_is_asked_in_one_step_so_that_saves_of_two_steps_merge(kind):
    asked = [part for step in steps_of(kind) for part in step.parts]
    assert len(asked) == len(set(asked))
    others = OF_INNOVATIONS if kind is Kind.NEED else OF_NEEDS
    assert set(asked) == {field.name for field in fields(Content)} - IMPORTED - others


@pytest.mark.parametrize("kind", Kind)
def test_the_first_page_asks_only_what_a_step_asks_too(kind):
    asked = {part for step in steps_of(kind) for part in step.parts}
    assert set(QUICK[kind].parts) <= asked


@pytest.mark.parametrize("kind", Kind)
def test_the_first_page_is_read_as_it_is_filled_in(kind):
    desk = Desk(Content(title=""), words())
    form = QUICK[kind].shown(desk)
    place = "required_in" if kind is Kind.NEED else "delivers_in"
    form.values |= {"title": ["Sitters"], "outcome": [" Rest "], "groups": ["carers"], "age_min": ["18"]}
    form.values |= {place: ["Leeds, Kent"]}
    read = QUICK[kind].read(form, desk)
    assert not form.problems
    made = stated(replace(desk.content, **read.values))
    assert (made.title, made.outcomes, made.groups, made.age_min) == (
        "Sitters",
        (Outcome(statement="Rest"),),
        ("carers",),
        18,
    )
    assert [words().gazetteer.label(code) for code in getattr(made, place)] == ["Leeds", "Kent"]


@pytest.mark.parametrize("kind", Kind)
def test_whatever_a_listing_lacks_is_mended_in_a_step_and_at_a_control_of_it(kind):
    wrong = Content(
        title="",
        summary="so " * 61,
        age_min=9,
        age_max=1,
        money_min=9,
        money_max=1,
        term_months=900,
        closes_on=date(2027, 5, 2),
        reply_by=date(2027, 5, 1),
        price_weight=1,
    )
    found = [*faults(wrong, kind), *lacks(Content(title=""), kind, date(2027, 1, 1))]
    for lack in found:
        step = step_with(kind, lack.field)
        owned = lack.field in step.parts
        assert owned or (kind is Kind.INNOVATION and lack.field in OF_NEEDS)
        form = step.shown(Desk(wrong, words(), rows=1))
        step.note(form, [lack])
        assert not owned or form.problems[0].field in form.values | {"reply_by": [], "closes_on": []}


def test_a_problem_of_another_step_is_not_noted():
    step, form = step_named(Kind.NEED, "weights"), Form()
    step.note(form, [InputError("The title.", field="title"), InputError("In all.")])
    assert form.problems == []


def test_the_steps_follow_one_another_to_the_end():
    for kind in Kind:
        steps = steps_of(kind)
        assert [step_after(kind, step) for step in steps] == [*steps[1:], None]


def test_a_step_that_a_kind_does_not_have_is_not_there():
    with pytest.raises(NotFoundError, match="no such step"):
        step_named(Kind.NEED, "evidence")


def test_no_step_has_the_address_of_something_else():
    paths = [route.path for route in routes()]
    assert all(paths.count(f"/my/listings/{{id}}/{name}") == 1 for name in STEP_NAMES)


@given(CONTENTS, st.sampled_from(["title", "term_months", "stage"]))
def test_the_mark_of_a_step_changes_with_its_own_parts_and_no_other(content, part):
    changed = replace(content, **{part: {"title": "!", "term_months": 7, "stage": Stage.PILOT}[part]})
    for step in steps_of(Kind.INNOVATION):
        same = msgspec.to_builtins(stated(changed)) == msgspec.to_builtins(stated(content))
        assert (step.mark(changed) == step.mark(content)) is (part not in step.parts or same)


def test_a_step_is_begun_when_anything_in_it_is_stated():
    describe, value = (step_named(Kind.INNOVATION, name) for name in ("describe", "value"))
    assert not describe.begun(Content(title=""))
    assert describe.begun(Content(title="Sitters"))
    assert not value.begun(Content(title="Sitters"))
    assert value.begun(Content(title="", full_value={ValueCell.USERS_OUTCOMES: FullValue(statement="Rest")}))
