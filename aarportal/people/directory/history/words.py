"""What happened to a person, in the words of an office, pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aarportal.core.words import mark

#: What stands before the colon of the verbs that are about a person, and not about their learning.
KINDS = ("access", "account", "identity", "password", "person", "recovery_codes", "second_factor")

_TRACES = {
    "access:ended": mark("Signed out on other devices."),
    "account:opened": mark("An account was opened."),
    "identity:linked": mark("It was said that a name of an app means this person."),
    "identity:taken_back": mark("A link of a name was taken back."),
    "password:changed": mark("The password was changed."),
    "password:given": mark("A new start password was given."),
    "person:identified": mark("A 利用者識別子 was registered."),
    "person:merged": mark("Joined with another person: they are one child."),
    "person:parted": mark("Parted again from another person."),
    "recovery_codes:set": mark("New codes on paper for signing in."),
    "second_factor:begun": mark("A device for codes is being set up."),
    "second_factor:removed": mark("The device for codes was taken away."),
    "second_factor:set": mark("A device for codes was set up."),
    "second_factor:used": mark("A code of the device was used."),
}
_ANOTHER_TRACE = mark("Something about this person was changed.")

_NEW_ROWS = {
    "users": mark("New in the roster."),
    "roles": mark("Came to a school."),
    "district_roles": mark("Came to the board of education."),
    "enrollments": mark("Came into a class."),
    "identity_links": mark("It was kept who had a login name before."),
}
_CHANGED_ROWS = {
    "users": mark("What the roster says of the person changed."),
    "roles": mark("The role at a school changed."),
    "district_roles": mark("The role at the board of education changed."),
    "enrollments": mark("The place in a class changed."),
    "identity_links": mark("It was kept until when a login name meant this person."),
}
_COLUMNS = {
    "family_name": mark("family name"),
    "given_name": mark("given name"),
    "middle_name": mark("middle name"),
    "kana_family_name": mark("reading of the family name"),
    "kana_given_name": mark("reading of the given name"),
    "kana_middle_name": mark("reading of the middle name"),
    "username": mark("login name of the roster"),
    "master_identifier": mark("利用者識別子"),
    "enabled": mark("may sign in"),
    "grade": mark("grade"),
    "role": mark("role"),
    "starts_on": mark("first day"),
    "ends_before": mark("no longer from"),
    "attendance_no": mark("attendance number"),
    "class_id": mark("class"),
    "school_id": mark("school"),
    "primary": mark("leads the class"),
    "name": mark("name"),
}


@dataclass(frozen=True)
class Column:
    """A column that changed.

    Attributes:
        key: Its name in the table.
        label: English words for it, to be translated.
        before: None for a new row.
    """

    key: str
    label: str
    before: Any
    after: Any


def trace_words(verb: str) -> str:
    """An English sentence for a trace, to be translated."""
    return _TRACES.get(verb, _ANOTHER_TRACE)


def row_words(kind: str, *, is_new: bool) -> str:
    """An English sentence for a row that an import made or changed, to be translated."""
    return (_NEW_ROWS if is_new else _CHANGED_ROWS).get(kind, _ANOTHER_TRACE)


def columns(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Iterator[Column]:
    """The columns that an office understands, in the order of the table above.

    Of a new row those that say something; of a changed one those that changed. Where a person
    goes to school is left to the rows of that school.
    """
    for key, label in _COLUMNS.items():
        if key not in after:
            continue
        value = after[key]
        was = None if before is None else before.get(key)
        if value != was and (before is not None or value not in {None, "", False}):
            yield Column(key, label, was, value)
