"""Take the places out of a text, neatly; know nothing of how they were found."""

import re
from collections.abc import Sequence

from exchange.place.place_text import STOP_WORDS, PlaceMention

_CONTENT = re.compile(r"[^\W\d_]{3,}")
_CUT = "\ue000"
_AT_CUT = (
    (re.compile(rf"{_CUT}(?:[\s,;/&]|\b(?:and|or)\b)*{_CUT}"), _CUT),  # nothing but a joint between two places
    (re.compile(rf"\(\s*{_CUT}\s*\)"), _CUT),
    (re.compile(rf"(?:[\s,;:/&\u2013-]|\b(?:and|or)\b)+{_CUT}(?=\W*$)"), _CUT),
    (re.compile(rf"^\W*{_CUT}(?:[\s,;:./&\u2013-]|\b(?:and|or)\b)*"), _CUT),
    (re.compile(rf"[\s,;:]*{_CUT}\s*(?=[,.;:!?)])"), ""),
    (re.compile(rf"\s*{_CUT}\s*"), " "),
)


def strip_places(text: str, mentions: Sequence[PlaceMention]) -> str:
    """Return the text without its mentions, or the text itself where no content word would be left (ruling 5).

    A content word has three letters or more and is no stop word. The mentions are those of `find_places`.
    """
    if not mentions:
        return text
    rest, position = "", 0
    for mention in mentions:
        rest += text[position : mention.start] + _CUT
        position = mention.end
    rest += text[position:]
    for pattern, replacement in _AT_CUT:
        rest = pattern.sub(replacement, rest)
    rest = rest.replace(_CUT, " ").strip()
    has_content = any(word.casefold() not in STOP_WORDS for word in _CONTENT.findall(rest))
    return rest if has_content else text
