"""A package's tests: which there are, on which variants they run, in which environment.

    tests = {name: command | {command, requires, run_on, on_variants}}

    name --variants--> environment --pre_test_commands--> command --> result
                       kept, for tests that require the same

rez: `rez.package_test`.
"""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import filter as matching
from subprocess import PIPE
from typing import IO, TYPE_CHECKING, Any, NamedTuple, NoReturn

from rezfast.build.package_test_results import PackageTestResults
from rezfast.config import settings
from rezfast.config.styles import Printer
from rezfast.context.resolved import ResolvedContext
from rezfast.errors import PackageNotFoundError, PackageTestError, RezError
from rezfast.package.cached import cached
from rezfast.repository.queries import get_latest_package_from_string
from rezfast.rex.bindings import RO_MappingBinding
from rezfast.version import Requirement, RequirementList

if TYPE_CHECKING:
    from rezfast.build.package_test_results import Status
    from rezfast.package.model import Package, Variant
    from rezfast.rex.executor import RexExecutor

NO_ENVIRONMENT = -1
"""What stands for the exit code of a test whose environment there is not."""


class PackageTest(NamedTuple):
    """A test, as one variant declares it.

    Attributes:
        name: Its name.
        command: A text that a shell reads, or words.
        requires: What its environment needs besides the package.
        run_on: When it is run.
        on_variants: True: on each variant; False: on one; a list of requests: on each that has
            them among the requirements that are its own, and nothing that they forbid.
    """

    name: str
    command: str | list[str]
    requires: list[str]
    run_on: list[str]
    on_variants: bool | list[Requirement]

    @classmethod
    def from_entry(cls, name: str, entry: Any, where: str) -> PackageTest:
        """A test, of what `tests` says of it.

        Args:
            name: Its name.
            entry: A command, or a dict with one in it.
            where: The package, for errors.

        Raises:
            PackageTestError: It has no command, or filters variants by something that there is not.
                Only a late bound `tests` comes as far as this with such an entry.
        """
        fields: Mapping[str, Any] = entry if isinstance(entry, Mapping) else {"command": entry}
        command = fields.get("command")
        if command is None:
            raise PackageTestError(f"{where}: test {name!r} has no command")
        run_on = fields.get("run_on")
        if run_on is None:
            run_on = "default"
        on_variants = fields.get("on_variants", False)
        if isinstance(on_variants, Mapping):
            if on_variants.get("type") != "requires":
                raise PackageTestError(
                    f"{where}: test {name!r}: the 'type' of on_variants has to be 'requires', not "
                    f"{on_variants.get('type')!r}"
                )
            on_variants = [_request(one) for one in on_variants.get("value") or ()]
        return cls(
            name,
            command if isinstance(command, str) else list(command),
            [str(one) for one in fields.get("requires") or ()],
            [run_on] if isinstance(run_on, str) else list(run_on),
            # nothing but False says to stop after one variant
            on_variants if isinstance(on_variants, list) else on_variants is not False,
        )

    def wants(self, variant: Variant) -> bool:
        """Whether the test is for a variant."""
        if not isinstance(self.on_variants, list):
            return True
        own = RequirementList(variant.variant_requires)
        both = RequirementList(variant.variant_requires + self.on_variants)
        if both.conflict:
            return False
        # it asks for nothing that the variant has not already
        return _positive(both) == _positive(own)


def _request(given: str | Requirement) -> Requirement:
    return Requirement.package_request(given) if isinstance(given, str) else given


def _positive(requirements: RequirementList) -> list[Requirement]:
    return [one for one in requirements if not one.conflict]


class _Outcome(NamedTuple):
    """What came of a test on one variant; `code` is that of a failure."""

    status: Status
    description: str
    code: int = 0


class PackageTestRunner:
    """Runs the tests of a package (rez: `PackageTestRunner`).

    A test is run in an environment of its own: the package in this version, what the test requires,
    and what makes the resolve choose the variant. Environments are kept for tests that ask for the
    same, and no package that is released while tests run is seen.

    Args:
        package_request: The package to test: the latest that the request admits.
        use_current_env: Test the package of the environment that this process runs in, in that
            environment. A test that requires something that it has not fails.
        extra_package_requests: Requests for every environment.
        package_paths: The search path; None: the configured one.
        stdout, stderr: Where tests write, and what is told of them; None: those of this process. A
            stream without a file gets what a test wrote when it has ended.
        verbose: 0: only what goes wrong; 1 (or more): each test, too; 2, or True: its environment.
        dry_run: Do everything but run commands.
        stop_on_fail: Run no variant after one that failed; see `stopped_on_fail`.
        cumulative_test_results: Gets the results, besides `test_results`.
        context_kwargs: More arguments of `ResolvedContext`.

    Attributes:
        test_results: The results so far.
        stopped_on_fail: Whether `stop_on_fail` has ended a test; callers run no other then.
        timestamp: Packages that were released later are not seen; seconds since the epoch.
    """

    def __init__(
        self,
        package_request: str | Requirement,
        use_current_env: bool = False,
        extra_package_requests: Iterable[str | Requirement] | None = None,
        package_paths: Sequence[str] | None = None,
        stdout: IO[str] | None = None,
        stderr: IO[str] | None = None,
        verbose: int = 0,
        dry_run: bool = False,
        stop_on_fail: bool = False,
        cumulative_test_results: PackageTestResults | None = None,
        **context_kwargs: Any,
    ) -> None:
        self.package_request = package_request
        self.use_current_env = use_current_env
        self.extra_package_requests = list(extra_package_requests or ())
        paths = settings().packages_path if package_paths is None else package_paths
        self.package_paths = list(paths)
        self.stdout = sys.stdout if stdout is None else stdout
        self.stderr = sys.stderr if stderr is None else stderr
        self.verbose = 2 if verbose is True else int(verbose)
        self.dry_run = dry_run
        self.stop_on_fail = stop_on_fail
        self.cumulative_test_results = cumulative_test_results
        self.context_kwargs = context_kwargs
        self.test_results = PackageTestResults()
        self.stopped_on_fail = False
        self.timestamp = int(time.time())
        self._package: Package | None = None
        self._contexts: dict[tuple[str, ...], ResolvedContext] = {}

    # ---- which tests there are

    def get_package(self) -> Package | None:
        """The package that is tested; None: `use_current_env`, and it is not there.

        Raises:
            PackageNotFoundError: There is no such package.
            PackageRequestError, VersionError: The request is none.
        """
        if self._package is None:
            if self.use_current_env:
                variant = self._current_variant()
                self._package = None if variant is None else variant.parent
            else:
                request = str(self.package_request)
                if self.package_paths:
                    # a query takes an empty path for the configured one, a resolve does not
                    self._package = get_latest_package_from_string(request, self.package_paths)
                if self._package is None:
                    raise PackageNotFoundError(
                        f"no package to test: nothing meets {request!r}", request
                    )
        return self._package

    @classmethod
    def get_package_test_names(
        cls,
        package: Package | Variant,
        run_on: Iterable[str] | None = None,
        ran_once: Iterable[str] | None = None,
    ) -> list[str]:
        """The names of a package's tests, sorted.

        Args:
            package: The package.
            run_on: Only those that are run on one of these occasions; None: all.
            ran_once: Tests that were run on another variant: those among them are left out that are
                to be run on one variant only.

        Raises:
            PackageMetadataError: The definition cannot be read.
            PackageTestError: A test is declared in a way that makes no sense.
        """
        tests = [
            PackageTest.from_entry(name, entry, package.uri)
            for name, entry in (package.tests or {}).items()
        ]
        if run_on:
            occasions = set(run_on)
            tests = [test for test in tests if not occasions.isdisjoint(test.run_on)]
        if ran_once:
            before = set(ran_once)
            tests = [
                test for test in tests if test.on_variants is not False or test.name not in before
            ]
        return sorted(test.name for test in tests)

    def get_test_names(self, run_on: Iterable[str] | None = None) -> list[str]:
        """The names of the package's tests, sorted; none if there is no package.

        Args, errors: as for `get_package_test_names`, and `get_package`.
        """
        package = self.get_package()
        return [] if package is None else self.get_package_test_names(package, run_on=run_on)

    def find_requested_test_names(self, requested_tests: Iterable[str] | None) -> list[str]:
        """The names of the tests that somebody asks for, sorted.

        Args:
            requested_tests: Names or patterns (`unit*`); none: the tests whose `run_on` has
                "default" in it.

        Raises:
            RezError: As for `get_test_names`.
        """
        requested = list(requested_tests or ())
        if not requested:
            return self.get_test_names(run_on=["default"])
        names = self.get_test_names()
        return sorted({name for pattern in requested for name in matching(names, pattern)})

    # ---- results

    @property
    def num_tests(self) -> int:
        """How many results there are."""
        return self.test_results.num_tests

    @property
    def num_success(self) -> int:
        """How many tests succeeded."""
        return self.test_results.num_success

    @property
    def num_failed(self) -> int:
        """How many tests failed."""
        return self.test_results.num_failed

    @property
    def num_skipped(self) -> int:
        """How many tests were not run."""
        return self.test_results.num_skipped

    def print_summary(self) -> None:
        """Print what came of the tests; see `PackageTestResults`."""
        self.test_results.print_summary(self.stdout)

    # ---- running

    def run_test(self, test_name: str, extra_test_args: Sequence[str] | None = None) -> int:
        """Run a test on every variant that it is for.

        Args:
            test_name: The test.
            extra_test_args: More words for its command.

        Returns:
            The exit code of the first failure, 0 if there is none. Negative: `NO_ENVIRONMENT`, or
            the number of the signal that ended the shell.

        Raises:
            PackageTestError: There is no such test, or no package in the current environment.
            RexError: Commands of a package, or `pre_test_commands`, failed.
            RezError: A definition cannot be read, or a shell cannot be started.
        """
        package = self.get_package()
        if package is None:
            raise PackageTestError(
                f"the current environment has no package that meets '{self.package_request}'"
            )
        if test_name not in self.get_test_names():
            raise PackageTestError(f"{package.uri} has no test {test_name!r}")
        exit_code = 0
        for variant in self._target_variants(test_name):
            test = self._test(test_name, variant)
            if test is None:
                self._add(test_name, variant, _Outcome("skipped", "this variant has no such test"))
                continue
            outcome = self._run_on(variant, test, extra_test_args or ())
            self._add(test_name, variant, outcome)
            exit_code = exit_code or outcome.code
            if outcome.status == "failed" and self.stop_on_fail:
                self.stopped_on_fail = True
                break
            if outcome.status == "success" and test.on_variants is False:
                break
        return exit_code

    def _add(self, test_name: str, variant: Variant, outcome: _Outcome) -> None:
        for results in (self.test_results, self.cumulative_test_results):
            if results is not None:
                results.add_test_result(test_name, variant, outcome.status, outcome.description)

    def _test(self, test_name: str, variant: Variant) -> PackageTest | None:
        """The test as a variant declares it; a late bound `tests` may give each variant its own."""
        entry = (variant.tests or {}).get(test_name)
        return PackageTest.from_entry(test_name, entry, variant.uri) if entry else None

    def _target_variants(self, test_name: str) -> list[Variant]:
        """The variants that the test may be run on, in order.

        For a test that one variant is enough for that is the one which a resolve chooses, if it can
        be told; else all of them, for one after the other to be tried.
        """
        if self.use_current_env:
            variant = self._current_variant()
            return [] if variant is None else [variant]
        package = self.get_package()
        variants = [] if package is None else list(package.iter_variants())
        for variant in variants:
            test = self._test(test_name, variant)
            if test is None or test.on_variants is not False:
                continue
            try:
                context = self._environment(self._requests(test, variant), quiet=True)
            except RezError:
                continue
            chosen = context and context.get_resolved_package(variant.name)
            if chosen and chosen.handle == variant.handle:
                return [variant]
        return variants

    def _requests(self, test: PackageTest, variant: Variant) -> list[str]:
        version = str(variant.version)
        this = f"{variant.name}=={version}" if version else variant.name
        return [this, *test.requires, *map(str, self.extra_package_requests)]

    def _run_on(self, variant: Variant, test: PackageTest, extra: Sequence[str]) -> _Outcome:
        """Run a test on a variant."""
        if self.verbose:
            package = f"Package: {variant.uri}\n" if self.verbose > 1 else ""
            self._heading(f"\nRunning test: {test.name}\n{package}{'-' * 80}\n")
        if not test.wants(variant):
            reason = "on_variants leaves this variant out"
            self._tell(f"test {test.name!r} is skipped: {reason}")
            return _Outcome("skipped", reason)
        requests = self._requests(test, variant)
        # these are what makes the resolve choose the variant; sometimes they are not enough
        requests += map(str, variant.variant_requires)
        reason = "there is no environment for it"
        try:
            context = self._environment(requests)
        except RezError as error:
            context = None
            reason += f": {error}"
        else:
            if context is None:
                reason = "the current environment does not have what it requires"
        if context is None or not context.success:
            self._tell(f"test {test.name!r} failed: {reason}")
            return _Outcome("failed", reason, NO_ENVIRONMENT)
        resolved = context.get_resolved_package(variant.name)
        if resolved is None or resolved.handle != variant.handle:
            reason = "its environment has another variant"
            self._tell(f"test {test.name!r} is skipped: no resolve chooses {variant.uri}")
            return _Outcome("skipped", reason)
        return self._run_in(context, variant, test, extra)

    def _run_in(
        self, context: ResolvedContext, variant: Variant, test: PackageTest, extra: Sequence[str]
    ) -> _Outcome:
        """Run a test in its environment."""
        command = _command(variant, test, extra)
        if self.verbose > 1:
            context.print_info(self.stdout)
            Printer(self.stdout)()
        if self.verbose:
            words = command if isinstance(command, str) else shlex.join(command)
            self._heading(f"Running test command: {words}")
        if self.dry_run:
            return _Outcome("skipped", "this is a dry run")
        code = self._execute(context, variant, test, command)
        if code:
            self._tell(f"test {test.name!r} failed: its command ended with exit code {code}")
            return _Outcome("failed", f"exit code {code}", code)
        return _Outcome("success", "exit code 0")

    def _execute(
        self,
        context: ResolvedContext,
        variant: Variant,
        test: PackageTest,
        command: str | list[str],
    ) -> int:
        """Run a command in an environment; gives its exit code."""

        def pre_test_commands(executor: RexExecutor) -> None:
            commands = variant.pre_test_commands
            if not commands:
                return
            with executor.reset_globals():
                executor.bind("this", variant)
                executor.bind("test", _TestBinding({"name": test.name}))
                executor.execute_code(commands, package=variant)

        streams = (self.stdout, self.stderr)
        for stream in streams:
            # what was told of the test comes before what the test says
            stream.flush()
        pipes = [None if _has_file(stream) else PIPE for stream in streams]
        code, *written = context.execute_shell(
            command=command,
            actions_callback=pre_test_commands,
            stdout=pipes[0] or self.stdout,
            stderr=pipes[1] or self.stderr,
            block=True,
            text=True,
            errors="backslashreplace",
        )
        for stream, text in zip(streams, written, strict=True):
            if text:
                stream.write(text)
        return int(code)

    # ---- environments

    @cached
    def _current(self) -> ResolvedContext | None:
        """The environment that this process runs in."""
        return ResolvedContext.get_current()

    def _current_variant(self) -> Variant | None:
        """The package to test in the environment that this process runs in, if it is there."""
        request = _request(self.package_request)
        variant = self._current and self._current.get_resolved_package(request.name)
        if not variant or (request.range is not None and variant.version not in request.range):
            return None
        return variant

    def _environment(self, requests: list[str], quiet: bool = False) -> ResolvedContext | None:
        """The environment of a test; None: it has to be the current one, and that is not enough.

        Raises:
            RezError: As `ResolvedContext`.
        """
        if self.use_current_env:
            if self._current is None:
                return None
            here = self._current.get_resolve_as_exact_requests()
            both = RequirementList(here + [_request(one) for one in requests])
            return self._current if both == RequirementList(here) else None
        context = self._contexts.get(tuple(requests))
        if context is None:
            if self.verbose and not quiet:
                self._heading(f"Resolving test environment: {shlex.join(requests)}\n")
            context = self._contexts[tuple(requests)] = ResolvedContext(
                requests,
                package_paths=self.package_paths,
                timestamp=self.timestamp,
                testing=True,
                **{"buf": self.stderr, **self.context_kwargs},
            )
        if not context.success and not quiet:
            context.print_info(self.stderr)
        return context

    # ---- words

    def _heading(self, text: str) -> None:
        Printer(self.stdout)(text, "heading")

    def _tell(self, text: str) -> None:
        self.stdout.flush()
        self.stderr.write(f"{text}\n")


class _TestBinding(RO_MappingBinding):
    """`test` in `pre_test_commands`: its name, read only.

    Args:
        data: What it has.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.__dict__["_data"] = data

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"test.{name} cannot be set: test is read-only")


def _command(variant: Variant, test: PackageTest, extra: Sequence[str]) -> str | list[str]:
    """A test's command with `{root}` and the like replaced, and more words at its end."""
    if isinstance(test.command, str):
        return " ".join([variant.format(test.command), *map(shlex.quote, extra)])
    return [*map(variant.format, test.command), *extra]


def _has_file(stream: IO[str]) -> bool:
    """Whether a process can write to a stream."""
    try:
        return stream.fileno() >= 0
    except (AttributeError, OSError, ValueError):
        return False
