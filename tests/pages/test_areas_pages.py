"""The administrators' pages of areas: what they show, what they refuse, and that nothing typed is lost."""

import pytest
from filling import forms_in, send
from people import enrol, enter
from proposing import Desk
from seen import text_of, title_of
from sqlalchemy import select
from starlette.testclient import TestClient

from exchange.database import reading, writing
from exchange.models import Listing
from exchange.models_running import TaxonomyProposal
from exchange.people.permissions import Role
from exchange.running import taxonomy_previews as previews
from exchange.taxonomy import load_taxonomy

HOME = "/administration/areas"
SCRIPT = "<script>alert('x')</script>"
PREVIEW = {
    "documents": 297,
    "queries": 40,
    "before": 0.76815,
    "after": 0.7712,
    "changed": [
        {
            "id": "q01",
            "text": f"respite {SCRIPT}",
            "before": 0.5,
            "after": 0.4,
            "rows": [
                {"title": f"Sitters {SCRIPT}", "before": 2, "after": 1, "grade": 3},
                {"title": "Lunch club", "before": 1, "after": 2, "grade": None},
                {"title": "Newcomer", "before": None, "after": 3, "grade": 0},
                {"title": "Latecomer", "before": 40, "after": 4, "grade": 0},
                {"title": "Stayer", "before": 5, "after": 5, "grade": 0},
                {"title": "Leaver", "before": 9, "after": 11, "grade": 0},
                {"title": "Gone", "before": 10, "after": None, "grade": 0},
            ],
        }
    ],
}


@pytest.fixture
def desk(own) -> Desk:
    """Give another administrator, Bob, beside the one who has signed in."""
    return Desk(own.database, "Bob Admin")


@pytest.fixture
def client(own) -> TestClient:
    with writing(own.database) as session:
        ada = enrol(session, "Ada Admin", Role.ADMINISTRATOR).id
    enter(own.client, own.database, ada)
    return own.client


@pytest.fixture
def change(client) -> str:
    """Give the address of a change that is begun."""
    answer = send(client, HOME, action=HOME)
    assert answer.status_code == 303
    return answer.headers["location"].partition("?")[0]


def told(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return text_of(answer.text)


def saved(client, path, changes=None):
    answer = send(client, path, changes, action=path)
    assert answer.status_code == 303, text_of(answer.text)[:500]
    return answer.headers["location"]


def published(own):
    with reading(own.database) as session:
        return load_taxonomy(session)


def typed(client, path):
    return next(form for form in forms_in(client.get(path).text, path) if form.action == path).values


def keep_preview(own, number, preview=PREVIEW, failure=None):
    with writing(own.database) as session:
        previews.keep(session, previews.next_order(session), preview, failure)


def test_the_published_areas_stand_as_a_tree_with_their_words_and_listings(client):
    page = told(client, HOME)
    assert "Version 1" in page
    assert "own package" in page
    assert "Home care" in page
    assert "Also: domiciliary care, dom care" in page
    assert "Short breaks 1 open listing" in page
    assert "Groups of people" in page


def test_nobody_but_administrators_gets_in(own, change):
    with writing(own.database) as session:
        mo = enrol(session, "Mo Moderator", Role.MODERATOR).id
    enter(own.client, own.database, mo)
    for path in (HOME, change, f"{change}/terms/area/home-care", f"{HOME}/versions/1"):
        assert own.client.get(path).status_code == 403


def test_the_whole_way_of_a_change_by_the_pages(own, client, change):
    term = f"{change}/terms/area/home-care"
    assert f'href="{term}"' in client.get(f"{change}/terms").text
    assert saved(client, term, {"synonyms": "dom care\nzorbelling", "label": "Care in homes"}).startswith(change)
    new = {"code": "sheds", "label": "Sheds", "definition": "Workshops.", "parent": "adult-social-care", "place": "1"}
    saved(client, f"{change}/add/area", new)
    saved(client, f"{change}/remove/area/meals")
    page = told(client, change)
    for sentence in (
        "Name: “Home care” becomes “Care in homes”.",
        "Synonym, new: “zorbelling”.",
        "Sheds (area): added",
    ):
        assert sentence in page
    assert "Meals at home (area): removed" in page
    assert saved(client, change, {"reason": f"Plain words. {SCRIPT}"}).endswith("done=areas_published")
    assert published(own).version == 2
    assert "Care in homes" in told(client, "/browse/areas/home-care"), "at once"
    assert "There is no area called “meals”" in told(client, "/browse/areas/meals", 404)
    assert "published as version 2" in told(client, change)
    assert "Publish this change" not in told(client, change)
    history = client.get(f"{HOME}/versions").text
    assert SCRIPT not in history
    assert "by Ada Admin" in text_of(history)
    assert "Change 1: published as version 2" in told(client, f"{HOME}/changes")
    version = f"{HOME}/versions/1"
    assert "Meals at home (area): added" in told(client, version)
    saved(client, version, {"reason": "It was better."})
    assert "Meals at home" in told(client, "/browse/areas/meals")
    assert "Nothing: it says what is published now." in told(client, version)
    assert "This is the published version." in told(client, f"{HOME}/versions/3")


def test_an_area_that_is_gone_shows_its_code_on_listings_and_is_no_filter_any_more(own, client, change):
    saved(client, f"{change}/remove/area/short-breaks")
    saved(client, change, {"reason": "Gone."})
    with reading(own.database) as session:
        rows = session.scalars(select(Listing).where(Listing.state == "published"))
        number = next(row.id for row in rows if "short-breaks" in (row.content.areas or ()))
    assert "short-breaks" in told(client, f"/listings/{number}")
    assert client.get("/search?q=carers&area=short-breaks").status_code in {200, 400}
    assert client.get("/browse/areas").status_code == 200


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"label": ""}, "Give the name."),
        ({"definition": ""}, "Say in one or two sentences"),
        ({"synonyms": "respite"}, "“respite” is a synonym of “Short breaks” already"),
        ({"synonyms": "falls prevention"}, "the name of another area, “Falls prevention”"),
        ({"differs_from": f"Nowhere {SCRIPT}"}, "There is no area called “Nowhere"),
        ({"place": "first"}, "The place must be a whole number"),
        ({"parent": "nowhere"}, "is not there any more"),
        ({"synonyms": "\n".join(f"word {n}" for n in range(31))}, "There are 31 synonyms; keep 30"),
    ],
)
def test_a_term_that_breaks_a_rule_is_shown_again_as_it_was_typed(client, change, changes, sentence):
    path = f"{change}/terms/area/home-care"
    answer = send(client, path, {"label": "As I typed it"} | changes, action=path)
    assert answer.status_code == 400
    assert sentence in text_of(answer.text)
    assert title_of(answer.text).startswith("Error: ")
    assert SCRIPT not in answer.text
    again = next(form for form in forms_in(answer.text, path) if form.action == path).values
    for name, value in ({"label": "As I typed it"} | changes).items():
        assert again[name] == [value]


def test_a_synonym_at_two_terms_is_saved_when_it_is_said_to_be_meant(client, change):
    path = f"{change}/terms/area/home-care"
    saved(client, path, {"synonyms": "respite", "shared": "yes"})
    assert typed(client, path)["synonyms"] == ["respite"]


@pytest.mark.parametrize("code", ["", "Big Letters", "home-care", "../x", "x" * 41])
def test_a_code_that_cannot_be_one_keeps_the_rest_of_the_form(client, change, code):
    path = f"{change}/add/area"
    answer = send(client, path, {"code": code, "label": "Sheds", "definition": "Workshops."}, action=path)
    assert answer.status_code == 400
    assert next(form for form in forms_in(answer.text, path) if form.action == path).values["label"] == ["Sheds"]


def test_the_later_of_two_sees_what_the_earlier_saved_and_their_own_words(own, client, change, desk):
    path = f"{change}/terms/area/home-care"
    opened = typed(client, path)
    number = int(change.rsplit("/", 1)[1])
    desk.change(number, "home-care", label="Saved by Bob")
    data = {name: values[0] for name, values in opened.items()} | {"synonyms": "mine"}
    answer = client.post(path, data=data)
    assert answer.status_code == 409
    page = text_of(answer.text)
    assert "Somebody saved “Saved by Bob” since you opened it." in page
    assert "What was saved meanwhile" in page
    form = next(form for form in forms_in(answer.text, path) if form.action == path).values
    assert (form["synonyms"], form["label"]) == (["mine"], ["Home care"])
    assert client.post(path, data={name: values[0] for name, values in form.items()}).status_code == 303
    assert desk.draft(number).term("area", "home-care").synonyms == ("mine",)


def test_what_bob_added_meanwhile_is_not_published_unread(own, client, change, desk):
    number = int(change.rsplit("/", 1)[1])
    desk.add(number, "sheds")
    opened = typed(client, change)
    desk.add(number, "barns")
    answer = client.post(change, data={name: values[0] for name, values in opened.items()} | {"reason": "Sheds."})
    assert answer.status_code == 409
    assert "Somebody changed this since you opened it." in text_of(answer.text)
    assert "Barns (area): added" in text_of(answer.text)
    assert published(own).version == 1


def test_publishing_without_a_reason_or_a_difference_is_refused_on_the_page(client, change):
    for reason, sentence in (("", "Say why"), ("Because.", "nothing to publish"), ("x" * 501, "use 500 or fewer")):
        answer = send(client, change, {"reason": reason}, action=change)
        assert answer.status_code == 400
        assert sentence in text_of(answer.text)


def test_a_change_behind_is_brought_up_to_date_by_choosing(own, client, change, desk):
    saved(client, f"{change}/terms/area/home-care", {"label": "Ours"})
    desk.published_with("home-care", label="Theirs")
    page = told(client, change)
    assert "Version 2 was published since this change was begun." in page
    assert "Publish this change" not in page
    update = f"{change}/update"
    answer = send(client, update, action=update)
    assert answer.status_code == 400
    assert "Choose what becomes of “Ours”." in text_of(answer.text)
    assert "Theirs" in text_of(answer.text)
    saved(client, update, {"area.home-care.label": "theirs"})
    assert "Nothing yet: it says what is published." in told(client, change)
    assert client.get(update).status_code == 303


def test_a_discarded_change_can_be_read_and_no_more(client, change):
    saved(client, f"{change}/terms/area/home-care", {"label": "Care in homes"})
    assert "1 term is changed in it." in told(client, f"{change}/discard")
    saved(client, f"{change}/discard")
    assert "This change was discarded on" in told(client, change)
    for path in ("terms", "terms/area/home-care", "add/area", "remove/area/home-care", "update", "discard"):
        assert "This change was discarded." in told(client, f"{change}/{path}", 400)


def test_a_preview_is_asked_for_awaited_and_shown(own, client, change):
    path = f"{change}/preview"
    assert "There is no preview yet." in told(client, path)
    saved(client, path)
    assert "is being worked out" in told(client, path)
    assert "is being worked out" in told(client, change)
    keep_preview(own, 1)
    answer = client.get(path).text
    assert SCRIPT not in answer
    page = text_of(answer)
    assert "nDCG@10: 0.768 as published, 0.771 with this change. 1 of the 40 judged queries changes" in page
    for sentence in (
        "Up from 2",
        "Down from 1",
        "New",
        "New: was 40",
        "Same place",
        "Was 9, now 11",
        "0.400 after: worse",
    ):
        assert sentence in page
    assert "Was 10, now not among the first hundred" in page
    saved(client, f"{change}/terms/area/home-care", {"label": "Care in homes"})
    assert "Old" in told(client, path)
    assert "Work the preview out again." in told(client, change)


def test_a_preview_that_failed_says_why(own, client, change):
    path = f"{change}/preview"
    saved(client, path)
    keep_preview(own, 1, None, "The model cannot be loaded.")
    assert "The last preview failed. The model cannot be loaded." in told(client, path)
    saved(client, path)
    assert "failed" not in told(client, path)


def test_the_question_before_a_removal_says_how_many_listings_name_it(client, change):
    page = told(client, f"{change}/remove/area/short-breaks")
    assert "names it. Once the change is published, such a listing shows the code “short-breaks”" in page
    assert "No public listing names it." in told(client, f"{change}/remove/area/falls")
    path = f"{change}/remove/area/adult-social-care"
    answer = send(client, path, action=path)
    assert answer.status_code == 400
    assert "Move or remove those first" in text_of(answer.text)


@pytest.mark.parametrize(
    "path",
    [
        *(f"{HOME}/{one}" for one in ("changes/99", "changes/x", "changes/9999999999999999999", "versions/0")),
        *(f"{HOME}/versions/{one}" for one in ("99", "x", "99999999999999999")),
        *(
            f"{HOME}/changes/1/{one}"
            for one in ("terms/area/nowhere", "terms/place/leeds", "add/place", "remove/area/x")
        ),
        *(f"{HOME}/changes/99/{one}" for one in ("terms", "preview", "update", "discard")),
    ],
)
def test_an_address_of_nothing_says_so(client, change, path):
    assert client.get(path).status_code == 404
    token = typed(client, HOME)["csrf"][0]
    assert client.post(path, data={"csrf": token}).status_code in {404, 405}


def test_long_histories_have_pages(own, client, desk):
    for at in range(21):
        desk.published_with("home-care", definition=f"Definition {at}.")
    first = client.get(f"{HOME}/versions").text
    assert "Version 22" in text_of(first)
    assert "?page=2" in first
    assert "Version 1 " in f"{told(client, f'{HOME}/versions?page=2')} "
    assert "?page=2" in client.get(f"{HOME}/changes").text
    assert client.get(f"{HOME}/versions?page=x").status_code == 400


def test_a_form_without_its_token_changes_nothing(own, client, change):
    assert client.post(f"{change}/discard", data={}).status_code == 403
    with reading(own.database) as session:
        assert session.scalars(select(TaxonomyProposal.state)).all() == ["draft"]


def test_preparing_twice_goes_on_with_the_same_change(client, change):
    assert saved(client, HOME).startswith(change)
