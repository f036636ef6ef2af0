"""Tests of what is being installed: they run before its definition is there, and may forbid it.

payload, in place --+--> a repository with this variant alone, below a temporary directory
variant ------------+        --search path--> PackageTestRunner
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from typing import IO

from rezfast.build.package_test import PackageTestRunner
from rezfast.build.package_test_results import PackageTestResults
from rezfast.config import settings
from rezfast.context.tmpdirs import TempDirs
from rezfast.errors import PackageTestError, RezError
from rezfast.package.model import Variant
from rezfast.repository.install import install_variant

PREFIX = "rez_testing_repo_"
"""What names of the directories begin with, as rez's do."""


def run_install_tests(
    variant: Variant,
    package_install_path: str,
    run_on: Collection[str] = ("pre_install",),
    ran_test_names: set[str] | None = None,
    results: PackageTestResults | None = None,
    package_paths: Sequence[str] | None = None,
    stdout: IO[str] | None = None,
    stderr: IO[str] | None = None,
) -> PackageTestResults:
    """Run the tests of a variant whose payload is installed and whose definition is not.

    Call it for each variant, in order, before its definition is written; where it raises, take the
    payload away. Nothing is done for a package without such tests.

    Args:
        variant: The variant, of the source tree.
        package_install_path: The directory of the package and version in the repository that it is
            installed into; payloads of variants are below it.
        run_on: The occasions: `pre_install`, or `pre_release` for a release.
        ran_test_names: Tests that were run on variants before this one, which are not repeated
            where one variant is enough. Those that are run now are added.
        results: Gets the results of all variants, for one table at the end.
        package_paths: Where other packages are; None: the configured search path.
        stdout, stderr: As for `PackageTestRunner`.

    Returns:
        The results of this variant's tests.

    Raises:
        PackageTestError: A test failed or could not be run; the other tests were not run then. The
            variant must not be installed.
    """
    ran = set() if ran_test_names is None else ran_test_names
    try:
        names = PackageTestRunner.get_package_test_names(variant.parent, run_on, ran)
        if not names:
            return PackageTestResults()
        directories = TempDirs(settings().tmpdir, prefix=PREFIX)
        repository = directories.mkdtemp()
        try:
            install_variant(
                variant, repository, overrides={"_redirected_base": package_install_path}
            )
            others = settings().packages_path if package_paths is None else package_paths
            runner = PackageTestRunner(
                variant.parent.as_exact_requirement(),
                package_paths=[repository, *others],
                cumulative_test_results=results,
                stop_on_fail=True,
                verbose=1,
                stdout=stdout,
                stderr=stderr,
            )
            for name in names:
                ran.add(name)
                runner.run_test(name)
                if runner.stopped_on_fail:
                    break
        finally:
            directories.remove(repository)
    except PackageTestError:
        raise
    except RezError as error:
        raise PackageTestError(
            f"{variant.qualified_name} is not installed: its tests cannot be run: {error}"
        ) from error
    if runner.num_tests:
        (sys.stdout if stdout is None else stdout).write("\n")
        runner.print_summary()
    if runner.num_failed:
        failed = [
            result["test_name"]
            for result in runner.test_results.test_results
            if result["status"] == "failed"
        ]
        raise PackageTestError(
            f"{variant.qualified_name} is not installed: test {', '.join(failed)} failed"
        )
    return runner.test_results
