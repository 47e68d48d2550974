"""The mail that was written, as administrators see it: all of it but one-time links."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from exchange import letters
from exchange.errors import InputError, NotFoundError
from exchange.letters import Box
from exchange.models_people import Letter
from web.cards import Fact
from web.forms import Form
from web.notices import see_other
from web.params import Asked, read_page
from web.people.account_pages import titled
from web.people.administration_pages import LetterPage, MailPage, MailRow, Tab, moment
from web.site import number_of, site_of
from web.wording import plural

MAIL = "/administration/mail"
REDACTED = "[one-time link, not kept after sending]"
LABELS = {Box.WAITING: "Waiting", Box.PARKED: "Parked", Box.SENT: "Sent"}
NO_SUBJECT = "(no subject)"


def mail(request: Request) -> Response:
    """Show the letters of one state or all, newest first."""
    site, asked = site_of(request), Asked()
    number = read_page(request.query_params.getlist("page"), asked)
    asked.usable()
    box = _box(request.query_params.get("state", ""))
    with site.reading() as session:
        found = letters.letter_page(session, box, number)
    page = MailPage(
        title="Mail" if box is None else f"Mail: {LABELS[box].lower()}",
        tabs=tuple(
            Tab(label=LABELS[one] if one else "All", href=_path(one), current=one is box) for one in (None, *Box)
        ),
        found=plural(found.total, "mail", "mails"),
        letters=tuple(_row(letter) for letter in found.letters),
        retry=box is Box.PARKED and found.total > 0,
        console=site.settings.smtp is None,
        previous=_path(box, found.number - 1) if found.number > 1 else None,
        following=_path(box, found.number + 1) if found.number < found.last else None,
    )
    return site.show(request, page)


def retry_all(request: Request) -> Response:
    """Have every parked letter tried again."""
    site = site_of(request)
    with site.writing() as session:
        number = letters.retry_parked(session, site.clock())
    return see_other(_path(Box.WAITING), "mail_again" if number else "mail_none_parked")


def letter(request: Request) -> Response:
    """Show one whole letter."""
    return _letter(request, Form())


def retry(request: Request) -> Response:
    """Have one parked letter tried again."""
    site, number = site_of(request), number_of(request, "id")
    try:
        with site.writing() as session:
            letters.retry(session, number, site.clock())
    except NotFoundError:
        raise
    except InputError as error:
        form = Form()
        form.refuse_error(error, "state")
        return _letter(request, form)
    return see_other(f"{MAIL}/{number}", "mail_again")


def _letter(request: Request, form: Form) -> Response:
    site = site_of(request)
    with site.reading() as session:
        found = letters.letter(session, number_of(request, "id"))
    subject, box = found.subject or NO_SUBJECT, letters.box_of(found)
    page = LetterPage(
        title=titled(subject, form),
        subject=subject,
        facts=(
            Fact("To", found.address),
            Fact("Written", moment(found.created_at)),
            Fact("State", _state(found)),
            *((Fact("Tried", plural(found.attempts, "time")),) if found.attempts else ()),
            *((Fact("What went wrong", found.last_error),) if found.last_error else ()),
        ),
        body=found.body,
        link=_link(found, site.settings.base_url),
        parked=box is Box.PARKED,
        form=form,
    )
    return site.show(request, page, status=400 if form.problems else 200)


def _row(found: Letter) -> MailRow:
    return MailRow(
        href=f"{MAIL}/{found.id}",
        subject=found.subject or NO_SUBJECT,
        address=found.address,
        written=moment(found.created_at),
        state=_state(found),
        error=found.last_error,
    )


def _state(found: Letter) -> str:
    if found.sent_at is not None:
        return f"Sent {moment(found.sent_at)}"
    return f"Parked after {plural(found.attempts, 'try', 'tries')}" if found.parked else "Waiting"


def _link(found: Letter, base_url: str) -> str | None:
    """Give the link as it may be shown: a secret one would let its reader in as somebody else."""
    if found.secret:
        return REDACTED
    return f"{base_url}{found.path}" if found.path else None


def _box(text: str) -> Box | None:
    try:
        return Box(text) if text else None
    except ValueError:
        raise InputError(f"There is no mail in a state “{text[:60]}”: choose waiting, parked or sent.") from None


def _path(box: Box | None, number: int = 1) -> str:
    pairs = {"state": box.value} if box else {}
    query = urlencode(pairs | ({"page": str(number)} if number > 1 else {}))
    return f"{MAIL}?{query}" if query else MAIL
