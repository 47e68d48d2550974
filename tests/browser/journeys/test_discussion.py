"""The journey of a question: asked in public, answered by the owner; and of a rude one: reported, hidden, gone."""

import pytest
from living import CHARITY, NEED, address_of

pytestmark = pytest.mark.browser

SITTERS = "Thursday Sitters: four hours off, every week, same face"
QUESTION = "How many carers does one sitter look after? See https://sitters.example/report for what we read."
RUDE = "Nobody in their right mind would pay for this."
IDA, CARLA = address_of("Ida Innovator"), address_of("Carla Commissioner")


def test_a_question_is_answered_in_public_and_a_rude_one_is_hidden(arrive, site):
    listing = f"/listings/{site.listing(SITTERS).id}"
    carla, ida, mo = arrive(), arrive(), arrive()
    sees_that_one_signs_in_to_ask(arrive(), listing)
    asks_about_the_outcomes(carla, listing)
    answers(ida, site, listing)
    reads_the_answer(carla, site)
    challenges(carla, listing)
    reports(ida, site)
    hides(mo, listing)
    nobody_reads_it(arrive(), site, listing)
    restores(mo, listing)


def test_questions_on_a_need_are_for_everybody_who_bids(arrive, site):
    need = f"/listings/{site.listing(NEED).id}"
    ida, carla = arrive(), arrive()
    ida.sign_in("Ida Innovator")
    ida.go(need)
    assert "everybody who thinks of bidding reads the same" in ida.text
    ida.fill({"Your text": "May two small groups bid together?"})
    ida.press("Publish it")
    carla.sign_in("Carla Commissioner")
    carla.go(site.last_link(CARLA))
    carla.follow_to("Answer")
    carla.press("Publish it", status=400)
    assert "Write something first." in carla.text
    carla.fill({"Your answer": "Yes: name one of you as the lead."})
    carla.press("Publish it")
    visitor = arrive()
    visitor.go(need)
    assert "1 asked, 1 answered" in visitor.text
    assert "name one of you as the lead" in visitor.text
    takes_back(ida, need)


def sees_that_one_signs_in_to_ask(visitor, listing) -> None:
    visitor.go(listing)
    assert "Nobody has asked or said anything yet." in visitor.text
    visitor.follow("Sign in to ask")
    assert visitor.heading == "Sign in"


def asks_about_the_outcomes(carla, listing) -> None:
    carla.sign_in("Carla Commissioner")
    carla.go(listing)
    carla.follow("Ask about this: outcomes")
    assert carla.page.get_by_label("What is it about?").input_value() == "outcomes"
    carla.tick("A question")
    carla.press("Publish it", status=400)
    assert "Write something first." in carla.text
    assert carla.page.get_by_label("What is it about?").input_value() == "outcomes"
    carla.fill({"Your text": QUESTION})
    carla.press("Publish it")
    assert "It is here now, for everybody to read." in carla.whole
    assert "1 asked, 0 answered" in carla.text
    link = carla.page.get_by_role("link", name="https://sitters.example/report")
    assert link.get_attribute("rel") == "nofollow ugc noopener"


def answers(ida, site, listing) -> None:
    assert site.letters(IDA)[0].subject.startswith("A question about")
    ida.sign_in("Ida Innovator")
    ida.go(site.last_link(IDA))
    assert ida.path == f"{listing}/discussion"
    ida.follow_to("Answer")
    ida.fill({"Your answer": "Four on average, never more than six."})
    ida.press("Publish it")
    assert f"answers for {CHARITY}" in ida.text
    assert "1 asked, 1 answered" in ida.text


def reads_the_answer(carla, site) -> None:
    assert site.letters(CARLA)[0].subject.endswith("has an answer")
    carla.go(site.last_link(CARLA))
    assert "Four on average, never more than six." in carla.text


def challenges(carla, listing) -> None:
    carla.go(listing)
    carla.tick("A challenge")
    carla.fill({"Your text": RUDE})
    carla.press("Publish it")
    assert "2 asked, 1 answered" in carla.text


def reports(ida, site) -> None:
    ida.go(site.last_link(IDA))
    ida.page.locator(".ix-remark", has_text=RUDE).first.get_by_role("link").get_by_text("Report").click()
    ida.fill({"Say what is wrong, and how you know": "It insults those who pay for us."})
    ida.press("Send the report")
    assert "A moderator reads your report" in ida.whole


def hides(mo, listing) -> None:
    mo.sign_in("Mo Moderator")
    mo.go("/moderation")
    assert RUDE in mo.text
    mo.follow(SITTERS)
    mo.tick("Yes, uphold it")
    mo.press("Record the decision")
    assert "Now decide what becomes of the comment." in mo.whole
    mo.tick("Hide it")
    mo.press("Record the decision", status=400)
    assert "Write the reason that the author reads." in mo.text
    mo.fill({"What the author reads": "Say what you doubt, without insults."})
    mo.press("Record the decision")
    assert "The comment is hidden." in mo.whole
    mo.go("/moderation/decisions")
    assert "Comment: shown to hidden" in mo.text


def nobody_reads_it(visitor, site, listing) -> None:
    for path in (listing, f"{listing}/discussion"):
        visitor.go(path)
        assert RUDE not in visitor.text
        assert "1 asked, 1 answered" in visitor.text
    assert "Say what you doubt, without insults." in site.letters(CARLA)[0].body
    assert not [letter for letter in site.letters(IDA) if RUDE in letter.body]


def restores(mo, listing) -> None:
    mo.go("/moderation/decisions")
    mo.follow(SITTERS)
    mo.tick("Show it again")
    mo.press("Record the decision")
    mo.go(listing)
    assert RUDE in mo.text


def takes_back(ida, need) -> None:
    ida.go(need)
    ida.follow_to("Take back")
    ida.press("Take it back")
    assert "Taken back by its author." in ida.text
    assert "name one of you as the lead" in ida.text
