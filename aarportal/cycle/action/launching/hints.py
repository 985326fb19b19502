"""Hints that go to an app and come back with its question who it is, pure.

A hint says nothing about the person: it only proves that the question comes from the browser, and
the sign-in, in which the app was opened a moment ago.
"""

import hmac
from hashlib import sha256
from uuid import UUID

#: How long an app may take to ask.
SECONDS = 300


def hint(secret: str, session: str, tool_id: UUID, at: int) -> str:
    """A hint for one opening.

    Args:
        secret: The installation's.
        session: The token of the person's sign-in.
        tool_id: What was opened.
        at: When, in seconds since 1970.
    """
    said = f"LTI login hint\n{session}\n{tool_id}\n{at}".encode()
    return f"{at}.{hmac.new(secret.encode(), said, sha256).hexdigest()}"


def holds(given: str, secret: str, session: str, tool_id: UUID, now: int) -> bool:
    """Whether a hint was made for this sign-in and this tool a moment ago."""
    at = given.partition(".")[0]
    if not at.isascii() or not at.isdecimal() or len(at) > 12:
        return False
    if not -5 <= now - int(at) <= SECONDS:
        return False
    return hmac.compare_digest(given.encode(), hint(secret, session, tool_id, int(at)).encode())
