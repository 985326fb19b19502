"""Where a page may lead that got the address from outside: to a path of our own."""

from urllib.parse import urlsplit


def own_path(target: str | None) -> str | None:
    """The address if it is a path of ours; one elsewhere would make the sign-in page a trap."""
    if target and target.startswith("/") and not target.startswith(("//", "/\\")):
        parts = urlsplit(target)
        if not parts.scheme and not parts.netloc:
            return target
    return None
