"""Everything in which a student can stand, found in the mapping itself."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, String, cast, func, or_, select

from aarportal.core.ownership import DistrictOwned, StudentOwned
from aarportal.core.scope import SystemScope
from aarportal.cycle.action.intake.matching import Candidate, Link
from aarportal.cycle.action.models import (
    LearningApp,
    LearningRecord,
    PortalStatement,
    QuarantinedStatement,
    StatementReference,
    StatementTerm,
    StoredStatement,
)
from aarportal.cycle.action.xapi.documents.models import StoredDocument
from aarportal.cycle.action.xapi.operations import moment_of
from aarportal.cycle.action.xapi.statements import ActorKey
from aarportal.cycle.action.xapi.terms import STRETCH, agent_value, term, unpack
from aarportal.insight.handover.erasing.persons import Kept, Persons
from aarportal.insight.handover.store import slices
from aarportal.people.identity.models import IdentityLink
from aarportal.people.roster.models import School, User

#: Columns of these names hold a person wherever they stand.
PERSON_COLUMNS = frozenset(
    {"student_id", "user_id", "actor_id", "kept_id", "merged_id", "person_id"}
)
#: What stays: traces, whose ids say nothing once the person is gone, and the certificate itself.
KEPT_TABLES = frozenset({"audit_entries", "deletion_orders"})
#: Schemes in which apps name people without a home page.
_SCHEMES = ("mailto", "mbox_sha1sum", "openid")


@dataclass(frozen=True)
class PlaceOfPerson:
    """A table, and its columns that hold persons."""

    row_class: Any
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        """The table's name."""
        found: str = self.row_class.__tablename__
        return found


@cache
def places() -> tuple[PlaceOfPerson, ...]:
    """Every table that points at persons, each before those that it points at."""
    classes = {mapper.local_table: mapper.class_ for mapper in User.registry.mappers}
    found = []
    for table in reversed(User.metadata.sorted_tables):
        row_class = classes.get(table)
        if row_class is None or table.name in KEPT_TABLES:
            continue
        columns = tuple(
            column.key
            for column in table.columns
            if column.key in PERSON_COLUMNS or _points_at_a_user(column)
        )
        if table.name == "users":
            columns = ("id",)
        if issubclass(row_class, StudentOwned):
            # What a teacher wrote about a child is deleted with the child, not with the teacher.
            columns = ("student_id",)
        if columns:
            found.append(PlaceOfPerson(row_class, columns))
    return tuple(found)


def _points_at_a_user(column: Column[Any]) -> bool:
    return any(key.target_fullname == "users.id" for key in column.foreign_keys)


@cache
def reports() -> tuple[tuple[Any, tuple[str, ...]], ...]:
    """Tables of imports of all kinds, with the columns in which they keep cells of files."""
    found = []
    for mapper in User.registry.mappers:
        table = mapper.local_table
        columns = tuple(column.key for column in table.columns if isinstance(column.type, JSON))
        name = mapper.class_.__tablename__
        if name.endswith("_imports") and columns:
            found.append((mapper.class_, columns))
    return tuple(found)


def rows_saying(
    scope: SystemScope, district_id: UUID, row_class: Any, columns: Sequence[str],
    words: Collection[str],
) -> Iterator[Any]:  # fmt: skip
    """Rows of a table of imports of a district in whose columns one of these words stands."""
    if issubclass(row_class, DistrictOwned):
        mine = row_class.district_id == district_id
    else:
        schools = select(School.id).where(School.district_id == district_id)
        mine = row_class.school_id.in_(schools)
    texts = [cast(getattr(row_class, name), String) for name in columns]
    # JSON may be kept with every letter but those of English as a number.
    written = sorted({*words, *(json.dumps(word)[1:-1] for word in words)})
    hits = [text.contains(word, autoescape=True) for text in texts for word in written]
    yield from scope.session.scalars(select(row_class).where(mine, or_(*hits)))


# --- names and statements -------------------------------------------------------------------------


def names(scope: SystemScope, ids: Collection[UUID]) -> set[str]:
    """Every name under which an app may know a student: of the roster, of links, the id itself."""
    found = {str(id_) for id_ in ids}
    for row in scope.session.execute(
        select(User.master_identifier, User.username, User.sourced_id).where(User.id.in_(ids))
    ):
        found |= set(row)
    found |= set(
        scope.session.scalars(select(IdentityLink.name).where(IdentityLink.user_id.in_(ids)))
    )
    return found - {""}


def words(scope: SystemScope, ids: Collection[UUID]) -> set[str]:
    """The names of a student as reports of imports write them."""
    found = set()
    for user in scope.session.scalars(select(User).where(User.id.in_(ids))):
        parts = (
            (user.family_name, user.given_name),
            (user.kana_family_name, user.kana_given_name),
        )
        for family, given in parts:
            if family and given:
                found |= {family + given, f"{family} {given}", f"{family}\u2009{given}",
                          f"{family}\u3000{given}"}  # fmt: skip
    return found


def _issuers(scope: SystemScope, district_id: UUID, ids: Collection[UUID]) -> set[str]:
    """Home pages under which somebody of the district may be named."""
    pages = scope.session.scalars(
        select(LearningApp.home_pages).where(LearningApp.district_id == district_id)
    )
    linked = scope.session.scalars(
        select(IdentityLink.issuer).where(IdentityLink.user_id.in_(ids)).distinct()
    )
    return {*_SCHEMES, *linked, *(page for of_app in pages for page in of_app)}


def agent_terms(
    scope: SystemScope, district_id: UUID, ids: Collection[UUID], names: Collection[str]
) -> set[int]:
    """Terms of the index under which the student is found."""
    return {
        term(kind, agent_value(ActorKey(issuer, name)))
        for issuer in _issuers(scope, district_id, ids)
        for name in names
        for kind in ("agent", "near agent")
    }


def positions(scope: SystemScope, district_id: UUID, terms: Collection[int]) -> set[int]:
    """Places in the log that the index has under these terms."""
    found: set[int] = set()
    for part in slices(terms):
        for packed in scope.session.scalars(
            select(StatementTerm.positions).where(
                StatementTerm.district_id == district_id, StatementTerm.term.in_(part)
            )
        ):
            found |= set(unpack(packed))
    return found


def waiting_under(scope: SystemScope, district_id: UUID, names: Collection[str]) -> set[UUID]:
    """Our own ids of statements that wait under one of these names, whosever they are."""
    found: set[UUID] = set()
    for part in slices(sorted(names)):
        query = select(QuarantinedStatement.statement_id).where(
            QuarantinedStatement.district_id == district_id, QuarantinedStatement.name.in_(part)
        )
        found |= set(scope.session.scalars(query))
    return found


def statements_of(
    scope: SystemScope, district_id: UUID, ids: Collection[UUID], more: Collection[UUID]
) -> set[UUID]:
    """Our own ids of statements that became records of a student or tell of it.

    Args:
        scope: The system's.
        district_id: The student's.
        ids: The student, and persons of the roster who are the same child.
        more: Statements of which it is known otherwise.

    Returns:
        These, and those that refer to one of them.
    """
    made = scope.session.scalars(
        select(LearningRecord.id).where(LearningRecord.student_id.in_(ids))
    )
    found = {*made, *more}
    told = list(
        scope.session.scalars(
            select(PortalStatement.statement_id).where(PortalStatement.student_id.in_(ids))
        )
    )
    stored = StoredStatement.district_id == district_id
    for part in slices(told):
        query = select(StoredStatement.id).where(stored, StoredStatement.given_id.in_(part))
        found |= set(scope.session.scalars(query))
    # What refers to them falls with them: what took one back, what says it anew.
    given: list[UUID] = []
    for part in slices(sorted(found)):
        query = select(StoredStatement.given_id).where(stored, StoredStatement.id.in_(part))
        given += scope.session.scalars(query)
    for part in slices(given):
        found |= set(
            scope.session.scalars(
                select(StoredStatement.id)
                .join(
                    StatementReference,
                    StatementReference.statement_id == StoredStatement.given_id,
                )
                .where(stored, StatementReference.target_id.in_(part))
            )
        )
    return found


def statements_at(
    scope: SystemScope, district_id: UUID, positions: Collection[int]
) -> Iterator[Kept]:
    """The statements at these places."""
    yield from _statements(scope, district_id, StoredStatement.position, sorted(positions))


def statements_with(scope: SystemScope, district_id: UUID, ids: Collection[UUID]) -> Iterator[Kept]:
    """Statements by our own ids."""
    yield from _statements(scope, district_id, StoredStatement.id, sorted(ids))


def _statements(
    scope: SystemScope, district_id: UUID, column: Any, values: Sequence[Any]
) -> Iterator[Kept]:
    for part in slices(values):
        rows = scope.session.execute(
            select(
                StoredStatement.id,
                StoredStatement.app_id,
                StoredStatement.position,
                StoredStatement.body,
            ).where(StoredStatement.district_id == district_id, column.in_(part))
        )
        for id_, app_id, position, body in rows:
            yield Kept(id_, app_id, moment_of(position), body)


def persons(
    scope: SystemScope, district_id: UUID, ids: Collection[UUID], names: Collection[str]
) -> Persons:
    """Everybody of the district who has, or had, one of these names."""
    candidates: dict[UUID, Candidate] = {}
    links: list[Link] = []
    for part in slices(sorted(names)):
        for column in (User.master_identifier, User.username, User.sourced_id):
            rows = scope.session.execute(
                select(User.id, User.master_identifier, User.username, User.sourced_id).where(
                    User.district_id == district_id, column.in_(part)
                )
            )
            candidates |= {row.id: Candidate(*row) for row in rows}
        found = scope.session.scalars(
            select(IdentityLink).where(
                IdentityLink.district_id == district_id,
                IdentityLink.name.in_(part),
                IdentityLink.taken_back_at.is_(None),
            )
        )
        links += [
            Link(row.id, row.system, row.issuer, row.name, row.user_id, row.begins_at, row.ends_at)
            for row in found
        ]
    pages = scope.session.execute(
        select(LearningApp.id, LearningApp.home_pages).where(LearningApp.district_id == district_id)
    )
    return Persons(ids, candidates.values(), links, dict(pages.tuples().all()))


# --- statements, their index, and what hangs on them ----------------------------------------------


def given_ids(scope: SystemScope, district_id: UUID, ids: Collection[UUID]) -> list[UUID]:
    """The xAPI ids of statements."""
    return list(
        scope.session.scalars(
            select(StoredStatement.given_id).where(
                StoredStatement.district_id == district_id, StoredStatement.id.in_(ids)
            )
        )
    )


def document_agents(scope: SystemScope, district_id: UUID) -> Sequence[tuple[UUID, str]]:
    """Whom the documents of apps are about: the app, and issuer and name on two lines."""
    return (
        scope.session.execute(
            select(StoredDocument.app_id, StoredDocument.agent)
            .where(StoredDocument.district_id == district_id, StoredDocument.agent != "")
            .distinct()
        )
        .tuples()
        .all()
    )


def kept(scope: SystemScope, district_id: UUID, ids: Collection[UUID]) -> Sequence[StoredStatement]:
    """Statements of the log."""
    return scope.session.scalars(
        select(StoredStatement).where(
            StoredStatement.district_id == district_id, StoredStatement.id.in_(ids)
        )
    ).all()


def rows_of_index(
    scope: SystemScope, district_id: UUID, terms: Collection[int], places: Collection[int]
) -> Iterator[StatementTerm]:
    """Rows of the index with one of these terms that may hold one of these places."""
    if not places:
        return
    for part in slices(terms):
        yield from scope.session.scalars(
            select(StatementTerm).where(
                StatementTerm.district_id == district_id,
                StatementTerm.term.in_(part),
                StatementTerm.last_position.between(min(places), max(places) + STRETCH),
            )
        ).all()


def is_attached(scope: SystemScope, district_id: UUID, sha2: str) -> bool:
    """Whether a statement names this data; looks through the whole log, so it is asked rarely."""
    spellings = (sha2.encode(), sha2.upper().encode())
    if scope.session.get_bind().dialect.name == "sqlite":
        # There LIKE is for text alone.
        hits = [func.instr(StoredStatement.body, each) > 0 for each in spellings]
    else:
        hits = [StoredStatement.body.like(b"%" + each + b"%") for each in spellings]
    found = scope.session.scalar(
        select(StoredStatement.id)
        .where(StoredStatement.district_id == district_id, or_(*hits))
        .limit(1)
    )
    return found is not None
