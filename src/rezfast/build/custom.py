"""The build system `custom`: what the package's `build_command` says."""

from __future__ import annotations

import os

from rezfast.build.arguments import FILE, argument_variables, declare_arguments, declared_names
from rezfast.build.command import BuildOf, command_text, expand_build_command
from rezfast.build.programs import ProgramBuildSystem
from rezfast.build.system import is_same
from rezfast.errors import PackageMetadataError
from rezfast.repository.developer import DeveloperPackage, get_developer_package
from rezfast.shell import create_shell

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from rezfast.build.arguments import Group
    from rezfast.build.system import Build


class CustomBuildSystem(ProgramBuildSystem):
    """Runs the package's `build_command`."""

    is_quick = True

    @classmethod
    def name(cls) -> str:
        """`custom`."""
        return "custom"

    @classmethod
    def is_valid_root(cls, path: str, package: DeveloperPackage | None = None) -> bool:
        """Whether the package has a `build_command`.

        Args: as for `BuildSystem.is_valid_root`.
        """
        if package is None:
            try:
                package = get_developer_package(path)
            except PackageMetadataError:
                return False
        return getattr(package, "build_command", None) is not None

    @classmethod
    def declares_arguments(cls) -> bool:
        """Whether there is a `parse_build_args.py`."""
        return not is_same(cls.bind_cli, CustomBuildSystem.bind_cli) or os.path.exists(FILE)

    @classmethod
    def bind_cli(cls, parser: argparse.ArgumentParser, group: Group) -> None:
        """Add what `parse_build_args.py` in the working directory declares.

        Args: as for `BuildSystem.bind_cli`.
        """
        declare_arguments(parser, group)

    def make(self, build: Build) -> bool:
        """Run the command."""
        normalized = create_shell().normalize_path
        expanded = expand_build_command(
            self.package.build_command,
            BuildOf(
                root=normalized(self.package.root or self.working_dir),
                build_path=normalized(build.build_path),
                install_path=normalized(build.install_path),
                install=build.install,
                name=self.package.name,
                version=self.package.version,
                variant_index=build.variant.index,
            ),
            self.build_args,
        )
        if expanded is None:
            return True
        self.say(f"Running build command: {command_text(expanded)}", "heading")
        return self.run(build, expanded, self._argument_variables())

    def _argument_variables(self) -> dict[str, str]:
        """What `parse_build_args.py` asked for, as variables."""
        parser = getattr(self.opts, "parser", None)
        if self.opts is None or parser is None:
            return {}
        return argument_variables(vars(self.opts), declared_names(parser))
