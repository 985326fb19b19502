"""What is known of an activity, from what several statements say of it, pure.

Source: xAPI 1.0.3, part three, section 2.5 (activities resource) and part two, section 2.4.4.1.
"""

from collections.abc import Iterable
from typing import TypeAlias

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

Parts: TypeAlias = dict[str, Raw]

_PARTS = msgspec.json.Decoder(Parts)
_COMPONENTS = msgspec.json.Decoder(list[Parts])
_ENCODE = msgspec.json.Encoder().encode

#: Maps whose entries add up; in each a later statement has the last word.
_MAPS = ("name", "description", "extensions")
_COMPONENT_LISTS = ("choices", "scale", "source", "target", "steps")
#: What belongs together: the answers of one kind of question are none of another kind.
_INTERACTION = ("interactionType", "correctResponsesPattern", *_COMPONENT_LISTS)


class _Thing(Struct):
    id: str | UnsetType = UNSET
    object_type: str = field(name="objectType", default="Activity")
    definition: Raw | UnsetType = UNSET


class _About(Struct):
    object: _Thing


_ABOUT = msgspec.json.Decoder(_About)


def definition_in(statement: bytes, activity_id: str) -> bytes | None:
    """What a statement says of an activity, if that is its object.

    Args:
        statement: Its JSON; it was checked when it came.
        activity_id: The activity.
    """
    thing = _ABOUT.decode(statement).object
    if thing.object_type != "Activity" or thing.id != activity_id or thing.definition is UNSET:
        return None
    return bytes(thing.definition)


def merged(definitions: Iterable[bytes]) -> bytes | None:
    """One definition of several, in which the first to say something is right.

    Args:
        definitions: JSON, the latest first.

    Returns:
        JSON, or None if there is none.
    """
    found: Parts = {}
    # The same definition comes with every statement of the same app.
    for each in dict.fromkeys(definitions):
        _add(found, _PARTS.decode(each))
    return _ENCODE(found) if found else None


def _add(found: Parts, earlier: Parts) -> None:
    asks = "interactionType" in found
    same = asks and found["interactionType"] == earlier.get("interactionType")
    for name, value in earlier.items():
        if name in _MAPS and name in found:
            found[name] = Raw(_ENCODE({**_PARTS.decode(value), **_PARTS.decode(found[name])}))
        elif name in _COMPONENT_LISTS and name in found and same:
            found[name] = _described(found[name], value)
        elif name not in found and not (name in _INTERACTION and asks):
            found[name] = value


def _described(components: Raw, earlier: Raw) -> Raw:
    """Components with the languages in which earlier statements described them."""
    known = {bytes(each["id"]): each for each in _COMPONENTS.decode(earlier)}
    result = _COMPONENTS.decode(components)
    for each in result:
        texts = known.get(bytes(each["id"]), {}).get("description")
        if texts is not None:
            own = _PARTS.decode(each["description"]) if "description" in each else {}
            each["description"] = Raw(_ENCODE({**_PARTS.decode(texts), **own}))
    return Raw(_ENCODE(result))
