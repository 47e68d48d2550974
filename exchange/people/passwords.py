"""Passwords: kept as argon2 hashes, few made at once, guessable ones refused; knows no account and no table."""

import re
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn  # type: ignore[import-untyped]

from exchange.content import clean
from exchange.errors import InputError, UnavailableError

SHORTEST, LONGEST = 10, 200
"""Characters."""
AT_ONCE = 2
"""Hashes made at the same moment: each takes 64 MiB and two cores."""
PATIENCE = 10.0
"""Seconds that a hash waits for its turn."""
READ = 50
"""Characters that are looked at for patterns: the time for it grows with the cube, and longer ones are not guessed."""
STRONG = 3
"""zxcvbn's score from which an online guess is hopeless (0 to 4)."""
OF_ITS_OWN = 6
"""Characters that a password must have beside words that anybody knows of its owner: zxcvbn counts those too high."""
SITE = ("Innovation Exchange", "Innovation", "Exchange")

GUESSABLE = (
    "This password is easy to guess. Three random words, such as a tool, a fruit and a river, are better; leave out "
    "your name, your address and common passwords."
)
TOO_SHORT = f"The password has {{}}; use at least {SHORTEST}. Three random words are long enough and easy to remember."
TOO_LONG = f"The password has {{:,}} characters; use {LONGEST} or fewer."
BUSY = "Many people are signing in just now. Nothing was changed. Try again in a minute."

_hasher = PasswordHasher()
_turns = threading.BoundedSemaphore(AT_ONCE)


def check_new(text: str, *about: str) -> None:
    """Refuse a password that is too short, too long, common, or guessed from what it is `about`: name, address.

    Source: NIST SP 800-63B, 5.1.1.2 (length, no rules of composition, known and contextual words refused).

    Raises:
        InputError: at the field "password"; the sentence says what to choose.
    """
    plain = _normal(text)
    if len(plain) < SHORTEST:
        number = f"{len(plain)} character{'' if len(plain) == 1 else 's'}"
        raise InputError(TOO_SHORT.format(number), field="password")
    if len(plain) > LONGEST:
        raise InputError(TOO_LONG.format(len(plain)), field="password")
    known = list(_words(*SITE, *about))
    if _without(plain.lower(), known) < OF_ITS_OWN or zxcvbn(plain[:READ], user_inputs=known)["score"] < STRONG:
        raise InputError(GUESSABLE, field="password")


def hash_password(text: str) -> str:
    """Give what is kept of a password: argon2id with a salt, its parameters in the text.

    Raises:
        UnavailableError: others wait already, for seconds.
    """
    with _turn():
        return _hasher.hash(_normal(text))


def matches(kept: str | None, text: str) -> bool:
    """Say whether the text is the password that was kept; without one it takes as long and is not.

    Raises:
        UnavailableError: others wait already, for seconds.
    """
    with _turn():
        if kept is None:
            _hasher.hash(_normal(text))  # the same work, so that time does not tell which addresses are known
            return False
        try:
            return _hasher.verify(kept, _normal(text))
        except (VerificationError, InvalidHashError):
            return False


def outdated(kept: str) -> bool:
    """Say whether a password should be hashed anew, as it was with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=PATIENCE):
        raise UnavailableError(BUSY)
    try:
        yield
    finally:
        _turns.release()


def _normal(text: str) -> str:
    """Give one form of texts that look the same: keyboards write an accent in two ways."""
    return unicodedata.normalize("NFKC", clean(text))


def _words(*texts: str) -> Iterator[str]:
    """Give each text, its words and its words in a row, as people build passwords of them."""
    for text in texts:
        parts = [part for part in re.split(r"[\W_]+", text.lower()) if part]
        yield from (text.lower(), *parts, "".join(parts))


def _without(text: str, words: list[str]) -> int:
    """Count the characters of a text beside the words in it; words of two letters are everywhere."""
    for word in sorted(words, key=len, reverse=True):
        if len(word) > 2:
            text = text.replace(word, "")
    return len(text)
