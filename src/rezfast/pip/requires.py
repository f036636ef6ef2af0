"""What a package of a distribution requires, and what its variant stands for.

Requires-Dist: six>=1.9                            requires = ["six-1.9+"]
Requires-Dist: mock; python_version < "3.12"       variants = [["python-3.11", "mock"]]
compiled, or with scripts                          platform, arch and python in variants
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from rezfast.config.system import System
from rezfast.errors import DistributionError, PackageRequestError
from rezfast.pip.distribution import Distribution
from rezfast.pip.markers import MarkerEnvironment, applies, check_environment, system_packages
from rezfast.pip.requirements import rez_requirement
from rezfast.version import Version

_log = logging.getLogger("rezfast")


@dataclass(frozen=True, slots=True)
class Target:
    """What packages are made for.

    Attributes:
        environment: What its python says of itself: the variables of PEP 508.
        system: Its machine, as rez knows it.

    Raises:
        ValueError: Variables are missing.
    """

    environment: MarkerEnvironment
    system: System

    def __post_init__(self) -> None:
        check_environment(self.environment)

    @property
    def python(self) -> str:
        """The request for its python: major and minor version, as in `python-3.11`."""
        return f"python-{Version(self.environment['python_version']).trim(2)}"


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a package requires (rez: the result of `get_rez_requirements`).

    Attributes:
        requires: Requests of all variants.
        variant: Requests of the one variant: the system's first, then those that depend on it.
    """

    requires: list[str] = field(default_factory=list)
    variant: list[str] = field(default_factory=list)


def package_requirements(
    distribution: Distribution,
    target: Target,
    extras: Collection[str] = (),
    others: Iterable[Distribution] = (),
) -> Requirements:
    """The requirements of the package that a distribution becomes.

    Rez equivalent: `get_rez_requirements`.

    Args:
        distribution: What is to be converted.
        target: What for. Nothing of the running interpreter counts.
        extras: Those that were asked for by name, as in `name[extra]`.
        others: What is installed with it. They say how names are spelled, and what the extras are
            that it asks of them.

    Raises:
        DistributionError: A requirement cannot be read or converted.
    """
    known: dict[str, Distribution] = {
        canonicalize_name(other.name): other for other in (*others, distribution)
    }
    system = {"python"}
    if not distribution.is_pure_python or distribution.scripts:
        system |= {"platform", "arch"}
    requires: dict[str, None] = {}
    dependent: dict[str, None] = {}
    try:
        wanted = list(_wanted(distribution, target.environment, extras, known))
        for requirement, packages in wanted:
            other = known.get(canonicalize_name(requirement.name))
            request = str(rez_requirement(requirement, other.name if other else None))
            system |= packages
            (dependent if packages else requires)[request] = None
    except PackageRequestError as error:
        raise DistributionError(error, distribution.path) from None
    return Requirements(list(requires), [*_system_requests(system, target), *dependent])


def _system_requests(packages: Collection[str], target: Target) -> Iterator[str]:
    # in rez's order, which the hash of the variant's directory depends on
    if "platform" in packages:
        yield f"platform-{target.system.platform}"
    if "arch" in packages:
        yield f"arch-{target.system.arch}"
    if "python" in packages:
        yield target.python


def _wanted(
    distribution: Distribution,
    environment: MarkerEnvironment,
    extras: Collection[str],
    known: Mapping[str, Distribution],
) -> Iterator[tuple[Requirement, set[str]]]:
    """Requirements that apply, and the system's packages that this depends on.

    Extras have no packages of their own: who asks for `foo[bar]` requires what `foo` does for
    `bar`, so that `foo` is the same package whoever asks.
    """
    own = canonicalize_name(distribution.name)
    # distribution, extras, packages that it depends on, whether only what extras add is wanted
    pending: list[tuple[Distribution, frozenset[str], set[str], bool]] = [
        (distribution, frozenset(extras), set(), False)
    ]
    seen: set[tuple[str, frozenset[str]]] = set()
    while pending:
        source, asked, inherited, only_extras = pending.pop(0)
        for requirement in source.requires:
            if not applies(requirement.marker, environment, asked):
                continue
            if only_extras and applies(requirement.marker, environment, ()):
                continue
            packages = inherited | system_packages(requirement.marker)
            name = canonicalize_name(requirement.name)
            if name != own:
                yield requirement, packages
            key = (name, frozenset(map(canonicalize_name, requirement.extras)))
            if not key[1] or key in seen:
                continue
            seen.add(key)
            if name in known:
                pending.append((known[name], key[1], packages, True))
            else:
                _log.warning(
                    "%s: what '%s' asks for in addition is not known, since it is not installed "
                    "with it",
                    distribution.name,
                    requirement,
                )
