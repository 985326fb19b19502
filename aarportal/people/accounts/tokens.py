"""The token that a browser holds, and what is kept of it, pure."""

import secrets
from hashlib import sha256


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """What the database keeps: a stolen one opens no session."""
    return sha256(token.encode()).digest()
