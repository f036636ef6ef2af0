"""The python whose pip is asked, and that packages are made for (rez: `find_pip`).

    python-X.Y with a pip of its own  ->  python-X.Y and a package pip  ->  what rezfast runs on

The first of them that has pip 19 or later is taken; why the others were not is told.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any

from rezfast.config import settings
from rezfast.errors import ResolveError, RezError, RezSystemError
from rezfast.repository.queries import get_latest_package
from rezfast.version import Version, VersionRange

if TYPE_CHECKING:
    from rezfast.context.resolved import ResolvedContext
    from rezfast.pip.markers import MarkerEnvironment
    from rezfast.pip.requires import Target

OLDEST = 19
"""The first version of pip that can be used (rez: `PIP_SPECIFIER`)."""

_FAMILIES = ("python", "pip")
# It has to run on every python that there are packages for, which 2.7 is one of.
_QUESTION = """
import os, platform, sys
def text(v):
    kind = "" if v.releaselevel == "final" else v.releaselevel[0] + str(v.serial)
    return "%d.%d.%d" % tuple(v[:3]) + kind
try:
    import pip
    found = pip.__version__
except Exception:
    found = None
own = getattr(sys, "implementation", None)
answer = {"pip": found, "environment": {
    "implementation_name": own.name if own else "cpython",
    "implementation_version": text(own.version) if own else text(sys.version_info),
    "os_name": os.name,
    "platform_machine": platform.machine(),
    "platform_python_implementation": platform.python_implementation(),
    "platform_release": platform.release(),
    "platform_system": platform.system(),
    "platform_version": platform.version(),
    "python_full_version": platform.python_version(),
    "python_version": ".".join(platform.python_version_tuple()[:2]),
    "sys_platform": sys.platform,
}}
"""
_TOLD = 'import json\nprint("\\n" + json.dumps(answer))\n'


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A python with a pip.

    Attributes:
        executable: Its program.
        pip_version: Of its pip.
        environment: What it says of itself: the variables of PEP 508.
        origin: Where it was found, and why not elsewhere, in a line.
        context: The environment that it runs in; None: this process's.
    """

    executable: str
    pip_version: str
    environment: MarkerEnvironment
    origin: str
    context: ResolvedContext | None = None

    @property
    def target(self) -> Target:
        """What packages are made for."""
        # Deferred, as other imports here: pip is started first, and they go on beside it.
        from rezfast.pip.requires import Target

        return Target(self.environment, settings().system)

    def start_pip(
        self, arguments: Sequence[str], output: int | IO[Any], directory: str
    ) -> subprocess.Popen[str]:
        """Start pip.

        Args:
            arguments: Its arguments.
            output: Where what it says and its errors go.
            directory: For its temporary files.

        Raises:
            RezError: The commands of a package failed.
            OSError: It cannot be started.
        """
        words = [self.executable, "-m", "pip", *arguments]
        how: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stdout": output,
            "stderr": subprocess.STDOUT,
            "text": True,
            "errors": "replace",
        }
        return _start(words, self.context, how, {"TMPDIR": directory})


def find_interpreter(
    python_version: str | None = None, pip_version: str | None = None
) -> Interpreter:
    """The python to install with.

    Args:
        python_version: Version of the python package, of which major and minor count; None: the
            latest one that there is.
        pip_version: Version of the package pip, if one is used; None: the latest one.

    Raises:
        RezSystemError: There is none that can be used.
        RezError: A package of python cannot be read, or its commands fail.
    """
    reasons: list[str] = []
    try:
        wanted = _major_minor(python_version)
        for family in _FAMILIES:
            try:
                return _from_packages(family, wanted, pip_version, reasons)
            except _Unfit as reason:
                reasons.append(str(reason))
    except _Unfit as reason:
        reasons.append(str(reason))
    return _own(python_version, reasons)


class _Unfit(Exception):
    """Why a python cannot be taken."""


def _major_minor(python_version: str | None) -> Version:
    if python_version:
        return Version(python_version).trim(2)
    package = get_latest_package("python")
    if package is None:
        raise _Unfit("there is no package python")
    return package.version.trim(2)


def _from_packages(
    family: str, wanted: Version, pip_version: str | None, reasons: Sequence[str]
) -> Interpreter:
    """The python of packages.

    Args:
        family: The package whose pip is looked for.
        wanted: Major and minor version of python.
        pip_version: As for `find_interpreter`.
        reasons: Why there was none before.
    """
    request = [f"python-{wanted}"]
    if family == "pip":
        request.append(f"pip-{pip_version}" if pip_version else "pip")
    context = _resolved(request)
    python = next(one for one in context.resolved_packages or () if one.name == "python")
    program = _program(context, python.version)
    if program is None:
        raise _Unfit(f"{python.qualified_package_name} has no program python on its PATH")
    # A pip of its own is one that is found without PYTHONPATH and the user's site directory; a
    # package pip is found by PYTHONPATH.
    isolation = ["-s"] if family == "pip" else ["-E", "-s"]
    where = next(one for one in context.resolved_packages or () if one.name == family)
    pip, environment = _asked(program, isolation, context)
    if not _is_of(python.version, environment):
        raise _Unfit(
            f"{python.qualified_package_name} has a python {environment['python_full_version']}"
        )
    if not pip:
        raise _Unfit(f"{where.qualified_package_name} has no pip")
    if not _is_supported(pip):
        raise _Unfit(f"{where.qualified_package_name} has pip {pip}, which is too old")
    of_pip = f", {where.parent.uri}" if family == "pip" else ""
    origin = f"pip {pip} with {program} of {python.parent.uri}{of_pip}{_because(reasons)}"
    return Interpreter(program, pip, environment, origin, context)


def _resolved(request: Sequence[str]) -> ResolvedContext:
    from rezfast.context.resolved import ResolvedContext

    try:
        context = ResolvedContext(request)
    except ResolveError:
        raise
    except RezError as error:
        # no such family, or no such version of it
        raise _Unfit(str(error)) from None
    if not context.success:
        raise _Unfit(f"no environment has {' and '.join(request)}")
    return context


def _program(context: ResolvedContext, version: Version) -> str | None:
    """The program of the python package: nothing of the system's PATH counts."""
    from rezfast.shell.which import which

    alone = context.copy()
    alone.append_sys_path = False
    environ = {"PATH": "", **alone.get_environ()}
    for length in (2, 1, 0):
        found = which(f"python{version.trim(length)}", environ)
        if found is not None:
            return found
    return None


def _own(python_version: str | None, reasons: Sequence[str]) -> Interpreter:
    program = sys.executable
    because = _because(reasons)
    try:
        if not program:
            raise _Unfit("this process does not know its interpreter")
        pip, environment = _asked_here()
    except _Unfit as error:
        raise RezSystemError(f"there is no python to install with: {error}{because}") from None
    if python_version and not _is_of(Version(python_version), environment):
        raise RezSystemError(
            f"there is no python {python_version} to install with: that of rezfast is "
            f"{environment['python_full_version']}{because}"
        )
    if not pip:
        raise RezSystemError(
            f"{program} has no pip (python -m ensurepip installs it), and no package has{because}"
        )
    if not _is_supported(pip):
        raise RezSystemError(
            f"pip {OLDEST} or later is needed, and {program} has pip {pip}{because}"
        )
    origin = f"pip {pip} with {program}, which rezfast runs on{because}"
    return Interpreter(program, pip, environment, origin)


def _is_of(version: Version, environment: MarkerEnvironment) -> bool:
    """Whether a python is of a version, of which major and minor count as far as they are there."""
    return Version(environment["python_version"]) in VersionRange(str(version.trim(2)))


def _is_supported(pip: str) -> bool:
    major = pip.partition(".")[0]
    return major.isdigit() and int(major) >= OLDEST


def _because(reasons: Sequence[str]) -> str:
    return f"; {'; '.join(dict.fromkeys(reasons))}" if reasons else ""


def _asked(
    program: str, isolation: Sequence[str], context: ResolvedContext | None
) -> tuple[str | None, dict[str, str]]:
    """What a python says of its pip and of itself."""
    how: dict[str, Any] = {
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
    }
    try:
        process = _start([program, *isolation, "-c", _QUESTION + _TOLD], context, how)
    except OSError as error:
        raise _Unfit(f"{program} cannot be run: {error.strerror or error}") from None
    output, errors = process.communicate()
    try:
        told = json.loads(output.rstrip().rpartition("\n")[2])
        return told["pip"], told["environment"]
    except (ValueError, LookupError, TypeError):
        said = (errors or output).strip().rpartition("\n")[2]
        raise _Unfit(f"{program} does not say what it is: {said or 'nothing'}") from None


def _asked_here() -> tuple[str | None, dict[str, str]]:
    """The same of the python that runs this."""
    names: dict[str, Any] = {}
    exec(_QUESTION, names)
    return names["answer"]["pip"], names["answer"]["environment"]


def _start(
    words: Sequence[str],
    context: ResolvedContext | None,
    how: dict[str, Any],
    variables: Mapping[str, str] = MappingProxyType({}),
) -> subprocess.Popen[Any]:
    environ = {**os.environ, **variables}
    if context is None:
        return subprocess.Popen(words, env=environ, **how)
    # on top of everything here: a build needs compilers, and pip its own variables
    return context.execute_command(words, parent_environ=environ, **how)
