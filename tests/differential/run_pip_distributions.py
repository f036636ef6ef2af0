"""Real distributions from PyPI, installed by rez and by rezfast, compared, and used.

    python tests/differential/run_pip_distributions.py DIRECTORY

Downloads into DIRECTORY/downloads what is not there yet; everything else there is made again. Both
tools install the same files with the same pip. Prints what differs and is not known to, which
is the exit code's measure, then figures.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from rezfast.config import Settings, use
from rezfast.package.model import Package
from rezfast.repository import clear_caches
from rezfast.repository.queries import iter_package_families


class Case(NamedTuple):
    """A distribution: what is asked for, what it is an example of, and how to see that it works."""

    request: str
    example_of: str
    code: str
    tool: str = ""


CASES = (
    Case("six", "one module", "import six"),
    Case("requests[socks]", "extras", "import requests, socks"),
    Case("click", "pure", "import click"),
    Case("attrs", "two packages", "import attr, attrs"),
    Case("MarkupSafe", "cpXY", "from markupsafe import _speedups"),
    Case("numpy", "cpXY, large", "import numpy; numpy.ones(3).sum()", "numpy-config --version"),
    Case("cryptography", "abi3", "from cryptography.hazmat.bindings import _rust"),
    Case("psutil", "abi3", "import psutil; psutil.cpu_count()"),
    Case("zope.interface", "namespace, cpXY", "import zope.interface"),
    Case("jaraco.functools", "namespace", "import jaraco.functools"),
    Case("ruamel.yaml", "namespace", "import ruamel.yaml"),
    Case("fonttools", "data files", "import fontTools.ttLib", "ttx --version"),
    Case("jmespath", "scripts", "import jmespath", "jp.py --help"),
    Case("docopt", "sdist only", "import docopt"),
    Case("odfpy", "sdist only, scripts", "import odf.opendocument", "csv2ods --help"),
    Case("qtconsole", "gui script, data files", "import qtconsole, ipykernel", "jupyter --version"),
    Case("rich", "markers", "import rich.table"),
    Case("coverage[toml]", "extras, markers", "import coverage", "coverage --version"),
    Case("black", "console scripts", "import black", "black --version"),
    Case("pytest", "entry points", "import pytest", "pytest --version"),
    Case("Jinja2", "requirements", "import jinja2; jinja2.Template('a').render()"),
    Case("lxml", "cpXY, large", "from lxml import etree"),
    Case("pillow", "libraries beside modules", "from PIL import Image; Image.new('L', (2, 2))"),
    Case("virtualenv", "data, entry points", "import virtualenv", "virtualenv --version"),
    Case("docutils", "data, console scripts", "import docutils.core", "rst2html --version"),
    Case("httpx", "requirements with extras", "import httpx"),
    Case("python-dateutil", "names", "import dateutil.tz"),
)
BUILD = ("setuptools", "wheel")
# rez ends at what its default rules do not know; rezfast does not need them
RULES = """
pip_install_remaps = ModifyList(append=[
    {"record_path": r"^{p}{s}{p}{s}((?:share|etc){s}.*)", "pip_install": r"\\1",
     "rez_install": r"\\1"},
])
"""
PROGRAMS = {
    "rez": "from rez.cli._entry_points import run_rez_pip; run_rez_pip()",
    "rezfast": "from rezfast.cli import main; sys.argv.insert(1, 'pip'); sys.exit(main())",
}
ATTRIBUTES = (
    *("name", "version", "description", "authors", "tools", "requires", "variants", "commands"),
    *("help", "hashed_variants", "pip_name", "from_pip", "is_pure_python"),
)
OF_PIP = ("INSTALLER", "REQUESTED", "direct_url.json")


class Workshop:
    """Where everything is.

    Args:
        root: A directory.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.downloads = root / "downloads"
        self.log = root / "log.txt"
        self.environ = {
            name: value for name, value in os.environ.items() if not name.startswith("REZ")
        }
        self.environ |= {
            "REZ_CONFIG_FILE": str(root / "rezconfig.py"),
            "XDG_CACHE_HOME": str(root / "cache"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "QT_QPA_PLATFORM": "offscreen",
        }

    def download(self) -> None:
        """Get what is not there yet."""
        if self.downloads.is_dir():
            return
        requests = [case.request for case in CASES]
        staged = self.root / "downloads.new"
        shutil.rmtree(staged, ignore_errors=True)
        words = [sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(staged)]
        subprocess.run([*words, *requests, *BUILD], check=True)
        staged.rename(self.downloads)

    def prepare(self) -> None:
        """A package of a python that has nothing but pip, and repositories."""
        for name in (*PROGRAMS, "python", "packages", "cache"):
            shutil.rmtree(self.root / name, ignore_errors=True)
        self.log.unlink(missing_ok=True)
        subprocess.run([sys.executable, "-m", "venv", str(self.root / "python")], check=True)
        version = ".".join(map(str, sys.version_info[:3]))
        place = self.root / "packages" / "python" / version
        place.mkdir(parents=True)
        (place / "package.py").write_text(
            f"name = 'python'\nversion = '{version}'\n"
            f"commands = \"env.PATH.prepend('{self.root / 'python' / 'bin'}')\"\n"
        )
        for family in ("platform", "arch", "os"):
            text = Settings.locked().system.__getattribute__(family)
            place = self.root / "packages" / family / text
            place.mkdir(parents=True)
            (place / "package.py").write_text(f"name = {family!r}\nversion = {text!r}\n")
        (self.root / "rezconfig.py").write_text(
            f"packages_path = [{str(self.root / 'packages')!r}]\ndefault_shell = 'bash'\n{RULES}"
        )

    def run(self, words: list[str], **more: str) -> bool:
        """Run a program; what it says goes to the log."""
        with self.log.open("a") as log:
            log.write(f"$ {' '.join(words)}\n")
            log.flush()
            done = subprocess.run(
                words, env={**self.environ, **more}, stdout=log, stderr=log, check=False
            )
        return done.returncode == 0

    def install(self, tool: str, request: str) -> bool:
        """Install; gives whether that succeeded."""
        code = f"import sys; {PROGRAMS[tool]}"
        words = [sys.executable, "-W", "ignore", "-c", code, "-i", request]
        words += ["--prefix", str(self.root / tool)]
        return self.run([*words, "-e", "--no-index", "--find-links", str(self.downloads)])

    def works(self, package: str, words: list[str]) -> bool:
        """Whether a program runs in the environment of a package."""
        paths = os.pathsep.join([str(self.root / "rezfast"), str(self.root / "packages")])
        code = "import sys; from rezfast.cli import main; sys.exit(main())"
        start = [sys.executable, "-c", code, "env", "--paths", paths, package]
        return self.run([*start, "--", *words])


def plain(value: Any) -> Any:
    """An attribute's value as it can be compared: requirements are a set in rez."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value if isinstance(value, bool | None) else str(value)


def packages(location: Path) -> dict[str, Package]:
    """The packages of a repository, by name and version."""
    clear_caches()
    found = {}
    for family in iter_package_families([str(location)]):
        for package in family.iter_packages():
            found[package.qualified_name] = package
    return found


def differences(theirs: Package, ours: Package, known: Counter[str]) -> list[str]:
    """What is not the same, and is not known to differ."""
    found = []
    for name in ATTRIBUTES:
        rez, here = (plain(getattr(one, name, None)) for one in (theirs, ours))
        if rez == here:
            continue
        if name in ("tools", "requires", "variants") and _sorted(rez) == _sorted(here):
            known[f"{name}: another order"] += 1
        elif name in ("requires", "variants") and _flat(rez) < _flat(here):
            known[f"{name}: what extras ask for"] += 1
        elif name == "description" and rez == "UNKNOWN" and here is None:
            known["description: none"] += 1
        else:
            found.append(f"{name}: {rez!r} in rez, {here!r} here")
    roots = [str(next(iter(one.iter_variants())).root) for one in (theirs, ours)]
    return [*found, *tree_differences(Path(roots[0]), Path(roots[1]), known)]


def tree_differences(theirs: Path, ours: Path, known: Counter[str]) -> list[str]:
    """What is not the same in two payloads."""
    rez, here = ({str(x.relative_to(r)): x for x in r.rglob("*")} for r in (theirs, ours))
    found = []
    for path in sorted(rez.keys() ^ here.keys()):
        if "__pycache__" in path:
            known["compiled files in rez's"] += 1
        elif os.path.basename(path) in OF_PIP:
            known["pip's notes in rez's"] += 1
        else:
            found.append(f"{path} is {'in rez' if path in rez else 'here'} only")
    for path in sorted(rez.keys() & here.keys()):
        one, other = rez[path], here[path]
        if one.is_dir() or other.is_dir():
            continue
        if one.stat().st_mode != other.stat().st_mode:
            # a script that rez makes no program of, as pip has not
            what = f"{path}: mode {one.stat().st_mode:o} in rez, {other.stat().st_mode:o} here"
            found.append(what)
        if one.read_bytes() != other.read_bytes():
            if path.endswith(".dist-info/RECORD"):
                known["RECORD: the package's"] += 1
            elif path.startswith("bin/"):
                known["scripts: no path of an interpreter"] += 1
            else:
                found.append(f"{path}: another content")
    return found


def _flat(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(_flat, value))
    return set() if value is None else {str(value)}


def _sorted(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return sorted((_sorted(one) for one in value), key=str)


def main() -> int:
    """Install, compare, report; 1 if something differs that is not known to, or does not run."""
    parser = argparse.ArgumentParser(description="Real distributions, by rez and by rezfast.")
    parser.add_argument("directory", type=Path)
    workshop = Workshop(parser.parse_args().directory.resolve())
    workshop.root.mkdir(parents=True, exist_ok=True)
    workshop.download()
    workshop.prepare()
    use(Settings.locked())
    wrong, counts = 0, Counter[str]()
    for case in CASES:
        for tool in PROGRAMS:
            succeeded = workshop.install(tool, case.request)
            counts[f"requests that {tool} installs"] += succeeded
            if not succeeded:
                print(f"{case.request}: {tool} fails")
                wrong += tool == "rezfast"
        name = case.request.partition("[")[0].replace("-", "_")
        ways = [["python", "-c", case.code], *([case.tool.split()] if case.tool else [])]
        for words in ways:
            ran = workshop.works(name, words)
            counts["programs that run"] += ran
            counts["programs"] += 1
            wrong += not ran
            if not ran:
                print(f"{case.request}: does not run: {' '.join(words)}")
    theirs, ours = packages(workshop.root / "rez"), packages(workshop.root / "rezfast")
    known: Counter[str] = Counter()
    for one in sorted(theirs.keys() | ours.keys()):
        if one not in theirs or one not in ours:
            found = [f"in {'rez' if one in theirs else 'rezfast'} only"]
        else:
            found = differences(theirs[one], ours[one], known)
        counts["packages"] += 1
        counts["packages that are equal"] += not found
        wrong += bool(found)
        for line in found:
            print(f"{one}: {line}")
    print(f"{len(CASES)} requests")
    for what, number in (*counts.items(), *(("known: " + k, v) for k, v in known.items())):
        print(f"{what}: {number}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
