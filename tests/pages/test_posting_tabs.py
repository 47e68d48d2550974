"""Nothing typed is lost: two tabs, two people, a sign-in that ran out, a published text that is being changed."""

import pytest
from filling import forms_in, send_from
from real_site import BASE_URL
from seen import NOW, text_of
from writers import QUICK, commissioner, innovator

from exchange.database import writing
from exchange.listing.listings import close
from exchange.models import Account, Revision, State
from exchange.moderating import moderation
from exchange.people import sign_ins
from exchange.people.accounts import operator
from exchange.people.passwords import hash_password

PASSWORD = "three quiet herons at dusk"


@pytest.fixture
def ida(own, exchange):
    return innovator(own, exchange)


def send_open(writer, page, path, changes):
    """Send a form of a page that has been open for a while."""
    return send_from(writer.client, page, changes, action=path)


def decide(writer, base, decision="approve", reason=None):
    """Let a moderator decide on the listing, or on its change that waits."""
    with writing(writer.site.database) as session:
        number = int(base.rsplit("/", 1)[-1])
        if "revision" in decision:
            rows = session.query(Revision).filter_by(listing_id=number, state=State.SUBMITTED)
            number = rows.one().id
        getattr(moderation, decision)(session, number, operator(session, "Moderator"), reason, NOW)


def publish(writer):
    base = writer.begin()
    assert writer.press(base).status_code == 303
    decide(writer, base)
    return base


def test_two_tabs_on_different_steps_merge(ida):
    base = ida.begin()
    first, second = (ida.client.get(f"{base}/{step}").text for step in ("describe", "stage"))
    assert send_open(ida, first, f"{base}/describe", {"title": "Sitters by night"}).status_code == 303
    assert send_open(ida, second, f"{base}/stage", {"stage": "pilot"}).status_code == 303
    assert (ida.content(base).title, ida.content(base).stage) == ("Sitters by night", "pilot")


def test_two_on_the_same_step_the_later_is_told_of_the_earlier_and_loses_nothing(own, exchange, ida):
    base = ida.begin()
    colleague = innovator(own, exchange, "Cy Colleague")
    path = f"{base}/describe"
    mine = ida.client.get(path).text
    colleague.saved(path, {"title": "Their title", "summary": "Their summary."})
    answer = send_open(ida, mine, path, {"title": "My title"})
    assert answer.status_code == 409
    page = text_of(answer.text)
    assert "Somebody saved this step after you opened it" in page
    assert "What is it called? Their title Summary Their summary." in page
    assert "Youngest age, if age matters Nothing" not in page
    assert 'value="My title"' in answer.text
    assert QUICK["summary"] in answer.text
    assert ida.content(base).title == "Their title"
    again = send_from(ida.client, answer.text, action=path)
    assert again.status_code == 303
    assert (ida.content(base).title, ida.content(base).summary) == ("My title", QUICK["summary"])


def test_a_double_click_saves_once_and_is_no_conflict(ida):
    base = ida.begin()
    page = ida.client.get(f"{base}/stage").text
    answers = [send_open(ida, page, f"{base}/stage", {"stage": "pilot"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]


def test_evidence_and_the_cells_that_name_it_may_be_open_at_once(ida):
    base = ida.begin()
    ida.saved(f"{base}/evidence", {"evidence-1-text": "Data.", "evidence-1-kind": "describes"})
    cells = ida.client.get(f"{base}/value").text
    mark = cells.split(">Evidence 1: Data.")[0].rsplit('value="', 1)[1].rstrip('"')
    ida.saved(f"{base}/evidence", {"evidence-1-text": "Data, reworded."})
    typed = {"users_outcomes-statement": "Rest", "users_outcomes-evidence": mark}
    answer = send_open(ida, cells, f"{base}/value", typed)
    assert answer.status_code == 400
    assert "was changed or taken away since; choose again." in text_of(answer.text)
    assert "Rest" in answer.text
    assert "Evidence 1: Data, reworded." in answer.text


def test_what_was_typed_outlives_a_sign_in_that_ran_out(ida):
    base = ida.begin()
    path = f"{base}/describe"
    page = ida.client.get(path).text
    with writing(ida.site.database) as session:
        session.get_one(Account, ida.id).password_hash = hash_password(PASSWORD)
        sign_ins.end_all(session, ida.id)
    answer = send_open(ida, page, path, {"title": "Typed before I was signed out"})
    assert answer.status_code == 401
    assert "What you typed is kept" in answer.text
    entry = {"email": "ida.innovator@people.example", "password": PASSWORD}
    resumed = send_from(ida.client, answer.text, entry, action="/sign-in")
    form = next(form for form in forms_in(resumed.text) if form.action == path)
    assert form.values["title"] == ["Typed before I was signed out"]
    assert send_from(ida.client, resumed.text, action=path).status_code == 303
    assert ida.content(base).title == "Typed before I was signed out"


def test_a_form_from_elsewhere_saves_nothing(ida):
    base = ida.begin()
    for headers in ({"origin": "https://elsewhere.example"}, {}):
        answer = ida.client.post(f"{base}/describe", data={"title": "Forged"}, headers=headers)
        assert answer.status_code in {403, 409}
    assert ida.content(base).title == QUICK["title"]


def test_a_published_text_stands_beside_the_change_that_is_written(ida):
    base = publish(ida)
    live = base.replace("/my", "")
    ida.saved(f"{base}/describe", {"title": "Sitters by night"})
    ida.saved(f"{base}/stage", {"stage": "pilot"})
    assert "Night sitters" in ida.page(live)
    assert "Sitters by night" not in ida.page(live)
    page = ida.page(base)
    assert "Sitters by night Published, with a change in draft" in page
    assert f'href="{live}"' in ida.client.get(base).text
    assert "Sitters by night" in ida.page(f"{base}/preview")
    assert ida.press(base).status_code == 303
    assert "Your change waits for a moderator. The published text stands until then." in ida.page(base)
    decide(ida, base, "approve_revision")
    assert "Sitters by night" in ida.page(live)
    assert "Published Everybody can find it." in ida.page(base)


def test_nobody_but_its_owners_sees_a_change_of_a_published_text(own, exchange, ida):
    base = publish(ida)
    ida.saved(f"{base}/describe", {"title": "Unheard of"})
    other = commissioner(own, exchange)
    for path in (base.replace("/my", ""), "/search?q=unheard+of", "/newest", f"/organisations/{exchange.circle}"):
        assert "Unheard of" not in other.page(path).replace("“Unheard of”", "")


def test_a_submitted_change_may_be_changed_again_and_stays_in_the_queue_meanwhile(ida):
    base = publish(ida)
    ida.saved(f"{base}/describe", {"title": "First"})
    ida.press(base)
    ida.saved(f"{base}/describe", {"title": "Second"})
    with writing(ida.site.database) as session:
        states = [(row.state, row.content.title) for row in session.query(Revision).order_by(Revision.id)]
    assert states == [("submitted", "First"), ("draft", "Second")]


def test_changes_asked_of_a_change_are_shown_with_the_text_that_the_moderator_saw(ida):
    base = publish(ida)
    ida.saved(f"{base}/describe", {"title": "Sitters by night"})
    ida.press(base)
    decide(ida, base, "ask_revision_changes", "Say who pays.")
    page = ida.page(base)
    assert "Published, changes asked" in page
    assert "Say who pays." in page
    assert "Moderator" not in page.replace("A moderator asks", "")
    assert 'value="Sitters by night"' in ida.client.get(f"{base}/describe").text
    ida.saved(f"{base}/describe", {"summary": "The council pays."})
    assert ida.press(base).headers["location"].endswith("done=submitted")


def test_a_listing_that_left_the_public_meanwhile_keeps_what_was_typed_on_the_page(ida):
    base = publish(ida)
    page = ida.client.get(f"{base}/describe").text
    with writing(ida.site.database) as session:
        close(session, int(base.rsplit("/", 1)[-1]), operator(session, "Moderator"), "Asked to.", NOW)
    answer = send_open(ida, page, f"{base}/describe", {"title": "Too late"})
    assert answer.status_code == 400
    assert "revise is not possible" in text_of(answer.text)
    assert 'value="Too late"' in answer.text
    assert ida.client.get(f"{base}/describe").status_code == 400


def test_a_form_with_a_made_up_mark_is_shown_what_is_saved(ida):
    base = ida.begin()
    page = ida.client.get(f"{base}/stage").text
    values = forms_in(page)[-1].values | {"seen": ["made up"], "stage": ["pilot"]}
    answer = ida.client.post(f"{BASE_URL}{base}/stage", data=values)
    assert answer.status_code == 409
    assert ida.content(base).stage is None
