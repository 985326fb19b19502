"""Bringing an export, saying whose it is and whom one trusts, confirming it, taking it back."""

from collections import Counter
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

import msgspec

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError
from aarportal.core.ids import new_id
from aarportal.core.machines import step
from aarportal.core.scope import Scope, SystemScope
from aarportal.insight.handover.archive import Package
from aarportal.insight.handover.book import school_year
from aarportal.insight.handover.jobs import Job
from aarportal.insight.handover.models import HandoverImport, TrustedIssuer
from aarportal.insight.handover.states import INTAKE, IntakeEvent, IntakeState
from aarportal.insight.handover.taking_in import store

#: What pages and routes call a row.
Intake: TypeAlias = HandoverImport
_LONGEST_NAME = 200
#: Kinds of which the preview counts by school year, and their day.
_DATED = {
    "laps": "opened_on", "plans": "planned_on", "records": "day", "reflections": "submitted_at",
    "feedback": "sent_at", "goals": "due_on",
}  # fmt: skip


def bring(scope: Scope, file_name: str, sha256: str, package: Package) -> HandoverImport:
    """Keep an export that was opened and found sound; nothing of it is taken yet.

    The student is chosen where the 利用者識別子 says it, and never by a name.
    """
    manifest = package.manifest
    found = store.by_master_identifier(scope, manifest.user_master_identifier)
    row = HandoverImport(
        id=new_id(),
        district_id=scope.district_id,
        school_id=scope.school_id,
        file_name="".join(each for each in file_name if each.isprintable())[:_LONGEST_NAME],
        file_sha256=sha256,
        manifest=msgspec.to_builtins(manifest),
        fingerprint=manifest.issuer.fingerprint,
        student_id=found[0] if len(found) == 1 else None,
        preview=preview_of(package),
        made_by=scope.actor_id,
        made_at=clock.now(),
        state=IntakeState.BROUGHT,
    )
    scope.session.add(row)
    audit.record(scope, "handover:brought", row.id, student_id=row.student_id)
    return row


def preview_of(package: Package) -> dict[str, Any]:
    """What an export holds: its name, rows by kind and by school year, first and last day."""
    contents = package.contents
    years: dict[str, Counter[int]] = {}
    days: list[date] = []
    for kind, name in _DATED.items():
        found = [_day(getattr(row, name)) for row in getattr(contents, kind)]
        years[kind] = Counter(map(school_year, found))
        if kind in {"laps", "records"}:
            days += found
    student = contents.student
    return {
        "name": f"{student.family_name}\u2009{student.given_name}",
        "kana": f"{student.kana_family_name} {student.kana_given_name}".strip(),
        "grade": student.grade,
        "counts": {**contents.counts(), "attachments": len(package.attachments)},
        "years": {
            kind: {str(year): n for year, n in sorted(count.items())}
            for kind, count in years.items()
        },
        "first": min(days).isoformat() if days else "",
        "last": max(days).isoformat() if days else "",
        "schools": sorted({row.school for row in contents.classes if row.school}),
    }


def _day(value: Any) -> date:
    return clock.school_day_of(value) if hasattr(value, "hour") else value


def the_import(scope: Scope, import_id: UUID, *, to_change: bool = False) -> HandoverImport:
    """One import of this school; to be changed, as nobody else changes it meanwhile.

    Raises:
        NotFoundError: If there is none.
    """
    row = store.one(scope, import_id, to_change=to_change)
    if row is None:
        raise NotFoundError(HandoverImport.__name__)
    return row


def choose_person(scope: Scope, row: HandoverImport, student_id: UUID | None) -> None:
    """Say whose the export is; None takes it back.

    Raises:
        NotFoundError: If there is no such student at this school.
        StateError: If it is being written, or was.
    """
    step(INTAKE, IntakeState(row.state), IntakeEvent.DROPPED)
    if student_id is not None and student_id not in store.present(scope, [student_id]):
        raise NotFoundError("User")
    row.student_id = student_id
    audit.record(scope, "handover:person_chosen", row.id, student_id=student_id)


def trust(scope: Scope, row: HandoverImport) -> TrustedIssuer:
    """Say that the fingerprint was compared with the other office."""
    known = store.issuer(scope, scope.district_id, row.fingerprint)
    if known is None:
        place = row.manifest["issuer"]
        known = TrustedIssuer(
            id=new_id(),
            district_id=scope.district_id,
            fingerprint=row.fingerprint,
            title=f"{place['district']['name']} {place['school']['name']}".strip(),
            confirmed_by=scope.actor_id,
            confirmed_at=clock.now(),
        )
        scope.session.add(known)
    else:
        known.withdrawn_at = None
        known.confirmed_by, known.confirmed_at = scope.actor_id, clock.now()
    audit.record(scope, "issuer:trusted", known.id, detail=row.fingerprint)
    return known


def distrust(scope: Scope, issuer_id: UUID) -> None:
    """Trust a key no more; what came from it stays.

    Raises:
        NotFoundError: If nobody of the district ever did.
    """
    known = scope.session.get(TrustedIssuer, issuer_id)
    if known is None:
        raise NotFoundError(TrustedIssuer.__name__)
    known.withdrawn_at = clock.now()
    audit.record(scope, "issuer:distrusted", known.id, detail=known.fingerprint)


def is_trusted(scope: Scope, row: HandoverImport) -> bool:
    """Whether somebody compared the key of an import, and did not take that back."""
    known = store.issuer(scope, scope.district_id, row.fingerprint)
    return known is not None and known.withdrawn_at is None


def confirm(scope: Scope, row: HandoverImport) -> None:
    """Have everything of an export written for its student.

    Raises:
        InvalidError: If nobody said whose it is, or trusts who made it.
        StateError: If it is written already.
    """
    if row.student_id is None:
        raise InvalidError("person", "choose")
    if not is_trusted(scope, row):
        raise InvalidError("issuer", "compare")
    row.state = step(INTAKE, IntakeState(row.state), IntakeEvent.CONFIRMED)
    row.confirmed_by, row.trouble = scope.actor_id, ""
    audit.record(scope, "handover:confirmed", row.id, student_id=row.student_id)


def take_back(scope: Scope, row: HandoverImport) -> None:
    """Have everything deleted that an import made, unless the student has gone on from it.

    Raises:
        StateError: If nothing of it was written.
    """
    row.state = step(INTAKE, IntakeState(row.state), IntakeEvent.UNDO_ASKED)
    row.undone_by, row.trouble = scope.actor_id, ""
    audit.record(scope, "handover:undo_asked", row.id, student_id=row.student_id)


def drop(scope: Scope, row: HandoverImport) -> None:
    """Let go of a file of which nothing was taken.

    Raises:
        StateError: If something was.
    """
    row.state = step(INTAKE, IntakeState(row.state), IntakeEvent.DROPPED)
    row.preview = {}
    audit.record(scope, "handover:dropped", row.id, student_id=row.student_id)
    row.student_id = None


# --- of the system --------------------------------------------------------------------------------


def next_job(scope: SystemScope) -> Job | None:
    """The import that waits for longest."""
    row = store.waiting(scope)
    if row is None or row.student_id is None or row.confirmed_by is None:
        return None
    is_undo = row.state == IntakeState.UNDOING
    office_id = row.undone_by if is_undo and row.undone_by else row.confirmed_by
    return Job(row.id, row.district_id, row.school_id, row.student_id, office_id, is_undo)


def give_up(scope: SystemScope, job: Job, trouble: str) -> None:
    """Say that an import, or taking it back, cannot go on by itself."""
    row = store.locked(scope, job.id)
    if row is not None and row.state in {IntakeState.WRITING, IntakeState.UNDOING}:
        row.state = step(INTAKE, IntakeState(row.state), IntakeEvent.HALTED)
        row.trouble = trouble
        audit.record(scope, "handover:gave_up", row.id, student_id=job.student_id, detail=trouble)
