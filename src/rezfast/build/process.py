"""Build processes: all variants of a package, each built in its own environment.

    package --variants--> resolve --> build.rxt --> build system --> payload --> definition

    local      into the local packages
    central    as for a release: local packages are not seen

rez has `local` (rez: `rez.build_process`, `rezplugins.build_process.local`), and builds centrally
as a part of releases.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from rezfast.build.environment import CONTEXT
from rezfast.build.payload import Payload
from rezfast.build.system import BuildResult, BuildSystem, BuildType
from rezfast.build.variant_paths import variant_paths
from rezfast.config.styles import Printer
from rezfast.context.resolved import ResolvedContext
from rezfast.errors import (
    BuildContextResolveError,
    BuildError,
    BuildProcessError,
    PackageRepositoryError,
    RezError,
)
from rezfast.package.model import Variant
from rezfast.plugins import plugins
from rezfast.repository import repository_location
from rezfast.repository.developer import DeveloperPackage
from rezfast.solve.filters import PackageFilterList

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
    """

    build_type = BuildType.local

    def __init__(
        self, build_system: BuildSystem, verbose: bool = False, quiet: bool = False
    ) -> None:
        self.build_system = build_system
        self.verbose = verbose and not quiet
        self.quiet = quiet
        directory = self.package.config.build_directory
        self.build_path = os.path.join(os.path.abspath(self.working_dir), directory)

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
        path: str = self.package.config.local_packages_path
        return path

    @property
    def packages_path(self) -> Sequence[str]:
        """Where the packages are that it is built with."""
        paths: Sequence[str] = self.package.config.packages_path
        return paths

    # ---- building

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
            variants: Indices of the variants to build, negative ones from the end; None: all.

        Returns:
            How many variants were built.

        Raises:
            BuildContextResolveError: An environment cannot be resolved.
            BuildError: A build failed, or there is no such variant.
            PackageRepositoryError: It cannot be installed there.
            RezError: A definition or the commands of a package fail.
        """
        self._heading(f"Building {self.package.qualified_name}...")
        target = os.path.expanduser(install_path or self.default_install_path)
        scripts: list[str] = []
        number = 0
        for variant in self.selected_variants(variants):
            result = self.build_variant(variant, target, clean=clean, install=install)
            number += 1
            scripts += [result["build_env_script"]] if result.get("build_env_script") else []
        self._heading("Build Summary")
        self._say(f"\nAll {number} build(s) were successful.\n")
        if scripts:
            self._say("\n".join(["These scripts enter the environments:", *scripts, ""]))
        return number

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
            if number and wanted and variant.index not in wanted:
                self._heading(f"Skipping variant {variant.index} ({self._n_of_m(variant)})...")
            else:
                yield variant

    def build_variant(
        self, variant: Variant, install_path: str, clean: bool = False, install: bool = False
    ) -> BuildResult:
        """Build one variant, and install it.

        Args:
            variant: The variant.
            install_path: The repository.
            clean, install: As for `build`.

        Raises:
            RezError: As `build`.
        """
        if variant.index is not None:
            self._heading(f"Building variant {variant.index} ({self._n_of_m(variant)})...")
        location = repository_location(install_path)
        package_path = os.path.join(location, variant.name, str(variant.version)).rstrip("/")
        paths = variant_paths(variant, self.build_path, package_path)
        self._make_build_directory(paths.build, clean)
        payload = Payload(variant, location, package_path) if install else None
        with payload.open() if payload is not None else nullcontext():
            if payload is not None and variant.parent.hashed_variants:
                payload.link()
            context = self.create_build_context(self._for_building(variant), paths.build)
            files = [os.path.join(paths.build, CONTEXT)]
            if variant.index is not None:
                files.append(_write_variant(variant, paths.build))
            result = self._run(context, variant, paths.build, paths.install, payload)
            if payload is not None:
                payload.copy([*files, *result.get("extra_files", ())])
                self.package.copy_includes(package_path)
                self.check_payload(variant, package_path)
                result["installed"] = payload.install(self.overrides(variant))
        return result

    def check_payload(self, variant: Variant, package_path: str) -> None:
        """Called with a payload that is complete and has no definition yet; here: all is well.

        Args:
            variant: The variant.
            package_path: Where its package is installed.

        Raises:
            RezError: It must not be installed; what was there before stays.
        """

    def overrides(self, variant: Variant) -> Mapping[str, Any]:
        """Attributes that are installed besides the variant's own, as `install_variant` takes them.

        Args:
            variant: The variant. Here there are none for any.
        """
        return {}

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
        words = " ".join(shlex.quote(str(one)) for one in request)
        self._say(f"Resolving build environment: {words}")
        package_filter = None
        configured = self.package.config
        if "package_filter" in (self.package.data.get("config") or {}):
            package_filter = PackageFilterList.from_pod(configured.package_filter)
        context = ResolvedContext(
            request,
            package_paths=self.packages_path,
            package_filter=package_filter,
            building=True,
        )
        if self.verbose:
            context.print_info()
        context.save(os.path.join(build_path, CONTEXT))
        if not context.success:
            raise BuildContextResolveError(context)
        return context

    # ---- steps

    def _make_build_directory(self, path: str, clean: bool) -> None:
        try:
            if clean and os.path.isdir(path):
                shutil.rmtree(path)
            os.makedirs(path, exist_ok=True)
        except OSError as error:
            raise PackageRepositoryError(
                f"{error.filename or path}: cannot be written: {error.strerror or error}"
            ) from error

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
        build_path: str,
        install_path: str,
        payload: Payload | None,
    ) -> BuildResult:
        system = self.build_system
        self._say(f"\nInvoking {system.name()} build system...")
        system.on_start = None if payload is None else payload.started
        try:
            result = system.build(
                context=context,
                variant=variant,
                build_path=build_path,
                install_path=install_path,
                install=payload is not None,
                build_type=self.build_type,
            )
        finally:
            system.on_start = None
        if not result.get("success"):
            raise BuildError(f"The {system.name()} build system failed.")
        return result

    # ---- words

    def _say(self, text: str) -> None:
        if self.verbose:
            Printer()(text)

    def _heading(self, text: str) -> None:
        if self.quiet:
            return
        self._say("")
        Printer()(f"{_RULE}\n{text}\n{_RULE}", "heading")

    def _n_of_m(self, variant: Variant) -> str:
        return f"{(variant.index or 0) + 1}/{max(self.package.num_variants, 1)}"


class CentralBuildProcess(BuildProcess):
    """Builds as a release does: into the released packages, and without local ones."""

    build_type = BuildType.central

    @classmethod
    def name(cls) -> str:
        """`central`."""
        return "central"

    @property
    def default_install_path(self) -> str:
        """The released packages."""
        path: str = self.package.config.release_packages_path
        return path

    @property
    def packages_path(self) -> Sequence[str]:
        """Where packages are that everybody has."""
        paths: Sequence[str] = self.package.config.nonlocal_packages_path
        return paths


def _write_variant(variant: Variant, build_path: str) -> str:
    """Writes which variant this is, for people who look at a hash; gives the file's path."""
    path = os.path.join(build_path, "variant.json")
    data = {"index": variant.index, "data": variant.parent.data["variants"][variant.index]}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(data, file, indent=2, default=str)
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
