"""Settings: rez's configuration, read from rez's own sources.

`settings()` gives this process's settings. `Settings.from_sources` reads them from elsewhere,
`Settings.with_overrides` puts values on top of them (a package's, or your own), and `use` puts a
`Settings` in place for the process.

Files are read at once; a value is looked at when it is asked for, so a resolve pays for what it
reads, and a mistake in a setting that nobody uses does no harm.
"""

from __future__ import annotations

from rezfast.config.settings import Settings
from rezfast.config.table import SETTINGS

__all__ = ["Settings", "settings", "use"]

_current: Settings | None = None


def settings() -> Settings:
    """This process's settings, read from the sources at the first call (rez: `rez.config.config`).

    The first call writes a line on stderr for each key of a config file that is no setting, unless
    `quiet` is set.

    Raises:
        ConfigurationError: A file cannot be read or parsed.
    """
    global _current
    current = _current
    if current is None:
        current = _current = Settings.from_sources()
        if any(layer.values.keys() - SETTINGS.keys() for layer in current.layers):
            # Deferred: files are mostly right.
            from rezfast.config.unknown import warn_of_unknown_keys

            warn_of_unknown_keys(current)
    return current


def use(replacement: Settings | None) -> Settings | None:
    """Put `replacement` in place of this process's settings; give back what was there.

    None forgets them: the next `settings()` reads the sources again. Repositories that have listed
    a family keep what they saw; `rezfast.repository.clear_caches()` makes them look again.
    """
    global _current
    previous, _current = _current, replacement
    return previous
