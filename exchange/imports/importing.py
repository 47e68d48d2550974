"""Importing: rows of open data become listings through the same use-cases as a person's; knows no index.

Identity is source and `_id`. Nothing becomes public without a decision: one a listing, by an operator account.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from exchange.content import Content, Kind
from exchange.database import take_turn, writing
from exchange.errors import InputError
from exchange.imports.import_lines import BadRow, Row
from exchange.imports.import_map import Mapped, map_lines
from exchange.imports.import_organisations import KnownOrganisations
from exchange.imports.import_places import MapContext
from exchange.listing.listings import NewListing, close, post, revise, submit
from exchange.models import Account, Listing, Revision, State
from exchange.moderating.moderation import approve, approve_revision
from exchange.organisation.organisations import OrganisationDetails
from exchange.people.accounts import operator

BATCH = 500
"""Rows a transaction: long enough to be quick, short enough that the site's writers need not wait."""

LONGEST_SOURCE = 100
"""Characters: source and id stand in one index row, and PostgreSQL takes about 2,700 bytes."""

AWARDED = "awarded before import"
IMPORTER = "Import"
_CHANGEABLE = frozenset({State.DRAFT, State.SUBMITTED, State.CHANGES_ASKED, State.PUBLISHED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """What to import and how; with `publish_as` every listing is approved in that operator's name for the reason."""

    kind: Kind
    source: str
    context: MapContext
    as_open: bool = False
    publish_as: str | None = None
    reason: str | None = None


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """What became of the rows; `waiting` counts those that nobody has decided on yet."""

    added: int = 0
    unchanged: int = 0
    changed: int = 0
    published: int = 0
    closed: int = 0
    waiting: int = 0
    quarantined: list[BadRow] = field(default_factory=list)


@dataclass(slots=True)
class _Run:
    """One import under way."""

    order: ImportOrder
    now: datetime
    report: ImportReport
    organisations: KnownOrganisations


@dataclass(slots=True)
class _Batch:
    """One transaction: who acts, and what the database holds of these rows."""

    session: Session
    by: Account
    listings: dict[str, Listing]
    revisions: dict[int, Revision]


def import_rows(
    engine: Engine,
    lines: Iterable[str],
    order: ImportOrder,
    now: datetime,
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Import a file's lines; `progress` gets the number of rows done so far after each transaction.

    Raises:
        InputError: the order has no source, or would publish without a reason.
    """
    _check(order)
    run = _Run(order, now, ImportReport(), KnownOrganisations(now))
    done = 0
    entries = map_lines(lines, order.kind, order.context)
    while part := list(islice(entries, BATCH)):
        good = [entry for entry in part if not isinstance(entry, BadRow)]
        run.report.quarantined += [entry for entry in part if isinstance(entry, BadRow)]
        with writing(engine) as session:
            batch = _open_batch(session, order, [row.id for row, _ in good])
            for row, mapped in good:
                _import_row(run, batch, row, mapped)
        done += len(part)
        if progress is not None:
            progress(done)
    return run.report


def contents_for_evaluation(
    lines: Iterable[str], kind: Kind, context: MapContext
) -> Iterator[tuple[str, Content, OrganisationDetails | None]]:
    """Map a file's good rows for a throwaway index, without SQL: id, content and organisation."""
    for entry in map_lines(lines, kind, context):
        if not isinstance(entry, BadRow):
            row, mapped = entry
            yield row.id, mapped.content, mapped.organisation


def _check(order: ImportOrder) -> None:
    if not order.source.strip():
        raise InputError("Name the source of the rows.", field="source")
    if len(order.source) > LONGEST_SOURCE:
        raise InputError(f"Shorten the source's name to {LONGEST_SOURCE} characters or fewer.", field="source")
    if order.publish_as is not None and not (order.reason or "").strip():
        raise InputError("Give a reason to publish: it is kept on record with each listing.", field="reason")


def _open_batch(session: Session, order: ImportOrder, ids: list[str]) -> _Batch:
    """Read what the rows name, and keep other writers off it: a row is judged by what it will change."""
    take_turn(session)
    known = (
        select(Listing).where(Listing.source == order.source, Listing.source_id.in_(ids)).with_for_update(of=Listing)
    )
    listings = {row.source_id or "": row for row in session.scalars(known)}
    waiting = select(Revision).where(
        Revision.listing_id.in_([listing.id for listing in listings.values()]), Revision.state == State.SUBMITTED
    )
    revisions = {revision.listing_id: revision for revision in session.scalars(waiting)}
    return _Batch(session, operator(session, order.publish_as or IMPORTER), listings, revisions)


def _import_row(run: _Run, batch: _Batch, row: Row, mapped: Mapped) -> None:
    order, report = run.order, run.report
    listing = batch.listings.get(row.id)
    if listing is not None and (reason := _obstacle(run, listing, mapped)):
        report.quarantined.append(BadRow(row.line, reason))
        return
    organisation_id = run.organisations.keep(batch.session, mapped.organisation)
    if listing is None:
        new = NewListing(
            kind=order.kind,
            content=mapped.content,
            organisation_id=organisation_id,
            source=order.source,
            source_id=row.id,
        )
        listing = post(batch.session, new, batch.by, run.now)
        report.added += 1
    elif _changed(run, batch, listing, mapped, organisation_id):
        _change(run, batch, listing, mapped, organisation_id)
        report.changed += 1
    else:
        report.unchanged += 1
    _decide(run, batch, listing, mapped)


def _obstacle(run: _Run, listing: Listing, mapped: Mapped) -> str | None:
    """Say why a row may not touch the listing that it names; None where it may or has nothing to change."""
    if listing.kind != run.order.kind:
        return f"It was imported before as {listing.kind} {listing.id}; use another source or kind."
    if listing.state not in _CHANGEABLE and listing.content != mapped.content:
        state = listing.state.replace("_", " ")
        return f"Listing {listing.id} is {state}, so its text stays as it is; the changed row was not taken."
    return None


def _changed(run: _Run, batch: _Batch, listing: Listing, mapped: Mapped, organisation_id: int | None) -> bool:
    """Say whether the row differs from what stands or, where a revision waits, from that.

    A public listing changes hands only by a decision, so without `publish_as` its organisation stays.
    """
    if listing.state not in _CHANGEABLE:
        return False
    pending = batch.revisions.get(listing.id)
    moves = listing.state != State.PUBLISHED or run.order.publish_as is not None
    standing = pending.content if pending else listing.content
    return standing != mapped.content or (moves and listing.organisation_id != organisation_id)


def _change(run: _Run, batch: _Batch, listing: Listing, mapped: Mapped, organisation_id: int | None) -> None:
    if listing.state != State.PUBLISHED or run.order.publish_as is not None:
        listing.organisation_id = organisation_id
    revision = revise(batch.session, listing.id, mapped.content, batch.by, run.now)
    if revision is not None:
        batch.revisions[listing.id] = revision
    if listing.state in {State.DRAFT, State.CHANGES_ASKED}:
        submit(batch.session, listing.id, batch.by, run.now)


def _decide(run: _Run, batch: _Batch, listing: Listing, mapped: Mapped) -> None:
    """Publish what waits and close what was awarded, where the order says so; count what goes on waiting."""
    order, report = run.order, run.report
    pending = batch.revisions.get(listing.id)
    waits = listing.state == State.SUBMITTED or (listing.state == State.PUBLISHED and pending is not None)
    if order.publish_as is None:
        report.waiting += waits
        return
    note = f"imported from {order.source}, licence {mapped.licence or 'not stated'}: {order.reason}"
    if listing.state == State.SUBMITTED:
        approve(batch.session, listing.id, batch.by, note, run.now)
    elif waits and pending is not None:
        approve_revision(batch.session, pending.id, batch.by, note, run.now)
    report.published += waits
    if mapped.awarded and not order.as_open and listing.state == State.PUBLISHED:
        close(batch.session, listing.id, batch.by, AWARDED, run.now)
        report.closed += 1
