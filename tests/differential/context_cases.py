"""Contexts, made up: repositories of packages with commands, and requests, as plain data.

`context_cases()` makes them for hypothesis, with commands from `rex_cases`. `benchmark_packages`
gives the packages of a recorded answer commands such as studios write.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from random import Random
from typing import Any

from differential.rex_cases import codes
from hypothesis import strategies as st

FAMILIES = ("foo", "bar", "maya.core", "_x1")
PHASES = ("pre_commands", "commands", "post_commands")


@dataclass(frozen=True)
class PackageCase:
    """One package of a repository.

    Attributes:
        name, version: Its name; its version, which may be empty.
        requires: Its requests.
        variants: Its variants' requests; empty: none.
        tools: Its tools, or None.
        code: The code of its phases, by phase.
        as_text: Whether that is given as texts, rather than as functions.
    """

    name: str
    version: str
    requires: list[str] = field(default_factory=list)
    variants: list[list[str]] = field(default_factory=list)
    tools: list[str] | None = None
    code: dict[str, str] = field(default_factory=dict)
    as_text: bool = True


@dataclass(frozen=True)
class ContextCase:
    """What is resolved, and where the environment is made.

    Attributes:
        packages: The repository.
        request: The request.
        environ: The parent environment.
        building, testing: What the context is for.
        settings: Settings by name.
    """

    packages: list[PackageCase]
    request: list[str]
    environ: dict[str, str]
    building: bool
    testing: bool
    settings: dict[str, Any]


def write_repository(packages: list[PackageCase], directory: str) -> None:
    """Write the packages' definitions."""
    for package in packages:
        place = os.path.join(directory, package.name, package.version)
        os.makedirs(place, exist_ok=True)
        with open(os.path.join(place, "package.py"), "w", encoding="utf-8") as file:
            file.write(definition(package))


def definition(package: PackageCase) -> str:
    """The text of a package's definition."""
    lines = [f"name = {package.name!r}", f"version = {package.version!r}"]
    lines.append(f"requires = {package.requires!r}")
    if package.variants:
        lines.append(f"variants = {package.variants!r}")
    if package.tools is not None:
        lines.append(f"tools = {package.tools!r}")
    lines.append("extra = ['p', 'q']")
    for phase, code in package.code.items():
        if package.as_text or not _is_body(code):
            lines.append(f"{phase} = {code!r}")
        else:
            lines += ["", f"def {phase}():", *(f"    {line}" for line in code.split("\n"))]
    return "\n".join([*lines, ""])


def _is_body(code: str) -> bool:
    try:
        compile(code, "<commands>", "exec")
    except SyntaxError:
        return False
    return True


# ---- made up by hypothesis ------------------------------------------------------------------

_requests = st.sampled_from(
    (
        *("foo", "bar", "maya.core", "_x1", "foo-1", "bar-1+<4", "!foo-2", "~maya.core-1"),
        *("~bar-2", ".eph-1", ".eph-1+", ".eph.more-1..4", "foo-2+", "foo", "bar", "_x1"),
    )
)
_versions = st.sampled_from(("1", "1.2.3", "2.0.beta", "3.1.4.1", "20.5.332"))


@st.composite
def _package(draw: st.DrawFn, name: str) -> PackageCase:
    # what comes earlier in the list is required by what comes later, so that most can be met
    known = FAMILIES[: FAMILIES.index(name)]
    others = _requests.filter(lambda text: "." in text[:2] or any(one in text for one in known))
    return PackageCase(
        name,
        draw(_versions),
        requires=draw(st.lists(others, max_size=2)) if draw(st.booleans()) else [],
        variants=draw(st.sampled_from(([], [], [["v"]], [["v-1"], ["v-2"]]))),
        tools=draw(st.sampled_from((None, None, [], ["tool"], ["tool", "other"]))),
        code={phase: draw(codes) for phase in draw(st.sets(st.sampled_from(PHASES)))},
        as_text=draw(st.booleans()),
    )


@st.composite
def context_cases(draw: st.DrawFn) -> ContextCase:
    """Cases."""
    packages = [PackageCase("v", "1"), PackageCase("v", "2")]
    # a family that is not there ends a case at once: most have all
    present = FAMILIES if draw(st.integers(0, 9)) else FAMILIES[:-1]
    packages += [draw(_package(name)) for name in present for _ in range(draw(st.integers(1, 3)))]
    unique = {(one.name, one.version): one for one in packages}
    names = st.sampled_from(("A", "B", "PATH", "LIST", "UP", "PYTHONPATH"))
    return ContextCase(
        packages=list(unique.values()),
        request=draw(st.lists(_requests, min_size=1, max_size=4)),
        environ=draw(st.dictionaries(names, st.sampled_from(("", "up", "/p:/q", "$B", "~")))),
        building=draw(st.booleans()),
        testing=draw(st.booleans()),
        settings={
            "implicit_packages": draw(st.sampled_from(([], ["~bar==1.2.3"], [".eph-1"]))),
            "parent_variables": draw(st.sampled_from(([], ["PATH", "A"]))),
            "all_parent_variables": draw(st.sampled_from((False, False, True))),
            "rez_1_environment_variables": draw(st.booleans()),
            "disable_rez_1_compatibility": False,
            "rez_tools_visibility": draw(st.sampled_from(("never", "append", "prepend"))),
        },
    )


# ---- of recorded answers --------------------------------------------------------------------

_STATEMENTS = (
    "env.PATH.prepend('{root}/bin')",
    "env.PATH.append('{this.root}/scripts')",
    "env.PYTHONPATH.append('{root}/python')",
    "env.LD_LIBRARY_PATH.prepend('{root}/lib')",
    "env.CMAKE_MODULE_PATH.append('{root}/cmake')",
    "env.NAME_ROOT = '{root}'",
    "env.NAME_VERSION = '{version}'",
    "env.NAME_MAJOR = version.major",
    "setenv('NAME_HOME', '$HOME/.NAME/{version.major}')",
    "setenv('NAME_LIB', '${NAME_ROOT}/lib')",
    "appendenv('PLUGINS', '{base}/plugins;x')",
    "env.OPTIONS.append(literal('$NAME and {root}'))",
    "alias('name_run', '{root}/bin/name --resolve {this.name}')",
    "if building:\n    env.NAME_BUILD = '1'",
    "if 'wave' in resolve:\n    env.NAME_WAVE = '{resolve.wave.version}'",
    "if intersects(resolve.get('wave', version), '2'):\n    env.NAME_WITH_2 = 'yes'",
    "if not defined('PLUGINS'):\n    env.PLUGINS = 'none'",
    "for part in ('a', 'b'):\n    env.PARTS.append('{root}/' + part)",
    "def add(name):\n    env[name].append('{root}')\nadd('ROOTS')",
    "info('NAME {version}')",
    "comment('of {this}')",
    "env.TMP_NAME = 1\nunsetenv('TMP_NAME')",
    "env.SEEN = expandvars('$PATH').count(':')",
    "path = this.root + '/x'\nenv.NAME_X = '{path}'",
    "if env.ROOTS:\n    env.HAD_ROOTS = getenv('ROOTS')",
    "env.NAME_REQUEST = request.get('wave', 'none')",
)


def benchmark_package(name: str, version: str, num_variants: int) -> PackageCase:
    """A package with commands; the same ones whenever it is asked for.

    Args:
        name, version: The package.
        num_variants: How many variants it has; 0: none.
    """
    random = Random(f"{name}-{version}")
    code = {}
    for phase, chance in zip(PHASES, (0.1, 0.95, 0.15), strict=True):
        if random.random() < chance:
            chosen = random.sample(_STATEMENTS, random.randint(1, 8))
            code[phase] = "\n".join(chosen).replace("NAME", name.upper().replace(".", "_"))
    return PackageCase(
        name,
        version,
        variants=[[f"other-{index}"] for index in range(num_variants)],
        tools=random.sample(["run", "view", f"{name}_tool"], 2),
        code=code,
        as_text=random.random() < 0.2,
    )


Answer = list[tuple[str, str, int | None]]


def benchmark_packages(answers: list[Answer]) -> list[PackageCase]:
    """The packages that a list of recorded answers needs, each with enough variants."""
    variants: dict[tuple[str, str], int] = {}
    for answer in answers:
        for name, version, index in answer:
            key = name, version
            variants[key] = max(variants.get(key, 0), 0 if index is None else index + 1)
    return [benchmark_package(*key, count) for key, count in variants.items()]


def rxt_data(answer: Answer, repository: str) -> dict[str, Any]:
    """What an .rxt file of an answer holds."""
    handles = [
        {
            "key": "filesystem.variant",
            "variables": {
                "repository_type": "filesystem",
                "location": repository,
                "name": name,
                "version": version,
                "index": index,
            },
        }
        for name, version, index in answer
    ]
    nothing = {"graph": "{'nodes': [], 'edges': []}", "failure_description": None}
    places = {"rez_path": "/rez", "user": "u", "host": "h", "platform": "linux", "arch": "x86_64"}
    return {
        "serialize_version": "4.9",
        "status": "solved",
        "timestamp": 1000,
        "created": 1000,
        "building": False,
        "caching": True,
        "implicit_packages": ["~os==x"],
        "package_requests": [name for name, _, _ in answer[:5]],
        "package_paths": [repository],
        "resolved_packages": handles,
        "rez_version": "3.4.0",
        "os": "Linux",
        "solve_time": 0.0,
        "load_time": 0.0,
        **nothing,
        **places,
    }
