"""The page of one introduction: its thread, where it stands, what a side can do, contact details; writes nothing."""

from datetime import date

from sqlalchemy.orm import Session

from exchange.introducing.introduction_reading import About, ContactDetails, Entry, Thread
from exchange.introducing.introduction_states import OPEN, IntroductionState, IntroductionStep, Side, Way
from exchange.listing.listings import get_listing
from exchange.models import Account, Listing
from exchange.working_days import london_date
from web import links
from web.forms import Form
from web.introducing.introduction_lists import title_of
from web.introducing.introduction_pages import Contacts, Shared, Subject, ThreadEntry, ThreadPage
from web.introducing.introduction_words import BEGAN, ENDINGS, FINAL, decline_words, sentence_of, step_words, tag_of
from web.introducing.opening_words import pitch
from web.wording import day

FormOf = tuple[IntroductionStep, str]
"""A form's step and its field."""


def first_form(session: Session, read: Thread) -> Form:
    """Give the forms as they are first shown: the answer to an invitation begins with the innovation's summary."""
    line = read.line
    invited = line.way is Way.INVITED and IntroductionStep.ACCEPT in read.steps
    if not invited or line.innovation is None or not line.innovation.public:
        return Form()
    return Form({"text": [pitch(get_listing(session, line.innovation.id))]})


def their_listing(session: Session, read: Thread) -> Listing | None:
    """Give what the other side posted, where it can be read by everybody."""
    about = read.line.innovation if read.line.side is Side.COMMISSIONER else read.line.need
    return get_listing(session, about.id) if about is not None and about.public else None


def thread_page(read: Thread, account: Account, form: Form, today: date, posted: FormOf | None) -> ThreadPage:
    """Build the page; `posted` is the form that could not be sent, whose text is shown whatever the state is now."""
    line, heading = read.line, title_of(read.line)
    concludes = line.side is Side.COMMISSIONER and line.need is not None and line.state in OPEN
    unsent = form.text(posted[1]) if posted and posted[0] not in read.steps else None
    return ThreadPage(
        title=f"Error: {heading}" if form.problems else f"Introduction: {heading}",
        heading=heading,
        address=links.introduction(line.id),
        theirs=read.theirs.name,
        theirs_href=links.organisation(read.theirs.id) if read.theirs_public else None,
        tag=tag_of(line),
        sentence=sentence_of(line, today),
        subjects=_subjects(line.need, line.innovation),
        began=BEGAN[line.way, line.side],
        entries=tuple(_entry(read, entry) for entry in read.entries),
        contacts=tuple(_contacts(one, read) for one in read.contacts or ()),
        can=_can(read),
        decline=decline_words(line),
        side=line.side,
        mine_agreed=_agreed(read, line.side),
        theirs_agreed=_agreed(read, line.side.other),
        shared=Shared(name=account.name, email=account.email or "", telephone=account.telephone),
        form=form,
        unsent=unsent,
        endings=ENDINGS,
        record=line.innovation.title if line.innovation and line.side is Side.INNOVATOR else None,
        card=None,
        conclude=f"{links.my_listing(line.need.id)}/conclude" if concludes and line.need else None,
    )


def _can(read: Thread) -> frozenset[str]:
    """Name what the reader can do; to agree is one thing, whoever was first."""
    names = {
        IntroductionStep.ACCEPT: "accept",
        IntroductionStep.SAY: "message",
        IntroductionStep.AGREE: "agree",
        IntroductionStep.SEAL: "agree",
        IntroductionStep.DECLINE: "decline",
        IntroductionStep.SPAM: "spam",
        IntroductionStep.CLOSE: "close",
    }
    return frozenset(names[step] for step in read.steps)


def _subjects(need: About | None, innovation: About | None) -> tuple[Subject, ...]:
    return tuple(
        Subject(label, about.title, links.listing(about.id) if about.public else None)
        for label, about in (("Need", need), ("Innovation", innovation))
        if about is not None
    )


def _entry(read: Thread, entry: Entry) -> ThreadEntry:
    own = entry.side is read.line.side
    organisation = read.mine.name if own else read.theirs.name
    ended = entry.step == IntroductionState.CLOSED and entry.side is Side.COMMISSIONER and read.told is not None
    return ThreadEntry(
        who=f"{entry.name}, {organisation}" if entry.name else organisation,
        day=day(london_date(entry.at)),
        mine=own,
        text=read.told if ended else entry.text,
        step=step_words(entry.step, organisation, final=read.line.outcome in FINAL) if entry.step else None,
    )


def _agreed(read: Thread, side: Side) -> str | None:
    at = read.agreed[side]
    return day(london_date(at)) if at else None


def _contacts(found: ContactDetails, read: Thread) -> Contacts:
    own = found.side is read.line.side
    number = "".join(c for c in found.telephone or "" if c.isdigit() or c == "+")
    return Contacts(
        heading="Your own" if own else "Theirs",
        organisation=found.organisation,
        href=links.organisation(found.organisation_id) if own or read.theirs_public else None,
        name=found.name,
        email=found.email,
        telephone=found.telephone,
        tel=number or None,
    )
