"""What came of a package's tests, and the table of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal, TypedDict, get_args

from rezfast.config.styles import Printer
from rezfast.context.info import columns

if TYPE_CHECKING:
    from rezfast.config.styles import TextWriter
    from rezfast.package.model import Variant

Status = Literal["success", "failed", "skipped"]

_TITLES = ("Test", "Status", "Variant", "Description")


class PackageTestResult(TypedDict):
    """What came of one test on one variant.

    Attributes:
        test_name: The test.
        variant: The variant.
        status: What came of it.
        description: Why, in one line.
    """

    test_name: str
    variant: Variant
    status: Status
    description: str


class PackageTestResults:
    """Results of tests, also of several runners together (rez: `PackageTestResults`).

    Attributes:
        test_results: The results, in the order in which the tests were run.
    """

    valid_statuses: tuple[Status, ...] = get_args(Status)

    def __init__(self) -> None:
        self.test_results: list[PackageTestResult] = []
        # where each variant was: a definition that is made for a test is gone when people ask
        self._places: list[str] = []

    @property
    def num_tests(self) -> int:
        """How many results there are."""
        return len(self.test_results)

    @property
    def num_success(self) -> int:
        """How many tests succeeded."""
        return self._count("success")

    @property
    def num_failed(self) -> int:
        """How many tests failed."""
        return self._count("failed")

    @property
    def num_skipped(self) -> int:
        """How many tests were not run."""
        return self._count("skipped")

    def _count(self, status: Status) -> int:
        return sum(result["status"] == status for result in self.test_results)

    def add_test_result(
        self, test_name: str, variant: Variant, status: Status, description: str
    ) -> None:
        """Add a result.

        Args:
            test_name, variant, status, description: See `PackageTestResult`.

        Raises:
            ValueError: There is no such status.
        """
        if status not in self.valid_statuses:
            raise ValueError(f"a test's status is {', '.join(self.valid_statuses)}: not {status!r}")
        self.test_results.append(
            {
                "test_name": test_name,
                "variant": variant,
                "status": status,
                "description": description,
            }
        )
        self._places.append(variant.root or variant.uri)

    def print_summary(self, buf: TextWriter | None = None) -> None:
        """Tell how many tests succeeded, failed and were skipped, and then each of them.

        Args:
            buf: Where to; None: stdout.
        """
        out = Printer(sys.stdout if buf is None else buf)
        out("Test results:\n" + "-" * 80, "heading")
        out(f"{self.num_success} succeeded, {self.num_failed} failed, {self.num_skipped} skipped")
        out()
        rows: list[tuple[str, ...]] = [_TITLES, tuple("-" * len(title) for title in _TITLES)]
        for result, place in zip(self.test_results, self._places, strict=True):
            description = " ".join(result["description"].split())
            rows.append((result["test_name"], result["status"], place, description))
        for line in columns(rows):
            out(line)
