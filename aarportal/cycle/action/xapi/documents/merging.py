"""Two JSON documents become one: the properties of the new one replace those of the old, pure.

Source: xAPI 1.0.3, part three, section 2.2 (JSON procedure with requirements).
"""

import msgspec
from msgspec import Raw

from aarportal.cycle.action.xapi.parameters import RequestError
from aarportal.cycle.action.xapi.refusals import explanation

JSON = "application/json"

_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_ANY = msgspec.json.Decoder()


def is_json(content_type: str) -> bool:
    """Whether a document says that it is JSON, whatever more it says."""
    return content_type.partition(";")[0].strip().lower() == JSON


def check(content: bytes, content_type: str) -> None:
    """Refuse what says that it is JSON and is not.

    Raises:
        RequestError: With the place where it ends to be JSON.
    """
    if not is_json(content_type):
        return
    try:
        content.decode()
        _ANY.decode(content)
    except (ValueError, RecursionError) as error:
        said, place = explanation(error)
        raise RequestError(f"The Content-Type is {JSON}: {said}", f"${place}") from None


def merged(old: bytes, old_type: str, new: bytes, new_type: str) -> bytes:
    """The old document with the properties of the new one; values are kept byte for byte.

    Raises:
        RequestError: Unless both are JSON objects and say so.
    """
    if not is_json(new_type) or not is_json(old_type):
        whose = "existing" if is_json(new_type) else "posted"
        raise RequestError(f"the {whose} document is not {JSON}: it cannot be merged; PUT it")
    return msgspec.json.encode({**_members(old, "existing"), **_members(new, "posted")})


def _members(content: bytes, whose: str) -> dict[str, Raw]:
    try:
        return _OBJECT.decode(content)
    except (ValueError, RecursionError):
        raise RequestError(f"the {whose} document is not a JSON object: PUT it") from None
