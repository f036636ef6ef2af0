"""Which version control system a source tree is in; plugins add more."""

from __future__ import annotations

from collections.abc import Mapping

from rezfast.errors import ReleaseVCSError, RezError
from rezfast.plugins import plugins
from rezfast.release.git import GitReleaseVCS
from rezfast.release.stub import StubReleaseVCS
from rezfast.release.vcs import PLUGIN_TYPE, ReleaseVCS

_BUILTIN: Mapping[str, type] = {"git": GitReleaseVCS, "stub": StubReleaseVCS}


def get_release_vcs_types() -> list[str]:
    """The names of the version control systems there are, sorted (rez: the same)."""
    return plugins(PLUGIN_TYPE).names(_BUILTIN)


def create_release_vcs(path: str, vcs_name: str | None = None) -> ReleaseVCS:
    """The working copy that a source tree is in (rez: `create_release_vcs`).

    Of several, the one whose root is nearest.

    Args:
        path: The directory of a package's definition.
        vcs_name: The kind it has to be; None: whichever is there.

    Raises:
        ReleaseVCSError: There is none, there are two at the same level, or the kind is unknown.
        PackageMetadataError: The definition cannot be read.
    """
    found = plugins(PLUGIN_TYPE)
    names = found.names(_BUILTIN)
    if vcs_name is not None:
        try:
            cls: type[ReleaseVCS] = found.get_class(vcs_name, _BUILTIN)
        except RezError as error:
            raise ReleaseVCSError(str(error)) from error
        return cls(path)
    by_level: dict[int, list[tuple[type[ReleaseVCS], str]]] = {}
    for name in names:
        cls = found.get_class(name, _BUILTIN)
        place = cls.find_vcs_root(path)
        if place is not None:
            by_level.setdefault(place[1], []).append((cls, place[0]))
    if not by_level:
        raise ReleaseVCSError(
            f"{path}: not under version control that a release knows ({', '.join(names)}): "
            "a release tags its source, so make a repository of it, commit and push"
        )
    nearest = by_level[min(by_level)]
    if len(nearest) > 1:
        kinds = ", ".join(cls.name() for cls, _ in nearest)
        raise ReleaseVCSError(
            f"{path}: several version control systems have their root in the same directory "
            f"({kinds}): choose one with --vcs"
        )
    cls, root = nearest[0]
    return cls(pkg_root=path, vcs_root=root)
