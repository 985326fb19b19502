"""What a decoder finds wrong, in words for the programmer whose statement was refused."""

import re

from aarportal.cycle.action.xapi.statement_model import RULES, RuleError

_PLACE = re.compile(r"\A(?P<said>.*?)(?: - at (?:`\w+` in )?`(?P<path>\$[^`]*)`)?\Z", re.DOTALL)
_FIELD = re.compile(r"(?:unknown|required) field `(?P<name>[^`]*)`\Z")


def explanation(error: Exception) -> tuple[str, str]:
    """The broken rule, and the path of the property below what was decoded, such as `.id`."""
    if isinstance(error, RecursionError):
        return "Nested too deeply", ""
    if isinstance(error, UnicodeDecodeError):
        return "Not UTF-8", ""
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
    return said, path
