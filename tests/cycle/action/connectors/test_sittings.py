"""What the statements of one sitting add up to, sender by sender."""

from uuid import UUID

import pytest

from aarportal.cycle.action.activity_time import Event, contributions
from aarportal.cycle.action.connectors import read
from tests.cycle.action.xapi.example import one, statement

ADL = "http://adlnet.gov/expapi/verbs/"
VIDEO_VERB = "https://w3id.org/xapi/video/verbs/"
VIDEO = "https://w3id.org/xapi/video/extensions/"
CMI5 = "https://w3id.org/xapi/cmi5/context/"
MINUTE = 60


def sitting(steps, thing, context):
    """The records of statements at (time, verb, result)."""
    records = []
    for time, verb, result in steps:
        body = statement(
            verb={"id": verb},
            object=thing,
            result=result,
            context=context,
            timestamp=f"2026-11-20T{time}+09:00",
        )
        _, record = read(one(body))
        if record is not None:
            records.append(record)
    return records


def active_seconds(records):
    events = [
        Event(record.ended_at, UUID(int=number), record.duration_seconds)
        for number, record in enumerate(records)
    ]
    return sum(contributions(events))


def video(**place):
    return {"extensions": {VIDEO + name.replace("_", "-"): value for name, value in place.items()}}


CLIP = {
    "id": "https://video.example/5",
    "definition": {"type": "https://w3id.org/xapi/video/activity-type/video"},
}
WATCHED = [
    # Twenty minutes without a sign of life between, and the page is left open afterwards.
    (
        [
            ("10:00:00", ADL + "initialized", {}),
            ("10:00:05", VIDEO_VERB + "played", video(time=0)),
            ("10:20:05", VIDEO_VERB + "paused", video(time=1200, played_segments="0[.]1200")),
            ("10:20:05", ADL + "completed", video(time=1200, played_segments="0[.]1200")),
            ("10:50:00", ADL + "terminated", video(time=1200, played_segments="0[.]1200")),
        ],
        1200,
    ),
    # At double speed the clock counts, not the video.
    (
        [
            ("10:00:00", VIDEO_VERB + "played", video(time=0)),
            ("10:10:00", VIDEO_VERB + "paused", video(time=1200, played_segments="0[.]1200")),
        ],
        600,
    ),
    # The second sitting of a registration does not bring the first again.
    (
        [
            ("10:00:00", VIDEO_VERB + "played", video(time=1200)),
            (
                "10:08:00",
                VIDEO_VERB + "paused",
                video(time=1680, played_segments="0[.]1200[,]1200[.]1680"),
            ),
            (
                "10:08:01",
                ADL + "completed",
                {**video(time=1680, played_segments="0[.]1200[,]1200[.]1680"), "duration": "PT28M"},
            ),
        ],
        480,
    ),
]


@pytest.mark.parametrize(("steps", "played"), WATCHED)
def test_a_video_counts_as_long_as_it_was_watched(steps, played):
    records = sitting(steps, CLIP, {"extensions": {VIDEO + "session-id": "a"}})
    assert len(records) == len(steps)
    # The first and the last sign of life of a burst are worth up to a minute.
    assert played <= active_seconds(records) <= played + 2 * MINUTE + 5


def test_a_unit_of_cmi5_counts_its_time_once():
    context = {
        "registration": "839b7078-b3f2-499f-8628-d1a83039a375",
        "contextActivities": {"category": [{"id": CMI5 + "categories/cmi5"}]},
        "extensions": {CMI5 + "extensions/sessionid": "a"},
    }
    steps = [
        ("10:00:00", ADL + "launched", {}),
        ("10:00:04", ADL + "initialized", {}),
        ("10:15:04", ADL + "completed", {"completion": True, "duration": "PT15M"}),
        ("10:15:05", ADL + "passed", {"success": True, "duration": "PT15M1S"}),
        ("10:16:00", ADL + "terminated", {"duration": "PT15M56S"}),
        ("23:30:00", "https://w3id.org/xapi/adl/verbs/satisfied", {}),
    ]
    records = sitting(steps, {"id": "https://lms.example/au/1"}, context)
    assert [record.verb for record in records] == [
        "launched", "initialized", "completed", "passed", "terminated",
    ]  # fmt: skip
    assert active_seconds(records) == 16 * MINUTE + MINUTE
    assert {record.attempt_id for record in records} == {context["registration"]}


def test_goals_and_reflections_of_another_portal_take_no_time():
    reflected = "https://maker.example/xapi/verbextension/reflected"
    goal = {
        "id": "https://srl.example/goals/1",
        "definition": {"type": "http://id.tincanapi.com/activitytype/goal"},
    }
    steps = [
        ("10:00:00", "http://id.tincanapi.com/verb/defined", {"response": "10もん"}),
        ("10:04:00", reflected, {"response": "8もん できた", "duration": "PT20M"}),
    ]
    records = sitting(steps, goal, {})
    assert len(records) == 2
    assert active_seconds(records) == 0
    assert not any(record.is_acting or record.counts_time or record.items for record in records)
