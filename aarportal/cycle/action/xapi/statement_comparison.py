"""When two xAPI statements say the same, so that a replay is told from a conflict.

Source: xAPI 1.0.3, part two, section 2.3.1 (immutability, comparison) and 4.6 (durations).
"""

import re
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from aarportal.cycle.action.xapi.statement_model import (
    Activities,
    Activity,
    Actor,
    Agent,
    Attachment,
    Context,
    ContextActivities,
    Result,
    StatementRef,
)
from aarportal.cycle.action.xapi.statements import (
    Object,
    Statement,
    SubStatement,
    actor_key,
)

_DIGEST_BYTES = 16
_BEYOND_HUNDREDTHS = re.compile(r"([.,]\d\d)\d+(?=S)")
# Objects are compared without regard to the order of their keys.
_ENCODER = msgspec.json.Encoder(order="deterministic")


def fingerprint(statement: Statement) -> bytes:
    """A digest to keep beside a statement, by which a replay is told from a conflict.

    Shape: 16 bytes for the statement, then 8 for its timestamp when the sender gave one. Compare
    with `same_fingerprint`; equal bytes always mean the same statement.
    """
    core = _ENCODER.encode(_core(statement))
    digest = blake2b(core, digest_size=_DIGEST_BYTES).digest()
    if not statement.timestamp_given:
        return digest
    return digest + _millis(statement.timestamp).to_bytes(8, "big", signed=True)


def same_fingerprint(a: bytes, b: bytes) -> bool:
    """Whether two fingerprints are of statements that say the same.

    A timestamp counts only where both senders gave it: what the store assigned is no difference.
    """
    if a[:_DIGEST_BYTES] != b[:_DIGEST_BYTES]:
        return False
    return a == b or len(a) == _DIGEST_BYTES or len(b) == _DIGEST_BYTES


def same_statement(a: Statement, b: Statement) -> bool:
    """Whether two statements say the same, as xAPI compares them.

    Ignored: id, authority, stored, version, an assigned timestamp, the time zone of a given one
    and its digits beyond milliseconds, verb display, activity definitions, attachment data, the
    order of group members, the order of keys, the case of mail domains, hashes, UUIDs and language
    tags, digits of a duration beyond hundredths, and an array around a single context activity.
    """
    return same_fingerprint(fingerprint(a), fingerprint(b))


# Lists and not structs with names: there are many of them, and only their bytes matter.


def _core(claim: Statement | SubStatement) -> list[Any]:
    """What is left of a claim when everything is gone that comparison ignores."""
    core: list[Any] = [
        _actor_core(claim.actor),
        claim.verb.id,
        _object_core(claim.object),
        _result_core(claim.result),
        _context_core(claim.context) if claim.context else None,
    ]
    if claim.attachments:
        core.append([_attachment_core(each) for each in claim.attachments])
    if isinstance(claim, SubStatement) and claim.timestamp:
        core.append(_millis(claim.timestamp))
    return core


def _actor_core(actor: Actor | Agent) -> list[Any]:
    """An actor; members in a fixed order."""
    core: list[Any] = [actor.name or "", actor_key(actor)]
    if isinstance(actor, Actor) and actor.is_group:
        members = [_ENCODER.encode(_actor_core(member)).decode() for member in actor.member or ()]
        core.append(sorted(members))
    return core


def _object_core(thing: Object) -> list[Any]:
    """An object as a list that begins with its type."""
    if isinstance(thing, Activity):
        return ["Activity", thing.id]
    if isinstance(thing, StatementRef):
        return ["StatementRef", thing.id.lower()]
    if isinstance(thing, SubStatement):
        return ["SubStatement", _core(thing)]
    return ["Group" if thing.is_group else "Agent", _actor_core(thing)]


def _result_core(result: Result | None) -> Result | None:
    """A result with its duration cut to hundredths of a second, as text."""
    if result is not None and result.duration and _BEYOND_HUNDREDTHS.search(result.duration):
        shorter = _BEYOND_HUNDREDTHS.sub(r"\1", result.duration)
        return msgspec.structs.replace(result, duration=shorter)
    return result


def _context_core(context: Context) -> list[Any]:
    """A context with its activities reduced to their ids."""
    around = context.context_activities
    core = [
        _lower(context.registration),
        _actor_core(context.instructor) if context.instructor else None,
        _actor_core(context.team) if context.team else None,
        _around_core(around) if around else None,
        context.revision or None,
        context.platform or None,
        _lower(context.language),
        context.statement.id.lower() if context.statement else None,
        context.extensions or None,
    ]
    if context.context_agents or context.context_groups:
        core.append(
            [
                [_actor_core(each.agent), each.relevant_types or None]
                for each in context.context_agents or ()
            ]
        )
        core.append(
            [
                [_actor_core(each.group), each.relevant_types or None]
                for each in context.context_groups or ()
            ]
        )
    return core


def _around_core(around: ContextActivities) -> list[list[str]]:
    """Ids of the activities around, by relation."""
    return [
        _ids(around.parent),
        _ids(around.grouping),
        _ids(around.category),
        _ids(around.other),
    ]


def _ids(activities: Activities | UnsetType) -> list[str]:
    """Ids of some activities, or of one."""
    if activities is UNSET:
        return []
    if isinstance(activities, list):
        return [activity.id for activity in activities]
    return [activities.id]


def _attachment_core(attachment: Attachment) -> Attachment:
    """An attachment's header with its hash in lower case."""
    return msgspec.structs.replace(attachment, sha2=attachment.sha2.lower())


def _lower(text: str | UnsetType) -> str | None:
    """Text whose case means nothing, in lower case."""
    return text.lower() if text else None


def _millis(moment: datetime) -> int:
    """Milliseconds since 1970, rounded down: an LRS may keep no more than that."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
