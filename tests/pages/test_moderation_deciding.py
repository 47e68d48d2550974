"""Deciding on listings, revisions and appeals in a browser: what is shown beside them, and what becomes of them."""

from datetime import UTC, datetime, timedelta

import pytest
from filling import send, send_from
from moderators_desk import Desk, desk_over
from seen import LEEDS, text_of, title_of
from small_exchange import SITTERS

from exchange.content import Content, Evidence, EvidenceKind, FullValue, Outcome, ValueCell
from exchange.database import writing
from exchange.listing import listings
from exchange.models import Account, Organisation, Revision
from exchange.moderating import moderation
from exchange.moderating.reason_codes import DEFAULT_TEXTS, ReasonCode

EVIL = '<script>alert("x")</script>"><img src=x onerror=alert(1)>'
EVERYTHING_EVIL = {
    **dict.fromkeys(("title", "summary", "description", "method"), EVIL),
    **dict.fromkeys(("areas", "groups", "delivers_in", "would_deliver_in", "office_in"), (EVIL,)),
    "outcomes": (Outcome(statement=EVIL, measure=EVIL, for_whom=EVIL),),
    "evidence": (Evidence(text=EVIL, kind=EvidenceKind.DESCRIBES, link="https://x.example/" + EVIL),),
    "full_value": {ValueCell.OTHERS_OUTCOMES: FullValue(statement=EVIL, beneficiary=EVIL, evidence=0)},
}


@pytest.fixture
def desk(own, exchange) -> Desk:
    made = desk_over(own, exchange)
    made.enter("mo")
    return made


def decide(desk: Desk, number: int, changes: dict, what: str = "listings"):
    return send(desk.site.client, f"/moderation/{what}/{number}", changes, action=f"/moderation/{what}/{number}")


def shown(desk: Desk, number: int, what: str = "listings") -> str:
    return text_of(desk.site.get(f"/moderation/{what}/{number}"))


def test_a_listing_is_shown_as_it_would_stand_with_its_checks(desk):
    number = desk.publish(**{name: getattr(SITTERS, name) for name in ("title", "summary")})
    waiting = desk.post(
        **{name: getattr(SITTERS, name) for name in SITTERS.__slots__ if name != "title"}, title="Friday Sitters"
    )
    page = shown(desk, waiting)
    for part in (
        "Innovation",
        "submitted",
        "Friday Sitters",
        "The same trained sitter every week",
        "£78,000 to £130,000 a year",
        "Leeds",
        "Carers' Circle",
        "GB-CHC-1104417",
        "Charity Commission register",
        "Medium (£100,000 to £1 million)",
        "First listing No",
        "Evidence level 3: comparison group",
        "Claim check",
        "The author has posted something like it",
        "Thursday Sitters (published)",
        "None: this is the first time that it is here.",
    ):
        assert part in page, part
    assert f'href="/listings/{number}"' in desk.site.get(f"/moderation/listings/{waiting}")
    assert "Closed" not in page


def test_who_is_behind_a_listing_is_said_when_nothing_is_known(desk):
    assert "No organisation: its author is a person." in shown(desk, desk.post("noah"))
    with writing(desk.site.database) as session:
        session.get_one(Account, desk.people["noah"]).organisation_id = desk.numbers.council
    page = shown(desk, desk.post("noah"))
    assert "Public body" in page
    assert "Org-id Not stated" in page


def test_approving_publishes_and_goes_on_to_the_next(desk):
    first = desk.post(ago=timedelta(days=30))
    second = desk.post(title="Next", ago=timedelta(days=20))
    answer = decide(desk, first, {"decision": "approve", "note": "Well put."})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/moderation/listings/{second}?done=moderated_approved"
    assert "The listing is published." in text_of(desk.site.get(answer.headers["location"]))
    assert desk.state(first) == "published"
    assert (desk.last().by_id, desk.last().reason) == (desk.people["mo"], "Well put.")
    (letter,) = desk.letters("ida")
    assert "  Well put." in letter.body


def test_after_the_last_one_the_queue_is_shown(desk):
    with writing(desk.site.database) as session:
        by = session.get_one(Account, desk.people["max"])
        moderation.approve(session, desk.numbers.waiting, by, None, datetime.now(UTC))
    answer = decide(desk, desk.post(), {"decision": "approve"})
    assert answer.headers["location"] == "/moderation?done=moderated_approved"


def test_asking_for_changes_keeps_the_text_and_the_day(desk):
    number = desk.post()
    day = datetime.now(UTC).date() + timedelta(days=10)
    dates = {"due_on-day": str(day.day), "due_on-month": str(day.month), "due_on-year": str(day.year)}
    answer = decide(desk, number, {"decision": "ask for changes", "changes": "Name the people."} | dates)
    assert answer.status_code == 303
    assert (desk.state(number), desk.last().reason, desk.last().due_on) == ("changes_asked", "Name the people.", day)
    assert "nothing to decide now: it is “changes asked”" in shown(desk, number)


def test_the_day_for_changes_is_filled_in_before(desk):
    number = desk.post()
    decide(desk, number, {"decision": "ask for changes", "changes": "Name the people."})
    assert desk.last().due_on == moderation.default_due(datetime.now(UTC))


@pytest.mark.parametrize(("typed", "kept"), [("", DEFAULT_TEXTS[ReasonCode.DUPLICATE]), ("See 12.", "See 12.")])
def test_refusing_by_a_reason_of_the_list_sends_its_text_unless_another_is_written(desk, typed, kept):
    number = desk.post()
    assert DEFAULT_TEXTS[ReasonCode.DUPLICATE] in shown(desk, number)
    decide(desk, number, {"decision": "refuse", "code": "duplicate", "text": typed})
    assert (desk.state(number), desk.last().reason_code, desk.last().reason) == ("refused", "duplicate", kept)
    assert kept in desk.letters("ida")[0].body


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({}, "decision", "Choose what you decide."),
        ({"decision": "ask for changes"}, "changes", "Say what should change."),
        (
            {"decision": "ask for changes", "changes": "So.", "due_on-year": "2020"},
            "due_on",
            "must be in the future",
        ),
        ({"decision": "ask for changes", "changes": "So.", "due_on-day": "x"}, "due_on", "must be a real date"),
        ({"decision": "refuse"}, "code", "Choose the reason."),
        ({"decision": "refuse", "code": "other"}, "text", "Write the reason that the author reads."),
        ({"decision": "approve", "note": "x" * 2_001}, "note", "has 2,001 characters"),
        ({"decision": "refuse", "code": "other", "text": "x" * 5_001}, "text", "has 5,001 characters"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field_and_what_was_typed_stays(desk, typed, field, sentence):
    number = desk.post()
    answer = decide(desk, number, typed)
    assert answer.status_code == 400
    assert title_of(answer.text).startswith("Error: Lunch club")
    assert f'<a href="#{field}">' in answer.text
    assert sentence in text_of(answer.text)
    assert desk.state(number) == "submitted"
    for value in typed.values():
        assert value in answer.text


@pytest.mark.parametrize(
    "made_up", [{"code": "made up"}, {"decision": "conclude"}, {"state": "nowhere"}, {"state": ""}]
)
def test_a_choice_that_is_not_offered_is_refused(desk, made_up):
    number = desk.post()
    page = desk.site.get(f"/moderation/listings/{number}")
    token = page.split('name="csrf" value="')[1].split('"')[0]
    seen = page.split('name="seen" value="')[1].split('"')[0]
    typed = {"csrf": token, "state": "submitted", "seen": seen, "decision": "refuse", "code": "duplicate"} | made_up
    assert desk.site.client.post(f"/moderation/listings/{number}", data=typed).status_code == 400
    assert desk.state(number) == "submitted"


def test_a_form_without_the_mark_of_what_was_read_decides_nothing(desk):
    number = desk.post()
    page = desk.site.get(f"/moderation/listings/{number}")
    token = page.split('name="csrf" value="')[1].split('"')[0]
    typed = {"csrf": token, "state": "submitted", "decision": "approve"}
    assert desk.site.client.post(f"/moderation/listings/{number}", data=typed).status_code == 409
    assert desk.state(number) == "submitted"


def test_a_text_that_changed_while_it_was_read_is_shown_again_with_what_was_typed(desk):
    number = desk.post()
    page = desk.site.get(f"/moderation/listings/{number}")
    with writing(desk.site.database) as session:
        by = session.get_one(Account, desk.people["ida"])
        listings.revise(session, number, Content(title="Dinner club"), by, datetime.now(UTC))
    typed = {"decision": "approve", "note": "As I read it."}
    answer = send_from(desk.site.client, page, typed, action=f"/moderation/listings/{number}")
    assert answer.status_code == 409
    said = text_of(answer.text)
    assert "The text changed while you read it; read it again." in said
    assert "Dinner club" in said
    assert "As I read it." in said
    assert desk.state(number) == "submitted"
    again = send_from(desk.site.client, answer.text, action=f"/moderation/listings/{number}")
    assert again.status_code == 303
    assert desk.last().reason == "As I read it."


def test_the_second_moderator_is_told_that_somebody_was_first_and_keeps_what_they_typed(desk):
    number = desk.post()
    page = desk.site.get(f"/moderation/listings/{number}")
    with writing(desk.site.database) as session:
        by = session.get_one(Account, desk.people["max"])
        moderation.approve(session, number, by, None, datetime.now(UTC))
    for typed, kept in (
        ({"decision": "approve", "note": "My note."}, "My note."),
        ({"decision": "refuse", "code": "other", "text": "My reason."}, "My reason."),
        ({"decision": "ask for changes", "changes": "My wish."}, "My wish."),
    ):
        answer = send_from(desk.site.client, page, typed, action=f"/moderation/listings/{number}")
        assert answer.status_code == 409
        assert "Somebody decided while you read it: it is “published” now." in text_of(answer.text)
        assert kept in answer.text
    assert desk.last().by_id == desk.people["max"]
    assert len(desk.letters("ida")) == 1


def test_a_decision_that_is_sent_twice_counts_once(desk):
    number = desk.post()
    page = desk.site.get(f"/moderation/listings/{number}")
    answers = [
        send_from(desk.site.client, page, {"decision": "approve"}, action=f"/moderation/listings/{number}").status_code
        for _ in range(2)
    ]
    assert answers == [303, 409]
    assert len(desk.letters("ida")) == 1


def test_nobody_decides_by_a_form_on_what_has_become_their_own(desk):
    number = desk.post()
    page = desk.site.get(f"/moderation/listings/{number}")
    with writing(desk.site.database) as session:
        session.get_one(Account, desk.people["mo"]).organisation_id = desk.numbers.circle
    answer = send_from(desk.site.client, page, {"decision": "approve"}, action=f"/moderation/listings/{number}")
    assert answer.status_code == 403
    assert desk.state(number) == "submitted"


def test_a_live_listing_is_withdrawn_or_its_author_asked(desk):
    number = desk.publish()
    answer = decide(desk, number, {"decision": "ask for changes", "changes": "Take the name out."})
    assert answer.headers["location"].endswith("done=moderated_live_changes")
    assert desk.state(number) == "published"
    assert "Listing: stays published" in shown(desk, number)
    again = decide(desk, number, {"decision": "ask for changes", "changes": "Take the name out."})
    assert again.status_code == 400
    assert "exactly this already" in text_of(again.text)
    decide(desk, number, {"decision": "withdraw", "code": "personal_data", "text": ""})
    assert (desk.state(number), desk.last().reason_code) == ("withdrawn", "personal_data")
    assert [letter.subject for letter in desk.letters("ida")][:2] == [
        "“Lunch club” was withdrawn by a moderator",
        "Please change “Lunch club”",
    ]
    assert desk.get(f"/listings/{number}").status_code == 404


def test_an_appeal_shows_what_its_author_says_and_is_decided_by_another(desk):
    mine, other = desk.post(), desk.post(title="Other")
    desk.appeal(mine, "mo")
    desk.appeal(other, "max")
    page = shown(desk, mine)
    assert "You refused this listing; ask another moderator" in page
    assert 'name="decision"' not in desk.site.get(f"/moderation/listings/{mine}")
    page = shown(desk, other)
    assert "The author appeals It is the first of its kind." in page
    assert "Listing: submitted to refused , by Max" in page
    missing = decide(desk, other, {"decision": "dismiss the appeal"})
    assert (missing.status_code, '<a href="#grounds">' in missing.text) == (400, True)
    decide(desk, other, {"decision": "uphold the appeal", "note": "You are right."})
    assert desk.state(other) == "published"


def test_a_dismissed_appeal_is_the_end(desk):
    number = desk.post()
    desk.appeal(number, "max")
    decide(desk, number, {"decision": "dismiss the appeal", "grounds": "It is a copy."})
    assert (desk.state(number), desk.last().reason) == ("refused", "It is a copy.")


def test_a_revision_is_shown_as_what_it_changes(desk):
    live = desk.publish(summary="Hot meals on Mondays.", delivers_in=(LEEDS,), money_max=500, money_basis="total")
    text = Content(title="Lunch club", summary="Hot meals on Fridays.", money_max=500, money_basis="total")
    number = desk.revise(live, text)
    page = desk.site.get(f"/moderation/revisions/{number}")
    removed, added = "[removed: </span>Mondays.<span", "[added: </span>Fridays.<span"
    assert f'<del class="ix-del"><span class="govuk-visually-hidden"> {removed}' in page
    assert f'<ins class="ix-ins"><span class="govuk-visually-hidden"> {added}' in page
    said = text_of(page)
    assert "Delivers in now [removed: Leeds end of removed]" in said
    assert "What stays the same (3)" in said
    assert "In all" in said
    decide(desk, number, {"decision": "approve"}, "revisions")
    assert desk.revision_state(number) == "published"
    assert "Hot meals on Fridays." in text_of(desk.site.get(f"/listings/{live}"))
    assert "Nothing: both texts say the same." in shown(desk, number, "revisions")


@pytest.mark.parametrize(
    ("typed", "state"),
    [
        ({"decision": "ask for changes", "changes": "Which Fridays?"}, "changes_asked"),
        ({"decision": "refuse", "code": "misleading"}, "refused"),
    ],
)
def test_a_revision_that_is_not_approved_leaves_the_public_text(desk, typed, state):
    live = desk.publish()
    number = desk.revise(live, Content(title="Breakfast club"))
    assert "A change of this listing waits" in shown(desk, live)
    assert decide(desk, number, typed, "revisions").status_code == 303
    assert desk.revision_state(number) == state
    assert "Lunch club" in desk.site.get(f"/listings/{live}")
    assert "your change of “Lunch club”" in desk.letters("ida")[0].body


def test_a_revision_that_is_still_being_written_is_not_there(desk):
    live = desk.publish()
    number = desk.revise(live, Content(title="Breakfast club"))
    with writing(desk.site.database) as session:
        session.get_one(Revision, number).state = "draft"
    assert desk.get(f"/moderation/revisions/{number}").status_code == 404


def test_a_revision_that_was_replaced_while_it_was_read_is_not_approved(desk):
    live = desk.publish()
    number = desk.revise(live, Content(title="Breakfast club"))
    page = desk.site.get(f"/moderation/revisions/{number}")
    desk.revise(live, Content(title="Dinner club"))
    answer = send_from(desk.site.client, page, {"decision": "approve"}, action=f"/moderation/revisions/{number}")
    assert answer.status_code == 409
    assert "it is “withdrawn” now" in text_of(answer.text)


def test_a_form_without_its_token_decides_nothing(desk):
    number = desk.post()
    typed = {"decision": "approve", "state": "submitted"}
    assert desk.site.client.post(f"/moderation/listings/{number}", data=typed).status_code in {403, 409}
    assert desk.state(number) == "submitted"


def test_a_script_in_every_field_stays_text_in_queue_difference_page_and_mail(desk):
    with writing(desk.site.database) as session:
        organisation = session.get_one(Organisation, desk.numbers.circle)
        organisation.name = organisation.org_id = EVIL
        organisation.website = "javascript:alert(1)"
    live = desk.publish()
    waiting = desk.post(**EVERYTHING_EVIL)
    revision = desk.revise(live, Content(**EVERYTHING_EVIL))
    desk.report(live, EVIL)
    decide(desk, waiting, {"decision": "refuse", "code": "other", "text": EVIL})
    pages = [f"/moderation/listings/{waiting}", f"/moderation/revisions/{revision}", f"/moderation/listings/{live}"]
    for path in ["/moderation", "/moderation/decisions", *pages]:
        page = desk.site.get(path)
        for raw in ("<script>alert", "<img", "javascript:"):
            assert raw not in page, path
        assert 'alert("x")' in text_of(page), path
    assert EVIL in desk.letters("ida")[0].body
    assert "\n" not in desk.letters("ida")[0].subject
