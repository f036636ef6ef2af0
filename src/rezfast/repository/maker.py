"""Packages made by a program (rez: `rez.package_maker`).

with make_package("foo", "/packages", make_root=copy_payload) as package:
    package.version = "1.0.0"
    package.requires = ["python-3.11"]
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rezfast.package.model import Package, Variant
from rezfast.repository import get_repository
from rezfast.repository.developer import create_package
from rezfast.repository.filesystem import FilesystemRepository
from rezfast.repository.install import Planned, install_variant, install_variants

MakePayload = Callable[[Variant, str], Any]
"""Takes a variant and a directory, which is the working directory, and fills it."""

_log = logging.getLogger("rezfast")
_OWN = ("_data", "package_cls", "installed_variants", "skipped_variants")


class PackageMaker:
    """A package in the making: its attributes are the package's (rez: `PackageMaker`).

    Args:
        name: The family.
        data: The first attributes.
        package_cls: What `get_package` makes; None: `Package`.

    Attributes:
        installed_variants: What `make_package` has installed.
        skipped_variants: What it has not, since it was there already.
    """

    package_cls: type[Package]
    installed_variants: list[Variant]
    skipped_variants: list[Variant]

    def __init__(
        self,
        name: str,
        data: Mapping[str, Any] | None = None,
        package_cls: type[Package] | None = None,
    ) -> None:
        self.__dict__.update(
            _data={**(data or {}), "name": name},
            package_cls=package_cls or Package,
            installed_variants=[],
            skipped_variants=[],
        )

    def get_package(self) -> Package:
        """The package, in a memory repository of its own; the wildcards in requests are replaced.

        Raises:
            PackageMetadataError: An attribute is not what it has to be, or the package needs a
                newer rez.
            PackageRequestError: Its name is not a package name.
        """
        return create_package(self.name, self._data, self.package_cls)

    # ---- attributes, by name and by key

    @property
    def _data(self) -> dict[str, Any]:
        data: dict[str, Any] = self.__dict__["_data"]
        return data

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_data"][name]
        except KeyError:
            raise AttributeError(f"the package has no attribute {name!r} yet") from None

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _OWN:
            self.__dict__[name] = value
        else:
            self._data[name] = value

    def __getitem__(self, name: str) -> Any:
        return self._data[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._data[name] = value

    def __delitem__(self, name: str) -> None:
        del self._data[name]

    def __contains__(self, name: object) -> bool:
        return name in self._data

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __repr__(self) -> str:
        return f"PackageMaker({self._data!r})"


@contextmanager
def make_package(
    name: str,
    path: str,
    make_base: MakePayload | None = None,
    make_root: MakePayload | None = None,
    skip_existing: bool = True,
    warn_on_skip: bool = True,
) -> Iterator[PackageMaker]:
    """Make a package and install its variants (rez: `make_package`).

    The package is installed when the `with` block ends without an error. Its payload is made first,
    so that nobody sees a package without one; when that fails, nothing is installed.

    Args:
        name: The family.
        path: The repository to install into; it is made if need be.
        make_base: Makes what all variants share; called for each of them.
        make_root: Makes the payload of a variant.
        skip_existing: Leave out variants that are there, in a package of the same attributes.
        warn_on_skip: Log a warning for each of those.

    Yields:
        The package's attributes, to be set.

    Raises:
        PackageMetadataError: An attribute is not what it has to be, or cannot be written.
        ResourceError: It does not go with the package that is there.
        PackageRepositoryError: The repository cannot be written.
    """
    maker = PackageMaker(name)
    yield maker
    wanted = []
    for variant in maker.get_package().iter_variants():
        found = install_variant(variant, path, dry_run=True) if skip_existing else None
        if found is None:
            wanted.append(variant)
            continue
        maker.skipped_variants.append(found)
        if warn_on_skip:
            _log.warning("not installed, since it is there already: %s", found.uri)
    if wanted:
        maker.installed_variants += _install(wanted, path, make_base, make_root)


def _install(
    variants: Sequence[Variant],
    path: str,
    make_base: MakePayload | None,
    make_root: MakePayload | None,
) -> list[Variant]:
    repository = get_repository(path)
    if not (make_base or make_root) or not isinstance(repository, FilesystemRepository):
        return install_variants(variants, repository)
    if not variants[0].version:
        # without a definition the payload's directories would pass for versions
        installed = install_variants(variants, repository)
        _make_payloads(installed, make_base, make_root)
        return installed
    planned = Planned(variants, repository)
    with planned.hidden():
        _make_payloads(planned.variants, make_base, make_root)
        return install_variants(variants, repository)


def _make_payloads(
    variants: Sequence[Variant], make_base: MakePayload | None, make_root: MakePayload | None
) -> None:
    before = os.getcwd()
    try:
        for variant in variants:
            for make, directory in ((make_base, variant.base), (make_root, variant.root)):
                if make is not None and directory:
                    os.makedirs(directory, exist_ok=True)
                    os.chdir(directory)
                    make(variant, directory)
    finally:
        os.chdir(before)
