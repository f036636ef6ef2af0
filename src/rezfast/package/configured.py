"""Settings as a package sees them: the process's own, with what its `config` scope adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rezfast.config import Settings, settings

# rez's values of settings that a resolve does not read
_DEFAULTS: Mapping[str, Any] = {
    "local_packages_path": "~/packages",
    "use_variant_shortlinks": True,
    "variant_shortlinks_dirname": "_v",
    "default_relocatable": True,
    "default_relocatable_per_package": None,
    "default_relocatable_per_repository": None,
    "default_cachable": False,
    "default_cachable_per_package": None,
    "default_cachable_per_repository": None,
    "disable_rez_1_compatibility": True,
    "error_old_commands": False,
    "env_var_separators": {"CMAKE_MODULE_PATH": ";", "DOXYGEN_TAGFILES": " "},
}


def setting(name: str, where: Settings | None = None) -> Any:
    """A setting's value.

    Args:
        name: The setting.
        where: Whose settings; None: the process's.
    """
    current = settings() if where is None else where
    return getattr(current, name, _DEFAULTS.get(name))


def with_overrides(overrides: Mapping[str, Any]) -> Settings:
    """The process's settings with some replaced (rez: `create_config`).

    Raises:
        ConfigurationError: A value has the wrong type.
    """
    return settings().with_overrides(overrides) if overrides else settings()
