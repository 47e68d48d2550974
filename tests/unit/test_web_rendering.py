"""Templates: unknown names raise, everything is escaped, marks are safe, addresses are hashed."""

from dataclasses import dataclass

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from indexer.analysis import topic_terms
from web import rendering
from web.cards import marked
from web.listing_page import web_address


@dataclass
class Thing:
    """A page's context."""

    title: str = "<b>"


@pytest.fixture(scope="module")
def environment():
    return rendering.make_environment()


def shown(environment, source, **names: object):
    return environment.from_string(source).render(**names)


@pytest.mark.parametrize(
    "source",
    [
        "{{ nothing }}",
        "{% if nothing %}x{% endif %}",
        "{% for x in nothing %}{% endfor %}",
        "{{ nothing.at_all }}",
        "{{ nothing() }}",
        "{{ nothing|length }}",
        "{{ nothing == 'x' }}",
        "{{ nothing != 'x' }}",
        "{{ nothing ~ 'x' }}",
        "{{ thing.titel }}",
        "{% if thing.titel %}x{% endif %}",
        "{{ {nothing: 1} }}",
    ],
)
def test_an_unknown_name_or_attribute_raises(environment, source):
    with pytest.raises(jinja2.UndefinedError):
        shown(environment, source, thing=Thing())


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ options.missing }}", ""),
        ("{% if options.missing %}x{% else %}y{% endif %}", "y"),
        ("{% for x in options.missing %}x{% endfor %}", ""),
        ("{{ options.missing|length }}", "0"),
        ("{{ options.missing == options.other }}", "True"),
        ("{{ options.missing|default('z') }}", "z"),
        ("{% if caller %}x{% else %}y{% endif %}", "y"),
        ("{{ nothing is defined }}", "False"),
    ],
)
def test_a_missing_key_is_empty_because_govuk_macros_ask_for_options_nobody_gave(environment, source, text):
    assert shown(environment, source, options={}) == text


def test_everything_is_escaped(environment):
    assert shown(environment, "{{ thing.title }}", thing=Thing()) == "&lt;b&gt;"


def test_every_template_compiles(environment):
    names = [name for name in environment.list_templates() if not name.startswith("govuk_frontend_jinja")]
    assert len(names) >= 20
    for name in names:
        assert name.endswith(".html")
        environment.get_template(name)


def test_words_with_the_stems_are_marked_and_the_rest_is_escaped():
    text = "Carers & <carer>s of a carer-led café"
    assert marked(text, frozenset(topic_terms("caring for carers"))) == Markup(
        "<mark>Carers</mark> &amp; &lt;<mark>carer</mark>&gt;s of a <mark>carer</mark>-led café"
    )


@given(st.text(), st.frozensets(st.text(max_size=3)))
def test_marking_never_changes_what_a_person_reads(text, stems):
    assert marked(text, stems).replace("<mark>", "").replace("</mark>", "") == Markup.escape(text)


@pytest.mark.parametrize(
    ("link", "address"),
    [
        (None, None),
        ("", None),
        ("https://x.example/a?b#c", "https://x.example/a?b#c"),
        ("HTTP://X.example", "HTTP://X.example"),
        (" www.x.example ", "https://www.x.example"),
        ("x.example:8080/a", "https://x.example:8080/a"),
        ("javascript:alert(1)", None),
        ("java.script:alert(1)", None),
        ("data:text/html,x", None),
        ("//evil.example", None),
        ("mailto:a@x.example", None),
        ("ask us", None),
    ],
)
def test_only_addresses_of_the_web_become_links(link, address):
    assert web_address(link) == address


def test_a_built_file_has_the_hash_of_its_content_in_its_address(tmp_path, monkeypatch):
    monkeypatch.setattr(rendering, "STATIC", tmp_path)
    rendering.static_url.cache_clear()
    (tmp_path / "a.css").write_text("one")
    first = rendering.static_url("a.css")
    rendering.static_url.cache_clear()
    (tmp_path / "a.css").write_text("two")
    second = rendering.static_url("a.css")
    rendering.static_url.cache_clear()
    assert first.startswith("/static/a.css?v=")
    assert first != second


def test_a_file_that_is_not_built_yet_still_has_an_address(tmp_path, monkeypatch):
    monkeypatch.setattr(rendering, "STATIC", tmp_path)
    rendering.static_url.cache_clear()
    assert rendering.static_url("none.css") == "/static/none.css?v=0"
    rendering.static_url.cache_clear()
