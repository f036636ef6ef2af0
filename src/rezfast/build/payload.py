"""Where a variant's payload is made, and what becomes of it when that fails.

A build writes into the place where the payload will be, since programs remember where they were
installed. Until its definition is written a variant is not there for anybody; a version without a
definition is hidden. What an installation has begun and does not end is undone: see `guard`.

    <repository>/.previous-foo-1.0-<hash>/     what was there before, while it is built again
                 foo/.building1.0              hides 1.0 until it has a definition
                     1.0/<variant>/            the payload
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha1
from logging import getLogger

from rezfast.build.guard import Record, finish, guard, signature, undo
from rezfast.build.variant_paths import create_shortlink, variant_paths
from rezfast.config import settings
from rezfast.errors import BuildError, PackageRepositoryError
from rezfast.package.model import Variant
from rezfast.repository.filesystem import definition_names
from rezfast.repository.install import Overrides, building_tag, install_variant, make_tag
from rezfast.repository.locks import package_lock

log = getLogger("rezfast.build")


class Payload:
    """The place of a variant that is being installed.

    Args:
        variant: The variant.
        location: The repository's directory, an absolute path.
        package_path: Where its package is installed: `<repository>/<name>/<version>`.

    Attributes:
        path: The payload's directory.
    """

    def __init__(self, variant: Variant, location: str, package_path: str) -> None:
        # the subpath of a variant without requirements is empty
        self.path = os.path.normpath(variant_paths(variant, "", package_path).install)
        self._variant = variant
        self._location = location
        self._package = package_path
        self._family = os.path.join(location, variant.name)
        self._number = 0
        self._record: Record = {}

    @contextmanager
    def open(self) -> Iterator[None]:
        """While the payload is made and its variant installed; undone if that fails.

        Raises:
            PackageRepositoryError: A directory cannot be made, or somebody else builds this
                variant.
        """
        with ExitStack() as stack:
            try:
                os.makedirs(self._location, exist_ok=True)
                guard.watch(self._location)
                stack.enter_context(self._lock())
                self._begin()
            except OSError as error:
                raise PackageRepositoryError(
                    f"{error.filename or self.path}: cannot be written: {error.strerror or error}"
                ) from error
            try:
                yield
            except BaseException:
                self._end(undo)
                raise
            self._end(finish)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        version = str(self._variant.version)
        subpath = os.path.relpath(self.path, self._package)
        mark = sha1(subpath.encode()).hexdigest()
        with package_lock(self._location, self._variant.name, f"{version}-{mark}"):
            yield

    def started(self, process: int, directories: list[str]) -> None:
        """Tell of a process that makes the payload, and of its temporary directories."""
        guard.started(self._number, process, directories)

    def install(self, overrides: Overrides | None = None) -> Variant:
        """Write the definition; gives the installed variant.

        Args:
            overrides: As `install_variant` takes them.

        Raises:
            RezError: As `install_variant`.
        """
        guard.installing(self._number)
        installed = install_variant(self._variant, self._location, overrides=overrides)
        assert installed is not None
        return installed

    # ---- begin and end

    def _begin(self) -> None:
        names = definition_names(settings())
        definitions = [os.path.join(self._package, name) for name in names]
        before = signature(definitions)
        version = str(self._variant.version)
        mark = sha1(self.path.encode()).hexdigest()
        name = f".previous-{self._variant.name}-{version}-{mark}"
        backup = os.path.join(self._location, name)
        if os.path.isdir(backup):
            # of a build that ended with the machine: what is in place may be anything
            shutil.rmtree(self.path, ignore_errors=True)
            os.rename(backup, self.path)
        is_there = os.path.isdir(self.path)
        made = self.path
        while not is_there and not os.path.exists(os.path.dirname(made)):
            made = os.path.dirname(made)
        self._record = {
            "payload": self.path,
            "backup": backup if is_there and before else None,
            "made": None if is_there else made,
            "package": self._package,
            "definitions": definitions,
            "before": before,
            "links": [],
            "tag": None if before or not version else building_tag(self._family, version),
            "modes": self._closed(),
            "lock": [self._location, self._variant.name, version],
        }
        self._number = guard.begin(self._record)
        try:
            self._make()
        except BaseException:
            self._end(undo)
            raise

    def _make(self) -> None:
        record = self._record
        for path, mode in record["modes"]:
            with suppress(OSError):
                os.chmod(path, mode | stat.S_IWUSR)
        if record["tag"] is not None:
            make_tag(self._family, record["tag"])
        if record["backup"] is not None:
            staged = f"{record['backup']}.new"
            shutil.rmtree(staged, ignore_errors=True)
            shutil.copytree(self.path, staged, symlinks=True)
            os.rename(staged, record["backup"])
        os.makedirs(self.path, exist_ok=True)

    def _closed(self) -> list[tuple[str, int]]:
        """The last directory on the way to the payload that is there, if it is not writable."""
        if not settings().make_package_temporarily_writable:
            return []
        path = self.path
        while not os.path.exists(path):
            path = os.path.dirname(path)
        if not path.startswith(f"{self._location}{os.sep}") or os.access(path, os.W_OK):
            return []
        return [(path, stat.S_IMODE(os.stat(path).st_mode))]

    def _end(self, how: Callable[[Record], None]) -> None:
        how(self._record)
        guard.end(self._number)

    # ---- what goes with it

    def link(self) -> None:
        """Make the short link of a hashed variant. Without it only paths are longer: a warning."""
        name = self._variant.config.variant_shortlinks_dirname or ""
        directory = os.path.join(self._package, name)
        known = set(os.listdir(directory)) if os.path.isdir(directory) else set()
        try:
            link = create_shortlink(self._variant, self._package)
        except BuildError as error:
            log.warning("%s", error)
            return
        if link is not None and os.path.basename(link) not in known:
            self._record["links"].append(link)
            guard.begin_again(self._number, self._record)

    def copy(self, files: list[str]) -> None:
        """Copy files into the payload, with their modes; each is whole or not there.

        Raises:
            OSError: One cannot be read or written.
        """
        for file in files:
            target = os.path.join(self.path, os.path.basename(file))
            staged = f"{target}.new"
            shutil.copy(file, staged)
            os.replace(staged, target)
