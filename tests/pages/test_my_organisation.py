"""The pages of an organisation's members and of those who would be, and what nobody else sees."""

from dataclasses import dataclass

import pytest
from filling import send, send_from
from people import enrol, enter
from real_site import RealSite
from seen import text_of
from sqlalchemy import select

from exchange.database import reading, writing
from exchange.models import Account, Organisation
from exchange.models_people import JoinRequest, Letter
from exchange.organisation import join_requests
from exchange.people.permissions import Role
from web.visit import SECURE_COOKIE

HOME = "/my/organisation"
EVIL = '<script>alert("x")</script>'


@dataclass(frozen=True)
class People:
    """The site with people of it; `as_` signs the browser in as one."""

    site: RealSite
    circle: int
    ida: int
    noah: int
    ada: int
    carla: int

    def as_(self, account_id: int):
        enter(self.site.client, self.site.database, account_id)
        return self.site.client

    def account(self, account_id: int) -> Account:
        with reading(self.site.database) as session:
            return session.get_one(Account, account_id)

    def code(self) -> str:
        """Give the secret of the invitation that was mailed last."""
        with reading(self.site.database) as session:
            paths = select(Letter.path).where(Letter.path.startswith("/invitation")).order_by(Letter.id.desc())
            return session.scalars(paths).first().split("=", 1)[1]

    def ask(self, account_id: int) -> int:
        with writing(self.site.database) as session:
            when = self.site.client.app.state.site.clock()
            return join_requests.ask(session, self.circle, account_id, when).id


@pytest.fixture
def people(own, exchange) -> People:
    with writing(own.database) as session:
        return People(
            site=own,
            circle=exchange.circle,
            ida=enrol(session, "Ida Innovator", organisation_id=exchange.circle).id,
            noah=enrol(session, "Noah Newcomer").id,
            ada=enrol(session, "Ada Admin", Role.ADMINISTRATOR).id,
            carla=enrol(session, "Carla Commissioner", Role.COMMISSIONER, organisation_id=exchange.council).id,
        )


def test_a_member_sees_the_profile_and_the_members(people):
    page = text_of(people.as_(people.ida).get(HOME).text)
    for words in (
        "Carers' Circle",
        "Org-id GB-CHC-1104417",
        "Yearly income £400,000",
        "Places Leeds",
        "Ida Innovator (you)",
    ):
        assert words in page
    assert "Requests to join" not in page


def test_one_without_an_organisation_finds_it_and_asks_to_join(people):
    client = people.as_(people.noah)
    assert "Join yours" in client.get(HOME).text
    assert "Carers&#39; Circle" in client.get(f"{HOME}/find?q=carers+cirlce").text
    asked = send(client, f"{HOME}/find?q=carers+cirlce", action=f"{HOME}/join/{people.circle}")
    assert (asked.status_code, asked.headers["location"]) == (303, f"{HOME}?done=asked_to_join")
    page = text_of(client.get(asked.headers["location"]).text)
    assert "You asked to join Carers' Circle on" in page
    assert client.get(f"{HOME}/find?q=x").status_code == 303


def test_asking_twice_is_told_and_kept_once(people):
    client = people.as_(people.noah)
    found = client.get(f"{HOME}/find?q=circle").text
    first, second = (send_from(client, found, action=f"{HOME}/join/{people.circle}") for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 409)
    assert "You have asked to join Carers' Circle already" in text_of(second.text)
    with reading(people.site.database) as session:
        assert len(session.scalars(select(JoinRequest)).all()) == 1


def test_who_waits_sees_nothing_of_the_organisation_and_does_nothing_in_it(people):
    number = people.ask(people.noah)
    client = people.as_(people.noah)
    assert "ida.innovator" not in client.get(HOME).text
    for path in ("profile", "leave", "invite", f"members/{people.ida}/remove"):
        assert client.get(f"{HOME}/{path}").status_code == 404
    own = client.get(HOME).text
    for path, more in (
        (f"requests/{number}", {"ruling": "approve"}),
        (f"members/{people.ida}/remove", {}),
        ("profile", {"name": "Mine", "kind": "public-body"}),
        ("profile/take-back", {}),
        ("invite", {"email": "noah.newcomer@people.example"}),
        ("leave", {}),
    ):
        token = {"csrf": own.split('name="csrf" value="')[1].split('"')[0]}
        assert client.post(f"{HOME}/{path}", data=token | more).status_code == 404
    assert people.account(people.noah).organisation_id is None


def test_a_member_approves_a_request_once(people):
    number = people.ask(people.noah)
    client = people.as_(people.ida)
    page = client.get(HOME).text
    assert "noah.newcomer@" in page
    done = send_from(client, page, action=f"{HOME}/requests/{number}", press=("ruling", "approve"))
    assert done.headers["location"] == f"{HOME}?done=join_approved"
    assert "Noah Newcomer" in client.get(done.headers["location"]).text
    again = send_from(client, page, action=f"{HOME}/requests/{number}", press=("ruling", "approve"))
    assert (again.status_code, "decided" in again.text) == (400, True)
    assert people.account(people.noah).organisation_id == people.circle


def test_a_request_needs_a_ruling(people):
    number = people.ask(people.noah)
    answer = send(people.as_(people.ida), HOME, action=f"{HOME}/requests/{number}")
    assert answer.status_code == 400
    assert people.account(people.noah).organisation_id is None


def test_a_member_of_another_organisation_decides_nothing(people):
    number = people.ask(people.noah)
    client = people.as_(people.carla)
    token = client.get(f"{HOME}/leave").text.split('name="csrf" value="')[1].split('"')[0]
    answer = client.post(f"{HOME}/requests/{number}", data={"csrf": token, "ruling": "approve"})
    assert answer.status_code == 404
    missing = client.post(f"{HOME}/requests/999", data={"csrf": token, "ruling": "approve"})
    assert text_of(missing.text) == text_of(answer.text)


def test_no_step_is_taken_without_the_forms_token(people):
    number = people.ask(people.noah)
    client = people.as_(people.ida)
    for path in (f"requests/{number}", "leave", "invite", "profile", f"members/{people.ida}/remove", "join/1"):
        answer = client.post(f"{HOME}/{path}", data={"ruling": "approve", "email": "a@b.example"})
        assert answer.status_code == 403, path
    assert people.account(people.ida).organisation_id == people.circle


def test_a_person_takes_their_request_back(people):
    people.ask(people.noah)
    client = people.as_(people.noah)
    assert send(client, HOME, action=f"{HOME}/cancel").headers["location"] == f"{HOME}?done=join_taken_back"
    assert "Join yours" in client.get(HOME).text


def test_leaving_and_removing_are_asked_about_first(people):
    client = people.as_(people.ida)
    assert "You are the last member" in client.get(f"{HOME}/leave").text
    with writing(people.site.database) as session:
        session.get_one(Account, people.noah).organisation_id = people.circle
    assert "You are the last member" not in client.get(f"{HOME}/leave").text
    assert client.get(f"{HOME}/members/{people.ida}/remove").status_code == 404
    assert client.get(f"{HOME}/members/{people.carla}/remove").status_code == 404
    removed = send(client, f"{HOME}/members/{people.noah}/remove")
    assert removed.headers["location"] == f"{HOME}?done=member_removed"
    assert people.account(people.noah).organisation_id is None
    left = send(client, f"{HOME}/leave")
    assert left.headers["location"] == f"{HOME}?done=left_organisation"
    assert "Join yours" in client.get(HOME).text


def test_a_colleague_is_invited_and_joins_by_the_link(people):
    client = people.as_(people.ida)
    sent = send(client, f"{HOME}/invite", {"email": "noah.newcomer@people.example"})
    unknown = send(client, f"{HOME}/invite", {"email": "nobody@people.example"})
    assert sent.headers["location"] == unknown.headers["location"] == f"{HOME}?done=invited"
    send(client, f"{HOME}/invite", {"email": "noah.newcomer@people.example"})
    path = f"/invitation?code={people.code()}"
    client.cookies.clear()
    shown = client.get(path)
    assert shown.status_code == 200
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert "register with that address" in text_of(shown.text)
    assert "noah.newcomer@" in text_of(people.as_(people.ada).get(path).text)
    assert "another address" in text_of(people.as_(people.ada).get(path).text)
    client = people.as_(people.noah)
    ready = client.get(path).text
    assert people.account(people.noah).organisation_id is None  # looking uses nothing up
    assert send_from(client, ready, action="/invitation").headers["location"] == f"{HOME}?done=joined"
    assert people.account(people.noah).organisation_id == people.circle
    assert send_from(client, ready, action="/invitation").status_code == 404
    assert client.get(path).status_code == 404


def test_an_invitation_posted_by_another_address_is_refused(people):
    send(people.as_(people.ida), f"{HOME}/invite", {"email": "noah.newcomer@people.example"})
    code = people.code()
    client = people.as_(people.ada)
    token = client.get(HOME + "/new").text.split('name="csrf" value="')[1].split('"')[0]
    answer = client.post("/invitation", data={"csrf": token, "code": code})
    assert (answer.status_code, "another address" in answer.text) == (403, True)
    assert people.account(people.ada).organisation_id is None
    assert send(people.as_(people.noah), f"/invitation?code={code}", action="/invitation").status_code == 303
    assert client.get("/invitation").status_code == client.get("/invitation?code=%00").status_code == 404


def test_somebody_unconfirmed_is_told_to_confirm_first(people):
    with writing(people.site.database) as session:
        una = enrol(session, "Una Unconfirmed", confirmed=False).id
    send(people.as_(people.ida), f"{HOME}/invite", {"email": "una.unconfirmed@people.example"})
    client = people.as_(una)
    assert "Confirm your email address first" in text_of(client.get(f"/invitation?code={people.code()}").text)
    assert client.get(HOME).status_code == 403


@pytest.mark.parametrize("email", ["", "nobody", EVIL])
def test_what_is_no_address_is_told_at_the_field(people, email):
    answer = send(people.as_(people.ida), f"{HOME}/invite", {"email": email})
    assert answer.status_code == 400
    assert 'id="email-error"' in answer.text
    assert "<title>Error: " in answer.text
    assert EVIL not in answer.text


def test_visitors_are_sent_to_sign_in(people):
    people.site.client.cookies.clear()
    for path in (HOME, f"{HOME}/find", f"{HOME}/new", "/administration/requests", "/my/data", "/my/data.json"):
        assert people.site.client.get(path).headers["location"].startswith("/sign-in?next="), path
    assert SECURE_COOKIE not in people.site.client.cookies


def test_who_is_in_an_organisation_finds_and_makes_no_other(people):
    client = people.as_(people.ida)
    for path in (f"{HOME}/find?q=council", f"{HOME}/new"):
        assert client.get(path).headers["location"] == HOME
    with reading(people.site.database) as session:
        assert len(session.scalars(select(Organisation)).all()) == 2
