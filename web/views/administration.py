"""What administrators start from, accounts, and the roles that they give."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from exchange import letters
from exchange.content import clean
from exchange.errors import InputError, NotFoundError
from exchange.models import Account
from exchange.organisation import join_requests, profile_changes
from exchange.people import roles
from exchange.people.account_list import account_page, count_accounts, events_of, open_account, with_roles
from exchange.people.permissions import GRANTED, Role
from exchange.people.roles import Order
from exchange.running import indexing
from web.cards import Fact
from web.forms import Form, form_of
from web.notices import see_other
from web.params import Asked, read_page
from web.people.account_pages import titled
from web.people.administration_pages import AccountRolesPage, AccountRow, AccountsPage, AdministrationPage, moment
from web.site import number_of, site_of
from web.visit import signed_in
from web.wording import listed, plural

ACCOUNTS = "/administration/accounts"
LONGEST_SEARCH = 200
LABELS = (
    (Role.COMMISSIONER, "Commissioner", "Posts needs for a public body, asks for introductions, answers respondents"),
    (Role.MODERATOR, "Moderator", "Decides on listings, changes, reports and appeals of other organisations"),
    (Role.ADMINISTRATOR, "Administrator", "Gives and takes roles, decides on requests to join, sees the mail"),
)


def start(request: Request) -> Response:
    """Show what waits, and where the rest is."""
    site = site_of(request)
    with site.reading() as session:
        mail = letters.pending(session)
        page = AdministrationPage(
            title="Administration",
            accounts=count_accounts(session),
            requests=len(join_requests.all_waiting(session)) + len(profile_changes.all_waiting(session)),
            waiting=mail.waiting,
            parked=mail.parked,
            given_up=indexing.parked(session),
        )
    return site.show(request, page)


def accounts(request: Request) -> Response:
    """Show the accounts whose name or address holds what was typed."""
    site, asked = site_of(request), Asked()
    number = read_page(request.query_params.getlist("page"), asked)
    asked.usable()
    text = clean(request.query_params.get("q", ""))[:LONGEST_SEARCH]
    with site.reading() as session:
        found = account_page(session, text, number)
    page = AccountsPage(
        title="Accounts",
        text=text,
        found=plural(found.total, "account"),
        accounts=tuple(
            AccountRow(
                href=f"{ACCOUNTS}/{one.account.id}",
                name=one.account.name,
                email=one.account.email or "",
                organisation=one.organisation,
                roles=listed([role.value for role in one.roles]),
                note=_note(one.account),
            )
            for one in found.accounts
        ),
        previous=_page_path(text, found.number - 1) if found.number > 1 else None,
        following=_page_path(text, found.number + 1) if found.number < found.last else None,
    )
    return site.show(request, page)


def account(request: Request) -> Response:
    """Show one account with the form of its roles."""
    return _account(request, None)


def change_roles(request: Request) -> Response:
    """Give and take what was ticked and unticked."""
    site, form, number = site_of(request), form_of(request), number_of(request, "id")
    try:
        order = Order(_roles(form, "seen"), _roles(form, "role"))
        with site.writing() as session:
            by = session.get_one(Account, signed_in(request).id)
            changed = roles.change(session, number, order, by, site.clock())
    except NotFoundError:
        raise
    except InputError as error:
        form.refuse_error(error, "role")
        return _account(request, form)
    if number == signed_in(request).id and Role.ADMINISTRATOR in order.seen - order.chosen:
        return see_other("/my/account", "roles_changed")
    return see_other(f"{ACCOUNTS}/{number}", "roles_changed" if changed else "roles_kept")


def _roles(form: Form, name: str) -> frozenset[Role]:
    given = frozenset(form.many(name))
    if not given <= GRANTED:
        raise InputError("Choose among the roles that are listed.", field="role")
    return frozenset(Role(value) for value in given)


def _account(request: Request, form: Form | None) -> Response:
    site = site_of(request)
    with site.reading() as session:
        found = with_roles(session, open_account(session, number_of(request, "id")))
        events = events_of(session, found.account.id)
    row, held = found.account, [role.value for role in found.roles]
    if form is None:
        form = Form({"role": held, "seen": held})
    page = AccountRolesPage(
        title=titled(row.name, form),
        name=row.name,
        facts=(
            Fact("Email address", f"{row.email}{_note(row)}"),
            Fact("Organisation", found.organisation or "None"),
            Fact("Account made", moment(row.created_at) if row.created_at else None),
        ),
        confirmed=row.confirmed_at is not None,
        form=form,
        roles=tuple((role.value, label, hint) for role, label, hint in LABELS),
        events=tuple(
            Fact(moment(one.event.at), f"{_told(one.event.what, one.event.detail)}, by {one.by}") for one in events
        ),
    )
    return site.show(request, page, status=400 if form.problems else 200)


def _note(row: Account) -> str:
    if row.demo:
        return " (of the demonstration: signs in on this machine only)"
    return "" if row.confirmed_at else " (not confirmed yet)"


def _told(what: str, detail: str | None) -> str:
    told = f"{what}: {detail}" if detail else what
    return told[:1].upper() + told[1:]


def _page_path(text: str, number: int) -> str:
    return f"{ACCOUNTS}?{urlencode({'q': text, 'page': number} if text else {'page': number})}"
