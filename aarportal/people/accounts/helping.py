"""Who may give whom a password to begin with, pure: with it comes all that they may do here."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from aarportal.core.permissions import GRANTS, STRONG, Role
from aarportal.people.accounts.roles import ROLES

_STUDENT = "student"


@dataclass(frozen=True)
class Post:
    """What somebody is, or will be, at a school.

    Attributes:
        school_id: All zeros for the board of education.
        role: As the roster calls it.
    """

    school_id: UUID
    role: str


def is_pupil(posts: Sequence[Post]) -> bool:
    """Whether somebody is a pupil and nothing else, at any school of the district."""
    return bool(posts) and all(post.role == _STUDENT for post in posts)


def is_staff(posts: Sequence[Post]) -> bool:
    """Whether somebody is something else than a pupil, and a pupil nowhere."""
    return bool(posts) and all(post.role != _STUDENT for post in posts)


def may_give(role: Role, school_id: UUID, posts: Sequence[Post]) -> bool:
    """Whether somebody may give a password to a person who is no pupil.

    A school gives none to whoever is something elsewhere, too, and nobody gives one that opens
    graver pages than their own: whoever can take away the device for codes as well would be that
    person. The board helps everybody else but those who run the system.

    Args:
        role: Of the helper.
        school_id: Where the helper is.
        posts: All that the person is or will be, wherever.
    """
    roles = {ROLES[post.role] for post in posts if post.role in ROLES}
    if not is_staff(posts) or Role.SYSTEM_ADMINISTRATOR in roles:
        return False
    if role is Role.DISTRICT_ADMINISTRATOR:
        return True
    if any(post.school_id != school_id for post in posts):
        return False
    return all(GRANTS[each] & STRONG <= GRANTS[role] for each in roles)
