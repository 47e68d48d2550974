"""What the interface refuses, and how: no key, no such thing, nothing hidden, too often, a part that is down."""

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from caller import Caller, key_for, problem_of
from people import enrol, enter
from prometheus_client import generate_latest
from real_site import BASE_URL, real_service, site_over
from starlette.testclient import TestClient

from exchange.content import Content, Kind
from exchange.database import open_database, writing
from exchange.errors import UnavailableError
from exchange.listing.listings import NewListing, draft, post, withdraw
from exchange.models import Account
from exchange.organisation.organisations import OrganisationDetails, OrgKind, add_organisation
from exchange.people.accounts import operator
from exchange.people.personal_data import close_account
from exchange.running import api_keys
from web.api import door

NOBODY = "postgresql+psycopg://reader:s3cret@127.0.0.1:1/exchange"
EVERY = ["/search", "/listings", "/listings/1", "/listings/1/matches", "/organisations/1"]
HOUR = timedelta(hours=1)


@pytest.fixture
def stage(opened):
    return opened[1]


@pytest.fixture
def mine(own) -> Caller:
    """Give a program on a site of the test's own, whose clock stands still."""
    site = own.client.app.state.site
    now = datetime.now(UTC)
    site.clock = lambda: now
    return Caller(own.client, key_for(own.database))


def later(mine: Caller, time: timedelta) -> None:
    site = mine.client.app.state.site
    now = site.clock() + time
    site.clock = lambda: now


# --- the key ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", EVERY)
def test_without_a_key_nothing_is_read(program, path):
    answer = program.client.get(f"/api/v1{path}")
    told = problem_of(answer, 401)
    assert answer.headers["www-authenticate"] == 'Bearer realm="Innovation Exchange"'
    assert told["type"] == f"{BASE_URL}/api#key"
    assert f"{BASE_URL}/my/account/keys" in told["detail"]
    assert 'id="key"' in program.client.get("/api").text


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", "Basic dTpw", "Bearer ixk_" + "A" * 43, "Bearer " + "x" * 9_000, "Bearer \xe9"]
)
def test_a_wrong_key_is_refused(program, given):
    answer = program.client.get("/api/v1/listings", headers={"Authorization": given.encode("latin-1")})
    problem_of(answer, 401)
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_the_word_bearer_may_be_written_in_any_case(program):
    answer = program.client.get("/api/v1/listings", headers={"Authorization": f"bearer  {program.key}"})
    assert answer.status_code == 200


def test_a_cookie_opens_nothing_here_and_none_is_set(mine, own):
    with writing(own.database) as session:
        noah = enrol(session, "Noah Newcomer").id
    enter(own.client, own.database, noah)
    problem_of(own.client.get("/api/v1/listings"), 401)
    answer = mine.ask("/listings")
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    own.client.cookies.clear()


def test_an_ended_key_and_one_of_a_closed_account_open_nothing(mine, own):
    mine.get("/listings")
    with writing(own.database) as session:
        petra = session.query(Account).filter_by(name="Petra Programmer").one().id
        other = api_keys.make(session, petra, "Other", mine.client.app.state.site.clock())
        kept = Caller(own.client, other.secret)
        [key] = [key for key in api_keys.keys_of(session, petra) if key.id != other.id]
        api_keys.end(session, key.id, petra, mine.client.app.state.site.clock())
    mine.refused("/listings", 401)
    kept.get("/listings")
    with writing(own.database) as session:
        close_account(session, petra, mine.client.app.state.site.clock())
    kept.refused("/listings", 401)


def test_its_use_is_noted_and_not_at_each_request(mine, own):
    def used() -> datetime | None:
        with writing(own.database) as session:
            return session.query(api_keys.ApiKey).one().used_at

    mine.get("/listings")
    first = used()
    later(mine, HOUR / 2)
    mine.get("/listings")
    assert (used(), first) == (first, mine.client.app.state.site.clock() - HOUR / 2)
    later(mine, HOUR)
    mine.get("/listings")
    assert used() == mine.client.app.state.site.clock()


# --- the rate ---------------------------------------------------------------------------------------------------------


def test_a_key_has_its_hour_and_is_told_what_is_left_of_it(mine, own):
    site = own.client.app.state.site
    site.settings = replace(site.settings, api_rate=3)
    left = [mine.ask(path) for path in ("/listings", "/listings/999", "/search?kind=x")]
    assert [answer.status_code for answer in left] == [200, 404, 400]
    assert [answer.headers["ratelimit-remaining"] for answer in left] == ["2", "1", "0"]
    assert {answer.headers["ratelimit-limit"] for answer in left} == {"3"}
    later(mine, HOUR / 2)
    refused = mine.ask("/listings")
    told = problem_of(refused, 429)
    assert "Try again in 30 minutes." in told["detail"]
    assert (refused.headers["retry-after"], refused.headers["ratelimit-reset"]) == ("1800", "1800")
    assert refused.headers["ratelimit-remaining"] == "0"
    another = Caller(own.client, key_for(own.database, "Paul Programmer"))
    another.get("/listings")
    later(mine, HOUR)
    mine.get("/listings")


def test_wrong_keys_have_their_limit_and_right_ones_pass_meanwhile(mine, monkeypatch):
    monkeypatch.setattr(door, "MOST_WRONG", 3)
    wrong = Caller(mine.client, "ixk_" + "A" * 43)
    for _ in range(3):
        wrong.refused("/listings", 401)
    wrong.refused("/listings", 429)
    mine.get("/listings")


# --- what is not there, or not to be seen -----------------------------------------------------------------------------


def test_what_the_public_may_not_see_is_not_there(mine, own, exchange):
    with writing(own.database) as session:
        by, now = operator(session, "Test"), mine.client.app.state.site.clock()
        hidden = add_organisation(session, OrganisationDetails(name="Hidden Hands", kind=OrgKind.THIRD_SECTOR)).id
        new = NewListing(kind=Kind.NEED, content=Content(title="A secret draft"), organisation_id=hidden)
        numbers = [draft(session, new, by, now).id, post(session, new, by, now).id]
        withdraw(session, exchange.sitters, by, "asked to", now)
    for number in [*numbers, exchange.withdrawn, exchange.waiting, exchange.sitters]:
        told = mine.refused(f"/listings/{number}", 404)
        assert told["detail"] == f"There is no listing {number}; check the number."
        mine.refused(f"/listings/{number}/matches", 404)
    assert mine.refused(f"/organisations/{hidden}", 404)["detail"].startswith("There is no organisation")
    assert mine.get(f"/listings?organisation={hidden}&closed=1")["listings"] == []
    everything = json.dumps([mine.get("/search?closed=1&limit=100"), mine.get("/listings?closed=1&limit=100")])
    everything += json.dumps(mine.get(f"/listings/{exchange.need}/matches"))
    for words in ("Thursday Sitters", "Withdrawn idea", "Not yet decided", "A secret draft", "Hidden Hands"):
        assert words not in everything, words


@pytest.mark.parametrize(
    "path",
    [
        *("/listings/0", "/listings/999999", "/listings/-1", "/listings/1.0", "/listings/abc", "/listings/%00"),
        *(f"/listings/{10**17}", f"/listings/{'9' * 400}", f"/organisations/{2**31}", "/organisations/%C3%A9"),
        *("/nothing", "/listings/1/nothing", "/listings/1/matches/1", "/"),
    ],
)
def test_what_is_nowhere_is_a_problem_and_no_page(program, path):
    program.refused(path, 404)


@pytest.mark.parametrize("path", ["/api/nothing", "/api/v2/listings", "/api/v1", "/api/openapi.yaml"])
def test_below_api_every_wrong_address_is_a_problem(program, path):
    problem_of(program.client.get(path), 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"])
def test_nothing_can_be_changed_here(program, method):
    answer = program.client.request(method, "/api/v1/listings", headers=program.headers)
    problem_of(answer, 405)
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


# --- parameters -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/search?area=astrology", "area"),
        ("/search?place=Atlantis", "place"),
        ("/search?kind=idea", "kind"),
        ("/search?kind=", "kind"),
        ("/search?kind=need&kind=innovation", "kind"),
        ("/search?sort=best", "sort"),
        ("/search?closed=yes", "closed"),
        ("/search?evidence=6", "evidence"),
        ("/search?unstated.money=maybe", "unstated.money"),
        ("/search?unstated.kind=hide", "unstated.kind"),
        ("/search?limit=0", "limit"),
        ("/search?limit=101", "limit"),
        ("/search?page=2", "page"),
        ("/search?seed=2027-03-01", "seed"),
        ("/search?gruop=carers", "gruop"),
        ("/search?cursor=abc", "cursor"),
        ("/search?remove=" + "x" * 201, "remove"),
        ("/search?" + "&".join(["area=dementia"] * 101), "area"),
        ("/listings?kind=idea", "kind"),
        ("/listings?organisation=circle", "organisation"),
        (f"/listings?organisation={2**31}", "organisation"),
        ("/listings?limit=\u0663", "limit"),
        ("/listings?closed=2", "closed"),
        ("/listings/1?full=1", "full"),
        ("/listings/1/matches?limit=1e2", "limit"),
        ("/organisations/1?key=secret", "key"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_named(program, path, name):
    told = program.refused(path, 400)
    assert name in [error["parameter"] for error in told["errors"]]
    assert told["type"] == f"{BASE_URL}/api#parameters"
    assert all(error["detail"].endswith(".") for error in told["errors"])


def test_everything_that_is_wrong_is_said_at_once(program):
    told = program.refused("/search?kind=x&area=y&limit=z&other=1", 400)
    assert {error["parameter"] for error in told["errors"]} == {"kind", "area", "limit", "other"}


@pytest.mark.parametrize("text", ["x" * 10_000, "\x00", "\u202e\U0001f600", "'; DROP TABLE listing; --", "%", "\\"])
def test_any_text_may_be_looked_for(program, text):
    assert program.ask("/search", params={"q": text}).status_code == 200
    assert program.client.get("/api/v1/search?q=%00%ff%fe", headers=program.headers).status_code == 200


# --- a part that is down ----------------------------------------------------------------------------------------------


def test_a_fault_of_ours_tells_nothing_of_the_inside(program, stage, monkeypatch, caplog):
    def broken(_query):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(stage, "search", broken)
    with caplog.at_level(logging.ERROR):
        told = program.refused("/search", 500)
    assert "secret detail" not in json.dumps(told)
    assert told["reference"] in caplog.text


def test_a_part_that_is_down_is_a_503_with_a_time(program, stage, monkeypatch):
    def failing(_id, _limit):
        raise UnavailableError("The search engine does not answer: try again.")

    monkeypatch.setattr(stage, "match", failing)
    answer = program.ask("/listings/1/matches")
    assert problem_of(answer, 503)["detail"] == "The search engine does not answer: try again."
    assert answer.headers["retry-after"] == "60"


@pytest.mark.parametrize("path", [*(f"/api/v1{path}" for path in EVERY), "/api/openapi.json"])
def test_while_the_database_is_down_each_answer_is_a_problem(filled, tmp_path, path):
    working = open_database(f"sqlite:///{filled[0]}")
    service = real_service(working, tmp_path / "index")
    working.dispose()
    database = open_database(NOBODY)
    with TestClient(site_over(database, service, tmp_path), follow_redirects=False) as client:
        answer = client.get(path, headers={"Authorization": "Bearer ixk_" + "A" * 43})
        told = problem_of(answer, 503)
        assert client.get("/api").status_code == 200
    database.dispose()
    assert "The database does not answer" in told["detail"]
    assert answer.headers["retry-after"] == "30"
    assert "s3cret" not in answer.text


# --- what is written down ---------------------------------------------------------------------------------------------


def test_no_log_and_no_figure_holds_a_key(mine, caplog):
    with caplog.at_level(logging.INFO, "web"):
        mine.get("/listings/1")
        mine.refused(f"/search?key={mine.key}", 400)
        mine.client.get("/api/v1/listings", headers={"Authorization": f"Bearer {mine.key[:-1]}"})
        mine.client.get(f"/api/v1/{mine.key}", headers=mine.headers)
    told = [f"{record.getMessage()} {vars(record).get('path')}" for record in caplog.records if "web" in record.name]
    assert "request /api/v1/listings/1" in told
    assert "request /api/v1/%28key%29" in " ".join(told).replace("(", "%28").replace(")", "%29")
    assert mine.key[:-1] not in " ".join(told)
    figures = generate_latest(mine.client.app.state.metrics._registry).decode()
    assert 'route="/api/v1/listings/{id}"' in figures
    assert mine.key[:-1] not in figures
