"""The build system `make`: a Makefile in the source tree, which rez finds and cannot build.

make runs in the build directory, so that variants do not get in each other's way:

    make -f <source>/Makefile -j8
    make -f <source>/Makefile -j8 install PREFIX=<install> prefix=<install>

`VPATH` is the source tree, unless the Makefile says otherwise; `$(REZ_BUILD_SOURCE_PATH)` and the
other variables of a build are there as well.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rezfast.build.command import command_text
from rezfast.build.environment import write_script
from rezfast.build.system import BuildResult, BuildSystem, BuildType

if TYPE_CHECKING:
    from rezfast.context.resolved import ResolvedContext
    from rezfast.package.model import Variant
    from rezfast.repository.developer import DeveloperPackage

_MAKEFILE = "Makefile"


class MakeBuildSystem(BuildSystem):
    """Runs make."""

    @classmethod
    def name(cls) -> str:
        """`make`."""
        return "make"

    @classmethod
    def is_valid_root(cls, path: str, package: DeveloperPackage | None = None) -> bool:
        """Whether there is a Makefile.

        Args: as for `BuildSystem.is_valid_root`.
        """
        return os.path.isfile(os.path.join(path, _MAKEFILE))

    def build(
        self,
        context: ResolvedContext,
        variant: Variant,
        build_path: str,
        install_path: str,
        install: bool = False,
        build_type: BuildType = BuildType.local,
    ) -> BuildResult:
        """Run make, then `make install`.

        Args, returns, raises: as for `BuildSystem.build`.
        """
        build = self.start(context, variant, build_path, install_path, install, build_type)
        if self.write_build_scripts:
            return BuildResult(success=True, build_env_script=write_script(self, build))
        source = os.path.abspath(self.working_dir)
        command = ["make", "-f", os.path.join(source, _MAKEFILE), *self.build_args]
        if not any(word.startswith("-j") for word in self.build_args):
            command.append(f"-j{variant.config.build_thread_count}")
        commands = [command]
        if install and "install" not in command:
            prefixes = [f"PREFIX={install_path}", f"prefix={install_path}"]
            commands.append([*command, "install", *prefixes])
        for words in commands:
            self.say(f"Executing: {command_text(words)}")
            if not self.run(build, words, {"VPATH": source}):
                return BuildResult(success=False)
        return BuildResult(success=True)
