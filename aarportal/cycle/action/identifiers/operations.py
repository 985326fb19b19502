"""Registering a 利用者識別子 that was issued elsewhere, and reading again what it changes."""

from dataclasses import dataclass
from uuid import UUID

from aarportal.core.scope import Scope
from aarportal.cycle.action.intake import operations as intake
from aarportal.cycle.action.quarantine.names import store as names
from aarportal.people.identity import operations as identity
from aarportal.people.identity import store as identities


@dataclass(frozen=True)
class Holder:
    """Who in the district has, or had, a 利用者識別子.

    Attributes:
        name: Empty for somebody of a school out of sight.
    """

    id: UUID
    name: str = ""


def identify(scope: Scope, person_id: UUID, identifier: str) -> None:
    """Register it; what waits under it becomes records, and what it meant before is read again.

    Raises:
        InvalidError: As `identity.identify`.
        NotFoundError: As `identity.identify`.
    """
    row = identity.identify(scope, person_id, identifier)
    known = [row.master_identifier]
    # What came under the one before is told by a link now, so that taking that back moves it.
    intake.read_again(scope, "person", str(person_id))
    for link in names.links(scope, known):
        intake.read_again(scope, "link", str(link.id))
    for app_id, issuer, name in names.waiting_under(scope, known):
        intake.read_again(scope, "actor", f"{issuer}\n{name}", app_id=app_id)


def holder(scope: Scope, identifier: str) -> Holder | None:
    """Whose it is already; None if it is nobody's."""
    found = identities.person_identified_by(scope, identifier.strip())
    if found is None:
        return None
    row = identities.member(scope, found)
    return Holder(found, f"{row.family_name}\u2009{row.given_name}" if row else "")
