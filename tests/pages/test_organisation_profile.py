"""Making an organisation and changing its profile: asked first, decided before the public sees it, escaped always."""

from dataclasses import dataclass

import pytest
from filling import send, send_from
from people import enrol, enter
from real_site import RealSite
from seen import LEEDS, text_of

from exchange.database import reading, writing
from exchange.models import Account, Organisation
from exchange.people.permissions import Role

HOME, NEW, PROFILE = "/my/organisation", "/my/organisation/new", "/my/organisation/profile"
REQUESTS = "/administration/requests"
EVIL = '<script>alert("x")</script>'
HOPE = {"name": "Hope & Sons", "kind": "third-sector", "places": "Leeds\nBradford"}


@dataclass(frozen=True)
class Site:
    """The site, somebody of no organisation, a member and an administrator."""

    real: RealSite
    circle: int
    noah: int
    ida: int
    ada: int

    def as_(self, account_id: int):
        enter(self.real.client, self.real.database, account_id)
        return self.real.client

    def organisation(self, number: int) -> Organisation:
        with reading(self.real.database) as session:
            return session.get_one(Organisation, number)

    def own_of(self, account_id: int) -> Organisation:
        with reading(self.real.database) as session:
            return session.get_one(Organisation, session.get_one(Account, account_id).organisation_id)


@pytest.fixture
def site(own, exchange) -> Site:
    with writing(own.database) as session:
        return Site(
            real=own,
            circle=exchange.circle,
            noah=enrol(session, "Noah Newcomer").id,
            ida=enrol(session, "Ida Innovator", organisation_id=exchange.circle).id,
            ada=enrol(session, "Ada Admin", Role.ADMINISTRATOR).id,
        )


def test_a_new_organisation_is_its_makers_and_not_public(site):
    client = site.as_(site.noah)
    made = send(client, f"{NEW}?name=Hope", HOPE)
    assert made.headers["location"] == f"{HOME}?done=organisation_made"
    own = site.own_of(site.noah)
    assert (own.name, own.places) == ("Hope & Sons", [LEEDS, "E08000032"])
    assert "Nothing of this is public" in client.get(HOME).text
    assert client.get(f"/organisations/{own.id}").status_code == 200
    for other in (site.ida, None):
        if other is not None:
            site.as_(other)
        else:
            client.cookies.clear()
        answer = client.get(f"/organisations/{own.id}")
        missing = client.get("/organisations/99")
        assert answer.status_code == missing.status_code == 404
        assert text_of(answer.text) == text_of(missing.text).replace("99", str(own.id))
        assert "Hope" not in answer.text


def test_a_name_like_another_is_asked_about_first(site):
    client = site.as_(site.noah)
    asked = send(client, NEW, HOPE | {"name": "The Carers Circle"})
    assert asked.status_code == 200
    assert "Is it one of these?" in asked.text
    assert f'action="{HOME}/join/{site.circle}"' in asked.text
    made = send_from(client, asked.text, action=NEW, press=("sure", "yes"))
    assert made.status_code == 303
    assert site.own_of(site.noah).name == "The Carers Circle"


def test_an_org_id_that_is_known_offers_to_join_its_organisation(site):
    client = site.as_(site.noah)
    asked = send(client, NEW, HOPE | {"org_id": "GB-CHC-1104417"})
    assert asked.status_code == 409
    assert "has the org-id GB-CHC-1104417 already" in text_of(asked.text)
    joined = send_from(client, asked.text, action=f"{HOME}/join/{site.circle}")
    assert joined.headers["location"] == f"{HOME}?done=asked_to_join"


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"name": ""}, "name", "Enter the name of the organisation."),
        ({"kind": None}, "kind", "Choose what kind of organisation it is."),
        ({"kind": "club"}, "kind", "choose one of the list"),
        ({"income": "lots"}, "income", "must be a whole number"),
        ({"places": "Leeds, Narnia"}, "places", 'does not know "Narnia" as a place'),
        ({"website": "javascript:alert(1)"}, "website", "Give the website's address"),
        ({"org_id": "1104417"}, "org_id", "such as GB-CHC-1104417"),
        ({"about": "x" * 5_001}, "about", "5,001 characters"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_typed_is_lost(site, change, field, sentence):
    for account, path in ((site.noah, NEW), (site.ida, PROFILE)):
        typed = HOPE | {"email": "kept@hope.example"} | change
        answer = send(site.as_(account), path, typed)
        assert answer.status_code == 400
        assert sentence in text_of(answer.text)
        assert f'id="{field}-error"' in answer.text
        assert 'value="kept@hope.example"' in answer.text
        assert "<title>Error: " in answer.text
    assert site.organisation(site.circle).name == "Carers' Circle"


def test_a_change_of_a_public_profile_waits_and_is_approved(site):
    client = site.as_(site.ida)
    asked = send(client, PROFILE, {"about": "Something new.", "website": ""})
    assert asked.headers["location"] == f"{HOME}?done=profile_waits"
    page = text_of(client.get(HOME).text)
    assert "waiting for a decision" in page
    assert "Something new." in page
    public = client.get(f"/organisations/{site.circle}").text
    assert "Something new." not in public
    assert "Something new." in client.get(PROFILE).text  # one goes on from what one asked for
    client = site.as_(site.ada)
    assert "Carers&#39; Circle" in client.get(REQUESTS).text
    ruling = text_of(client.get(f"{REQUESTS}/profiles/1").text)
    assert "About Carers who help carers. Something new. Website www.circle.example Not stated" in ruling
    done = send(client, f"{REQUESTS}/profiles/1", press=("ruling", "approve"))
    assert done.headers["location"] == f"{REQUESTS}?done=profile_approved"
    assert "Something new." in client.get(f"/organisations/{site.circle}").text
    assert "No change waits." in client.get(REQUESTS).text
    assert "is decided" in client.get(f"{REQUESTS}/profiles/1").text


def test_a_refusal_of_a_profile_needs_a_reason(site):
    send(site.as_(site.ida), PROFILE, {"name": "Circus"})
    client = site.as_(site.ada)
    answer = send(client, f"{REQUESTS}/profiles/1", press=("ruling", "refuse"))
    assert (answer.status_code, "Give a reason" in answer.text) == (400, True)
    done = send(client, f"{REQUESTS}/profiles/1", {"reason": "Not its name."}, press=("ruling", "refuse"))
    assert done.headers["location"] == f"{REQUESTS}?done=profile_refused"
    assert site.organisation(site.circle).name == "Carers' Circle"


def test_a_member_takes_a_change_back(site):
    client = site.as_(site.ida)
    send(client, PROFILE, {"name": "Circus"})
    assert send(client, HOME, action=f"{PROFILE}/take-back").status_code == 303
    assert "waiting for a decision" not in client.get(HOME).text


def test_the_later_of_two_tabs_is_told_of_the_earlier_and_keeps_what_was_typed(site):
    client = site.as_(site.ida)
    first, second = client.get(PROFILE).text, client.get(PROFILE).text
    assert send_from(client, first, {"about": "First."}, action=PROFILE).status_code == 303
    late = send_from(client, second, {"about": "Second."}, action=PROFILE)
    assert late.status_code == 409
    assert "Somebody else changed the profile" in text_of(late.text)
    assert "Second.</textarea>" in late.text
    assert send_from(client, late.text, action=PROFILE).headers["location"] == f"{HOME}?done=profile_waits"


def test_an_administrator_decides_on_a_request_to_join(site):
    with writing(site.real.database) as session:
        session.get_one(Account, site.ida).organisation_id = None
    send(site.as_(site.noah), f"{HOME}/find?q=circle", action=f"{HOME}/join/{site.circle}")
    client = site.as_(site.ada)
    assert "Yours to decide" in client.get(REQUESTS).text
    assert "None, so the decision is yours" in client.get(f"{REQUESTS}/joins/1").text
    long = send(client, f"{REQUESTS}/joins/1", {"reason": "x" * 5_001}, press=("ruling", "refuse"))
    assert (long.status_code, 'id="reason-error"' in long.text) == (400, True)
    done = send(client, f"{REQUESTS}/joins/1", press=("ruling", "approve"))
    assert done.headers["location"] == f"{REQUESTS}?done=join_approved"
    assert site.own_of(site.noah).id == site.circle
    for path in ("joins/1/", "joins/9", "joins/x", "profiles/9"):
        assert client.get(f"{REQUESTS}/{path}").status_code in {307, 404}


def test_an_administrator_does_not_decide_on_their_own_request_or_organisation(site):
    client = site.as_(site.ada)
    send(client, f"{HOME}/find?q=circle", action=f"{HOME}/join/{site.circle}")
    assert client.get(f"{REQUESTS}/joins/1").status_code == 403
    send(site.as_(site.ida), PROFILE, {"name": "Circus"})
    with writing(site.real.database) as session:
        session.get_one(Account, site.ada).organisation_id = site.circle
    client = site.as_(site.ada)
    assert "another administrator decides" in client.get(REQUESTS).text
    assert client.get(f"{REQUESTS}/profiles/1").status_code == 403


def test_only_administrators_see_the_requests(site):
    client = site.as_(site.ida)
    for path in (REQUESTS, f"{REQUESTS}/joins/1", f"{REQUESTS}/profiles/1"):
        assert client.get(path).status_code == 403


def test_a_script_in_every_field_stays_text(site):
    with writing(site.real.database) as session:
        session.get_one(Account, site.noah).name = EVIL
        session.get_one(Account, site.ida).organisation_id = None
    client = site.as_(site.noah)
    made = send(client, NEW, HOPE | {"name": EVIL, "about": EVIL}, press=None)
    assert made.status_code == 303
    other = site.as_(site.ida)
    found = other.get(f"{HOME}/find", params={"q": EVIL}).text
    asked = send_from(other, found, action=f"{HOME}/join/{site.own_of(site.noah).id}")
    pages = [found, other.get(asked.headers["location"]).text]
    client = site.as_(site.noah)
    pages += [client.get(path).text for path in (HOME, PROFILE, f"{HOME}/leave", f"{HOME}/invite")]
    pages += [send(client, PROFILE, {name: EVIL}).text for name in ("org_id", "website", "email", "places", "income")]
    client = site.as_(site.ada)
    pages += [client.get(path).text for path in (REQUESTS, f"{REQUESTS}/joins/1")]
    for page in pages:
        assert EVIL not in page
        assert "&lt;script&gt;" in page
