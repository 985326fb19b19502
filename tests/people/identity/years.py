"""Two years of a town through the real imports, the real intake, and the office's hands."""

import io
import random
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.ids import new_id
from aarportal.core.ownership import Relation
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.apps import operations as apps
from aarportal.cycle.action.intake import digester
from aarportal.cycle.action.models import (
    InboxEntry,
    LearningApp,
    LearningRecord,
    QuarantinedStatement,
    StoredStatement,
)
from aarportal.cycle.action.quarantine import operations as quarantine
from aarportal.cycle.action.quarantine.operations import LinkDraft
from aarportal.cycle.action.xapi.operations import receive
from aarportal.cycle.action.xapi.statements import decode_batch
from aarportal.people.roster.imports.working import operations as roster
from aarportal.people.roster.models import District, School, User
from aarportal.people.roster.oneroster.bundle import Bundle, read_bundle
from tests.people.identity.town import (
    GAME,
    IMPORTS,
    NEW_YEAR,
    OURS,
    Outcome,
    Sent,
    Town,
    guid,
    person_of,
    truth_of,
)

Some = TypeVar("Some")
#: So many of what happened reach the portal only after the last import.
LATE = 0.2
REPEATED = 0.03


class Years:
    """Lets a town live, and looks at whose the records are."""

    def __init__(
        self,
        app: Flask,
        town: Town,
        batch: int,
        tell: Callable[[str], object],
        after_import: Callable[[], None] = lambda: None,
    ) -> None:
        self.app, self.town, self.batch, self.tell = app, town, batch, tell
        self.after_import = after_import
        self.random = random.Random(town.seed)
        self.outcome = Outcome()
        self.late: list[Sent] = []
        self.again: list[str] = []
        self.merged: dict[int, int] = {}

    def live(self, count: int) -> Outcome:
        """Send so many statements while years go by."""
        for number in range(len(IMPORTS)):
            self._import(number)
            work = self._on_time(number, count // len(IMPORTS))
            if number == 0:
                self._register()
                self._send(each.body for each in islice(work, min(count // 20, 4000)))
                self._err_and_mend()
            for some in _parts(work, self.batch):
                self._send(each.body for each in some)
            self.tell(f"import {number}: {dict(self.outcome.counts)}")
        self.late.sort(key=lambda each: (each.moment.date(), each.person))
        half = len(self.late) // 2
        self._send_late(self.late[:half])
        self._say_whose()
        self._join()
        self._send_late(self.late[half:])
        for some in _parts(iter(self.again), self.batch):
            self._send(some)
        self.tell("everything is sent")
        return self._look()

    def _on_time(self, number: int, count: int) -> Iterator[Sent]:
        for each in self.town.work(number, count):
            if self.random.random() < REPEATED:
                self.again.append(each.body)
            if self.random.random() < LATE:
                self.late.append(each)
            else:
                yield each

    def _send_late(self, late: list[Sent]) -> None:
        for some in _parts(iter(late), self.batch):
            self._send(each.body for each in some)
        self.tell(f"late ones: {dict(self.outcome.counts)}")

    def _import(self, number: int) -> None:
        bundle = read_bundle(io.BytesIO(self.town.roster(number)))
        assert isinstance(bundle, Bundle), bundle.problems[:3]
        self.imported = number
        with unit_of_work(SystemScope("the town's roster")) as scope:
            roster.import_bundle(scope, bundle, today=IMPORTS[number])
            self.users = dict(
                scope.session.execute(
                    select(User.sourced_id, User.id)
                    .join(District, District.id == User.district_id)
                    .where(District.sourced_id == guid(1, 0))
                ).all()
            )
        self.after_import()
        self.persons = {id_: person_of(name) for name, id_ in self.users.items()}

    def _register(self) -> None:
        with unit_of_work(SystemScope("the town's app")) as scope:
            district = scope.session.scalars(
                select(District).where(District.sourced_id == guid(1, 0))
            ).one()
            self.district_id = district.id
            app = LearningApp(
                id=new_id(),
                district_id=district.id,
                title="ドリル",
                access_key="town",
                secret_hash=bytes(32),
                home_pages=[OURS],
            )
            scope.session.add(app)
            audit.record(scope, "app:added", app.id)
            scope.session.flush()
            self.scope = apps.scope_of(scope, app)
            schools = select(School.sourced_id, School.id).where(School.district_id == district.id)
            self.schools = dict(scope.session.execute(schools).all())

    def _send(self, bodies: Iterable[str]) -> None:
        text = ",".join(bodies)
        statements = decode_batch(f"[{text}]".encode(), clock.now())
        with unit_of_work(self.scope) as scope:
            receipt = receive(scope, statements)
        self.outcome.counts["received"] += len(receipt.ids)
        self.outcome.counts["repeated"] += len(receipt.ids) - len(receipt.new)
        reader = digester.of(self.app)
        reader.bring(receipt.new)
        reader.read_all()

    # --- the office -----------------------------------------------------------------------------

    def _office(self, person: int) -> Scope:
        """The administrator of a school where a person is or was."""
        so_far = self.town.present[self.imported :: -1]
        seat = next(seats[person] for seats in so_far if person in seats)
        school_id = self.schools[guid(2, seat.school)]
        everybody = {Relation.RECORDS: None}
        return Scope(new_id(), self.district_id, school_id, Role.ADMINISTRATOR, everybody)

    def _user(self, person: int) -> UUID:
        return self.users[guid(6, person)]

    def _act(self, person: int, act: Callable[[Scope], Some]) -> Some:
        with unit_of_work(self._office(person)) as scope:
            return act(scope)

    def _read(self) -> None:
        digester.of(self.app).read_all()

    def _link(self, name: str, person: int, **span: object) -> UUID:
        draft = LinkDraft(self.scope.actor_id, GAME, name, self._user(person), **span)
        return self._act(person, lambda scope: quarantine.link(scope, draft).id)

    def _merge(self, kept: int, merged: int) -> UUID:
        pair = self._user(kept), self._user(merged)
        return self._act(kept, lambda scope: quarantine.merge(scope, *pair, confirmed=True).id)

    def _err_and_mend(self) -> None:
        """Two twins are joined, a nickname goes to the wrong child, and a rule is wrong."""
        one, other = self.town.twins
        name = self.town.nicknames[0].name
        app_id = self.scope.actor_id
        merge_id, link_id = self._merge(one, other), self._link(name, other)
        self._act(one, lambda scope: quarantine.trust(scope, app_id, GAME))
        self._read()
        self._act(one, lambda scope: quarantine.take_back_merge(scope, merge_id))
        self._act(one, lambda scope: quarantine.take_back(scope, link_id))
        self._act(one, lambda scope: quarantine.distrust(scope, app_id, GAME))
        self._read()
        self.tell("mistakes were made and mended")

    def _say_whose(self) -> None:
        day = IMPORTS[NEW_YEAR]
        for each in self.town.nicknames:
            self._link(each.name, each.first, ends_on=day.fromordinal(day.toordinal() - 1))
            self._link(each.name, each.second, begins_on=day)
        self._read()
        self.tell(f"{len(self.town.nicknames)} nicknames are linked")

    def _join(self) -> None:
        self.merged = {**self.town.came_back, **self.town.listed_twice}
        for merged, kept in self.merged.items():
            self._merge(kept, merged)
        self._read()
        self.tell(f"{len(self.merged)} persons are joined")

    # --- what came of it ------------------------------------------------------------------------

    def _look(self) -> Outcome:
        found = self.outcome
        with unit_of_work(SystemScope("whose they are"), read_only=True) as scope:
            session = scope.session
            mine = StoredStatement.app_id == self.scope.actor_id
            given_id = StoredStatement.given_id
            found.counts["stored"] = session.scalar(select(func.count()).where(mine))
            found.counts["unread"] = session.scalar(
                select(func.count()).where(InboxEntry.app_id == self.scope.actor_id)
            )
            rows = session.execute(
                select(given_id, LearningRecord.student_id)
                .join(StoredStatement, StoredStatement.id == LearningRecord.id)
                .where(mine)
                .execution_options(yield_per=10_000)
            )
            for id_, student_id in rows:
                found.counts["records"] += 1
                truth = truth_of(id_)
                found.wrong += self.persons[student_id] != self.merged.get(truth, truth)
            waiting = session.execute(
                select(given_id)
                .join(QuarantinedStatement, QuarantinedStatement.statement_id == StoredStatement.id)
                .where(mine)
                .execution_options(yield_per=10_000)
            )
            for (id_,) in waiting:
                found.counts["waiting"] += 1
                truth = truth_of(id_)
                if truth in self.town.came_back:
                    found.waiting_for_a_class += 1
                else:
                    found.kept_waiting += truth != 0
        return found


def _parts(every: Iterator[Some], size: int) -> Iterator[list[Some]]:
    while some := list(islice(every, size)):
        yield some
