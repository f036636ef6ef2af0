"""Convert many generated specifiers with rez and with rezfast, and ask both about versions near by.

    PYTHONPATH=tests python -m differential.run_pip_cases --cases 50000 --seed 1

`packaging` is the judge. Prints how often each is right, and every case in which rez is and rezfast
is not; exit code 1 when there is one. The versions asked about have the release of the
specifier, one below, or one above, with any suffix.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from rez.exceptions import PackageRequestError as RezPackageRequestError
from rez.utils.pip import pip_specifier_to_rez_requirement
from rez.vendor.packaging.specifiers import SpecifierSet as RezSpecifierSet
from rez.version import Version as RezVersion
from rez.version import VersionError as RezVersionError

from rezfast.errors import PackageRequestError
from rezfast.pip.requirements import rez_range, rez_version
from rezfast.version import Version

OPERATORS = ("==", "!=", ">=", "<=", ">", "<", "~=", "===", "==*", "!=*")
PARTS = (("a{}", "b{}", "rc{}"), (".post{}",), (".dev{}",), ("+cu11{}", "+local", "+rocm5.{}"))
CHANCES = (0.3, 0.15, 0.15, 0.1)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=50000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    choose = random.Random(options.seed)
    counts: Counter[str] = Counter()
    worse = 0
    while counts["specifiers"] < options.cases:
        release = [choose.randint(0, 12) for _ in range(choose.randint(1, 4))]
        text = specifier(choose, release)
        if text is None:
            continue
        counts["specifiers"] += 1
        versions = [near(choose, release) for _ in range(6)]
        worse += compare(text, versions, counts)
    for what, count in sorted(counts.items()):
        print(f"{count:9,} {what}")
    return 1 if worse else 0


def specifier(choose: random.Random, release: list[int]) -> str | None:
    """A specifier that names the release, with any suffix; None when that is none."""
    operator = choose.choice(OPERATORS)
    suffix = ".*" if operator.endswith("*") else suffixes(choose)
    text = operator.removesuffix("*") + ".".join(map(str, release)) + suffix
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        return None
    return text


def near(choose: random.Random, release: list[int]) -> str:
    """A version of that release, or of one beside it."""
    numbers = list(release)
    if choose.random() < 0.4:
        at = choose.randrange(len(numbers))
        numbers[at] = max(0, numbers[at] + choose.choice((-1, 1)))
    return ".".join(map(str, numbers)) + suffixes(choose)


def suffixes(choose: random.Random) -> str:
    """Any of a pre-, post- and developers' release and a local version; mostly none."""
    return "".join(
        choose.choice(forms).format(choose.randint(0, 3))
        for forms, chance in zip(PARTS, CHANCES, strict=True)
        if choose.random() < chance
    )


def compare(text: str, versions: list[str], counts: Counter[str]) -> int:
    """Ask about versions; returns how often rez is right and rezfast is not."""
    specifiers = SpecifierSet(text)
    try:
        ours = rez_range(text)
    except PackageRequestError:
        ours = None
    try:
        theirs = pip_specifier_to_rez_requirement(RezSpecifierSet(text))
    except (RezPackageRequestError, RezVersionError):
        theirs = None
        counts["specifiers that rez refuses"] += 1
    counts["specifiers that rezfast refuses"] += ours is None
    counts["specifiers with the same text"] += str(ours) == str(theirs)
    worse = 0
    for version in versions:
        right = specifiers.contains(version, prereleases=True)
        notation = rez_version(version)
        here = (ours is not None and Version(notation) in ours) == right
        there = (theirs is not None and RezVersion(notation) in theirs) == right
        counts["versions asked about"] += 1
        counts["versions that rez is right about"] += there
        counts["versions that rezfast is right about"] += here
        if there and not here:
            worse += 1
            counts["versions that rez alone is right about"] += 1
            print(f"{text} {version}: {ours}, rez {theirs}")
    return worse


if __name__ == "__main__":
    sys.exit(main())
