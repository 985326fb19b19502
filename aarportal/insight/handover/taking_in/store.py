"""Questions about imports of exports: which there are, and what is here of them already."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, not_, select

from aarportal.core import clock
from aarportal.core.scope import Scope, SystemScope
from aarportal.cycle.action.models import (
    LearningApp,
    LearningRecord,
    QuarantinedStatement,
    StoredStatement,
)
from aarportal.cycle.reflection.letters.models import TermLetter
from aarportal.insight.handover.leaving.store import is_over
from aarportal.insight.handover.models import CarriedRow, HandoverImport, TrustedIssuer
from aarportal.insight.handover.states import IntakeState
from aarportal.insight.handover.store import MODELS, slices
from aarportal.people.roster.models import User, UserRole

_WORKING = (IntakeState.WRITING, IntakeState.UNDOING)


def page(scope: Scope, number: int, size: int) -> tuple[Sequence[HandoverImport], int]:
    """Imports of this school, the latest first; and how many there are."""
    mine = (
        HandoverImport.district_id == scope.district_id,
        HandoverImport.school_id.in_(scope.school_ids),
        HandoverImport.state != IntakeState.DROPPED,
    )
    count = scope.session.scalar(select(func.count()).select_from(HandoverImport).where(*mine))
    rows = scope.session.scalars(
        select(HandoverImport)
        .where(*mine)
        .order_by(HandoverImport.made_at.desc(), HandoverImport.id.desc())
        .limit(size)
        .offset((number - 1) * size)
    ).all()
    return rows, count or 0


def one(scope: Scope, import_id: UUID, *, to_change: bool = False) -> HandoverImport | None:
    """An import of this school; to be changed, as nobody else changes it meanwhile."""
    query = select(HandoverImport).where(
        HandoverImport.id == import_id,
        HandoverImport.district_id == scope.district_id,
        HandoverImport.school_id.in_(scope.school_ids),
    )
    return scope.session.scalar(query.with_for_update() if to_change else query)


def waiting(scope: SystemScope) -> HandoverImport | None:
    """The import that somebody has waited for longest."""
    return scope.session.scalar(
        select(HandoverImport)
        .where(HandoverImport.state.in_(_WORKING))
        .order_by(HandoverImport.made_at, HandoverImport.id)
        .limit(1)
    )


def locked(scope: Scope | SystemScope, import_id: UUID) -> HandoverImport | None:
    """An import whose state nobody else changes meanwhile."""
    return scope.session.get(HandoverImport, import_id, with_for_update=True)


def needing_their_file(scope: SystemScope) -> set[UUID]:
    """Imports whose file is wanted still."""
    query = select(HandoverImport.id).where(
        HandoverImport.state.in_([IntakeState.BROUGHT, IntakeState.WRITING, IntakeState.STOPPED])
    )
    return set(scope.session.scalars(query))


def issuer(scope: Scope | SystemScope, district_id: UUID, fingerprint: str) -> TrustedIssuer | None:
    """What somebody said of a key; also of one that is trusted no more."""
    return scope.session.scalar(
        select(TrustedIssuer).where(
            TrustedIssuer.district_id == district_id, TrustedIssuer.fingerprint == fingerprint
        )
    )


def issuers(scope: Scope) -> Sequence[TrustedIssuer]:
    """Every key that somebody compared, the latest first."""
    return scope.session.scalars(
        select(TrustedIssuer)
        .where(TrustedIssuer.district_id == scope.district_id)
        .order_by(TrustedIssuer.confirmed_at.desc())
    ).all()


def by_master_identifier(scope: Scope, identifier: str) -> list[UUID]:
    """Students of this school with this 利用者識別子."""
    if not identifier:
        return []
    found = scope.session.scalars(_students(scope).where(User.master_identifier == identifier))
    return [each.id for each in found]


def present(scope: Scope, ids: Collection[UUID]) -> dict[UUID, User]:
    """Those among these who are students of this school, or will be."""
    return {row.id: row for row in scope.session.scalars(_students(scope).where(User.id.in_(ids)))}


def _students(scope: Scope) -> Select[tuple[User]]:
    here = select(UserRole.user_id).where(
        UserRole.school_id.in_(scope.school_ids),
        UserRole.role == "student",
        not_(is_over(UserRole, clock.today())),
    )
    return select(User).where(User.district_id == scope.district_id, User.id.in_(here))


# --- what is here already -------------------------------------------------------------------------


def carried(scope: Scope | SystemScope, student_id: UUID) -> Sequence[CarriedRow]:
    """Rows of a student that came from earlier schools."""
    return scope.session.scalars(
        select(CarriedRow).where(CarriedRow.student_id == student_id)
    ).all()


def own_ids(scope: Scope, kind: str, ids: Collection[UUID]) -> set[UUID]:
    """Rows of this kind among these that are here under their own ids: the student came back."""
    row_class, found = MODELS[kind], set()
    for part in slices(ids):
        found |= set(scope.session.scalars(select(row_class.id).where(row_class.id.in_(part))))
    return found


def own_drafts(scope: Scope) -> set[tuple[str, str]]:
    """(form, key) of drafts that the student has here."""
    draft = MODELS["drafts"]
    return {(form, key) for form, key in scope.session.execute(select(draft.form, draft.key))}


def letters_at(scope: Scope, school_id: UUID, student_id: UUID) -> Sequence[TermLetter]:
    """The letters that a student wrote at a school, or that came there."""
    return scope.session.scalars(
        select(TermLetter).where(
            TermLetter.school_id == school_id, TermLetter.student_id == student_id
        )
    ).all()


def statement_rows(
    scope: Scope | SystemScope, district_id: UUID, given_ids: Collection[UUID]
) -> dict[UUID, tuple[UUID, UUID]]:
    """XAPI id -> (our own id, app) of statements that are stored in the district."""
    found: dict[UUID, tuple[UUID, UUID]] = {}
    for part in slices(given_ids):
        rows = scope.session.execute(
            select(StoredStatement.given_id, StoredStatement.id, StoredStatement.app_id).where(
                StoredStatement.district_id == district_id, StoredStatement.given_id.in_(part)
            )
        )
        found |= {given: (id_, app_id) for given, id_, app_id in rows}
    return found


def with_records(scope: SystemScope, ids: Collection[UUID]) -> set[UUID]:
    """Statements among these that became records."""
    found: set[UUID] = set()
    for part in slices(sorted(ids)):
        query = select(LearningRecord.id).where(LearningRecord.id.in_(part))
        found |= set(scope.session.scalars(query))
    return found


def of_others(
    scope: SystemScope, district_id: UUID, ids: Collection[UUID], own: Collection[UUID]
) -> set[UUID]:
    """Statements among these that became records of others than the student, or that wait."""
    found: set[UUID] = set()
    for part in slices(sorted(ids)):
        made = select(LearningRecord.id).where(
            LearningRecord.id.in_(part), LearningRecord.student_id.not_in(own)
        )
        waiting = select(QuarantinedStatement.statement_id).where(
            QuarantinedStatement.district_id == district_id,
            QuarantinedStatement.statement_id.in_(part),
        )
        found |= {*scope.session.scalars(made), *scope.session.scalars(waiting)}
    return found


def known_rows(scope: Scope, row_class: Any, ids: Collection[UUID]) -> set[UUID]:
    """Classes, units or apps among these that are here."""
    return set(scope.session.scalars(select(row_class.id).where(row_class.id.in_(ids))))


def apps(scope: SystemScope, district_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    """Apps of a district among these."""
    query = select(LearningApp.id).where(
        LearningApp.district_id == district_id, LearningApp.id.in_(ids)
    )
    return set(scope.session.scalars(query))
