"""The build system `python`: a project with a pyproject.toml or a setup.py; rez has none.

    python -m pip wheel    <source>      into the build directory
    python -m pip install  <wheel>       into <install>/python, programs into <install>/bin

The Python is the one of the build's environment: a package `python`, or what is on PATH. Nothing
that the project requires is installed: that is what the package's `requires` is for.
"""

from __future__ import annotations

import os

from rezfast.build.command import command_text
from rezfast.build.programs import ProgramBuildSystem
from rezfast.errors import BuildSystemError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rezfast.build.system import Build
    from rezfast.context.resolved import ResolvedContext
    from rezfast.repository.developer import DeveloperPackage

_FILES = ("pyproject.toml", "setup.py")
_NAMES = ("python", "python3")
_QUIET = ["--disable-pip-version-check", "--no-input"]


class PythonBuildSystem(ProgramBuildSystem):
    """Installs a Python project; rez has none."""

    # rez does not look at these files, and a project of another kind may have them as well
    is_fallback = True

    @classmethod
    def name(cls) -> str:
        """`python`."""
        return "python"

    @classmethod
    def is_valid_root(cls, path: str, package: DeveloperPackage | None = None) -> bool:
        """Whether there is a pyproject.toml or a setup.py.

        Args: as for `BuildSystem.is_valid_root`.
        """
        return any(os.path.isfile(os.path.join(path, name)) for name in _FILES)

    def make(self, build: Build) -> bool:
        """Make a wheel and install it."""
        python = self._python(build.context)
        wheels = os.path.join(build.build_path, "wheel")
        # Deferred: for other build systems nobody needs it.
        import shutil

        # a wheel of an earlier version would be installed with it
        shutil.rmtree(wheels, ignore_errors=True)
        source = os.path.abspath(self.working_dir)
        pip = [python, "-m", "pip", "wheel", *_QUIET]
        if not self._runs(build, [*pip, "--no-deps", "-w", wheels, *self.build_args, source]):
            return False
        return not build.install or self._install(build, python, wheels)

    def _install(self, build: Build, python: str, wheels: str) -> bool:
        found = [os.path.join(wheels, name) for name in sorted(os.listdir(wheels))]
        target = os.path.join(build.install_path, "python")
        pip = [python, "-m", "pip", "install", *_QUIET, "--no-deps", "--no-index", "--upgrade"]
        if not self._runs(build, [*pip, "--no-compile", "--target", target, *found]):
            return False
        # pip has them beside the modules; packages have them in bin
        programs, bin_ = os.path.join(target, "bin"), os.path.join(build.install_path, "bin")
        if os.path.isdir(programs):
            os.makedirs(bin_, exist_ok=True)
            for name in os.listdir(programs):
                os.replace(os.path.join(programs, name), os.path.join(bin_, name))
            os.rmdir(programs)
        return True

    def _runs(self, build: Build, command: list[str]) -> bool:
        self.say(f"Executing: {command_text(command)}")
        return self.run(build, command)

    @staticmethod
    def _python(context: ResolvedContext) -> str:
        for name in _NAMES:
            found = context.which(name, fallback=True)
            if found:
                return found
        raise BuildSystemError(
            "there is no python in the build's environment: add it to private_build_requires"
        )
