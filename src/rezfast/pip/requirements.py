"""Names, versions and requirements of PEP 440 and 508 as rez's (rez: `rez.utils.pip`).

A version of PEP 440 with a suffix (1.2a1, 1.2.post1, 1.2.dev1) lies elsewhere in rez's order:

    PEP 440   1.2.dev0 < 1.2a0 < 1.2b0 < 1.2rc0 < 1.2 < 1.2.post0 < 1.2.0.1
    rez       1.2 < 1.2.a0 < 1.2.b0 < 1.2.dev0 < 1.2.post0 < 1.2.rc0 < 1.2.0.1

Specifiers without a suffix are converted as rez does it. Those with one become the versions that
PEP 440 means, piece by piece in rez's order, since rez's way would put the release itself on
the wrong side.
"""

from __future__ import annotations

import re

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as PipRequirement
from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import InvalidVersion
from packaging.version import Version as PipVersion

from rezfast.errors import PackageRequestError, VersionError
from rezfast.version import Requirement, VersionRange, is_valid_package_name

# Old metadata has ">=2.7.*", which only == and != allow; pip took it as ">=2.7" for many years.
_STRAY_WILDCARD = re.compile(r"(?P<specifier>(?:<=?|>=?|~=)\s*v?[0-9][0-9.]*)\.\*")

_PLAIN_VERSION = re.compile(r"[a-z0-9_]+([.-][a-z0-9_]+)*")

# What comes before a pre-release of a phase. All of a kind are from kind0 to kind_ in rez's order.
_BEFORE = {"a": ("dev",), "b": ("a", "dev"), "rc": ("a", "b", "dev")}

Piece = tuple[str, str]
"""Versions from a lower bound, "" if there is none, to an upper one that is not among them."""


def rez_package_name(name: str) -> str:
    """The family of a distribution (rez: `pip_to_rez_package_name`).

    Raises:
        PackageRequestError: No family can have that name.
    """
    family = name.replace("-", "_")
    if not is_valid_package_name(family):
        raise PackageRequestError(f"{name!r} is not the name of a distribution")
    return family


def rez_version(version: str, allow_legacy: bool = True) -> str:
    """The version of a distribution in rez's notation: 1.0a1 is 1.0.a1, 1.0+local is 1.0-local.

    Rez equivalent: `pip_to_rez_version`.

    Args:
        version: The text of PEP 440.
        allow_legacy: Take a text that is no version of PEP 440 as it is, in lower case.

    Raises:
        VersionError: It is not a version of PEP 440, nor can it be a package's as it is.
        PackageRequestError: It has an epoch.
    """
    try:
        parsed = PipVersion(version)
    except InvalidVersion:
        if not allow_legacy:
            raise VersionError(f"{version!r} is not a version of PEP 440", version) from None
        return _as_it_is(version)
    return _notation(parsed)


def rez_range(specifiers: SpecifierSet | str) -> VersionRange:
    """The versions that specifiers admit (rez: `pip_specifier_to_rez_requirement`).

    Args:
        specifiers: As in `>=1.2,!=1.3.*`.

    Raises:
        PackageRequestError: They cannot be read, admit nothing, or name an epoch.
    """
    if isinstance(specifiers, str):
        try:
            specifiers = SpecifierSet(_STRAY_WILDCARD.sub(r"\g<specifier>", specifiers))
        except InvalidSpecifier:
            raise PackageRequestError(f"{specifiers!r} is not a specifier of PEP 440") from None
    # a set: in the order of their texts, so that the outcome is the same each time
    total = VersionRange("")
    for specifier in sorted(specifiers, key=str):
        common = total.intersection(_convert(specifier))
        if common is None:
            raise PackageRequestError(f"no version is admitted by '{specifiers}'")
        total = common
    return total


def rez_requirement(requirement: PipRequirement, name: str | None = None) -> Requirement:
    """A requirement without its marker and extras (rez: `packaging_req_to_rez_req`).

    Args:
        requirement: What a distribution requires. One with a url admits any version.
        name: The distribution's name as it spells it; default: as the requirement spells it.

    Raises:
        PackageRequestError: As `rez_range` and `rez_package_name`.
    """
    family = rez_package_name(name or requirement.name)
    try:
        admitted = rez_range(requirement.specifier)
    except PackageRequestError as error:
        raise PackageRequestError(f"the requirement '{requirement}': {error}") from None
    return Requirement(family if admitted.is_any() else f"{family}-{admitted}")


def parse_requirement(text: str) -> PipRequirement:
    """A requirement of PEP 508, or of older metadata (`foo (>=2.7.*)`).

    Raises:
        PackageRequestError: It is none.
    """
    specifier, semicolon, marker = text.partition(";")
    try:
        return PipRequirement(_STRAY_WILDCARD.sub(r"\g<specifier>", specifier) + semicolon + marker)
    except InvalidRequirement as error:
        reason = str(error).partition("\n")[0]
        raise PackageRequestError(f"the requirement {text!r} cannot be read: {reason}") from None


def _as_it_is(version: str) -> str:
    text = version.strip().lower()
    # it becomes the name of a directory, and a version takes any character for a separator
    if not _PLAIN_VERSION.fullmatch(text):
        raise VersionError(f"{version!r} cannot be the version of a package", version)
    return text


def _notation(version: PipVersion) -> str:
    if version.epoch:
        raise PackageRequestError(
            f"the version {version} has an epoch ({version.epoch}!), and rez has no place for one: "
            "without it, its order would be wrong"
        )
    text = ".".join(map(str, version.release))
    if version.pre:
        text += f".{version.pre[0]}{version.pre[1]}"
    if version.post is not None:
        text += f".post{version.post}"
    if version.dev is not None:
        text += f".dev{version.dev}"
    return f"{text}-{version.local}" if version.local else text


def _convert(specifier: Specifier) -> VersionRange:
    operator, text = specifier.operator, specifier.version
    if operator == "===":
        return VersionRange(f"=={rez_version(text)}")
    wildcard = text.endswith(".*")
    version = PipVersion(text.removesuffix(".*"))
    notation = _notation(version)
    if wildcard:
        return _exactly(operator, notation, _next(notation))
    if version.local:
        # one build, and only == and != may name it
        exact = VersionRange(f"=={notation}")
        return exact if operator == "==" else _inverse(exact)
    if operator == "~=":
        beyond = _next(".".join(map(str, version.release[:-1])))
        compatible = _from(version).intersection(VersionRange(f"<{beyond}"))
        if compatible is None:
            raise PackageRequestError(f"no version is admitted by '{specifier}'")
        return compatible
    if operator in ("==", "!="):
        if _has_suffix(version):
            return _exactly(operator, notation, _next(notation))
        adjacent = f"{notation}.1"
        return VersionRange(
            f"{notation}+<{adjacent}" if operator == "==" else f"<{notation}|{adjacent}+"
        )
    if operator == "<":
        return _below(version)
    if operator == "<=":
        return _below(version, through=True)
    return _from(version) if operator == ">=" else _inverse(_below(version, through=True))


def _exactly(operator: str, notation: str, following: str) -> VersionRange:
    """A version and all that begins with it, or everything else."""
    return VersionRange(notation if operator == "==" else f"<{notation}|{following}+")


def _from(version: PipVersion) -> VersionRange:
    return _inverse(_below(version))


def _below(version: PipVersion, through: bool = False) -> VersionRange:
    """The versions below one, or up to and with it."""
    prefix = ".".join(map(str, version.release))
    if not _has_suffix(version):
        return VersionRange(f"<{prefix}.1" if through else f"<{prefix}")
    pieces: list[Piece] = [("", prefix)]
    if version.pre:
        phase, number = version.pre
        pieces += [(f"{prefix}.{kind}0", f"{prefix}.{kind}_") for kind in _BEFORE[phase]]
        pieces += [(f"{prefix}.{phase}0", f"{prefix}.{phase}{number}")]
        prefix += f".{phase}{number}"
    if version.post is not None:
        post = f"{prefix}.post{version.post}"
        # all else that begins with what the post-release is of: builds, candidates
        pieces += [(prefix, post), (f"{prefix}.post_", f"{prefix}.0")]
        prefix = post
    if version.dev is not None:
        pieces += [(f"{prefix}.dev0", f"{prefix}.dev{version.dev}")]
        prefix += f".dev{version.dev}"
    if through:
        pieces += [(prefix, _next(prefix))]
    return VersionRange(
        "|".join(
            f"{lower}+<{upper}" if lower else f"<{upper}"
            for lower, upper in pieces
            if lower != upper
        )
    )


def _inverse(versions: VersionRange) -> VersionRange:
    # never of all versions: there is an upper bound in each that comes here
    inverse = versions.inverse()
    return VersionRange("") if inverse is None else inverse


def _has_suffix(version: PipVersion) -> bool:
    return version.pre is not None or version.post is not None or version.dev is not None


def _next(notation: str) -> str:
    """The text with its last number one higher: 1.2 to 1.3, 1.2.a1 to 1.2.a2."""
    digits = re.search(r"[0-9]+$", notation)
    if digits is None:
        raise PackageRequestError(f"{notation!r} does not end in a number")
    return f"{notation[: digits.start()]}{int(digits.group()) + 1}"
