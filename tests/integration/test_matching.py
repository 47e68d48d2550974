"""Match over real databases and engines: both directions, who is left out and why, and a stable order."""

import shutil

import pytest
from engine_factories import FACTORIES
from published import BRADFORD, CAMDEN, LEEDS, NOW, Town
from sqlalchemy import select

from exchange.content import Basis, Content, Gender, Kind, Tier
from exchange.database import open_database, reading, writing
from exchange.errors import NotFoundError
from exchange.listing.listings import listings_by_ids, visible_listing
from exchange.models import Listing, State
from exchange.taxonomy import seed_taxonomy
from fixtures.loader import SOURCE, load_fixtures
from indexer.explain import SMALLEST_SHARE
from indexer.matching import DEEPEST_PAIRS, SEVERAL, Matcher
from indexer.scoring import PARTS
from indexer.sides import side_of
from indexer.sync import subject_of

RESPITE = "Respite for carers of people with dementia"


@pytest.fixture
def town(engine, tmp_path, open_index) -> Town:
    return Town(engine, tmp_path / "index", open_index=open_index)


@pytest.fixture(scope="module", params=sorted(FACTORIES))
def packaged(request, template_database, tmp_path_factory):
    """Give the packaged fixtures with search over them, for reading only."""
    folder = tmp_path_factory.mktemp("packaged")
    shutil.copyfile(template_database, folder / "exchange.db")
    database = open_database(f"sqlite:///{folder / 'exchange.db'}")
    with writing(database) as session:
        seed_taxonomy(session, NOW)
    load_fixtures(database, NOW)
    with FACTORIES[request.param](folder) as open_index:
        yield Town(database, folder, open_index=open_index).open()
    database.dispose()


def matcher(service) -> Matcher:
    return Matcher(database=service.database, embedder=service.embedder, finder=service.finder)


def numbers(service, kind: Kind, state: State = State.PUBLISHED) -> list[int]:
    asked = select(Listing.id).where(Listing.kind == kind, Listing.state == state, Listing.source == SOURCE)
    with reading(service.database) as session:
        return list(session.scalars(asked.order_by(Listing.id)))


@pytest.mark.parametrize("kind", list(Kind))
def test_every_tenth_listing_is_matched_with_open_ones_of_the_other_side(packaged, kind):
    other = set(numbers(packaged, kind.other))
    matched = 0
    for number in numbers(packaged, kind)[::10]:
        found = packaged.match(number, 1_000)
        assert {one.id for one in found.matches} <= other
        assert len(found.matches) == found.total
        scores = [one.score for one in found.matches]
        assert scores == sorted(scores, reverse=True)
        assert all(0.0 <= score <= 1.0 for score in scores)
        matched += bool(found.matches)
    assert matched


@pytest.mark.parametrize("kind", list(Kind))
def test_candidates_are_only_open_and_of_the_other_kind_and_not_too_many(packaged, kind):
    match = matcher(packaged)
    for number in numbers(packaged, kind)[::15]:
        with reading(packaged.database) as session:
            asker = side_of(subject_of(visible_listing(session, number)), match.builder(session))
            candidates = match.candidates(asker)
            rows = listings_by_ids(session, candidates).values()
            assert {(row.side, row.state) for row in rows} <= {(kind.other, State.PUBLISHED)}
        assert len(candidates) == len(set(candidates)) <= DEEPEST_PAIRS
        assert number not in candidates


def test_every_match_says_its_parts_and_reasons_that_weigh_enough(packaged):
    found = [one for number in numbers(packaged, Kind.NEED)[::10] for one in packaged.match(number, 10).matches]
    assert found
    for one in found:
        assert set(one.parts) == set(PARTS)
        assert all(0.0 <= value <= 1.0 for value in one.parts.values())
        assert all(SMALLEST_SHARE <= reason.share <= 1.0 for reason in one.reasons)
        assert sum(reason.share for reason in one.reasons) <= 1.0 + 1e-6


def test_the_limit_cuts_the_list_and_not_the_count(packaged):
    number = next(n for n in numbers(packaged, Kind.NEED) if packaged.match(n, 5).total > 2)
    short, long = packaged.match(number, 2), packaged.match(number, 50)
    assert [one.id for one in short.matches] == [one.id for one in long.matches][:2]
    assert (short.total, short.cannot) == (long.total, long.cannot)


def test_closed_and_concluded_listings_are_neither_matched_nor_found_as_matches(packaged):
    closed = [n for kind in Kind for state in (State.CLOSED, State.CONCLUDED) for n in numbers(packaged, kind, state)]
    assert closed
    for number in closed:
        found = packaged.match(number, 10)
        assert (found.matches, found.total) == ((), 0)
        assert found.notices


def test_a_need_that_closed_since_it_was_indexed_is_no_match(town):
    idea = town.publish(RESPITE)
    kept, closed = town.need(RESPITE), town.need(RESPITE)
    service = town.open()
    assert {one.id for one in service.match(idea, 10).matches} == {kept, closed}
    town.close(closed)
    assert [one.id for one in service.match(idea, 10).matches] == [kept]


def test_a_match_works_in_both_directions_and_finds_the_near_one_first(town):
    need = town.need("Respite for carers", outcomes=["Carers of people with dementia rest"])
    near = town.publish("Thursday sitters", outcomes=["Carers rest"], summary="Respite for carers.")
    town.publish("Carers choir", summary="Carers sing.")
    service = town.open()
    assert service.match(need, 10).matches[0].id == near
    assert service.match(near, 10).matches[0].id == need


YEAR = Basis.YEAR
NEED = {
    "tiers": (Tier.CONTRACT,),
    "money_max": 10_000,
    "money_basis": YEAR,
    "age_min": 18,
    "gender": Gender.WOMEN,
    "required_in": (LEEDS,),
}
EXCLUDED = {
    "no way of funding in common": {"tiers": (Tier.GRANT,)},
    "cost more than the budget": {"money_min": 20_000, "money_basis": YEAR},
    "for other ages": {"age_max": 17},
    "for the other sex": {"gender": Gender.MEN},
    "would not deliver there": {"would_deliver_in": (BRADFORD,)},
}


def test_what_cannot_match_is_counted_by_its_reason_and_not_shown(town):
    council = town.organisation("Council")
    need = town.need(RESPITE, organisation=council, **NEED)
    for stated in EXCLUDED.values():
        town.publish(RESPITE, **stated)
    town.publish(RESPITE, **EXCLUDED["for other ages"])
    town.publish(RESPITE, organisation=council)
    silent = town.publish(RESPITE)
    found = town.open().match(need, 10)
    assert [one.id for one in found.matches] == [silent]
    assert found.total == 1
    assert found.cannot == dict.fromkeys(EXCLUDED, 1) | {"for other ages": 2, "posted by the same organisation": 1}


def test_the_closest_that_one_reason_alone_keeps_apart_are_named(town):
    council = town.organisation("Council")
    need = town.need(RESPITE, organisation=council, **NEED)
    town.publish(RESPITE, organisation=council)
    far = town.publish("Carers choir", **EXCLUDED["for other ages"])
    twice = town.publish(RESPITE, **EXCLUDED["for other ages"], **EXCLUDED["for the other sex"])
    close = [town.publish(RESPITE, **stated) for stated in EXCLUDED.values()]
    found = town.open().match(need, 10)
    assert (found.matches, found.cannot["for other ages"]) == ((), 2)
    assert {one.id: one.reason for one in found.near_misses} == dict(zip(close, EXCLUDED, strict=True))
    scores = [one.score for one in found.near_misses]
    assert scores == sorted(scores, reverse=True)
    assert not {far, twice} & set(found.ids)
    assert found.cannot[SEVERAL] == 1


def test_two_listings_without_an_organisation_are_not_of_the_same_one(town):
    need, idea = town.need(RESPITE), town.publish(RESPITE)
    assert [one.id for one in town.open().match(need, 10).matches] == [idea]


def test_a_listing_that_reaches_the_place_stands_above_one_elsewhere(town):
    need = town.need(RESPITE, required_in=(LEEDS,))
    far, near, would = (
        town.publish(RESPITE, delivers_in=(CAMDEN,)),
        town.publish(RESPITE, delivers_in=(LEEDS,)),
        town.publish(RESPITE, delivers_in=(CAMDEN,), would_deliver_in=(LEEDS,)),
    )
    assert [one.id for one in town.open().match(need, 10).matches] == [near, would, far]


def test_a_place_named_in_the_text_neither_hides_nor_orders(town):
    need = town.need("Respite for carers in Leeds")
    idea = town.publish("Respite for carers", delivers_in=(CAMDEN,))
    assert [one.id for one in town.open().match(need, 10).matches] == [idea]


def test_one_common_word_does_not_make_a_candidate(town):
    need = town.need("Respite for carers of people with dementia at night")
    town.publish("People who sail boats on the sea each summer", summary="Sailing, rowing and swimming.")
    found = town.open().match(need, 10)
    assert (found.matches, found.total, found.cannot) == ((), 0, {})


def test_equals_stand_in_one_order_that_is_not_the_order_of_arrival(town):
    need = town.need(RESPITE)
    same = [town.publish(RESPITE) for _ in range(12)]
    order = [one.id for one in town.open().match(need, 50).matches]
    assert sorted(order) == same
    assert order not in (same, same[::-1])
    assert [one.id for one in town.open().match(need, 50).matches] == order


@pytest.mark.parametrize("number", [0, -1, 999, 10**30])
def test_a_listing_that_is_not_there_is_not_found(town, number):
    town.need(RESPITE)
    with pytest.raises(NotFoundError):
        town.open().match(number, 10)


def test_a_listing_that_may_not_be_seen_is_not_found(town):
    waiting, gone = town.submit(RESPITE, Kind.NEED), town.need(RESPITE)
    town.withdraw(gone)
    service = town.open()
    for number in (waiting, gone):
        with pytest.raises(NotFoundError):
            service.match(number, 10)


def test_a_revision_that_waits_does_not_change_the_match(town):
    need, idea = town.need(RESPITE), town.publish(RESPITE)
    service = town.open()
    before = service.match(need, 10)
    town.revise(idea, Content(title="Boats"), approved=False)
    assert service.match(need, 10) == before


def test_a_second_match_embeds_nothing(town):
    need = town.need(RESPITE, outcomes=["Carers rest"], summary="A break every week.")
    town.publish(RESPITE, description="Sitters come. Carers rest.")
    service = town.open()
    first = service.match(need, 10)
    town.embedder.embedded.clear()
    assert service.match(need, 10) == first
    assert town.embedder.embedded == []


def test_the_searches_of_a_match_find_their_texts_embedded(town, monkeypatch):
    need = town.need("Other services", summary="Night services, except meals.")
    match, runs, encode = matcher(town.open()), [], type(town.embedder).encode

    def counted(double, texts, progress=None):
        runs.append(len(texts))
        return encode(double, texts, progress)

    monkeypatch.setattr(type(town.embedder), "encode", counted)
    with reading(town.database) as session:
        match.candidates(side_of(subject_of(visible_listing(session, need)), match.builder(session)))
    assert runs == [1]


def test_an_exchange_with_one_side_only_has_no_matches(town):
    need = town.need(RESPITE)
    found = town.open().match(need, 10)
    assert (found.matches, found.total, found.cannot) == ((), 0, {})
