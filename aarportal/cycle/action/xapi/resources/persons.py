"""Everything by which an app knows one person, as xAPI says it, pure.

Source: xAPI 1.0.3, part three, section 2.4 (agents resource).
"""

from collections.abc import Iterable
from typing import Any

from aarportal.cycle.action.xapi.statement_model import Actor
from aarportal.cycle.action.xapi.statements import ActorKey, actor_key

#: Issuer of an identity -> the property with the identifiers of that kind.
_PROPERTIES = {"mailto": "mbox", "mbox_sha1sum": "mbox_sha1sum", "openid": "openid"}


def person(agent: Actor, others: Iterable[ActorKey]) -> dict[str, Any]:
    """A person: the agent that was asked for, and who else they are for the same app.

    Args:
        agent: As asked for; the name it was given is the only one that is told.
        others: More identities; those that no agent can have are left out.
    """
    found: dict[str, Any] = {"objectType": "Person"}
    if agent.name:
        found["name"] = [agent.name]
    asked = actor_key(agent)
    assert asked is not None  # an agent has an identifier
    if agent.mbox:
        found["mbox"] = [agent.mbox]
    else:
        _add(found, asked)
    for key in others:
        if key != asked:
            _add(found, key)
    return found


def _add(found: dict[str, Any], key: ActorKey) -> None:
    if key.issuer in _PROPERTIES:
        prefix = "mailto:" if key.issuer == "mailto" else ""
        found.setdefault(_PROPERTIES[key.issuer], []).append(f"{prefix}{key.name}")
    elif ":" in key.issuer:
        account = {"homePage": key.issuer, "name": key.name}
        found.setdefault("account", []).append(account)
