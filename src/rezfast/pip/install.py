"""Distributions installed as packages (rez: `pip_install_package`).

    request --pip--> wheels --make--> packages

What makes packages is imported while pip works.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from rezfast.config import settings
from rezfast.context.tmpdirs import make_directory, outlive, remove_directory
from rezfast.errors import DistributionError, RezSystemError
from rezfast.pip.fetch import InstallMode, Request, Say, fetch_wheels
from rezfast.pip.interpreter import Interpreter, find_interpreter
from rezfast.repository import repository_location

if TYPE_CHECKING:
    from rezfast.package.model import Variant
    from rezfast.pip.make import Planned

_PREFIX = "rezfast_pip_"

Progress = Callable[[str, int, int], None]
"""Takes what is done, how many of it are done, and how many there are; 0: nobody knows."""


@dataclass(slots=True)
class Installation:
    """What has come of a request, or would.

    Attributes:
        interpreter: Whose pip was asked, and what packages are for.
        location: The repository.
        packages: In the order of their names.
    """

    interpreter: Interpreter
    location: str
    packages: list[Planned] = field(default_factory=list)

    @property
    def installed(self) -> list[Variant]:
        """The variants that were installed."""
        return [one.installed for one in self.packages if one.installed is not None]

    @property
    def skipped(self) -> list[Variant]:
        """The variants that were there already."""
        return [one.existing for one in self.packages if one.existing is not None]


class PipResult(NamedTuple):
    """What `pip_install_package` gives: variants that were installed, and those that were there."""

    installed: list[Variant]
    skipped: list[Variant]


def pip_install_package(
    source_name: str,
    pip_version: str | None = None,
    python_version: str | None = None,
    mode: InstallMode = InstallMode.min_deps,
    release: bool = False,
    prefix: str | None = None,
    extra_args: Sequence[str] | None = None,
) -> PipResult:
    """Install a distribution, and what it requires, as packages (rez: the same).

    Args:
        source_name: As `pip install` takes it: a requirement, a url, the path of a wheel, a source
            archive or a source tree.
        pip_version: Version of the package pip, if one is used; None: the latest.
        python_version: Version of the python package; None: the latest.
        mode: Whether what it requires is installed too.
        release: Install into the released packages, not the local ones.
        prefix: Install into this repository.
        extra_args: Arguments for `pip install`; None: the setting `pip_extra_args`.

    Raises:
        BuildError: pip failed.
        DistributionError: A wheel cannot become a package.
        PackageRepositoryError: The repository cannot be written.
        RezSystemError: There is no python with a pip that can be used.
    """
    interpreter = find_interpreter(python_version, pip_version)
    request = Request((source_name,), mode=mode, extra_args=extra_arguments(extra_args))
    done = install(interpreter, request, target_location(release, prefix))
    return PipResult(done.installed, done.skipped)


def extra_arguments(given: Sequence[str] | None) -> tuple[str, ...]:
    """Arguments for pip: those given, else those of the setting `pip_extra_args`."""
    return tuple(given or settings().pip_extra_args or ())


def target_location(release: bool = False, prefix: str | None = None) -> str:
    """The directory of the repository to install into.

    Args:
        release, prefix: As for `pip_install_package`.

    Raises:
        PackageRepositoryError: It is no repository of directories.
    """
    current = settings()
    path = current.release_packages_path if release else current.local_packages_path
    return repository_location(os.path.expanduser(prefix or path))


def install(
    interpreter: Interpreter,
    request: Request,
    location: str,
    dry_run: bool = False,
    say: Say = lambda line: None,
    progress: Progress = lambda what, done, total: None,
) -> Installation:
    """Install what is asked for.

    Args:
        interpreter: Whose pip is asked, and what packages are for.
        request: What is asked for.
        location: The repository's directory.
        dry_run: Only find out what would be installed.
        say: Is told what pip says.
        progress: Is told what goes on.

    Raises: as `pip_install_package`.
    """
    result = Installation(interpreter, location)
    with ExitStack() as stack:
        directory = stack.enter_context(_directory())
        progress("pip", 0, 0)
        try:
            paths = fetch_wheels(
                interpreter, request, directory, say, lambda: import_module("rezfast.pip.make")
            )
        except OSError as error:
            raise RezSystemError(
                f"{interpreter.executable} cannot be run: {error.strerror or error}"
            ) from error
        # Deferred: see the module.
        from rezfast.pip.extras import requested_extras
        from rezfast.pip.make import make_packages, plan
        from rezfast.pip.unpack import WheelCache
        from rezfast.pip.wheel import Wheel

        progress("reading", 0, len(paths))
        wheels = [stack.enter_context(Wheel(path)) for path in paths]
        extras = requested_extras(request)
        result.packages = plan(wheels, interpreter.target, extras, location)
        if not dry_run:
            cache = WheelCache(settings().pip_cache_path or None)
            make_packages(result.packages, location, cache, progress)
            cache.clean()
    return result


@contextmanager
def _directory() -> Iterator[str]:
    """A directory for wheels, which goes when this process ends, too."""
    path = make_directory(settings().tmpdir, _PREFIX, "tmpdir")
    outlive(path)
    try:
        yield path
    except DistributionError as error:
        if error.path is None or not error.path.startswith(f"{path}{os.sep}"):
            raise
        # where it is nobody finds it any more
        reason = str(error).removeprefix(f"{error.path}: ")
        raise DistributionError(reason, os.path.basename(error.path)) from error
    finally:
        remove_directory(path)
