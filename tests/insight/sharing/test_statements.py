"""Statements of what was said in a lap, for whatever is said: xAPI, and understood elsewhere."""

import json
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.cycle.action import connectors
from aarportal.cycle.action.xapi.statements import decode_batch
from aarportal.cycle.action.xapi.versions import Version
from aarportal.insight.sharing.frame import Portal
from aarportal.insight.sharing.laps import (
    GoalReflected,
    GoalSet,
    Kind,
    Lap,
    MessageSent,
    ProgressNoted,
    Said,
    TasksOrdered,
    WayForeseen,
    WayReflected,
)
from aarportal.insight.sharing.publisher import say
from aarportal.insight.sharing.revisions import New, Published, Withdrawal
from aarportal.insight.sharing.statements import statement, withdrawal
from tests.cast import AOI, CHIBA, PRIMARY, UNIT_DIVISION, key

PORTAL = Portal("https://portal.example", "https://idp.example/", "まなびのわ", say)
AT = datetime(2026, 11, 20, 1, 2, 3, 456_789, tzinfo=UTC)
DAY = date(2026, 11, 20)
CODE = "8260243111100000"
GOAL_ID = key("goal")


def a_lap(**more) -> Lap:
    return Lap(**{
        "school_id": PRIMARY, "id": key("lap"), "student_id": AOI.id,
        "student_name": str(AOI.id), "subject": "sansu", "unit_id": UNIT_DIVISION,
        "unit_title": "わり{算|ざん}の_{筆算|ひっさん}", "unit_code": CODE, "grades": ("P4",),
        "goal_id": GOAL_ID, "ways": ("picture",), **more,
    })  # fmt: skip


#: Content -> its kind and the verb of the line that another portal makes of it.
EVERYTHING = {
    GoalSet("8問 とく", "pupil", DAY, ("count", 8, "")): (Kind.GOAL, "goal_set"),
    TasksOrdered(((DAY, "home", 8),), GOAL_ID): (Kind.TASKS, "planned"),
    WayForeseen((7, 10, 3), (10, "pages"), ("picture",)): (Kind.FORECAST, "planned"),
    ProgressNoted("ask"): (Kind.PROGRESS, "reviewed"),
    GoalReflected("わかった", "ja", 3, GOAL_ID): (Kind.GOAL_REFLECTION, "reflected"),
    WayReflected(1, ("keep", "same", ""), "worked"): (Kind.WAY_REFLECTION, "reflected"),
    MessageSent(str(CHIBA.id), "task", "いいね", key("r")): (Kind.MESSAGE, None),
}
NOBODYS = a_lap(
    subject="", unit_id=None, unit_title="", unit_code="", grades=(), goal_id=None, ways=()
)


def told(content, lap=None, kind=Kind.GOAL, **more) -> dict:
    said = Said(lap or a_lap(), kind, GOAL_ID, AT, AT, content)
    return json.loads(statement(PORTAL, New(uuid4(), said, 1, **more)))


def checked(found: dict):
    """The statement as another system reads it."""
    [read] = decode_batch(json.dumps(found).encode(), AT, version=Version.V1_0)
    return read


@pytest.mark.parametrize("lap", [a_lap(), NOBODYS], ids=["known", "nothing known"])
@pytest.mark.parametrize(
    ("content", "expected"), EVERYTHING.items(), ids=lambda c: type(c).__name__
)
def test_another_portal_makes_a_line_of_the_day_of_it(content, expected, lap):
    kind, verb = expected
    connector, record = connectors.read(checked(told(content, lap, kind)))
    assert connector.key == "srl"
    if verb is None:
        assert record is None
        return
    assert record.verb == verb
    assert (record.duration_seconds, record.counts_time, record.items) == (0, False, 0)
    if lap is not NOBODYS:
        assert (record.subject, record.unit_code) == ("sansu", CODE)
        assert record.title
    if verb == "goal_set":
        assert record.title == "8問 とく"


WORDS = st.text(max_size=30)
CONTENTS = st.one_of(
    st.builds(
        GoalSet, WORDS, st.sampled_from(("pupil", "card")), st.dates(),
        st.none() | st.tuples(WORDS, st.none() | st.integers(0, 99), WORDS),
    ),
    st.builds(GoalReflected, WORDS, st.sampled_from(("ja", "en")), st.none() | st.integers(0, 3)),
    st.builds(
        WayReflected, st.none() | st.integers(0, 3), st.none() | st.tuples(WORDS, WORDS, WORDS)
    ),
    st.builds(
        WayForeseen, st.none() | st.tuples(st.integers(0, 9), st.integers(1, 9), st.none()),
        st.none() | st.tuples(st.integers(1, 99), st.sampled_from(("items", "times"))),
        st.lists(WORDS, max_size=2).map(tuple),
    ),
    st.builds(MessageSent, st.just("t"), WORDS, WORDS, st.just(GOAL_ID)),
    st.builds(ProgressNoted, WORDS),
)  # fmt: skip


@given(CONTENTS, WORDS, WORDS)
def test_whatever_is_written_is_xapi_and_stays_as_it_was_written(content, subject, title):
    ways = getattr(content, "ways", ())
    lap = a_lap(subject=subject, unit_id=None, unit_title=title, ways=ways)
    found = told(content, lap)
    checked(found)
    if isinstance(content, GoalSet) and content.author == "pupil":
        assert found["result"]["response"] == content.text
    if isinstance(content, GoalReflected) and content.text.strip():
        assert found["result"]["response"] == content.text


def test_words_of_a_card_are_told_without_their_readings():
    found = told(GoalSet("{筆算|ひっさん}が_できる", "card", DAY))
    assert found["result"]["response"] == "筆算ができる"
    assert found["object"]["definition"]["name"] == {"ja-JP": "わり算の筆算"}


def test_readings_that_a_pupil_typed_stay():
    assert told(GoalSet("a_b {x|y}", "pupil", DAY))["result"]["response"] == "a_b {x|y}"


def test_the_core_of_the_japanese_profiles_is_there():
    core = "https://w3id.org/japan-xapi/extensions/"
    found = told(ProgressNoted("ok"), a_lap(grades=("J2", "S1")))["context"]["extensions"]
    assert found == {
        core + "grade": ["中学校第2学年"],
        core + "subject": ["算数"],
        core + "unit": ["わり算の筆算"],
        core + "course-of-study-code": [CODE],
    }


def test_what_is_not_known_is_not_said():
    found = told(ProgressNoted("ok"), NOBODYS)
    assert "extensions" not in found["context"]
    assert found["object"]["definition"]["name"] == {"ja-JP": "まなびのわ"}
    assert "result" not in told(GoalReflected("", "ja"))
    assert "achievement" not in str(told(WayReflected()))


def test_names_and_addresses_are_those_of_the_place():
    found = told(WayReflected(2))
    assert found["actor"]["account"] == {"homePage": "https://idp.example/", "name": str(AOI.id)}
    assert found["verb"]["id"] == "https://portal.example/xapi/verbextension/reflected"
    assert found["object"]["id"] == f"https://portal.example/id/strategy/{key('lap')}"


@pytest.mark.parametrize(("version", "second"), [(1, "03.456Z"), (2, "04.000Z")])
def test_it_happened_when_it_was_said_first_or_changed_last(version, second):
    later = AT.replace(second=4, microsecond=0)
    new = New(
        uuid4(), Said(a_lap(), Kind.PROGRESS, GOAL_ID, AT, later, ProgressNoted("ok")), version
    )
    assert json.loads(statement(PORTAL, new))["timestamp"] == f"2026-11-20T01:02:{second}"


def test_a_withdrawal_is_the_portals_and_names_nobody():
    row = Published(key("s"), PRIMARY, AOI.id, key("lap"), "goal", GOAL_ID, 1, b"", withdrawn=False)
    found = json.loads(withdrawal(PORTAL, key("app"), Withdrawal(key("w"), row), AT))
    assert checked(found).is_voiding
    assert found["object"] == {"objectType": "StatementRef", "id": str(key("s"))}
    assert str(AOI.id) not in json.dumps(found)


def test_every_text_is_there_in_japanese():
    from aarportal.insight.sharing import frame, statements

    tables = (statements._AMOUNTS, statements._ANSWERS, statements._STAMPS)
    msgids = [text for table in tables for text in table.values()]
    msgids += [sort.description for sort in (frame.GOAL, frame.TASK, frame.WAY)]
    for msgid in [*msgids, statements._REFLECTION, statements._EXPECTED]:
        words = say(msgid)
        assert words["ja-JP"] != words["en"] == msgid
        assert not set("{|}") & set(words["ja-JP"])
