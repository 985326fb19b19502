"""Answers of providers by which nobody came in: how many from where, and a trace of each."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts.oidc import store
from aarportal.people.accounts.tries import operations as tries
from aarportal.people.accounts.tries.operations import Limit, Tried

#: Answers that led nowhere; a whole class sits behind one address.
PER_ADDRESS = Limit("oidc", 200, timedelta(minutes=5))


def tried(address: str, secret: str) -> Tried:
    """What an address is counted under."""
    return tries.tried(PER_ADDRESS, address, secret)


def refuse_too_many(it: Tried) -> None:
    """Let nobody go on from where too many answers led nowhere.

    Raises:
        TooManyTriesError: If they have to wait.
    """
    with unit_of_work(SystemScope("sign-in"), read_only=True) as scope:
        tries.refuse_too_many(scope, [it])


def note(provider_id: UUID, it: Tried, detail: str) -> None:
    """Count an answer that led nowhere, and leave a trace of why."""
    try:
        _note(provider_id, it, detail)
    except IntegrityError:
        # Another one from the same address was the first at the same moment.
        _note(provider_id, it, detail)


def _note(provider_id: UUID, it: Tried, detail: str) -> None:
    with unit_of_work(SystemScope("sign-in")) as scope:
        tries.count(scope, [it])
        provider = store.open_provider(scope, provider_id)
        district_id = provider.district_id if provider else None
        audit.record(scope, "session:refused", provider_id, district_id=district_id, detail=detail)
