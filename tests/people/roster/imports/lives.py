"""Years of a district through the real job of roster imports and the real intake of records."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.ids import NOTHING, new_id
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.apps import operations as apps
from aarportal.cycle.action.intake import digester
from aarportal.cycle.action.models import LearningApp, LearningRecord, StoredStatement
from aarportal.cycle.action.xapi.operations import receive
from aarportal.cycle.action.xapi.statements import decode_batch
from aarportal.people.roster.imports import importer, operations, store
from aarportal.people.roster.imports.models import PersonFate, RosterImport
from aarportal.people.roster.models import Class, Enrollment, User
from aarportal.people.roster.models import District as DistrictOfTheRoster
from tests.people.roster.imports import TRACES, all_rows
from tests.people.roster.imports.district import HOME_PAGE, District, Month, guid

#: So many of what happened reach the portal a month or two later.
LATE = 0.15
_BATCH = 200


class Lives:
    """Lets a district live, and looks at it after every file.

    Attributes:
        found: `files`, `undone`, `differences_wrong`, `undone_unequal`, `seats_wrong`,
            `names_wrong`, `sent`, `records`, `records_wrong`, `waiting`.
    """

    def __init__(
        self, app: Flask, district: District, tell: Callable[[str], object], *, undo_every: int
    ) -> None:
        self.app, self.district, self.tell, self.undo_every = app, district, tell, undo_every
        self.random = random.Random(district.seed)
        self.found: Counter[str] = Counter()
        self.late: list[tuple[int, str]] = []
        self._begin()
        schools = frozenset()
        self.board = Scope(
            new_id(), self.district_id, NOTHING, Role.DISTRICT_ADMINISTRATOR, {}, (), schools
        )

    def _begin(self) -> None:
        with unit_of_work(SystemScope("a district")) as scope:
            self.district_id = new_id()
            scope.session.add(
                DistrictOfTheRoster(
                    id=self.district_id, code="131245", name="大きな市", sourced_id=guid(1, 0)
                )
            )
            scope.session.flush()
            app = LearningApp(
                id=new_id(), district_id=self.district_id, title="ドリル", access_key="many",
                secret_hash=bytes(32), home_pages=[HOME_PAGE],
            )  # fmt: skip
            scope.session.add(app)
            audit.record(scope, "app:added", app.id)
            scope.session.flush()
            self.sender = apps.scope_of(scope, app)

    def live(self, years: int, statements_a_month: int) -> Counter[str]:
        """Let years go by."""
        for number, month in enumerate(self.district.months(years)):
            self._at(datetime(month.day.year, month.day.month, month.day.day, tzinfo=UTC))
            if number % self.undo_every == 1:
                self._there_and_back(month)
            self._check_difference(month, self._brought(month))
            self._confirm(self.last)
            self._check_roster()
            self._work(month, statements_a_month)
            self.tell(f"{month.day}: {dict(self.found)}")
        self._send([body for _, body in self.late])
        self._check_records()
        return self.found

    def _at(self, moment: datetime) -> None:
        clock.shift(moment - datetime.now(UTC))

    # --- the office -----------------------------------------------------------------------------

    def _brought(self, month: Month) -> UUID:
        with unit_of_work(self.board) as scope:
            self.last = operations.bring(scope, operations.Brought("x.zip"), month.content).id
        importer.here().files.put(self.last, month.content)
        importer.here().worker.wake()
        row = self._seen()
        assert row.state == "checked", (month.day, row.state, row.findings["problems"][:5])
        self.found["files"] += 1
        return self.last

    def _seen(self) -> RosterImport:
        with unit_of_work(self.board, read_only=True) as scope:
            return store.roster_import(scope, self.last)

    def _confirm(self, import_id: UUID) -> None:
        with unit_of_work(self.board) as scope:
            operations.confirm(scope, store.roster_import(scope, import_id), sure=True)
        importer.here().worker.wake()
        assert self._seen().state == "done", self._seen().trouble

    def _there_and_back(self, month: Month) -> None:
        """Take the file in and back: everything is as it was."""
        import_id = self._brought(month)
        before = all_rows(but=TRACES)
        self._confirm(import_id)
        with unit_of_work(self.board) as scope:
            operations.ask_back(scope, store.roster_import(scope, import_id))
        importer.here().worker.wake()
        assert self._seen().state == "undone", self._seen().trouble
        self.found["undone"] += 1
        self.found["undone_unequal"] += all_rows(but=TRACES) != before

    def _check_difference(self, month: Month, import_id: UUID) -> None:
        """What the office sees is what happened to each child, and to nobody else."""
        with unit_of_work(self.board, read_only=True) as scope:
            rows = scope.session.execute(
                select(PersonFate.fate, User.sourced_id, PersonFate.user_id)
                .outerjoin(User, User.id == PersonFate.user_id)
                .where(PersonFate.import_id == import_id)
            ).all()
        known = {(fate, UUID(name).int & 0xFFFF_FFFF) for fate, name, _ in rows if name}
        # People who are new have no row yet; they are counted.
        new = sum(fate == "new" and name is None for fate, name, _ in rows)
        staff = {(fate, serial) for fate, serial in known if serial >= 10**6}
        expected = {(fate, serial) for fate, serial in month.meant if fate != "new"}
        arrived = sum(fate == "new" for fate, _ in month.meant)
        teachers = new - arrived if self.found["files"] == 1 else 0
        wrong = (known - staff) ^ expected
        self.found["differences_wrong"] += len(wrong) + abs(new - arrived - teachers)

    def _check_roster(self) -> None:
        """Every child sits where it sits, once, and is called what it is called."""
        today = clock.today()
        with unit_of_work(SystemScope("who sits where"), read_only=True) as scope:
            seats = scope.session.execute(
                select(User.sourced_id, Class.sourced_id, Enrollment.attendance_no)
                .join(Enrollment, Enrollment.user_id == User.id)
                .join(Class, Class.id == Enrollment.class_id)
                .where(
                    User.district_id == self.district_id,
                    Enrollment.role == "student",
                    Enrollment.starts_on <= today,
                    Enrollment.ends_before.is_(None) | (Enrollment.ends_before > today),
                )
            ).all()
            people = scope.session.execute(
                select(User.sourced_id, User.family_name, User.given_name, User.enabled).where(
                    User.district_id == self.district_id
                )
            ).all()
        wanted = Counter(
            (guid(6, child.serial), self.district.class_id(child.chair.klass), child.chair.number)
            for child in self.district.children.values()
            if child.chair
        )
        found = Counter(map(tuple, seats))
        self.found["seats_wrong"] += sum(((found - wanted) + (wanted - found)).values())
        children = self.district.children
        for sourced_id, family, given, enabled in people:
            child = children.get(UUID(sourced_id).int & 0xFFFF_FFFF)
            if child is not None:
                right = enabled is (child.chair is not None)
                called = (family, given) == (child.family, child.given)
                self.found["names_wrong"] += not right or (enabled and not called)

    # --- the children ---------------------------------------------------------------------------

    def _work(self, month: Month, count: int) -> None:
        done = self.district.work(month.day, count)
        due = [each for each in self.late if each[0] <= 0]
        self.late = [(months - 1, body) for months, body in self.late if months > 0]
        on_time = []
        for _, _, body in done:
            if self.random.random() < LATE:
                self.late.append((self.random.randint(0, 1), body))
            else:
                on_time.append(body)
        self._at(
            datetime(month.day.year, month.day.month, month.day.day, tzinfo=UTC)
            + timedelta(days=23)
        )
        self._send([*on_time, *(body for _, body in due)])

    def _send(self, bodies: list[str]) -> None:
        reader = digester.of(self.app)
        for first in range(0, len(bodies), _BATCH):
            text = f"[{','.join(bodies[first : first + _BATCH])}]"
            with unit_of_work(self.sender) as scope:
                receipt = receive(scope, decode_batch(text.encode(), clock.now()))
            self.found["sent"] += len(receipt.ids)
            reader.bring(receipt.new)
            reader.read_all()

    def _check_records(self) -> None:
        with unit_of_work(SystemScope("whose they are"), read_only=True) as scope:
            rows = scope.session.execute(
                select(StoredStatement.given_id, User.sourced_id)
                .join(LearningRecord, LearningRecord.id == StoredStatement.id)
                .join(User, User.id == LearningRecord.student_id)
                .where(StoredStatement.app_id == self.sender.actor_id)
            )
            for given_id, sourced_id in rows:
                truth, owner = given_id.int & 0xFFFF_FFFF, UUID(sourced_id).int & 0xFFFF_FFFF
                self.found["records"] += 1
                self.found["records_wrong"] += truth != owner
        self.found["waiting"] = self.found["sent"] - self.found["records"]
