"""The build system `make`: a Makefile in the source tree, which rez finds and cannot build.

make runs in the build directory, so that variants do not get in each other's way:

    make -f <source>/Makefile -j8
    make -f <source>/Makefile -j8 install PREFIX=<install> prefix=<install>

`VPATH` is the source tree, unless the Makefile says otherwise; `$(REZ_BUILD_SOURCE_PATH)` and the
other variables of a build are there as well.
"""

from __future__ import annotations

import os

from rezfast.build.command import command_text
from rezfast.build.programs import ProgramBuildSystem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rezfast.build.system import Build
    from rezfast.repository.developer import DeveloperPackage

_MAKEFILE = "Makefile"


class MakeBuildSystem(ProgramBuildSystem):
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

    def make(self, build: Build) -> bool:
        """Run make, then `make install`."""
        source = os.path.abspath(self.working_dir)
        command = ["make", "-f", os.path.join(source, _MAKEFILE), *self.build_args]
        if not any(word.startswith("-j") for word in self.build_args):
            command.append(f"-j{build.variant.config.build_thread_count}")
        commands = [command]
        if build.install and "install" not in command:
            prefixes = [f"PREFIX={build.install_path}", f"prefix={build.install_path}"]
            commands.append([*command, "install", *prefixes])
        for words in commands:
            self.say(f"Executing: {command_text(words)}")
            if not self.run(build, words, {"VPATH": source}):
                return False
        return True
