"""Where definitions are: from the paths of a command line to the files of a survey.

repository          <path>/<family>/<version>/package.py, by the repository room's own rules
family              <path>/<version>/package.py, told by names that all begin with a digit
package, checkout   <path>/package.py
file                <path>
source tree         every directory below <path> with a definition in it (source view only)
"""

from __future__ import annotations

import os

from rezfast.batch.figures import Count, Example
from rezfast.config import settings
from rezfast.errors import PackageRequestError, RezError
from rezfast.repository.combined import CombinedFamily
from rezfast.repository.filesystem import FilesystemRepository, definition_names, find_definition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Literal

    from rezfast.repository.protocol import PackageFamily

    View = Literal["installed", "source"]
    Kind = Literal["repository", "family", "package", "file", "tree"]

_YAML = (".yaml", ".yml")


class Place:
    """One path of a survey.

    Attributes:
        path: As it was given, with `~` expanded.
        kind: What it was taken for: "repository", "family", "package" (a package or a checkout:
            a directory with a definition in it), "file", or "tree" (of sources).
    """

    __slots__ = ("kind", "path")

    def __init__(self, path: str, kind: Kind) -> None:
        self.path = path
        self.kind = kind


def find_place(path: str, view: View) -> Place:
    """Tell what a path is.

    Raises:
        OSError: It is not there, or a directory that cannot be listed.
    """
    path = os.path.expanduser(path)
    try:
        with os.scandir(path) as entries:
            directories = [entry.name for entry in entries if _is(entry.is_dir)]
    except NotADirectoryError:
        os.stat(path)  # "file/" is no file
        return Place(path, "file")
    names = definition_names(settings())
    if find_definition(path, names):
        return Place(path, "package")
    if view == "source":
        return Place(path, "tree")
    shown = [name for name in directories if name[0] not in "._"]
    if shown and all(name[0].isdigit() for name in shown):
        found = any(find_definition(os.path.join(path, name), names) for name in shown)
        if found:
            return Place(path, "family")
    return Place(path, "repository")


def is_yaml(path: str) -> bool:
    """Whether a definition is YAML and not Python, by its name."""
    return path.endswith(_YAML)


class Walk:
    """The definitions of some places, one after the other, with what is noticed on the way.

    Iterating gives `(family, path)` of each file for the scanner. A path may turn out not to be
    there: `alternative` has what else its package may be defined in.

    Attributes:
        others: `(family, path, combined)` of definitions that the scanner does not read: YAML and
            combined families. Grows while the walk goes on.
        passed_over: What is there and does not count as a package, by why.
        unlisted: `(family, path, why)` of directories that cannot be listed.
        families_done, families_total: How far the walk is; the total is 0 when not known.
    """

    def __init__(self, places: Sequence[Place], examples: int) -> None:
        self.others: list[tuple[str, str, bool]] = []
        self.passed_over: dict[str, Count] = {}
        self.unlisted: list[tuple[str, str, str]] = []
        self.families_done = 0
        self.families_total = 0
        self._places = places
        self._examples = examples
        self._names = definition_names(settings())

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for place in self._places:
            if place.kind == "repository":
                yield from self._repository(place.path)
            elif place.kind == "family":
                yield from self._one_family(place.path)
            elif place.kind == "tree":
                yield from self._tree(place.path)
            elif place.kind == "package":
                yield from self._package(place.path)
            else:
                yield from self._file(_family_name(os.path.dirname(place.path)), place.path)

    def alternative(self, path: str) -> str | None:
        """The definition of a package whose preferred one, `path`, is not there."""
        directory, name = os.path.split(path)
        if name != self._names[0]:
            return None
        return find_definition(directory, self._names[1:])

    def pass_over(self, why: str, path: str) -> None:
        """Note something that is no package."""
        self.passed_over.setdefault(why, Count()).add(Example(path), self._examples)

    def _repository(self, path: str) -> Iterator[tuple[str, str]]:
        repository = FilesystemRepository(path)
        names = repository.family_names()
        self.families_total += len(names)
        for name in names:
            try:
                family = repository.get_family(name)
            except RezError as error:
                self.unlisted.append((name, os.path.join(repository.location, name), str(error)))
            else:
                if family is not None:
                    yield from self._family(family)
            self.families_done += 1

    def _one_family(self, path: str) -> Iterator[tuple[str, str]]:
        location, name = os.path.split(os.path.realpath(path))
        try:
            family = FilesystemRepository(location).get_family(name)
        except PackageRequestError:  # no family may be called that; its packages can be read
            family = None
        if family is None:
            yield from self._repository(path)
        else:
            yield from self._family(family)

    def _family(self, family: PackageFamily) -> Iterator[tuple[str, str]]:
        name = family.name
        base = f"{family.repository.location}/{name}"
        if isinstance(family, CombinedFamily):
            path = f"{base}.py"
            self.others.append((name, path if os.path.isfile(path) else f"{base}.yaml", True))
            return
        for directory, why in family.skipped:
            self.pass_over(why.partition(":")[0], f"{base}/{directory}")
        first = self._names[0]
        for version in family.versions:
            yield name, f"{base}/{version}/{first}" if version else f"{base}/{first}"

    def _package(self, directory: str) -> Iterator[tuple[str, str]]:
        path = find_definition(directory, self._names)
        if path is not None:
            yield from self._file(_family_name(directory), path)

    def _file(self, family: str, path: str) -> Iterator[tuple[str, str]]:
        # a pipe would hang whoever reads YAML; the scanner says what it is
        if is_yaml(path) and os.path.isfile(path):
            self.others.append((family, path, False))
        else:
            yield family, path

    def _tree(self, top: str) -> Iterator[tuple[str, str]]:
        """Every checkout below `top`; what is in a checkout is its own business."""
        entered = _Entered(top)
        waiting = [top]
        while waiting:
            directory = waiting.pop()
            below: list[str] = []
            files: set[str] = set()
            try:
                with os.scandir(directory) as entries:
                    for entry in entries:
                        if entry.name in self._names:
                            if _is(entry.is_file):
                                files.add(entry.name)
                        elif entry.name[0] != "." and _is(entry.is_dir) and entered.enter(entry):
                            below.append(entry.path)
            except OSError as error:
                why = f"{directory}: cannot be listed: {error.strerror}"
                self.unlisted.append((_family_name(directory), directory, why))
                continue
            for name in self._names:
                if name in files:
                    path = os.path.join(directory, name)
                    yield from self._file(_family_name(directory), path)
                    break
            else:
                waiting.extend(sorted(below, reverse=True))


class _Entered:
    """Keeps a walk from going round in circles: a link is followed once, and out of the tree."""

    def __init__(self, top: str) -> None:
        self._top = os.path.join(os.path.realpath(top), "")
        self._targets: set[str] = set()

    def enter(self, entry: os.DirEntry[str]) -> bool:
        if not entry.is_symlink():
            return True
        target = os.path.join(os.path.realpath(entry.path), "")
        if target.startswith(self._top) or self._top.startswith(target):
            return False
        if any(target.startswith(other) or other.startswith(target) for other in self._targets):
            return False
        self._targets.add(target)
        return True


def _is(asked: Callable[[], bool]) -> bool:
    """What an entry answers; no, when it is a link that goes round in circles."""
    try:
        return asked()
    except OSError:
        return False


def _family_name(directory: str) -> str:
    """What a package is probably called: a version's directory is in its family's."""
    parent, name = os.path.split(os.path.abspath(directory))
    return os.path.basename(parent) or name if name[:1].isdigit() else name
