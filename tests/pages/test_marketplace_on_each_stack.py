"""The whole way of an idea and of a need through the pages, on the embedded default and on the servers of production.

Two strangers register, are let in, post, are decided on, are found, meet, and everybody gets an answer.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from engine_factories import ELASTICSEARCH, EMBEDDED, FACTORIES, Factory
from filling import forms_in, send
from letterbox import code_for, letters_to
from people import enrol, found
from real_site import BASE_URL, EMBEDDER, RealSite, indexer_of, service_over, site_over
from seen import NOW, text_of
from sqlalchemy import Engine, select
from starlette.testclient import TestClient
from writers import Writer

from exchange.database import reading, writing
from exchange.models import Account, OrgKind
from exchange.models_introductions import Introduction
from exchange.people import roles
from exchange.people.permissions import Role
from exchange.taxonomy import seed_taxonomy

PASSWORD = "brackish lantern otter"
COUNCIL = "Wharfe Council"
DATES = {
    "closes_on-day": "30",
    "closes_on-month": "4",
    "closes_on-year": "2027",
    "reply_by-day": "31",
    "reply_by-month": "5",
    "reply_by-year": "2027",
}
TOGETHER = {"sqlite": EMBEDDED, "postgresql": ELASTICSEARCH}
"""SQLite with the embedded engine, PostgreSQL with Elasticsearch: what a start on one machine has, and production."""


@dataclass
class Stack:
    """A site on one pair of database and engine; `settle` does what the worker does meanwhile."""

    site: RealSite
    settle: Callable[[], None]

    def stranger(self, name: str, email: str) -> Writer:
        """Give somebody who registers, confirms the address by the mailed link, and signs in, all by the pages."""
        client = TestClient(self.site.client.app, BASE_URL, follow_redirects=False)
        typed = {"name": name, "email": email, "password": PASSWORD}
        assert "Check your email" in send(client, "/register", typed).text
        confirmed = send(client, f"/confirm?code={code_for(self.site.database, email)}", action="/confirm")
        assert confirmed.headers["location"].startswith("/sign-in")
        assert send(client, "/sign-in", {"email": email, "password": PASSWORD}).headers["location"] == "/my/listings"
        with reading(self.site.database) as session:
            number = session.scalars(select(Account.id).where(Account.email == email)).one()
        return writer_of(self.site, number, client)


def writer_of(site: RealSite, account_id: int, client: TestClient) -> Writer:
    """Give an account that exists, in the browser in which it signed in."""
    writer = Writer.__new__(Writer)
    writer.site, writer.id, writer.client = site, account_id, client
    return writer


@pytest.fixture
def stack(engine: Engine, tmp_path: Path) -> Iterator[Stack]:
    """Open the site on each pair; where no Elasticsearch is named, PostgreSQL has the embedded engine beside it."""
    factory: Factory = FACTORIES.get(TOGETHER[engine.dialect.name], FACTORIES[EMBEDDED])
    with writing(engine) as session:
        seed_taxonomy(session, NOW)
    with factory(tmp_path) as opened:
        service = service_over(engine, opened(EMBEDDER.name, EMBEDDER.dimension))
        indexer = indexer_of(service)
        indexer.rebuild()
        with TestClient(site_over(engine, service, tmp_path), BASE_URL, follow_redirects=False) as client:
            client.app.state.site.clock = lambda: NOW
            yield Stack(RealSite(engine, service, client), indexer.settle)


def approve(mo: Writer, base: str) -> None:
    """Let the moderator find the listing in the queue and approve it."""
    number = base.rsplit("/", 1)[-1]
    path = f"/moderation/listings/{number}"
    assert f'href="{path}"' in mo.client.get("/moderation").text
    decided = send(mo.client, path, {"decision": "approve"}, action=path)
    assert decided.status_code == 303, text_of(decided.text)[:600]


def test_strangers_register_post_meet_and_everybody_gets_an_answer(stack: Stack):
    mo = Writer(stack.site, "Mo Moderator", Role.MODERATOR)
    ida, idea = an_innovator_posts(stack, mo)
    carl, need = a_commissioner_is_let_in_and_posts(stack, mo)
    meeting = they_find_each_other_and_agree(stack, carl, need, ida, idea)
    the_need_ends_with_a_line_to_each(stack, carl, need, ida, meeting)


def number_of(base: str) -> int:
    return int(base.rsplit("/", 1)[-1])


def an_innovator_posts(stack: Stack, mo: Writer) -> tuple[Writer, int]:
    site = stack.site
    ida = stack.stranger("Ida Irwin", "ida@sitters.example")
    made = send(ida.client, "/my/organisation/new", {"name": "Night Sitters CIC", "kind": "third-sector"})
    assert made.status_code == 303, text_of(made.text)[:400]
    base = ida.begin(groups="carers", title="Night sitters for dementia carers")
    assert ida.press(base).status_code == 303
    stack.settle()
    site.client.cookies.clear()
    assert site.client.get(base.replace("/my", "")).status_code == 404
    assert "Night sitters" not in site.get("/search?q=night+sitters+for+carers")
    approve(mo, base)
    stack.settle()
    assert "Night sitters for dementia carers" in text_of(site.get("/search?q=night+sitters+for+carers"))
    assert "published" in letters_to(site.database, "ida@sitters.example")[-1].body.lower()
    return ida, number_of(base)


def a_commissioner_is_let_in_and_posts(stack: Stack, mo: Writer) -> tuple[Writer, int]:
    database = stack.site.database
    with writing(database) as session:
        admin, council = enrol(session, "Ada Admin", Role.ADMINISTRATOR), found(session, COUNCIL, OrgKind.PUBLIC_BODY)
    carl = stack.stranger("Carl Cole", "carl@wharfe.example")
    assert carl.client.get("/post/need").status_code == 403
    asked = send(carl.client, "/my/organisation/find?q=wharfe", action=f"/my/organisation/join/{council}")
    assert asked.status_code == 303
    boss = Writer(stack.site, "Bea Boss", organisation_id=council)
    request = next(form for form in forms_in(boss.client.get("/my/organisation").text) if "/requests/" in form.action)
    let_in = send(boss.client, "/my/organisation", action=request.action, press=("ruling", "approve"))
    assert let_in.status_code == 303
    with writing(database) as session:
        roles.grant(session, carl.id, Role.COMMISSIONER, session.get_one(Account, admin.id), NOW)
    base = carl.begin("need", title="Carers of people with dementia cannot sleep", groups="carers")
    carl.saved(f"{base}/dates", DATES)
    carl.saved(f"{base}/weights", {"price_weight": "30", "quality_weight": "70"})
    pressed = carl.press(base)
    assert pressed.status_code == 303, text_of(pressed.text)[:900]
    approve(mo, base)
    stack.settle()
    return carl, number_of(base)


def they_find_each_other_and_agree(stack: Stack, carl: Writer, need: int, ida: Writer, idea: int) -> int:
    matches = carl.client.get(f"/listings/{need}/matches").text
    assert "Night sitters for dementia carers" in matches
    invite = f"/listings/{need}/invite?innovation={idea}"
    assert invite in matches
    assert send(carl.client, invite, action=invite.partition("?")[0]).status_code == 303
    path = f"/listings/{need}/answer"
    answered = send(ida.client, f"{path}?innovation={idea}", {"text": "We can begin in May."}, action=path)
    assert answered.status_code == 303, text_of(answered.text)[:500]
    with reading(stack.site.database) as session:
        meeting = session.scalars(select(Introduction.id)).one()
    thread = f"/my/introductions/{meeting}"
    assert "We can begin in May." in carl.page(thread)
    for who in (carl, ida):
        assert "mailto:" not in ida.client.get(thread).text
        assert send(who.client, thread, action=f"{thread}/agree").status_code == 303
    assert "mailto:carl@wharfe.example" in ida.client.get(thread).text
    assert "mailto:ida@sitters.example" in carl.client.get(thread).text
    return meeting


def the_need_ends_with_a_line_to_each(stack: Stack, carl: Writer, need: int, ida: Writer, meeting: int) -> None:
    site = stack.site
    with writing(site.database) as session:
        other = found(session, "Moor Sitters")
    olga = Writer(site, "Olga Oakes", organisation_id=other)
    assert send(olga.client, f"/listings/{need}/answer", {"text": "We too."}).status_code == 303
    path = f"/my/listings/{need}/conclude"
    ruling = {"came_of_it": "respondent", "reason": "Best fit.", "chosen": str(meeting)}
    lines = [name for form in forms_in(carl.client.get(path).text) for name in form.names if name.startswith("line-")]
    assert len(lines) == 2
    silent = send(carl.client, path, ruling | dict.fromkeys(lines, ""), action=path)
    assert silent.status_code == 400
    said = {f"line-{meeting}": "You begin in May.", f"line-{meeting + 1}": "Yours was close."}
    assert set(said) == set(lines)
    done = send(carl.client, path, ruling | said, action=path)
    assert done.status_code == 303, text_of(done.text)[:600]
    stack.settle()
    for who, email, number in (
        (ida, "ida@sitters.example", meeting),
        (olga, "olga.oakes@people.example", meeting + 1),
    ):
        body = letters_to(site.database, email)[-1].body
        assert "Best fit." in body
        assert said[f"line-{number}"] in body
        assert said[f"line-{number}"] in who.page(f"/my/introductions/{number}")
    site.client.cookies.clear()
    assert "concluded" in text_of(site.get(f"/listings/{need}")).lower()
    assert "cannot sleep</" not in site.get("/search?q=dementia")
    assert "cannot sleep" in site.get("/search?q=dementia&closed=1")
