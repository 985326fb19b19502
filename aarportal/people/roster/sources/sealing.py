"""Secrets of other systems, encrypted at rest, pure.

The key follows from the secret key of the installation: whoever has the database alone has nothing.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from aarportal.people.roster.sources.troubles import PullError

_USE = b"aarportal roster source secret"


def seal(secret_key: str, secret: str) -> bytes:
    """Encrypt a secret."""
    return _box(secret_key).encrypt(secret.encode())


def opened(secret_key: str, sealed: bytes) -> str:
    """Read a secret.

    Raises:
        PullError: If it was sealed under another key.
    """
    try:
        return _box(secret_key).decrypt(sealed).decode()
    except InvalidToken:
        raise PullError("secret_lost") from None


def _box(secret_key: str) -> Fernet:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_USE)
    return Fernet(base64.urlsafe_b64encode(derived.derive(secret_key.encode())))
