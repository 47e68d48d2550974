"""Passwords: what is refused and why, how they are kept, and how many are hashed at once."""

import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from hashing import CountingHasher, quick_hashing

from exchange.errors import InputError, UnavailableError
from exchange.people import demo, passwords

GOOD = "gravel lantern teapot"


@pytest.fixture
def hasher(monkeypatch):
    return quick_hashing(monkeypatch)


@pytest.mark.parametrize(
    "text",
    [
        "password1234",
        "Passw0rd123!",
        "qwertyuiop12",
        "1234567890123",
        "aaaaaaaaaaaaaaaa",
        "london2024!",
        "innovation exchange",
        "InnovationExchange1",
        "Annexample2027",
        "ann.example@people",
        "Example.Ann!",
    ],
)
def test_a_password_that_is_common_or_made_of_what_is_known_is_refused_with_what_to_do(text):
    with pytest.raises(InputError, match="Three random words") as refused:
        passwords.check_new(text, "Ann Example", "ann.example@people.example")
    assert refused.value.field == "password"


@pytest.mark.parametrize("text", [GOOD, demo.PASSWORD, "Tr0ub4dor&3-horse", "ąčęėįš žuvis debesis", "x7#Kq!vR2p"])
def test_a_password_that_is_hard_to_guess_is_taken(text):
    passwords.check_new(text, "Ann Example", "ann.example@people.example")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has 0 characters; use at least 10"),
        ("x", "has 1 character; use at least 10"),
        ("xK#9!vR2p", "has 9 characters"),
        ("   xK#9!v   ", "has 6 characters"),
        ("xK#9!vR2" + "\x00" * 20, "has 8 characters"),
        (GOOD * 10, "has 210 characters; use 200 or fewer"),
        ("é" * 1_000_000, "has 1,000,000 characters"),
    ],
)
def test_a_password_of_a_wrong_length_is_refused_and_counted(text, says):
    with pytest.raises(InputError, match=says) as refused:
        passwords.check_new(text)
    assert refused.value.field == "password"


def test_what_is_kept_is_argon2id_and_never_the_same_twice():
    first, second = passwords.hash_password(GOOD), passwords.hash_password(GOOD)
    assert first.startswith("$argon2id$")
    assert first != second
    assert passwords.matches(first, GOOD)
    assert not passwords.matches(first, GOOD.upper())


@pytest.mark.parametrize(
    "text", ["žuvis debesis upė", "日本語のパスワード文", "😀😀 kettle 😀", "x" * 200, "half \ud800 character"]
)
def test_any_text_can_be_kept_and_is_known_again(hasher, text):
    assert passwords.matches(passwords.hash_password(text), text)


def test_an_accent_typed_in_two_ways_is_one_password(hasher):
    composed = unicodedata.normalize("NFC", "café lantern über")
    kept = passwords.hash_password(composed)
    assert passwords.matches(kept, unicodedata.normalize("NFD", composed))


def test_nul_and_blanks_at_the_ends_do_not_count(hasher):
    assert passwords.matches(passwords.hash_password(GOOD), f"  {GOOD}\x00 ")


def test_without_a_kept_password_nothing_matches_but_as_much_is_computed(hasher):
    assert passwords.matches(None, GOOD) is False
    assert hasher.made == 1


@pytest.mark.parametrize("kept", ["", "plain text", "$argon2id$v=19$broken"])
def test_what_is_no_hash_matches_nothing(hasher, kept):
    assert passwords.matches(kept, GOOD) is False


def test_a_hash_of_other_parameters_is_outdated_and_one_of_todays_is_not(monkeypatch):
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)
    assert passwords.outdated(old)
    quick_hashing(monkeypatch)
    assert not passwords.outdated(passwords.hash_password(GOOD))


def test_no_more_than_two_are_hashed_at_the_same_moment(monkeypatch):
    class Watching(CountingHasher):
        now = most = 0
        lock = threading.Lock()
        both = threading.Event()

        def hash(self, password, *, salt=None):
            with self.lock:
                self.now += 1
                self.most = max(self.most, self.now)
                if self.now == passwords.AT_ONCE:
                    self.both.set()
            self.both.wait(5)  # nobody leaves before two are in, so that a third would have had its chance
            made = super().hash(password, salt=salt)
            with self.lock:
                self.now -= 1
            return made

    watching = Watching()
    monkeypatch.setattr(passwords, "_hasher", watching)
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(passwords.hash_password, [GOOD] * 8))
    assert all(passwords.matches(one, GOOD) for one in made)
    assert watching.most == passwords.AT_ONCE


def test_who_waits_too_long_is_told_to_come_back(monkeypatch, hasher):
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    monkeypatch.setattr(passwords, "_turns", threading.BoundedSemaphore(1))
    with passwords._turn(), pytest.raises(UnavailableError, match="Try again in a minute"):
        passwords.hash_password(GOOD)
    assert passwords.hash_password(GOOD)  # the turn was given back
