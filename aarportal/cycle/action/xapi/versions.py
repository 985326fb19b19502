"""Which versions of xAPI are spoken, and what an answer says about it.

Source: xAPI 1.0.3, part three, section 3.3 (versioning); IEEE 9274.1.1 (xAPI 2.0), 4.1.5.
"""

import re
from enum import Enum

HEADER = "X-Experience-API-Version"
_SPOKEN = re.compile(r"\A(?P<family>1\.0|2\.0)(?:\.\d+)?\Z", re.ASCII)


class Version(Enum):
    """A family of versions; the value is the latest of it, which every answer names."""

    V1_0 = "1.0.3"
    V2_0 = "2.0.0"

    @property
    def assumed(self) -> str:
        """The `version` of a statement that came without one."""
        return "1.0.0" if self is Version.V1_0 else "2.0.0"


#: What the root of the API says is spoken here, the latest last.
SPOKEN = ("1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0")
_FAMILIES = {"1.0": Version.V1_0, "2.0": Version.V2_0}


class VersionError(ValueError):
    """A request in no version that is spoken here."""


def asked_for(header: str | None) -> Version:
    """Whose rules a request follows, by its version header.

    Raises:
        VersionError: If the header is missing or names something else than 1.0.x or 2.0.x.
    """
    found = _SPOKEN.match(header or "")
    if found is None:
        raise VersionError(f"the header {HEADER} has to be 1.0, 1.0.x, 2.0 or 2.0.x")
    return _FAMILIES[found["family"]]


def reply_version(header: str | None, unversioned: Version = Version.V2_0) -> str:
    """What the answer to a request says: the latest version of the family that was asked for.

    Args:
        header: The request's header.
        unversioned: In whose name a request is answered that named no version spoken here; such a
            request gets nothing but errors, or what the API says about itself.
    """
    try:
        return asked_for(header).value
    except VersionError:
        return unversioned.value
