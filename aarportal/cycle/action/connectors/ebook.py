"""Digital textbooks and other e-books.

Source: ICT CONNECT 21, Japan xAPI eBook Profile v1.0.0 (2026-04-01).
"""

from msgspec.structs import replace

from aarportal.core.words import mark
from aarportal.cycle.action import vocabulary
from aarportal.cycle.action.connectors import Connector, LookedFor, Record, Signs
from aarportal.cycle.action.connectors._record import basic_record, kind_of, outer, title
from aarportal.cycle.action.xapi.statement_model import Activity
from aarportal.cycle.action.xapi.statements import Statement

_PROFILES = ("https://w3id.org/japan-xapi/profiles/ebook", "https://w3id.org/xapi/ebook")
_KINDS = frozenset({"book", "chapter", "viewer", "settings"})


def _reads(signs: Signs) -> bool:
    """A book, a part of one, or the viewer around it."""
    return signs.about_activity and (
        signs.kind in _KINDS or signs.in_book or not signs.categories.isdisjoint(_PROFILES)
    )


def _record(statement: Statement) -> Record | None:
    """Opening, turning pages, reading, marking; not the viewer's settings.

    The title is the book's: pages are turned by the dozen, and nobody knows them by name.
    """
    activity = statement.object
    assert isinstance(activity, Activity)
    if kind_of(activity) in vocabulary.NOT_ACTED_ON:
        return None
    record = basic_record(statement, activity)
    if record.verb in vocabulary.NOT_LEARNING:
        return None
    book = _book(statement)
    return record if book is None else replace(record, title=title(statement, book) or record.title)


def _book(statement: Statement) -> Activity | None:
    """The book that a page or chapter belongs to."""
    return next((each for each in outer(statement) if kind_of(each) == "book"), None)


CONNECTOR = Connector(
    "ebook", mark("Digital textbooks"), 1, _reads, _record, LookedFor(categories=_PROFILES)
)
