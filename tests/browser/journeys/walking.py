"""A person with a browser: goes, types, presses, follows links, by what the page calls them; looks at every page."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from checks import OVERFLOWING, RUN, SMALL_TARGETS, TAGS
from keys import FOCUS, tab_to
from living import PASSWORD, address_of
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Response

WIDE, NARROW, HEIGHT = 1280, 375, 900
SHOTS = os.environ.get("EXCHANGE_SHOTS")
"""A folder in which every kind of page that the journeys meet is drawn, for people to look at."""

HEADINGS = "() => [...document.querySelectorAll('h1, h2, .govuk-error-summary')].map(one => one.textContent.trim())"


@dataclass
class Care:
    """Looks at each kind of page once, at both widths, and keeps what is wrong with it."""

    axe: str = field(repr=False)
    seen: set[tuple[str, ...]] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def look(self, page: Page) -> None:
        """Check a page, unless one with the same address and headings was checked before."""
        kind = (re.sub(r"\d+", "N", urlsplit(page.url).path), *page.evaluate(HEADINGS)[1:])
        if kind in self.seen:
            return
        self.seen.add(kind)
        page.evaluate(self.axe)
        for width in (WIDE, NARROW):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            found = page.evaluate(RUN, TAGS) + page.evaluate(OVERFLOWING)
            found += page.evaluate(SMALL_TARGETS) if width == NARROW else []
            self.wrong += [f"{page.url} at {width}: {one}" for one in found]
            self._draw(page, kind[0], width)
        page.set_viewport_size({"width": WIDE, "height": HEIGHT})

    def hear(self, page: Page, said: ConsoleMessage) -> None:
        """Keep what a browser complains of, except that an answer was not 200, which each step expects or not."""
        if said.type == "error" and "the server responded with a status of" not in said.text:
            self.wrong.append(f"{page.url}: {said.text}")

    def _draw(self, page: Page, path: str, width: int) -> None:
        if SHOTS:
            name = f"{len(self.seen):03d}{path.replace('/', '-')}-{width}.png"
            page.screenshot(path=Path(SHOTS) / name, full_page=True)


@dataclass
class Walker:
    """One person and their browser's window."""

    page: Page
    care: Care | None = None

    @property
    def path(self) -> str:
        """Say where they are."""
        return urlsplit(self.page.url).path

    @property
    def text(self) -> str:
        """Read the page's content."""
        return self.page.locator("main").inner_text()

    @property
    def whole(self) -> str:
        """Read all of the page, with what it says before its content."""
        return self.page.locator("body").inner_text()

    @property
    def heading(self) -> str:
        """Read the first heading."""
        return self.page.locator("h1").inner_text()

    def go(self, path: str, status: int = 200) -> None:
        """Open an address of the site."""
        self._arrived(self.page.goto(path), status)

    def press(self, button: str, status: int = 200, within: Locator | None = None) -> None:
        """Press a button by its name and wait for the page that it leads to."""
        self._leave((within or self.page).get_by_role("button", name=named(button)), status)

    def follow(self, link: str, status: int = 200, within: Locator | None = None) -> None:
        """Follow the link of this name."""
        self._leave((within or self.page).get_by_role("link", name=named(link)).first, status)

    def follow_to(self, beginning: str) -> None:
        """Follow the first link whose name begins so; the rest of it tells it from others for screen readers."""
        self._leave(self.page.get_by_role("link", name=re.compile(r"^\s*" + re.escape(beginning))).first, 200)

    def fill(self, fields: Mapping[str, str], within: Locator | None = None) -> None:
        """Type into fields by their labels."""
        for label, text in fields.items():
            (within or self.page).get_by_label(label, exact=True).fill(text)

    def group(self, legend: str) -> Locator:
        """Give the fields under a legend."""
        return self.page.get_by_role("group", name=legend, exact=True)

    def tick(self, *labels: str) -> None:
        """Tick boxes or choose radio buttons by their labels."""
        for label in labels:
            self.page.get_by_label(label, exact=True).check()

    def day(self, legend: str, day: int, month: int, year: int) -> None:
        """Type a date into its three fields."""
        self.fill({"Day": str(day), "Month": str(month), "Year": str(year)}, self.group(legend))

    def sign_in(self, name: str, password: str = PASSWORD) -> None:
        """Sign in as one of the people."""
        self.go("/sign-in")
        address = name if "@" in name else address_of(name)
        self.fill({"Email address": address, "Password": password})
        self.press("Sign in", within=self.page.locator("main"))

    def by_keys(self, selector: str, text: str | None = None) -> None:
        """Go by Tab to a field, see that it shows that one is there, and type."""
        tab_to(self.page, selector)
        focus = self.page.evaluate(FOCUS)
        assert focus["shown"], focus["at"]
        assert focus["within"], focus["at"]
        if text is not None:
            self.page.keyboard.type(text)

    def press_key(self, selector: str, key: str = "Enter", status: int = 200) -> None:
        """Go by Tab to a link or button and press a key there; wait for the page that it leads to."""
        self.by_keys(selector)
        with self.page.expect_navigation() as leaving:
            self.page.keyboard.press(key)
        self._arrived(leaving.value, status)

    def _leave(self, control: Locator, status: int) -> None:
        with self.page.expect_navigation() as leaving:
            control.click()
        self._arrived(leaving.value, status)

    def _arrived(self, response: Response | None, status: int) -> None:
        if response is not None:  # none where only the fragment changed
            assert response.status == status, (self.page.url, response.status, self.text[:500])
        if self.care:
            self.care.look(self.page)


def walker_of(context: BrowserContext, care: Care | None = None) -> Walker:
    """Open a window."""
    page = context.new_page()
    page.set_default_timeout(5_000)
    if care:
        page.on("console", lambda said: care.hear(page, said))
        page.on("pageerror", lambda error: care.wrong.append(f"{page.url}: {error}"))
    return Walker(page, care)


def named(name: str) -> re.Pattern[str]:
    """Give what an accessible name must be; words for screen readers alone stand between spaces of their own."""
    return re.compile(r"^\s*" + re.sub(r"(?:\\ )+", r"\\s+", re.escape(name)).replace(":", r"\s*:") + r"\s*$")
