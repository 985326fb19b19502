"""How many launches come from one address: each begun one is a row, and whoever wants begins them.

No unit of work may be open.
"""

from datetime import timedelta

from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts.tries import operations as tries
from aarportal.people.accounts.tries.operations import Limit, Tried

#: Launches that were begun and led nobody in, or were refused; a whole school sits behind one
#: address, and what leads somebody in is not counted.
PER_ADDRESS = Limit("lti", 600, timedelta(minutes=5))
_REASON = "launches of an address"


def begin(address: str, secret: str) -> None:
    """Count a launch that is begun.

    Args:
        address: From which it is.
        secret: Of this installation; the address is kept under a name that tells it to nobody.

    Raises:
        TooManyTriesError: If too many were begun there and led nowhere.
    """
    tries.alone(tries.begin, [_tried(address, secret)], _REASON)


def refuse_too_many(address: str, secret: str) -> None:
    """Look at nothing more from where too much led nowhere.

    Raises:
        TooManyTriesError: If they have to wait.
    """
    with unit_of_work(SystemScope(_REASON), read_only=True) as scope:
        tries.refuse_too_many(scope, [_tried(address, secret)])


def note_refused(address: str, secret: str) -> None:
    """Count a launch, or a ticket, that is not taken."""
    tries.alone(tries.count, [_tried(address, secret)], _REASON)


def note_arrived(address: str, secret: str) -> None:
    """A launch that was begun there led somebody in: it is not counted any more."""
    tries.alone(tries.uncount, [_tried(address, secret)], _REASON)


def _tried(address: str, secret: str) -> Tried:
    return tries.tried(PER_ADDRESS, address, secret)
