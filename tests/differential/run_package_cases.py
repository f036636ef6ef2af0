"""Compare package objects with rez's for every package of a repository; run by hand.

    python tests/differential/run_package_cases.py REPOSITORY [EVERY]

The benchmark repository is `data/benchmarking/packages.tar.gz` of rez's wheel. EVERY takes every
so manieth family.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path


def main(path: str, every: int = 1) -> int:
    """Compare and report. The exit code is 1 if anything differs."""
    from differential.package_facts import compare
    from rez.packages import iter_package_families

    names = sorted(family.name for family in iter_package_families([path]))[::every]
    count, found = 0, []
    for index, name in enumerate(names):
        compared, lines = compare(name, path)
        count += compared
        found += lines
        if index % 50 == 49:
            print(f"{index + 1}/{len(names)} families, {count} packages, {len(found)} differences")
    print(f"{len(names)} families, {count} packages, {len(found)} differences")
    print(*found[:50], sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    warnings.simplefilter("ignore")
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:3])))
