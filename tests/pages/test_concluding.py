"""A commissioner concludes a need on one screen: everything typed is kept, everybody is told, nobody else may."""

import html

import pytest
from filling import forms_in, send_from
from meeting import meeting
from people import enrol, found
from seen import text_of, title_of
from test_escaping import EVIL, QUOTE

from exchange.database import reading, writing
from exchange.introducing.introduction_opening import start
from exchange.introducing.introduction_pairs import Approach
from exchange.introducing.introduction_states import Way
from exchange.listing.listings import get_listing
from exchange.models_introductions import Conclusion

READY = (
    "Thank you, Carers' Circle, for answering our need. Our decision and the reason for it are given with this line."
)


@pytest.fixture
def meet(own, exchange):
    return meeting(own, exchange)


@pytest.fixture
def two(meet):
    """Give the address of the screen, and the introductions of the two who answered."""
    first = meet.answer()
    return f"/my/listings/{meet.numbers.need}/conclude", first, add(meet, "Night Owls", "We sit at night.")


def add(meet, name: str, text: str = "We could too.") -> int:
    """Let another charity answer the need."""
    with writing(meet.site.database) as session:
        account = enrol(session, f"Member of {name}", organisation_id=found(session, name))
        approach = Approach(way=Way.ANSWERED, text=text, need_id=meet.numbers.need)
        return start(session, approach, account, meet.site.client.app.state.site.clock()).introduction.id


def state_of(meet) -> str:
    with reading(meet.site.database) as session:
        return get_listing(session, meet.numbers.need).state


def form_on(page: str):
    return next(form for form in forms_in(page) if form.action.endswith("/conclude"))


def typed(first: int, second: int, **changes: object) -> dict:
    return {
        "came_of_it": "respondent",
        "reason": "They know the town.",
        "chosen": str(first),
        f"line-{first}": "You it is.",
        f"line-{second}": "Not this time, thank you.",
    } | changes


def test_the_screen_shows_each_respondent_with_a_line_ready_and_nothing_decided(meet, two):
    address, first, second = two
    page = meet.page(address, "carla")
    assert title_of(page) == "What came of this need? - Innovation Exchange"
    form = form_on(page)
    assert form.values[f"line-{first}"] == [READY]
    assert "Night Owls" in form.values[f"line-{second}"][0]
    assert "came_of_it" in form.names
    assert "came_of_it" not in form.values
    assert "chosen" not in form.values
    told = text_of(page)
    assert "This need takes answers until 9 April 2027. If you conclude it now, it takes no more." in told
    assert "We could do this." in told
    assert "We sit at night." in told
    assert f"/my/introductions/{second}" in page


def test_concluding_tells_everybody_and_shows_outcome_and_reason_but_no_respondent_to_the_public(meet, two):
    address, first, second = two
    answer = meet.send(address, "carla", typed(first, second), action=address)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/my/listings/{meet.numbers.need}?done=concluded",
    )
    assert "Everybody who answered is told by mail" in text_of(meet.page(answer.headers["location"], "carla"))
    assert state_of(meet) == "concluded"
    assert "You it is." in text_of(meet.page(f"/my/introductions/{first}", "ida"))
    public = text_of(meet.page(f"/listings/{meet.numbers.need}"))
    assert (
        "What came of it One or more respondents were chosen. Concluded on 1 March 2027. They know the town." in public
    )
    assert "You it is." not in public
    assert "Night Owls" not in public


def test_a_missing_line_and_a_missing_outcome_are_named_together_and_everything_typed_is_kept(meet, two):
    address, first, second = two
    changes = typed(first, second, came_of_it=None, reason="Long \n reason & more", **{f"line-{second}": "  "})
    answer = meet.send(address, "carla", changes, action=address)
    assert answer.status_code == 400
    assert title_of(answer.text).startswith("Error: ")
    told = text_of(answer.text)
    assert "Say what came of it: choose one." in told
    assert "Write a line to Night Owls: nobody is left without an answer." in told
    assert f'href="#line-{second}"' in answer.text
    assert 'href="#came_of_it"' in answer.text
    values = form_on(answer.text).values
    assert values["chosen"] == [str(first)]
    assert values["reason"] == ["Long \n reason & more"]
    assert values[f"line-{first}"] == ["You it is."]
    assert values[f"line-{second}"] == [""], "an emptied line is not filled again"
    assert state_of(meet) == "published"
    sent = send_from(
        meet.site.client,
        answer.text,
        {"came_of_it": "ourselves", "chosen": None, f"line-{second}": "No."},
        action=address,
    )
    assert sent.status_code == 303


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"chosen": None}, "chosen", "Tick whom you chose"),
        ({"came_of_it": "ourselves"}, "chosen", "You ticked somebody as chosen."),
        ({"reason": " \n "}, "reason", "Give the reason: respondents and the public read it."),
        ({"reason": "x" * 5_001}, "reason", "5,001 characters"),
    ],
)
def test_what_does_not_fit_together_is_named_at_its_field(meet, two, changes, field, sentence):
    address, first, second = two
    answer = meet.send(address, "carla", typed(first, second, **changes), action=address)
    assert answer.status_code == 400
    assert sentence in text_of(answer.text)
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}"' in answer.text
    assert state_of(meet) == "published"


def test_made_up_numbers_and_words_change_nothing(meet, two):
    address, first, second = two
    for changes in ({"chosen": "x1"}, {"chosen": "9" * 30}, {"chosen": "424242"}, {"came_of_it": "still_deciding"}):
        answer = meet.post(address, "carla", **typed(first, second, **changes))
        assert answer.status_code == 400, changes
    assert state_of(meet) == "published"


def test_one_who_answers_while_the_screen_is_open_gets_a_line_too(meet, two):
    address, first, second = two
    page = meet.page(address, "carla")
    third = add(meet, "Late Ones")
    answer = send_from(meet.site.client, page, typed(first, second), action=address)
    assert answer.status_code == 400
    assert "Write a line to Late Ones" in text_of(answer.text)
    assert form_on(answer.text).values[f"line-{first}"] == ["You it is."]
    assert "Late Ones" in form_on(answer.text).values[f"line-{third}"][0]
    sent = send_from(meet.site.client, answer.text, action=address)
    assert sent.status_code == 303
    assert state_of(meet) == "concluded"


def test_a_form_sent_twice_says_that_it_is_done_and_writes_no_second_letter(meet, two):
    address, first, second = two
    page = meet.page(address, "carla")
    assert send_from(meet.site.client, page, typed(first, second), action=address).status_code == 303
    letters = len(meet.letters())
    again = send_from(meet.site.client, page, typed(first, second, reason="Another."), action=address)
    assert again.status_code == 400
    assert "This need is concluded already: everybody was told what came of it." in text_of(again.text)
    assert len(meet.letters()) == letters
    assert meet.status(address, "carla") == 400


def test_only_a_commissioner_of_the_organisation_opens_the_screen_or_sends_it(meet, two):
    address, first, second = two
    for name, status in (("olga", 404), ("lone", 404), ("colin", 403), ("ida", 403), ("noah", 403), ("una", 403)):
        assert meet.status(address, name) == status, name
        assert meet.post(address, name, **typed(first, second)).status_code == status, name
    assert meet.status(address, None) == 303
    meet.be("carla")
    assert meet.site.client.post(address, data=typed(first, second)).status_code == 403, "without a token"
    assert meet.status("/my/listings/999999/conclude", "carla") == 404
    assert state_of(meet) == "published"


def test_an_innovation_has_no_such_screen(meet):
    with writing(meet.site.database) as session:
        get_listing(session, meet.numbers.sitters).organisation_id = meet.numbers.council
    meet.be("carla")
    answer = meet.site.client.get(f"/my/listings/{meet.numbers.sitters}/conclude")
    assert answer.status_code == 400
    assert "Only a need is concluded" in text_of(answer.text)


def test_without_respondents_the_screen_offers_nobody_to_choose(meet):
    address = f"/my/listings/{meet.numbers.need}/conclude"
    page = meet.page(address, "carla")
    assert "Nobody waits for an answer." in text_of(page)
    assert 'value="respondent"' not in page
    sent = meet.send(address, "carla", {"came_of_it": "not_going_ahead", "reason": "Too dear."}, action=address)
    assert sent.status_code == 303
    assert "It does not go ahead. Concluded on 1 March 2027. Too dear." in text_of(
        meet.page(f"/listings/{meet.numbers.need}")
    )


def test_script_in_every_field_is_shown_as_text_and_mailed_plain(meet, two):
    address, first, second = two
    evil = EVIL + QUOTE
    lines = {f"line-{first}": evil, f"line-{second}": f"{evil}\r\nBcc: all@example.org"}
    shown = meet.send(address, "carla", typed(first, second, reason=evil, chosen=None, **lines), action=address)
    assert shown.status_code == 400
    assert evil not in shown.text
    assert form_on(shown.text).values["reason"] == [evil]
    done = meet.send(address, "carla", typed(first, second, reason=evil, **lines), action=address)
    assert done.status_code == 303
    for path, name in ((f"/listings/{meet.numbers.need}", None), (f"/my/introductions/{first}", "ida")):
        page = meet.page(path, name)
        assert evil not in page
        assert evil in html.unescape(page)
    told = [letter for letter in meet.letters() if letter.path == f"/my/introductions/{first}"][-1]
    assert f"  {evil}" in told.body
    assert len(told.subject.splitlines()) == 1
    with reading(meet.site.database) as session:
        assert session.get_one(Conclusion, meet.numbers.need).reason == evil


def test_what_was_typed_survives_the_end_of_the_sign_in(meet, two):
    address, first, second = two
    page = meet.page(address, "carla")
    meet.be(None)
    meet.site.client.headers["sec-fetch-site"] = "same-origin"
    answer = send_from(meet.site.client, page, typed(first, second), action=address)
    assert answer.status_code == 401
    assert "You it is." in html.unescape(answer.text)
    assert state_of(meet) == "published"


def test_a_need_that_is_only_closed_says_nothing_of_what_came_of_it(meet, exchange):
    page = meet.page(f"/listings/{exchange.closed}")
    assert "What came of it" not in text_of(page)
