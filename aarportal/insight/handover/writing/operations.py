"""Making an export's rows for its student here.

Everything about the student is written through eyes that see this one student and nobody else.
"""

from collections import Counter
from typing import Any
from uuid import UUID

import msgspec

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.bulk import append
from aarportal.core.ids import NOTHING
from aarportal.core.machines import step
from aarportal.core.scope import Scope
from aarportal.cycle.action import operations as action
from aarportal.cycle.action import store as action_store
from aarportal.cycle.action.intake.answers import answer_key
from aarportal.cycle.action.models import LearningRecord
from aarportal.cycle.action.rollups import COUNTS, Entry, Group
from aarportal.cycle.loop.models import LearningCycle
from aarportal.cycle.loop.states import COUNTED_RECORD
from aarportal.cycle.reflection.letters.models import TermLetter
from aarportal.cycle.units.models import Unit
from aarportal.insight.handover.formats import KINDS, ROWS, Contents, LetterRow, RecordRow
from aarportal.insight.handover.ids import id_here, in_draft, in_text
from aarportal.insight.handover.jobs import District, Job
from aarportal.insight.handover.letters import in_evidence, joined
from aarportal.insight.handover.models import CarriedRow
from aarportal.insight.handover.states import INTAKE, IntakeEvent, IntakeState
from aarportal.insight.handover.store import MODELS
from aarportal.insight.handover.taking_in import store
from aarportal.people.roster.models import Class

#: Columns of a table that no export has.
_MORE: dict[str, dict[str, Any]] = {"goals": {"card_id": None}}
_PLACES: tuple[tuple[str, Any], ...] = (("classes", Class), ("units", Unit))
_NOT_OF_A_STUDENT = frozenset({"teachers", "apps", "classes", "units"})
#: Kinds that are made in a way of their own.
_OWN_WAY = frozenset({"laps", "records", "doubts", "letters", "drafts"})
#: Kind -> fields that may name nothing.
_OPTIONAL = {
    kind: {each.name for each in msgspec.structs.fields(struct) if each.type == UUID | None}
    for kind, struct in ROWS.items()
}


def write(scope: Scope, job: Job, contents: Contents, district: District) -> bool:
    """Make every row of an export that is not here yet; whether the import waited for it.

    Args:
        scope: `job.scope`.
        job: The import.
        contents: Its data.
        district: What of it is there already.
    """
    row = store.locked(scope, job.id)
    if row is None or row.state != IntakeState.WRITING:
        return False
    action_store.lock_persons(scope, {job.student_id})
    writer = _Writer(scope, job, contents, district)
    writer.write()
    row.state = step(INTAKE, IntakeState(row.state), IntakeEvent.FINISHED)
    row.counts, row.written_at = dict(writer.counts), clock.now()
    total = sum(writer.counts.values())
    audit.record(
        scope, "handover:written", row.id, student_id=job.student_id, detail=f"{total} rows"
    )
    return True


class _Writer:
    """Writes one export for one student.

    Attributes:
        counts: Rows that were made, by kind.
    """

    def __init__(self, scope: Scope, job: Job, contents: Contents, district: District) -> None:
        self.counts: Counter[str] = Counter()
        self._scope = scope
        self._job = job
        self._contents = contents
        self._district = district
        #: Kind -> given id -> id here.
        self._here: dict[str, dict[UUID, UUID]] = {}
        #: Kind -> given ids of rows that are here already.
        self._known: dict[str, set[UUID]] = {}
        self._laps: dict[UUID, LearningCycle] = {}
        self._drafts: list[tuple[str, str]] = []
        #: Id of a letter that became part of another -> what is kept of that.
        self._joined: dict[UUID, dict[str, str]] = {}

    def write(self) -> None:
        self._find_ids()
        self._find_places()
        self._make_places()
        self._make_laps()
        for kind in KINDS:
            if kind in MODELS and kind not in _OWN_WAY:
                self._make(kind)
        self._make_records()
        self._make("doubts")
        self._make_letters()
        self._make_drafts()
        self._carry()

    # Which rows are here, and what the others will be called

    def _find_ids(self) -> None:
        carried: dict[str, dict[UUID, UUID]] = {}
        for row in store.carried(self._scope, self._job.student_id):
            carried.setdefault(row.kind, {})[row.given_id] = row.row_id
        for kind in KINDS:
            rows = [row for row in getattr(self._contents, kind) if hasattr(row, "id")]
            before = carried.get(kind, {})
            given = [row.id for row in rows]
            own = store.own_ids(self._scope, kind, given) if kind in MODELS and given else set()
            at_home = before | {id_: id_ for id_ in own}
            self._here[kind] = {
                row.id: at_home.get(row.id) or self._new_id(kind, row) for row in rows
            }
            self._known[kind] = own | before.keys()

    def _new_id(self, kind: str, row: Any) -> UUID:
        if kind == "apps":
            return self._district.apps[row.id]
        if kind in {"classes", "units"}:
            return id_here(self._job.school_id, row.id)
        if isinstance(row, RecordRow) and row.statement_id and row.app_id:
            id_, app_id = self._district.statements.get(row.statement_id, (row.id, None))
            # What another app sent under this id is not behind this record.
            if app_id is not None and app_id == self._district.apps.get(row.app_id):
                return id_
        return id_here(f"{self._job.school_id}:{self._job.student_id}", row.id)

    def _find_places(self) -> None:
        """Classes and units that are here: the student's own of before, or another child's."""
        for kind, row_class in _PLACES:
            here = self._here[kind]
            for id_ in store.known_rows(self._scope, row_class, list(here)):
                here[id_] = id_
            there = store.known_rows(self._scope, row_class, list(here.values()))
            self._known[kind] = {given for given, id_ in here.items() if id_ in there}

    def _is_new(self, kind: str, given_id: UUID) -> bool:
        return given_id not in self._known[kind]

    # Rows

    def _make_places(self) -> None:
        session, school_id = self._scope.session, self._job.school_id
        for row in self._contents.classes:
            if self._is_new("classes", row.id):
                id_ = self._here["classes"][row.id]
                session.add(
                    Class(
                        school_id=school_id,
                        id=id_,
                        sourced_id=f"handover:{id_}",
                        # No roster lists it, and nobody is in it.
                        status="tobedeleted",
                        title=f"{row.title}（{row.school}）" if row.school else row.title,
                        class_type="scheduled",
                        grades=row.grades,
                    )
                )
        session.flush()
        for unit in self._contents.units:
            if self._is_new("units", unit.id):
                values = msgspec.structs.asdict(unit)
                values["id"] = self._here["units"][unit.id]
                values["class_id"] = self._here["classes"][unit.class_id]
                session.add(Unit(school_id=school_id, **values))
        session.flush()

    def _values(self, kind: str, row: Any) -> dict[str, Any] | None:
        """The columns of a row here; None where it hangs on something that did not come along."""
        values: dict[str, Any] = msgspec.structs.asdict(row)
        for name, referred in ROWS[kind].refers.items():
            if values[name] is None:
                continue
            values[name] = self._here[referred].get(values[name])
            if values[name] is None and name not in _OPTIONAL[kind]:
                return None
        if "id" in values:
            values["id"] = self._here[kind][values["id"]]
        whose = {"school_id": self._job.school_id, "student_id": self._job.student_id}
        return {**whose, **values, **_MORE.get(kind, {})}

    def _make(self, kind: str) -> None:
        """Make the rows of a kind that are not here; of rows without an id, those of new rows."""
        rows = []
        for row in getattr(self._contents, kind):
            if hasattr(row, "id"):
                is_new = self._is_new(kind, row.id)
            else:
                refers = ROWS[kind].refers.items()
                is_new = all(self._is_new(of, getattr(row, name)) for name, of in refers)
            values = self._values(kind, row) if is_new else None
            if values is not None:
                rows.append(values)
        append(self._scope, MODELS[kind], rows)
        self.counts[kind] = len(rows)

    def _make_laps(self) -> None:
        """Make the laps, their sums empty; those that are here may get records."""
        for row in self._contents.laps:
            id_ = self._here["laps"][row.id]
            if not self._is_new("laps", row.id):
                known = self._scope.session.get(LearningCycle, (self._job.school_id, id_))
                if known is not None:
                    self._laps[id_] = known
                continue
            values = self._values("laps", row)
            if values is not None:
                lap = LearningCycle(**values, **dict.fromkeys(COUNTS, 0))
                self._laps[id_] = lap
                self._scope.session.add(lap)
                self.counts["laps"] += 1
        self._scope.session.flush()

    def _make_records(self) -> None:
        """Make the records, and add them to the sums of their days and laps."""
        new = [row for row in self._contents.records if self._is_new("records", row.id)]
        entries = {row.id: self._entry(row) for row in new}
        counted = [entries[row.id] for row in new if row.state in COUNTED_RECORD]
        moments = {lap.id: lap.updated_at for lap in self._laps.values()}
        action.book(self._scope, counted, self._laps)
        for lap in self._laps.values():
            # By when they changed other systems are told of laps: nothing has.
            lap.updated_at = moments[lap.id]
        self._scope.session.flush()
        append(self._scope, LearningRecord, [_record(row, entries[row.id]) for row in new])
        self.counts["records"] = len(new)

    def _entry(self, row: RecordRow) -> Entry:
        cycle_id = self._here["laps"].get(row.cycle_id) if row.cycle_id else None
        app_id = self._here["apps"].get(row.app_id, NOTHING) if row.app_id else NOTHING
        return Entry(
            id=self._here["records"][row.id],
            group=Group(self._job.school_id, self._job.student_id, row.day, app_id),
            subject=row.subject,
            unit_id=self._here["units"].get(row.unit_id) if row.unit_id else None,
            cycle_id=cycle_id if cycle_id in self._laps else None,
            ended_at=row.ended_at,
            own_duration=row.own_duration,
            has_time=row.has_time,
            items=row.items,
            first_attempt_items=row.first_attempt_items,
            first_attempt_correct=row.first_attempt_correct,
            retry_items=row.retry_items,
            retry_correct=row.retry_correct,
            active_seconds=row.active_seconds,
        )

    def _make_letters(self) -> None:
        """Make the letters; those of a term that has one already become part of it."""
        here = {
            (row.year, row.term): row
            for row in store.letters_at(self._scope, self._job.school_id, self._job.student_id)
        }
        new: dict[tuple[int, int], list[LetterRow]] = {}
        for row in self._contents.letters:
            if self._is_new("letters", row.id):
                evidence = in_evidence(row.evidence, self._here["laps"])
                values = {"id": self._here["letters"][row.id], "evidence": evidence}
                new.setdefault((row.year, row.term), []).append(
                    msgspec.structs.replace(row, **values)
                )
                self.counts["letters"] += 1
        made = []
        for term, letters in new.items():
            standing = here.get(term)
            if standing is None:
                first, *others = letters
                made.append(msgspec.structs.asdict(joined(letters)))
                kept = {"into": first.id.hex}
            else:
                others, before = letters, _letter(standing)
                kept = {"into": standing.id.hex, "before": msgspec.json.encode(before).decode()}
                fill_letter(standing, joined([before, *letters]))
            self._joined |= {it.id: kept for it in others}
        self._scope.session.flush()
        whose = {"school_id": self._job.school_id, "student_id": self._job.student_id}
        append(self._scope, MODELS["letters"], [{**whose, **each} for each in made])

    def _make_drafts(self) -> None:
        """Make the drafts; what the student began here meanwhile goes before them."""
        flat = {given: id_ for ids in self._here.values() for given, id_ in ids.items()}
        there = store.own_drafts(self._scope)
        rows = []
        for row in self._contents.drafts:
            place = (row.form, in_text(row.key, flat))
            if place not in there:
                self._drafts.append(place)
                rows.append(
                    {
                        "school_id": self._job.school_id,
                        "student_id": self._job.student_id,
                        "form": place[0],
                        "key": place[1],
                        "rev": row.rev,
                        "content": in_draft(row.content, flat),
                        "other": in_draft(row.other, flat),
                        "saved_at": row.saved_at,
                    }
                )
        append(self._scope, MODELS["drafts"], rows)
        self.counts["drafts"] = len(rows)

    # Under which ids they came

    def _carry(self) -> None:
        before = {
            (row.kind, row.row_id) for row in store.carried(self._scope, self._job.student_id)
        }
        rows: list[dict[str, Any]] = []
        for kind in KINDS:
            for row in getattr(self._contents, kind):
                if not hasattr(row, "id"):
                    continue
                id_ = self._here[kind][row.id]
                is_mine = kind in _NOT_OF_A_STUDENT or self._is_new(kind, row.id)
                if is_mine and id_ != row.id and (kind, id_) not in before:
                    details = self._joined.get(id_) or _details(kind, row)
                    rows.append(self._carried(kind, id_, row.id, details))
        for form, key in self._drafts:
            draft_id = id_here(form, id_here(key, self._job.student_id))
            rows.append(self._carried("drafts", draft_id, draft_id, {"form": form, "key": key}))
        append(self._scope, CarriedRow, rows)

    def _carried(
        self, kind: str, row_id: UUID, given_id: UUID, details: dict[str, str]
    ) -> dict[str, Any]:
        return {
            "school_id": self._job.school_id,
            "student_id": self._job.student_id,
            "kind": kind,
            "row_id": row_id,
            "given_id": given_id,
            "carried_at": clock.now(),
            "import_id": self._job.id,
            "details": details,
        }


def _letter(row: TermLetter) -> LetterRow:
    """A letter that stands here, as an export tells it."""
    names = LetterRow.__struct_fields__
    return LetterRow(**{name: getattr(row, name) for name in names})


def fill_letter(row: TermLetter, letter: LetterRow) -> None:
    """Let a letter that stands here say what another one says; its id stays."""
    for name in LetterRow.__struct_fields__:
        if name != "id":
            setattr(row, name, getattr(letter, name))


def _record(row: RecordRow, entry: Entry) -> dict[str, object]:
    """The columns of a record; what does not count keeps the time it had."""
    return {
        **action.record_values(entry),
        "connector": row.connector,
        "unit_code": row.unit_code,
        "title": row.title,
        "activity_id": row.activity_id,
        "unit_title": row.unit_title,
        "verb": row.verb,
        "question_id": row.question_id,
        "attempt_id": row.attempt_id,
        "answer_key": answer_key(row.question_id, row.attempt_id),
        "started_at": row.started_at,
        "self_reported": row.self_reported,
        "state": row.state,
        "received_at": row.received_at,
        "link_id": None,
        "merge_id": None,
    }


def _details(kind: str, row: Any) -> dict[str, str]:
    """What has no row of its own here."""
    if kind == "teachers":
        return {"name": row.name}
    if kind == "classes":
        return {"title": row.title, "school": row.school}
    return {}
