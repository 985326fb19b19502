"""Who reads a kind of data: worked out from the tables, so that no page can say otherwise."""

from collections.abc import Iterable
from functools import cache

from aarportal.core.ownership import (
    KnownToHolder,
    OfficeOnly,
    Relation,
    SeenWithRecords,
    StudentOwned,
    SystemOnly,
)
from aarportal.people.roster.models import User

#: In which order they are named; what is none of a student's relations comes last.
ORDER = (*(relation.value for relation in Relation), "holder", "school", "office", "system")


def readers(tables: Iterable[str]) -> tuple[str, ...]:
    """Keys of who reads any of these tables: relations, or `holder`, `school`, `office`, `system`.

    `system` stands only where nobody else does.
    """
    found = set().union(*(_of(_classes()[table]) for table in tables))
    if len(found) > 1:
        found.discard("system")
    if "school" in found:
        found.discard("office")  # it is one of those who are named
    return tuple(key for key in ORDER if key in found)


def _of(row_class: type) -> set[str]:
    if issubclass(row_class, StudentOwned):
        return {relation.value for relation in row_class.readers}
    if issubclass(row_class, SeenWithRecords):
        made = (_classes()[name] for name, _column in row_class.seen_through)
        # What waits to be made something of is nobody's that is known.
        return set().union(*(_of(each) for each in made if issubclass(each, StudentOwned)))
    if issubclass(row_class, KnownToHolder):
        return {"holder"}
    if issubclass(row_class, SystemOnly):
        return {"system"}
    return {"office"} if issubclass(row_class, OfficeOnly) else {"school"}


@cache
def _classes() -> dict[str, type]:
    return {mapper.class_.__tablename__: mapper.class_ for mapper in User.registry.mappers}
