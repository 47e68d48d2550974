"""What the site does by itself, as machines see it: whether it fails, and how much mail waits."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from exchange import letters, outbox
from exchange.database import writing
from exchange.errors import UnavailableError
from exchange.letters import Note
from web.background import Periodic

TOKEN = "a-token-for-the-scraper"


def failing():
    raise UnavailableError("The mail server mail.example refused the name or password.")


@pytest.fixture
def parts(own):
    """Give the parts of a site whose mail fails and whose chores do not."""
    with writing(own.database) as session:
        outbox.done(session, outbox.row_ids(session))
    background = Periodic("mail", 60, failing), Periodic("chores", 60, lambda: None)
    for periodic in background:
        periodic._turn()
    own.client.app.state.site.background = background
    return background


def test_health_says_which_of_it_fails_and_tells_nobody_why(own, parts):
    answer = own.client.get("/health")
    body = answer.json()
    assert answer.status_code == 200
    assert (body["parts"]["mail"], body["parts"]["chores"], body["status"]) == ("down", "up", "degraded")
    assert "mail.example" not in answer.text
    parts[0].error = None
    assert own.client.get("/health").json()["status"] == "ok"


def test_health_names_nothing_that_this_process_does_not_do(own):
    assert not {"mail", "chores"} & set(own.client.get("/health").json()["parts"])


def test_the_figures_count_the_mail_that_waits_and_that_was_parked(own):
    now = datetime.now(UTC)
    with writing(own.database) as session:
        for _ in range(3):
            letters.write(session, "ann@people.example", Note(subject="Hello", body="x"), now)
        letters.failed(session, 1, "550", now, final=True)
        letters.sent(session, 2, now)
    site = own.client.app.state.site
    site.settings = replace(site.settings, metrics_token=TOKEN)
    told = own.client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert "exchange_mail_waiting 1.0" in told
    assert "exchange_mail_parked 1.0" in told
