"""Cursors: where the next page of a list begins, as a text that programs bring back unread; knows no list.

A cursor opens nothing that whoever brings it could not ask for anyway, so it bears a checksum and no signature: that
finds what was cut, changed or brought to another question, and no secret has to be kept by several processes.
"""

import base64
import binascii
import hashlib
from datetime import datetime
from typing import Annotated, TypeVar
from urllib.parse import urlencode

import msgspec
from msgspec import Meta, Struct

from exchange.database import LARGEST_KEY
from exchange.errors import InputError

NAME = "cursor"
LONGEST = 400
NOT_OURS = "This cursor cannot be used: take the address under “next” as it is, or begin again without a cursor."

Pairs = list[tuple[str, str]]


class InSearch(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The page of a search, and the day by which those that are practically equal are turned: pages fit each other."""

    page: Annotated[int, Meta(ge=2, le=2_000)]
    seed: Annotated[str, Meta(pattern="^2[0-9]{3}-[01][0-9]-[0-3][0-9]$")]


class InList(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The last listing that was given: what is published meanwhile stands before it and moves nothing."""

    published_at: Annotated[datetime, Meta(tz=True)]
    id: Annotated[int, Meta(ge=1, le=LARGEST_KEY)]


Position = TypeVar("Position", InSearch, InList)


def written(position: InSearch | InList, path: str, asked: Pairs) -> str:
    """Give the cursor of a position in the list that these parameters ask for at this path."""
    raw = msgspec.json.encode(position)
    return base64.urlsafe_b64encode(_check(raw, path, asked) + raw).decode().rstrip("=")


def read(text: str, kind: type[Position], path: str, asked: Pairs) -> Position:
    """Read a cursor of this path and these parameters.

    Raises:
        InputError: at "cursor": it was changed, or belongs to another question.
    """
    try:
        whole = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        position = msgspec.json.decode(whole[_CHECKED:], type=kind)
    except (binascii.Error, ValueError) as error:  # msgspec's errors are ValueErrors
        raise InputError(NOT_OURS, field=NAME) from error
    if written(position, path, asked) != text:
        raise InputError(NOT_OURS, field=NAME)
    return position


def address(base_url: str, path: str, asked: Pairs, position: InSearch | InList | None) -> str | None:
    """Give the absolute address of the page that begins at a position; None at the end."""
    if position is None:
        return None
    return f"{base_url}{path}?{urlencode([*asked, (NAME, written(position, path, asked))])}"


_CHECKED = 9
"""Bytes of the checksum: twelve characters."""


def _check(raw: bytes, path: str, asked: Pairs) -> bytes:
    question = msgspec.json.encode([path, sorted(asked)])
    return hashlib.sha256(question + b"\0" + raw).digest()[:_CHECKED]
