"""The sums are true, whatever comes and in whatever order."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from aarportal.core import clock
from aarportal.core.scope import AppScope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.models import DayRollup, LearningApp, LearningRecord, StoredStatement
from aarportal.cycle.action.operations import rebuild
from aarportal.cycle.loop.models import LearningCycle
from tests.cast import AOI, BEN, DRILL_SCOPE, HINATA, PRIMARY
from tests.cycle.action.intake.stream import (
    APP_READER,
    NOW,
    READER_SCOPE,
    by_definition,
    facts_of,
    given_ids,
    rows,
    said,
    send,
    sums,
    write,
)


@pytest.fixture(autouse=True)
def friday(in_app):
    clock.shift(NOW - datetime.now(UTC))


class Stream:
    """Statements as apps send them: late, out of order, twice, around midnight, in batches."""

    MIDNIGHT = datetime(2026, 11, 19, 15, 0, tzinfo=UTC)

    what = st.builds(
        lambda who, minute, second, question, subject, right, seconds: {
            "who": who,
            "at": Stream.MIDNIGHT + timedelta(minutes=minute, seconds=second),
            "question": question,
            "subject": subject,
            "right": right,
            "seconds": seconds,
        },
        who=st.sampled_from([AOI, BEN]),
        minute=st.sampled_from([-1440, -9, -4, -1, 0, 1, 3, 8, 9, 40, 75, 600]),
        second=st.sampled_from([0, 0, 1, 30, 59]),
        question=st.integers(1, 3),
        subject=st.sampled_from(["算数", "算数", "理科", "社会", ""]),
        right=st.sampled_from([True, False, None]),
        seconds=st.sampled_from([None, None, 0, 20, 400, 5000]),
    )
    #: A statement or the replay of one sent before, the app, and whether a batch ends after it.
    step = st.tuples(
        what, st.sampled_from([DRILL_SCOPE, READER_SCOPE]), st.booleans(), st.booleans()
    )
    steps = st.lists(step, min_size=1, max_size=25)


def batches_of(steps) -> list[tuple[AppScope, list[dict]]]:
    """Cut a stream into what each app sends at once."""
    made: list[tuple[AppScope, list[dict]]] = []
    waiting: dict[AppScope, dict[str, dict]] = defaultdict(dict)
    sent: dict[AppScope, list[dict]] = defaultdict(list)
    for number, (what, scope, replay, ends) in enumerate(steps):
        before = sent[scope]
        statement = before[number % len(before)] if replay and before else said(**what)
        before.append(statement)
        waiting[scope][statement["id"]] = statement
        if ends:
            made.append((scope, list(waiting.pop(scope).values())))
    return made + [(scope, list(rest.values())) for scope, rest in waiting.items()]


@pytest.fixture
def two_apps(in_app):
    write(
        lambda session: session.add(
            LearningApp(
                id=APP_READER, district_id=HINATA, title="よむ", access_key="reader",
                secret_hash=b"0" * 32,
            )
        )
    )  # fmt: skip


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=Stream.steps)
def test_kept_sums_are_what_the_records_alone_add_up_to(two_apps, steps):
    def sweep(session):
        for model in (DayRollup, LearningRecord, LearningCycle, StoredStatement):
            session.execute(delete(model))

    write(sweep)
    batches = batches_of(steps)
    for scope, batch in batches:
        assert send(*batch, scope=scope) == [UUID(each["id"]) for each in batch]
    kept = sums()
    records = rows(LearningRecord)
    wanted = {(scope.actor_id, each["id"]) for scope, batch in batches for each in batch}
    given = given_ids()
    assert {(record.app_id, str(given[record.id])) for record in records} == wanted
    assert kept["time"] == by_definition(records)
    assert kept["laps"] == facts_of(records)
    with unit_of_work(SystemScope("test")) as scope:
        assert rebuild(scope, PRIMARY) == len(records)
    assert sums() == kept
