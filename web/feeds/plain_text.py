"""People's text as feeds and calendars carry it: one line, and no character that their formats refuse."""

import unicodedata

NO_CHARACTERS = frozenset("\ufffe\uffff")
"""Stand for no character; XML has no place for them."""


def one_line(text: str | None) -> str:
    """Put a text onto one line and leave out control characters and half characters; emoji and accents stay.

    Source: XML 1.0, 2.2 (Characters); RFC 5545, 3.3.11 (Text), which lets in no control characters.
    """
    kept = "".join(character for character in " ".join((text or "").split()) if _written(character))
    return " ".join(kept.split())


def shortened(text: str, most: int) -> str:
    """Cut a text to so many characters, the last of which then says so."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _written(character: str) -> bool:
    return character not in NO_CHARACTERS and unicodedata.category(character) not in {"Cc", "Cs"}
