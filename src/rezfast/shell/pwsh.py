"""PowerShell 6 and later (rez: `rezplugins.shell.pwsh`)."""

from __future__ import annotations

import sys

from rezfast.shell.powershell_base import PowerShellBase
from rezfast.shell.sh import Sh


class Pwsh(PowerShellBase):
    """The PowerShell of all platforms."""

    @classmethod
    def _find_syspaths(cls) -> list[str]:
        return super()._find_syspaths() if sys.platform == "win32" else Sh.get_syspaths()
