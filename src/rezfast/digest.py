"""SHA-1 without OpenSSL, which `hashlib` loads and which takes longer than what is hashed here."""

from __future__ import annotations

try:
    from _sha1 import sha1  # type: ignore[import-not-found]
except ImportError:  # a Python that was built without hashes of its own
    from hashlib import sha1


def sha1_hex(content: bytes) -> str:
    """The SHA-1 of some bytes, in hexadecimal digits."""
    digits: str = sha1(content).hexdigest()
    return digits
