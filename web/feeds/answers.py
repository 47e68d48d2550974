"""Answers to programs that ask for the same thing again and again: what they have already is not sent twice."""

import hashlib

from starlette.requests import Request
from starlette.responses import Response


def answer(request: Request, body: bytes, media_type: str, *, filename: str | None = None) -> Response:
    """Send a document with the mark of its text, or say that the asker's own is still the same (RFC 9110, 13.1.2).

    The mark alone decides. A time would lie: a withdrawn listing leaves a feed older than it was, and the index takes
    up a listing some seconds after its decision. Caches ask each time, so that what is hidden is gone at once.
    """
    mark = hashlib.sha256(body).hexdigest()[:32]
    headers = {"ETag": f'"{mark}"', "Cache-Control": "no-cache"}
    if _has(request.headers.get("if-none-match", ""), mark):
        return Response(status_code=304, headers=headers)
    if filename:
        headers["Content-Disposition"] = f'inline; filename="{filename}"'
    return Response(body, media_type=media_type, headers=headers)


def _has(given: str, mark: str) -> bool:
    marks = {one.strip().removeprefix("W/").strip('"') for one in given.split(",")}
    return "*" in marks or mark in marks
