"""The command line `exchange`: its commands, its exit codes and its one way of saying what went wrong.

0: done; 1: it could not be done, with a sentence that says why; 2: the command was not understood.
"""

import logging
import sys
import traceback
import warnings
from importlib.metadata import version
from typing import Annotated, Any

import typer
from sqlalchemy.exc import SQLAlchemyError
from typer.core import TyperGroup

from exchange.errors import ExchangeError
from exchange.settings import load_settings
from web.commands import accounts, evaluate, find, index, load, serve, tend
from web.commands.output import say, warn
from web.opening import short

ERRORS = "errors.log"
"""Where the details of an unexpected error go, in the folder of data."""


class Commands(TyperGroup):
    """The group of all commands: an error becomes its sentence and exit code 1, never a stack trace."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except ExchangeError as error:
            warn(f"exchange: {error}")
        except SQLAlchemyError as error:
            _record()
            warn(f"exchange: The database does not answer: {short(error)}")
        raise typer.Exit(1)


app = typer.Typer(
    cls=Commands,
    name="exchange",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        say(f"exchange {version('innovation-exchange')}")
        raise typer.Exit


@app.callback()
def commands(
    *,
    _show: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and stop.")
    ] = False,
) -> None:
    """Find innovations for public needs, and needs for innovations.

    Settings are environment variables that begin with EXCHANGE_; the README lists them. `exchange COMMAND --help`
    tells what a command takes.
    """


app.command("serve")(serve.serve)
app.command("load-fixtures")(load.load_fixtures)
app.command("import")(load.import_files)
app.command("search")(find.search)
app.command("match")(find.match)
app.add_typer(index.app, name="index")
app.add_typer(accounts.app, name="accounts")
app.command("evaluate")(evaluate.evaluate)
app.command("tend")(tend.tend)


def main() -> None:
    """Run the command line of this process."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # the libraries' notes to programmers
    logging.getLogger().addHandler(logging.NullHandler())  # the same: only `serve` writes a log
    try:
        app()
    except Exception as error:  # noqa: BLE001  the last net: a person gets a sentence, the file the details
        where = _record()
        warn(
            f"exchange: Something unexpected went wrong ({type(error).__name__}: {short(error)}). Details are {where}."
        )
        sys.exit(1)


def _record() -> str:
    """Keep the stack trace of the error under way in the folder of data; say where."""
    try:
        path = load_settings().data_dir / ERRORS
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            traceback.print_exc(file=file)
    except (ExchangeError, OSError):
        return "lost: the data folder cannot be written"
    return f"in {path}"


if __name__ == "__main__":
    main()
