"""Options that several commands share; knows no command."""

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Write JSON instead of text.")]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Do not wait until the index has taken it up.")]
