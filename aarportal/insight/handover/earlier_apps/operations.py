"""The apps of an earlier school, and what they told: the log has it under its own ids."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

import msgspec

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.scope import AppScope, SystemScope
from aarportal.cycle.action.models import LearningApp
from aarportal.cycle.action.xapi import operations as xapi
from aarportal.cycle.action.xapi.attachments import operations as attachments
from aarportal.cycle.action.xapi.attachments.storage import AttachmentStore
from aarportal.cycle.action.xapi.multipart import Part
from aarportal.cycle.action.xapi.statement_model import StatementRef
from aarportal.cycle.action.xapi.statements import actor_key, decode_batch
from aarportal.insight.handover.archive import Package
from aarportal.insight.handover.erasing import store as people
from aarportal.insight.handover.formats import Contents
from aarportal.insight.handover.ids import id_here
from aarportal.insight.handover.jobs import Job
from aarportal.insight.handover.store import person_ids
from aarportal.insight.handover.taking_in import store

#: Statements that are stored in one transaction.
AT_ONCE = 300


def open_apps(scope: SystemScope, job: Job, contents: Contents) -> dict[UUID, UUID]:
    """Make the apps of the earlier school, in which nobody can come; given id -> id here."""
    given = {row.id: id_here(job.district_id, row.id) for row in contents.apps}
    there = store.apps(scope, job.district_id, {*given, *given.values()})
    found = {}
    for row in contents.apps:
        # Whoever comes home meets the very same app.
        found[row.id] = row.id if row.id in there else given[row.id]
        if found[row.id] not in there:
            _open_app(scope, job, found[row.id], row.title)
    return found


def _open_app(scope: SystemScope, job: Job, app_id: UUID, title: str) -> None:
    scope.session.add(
        LearningApp(
            id=app_id,
            district_id=job.district_id,
            title=title,
            access_key=app_id.hex,
            # No secret has this hash.
            secret_hash=app_id.bytes * 2,
            school_ids=[str(job.school_id)],
            may_write=False,
            revoked_at=clock.now(),
        )
    )
    audit.record(scope, "app:added", app_id, detail="of an earlier school")


def statements_to_store(
    scope: SystemScope, job: Job, package: Package
) -> dict[UUID, list[msgspec.Raw]]:
    """Given app -> the statements behind its records that are not in the log yet."""
    records = package.contents.records
    wanted = {row.statement_id: row.app_id for row in records if row.statement_id}
    there = store.statement_rows(scope, job.district_id, wanted.keys())
    found: dict[UUID, list[msgspec.Raw]] = {}
    for raw in package.statements():
        id_ = _IDS.decode(raw).id
        app_id = wanted.get(id_)
        if app_id is not None and id_ not in there:
            found.setdefault(app_id, []).append(raw)
    _check_are_the_childs(scope, job, found, package.attachments.keys())
    return found


class NotTheChildsError(ValueError):
    """An export with a statement about somebody else, or about another statement."""


def _check_are_the_childs(
    scope: SystemScope,
    job: Job,
    found: Mapping[UUID, Sequence[msgspec.Raw]],
    there: Collection[str],
) -> None:
    """No statement is let in that another child of the district is the actor of.

    One that is about another statement made no record; it may take back what somebody else did.
    """
    said = {
        app_id: decode_batch(_batch(statements), clock.now(), there, version=None)
        for app_id, statements in found.items()
    }
    keys = {
        app_id: [(actor_key(each.actor), each.timestamp) for each in statements]
        for app_id, statements in said.items()
    }
    if any(isinstance(each.object, StatementRef) for some in said.values() for each in some):
        raise NotTheChildsError(str(job.id))
    names = {key.name for some in keys.values() for key, _ in some if key is not None}
    ids = person_ids(scope, job.student_id)
    persons = people.persons(scope, job.district_id, ids, names)
    for app_id, some in keys.items():
        for key, at in some:
            if key is not None and persons.is_somebody_else(key, app_id, at):
                raise NotTheChildsError(str(job.id))


def stored(scope: SystemScope, job: Job, contents: Contents) -> dict[UUID, tuple[UUID, UUID]]:
    """XAPI id -> our own id and app of the statements behind an export's records.

    What became somebody else's record, or waits for somebody, is behind none of them.
    """
    told = [row.statement_id for row in contents.records if row.statement_id]
    found = store.statement_rows(scope, job.district_id, told)
    ids = [id_ for id_, _ in found.values()]
    others = store.of_others(scope, job.district_id, ids, person_ids(scope, job.student_id))
    return {given: row for given, row in found.items() if row[0] not in others}


def without_records(scope: SystemScope, job: Job, contents: Contents) -> set[UUID]:
    """Our own ids of statements of an earlier school behind which there is no record."""
    mine = {id_here(job.district_id, row.id) for row in contents.apps}
    ids = {id_ for id_, app_id in stored(scope, job, contents).values() if app_id in mine}
    return ids - store.with_records(scope, ids)


class _Identified(msgspec.Struct):
    id: UUID


_IDS = msgspec.json.Decoder(_Identified)


def _batch(statements: Iterable[msgspec.Raw]) -> bytes:
    return b"[" + b",".join(bytes(raw) for raw in statements) + b"]"


def keep_attachments(
    scope: AppScope, files: AttachmentStore, package: Package, names: Mapping[str, str]
) -> None:
    """Keep the data of attachments that travelled: SHA-2 -> media type; each once.

    Raises:
        DamagedError: If the data of one has another hash.
    """
    for sha2, content_type in names.items():
        if sha2 in package.attachments:
            # One at a time: all of them together may not fit into memory.
            data = package.attachment(sha2)
            attachments.keep(scope, files, [Part(sha2, content_type, data)])


def keep_statements(
    scope: AppScope, statements: Iterable[msgspec.Raw], there: Collection[str]
) -> None:
    """Put statements into the log under their own ids; they were read where they come from.

    Args:
        scope: The app's.
        statements: As JSON.
        there: SHA-2 of attachments that travelled with them and are kept.

    Raises:
        StatementError: If one is no statement.
        IntegrityError: If one is there already.
    """
    said = decode_batch(_batch(statements), clock.now(), there, version=None)
    receipt = xapi.receive(scope, said, all_new=True, to_be_read=False)
    xapi.index(scope, [(each.position, each.statement) for each in receipt.new])
    audit.record(scope, "statements:carried", scope.actor_id, detail=str(len(said)))
