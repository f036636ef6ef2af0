"""What a studio runs around a release: hooks by name, from the setting `release_hooks`.

    pre_build      before anything is built
    pre_release    when all is built, before anything is installed
    post_release   when all is installed and tagged

A plugin subclasses `ReleaseHook` (rez: `rez.release_hook`); see `rezfast.plugins`.
"""

from __future__ import annotations

import getpass
import logging
import os
import traceback
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any

from rezfast.errors import ReleaseError, ReleaseHookCancellingError, RezError
from rezfast.package.model import Variant
from rezfast.plugins import plugin_settings, plugins
from rezfast.repository.developer import DeveloperPackage, get_developer_package
from rezfast.version import Version

log = logging.getLogger("rezfast.release")

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
        """Called when everything is built, before a variant is released.

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


def get_release_hook_types() -> list[str]:
    """The names of the hooks there are, sorted (rez: the same)."""
    return plugins(PLUGIN_TYPE).names(_builtin())


def create_release_hook(name: str, source_path: str) -> ReleaseHook:
    """A hook for a release.

    Args:
        name: The hook.
        source_path: The directory of the definition.

    Raises:
        RezPluginError: There is no such hook, or it cannot be loaded.
        PackageMetadataError: The definition cannot be read.
    """
    hook: ReleaseHook = plugins(PLUGIN_TYPE).get_class(name, _builtin())(source_path=source_path)
    return hook


def create_release_hooks(names: Iterable[str], source_path: str) -> list[ReleaseHook]:
    """Hooks for a release; one that cannot be made is left out, after a word in the log.

    Args:
        names: The hooks.
        source_path: The directory of the definition.
    """
    hooks = []
    for name in names:
        try:
            hooks.append(create_release_hook(name, source_path))
        except Exception as error:
            log.warning("Release hook '%s' is not available: %s", name, _words(error))
    return hooks


def run_hooks(package: DeveloperPackage, event: ReleaseHookEvent, **kwargs: Any) -> None:
    """Call the hooks that a package's settings name (rez: `BuildProcessHelper.run_hooks`).

    Args:
        package: The package that is released.
        event: When this is.
        kwargs: What the methods of `ReleaseHook` are called with, besides `user`.

    Raises:
        ReleaseError: A hook cancels the release, or ends in an error that is no `RezError`.
    """
    for hook in create_release_hooks(package.config.release_hooks, package.root or os.curdir):
        name = hook.name()
        if package.config.debug("package_release"):
            log.info("Running %s hook '%s'...", event.label, name)
        try:
            getattr(hook, event.func_name)(user=getpass.getuser(), **kwargs)
        except ReleaseHookCancellingError as error:
            raise ReleaseError(
                f"{event.noun} cancelled by the {event.label} hook {name!r}: {error}"
            ) from error
        except RezError as error:
            log.warning("the %s hook '%s' failed: %s", event.label, name, _words(error))
        except Exception as error:
            raise ReleaseError(
                f"{event.noun} ended by an error in the {event.label} hook {name!r}: "
                f"{_words(error)} ({_place(error)})"
            ) from error


def _builtin() -> dict[str, type]:
    # Deferred: it subclasses what is above.
    from rezfast.release.command_hook import CommandReleaseHook

    return {"command": CommandReleaseHook}


def _words(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if isinstance(error, RezError) else f"{type(error).__name__}: {text}"


def _place(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{last.filename}:{last.lineno}"
