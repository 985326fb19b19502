"""Whatever happens in whatever order: the sums are what a rebuild makes, and nobody's is another's.

Apps send, send again and take back; teachers take records out; the office says whose an account is,
takes that back, joins two persons and parts them; all of it between readings of the inbox.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, select

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.ids import NOTHING
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.intake import digester
from aarportal.cycle.action.intake.operations import read_again
from aarportal.cycle.action.models import (
    AppDay,
    DayRollup,
    InboxEntry,
    LearningRecord,
    QuarantinedStatement,
    Rereading,
    StatementReference,
    StatementTerm,
    StoredStatement,
)
from aarportal.cycle.action.operations import rebuild, take_out
from aarportal.cycle.action.xapi.operations import receive
from aarportal.cycle.action.xapi.statement_model import VOIDED
from aarportal.cycle.loop.models import LearningCycle
from aarportal.people.identity.models import IdentityLink, PersonMerge
from tests.cast import AOI, BEN, CHIBA, DRILL_SCOPE, HINATA, IDENTITY_PROVIDER, PRIMARY, scope_of
from tests.cycle.action.intake.stream import (
    NOW,
    account,
    decoded,
    given_ids,
    own_id,
    rows,
    said,
    sums,
    write,
)

#: Accounts of the app that the roster does not know; only the office can say whose they are.
NICKNAMES = ("kirin", "zou")
WHO = st.sampled_from([AOI, BEN, *NICKNAMES])
MIDNIGHT = datetime(2026, 11, 19, 15, 0, tzinfo=UTC)
KEPT = (AOI, BEN)


class Office(RuleBasedStateMachine):
    """The model: what was sent, taken back, taken out, linked and merged."""

    sent = Bundle("sent")

    def __init__(self):
        super().__init__()
        for model in (
            AppDay, DayRollup, LearningRecord, LearningCycle, StoredStatement, StatementTerm,
            StatementReference, InboxEntry, QuarantinedStatement, Rereading, IdentityLink,
            PersonMerge,
        ):  # fmt: skip
            write(lambda session, model=model: session.execute(delete(model)))
        self.actor_of = {}
        self.voided, self.voiding, self.taken_out = set(), set(), set()
        self.links, self.merges = {}, {}

    def read(self):
        digester.of(self.app).read_all()

    # --- apps ---------------------------------------------------------------------------------

    @rule(
        target=sent,
        who=st.lists(WHO, min_size=1, max_size=6),
        minute=st.sampled_from([-1440, -4, 0, 3, 40, 600]),
        question=st.integers(1, 3),
        seconds=st.sampled_from([None, 0, 20, 400]),
        at_once=st.booleans(),
    )
    def an_app_sends(self, who, minute, question, seconds, at_once):
        batch = []
        for number, each in enumerate(who):
            actor = account(each) if isinstance(each, str) else each
            at = MIDNIGHT + timedelta(minutes=minute + number)
            statement = said(actor, at, question=question, seconds=seconds)
            self.actor_of[UUID(statement["id"])] = each
            batch.append(statement)
        self.bring(batch, at_once)
        return multiple(*batch)

    @rule(statement=sent)
    def an_app_sends_again(self, statement):
        self.bring([statement], True)

    @rule(statement=sent, at_once=st.booleans())
    def an_app_takes_back(self, statement, at_once):
        self.bring([self.taking_back(statement["id"])], at_once)
        self.voided.add(UUID(statement["id"]))

    @rule(at_once=st.booleans())
    def an_app_takes_back_before_it_sends(self, at_once):
        statement = said(AOI, NOW)
        self.bring([self.taking_back(statement["id"])], at_once)
        self.bring([statement], at_once)
        self.actor_of[UUID(statement["id"])] = AOI
        self.voided.add(UUID(statement["id"]))

    def taking_back(self, target):
        id_ = uuid4()
        self.voiding.add(id_)
        return {
            "id": str(id_),
            "actor": account("the app"),
            "verb": {"id": VOIDED},
            "object": {"objectType": "StatementRef", "id": target},
        }

    def bring(self, batch, at_once):
        with unit_of_work(DRILL_SCOPE) as scope:
            receive(scope, decoded(batch))
        if at_once:
            self.read()

    @rule()
    def the_inbox_is_read(self):
        self.read()

    # --- people -------------------------------------------------------------------------------

    @rule(statement=sent)
    def a_teacher_takes_a_record_out(self, statement):
        id_ = own_id(statement["id"])
        with unit_of_work(scope_of(CHIBA)) as scope:
            row = scope.session.get(LearningRecord, (PRIMARY, id_))
            if row is not None and row.state != "voided":
                take_out(scope, [row])
                self.taken_out.add(UUID(statement["id"]))

    @rule(name=st.sampled_from(NICKNAMES), to=st.sampled_from(KEPT))
    def the_office_says_whose_it_is(self, name, to):
        if name in self.links:
            return
        link = IdentityLink(
            id=uuid4(), district_id=HINATA, system=NOTHING, issuer=IDENTITY_PROVIDER, name=name,
            user_id=to.id,
        )  # fmt: skip
        self.in_office(link, "actor", f"{IDENTITY_PROVIDER}\n{name}")
        self.links[name] = (link.id, to)

    @rule(name=st.sampled_from(NICKNAMES))
    def the_office_takes_that_back(self, name):
        if name not in self.links:
            return
        link_id, _ = self.links.pop(name)
        self.take_back(IdentityLink, link_id, "link")

    @rule(kept=st.sampled_from(KEPT))
    def the_office_joins_two(self, kept):
        if self.merges:
            return
        [merged] = set(KEPT) - {kept}
        merge = PersonMerge(id=uuid4(), district_id=HINATA, kept_id=kept.id, merged_id=merged.id)
        self.in_office(merge, "person", str(merged.id))
        self.merges = {merged: (merge.id, kept)}

    @rule()
    def the_office_parts_them(self):
        if self.merges:
            [(merge_id, _)] = self.merges.values()
            self.merges = {}
            self.take_back(PersonMerge, merge_id, "merge")

    def in_office(self, row, kind, value):
        with unit_of_work(SystemScope("the office")) as scope:
            scope.session.add(row)
            audit.record(scope, "office:acted", row.id)
        self.ask(kind, value)

    def take_back(self, model, row_id, kind):
        with unit_of_work(SystemScope("the office")) as scope:
            scope.session.get(model, row_id).taken_back_at = clock.now()
            audit.record(scope, "office:acted", row_id)
        self.ask(kind, str(row_id))

    def ask(self, kind, value):
        with unit_of_work(DRILL_SCOPE) as scope:
            read_again(scope, kind, value)

    # --- what holds ---------------------------------------------------------------------------

    @invariant()
    def what_is_summed_up_is_what_the_records_add_up_to(self):
        kept = sums()
        with unit_of_work(SystemScope("test")) as scope:
            rebuild(scope, PRIMARY)
        assert sums() == kept

    def teardown(self):
        self.read()
        self.what_is_summed_up_is_what_the_records_add_up_to()
        given = given_ids()
        records = {given[row.id]: row for row in rows(LearningRecord)}
        waiting = {given[row.statement_id]: row for row in rows(QuarantinedStatement)}
        assert not rows(InboxEntry)
        assert set(given.values()) == set(self.actor_of) | self.voiding
        for id_, actor in self.actor_of.items():
            wanted = self.owner_of(actor)
            if id_ in self.voided:
                assert id_ not in waiting
                assert id_ not in records or records[id_].state == "voided"
            elif id_ in self.taken_out:
                assert records[id_].state == "voided"
            elif wanted is None:
                assert (waiting[id_].reason, id_ in records) == ("unknown_actor", False)
            else:
                assert id_ not in waiting
                assert records[id_].student_id == wanted.id
                assert records[id_].state in {"valid", "linked"}

    def owner_of(self, actor):
        if isinstance(actor, str):
            actor = self.links[actor][1] if actor in self.links else None
        return self.merges[actor][1] if actor in self.merges else actor


@pytest.fixture(autouse=True)
def friday(in_app):
    clock.shift(NOW - datetime.now(UTC))


def test_sums_and_owners_are_right_whatever_happens(in_app):
    Office.app = in_app
    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_when_everything_is_taken_back_nothing_is_left_in_the_sums(in_app):
    batch = [said(AOI, NOW - timedelta(minutes=number)) for number in range(30)]
    with unit_of_work(DRILL_SCOPE) as scope:
        receive(scope, decoded(batch))
    digester.of(in_app).read_all()
    assert rows(DayRollup)
    voiding = [
        {
            "actor": account("the app"),
            "verb": {"id": VOIDED},
            "object": {"objectType": "StatementRef", "id": each["id"]},
        }
        for each in batch
    ]
    with unit_of_work(DRILL_SCOPE) as scope:
        receive(scope, decoded(voiding))
    digester.of(in_app).read_all()
    assert rows(DayRollup) == []
    assert {row.state for row in rows(LearningRecord)} == {"voided"}
    [lap] = rows(LearningCycle)
    assert (lap.records, lap.active_seconds, lap.items) == (0, 0, 0)
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        assert scope.session.scalars(select(StoredStatement.voided)).all().count(True) == 30
