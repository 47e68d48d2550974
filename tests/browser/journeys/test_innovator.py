"""The innovator's journey: from registering to contact details, each step in the browser that the person has."""

import pytest
from living import COUNCIL, NEED

pytestmark = pytest.mark.browser

NORA, HER_MAIL, HER_PASSWORD = "Nora Newman", "nora@moonlight.example", "thistle barge october"
TITLE = "Moonlight sitters: a whole night off for carers"
CHARITY = "Moonlight Sitters"


def test_from_registering_to_contact_details(arrive, site):
    nora = arrive()
    registers_and_confirms(nora, site)
    makes_her_organisation(nora)
    describes_it_in_two_minutes(nora)
    fills_in_every_step(nora)
    submits(nora)
    moderator_approves(arrive(), site)
    assert TITLE in "".join(letter.subject + letter.body for letter in site.letters(HER_MAIL))
    visitor = arrive()
    visitor.go("/search?q=moonlight+sitters&kind=innovation")
    visitor.follow(TITLE)
    assert "Evidence level 2" in visitor.text
    answers_the_need(nora)
    carla = arrive()
    commissioner_agrees(carla, site)
    nora.go(site.last_link(HER_MAIL))
    nora.press("Agree to share contact details")
    assert "carla.commissioner@people.example" in nora.text
    carla.page.reload()
    assert HER_MAIL in carla.text


def registers_and_confirms(nora, site) -> None:
    nora.go("/")
    nora.follow("Register")
    nora.fill({"What is your name?": NORA, "What is your email address?": HER_MAIL, "Choose a password": "password123"})
    nora.press("Register", status=400, within=nora.page.locator("main"))
    assert nora.page.get_by_label("What is your email address?").input_value() == HER_MAIL
    nora.fill({"Choose a password": HER_PASSWORD})
    nora.press("Register", within=nora.page.locator("main"))
    assert HER_MAIL in nora.text
    nora.go(site.last_link(HER_MAIL))
    nora.press("Confirm this address")
    if nora.path == "/sign-in":
        nora.fill({"Email address": HER_MAIL, "Password": HER_PASSWORD})
        nora.press("Sign in", within=nora.page.locator("main"))


def makes_her_organisation(nora) -> None:
    nora.go("/my/organisation")
    nora.fill({"What is your organisation called?": CHARITY})
    nora.press("Find it")
    nora.follow(f"Add “{CHARITY}” as a new organisation")
    nora.tick("Third-sector organisation")
    nora.fill({"What does it do? (optional)": "Sitters who stay the night."})
    nora.press("Add the organisation")
    assert nora.heading == CHARITY


def describes_it_in_two_minutes(nora) -> None:
    nora.go("/post")
    nora.press("Post an innovation")
    nora.press("Save as a draft and see matches", status=400)
    assert "Give it a title." in nora.text
    nora.fill(
        {
            "What is it called?": TITLE,
            "Summary": "A trained sitter stays awake all night, so that carers of people with dementia sleep.",
            "What changes?": "Carers sleep through",
            "Where do you deliver it now?": "Leeds",
        }
    )
    nora.tick("Carers")
    nora.press("Save as a draft and see matches")
    assert nora.heading == TITLE
    assert NEED in nora.text  # a need that it could meet, before anybody else sees it
    assert "You have posted something like it" not in nora.text


def fills_in_every_step(nora) -> None:
    nora.follow("Title, summary and who it is for")
    nora.press("Save and continue")
    nora.fill(
        {"Description": "Sitters come at ten and leave at seven. We aim to help. Last year 41 carers were helped."}
    )
    nora.press("Save and continue")
    nora.tick("Running")
    nora.press("Save and continue")
    nora.tick("Support for carers")
    nora.press("Save and continue")
    first = nora.group("Outcome 1")
    nora.fill({"How is it measured?": "Nights slept in a month", "For whom?": "Carers"}, first)
    nora.press("Save and add another outcome")
    nora.fill({"What changes?": "Fewer moves into care homes"}, nora.group("Outcome 2"))
    nora.press("Save and continue")
    nora.fill(
        {"What does it show?": "41 carers slept 3.2 hours longer than the month before."}, nora.group("Evidence 1")
    )
    nora.tick("Before-and-after data")
    nora.press("Save and continue")
    cell = nora.group("Outcomes for users")
    nora.fill({"What do you claim?": "Carers are rested", "Who gains?": "Carers"}, cell)
    nora.press("Save and continue")
    nora.tick("Grant")
    nora.fill({"Cost to a buyer: from": "20,000", "Cost to a buyer: to": "40,000"})
    nora.press("Save and continue", status=200)  # a sum without its basis is saved, and must be mended
    if nora.path.endswith("/money"):
        nora.tick("One year")
        nora.press("Save and continue")
    nora.fill({"Where else would you deliver it?": "Bradford\nWakefield"})
    nora.press("Save and continue")
    nora.tick("Yes, we are open to partners")
    nora.press("Save and continue")


def submits(nora) -> None:
    assert "We aim to help." in nora.text  # the claim check, which stops nobody
    nora.follow("Preview")
    assert "Preview: only you see this" in nora.whole
    nora.follow("Back to all steps")
    nora.press("Submit")
    assert "Submitted" in nora.text


def moderator_approves(mo, site) -> None:
    mo.sign_in("Mo Moderator")
    mo.go("/moderation")
    mo.follow(TITLE)
    assert "We aim to help." in mo.text
    mo.tick("Approve")
    mo.press("Record the decision")
    site.index()


def answers_the_need(nora) -> None:
    nora.go("/my/listings")
    nora.follow(TITLE)
    nora.follow("The page that everybody sees")
    nora.follow(f"Answer this need: {NEED}")
    nora.fill({"Your answer": "We have six sitters in Leeds who could start in May."})
    nora.press("Send your answer")
    assert "Your answer is sent" in nora.whole


def commissioner_agrees(carla, site) -> None:
    carla.sign_in("Carla Commissioner")
    carla.go(site.last_link("carla.commissioner@people.example"))
    assert "six sitters in Leeds" in carla.text
    assert HER_MAIL not in carla.text
    carla.fill({f"Your message to {CHARITY}": "We would like to hear more."})
    carla.press("Send")
    carla.press("Agree to share contact details")
    assert HER_MAIL not in carla.text  # both must agree
    assert COUNCIL in carla.text
