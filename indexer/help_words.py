"""Words by which people ask for a kind of help, as data: they tell which areas a text asks for; knows no engine."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np

from exchange.errors import InputError
from exchange.taxonomy import AREA, Taxonomy
from indexer.analysis import terms
from indexer.rerank import Array
from indexer.thesaurus import LONGEST_PHRASE, Terms

Asked = tuple[frozenset[str], ...]
"""What a text asks for: of each of its phrases the areas, any of which would do."""


@dataclass(frozen=True, slots=True)
class HelpWords:
    """Phrases by their terms, each with the areas that it asks for, of one version of the taxonomy."""

    phrases: Mapping[Terms, frozenset[str]]
    taxonomy: Taxonomy

    def asked(self, text: str) -> Asked:
        """Find what a text asks for, each once, in order; the longest phrase first, and no word belongs to two."""
        return tuple(dict.fromkeys(self._found(terms(text))))

    def _found(self, found: list[str]) -> Iterator[frozenset[str]]:
        at = 0
        while at < len(found):
            sizes = range(min(LONGEST_PHRASE, len(found) - at), 0, -1)
            size = next((n for n in sizes if tuple(found[at : at + n]) in self.phrases), 0)
            if size:
                yield self.phrases[tuple(found[at : at + size])]
            at += size or 1

    def held(self, asked: Asked, stated: Iterable[Collection[str]]) -> Array:
        """Say of each listing how much of what is asked its stated areas are, 0-1, shape (listings,).

        An area below one asked for is what is asked, and so is one above, unless it only heads a narrower one that is
        stated too. nan where nothing is asked, or no area stated.
        """
        return np.array([self._held(asked, codes) for codes in stated], np.float32)

    def _held(self, asked: Asked, stated: Collection[str]) -> float:
        if not asked or not stated:
            return float("nan")
        above = {code: {entry.code for entry in self.taxonomy.ancestors(code, AREA)} for code in stated}
        headings = frozenset().union(*above.values())
        around = headings.union(stated)
        for code in above.keys() - headings:
            around = around.union(self.taxonomy.with_descendants(code, AREA))
        return sum(bool(codes & around) for codes in asked) / len(asked)


def help_words(lines: Mapping[str, tuple[str, ...]], taxonomy: Taxonomy) -> HelpWords:
    """Join the phrases of each area with its label and synonyms; an area that is not published any more is left out."""
    phrases: dict[Terms, set[str]] = {}
    for code, said in lines.items():
        entry = taxonomy.get(AREA, code)
        for phrase in (*said, entry.label, *entry.synonyms) if entry else ():
            phrases.setdefault(tuple(terms(phrase)), set()).add(code)
    return HelpWords({key: frozenset(codes) for key, codes in phrases.items()}, taxonomy)


def parse(text: str) -> dict[str, tuple[str, ...]]:
    """Read lines "area-code: phrase, phrase"; # begins a remark.

    Raises:
        InputError: a line lacks an area or a phrase, or names an area again; the sentence gives its number.
    """
    lines: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.partition("#")[0].strip()
        if content:
            code, _, rest = (part.strip() for part in content.partition(":"))
            said = tuple(phrase for part in rest.split(",") if (phrase := part.strip()))
            if not (code and said) or code in lines:
                raise InputError(
                    f"Line {number} of the words of help lacks an area or a phrase, or its area has a line already; "
                    "write area-code: phrase, phrase, once for each area."
                )
            lines[code] = said
    return lines


@lru_cache(maxsize=1)
def packaged() -> dict[str, tuple[str, ...]]:
    """Give the phrases of each area that the package ships."""
    return parse((files("indexer") / "data" / "help_words.txt").read_text(encoding="utf-8"))
