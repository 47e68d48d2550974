"""The audit trail's address read into a filter, each mistake as a sentence at its field; knows no page."""

from dataclasses import dataclass

from sqlalchemy.orm import Session
from starlette.requests import Request

from exchange.database import LARGEST_KEY
from exchange.errors import InputError
from exchange.running.audit_subjects import Subject
from exchange.running.audit_trail import Filter, accounts_called
from web.forms import Form
from web.running.audit_words import STATES

FIELDS = (
    *("subject", "state", "listing", "account"),
    *(f"{end}-{part}" for end in ("from", "to") for part in ("day", "month", "year")),
)
LONGEST = 300
"""Characters of a field that are read."""

ONE_NUMBER = "Enter the listing's number, such as 120: it stands in the address of its page."
NO_PLACE = "This page goes on from no entry of the trail: open the trail from its beginning."
BACKWARDS = "The last day must not be before the first."


@dataclass(frozen=True, slots=True)
class AskedOf:
    """The filter that an address asks for, its form as it was typed, and the number from which the page goes on."""

    wanted: Filter
    form: Form
    before: int | None
    after: int | None

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Give the filter as pairs of an address."""
        return [(name, text) for name in FIELDS if (text := self.form.text(name))]


def asked_of(request: Request, session: Session) -> AskedOf:
    """Read the address of the trail, or of its file; what is wrong stands in the form's problems."""
    form = Form()
    for name, value in request.query_params.multi_items():
        form.values.setdefault(name, []).append(value.replace("\x00", "")[:LONGEST])
    first, last = form.day("from", "The first day"), form.day("to", "The last day")
    if first and last and last < first:
        form.refuse("to", BACKWARDS)
    wanted = Filter(
        subject=form.choice(Subject, "subject", "What is it about"),
        new=_state(form),
        listing_id=_number(form, "listing", ONE_NUMBER),
        accounts=_accounts(form, session),
        first=first,
        last=last,
    )
    return AskedOf(wanted, form, _onwards(form, "before"), _onwards(form, "after"))


def _state(form: Form) -> str | None:
    text = form.text("state")
    if text and text not in STATES:
        form.refuse("state", f"Nothing here is ever “{text[:60]}”: choose one of the list.")
        return None
    return text or None


def _number(form: Form, name: str, sentence: str) -> int | None:
    text = form.text(name).removeprefix("#")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()):
        form.refuse(name, sentence)
        return None
    return min(int(text[:11]), LARGEST_KEY)


def _onwards(form: Form, name: str) -> int | None:
    """Read the number from which a page goes on; no field holds it, so what is wrong is said at the first one."""
    text = form.text(name)
    if text and not (text.isascii() and text.isdecimal()):
        form.refuse(FIELDS[0], NO_PLACE)
        return None
    return min(int(text[:11]), LARGEST_KEY) if text else None


def _accounts(form: Form, session: Session) -> tuple[int, ...] | None:
    text = form.text("account")
    if not text:
        return None
    try:
        return accounts_called(session, text)
    except InputError as error:
        form.refuse_error(error, "account")
        return None
