"""Getting statements out again: one by its id, or those that a query wants, page by page.

Source: xAPI 1.0.3, part three, section 2.1.3 (GET statements) and part two, section 2.5.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

import msgspec

from aarportal.core.errors import NotFoundError
from aarportal.core.scope import AppScope
from aarportal.cycle.action.xapi import store
from aarportal.cycle.action.xapi.attachments import store as attachments
from aarportal.cycle.action.xapi.formats import NO_CANON, Canon, mentioned
from aarportal.cycle.action.xapi.resources.definitions import definition_in, merged
from aarportal.cycle.action.xapi.search import AllOf, AnyOf, Effort, Keys, Postings, Query, Search
from aarportal.cycle.action.xapi.store import Kept
from aarportal.cycle.action.xapi.targeting import matching
from aarportal.cycle.action.xapi.terms import term

#: Rows of the index that are read, and statements that are looked at, for one page. A query that
#: finds next to nothing in a large store answers with what it found by then, and where to go on.
_MOST_ROWS, _MOST_LOOKED_AT = 50_000, 10_000
#: Statements that are fetched at once.
_CHUNK = 64
#: Bytes of statements after which a page ends.
_PAGE_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class Page:
    """A part of the answer to a query.

    Attributes:
        statements: In the order that was asked for.
        following: The place in the log at which the next page begins; None on the last page.
    """

    statements: list[Kept]
    following: int | None


def consistent_through(scope: AppScope, settled_until: int) -> int:
    """The place in the log up to which every statement can be found.

    Args:
        scope: The asking app's.
        settled_until: As `operations.settled_until` said before the transaction began.
    """
    unread = store.oldest_unread(scope)
    return settled_until if unread is None else min(settled_until, unread - 1)


def one(scope: AppScope, id_: UUID, *, voided: bool) -> Kept:
    """One statement that the app may read.

    Args:
        scope: The asking app's.
        id_: The statement's id.
        voided: Whether one is wanted that was taken back, or one that was not.

    Raises:
        NotFoundError: If there is no such statement, or it is not for this app.
    """
    found = store.one(scope, id_, voided=voided)
    if found is None:
        raise NotFoundError("StoredStatement")
    return found


def find(scope: AppScope, query: Query) -> Page:
    """The statements that a query wants and the app may read, and where to go on."""
    may_read = store.readable(scope)
    effort = Effort(_MOST_ROWS)
    search = Search(AllOf(_lists(scope, query, effort), effort), query.start, query.end)
    found: list[Kept] = []
    looked_at = size = 0
    while len(found) <= query.limit and looked_at < _MOST_LOOKED_AT and size <= _PAGE_BYTES:
        keys = search.take(min(query.limit + 1 - len(found), _CHUNK))
        if not keys:
            break
        looked_at += len(keys)
        there = store.at_places(scope, [query.key(key) for key in keys], may_read)
        chunk = [kept for key in keys if (kept := there.get(query.key(key))) is not None]
        chunk = matching(scope, chunk, query.wanted, may_read)
        found.extend(chunk)
        size += sum(len(kept.body) for kept in chunk)
    fitting = min(query.limit, _fitting(found))
    if len(found) > fitting:
        return Page(found[:fitting], found[fitting].position)
    return Page(found, None if search.rest is None else query.key(search.rest))


def _lists(scope: AppScope, query: Query, effort: Effort) -> list[Keys]:
    lists: list[Keys] = [
        AnyOf([Postings(store.postings(scope, each, query, effort)) for each in sorted(any_of)])
        for any_of in query.wanted
    ]
    if not scope.reads_others:
        own = term("app", str(scope.actor_id))
        lists.append(Postings(store.postings(scope, own, query, effort)))
    return lists or [Postings(store.every_place(scope, query, effort))]


def _fitting(found: Iterable[Kept]) -> int:
    """How many statements go on one page; one does, whatever its size."""
    size = count = 0
    for kept in found:
        size += len(kept.body)
        if count and size > _PAGE_BYTES:
            break
        count += 1
    return count


def shortened(scope: AppScope, page: Page, most_bytes: int) -> Page:
    """As much of a page as has no more data in its attachments than is given out at once."""
    hashes = [attached(kept) for kept in page.statements]
    lengths = {
        sha2: row.length for sha2, row in attachments.kept(scope, set(chain(*hashes))).items()
    }
    sent: set[str] = set()
    size = 0
    for number, (kept, here) in enumerate(zip(page.statements, hashes, strict=True)):
        size += sum(lengths.get(sha2, 0) for sha2 in set(here) - sent)
        sent.update(here)
        if number and size > most_bytes:
            return Page(page.statements[:number], kept.position)
    return page


# --- what goes with statements --------------------------------------------------------------------


def canon(scope: AppScope, statements: Collection[Kept]) -> Canon:
    """What the activities in some statements are, as the latest statement about each says."""
    if not statements:
        return NO_CANON
    activities, _ = mentioned(kept.body for kept in statements)
    terms = {term("activity", activity): activity for activity in activities}
    latest = store.latest_with(scope, terms)
    bodies = store.at_places(scope, set(latest.values()), store.readable(scope))
    own = sorted(statements, key=lambda kept: -kept.position)
    definitions = {}
    for each, position in latest.items():
        told = [bodies[position].body] if position in bodies else []
        said = [
            found
            for body in (*told, *(kept.body for kept in own))
            if (found := definition_in(body, terms[each])) is not None
        ]
        definition = merged(said)
        if definition is not None:
            definitions[terms[each]] = definition
    return Canon(definitions, {})


class _Attachment(msgspec.Struct):
    sha2: str


class _Thing(msgspec.Struct):
    attachments: list[_Attachment] = []


class _Statement(_Thing):
    object: _Thing = msgspec.field(default_factory=_Thing)


_ATTACHED = msgspec.json.Decoder(_Statement)


def attached(kept: Kept) -> list[str]:
    """SHA-2 (lower-case hex) of the attachments of a statement and of a sub-statement in it."""
    said = _ATTACHED.decode(kept.body)
    return [each.sha2.lower() for each in (*said.attachments, *said.object.attachments)]
