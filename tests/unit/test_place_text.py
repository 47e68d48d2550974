"""Reading places in text: what is a place, what only looks like one, and what the text is without them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.place.place_removal import strip_places
from exchange.place.place_text import AMBIGUOUS, FREE, STRICT, PlaceMention, find_places
from exchange.place.places import load_gazetteer
from exchange.place.postcodes import Postcodes, compile_table

LEEDS, BRADFORD, SHEFFIELD = "E08000035", "E08000032", "E08000039"
KENT, MEDWAY, SURREY = "E10000016", "E06000035", "E10000030"
READING, BURY, CAMDEN = "E06000038", "E08000002", "E09000007"
KSS = "SET-PROBATION-KENT-SURREY-AND-SUSSEX"

gazetteer = load_gazetteer()


@pytest.fixture(scope="module")
def postcodes(tmp_path_factory) -> Postcodes:
    folder = tmp_path_factory.mktemp("postcodes")
    rows = [("LS1 4AP", LEEDS), ("LS1 5AA", LEEDS), ("BD1 1AA", BRADFORD), ("S1 1AA", SHEFFIELD), ("M25 1AA", BURY)]
    rows += [("SW1A 1AA", "E09000033"), ("B12 1AA", "E08000025"), ("ME2 1AA", MEDWAY), ("M2 1AA", "E08000003")]
    compile_table(rows, folder, gazetteer)
    table = Postcodes.open(folder)
    assert table is not None
    return table


READ = [
    # a preposition and a name, in whatever case a person types
    ("Respite for carers in Leeds", "in Leeds", (LEEDS,)),
    ("respite in leeds", "in leeds", (LEEDS,)),
    ("Respite in leeds for Polish carers", "in leeds", (LEEDS,)),
    ("RESPITE IN LEEDS", "IN LEEDS", (LEEDS,)),
    ("carers near Leeds who work", "near Leeds", (LEEDS,)),
    ("youth clubs across Kent", "across Kent", (KENT,)),
    ("youth clubs, Kent", "Kent", (KENT,)),
    ("youth clubs for girls, rural Kent", "rural Kent", (KENT,)),
    ("youth clubs within Kent", "within Kent", (KENT,)),
    ("youth clubs throughout Kent", "throughout Kent", (KENT,)),
    ("a service for Leeds", "for Leeds", (LEEDS,)),
    ("older people from Kent", "from Kent", (KENT,)),
    ("carers in and around Leeds", "in and around Leeds", (LEEDS,)),
    ("In Leeds, respite for carers", "In Leeds", (LEEDS,)),
    ("carers in Leeds.", "in Leeds", (LEEDS,)),
    ("schools in Leeds's north", "in Leeds's", (LEEDS,)),
    # words that lead to a name, or follow it
    ("people in rural Northumberland", "in rural Northumberland", ("E06000057",)),
    ("gangs in South London", "in South London", ("E12000007",)),
    ("gangs in North East London", "in North East London", ("E12000007",)),
    ("care in the north of Leeds", "in the north of Leeds", (LEEDS,)),
    ("care in the city of Leeds", "in the city of Leeds", (LEEDS,)),
    ("care in the Borough of Bury", "in the Borough of Bury", (BURY,)),
    ("care in the Leeds area", "in the Leeds area", (LEEDS,)),
    ("care in Leeds city centre", "in Leeds city centre", (LEEDS,)),
    ("help for Leeds-based charities", "for Leeds-based", (LEEDS,)),
    ("villages in north Yorkshire", "in north Yorkshire", ("E06000065",)),
    ("care in North East Lincolnshire", "in North East Lincolnshire", ("E06000012",)),
    # regions, countries, sets
    ("carers in the North East", "in the North East", ("E12000001",)),
    ("carers in the south west", "in the south west", ("E12000009",)),
    ("charities in the North", "in the North", ("SET-NORTH",)),
    ("charities across the Midlands", "across the Midlands", ("SET-MIDLANDS",)),
    ("charities in Scotland", "in Scotland", ("S92000003",)),
    ("charities in Sussex", "in Sussex", ("SET-SUSSEX",)),
    # punctuation inside a name
    ("carers in St. Helens", "in St. Helens", ("E08000013",)),
    ("carers in Brighton & Hove", "in Brighton & Hove", ("E06000043",)),
    ("carers in Stoke-on-Trent", "in Stoke-on-Trent", ("E06000021",)),
    ("gofal yn in Ynys Môn", "in Ynys Môn", ("W06000001",)),
    # lists
    ("carers in Leeds and Bradford", "in Leeds and Bradford", (LEEDS, BRADFORD)),
    ("carers in Leeds or in Bradford", "in Leeds or in Bradford", (LEEDS, BRADFORD)),
    ("carers in Kent, Medway and Surrey", "in Kent, Medway and Surrey", (KENT, MEDWAY, SURREY)),
    ("prisons in Kent, Surrey and Sussex", "in Kent, Surrey and Sussex", (KSS,)),
    ("homes in Bournemouth, Christchurch and Poole", "in Bournemouth, Christchurch and Poole", ("E06000058",)),
    ("carers in Bolton and Bury", "in Bolton and Bury", ("E08000001", BURY)),
    ("carers in Boston, Lincolnshire", "in Boston, Lincolnshire", ("E07000136",)),
    ("carers in Leeds, for reading see below", "in Leeds", (LEEDS,)),
    # names that are words too
    ("help with reading in Reading", "in Reading", (READING,)),
    ("families near Bury", "near Bury", (BURY,)),
    ("families in Bury St Edmunds", "in Bury St Edmunds", ("E07000245",)),
    ("families in Bath and North East Somerset", "in Bath and North East Somerset", ("E06000022",)),
    ("reading council seeks tutors", "reading council", (READING,)),
    ("Reading Borough Council seeks tutors", "Reading Borough Council", (READING,)),
    # councils
    ("Leeds City Council wants respite", "Leeds City Council", (LEEDS,)),
    ("City of York Council wants respite", "City of York Council", ("E06000014",)),
    ("London Borough of Camden wants respite", "London Borough of Camden", (CAMDEN,)),
    ("Kent County Council wants respite", "Kent County Council", (KENT,)),
    ("tender from Kent County Council", "from Kent County Council", (KENT,)),
    ("West Midlands Combined Authority", "West Midlands Combined Authority", ("SET-WEST-MIDLANDS-CONURBATION",)),
    # probation
    ("men on probation in the North West", "in the North West", ("SET-PROBATION-NORTH-WEST",)),
    ("Through the gate in Wales", "in Wales", ("SET-PROBATION-WALES",)),
    ("reoffending in the West Midlands", "in the West Midlands", ("SET-PROBATION-WEST-MIDLANDS",)),
    # postcodes
    ("carers around LS1", "around LS1", (LEEDS,)),
    ("carers in ls1 and bd1", "in ls1 and bd1", (LEEDS, BRADFORD)),
    ("LS1 carers", "LS1", (LEEDS,)),
    ("respite ls1", "ls1", (LEEDS,)),
    ("respite S1", "S1", (SHEFFIELD,)),
    ("carers at LS1 4AP who work", "at LS1 4AP", (LEEDS,)),
    ("carers sw1a1aa work", "sw1a1aa", ("E09000033",)),
    ("a new postcode, LS1 9ZZ, here", "LS1 9ZZ", (LEEDS,)),
]

NOT_READ = [
    *("children in care", "children in Need", "people in need", "people in Work", "families in Deal Street"),
    *("support for reading", "support for Reading groups", "help in reading", "Progress in Reading and maths"),
    *("a place for bury", "Coaching in Rugby", "played in Rugby clubs", "RUGBY FOR ALL IN RUGBY", "a warm bath"),
    *("working across borders", "support for leeds", "support from kent", "Leeds", "carers Leeds", "of Leeds"),
    *("walks in the North Downs", "in north", "the north", "help for the Newark Foyer", "charities in the UK"),
    *("care near the M25", "vitamin B12", "low B12 levels", "M2-like cells", "a mob of S1 pupils", "E4 carriers"),
    *("carers around LS99", "Me2 mentors", "Leeds, in", "in", "in ", "in  \n", "for the", "", "   ", "in (Leeds)"),
    *("councils", "the council", "Parish Council", "City of Sanctuary", "near me", "at home", "from"),
]


@pytest.mark.parametrize(("text", "words", "codes"), READ, ids=[row[0] for row in READ])
def test_a_place_is_read_with_the_words_that_lead_to_it(text, words, codes, postcodes):
    (mention,) = find_places(text, gazetteer, postcodes)
    assert mention.text == words
    assert text[mention.start : mention.end] == words
    assert mention.codes == codes


@pytest.mark.parametrize("text", NOT_READ)
def test_what_only_looks_like_a_place_is_left_alone(text, postcodes):
    assert find_places(text, gazetteer, postcodes) == []
    assert strip_places(text, []) == text


def test_a_mention_holds_the_districts_of_all_its_places(postcodes):
    (mention,) = find_places("carers in Kent and Leeds", gazetteer, postcodes)
    kent = gazetteer.get(KENT)
    assert kent is not None
    assert mention.districts == kent.districts | {LEEDS}
    assert mention.label == "Kent and Leeds"


def test_a_label_says_every_place_of_the_list(postcodes):
    labels = [m.label for m in find_places("in Kent, Medway and Surrey, then near LS1 4ap", gazetteer, postcodes)]
    assert labels == ["Kent, Medway and Surrey", "LS1 4AP"]


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("carers near Leeds", True),
        ("carers in Leeds and the surrounding areas", True),
        ("carers in Leeds or nearby towns", True),
        ("carers in Leeds", False),
        ("carers around Leeds", False),
    ],
)
def test_near_says_that_the_neighbours_will_do(text, near):
    (mention,) = find_places(text, gazetteer)
    assert mention.near is near
    assert mention.end == len(text)


def test_postcodes_are_not_read_without_their_table():
    assert find_places("carers in LS1", gazetteer) == []


def test_a_text_may_name_places_in_several_breaths():
    text = "Leeds City Council wants carers in Bradford. Not in Kent? From Surrey then"
    assert [m.label for m in find_places(text, gazetteer)] == ["Leeds", "Bradford", "Kent", "Surrey"]


def test_a_name_does_not_go_on_over_the_end_of_a_sentence():
    assert find_places("The office looks west, in West. Midlands is far", gazetteer) == []


@pytest.mark.parametrize("name", sorted(AMBIGUOUS))
def test_every_ambiguous_name_is_a_place_that_its_council_makes_plain(name):
    place = gazetteer.find(name)
    assert place is not None
    assert find_places(f"help in {name}", gazetteer) == []
    (mention,) = find_places(f"{name.title()} Borough Council", gazetteer)
    assert mention.codes == (place.code,)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Respite for carers in Leeds", "Respite for carers"),
        ("In Leeds, respite for carers", "respite for carers"),
        ("Respite, in Leeds, for carers", "Respite, for carers"),
        ("Respite (in Leeds) for carers", "Respite for carers"),
        ("Respite in Leeds.", "Respite."),
        ("carers in Leeds who work", "carers who work"),
        ("carers in Leeds and mentors in Bradford", "carers and mentors"),
        ("carers near Leeds, near Bradford", "carers"),
        ("carers in Leeds, and from Kent", "carers"),
        ("Leeds City Council wants respite", "wants respite"),
        ("in Leeds", "in Leeds"),
        ("what is there for me in Leeds?", "what is there for me in Leeds?"),
        ("In Leeds and Bradford, near Kent", "In Leeds and Bradford, near Kent"),
        ("LS1", "LS1"),
    ],
)
def test_places_leave_the_text_neatly_unless_nothing_would_be_left(text, rest, postcodes):
    assert strip_places(text, find_places(text, gazetteer, postcodes)) == rest


WORDS = st.sampled_from(
    (
        *("in", "near", "for", "from", "and", "the", "of", "north", "council", "City", "Borough", "area", "St."),
        *("Leeds", "leeds", "Bradford", "Kent", "Reading", "Ynys Môn", "LS1", "4AP", "carers", "dementia"),
        *(",", ".", "(", ")", "&", "-", "'s", "\n", "and surrounding areas"),
    ),
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=14).map(" ".join))


@given(TEXTS)
def test_mentions_are_whole_spans_in_order_that_do_not_overlap(postcodes, text):
    end = 0
    for mention in find_places(text, gazetteer, postcodes):
        assert end <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end] == mention.text
        assert mention.codes
        assert mention.districts
        assert mention.label
        end = mention.end


@given(TEXTS)
def test_no_text_is_ever_emptied(postcodes, text):
    rest = strip_places(text, find_places(text, gazetteer, postcodes))
    assert rest == text or rest.strip()
    assert len(rest) <= len(text)


@given(st.sampled_from(gazetteer.district_codes), st.sampled_from(sorted(FREE | STRICT)))
def test_every_district_is_read_by_its_own_name(code, preposition):
    label = gazetteer.label(code)
    mentions: list[PlaceMention] = find_places(f"carers {preposition} {label}", gazetteer)
    if label.lower() not in AMBIGUOUS:
        assert [mention.codes for mention in mentions] == [(code,)]
