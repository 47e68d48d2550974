"""What a person sees of a page, and the day and places that the tests name."""

import html
import re
from datetime import UTC, datetime

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
LEEDS = "E08000035"
BRADFORD = "E08000032"


def text_of(page: str) -> str:
    """Give what a person reads: scripts and tags taken out, entities turned, spaces made single."""
    plain = re.sub(r"<script.*?</script>|<head>.*?</head>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", plain)).split())


def title_of(page: str) -> str:
    """Give the page's title."""
    return html.unescape(page.split("<title>")[1].split("</title>", maxsplit=1)[0])
