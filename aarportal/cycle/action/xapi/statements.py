"""xAPI statements: a request body into checked statements, all or nothing.

Source: xAPI 1.0.3, part two, section 2.4 (properties); IEEE 9274.1.1 (xAPI 2.0), 4.2.
"""

import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple, TypeAlias
from uuid import UUID

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from aarportal.cycle.action.xapi.moments import is_iso_8601, is_rfc_3339, moment
from aarportal.cycle.action.xapi.refusals import explanation
from aarportal.cycle.action.xapi.remembering import remembering
from aarportal.cycle.action.xapi.statement_model import (
    DURATION_PATTERN,
    VOIDED,
    Activities,
    Activity,
    Actor,
    Agent,
    Attachment,
    Context,
    Result,
    RuleError,
    StatementClaim,
    StatementRef,
    SubStatementClaim,
    Verb,
)
from aarportal.cycle.action.xapi.versions import Version


class StatementError(ValueError):
    """A body that is not xAPI.

    Attributes:
        message: The broken rule, in English: a programmer reads it.
        path: The property that broke it, as JSONPath from the top of the body.
    """

    def __init__(self, message: str, path: str) -> None:
        """Keep both parts."""
        super().__init__(f"{message} - at {path}")
        self.message = message
        self.path = path


class SubStatement(Struct, frozen=True):
    """A statement inside a statement: an intention, not something that happened."""

    actor: Actor
    verb: Verb
    object: "Activity | Actor | StatementRef"
    result: Result | None
    context: Context | None
    timestamp: datetime | None
    attachments: tuple[Attachment, ...]


Object: TypeAlias = Activity | Actor | StatementRef | SubStatement


class Statement(Struct, frozen=True):
    """A checked statement.

    Attributes:
        id: None when the sender left it to the store.
        timestamp: Aware UTC; the time of storing when the sender gave none.
        timestamp_given: Whether the sender gave it.
        raw: The statement's own JSON, as sent.
    """

    id: UUID | None
    actor: Actor
    verb: Verb
    object: Object
    result: Result | None
    context: Context | None
    timestamp: datetime
    timestamp_given: bool
    attachments: tuple[Attachment, ...]
    raw: bytes

    @property
    def is_voiding(self) -> bool:
        """Whether it takes another statement back; that one's id is then `object.id`."""
        return self.verb.id == VOIDED


class ActorKey(NamedTuple):
    """Under which name whom knows a person.

    Attributes:
        issuer: Home page of the account; `mailto`, `mbox_sha1sum` or `openid` for the other kinds.
        name: Account name, e-mail address with its domain in lower case, hash, or URI.
    """

    issuer: str
    name: str


# --- decoding ---------------------------------------------------------------------------------


class _Kind(Struct):
    """The one property that says how the others are to be read."""

    object_type: Any = msgspec.field(name="objectType", default="Activity")


def _number(text: str) -> float | int | str:
    """A number in an extension, so that 1 and 1.0 are one value and no value is refused."""
    number = float(text)
    if number in (float("inf"), float("-inf")):
        return text
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


_BATCH = msgspec.json.Decoder(list[Raw])
_KIND = msgspec.json.Decoder(_Kind)
_STATEMENT = msgspec.json.Decoder(StatementClaim, float_hook=_number)
_SUB_STATEMENT = msgspec.json.Decoder(SubStatementClaim, float_hook=_number)
_ACTIVITY = msgspec.json.Decoder(Activity, float_hook=_number)
_ACTOR = msgspec.json.Decoder(Actor)
_VERB = msgspec.json.Decoder(Verb)
_CONTEXT = msgspec.json.Decoder(Context, float_hook=_number)
_STATEMENT_REF = msgspec.json.Decoder(StatementRef)

# What is decoded is frozen and nobody changes what is inside, so many statements can share it.
_actor = remembering(_ACTOR.decode)
_verb = remembering(_VERB.decode)
_activity = remembering(_ACTIVITY.decode)
_context = remembering(_CONTEXT.decode)


class _Request(NamedTuple):
    """What holds for every statement of a request."""

    stored_at: datetime
    data_hashes: Collection[str]
    version: Version | None


def decode_batch(
    body: bytes,
    stored_at: datetime,
    data_hashes: Collection[str] = (),
    *,
    version: Version | None = Version.V1_0,
) -> list[Statement]:
    """The statements of a request body: one object or an array, all or nothing.

    Args:
        body: UTF-8 JSON.
        stored_at: Aware; becomes the timestamp of statements that have none.
        data_hashes: SHA-2 (lower-case hex) of attachment data that came beside the JSON.
        version: Whose rules hold; None takes what either allows, for statements taken in before.

    Raises:
        StatementError: The first broken rule, or an id that stands twice in the batch.
    """
    request = _Request(stored_at, data_hashes, version)
    if not body.lstrip(b" \t\r\n").startswith(b"["):
        return [_statement(body, "$", request)]
    try:
        items = _BATCH.decode(body)
    except (ValueError, RecursionError) as error:
        raise _explained(error, "$") from error
    statements = [_statement(item, f"$[{number}]", request) for number, item in enumerate(items)]
    ids = [statement.id for statement in statements if statement.id is not None]
    if len(set(ids)) != len(ids):
        seen: set[UUID] = set()
        for number, statement in enumerate(statements):
            if statement.id in seen:
                raise StatementError("The id stands twice in this batch", f"$[{number}].id")
            if statement.id is not None:
                seen.add(statement.id)
    return statements


def _statement(raw: bytes | Raw, path: str, request: _Request) -> Statement:
    """One statement, checked."""
    text = bytes(raw)
    try:
        claim = _STATEMENT.decode(text)
    except (ValueError, RecursionError) as error:
        raise _explained(error, path) from error
    if claim.version and request.version is Version.V1_0 and claim.version[0] != "1":
        raise StatementError("Expected a version 1.0.x", f"{path}.version")
    said = _said(claim, path, request)
    return Statement(
        id=msgspec.convert(claim.id, UUID) if claim.id else None,
        actor=said.actor,
        verb=said.verb,
        object=said.object,
        result=claim.result or None,
        context=said.context,
        timestamp=said.timestamp or request.stored_at.astimezone(UTC),
        timestamp_given=said.timestamp is not None,
        attachments=said.attachments,
        raw=text,
    )


class _Said(NamedTuple):
    """The parts of a claim, decoded and checked against one another."""

    actor: Actor
    verb: Verb
    object: Object
    context: Context | None
    timestamp: datetime | None
    attachments: tuple[Attachment, ...]


def _said(claim: StatementClaim | SubStatementClaim, path: str, request: _Request) -> _Said:
    """What is common to statements and sub-statements."""
    name = "actor"
    try:
        actor = _actor(bytes(claim.actor))
        name = "verb"
        verb = _verb(bytes(claim.verb))
        name = "context"
        context = _context(bytes(claim.context)) if claim.context is not UNSET else None
        name = "object"
        kind = _KIND.decode(claim.object).object_type
        thing = _object(claim, kind, f"{path}.object", request)
    except StatementError:
        raise
    except (ValueError, RecursionError) as error:
        raise _explained(error, f"{path}.{name}") from error
    if verb.id == VOIDED and kind != "StatementRef":
        raise StatementError("Only a StatementRef can be voided", f"{path}.object.objectType")
    if context is not None:
        _check_context(context, kind, f"{path}.context", request)
    return _Said(
        actor,
        verb,
        thing,
        context,
        _moment(claim.timestamp, f"{path}.timestamp", request) if claim.timestamp else None,
        () if claim.attachments is UNSET else _attachments(claim.attachments, path, request),
    )


def _object(
    claim: StatementClaim | SubStatementClaim, kind: Any, path: str, request: _Request
) -> Object:
    """The object as the type that it says it is."""
    if kind == "Activity":
        return _activity(bytes(claim.object))
    if kind in ("Agent", "Group"):
        return _actor(bytes(claim.object))
    if kind == "StatementRef":
        return _STATEMENT_REF.decode(claim.object)
    if kind == "SubStatement" and isinstance(claim, StatementClaim):
        inner = _SUB_STATEMENT.decode(claim.object)
        return _sub_statement(inner, _said(inner, path, request))
    raise RuleError("Not an objectType that may stand here", ".objectType")


def _sub_statement(claim: SubStatementClaim, said: _Said) -> SubStatement:
    """A sub-statement, checked by the rules of a statement."""
    assert not isinstance(said.object, SubStatement)
    return SubStatement(
        actor=said.actor,
        verb=said.verb,
        object=said.object,
        result=claim.result or None,
        context=said.context,
        timestamp=said.timestamp,
        attachments=said.attachments,
    )


def _check_context(context: Context, kind: str, path: str, request: _Request) -> None:
    """What the context may hold beside this object, in this version."""
    if kind != "Activity":
        for name in ("revision", "platform"):
            if getattr(context, name) is not UNSET:
                raise StatementError(
                    "Only a statement about an Activity may have it", f"{path}.{name}"
                )
    if request.version is Version.V1_0:
        for name, value in (
            ("contextAgents", context.context_agents),
            ("contextGroups", context.context_groups),
        ):
            if value is not UNSET:
                raise StatementError(
                    f"Object contains unknown field `{name}`: it came with xAPI 2.0",
                    f"{path}.{name}",
                )


def _attachments(
    attachments: list[Attachment], path: str, request: _Request
) -> tuple[Attachment, ...]:
    """The attachments, each of which has its data here or says where it is."""
    for number, attachment in enumerate(attachments):
        if attachment.file_url is UNSET and attachment.sha2.lower() not in request.data_hashes:
            raise StatementError(
                "An attachment without fileUrl needs its data in the request",
                f"{path}.attachments[{number}]",
            )
    return tuple(attachments)


def _moment(text: str, path: str, request: _Request) -> datetime:
    """A timestamp in UTC, written as the version wants it."""
    if request.version is Version.V1_0 and not is_iso_8601(text):
        raise StatementError("Expected an ISO 8601 timestamp with T and Z", path)
    if request.version is Version.V2_0 and not is_rfc_3339(text):
        raise StatementError("Expected an RFC 3339 timestamp", path)
    try:
        return moment(text)
    except ValueError as error:
        raise StatementError(f"Not a timestamp: {error}", path) from error


def _explained(error: Exception, prefix: str) -> StatementError:
    """What a decoder found, with the path from the top of the body."""
    said, place = explanation(error)
    return StatementError(said, f"{prefix}{place}")


# --- who --------------------------------------------------------------------------------------


def actor_key(actor: Actor | Agent) -> ActorKey | None:
    """The pair that identifies an actor; None for an anonymous group."""
    if actor.account:
        return ActorKey(actor.account.home_page, actor.account.name)
    if actor.mbox:
        return ActorKey("mailto", _address(actor.mbox))
    if actor.mbox_sha1sum:
        return ActorKey("mbox_sha1sum", actor.mbox_sha1sum.lower())
    if actor.openid:
        return ActorKey("openid", actor.openid)
    return None


def _address(mbox: str) -> str:
    """The address of a mailto IRI; its domain does not distinguish case."""
    local, _, domain = mbox.removeprefix("mailto:").rpartition("@")
    return f"{local}@{domain.lower()}"


def duration_seconds(duration: str | UnsetType) -> int | None:
    """A duration in whole seconds; None without one, or with months or years in it.

    A month has no fixed length.
    """
    if not duration or not _DURATION.match(duration):
        return None
    seconds = 0.0
    for number, unit in _numbers(duration):
        if unit not in _SECONDS:
            return None
        seconds += float(number.replace(",", ".")) * _SECONDS[unit]
    return round(seconds) if seconds < float("inf") else None


def _numbers(duration: str) -> Iterator[tuple[str, str]]:
    """The numbers of a duration with their units; those of the clock have a T in front."""
    days, _, clock = duration.partition("T")
    yield from _NUMBER.findall(days)
    for number, unit in _NUMBER.findall(clock):
        yield number, f"T{unit}"


_DURATION = re.compile(DURATION_PATTERN)
_NUMBER = re.compile(r"([\d.,]+)([A-Z])")
_SECONDS = {"W": 604_800, "D": 86_400, "S": 1, "TH": 3_600, "TM": 60, "TS": 1}


# --- around the object --------------------------------------------------------------------------

Relation: TypeAlias = Literal["parent", "grouping", "category", "other"]
RELATIONS: tuple[Relation, ...] = ("parent", "grouping", "category", "other")


def as_list(activities: Activities | UnsetType) -> list[Activity]:
    """Context activities as xAPI returns them: always an array."""
    if activities is UNSET:
        return []
    return [activities] if isinstance(activities, Activity) else activities


def activities_around(statement: Statement, relation: Relation) -> list[Activity]:
    """The activities that stand in one relation to the object of a statement."""
    around = statement.context.context_activities if statement.context else UNSET
    return as_list(getattr(around, relation)) if around else []
