"""Wheels made into packages: what they would be, and their installation.

    wheels --plan--> packages --unpack--> payloads --install--> definitions

All wheels are checked, all payloads complete and all definitions written before the first of
these gets its name, which makes its package visible: whatever goes wrong leaves nothing behind.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from rezfast.build.payload import Payload, install_together
from rezfast.config import settings
from rezfast.errors import PackageRepositoryError
from rezfast.package.model import Variant
from rezfast.pip.extras import Extras
from rezfast.pip.files import PackageFile
from rezfast.pip.install import Progress
from rezfast.pip.metadata import package_attributes
from rezfast.pip.requires import Target, package_requirements
from rezfast.pip.unpack import WheelCache
from rezfast.pip.wheel import Wheel
from rezfast.repository.developer import create_package
from rezfast.repository.install import install_variant

_THREADS = 8


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


def plan(wheels: Sequence[Wheel], target: Target, extras: Extras, location: str) -> list[Planned]:
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
        RezError: The repository cannot be written. Nothing is installed.
    """
    with ExitStack() as stack:
        opened: list[tuple[Planned, Payload]] = []
        for planned in packages:
            if planned.existing is not None:
                continue
            variant = planned.variant
            package_path = os.path.join(location, variant.name, str(variant.version))
            payload = Payload(variant, location, package_path)
            one = stack.enter_context(ExitStack())
            one.enter_context(payload.open())
            # nothing but this process makes it, so that after a kill nobody has to be looked for
            payload.complete()
            # somebody else may have installed it until the lock was ours
            planned.existing = install_variant(variant, location, dry_run=True)
            if planned.existing is not None:
                one.close()
            else:
                opened.append((planned, payload))
        _unpack(opened, cache, progress)
        progress("installing", 0, len(opened))
        installed = install_together([payload for _, payload in opened])
        for (planned, _), variant in zip(opened, installed, strict=True):
            planned.installed = variant


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
