"""A need from the first page to the moderators; who may post one; dates, weights and places that cannot be."""

from datetime import date

import pytest
from seen import LEEDS, text_of
from writers import QUICK_NEED, Writer, commissioner, innovator

from exchange.content import Basis, Content, Outcome, Tier
from exchange.models import State


@pytest.fixture
def carla(own, exchange):
    return commissioner(own, exchange)


def day(name: str, value: str) -> dict[str, str]:
    return dict(zip((f"{name}-day", f"{name}-month", f"{name}-year"), value.split("."), strict=True))


DATES = {**day("closes_on", "1.5.2027"), **day("reply_by", "1.6.2027")}
WEIGHTS = {"price_weight": "30", "quality_weight": "70"}


def test_a_whole_need_is_written_step_by_step_and_submitted(carla):
    base = carla.begin("need", groups=["carers"])
    steps = {
        "describe": ({"title": "Rest at night"}, "outcomes"),
        "outcomes": ({"outcomes-1-measure": "by diary", "outcomes-2-statement": "Fewer crises."}, "how"),
        "how": ({"method": "A trained person, by law.", "open_to_partners": "yes"}, "description"),
        "description": ({"description": "Four in ten carers never sleep."}, "areas"),
        "areas": ({"areas": ["short-breaks"]}, "who"),
        "who": ({"age_min": "18"}, "where"),
        "where": ({"required_in": "Leeds"}, "money"),
        "money": ({"tiers": "contract", "money_max": "90,000", "money_basis": "total", "term_months": "24"}, "dates"),
        "dates": ({**DATES, **day("start_on", "1.9.2027")}, "weights"),
        "weights": (WEIGHTS, None),
    }
    for name, (values, following) in steps.items():
        to = f"{base}/{following}" if following else base
        assert carla.saved(f"{base}/{name}", values) == f"{to}?done=saved"
    assert carla.content(base) == Content(
        title="Rest at night",
        summary=QUICK_NEED["summary"],
        description="Four in ten carers never sleep.",
        method="A trained person, by law.",
        areas=("short-breaks",),
        groups=("carers",),
        age_min=18,
        outcomes=(
            Outcome(statement=QUICK_NEED["outcome"], measure="by diary"),
            Outcome(statement="Fewer crises."),
        ),
        tiers=(Tier.CONTRACT,),
        money_max=90_000,
        money_basis=Basis.TOTAL,
        term_months=24,
        start_on=date(2027, 9, 1),
        closes_on=date(2027, 5, 1),
        reply_by=date(2027, 6, 1),
        price_weight=30,
        quality_weight=70,
        open_to_partners=True,
        required_in=(LEEDS,),
    )
    assert carla.press(base).headers["location"] == f"{base}?done=submitted"
    assert carla.listing(base).state == State.SUBMITTED


def test_tight_on_outcomes_loose_on_how_is_said_where_it_matters(carla):
    base = carla.begin("need")
    assert "Be tight on outcomes" in carla.page(f"{base}/outcomes")
    assert "loose on how" in carla.page(f"{base}/how")


def test_only_commissioners_are_offered_needs_and_others_are_told_how_to_become_one(own, exchange, carla):
    ida = innovator(own, exchange)
    assert 'href="/post/need"' in carla.client.get("/post").text
    answer = ida.client.get("/post")
    assert 'href="/post/need"' not in answer.text
    assert "ask an administrator of the exchange for that role" in text_of(answer.text)
    assert ida.client.get("/post/need").status_code == 403


def test_a_colleague_who_is_no_commissioner_sees_a_need_and_cannot_write_it(own, exchange, carla):
    base = carla.begin("need")
    colleague = Writer(own, "Cy Colleague", organisation_id=exchange.council)
    page = colleague.page(base)
    assert "Needs are written by commissioners." in page
    assert colleague.client.get(f"{base}/describe").status_code == 403
    assert f'action="{base}/submit"' not in colleague.client.get(base).text


def test_everything_that_a_need_still_lacks_is_linked_to_its_step(carla):
    base = carla.begin("need", required_in="")
    answer = carla.press(base)
    assert answer.status_code == 400
    for address in ("where#required_in", "dates#closes_on", "dates#reply_by", "weights#price_weight"):
        assert f'href="{base}/{address}"' in answer.text


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (day("closes_on", "31.2.2027"), "The closing date must be a real date with day, month and year"),
        (day("reply_by", "1.1.99"), "The reply date must be a real date"),
        (day("start_on", "..2027"), "The start must be a real date"),
    ],
)
def test_a_day_that_is_none_is_refused_and_kept_in_the_form(carla, values, sentence):
    base = carla.begin("need")
    answer = carla.send(f"{base}/dates", {**DATES, **values})
    assert answer.status_code == 400
    assert sentence in text_of(answer.text)
    for typed in values.values():
        assert f'value="{typed}"' in answer.text
    assert carla.content(base).closes_on is None


def test_dates_in_the_wrong_order_are_kept_in_the_draft_named_and_stop_its_submission(carla):
    base = carla.begin("need")
    swapped = {**day("closes_on", "1.6.2027"), **day("reply_by", "1.5.2027")}
    assert carla.saved(f"{base}/dates", swapped) == f"{base}/dates?done=saved_to_mend"
    page = carla.page(f"{base}/dates?done=saved_to_mend")
    assert "Before you can submit it, mend what is named below." in page
    assert "There is a problem The reply date is before the closing date." in page
    assert "Dates Something in it must be mended Incomplete" in carla.page(base)
    assert carla.press(base).status_code == 400


def test_a_closing_date_that_is_not_to_come_and_a_short_window_are_told(carla):
    base = carla.begin("need")
    carla.saved(f"{base}/dates", {**day("closes_on", "1.3.2027"), **day("reply_by", "1.4.2027")})
    assert "The closing date is not in the future; choose a later one." in carla.page(base)
    carla.saved(f"{base}/dates", DATES | day("closes_on", "20.3.2027"))
    assert "19 days to answer are too few." in carla.page(f"{base}/dates")


@pytest.mark.parametrize("weights", [("30", "60"), ("100", "100"), ("40", "")])
def test_weights_that_do_not_make_100_are_kept_in_the_draft_and_named(carla, weights):
    base = carla.begin("need")
    values = dict(zip(("price_weight", "quality_weight"), weights, strict=True))
    assert carla.saved(f"{base}/weights", values) == f"{base}/weights?done=saved_to_mend"
    answer = carla.client.get(f"{base}/weights")
    assert "Make the weights for price and quality add up to 100." in text_of(answer.text)
    assert f'value="{weights[0]}"' in answer.text


def test_sixty_one_words_are_kept_in_the_draft_and_counted(carla):
    long = " ".join(["word"] * 61)
    to = carla.saved("/post/need", {**QUICK_NEED, "summary": long})
    assert to.endswith("/describe?done=saved_to_mend")
    answer = carla.client.get(to)
    assert "The summary has 61 words; cut it to 60 or fewer." in text_of(answer.text)
    assert long in answer.text
    assert 'data-maxwords="60"' in answer.text


def test_an_unknown_place_is_named_and_nothing_typed_is_lost(carla):
    answer = carla.send("/post/need", {**QUICK_NEED, "required_in": "Leeds\nAtlantis"})
    assert answer.status_code == 400
    page = text_of(answer.text)
    assert 'does not know "Atlantis" as a place' in page
    assert "Leeds\nAtlantis" in answer.text
    assert QUICK_NEED["summary"] in page


def test_the_first_page_sent_twice_makes_one_draft(carla):
    assert carla.begin("need") == carla.begin("need")
