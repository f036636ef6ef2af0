"""tcsh (rez: `rezplugins.shell.tcsh`)."""

from __future__ import annotations

from rezfast.shell.csh import Csh


class Tcsh(Csh):
    """tcsh, which reads and writes what csh does."""
