"""The attributes of a definition that the scanner reads."""

from __future__ import annotations

# directories name an installed package, so the scanner need not know these
NAMING = ("name", "version")

# what a resolve takes from a definition, whoever reads it
FIELDS = (
    "requires",
    "variants",
    "build_requires",
    "private_build_requires",
    "timestamp",
    "hashed_variants",
)
