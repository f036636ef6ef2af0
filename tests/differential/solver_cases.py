"""Cases for the solver: small dense repositories, requests that conflict in them, and a shrinker.

A case is plain JSON data, so that it can be recorded, sent to another process and cut down. One
generator makes them from any `random.Random`: a seeded one for large runs, hypothesis's for small
ones. Sizes and rates are tuned so that solves backtrack and fail in every way rather than succeed
at once; `run_solver_cases.py` prints the distribution.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, TypedDict

from hypothesis import strategies as st

# {family: {version: {"requires": [...], "variants": [[...]], ...}}}, in rez's in-memory layout
RepositoryData = dict[str, dict[str, dict[str, Any]]]
NO_VERSION = "_NO_VERSION"


class SolverCase(TypedDict):
    """One solve: repositories in search order, the request and the options."""

    repositories: list[RepositoryData]
    request: list[str]
    building: bool
    variant_select_mode: str
    error_on_missing_variant_requires: bool
    package_filter: list[dict[str, list[str]]]
    package_orderers: list[dict[str, Any]]
    max_fails: int


DEFAULTS: dict[str, Any] = {
    "building": False,
    "variant_select_mode": "version_priority",
    "error_on_missing_variant_requires": True,
    "package_filter": [],
    "package_orderers": [],
    "max_fails": -1,
}

NAMES = [
    *("maya", "Nuke", "py.side", "usd_core", "_tools", "3delight", "python", "boost", "vray"),
    *("alembic", "gcc", "zlib", "Arnold", "oiio"),
]
EPHEMERALS = [".lighting", ".os", ".Feature.x"]

# Pools of versions, each in rez's ascending order.
VERSION_POOLS = [
    ["1", "2", "3", "4", "5"],
    ["1.0", "1.1", "1.2", "2.0", "2.1", "3.0"],
    ["1", "1.0", "1.0.1", "1.1", "2", "2.0"],
    ["a", "a.1", "beta2", "beta10", "01", "1", "1.0", "1_"],
    ["1.Z", "1._", "1.a", "1.0", "1.0.m1", "1.0_", "1.0_1", "1.00", "1.01", "1.1"],
    ["0", "0.1", "00", "1-0", "1.0-rc", "1.5", "2-1", "2.1.x", "10", "10.0"],
]

# Range forms that hold W, by what they need besides: I <= W <= J, or a version below or above W.
FORMS = ["-W", "-W", "==W", "==W", "-W+", "<=J", ">=I", "-I..J", "-I+<=J", "@W", "#I+", "<=J,>=I"]
FORMS_BELOW = [">L", ">L<=J", "-L|W", "==L|==W", "-L+", "<L|W+", "<=J,>L", "-L|>L"]
FORMS_ABOVE = ["<H", "-I+<H", "-W+<H", ">=I,<H", "-W|H", "==H|==W", "<H,>=I", "-I+<H|==H", "<H|>H"]
FORMS_BOTH = [">L<H", "<H,>L", "==L|>L<H", "-L|W|H", ">L,<H"]


def backwards(version: object) -> str:
    """The sort key of `backwards`, an orderer that a user of rez might have written."""
    return str(version)[::-1]


def seeded_case(seed: int) -> SolverCase:
    """The case of a seed: the same on every machine."""
    return generate_case(Random(seed))


def solver_cases() -> st.SearchStrategy[SolverCase]:
    """Cases as a hypothesis strategy: every choice is hypothesis's, so that it can shrink them."""
    return st.randoms(use_true_random=False).map(generate_case)


def generate_case(random: Random) -> SolverCase:
    """A case from a source of random choices."""
    return _Generator(random).case()


class _Generator:
    """One case in the making: the knobs drawn for it, and the versions each family will have."""

    def __init__(self, random: Random) -> None:
        self.random = random
        dense = random.random() < 0.8
        count = random.randint(8, 14) if dense else random.randint(2, 8)
        self.families = random.sample(NAMES, count)
        self.dense = dense
        # layers, when dense: what is asked for, what that wants, and what they fall out over
        self.top = max(2, random.choice([3, 3, 4]) if dense else len(self.families) // 2)
        self.bottom = len(self.families) - random.randint(1, 2)
        self.pool = random.choice(VERSION_POOLS)
        self.versions = {name: self._family_versions() for name in self.families}
        self.solution = {
            name: random.choice(versions) for name, versions in self.versions.items() if versions
        }
        self.solution |= {name: random.choice(self.pool) for name in EPHEMERALS}
        self.ephemerals = random.choice([0.0, 0.0, 0.1, 0.25])
        self.conflict_rate = random.choice([0.0, 0.05, 0.1, 0.3])
        self.choosy = random.random() < 0.2
        self.variant_rate = 0.9 if self.choosy else random.choice([0.0, 0.3, 0.6, 0.9])
        self.missing_family_rate = random.choice([0.0] * 5 + [0.03])
        self.missing_version_rate = random.choice([0.0] * 9 + [0.02])
        self.broken_rate = random.choice([0.0] * 14 + [0.03])
        self.clash_rate = random.choice([0.0] * 6 + [0.02])
        self.cycle_rate = random.choice([0.0, 0.0, 0.0, 0.15])
        self.narrowness = random.choice([0.8, 0.9, 1.0] if dense else [0.3, 0.6, 0.9])
        self.max_requires = random.choice([1, 2, 2, 3] if dense else [1, 2, 3])
        self.min_requires = random.choice([0, 1, 1, 1]) if dense else 0
        self.tight = random.choice([0.5, 0.8, 1.0] if dense else [0.2, 0.6])
        self.agreement = random.choice([1.0, 0.95, 0.5, 0.1])
        self.timestamps = random.random() < 0.4

    def case(self) -> SolverCase:
        random = self.random
        request = self._request()
        self.requested = {re.split("[-@#=<>]", text.lstrip("!~"))[0] for text in request}
        repositories = [self._repository(1.0)]
        if random.random() < 0.15:
            repositories.append(self._repository(0.6))
        return {
            "repositories": repositories,
            "request": request,
            "building": random.random() < 0.3,
            "variant_select_mode": random.choice(["version_priority", "intersection_priority"]),
            "error_on_missing_variant_requires": random.random() < 0.5,
            "package_filter": self._filters() if random.random() < 0.2 else [],
            "package_orderers": self._orderers() if random.random() < 0.35 else [],
            "max_fails": random.choice([0, 1, 2]) if random.random() < 0.05 else -1,
        }

    def _chance(self, rate: float) -> bool:
        return self.random.random() < rate

    def _family_versions(self) -> list[str]:
        """Versions in ascending order; sometimes none at all, for an unversioned package."""
        if self._chance(0.06):
            return []
        count = self.random.randint(2 if self.dense else 1, min(5, len(self.pool)))
        chosen = set(self.random.sample(self.pool, count))
        return [version for version in self.pool if version in chosen]

    # repositories

    def _repository(self, density: float) -> RepositoryData:
        data: RepositoryData = {}
        for i, name in enumerate(self.families):
            versions = self.versions[name]
            if density < 1.0 and not self._chance(density):
                continue
            keys = [self._spelling(version) for version in versions if self._chance(density)]
            self.random.shuffle(keys)
            if not versions or self._chance(0.01):
                keys.append(NO_VERSION)
            data[name] = {version: self._package(name, version, i) for version in keys}
        return data

    def _spelling(self, version: str) -> str:
        """Now and then the same version with the other separator, `1-0` for `1.0`."""
        return version.replace(".", "-") if self._chance(0.03) else version

    def _package(self, name: str, version: str, position: int) -> dict[str, Any]:
        random = self.random
        package: dict[str, Any] = {"name": name}
        if version != NO_VERSION:
            package["version"] = version
        targets = self._targets(position) + [e for e in EPHEMERALS if self._chance(self.ephemerals)]
        planted = version == NO_VERSION or self.solution.get(name) == version
        agrees = self._chance(self.agreement if planted else 0.1)
        count = 0 if self.choosy and self._chance(0.7) else self._count()
        requires = self._requirements(targets, count, agrees)
        if requires or self._chance(0.1):
            package["requires"] = requires
        if self._chance(self.variant_rate if targets else 0.1):
            package["variants"] = self._variants(self._free(targets, requires), agrees)
        for attribute in ("build_requires", "private_build_requires"):
            if self._chance(0.12):
                free = self._free(targets, requires)
                package[attribute] = self._requirements(free, random.randint(1, 2), agrees)
        if self.timestamps and self._chance(0.8):
            package["timestamp"] = self.random.randint(1, 9) * 100
        return package

    def _count(self) -> int:
        return self.random.randint(self.min_requires, self.max_requires)

    def _targets(self, position: int) -> list[str]:
        """Families that a package may require: those further down, unless the case makes cycles."""
        if self._chance(self.cycle_rate):
            return list(self.families)
        if self.dense and position < self.top and self._chance(0.85):
            return self.families[self.top : self.bottom]
        if self.dense and position < self.bottom:
            return self.families[self.bottom :]
        return self.families[position + 1 :]

    def _free(self, targets: list[str], requires: list[str]) -> list[str]:
        """Targets that a package does not require yet: asking twice would mostly contradict."""
        if self._chance(self.clash_rate):
            return targets
        taken = tuple(re.split("[-@#=<>]", request.lstrip("!~"))[0] for request in requires)
        return [name for name in targets if name not in taken]

    def _variants(self, targets: list[str], agrees: bool) -> list[list[str]]:
        """Variants that mostly differ in what they want of the same few families."""
        random = self.random
        shared = random.sample(targets, min(len(targets), random.randint(1, 2)))
        if self._chance(0.9 if self.choosy else 0.2):
            # where they meet the request, the mode of their selection counts
            shared = [name for name in targets if name in self.requested] or shared
        variants: list[list[str]] = []
        for _ in range(0 if self._chance(0.03) else random.randint(1, 4)):
            names = shared if self._chance(0.9 if self.choosy else 0.7) else targets
            # one that agrees is enough for the package to do so
            one_agrees = agrees and (not variants or self._chance(0.3))
            count = 0 if self._chance(0.1) else random.randint(1, 3 if self.choosy else 2)
            variants.append(self._requirements(names, count, one_agrees))
        random.shuffle(variants)
        return variants

    # requirements

    def _requirements(self, targets: list[str], count: int, agrees: bool) -> list[str]:
        """Requirements of different families; rarely of the same one twice."""
        random = self.random
        names: list[str] = []
        for _ in range(count):
            if targets:
                names.append(random.choice(targets))
        if not self._chance(self.clash_rate):
            names = list(dict.fromkeys(names))
        return [self._requirement(name, agrees) for name in names]

    def _requirement(self, name: str, agrees: bool, request: bool = False) -> str:
        """A requirement of a family; one that `agrees` lets the planted solution pass."""
        random = self.random
        if self._chance(self.missing_family_rate):
            return random.choice(["absent", "absent-1", "~absent-1", "!absent"])
        if self._chance(self.broken_rate):
            return random.choice(["maya-2..1", "not a name", "maya-1.", "maya-3+<2", ""])
        versions = self.versions.get(name, self.pool)
        planted = self.solution.get(name)
        others = [version for version in versions if version != planted] or versions
        prefix = self._prefix(name, request)
        if not versions or not self._chance(0.9 if prefix else self.narrowness):
            version = None
        elif (
            request
            and not prefix
            and self._chance(0.95 if self.choosy else 0.85 if self.dense else 0.4)
        ):
            version = None  # a wide request leaves the solver something to choose
        elif (agrees and prefix != "!") or (prefix == "!" and not agrees):
            version = planted
        else:
            version = random.choice(others)
        if prefix == "!" and agrees:
            if version is None or version == planted:
                prefix = "~"
            else:
                return f"!{name}=={version}"
        return prefix + name + self._range(name, version)

    def _prefix(self, name: str, request: bool) -> str:
        if not self._chance(self.conflict_rate):
            return ""
        # rez takes `!.x` and `~.x` in a request only: in a definition they are an error
        if name.startswith(".") and not request and not self._chance(self.broken_rate):
            return ""
        return self.random.choice("!!~~~")

    def _range(self, name: str, version: str | None) -> str:
        """The range part of a requirement, separator included, that holds a version if it can."""
        random = self.random
        if self._chance(self.missing_version_rate):
            return random.choice(["-77", "==0.77", ">99", "-66|77"])
        versions = self.versions.get(name, self.pool)
        if version is None or not versions:
            return "" if self._chance(0.97) else "-1"
        if self._chance(self.tight):
            return random.choice(["-", "=="]) + version
        at = versions.index(version)
        forms = list(FORMS)
        if at > 0:
            forms += FORMS_BELOW
        if at + 1 < len(versions):
            forms += FORMS_ABOVE
        if 0 < at < len(versions) - 1:
            forms += FORMS_BOTH
        chosen = {
            "W": version,
            "I": versions[random.randint(0, at)],
            "J": versions[random.randint(at, len(versions) - 1)],
            "L": versions[random.randrange(at)] if at else version,
            "H": versions[random.randint(at + 1, len(versions) - 1)] if versions[at + 1 :] else "",
        }
        return "".join(chosen.get(letter, letter) for letter in random.choice(forms))

    def _request(self) -> list[str]:
        random = self.random
        count = random.choice([1, 2, 3, 3, 4, 5] if self.dense else [1, 1, 2, 3])
        # mostly from the top: those have something beneath them to conflict over
        top = self.families[: self.top]
        beneath = self.families[self.top : self.bottom]
        if self.dense and self.choosy:
            # one package whose variants then differ in what they want of the rest of the request
            names = [random.choice(top), *random.sample(beneath, min(len(beneath), 3))]
        elif self.dense and self._chance(0.8):
            names = random.sample(top, len(top))
        else:
            pools = [top if self._chance(0.7) else self.families for _ in range(count)]
            names = [random.choice(pool) for pool in pools]
        if not self.choosy and self._chance(0.5):
            # families of any depth beside: the variants further down meet them in the request
            for name in random.choices(self.families, k=random.randint(1, 3)):
                names.insert(random.randint(0, len(names)), name)
        names = names if self._chance(0.15) else list(dict.fromkeys(names))
        if self._chance(0.15):
            names.insert(random.randint(0, len(names)), random.choice(EPHEMERALS))
        requests = [self._requirement(name, self._chance(0.85), request=True) for name in names]
        if self._chance(0.01):
            requests.append(random.choice(["maya-2..1", "not a name", "maya-1.", "!!maya", "-1"]))
        return requests

    # filters and orderers

    def _filters(self) -> list[dict[str, list[str]]]:
        random = self.random
        filters = []
        for _ in range(random.choice([1, 1, 2])):
            pod = {"excludes": [self._rule() for _ in range(random.randint(1, 3))]}
            if self._chance(0.4):
                pod["includes"] = [self._rule() for _ in range(random.randint(1, 2))]
            filters.append(pod)
        return filters

    def _rule(self) -> str:
        random = self.random
        name = random.choice(self.families)
        # mostly one that the planted solution can do without
        versions = [v for v in self.versions[name] if v != self.solution[name]]
        version = random.choice(versions or self.pool)
        moment = random.randint(1, 9) * 100
        return random.choice(
            [
                f"{name}=={version}",
                f"range({name}-{version})",
                f"{name}-{version}*",
                f"{name}-*{version[-1]}",
                f"glob(*-{version})",
                f"glob({name}-[{version[0]}a]*)",
                f"regex({name}-.*{version}$)",
                f"regex(.*-{version}.*)",
                f"before({moment // 3})",
                f"after({moment + 500})",
                f"after({name}:{moment})",
                f"before({name}:{moment})",
            ]
        )

    def _orderers(self) -> list[dict[str, Any]]:
        if self._chance(0.1):
            return [{"type": "backwards"}]
        orderers = []
        for _ in range(self.random.choice([1, 1, 2])):
            pod = self._orderer(per_family=True)
            if pod["type"] != "per_family" and self._chance(0.5):
                count = self.random.randint(1, len(self.families))
                pod["packages"] = self.random.sample(self.families, count)
            orderers.append(pod)
        return orderers

    def _orderer(self, per_family: bool) -> dict[str, Any]:
        random = self.random
        kinds = ["sorted", "sorted", "version_split", "soft_timestamp", "no_order"]
        kind = random.choice([*kinds, "per_family"] if per_family else kinds)
        if kind == "sorted":
            return {"type": kind, "descending": self._chance(0.25)}
        if kind == "version_split":
            return {"type": kind, "first_version": random.choice(self.pool)}
        if kind == "soft_timestamp":
            moment = random.randint(0, 10) * 100
            return {"type": kind, "timestamp": moment, "rank": random.choice([0, 0, 1, 2, 3])}
        if kind == "no_order":
            return {"type": kind}
        orderers = []
        for _ in range(random.randint(1, 2)):
            names = random.sample(self.families, random.randint(1, 2))
            orderers.append({"packages": names, **self._orderer(per_family=False)})
        pod: dict[str, Any] = {"type": kind, "orderers": orderers}
        if self._chance(0.5):
            pod["default_order"] = self._orderer(per_family=False)
        return pod


def shrink(case: SolverCase, still_fails: Callable[[SolverCase], bool]) -> SolverCase:
    """The case cut down as far as it goes with `still_fails` true all the way.

    Greedy: the first smaller case that still fails takes the place of the case, until none does.
    """
    while True:
        for smaller in _smaller_cases(case):
            if still_fails(smaller):
                case = smaller
                break
        else:
            return case


def _smaller_cases(case: SolverCase) -> Iterator[SolverCase]:
    """Each case that is one cut smaller, the large cuts first."""
    whole: dict[str, Any] = dict(case)
    for option, default in DEFAULTS.items():
        if whole[option] != default:
            yield _with(case, [option], default)
    if len(case["repositories"]) > 1:
        for i in range(len(case["repositories"])):
            yield _with(case, ["repositories", i], _DROP)
    for i, data in enumerate(case["repositories"]):
        for family, versions in data.items():
            yield _with(case, ["repositories", i, family], _DROP)
            for version in versions:
                yield _with(case, ["repositories", i, family, version], _DROP)
    for path in _list_items(whole, []):
        yield _with(case, path, _DROP)
    for i, data in enumerate(case["repositories"]):
        for family, versions in data.items():
            for version, package in versions.items():
                for attribute in package.keys() - {"name", "version"}:
                    yield _with(case, ["repositories", i, family, version, attribute], _DROP)
    for path in _list_items(whole, []):
        text = _at(whole, path)
        if isinstance(text, str) and path[0] in ("repositories", "request"):
            for simpler in _simpler_requirements(text):
                yield _with(case, path, simpler)


def _simpler_requirements(text: str) -> Iterator[str]:
    bare = text.lstrip("!~")
    name = re.split("[-@#=<>]", bare)[0]
    for simpler in (name, bare):
        if simpler != text:
            yield simpler
    if "|" in text:
        yield text[: text.rindex("|")]


_DROP = object()


def _list_items(value: Any, path: list[Any]) -> Iterator[list[Any]]:
    """Paths of all items of all lists, an outer list before those within it."""
    if isinstance(value, list):
        if path != ["repositories"]:
            yield from ([*path, i] for i in range(len(value)))
        for i, item in enumerate(value):
            yield from _list_items(item, [*path, i])
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _list_items(item, [*path, key])


def _at(value: Any, path: list[Any]) -> Any:
    for key in path:
        value = value[key]
    return value


def _with(case: SolverCase, path: list[Any], value: Any) -> SolverCase:
    """A copy of the case with the value at a path replaced, or dropped."""
    result = copy.deepcopy(case)
    holder = _at(result, path[:-1])
    if value is _DROP:
        del holder[path[-1]]
    else:
        holder[path[-1]] = copy.deepcopy(value)
    return result
