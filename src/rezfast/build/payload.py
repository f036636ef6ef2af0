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
import stat

from rezfast.build.guard import Record, finish, guard, own_names, restore, signature, undo
from rezfast.build.variant_paths import create_shortlink, variant_paths
from rezfast.config import settings
from rezfast.digest import sha1_hex
from rezfast.errors import BuildError, PackageRepositoryError
from rezfast.managers import ExitStack, contextmanager, suppress
from rezfast.package.included import included_files
from rezfast.package.model import Variant
from rezfast.repository.developer import DeveloperPackage
from rezfast.repository.filesystem import definition_names
from rezfast.repository.install import (
    Confirm,
    Overrides,
    building_tag,
    install_packages,
    install_variants,
    make_tag,
)
from rezfast.repository.locks import package_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


@contextmanager
def writing(path: str) -> Iterator[None]:
    """While something is written.

    Args:
        path: What is named when the system does not say which file it was, as on a full disk.

    Raises:
        PackageRepositoryError: It cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise PackageRepositoryError(
            f"{error.filename or path}: cannot be written: {error.strerror or error}"
        ) from error


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
        self._installing = False

    @contextmanager
    def open(self) -> Iterator[None]:
        """While the payload is made and its variant installed; undone if that fails.

        Raises:
            PackageRepositoryError: A directory cannot be made, or somebody else builds this
                variant.
        """
        with ExitStack() as stack:
            with writing(self.path):
                os.makedirs(self._location, exist_ok=True)
                guard.watch(self._location)
                stack.enter_context(self._lock())
                self._begin()
            try:
                yield
            except BaseException as error:
                self._end(finish if self.is_installed(error) else undo)
                raise
            self._end(finish)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        version = str(self._variant.version)
        subpath = os.path.relpath(self.path, self._package)
        mark = sha1_hex(subpath.encode())
        with package_lock(self._location, self._variant.name, f"{version}-{mark}"):
            yield

    def started(self, process: int, directories: list[str]) -> None:
        """Tell of a process that makes the payload, and of its temporary directories."""
        guard.started(self._number, process, directories)

    def is_installed(self, error: BaseException) -> bool:
        """Whether the definition is written, after an error.

        Args:
            error: The error. An interrupt may come at any time, every other one before that.
        """
        if not self._installing or isinstance(error, Exception):
            return False
        before: list[list[int]] = self._record["before"]
        return signature(self._record["definitions"]) != before

    def complete(self) -> None:
        """Tell that nobody makes the payload any more."""
        guard.complete(self._number)

    # ---- begin and end

    def _begin(self) -> None:
        names = definition_names(settings())
        definitions = [os.path.join(self._package, name) for name in names]
        before = signature(definitions)
        # what has no version is beside all that have one
        versions = list(names) if self.path == self._family else []
        version = str(self._variant.version)
        mark = sha1_hex(self.path.encode())
        name = f".previous-{self._variant.name}-{version}-{mark}"
        backup = os.path.join(self._location, name)
        if os.path.isdir(backup):
            # of a build that ended with the machine: what is in place may be anything
            restore(self.path, backup, versions)
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
            "kept": own_names(self.path, versions) if versions and is_there else [],
            "versions": versions,
            "links": [],
            "shortlinks": self._shortlinks,
            "replaced": {},
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
            # Deferred: most payloads are new.
            import shutil

            shutil.rmtree(staged, ignore_errors=True)
            own = set(own_names(self.path, record["versions"]))

            def others(directory: str, names: list[str]) -> set[str]:
                return set(names) - own if directory == self.path else set()

            shutil.copytree(self.path, staged, symlinks=True, ignore=others)
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

    @property
    def _shortlinks(self) -> str:
        name = self._variant.config.variant_shortlinks_dirname or ""
        return os.path.join(self._package, name)

    def link(self) -> None:
        """Make the short link of a hashed variant. Without it only paths are longer: a warning."""
        directory = self._shortlinks
        known = set(os.listdir(directory)) if os.path.isdir(directory) else set()
        try:
            link = create_shortlink(self._variant, self._package)
        except BuildError as error:
            # Deferred: it is for mistakes.
            from logging import getLogger

            getLogger("rezfast.build").warning("%s", error)
            return
        if link is not None and os.path.basename(link) not in known:
            self._record["links"].append(link)
            guard.begin_again(self._number, self._record)

    def include(self, package: DeveloperPackage) -> None:
        """Copy the modules that a package includes to where it is installed.

        Args:
            package: The package, of the source tree.

        Raises:
            OSError: One cannot be read or written.
        """
        if package.includes and self._record["before"]:
            # variants that are there use them, too
            for path in included_files(package.includes, self._package):
                self._record["replaced"][path] = _content(path)
            guard.begin_again(self._number, self._record)
        package.copy_includes(self._package)

    def copy(self, files: list[str]) -> None:
        """Copy files into the payload, with their modes; each is whole or not there.

        Raises:
            OSError: One cannot be read or written.
        """
        for file in files:
            target = os.path.join(self.path, os.path.basename(file))
            # nobody sees a new payload yet; of one that is there every file has to be whole
            is_seen = os.path.lexists(target)
            written = f"{target}.new" if is_seen else target
            with open(file, "rb") as source, open(written, "wb") as copy:
                copy.write(source.read())
                os.fchmod(copy.fileno(), stat.S_IMODE(os.fstat(source.fileno()).st_mode))
            if is_seen:
                os.replace(written, target)


class Payloads(ExitStack):
    """Payloads of one package that are installed in one step; used in a with statement.

    What is open and not installed when that ends is undone, the last one first.
    """

    def __init__(self) -> None:
        super().__init__()
        self._payloads: list[Payload] = []

    def __len__(self) -> int:
        return len(self._payloads)

    def open(self, payload: Payload) -> None:
        """Begin with one.

        Raises:
            PackageRepositoryError: As `Payload.open`.
        """
        self.enter_context(payload.open())
        self._payloads.append(payload)

    def install(
        self, overrides: Overrides | None = None, confirm: Confirm | None = None
    ) -> list[Variant]:
        """Write the definition with all of them in it; gives the installed variants.

        Args:
            overrides, confirm: As `install_variants` takes them.

        Raises:
            RezError: As `install_variants`.
        """
        return install_payloads(self._payloads, overrides, confirm)

    def is_installed(self, error: BaseException) -> bool:
        """As `Payload.is_installed`."""
        return any(payload.is_installed(error) for payload in self._payloads)


def install_payloads(
    payloads: Sequence[Payload], overrides: Overrides | None = None, confirm: Confirm | None = None
) -> list[Variant]:
    """Write the definition of variants whose payloads are complete; gives the installed variants.

    Args:
        payloads: Those of variants of one package, in one repository; each is open.
        overrides, confirm: As `install_variants` takes them.

    Raises:
        RezError: As `install_variants`.
    """
    _begin_to_install(payloads)
    variants = [one._variant for one in payloads]
    return install_variants(variants, payloads[0]._location, overrides, confirm)


def install_together(payloads: Sequence[Payload]) -> list[Variant]:
    """Write the definitions of variants whose payloads are complete: all of them, or none.

    Args:
        payloads: Those of variants of as many packages, in one repository; each is open.

    Returns:
        The installed variants.

    Raises:
        RezError: As `install_packages`.
    """
    _begin_to_install(payloads)
    packages = [[one._variant] for one in payloads]
    found = install_packages(packages, payloads[0]._location) if payloads else []
    return [variant for (variant,) in found]


def _begin_to_install(payloads: Sequence[Payload]) -> None:
    with guard.at_once():
        for one in payloads:
            # others may have been installed since it began
            one._record["before"] = signature(one._record["definitions"])
            guard.begin_again(one._number, one._record)
            one._installing = True
            guard.installing(one._number)


def _content(path: str) -> list[int | str] | None:
    """A file's mode, and its bytes as characters, as plain data; None: no such file."""
    try:
        with open(path, encoding="latin-1", newline="") as file:
            return [stat.S_IMODE(os.stat(path).st_mode), file.read()]
    except FileNotFoundError:
        return None
