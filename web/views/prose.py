"""The pages of plain text, and robots.txt."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from exchange import letters
from exchange.people.sign_ins import IDLE, LONGEST
from exchange.running import api_keys
from web.pages import AccessibilityPage, CookiesPage, PrivacyPage, RankingPage
from web.site import site_of
from web.visit import visit_of

ROBOTS = "User-agent: *\nDisallow: /search\n"
"""Search pages are without end; everything they lead to can be reached by browsing."""


def how_ranking_works(request: Request) -> Response:
    """Say how results and matches are put in order."""
    return site_of(request).show(request, RankingPage(title="How ranking works"))


def accessibility(request: Request) -> Response:
    """Say how accessible the site is."""
    return site_of(request).show(request, AccessibilityPage(title="Accessibility statement"))


def privacy(request: Request) -> Response:
    """Say what is kept of people."""
    days = {"days": LONGEST.days, "mail_days": letters.KEPT.days, "key_days": api_keys.KEPT.days}
    return site_of(request).show(request, PrivacyPage(title="Privacy", **days))


def cookies(request: Request) -> Response:
    """Say which cookie is set, and when."""
    hours = int(IDLE.total_seconds()) // 3600
    page = CookiesPage(title="Cookies", cookie=visit_of(request).cookie, days=LONGEST.days, hours=hours)
    return site_of(request).show(request, page)


def robots(_request: Request) -> Response:
    """Tell crawlers which pages not to fetch."""
    return PlainTextResponse(ROBOTS)
