"""What a page says of the step that led to it: a code in the address, a sentence on the page; knows no view."""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.responses import RedirectResponse

DONE = "done"
NOTICES: Mapping[str, str] = {
    "saved": "Saved.",
}
"""Only these sentences can be shown: an address that somebody made up says nothing of their own."""


def see_other(address: str, done: str | None = None) -> RedirectResponse:
    """Send a browser on after a POST, with what was done.

    Raises:
        KeyError: there is no sentence of that name.
    """
    if done is None:
        return RedirectResponse(address, status_code=303)
    NOTICES[done]
    path, mark, fragment = address.partition("#")
    joined = "&" if "?" in path else "?"
    return RedirectResponse(f"{path}{joined}{urlencode({DONE: done})}{mark}{fragment}", status_code=303)
