"""`exchange import` and `exchange load-fixtures`: listings from files, by the same use-cases as a person's."""

from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from exchange.content import Kind
from exchange.database import reading
from exchange.imports.import_lines import read_lines
from exchange.imports.importing import ImportOrder, ImportReport, import_rows
from exchange.listing.listings import count_by_kind
from exchange.settings import load_settings
from fixtures.loader import load_fixtures as load
from web.commands.indexing import after_writing
from web.commands.options import AsJson, NoWait
from web.commands.output import bar, say, say_json, warn
from web.runtime import Runtime, open_runtime

NAMED = 20
"""Bad rows that the text names; `--json` names them all."""

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", exists=True, dir_okay=False, readable=True, help="Files of one JSON row a line."),
]
KindOption = Annotated[Kind, typer.Option("--kind", help="What each row is.")]
Source = Annotated[str, typer.Option(metavar="NAME", help="Who gave the rows.", show_default="the file's folder")]
AsOpen = Annotated[bool, typer.Option("--as-open", help="Leave notices of awarded contracts open.")]
PublishAs = Annotated[str, typer.Option(metavar="NAME", help="Publish every row, decided in this operator's name.")]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why they may be published; kept with each decision.")]


def load_fixtures(
    *,
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Only where nothing is published yet.")] = False,
    no_wait: NoWait = False,
) -> None:
    """Load the invented demonstration listings; a second time takes up only what the files changed."""
    with open_runtime(load_settings()) as runtime:
        with reading(runtime.database) as session:
            if if_empty and any(count_by_kind(session).values()):
                say("There are listings already; the demonstration listings stay as they are.")
                return
        report = load(runtime.database, datetime.now(UTC))
        say(f"{report.added:,} added, {report.changed:,} changed, {report.unchanged:,} unchanged.")
        after_writing(runtime, wait=not no_wait)


def import_files(
    files: Files,
    *,
    kind: KindOption,
    source: Source = "",
    as_open: AsOpen = False,
    publish_as: PublishAs = "",
    reason: Reason = "",
    no_wait: NoWait = False,
    as_json: AsJson = False,
) -> None:
    """Import rows with _id, title, text and metadata; good rows are kept, bad ones named, and twice changes nothing."""
    if bool(publish_as.strip()) != bool(reason.strip()):
        raise typer.BadParameter("give both, or neither.", param_hint="--publish-as and --reason")
    with open_runtime(load_settings()) as runtime:
        total = ImportReport()
        bad: list[dict[str, Any]] = []
        for file in files:
            order = ImportOrder(
                kind=kind,
                source=source or file.resolve().parent.name,
                context=runtime.context,
                as_open=as_open,
                publish_as=publish_as.strip() or None,
                reason=reason.strip() or None,
            )
            report = _import_file(runtime, file, order)
            _add(total, report)
            bad += [{"file": str(file), **asdict(row)} for row in report.quarantined]
        if as_json:
            say_json({**_counts(total), "quarantined": bad})
        else:
            _tell(total, bad, published=bool(publish_as.strip()))
        after_writing(runtime, wait=not no_wait, tell=warn if as_json else say)
    if bad and not (total.added or total.changed or total.unchanged):
        raise typer.Exit(1)


def _import_file(runtime: Runtime, file: Path, order: ImportOrder) -> ImportReport:
    done = 0
    with bar(f"Importing {file.name}", sum(1 for _ in read_lines(file))) as progress:

        def told(so_far: int) -> None:
            nonlocal done
            progress(so_far - done)
            done = so_far

        return import_rows(runtime.database, read_lines(file), order, datetime.now(UTC), told)


def _add(total: ImportReport, report: ImportReport) -> None:
    for field in fields(ImportReport):
        setattr(total, field.name, getattr(total, field.name) + getattr(report, field.name))


def _counts(report: ImportReport) -> dict[str, int]:
    return {field.name: getattr(report, field.name) for field in fields(report) if field.name != "quarantined"}


def _tell(report: ImportReport, bad: list[dict[str, Any]], *, published: bool) -> None:
    say(
        f"{report.added:,} added, {report.changed:,} changed, {report.unchanged:,} unchanged, {len(bad):,} quarantined."
    )
    for row in bad[:NAMED]:
        warn(f"{Path(row['file']).name}, line {row['line']}: {row['reason']}")
    if len(bad) > NAMED:
        warn(f"{len(bad) - NAMED:,} more rows are quarantined: --json names them all.")
    if not published and report.waiting:
        say(f'{report.waiting:,} submitted, 0 public: publish with --publish-as NAME --reason "WHY".')
    elif published:
        closed = f", {report.closed:,} of them closed as awarded (--as-open leaves them open)" if report.closed else ""
        say(f"{report.published:,} published{closed}.")
