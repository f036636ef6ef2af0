"""What may be done around a release, by hooks.

    pre_build      when all checks are passed, before anything is built
    pre_release    after that, as in rez before anything is built, too
    post_release   when all is installed and tagged

A plugin subclasses `ReleaseHook` (rez: `rez.release_hook`); see `rezfast.plugins`.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

from rezfast.errors import ReleaseError
from rezfast.package.model import Variant
from rezfast.plugins import plugin_settings
from rezfast.repository.developer import DeveloperPackage, get_developer_package
from rezfast.version import Version

PLUGIN_TYPE = "release_hook"


class ReleaseHook:
    """Something to do around a release (rez: `ReleaseHook`).

    A hook overrides what it wants to do and `name`. One that raises `ReleaseHookCancellingError`
    cancels the release, until it is done; any other `RezError` is logged and the release goes on.

    Attributes:
        source_path: The directory of the definition of the package that is released.
        package: That package.
        type_settings: Its settings `plugins.release_hook`.
        settings: Those of this hook; None when it has none.
    """

    def __init__(self, source_path: str) -> None:
        self.source_path = source_path
        self.package: DeveloperPackage = get_developer_package(source_path)
        of = plugin_settings(self.package.config, PLUGIN_TYPE)
        self.type_settings: Any = of.plugins.release_hook
        self.settings: Any = self.type_settings.get(self.name())

    @classmethod
    def name(cls) -> str:
        """The name of the hook; its settings have the same."""
        raise ReleaseError(f"the release hook {cls.__module__}.{cls.__qualname__} has no name()")

    def pre_build(
        self,
        user: str,
        install_path: str,
        variants: Sequence[int] | None = None,
        release_message: str | None = None,
        changelog: str | None = None,
        previous_version: Version | None = None,
        previous_revision: object | None = None,
        **kwargs: Any,
    ) -> None:
        """Called before anything is built.

        Args:
            user: Who releases.
            install_path: The repository that is released to.
            variants: Indices of the variants that are to be released; None: all.
            release_message: What the user says of the release.
            changelog: What has changed since the release before this one.
            previous_version: The version of that one; None: there is none.
            previous_revision: Its revision: see `ReleaseVCS.get_current_revision`.
            kwargs: For later.

        Raises:
            ReleaseHookCancellingError: The release is not to go on.
        """

    def pre_release(
        self,
        user: str,
        install_path: str,
        variants: Sequence[int] | None = None,
        release_message: str | None = None,
        changelog: str | None = None,
        previous_version: Version | None = None,
        previous_revision: object | None = None,
        **kwargs: Any,
    ) -> None:
        """Called before a variant is released, and before it is built.

        Args, errors: as for `pre_build`.
        """

    def post_release(
        self,
        user: str,
        install_path: str,
        variants: Sequence[Variant],
        release_message: str | None = None,
        changelog: str | None = None,
        previous_version: Version | None = None,
        previous_revision: object | None = None,
        **kwargs: Any,
    ) -> None:
        """Called when everything is released.

        Args: as for `pre_build`, but `variants` are the variants that were released.
        """


class ReleaseHookEvent(Enum):
    """When hooks are called.

    Attributes:
        label: The event in words.
        noun: What a hook cancels.
        func_name: The hook's method.
    """

    pre_build = ("pre-build", "build", "pre_build")
    pre_release = ("pre-release", "release", "pre_release")
    post_release = ("post-release", "release", "post_release")

    def __init__(self, label: str, noun: str, func_name: str) -> None:
        self.label = label
        self.noun = noun
        self.func_name = func_name
        self.__name__ = func_name
