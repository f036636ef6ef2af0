"""Build processes: all variants of a package, each built in its own environment.

    package --variants--> resolve --> build.rxt --> build system --> payload --> definition

    local      into the local packages
    central    as for a release: local packages are not seen

rez has `local` (rez: `rez.build_process`, `rezplugins.build_process.local`), and builds centrally
as a part of releases. `rezfast.release.process` releases what a process builds.
"""

from __future__ import annotations

import os
import sys
from _json import encode_basestring_ascii as quoted

from rezfast.build.payload import Payload, Payloads, writing
from rezfast.build.system import CONTEXT, BuildResult, BuildSystem, BuildType
from rezfast.build.together import Together
from rezfast.build.variant_paths import VariantPaths, variant_paths
from rezfast.config.styles import Printer
from rezfast.context.resolved import ResolvedContext
from rezfast.context.tmpdirs import context_tmpdirs
from rezfast.errors import (
    BuildContextResolveError,
    BuildError,
    BuildProcessError,
    RezError,
)
from rezfast.managers import ExitStack, contextmanager, quote
from rezfast.package.model import Variant
from rezfast.plugins import plugins
from rezfast.repository import repository_location
from rezfast.repository.developer import DeveloperPackage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from rezfast.build.package_test_results import PackageTestResults

PLUGIN_TYPE = "build_process"

_RULE = "=" * 80


class BuildProcess:
    """Builds a source tree's package (rez: `BuildProcess`).

    Args:
        build_system: What builds it.
        verbose: Whether to say what is done.
        quiet: Whether to say nothing at all.

    Attributes:
        build_system, quiet: As above.
        verbose: Whether to say more than headings.
        build_path: The directory that variants are built in.
        build_type: What is built for.
        run_on: The occasion of tests that may forbid an install.
        attributes: What is installed besides a variant's own attributes, as `install_variants`
            takes it.
        test_results: What came of such tests; None: there were none.
        verbosity: How much contexts tell of their solves, on stderr: see `ResolvedContext`.
    """

    verbosity = 0
    build_type = BuildType.local
    run_on = "pre_install"

    def __init__(
        self, build_system: BuildSystem, verbose: bool = False, quiet: bool = False
    ) -> None:
        self.build_system = build_system
        self.verbose = verbose and not quiet
        self.quiet = quiet
        directory = self.package.config.build_directory
        self.build_path = os.path.join(os.path.abspath(self.working_dir), directory)
        self.attributes: Mapping[str, Any] = {}
        self.test_results: PackageTestResults | None = None
        self._ran_tests: set[str] = set()

    @classmethod
    def name(cls) -> str:
        """Its name, as `--process` takes it."""
        return "local"

    @property
    def package(self) -> DeveloperPackage:
        """The package that is built."""
        return self.build_system.package

    @property
    def working_dir(self) -> str:
        """The source tree."""
        return self.build_system.working_dir

    @property
    def default_install_path(self) -> str:
        """The repository that is installed into, unless somebody says another."""
        of = self.package.config
        is_central = self.build_type is BuildType.central
        path: str = of.release_packages_path if is_central else of.local_packages_path
        return path

    @property
    def packages_path(self) -> Sequence[str]:
        """Where the packages are that it is built with; for a central build, not local ones."""
        of = self.package.config
        is_central = self.build_type is BuildType.central
        paths: Sequence[str] = of.nonlocal_packages_path if is_central else of.packages_path
        return paths

    # ---- building

    def build_for_release(self) -> None:
        """From now on build as a release does, whatever process this is."""
        self.build_type = BuildType.central
        self.run_on = "pre_release"

    def build(
        self,
        install_path: str | None = None,
        clean: bool = False,
        install: bool = False,
        variants: Sequence[int] | None = None,
    ) -> int:
        """Build, and install if that is wanted.

        Args:
            install_path: The repository to install into; None: `default_install_path`.
            clean: Empty the build directory first.
            install: Install what is built. What was there before stays until it is done.
            variants: Indices of the variants to build, negative ones from the end; None: all. Of
                a package without variants nothing is built when there are any.

        Returns:
            How many variants were built.

        Raises:
            BuildContextResolveError: An environment cannot be resolved.
            BuildError: A build failed, or there is no such variant.
            PackageTestError: A test that is to run before an install failed.
            PackageRepositoryError: It cannot be installed there.
            RezError: A definition or the commands of a package fail.
        """
        self.heading(f"Building {self.package.qualified_name}...")
        target = os.path.expanduser(install_path or self.default_install_path)
        scripts: list[str] = []
        number = 0
        with self._tmpdir(), Together() as together:
            for variant in self.selected_variants(variants):
                result = self._build_variant(variant, target, clean, install, together)
                number += 1
                scripts += [result["build_env_script"]] if result.get("build_env_script") else []
        self.heading("Build Summary")
        self.say(f"\nAll {number} build(s) were successful.\n")
        if scripts:
            self.say("\n".join(["These scripts enter the environments:", *scripts, ""]))
        self.tell_tests()
        return number

    @contextmanager
    def _tmpdir(self) -> Iterator[None]:
        """While one directory has the files of all commands, one after the other."""
        system = self.build_system
        system.keeps_tmpdir = True
        try:
            yield
        finally:
            if system.tmpdir is not None:
                context_tmpdirs().remove(system.tmpdir)
            system.keeps_tmpdir, system.tmpdir = False, None

    def selected_variants(self, indices: Sequence[int] | None = None) -> Iterator[Variant]:
        """The variants to build, in order; those that are not are told of.

        Args:
            indices: As for `build`.

        Raises:
            BuildError: There is no such variant.
        """
        number = self.package.num_variants
        wanted = set(indices or ())
        if number:
            unknown = sorted(index for index in wanted if not -number <= index < number)
            if unknown:
                raise BuildError(
                    f"{self.package.qualified_name} has no variant "
                    f"{', '.join(map(str, unknown))}: they are 0 to {number - 1}"
                )
            wanted = {index % number for index in wanted}
        for variant in self.package.iter_variants():
            if wanted and variant.index not in wanted:
                # what has no variants has none of those that are asked for
                what = f"variant {variant.index}" if number else "a package without variants"
                self.heading(f"Skipping {what} ({self.n_of_m(variant)})...")
            else:
                yield variant

    def build_variant(
        self,
        variant: Variant,
        install_path: str,
        clean: bool = False,
        install: bool = False,
        together: Payloads | None = None,
    ) -> BuildResult:
        """Build one variant, and install it.

        Args:
            variant: The variant.
            install_path: The repository.
            clean, install: As for `build`.
            together: Gets the payload, which is to be installed with others later; None: install
                it now, if `install`.

        Raises:
            RezError: As `build`.
        """
        with Together() as alone:
            return self._build_variant(variant, install_path, clean, install, alone, together)

    def _build_variant(
        self,
        variant: Variant,
        install_path: str,
        clean: bool,
        install: bool,
        together: Together,
        release: Payloads | None = None,
    ) -> BuildResult:
        """As `build_variant`; `together` installs what is built, unless `release` gets it."""
        if variant.index is not None:
            doing = "Building" if release is None else "Releasing"
            self.heading(f"{doing} variant {variant.index} ({self.n_of_m(variant)})...")
        location = repository_location(install_path)
        package_path = os.path.join(location, variant.name, str(variant.version)).rstrip("/")
        paths = variant_paths(variant, self.build_path, package_path)
        payload = Payload(variant, location, package_path) if install else None
        with ExitStack() as stack:
            if payload is not None:
                if release is not None:
                    release.open(payload)
                else:
                    together.make_way(payload)
                    stack.enter_context(payload.open())
                if variant.parent.hashed_variants:
                    payload.link()
            # not before: somebody else may be installing from there
            self._make_build_directory(paths.build, clean)
            context = self._context(self._for_building(variant), paths.build, together)
            files = [os.path.join(paths.build, CONTEXT)]
            if variant.index is not None:
                with writing(paths.build):
                    files.append(_write_variant(variant, paths.build))
            result = self._run(context, variant, paths, payload, together)
            if payload is not None:
                with writing(payload.path):
                    payload.copy([*files, *result.get("extra_files", ())])
                    payload.include(self.package)
                self.check_payload(variant, package_path)
                if release is None:
                    together.add(payload, self.attributes, result, stack.pop_all())
        if self._is_slow:
            together.install()
        else:
            together.install_what_is_old()
        return result

    @property
    def _is_slow(self) -> bool:
        """Whether each variant is installed as soon as it is built.

        Tests of what is installed take time, too.
        """
        return not self.build_system.is_quick or bool(self.package.tests)

    def _context(self, variant: Variant, build_path: str, together: Together) -> ResolvedContext:
        """`create_build_context`, which sees the variants that were built before."""
        name = variant.name
        requests = variant.get_requires(build_requires=True, private_build_requires=True)
        if any(one.name == name for one in requests):
            together.install()
        try:
            context = self.create_build_context(variant, build_path)
            packages = context.resolved_packages or ()
            if not together or all(one.name != name for one in packages):
                return context
        except RezError as error:
            if not together or name not in str(error):
                raise
        # what it needs needs this package
        together.install()
        return self.create_build_context(variant, build_path)

    def check_payload(self, variant: Variant, package_path: str) -> None:
        """Run the tests of this occasion on a payload that is complete and has no definition yet.

        Args:
            variant: The variant.
            package_path: Where its package is installed.

        Raises:
            PackageTestError: It must not be installed; what was there before stays.
        """
        if not variant.parent.tests:
            return
        # Deferred: few packages have tests.
        from rezfast.build.install_tests import run_install_tests
        from rezfast.build.package_test_results import PackageTestResults

        if self.test_results is None:
            self.test_results = PackageTestResults()
        run_install_tests(variant, package_path, [self.run_on], self._ran_tests, self.test_results)

    def tell_tests(self) -> None:
        """Write a table of the tests that were run, if there were any."""
        if self.test_results is not None and self.test_results.num_tests and not self.quiet:
            self.test_results.print_summary()
            self.say("")

    def create_build_context(self, variant: Variant, build_path: str) -> ResolvedContext:
        """The environment of a build, saved in its directory whatever comes of it.

        Args:
            variant: The variant, as it is for its own build.
            build_path: The directory.

        Raises:
            BuildContextResolveError: It cannot be resolved.
            RezError: As `ResolvedContext`.
        """
        request = variant.get_requires(build_requires=True, private_build_requires=True)
        words = " ".join(quote(str(one)) for one in request)
        self.say(f"Resolving build environment: {words}")
        package_filter = None
        configured = self.package.config
        if "package_filter" in (self.package.data.get("config") or {}):
            # Deferred: few packages have one.
            from rezfast.solve.filters import PackageFilterList

            package_filter = PackageFilterList.from_pod(configured.package_filter)
        context = ResolvedContext(
            request,
            package_paths=self.packages_path,
            package_filter=package_filter,
            building=True,
            verbosity=self.verbosity,
            buf=sys.stderr,
        )
        if self.verbose:
            context.print_info()
        with writing(build_path):
            context.save(os.path.join(build_path, CONTEXT))
        if not context.success:
            raise BuildContextResolveError(context)
        return context

    # ---- steps

    def _make_build_directory(self, path: str, clean: bool) -> None:
        with writing(path):
            if clean and os.path.isdir(path):
                # Deferred: there is nothing of a first build.
                import shutil

                shutil.rmtree(path)
            os.makedirs(path, exist_ok=True)

    def _for_building(self, variant: Variant) -> Variant:
        """The variant as early functions make it for its own build."""
        package = self.package.get_reevaluated(
            {
                "building": True,
                "build_variant_index": variant.index or 0,
                "build_variant_requires": variant.variant_requires,
            }
        )
        found = package.get_variant(variant.index)
        if found is None:
            raise BuildError(
                f"{package.filepath}: it has no variant {variant.index} while it is being built"
            )
        return found

    def _run(
        self,
        context: ResolvedContext,
        variant: Variant,
        paths: VariantPaths,
        payload: Payload | None,
        together: Together,
    ) -> BuildResult:
        system = self.build_system
        self.say(f"\nInvoking {system.name()} build system...")
        system.on_start = None if payload is None else payload.started
        system.on_wait = together.install
        try:
            result = system.build(
                context=context,
                variant=variant,
                build_path=paths.build,
                install_path=paths.install,
                install=payload is not None,
                build_type=self.build_type,
            )
        finally:
            system.on_start = system.on_wait = None
        if not result.get("success"):
            raise BuildError(f"The {system.name()} build system failed.")
        return result

    # ---- words

    def say(self, text: str) -> None:
        """Say something, when more than headings is wanted."""
        if self.verbose:
            Printer()(text)

    def heading(self, text: str) -> None:
        """Write a heading."""
        if self.quiet:
            return
        self.say("")
        Printer()(f"{_RULE}\n{text}\n{_RULE}", "heading")

    def n_of_m(self, variant: Variant) -> str:
        """Which one of all variants this is, such as `2/3`."""
        return f"{(variant.index or 0) + 1}/{max(self.package.num_variants, 1)}"


class CentralBuildProcess(BuildProcess):
    """Builds as a release does: into the released packages, and without local ones."""

    build_type = BuildType.central

    @classmethod
    def name(cls) -> str:
        """`central`."""
        return "central"


def _write_variant(variant: Variant, build_path: str) -> str:
    """Writes which variant this is, for people who look at a hash; gives the file's path."""
    path, index = os.path.join(build_path, "variant.json"), variant.index
    requests = ",\n    ".join(quoted(str(one)) for one in variant.parent.data["variants"][index])
    listed = f"[\n    {requests}\n  ]" if requests else "[]"
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'{{\n  "index": {index},\n  "data": {listed}\n}}')
    return path


_BUILTIN: Mapping[str, type] = {"local": BuildProcess, "central": CentralBuildProcess}


def get_build_process_types() -> list[str]:
    """The names of the build processes there are, sorted (rez: the same)."""
    return plugins(PLUGIN_TYPE).names(_BUILTIN)


def create_build_process(
    process_type: str,
    build_system: BuildSystem,
    verbose: bool = False,
    quiet: bool = False,
    **more: Any,
) -> BuildProcess:
    """A build process (rez: the same).

    Args:
        process_type: Its name.
        build_system, verbose, quiet: See `BuildProcess`.
        more: For processes that plugins add.

    Raises:
        BuildProcessError: There is none of that name, or its plugin cannot be loaded.
    """
    try:
        found: type[BuildProcess] = plugins(PLUGIN_TYPE).get_class(process_type, _BUILTIN)
    except RezError as error:
        raise BuildProcessError(str(error)) from error
    return found(build_system, verbose=verbose, quiet=quiet, **more)
