"""The words of an explanation: packages, what they require, lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rezfast._tables import PackageVariant
from rezfast.version import Requirement, Version

# A longer list of packages is told as a span of versions.
_LISTED = 3


def listed(texts: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} {last} {texts[-1]}"


def counted(count: int, noun: str) -> str:
    """`1 package`, `2 packages`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def package_text(name: str, version: Version) -> str:
    """`foo-1.0`, or `foo` for an unversioned package."""
    return f"{name}-{version}" if str(version) else name


def packages_text(
    chosen: Sequence[PackageVariant], every: Iterable[PackageVariant], listing: Iterable[Version]
) -> tuple[str, bool]:
    """Some variants of one family in few words, and whether the words are a plural.

    Variant numbers are left out where all variants of the package are meant, "every" is said where
    no version in the span is missing.

    Args:
        chosen: The variants.
        every: All variants that the solve may use of those packages.
        listing: All versions that the family has.
    """
    name = chosen[0].name
    meant: dict[Version, set[int | None]] = {}
    for variant in chosen:
        meant.setdefault(variant.version, set()).add(variant.index)
    whole: dict[Version, set[int | None]] = {version: set() for version in meant}
    for variant in every:
        if variant.version in whole:
            whole[variant.version].add(variant.index)
    partial = {version for version in meant if meant[version] < whole[version]}
    versions = sorted(meant)
    if len(versions) > _LISTED and not partial:
        span = f"{name} from {versions[0]} to {versions[-1]}"
        if all(v in meant for v in listing if versions[0] <= v <= versions[-1]):
            return f"every version of {span}", False
        return f"{len(versions)} versions of {span}", True
    texts = [
        package_text(name, version) + (_indices(meant[version]) if version in partial else "")
        for version in versions
    ]
    return listed(texts), len(texts) > 1


def _indices(indices: Iterable[int | None]) -> str:
    return "[" + ",".join(str(i) for i in sorted(i for i in indices if i is not None)) + "]"


def says(requirement: Requirement, plural: bool) -> str:
    """What a package says about another, as the end of a sentence: `requires foo-1`."""
    text = str(requirement)
    if not requirement.conflict:
        return f"{'require' if plural else 'requires'} {text}"
    if requirement.weak:
        return f"{'allow' if plural else 'allows'} no {requirement.name} but {text[1:]}"
    return f"{'rule' if plural else 'rules'} out {text.removeprefix('!')}"


def asks(requirement: Requirement) -> str:
    """What the request says about a family, as a sentence."""
    text = str(requirement)
    if not requirement.conflict:
        return f"the request asks for {text}"
    if requirement.weak:
        return f"the request allows no {requirement.name} but {text[1:]}"
    return f"the request rules out {text.removeprefix('!')}"
