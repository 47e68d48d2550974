"""The claim check of an innovation and of outcomes: what is advised, what is left alone, and what moderators see."""

from datetime import date
from typing import Any

import pytest

from exchange.content import Content, Evidence, EvidenceKind, FullValue, Kind, Outcome, Stage, ValueCell
from exchange.listing.claim_words import LONGEST_QUOTE, quote
from exchange.listing.claims import HOPED, NO_WHEN, NO_WHO, UNSOURCED, Advice, about_children_or_health, check, risky
from fixtures.files import fixture_contents

LINK = "https://example.org/results"


def advice(**stated: Any) -> list[tuple[str, str]]:
    """Give field and quote of what is said of an innovation."""
    found = check(Content(title="Thursday sitters", **stated), Kind.INNOVATION)
    return [(one.field, one.quote) for one in found]


def outcome_advice(statement: str, kind: Kind = Kind.INNOVATION, **stated: Any) -> list[str]:
    outcome = Outcome(statement=statement, **stated)
    found = check(Content(title="T", groups=("carers",), outcomes=(outcome,)), kind)
    return [one.sentence for one in found if one.field == "outcomes"]


HOPES = [
    "We aim to help carers.",
    "We hope to open in May.",
    "We also intend to work with schools.",
    "We aspire to reach everyone.",
    "We are planning to expand.",
    "We plan to open a second hall.",
    "I would like to start a club.",
    "We seek to change lives.",
    "The project aims to cut loneliness.",
    "Our new service hopes to reach 40 people a week.",
    "Our aim is to end loneliness.",
    "It is hoped by all. The main ambition is to grow.",
]


@pytest.mark.parametrize("text", HOPES)
def test_what_is_only_hoped_for_is_advised_against(text):
    assert [field for field, _ in advice(summary=text)] == ["summary"]


@pytest.mark.parametrize(
    "text",
    [
        "We sit with people who hope to go home.",
        "Young people plan their own evenings and aim high.",
        "Anyone who would like to come rings the bell.",
        "The plan is written with the tenant.",
        "Members seek help when they want it.",
        "A planner, a plane and an aimless walk.",
    ],
)
def test_the_hopes_of_those_who_are_helped_are_no_claim(text):
    assert advice(summary=text) == []


def test_an_idea_may_say_what_it_hopes_for():
    assert advice(summary="We hope to open in May.", stage=Stage.IDEA) == []
    assert advice(summary="We hope to open in May.", stage=Stage.RUNNING) != []


@pytest.mark.parametrize(
    "claim",
    [
        "84% finished the course.",
        "84 per cent finished the course.",
        "Attendance rose by 8 percentage points.",
        "Nine in ten would come again.",
        "3 out of every 5 found work.",
        "21 of 88 are in paid jobs.",
        "Last year 143 people started.",
        "1,900 households were visited.",
        "62 vulnerable residents were helped.",
    ],
)
def test_a_number_that_nothing_supports_is_asked_for_its_source(claim):
    assert advice(summary=claim) == [("summary", claim)]
    assert advice(description=f"It works.\n\n{claim}") == [("description", claim)]


@pytest.mark.parametrize(
    "text",
    [
        "A group is up to 12 people.",
        "Room for groups of 12 people, 3 nights a week.",
        "We see 12 people a week and 30 families each term.",
        "Two halls, 34 members.",
        "For 16 to 18s who were told to leave.",
        "It takes 10 weeks and costs £300.",
        "We started in 2013 with 2 vans.",
        "Trains run one in two hours.",
    ],
)
def test_numbers_that_say_how_large_or_how_long_a_service_is_need_no_source(text):
    assert advice(summary=text) == []


def item(text: str = "A survey.", kind: EvidenceKind = EvidenceKind.BEFORE_AFTER, link: str | None = None) -> Evidence:
    return Evidence(text=text, kind=kind, link=link)


@pytest.mark.parametrize(
    ("evidence", "sourced"),
    [
        (item("Survey of 143 members"), True),
        (item("Survey of 1,430 members"), False),
        (item(link=LINK), True),
        (item(f"See {LINK}"), True),
        (item("The handbook.", EvidenceKind.MANUAL, LINK), False),
        (item(), False),
    ],
)
def test_a_number_has_its_source_in_evidence_with_the_same_number_or_a_link(evidence, sourced):
    assert (advice(summary="Last year 143 people stayed.", evidence=(evidence,)) == []) is sourced


def test_a_number_may_carry_its_own_link():
    assert advice(summary=f"84% finished ({LINK}).") == []


def test_commas_in_numbers_do_not_matter():
    assert advice(summary="1430 people came.", evidence=(item("1,430 came"),)) == []


def test_numbers_in_outcomes_measures_and_full_value_are_claims_too():
    found = advice(
        outcomes=(Outcome(statement="84% of carers sleep", measure="90% say so"),),
        full_value={
            ValueCell.USERS_OUTCOMES: FullValue(statement="70% sleep"),
            ValueCell.OTHERS_OUTCOMES: FullValue(statement="60% rest", evidence=0),
        },
        evidence=(item(),),
    )
    assert found == [("outcomes", "84% of carers sleep"), ("outcomes", "90% say so"), ("full_value", "70% sleep")]


def test_of_one_fault_in_one_field_three_places_are_quoted():
    text = " ".join(f"{n}% stayed." for n in range(10, 20))
    assert [words for _, words in advice(summary=text)] == ["10% stayed.", "11% stayed.", "12% stayed."]


def test_a_long_sentence_is_quoted_around_what_was_found():
    sentence = f"{'before ' * 60}we aim to help {'after ' * 60}"
    (found,) = check(Content(title="T", summary=sentence), Kind.INNOVATION)
    assert "we aim to help" in found.quote
    assert found.quote.startswith("… ")
    assert found.quote.endswith(" …")
    assert len(found.quote) <= LONGEST_QUOTE + 4
    assert quote("x" * 500, 300)  # one word without an end is cut, not lost


# --- outcomes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(Kind))
def test_an_outcome_is_asked_for_whom_and_how_it_is_seen(kind):
    assert outcome_advice("Less loneliness", kind) == [NO_WHO, NO_WHEN]
    assert outcome_advice("Less loneliness", kind, for_whom="Older people") == [NO_WHEN]
    assert outcome_advice("Less loneliness", kind, measure="UCLA scale") == [NO_WHO]
    assert outcome_advice("Less loneliness", kind, measure="UCLA scale", for_whom="Older people") == []


@pytest.mark.parametrize(
    "statement", ["Carers sleep through", "Over-75s meet", "Those mentored stay", "Fewer men return"]
)
def test_an_outcome_that_names_people_says_for_whom(statement):
    assert NO_WHO not in outcome_advice(statement)


@pytest.mark.parametrize(
    "statement", ["Carers rest within a month", "Carers rest after the course", "Carers rest 2 days"]
)
def test_an_outcome_with_a_time_or_a_number_says_how_it_is_seen(statement):
    assert outcome_advice(statement) == []


# --- the whole --------------------------------------------------------------------------------------------------------


def test_advice_comes_in_reading_order_and_names_its_field():
    content = Content(
        title="T",
        summary="We aim to help. 84% finished.",
        outcomes=(Outcome(statement="Confidence"),),
    )
    assert check(content, Kind.INNOVATION) == (
        Advice("summary", HOPED, "We aim to help."),
        Advice("summary", UNSOURCED, "84% finished."),
        Advice("outcomes", NO_WHO, "Confidence"),
        Advice("outcomes", NO_WHEN, "Confidence"),
    )


def test_nothing_is_said_of_nothing():
    assert check(Content(title=""), Kind.INNOVATION) == ()


def test_hopes_and_numbers_of_a_need_are_left_alone():
    summary = "We aim to end loneliness among older people: 28 per cent of those asked cannot get out."
    content = Content(title="T", summary=summary, outcomes=(Outcome(statement="Older people meet within a year"),))
    assert check(content, Kind.NEED) == ()


@pytest.mark.parametrize(
    "text", ["1,", " ", "we aim ", "the ", "12 ", "one in ", "our a b c ", ".\n", "1-", "using the "]
)
def test_a_long_text_costs_no_more_than_its_length(text):
    long = text * (40_000 // len(text))
    for kind in Kind:
        check(Content(title="T", summary=long, description=long, outcomes=(Outcome(statement=long),)), kind)


# --- the packaged fixtures --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def packaged() -> dict[str, tuple[Kind, Content]]:
    return {key: (kind, content) for key, kind, content, _, _ in fixture_contents(date(2027, 3, 1))}


SAID = {
    "two-hours-on-the-plot": [],
    "kitchen-table-parenting": [],
    "linkwright-volunteer-finder": [],
    "northholm-tenancy-rescue": ["Tenancies sustained", "Possession actions avoided"],
    "harebell-keyworkers": [],
    "glasgow-first-rung": [],
    "mendwell-furniture": ["Usable goods are kept out of landfill", "Tenancies last"],
    "mendwell-repair-mornings": ["About two in three items go home mended."],
    "gatepost-wing-mentors": ["21 of 88 in paid jobs at one year", "Clinic records: 64% rising to 83%"],
}


def test_what_is_said_of_some_fixtures(packaged):
    said = {key: [one.quote for one in check(packaged[key][1], packaged[key][0])] for key in SAID}
    assert said == SAID


def test_most_innovations_of_the_fixtures_hear_little(packaged):
    counts = [len(check(content, kind)) for kind, content in packaged.values() if kind is Kind.INNOVATION]
    assert sum(count <= 1 for count in counts) > 0.7 * len(counts)
    assert max(counts) <= 8


# --- what a moderator should see early --------------------------------------------------------------------------------


def claim(**stated: Any) -> Content:
    given = {"outcomes": (Outcome(statement="People feel better", measure="A survey"),)} | stated
    return Content(title="Thursdays", **given)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (claim(groups=("children",)), "Claims about children without evidence"),
        (claim(areas=("mental-health",)), "Claims about health without evidence"),
        (claim(areas=("young-peoples-mental-health",)), "Claims about children and health without evidence"),
        (claim(summary="For pupils who are out of school."), "Claims about children without evidence"),
        (claim(summary="It cures depression."), "Claims about health without evidence"),
        (claim(age_min=8, age_max=15), "Claims about children without evidence"),
        (claim(outcomes=None, summary="Fewer babies are born early."), "Claims about children without evidence"),
        (claim(groups=("older-people",)), None),
        (claim(outcomes=None, summary="A choir for children."), None),
        (claim(groups=("children",), evidence=(item(),)), None),
    ],
)
def test_claims_about_children_or_health_without_evidence_are_named(content, reason):
    assert risky(content) == reason
    assert risky(content, Kind.NEED) is None


def test_what_is_about_children_or_health_is_told_by_codes_ages_or_words():
    assert about_children_or_health(Content(title="A club for toddlers"))
    assert about_children_or_health(Content(title="A club", areas=("dementia",)))
    assert not about_children_or_health(Content(title="A club", age_min=18, groups=("carers",)))


def test_few_fixtures_are_risky(packaged):
    found = [key for key, (kind, content) in packaged.items() if risky(content, kind)]
    assert {"bike-shed-ap", "canu-anadl", "young-carers-phone"} <= set(found)
    assert len(found) < 0.1 * len(packaged)
