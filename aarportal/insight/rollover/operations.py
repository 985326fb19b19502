"""Going over to a new school year, and what then becomes of laps that are open still."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.bulk import append
from aarportal.core.errors import InvalidError, StateError
from aarportal.core.ids import new_id
from aarportal.core.scope import Scope, SystemScope
from aarportal.cycle.loop import operations as loop
from aarportal.cycle.loop.models import LearningCycle
from aarportal.insight.rollover import store
from aarportal.insight.rollover.models import Rollover
from aarportal.insight.rollover.outlook import Lot, Outlook, Person, outlook
from aarportal.people.roster.difference import Fate
from aarportal.people.roster.imports import operations as rosters
from aarportal.people.roster.imports.models import PersonFate, RosterChange, RosterImport
from aarportal.people.roster.imports.operations import Brought
from aarportal.people.roster.imports.states import RosterEvent, RosterState
from aarportal.people.roster.imports.values import encode
from aarportal.people.roster.planning import KINDS, Change

#: From January on a school prepares the year that begins in April; what was left is done by May.
_BEFORE, _AFTER = range(1, 4), range(4, 6)
#: Laps that are closed or opened in one transaction.
AT_ONCE = 200


def year_at_hand(today: date) -> int:
    """The 年度 that an office thinks of when it turns the year: from June on the next one."""
    year = clock.school_year_of(today)
    return year if today.month in _AFTER else year + 1


def is_season(today: date) -> bool:
    """Whether a school goes over to another year about now."""
    return today.month in _BEFORE or today.month in _AFTER


def look(scope: Scope, year: int) -> Outlook:
    """What the new year means for the school; nothing is written."""
    return outlook(store.standing(scope, year), make_id=new_id, now=clock.now())


def confirm(scope: Scope, year: int, *, version: int, file_name: str) -> Rollover:
    """Let the school go over to the new year as it was shown.

    What it does to the roster is written as a roster import is; laps that are open then are closed
    on the first day of the year.

    Args:
        scope: The office's.
        year: The 年度 that begins.
        version: The version of the roster that the preview showed.
        file_name: What the import is called in the list of rosters.

    Raises:
        InvalidError: If the roster has changed since or it is another year's turn, or no roster of
            the new year came and the year has not begun: classes would move up a year ahead.
        StateError: If the school has gone over to this year already, or it is not the season.
    """
    if not is_season(clock.today()):
        raise StateError("it is not the season")
    if year != year_at_hand(clock.today()):
        raise InvalidError("year", "changed")
    last = store.last(scope, year)
    if last is not None and store.is_in_force(last[1]):
        raise StateError("this school has gone over to that year")
    if version != store.roster_version(scope):
        raise InvalidError("version", "changed")
    seen = look(scope, year)
    if not seen.has_roster and clock.today() < clock.school_year_begins_on(year):
        raise InvalidError("year", "too_early")
    written = _as_import(scope, seen, version, file_name)
    row = Rollover(
        id=new_id(),
        district_id=scope.district_id,
        school_id=scope.school_id,
        year=year,
        import_id=written.id,
        made_by=scope.actor_id,
    )
    scope.session.add(row)
    audit.record(scope, "rollover:confirmed", row.id, detail=f"{year}: {len(seen.changes)} rows")
    return row


def _as_import(scope: Scope, seen: Outlook, version: int, file_name: str) -> RosterImport:
    """The changes as a roster import that waits to be written."""
    reach = rosters.reach(scope)
    row = rosters.made(reach, scope.district_id, Brought(file_name))
    row.made_by = row.confirmed_by = scope.actor_id
    rosters.move(row, RosterEvent.FINISHED)
    rosters.move(row, RosterEvent.CONFIRMED)
    row.roster_version, row.total = version, len(seen.changes)
    fates = list(_fates(seen))
    row.findings = {"problems": [], "problem_count": 0}
    row.outcome = {
        "counts": _counts(seen.changes),
        "fates": dict(Counter(str(fate) for fate, _ in fates)),
        "doubts": [],
        "set_aside": 0,
        "school_codes": {},
    }
    assert row.state == RosterState.WRITING
    scope.session.add(row)
    scope.session.flush()  # its id goes into what it changes
    append(
        scope, RosterChange, [_kept(row, place, each) for place, each in enumerate(seen.changes)]
    )
    places: Counter[Fate] = Counter()
    lines = []
    for fate, each in fates:
        lines.append(
            {
                "district_id": row.district_id,
                "import_id": row.id,
                "fate": str(fate),
                "place": places[fate],
                "user_id": each.user_id,
                "name": each.name,
                "before": each.before,
                "after": each.after,
            }
        )
        places[fate] += 1
    append(scope, PersonFate, lines)
    return row


def _kept(row: RosterImport, place: int, each: Change) -> dict[str, object]:
    return {
        "district_id": row.district_id,
        "import_id": row.id,
        "place": place,
        "kind": each.kind,
        "row_id": each.row_id,
        "school_id": each.school_id,
        "user_id": each.user_id,
        "before": None if each.before is None else encode(each.before),
        "after": encode(each.after),
    }


def _fates(seen: Outlook) -> list[tuple[Fate, Person]]:
    """Who leaves and who changes class, as the page of the import lists them."""
    leaves = [(Fate.LEAVES, each) for each in seen.of(Lot.GRADUATES)]
    if seen.has_roster:
        # Who is in which class, the roster of the new year has said.
        return leaves
    return [*leaves, *((Fate.MOVES, each) for each in seen.people if each.after)]


def _counts(changes: Sequence[Change]) -> dict[str, dict[str, int]]:
    found = {
        kind: {"new": 0, "changed": 0, "same": 0, "left": 0, "stale": 0}
        for kind in KINDS
        if kind != "districts"
    }
    for each in changes:
        if each.before is None:
            found[each.kind]["new"] += 1
        elif "ends_before" in each.after:
            found[each.kind]["left"] += 1
        else:
            found[each.kind]["changed"] += 1
    return found


# --- laps -----------------------------------------------------------------------------------------


def unsettled(scope: SystemScope) -> list[tuple[Rollover, str]]:
    """Schools that have laps left to close or to open, with the states of their imports."""
    return store.unsettled(scope, clock.today())


def settle(scope: SystemScope) -> bool:
    """Close or open some laps for one school that has gone over to a year, or back.

    Returns:
        Whether there was anything to do.
    """
    waiting = unsettled(scope)
    if not waiting:
        return False
    row, state = waiting[0]
    if state == RosterState.DONE:
        _close_some(scope, row)
    else:
        _open_some(scope, row)
    return True


def _close_some(scope: SystemScope, row: Rollover) -> None:
    now = clock.now()
    row.laps_closed_at = at = row.laps_closed_at or now
    laps = _taking_turns(scope, partial(store.laps_to_close, scope, row, AT_ONCE))
    row.closed_laps += loop.close_unreviewed(scope, laps, at=at)
    if not laps:
        row.settled_at = now
    audit.record(scope, "rollover:laps_closed", row.id, detail=f"{len(laps)} laps")


def _open_some(scope: SystemScope, row: Rollover) -> None:
    laps = _taking_turns(scope, partial(store.laps_to_open, scope, row, AT_ONCE))
    loop.reopen(scope, laps)
    if not laps:
        row.reopened_at = clock.now()
    audit.record(scope, "rollover:laps_opened", row.id, detail=f"{len(laps)} laps")


def _taking_turns(
    scope: SystemScope, some: Callable[[], Sequence[LearningCycle]]
) -> Sequence[LearningCycle]:
    """Some laps, as they are once none of their students is writing."""
    store.lock_students(scope, sorted({lap.student_id for lap in some()}))
    scope.session.expire_all()
    return some()
