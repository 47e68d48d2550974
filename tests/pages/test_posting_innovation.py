"""An innovation from the first page to the moderators, as a person without JavaScript writes it."""

import pytest
from seen import BRADFORD, LEEDS, text_of
from writers import QUICK, Writer, innovator

from exchange.content import (
    Basis,
    Content,
    Evidence,
    EvidenceKind,
    FullValue,
    Gender,
    Outcome,
    Stage,
    Tier,
    ValueCell,
)


@pytest.fixture
def ida(own, exchange):
    return innovator(own, exchange)


def test_a_whole_innovation_is_written_step_by_step_and_submitted(ida):
    assert "An innovation" in ida.page("/post")
    base = ida.begin(
        groups=["carers", "people-with-dementia"],
        age_min="18",
        gender="women",
        outcome="Carers sleep.",
        title="Sitters",
    )
    steps = {
        "describe": ({"title": "Night sitters"}, "description"),
        "description": ({"description": "Four hours off.\n\nEvery week."}, "stage"),
        "stage": ({"stage": "running"}, "areas"),
        "areas": ({"areas": ["dementia", "short-breaks"]}, "outcomes"),
        "outcomes": (
            {
                "outcomes-1-measure": "by diary",
                "outcomes-1-for_whom": "carers",
                "outcomes-3-statement": "Fewer falls.",
            },
            "evidence",
        ),
        "evidence": (
            {
                "evidence-1-text": "3 nights before, 5 after.",
                "evidence-1-kind": "before-after",
                "evidence-1-link": "https://sitters.example/data",
            },
            "value",
        ),
        "value": ({"users_outcomes-statement": "Rest", "users_outcomes-beneficiary": "carers"}, "money"),
        "money": (
            {
                "tiers": ["contract", "grant"],
                "money_min": "£78,000",
                "money_max": "130000",
                "money_basis": "year",
                "term_months": "36",
            },
            "places",
        ),
        "places": ({"would_deliver_in": "Bradford, Kent"}, "partners"),
        "partners": ({"open_to_partners": "yes"}, None),
    }
    for name, (values, following) in steps.items():
        to = f"{base}/{following}" if following else base
        assert ida.saved(f"{base}/{name}", values) == f"{to}?done=saved"
    assert ida.content(base) == Content(
        title="Night sitters",
        summary=QUICK["summary"],
        description="Four hours off.\n\nEvery week.",
        areas=("short-breaks", "dementia"),
        groups=("carers", "people-with-dementia"),
        age_min=18,
        gender=Gender.WOMEN,
        outcomes=(
            Outcome(statement="Carers sleep.", measure="by diary", for_whom="carers"),
            Outcome(statement="Fewer falls."),
        ),
        stage=Stage.RUNNING,
        tiers=(Tier.GRANT, Tier.CONTRACT),
        money_min=78_000,
        money_max=130_000,
        money_basis=Basis.YEAR,
        term_months=36,
        full_value={ValueCell.USERS_OUTCOMES: FullValue(statement="Rest", beneficiary="carers")},
        open_to_partners=True,
        evidence=(
            Evidence(
                text="3 nights before, 5 after.", kind=EvidenceKind.BEFORE_AFTER, link="https://sitters.example/data"
            ),
        ),
        delivers_in=(LEEDS,),
        would_deliver_in=(BRADFORD, "E10000016"),
    )
    answer = ida.press(base)
    assert answer.headers["location"] == f"{base}?done=submitted"
    page = ida.page(answer.headers["location"])
    assert "Submitted. A moderator looks at it" in page
    assert "who decides within 5 working days" in page
    assert ida.listing(base).state == "submitted"


def test_after_the_first_page_needs_and_near_ideas_stand_beside_the_draft(ida):
    base = ida.begin(
        title="Sitters for carers of people with dementia",
        summary="Breaks for carers of people with dementia, so that carers can rest.",
        outcome="Carers of people with dementia rest",
        groups=["carers"],
    )
    page = ida.page(f"{base}?done=draft_made")
    assert "Your draft is saved. Only you and your organisation can see it." in page
    assert "Needs that this could meet 1 match, best first." in page
    assert "Respite for carers" in page
    assert "Innovations near to yours (1)" in page
    assert "Thursday Sitters" in page.split("Innovations near to yours")[-1]


def test_the_list_of_steps_says_what_is_done_and_what_is_needed(ida):
    base = ida.begin(outcome="", summary="")
    page = ida.page(base)
    assert "Title, summary and who it is for Needed before you submit Incomplete" in page
    assert "Outcomes Needed before you submit Not started" in page
    assert "Places Completed" in page
    assert "2 things to mend or add before you can submit it." in page
    answer = ida.press(base)
    assert answer.status_code == 400
    assert "It is not submitted Say in up to 60 words what it is" in text_of(answer.text)
    assert f'href="{base}/outcomes#outcomes-1-statement"' in answer.text
    assert f'href="{base}/describe#summary"' in answer.text
    assert ida.listing(base).state == "draft"


def test_the_claim_check_and_own_duplicates_advise_and_never_stop(ida, exchange):
    base = ida.begin(title="Thursday Sitters", summary="We aim to help 87% of carers.")
    page = ida.page(base)
    assert "Nothing here stops you." in page
    assert "“We aim to help 87% of carers.” Go to title, summary and who it is for" in page
    assert "You have posted something like it" in page
    assert f'href="/my/listings/{exchange.sitters}"' in ida.client.get(base).text
    assert "Advice on what is saved" in ida.page(f"{base}/describe")
    assert ida.press(base).status_code == 303


def test_rows_are_added_by_a_button_and_taken_away_by_clearing_them(ida):
    base = ida.begin()
    address = f"{base}/outcomes"
    rows = {"outcomes-2-statement": "Two", "outcomes-3-statement": "Three"}
    assert ida.saved(address, rows, go="more") == f"{address}?rows=4&done=saved"
    added = ida.client.get(f"{address}?rows=4").text
    assert 'name="outcomes-4-statement"' in added
    assert 'name="outcomes-5-statement"' not in added
    ida.saved(address, {"outcomes-2-statement": ""})
    assert [outcome.statement for outcome in ida.content(base).outcomes] == [QUICK["outcome"], "Three"]


@pytest.mark.parametrize("rows", ["99999", "-1", "x", "٣"])
def test_a_made_up_number_of_rows_does_no_harm(ida, rows):
    page = ida.client.get(f"{ida.begin()}/outcomes?rows={rows}")
    assert page.status_code == 200
    assert page.text.count('-statement" name=') <= 30


def test_the_level_of_evidence_is_derived_and_says_what_would_raise_it(ida):
    base = ida.begin()
    assert "Evidence: not stated. Any item that says" in ida.page(f"{base}/evidence")
    ida.saved(f"{base}/evidence", {"evidence-1-text": "Compared.", "evidence-1-kind": "comparison"})
    assert "Evidence level 3: comparison group. A repeat by somebody independent would raise" in ida.page(
        f"{base}/evidence"
    )


def evidenced(ida: Writer) -> str:
    """Give a draft with two items of evidence, of which the second is named by a cell."""
    base = ida.begin()
    ida.saved(f"{base}/evidence", {"evidence-1-text": "First.", "evidence-1-kind": "describes"}, go="more")
    ida.saved(f"{base}/evidence?rows=2", {"evidence-2-text": "Second.", "evidence-2-kind": "manual"})
    options = ida.client.get(f"{base}/value").text
    mark = options.split(">Evidence 2: Second.")[0].rsplit('value="', 1)[1].rstrip('"')
    ida.saved(f"{base}/value", {"users_outcomes-statement": "Rest", "users_outcomes-evidence": mark})
    return base


def test_a_cell_keeps_its_evidence_when_an_item_before_it_is_cleared(ida):
    base = evidenced(ida)
    assert ida.content(base).full_value[ValueCell.USERS_OUTCOMES].evidence == 1
    ida.saved(f"{base}/evidence", {"evidence-1-text": "", "evidence-2-text": "Second, reworded."})
    content = ida.content(base)
    assert [item.text for item in content.evidence] == ["Second, reworded."]
    assert content.full_value[ValueCell.USERS_OUTCOMES].evidence == 0


def test_an_empty_cell_reads_not_claimed_and_one_without_evidence_says_so(ida):
    base = evidenced(ida)
    ida.saved(f"{base}/evidence", {"evidence-2-text": "", "evidence-2-kind": None})
    page = ida.page(f"{base}/value")
    assert page.count("Not claimed") == 4  # three cells, and the sentence above them
    assert "Not evidenced yet" in page
    assert ida.content(base).full_value[ValueCell.USERS_OUTCOMES].evidence is None


@pytest.mark.parametrize(
    ("step", "values", "sentence"),
    [
        ("outcomes", {"outcomes-2-measure": "by diary"}, "Say what outcome 2 is, or clear the rest of it."),
        ("evidence", {"evidence-1-text": "Data"}, "Choose the kind of evidence 1."),
        ("evidence", {"evidence-1-link": "https://x.example"}, "Say what evidence 1 is, or clear its link."),
        (
            "evidence",
            {"evidence-1-text": "Data", "evidence-1-kind": "manual", "evidence-1-link": "javascript:alert(1)"},
            "The link of evidence 1 must be an address such as",
        ),
        ("value", {"others_outcomes-beneficiary": "families"}, "Say what you claim of outcomes for others"),
        ("money", {"money_min": "a lot"}, "The lowest sum must be a whole number, such as 25,000."),
        ("stage", {"stage": "finished"}, "Stage: choose one of the list."),
        ("describe", {"title": ""}, "Give it a title."),
        ("describe", {"title": "x" * 301}, "has 301 characters; cut it to 300 or fewer."),
        ("places", {"delivers_in": "Leedz"}, 'does not know "Leedz" as a place'),
        ("description", {"description": "x" * 20_001}, "has 20,001 characters; cut it to 20,000 or fewer."),
    ],
)
def test_what_cannot_be_used_is_named_and_everything_typed_is_kept(ida, step, values, sentence):
    base = ida.begin()
    before = ida.content(base)
    answer = ida.send(f"{base}/{step}", values)
    assert answer.status_code == 400
    assert "There is a problem" in answer.text
    assert sentence in text_of(answer.text)
    assert "<title>Error: " in answer.text
    for typed in values.values():
        assert typed == "finished" or typed in answer.text
    assert ida.content(base) == before
