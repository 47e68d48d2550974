"""Places as people type them: names one a line or between commas, and the one that nobody knows named."""

import pytest

from exchange.errors import InputError
from exchange.place.place_names import MOST, codes_of, names_of
from exchange.place.places import load_gazetteer

GAZETTEER = load_gazetteer()
LEEDS, BRADFORD, BRISTOL = "E08000035", "E08000032", "E06000023"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Leeds", (LEEDS,)),
        ("Leeds\nBradford", (LEEDS, BRADFORD)),
        (" leeds , BRADFORD ;\r\n\r\n leeds", (LEEDS, BRADFORD)),
        ("Bristol, City of", (BRISTOL,)),
        ("Bristol, City of\nLeeds, Bradford", (BRISTOL, LEEDS, BRADFORD)),
        (LEEDS, (LEEDS,)),
        ("", None),
        (" , \n;", None),
    ],
)
def test_places_are_named_one_a_line_or_between_commas(text, codes):
    assert codes_of(text, GAZETTEER, "places") == codes


def test_the_names_that_nobody_knows_are_said():
    with pytest.raises(InputError, match='does not know "Leedz", "Narnia" as a place') as refused:
        codes_of("Leeds, Leedz\nNarnia\nLeedz", GAZETTEER, "places")
    assert refused.value.field == "places"


def test_a_long_text_that_is_no_place_is_not_said_back_whole():
    with pytest.raises(InputError) as refused:
        codes_of("x" * 10_000, GAZETTEER, "places")
    assert len(str(refused.value)) < 400


def test_there_are_not_too_many():
    many = "\n".join(GAZETTEER.district_codes[: MOST + 1])
    with pytest.raises(InputError, match="name 100 or fewer"):
        codes_of(many, GAZETTEER, "places")


def test_every_place_that_is_written_down_is_read_back_the_same():
    codes = tuple({place.code for name in GAZETTEER.district_codes if (place := GAZETTEER.get(name))})
    codes += tuple(place.code for place in GAZETTEER.regions())
    for code in (*codes, "set:nowhere"):
        if GAZETTEER.get(code) is not None:
            assert codes_of(names_of((code,), GAZETTEER), GAZETTEER, "places") == (code,)
    assert names_of(None, GAZETTEER) == ""
    assert names_of((LEEDS, BRISTOL), GAZETTEER).splitlines()[0] == "Leeds"
