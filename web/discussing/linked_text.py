"""A text that somebody typed, as HTML in which its http(s) addresses are links; the only place where that is made."""

import unicodedata
from collections.abc import Iterator
from urllib.parse import urlsplit

from linkify_it import LinkifyIt
from markupsafe import Markup, escape

LONGEST_LINK = 500
"""Characters of an address that becomes a link; a longer one stays text."""
REL = "nofollow ugc noopener"

_FINDER = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
for _scheme in ("ftp:", "mailto:", "//"):
    _FINDER.add(_scheme, None)


def linked(text: str) -> Markup:
    """Give a text as HTML: every sign escaped, no tag but `a` around addresses of the web, the words unchanged.

    An address that shows something else than where it leads (a name before an @, signs that turn the direction of
    writing) stays text.
    """
    return Markup().join(_pieces(text))


def _pieces(text: str) -> Iterator[Markup]:
    at = 0
    for found in _FINDER.match(text) or ():
        address = text[found.index : found.last_index]
        if not _is_web(address):
            continue
        yield escape(text[at : found.index])
        yield Markup('<a class="govuk-link" href="{0}" rel="{1}">{0}</a>').format(address, REL)
        at = found.last_index
    yield escape(text[at:])


def _is_web(address: str) -> bool:
    if len(address) > LONGEST_LINK or any(unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Zl"} for sign in address):
        return False
    try:
        parts = urlsplit(address)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False
