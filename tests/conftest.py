"""Generated cases are the same in every run, so that a failure says something about the change.

`REZFAST_EXAMPLES=5000 pytest tests/differential` looks for new ones, and keeps those that fail.
"""

from __future__ import annotations

import os

from hypothesis import settings

if "REZFAST_EXAMPLES" not in os.environ:
    settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
    settings.load_profile("repeatable")
