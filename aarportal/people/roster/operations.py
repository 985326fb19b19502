"""Planning a roster file against the roster that stands, writing changes, taking them back."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update

from aarportal.core import bulk, clock
from aarportal.core.errors import ConflictError
from aarportal.core.ids import new_id
from aarportal.core.scope import SystemScope
from aarportal.core.scratch import Scratch
from aarportal.people.identity import operations as identity
from aarportal.people.identity.models import IdentityLink
from aarportal.people.identity.operations import HolderChange
from aarportal.people.identity.usernames import Holder
from aarportal.people.roster import planning, store
from aarportal.people.roster.changes import Outcome, RowFate, Values
from aarportal.people.roster.difference import Difference, Watch
from aarportal.people.roster.oneroster.bundle import Bundle
from aarportal.people.roster.planning import Change, Means, Planning, When

#: Kind of changes in the table of names, which follow from those of users.
IDENTITY_LINKS = "identity_links"
#: Rows that are written, or looked at, at once.
_AT_ONCE = 2000


@dataclass(frozen=True)
class Reach:
    """Which part of the roster a file may speak of.

    Attributes:
        district_id: None for the district that the file names, be it new.
        school_id: The one school; None for the whole district.
    """

    district_id: UUID | None = None
    school_id: UUID | None = None


@dataclass(frozen=True)
class Counts:
    """How many rows of one kind a file makes, changes, finds as they are, or ends."""

    new: int
    changed: int
    same: int
    left: int
    stale: int = 0


@dataclass(frozen=True)
class Result:
    """What a file does.

    Attributes:
        counts: Kind of row -> its counts, in the order of `planning.KINDS`.
        set_aside: Roles that no school and no board holds.
        school_codes: Code -> name of each new school: what its people type when they sign in.
        rows: How many rows change, that of the district and of former login names among them.
    """

    counts: Mapping[str, Counts]
    set_aside: int
    school_codes: Mapping[str, str]
    rows: int


class Foreseen:
    """What a file would do now; nothing is written.

    Attributes:
        district_id: The district it is about.
        is_new_district: Whether nobody knew the district before.
    """

    def __init__(self, scope: SystemScope, bundle: Bundle, reach: Reach, today: date) -> None:
        """Look at which district it is about.

        Raises:
            InvalidError: As `Planning`.
        """
        self._scope = scope
        self._moment, _ = clock.day_bounds(today)
        scratch = Scratch()
        self._watch, self._holders = Watch(today, scratch), _Holders(scratch)
        self._rows = 0
        standing = _standing(scope, bundle, reach)
        when = When(today, clock.now())
        watchers = (self._watch, self._holders)
        self._plan = Planning(bundle, standing, when, Means(scratch, new_id, watchers))
        self.district_id = self._plan.district_id
        self.is_new_district = self._plan.is_new_district

    def changes(self) -> Iterator[Change]:
        """Every row that changes, in the order in which they can be written; asked for once.

        Raises:
            InvalidError: If a row is of another school, and the file may speak of one alone.
        """
        for change in self._plan.changes():
            self._rows += 1
            yield change
        if not self.is_new_district:
            for change in self._names():
                self._rows += 1
                yield change

    def _names(self) -> Iterator[Change]:
        """Who had a login name before it went to somebody else."""
        holders = self._holders
        kept = identity.username_changes(
            self._scope, self.district_id, holders.changes(), self._moment
        )
        former = identity.identifier_changes(
            self._scope, self.district_id, holders.former_identifiers()
        )
        for row_id, was, will in (*kept, *former):
            user_id = will.get("user_id")
            yield Change(IDENTITY_LINKS, row_id, None, user_id, was, will)

    def difference(self) -> Difference:
        """What it means for people, once every change was asked for."""
        return self._watch.difference()

    def result(self) -> Result:
        """The counts, once every change was asked for."""
        return _result(self._plan, self._rows)


class _Holders:
    """Sees whose login name, presence or 利用者識別子 changes."""

    def __init__(self, scratch: Scratch) -> None:
        self._changes = scratch.pile(sorted_by=1, width=4)
        self._identifiers = scratch.pile(sorted_by=0, width=2)

    def see(self, kind: str, outcome: Outcome) -> None:
        if kind != "users":
            return
        will, was = outcome.will, outcome.was
        if was and was["master_identifier"] not in {"", will["master_identifier"]}:
            self._identifiers.add(will["id"].bytes, was["master_identifier"])
        after = Holder(will["username"], will["enabled"])
        before = Holder(was["username"], was["enabled"]) if was else None
        if before != after:
            for name in {after.username, before.username if before else after.username}:
                self._changes.add(name, will["id"].bytes, *after)

    def changes(self) -> Iterator[HolderChange]:
        """By name."""
        for name, user_id, username, enabled in self._changes:
            yield HolderChange(name, UUID(bytes=user_id), Holder(username, bool(enabled)))

    def former_identifiers(self) -> Iterator[tuple[UUID, str]]:
        """Of people who have got another one."""
        return ((UUID(bytes=user_id), name) for user_id, name in self._identifiers)


def standing_ids(scope: SystemScope, within: Reach, file: str) -> Iterator[str]:
    """SourcedIds of active rows that stand, of the kinds in a file of the binding.

    Args:
        scope: The system's.
        within: Whose rows; none where the district is still to be named.
        file: Name of the file, such as `users.csv`.
    """
    kinds = [kind for kind, name in planning.FILES.items() if name == file]
    if within.district_id is None:
        return iter(())
    return store.active_ids(scope, kinds, within.district_id, within.school_id)


def _standing(scope: SystemScope, bundle: Bundle, reach: Reach) -> store.StandingRoster:
    if reach.district_id:
        district = store.district(scope, id_=reach.district_id)
    else:
        org = planning.district_org(bundle)
        district = store.district(scope, sourced_id=org.sourced_id) if org else None
    return store.StandingRoster(scope, district, reach.school_id)


def _result(plan: Planning, rows: int) -> Result:
    counts = {
        kind: Counts(
            fates[RowFate.NEW],
            fates[RowFate.CHANGED],
            fates[RowFate.SAME],
            fates[RowFate.LEFT],
            fates[RowFate.STALE],
        )
        for kind, fates in plan.fates.items()
        if kind != "districts"
    }
    return Result(counts, plan.set_aside, plan.school_codes, rows)


# --- writing ------------------------------------------------------------------------------------


def prepared(scope: SystemScope, changes: Iterable[Change]) -> Iterator[bulk.Batch]:
    """Changes as they are to be written, in their order; nothing is.

    Most of the work is done here, where nobody has to wait for it: SQLite has one writer.
    """
    for some in _batches(changes):
        row_class = _row_class(some[0].kind)
        if some[0].before is None:
            yield bulk.new_rows(scope, row_class, [each.after for each in some])
        else:
            rows = [(_key(each), each.after) for each in some]
            yield bulk.changed_rows(scope, row_class, rows)


def write(scope: SystemScope, batches: Iterable[bulk.Batch]) -> Iterator[int]:
    """Write what was prepared; whoever asks leaves the trace.

    Yields:
        How many changes are written, now and then.
    """
    done = 0
    for batch in batches:
        bulk.write(scope, batch)
        done += len(batch.values)
        yield done


def take_back(scope: SystemScope, changes: Iterable[Change]) -> Iterator[int]:
    """Make rows what they were; changes come in the reverse of the order they were written in.

    Yields:
        How many are taken back, now and then.

    Raises:
        ConflictError: If a row is not as the change left it.
    """
    done = 0
    for batch in _batches(changes, by_school=True):
        _take_back(scope, batch)
        done += len(batch)
        yield done


def _batches(changes: Iterable[Change], *, by_school: bool = False) -> Iterator[list[Change]]:
    """Changes that go in one statement: of one kind, with the same columns.

    Rows of a kind do not point at each other, so that some thousand of them may change places.
    """
    waiting: dict[tuple[Any, ...], list[Change]] = {}
    kind, count = "", 0
    for each in changes:
        if each.kind != kind or count == _AT_ONCE:
            yield from waiting.values()
            waiting, kind, count = {}, each.kind, 0
        alike = (each.before is None, each.school_id if by_school else None, tuple(each.after))
        waiting.setdefault(alike, []).append(each)
        count += 1
    yield from waiting.values()


def _row_class(kind: str) -> Any:
    return IdentityLink if kind == IDENTITY_LINKS else store.ROW_CLASSES[kind]


def _key(change: Change) -> Values:
    key: Values = {"id": change.row_id}
    return key | ({"school_id": change.school_id} if change.school_id else {})


def _take_back(scope: SystemScope, batch: list[Change]) -> None:
    first, row_class = batch[0], _row_class(batch[0].kind)
    ids = [each.row_id for each in batch]
    _only_as_left(scope, batch, row_class, ids)
    if first.before is None:
        gone = delete(row_class).where(row_class.id.in_(ids))
        if first.school_id:
            gone = gone.where(row_class.school_id == first.school_id)
        scope.session.execute(gone)
    else:
        rows = [_key(each) | (each.before or {}) for each in batch]
        scope.session.execute(update(row_class), rows)


def _only_as_left(scope: SystemScope, batch: list[Change], row_class: Any, ids: list[UUID]) -> None:
    rows = store.rows_by_key(scope, row_class, batch[0].school_id, ids)
    for each in batch:
        row = rows.get(each.row_id)
        if row is None or any(row[name] != value for name, value in each.after.items()):
            raise ConflictError(f"a row of {each.kind} has changed since")
