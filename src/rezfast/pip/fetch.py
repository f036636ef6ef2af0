"""Distributions by one call of pip: all that is asked for, and what it requires, as wheels.

    request --pip wheel--> directory of wheels

pip resolves, downloads, and builds what is no wheel; it installs nothing.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from rezfast.errors import BuildError, RezSystemError
from rezfast.pip.interpreter import Interpreter

Say = Callable[[str], None]
"""Takes a line of what pip says."""


class InstallMode(Enum):
    """What is installed with a distribution (rez: `InstallMode`).

    As in rez, `min_deps` is what pip finds that it requires; what is there already is skipped.
    """

    no_deps = 0
    min_deps = 1


@dataclass(frozen=True, slots=True)
class Request:
    """What pip is asked for.

    Attributes:
        words: Requirements, urls, paths of wheels, source archives and source trees.
        requirement_files: Files of them.
        constraint_files: Files that say which versions may be taken.
        mode: Whether what they require is wanted.
        extra_args: Arguments for `pip install`.
    """

    words: tuple[str, ...] = ()
    requirement_files: tuple[str, ...] = ()
    constraint_files: tuple[str, ...] = ()
    mode: InstallMode = InstallMode.min_deps
    extra_args: tuple[str, ...] = ()


_QUIET = ("--disable-pip-version-check", "--no-input", "--no-color")
# Where and how pip would install, which it does not do here.
_IGNORED = {
    *("-U", "--upgrade", "-I", "--ignore-installed", "--force-reinstall", "--user"),
    *("--compile", "--no-compile", "--no-warn-script-location", "--no-warn-conflicts"),
    *("--break-system-packages", "--dry-run"),
}
_IGNORED_WITH_VALUE = {
    *("-t", "--target", "--prefix", "--root", "--report"),
    *("--upgrade-strategy", "--root-user-action"),
}
# Only `pip download` takes these.
_FOR_OTHERS = ("--platform", "--python-version", "--implementation", "--abi")

_UNREACHABLE = re.compile(r"Retrying \(Retry\(.*broken by '(?P<why>.*)': (?P<path>\S*)$")
_CROSS = "\N{MULTIPLICATION SIGN}"  # what failures of a build begin with
_CRASH = "Exception:"  # what a traceback of pip's own comes after
_KEPT_LINES = 5000


def fetch_wheels(
    interpreter: Interpreter,
    request: Request,
    directory: str,
    say: Say,
    meanwhile: Callable[[], object],
) -> list[str]:
    """Have pip make the wheels of a request; gives their paths, sorted.

    pip ends with this process, however that ends, and all that it leaves is in the directory.

    Args:
        interpreter: Whose pip.
        request: What is wanted.
        directory: For wheels, and what pip needs on the way; it has to exist, and be empty.
        say: Is told each line that pip says.
        meanwhile: Is called when pip has been started.

    Raises:
        BuildError: pip failed; says why.
        RezError: The commands of a package of python failed, or there is no place for wheels.
        OSError: pip cannot be started.
    """
    made, temporary = (os.path.join(directory, name) for name in ("wheels", "tmp"))
    for path in (made, temporary):
        try:
            os.mkdir(path)
        except OSError as error:
            raise RezSystemError(f"{path}: cannot be made: {error.strerror or error}") from error
    lines: list[str] = []
    with interpreter.start_pip(pip_arguments(request, made), subprocess.PIPE, temporary) as process:
        try:
            # Deferred, as what comes meanwhile: pip works already.
            from rezfast.build.guard import guard

            guard.prepare()
            guard.takes_along(process.pid)
            guard.owns(directory)
            meanwhile()
            _listen(process, lines, say)
            process.wait()
        except BaseException:
            _end(process)
            raise
    guard.lets_go(process.pid)
    if process.returncode:
        raise BuildError(f"pip failed: {failure(lines)}")
    names = sorted(os.listdir(made))
    sources = [name for name in names if not name.endswith(".whl")]
    if sources:
        raise BuildError(f"pip gave {sources[0]}, which is no wheel")
    return [os.path.join(made, name) for name in names]


def pip_arguments(request: Request, directory: str) -> list[str]:
    """The arguments of pip for a request.

    Args:
        request: What is wanted.
        directory: Where wheels go.
    """
    extra = list(_extra_arguments(request.extra_args))
    is_for_others = any(one.partition("=")[0] in _FOR_OTHERS for one in extra)
    what = ["download", "--dest"] if is_for_others else ["wheel", "--wheel-dir"]
    words = [*_QUIET, *what, directory, "--progress-bar=off"]
    if "--no-use-pep517" not in extra:
        words.append("--use-pep517")
    if request.mode is InstallMode.no_deps and "--no-deps" not in extra:
        words.append("--no-deps")
    words += extra
    words += [f"--constraint={path}" for path in request.constraint_files]
    words += [f"--requirement={path}" for path in request.requirement_files]
    return [*words, *request.words]


def _extra_arguments(given: Sequence[str]) -> Iterator[str]:
    """Arguments for `pip install` without those that only say where to."""
    rest = iter(given)
    for word in rest:
        name, equals, _ = word.partition("=")
        if name in _IGNORED_WITH_VALUE:
            if not equals:
                next(rest, None)
        elif word not in _IGNORED:
            yield word


def failure(lines: Sequence[str]) -> str:
    """Why pip failed, in a line, from all that it said."""
    for line in lines:
        found = _UNREACHABLE.search(line)
        if found is not None:
            reason = found["why"].rpartition(": ")[2].strip("'\")") or found["why"]
            return f"the index cannot be reached: {reason} ({found['path']})"
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    said = [line.strip() for line in lines if line.strip()]
    crosses = [line.strip(f"{_CROSS} .") for line in said if line.startswith(_CROSS)]
    if crosses:
        # a build: what was built is named in the last error, if at all
        return f"{crosses[0]}{f': {errors[-1]}' if errors else ''} (--verbose shows what it said)"
    if errors and errors[0] != _CRASH:
        return errors[0]
    # with a crash: after the traceback
    return said[-1] if said else "it said nothing"


def _listen(process: subprocess.Popen[str], lines: list[str], say: Say) -> None:
    """Take what pip says, until it ends; `lines` get the last of it."""
    assert process.stdout is not None
    for line in process.stdout:
        text = line.rstrip()
        lines.append(text)
        del lines[:-_KEPT_LINES]
        say(text)


def _end(process: subprocess.Popen[str]) -> None:
    """End pip, and the builds and downloads that it has started."""
    # Deferred: it is for what goes wrong.
    from rezfast.build.guard import end_processes, guard

    end_processes([process.pid])
    process.wait()
    guard.lets_go(process.pid)
