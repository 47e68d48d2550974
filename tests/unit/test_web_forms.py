"""Forms are read as people type them, and every mistake is a sentence."""

from datetime import date

import pytest

from exchange.errors import InputError
from exchange.listing.states import Step
from web.forms import MOST_FIELDS, Form, parse, show_date
from web.notices import see_other


def form(**values: str) -> Form:
    return Form({name: [value] for name, value in values.items()})


def test_a_body_becomes_fields_in_order_with_nul_taken_out():
    read = parse(b"a=1&b=&a=2%00&c=%C3%A9+x&d=%ff")
    assert read.values == {"a": ["1", "2"], "b": [""], "c": ["é x"], "d": ["�"]}
    assert (read.text("a"), read.text("b"), read.stated("b"), read.text("nothing")) == ("2", "", None, "")
    assert read.many("a") == ["1", "2"]
    assert read.pairs("a") == [("b", ""), ("c", "é x"), ("d", "�")]


@pytest.mark.parametrize("body", [b"a=1&" * (MOST_FIELDS + 1), b"\xff\xfe"])
def test_a_body_that_cannot_be_read_is_refused_in_a_sentence(body):
    with pytest.raises(InputError, match="could not be read"):
        parse(body)


def test_line_ends_of_browsers_become_plain_ones():
    assert form(text="  one\r\ntwo ").text("text") == "one\ntwo"


@pytest.mark.parametrize(("typed", "number"), [("£25,000", 25_000), (" 7 ", 7), ("", None), ("0", 0)])
def test_whole_numbers_are_read_as_people_write_them(typed, number):
    read = form(sum=typed)
    assert read.whole("sum", "The sum") == number
    assert read.problems == []


@pytest.mark.parametrize("typed", ["-1", "2.5", "ten", "²", "9" * 13])
def test_what_is_no_whole_number_is_said(typed):
    read = form(sum=typed)
    assert read.whole("sum", "The sum") is None
    assert read.problem("sum") == "The sum must be a whole number, such as 25,000."


def test_a_date_is_read_from_its_three_fields_and_shown_in_them():
    shown = Form(show_date(date(2027, 3, 27), "closes_on"))
    assert shown.day("closes_on", "The closing date") == date(2027, 3, 27)
    assert Form().day("closes_on", "The closing date") is None
    assert show_date(None, "closes_on") == {}


@pytest.mark.parametrize("typed", [("31", "2", "2027"), ("1", "", "2027"), ("1", "1", "27"), ("a", "1", "2027")])
def test_what_is_no_date_is_said(typed):
    parts = zip(("day", "month", "year"), typed, strict=True)
    read = Form({f"on-{part}": [value] for part, value in parts})
    assert read.day("on", "The day") is None
    assert (read.problem("on") or "").startswith("The day must be a real date")


def test_a_choice_is_a_word_of_the_list():
    assert form(step="submit").choice(Step, "step", "The step") is Step.SUBMIT
    assert form(step="").choice(Step, "step", "The step") is None
    wrong = form(step="burn")
    assert wrong.choice(Step, "step", "The step") is None
    assert wrong.problem("step") == "The step: choose one of the list."


def test_what_a_use_case_refuses_stands_at_its_field():
    read = Form()
    read.refuse_error(InputError("Too long.", field="title"), "summary")
    read.refuse_error(InputError("Not now."), "summary")
    assert (read.problem("title"), read.problem("summary"), read.problem("other")) == ("Too long.", "Not now.", None)


def test_a_notice_travels_as_a_code_and_only_known_ones_do():
    assert see_other("/a?b=1#c", "saved").headers["location"] == "/a?b=1&done=saved#c"
    assert see_other("/a").headers["location"] == "/a"
    with pytest.raises(KeyError):
        see_other("/a", "anything else")
