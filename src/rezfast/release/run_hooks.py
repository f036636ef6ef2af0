"""Runs the hooks that the setting `release_hooks` names; plugins add more."""

from __future__ import annotations

import getpass
import os
import traceback
from collections.abc import Iterable, Mapping
from typing import Any

from rezfast.errors import ReleaseError, ReleaseHookCancellingError, RezError
from rezfast.plugins import plugins
from rezfast.release.command_hook import CommandReleaseHook
from rezfast.release.commands import log
from rezfast.release.hooks import PLUGIN_TYPE, ReleaseHook, ReleaseHookEvent
from rezfast.repository.developer import DeveloperPackage

_BUILTIN: Mapping[str, type] = {"command": CommandReleaseHook}


def get_release_hook_types() -> list[str]:
    """The names of the hooks there are, sorted (rez: the same)."""
    return plugins(PLUGIN_TYPE).names(_BUILTIN)


def create_release_hook(name: str, source_path: str) -> ReleaseHook:
    """A hook for a release.

    Args:
        name: The hook.
        source_path: The directory of the definition.

    Raises:
        RezPluginError: There is no such hook, or it cannot be loaded.
        PackageMetadataError: The definition cannot be read.
    """
    hook: ReleaseHook = plugins(PLUGIN_TYPE).get_class(name, _BUILTIN)(source_path=source_path)
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


def _words(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if isinstance(error, RezError) else f"{type(error).__name__}: {text}"


def _place(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{last.filename}:{last.lineno}"
