"""Jinja set up so that everything is escaped and an unknown name raises; knows templates, not what they say."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    Undefined,
    select_autoescape,
)
from starlette.requests import Request
from starlette.responses import HTMLResponse

from exchange.people.permissions import Action
from web.notices import DONE, NOTICES
from web.visit import Visit, visit_of
from web.wording import FILTERS

HERE = Path(__file__).parent
STATIC = HERE / "static"
LENIENT_NAMES = frozenset({"caller"})
"""GOV.UK's macros ask whether they were called with a body."""


class StrictNames(Undefined):
    """Raise on an unknown name or attribute as soon as it is used; a missing key of a dictionary is empty.

    GOV.UK's macros read options that nobody gave, so jinja's own StrictUndefined cannot be used.
    """

    __slots__ = ()

    def _check(self) -> None:
        lenient = isinstance(self._undefined_obj, Mapping) or self._undefined_name in LENIENT_NAMES
        if not lenient:
            self._fail_with_undefined_error()

    def __str__(self) -> str:
        self._check()
        return ""

    def __iter__(self) -> Iterator[Any]:
        self._check()
        return iter(())

    def __bool__(self) -> bool:
        self._check()
        return False

    def __len__(self) -> int:
        self._check()
        return 0

    def __eq__(self, other: object) -> bool:
        self._check()
        return type(self) is type(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        self._check()
        return id(type(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What every page has: its title (before the site's name) and the template that shows it."""

    template: ClassVar[str]
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What surrounds a page: its path, address and nonce, who reads it, what was just done, and its forms' token."""

    path: str
    address: str
    nonce: str
    visit: Visit
    notice: str | None

    @property
    def token(self) -> str:
        """Give what the page's forms must bring back; the browser gets a cookie with it."""
        return self.visit.token()

    def may(self, action: str) -> bool:
        """Say whether the reader may do such a thing, by the action's name (`DRAFT_NEED`)."""
        return self.visit.may(Action[action])


def make_environment() -> Environment:
    """Build the template environment of the site."""
    environment = Environment(
        loader=ChoiceLoader(
            [
                FileSystemLoader(HERE / "templates"),
                PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
            ]
        ),
        autoescape=select_autoescape(["html"], default=True),
        undefined=StrictNames,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    environment.globals["static"] = static_url
    return environment


@cache
def static_url(name: str) -> str:
    """Give the address of a built file with a hash of its content, so that it may be kept for ever."""
    file = STATIC / name
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else "0"
    return f"/static/{name}?v={digest}"


def render(environment: Environment, request: Request, page: Page, status: int = 200) -> HTMLResponse:
    """Turn a page into HTML."""
    visit = visit_of(request)
    frame = Frame(
        path=request.url.path,
        address=str(request.url),
        nonce=request.scope.get("csp_nonce", ""),
        visit=visit,
        notice=NOTICES.get(request.query_params.get(DONE, "")),
    )
    html = environment.get_template(page.template).render(page=page, frame=frame)
    return HTMLResponse(html, status_code=status)
