"""Read the places that a text names, and take them out of it; know the gazetteer and nothing of listings or search."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from exchange.place.places import DATA, Gazetteer, Place, normalise
from exchange.place.postcodes import Postcodes

_WORDS = {name: frozenset(words) for name, words in json.loads((DATA / "words.json").read_text("utf-8")).items()}

# A name counts in any case after the first kind of preposition, and only capitalised after the second.
FREE = frozenset({"in", "near", "around", "across", "within", "throughout"})
STRICT = frozenset({"for", "from", "at"})
# Names that are words too: read capitalised, after these prepositions only, or as "Reading Borough Council".
AMBIGUOUS = _WORDS["ambiguous"]
AMBIGUOUS_AFTER = frozenset({"in", "near", "around", "across"})
STOP_WORDS = _WORDS["stop"]
_NATIONWIDE = frozenset({"SET-UNITED-KINGDOM", "SET-GREAT-BRITAIN"})  # "in the UK" narrows nothing here
_BODIES = frozenset({"authority", "corporation", "council"})
_HALVES = frozenset({"north", "south"})  # half a country only in "the North" before a pause
_SMALL = frozenset({"and", "in", "of", "on", "the", "under", "upon", "with"})
_LEAD = re.compile(
    r"(?:the )?(?:(?:(?:north|south|east|west|central|rural|urban|inner|outer|mid) (?:and )?)+(?:of )?)?(?:the )?"
    r"(?P<body>(?:(?:london|royal|metropolitan) )?(?:borough|city|county|district) of (?:the )?)?",
)
_COUNCIL = re.compile(
    r"(?:(?:city|county|borough|district|metropolitan|unitary) )*(?:council|corporation|borough)(?: area)?(?= |$)"
    r"|combined authority(?= |$)",
)
_TAIL = re.compile(r"(?:(?:city|town) centre|city region|areas?|region|county|based|wide|postcodes?)(?= |$)")
_SURROUNDINGS = re.compile(
    r"\s+(?:and|or)\s+(?:the\s+|its\s+)?(?:surrounding|neighbouring|nearby)\s+(?:areas?|districts?|towns?|villages)\b",
    re.IGNORECASE,
)
_OFFENCE = re.compile(
    r"\b(?:probation|prison(?:s|ers?)?|(?:re-?|ex-?)?offend(?:ers?|ing)|custody|through[- ]the[- ]gate)\b",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*|&")
_OUTWARD = re.compile(r"[A-Za-z]{1,2}[0-9][A-Za-z0-9]?")
_INWARD = re.compile(r"[0-9][A-Za-z]{2}")
_INNER_GAP = re.compile(r"\s+|\s*[-\u2013/]\s*|,\s+")
_LIST_GAP = re.compile(r"\s*[,/]\s*|\s+")
_LONGEST = 9  # words in the longest name, "Royal Borough of ... and ..." included


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """Places that a text names in one breath; `start` and `end` cover the preposition too.

    `near` says that the neighbours of the districts will do as well.
    """

    start: int
    end: int
    text: str
    codes: tuple[str, ...]
    label: str
    districts: frozenset[str]
    near: bool = False


def find_places(text: str, gazetteer: Gazetteer, postcodes: Postcodes | None = None) -> list[PlaceMention]:
    """Return the places that a text names, in order; postcodes are read only where their table is given.

    A place is read after a preposition of place, as a postcode or as a council; a name that is also a word (Reading,
    Bury, Rugby) only where the text leaves no doubt (design, ruling 5).
    """
    return list(_Reader(text, gazetteer, postcodes).mentions())


class _Token(NamedTuple):
    start: int
    end: int
    text: str
    key: str


class _Item(NamedTuple):
    """One place of a list: up to which token it goes, and the codes that it stands for."""

    stop: int
    codes: tuple[str, ...]
    label: str


class _Reader:
    """One reading of one text, from left to right."""

    def __init__(self, text: str, gazetteer: Gazetteer, postcodes: Postcodes | None) -> None:
        self.text = text
        self.gazetteer = gazetteer
        self.postcodes = postcodes
        self.tokens = [_Token(m.start(), m.end(), m[0], normalise(m[0]) or m[0]) for m in _TOKEN.finditer(text)]
        self.probation = _OFFENCE.search(text) is not None
        self.shouted = text.upper() == text and any(len(token.text) > 3 for token in self.tokens)

    def mentions(self) -> Iterator[PlaceMention]:
        position = 0
        while position < len(self.tokens):
            read = self._after_preposition(position) or self._bare(position)
            if read:
                position, mention = read
                yield mention
            else:
                position += 1

    def _after_preposition(self, position: int) -> tuple[int, PlaceMention] | None:
        preposition = self.tokens[position].key
        if preposition not in FREE | STRICT or not self._gap(position).isspace():
            return None
        item = self._item(position + 1, preposition)
        if item is None:
            return None
        first = position - 2 if self._keys(position - 2, 2) == "in and" else position  # "in and around Leeds"
        return self._mention(first, self._listed(item, preposition), near=preposition == "near")

    def _bare(self, position: int) -> tuple[int, PlaceMention] | None:
        item = self._postcode(position, bare=True) or self._council(position) or self._closing(position)
        return self._mention(position, [item], near=False) if item else None

    def _closing(self, position: int) -> _Item | None:
        """Return the place that ends a text after a comma: "knife crime, Birmingham"."""
        if position == 0 or self._gap(position - 1).strip() != ",":
            return None
        item = self._item(position, "for")
        return item if item and item.stop == len(self.tokens) else None

    def _mention(self, first: int, items: list[_Item], *, near: bool) -> tuple[int, PlaceMention]:
        start, end = self.tokens[first].start, self.tokens[items[-1].stop - 1].end
        around = _SURROUNDINGS.match(self.text, end)
        end = around.end() if around else end
        codes = tuple(dict.fromkeys(code for item in items for code in item.codes))
        labels = list(dict.fromkeys(item.label for item in items if item.label))
        label = " and ".join(filter(None, (", ".join(labels[:-1]), labels[-1])))
        districts = self._districts(codes)
        mention = PlaceMention(start, end, self.text[start:end], codes, label, districts, near or around is not None)
        after = next((i for i, token in enumerate(self.tokens) if token.start >= end), len(self.tokens))
        return after, mention

    def _listed(self, item: _Item, preposition: str) -> list[_Item]:
        """Return the item and those that a comma, "and" or "or" joins to it; a comma before a wider place narrows."""
        items = [item]
        while True:
            stop = items[-1].stop
            comma = self._gap(stop - 1).strip() in {",", "/"}
            joined = self._keys(stop, 1) in {"and", "or"} and bool(_LIST_GAP.fullmatch(self._gap(stop - 1)))
            start = stop + joined
            if not (comma or joined):
                return items
            start += self._keys(start, 1) == preposition
            following = self._item(start, preposition)
            if following is None:
                return items
            wider = not joined and self._districts(items[-1].codes) < self._districts(following.codes)
            items.append(_Item(following.stop, (), "") if wider else following)

    def _item(self, start: int, preposition: str) -> _Item | None:
        """Return the longest place that starts at a token: a postcode, a name, or a name after "rural" and the like."""
        lead = _LEAD.match(self._keys(start, 12))
        later = start + (lead[0].count(" ") if lead else 0)
        found = (self._postcode(start, bare=False), self._named(start, start, preposition))
        led = self._named(start, later, preposition) if later > start else None
        return max((item for item in (*found, led) if item), key=lambda item: item.stop, default=None)

    def _council(self, position: int) -> _Item | None:
        """Return the authority that a token begins: "Leeds City Council", "London Borough of Camden"."""
        lead = _LEAD.match(self._keys(position, 12))
        if lead and lead["body"] and self._keys(position, 1) in {"london", "royal", "metropolitan", "borough", "city"}:
            item = self._named(position, position, None, body=True)
            return item or self._named(position, position + lead[0].count(" "), None, body=True)
        window = self._keys(position, _LONGEST + 4)
        if not re.search(r" (?:council|corporation|borough|combined authority)\b", window):
            return None
        return self._named(position, position, None)

    def _named(self, first: int, start: int, preposition: str | None, *, body: bool = False) -> _Item | None:
        """Return the longest acceptable name at `start`; `first` is where the words that lead to it begin."""
        for stop in range(min(start + _LONGEST, len(self.tokens)), start, -1):
            place = self._place(first, start, stop)
            if place is None or place.code in _NATIONWIDE:
                continue
            council = _COUNCIL.match(self._keys(stop, 6)) if self._gap(stop - 1).isspace() else None
            is_body = body or council or self._keys(stop - 1, 1) in _BODIES
            if is_body or (preposition and self._reads(start, stop, preposition)):
                return _Item(self._tail(stop, council), (place.code,), self.gazetteer.label(place.code))
        return None

    def _place(self, first: int, start: int, stop: int) -> Place | None:
        if any(not self._inner(index) for index in range(first, stop - 1)):
            return None
        name = self.text[self.tokens[start].start : self.tokens[stop - 1].end]
        owner = re.sub(r"['\u2019]s$", "", name)
        found = self.gazetteer.find(name, probation=self.probation)
        return found or (self.gazetteer.find(owner, probation=self.probation) if owner != name else None)

    def _tail(self, stop: int, council: re.Match[str] | None) -> int:
        """Return the token after the words that belong to a name: "city centre", "-based", "Borough Council area"."""
        if council:
            return stop + council[0].count(" ") + 1
        tail = _TAIL.match(self._keys(stop, 4)) if self._inner(stop - 1, comma=False) else None
        return stop + tail[0].count(" ") + 1 if tail else stop

    def _reads(self, start: int, stop: int, preposition: str) -> bool:
        """Say whether a name found after a preposition is meant as a place."""
        tokens = [token for token in self.tokens[start:stop] if token.key not in _SMALL]
        capital = not self.shouted and any(token.text[0].isupper() for token in tokens)
        name = normalise(" ".join(token.text for token in self.tokens[start:stop]))
        if name in _HALVES:
            return "the" in self._keys(stop - 2, 2).split() and self._pauses(stop)
        if name in AMBIGUOUS:
            return capital and preposition in AMBIGUOUS_AFTER and not self._is_word(start, stop)
        if preposition in STRICT and "the" in self._keys(start - 1, 2).split() and self._gap(stop - 1).isspace():
            following = self.text[self.tokens[stop - 1].end :].lstrip()[:1]
            return capital and not following.isupper()  # "for the Newark Foyer" names no place
        return capital or preposition in FREE

    def _is_word(self, start: int, stop: int) -> bool:
        before = self._keys(max(start - 2, 0), 1)
        after = self._keys(stop, 2).removeprefix("and ").split(" ")[0]
        return before in _WORDS["word_before"] or after in _WORDS["word_after"]

    def _pauses(self, stop: int) -> bool:
        gap = self._gap(stop - 1).strip()
        return gap[:1] in set(".,;:!?") or (not gap and self._keys(stop, 1) in STOP_WORDS | {""})

    def _postcode(self, position: int, *, bare: bool) -> _Item | None:
        """Return the districts of the full or outward postcode at a token, if there is such a postcode."""
        if self.postcodes is None or position >= len(self.tokens):
            return None
        word, outward, stop = self.tokens[position].text, self.tokens[position].text, position + 1
        inward = self.tokens[stop].text if stop < len(self.tokens) and self._gap(position).isspace() else ""
        if _INWARD.fullmatch(inward):
            stop += 1
        else:
            cut = len(word) - 3 if _INWARD.fullmatch(word[-3:]) and len(word) > 4 else len(word)
            outward, inward = word[:cut], word[cut:]
        if not _OUTWARD.fullmatch(outward) or (bare and not inward and self._is_no_postcode(position)):
            return None
        full = self.postcodes.district(outward + inward) if inward else None
        codes = (full,) if full else tuple(code for code, _ in self.postcodes.outward(outward))
        label = f"{outward} {inward}".strip().upper()
        return _Item(self._tail(stop, None), codes, label) if codes else None

    def _is_no_postcode(self, position: int) -> bool:
        """Say whether an outward code without a preposition is something else: "M2-like cells", "the M25", "S1 pupils".

        So it must be the text's last word, or its first where its area has two letters (LS1, not M1).
        """
        word, last = self.tokens[position].text, position == len(self.tokens) - 1
        before, after = self._keys(position - 1, 1), self._keys(position + 1, 1)
        loose = {self._gap(i).strip(" ,.?!\n") for i in (position - 1, position) if i >= 0} == {""}
        placed = last or (position == 0 and word[1].isalpha())
        even = word == word.upper() or (word == word.lower() and word[1].isalpha())
        unlike = before in _WORDS["no_postcode_before"] or after in _WORDS["no_postcode_after"]
        return unlike or not (loose and placed and even)

    def _districts(self, codes: Sequence[str]) -> frozenset[str]:
        places = (self.gazetteer.get(code) for code in codes)
        return frozenset[str]().union(*(place.districts for place in places if place))

    def _keys(self, position: int, count: int) -> str:
        return " ".join(token.key for token in self.tokens[max(position, 0) : max(position + count, 0)])

    def _gap(self, position: int) -> str:
        """Return what stands between a token and the next; after the last token, the end of the text."""
        after = self.tokens[position + 1].start if position + 1 < len(self.tokens) else len(self.text)
        return self.text[self.tokens[position].end : after]

    def _inner(self, position: int, *, comma: bool = True) -> bool:
        """Say whether a name can go on over the gap after a token: "St. Helens" can, the end of a sentence cannot."""
        gap = self._gap(position)
        if gap.strip() == ".":
            return self.tokens[position].key == "st"
        return bool(_INNER_GAP.fullmatch(gap)) and (comma or "," not in gap)
