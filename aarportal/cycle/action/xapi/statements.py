"""xAPI 1.0.3 statements: a request body into checked statements, all or nothing.

Source: xAPI 1.0.3, part two, section 2.4 (properties).
"""

import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple, TypeAlias
from uuid import UUID

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from aarportal.cycle.action.xapi.statement_model import (
    DURATION_PATTERN,
    RULES,
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


class StatementError(ValueError):
    """A body that is not xAPI 1.0.3.

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
_STATEMENT_REF = msgspec.json.Decoder(StatementRef)


def decode_batch(
    body: bytes, stored_at: datetime, data_hashes: Collection[str] = ()
) -> list[Statement]:
    """The statements of a request body: one object or an array, all or nothing.

    Args:
        body: UTF-8 JSON.
        stored_at: Aware; becomes the timestamp of statements that have none.
        data_hashes: SHA-2 (lower-case hex) of attachment data that came beside the JSON.

    Raises:
        StatementError: The first broken rule, or an id that stands twice in the batch.
    """
    if not body.lstrip(b" \t\r\n").startswith(b"["):
        return [_statement(body, "$", stored_at, data_hashes)]
    try:
        items = _BATCH.decode(body)
    except (ValueError, RecursionError) as error:
        raise _explained(error, "$") from error
    statements = [
        _statement(item, f"$[{number}]", stored_at, data_hashes)
        for number, item in enumerate(items)
    ]
    ids = [statement.id for statement in statements if statement.id is not None]
    if len(set(ids)) != len(ids):
        seen: set[UUID] = set()
        for number, statement in enumerate(statements):
            if statement.id in seen:
                raise StatementError("The id stands twice in this batch", f"$[{number}].id")
            if statement.id is not None:
                seen.add(statement.id)
    return statements


def _statement(
    raw: bytes | Raw, path: str, stored_at: datetime, data_hashes: Collection[str]
) -> Statement:
    """One statement, checked."""
    try:
        claim = _STATEMENT.decode(raw)
    except (ValueError, RecursionError) as error:
        raise _explained(error, path) from error
    thing = _object(claim.object, claim, path, data_hashes)
    return Statement(
        id=UUID(claim.id) if claim.id else None,
        actor=claim.actor,
        verb=claim.verb,
        object=thing,
        result=claim.result or None,
        context=claim.context or None,
        timestamp=(
            _moment(claim.timestamp, path) if claim.timestamp else stored_at.astimezone(UTC)
        ),
        timestamp_given=claim.timestamp is not UNSET,
        attachments=_attachments(claim, path, data_hashes),
        raw=bytes(raw),
    )


def _object(
    raw: Raw,
    claim: StatementClaim | SubStatementClaim,
    path: str,
    data_hashes: Collection[str],
) -> Object:
    """The object of a claim, read by its type, with the rules that hang on that type."""
    place = f"{path}.object"
    try:
        kind = _KIND.decode(raw).object_type
        thing = _read_object(raw, kind, claim, place, data_hashes)
    except StatementError:
        raise
    except (ValueError, RecursionError) as error:
        raise _explained(error, place) from error
    if claim.verb.id == VOIDED and kind != "StatementRef":
        raise StatementError("Only a StatementRef can be voided", f"{place}.objectType")
    if claim.context and kind != "Activity":
        for name in ("revision", "platform"):
            if getattr(claim.context, name) is not UNSET:
                raise StatementError(
                    "Only a statement about an Activity may have it", f"{path}.context.{name}"
                )
    return thing


def _read_object(
    raw: Raw,
    kind: Any,
    claim: StatementClaim | SubStatementClaim,
    path: str,
    data_hashes: Collection[str],
) -> Object:
    """The object as the type that it says it is."""
    if kind == "Activity":
        return _ACTIVITY.decode(raw)
    if kind in ("Agent", "Group"):
        return _ACTOR.decode(raw)
    if kind == "StatementRef":
        return _STATEMENT_REF.decode(raw)
    if kind == "SubStatement" and isinstance(claim, StatementClaim):
        return _sub_statement(_SUB_STATEMENT.decode(raw), path, data_hashes)
    raise RuleError("Not an objectType that may stand here", ".objectType")


def _sub_statement(
    claim: SubStatementClaim, path: str, data_hashes: Collection[str]
) -> SubStatement:
    """A sub-statement, checked by the rules of a statement."""
    thing = _object(claim.object, claim, path, data_hashes)
    assert not isinstance(thing, SubStatement)
    return SubStatement(
        actor=claim.actor,
        verb=claim.verb,
        object=thing,
        result=claim.result or None,
        context=claim.context or None,
        timestamp=_moment(claim.timestamp, path) if claim.timestamp else None,
        attachments=_attachments(claim, path, data_hashes),
    )


def _attachments(
    claim: StatementClaim | SubStatementClaim, path: str, data_hashes: Collection[str]
) -> tuple[Attachment, ...]:
    """The attachments, each of which has its data here or says where it is."""
    if claim.attachments is UNSET:
        return ()
    for number, attachment in enumerate(claim.attachments):
        if attachment.file_url is UNSET and attachment.sha2.lower() not in data_hashes:
            raise StatementError(
                "An attachment without fileUrl needs its data in the request",
                f"{path}.attachments[{number}]",
            )
    return tuple(claim.attachments)


def _moment(text: str, path: str) -> datetime:
    """A timestamp in UTC; without an offset it is taken as UTC."""
    try:
        moment = datetime.fromisoformat(text)
        # The first and the last year leave no room to change into another time zone.
        if not 1 < moment.year < 9999:
            raise ValueError("year out of range")  # noqa: TRY301
    except ValueError as error:
        raise StatementError(f"Not a timestamp: {error}", f"{path}.timestamp") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


_PLACE = re.compile(r"\A(?P<said>.*?)(?: - at (?:`\w+` in )?`(?P<path>\$[^`]*)`)?\Z", re.DOTALL)
_FIELD = re.compile(r"(?:unknown|required) field `(?P<name>[^`]*)`\Z")


def _explained(error: Exception, prefix: str) -> StatementError:
    """What the decoder found, with the path from the top of the body and a rule in words."""
    if isinstance(error, RecursionError):
        return StatementError("Nested too deeply", prefix)
    if isinstance(error, UnicodeDecodeError):
        return StatementError("Not UTF-8", prefix)
    found = _PLACE.match(str(error))
    assert found is not None
    said, path = found["said"], (found["path"] or "$").removeprefix("$")
    broken = error if isinstance(error, RuleError) else error.__cause__
    if isinstance(broken, RuleError):
        path += broken.where
    elif (named := _FIELD.search(said)) is not None:
        path += f".{named['name']}"
    for pattern, rule in RULES.items():
        said = said.replace(f"`str` matching regex {pattern!r}", rule)
    return StatementError(said, f"{prefix}{path}")


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
    found = _DURATION.match(duration) if duration else None
    if found is None or found["years"] or found["months"]:
        return None
    seconds = sum(
        float(number.replace(",", ".")) * _SECONDS[unit]
        for unit, number in found.groupdict().items()
        if number
    )
    return round(seconds) if seconds < float("inf") else None


_DURATION = re.compile(DURATION_PATTERN)
_SECONDS = {
    "weeks": 604_800,
    "days": 86_400,
    "hours": 3_600,
    "minutes": 60,
    "seconds": 1,
    "bare": 1,
}


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
