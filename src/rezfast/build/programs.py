"""Build systems that run programs: all that rezfast has."""

from __future__ import annotations

import os
from abc import abstractmethod

from rezfast.build.environment import write_script
from rezfast.build.system import Build, BuildResult, BuildSystem, BuildType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rezfast.context.resolved import ResolvedContext
    from rezfast.package.model import Variant


class ProgramBuildSystem(BuildSystem):
    """Runs programs in the environment of a build, or writes a script that enters it."""

    def build(
        self,
        context: ResolvedContext,
        variant: Variant,
        build_path: str,
        install_path: str,
        install: bool = False,
        build_type: BuildType = BuildType.local,
    ) -> BuildResult:
        """Build one variant.

        Args, returns, raises: as for `BuildSystem.build`.
        """
        path = os.path.join(self.working_dir, build_path)
        build = Build(context, variant, path, install_path, install, build_type, self.on_start)
        if not self.prepare(build):
            return BuildResult(success=False)
        if self.write_build_scripts:
            return BuildResult(success=True, build_env_script=write_script(self, build))
        return BuildResult(success=self.make(build))

    def prepare(self, build: Build) -> bool:
        """What has to be done before somebody may build by hand; whether it succeeded.

        Args:
            build: The build.

        Raises:
            RezError: As `BuildSystem.build`.
        """
        return True

    @abstractmethod
    def make(self, build: Build) -> bool:
        """Build, and install if that is wanted; whether it succeeded.

        Args, raises: as for `prepare`.
        """
