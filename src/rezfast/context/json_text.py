"""Plain data as the JSON text that rez writes into .rxt files.

The `json` module writes indented text in Python as well, and takes longer to import than to do it.
"""

from __future__ import annotations

from rezfast._saving import OtherDataError, plain_json_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def json_text(data: Any) -> str:
    """What `json.dumps(data, indent=4, separators=(",", ": "), sort_keys=True)` gives.

    Raises:
        TypeError, ValueError: As `json.dumps`.
    """
    try:
        return plain_json_text(data)
    except OtherDataError:
        # deferred: no context holds such data unless somebody put it there
        import json

        return json.dumps(data, indent=4, separators=(",", ": "), sort_keys=True)
