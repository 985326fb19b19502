"""How a stored statement is given out: exact, ids or canonical; from its JSON, without typing it.

Only the parts that change are looked into; everything else goes out byte for byte as it came in.

Source: xAPI 1.0.3, part three, section 2.1.3 (format, language filtering) and part two, section
2.4 (what a store adds).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Raw

from aarportal.cycle.action.xapi.languages import chosen
from aarportal.cycle.action.xapi.moments import moment, timestamp
from aarportal.cycle.action.xapi.remembering import remembering
from aarportal.cycle.action.xapi.versions import Version

Format: TypeAlias = Literal["exact", "ids", "canonical"]
FORMATS: tuple[Format, ...] = ("exact", "ids", "canonical")
Parts: TypeAlias = dict[str, Raw]

_PARTS = msgspec.json.Decoder(Parts)
_LIST = msgspec.json.Decoder(list[Raw])
_TEXT = msgspec.json.Decoder(str)
_ENCODE = msgspec.json.Encoder().encode
_IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
_COMPONENT_LISTS = ("choices", "scale", "source", "target", "steps")


class StoredForm(NamedTuple):
    """A statement as it was sent, and what the store knows about it.

    Attributes:
        authority: The JSON of whoever vouches for it: the store says so, not the sender.
        version: What it is taken for when it names none itself (see `Version.assumed`).
    """

    id: UUID
    stored_at: datetime
    authority: bytes
    raw: bytes
    version: str = Version.V1_0.assumed


class Canon(NamedTuple):
    """The definitions that hold, whatever a single statement says.

    Attributes:
        definitions: Activity id -> JSON of its definition.
        displays: Verb id -> JSON of its language map.
    """

    definitions: Mapping[str, bytes]
    displays: Mapping[str, bytes]


NO_CANON = Canon({}, {})


def exact(stored: StoredForm, version: Version = Version.V1_0) -> bytes:
    """The statement as it was sent, with what the store adds.

    Args:
        stored: The statement.
        version: In which xAPI it is given out; 2.0 wants every timestamp in UTC.
    """
    return _ENCODE(_completed(stored, version))


def ids(stored: StoredForm, version: Version = Version.V1_0) -> bytes:
    """The statement with nothing of agents, groups, verbs and activities but what names them."""
    parts = _completed(stored, version)
    _reduce(parts)
    parts["authority"] = _who(bytes(parts["authority"]))
    return _ENCODE(parts)


def canonical(
    stored: StoredForm,
    canon: Canon,
    languages: Sequence[str],
    version: Version = Version.V1_0,
) -> bytes:
    """The statement with the definitions that hold, in one language.

    Args:
        stored: The statement.
        canon: What is not in it stays as the statement has it.
        languages: As `languages.accepted` returns them.
        version: As in `exact`.
    """
    parts = _completed(stored, version)
    _define(parts, canon, languages)
    return _ENCODE(parts)


def statement_result(statements: Iterable[bytes], more: str = "") -> bytes:
    """The answer to a query: statements that are JSON already, and where more of them are."""
    return b'{"statements":[' + b",".join(statements) + b'],"more":' + _ENCODE(more) + b"}"


def mentioned(raws: Iterable[bytes]) -> tuple[set[str], set[str]]:
    """Ids of all activities and verbs in some statements, so that a canon can be made for them."""
    activities: set[str] = set()
    verbs: set[str] = set()
    for raw in raws:
        _mention(_PARTS.decode(raw), activities, verbs)
    return activities, verbs


# --- what the store adds ------------------------------------------------------------------------


def _completed(stored: StoredForm, version: Version) -> Parts:
    """The parts of the statement with what the store adds, and activities around in arrays."""
    parts = _PARTS.decode(stored.raw)
    at = _quoted(timestamp(stored.stored_at))
    if "id" not in parts:
        parts["id"] = _quoted(str(stored.id))
    _tidy(parts, stored.raw, version)
    parts.setdefault("timestamp", at)
    parts["stored"] = at
    parts["authority"] = Raw(stored.authority)
    if "version" not in parts:
        parts["version"] = _quoted(stored.version)
    return parts


def _quoted(text: str) -> Raw:
    """Text that needs no escapes, as JSON."""
    return Raw(f'"{text}"')


def _tidy(parts: Parts, raw: bytes | Raw, version: Version) -> None:
    """Put activities around into arrays and, for xAPI 2.0, timestamps into UTC."""
    text = bytes(raw)
    if version is Version.V2_0 and "timestamp" in parts:
        said = _TEXT.decode(parts["timestamp"])
        if not (said.endswith("Z") and said[10] == "T"):
            parts["timestamp"] = _quoted(timestamp(moment(said)))
    # A key may be written with escapes, and then the name is not seen in the text.
    if "context" in parts and (b"contextActivities" in text or b"\\u" in text):
        parts["context"] = _in_arrays(bytes(parts["context"]))
    if b"SubStatement" in text or b"\\u" in text:
        inner = _PARTS.decode(parts["object"])
        if _kind(inner) == "SubStatement":
            _tidy(inner, parts["object"], version)
            parts["object"] = Raw(_ENCODE(inner))


@remembering
def _in_arrays(context: bytes) -> Raw:
    """A context with every activity around in an array, even a single one."""
    parts = _PARTS.decode(context)
    if "contextActivities" not in parts:
        return Raw(context)
    around = _PARTS.decode(parts["contextActivities"])
    alone = [name for name, value in around.items() if bytes(value).startswith(b"{")]
    if not alone:
        return Raw(context)
    for name in alone:
        around[name] = Raw(b"[" + bytes(around[name]) + b"]")
    parts["contextActivities"] = Raw(_ENCODE(around))
    return Raw(_ENCODE(parts))


def _kind(parts: Parts) -> str:
    """The type of an object."""
    return _TEXT.decode(parts["objectType"]) if "objectType" in parts else "Activity"


# --- ids ----------------------------------------------------------------------------------------


def _reduce(parts: Parts) -> None:
    """Leave of a statement or sub-statement only what names things."""
    parts["actor"] = _who(bytes(parts["actor"]))
    parts["verb"] = _named(bytes(parts["verb"]))
    thing = _PARTS.decode(parts["object"])
    kind = _kind(thing)
    if kind == "Activity":
        parts["object"] = _named(bytes(parts["object"]))
    elif kind == "SubStatement":
        _reduce(thing)
        parts["object"] = Raw(_ENCODE(thing))
    elif kind != "StatementRef":
        parts["object"] = _who(bytes(parts["object"]))
    if "context" in parts:
        parts["context"] = _reduced_context(bytes(parts["context"]))


@remembering
def _named(thing: bytes) -> Raw:
    """An activity or a verb with nothing but its id."""
    parts = _PARTS.decode(thing)
    return Raw(_ENCODE({name: parts[name] for name in ("objectType", "id") if name in parts}))


@remembering
def _who(actor: bytes) -> Raw:
    """An agent or group with nothing but its identifier, or those of its members."""
    parts = _PARTS.decode(actor)
    left = {name: parts[name] for name in ("objectType", *_IDENTIFIERS) if name in parts}
    if "member" in parts and not left.keys() & set(_IDENTIFIERS):
        members = [_who(bytes(member)) for member in _LIST.decode(parts["member"])]
        left["member"] = Raw(_ENCODE(members))
    return Raw(_ENCODE(left))


@remembering
def _reduced_context(context: bytes) -> Raw:
    """A context with nothing but names in it."""
    parts = _PARTS.decode(context)
    for name in ("instructor", "team"):
        if name in parts:
            parts[name] = _who(bytes(parts[name]))
    if "contextActivities" in parts:
        around = _PARTS.decode(parts["contextActivities"])
        for name, activities in around.items():
            around[name] = Raw(_ENCODE([_named(bytes(each)) for each in _LIST.decode(activities)]))
        parts["contextActivities"] = Raw(_ENCODE(around))
    for name, inner in (("contextAgents", "agent"), ("contextGroups", "group")):
        if name in parts:
            found = [_PARTS.decode(each) for each in _LIST.decode(parts[name])]
            for each in found:
                each[inner] = _who(bytes(each[inner]))
            parts[name] = Raw(_ENCODE(found))
    return Raw(_ENCODE(parts))


# --- canonical ----------------------------------------------------------------------------------


def _define(parts: Parts, canon: Canon, languages: Sequence[str]) -> None:
    """Put the definitions that hold into a statement or sub-statement, in one language."""
    verb = _PARTS.decode(parts["verb"])
    display = canon.displays.get(_TEXT.decode(verb["id"]), verb.get("display"))
    if display is not None:
        verb["display"] = _one_language(display, languages)
        parts["verb"] = Raw(_ENCODE(verb))
    thing = _PARTS.decode(parts["object"])
    kind = _kind(thing)
    if kind == "Activity":
        parts["object"] = _defined(thing, canon, languages)
    elif kind == "SubStatement":
        _define(thing, canon, languages)
        parts["object"] = Raw(_ENCODE(thing))
    if "context" in parts and b"contextActivities" in bytes(parts["context"]):
        context = _PARTS.decode(parts["context"])
        if "contextActivities" in context:
            around = _PARTS.decode(context["contextActivities"])
            for name, activities in around.items():
                found = [_PARTS.decode(each) for each in _LIST.decode(activities)]
                defined = [_defined(each, canon, languages) for each in found]
                around[name] = Raw(_ENCODE(defined))
            context["contextActivities"] = Raw(_ENCODE(around))
            parts["context"] = Raw(_ENCODE(context))
    if "attachments" in parts:
        attachments = [_PARTS.decode(each) for each in _LIST.decode(parts["attachments"])]
        for attachment in attachments:
            _speak(attachment, ("display", "description"), languages)
        parts["attachments"] = Raw(_ENCODE(attachments))


def _defined(activity: Parts, canon: Canon, languages: Sequence[str]) -> Raw:
    """An activity with the definition that holds, in one language."""
    known = canon.definitions.get(_TEXT.decode(activity["id"]), activity.get("definition"))
    if known is not None:
        definition = _PARTS.decode(known)
        _speak(definition, ("name", "description"), languages)
        for name in _COMPONENT_LISTS:
            if name in definition:
                components = [_PARTS.decode(each) for each in _LIST.decode(definition[name])]
                for component in components:
                    _speak(component, ("description",), languages)
                definition[name] = Raw(_ENCODE(components))
        activity["definition"] = Raw(_ENCODE(definition))
    return Raw(_ENCODE(activity))


def _speak(parts: Parts, names: Iterable[str], languages: Sequence[str]) -> None:
    """Leave one language in each of these language maps."""
    for name in names:
        if name in parts:
            parts[name] = _one_language(parts[name], languages)


def _one_language(texts: bytes | Raw, languages: Sequence[str]) -> Raw:
    """A language map with one entry."""
    return Raw(_ENCODE(chosen(_PARTS.decode(texts), languages)))


def _mention(parts: Parts, activities: set[str], verbs: set[str]) -> None:
    """Collect the ids of activities and verbs of a statement or sub-statement."""
    verbs.add(_TEXT.decode(_PARTS.decode(parts["verb"])["id"]))
    thing = _PARTS.decode(parts["object"])
    kind = _kind(thing)
    if kind == "Activity":
        activities.add(_TEXT.decode(thing["id"]))
    elif kind == "SubStatement":
        _mention(thing, activities, verbs)
    if "context" in parts:
        context = _PARTS.decode(_in_arrays(bytes(parts["context"])))
        if "contextActivities" in context:
            for around in _PARTS.decode(context["contextActivities"]).values():
                for each in _LIST.decode(around):
                    activities.add(_TEXT.decode(_PARTS.decode(each)["id"]))
