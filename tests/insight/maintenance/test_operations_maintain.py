"""What is kept long enough goes, and a child that left is nowhere: no row, no file, no memory."""

from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from aarportal.audit import operations as audit
from aarportal.care.school_data.models import SchoolDataChange
from aarportal.care.wellbeing.models import HealthObservation, SeenObservation
from aarportal.core import clock, memory, upkeep
from aarportal.core.database import Base, db
from aarportal.core.scope import SystemScope
from aarportal.core.submissions import Submission
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.drafts.models import Draft
from aarportal.insight.handover import keeper
from aarportal.insight.maintenance import nightly
from aarportal.insight.maintenance.schedule import SCHEDULE
from aarportal.people.accounts.cards.models import LoginCard
from aarportal.people.accounts.locks.models import PupilLock, StaffLock
from aarportal.people.accounts.models import SignInSession, SignInThrottle
from aarportal.people.accounts.oidc.models import OidcSpentState
from aarportal.people.lti.models import LtiChoice, LtiLogin, LtiPlatform
from aarportal.web import worker
from tests.care.people import appoint
from tests.care.tables import OBSERVATION, seen, table, taken, taken_back
from tests.cast import AOI, BEN, CHIBA, CLASS_4_2, HINATA, NURSE, OKA, PRIMARY, key
from tests.insight.handover import elsewhere, life, rows
from tests.insight.handover.test_operations_deleting import (
    NICKNAME,
    STAYS,
    WORDS,
    be_known_everywhere,
    leave,
    order,
)
from tests.insight.teaching.lessons import set_clock

LONG = {
    "sign_in_throttles": 5, "sign_in_sessions": 2, "submissions": 61, "drafts": 201,
    "pupil_locks": 2, "staff_locks": 2,
    "oidc_spent_states": 2, "lti_logins": 2, "lti_choices": 2,
}  # fmt: skip


def kept(model):
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        return len(scope.session.scalars(select(model)).all())


def other(moment, now_it_is, long_ago_it_was):
    """Of two people, so that the rows of both moments stand side by side."""
    return (now_it_is if clock.now() - moment < timedelta(days=1) else long_ago_it_was).id


def ours_at(moment):
    return {"school_id": PRIMARY, "student_id": other(moment, AOI, BEN)}


def a_platform():
    """From which the launches come that are on their way."""
    address = "https://lms.example.jp"
    return LtiPlatform(
        id=key("platform"), district_id=HINATA, title="lms", issuer=address, client_id="c",
        auth_url=address, jwks_url=address, deployments=["1"], known_by="email",
    )  # fmt: skip


def at(moment):
    """What a portal keeps for a while, as of one moment."""
    day = clock.school_day_of(moment)
    ours = {"school_id": PRIMARY, "student_id": AOI.id}
    return [
        SignInThrottle(key=f"account:{moment}", tries=1, window_opened_at=moment),
        SignInSession(
            token_hash=str(moment).encode().ljust(32)[:32], district_id=HINATA, user_id=AOI.id,
            school_id=PRIMARY, role="student", opened_at=moment, closes_at=moment,
            way="password", proved_at=moment,
        ),
        OidcSpentState(state_hash=sha256(str(moment).encode()).digest(), spent_at=moment),
        PupilLock(**ours_at(moment), locked_at=moment, ends_at=moment),
        StaffLock(
            district_id=HINATA, user_id=other(moment, CHIBA, OKA), school_id=PRIMARY,
            locked_at=moment, ends_at=moment,
        ),
        LoginCard(
            **ours_at(moment), school_year=clock.school_year_of(day), class_id=CLASS_4_2,
            token_hash=sha256(f"card {moment}".encode()).digest(), pictures="", made_at=moment,
        ),
        LtiLogin(
            state_hash=sha256(str(moment).encode()).digest(), district_id=HINATA,
            platform_id=key("platform"), nonce="", browser_hash=b"", begun_at=moment,
            expires_at=moment,
        ),
        LtiChoice(
            district_id=HINATA, platform_id=key("platform"), user_id=CHIBA.id, deployment_id="",
            return_url="", expires_at=moment,
        ),
        Submission(school_id=PRIMARY, actor_id=AOI.id, key=str(moment), location="/", at=moment),
        Draft(**ours, form="goal", key=str(moment), content={}, rev=1, saved_at=moment),
        HealthObservation(**ours, day=day, time="08:00", words="ねむい", import_id=None),
        SeenObservation(**ours, day=day, time="08:00", came_at=moment, seen_by=OKA.id),
    ]  # fmt: skip


def test_what_is_kept_long_enough_goes_and_the_rest_stays(in_app):
    now = clock.now()
    with unit_of_work(SystemScope("test")) as scope:
        scope.session.add(a_platform())
        scope.session.flush()
        scope.session.add_all(at(now))
        audit.record(scope, "test:made", "test")
    tables = {type(each): type(each).__tablename__ for each in at(now)}
    before = {model: kept(model) for model in tables}
    assert not +nightly.of(in_app).run()
    assert {model: kept(model) for model in tables} == before
    with unit_of_work(SystemScope("test")) as scope:
        scope.session.add_all(at(now - timedelta(days=900)))
        audit.record(scope, "test:made", "test")
    gone = nightly.of(in_app).run()
    assert +gone == dict.fromkeys(tables.values(), 1)
    assert {model: kept(model) for model in tables} == before


def test_a_night_that_failed_is_gone_on_with_within_the_hour_and_not_again_that_day(in_app):
    def rename(before, after):
        with db.engine.begin() as connection:
            connection.exec_driver_sql(f"alter table {before} rename to {after}")

    def one_goes():
        with unit_of_work(SystemScope("test")) as scope:
            moment = clock.now() - timedelta(days=900)
            scope.session.add(SignInThrottle(key="account", tries=1, window_opened_at=moment))
            audit.record(scope, "test:made", "test")

    set_clock(clock.day_bounds(clock.today())[0] + timedelta(hours=1))
    one_goes()
    rename("drafts", "drafts_away")
    try:
        with pytest.raises(DBAPIError):
            worker.wake(in_app, "maintenance")
        worker.wake(in_app, "maintenance")
    finally:
        rename("drafts_away", "drafts")
    worker.wake(in_app, "maintenance")
    assert kept(SignInThrottle) == 1, "it waits a while before it tries again"
    clock.shift(clock._shift + timedelta(minutes=61))
    worker.wake(in_app, "maintenance")
    assert kept(SignInThrottle) == 0
    one_goes()
    worker.wake(in_app, "maintenance")
    assert kept(SignInThrottle) == 1
    clock.shift(clock._shift + timedelta(days=1))
    worker.wake(in_app, "maintenance")
    assert kept(SignInThrottle) == 0


@pytest.mark.parametrize("period", SCHEDULE, ids=lambda each: each.table)
def test_a_period_ends_when_it_says(period):
    now = clock.now()
    limit = period.before(now)
    if period.school_years < 0:
        assert limit == now - timedelta(days=LONG[period.table] - 1)
    else:
        day = clock.school_day_of(limit)
        assert (day.month, day.day) == (4, 1)
        whole = timedelta(days=365 * period.school_years)
        assert whole <= now - limit <= whole + timedelta(days=367)


def test_an_import_of_long_ago_keeps_no_words_and_is_not_taken_back(in_app):
    appoint()
    line = f"2026/11/02,{20260401},よくない,37.0,はい,先生,友だち,ないしょのことば"
    five = {"scale": "five_first_best"}
    import_id = taken(table(OBSERVATION, line), "health_observation", by=NURSE, choices=five)
    changed = table(OBSERVATION, line.replace("ないしょ", "べつ"))
    second = taken(changed, "health_observation", by=NURSE, choices=five)
    assert kept(SchoolDataChange) == 2
    clock.shift(timedelta(days=367))
    gone = nightly.of(in_app).run()
    assert gone["school_data_changes"] == 2
    assert kept(SchoolDataChange) == 0
    for each in (second, import_id):
        taken_back(each, by=NURSE)
        assert seen(each, NURSE).changes == 0


def files(app):
    """Everything that lies on the disk, the database's own files with it."""
    folder = app.config["SETTINGS"].data_dir
    return {
        path: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "static" not in path.parts and path.name != "clean.db"
    }


def remembered(cache):
    """How many things a cache holds: one of the standard library, or a dict of ours."""
    return len(cache) if isinstance(cache, dict) else cache.cache_info().currsize


def packages(app):
    """The files that were made for somebody to fetch."""
    with app.app_context():
        return set(dict(keeper.here().made.kept()))


def test_a_child_that_left_is_in_no_row_no_file_and_no_memory(app, browser, database):
    life.live(app, BEN, days=(20, 2))
    life.live(app, AOI, days=(30, 5))
    be_known_everywhere(app)
    browser(AOI).get("/progress")
    for left_by_another_test in packages(app):
        with app.app_context():
            keeper.here().made.forget(left_by_another_test)
    elsewhere.export(app, AOI)
    of_aoi = packages(app)
    assert of_aoi, "there is a package to be deleted"
    leave(app)
    order(app)
    elsewhere.export(app, BEN)
    of_ben = packages(app) - of_aoi
    assert of_ben, "there is one that stays"
    words = [word for word in WORDS if word != NICKNAME]
    with app.app_context():
        upkeep.copy_log()
    if database.kind == "sqlite":
        there = b"".join(files(app).values())
        assert any(word.encode() in there for word in words), "the search would find them"
    with app.app_context():
        gone = nightly.of(app).run()
        upkeep.write_anew()
    # What is packed is not found by its words.
    assert packages(app) == of_ben
    assert gone["deletion_orders"] == 1
    marks = [*WORDS, AOI.id.hex, str(AOI.id)]
    for name, each in rows.dump(app).items():
        if name not in STAYS:
            found = [(mark, row[:200]) for row in each for mark in marks if mark in row]
            assert not found, (name, found[:3])
    for path, content in files(app).items():
        found = [word for word in WORDS if word.encode() in content]
        assert not found, (path, found)
    assert not any(remembered(each) for each in memory.caches())


def test_every_table_of_the_schedule_is_one(app):
    assert {each.table for each in SCHEDULE} <= set(Base.metadata.tables)
    assert all(each.column in Base.metadata.tables[each.table].columns for each in SCHEDULE)
    assert all(each.why for each in SCHEDULE)
