"""A test message: made here, and taken as if the app had sent it.

Its actor is an account that nobody has, so it can only wait; its verb is none of learning, so it
would be no record even if it were somebody's. Afterwards it is taken back, as an app takes back
what it sent by mistake, and nothing of it waits.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from aarportal.core import clock
from aarportal.core.errors import NotAllowedError
from aarportal.core.ids import new_id
from aarportal.core.permissions import Permission
from aarportal.core.scope import AppScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.apps.live import operations
from aarportal.cycle.action.apps.live.operations import Seen
from aarportal.cycle.action.intake import operations as intake
from aarportal.cycle.action.xapi.statement_model import VOIDED
from aarportal.cycle.action.xapi.statements import Statement, decode_batch

#: What a test message is about, below the address of the portal.
OBJECT = "/apps/test-message"
_VERB = "http://adlnet.gov/expapi/verbs/logged-in"


@dataclass(frozen=True)
class Outcome:
    """What became of a test message.

    Attributes:
        id: The statement's id.
        state: `unread` while others are before it, `waiting` as it should be, or `recorded`.
        reason: Why it waits.
    """

    id: UUID
    state: str
    reason: str


def send(scope: AppScope, root: str, sender: str) -> Outcome:
    """Make a test message, take it in, look what became of it, and take it back.

    Args:
        scope: The app's.
        root: The address of the portal, without a slash at its end.
        sender: The name of the portal, which the message carries.

    Raises:
        NotAllowedError: If the app may not send statements.
    """
    if not scope.allows(Permission.STATEMENTS_WRITE):
        raise NotAllowedError(Permission.STATEMENTS_WRITE)
    test_id = new_id()
    actor = {"account": {"homePage": f"{root}{OBJECT}", "name": f"test-{test_id}"}}
    message = {
        "id": str(test_id),
        "actor": actor,
        "verb": {"id": _VERB},
        "object": {
            "id": f"{root}{OBJECT}",
            "definition": {
                "name": {
                    "en": f"A test by {sender}",
                    "ja": f"{sender}からのテスト",
                }
            },
        },
    }
    with unit_of_work(scope):
        seen = _take(scope, message, test_id)
    back = {
        "actor": actor,
        "verb": {"id": VOIDED},
        "object": {"objectType": "StatementRef", "id": str(test_id)},
    }
    with unit_of_work(scope):
        _take(scope, back, test_id)
    return Outcome(test_id, seen.state, seen.reason)


def _take(scope: AppScope, message: Mapping[str, object], test_id: UUID) -> Seen:
    used_at = operations.last_use(scope)
    intake.ingest(scope, [_statement(message)])
    operations.reset_last_use(scope, used_at)
    return operations.look(scope, test_id)


def _statement(message: Mapping[str, object]) -> Statement:
    body = json.dumps(message, ensure_ascii=False).encode()
    [statement] = decode_batch(body, clock.now())
    return statement
