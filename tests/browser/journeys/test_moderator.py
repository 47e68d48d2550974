"""The moderators' journey: approve, ask for changes, refuse, a change of a published listing, and an appeal."""

import pytest
from living import CHARITY, address_of

from exchange.content import Content, Kind, Outcome
from exchange.database import writing
from exchange.listing.listings import NewListing, post
from exchange.models import Account, State

pytestmark = pytest.mark.browser

IDA = address_of("Ida Innovator")
FIRST, SECOND, THIRD = "Sitters at dawn", "Sitters at noon", "Sitters at dusk"
LIVE = "Thursday Sitters: four hours off, every week, same face"


def waits(site, title: str) -> int:
    """Put an innovation of Ida's organisation before the moderators."""
    content = Content(
        title=title,
        summary="A sitter comes so that carers can go out.",
        outcomes=(Outcome(statement="Carers rest", measure="Hours", for_whom="Carers"),),
        delivers_in=("E08000035",),
    )
    with writing(site.database) as session:
        ida = session.query(Account).filter_by(email=IDA).one()
        new = NewListing(kind=Kind.INNOVATION, content=content, organisation_id=ida.organisation_id)
        return post(session, new, ida, site.clock()).id


def state(site, title: str) -> State:
    return State(site.listing(title).state)


def test_through_the_queue(arrive, site):
    for title in (FIRST, SECOND, THIRD):
        waits(site, title)
    mo, ida = arrive(), arrive()
    mo.sign_in("Mo Moderator")
    ida.sign_in("Ida Innovator")
    approves(mo, site)
    asks_for_changes(mo, site)
    mends_and_submits_again(ida, site)
    refuses(mo, site)
    appeals(ida, site)
    cannot_decide_on_their_own_refusal(mo)
    another_upholds(arrive(), site)
    changes_what_is_published(ida, site)
    reads_the_difference(mo, site)
    mo.go("/moderation/decisions")
    assert FIRST in mo.text


def approves(mo, site) -> None:
    mo.go("/moderation")
    assert [title in mo.text for title in (FIRST, SECOND, THIRD)] == [True] * 3
    mo.follow(FIRST)
    assert CHARITY in mo.text
    mo.press("Record the decision", status=400)
    assert "Choose what you decide." in mo.text
    mo.tick("Approve")
    mo.fill({"Note for the author (optional)": "Well told."})
    mo.press("Record the decision")
    assert state(site, FIRST) is State.PUBLISHED
    letter = site.letters(IDA)[0]
    assert FIRST in letter.subject + letter.body
    assert "Mo Moderator" not in letter.subject + letter.body


def asks_for_changes(mo, site) -> None:
    mo.go("/moderation")
    mo.follow(SECOND)
    mo.tick("Ask for changes")
    mo.press("Record the decision", status=400)
    mo.fill({"What should change?": "Say how many carers you reach."})
    mo.press("Record the decision")
    assert state(site, SECOND) is State.CHANGES_ASKED


def mends_and_submits_again(ida, site) -> None:
    ida.go(site.last_link(IDA))
    assert "Say how many carers you reach." in ida.text
    ida.follow("Description")
    ida.fill({"Description": "Forty carers, every week."})
    ida.press("Save and go back to all steps")
    ida.press("Submit again")
    assert state(site, SECOND) is State.SUBMITTED


def refuses(mo, site) -> None:
    mo.go("/moderation")
    mo.follow(THIRD)
    mo.tick("Refuse")
    mo.press("Record the decision", status=400)
    mo.tick("Duplicate")
    mo.press("Record the decision")
    assert state(site, THIRD) is State.REFUSED
    assert "The same is listed already." in site.letters(IDA)[0].body


def appeals(ida, site) -> None:
    ida.go(site.last_link(IDA))
    assert "The same is listed already." in ida.text
    ida.follow("Appeal against the refusal")
    ida.fill({"Why should it be published?": "Dusk is another time of day, with other sitters."})
    ida.press("Appeal")
    assert state(site, THIRD) is State.APPEALED


def cannot_decide_on_their_own_refusal(mo) -> None:
    mo.go("/moderation")
    assert "For another moderator" in mo.text


def another_upholds(mia, site) -> None:
    mia.sign_in("Mia Moderator")
    mia.go("/moderation")
    mia.follow(THIRD)
    assert "Dusk is another time of day" in mia.text
    mia.tick("Uphold the appeal")
    mia.press("Record the decision")
    assert state(site, THIRD) is State.PUBLISHED


def changes_what_is_published(ida, site) -> None:
    ida.go("/my/listings")
    ida.follow(LIVE)
    ida.follow("Title, summary and who it is for")
    ida.fill({"Summary": "The same trained sitter comes to the house every Thursday, and on Sundays too."})
    ida.press("Save and go back to all steps")
    ida.press("Submit the change")
    site.index()
    ida.go(f"/listings/{site.listing(LIVE).id}")
    assert "on Sundays too" not in ida.text  # the live text stays until a moderator decides


def reads_the_difference(mo, site) -> None:
    mo.go("/moderation")
    mo.follow_to(LIVE)
    assert "Sundays" in "".join(mo.page.locator("ins").all_inner_texts())
    mo.tick("Approve")
    mo.press("Record the decision")
    mo.go(f"/listings/{site.listing(LIVE).id}")
    assert "on Sundays too" in mo.text
