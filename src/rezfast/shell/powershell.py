"""Windows PowerShell 5 (rez: `rezplugins.shell.powershell`)."""

from __future__ import annotations

from rezfast.shell.powershell_base import PowerShellBase


class PowerShell(PowerShellBase):
    """The PowerShell that comes with Windows."""
