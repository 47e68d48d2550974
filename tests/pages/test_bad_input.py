"""Bad input: each kind gets a clear sentence, and nothing that was typed is lost."""

import pytest
from seen import text_of

BAD = {
    "page=abc": "“abc” is not a page number: use a whole number from 1.",
    "page=0": "“0” is not a page number",
    "page=-1": "“-1” is not a page number",
    "page=%C2%B2": "“²” is not a page number",
    "kind=idea": "There is no kind called “idea”: choose innovation or need.",
    "sort=price": "There is no sort called “price”: choose relevance or newest or closing.",
    "tier=gold": "“gold” is not a choice under “Way of funding”",
    "area=narnia": "“narnia” is not a choice under “Area of work”",
    "group=dragons": "“dragons” is not a choice under “Who it is for”",
    "place=Narnia": "There is no place called “Narnia”: type a council, county or region.",
    "money=lots": "“lots” is not a choice under “Money”",
    "stage=done": "“done” is not a choice under “Stage”",
    "size=giant": "“giant” is not a choice under “Size of organisation”",
    "evidence=6": "“6” is not a choice under “Evidence level”",
    "partners=maybe": "“maybe” is not a choice under “Open to partners”",
    "unstated.place=maybe": "“unstated.place=maybe” is not a filter here.",
    "unstated.colour=hide": "“unstated.colour=hide” is not a filter here.",
    "closed=yes": "“closed” is “yes”: use 1 to include closed listings.",
}


@pytest.mark.parametrize("query", BAD)
def test_a_value_that_cannot_be_used_is_named_and_the_rest_is_kept(client, stage, query):
    answer = client.get(f"/search?q=rest+for+carers&evidence=3&remove=place:X&{query}")
    assert answer.status_code == 400
    assert BAD[query] in text_of(answer.text)
    assert "There is a problem" in answer.text
    assert ">rest for carers</textarea>" in answer.text
    assert '<input type="hidden" name="evidence" value="3">' in answer.text
    assert '<input type="hidden" name="remove" value="place:X">' in answer.text
    assert stage.asked == []


def test_several_problems_are_all_named(client):
    page = text_of(client.get("/search?page=abc&tier=gold&place=Narnia").text)
    assert "“abc”" in page
    assert "“gold”" in page
    assert "“Narnia”" in page


def test_a_place_that_is_unknown_stays_in_its_box(client):
    page = client.get("/search?place=Narnia").text
    assert 'name="place" type="text" value="Narnia"' in page
    assert 'id="place-error"' in page


def test_a_very_long_bad_value_is_shortened_in_the_sentence(client):
    page = text_of(client.get("/search?tier=" + "x" * 5_000).text)
    assert "x" * 59 + "…" in page
    assert "x" * 61 not in page


@pytest.mark.parametrize("page", ["2", "1000000000", "9" * 400])
def test_a_page_past_the_end_says_so_and_links_to_the_last(client, page):
    answer = client.get(f"/search?q=carers&kind=innovation&page={page}")
    assert answer.status_code == 404
    assert "There is only 1 page of results" in text_of(answer.text)
    assert 'href="/search?q=carers&amp;kind=innovation"' in answer.text
    assert ">carers</textarea>" in answer.text


def test_a_text_of_ten_thousand_characters_is_taken_whole(client, stage):
    text = "respite " * 1_250
    answer = client.get("/search", params={"q": text})
    assert answer.status_code == 200
    assert stage.asked[-1].text == text.strip()
    assert text.strip() in answer.text


def test_nul_is_taken_out(client, stage):
    answer = client.get("/search?q=car%00ers&tier=gr%00ant&place=%00")
    assert answer.status_code == 200
    assert stage.asked[-1].text == "carers"
    assert "\x00" not in answer.text


@pytest.mark.parametrize("text", ["%20%20", "!?...", "", "%F0%9F%98%80", "%FF%FE"])
def test_spaces_punctuation_and_odd_bytes_are_answered(client, text):
    assert client.get(f"/search?q={text}").status_code == 200


def test_unknown_parameters_are_ignored(client):
    assert client.get("/search?q=carers&utm_source=letter").status_code == 200


def test_two_kinds_mean_both(client, stage):
    client.get("/search?kind=need&kind=innovation")
    assert stage.asked[-1].kind is None


@pytest.mark.parametrize(
    "path",
    [
        "/listings/999999",
        "/listings/0",
        "/listings/abc",
        "/listings/-1",
        "/listings/99999999999999999999",
        "/listings/9999999999",
        "/listings/%C2%B2",
        "/listings/abc/matches",
        "/organisations/999999",
        "/organisations/abc",
        "/organisations/9223372036854775808",
        "/browse/areas/narnia",
        "/browse/areas/%00",
        "/browse/places/E99999999",
        "/static/nothing.css",
        "/static/../app.py",
        "/nope",
    ],
)
def test_what_is_not_there_is_a_404_that_says_what_to_try(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Page not found" in answer.text
    assert "What to try" in answer.text


def test_a_method_that_a_page_does_not_take_is_refused(client):
    answer = client.post("/search", data={"q": "carers"})
    assert answer.status_code == 405
    assert "This cannot be done here" in answer.text
    assert "GET" in answer.headers["allow"]


def test_head_answers_like_get_without_a_body(client):
    answer = client.head("/search?q=carers")
    assert answer.status_code == 200
    assert answer.text == ""


def test_a_slash_too_many_leads_to_the_page(client):
    answer = client.get("/newest/")
    assert answer.status_code == 307
    assert answer.headers["location"].endswith("/newest")
