"""A listing's sentences with their fields, and the units that stand for it in a match."""

from exchange.content import Content, Evidence, EvidenceKind, FullValue, Outcome, ValueCell
from indexer.texts import MOST_OUTCOMES, MOST_TEXTS, Sentence, Source, outcome_units, sentences_of, text_units

FULL = Content(
    title="Night sitters",
    summary="Sitters come at night. Carers sleep.",
    description="We began in 2019. Carers sleep.\n\nSitters leave at six.",
    outcomes=(Outcome(statement="Carers rest", measure="hours slept", for_whom="carers"),),
    full_value={ValueCell.USERS_OUTCOMES: FullValue(statement="Less strain", beneficiary="carers")},
    evidence=(Evidence(text="Strain fell by a third.", kind=EvidenceKind.BEFORE_AFTER),),
)


def outcomes(number: int) -> tuple[Outcome, ...]:
    return tuple(Outcome(statement=f"Outcome {at}") for at in range(number))


def test_every_field_of_text_is_split_into_sentences_in_reading_order():
    assert sentences_of(FULL) == (
        Sentence("Night sitters", Source.TITLE),
        Sentence("Sitters come at night.", Source.SUMMARY),
        Sentence("Carers sleep.", Source.SUMMARY),
        Sentence("Carers rest", Source.OUTCOMES),
        Sentence("We began in 2019.", Source.DESCRIPTION),
        Sentence("Sitters leave at six.", Source.DESCRIPTION),
        Sentence("Less strain", Source.FULL_VALUE),
        Sentence("Strain fell by a third.", Source.EVIDENCE),
    )


def test_a_sentence_said_twice_is_there_once_with_its_first_field():
    twice = Content(title="Respite", summary="Respite", outcomes=(Outcome(statement="Respite"),))
    assert sentences_of(twice) == (Sentence("Respite", Source.TITLE),)


def test_a_listing_that_states_nothing_else_has_its_title():
    assert sentences_of(Content(title="Respite")) == (Sentence("Respite", Source.TITLE),)


def test_a_measure_is_not_a_sentence_that_can_be_cited():
    assert "hours slept" not in {sentence.text for sentence in sentences_of(FULL)}


def test_outcome_units_are_the_statements_up_to_the_most():
    assert outcome_units(FULL) == ("Carers rest",)
    assert outcome_units(Content(title="Respite")) == ()
    many = outcome_units(Content(title="Respite", outcomes=outcomes(MOST_OUTCOMES + 3)))
    assert many == tuple(f"Outcome {at}" for at in range(MOST_OUTCOMES))


def test_text_units_are_title_and_summary_each_sentence_once():
    assert text_units(FULL) == ("Night sitters", "Sitters come at night.", "Carers sleep.")
    assert text_units(Content(title="Respite", summary="Respite")) == ("Respite",)


def test_without_a_summary_the_description_begins_the_text():
    long = " ".join(f"Sentence {at}." for at in range(20))
    units = text_units(Content(title="Respite", description=long))
    assert units == ("Respite", *(f"Sentence {at}." for at in range(MOST_TEXTS - 1)))


def test_without_any_text_the_title_stands_alone():
    assert text_units(Content(title="Respite")) == ("Respite",)
