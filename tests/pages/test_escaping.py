"""Escaping: whatever a person or a listing says stays text."""

import shutil

import pytest
from real_site import open_site
from seen import text_of
from small_exchange import publish

from exchange.content import Content, Evidence, EvidenceKind, FullValue, Kind, Outcome, ValueCell
from exchange.database import open_database, writing
from exchange.models import OrgKind
from exchange.organisation.organisations import OrganisationDetails, add_organisation
from indexer.results import Bucket, Chip, Facet, Gap, Hit, Match, Matches, NearMiss, Reason, Suggestion

EVIL = '<script>alert("x")</script>'
QUOTE = '"><img src=x onerror=alert(1)>'

FIELDS = ["q", "kind", "area", "group", "place", "tier", "money", "stage", "size", "evidence", "partners"]
FIELDS += ["unstated.place", "closed", "remove", "sort", "page", EVIL, "unstated." + EVIL]


@pytest.fixture(scope="module")
def evil(filled, tmp_path_factory):
    """Give a real site with an innovation of which every field is a script, its number and its organisation's."""
    file = tmp_path_factory.mktemp("evil") / "exchange.db"
    shutil.copyfile(filled[0], file)
    database = open_database(f"sqlite:///{file}")
    listing, organisation = publish_evil(database, EVIL + QUOTE)
    database.dispose()
    with open_site(file) as site:
        yield site, listing, organisation


def publish_evil(database, text):
    with writing(database) as session:
        details = OrganisationDetails(
            name=text,
            kind=OrgKind.THIRD_SECTOR,
            org_id=text,
            places=(text,),
            about=text,
            website="javascript:alert(1)",
            email=text,
            telephone=text,
        )
        organisation = add_organisation(session, details)
        content = Content(
            title=text,
            summary=text,
            description=text,
            areas=(text,),
            groups=(text,),
            outcomes=(Outcome(statement=text, measure=text, for_whom=text),),
            delivers_in=(text,),
            would_deliver_in=(text + "2",),
            evidence=(Evidence(text=text, kind=EvidenceKind.DESCRIBES, link="https://x.example/" + QUOTE),),
            full_value={ValueCell.OTHERS_OUTCOMES: FullValue(statement=text, beneficiary=text, evidence=0)},
        )
        return publish(session, Kind.INNOVATION, content, organisation.id, 60), organisation.id


def check(page: str) -> None:
    assert EVIL not in page
    assert "<img" not in page
    assert "javascript:" not in page


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("value", [EVIL, QUOTE])
def test_a_script_in_any_parameter_stays_text(client, name, value):
    answer = client.get("/search", params={"q": "rest", name: value})
    assert answer.status_code in {200, 400}
    check(answer.text)


@pytest.mark.parametrize("path", ["/newest?kind={}", "/newest?page={}", "/browse/areas/{}", "/browse/places/{}", "/{}"])
def test_a_script_in_any_address_stays_text(client, path):
    answer = client.get(path.format(EVIL.replace("/", "%2F")))
    assert answer.status_code in {400, 404}
    check(answer.text)


def test_a_script_in_any_field_of_a_listing_stays_text(evil):
    site, listing, organisation = evil
    paths = [f"/listings/{listing}", f"/listings/{listing}/matches", f"/organisations/{organisation}"]
    for path in [*paths, "/", "/newest", "/search", "/search?q=script+alert+img"]:
        page = site.get(path)
        check(page)
        assert 'alert("x")' in text_of(page)


def test_a_marked_word_inside_a_script_stays_text(evil):
    page = evil[0].get("/search?q=script")
    check(page)
    assert "&lt;<mark>script</mark>&gt;" in page


def test_a_script_in_what_search_says_stays_text(client, stage, exchange):
    stage.say = {
        "hits": (
            Hit(
                id=exchange.sitters,
                score=1.0,
                reasons=(Reason(text=EVIL, field="title", quote=QUOTE),),
                gaps=(Gap(text=EVIL, field="title"),),
            ),
        ),
        "chips": (Chip(key=QUOTE, label=EVIL, words=EVIL),),
        "notices": (EVIL,),
        "suggestion": Suggestion(text=QUOTE, total=1),
        "facets": {Facet.AREA: (Bucket(value=QUOTE, count=1),)},
    }
    check(client.get("/search?q=rest").text)


def test_a_script_in_what_match_says_stays_text(client, stage, exchange):
    told = Reason(text=EVIL, field="x", quote=QUOTE, against=EVIL + QUOTE)
    found = Match(id=exchange.need, score=0.5, parts={EVIL: 0.5}, reasons=(told,))
    miss = NearMiss(id=exchange.need, score=0.5, reason=EVIL)
    stage.matches = Matches(matches=(found,), total=1, cannot={EVIL: 1}, near_misses=(miss,), notices=(EVIL,))
    check(client.get(f"/listings/{exchange.sitters}").text)
