"""Secrets that have to be used again, kept so that the database alone does not tell them.

They are sealed under a key made of the installation's own secret, which no copy of the database carries.
"""

import os
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32


def lock_away(secret: str, owner: UUID) -> bytes:
    """Return a secret sealed, bound to the row that it is kept in."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_key()).encrypt(nonce, secret.encode(), owner.bytes)


def take_out(sealed: bytes, owner: UUID) -> str | None:
    """Return a secret that was locked away, None when another installation did it."""
    try:
        return AESGCM(_key()).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], owner.bytes).decode()
    except InvalidTag:
        return None


def _key() -> bytes:
    derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"caudal vault")
    return derived.derive(settings.SECRET_KEY.encode())
