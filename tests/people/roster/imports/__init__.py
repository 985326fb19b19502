"""Taking real zips in, changing them, and looking at every row of the database."""

import io
from collections import Counter
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from aarportal.core.database import Base, db
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.roster import store
from aarportal.people.roster.imports.working import operations
from aarportal.people.roster.models import Class, Enrollment, School, User, UserRole
from aarportal.people.roster.oneroster.bundle import Bundle, read_bundle
from aarportal.people.roster.operations import Result
from tests.people.roster.oneroster.bundles import DISTRICT, guid

DAY = date(2026, 5, 11)
NEXT_DAY = date(2026, 5, 12)
#: Tables that only tell what was done.
TRACES = ("audit_entries", "person_fates", "roster_changes", "roster_imports")


def bundle_of(content: bytes) -> Bundle:
    bundle = read_bundle(io.BytesIO(content))
    assert isinstance(bundle, Bundle), bundle.problems
    return bundle


def take_in(content: bytes, today: date = DAY) -> Result:
    """Import a zip in a unit of work of its own."""
    with unit_of_work(SystemScope("test")) as scope:
        return operations.import_bundle(scope, bundle_of(content), today=today)[0]


def look() -> SystemScope:
    """A unit of work that only reads."""
    return unit_of_work(SystemScope("test"), read_only=True)


def all_rows(*, but: tuple[str, ...] = ()) -> dict[str, list[tuple]]:
    """Every row of every table, as the database itself has them."""
    found = {}
    with db.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name not in but:
                found[table.name] = sorted(map(tuple, connection.execute(select(table))), key=repr)
    return found


def without_stamps(rows: dict[str, list[tuple]]) -> dict[str, list[tuple]]:
    """Rows without the moments at which they were written."""
    return {
        table: sorted(
            (tuple(cell for cell in row if not isinstance(cell, datetime)) for row in found),
            key=repr,
        )
        for table, found in rows.items()
    }


def standing(scope: SystemScope, kind: str, district_id: UUID) -> list[dict]:
    """The rows of one kind that a district owns."""
    district = store.district(scope, id_=district_id)
    return list(store.StandingRoster(scope, district).rows(kind).others(()))


def user(sourced_id: str) -> User:
    with look() as scope:
        return scope.session.scalars(select(User).where(User.sourced_id == sourced_id)).one()


def users() -> list[User]:
    with look() as scope:
        return list(scope.session.scalars(select(User)))


def school(sourced_id: str) -> School:
    with look() as scope:
        return scope.session.scalars(select(School).where(School.sourced_id == sourced_id)).one()


def roles(user_id) -> list[UserRole]:
    with look() as scope:
        return list(scope.session.scalars(select(UserRole).where(UserRole.user_id == user_id)))


def enrollments(user_id) -> list[Enrollment]:
    with look() as scope:
        return list(scope.session.scalars(select(Enrollment).where(Enrollment.user_id == user_id)))


def without(*names: str):
    """Take the rows of these people out of a file, whichever column names them."""
    ids = {guid(name) for name in names}

    def change(rows: list[dict[str, str]]) -> None:
        rows[:] = [row for row in rows if row.get("userSourcedId", row["sourcedId"]) not in ids]

    return change


def leaving(*names: str) -> dict:
    """Changes of a bundle in which these people are not listed any more."""
    return dict.fromkeys(("users", "roles", "enrollments"), without(*names))


def edit(**cells):
    """Change the row of the same sourcedId."""

    def change(rows):
        row = next(row for row in rows if row["sourcedId"] == cells["sourcedId"])
        row.update(cells)

    return change


def add(*new):
    return lambda rows: rows.extend(new)


def org(name, kind="school", **cells):
    parent = {} if kind == "district" else {"parentSourcedId": DISTRICT}
    return {
        "sourcedId": guid(name),
        "name": name,
        "type": kind,
        "identifier": "",
        **parent,
        **cells,
    }


def counted(result):
    """The kinds of which rows were made, changed or ended."""
    return {
        kind: (n.new, n.changed, n.left)
        for kind, n in result.counts.items()
        if n.new or n.changed or n.left
    }


def class_ids(user_id, day=DAY):
    """sourcedIds of the classes a person belongs to on a day."""
    with look() as scope:
        schools = scope.session.scalars(select(School.id))
        seats = [seat for key in list(schools) for seat in store.seats(scope, key, user_id, day)]
        names = dict(scope.session.execute(select(Class.id, Class.sourced_id)).all())
        return Counter(names[seat.class_id] for seat in seats)
