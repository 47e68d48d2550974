"""Importing into a real database: identity, decisions, changes, and rows that are set aside."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from exchange.content import Content, Kind
from exchange.database import reading, writing
from exchange.errors import InputError
from exchange.imports.import_places import MapContext
from exchange.imports.importing import BATCH, ImportOrder, contents_for_evaluation, import_rows
from exchange.listing.listings import withdraw
from exchange.models import Account, Decision, Listing, Organisation, OutboxRow, Revision, State
from exchange.organisation.organisations import OrganisationDetails, add_organisation
from exchange.people.accounts import operator
from exchange.place.places import load_gazetteer

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
CONTEXT = MapContext(load_gazetteer())


def line(number=1, metadata=None, **fields: object):
    row = {"_id": f"tea-{number}", "title": f"Tea number {number}", "text": "A pot on the table.", "metadata": metadata}
    return json.dumps(row | fields)


def order(kind=Kind.INNOVATION, **fields: object):
    return ImportOrder(**({"kind": kind, "source": "teas", "context": CONTEXT} | fields))


def publishing(kind=Kind.INNOVATION, **fields: object):
    return order(kind, publish_as="Importer", reason="open data", **fields)


def counts(report):
    return report.added, report.changed, report.unchanged, report.published, report.closed, report.waiting


def everything(engine, table=Listing):
    with reading(engine) as session:
        return list(session.scalars(select(table).order_by(table.id)))


def test_without_a_name_to_publish_in_rows_wait_for_moderators_and_nothing_is_public(engine):
    report = import_rows(engine, [line(1), line(2)], order(), NOW)
    assert counts(report) == (2, 0, 0, 0, 0, 2)
    assert [listing.state for listing in everything(engine)] == [State.SUBMITTED] * 2
    assert everything(engine, Decision) == everything(engine, OutboxRow) == []


def test_with_a_name_each_listing_has_one_decision_that_says_source_licence_and_reason(engine):
    report = import_rows(engine, [line(1, {"licence": "CC0"}), line(2)], publishing(), NOW)
    assert counts(report) == (2, 0, 0, 2, 0, 0)
    assert [decision.reason for decision in everything(engine, Decision)] == [
        "imported from teas, licence CC0: open data",
        "imported from teas, licence not stated: open data",
    ]
    (importer,) = everything(engine, Account)
    assert (importer.name, importer.can_sign_in) == ("Importer", False)
    assert [row.listing_id for row in everything(engine, OutboxRow)] == [1, 2]
    assert {listing.published_at for listing in everything(engine)} == {NOW}


def test_a_second_import_of_the_same_file_changes_nothing(engine):
    rows = [
        line(1, {"recipient": "Rose House", "charity_number": "9123456", "income": "900"}),
        line(2, {"recipient": "Rose House", "charity_number": "9123456", "income": "20000"}),
        line(3, {"recipient": "rose house", "nps_region": "Wales", "sex": "any"}),
    ]
    import_rows(engine, rows, publishing(), NOW)
    before = [(listing.id, listing.index_revision, listing.organisation_id) for listing in everything(engine)]
    report = import_rows(engine, rows, publishing(), NOW + timedelta(days=1))
    assert counts(report) == (0, 0, 3, 0, 0, 0)
    assert [(item.id, item.index_revision, item.organisation_id) for item in everything(engine)] == before
    assert len(everything(engine, Decision)) == len(everything(engine, OutboxRow)) == 3
    (house,) = everything(engine, Organisation)
    assert (house.income, house.size_band) == (900, "micro")


def test_rows_that_wait_are_published_when_the_file_comes_again_with_a_name(engine):
    import_rows(engine, [line()], order(), NOW)
    assert counts(import_rows(engine, [line()], publishing(), NOW)) == (0, 0, 1, 1, 0, 0)


def test_a_changed_row_of_a_public_listing_waits_as_a_revision_made_once(engine):
    import_rows(engine, [line()], publishing(), NOW)
    changed = [line(text="Two pots.")]
    assert counts(import_rows(engine, changed, order(), NOW)) == (0, 1, 0, 0, 0, 1)
    assert counts(import_rows(engine, changed, order(), NOW)) == (0, 0, 1, 0, 0, 1)
    (listing,), (revision,) = everything(engine), everything(engine, Revision)
    assert listing.content.description == "A pot on the table."
    assert revision.content.description == "Two pots."
    assert counts(import_rows(engine, changed, publishing(), NOW)) == (0, 0, 1, 1, 0, 0)
    assert everything(engine)[0].content.description == "Two pots."


def test_a_changed_row_is_published_at_once_where_the_order_says_so(engine):
    import_rows(engine, [line()], publishing(), NOW)
    report = import_rows(engine, [line(text="Two pots.", metadata={"recipient": "Rose House"})], publishing(), NOW)
    assert counts(report) == (0, 1, 0, 1, 0, 0)
    (listing,) = everything(engine)
    assert (listing.content.description, listing.organisation.name) == ("Two pots.", "Rose House")
    assert len(everything(engine, Decision)) == 2


def test_a_public_listing_does_not_change_hands_without_a_decision(engine):
    import_rows(engine, [line()], publishing(), NOW)
    owned = [line(metadata={"recipient": "Rose House"})]
    assert counts(import_rows(engine, owned, order(), NOW)) == (0, 0, 1, 0, 0, 0)
    assert everything(engine)[0].organisation_id is None
    assert counts(import_rows(engine, owned, publishing(), NOW)) == (0, 1, 0, 1, 0, 0)
    assert everything(engine)[0].organisation.name == "Rose House"


def test_a_row_that_waits_is_changed_in_place(engine):
    import_rows(engine, [line()], order(), NOW)
    changed = line(title="Tea at four", metadata={"recipient": "Rose House"})
    assert counts(import_rows(engine, [changed], order(), NOW)) == (0, 1, 0, 0, 0, 1)
    (listing,) = everything(engine)
    assert (listing.title, listing.organisation.name) == ("Tea at four", "Rose House")
    assert everything(engine, Revision) == []


def test_bad_rows_are_named_by_line_and_the_good_ones_around_them_kept(engine):
    rows = [line(1), "{", line(1, text="Again."), json.dumps({"_id": "x"}), line(2)]
    report = import_rows(engine, rows, publishing(), NOW)
    assert [bad.line for bad in report.quarantined] == [2, 3, 4]
    assert [listing.source_id for listing in everything(engine)] == ["tea-1", "tea-2"]


def test_a_withdrawn_listing_stays_withdrawn_and_a_changed_row_for_it_is_set_aside(engine):
    import_rows(engine, [line()], publishing(), NOW)
    with writing(engine) as session:
        withdraw(session, 1, operator(session, "Desk"), "asked to", NOW)
    assert import_rows(engine, [line()], publishing(), NOW).unchanged == 1
    (bad,) = import_rows(engine, [line(text="Two pots.")], publishing(), NOW).quarantined
    assert "withdrawn" in bad.reason
    assert everything(engine)[0].state == State.WITHDRAWN


def test_a_row_imported_before_as_the_other_kind_is_set_aside(engine):
    import_rows(engine, [line()], publishing(), NOW)
    (bad,) = import_rows(engine, [line()], publishing(Kind.NEED), NOW).quarantined
    assert "as innovation 1" in bad.reason


def test_an_awarded_notice_is_approved_and_then_closed_with_the_reason(engine):
    notices = [line(1, {"tag": ["award"], "buyer": "Mere Council"}), line(2, {"tag": ["tender"]})]
    report = import_rows(engine, notices, publishing(Kind.NEED), NOW)
    assert counts(report) == (2, 0, 0, 2, 1, 0)
    assert [listing.state for listing in everything(engine)] == [State.CLOSED, State.PUBLISHED]
    assert "awarded before import" in [decision.reason for decision in everything(engine, Decision)]
    assert counts(import_rows(engine, notices, publishing(Kind.NEED), NOW)) == (0, 0, 2, 0, 0, 0)


def test_an_awarded_notice_stays_open_where_asked_and_closes_when_no_longer_asked(engine):
    notices = [line(1, {"tag": ["award"]})]
    assert import_rows(engine, notices, publishing(Kind.NEED, as_open=True), NOW).closed == 0
    assert everything(engine)[0].state == State.PUBLISHED
    assert counts(import_rows(engine, notices, publishing(Kind.NEED), NOW)) == (0, 0, 1, 0, 1, 0)


def test_an_organisation_that_is_known_gets_what_it_lacks_and_keeps_its_name(engine):
    with writing(engine) as session:
        details = OrganisationDetails(name="Rose House", kind="third-sector", places=("E08000035",), about="Teas.")
        add_organisation(session, details)
    row = line(1, {"recipient": "ROSE HOUSE", "charity_number": "SC012345", "income": 50_000})
    import_rows(engine, [row], publishing(), NOW)
    (house,) = everything(engine, Organisation)
    assert (house.name, house.org_id, house.size_band) == ("Rose House", "GB-SC-SC012345", "small")
    assert (house.places, house.about) == (["E08000035"], "Teas.")


def test_two_charities_of_one_name_stay_two(engine):
    rows = [line(n, {"recipient": "Rose House", "charity_number": f"912345{n}"}) for n in (1, 2)]
    import_rows(engine, rows, publishing(), NOW)
    assert [item.org_id for item in everything(engine, Organisation)] == ["GB-CHC-9123451", "GB-CHC-9123452"]


def test_a_newer_income_moves_the_band_and_has_the_listings_looked_at_again(engine):
    import_rows(engine, [line(1, {"recipient": "Rose House", "income": 900})], publishing(), NOW)
    report = import_rows(engine, [line(1, {"recipient": "Rose House", "income": 90_000})], publishing(), NOW)
    assert report.unchanged == 1
    assert everything(engine, Organisation)[0].size_band == "small"
    assert len(everything(engine, OutboxRow)) == 2


def test_rows_without_an_organisation_share_none(engine):
    import_rows(engine, [line(1), line(2)], publishing(), NOW)
    assert everything(engine, Organisation) == []


def test_more_rows_than_a_batch_are_all_imported_and_progress_is_told_after_each(engine):
    told = []
    rows = [line(number) for number in range(BATCH + 3)]
    import_rows(engine, rows, order(), NOW, told.append)
    assert told == [BATCH, BATCH + 3]
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Listing)) == BATCH + 3


@pytest.mark.parametrize(
    "fields", [{"source": " "}, {"publish_as": "Importer"}, {"publish_as": "Importer", "reason": " "}]
)
def test_an_order_without_source_or_reason_is_refused_before_anything_is_read(engine, fields):
    with pytest.raises(InputError):
        import_rows(engine, iter([line()]), order(**fields), NOW)
    assert everything(engine) == []


def test_an_evaluation_sees_the_same_contents_without_a_database(engine):
    rows = [line(1, {"recipient": "Rose House"}), "{", line(2, {"nps_region": "Wales"}), line(3, title="")]
    import_rows(engine, rows, publishing(), NOW)
    seen = list(contents_for_evaluation(rows, Kind.INNOVATION, CONTEXT))
    assert [(row_id, content) for row_id, content, _ in seen] == [
        (listing.source_id, listing.content) for listing in everything(engine)
    ]
    assert isinstance(seen[0][1], Content)
    assert [organisation and organisation.name for *_, organisation in seen] == ["Rose House", None, None]
