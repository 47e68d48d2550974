"""One change of the areas: what differs, its preview, bringing it up to date, publishing and discarding it."""

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from exchange.errors import ConflictError, InputError, NotFoundError, StateError
from exchange.models_running import ProposalState, TaxonomyProposal
from exchange.running import taxonomy_previews, taxonomy_proposals
from exchange.running.proposal_list import names, proposal_for
from exchange.running.taxonomy_proposals import Ruling, merge_mark, pending_merge
from exchange.running.term_changes import draft_mark, draft_of
from exchange.running.term_differences import Difference, differences
from exchange.running.term_merge import FIELDS, OURS, THEIRS, WHOLE, Clash
from exchange.taxonomy import load_taxonomy, taxonomy_at
from web.cards import Fact
from web.forms import Form, form_of
from web.notices import see_other
from web.people.account_pages import titled
from web.people.administration_pages import moment
from web.running.areas_building import difference_rows, measure_of, moved_queries, schemes_of
from web.running.areas_pages import (
    ChangePage,
    ClashRow,
    DiscardPage,
    Measure,
    PreviewPage,
    TermsPage,
    UpdatePage,
)
from web.running.previews import preview_of
from web.site import number_of, site_of
from web.views.administration_areas import CHANGES, HOME, became
from web.visit import signed_in

REMOVED = "It is removed."


def change(request: Request) -> Response:
    """Show one change."""
    return _change(request, Form())


def publish(request: Request) -> Response:
    """Publish what was read."""
    site, form = site_of(request), form_of(request)
    ruling = Ruling(form.text("reason"), form.text("seen"))
    try:
        with site.writing() as session:
            taxonomy_proposals.publish(session, number_of(request, "id"), ruling, signed_in(request).id, site.clock())
    except (NotFoundError, StateError):
        raise
    except InputError as error:
        form.refuse_error(error, "reason")
        return _change(request, form, 400)
    except ConflictError as error:
        form.refuse("reason", str(error))
        return _change(request, form, 409)
    site.renew_taxonomy()
    return see_other(HOME, "areas_published")


def terms(request: Request) -> Response:
    """Show all terms of a change, each with the way to its form."""
    site = site_of(request)
    counts = site.service.counts()
    with site.reading() as session:
        row = editable(session, number_of(request, "id"))
        page = TermsPage(
            title=f"Terms of change {row.id}",
            home=home_of(row.id),
            schemes=schemes_of(draft_of(row.data).taxonomy(), counts, home_of(row.id)),
        )
    return site.show(request, page)


def preview(request: Request) -> Response:
    """Show what a change does to the judged queries."""
    site = site_of(request)
    with site.reading() as session:
        row = proposal_for(session, number_of(request, "id"))
        page = PreviewPage(
            title=f"Preview of change {row.id}",
            home=home_of(row.id),
            over=row.state != ProposalState.DRAFT,
            waiting=moment(row.asked_at) if row.asked_at else None,
            failure=row.failure,
            measure=_measure(session, row),
            queries=moved_queries(preview_of(row.preview)) if row.preview else (),
        )
    return site.show(request, page)


def ask_preview(request: Request) -> Response:
    """Have a preview worked out."""
    site, number = site_of(request), number_of(request, "id")
    with site.writing() as session:
        taxonomy_previews.ask(session, number, signed_in(request).id, site.clock())
    return see_other(f"{home_of(number)}/preview", "areas_preview_asked")


def update_page(request: Request) -> Response:
    """Show what was published since a change was begun, and what must be chosen."""
    return _update(request, Form())


def update(request: Request) -> Response:
    """Bring a change up to date."""
    site, form, number = site_of(request), form_of(request), number_of(request, "id")
    choices = {name: form.text(name) for name in form.values if form.text(name) in {OURS, THEIRS}}
    try:
        with site.writing() as session:
            given = form.text("seen"), choices
            taxonomy_proposals.bring_up_to_date(session, number, given, signed_in(request).id, site.clock())
    except (NotFoundError, StateError):
        raise
    except InputError as error:
        form.refuse_error(error, "seen")
        return _update(request, form, 400)
    except ConflictError as error:
        form.refuse("seen", str(error))
        return _update(request, form, 409)
    return see_other(home_of(number), "areas_up_to_date")


def discard_page(request: Request) -> Response:
    """Ask whether a change should be thrown away."""
    site = site_of(request)
    with site.reading() as session:
        row = editable(session, number_of(request, "id"))
        number = len(_against_base(session, row))
    told = "1 term is changed in it." if number == 1 else f"{number} terms are changed in it."
    return site.show(request, DiscardPage(title=f"Discard change {row.id}?", home=home_of(row.id), told=told))


def discard(request: Request) -> Response:
    """Throw a change away."""
    site, number = site_of(request), number_of(request, "id")
    with site.writing() as session:
        taxonomy_proposals.discard(session, number, signed_in(request).id, site.clock())
    return see_other(HOME, "areas_discarded")


def home_of(number: int) -> str:
    """Give the address of a change."""
    return f"{CHANGES}/{number}"


def editable(session: Session, number: int) -> TaxonomyProposal:
    """Read a change that can still be edited.

    Raises:
        NotFoundError: there is none; StateError: it is over.
    """
    row = proposal_for(session, number)
    if row.state != ProposalState.DRAFT:
        raise StateError(taxonomy_proposals.DECIDED[ProposalState(row.state)].format(number=row.number))
    return row


def _change(request: Request, form: Form, status: int = 200) -> Response:
    site = site_of(request)
    with site.reading() as session:
        row = proposal_for(session, number_of(request, "id"))
        published, home = load_taxonomy(session), home_of(row.id)
        named = names(session, [row.by_id, row.decided_by_id])
        live = row.state == ProposalState.DRAFT
        current = row.base == published.version
        found = differences(published, draft_of(row.data).taxonomy()) if current else _against_base(session, row)
        heading = f"Change {row.id} of the areas"
        page = ChangePage(
            title=titled(heading, form),
            heading=heading,
            home=home,
            facts=(
                Fact("Begun", f"{moment(row.created_at)}, by {named.get(row.by_id, '')}, from version {row.base}"),
                Fact("Last changed", moment(row.changed_at)),
                *((Fact("Why", row.reason),) if row.reason else ()),
            ),
            over=None if live else _over(row, named),
            behind=published.version if live and not current else None,
            differences=difference_rows(found, home if live else None),
            measure=_measure(session, row),
            waiting=moment(row.asked_at) if row.asked_at else None,
            failure=row.failure,
            seen=draft_mark(draft_of(row.data)),
            form=form,
        )
    return site.show(request, page, status)


def _over(row: TaxonomyProposal, named: dict[int | None, str]) -> str:
    when = f" on {moment(row.decided_at)}" if row.decided_at else ""
    return f"This change was {became(row)}{when}, by {named.get(row.decided_by_id, '')}."


def _against_base(session: Session, row: TaxonomyProposal) -> tuple[Difference, ...]:
    return differences(taxonomy_at(session, row.base), draft_of(row.data).taxonomy())


def _measure(session: Session, row: TaxonomyProposal) -> Measure | None:
    if row.preview is None:
        return None
    old = row.state == ProposalState.DRAFT and taxonomy_previews.is_old(session, row)
    return measure_of(preview_of(row.preview), old=old)


def _update(request: Request, form: Form, status: int = 200) -> Response:
    site = site_of(request)
    with site.reading() as session:
        row = editable(session, number_of(request, "id"))
        made, published = pending_merge(session, row), load_taxonomy(session)
        if made is None:
            return see_other(home_of(row.id), "areas_up_to_date")
        heading = f"Bring change {row.id} up to date"
        page = UpdatePage(
            title=titled(heading, form),
            heading=heading,
            home=home_of(row.id),
            number=published.version,
            since=difference_rows(differences(taxonomy_at(session, row.base), published)),
            clashes=tuple(map(_clash, made.clashes)),
            seen=merge_mark(session, row),
            form=form,
        )
    return site.show(request, page, status)


def _clash(clash: Clash) -> ClashRow:
    what = "The whole term" if clash.field == WHOLE else FIELDS[clash.field]
    return ClashRow(
        key=clash.key,
        legend=f"{clash.label}: {what[:1].lower()}{what[1:]}",
        options=(
            (OURS, "What this change says", clash.ours or REMOVED),
            (THEIRS, "What was published meanwhile", clash.theirs or REMOVED),
        ),
    )
