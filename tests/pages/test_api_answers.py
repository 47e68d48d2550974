"""What the interface answers: everything that the pages show, under lasting names, and null for what is not stated."""

from datetime import timedelta

import pytest
from caller import Caller, key_for
from people import enrol
from real_site import BASE_URL
from seen import BRADFORD, LEEDS, NOW
from small_exchange import publish
from sqlalchemy import select

from exchange.content import Content, Kind
from exchange.database import reading, writing
from exchange.discussing import speaking
from exchange.discussing.speaking import Words
from exchange.models import Listing
from exchange.models_discussion import Comment
from exchange.models_introductions import Conclusion
from exchange.models_running import MissedSearch
from exchange.people.accounts import operator
from indexer.results import Sort, Suggestion


@pytest.fixture
def stage(opened):
    return opened[1]


# --- a listing --------------------------------------------------------------------------------------------------------


def test_a_listing_states_its_content_in_the_fields_own_terms(program, exchange):
    found = program.get(f"/listings/{exchange.sitters}")
    assert (found["kind"], found["state"], found["title"]) == ("innovation", "published", "Thursday Sitters")
    assert found["address"] == f"{BASE_URL}/listings/{exchange.sitters}"
    assert found["published_at"] == "2027-03-01T09:05:00Z"
    assert found["areas"][0] == {"code": "short-breaks", "name": "Short breaks"}
    assert found["delivers_in"] == [{"code": LEEDS, "name": "Leeds"}]
    assert [place["code"] for place in found["would_deliver_in"]] == [LEEDS, BRADFORD]
    assert (found["money_min"], found["money_max"], found["money_basis"]) == (78_000, 130_000, "year")
    assert (found["age_min"], found["age_max"], found["gender"]) == (50, None, "women")
    assert found["tiers"] == ["grant", "contract"]
    assert found["outcomes"] == [{"statement": "Carers rest", "measure": "strain score", "for_whom": "carers"}]
    assert found["full_value"] == {
        "users_outcomes": {"statement": "Less strain", "beneficiary": "carers", "evidence": 0}
    }
    assert found["organisation"] == {
        "id": exchange.circle,
        "name": "Carers' Circle",
        "kind": "third-sector",
        "org_id": "GB-CHC-1104417",
        "address": f"{BASE_URL}/organisations/{exchange.circle}",
    }


def test_its_evidence_has_a_level_and_what_would_raise_it(program, exchange):
    found = program.get(f"/listings/{exchange.sitters}")
    assert found["evidence_level"]["level"] == 3
    assert "would raise this to level 4" in found["evidence_level"]["raised_by"]
    assert program.get(f"/listings/{exchange.bare}")["evidence_level"]["level"] is None


def test_only_a_link_of_the_web_is_given(program, exchange):
    links = [item["link"] for item in program.get(f"/listings/{exchange.sitters}")["evidence"]]
    assert links == ["https://sitters.example/data", None]


def test_what_is_not_stated_is_null_and_no_name_is_left_out(program, exchange):
    full, bare = program.get(f"/listings/{exchange.sitters}"), program.get(f"/listings/{exchange.bare}")
    assert set(full) == set(bare)
    stated = {name for name, value in bare.items() if value is not None}
    assert stated == {
        *("id", "kind", "state", "address", "published_at", "title", "evidence_level", "questions"),
    }


def test_a_need_states_its_dates_and_weights(program, exchange):
    need = program.get(f"/listings/{exchange.need}")
    assert (need["closes_on"], need["reply_by"]) == ("2027-04-09", "2027-04-30")
    assert (need["price_weight"], need["quality_weight"]) == (30, 70)
    assert need["required_in"] == [{"code": LEEDS, "name": "Leeds"}]


def test_a_closed_listing_says_so_and_a_concluded_one_what_came_of_it(own, exchange):
    program = Caller(own.client, key_for(own.database))
    assert program.get(f"/listings/{exchange.closed}")["state"] == "closed"
    with writing(own.database) as session:
        row, by = session.get_one(Listing, exchange.closed), operator(session, "Test")
        row.state = "concluded"
        said = Conclusion(
            listing_id=row.id, outcome="ourselves", reason="We do it now.", by_id=by.id, at=row.published_at
        )
        session.add(said)
    conclusion = program.get(f"/listings/{exchange.closed}")["conclusion"]
    assert (conclusion["reason"], conclusion["at"]) == ("We do it now.", "2027-03-01T09:00:00Z")


def test_an_imported_listing_names_its_source_and_an_old_one_its_age(own, exchange):
    program = Caller(own.client, key_for(own.database))
    with writing(own.database) as session:
        row = session.get_one(Listing, exchange.office)
        row.source, row.source_id = "Open grants", "G-1"
        row.published_at -= timedelta(days=800)
    found = program.get(f"/listings/{exchange.office}")
    assert found["source"] == {"name": "Open grants", "id": "G-1"}
    assert found["not_confirmed_since"] == "2024-12-21"
    assert found["grant_received"] == 9_500


# --- an organisation --------------------------------------------------------------------------------------------------


def test_an_organisation_is_what_its_page_shows(program, exchange):
    found = program.get(f"/organisations/{exchange.circle}")
    assert (found["name"], found["kind"], found["size"]) == ("Carers' Circle", "third-sector", "medium")
    assert found["register"]["name"] == "Charity Commission register"
    assert (found["website"], found["email"]) == ("https://www.circle.example", "hello@circle.example")
    assert "400000" not in str(found), "the income is on no page"
    address = found["listings"].removeprefix(f"{BASE_URL}/api/v1")
    assert [one["id"] for one in program.get(address)["listings"]] == [exchange.sitters]
    assert program.get(f"/organisations/{exchange.council}")["register"] is None


# --- search and matches -----------------------------------------------------------------------------------------------


def test_a_search_says_what_the_page_says(program, exchange):
    found = program.get("/search?q=respite for carers in Leeds&kind=innovation")
    first = found["results"][0]
    assert first["listing"]["id"] == exchange.sitters
    assert (first["strong"], first["tier"]) == (True, 1)
    assert first["score"] > 0
    assert any(reason["text"] for reason in first["reasons"])
    assert [chip["label"] for chip in found["chips"]] == ["Leeds"]
    assert (found["total_is"], found["degraded"], found["banner"]) == ("exact", False, None)
    tiers = next(facet for facet in found["facets"] if facet["name"] == "tier")
    assert tiers["values"][0] == {"value": "grant", "label": "Grant", "count": 1, "chosen": False}
    key = found["chips"][0]["key"]
    assert program.get(f"/search?q=respite for carers in Leeds&remove={key}")["chips"] == []


def test_filters_are_those_of_the_page(program, stage, exchange):
    def numbers(query: str) -> list[int]:
        return [one["listing"]["id"] for one in program.get(f"/search?{query}")["results"]]

    assert exchange.closed not in numbers("kind=need")
    assert exchange.closed in numbers("kind=need&closed=1")
    assert numbers("place=Leeds&unstated.place=hide&kind=need") == [exchange.need]
    assert numbers("area=dementia&area=short-breaks&unstated.area=hide") == [exchange.sitters]
    assert exchange.sitters in numbers("kind=innovation&sort=newest&evidence=3&size=medium")
    assert (stage.asked[-1].sort, stage.asked[-1].page_size) == (Sort.NEWEST, 20)


def test_another_spelling_is_offered_and_uncertain_totals_are_called_so(program, stage):
    stage.say = {"suggestion": Suggestion(text="carers", total=3), "about": True}
    found = program.get("/search?q=karers")
    assert (found["suggestion"], found["total_is"]) == ({"text": "carers", "total": 3}, "about")
    stage.say = {"at_least": True}
    assert program.get("/search?q=carers")["total_is"] == "at least"


def test_while_the_engine_is_down_sql_answers_and_says_so(program, stage, exchange):
    stage.up = False
    found = program.get("/search?q=trained sitters")
    assert found["degraded"] is True
    assert "Search is running without its ranking engine." in found["banner"]
    assert [one["listing"]["id"] for one in found["results"]] == [exchange.sitters]
    assert "Matching is running without" in program.get(f"/listings/{exchange.sitters}/matches")["notices"][0]


def test_a_long_text_is_cut_and_says_so(program):
    found = program.get("/search", params={"q": "carer " * 1_700})
    assert "the search read the first 8,000" in found["notices"][0]


def test_a_match_says_what_its_score_is_made_of(program, exchange):
    found = program.get(f"/listings/{exchange.need}/matches")
    assert found["total"] == len(found["results"])
    best = found["results"][0]
    assert best["listing"]["id"] == exchange.sitters
    assert set(best["parts"]) == {"what", "areas", "who", "place", "tier", "money"}
    assert 0 < best["score"] <= 1
    assert best["reasons"]
    assert all(set(one) == {"reason", "count"} for one in found["cannot"])


def test_a_closed_listing_is_never_matched(program, exchange):
    found = program.get(f"/listings/{exchange.closed}/matches")
    assert (found["total"], found["results"]) == (0, [])
    assert found["notices"] == ["This listing is closed: it is not matched."]


def test_questions_are_counted_until_they_are_hidden(own, exchange):
    program, path = Caller(own.client, key_for(own.database)), f"/listings/{exchange.sitters}"
    with writing(own.database) as session:
        noah, ida = enrol(session, "Noah Newcomer"), enrol(session, "Ida Innovator", organisation_id=exchange.circle)
        asked = speaking.speak(session, exchange.sitters, Words("question", "How many a week?", None), noah, NOW)
        speaking.speak(session, exchange.sitters, Words("question", "And at night?", None), noah, NOW)
        speaking.reply(session, asked.id, "Forty.", ida, NOW)
    assert program.get(path)["questions"] == {"asked": 2, "answered": 1}
    assert program.get("/search?q=sitters")["results"][0]["listing"]["questions"]["asked"] == 2
    with writing(own.database) as session:
        session.get_one(Comment, asked.id).state = "hidden"
    assert program.get(path)["questions"] == {"asked": 1, "answered": 0}
    assert "How many a week?" not in str(program.get(path))


# --- how it is sent ---------------------------------------------------------------------------------------------------


def test_an_answer_that_is_held_already_is_not_sent_again(program, exchange):
    path = f"/listings/{exchange.sitters}"
    tag = program.ask(path).headers["etag"]
    again = program.ask(path, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert "content-type" not in again.headers
    assert program.ask(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_only_the_head_is_sent_where_it_is_asked_for(program):
    answer = program.client.head("/api/v1/listings", headers=program.headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("path", ["/api/v1/search", "/api/v1/listings/1", "/api/openapi.json"])
def test_a_browser_is_told_that_scripts_may_read_and_never_with_its_cookie(program, path):
    answer = program.client.options(path, headers={"Origin": "https://other.example"})
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    assert "Authorization" in answer.headers["access-control-allow-headers"]
    read = program.client.get(path, headers=program.headers | {"Origin": "https://other.example"})
    for one in (answer, read):
        assert one.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in one.headers
        assert "set-cookie" not in one.headers


def test_the_pages_of_people_are_not_opened_to_other_sites(program):
    assert "access-control-allow-origin" not in program.client.get("/api").headers


def test_a_published_listing_is_there_at_once(own, exchange):
    program = Caller(own.client, key_for(own.database))
    with writing(own.database) as session:
        number = publish(session, Kind.INNOVATION, Content(title="Fresh bread"), exchange.circle, 30)
    assert program.get("/listings?limit=1")["listings"][0]["id"] == number


def test_a_search_that_finds_nothing_is_noted_for_those_who_run_the_exchange(opened, program):
    program.get("/search", params={"q": "zzkrwq"})
    with reading(opened[2]) as session:
        assert [(row.text, row.number) for row in session.scalars(select(MissedSearch))] == [("zzkrwq", 1)]
