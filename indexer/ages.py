"""Ages that words imply ("teenagers", "pensioners"), and how far a listing's ages answer them; knows no engine."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OLDEST = 100
NEAR = 0.25
"""A listing whose ages share less than this with those asked for is for others: 8-16 is not for 16 to 24."""


@dataclass(frozen=True, slots=True)
class Ages:
    """A range of years, both ends included, with the words that said it."""

    low: int
    high: int
    words: str


_CHILD = r"child(?:ren)?|kids?|youngsters?"
_PARENT = r"parents?|mothers?|mums?|dads?|fathers?|carers?"
_WORDS: tuple[tuple[str, int, int], ...] = (
    (r"teenage(?:rs?)?|teens?|adolescents?|adolescence", 13, 19),
    (r"school[- ]?(?:girls?|boys?|child(?:ren)?|kids?|age)|pupils?", 5, 18),
    (r"(?:girls?|boys?)(?:['\u2019]s?)?|lass(?:es|ies)?", 0, 18),
    (r"toddlers?|bab(?:y|ies)|infants?|under[- ]fives?|pre-?school(?:ers?)?", 0, 5),
    (_CHILD, 0, 17),
    (r"young (?:people|persons?|wom[ae]n|m[ae]n|offenders?|adults?|" + _PARENT + r")|youths?", 10, 25),
    (r"pensioners?|older (?:people|persons?|adults?|wom[ae]n|m[ae]n|residents?)|elderly|old age", 60, OLDEST),
    (r"senior citizens?|later life|old people", 60, OLDEST),
    (r"adults?|wom[ae]n|m[ae]n|ladies|gentlemen", 18, OLDEST),
)
_FINDERS = tuple((re.compile(rf"\b(?:{words})\b", re.IGNORECASE), low, high) for words, low, high in _WORDS)
_SOMEBODY_ELSE = re.compile(rf"\b(?:famil(?:y|ies)|grandparents?|couples?|{_PARENT})\b", re.IGNORECASE)
"""Where parents or carers are named, "children" may say whose parents they are, not who is helped."""
_THEMSELVES = re.compile(rf"\b(?:teenage|young|schoolgirl) (?:{_PARENT})\b", re.IGNORECASE)
_NO_AGE = re.compile(
    r"\b(?:men['\u2019]?s sheds?|boys['\u2019]? clubs?|isle of man|youth workers?|children in need)\b", re.IGNORECASE
)


def implied_ages(text: str) -> tuple[Ages, ...]:
    """Give the ages that the words of a text imply; none where the text may speak of somebody else's children.

    They only ever put a listing behind that states other ages: nobody typed them, so a listing that states none, or
    some of them, stands as it is.
    """
    plain = _NO_AGE.sub(lambda found: " " * len(found.group()), text)
    themselves = _THEMSELVES.search(plain)
    if themselves:
        plain = " " * themselves.start() + themselves.group()
    elif _SOMEBODY_ELSE.search(plain):
        return ()
    taken: list[tuple[int, int]] = []
    found: list[Ages] = []
    for finder, low, high in _FINDERS:
        for match in finder.finditer(plain):
            if not any(start < match.end() and match.start() < end for start, end in taken):
                taken.append(match.span())
                found.append(Ages(low, high, text[match.start() : match.end()]))
    return tuple(found)


def shared(ages: tuple[int, int], low: NDArray[np.int16], high: NDArray[np.int16]) -> NDArray[np.float32]:
    """Give the part of the shorter range, the one asked for or the listing's, that lies in both; 0-1."""
    top = np.minimum(high, OLDEST).astype(np.float32)
    both = np.minimum(top, ages[1]) - np.maximum(low, ages[0]) + 1
    shorter = np.minimum(top - low + 1, ages[1] - ages[0] + 1)
    return np.asarray(np.clip(both / np.maximum(shorter, 1), 0.0, 1.0), np.float32)


def share(ages: tuple[int, int], low: int | None, high: int | None) -> float:
    """Give what `shared` gives, for one listing; None where it states no lowest or no highest age."""
    top = OLDEST if high is None else high
    return float(shared(ages, np.array([low or 0], np.int16), np.array([top], np.int16))[0])


def age_tiers(share: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Give the tier of listings that state ages: 1 for those asked for, 4 for others."""
    return np.where(share >= NEAR, 1, 4).astype(np.uint8)
