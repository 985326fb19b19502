"""What whoever works on rosters does with them.

Looking through writes only beside the import, some thousand rows at a time, so that pupils can work
on. Writing and taking back are one transaction each: whatever happens on the way, the roster is as
it was before or as it is to be.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import update

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.bulk import Batch, append
from aarportal.core.errors import ConflictError, InvalidError
from aarportal.core.scope import SystemScope
from aarportal.people.roster import operations as roster
from aarportal.people.roster import store as standing
from aarportal.people.roster.difference import Difference, Fate
from aarportal.people.roster.imports import operations, store
from aarportal.people.roster.imports.models import PersonFate, RosterChange, RosterImport
from aarportal.people.roster.imports.operations import Brought, move
from aarportal.people.roster.imports.states import RosterEvent
from aarportal.people.roster.imports.values import Kept, kept
from aarportal.people.roster.models import District
from aarportal.people.roster.oneroster.bundle import Bundle, Rejection
from aarportal.people.roster.oneroster.problems import Problem, shown
from aarportal.people.roster.oneroster.repairs import Repair
from aarportal.people.roster.operations import Foreseen, Reach, Result

#: Changes that are kept at once.
AT_ONCE = 2000
#: How long somebody who works on an import may say nothing before another one takes over.
LEASE = timedelta(seconds=30)
#: Problems that are kept with an import; the list of a hopeless file helps nobody.
_MOST_PROBLEMS = 500


def take_hold(scope: SystemScope, import_id: UUID, worker: UUID) -> RosterImport | None:
    """An import for one worker alone, for a while; None if another one has it or it is at rest."""
    row = store.locked(scope, import_id)
    now = clock.now()
    if row is None or row.id not in store.waiting(scope, now, worker):
        return None
    row.worked_on_by, row.worked_on_until = worker, now + LEASE
    audit.record(scope, "roster:worked_on", row.id)
    return row


def within(row: RosterImport) -> Reach:
    """What an import may speak of."""
    return Reach(row.district_id, row.school_id)


# --- looking through ----------------------------------------------------------------------------


def refuse(scope: SystemScope, row: RosterImport, why: Rejection | InvalidError) -> None:
    """Say why nothing of a file can be taken."""
    problems: list[list[Any]] = [["orgs.csv", 0, "", "", ""]]
    warnings: list[list[Any]] = []
    unlisted = 0
    if isinstance(why, InvalidError):
        problems[0][3] = why.rule
    else:
        problems, warnings, unlisted = _listed(why.problems), _listed(why.warnings), why.unlisted
    row.findings = {
        "problems": problems[:_MOST_PROBLEMS],
        "problem_count": len(problems) + unlisted,
        "warnings": warnings[:_MOST_PROBLEMS],
    }
    move(row, RosterEvent.REFUSED)
    audit.record(scope, "roster:refused", row.id, detail=f"{len(problems) + unlisted} problems")


def _listed(problems: Iterable[Problem | Repair]) -> list[list[Any]]:
    return [[each.file, each.line, each.column, each.rule, each.detail] for each in problems]


def begin_anew(scope: SystemScope, row: RosterImport, version: int) -> None:
    """Forget what was kept of an earlier look."""
    operations.forget_plan(scope, row.id)
    row.progress = row.total = 0
    row.roster_version = version
    audit.record(scope, "roster:looked_at", row.id)


def keep(scope: SystemScope, row: RosterImport, first: int, changes: Sequence[Kept]) -> None:
    """Keep some of the changes beside the import; none of them is written into the roster."""
    append(
        scope,
        RosterChange,
        [
            {
                "district_id": row.district_id,
                "import_id": row.id,
                "place": first + place,
                "kind": each.kind,
                "row_id": UUID(each.row_id),
                "school_id": each.school_id and UUID(each.school_id),
                "user_id": each.user_id and UUID(each.user_id),
                "before": each.before,
                "after": each.after,
            }
            for place, each in enumerate(changes)
        ],
    )


def conclude(
    scope: SystemScope, row: RosterImport, bundle: Bundle, meant: Difference, result: Result
) -> None:
    """Keep what a file means, and let somebody confirm it."""
    _keep_fates(scope, row, meant)
    row.findings = {
        "dialect": bundle.dialect.key,
        "system": shown(bundle.source_system_name),
        "modes": dict(bundle.modes),
        "problems": [],
        "problem_count": 0,
        "warnings": _listed(bundle.warnings)[:_MOST_PROBLEMS],
        "repairs": _listed(bundle.repairs)[:_MOST_PROBLEMS],
        "refused": [[each.file, each.column, each.count] for each in bundle.refused],
    }
    row.outcome = _outcome(result, meant)
    move(row, RosterEvent.FINISHED if result.rows else RosterEvent.NOTHING_NEW)
    row.total = result.rows
    counts = (f"{kind} +{n.new} ~{n.changed} -{n.left}" for kind, n in result.counts.items())
    audit.record(scope, f"roster:{row.state}", row.id, detail=", ".join(counts))


def _outcome(result: Result, meant: Difference) -> dict[str, Any]:
    return {
        "counts": {kind: asdict(n) for kind, n in result.counts.items()},
        "fates": {str(fate): count for fate, count in meant.counts.items() if count},
        "doubts": [[each.rule, each.what, each.count, each.of] for each in meant.doubts],
        "set_aside": result.set_aside,
        "school_codes": dict(result.school_codes),
    }


def _keep_fates(scope: SystemScope, row: RosterImport, meant: Difference) -> None:
    places: Counter[Fate] = Counter()
    people = iter(meant.people)
    while some := list(islice(people, AT_ONCE)):
        lines = []
        for each in some:
            lines.append(
                {
                    "district_id": row.district_id,
                    "import_id": row.id,
                    "fate": str(each.fate),
                    "place": places[each.fate],
                    "user_id": each.user_id,
                    "name": each.name,
                    "before": each.before,
                    "after": each.after,
                }
            )
            places[each.fate] += 1
        append(scope, PersonFate, lines)


# --- writing and taking back --------------------------------------------------------------------


def lock_roster(scope: SystemScope, district_id: UUID) -> int:
    """Wait for others who write into the roster of a district; its version then."""
    standing.lock_district(scope, district_id)
    return version(scope, district_id)


def version(scope: SystemScope, district_id: UUID) -> int:
    """The version of a district's roster."""
    district = standing.district(scope, id_=district_id)
    assert district is not None
    found: int = district["roster_version"]
    return found


def prepared(scope: SystemScope, import_id: UUID) -> Iterator[Batch]:
    """What is to be written; nothing is."""
    return roster.prepared(scope, store.changes(scope, import_id))


def write(scope: SystemScope, row: RosterImport, batches: Iterable[Batch]) -> Iterator[int]:
    """Write everything, in this transaction, as it was prepared.

    Yields:
        How many changes are written, now and then.
    """
    yield from roster.write(scope, batches)
    _set_version(scope, row.district_id, row.roster_version + 1)
    move(row, RosterEvent.FINISHED)
    row.written_at = clock.now()
    audit.record(scope, "roster:imported", row.id, detail=f"{row.total} rows")


def look_again(scope: SystemScope, row: RosterImport) -> None:
    """Make the difference anew: the roster has changed since."""
    move(row, RosterEvent.OUTDATED)
    row.confirmed_by = None
    audit.record(scope, "roster:outdated", row.id)


def take_back(scope: SystemScope, row: RosterImport) -> Iterator[int]:
    """Take everything back, in this transaction.

    Yields:
        How many changes are taken back, now and then.

    Raises:
        InvalidError: If somebody has built on it, or its rows were changed since.
    """
    at = lock_roster(scope, row.district_id)
    if store.built_on(scope, row.id):
        raise InvalidError("", "built_on")
    try:
        yield from roster.take_back(scope, store.changes(scope, row.id, backwards=True))
    except ConflictError:
        raise InvalidError("", "changed_since") from None
    # What was foreseen for the roster as it was holds again.
    is_last = at == row.roster_version + 1
    _set_version(scope, row.district_id, row.roster_version if is_last else at + 1)
    move(row, RosterEvent.FINISHED)
    row.undone_at = clock.now()
    audit.record(scope, "roster:taken_back", row.id, detail=f"{row.total} rows")


def _set_version(scope: SystemScope, district_id: UUID, to: int) -> None:
    scope.session.execute(
        update(District).where(District.id == district_id).values(roster_version=to)
    )


def halt(scope: SystemScope, row: RosterImport, trouble: str) -> None:
    """Stop it where it is; the roster is as it was."""
    move(row, RosterEvent.HALTED)
    row.trouble = trouble
    audit.record(scope, "roster:stopped", row.id, detail=trouble)


# --- all at once, for the command line ----------------------------------------------------------


def foresee(
    scope: SystemScope, bundle: Bundle, *, today: date, within: Reach | None = None
) -> tuple[Result, Difference]:
    """What a file would do now, and what that means for people; nothing is written.

    Raises:
        InvalidError: As `planning.Planning`.
    """
    foreseen = Foreseen(scope, bundle, within or Reach(), today)
    for _ in foreseen.changes():
        pass
    return foreseen.result(), foreseen.difference()


def import_bundle(
    scope: SystemScope,
    bundle: Bundle,
    *,
    today: date,
    within: Reach | None = None,
    brought: Brought | None = None,
) -> tuple[Result, Difference]:
    """Take a whole roster in, all or nothing, in this transaction; it can be taken back.

    A person who is not listed any more is disabled and keeps everything; a place in a class that
    is not listed ends today. Rows of other districts are never touched.

    Args:
        scope: The system's.
        bundle: Rows without a problem, as `read_bundle` returns them.
        today: The school day on which it takes effect.
        within: What the file may speak of; None for the district it names, be it new.
        brought: How it came.

    Raises:
        InvalidError: As `planning.Planning`.
    """
    foreseen = Foreseen(scope, bundle, within or Reach(), today)
    changes = foreseen.changes()
    if foreseen.is_new_district:
        # The import points at it.
        for _ in roster.write(scope, roster.prepared(scope, [next(changes)])):
            pass
    at = lock_roster(scope, foreseen.district_id)
    row = operations.made(within or Reach(), foreseen.district_id, brought or Brought(""))
    scope.session.add(row)
    scope.session.flush()
    begin_anew(scope, row, at)
    place = 0
    while some := list(islice(changes, AT_ONCE)):
        keep(scope, row, place, [kept(each) for each in some])
        place += len(some)
    result, meant = foreseen.result(), foreseen.difference()
    conclude(scope, row, bundle, meant, result)
    if result.rows:
        move(row, RosterEvent.CONFIRMED)
        for _ in write(scope, row, prepared(scope, row.id)):
            pass
    return result, meant
