"""The words that the claim check looks for, and how a sentence around them is quoted; knows no listing."""

import re
from collections.abc import Iterator

LONGEST_QUOTE = 160

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)

_OURS = (
    r"(?:we|i|our (?:\w+ ){0,2}?\w+|the (?:project|programme|service|scheme|charity|pilot|group|team|trust|partnership)"
    r"|this (?:project|programme|service|scheme|idea|pilot)|it)"
)
_HOPE = (
    r"(?:(?:are )?(?:aim(?:s|ing)?|hop(?:es?|ing)|intend(?:s|ing)?|aspir(?:es?|ing)|plan(?:s|ning)?|seek(?:s|ing)?"
    r"|striv(?:es?|ing)) (?:to|that)|hopes? (?:for|it)|would (?:like|love|hope) to)"
)
HOPE = re.compile(
    rf"\b{_OURS} (?:\w+ )?{_HOPE}\b|\b(?:our|the|its) (?:main |overall |long-term )?"
    r"(?:aims?|hopes?|intentions?|ambitions?|aspirations?|plans?|goals?) (?:is|are) (?:to|that)\b",
    re.IGNORECASE,
)
"""What is wanted, not what is done ("never write 'we aim'": report, Bidding for Contracts).

Only of the one who writes: people who hope to work, and anybody who would like to come, are no claim.
"""

_WORD_NUMBER = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|hundred)"
)
PEOPLE = (
    r"(?:people|persons?|adults?|child(?:ren)?|young people|youths?|teenagers?|pupils?|students?|learners?|wom[ae]n"
    r"|m[ae]n|girls?|boys?|lads?|carers?|parents?|mothers?|mums?|fathers?|dads?|famil(?:y|ies)|households?|residents?|tenants?"
    r"|patients?|clients?|members?|participants?|users?|bab(?:y|ies)|infants?|elders?|pensioners?|veterans?|prisoners?"
    r"|offenders?|refugees?|migrants?|claimants?|neighbours?|couples?|siblings?|grandparents?|trainees?|survivors?"
    r"|victims?|volunteers?|mentors?|workers?|staff|employees?|peers?|citizens?|communit(?:y|ies)|leavers?|starters?"
    r"|clinicians?|islanders?|villagers?|farmers?|travellers?|customers?|visitors?|supporters?|hosts?|buddies|teens?|kids?"
    r"|males?|females?|individuals?|recipients?|attenders?|entrants?)"
)
_OTHERS = (
    r"(?:folk|those|they|everyone|everybody|anyone|nobody|somebody|ex-forces|organisations?|charit(?:y|ies)|groups?"
    r"|providers?|agencies|commissioners?|employers?|landlords?|schools?|practices?|(?:over|under)[- ]?\d+s|\d+s)"
)
NAMES_PEOPLE = re.compile(rf"\b(?:{PEOPLE}|{_OTHERS})\b", re.IGNORECASE)

PERCENT = re.compile(r"\b(\d+(?:\.\d+)?) ?(?:%|per ?cent\b|percentage points?\b)", re.IGNORECASE)
SHARE = re.compile(
    rf"\b(?:{_WORD_NUMBER}|\d+) (?:in|out of)(?: every)? (?:{_WORD_NUMBER}|\d+)\b(?! ?(?:hours?|days?|weeks?|years?))"
    r"|\b\d+ of (?:the |our |those )?\d+\b",
    re.IGNORECASE,
)
COUNT = re.compile(rf"\b\d+(?:,\d{{3}})*(?: [a-z]+(?:-[a-z]+)?)? {PEOPLE}\b", re.IGNORECASE)
"""A count of people; at most one word between ("143 young people", "62 vulnerable residents")."""
REACHED = re.compile(
    r"\b(?:last year|so far|to date|since (?:\d|then)|in (?:its|our|the) (?:first|last|past)|over the (?:last|past)"
    r"|were|was|had|did|went|kept|came|got|found|helped|reached|supported|completed|stayed|finished|started|returned"
    r"|joined|left|moved|said|told|reported|took|gained|spoken|booked|carried on)\b",
    re.IGNORECASE,
)
"""What makes a count of people a result: "34 members" says only how large a group is."""
LIMIT = re.compile(
    r"\b(?:up to|at most|no more than|at least|minimum|maximum|fewer than|over|under|groups? of|rooms? for"
    r"|places? for|caseloads? of|teams? of|each|aged?|between|per) $",
    re.IGNORECASE,
)
"""What stands before a number that says how large the service is, not what it did."""
CAPACITY = re.compile(
    r"^ (?:a|at a|per|each|every|in a) "
    r"(?:time|group|year|week|month|day|night|term|session|worker|table|class|house)\b",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")

WHEN = re.compile(
    r"\d|\b(?:within|after|before|by the|months?|weeks?|years?|terms?|yearly|annual|monthly|weekly|daily)\b",
    re.IGNORECASE,
)
"""A number or a time in an outcome's own sentence: it says how or when the change would be seen."""


CHILDREN = re.compile(
    r"\b(?:child(?:ren)?|pupils?|bab(?:y|ies)|infants?|toddlers?|teenagers?|teens|schoolgirls?|schoolboys?)\b",
    re.IGNORECASE,
)
HEALTH = re.compile(
    r"\b(?:health|illness|disease|symptoms?|depression|anxiety|trauma|dementia|pain|treatments?|therap(?:y|ies)|clinical"
    r"|patients?|medication|recovery|diabetes|cancer|strokes?|falls prevention|suicid\w*|self-harm)\b",
    re.IGNORECASE,
)
CHILD_CODES = frozenset(
    """
    families-and-children school-exclusion alternative-provision attendance looked-after-children edge-of-care
    youth-offending gangs-and-violence young-peoples-substance-misuse young-carers young-peoples-mental-health
    exploitation send-and-autism children excluded-pupils
    """.split()  # noqa: SIM905  a list of strings would fill a page
)
HEALTH_CODES = frozenset(
    """
    health-and-wellbeing mental-health young-peoples-mental-health dementia falls reablement hospital-discharge
    drugs-and-alcohol young-peoples-substance-misuse people-with-mental-health-problems people-with-dementia
    people-with-long-term-conditions people-who-use-drugs-or-alcohol
    """.split()  # noqa: SIM905
)
"""Codes of areas and groups; what newer ones are about is still told by the words of a listing."""
EFFECT = re.compile(
    r"\b(?:reduc|improv|increas|prevent|cur(?:e|es|ed|ing)\b|heal(?:s|ed|ing)?\b|treat(?:s|ed|ing)?\b|cut(?:s|ting)?\b|halv"
    r"|doubl|fewer\b|less\b|better\b|lower|rais|stop(?:s|ped|ping)?\b|sav(?:e|es|ed|ing)\b|works?\b|prove)",
    re.IGNORECASE,
)
"""Words that say that something changes."""


def sentences(text: str | None) -> list[str]:
    """Cut a text into its sentences and lines."""
    lines = (line.strip() for line in (text or "").splitlines())
    return [piece for line in lines for piece in _SENTENCE.split(line) if piece]


def quote(sentence: str, start: int = 0) -> str:
    """Give the part of a sentence that may be shown, around the place where something was found."""
    if len(sentence) <= LONGEST_QUOTE:
        return sentence
    first = max(0, min(start - LONGEST_QUOTE // 3, len(sentence) - LONGEST_QUOTE))
    piece = sentence[first : first + LONGEST_QUOTE]
    if first:
        piece = piece[piece.find(" ") + 1 :]
    if first + LONGEST_QUOTE < len(sentence):
        piece = piece[: piece.rfind(" ") if " " in piece else None]
    return f"{'… ' if first else ''}{piece}{' …' if first + LONGEST_QUOTE < len(sentence) else ''}"


def has_link(text: str | None) -> bool:
    """Say whether a text holds an address of the web."""
    return _LINK.search(text or "") is not None


def claimed(sentence: str) -> Iterator[re.Match[str]]:
    """Give the places where a sentence claims a number: a percentage, a share, or a count of people reached."""
    yield from PERCENT.finditer(sentence)
    yield from SHARE.finditer(sentence)
    for found in COUNT.finditer(sentence) if REACHED.search(sentence) else ():
        before, after = sentence[: found.start()], sentence[found.end() :]
        if not LIMIT.search(before) and not CAPACITY.search(after):
            yield found


def numbers(text: str | None) -> frozenset[str]:
    """Give the numbers written in a text in figures, without their commas."""
    return frozenset(number.replace(",", "").rstrip(".") for number in NUMBER.findall(text or ""))
