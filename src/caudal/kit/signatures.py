"""Signatures of what is sent to others, by Standard Webhooks 1.0: whoever holds the secret can tell that it is ours."""

import hashlib
import hmac
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import Final

SECRET_PREFIX: Final = "whsec_"  # noqa: S105  what secrets begin with, none itself
SECRET_BYTES: Final = 32


def new_secret() -> str:
    """Return a new secret as receivers are given it."""
    return SECRET_PREFIX + b64encode(os.urandom(SECRET_BYTES)).decode()


def signed_headers(secrets: Iterable[str], *, message_id: str, at_seconds: int, body: bytes) -> dict[str, str]:
    """Return the headers that go with a message: its id, when it is sent, and one signature for each secret.

    >>> secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    >>> body = b'{"test": 2432232314}'
    >>> signed_headers([secret], message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", at_seconds=1614265330, body=body)[
    ...     "webhook-signature"
    ... ]
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    content = f"{message_id}.{at_seconds}.".encode() + body
    signatures = (
        b64encode(hmac.digest(b64decode(secret.removeprefix(SECRET_PREFIX)), content, hashlib.sha256)).decode()
        for secret in secrets
    )
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at_seconds),
        "webhook-signature": " ".join(f"v1,{each}" for each in signatures),
    }
