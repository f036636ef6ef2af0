"""Settings: what a resolve needs of rez's configuration, read from rez's own sources.

`settings()` gives this process's settings, read once. `Settings.from_sources` reads them from
elsewhere, and `use` puts a `Settings` in place for the process.

Only the settings that a resolve reads are known here; every other key of a rezconfig file is
passed over, so a studio's rezconfig can be used as it is.
"""

from __future__ import annotations

from rezfast.config.settings import Settings

__all__ = ["Settings", "settings", "use"]

_current: Settings | None = None


def settings() -> Settings:
    """This process's settings, read from the sources at the first call (rez: `rez.config.config`).

    Raises:
        ConfigurationError: A file cannot be read, or a setting in it has the wrong type.
    """
    global _current
    current = _current
    if current is None:
        current = _current = Settings.from_sources()
    return current


def use(replacement: Settings | None) -> Settings | None:
    """Put `replacement` in place of this process's settings; give back what was there.

    None forgets them: the next `settings()` reads the sources again. Repositories that have listed
    a family keep what they saw; `rezfast.repository.clear_caches()` makes them look again.
    """
    global _current
    previous, _current = _current, replacement
    return previous
