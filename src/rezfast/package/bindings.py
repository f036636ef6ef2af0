"""What a late bound function finds while a resolve runs (rez: `rez.rex_bindings`).

Pass a `LateContext` as the context of a solve, and `requires` that asks `in_context()`, `request`,
`implicits`, `intersects(...)`, `building` or `system` gets rez's answers.
"""

from __future__ import annotations

from rezfast._version import Requirement, VersionRange
from rezfast.config.system import System

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


class Requests:
    """Requests by family name: `request.maya`, `request["maya"]`, `"maya" in request`.

    Args:
        requests: The requests; a later one of the same family hides an earlier one.
        what: How a missing one is called in the error.
    """

    def __init__(self, requests: Iterable[Requirement], what: str = "request") -> None:
        self._requests = {request.name: str(request) for request in requests}
        self._what = what

    def get(self, name: str, default: Any = None) -> Any:
        """The request's text, or the default."""
        return self._requests.get(name, default)

    def get_range(self, name: str, default: str | None = None) -> VersionRange | None:
        """The range that is asked for, else the default as a range, else None."""
        text = self._requests.get(name)
        if text:
            return Requirement(text).range
        return None if default is None else VersionRange(default)

    def __getitem__(self, name: str) -> str:
        try:
            return self._requests[name]
        except KeyError:
            # rez raises this for both ways of asking, and definitions catch it
            raise AttributeError(f"{self._what} does not exist: {name!r}") from None

    def __getattr__(self, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __contains__(self, name: object) -> bool:
        return name in self._requests

    def __str__(self) -> str:
        return str(list(self._requests.values()))


def intersects(asked: object, versions: str) -> bool:
    """Whether a request's text or a range has a version in common with a range.

    Args:
        asked: Text of a request, as `request.maya` gives it, or a `VersionRange`.
        versions: Text of the other range.

    Raises:
        TypeError: `asked` is something else.
    """
    if isinstance(asked, str):
        request = Requirement(asked)
        if request.conflict or request.range is None:
            return False
        found: VersionRange = request.range
    elif isinstance(asked, VersionRange):
        found = asked
    else:
        raise TypeError(f"intersects() takes a request or a range, not {type(asked).__name__}")
    return bool(VersionRange(versions).intersects(found))


class LateContext:
    """The context of a resolve that has not been made yet.

    Args:
        package_requests: What is asked for, as text.
        implicit_packages: What the configuration adds to it.
        building: Whether it is the environment of a build.
        testing: Whether it is the environment of a package's test.
        system: What the function finds as `system`.
    """

    def __init__(
        self,
        package_requests: Iterable[str],
        implicit_packages: Iterable[str] = (),
        *,
        building: bool = False,
        testing: bool = False,
        system: System | None = None,
    ) -> None:
        self.building = building
        self.testing = testing
        self._package_requests = package_requests
        self._implicit_packages = implicit_packages
        self._system = system

    def _get_pre_resolve_bindings(self) -> dict[str, Any]:
        # made when a late bound function asks, since most resolves meet none
        return {
            "system": System({}) if self._system is None else self._system,
            "building": self.building,
            "testing": self.testing,
            "request": Requests(Requirement(text) for text in self._package_requests),
            "implicits": Requests(Requirement(text) for text in self._implicit_packages),
            "ephemerals": Requests((), "ephemeral"),
            "intersects": intersects,
        }
