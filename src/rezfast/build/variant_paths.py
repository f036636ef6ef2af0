"""Where a variant is built and installed, and short links to hashed variants.

    <repository>/foo/1.0/2f3a..ad/      a hashed variant's payload
                         _v/a -> ../2f3a..ad

A package object finds a link by itself: `Variant.root`. What is here makes and removes them.
"""

from __future__ import annotations

import os

from rezfast.errors import BuildError
from rezfast.managers import suppress
from rezfast.package.model import Variant

_ATTEMPTS = 100  # processes that may be making links at once


class VariantPaths(tuple[str, str]):
    """Where a variant goes.

    Attributes:
        build: The directory that it is built in.
        install: The directory of its payload.
    """

    __slots__ = ()

    def __new__(cls, build: str, install: str) -> VariantPaths:
        return super().__new__(cls, (build, install))

    @property
    def build(self) -> str:
        return self[0]

    @property
    def install(self) -> str:
        return self[1]


def variant_paths(variant: Variant, build_root: str, package_path: str) -> VariantPaths:
    """Where a variant is built and installed.

    Args:
        variant: The variant.
        build_root: Where its package is built.
        package_path: Where its package is installed: `<repository>/<name>/<version>`.
    """
    # the payload is where the hash says: the short link is a second way there
    subpath = variant.resource.find_subpath(ignore_shortlinks=True)
    if subpath is None:
        return VariantPaths(build_root, package_path)
    return VariantPaths(os.path.join(build_root, subpath), os.path.join(package_path, subpath))


# ---- short links ------------------------------------------------------------------


def create_shortlink(variant: Variant, package_path: str) -> str | None:
    """Make a short link to a variant's payload, or find the one that is there.

    Args:
        variant: The variant.
        package_path: As for `variant_paths`.

    Returns:
        The link's path; None: the variant is not hashed, or the package's setting
        `variant_shortlinks_dirname` says that there are no links.

    Raises:
        BuildError: It cannot be made. A variant does without, so that this is a reason to warn.
    """
    place = _place(variant, package_path)
    if place is None:
        return None
    directory, target = place
    try:
        os.makedirs(directory, exist_ok=True)
        for _ in range(_ATTEMPTS):
            names = _links(directory)
            for name, to in names.items():
                if to == target:
                    return os.path.join(directory, name)
            path = os.path.join(directory, _next(names))
            with suppress(FileExistsError):
                os.symlink(target, path)
                return path
    except OSError as error:
        raise BuildError(
            f"{directory}: no short link to {target}: {error.strerror or error}"
        ) from error
    raise BuildError(f"{directory}: no short link to {target}: others were always faster")


def remove_shortlink(variant: Variant, package_path: str) -> list[str]:
    """Remove the short links to a variant's payload, and their directory if it is empty then.

    Args:
        variant: The variant.
        package_path: As for `variant_paths`.

    Returns:
        The links that were removed.

    Raises:
        BuildError: One cannot be removed.
    """
    place = _place(variant, package_path)
    if place is None or not os.path.isdir(place[0]):
        return []
    directory, target = place
    removed = []
    try:
        for name, to in _links(directory).items():
            if to == target:
                path = os.path.join(directory, name)
                os.unlink(path)
                removed.append(path)
    except OSError as error:
        raise BuildError(
            f"{error.filename or directory}: the short link cannot be removed: "
            f"{error.strerror or error}"
        ) from error
    with suppress(OSError):
        os.rmdir(directory)
    return removed


def _place(variant: Variant, package_path: str) -> tuple[str, str] | None:
    """The directory of links and what one to this variant says; None: it has none."""
    dirname = variant.config.variant_shortlinks_dirname
    if variant.index is None or not variant.hashed_variants or not dirname:
        return None
    directory = os.path.join(package_path, dirname)
    install = variant_paths(variant, "", package_path).install
    return directory, os.path.relpath(install, directory)


def _links(directory: str) -> dict[str, str | None]:
    """What each name in a directory of links leads to, seen from there; None: it is no link."""
    found: dict[str, str | None] = {}
    for name in sorted(os.listdir(directory)):
        try:
            to = os.readlink(os.path.join(directory, name))
        except OSError:
            found[name] = None
            continue
        absolute = os.path.normpath(os.path.join(directory, to))
        found[name] = os.path.relpath(absolute, directory)
    return found


def _next(names: dict[str, str | None]) -> str:
    """The name after the last: a, ..., z, aa, ab, ..., zz, aaa."""
    ours = [name for name in names if name.isascii() and name.isalpha() and name.islower()]
    last = max(ours, key=lambda name: (len(name), name), default="")
    kept = last.rstrip("z")
    carried = "a" * (len(last) - len(kept))
    return f"{kept[:-1]}{chr(ord(kept[-1]) + 1)}{carried}" if kept else f"a{carried}"
