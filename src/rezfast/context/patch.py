"""Requests for a new context made from an old one: changes, locks on versions."""

from __future__ import annotations

from rezfast.typed import Enum
from rezfast.version import Requirement, Version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from rezfast.context.state import ContextState


class PatchLock(Enum):
    """How far a package of a context may move (rez: `PatchLock`).

    Attributes:
        description: That, in words.
        rank: How many tokens of the version stay as they are; -1: that is not what it goes by.
    """

    no_lock = ("Any version", -1)
    lock_2 = ("Other minor versions (X.*)", 1)
    lock_3 = ("Other patch versions (X.X.*)", 2)
    lock_4 = ("Other build versions (X.X.X.*)", 3)
    lock = ("This version only", -1)

    description: str
    rank: int

    def __init__(self, description: str, rank: int) -> None:
        self.description = description
        self.rank = rank


def get_lock_request(
    name: str, version: Version, patch_lock: PatchLock, weak: bool = True
) -> Requirement | None:
    """The request that holds a package as a lock says (rez: `get_lock_request`).

    `foo-1.2.1` under `lock_3` gives `~foo-1.2`. A version with fewer tokens than the lock goes by
    is kept as far as it goes.

    Args:
        name: The package's family.
        version: Its version in the context.
        patch_lock: The lock.
        weak: Make it a request that does not ask for the package.

    Returns:
        The request; None if there is nothing to hold.
    """
    sign = "~" if weak else ""
    if patch_lock is PatchLock.lock:
        return Requirement.package_request(f"{sign}{name}=={version}")
    if patch_lock is PatchLock.no_lock or not version:
        return None
    return Requirement.package_request(f"{sign}{name}-{version.trim(patch_lock.rank)}")


def patched_request(
    context: ContextState,
    package_requests: Iterable[str | Requirement] | None,
    package_subtractions: Iterable[str] | None,
    strict: bool,
    rank: int,
) -> list[Requirement]:
    """See `ResolvedContext.get_patched_request`."""
    if strict:
        asked = [
            Requirement.package_request(one.qualified_package_name) for one in context._answer()
        ]
    else:
        asked = list(context.requested_packages())
    gone = set(package_subtractions or ())
    changes: list[Requirement] = []
    for one in package_requests or ():
        if not isinstance(one, str):
            changes.append(one)
        elif one.startswith("^"):
            gone.add(one[1:])
        else:
            changes.append(Requirement.package_request(one))
    patched = _overridden([one for one in asked if one.name not in gone], changes)
    if rank > 1 and not strict:
        named = {change.name for change in changes if not change.conflict}
        patched += _rank_limits(context, named, rank)
    return patched


def _overridden(asked: list[Requirement], changes: list[Requirement]) -> list[Requirement]:
    """The requests, each change in the place of the one of its kind, or at the end."""
    # of several requests for one family the last can be overridden, and only once, as in rez
    places = {request.name: place for place, request in enumerate(asked)}
    added = []
    for change in changes:
        place = places.get(change.name)
        if (
            place is not None
            and asked[place].conflict == change.conflict
            and asked[place].weak == change.weak
        ):
            asked[place] = change
            del places[change.name]
        else:
            added.append(change)
    return asked + added


def _rank_limits(context: ContextState, named: set[str], rank: int) -> list[Requirement]:
    """Requests that keep packages below the next version in the rank above."""
    limits = []
    for variant in context._answer():
        if variant.name not in named and len(variant.version) >= rank:
            end = variant.version.trim(rank - 1).next()
            limits.append(Requirement.package_request(f"~{variant.name}<{end}"))
    return limits
