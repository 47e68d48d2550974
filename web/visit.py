"""Who asks for a page, by the cookie of their browser, and the token that its forms must bring back; knows no view."""

import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from exchange.people import sign_ins
from exchange.people.demo import on_loopback
from exchange.people.permissions import Action, Role, may
from exchange.people.sign_ins import LONGEST, Person
from exchange.settings import Settings

log = logging.getLogger(__name__)

COOKIE, SECURE_COOKIE = "exchange", "__Host-exchange"
"""Under HTTPS the name itself forbids that another host of the domain sets it."""
TOKEN = "csrf"  # noqa: S105  the name of a field
LONGEST_SECRET = 100


class Holder(Protocol):
    """What is asked of the site: its settings, its clock and its database."""

    settings: Settings
    clock: Callable[[], datetime]

    def reading(self) -> AbstractContextManager[Session]:
        """Give a session for reading."""

    def writing(self) -> AbstractContextManager[Session]:
        """Give a session that writes."""


@dataclass(slots=True)
class Visit:
    """One request's browser: the secret of its cookie and, where that signs somebody in, who it is.

    A browser gets a cookie when it is shown a form or signs in, and not before.
    """

    secret: str | None
    secure: bool
    person: Person | None = None
    unknown: bool = False
    """Whether the database could not say who it is."""
    _set: bool = field(default=False)
    _signed_in: bool = field(default=False)
    _forget: bool = field(default=False)

    @property
    def roles(self) -> frozenset[Role]:
        """Give the roles of whoever asks."""
        return self.person.roles if self.person else frozenset({Role.VISITOR})

    @property
    def cookie(self) -> str:
        """Give the cookie's name."""
        return SECURE_COOKIE if self.secure else COOKIE

    def may(self, action: Action) -> bool:
        """Say whether whoever asks may do such a thing at all."""
        return may(self.roles, action)

    def token(self) -> str:
        """Give what a form of this browser must bring back: a keyed hash of its cookie, which no other site can read.

        Source: OWASP, Cross-Site Request Forgery Prevention: signed double submit, bound to the session.
        """
        if self.secret is None:
            self.secret, self._set = secrets.token_urlsafe(32), True
        return hmac.new(self.secret.encode(), b"form", hashlib.sha256).hexdigest()

    def brings_back(self, token: str) -> bool:
        """Say whether a form's token is this browser's."""
        return self.secret is not None and hmac.compare_digest(self.token().encode(), token.encode())

    def sign_in(self, secret: str, person: Person) -> None:
        """Take the secret of a sign-in that has just begun; the old cookie is worth nothing from now on."""
        self.secret, self.person = secret, person
        self._set = self._signed_in = True

    def sign_out(self) -> None:
        """Forget the cookie."""
        self.secret, self.person, self._set, self._forget = None, None, False, True

    def stamp(self, response: Response) -> None:
        """Put the cookie onto the response where it changed, and keep what a person sees out of every cache."""
        name = self.cookie
        if self.person is not None or self._set or self._forget:
            response.headers["Cache-Control"] = "private, no-store"
        if self._forget and not self._set:
            response.delete_cookie(name, secure=self.secure, httponly=True, samesite="lax")
        elif self._set:
            lasts = int(LONGEST.total_seconds()) if self._signed_in else None
            response.set_cookie(
                name, self.secret or "", max_age=lasts, secure=self.secure, httponly=True, samesite="lax"
            )


def visit_of(request: Request) -> Visit:
    """Give the visit that a request belongs to; while the database is down nobody is signed in."""
    visit: Visit | None = getattr(request.state, "visit", None)
    if visit is None:
        visit = request.state.visit = _begin(request)
    return visit


def signed_in(request: Request) -> Person:
    """Give the person who asks, on an address that is not for visitors."""
    person = visit_of(request).person
    if person is None:
        raise LookupError("the address is open to visitors, so nobody may be signed in")
    return person


def _begin(request: Request) -> Visit:
    site: Holder = request.app.state.site
    secure = site.settings.base_url.startswith("https://")
    secret = request.cookies.get(SECURE_COOKIE if secure else COOKIE, "")[:LONGEST_SECRET] or None
    visit = Visit(secret, secure)
    if secret is not None:
        try:
            visit.person = _person(site, secret)
        except SQLAlchemyError as error:  # the page itself says so, or needs no database
            visit.unknown = True
            log.warning("nobody can be signed in: %s", type(error).__name__)
    return visit


def _person(site: Holder, secret: str) -> Person | None:
    with site.reading() as session:
        person = sign_ins.person_of(session, secret, site.clock(), demo=on_loopback(site.settings))
    if person is not None and person.stale:
        with site.writing() as session:
            sign_ins.note_use(session, secret, site.clock())
    return person
