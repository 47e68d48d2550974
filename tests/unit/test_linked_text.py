"""Links in typed texts: addresses of the web and nothing else, the words unchanged, no tag but `a`."""

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import Markup

from web.discussing.linked_text import LONGEST_LINK, linked

HREF = re.compile(r'<a class="govuk-link" href="([^"]*)" rel="nofollow ugc noopener">')


class Seen(HTMLParser):
    """What a browser makes of it: tags with their attributes, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags, self.text = [], ""
        self.feed(str(page))
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = unknown_decl = handle_pi = handle_comment


def hrefs(text: str) -> list[str]:
    return [html.unescape(href) for href in HREF.findall(str(linked(text)))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See https://a.example/b?c=d&e=f#g.", ["https://a.example/b?c=d&e=f#g"]),
        ("(https://a.example/foo_(bar)) and http://b.example", ["https://a.example/foo_(bar)", "http://b.example"]),
        ("https://a.example/ü/путь", ["https://a.example/ü/путь"]),
        ("HTTPS://A.example/X", ["HTTPS://A.example/X"]),
        ("http://пример.рф", ["http://пример.рф"]),
        ("line\nhttps://a.example\nline", ["https://a.example"]),
    ],
)
def test_addresses_of_the_web_become_links(text, found):
    assert hrefs(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "javascript://a.example/%0aalert(1)",
        "JaVaScRiPt:alert(1)//http",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x ftp://a.example mailto:a@b.example //a.example www.a.example a.example a@b.example",
        "http:// https:/a.example http:a.example",
        "https://bank.example@evil.example/",
        "https://a:b@evil.example/",
        "https://a.example/\u202egpj.exe",
        "https://a\u200b.example/",
        "https://[::1",
        f"https://a.example/{'x' * LONGEST_LINK}",
    ],
)
def test_what_is_no_plain_address_of_the_web_stays_text(text):
    assert hrefs(text) == []
    assert html.unescape(str(linked(text))) == text


@pytest.mark.parametrize(
    "text",
    [
        '<script>alert("x")</script>',
        '"><img src=x onerror=alert(1)>',
        "https://a.example/\"onmouseover='alert(1)'",
        "https://a.example/<script>alert(1)</script>",
        "<a href='https://a.example'>x</a>",
        "https://a.example/&quot;onclick=&quot;x",
        "&lt;b&gt; &amp;amp; &#60;",
    ],
)
def test_a_script_stays_text_inside_and_beside_links(text):
    seen = Seen(linked(text))
    assert seen.text == text
    assert {tag for tag, _ in seen.tags} <= {"a"}
    assert all(set(given) == {"class", "href", "rel"} for _, given in seen.tags)


SIGNS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
PARTS = st.sampled_from(
    ["https://a.example/", "http://", "javascript:", "<", ">", '"', "'", "&", "@", "(", ")", "]", "\u202e", "\n", "//"]
)


@given(st.lists(st.one_of(st.text(SIGNS, max_size=20), PARTS), max_size=12).map("".join))
@example("https://a.example/\"'<>&")
@example("http://a.example\r\nhttp://b.example")
def test_whatever_is_typed_the_words_are_unchanged_and_no_tag_is_there_but_a(text):
    page = linked(text)
    assert isinstance(page, Markup)
    assert html.unescape(re.sub(r"<a [^<>]*>|</a>", "", str(page))) == text
    seen = Seen(page)
    assert {tag for tag, _ in seen.tags} <= {"a"}
    for _, attributes in seen.tags:
        assert attributes["href"].lower().startswith(("http://", "https://"))
        assert attributes["rel"] == "nofollow ugc noopener"
        assert attributes["href"] in text
