"""Takes an export in, and back: some transactions, each of which may be done again."""

from typing import BinaryIO

from aarportal.audit import operations as audit
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.xapi.attachments.storage import AttachmentStore
from aarportal.insight.handover.archive import opened
from aarportal.insight.handover.attached import media_types
from aarportal.insight.handover.earlier_apps import operations as apps
from aarportal.insight.handover.erasing import operations as erasing
from aarportal.insight.handover.jobs import District, Job
from aarportal.insight.handover.store import slices
from aarportal.insight.handover.undoing import operations as undoing
from aarportal.insight.handover.writing import operations as writing

_REASON = "an export of an earlier school"


def take_in(job: Job, file: BinaryIO, files: AttachmentStore) -> None:
    """Write everything of an export for its student.

    Apps, attachments and statements come first: they belong to the district, and are nobody's
    until there is a record. The records, the laps and all words are one transaction.
    """
    with opened(file) as package:
        contents, there = package.contents, package.attachments.keys()
        with unit_of_work(SystemScope(_REASON)) as system:
            here = apps.open_apps(system, job, contents)
        with unit_of_work(SystemScope(_REASON), read_only=True) as system:
            missing = apps.statements_to_store(system, job, package)
        for app_id, statements in missing.items():
            for part in slices(statements, apps.AT_ONCE):
                with unit_of_work(job.app_scope(here[app_id])) as app:
                    apps.keep_attachments(app, files, package, media_types(part))
                    apps.keep_statements(app, part, there)
    with unit_of_work(SystemScope(_REASON), read_only=True) as system:
        district = District(here, apps.stored(system, job, contents))
    with unit_of_work(job.scope) as scope:
        writing.write(scope, job, contents, district)


def tidy(job: Job, file: BinaryIO) -> set[str]:
    """Delete the statements of an export whose records could not be written.

    Returns:
        Hashes of attachments that nothing points at any more.
    """
    with opened(file) as package, unit_of_work(SystemScope(_REASON)) as system:
        left = apps.without_records(system, job, package.contents)
        alone = erasing.forget_with_attachments(
            system, job.district_id, left, package.attachments.keys()
        )
        audit.record(system, "handover:tidied", job.id, student_id=job.student_id)
    return alone


def take_back(job: Job) -> set[str]:
    """Delete everything that an export brought.

    Returns:
        As `tidy`.

    Raises:
        BuiltOnError: If the student has gone on from it.
    """
    with unit_of_work(job.scope) as scope:
        left = undoing.undo(scope, job)
    if left is None:
        return set()
    with unit_of_work(SystemScope(_REASON)) as system:
        alone = erasing.forget_with_attachments(system, job.district_id, left.statement_ids)
        undoing.forget_unused(system, job, left)
    return alone
