"""Who is asking: the first argument of every operation."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, select

from aarportal.core.database import GUARDS_OWN, GuardedSession, guarded_session
from aarportal.core.errors import NotFoundError
from aarportal.core.mentions import guarded_tables
from aarportal.core.ownership import READ_ONLY, Relation, StudentOwned
from aarportal.core.permissions import GRANTS, NOT_IN_A_VIEW, OFFICE, Permission, Role
from aarportal.core.visibility import gone_elsewhere

Row = TypeVar("Row")


@dataclass(frozen=True)
class Scope:
    """One person's view of one school; the first argument of every operation.

    Attributes:
        actor_id: The person (a OneRoster user).
        district_id: The district the person belongs to.
        school_id: The school in which the person acts now.
        role: What the person is there.
        students: Which students the person sees by each relation; None instead of the ids means
            every student of the school.
        class_ids: Classes the person belongs to today, the homeroom class first.
        homeroom_class_ids: Those of them whose homeroom teacher the person is, or one of them.
        other_school_ids: Further schools whose rows exist for this person: those of the district
            for its board, those before for a student. What is written belongs to `school_id` if
            nobody says otherwise.
        since: The first day from which rows about students exist; None for all.
        is_strong: Whether it is proved in two ways who it is, or that is not asked of them.
        without: What the role grants, and the way in which the person came does not.
        lent_class_ids: Further classes that the person looks at by a relation, for a time.
        viewer_id: Whoever looks through the eyes of the person, and changes nothing; else None.
    """

    actor_id: UUID
    district_id: UUID
    school_id: UUID
    role: Role
    students: Mapping[Relation, frozenset[UUID] | None] = field(default_factory=dict)
    class_ids: tuple[UUID, ...] = ()
    other_school_ids: frozenset[UUID] = frozenset()
    since: date | None = None
    is_strong: bool = True
    without: frozenset[Permission] = frozenset()
    lent_class_ids: tuple[UUID, ...] = ()
    viewer_id: UUID | None = None
    homeroom_class_ids: tuple[UUID, ...] = ()

    @property
    def is_person(self) -> bool:
        """Whether it is a person who looks, and not a machine."""
        return True

    @property
    def is_office(self) -> bool:
        """Whether rows of the office alone exist."""
        return self.role in OFFICE

    @property
    def is_school_office(self) -> bool:
        """Whether the person gives relations of the school, and sees who holds them."""
        return self.role in {Role.ADMINISTRATOR, Role.PRINCIPAL}

    @property
    def is_apart(self) -> bool:
        """Whether nothing about other people exists: whoever runs the system."""
        return self.role is Role.SYSTEM_ADMINISTRATOR

    @property
    def seen_class_ids(self) -> tuple[UUID, ...]:
        """Classes whose pages the person opens: their own first."""
        return self.class_ids + self.lent_class_ids

    @property
    def school_ids(self) -> frozenset[UUID]:
        """The schools whose rows exist in this scope."""
        return self.other_school_ids | {self.school_id}

    @property
    def session(self) -> GuardedSession:
        """The guarded session; there is no other way to reach the database."""
        return guarded_session()

    def allows(self, permission: Permission) -> bool:
        """Whether this person's role grants `permission`."""
        if permission in self.without or (
            self.viewer_id is not None and permission in NOT_IN_A_VIEW
        ):
            return False
        return permission in GRANTS[self.role]

    def writes_to(self, school_id: UUID | None) -> bool:
        """Whether new rows may belong to a school: a student leaves none at a school before."""
        if self.role is Role.STUDENT:
            return school_id == self.school_id
        return school_id in self.school_ids

    def visible(self, readers: frozenset[Relation]) -> frozenset[UUID] | None:
        """Students whose rows of a table with these `readers` exist for this person."""
        seen: frozenset[UUID] = frozenset()
        for relation in readers & self.students.keys():
            ids = self.students[relation]
            if ids is None:
                return None
            seen |= ids
        return seen

    def writable(self, row_class: type[StudentOwned]) -> frozenset[UUID] | None:
        """Students about whom this person may write rows of a table; None for every student."""
        return self.visible(row_class.readers - (READ_ONLY - row_class.written_by))

    def as_writer(self) -> "Scope":
        """The same without those about whom the person only reads."""
        if not self.students.keys() & READ_ONLY:
            return self
        writes = {key: ids for key, ids in self.students.items() if key not in READ_ONLY}
        return replace(self, students=writes)

    def has_lost(self, student_id: UUID) -> bool:
        """Whether a student left these schools for another one, which looks after them now."""
        return student_id in self.lost([student_id])

    def lost(self, student_ids: Collection[UUID]) -> frozenset[UUID]:
        """Those of some students who left these schools for another one."""
        query = gone_elsewhere(self.school_ids, guarded_tables())
        found = query.where(query.selected_columns[0].in_(student_ids))
        return frozenset(self.session.scalars(found, execution_options={"asked_by": GUARDS_OWN}))

    def one(self, model: type[Row], row_id: UUID) -> Row:
        """Return a visible row of this school.

        Raises:
            NotFoundError: If it does not exist or is not visible in this scope.
        """
        row = self.session.get(model, (self.school_id, row_id))
        if row is None and self.other_school_ids:
            elsewhere = model.id == row_id  # type: ignore[attr-defined] # half of every key
            row = self.session.scalar(select(model).where(elsewhere))
        if row is None:
            raise NotFoundError(model.__name__)
        return row


@dataclass(frozen=True)
class AppScope:
    """A learning app that brings records for the students of some schools of one district.

    Attributes:
        actor_id: The app.
        district_id: The district it belongs to.
        school_ids: The schools it writes for and reads about.
        permissions: What its credential grants.
        reads_others: Whether it reads what other apps sent, too.
    """

    actor_id: UUID
    district_id: UUID
    school_ids: frozenset[UUID]
    permissions: frozenset[Permission] = frozenset()
    reads_others: bool = False

    @property
    def since(self) -> date | None:
        """An app goes on with what it began, whatever year it is."""
        return None

    @property
    def is_person(self) -> bool:
        """A machine is none."""
        return False

    @property
    def is_office(self) -> bool:
        """The rows of the office that machines of the district read, too."""
        return True

    @property
    def is_school_office(self) -> bool:
        """A machine holds no relation, and asks for none."""
        return False

    @property
    def is_apart(self) -> bool:
        """Not so."""
        return False

    @property
    def session(self) -> GuardedSession:
        """The guarded session."""
        return guarded_session()

    def allows(self, permission: Permission) -> bool:
        """Whether the app's credential grants `permission`."""
        return permission in self.permissions

    def writes_to(self, school_id: UUID | None) -> bool:
        """Whether new rows may belong to a school."""
        return school_id in self.school_ids

    def visible(self, readers: frozenset[Relation]) -> frozenset[UUID] | None:
        """Every student of its schools, in tables that apps may touch; nobody elsewhere."""
        return None if Relation.RECORDS in readers else frozenset()

    def writable(self, row_class: type[StudentOwned]) -> frozenset[UUID] | None:
        """The same: what an app may touch, it adds to."""
        return self.visible(row_class.readers)


@dataclass(frozen=True)
class RosterScope(AppScope):
    """Another system that reads the roster of some schools, and nothing else that is here.

    Attributes:
        whole_district: Whether it reads about the board and about people of no school as well.
        scopes: What its token says that it may ask.
    """

    whole_district: bool = False
    scopes: frozenset[str] = frozenset()

    def visible(self, readers: frozenset[Relation]) -> frozenset[UUID] | None:
        """No student: what they do is not part of a roster."""
        del readers
        return frozenset()


@dataclass(frozen=True)
class SystemScope:
    """Sees everything; needs a reason, which the audit log keeps.

    Attributes:
        reason: In a few words.
        by: The person for whom the system acts, on tables that no person reaches; the audit log
            names them.
    """

    reason: str
    by: Scope | None = None

    @property
    def session(self) -> GuardedSession:
        """The guarded session."""
        return guarded_session()


@dataclass(frozen=True)
class RetentionScope(SystemScope):
    """The system lets traces go whose time is over: the only scope that can delete one."""


def students_gone_elsewhere(school_ids: Collection[UUID]) -> Select[tuple[UUID]]:
    """Students who left these schools for another one: part of a question of the system."""
    return gone_elsewhere(frozenset(school_ids), guarded_tables())
