"""A person's and their organisation's listings: whose they are, where they stand, and what ends them."""

import pytest
from filling import send, send_from
from seen import NOW, text_of
from stage import Stage
from test_escaping import EVIL, QUOTE, check, publish_evil
from writers import QUICK, Writer, commissioner, innovator

from exchange.database import reading, writing
from exchange.errors import UnavailableError
from exchange.listing.drafts import history
from exchange.models import Listing, State
from exchange.moderating import moderation
from exchange.people.accounts import operator
from exchange.people.permissions import Role
from web.posting.posting_tables import STEP_NAMES, steps_of

ENDINGS = ("close", "withdraw", "appeal", "discard")
REASON = {"reason": "Funding ended."}


@pytest.fixture
def ida(own, exchange):
    return innovator(own, exchange)


def moderate(writer, base, decision, reason=None):
    with writing(writer.site.database) as session:
        decide = getattr(moderation, decision)
        decide(session, int(base.rsplit("/", 1)[-1]), operator(session, "Mo Moderator"), reason, NOW)


def published(writer):
    base = writer.begin()
    writer.press(base)
    moderate(writer, base, "approve")
    return base


def test_another_organisations_draft_is_not_there_at_any_address(own, exchange, ida):
    base = ida.begin()
    carla = commissioner(own, exchange)
    nobody = Writer(own, "Noah Newcomer")
    addresses = [base, f"{base}/preview", *(f"{base}/{name}" for name in (*STEP_NAMES, *ENDINGS))]
    for other in (carla, nobody):
        mine = other.begin() if other is nobody else other.begin("need")
        for address in addresses:
            assert other.client.get(address).status_code == 404, address
        token = other.client.get(mine).text.split('name="csrf" value="')[1].split('"')[0]
        for address in [f"{base}/submit", *addresses[2:]]:
            data = {"csrf": token, "title": "Stolen", "reason": "Mine now."}
            assert other.client.post(address, data=data).status_code == 404, address
        assert QUICK["title"] not in other.page("/my/listings").replace(QUICK["title"], "", int(other is nobody))
    assert ida.content(base).title == QUICK["title"]


def test_who_is_not_signed_in_is_asked_to(own, ida):
    base = ida.begin()
    ida.client.cookies.clear()
    for address in ("/post", "/my/listings", base, f"{base}/describe"):
        answer = ida.client.get(address)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in?next=")


def test_the_list_holds_what_the_organisation_posted_each_with_what_is_next(own, exchange, ida):
    assert "Thursday Sitters Innovation Published Everybody can find it." in ida.page("/my/listings")
    colleague = innovator(own, exchange, "Cy Colleague")
    base = ida.begin(summary="")
    page = colleague.page("/my/listings")
    assert "Night sitters Innovation Draft 1 thing to mend or add before you can submit it." in page
    assert f'href="{base}"' in colleague.client.get("/my/listings").text


def test_the_list_is_turned_page_by_page(own, exchange, ida):
    for at in range(26):
        ida.begin(title=f"Idea number {at}")
    first, second = ida.page("/my/listings"), ida.page("/my/listings?page=2")
    assert "Idea number 25" in first
    assert "Idea number 0" in second
    assert 'href="/my/listings?page=2"' in ida.client.get("/my/listings").text
    assert "There are no more." in ida.page("/my/listings?page=9")
    assert ida.client.get("/my/listings?page=x").status_code == 400


def test_who_has_posted_nothing_is_told_how_to_begin(own):
    page = Writer(own, "Noah Newcomer").page("/my/listings")
    assert "You have posted nothing yet." in page
    assert "Post an innovation or a need" in page


def test_a_draft_of_somebody_without_organisation_leads_to_finding_one(own):
    noah = Writer(own, "Noah Newcomer")
    base = noah.begin()
    answer = noah.client.get(base)
    assert "Find or make your organisation before you submit" in text_of(answer.text)
    assert 'href="/my/organisation"' in answer.text
    assert f'action="{base}/submit"' not in answer.text


def test_a_draft_of_somebody_unconfirmed_waits_for_their_address(own, exchange):
    una = Writer(own, "Una Unconfirmed", confirmed=False)
    base = una.begin()
    assert "Confirm your email address before you submit" in una.page(base)
    token = una.client.get(f"{base}/stage").text.split('name="csrf" value="')[1].split('"')[0]
    assert una.client.post(f"{base}/submit", data={"csrf": token}).status_code == 403
    assert una.listing(base).state == State.DRAFT


def test_submitting_twice_says_so_and_makes_one_decision(ida):
    base = ida.begin()
    page = ida.client.get(base).text
    assert send_from(ida.client, page, action=f"{base}/submit").status_code == 303
    again = send_from(ida.client, page, action=f"{base}/submit")
    assert again.status_code == 400
    assert "It is not submitted This listing is “submitted”" in text_of(again.text).replace(
        '"submitted"', "“submitted”"
    )
    with reading(ida.site.database) as session:
        assert len(history(session, ida.listing(base).id)) == 1


def test_the_preview_shows_the_page_as_it_would_be(ida):
    page = ida.page(f"{ida.begin()}/preview")
    assert "Preview: only you see this" in page
    assert QUICK["summary"] in page
    assert "Delivers in now Leeds" in page
    assert "Closed" not in page.partition("What is offered")[0]


def test_a_refusal_is_read_with_its_reason_and_appealed_once(ida):
    base = ida.begin()
    ida.press(base)
    moderate(ida, base, "refuse", "It is an advertisement.\nSay what changes.")
    page = ida.page(base)
    assert "Refused Read why it was refused" in page
    assert "It is an advertisement. Say what changes." in page
    assert "Mo Moderator" not in page
    assert ida.client.get(f"{base}/describe").status_code == 400
    assert ida.send(f"{base}/appeal", {"reason": " "}).status_code == 400
    assert ida.saved(f"{base}/appeal", {"reason": "It is none."}) == f"{base}?done=appealed"
    assert "Another moderator looks at your appeal." in ida.page(base)
    dismiss(ida, base)
    assert f'href="{base}/appeal"' not in ida.client.get(base).text


def dismiss(writer, base):
    with writing(writer.site.database) as session:
        ruling = moderation.Ruling(upheld=False, reason="It still is.")
        by = operator(session, "Another Moderator")
        moderation.decide_appeal(session, int(base.rsplit("/", 1)[-1]), by, ruling, NOW)


@pytest.mark.parametrize(("name", "state"), [("close", State.CLOSED), ("withdraw", State.WITHDRAWN)])
def test_a_published_listing_is_ended_with_a_reason_on_a_page_that_says_what_happens(ida, name, state):
    base = published(ida)
    assert f'href="{base}/{name}"' in ida.client.get(base).text
    assert "No, go back" in ida.page(f"{base}/{name}")
    for reason, sentence in ((" ", "Give a reason to"), ("x" * 5_001, "has 5,001 characters")):
        answer = ida.send(f"{base}/{name}", {"reason": reason})
        assert answer.status_code == 400
        assert sentence in text_of(answer.text)
        assert reason.strip() in answer.text
    ida.saved(f"{base}/{name}", REASON)
    assert ida.listing(base).state == state
    assert "Funding ended." in ida.page(base)


def test_ending_twice_gives_a_clear_sentence(ida):
    base = published(ida)
    page = ida.client.get(f"{base}/close").text
    assert send_from(ida.client, page, REASON, action=f"{base}/close").status_code == 303
    again = send_from(ida.client, page, REASON, action=f"{base}/close")
    assert again.status_code == 400
    assert "close is not possible" in text_of(again.text)


def test_a_step_that_the_state_does_not_allow_is_not_offered(ida):
    base = ida.begin()
    for name in ("close", "withdraw", "appeal"):
        assert ida.client.get(f"{base}/{name}").status_code == 400
        assert f'href="{base}/{name}"' not in ida.client.get(base).text
    assert ida.client.get(f"{published(ida)}/discard").status_code == 400


def test_a_draft_is_discarded_and_a_change_leaves_the_published_text(ida):
    base = ida.begin(title="Another idea")
    assert ida.saved(f"{base}/discard", {}) == "/my/listings?done=discarded"
    assert ida.client.get(base).status_code == 404
    live = published(ida)
    ida.saved(f"{live}/describe", {"title": "A change"})
    assert ida.saved(f"{live}/discard", {}) == f"{live}?done=discarded"
    assert "A change" not in ida.page(live).partition("What happened so far")[0]


@pytest.mark.parametrize(("up", "model_up"), [(False, True), (True, False), (False, False)])
def test_a_part_that_is_down_leaves_the_draft_usable_and_says_so(own, ida, up, model_up):
    base = ida.begin(title="Sitters so that carers of people with dementia can rest")
    site = own.client.app.state.site
    site.service = Stage(site.service, up=up, model_up=model_up)
    page = ida.page(base)
    assert "Near listings cannot be looked for just now." in page
    assert "Sorry, there is a problem" not in page
    assert ida.press(base).status_code == 303


class Silent:
    """A search of which no part answers, and nothing stands in."""

    def draft_matches(self, *_given: object) -> None:
        raise UnavailableError("The database of the index does not answer.")

    def near(self, *_given: object) -> None:
        raise RuntimeError("The model broke off.")


def test_a_search_that_fails_altogether_is_a_sentence_beside_the_draft(own, ida):
    base = ida.begin()
    own.client.app.state.site.service = Silent()
    page = ida.page(base)
    assert "Matches cannot be looked for just now. What you saved is safe" in page
    assert "Near listings cannot be looked for just now." in page
    assert ida.press(base).status_code == 303


def test_a_step_of_the_other_kind_is_not_there(own, exchange, ida):
    assert ida.client.get(f"{ida.begin()}/weights").status_code == 404
    carla = commissioner(own, exchange)
    assert carla.client.get(f"{carla.begin('need')}/evidence").status_code == 404


def test_a_script_in_any_field_stays_text_on_every_page(own, exchange):
    number, organisation = publish_evil(own.database, EVIL + QUOTE)
    eve = Writer(own, "Eve Evil", Role.COMMISSIONER, organisation_id=organisation)
    base = f"/my/listings/{number}"
    typed = {"title": EVIL + QUOTE, "summary": EVIL, "outcome": QUOTE}
    need = eve.saved("/post/need", {**typed, "required_in": "Leeds"}).partition("?")[0]
    eve.saved(f"{need}/how", {"method": EVIL + QUOTE})
    with writing(own.database) as session:
        kinds = {address: session.get_one(Listing, int(address.rsplit("/", 1)[-1])).side for address in (base, need)}
    for address, kind in kinds.items():
        names = [step.name for step in steps_of(kind)]
        for path in [address, f"{address}/preview", *(f"{address}/{name}" for name in names)]:
            check(eve.client.get(path).text)
    check(eve.client.get("/my/listings").text)
    check(eve.client.get(f"{base}/close").text)
    check(send(eve.client, f"{base}/close", {"reason": EVIL * 400}, action=f"{base}/close").text)
    eve.saved(f"{base}/describe", {"title": QUOTE})
    check(eve.client.get(base).text)
    eve.saved(f"{base}/discard", {})
    eve.saved(f"{base}/withdraw", {"reason": EVIL + QUOTE})
    check(eve.client.get(base).text)


def test_what_is_typed_with_a_script_and_refused_stays_text(own, ida):
    answer = ida.send(
        "/post/innovation", {"title": EVIL, "summary": QUOTE, "outcome": EVIL, "delivers_in": EVIL + QUOTE}
    )
    assert answer.status_code == 400
    check(answer.text)
    base = ida.begin()
    path = f"{base}/describe"
    page = ida.client.get(path).text
    ida.saved(path, {"title": EVIL + QUOTE})
    answer = send_from(ida.client, page, {"title": QUOTE + EVIL}, action=path)
    assert answer.status_code == 409
    check(answer.text)
