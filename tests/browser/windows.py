"""Windows of a browser onto the site that runs for the tests."""

from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext
from sqlalchemy import Engine as Database

WIDE, NARROW, NARROWEST = 1280, 375, 320
HEIGHT = 900


@dataclass(frozen=True)
class Live:
    """A site that answers on a port: its address, a path for every kind of page, and its database."""

    base: str
    paths: dict[str, str]
    database: Database


def open_context(browser: Browser, live: Live, width: int, *, script: bool = True, csp: bool = True) -> BrowserContext:
    """Open a fresh window of one width; `csp` False lets a test inject the accessibility checker."""
    context = browser.new_context(
        base_url=live.base,
        viewport={"width": width, "height": HEIGHT},
        java_script_enabled=script,
        bypass_csp=not csp,
    )
    context.set_default_timeout(15_000)
    return context
