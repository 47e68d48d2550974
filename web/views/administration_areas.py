"""The areas and their words as published: the tree, the versions there were, and the way back to one of them."""

from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from exchange.errors import ConflictError, InputError, NotFoundError
from exchange.models import TaxonomyVersion
from exchange.models_running import ProposalState, TaxonomyProposal
from exchange.running import taxonomy_proposals, taxonomy_versions
from exchange.running.proposal_list import Page, names, open_proposals, past_proposals, version_row, versions
from exchange.running.taxonomy_proposals import Ruling
from exchange.running.term_changes import draft_of
from exchange.running.term_differences import differences
from exchange.taxonomy import load_taxonomy, newest_version, taxonomy_at
from web.cards import Fact
from web.forms import Form, form_of
from web.notices import see_other
from web.params import Asked, read_page
from web.people.account_pages import titled
from web.people.administration_pages import moment
from web.running.areas_building import difference_rows, schemes_of
from web.running.areas_pages import AreasPage, ChangeRow, HistoryPage, VersionPage
from web.site import number_of, site_of
from web.visit import signed_in
from web.wording import plural

HOME = "/administration/areas"
CHANGES, VERSIONS = f"{HOME}/changes", f"{HOME}/versions"
PACKAGE = "the program's own package"


def published(request: Request) -> Response:
    """Show the published version as a tree, and the changes in preparation."""
    site = site_of(request)
    counts = site.service.counts()
    with site.reading() as session:
        taxonomy, newest = load_taxonomy(session), newest_version(session)
        rows = open_proposals(session)
        named = names(session, [row.by_id for row in rows] + ([newest.by_id] if newest else []))
        page = AreasPage(
            title="Areas and words",
            facts=_facts(newest, named) if newest else (),
            changes=tuple(_change_row(session, row, named) for row in rows),
            schemes=schemes_of(taxonomy, counts),
        )
    return site.show(request, page)


def prepare(request: Request) -> Response:
    """Begin a change, or go on with one that says nothing new yet."""
    site = site_of(request)
    with site.writing() as session:
        number = taxonomy_proposals.begin(session, signed_in(request).id, site.clock()).id
    return see_other(f"{CHANGES}/{number}", "areas_begun")


def history(request: Request) -> Response:
    """Show the versions that were published."""
    site, number = site_of(request), _page_number(request)
    with site.reading() as session:
        found = versions(session, number)
        named = names(session, [row.by_id for row in found.rows])
    rows = tuple(
        ChangeRow(
            href=f"{VERSIONS}/{row.number}",
            title=f"Version {row.number}",
            by=_by(row, named),
            when=moment(row.published_at),
            told=row.reason or "",
        )
        for row in found.rows
    )
    lead = f"{plural(found.total, 'version')}. Open one to see what differs from it now, and to go back to it."
    return site.show(request, _history("Versions of the areas", lead, rows, (VERSIONS, found)))


def past_changes(request: Request) -> Response:
    """Show the changes that were published or discarded."""
    site, number = site_of(request), _page_number(request)
    with site.reading() as session:
        found = past_proposals(session, number)
        named = names(session, [row.decided_by_id for row in found.rows])
    rows = tuple(
        ChangeRow(
            href=f"{CHANGES}/{row.id}",
            title=f"Change {row.id}: {became(row)}",
            by=named.get(row.decided_by_id, ""),
            when=moment(row.decided_at) if row.decided_at else "",
            told=row.reason or "",
        )
        for row in found.rows
    )
    lead = f"{plural(found.total, 'change')} published or discarded."
    return site.show(request, _history("Changes of the areas that are over", lead, rows, (CHANGES, found)))


def version(request: Request) -> Response:
    """Show one version and what going back to it would change."""
    return _version(request, Form())


def go_back(request: Request) -> Response:
    """Publish an earlier version's terms once more."""
    site, form = site_of(request), form_of(request)
    ruling = Ruling(form.text("reason"), form.text("seen"))
    try:
        with site.writing() as session:
            taxonomy_versions.go_back(
                session, number_of(request, "number"), ruling, signed_in(request).id, site.clock()
            )
    except NotFoundError:
        raise
    except InputError as error:
        form.refuse_error(error, "reason")
        return _version(request, form, 400)
    except ConflictError as error:
        form.refuse("reason", str(error))
        return _version(request, form, 409)
    site.renew_taxonomy()
    return see_other(HOME, "areas_gone_back")


def became(row: TaxonomyProposal) -> str:
    """Say what became of a change."""
    if row.state == ProposalState.PUBLISHED:
        return f"published as version {row.number}"
    return "discarded" if row.state == ProposalState.DISCARDED else "in preparation"


def _version(request: Request, form: Form, status: int = 200) -> Response:
    site, number = site_of(request), number_of(request, "number")
    with site.reading() as session:
        row, now = version_row(session, number), load_taxonomy(session)
        heading = f"Version {row.number} of the areas"
        page = VersionPage(
            title=titled(heading, form),
            heading=heading,
            facts=_facts(row, names(session, [row.by_id])),
            differences=difference_rows(differences(now, taxonomy_at(session, number))),
            published=row.number == now.version,
            seen=str(now.version),
            form=form,
        )
    return site.show(request, page, status)


def _facts(row: TaxonomyVersion, named: dict[int | None, str]) -> tuple[Fact, ...]:
    why = row.reason or ("It came with the program." if row.packaged is not None else None)
    return (
        Fact("Version", str(row.number)),
        Fact("Published", f"{moment(row.published_at)}, by {_by(row, named)}"),
        Fact("Why", why),
    )


def _by(row: TaxonomyVersion, named: dict[int | None, str]) -> str:
    return PACKAGE if row.by_id is None else named.get(row.by_id, "")


def _change_row(session: Session, row: TaxonomyProposal, named: dict[int | None, str]) -> ChangeRow:
    number = len(differences(taxonomy_at(session, row.base), draft_of(row.data).taxonomy()))
    return ChangeRow(
        href=f"{CHANGES}/{row.id}",
        title=f"Change {row.id}",
        by=named.get(row.by_id, ""),
        when=moment(row.changed_at),
        told=f"{plural(number, 'term')} changed" if number else "Nothing changed yet",
    )


def _page_number(request: Request) -> int:
    asked = Asked()
    number = read_page(request.query_params.getlist("page"), asked)
    asked.usable()
    return number


def _history(title: str, lead: str, rows: tuple[ChangeRow, ...], at: tuple[str, Page[Any]]) -> HistoryPage:
    path, found = at
    return HistoryPage(
        title=title,
        lead=lead,
        rows=rows,
        previous=f"{path}?{urlencode({'page': found.number - 1})}" if found.number > 1 else None,
        following=f"{path}?{urlencode({'page': found.number + 1})}" if found.number < found.last else None,
    )
