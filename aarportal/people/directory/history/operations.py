"""Who changed what about a person: traces and imports, the latest first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from aarportal.audit import store as audit
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.directory import store as directory
from aarportal.people.directory.history import store
from aarportal.people.directory.history.store import Change
from aarportal.people.directory.history.words import KINDS, Column, columns, row_words, trace_words
from aarportal.people.directory.persons import store as persons
from aarportal.people.directory.persons.store import Person


@dataclass(frozen=True)
class Happening:
    """One thing that was done.

    Attributes:
        at: When.
        words: An English sentence, to be translated.
        actor_kind: `person`, `app` or `system`.
        actor: The name of the person who did it; empty for somebody of a school out of sight.
        columns: What changed, of a row of an import.
        file_name: The file of the import; empty for anything else.
        undone_at: When the import was taken back.
    """

    at: datetime
    words: str
    actor_kind: str
    actor: str = ""
    columns: Sequence[Column] = ()
    file_name: str = ""
    undone_at: datetime | None = None


@dataclass(frozen=True)
class History:
    """One page of what was done to a person."""

    person: Person
    happenings: Sequence[Happening]
    classes: Mapping[str, str]
    """Titles of classes by their ids as text."""
    schools: Mapping[str, str]
    """Names of schools, likewise."""
    has_more: bool


def history(scope: Scope, person_id: UUID, *, number: int, size: int) -> History:
    """One page of what was done to a person; opens its units of work itself.

    Traces are nobody's to read. This is the one place where an office does, after it was found
    that the person exists for it, and only those that are not about learning.

    Args:
        scope: The office's.
        person_id: Somebody who is, was or will be at one of its schools.
        number: Which page, from 1.
        size: How many on a page.

    Raises:
        NotFoundError: If there is nobody like that.
    """
    first, limit = (number - 1) * size, number * size + 1
    with unit_of_work(scope, read_only=True):
        person = persons.person(scope, person_id)
        object_ids = store.rows_about(scope, person_id)
    with unit_of_work(SystemScope("who changed what"), read_only=True) as system:
        traces = audit.about_person(
            system,
            scope.district_id,
            person_id,
            object_ids=object_ids,
            kinds=KINDS,
            limit=limit,
        )
    with unit_of_work(scope, read_only=True):
        changes = store.changes(scope, person_id, limit=limit)
        actors = persons.names_of(
            scope, [*(it.actor_id for it in traces), *(it.made_by for it in changes)]
        )
        found = [
            *(
                Happening(
                    it.at,
                    trace_words(it.verb),
                    it.actor_kind,
                    actors.get(it.actor_id, "") if it.actor_id else "",
                )
                for it in traces
            ),
            *(_of_import(it, actors) for it in changes),
        ]
        # Sorting keeps the order of what one import did.
        shown = sorted(found, key=lambda it: it.at, reverse=True)[first:limit]
        classes = store.class_titles(scope, _classes(shown))
        schools = {str(id_): name for id_, name in directory.schools(scope).items()}
    return History(person, shown[:size], classes, schools, len(shown) > size)


def _of_import(it: Change, actors: Mapping[UUID, str]) -> Happening:
    return Happening(
        it.at,
        row_words(it.kind, is_new=it.before is None),
        "person" if it.made_by else "system",
        actors.get(it.made_by, "") if it.made_by else "",
        tuple(columns(it.before, it.after)),
        it.file_name,
        it.undone_at,
    )


def _classes(shown: Iterable[Happening]) -> set[UUID]:
    values = {
        value
        for it in shown
        for column in it.columns
        if column.key == "class_id"
        for value in (column.before, column.after)
    }
    return {UUID(str(value)) for value in values if value}
