"""Distributions installed as packages (rez: `pip_install_package`).

    request --pip--> wheels --plan--> packages --unpack--> payloads --install--> definitions

All wheels are checked and all payloads complete before the first definition is written: until
then whatever goes wrong, also the end of this process, leaves nothing behind. Each definition is
what makes its package visible, the last step as in any installation.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from packaging.utils import canonicalize_name

from rezfast.build.payload import Payload, repository_location
from rezfast.config import settings
from rezfast.context.tmpdirs import make_directory, outlive, remove_directory
from rezfast.errors import PackageRepositoryError, RezSystemError
from rezfast.package.model import Variant
from rezfast.pip.extras import Extras, requested_extras
from rezfast.pip.fetch import InstallMode, Request, Say, fetch_wheels
from rezfast.pip.files import PackageFile
from rezfast.pip.interpreter import Interpreter, find_interpreter
from rezfast.pip.metadata import package_attributes
from rezfast.pip.requires import Target, package_requirements
from rezfast.pip.unpack import WheelCache
from rezfast.pip.wheel import Wheel
from rezfast.repository.developer import create_package
from rezfast.repository.install import install_variant

_log = logging.getLogger("rezfast")
_PREFIX = "rezfast_pip_"
_THREADS = 8

Progress = Callable[[str, int, int], None]
"""Takes what is done, how many of it are done, and how many there are; 0: nobody knows."""


@dataclass(slots=True)
class Planned:
    """A package that is to be installed.

    Attributes:
        wheel: What it is made of.
        files: Its files.
        variant: What it will be; it is in no repository yet.
        existing: The same variant, which is there already; None: it is not.
        installed: The variant that was installed; None: it is not yet, or was there.
        from_cache: Whether its files had been unpacked before.
    """

    wheel: Wheel
    files: list[PackageFile]
    variant: Variant
    existing: Variant | None = None
    installed: Variant | None = None
    from_cache: bool = False


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
            paths = fetch_wheels(interpreter, request, directory, say)
        except OSError as error:
            raise RezSystemError(
                f"{interpreter.executable} cannot be run: {error.strerror or error}"
            ) from error
        progress("reading", 0, len(paths))
        wheels = [stack.enter_context(Wheel(path)) for path in paths]
        extras = requested_extras(request)
        result.packages = plan(wheels, interpreter.target, extras, location)
        if not dry_run:
            cache = WheelCache(settings().pip_cache_path or None)
            make_packages(result.packages, location, cache, progress)
            cache.clean()
    return result


def plan(
    wheels: Sequence[Wheel], target: Target, extras: Extras, location: str
) -> list[Planned]:
    """What packages wheels become; nothing is written.

    Args:
        wheels: All that are installed together.
        target: What they are made for.
        extras: What was asked for by name.
        location: The repository's directory.

    Returns:
        The packages, in the order of their names.

    Raises:
        DistributionError: A wheel cannot become a package.
        RezError: A package that is there does not go with it, or cannot be read.
    """
    remaps = settings().pip_install_remaps
    found = []
    for wheel in wheels:
        asked = extras.get(canonicalize_name(wheel.name), frozenset())
        requirements = package_requirements(wheel, target, asked, wheels)
        files = wheel.package_files(remaps)
        attributes = package_attributes(wheel, requirements, files)
        package = create_package(attributes["name"], attributes)
        variant = next(iter(package.iter_variants()))
        existing = install_variant(variant, location, dry_run=True)
        found.append(Planned(wheel, files, variant, existing))
    return sorted(found, key=lambda one: one.variant.name)


def make_packages(
    packages: Sequence[Planned],
    location: str,
    cache: WheelCache,
    progress: Progress = lambda what, done, total: None,
) -> None:
    """Install packages that are not there yet.

    Args:
        packages: From `plan`, whose order keeps two installations from waiting for each other.
        location: The repository's directory.
        cache: Where wheels may have been unpacked.
        progress: Is told what goes on.

    Raises:
        DistributionError: A file is not what RECORD says. Nothing is installed.
        PackageRepositoryError: The repository cannot be written.
        RezError: A definition cannot be written; says which packages are installed, if any.
    """
    with ExitStack() as stack:
        opened: list[tuple[Planned, Payload, ExitStack]] = []
        for planned in packages:
            if planned.existing is not None:
                continue
            variant = planned.variant
            package_path = os.path.join(location, variant.name, str(variant.version))
            payload = Payload(variant, location, package_path)
            one = stack.enter_context(ExitStack())
            one.enter_context(payload.open())
            # somebody else may have installed it until the lock was ours
            planned.existing = install_variant(variant, location, dry_run=True)
            if planned.existing is not None:
                one.close()
            else:
                opened.append((planned, payload, one))
        _unpack([(planned, payload) for planned, payload, _ in opened], cache, progress)
        for number, (planned, payload, one) in enumerate(opened):
            progress("installing", number, len(opened))
            planned.installed = payload.install()
            # done for good, whatever becomes of the others
            one.close()


def _unpack(
    packages: Sequence[tuple[Planned, Payload]], cache: WheelCache, progress: Progress
) -> None:
    """Fill payloads, many at a time."""
    # the largest first, so that no single one is left for the end
    packages = sorted(packages, key=lambda one: -os.path.getsize(one[0].wheel.path))
    number = max(1, min(_THREADS, os.cpu_count() or 1, len(packages)))
    progress("unpacking", 0, len(packages))
    with ThreadPoolExecutor(number) as pool:
        done = [pool.submit(_fill, planned, payload, cache) for planned, payload in packages]
        try:
            for count, one in enumerate(done, 1):
                one.result()
                progress("unpacking", count, len(packages))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _fill(planned: Planned, payload: Payload, cache: WheelCache) -> None:
    try:
        for entry in os.scandir(payload.path):
            # of a variant that is installed again, with other attributes
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)
        planned.from_cache = cache.unpack(planned.wheel, planned.files, payload.path)
    except OSError as error:
        where = error.filename or payload.path
        raise PackageRepositoryError(
            f"{where}: cannot be written: {error.strerror or error}"
        ) from error


@contextmanager
def _directory() -> Iterator[str]:
    """A directory for wheels, which goes when this process ends, too."""
    path = make_directory(prefix=_PREFIX)
    outlive(path)
    try:
        yield path
    finally:
        remove_directory(path)
