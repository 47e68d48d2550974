"""The gap map's numbers: each equals what is counted by hand, from the listings themselves."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from exchange.content import Content, Kind, from_json
from exchange.database import reading, writing
from exchange.listing.listings import NewListing, close, post
from exchange.models import Listing, OrgKind, State
from exchange.models_introductions import Introduction
from exchange.moderating.moderation import approve
from exchange.organisation.organisations import OrganisationDetails, add_organisation
from exchange.people.accounts import operator
from exchange.place.places import load_gazetteer
from exchange.running.gap_map import (
    ENGLAND,
    NOT_STATED,
    UNITED_KINGDOM,
    Column,
    Picture,
    read_picture,
    regions_of,
)
from exchange.running.match_counts import Counted, Due, keep
from exchange.taxonomy import load_taxonomy, seed_taxonomy

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
LEEDS, LONDON, YORKSHIRE, CARDIFF = "E08000035", "E12000007", "E12000003", "W06000015"
PLACES = [LEEDS, LONDON, YORKSHIRE, CARDIFF, ENGLAND, "W92000004", UNITED_KINGDOM, "SET-GREAT-BRITAIN", "SET-NORTH"]
AREAS = ["dementia", "short-breaks", "adult-social-care", "domestic-abuse", "arts-and-sport", "gone-from-the-list"]


def picture(engine) -> Picture:
    with reading(engine) as session:
        return read_picture(session, load_taxonomy(session))


def publish(session, kind: Kind, content: Content, *, minutes: int = 0, open_now: bool = True) -> int:
    by, at = operator(session, "Test"), NOW + timedelta(minutes=minutes)
    number = approve(session, post(session, NewListing(kind=kind, content=content), by, at).id, by, "checked", at).id
    if not open_now:
        close(session, number, by, "past", at)
    return number


@pytest.fixture
def crowd(engine) -> dict[int, int | None]:
    """Publish sixty listings of random places and areas; give how many strong matches each was counted to have."""
    chance = random.Random(7)  # noqa: S311  a test's dice

    def some(values: list[str]) -> tuple[str, ...]:
        return tuple(chance.sample(values, chance.choice([0, 0, 1, 1, 2])))

    strong: dict[int, int | None] = {}
    with writing(engine) as session:
        seed_taxonomy(session, NOW)
        for number in range(60):
            kind = chance.choice(list(Kind))
            placed = (
                {"required_in": some(PLACES)}
                if kind is Kind.NEED
                else {"delivers_in": some(PLACES), "would_deliver_in": some(PLACES), "office_in": some(PLACES)}
            )
            content = Content(title=f"Listing {number}", areas=some(AREAS), **placed)
            made = publish(session, kind, content, minutes=number, open_now=chance.random() > 0.2)
            strong[made] = chance.choice([None, 0, 0, 3])
            if strong[made] is not None:
                keep(session, Due(made, 1), Counted(matches=5, strong=strong[made]), NOW)
    return strong


def regions_by_hand(codes: tuple[str, ...] | None) -> set[str]:
    """Look at each district that the places hold, one after the other."""
    gazetteer = load_gazetteer()
    here = {district for code in codes or () for district in gazetteer.get(code).districts}
    everywhere = set(gazetteer.district_codes)
    if here == everywhere:
        return {UNITED_KINGDOM}
    english = {district for district in everywhere if district.startswith("E")}
    rows = {ENGLAND} if english <= here else {gazetteer.region_of(one) for one in here & english}
    return rows | {gazetteer.region_of(one) for one in here - english}


def test_every_number_is_what_is_counted_by_hand(engine, crowd):
    by_region, by_area = Counter(), Counter()
    with reading(engine) as session:
        taxonomy = load_taxonomy(session)
        rows = session.execute(select(Listing.id, Listing.kind, Listing.data).where(Listing.state == State.PUBLISHED))
        for row in rows.all():
            said, need = from_json(row.data), row.kind == Kind.NEED
            now = regions_by_hand(said.required_in if need else said.delivers_in)
            would = regions_by_hand(said.would_deliver_in) - now
            tops = {
                (taxonomy.ancestors(code) or (taxonomy.get("area", code),))[-1].code
                for code in said.areas or ()
                if taxonomy.get("area", code)
            }
            lacking = [Column.UNMATCHED] * (crowd[row.id] == 0) if need else [Column.UNBOUGHT]
            lacking += [Column.NEITHER] * (not need and crowd[row.id] == 0)
            first = now or (set() if would else {NOT_STATED})
            by_region.update((Column.NEEDS if need else Column.NOW, region) for region in first)
            by_region.update((Column.WOULD, region) for region in would)
            by_region.update((column, region) for column in lacking for region in (now | would) or {NOT_STATED})
            by_area.update((Column.NEEDS if need else Column.NOW, area) for area in tops or {NOT_STATED})
            by_area.update((column, area) for column in lacking for area in tops or {NOT_STATED})
    found = picture(engine)
    assert found.by_region == by_region
    assert found.by_area == by_area
    assert len(by_region) > 20
    open_now = [one.id for one in found.listings]
    assert found.uncounted == sum(crowd[number] is None for number in open_now)
    assert open_now == sorted(open_now, reverse=True), "the newest first"


def test_a_list_of_gaps_is_as_long_as_the_number_in_the_table(engine, crowd):
    found = picture(engine)
    for kind, column in ((Kind.NEED, Column.UNMATCHED), (Kind.INNOVATION, Column.UNBOUGHT)):
        for (of, region), number in found.by_region.items():
            if of is column:
                assert len(found.gaps(kind, region=region)) == number
        for (of, area), number in found.by_area.items():
            if of is column:
                assert len(found.gaps(kind, area=area)) == number
        both = [one for one in found.gaps(kind, LONDON) if "adult-social-care" in one.topics]
        assert list(found.gaps(kind, LONDON, "adult-social-care")) == both
    assert all(crowd[one.id] == 0 for one in found.gaps(Kind.NEED))


@pytest.mark.parametrize(
    ("codes", "regions"),
    [
        ((LEEDS,), {YORKSHIRE}),
        ((LEEDS, LONDON), {YORKSHIRE, LONDON}),
        ((ENGLAND, LEEDS), {ENGLAND}),
        (("SET-ENGLAND-AND-WALES",), {ENGLAND, "W92000004"}),
        ((UNITED_KINGDOM, LEEDS), {UNITED_KINGDOM}),
        ((ENGLAND, "W92000004", "S92000003", "N92000002"), {UNITED_KINGDOM}),
        (("E12000001", "E12000002"), {"E12000001", "E12000002"}),
        (("nowhere",), set()),
        ((), set()),
    ],
)
def test_the_whole_of_a_country_is_a_row_of_its_own(codes, regions):
    assert regions_of(codes) == regions


def test_an_innovation_has_a_buyer_once_both_sides_agreed_whatever_came_then(engine, crowd):
    before = picture(engine).gaps(Kind.INNOVATION)
    one, other = before[0].id, before[1].id
    with writing(engine) as session:
        for number, commissioner, innovator in ((one, NOW, NOW), (other, NOW, None)):
            session.add(introduction(session, number, commissioner, innovator))
    assert [gap.id for gap in before if gap.id not in {g.id for g in picture(engine).gaps(Kind.INNOVATION)}] == [one]
    with writing(engine) as session:
        for row in session.scalars(select(Introduction)):
            row.state, row.ended_at = "closed", NOW
    assert one not in {gap.id for gap in picture(engine).gaps(Kind.INNOVATION)}


def introduction(session, innovation: int, commissioner: datetime | None, innovator: datetime | None) -> Introduction:
    sides = [
        add_organisation(session, OrganisationDetails(name=f"Side {n} of {innovation}", kind=OrgKind.THIRD_SECTOR)).id
        for n in range(2)
    ]
    return Introduction(
        way="asked",
        opened_by="commissioner",
        state="talking",
        innovation_id=innovation,
        commissioner_organisation_id=sides[0],
        innovator_organisation_id=sides[1],
        text="Hello.",
        created_at=NOW,
        changed_at=NOW,
        commissioner_agreed_at=commissioner,
        innovator_agreed_at=innovator,
    )


def test_an_empty_exchange_has_an_empty_picture(engine):
    found = picture(engine)
    assert (found.listings, found.first_counted, found.uncounted) == ((), None, 0)
