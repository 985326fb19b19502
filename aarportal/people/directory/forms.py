"""Which people, and which year: the shape of what is asked for in an address."""

from uuid import UUID

from werkzeug.datastructures import MultiDict

from aarportal.people.directory.presence import HERE, STATES
from aarportal.people.directory.store import STAFF, STUDENT, Wanted

GRADES = tuple(f"P{n}" for n in range(1, 7)) + tuple(f"J{n}" for n in range(1, 4))
#: Everybody, whenever they were or will be there.
EVER = "ever"
_MOST_LETTERS = 100


def wanted_of(asked: MultiDict[str, str]) -> Wanted:
    """The people that an address asks for; what it says wrongly does not matter."""
    state = asked.get("state", HERE)
    return Wanted(
        words=asked.get("q", "").strip()[:_MOST_LETTERS],
        kind=one_of(asked.get("role", ""), (STUDENT, STAFF)),
        grade=one_of(asked.get("grade", ""), GRADES),
        school_id=uuid_in(asked, "school"),
        class_id=uuid_in(asked, "class"),
        state="" if state == EVER else one_of(state, STATES) or HERE,
    )


def one_of(text: str, allowed: tuple[str, ...]) -> str:
    """The text if it is allowed; else nothing."""
    return text if text in allowed else ""


def uuid_in(asked: MultiDict[str, str], name: str) -> UUID | None:
    """An id in an address; None when there is none."""
    try:
        return UUID(asked.get(name, ""))
    except ValueError:
        return None


def number_in(asked: MultiDict[str, str], name: str) -> int:
    """A whole number in an address, from 1; 1 when there is none."""
    text = asked.get(name, "")
    return max(int(text), 1) if text.isdecimal() and len(text) < 6 else 1
