"""The App's private key, read once a process: to find out that it is a good one takes longer than to sign with it."""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key


@lru_cache(maxsize=4)
def parsed(pem: str) -> PrivateKeyTypes:
    """The key that a PEM holds. Raises ValueError or TypeError where it holds none, or an encrypted one."""
    return load_pem_private_key(pem.encode(), password=None)
