"""What commands write: results and sentences to standard output, progress and warnings beside it; knows no command."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

OUT = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def plain(text: str) -> str:
    """Take out control characters: an imported title must not move the cursor of somebody's terminal."""
    return _CONTROLS.sub("", text)


def say(sentence: str) -> None:
    """Tell what a command did."""
    OUT.print(plain(sentence))


def warn(sentence: str) -> None:
    """Tell what somebody should know, beside the result."""
    ERR.print(plain(sentence))


def say_json(value: Any) -> None:
    """Write one JSON value, and nothing else, to standard output."""
    OUT.file.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


@contextmanager
def bar(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar; the function given is called with how many more are done."""
    with _progress() as progress:
        task = _task(progress, label, total)
        yield lambda count: progress.advance(task, count)


@contextmanager
def stages() -> Iterator[Callable[[str, int, int], None]]:
    """Show a progress bar a stage; the function given is called with its name, what is done and the total."""
    tasks: dict[str, TaskID] = {}
    with _progress() as progress:

        def told(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = _task(progress, stage, total)
            progress.update(tasks[stage], completed=done, total=total)

        yield told


def _progress() -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    return Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal)


def _task(progress: Progress, label: str, total: int) -> TaskID:
    """Add a bar; where standard error is a file, a line at the beginning stands for it."""
    if not ERR.is_terminal:
        warn(f"{label} ...")
    return progress.add_task(label, total=total)
