"""Names by which systems know people, as they are compared, pure."""


def folded(name: str) -> str:
    """A name in small letters, so that two ways to write it are equal.

    Only ASCII: elsewhere letters that look alike would fall together (the Kelvin sign is a k).
    """
    return name.lower() if name.isascii() else name
