"""The page of a public body says how it keeps its reply promise."""

import pytest
from meeting import meeting
from people import enrol, found
from seen import text_of

from exchange.database import writing
from exchange.introducing import introductions
from exchange.introducing.introduction_opening import start
from exchange.introducing.introduction_pairs import Approach
from exchange.introducing.introduction_states import Way
from exchange.introducing.reply_rate import Figures
from exchange.models import Account
from web.introducing.needs_pages import Replies, replies


@pytest.fixture
def meet(own, exchange):
    return meeting(own, exchange)


def answered_by(meet, name: str, reply: bool) -> None:
    """Let a charity answer the need, and the council reply two days later."""
    now = meet.site.client.app.state.site.clock()
    with writing(meet.site.database) as session:
        account = enrol(session, name, organisation_id=found(session, name))
        number = start(session, Approach(way=Way.ANSWERED, text="We could.", need_id=meet.numbers.need), account, now)
        if reply:
            carla = session.get_one(Account, meet.people["carla"])
            later = now.replace(day=now.day + 2)
            introductions.say(session, number.introduction.id, "Thank you.", carla, later)


def test_before_any_reply_was_due_the_page_says_so(meet):
    answered_by(meet, "One", reply=True)
    page = text_of(meet.page(f"/organisations/{meet.numbers.council}"))
    assert "Replies to those who answer their needs No replies were due yet. How this is counted" in page


def test_afterwards_it_shows_rate_and_median(meet):
    for name, reply in (("One", True), ("Two", True), ("Three", False)):
        answered_by(meet, name, reply)
    meet.wait(61)  # the reply date is 30 April
    page = text_of(meet.page(f"/organisations/{meet.numbers.council}"))
    assert "Reply rate, last 24 months 66% answered by the reply date (2 of 3 respondents)" in page
    assert "Time to reply 2 days (median)" in page


def test_where_nobody_was_replied_to_there_is_no_median(meet):
    answered_by(meet, "One", reply=False)
    meet.wait(61)
    page = text_of(meet.page(f"/organisations/{meet.numbers.council}"))
    assert "0% answered by the reply date (0 of 1 respondent)" in page
    assert "Time to reply Nobody was replied to yet" in page


def test_a_charitys_page_has_no_such_figures(meet):
    assert "Replies to those" not in text_of(meet.page(f"/organisations/{meet.numbers.circle}"))


@pytest.mark.parametrize(
    ("figures", "shown"),
    [
        (Figures(None, None, 0), Replies(None, None)),
        (Figures(1.0, 1.0, 1), Replies("100% answered by the reply date (1 of 1 respondent)", "1 day (median)")),
        (
            Figures(999 / 1000, 2.5, 1000),
            Replies("99% answered by the reply date (999 of 1,000 respondents)", "2.5 days (median)"),
        ),
        (Figures(0.29, 0, 100), Replies("29% answered by the reply date (29 of 100 respondents)", "0 days (median)")),
    ],
)
def test_figures_are_never_rounded_up(figures, shown):
    assert replies(figures) == shown
