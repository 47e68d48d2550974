"""What takes a person out of a text: whole words only, the address in any case, and nothing else."""

import pytest

from exchange.models import Account
from exchange.people.erasure import eraser

IDA = Account(name="Ida Quill", email="ida@home.example", telephone="+44 (0)7700 900123")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ida Quill asks to join.", "(name removed) asks to join."),
        ("Write to IDA@home.example, please", "Write to (address removed), please"),
        ("Ring +44 (0)7700 900123.", "Ring (number removed)."),
        ("Ida Quill (ida@home.example)", "(name removed) ((address removed))"),
        ("Ida Quiller and Frida Quill stay", "Ida Quiller and Frida Quill stay"),
        ("brida@home.example stays", "brida@home.example stays"),
        ("Ida alone stays", "Ida alone stays"),
        ("", ""),
    ],
)
def test_name_address_and_number_go_as_whole_words(text, left):
    assert eraser(IDA)(text) == left


@pytest.mark.parametrize("name", ["A.* (B)", "[x", "\\d+", "Zoë O'Neill"])
def test_a_name_is_taken_as_it_stands_whatever_signs_it_holds(name):
    erase = eraser(Account(name=name, email=None, telephone=None))
    assert erase(f"By {name}, today") == "By (name removed), today"
    assert erase("By 12345, today") == "By 12345, today"
