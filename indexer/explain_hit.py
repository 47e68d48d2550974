"""Why a search result is here: place, people, the closest sentence, the words found; decides no order."""

from exchange.content import Content, Gender, Kind
from indexer.ages import NEAR, share
from indexer.analysis import tokens
from indexer.constraints import Reading
from indexer.document import texts_of
from indexer.engine import PeopleAsk
from indexer.explain import HELPS, Explained
from indexer.results import Gap, Reason
from indexer.scoring import Citation
from indexer.sides import OLDEST, Side

MOST_WORDS = 6
EVERY_AGE = 200


def explain_hit(side: Side, reading: Reading, closest: Citation | None) -> Explained:
    """Explain one result of a search, the constraints first."""
    told: list[Reason | Gap] = [*_place(side, reading), *_people(side, reading)]
    if closest is not None and closest.cosine >= HELPS:
        field, quote = closest.sentence.source.value, closest.sentence.text
        told.append(Reason(text="Closest to what you describe", field=field, quote=quote, share=closest.value))
    if words := held_words(side, reading.text):
        told.append(Reason(text=f"Has your words: {', '.join(words[:MOST_WORDS])}", field="text"))
    return Explained(
        tuple(one for one in told if isinstance(one, Reason)), tuple(one for one in told if isinstance(one, Gap))
    )


def held_words(side: Side, text: str) -> list[str]:
    """Give the words of a query that the listing holds, as they were typed, each once."""
    texts = texts_of(side.content, side.subject.organisation).values()
    held = {token.term for field in texts for token in tokens(field)}
    typed = {t.term: text[t.start : t.end].lower() for t in tokens(text) if not t.stop and t.term in held}
    return [word for word in typed.values() if not word.isdecimal() and len(word) > 1]


def _place(side: Side, reading: Reading) -> list[Reason | Gap]:
    if not reading.places:
        return []
    wanted, places = reading.places[0].districts, side.places
    where = " or ".join(chip.label for chip in reading.chips if chip.key.startswith("place:"))
    need = side.subject.kind is Kind.NEED
    if wanted & places.now:
        return [Reason(text=f"Is required in {where}" if need else f"Delivers in {where} now", field="place")]
    if wanted & places.would:
        return [Reason(text=f"Would deliver in {where}", field="place")]
    if places.now or places.would:
        return [Gap(text=f"States other places than {where}", field="place")]
    based = f"Is based in {where}, but does" if wanted & places.office else "Does"
    return [Gap(text=f"{based} not state where it {'is required' if need else 'delivers'}", field="place")]


def _people(side: Side, reading: Reading) -> list[Reason | Gap]:
    labels = [chip.label for chip in reading.chips if not chip.key.startswith("place:")]
    pairs = zip(reading.people, labels, strict=True)
    told: list[Reason | Gap | None] = []
    for ask, label in pairs:
        if ask.gender:
            told.append(_gender(side.content, ask, label))
        told.append(
            _implied(side.content, ask, label) if ask.implied or ask.gender else _ages(side.content, ask, label)
        )
    return [one for one in told if one is not None]


def _gender(content: Content, ask: PeopleAsk, label: str) -> Reason | Gap:
    if content.gender is None:
        return Gap(text=f"Does not state whether it is {label[0].lower()}{label[1:]}", field="who")
    if content.gender is Gender.ANY:
        return Reason(text="Open to any gender", field="who")
    return (
        Reason(text=label, field="who")
        if content.gender is ask.gender
        else Gap(text=f"Not {label.lower()}", field="who")
    )


def _ages(content: Content, ask: PeopleAsk, label: str) -> Reason | Gap:
    if content.age_min is None and content.age_max is None:
        return Gap(text="Does not state an age", field="who")
    low, high = ask.age_min or 0, OLDEST if ask.age_max is None else ask.age_max
    theirs = content.age_min or 0, EVERY_AGE if content.age_max is None else content.age_max
    told = f"Takes {_span(content.age_min, content.age_max)}"
    if theirs[0] <= low and high <= theirs[1]:
        return Reason(text=told, field="who")
    asked = f"you said {label[0].lower()}{label[1:]}"
    if share((low, high), content.age_min, content.age_max) >= NEAR:
        return Gap(text=f"{told} ({asked})", field="who")
    return Gap(text=f"For other ages: {told[0].lower()}{told[1:]} ({asked})", field="who")


def _implied(content: Content, ask: PeopleAsk, label: str) -> Gap | None:
    """Tell of ages that nobody typed only where the listing states others."""
    if not ask.implied or (content.age_min is None and content.age_max is None):
        return None
    if any(share(ages, content.age_min, content.age_max) >= NEAR for ages in ask.implied):
        return None
    told = _span(content.age_min, content.age_max)
    return Gap(text=f"For other ages: takes {told} (your words say {label[0].lower()}{label[1:]})", field="who")


def _span(low: int | None, high: int | None) -> str:
    if high is None:
        return f"ages {low} and over"
    return f"ages up to {high}" if not low else f"ages {low} to {high}"
