"""Pages for people who are signed in: nothing for axe-core to find, no sideways scrolling, targets of 24 pixels."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

import pytest
from checks import OVERFLOWING, RUN, SMALL_TARGETS, TAGS
from people import enrol
from playwright.sync_api import Page
from sqlalchemy import select
from windows import NARROW, WIDE, open_context

from exchange.content import Kind
from exchange.database import writing
from exchange.models import Listing, State
from exchange.people import sign_ins
from exchange.people.permissions import Role

pytestmark = pytest.mark.browser

MEMBER = "member"
PAGES = {
    MEMBER: (
        *("/my/listings", "/my/searches", "/my/searches/new?q=mentoring&kind=innovation", "/my/account"),
        *("/my/account/keys", "/my/organisation", "/my/introductions", "/my/data", "/post", "/post/innovation"),
        "/listings/{own}",
    ),
    Role.MODERATOR: ("/moderation", "/moderation/decisions", "/listings/{own}/discussion"),
    Role.ADMINISTRATOR: (
        *("/administration", "/administration/accounts", "/administration/requests", "/administration/mail"),
        *("/administration/audit", "/administration/figures", "/administration/indexing", "/administration/areas"),
    ),
}
WALKS = [(who, path) for who, paths in PAGES.items() for path in paths]


@pytest.fixture(scope="session")
def own(live) -> Listing:
    """Give a listing whose organisation the member belongs to."""
    with writing(live.database) as session:
        mine = select(Listing).where(Listing.kind == Kind.INNOVATION, Listing.state == State.PUBLISHED)
        return session.scalars(mine.where(Listing.organisation_id.is_not(None)).order_by(Listing.id).limit(1)).one()


@pytest.fixture(scope="session")
def cookies(live, own) -> dict[str, str]:
    """Sign a person of each kind in; give what their browser holds."""
    now = datetime.now(UTC)
    with writing(live.database) as session:
        member = enrol(session, "Mina Member", organisation_id=own.organisation_id)
        people = {MEMBER: member} | {
            role: enrol(session, f"Walker {role}", role) for role in (Role.MODERATOR, Role.ADMINISTRATOR)
        }
        return {who: sign_ins.start(session, account.id, now) for who, account in people.items()}


@pytest.fixture(scope="session")
def opened(browser, live, own, cookies) -> Callable[[str, str, int], AbstractContextManager[Page]]:
    """Give what opens a page as one of them, at a width."""

    @contextmanager
    def page_of(who: str, path: str, width: int) -> Iterator[Page]:
        with open_context(browser, live, width, csp=False) as context:
            context.add_cookies([{"name": "exchange", "value": cookies[who], "url": live.base}])
            page = context.new_page()
            response = page.goto(path.format(own=own.id))
            assert response is not None
            assert response.status == 200
            yield page

    return page_of


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize(("who", "path"), WALKS)
def test_a_page_of_a_signed_in_person_has_nothing_for_axe_to_find(opened, axe, who, path, width):
    with opened(who, path, width) as page:
        assert page.locator("h1").count() == 1
        page.evaluate(axe)
        assert page.evaluate(RUN, TAGS) == []


@pytest.mark.parametrize(("who", "path"), WALKS)
def test_it_fits_a_phone_and_a_finger(opened, who, path):
    with opened(who, path, NARROW) as page:
        assert page.evaluate(OVERFLOWING) == []
        assert page.evaluate(SMALL_TARGETS) == []
