"""What the claim check says of a need: too much method, no outcome, nobody named, too little time; knows no session."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from exchange.content import Content, word_count
from exchange.listing.claim_words import NAMES_PEOPLE, quote, sentences

Found = tuple[str, str, str | None]
"""A field, what to do, and the words it is about."""

LEAST_WINDOW = timedelta(weeks=6)
"""Shorter windows shut out consortia and small organisations (issue 5; report, Consortium Delivery)."""
LONGEST_REPLY = timedelta(days=92)

METHOD = (
    "This says how the work must be done. Say what should be different for people, and leave the way to those who "
    "answer; keep it only if the law or safety asks for it."
)
NO_OUTCOME = (
    "No outcome is stated. Say what should be different for people in the end, one change at a time: ideas are matched "
    "with outcomes first."
)
NOBODY = "Nobody is named who has this need. Say who they are, and what is hard for them now."
NO_PROBLEM = (
    "The problem is not explained. Say in two or three sentences what is wrong now, for whom, and why it matters."
)
PASSED = "The closing date has passed. Give a day at least six weeks from now."
WINDOW = (
    "Give at least six weeks between now and the closing date: small organisations, and those who need a partner, "
    "cannot answer well in less."
)
LATE_REPLY = (
    "The reply comes more than three months after answers close, and those who answered wait all that time. Give an "
    "earlier day, or say in the description why it takes so long."
)
EARLY_START = "The work would start before answers close. Give a later start or an earlier closing date."

_PROVIDER = (
    r"(?:(?:the|each|any|all|successful|lead|appointed) ){0,3}"
    r"(?:providers?|suppliers?|contractors?|services?|bidders?|applicants?|partners?|organisations?|operators?)"
)
_MUST = r"(?:must|shall|will|should|(?:is|are) (?:required|expected|to))"
_MEETING = r"(?:sessions?|workshops?|visits?|meetings?|classes|appointments|groups?|courses?|modules?|lessons?)"
_OFTEN = r"(?:daily|weekly|fortnightly|monthly|twice[- ]weekly|termly|every (?:day|week|fortnight|month))"
_NUMBER = r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve)"
_WAY = r"(?:model|method|approach|programme|curriculum|manual|toolkit|framework)"

_METHODS = (
    rf"{_MUST} be (?:delivered|provided|run|staffed|led|facilitated|taught|carried out) (?:by|in|at|through|via|on)",
    rf"{_PROVIDER} {_MUST} (?:use|follow|adopt|employ|deploy|apply|implement|replicate)",
    rf"{_PROVIDER} {_MUST} (?:deliver|run|hold|offer|provide|host) (?:[\w-]+ ){{0,4}}{_MEETING}",
    rf"(?:{_MUST} attend\b.{{0,40}}|attend ){_OFTEN}",
    rf"{_MEETING} (?:{_MUST} )?(?:be )?(?:of|for|lasting|last) (?:at least )?{_NUMBER}[- ](?:hour|minute)s?",
    rf"{_NUMBER}[- ](?:hour|minute|session|week)s? {_MEETING} (?:{_MUST}|(?:is|are) required)",
    rf"{_OFTEN} (?:[\w-]+ ){{0,2}}{_MEETING} (?:{_MUST}|(?:is|are) required)",
    r"face[- ]to[- ]face (?:only|sessions?|delivery)",
    rf"(?:{_MEETING}|support|delivery|contact|training) {_MUST} be (?:face|in person|one[- ]to|weekly|daily|online)",
    rf"(?:{_MUST} (?:be based on|follow|use)|using) the (?:[\w'&-]+ ){{1,5}}{_WAY}",
    rf"(?:ratio|caseload)s? (?:of|{_MUST} be) (?:no more than |at most |not more than )?(?:\d+|one)",
)
PRESCRIBED = re.compile("|".join(rf"\b{words}\b" for words in _METHODS), re.IGNORECASE)
"""Words that fix the method ("tight on outcomes, loose on how": report, The Changing Environment, Question 2)."""

_TROUBLES = r"""
    cannot \w+n't unable no not never nobody nowhere none nothing too enough lack\w* without barriers? problems?
    obstacles? difficult\w* hard\w* struggl\w* isolat\w* lonel\w* wait\w* delay\w* risks? fail\w* missed missing misses
    poor\w* high higher highest low lower lowest worse worst ris(?:e|es|en|ing) rose falls? fallen fell declin\w*
    drop\w* concern\w* gaps? unmet under-?\w* over-\w+ currently now only few fewer little shortage\w* shortfall crisis
    harm\w* depriv\w* poverty inequal\w* disproportion\w* excluded exclusion excess\w* avoidable because costs? audit
    complain\w* refus\w* lost lose loses losing stuck unsafe violen\w* breakdown\w* tired stopped percent
""".split()  # noqa: SIM905  a list of strings would fill a page
PROBLEM = re.compile(rf"\b(?:{'|'.join(_TROUBLES)}|per cent|at (?:present|the moment))\b|\d ?%", re.IGNORECASE)
"""Words with which people tell what is wrong; a short text without any of them tells nothing of it."""
SHORT = 100
"""Words of summary and description together; a longer text tells its problem in some words or other."""


def need_checks(content: Content, today: date | None) -> Iterator[Found]:
    """Give what is found in a need: its text in reading order, then its dates."""
    yield from _text_checks(content)
    for field in ("summary", "description", "method"):
        for sentence in sentences(getattr(content, field)):
            if found := PRESCRIBED.search(sentence):
                yield field, METHOD, quote(sentence, found.start())
    if not content.outcomes:
        yield "outcomes", NO_OUTCOME, None
    yield from _date_checks(content, today)


def _text_checks(content: Content) -> Iterator[Found]:
    """Look for people and a problem: of needs that were judged, 74% named no user and 71% explained no problem."""
    outcomes = [text for outcome in content.outcomes or () for text in (outcome.statement, outcome.for_whom or "")]
    told = " ".join([content.title, content.summary or "", content.description or "", *outcomes])
    if not content.groups and not NAMES_PEOPLE.search(told):
        yield "groups", NOBODY, None
    body = f"{content.summary or ''} {content.description or ''}".replace("\u2019", "'")
    if word_count(body) < SHORT and not PROBLEM.search(body):
        yield "description", NO_PROBLEM, None


def _date_checks(content: Content, today: date | None) -> Iterator[Found]:
    closes, reply = content.closes_on, content.reply_by
    if closes and today and closes < today:
        yield "closes_on", PASSED, None
    elif closes and today and closes - today < LEAST_WINDOW:
        days = (closes - today).days
        yield "closes_on", f"{days} day{'' if days == 1 else 's'} to answer are too few. {WINDOW}", None
    if closes and reply and reply - closes > LONGEST_REPLY:
        yield "reply_by", LATE_REPLY, None
    if closes and content.start_on and content.start_on < closes:
        yield "start_on", EARLY_START, None
