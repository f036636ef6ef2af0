"""Near misses: what somebody who asked for a thing that does not exist may have meant.

`closest_names` finds the families that a mistyped name resembles, `closest_versions` the versions
that lie just outside a range. Both are used only to word a failure, never to decide an answer.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from rezfast.version import Version, VersionRange

__all__ = ["closest_names", "closest_versions", "edit_distance"]

# How alike two names are, the most alike first.
_SAME_LETTERS, _TYPO, _BEGINNING, _WORD = range(4)

# Beyond this, even long names have little left in common.
_MOST_SLIPS = 3

_SEPARATORS = str.maketrans("", "", "_-. ")


def edit_distance(left: str, right: str, limit: int) -> int | None:
    """Number of typing slips that part two strings (Damerau-Levenshtein, adjacent transpositions).

    A slip is a character too many, one missing, a wrong one, or two neighbours swapped.

    Args:
        left: A string.
        right: Another one.
        limit: The largest distance of interest, 0 or more.

    Returns:
        The distance, or None when it is larger than `limit`.
    """
    if abs(len(left) - len(right)) > limit:
        return None
    far = limit + 1
    width = len(right)
    before: list[int] = []
    above = [min(j, far) for j in range(width + 1)]
    for i, a in enumerate(left, 1):
        # Further from the diagonal than `limit` nothing can be near.
        first, last = max(1, i - limit), min(width, i + limit)
        row = [far] * (width + 1)
        row[0] = min(i, far)
        for j in range(first, last + 1):
            b = right[j - 1]
            cost = above[j - 1] if a == b else 1 + min(above[j - 1], above[j], row[j - 1])
            if i > 1 and j > 1 and a == right[j - 2] and b == left[i - 2]:
                cost = min(cost, before[j - 2] + 1)
            row[j] = min(cost, far)
        # A transposition reaches back two rows, so both must be out of reach to give up.
        if min(row) > limit and min(above) > limit:
            return None
        before, above = above, row
    return above[-1] if above[-1] <= limit else None


def closest_names(name: str, candidates: Iterable[str], limit: int = 3) -> list[str]:
    """The names that `name` may have been meant as, the likeliest first.

    Likeliest is a name that differs in case or separators only, then one that a slip or two would
    turn into `name` (more in a longer name), then one that begins or ends early, then one
    that shares a whole word (`tools` for `maya_tools`).

    Args:
        name: What was written.
        candidates: The names that exist, in any order.
        limit: The largest number of names to return.

    Returns:
        At most `limit` names; empty when nothing is alike.
    """
    plain = _plain(name)
    if not plain:
        return []
    words = set(_words(name))
    slips = min(_MOST_SLIPS, (len(plain) + 1) // 3) or 1
    found: list[tuple[int, int, int, str]] = []
    for candidate in set(candidates):
        likeness = _likeness(plain, words, slips, candidate)
        if likeness is not None and candidate != name:
            found.append((*likeness, abs(len(candidate) - len(name)), candidate))
    return [candidate for *_, candidate in sorted(found)[:limit]]


def _plain(name: str) -> str:
    return name.casefold().translate(_SEPARATORS)


def _words(name: str) -> list[str]:
    return [word for word in name.casefold().replace("-", "_").split("_") if len(word) > 2]


def _likeness(plain: str, words: set[str], slips: int, candidate: str) -> tuple[int, int] | None:
    """Rank a candidate: a kind of likeness and how far off it is within the kind; None: unlike."""
    other = _plain(candidate)
    if other == plain:
        return _SAME_LETTERS, 0
    # Every letter that only one of the two has costs a slip: most candidates end here.
    mine, theirs = set(plain), set(other)
    if len(mine - theirs) <= slips and len(theirs - mine) <= slips:
        distance = edit_distance(plain, other, slips)
        # One wrong letter in a name of one or two leaves nothing to recognise.
        if distance is not None and distance < len(plain) and distance < len(other):
            return _TYPO, distance
    shorter, longer = sorted((plain, other), key=len)
    if len(shorter) > 1 and longer.startswith(shorter):
        return _BEGINNING, len(longer) - len(shorter)
    shared = words.intersection(_words(candidate))
    if shared:
        return _WORD, -max(map(len, shared))
    return None


def closest_versions(
    range: VersionRange, versions: Iterable[Version], limit: int = 3
) -> list[Version]:
    """The versions nearest to a range that does not hold them, the nearest first.

    Near is counted in versions that exist: the first one below and the first one above each part
    of the range come before the second ones. Of two that are as near, the one that shares more
    leading tokens with the end of the range that it is near to comes first (2.4 before 3 for
    `2.5`), then the higher one.

    Args:
        range: The range that was asked for.
        versions: The versions that exist, in any order; those inside the range are passed over.
        limit: The largest number of versions to return.

    Returns:
        At most `limit` versions.
    """
    outside = sorted({version for version in versions if version not in range})
    ranks: dict[Version, tuple[int, int]] = {}
    for lower, _, upper, _ in range.intervals():
        # No version in `outside` is within this part of the range: the part sits in one gap.
        gap = bisect_right(outside, lower)
        for index, version in enumerate(outside[max(0, gap - limit) : gap + limit]):
            place = max(0, gap - limit) + index
            below = place < gap
            steps = gap - place if below else place - gap + 1
            rank = steps, -_shared_tokens(version, lower if below else upper)
            ranks[version] = min(rank, ranks.get(version, rank))
    newest_first = sorted(ranks, reverse=True)
    return sorted(newest_first, key=ranks.__getitem__)[:limit]


def _shared_tokens(version: Version, end: Version) -> int:
    """How many leading tokens two versions have in common."""
    count = 0
    for mine, theirs in zip(version.as_tuple(), end.as_tuple(), strict=False):
        if mine != theirs:
            break
        count += 1
    return count
