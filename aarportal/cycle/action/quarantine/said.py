"""What a waiting statement says, for people; pure."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from msgspec import UNSET

from aarportal.cycle.action import connectors
from aarportal.cycle.action.xapi.statement_model import Activity
from aarportal.cycle.action.xapi.statements import Statement, StatementError, decode_batch

#: Only so much of a statement is drawn.
MAX_SHOWN = 20_000
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    """A statement in a few words.

    Attributes:
        title: What it was about; its address where the app gives no name.
        verb: What was done, in the app's own word or the last part of its IRI.
        points: `8 / 10`, `right`, `wrong`, or empty.
        json: The statement as it was sent, in lines.
        is_cut: Whether more of it was sent than stands there.
    """

    title: str
    verb: str
    points: str
    json: str
    is_cut: bool


def said(body: bytes) -> Said:
    """What a stored statement says."""
    try:
        text = json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except ValueError:
        text = body.decode(errors="replace")
    shown, is_cut = text[:MAX_SHOWN], len(text) > MAX_SHOWN
    try:
        [statement] = decode_batch(body, _BEGINNING, _AnyHash(), version=None)
    except StatementError:
        return Said("", "", "", shown, is_cut)
    return Said(_title(statement), _verb(statement), _points(statement), shown, is_cut)


def title(body: bytes) -> str:
    """What a stored statement is about; empty where nobody can tell."""
    try:
        [statement] = decode_batch(body, _BEGINNING, _AnyHash(), version=None)
    except StatementError:
        return ""
    return _title(statement)


class _AnyHash(Collection[str]):
    """The data of attachments was there when the statement was taken."""

    def __contains__(self, _hash: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _title(statement: Statement) -> str:
    _, record = connectors.read(statement)
    if record is not None and record.title:
        return record.title
    if not isinstance(statement.object, Activity):
        return ""
    definition = statement.object.definition
    names = definition.name if definition is not UNSET and definition else UNSET
    if names is UNSET or not names:
        return str(statement.object.id)
    return str(
        next((names[tag] for tag in names if tag.startswith("ja")), next(iter(names.values())))
    )


def _verb(statement: Statement) -> str:
    display = statement.verb.display
    if display is not UNSET and display:
        return str(
            next(
                (display[tag] for tag in display if tag.startswith("ja")),
                next(iter(display.values())),
            )
        )
    return str(statement.verb.id).rstrip("/#").replace("#", "/").rpartition("/")[2]


def _points(statement: Statement) -> str:
    result = statement.result
    if result is None:
        return ""
    score = result.score
    if score is not UNSET and score and score.raw is not UNSET:
        top = f" / {score.max:g}" if score.max is not UNSET else ""
        return f"{score.raw:g}{top}"
    if result.success is not UNSET:
        return "right" if result.success else "wrong"
    return ""
