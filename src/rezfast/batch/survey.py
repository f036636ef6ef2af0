"""A survey: every definition of some places, sorted into classes, counted and measured.

Nothing is run: what the scanner refuses is looked at by Python's compiler alone, to tell a broken
definition from one that has to be evaluated. Only a differential survey runs definitions.
"""

from __future__ import annotations

import os
from collections import deque
from time import perf_counter

from rezfast._batch import iter_scan_files
from rezfast._scan import Refused, Scanned
from rezfast.batch.classes import BROKEN_PYTHON, BROKEN_YAML, COMBINED, UNREADABLE, YAML
from rezfast.batch.figures import Count, Example, FamilyFigures
from rezfast.batch.inspection import look_at_python, look_at_yaml
from rezfast.batch.places import Walk, find_place
from rezfast.batch.result import Survey

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rezfast._batch import FileError
    from rezfast.batch.places import View

    Progress = Callable[[str, int, int, int], None]

READING = "reading"  # what `Progress` is told of; the differential's part is "evaluating"

_NO_DEFINITION = "no definition file in it"
_OFTEN = 256  # definitions between two reports of progress


def run_survey(
    paths: Iterable[str],
    view: View = "installed",
    *,
    examples: int = 3,
    differential: bool = False,
    progress: Progress | None = None,
) -> Survey:
    """Survey repositories, families, packages, checkouts and single files.

    Ctrl-C ends it early and is not raised: the survey says that it is not complete.

    Args:
        paths: Where to look; see `rezfast.batch.places` for what a path may be.
        view: "installed" reads repositories as a resolve does, "source" reads whatever is below a
            path as a build does.
        examples: How many examples to keep of each class.
        differential: Evaluate each accepted definition too, and compare. This runs them.
        progress: Called now and then with what is being done ("reading" or "evaluating"), how many
            definitions that were, how many units of work are done, and how many there are (0 when
            that is not known).

    Raises:
        OSError: A path is not there or cannot be listed.
        PackageRepositoryError: A repository cannot be listed.
        ConfigurationError: The settings cannot be used.
        ValueError: The number of threads in `REZFAST_THREADS` is none.
    """
    gathering = _Gathering(Survey([find_place(path, view) for path in paths], view), examples)
    survey = gathering.survey
    if differential:
        gathering.accepted = []
    try:
        gathering.run(progress)
        if gathering.accepted is not None:
            # imports what evaluation does, and rez
            from rezfast.batch.differential import Differential

            survey.differential = Differential()
            survey.differential.compare(gathering.accepted, progress)
        survey.complete = True
    except KeyboardInterrupt:
        pass
    return survey


def repository_below(survey: Survey) -> str | None:
    """A repository that is one level below what was surveyed and found empty; None without any."""
    empty = survey.passed_over.get(_NO_DEFINITION)
    for example in () if empty is None else empty.examples:
        if find_place(example.path, "installed").kind in ("family", "package"):
            return os.path.dirname(example.path)
    return None


class _Gathering:
    """A survey at work.

    Attributes:
        survey: What it fills in.
        accepted: Where what was accepted is kept; None when nobody needs it.
    """

    def __init__(self, survey: Survey, examples: int) -> None:
        self.survey = survey
        self.accepted: list[tuple[str, Scanned]] | None = None
        self._most = examples
        self._walk = Walk(survey.places, examples)
        survey.passed_over = self._walk.passed_over

    def run(self, progress: Progress | None) -> None:
        """Walk, scan, count."""
        began = perf_counter()
        try:
            self._scan_all(progress)
            for name, path, combined in self._walk.others:
                self._add_other(name, path, combined)
                if progress is not None:
                    walk = self._walk
                    progress(
                        READING, self.survey.definitions, walk.families_done, walk.families_total
                    )
            for name, path, why in self._walk.unlisted:
                self._count(UNREADABLE, name, Example(path, None, why.removeprefix(f"{path}: ")))
        finally:
            self.survey.seconds = perf_counter() - began

    def _scan_all(self, progress: Progress | None) -> None:
        walk, survey = self._walk, self.survey
        # the scanner reads ahead: what comes out next is the first in here
        pending: deque[str] = deque()

        def paths() -> Iterator[str]:
            for name, path in walk:
                pending.append(name)
                yield path

        for done, scan in enumerate(iter_scan_files(paths(), survey.view), 1):
            name = pending.popleft()
            outcome = scan.outcome
            if isinstance(outcome, Scanned):
                if survey.view == "source":
                    name = outcome.name or name
                survey.fast += 1
                self._family(name).definitions += 1
                if self.accepted is not None:
                    self.accepted.append((scan.path, outcome))
                self._measure(name, scan.path, scan.size, scan.nanoseconds)
            elif isinstance(outcome, Refused):
                self._add_refused(name, scan.path, outcome)
                self._measure(name, scan.path, scan.size, scan.nanoseconds)
            else:
                self._add_unread(name, scan.path, outcome)
            if progress is not None and done % _OFTEN == 0:
                progress(READING, done, walk.families_done, walk.families_total)

    def _measure(self, name: str, path: str, size: int, nanoseconds: int) -> None:
        self._family(name).nanoseconds += nanoseconds
        self.survey.sizes.add(size, path)
        self.survey.times.add(nanoseconds, path)

    def _family(self, name: str) -> FamilyFigures:
        families = self.survey.families
        found = families.get(name)
        if found is None:
            found = families[name] = FamilyFigures()
        return found

    def _count(self, code: str, name: str, example: Example) -> None:
        self.survey.classes.setdefault(code, Count()).add(example, self._most)
        family = self._family(name)
        family.definitions += 1
        family.refused += 1

    def _add_refused(self, name: str, path: str, refused: Refused) -> None:
        try:
            broken = look_at_python(path)
        except OSError:  # it went away since it was scanned
            broken = None
        if broken is None:
            self._count(refused.reason, name, Example(path, refused.line))
        else:
            self._count(BROKEN_PYTHON, name, broken)

    def _add_unread(self, name: str, path: str, error: FileError) -> None:
        if error.reason in ("missing", "not-a-file"):
            other = self._walk.alternative(path)
            if other is not None:
                self._walk.others.append((name, other, False))
                return
        if error.reason == "missing":
            self._walk.pass_over(_NO_DEFINITION, path.rpartition("/")[0])
        else:
            note = error.message.removeprefix(f"{path}: ")
            self._count(error.reason, name, Example(path, None, note))

    def _add_other(self, name: str, path: str, combined: bool) -> None:
        """Count what the scanner does not read: YAML, and combined families of either kind."""
        python = path.endswith(".py")
        try:
            broken = look_at_python(path) if python else look_at_yaml(path, combined)
        except OSError as error:
            self._count(UNREADABLE, name, Example(path, None, error.strerror))
            return
        if broken is not None:
            self._count(BROKEN_PYTHON if python else BROKEN_YAML, name, broken)
        else:
            self._count(COMBINED if combined else YAML, name, Example(path))
