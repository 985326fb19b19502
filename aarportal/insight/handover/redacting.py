"""Statements without people who have no place in them, pure: each of those becomes nobody.

Nobody stands where somebody stood, so that a group keeps its size and every rule of xAPI holds.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import msgspec
from msgspec import Raw

from aarportal.cycle.action.xapi.statement_model import Actor
from aarportal.cycle.action.xapi.statements import ActorKey, actor_key

NOBODY = ActorKey("https://aarportal.invalid/", "nobody")
_NOBODY = Raw(
    msgspec.json.encode(
        {"objectType": "Agent", "account": {"homePage": NOBODY.issuer, "name": NOBODY.name}}
    )
)

Fields: TypeAlias = dict[str, Raw]
#: Whether an agent or a group has to go.
Goes: TypeAlias = Callable[[ActorKey], bool]

_FIELDS = msgspec.json.Decoder(Fields)
_ITEMS = msgspec.json.Decoder(list[Raw])
_TEXT = msgspec.json.Decoder(str)
_AGENT = msgspec.json.Decoder(Actor)
_AGENTS = ("instructor", "team")
#: Lists of xAPI 2.0, and the field of an item that is somebody.
_LISTS = (("contextAgents", "agent"), ("contextGroups", "group"))


def without(body: bytes, goes: Goes) -> bytes:
    """The statement with nobody in place of whoever goes; the very same bytes if nobody does."""
    said = _FIELDS.decode(body)
    found = _said(said, goes)
    return body if found is said else msgspec.json.encode(found)


def named_in(body: bytes) -> Iterator[ActorKey]:
    """Everybody whom a statement names, wherever that is."""
    found: list[ActorKey] = []

    def note(key: ActorKey) -> bool:
        found.append(key)
        return False

    without(body, note)
    yield from found


def _said(said: Fields, goes: Goes) -> Fields:
    """A statement or sub-statement; itself where nothing changes."""
    found = said
    for name in ("actor", "object", "authority"):
        if name in said:
            found = _with(found, name, _thing(said[name], goes))
    if "context" in said:
        found = _with(found, "context", _context(said["context"], goes))
    return found


def _thing(raw: Raw, goes: Goes) -> Raw:
    kind = _kind(raw)
    if kind == "SubStatement":
        inner = _FIELDS.decode(raw)
        found = _said(inner, goes)
        return raw if found is inner else _raw(found)
    return _somebody(raw, goes) if kind in {"", "Agent", "Group"} else raw


def _kind(raw: Raw) -> str:
    """The objectType; empty for one that is not said, as an agent's may be."""
    said = _FIELDS.decode(raw)
    if "objectType" in said:
        return _TEXT.decode(said["objectType"])
    # What has an id and no type is an activity.
    return "Activity" if "id" in said else ""


def _somebody(raw: Raw, goes: Goes) -> Raw:
    """An agent or a group, and its members."""
    key = actor_key(_AGENT.decode(raw))
    if key is not None and goes(key):
        return _NOBODY
    said = _FIELDS.decode(raw)
    if "member" not in said:
        return raw
    members = _ITEMS.decode(said["member"])
    left = [_somebody(each, goes) for each in members]
    same = all(one is other for one, other in zip(left, members, strict=True))
    return raw if same else _raw({**said, "member": _raw(left)})


def _context(raw: Raw, goes: Goes) -> Raw:
    context = _FIELDS.decode(raw)
    found = context
    for name in _AGENTS:
        if name in context:
            found = _with(found, name, _somebody(context[name], goes))
    for name, who in _LISTS:
        if name in context:
            items = [_FIELDS.decode(each) for each in _ITEMS.decode(context[name])]
            left = [_with(each, who, _somebody(each[who], goes)) for each in items]
            if any(one is not other for one, other in zip(left, items, strict=True)):
                found = _with(found, name, _raw(left))
    return raw if found is context else _raw(found)


def _with(fields: Fields, name: str, value: Raw) -> Fields:
    return fields if fields[name] is value else {**fields, name: value}


def _raw(value: object) -> Raw:
    return Raw(msgspec.json.encode(value))
