"""Every class of event of Caliper 1.1 and 1.2 with each of its actions, and those of nobody."""

import pytest

from aarportal.cycle.action import vocabulary
from aarportal.cycle.action.translators.caliper import translate
from aarportal.cycle.action.translators.caliper_vocabulary import VERBS
from aarportal.cycle.action.xapi.statements import decode_batch
from tests.cycle.action.translators.envelopes import (
    COURSE,
    NOW,
    TEST,
    V1P1,
    V1P2,
    envelope,
    event,
    one,
)

#: Every class of event of 1.1 and 1.2 with its actions -> our verb; None keeps an IRI of its own.
EXPECTED = {
    "AnnotationEvent": {
        "Bookmarked": "bookmarked", "Highlighted": "highlighted", "Shared": "shared",
        "Tagged": None,
    },
    "AssessmentEvent": {
        "Started": "attempted", "Paused": "suspended", "Resumed": "resumed",
        "Restarted": "attempted", "Reset": "interacted", "Submitted": "completed",
    },
    "AssessmentItemEvent": {"Started": "attempted", "Skipped": None, "Completed": "answered"},
    "AssignableEvent": {
        "Activated": None, "Deactivated": None, "Started": "attempted", "Completed": "completed",
        "Submitted": "submitted", "Reviewed": "reviewed",
    },
    "FeedbackEvent": {"Commented": "commented", "Ranked": None},
    "ForumEvent": {"Subscribed": None, "Unsubscribed": None},
    "GradeEvent": {"Graded": "scored"},
    "MediaEvent": {
        "Started": "played", "Ended": "completed", "Paused": "paused", "Resumed": "played",
        "Restarted": "played", "ForwardedTo": "seeked", "JumpedTo": "seeked",
        "ChangedResolution": "interacted", "ChangedSize": "interacted",
        "ChangedSpeed": "interacted", "ChangedVolume": "interacted",
        "EnabledClosedCaptioning": "interacted", "DisabledClosedCaptioning": "interacted",
        "EnteredFullScreen": "interacted", "ExitedFullScreen": "interacted",
        "Muted": "interacted", "Unmuted": "interacted", "OpenedPopout": "interacted",
        "ClosedPopout": "interacted",
    },
    "MessageEvent": {"MarkedAsRead": "read", "MarkedAsUnread": None, "Posted": "commented"},
    "NavigationEvent": {"NavigatedTo": "navigated"},
    "OutcomeEvent": {"Graded": "scored"},
    "QuestionnaireEvent": {"Started": "initialized", "Submitted": "submitted"},
    "QuestionnaireItemEvent": {"Started": "initialized", "Skipped": None, "Completed": "responded"},
    "ResourceManagementEvent": {
        "Archived": None, "Copied": None, "Created": "created", "Deleted": "deleted",
        "Described": None, "Downloaded": None, "Modified": "edited", "Printed": None,
        "Published": None, "Restored": None, "Retrieved": None, "Saved": None,
        "Unpublished": None, "Uploaded": None,
    },
    "SearchEvent": {"Searched": "searched"},
    "SessionEvent": {"LoggedIn": "logged_in", "LoggedOut": "logged_out", "TimedOut": "logged_out"},
    "SurveyEvent": {"OptedIn": "registered", "OptedOut": "unregistered"},
    "SurveyInvitationEvent": {"Accepted": None, "Declined": None, "Sent": None},
    "ThreadEvent": {"MarkedAsRead": "read", "MarkedAsUnread": None},
    "ToolLaunchEvent": {"Launched": "launched", "Returned": "exited"},
    "ToolUseEvent": {"Used": "interacted"},
    "ViewEvent": {"Viewed": "viewed"},
}  # fmt: skip
PAIRS = [(kind, action, verb) for kind, each in EXPECTED.items() for action, verb in each.items()]
#: Verbs that no table of the house lists may be added there; what they are called stays open.
OPEN = [(kind, action) for kind, action, verb in PAIRS if verb is None]


@pytest.mark.parametrize(("kind", "action", "verb"), [each for each in PAIRS if each[2]])
@pytest.mark.parametrize("version", [V1P1, V1P2])
def test_every_action_of_every_class_has_its_verb(kind, action, verb, version):
    sent = event(kind, action, **{"@context": version})
    (outcome,) = translate(envelope(sent, dataVersion=version))
    (statement,) = decode_batch(outcome.statement, NOW)
    assert vocabulary.verb_key(statement.verb.id) == verb


@pytest.mark.parametrize(("kind", "action"), OPEN)
def test_an_action_without_a_verb_of_ours_keeps_its_name(kind, action):
    said = one(event(kind, action))
    assert said["verb"]["display"] == {"en": action}
    assert said["object"]["id"] == TEST["id"]


def test_no_class_is_translated_that_is_not_tested():
    assert set(VERBS) == set(EXPECTED)


UNKNOWN = [
    ("HologramEvent", "Beamed", "http://purl.imsglobal.org/vocab/caliper/action#Beamed"),
    ("HologramEvent", "Viewed", "http://id.tincanapi.com/verb/viewed"),
    ("AssessmentEvent", "Eaten", "http://purl.imsglobal.org/vocab/caliper/action#Eaten"),
    ("Event", "a b\"<>", "http://purl.imsglobal.org/vocab/caliper/action#a%20b%22%3C%3E"),
    ("変", "変わった", "http://purl.imsglobal.org/vocab/caliper/action#%E5%A4%89%E3%82%8F%E3%81%A3%E3%81%9F"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "action", "iri"), UNKNOWN)
def test_an_unknown_class_or_action_becomes_a_general_statement(kind, action, iri):
    assert one(event(kind, action))["verb"]["id"] == iri


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        ("http://purl.imsglobal.org/caliper/AssessmentEvent", "Submitted"),
        ("AssessmentEvent", "http://purl.imsglobal.org/vocab/caliper/v1/action#Submitted"),
        ("https://purl.imsglobal.org/caliper/AssessmentEvent", "https://purl.imsglobal.org/vocab/caliper/action#Submitted"),
    ],
)  # fmt: skip
def test_terms_may_be_written_as_iris(kind, action):
    assert one(event(kind, action))["verb"]["id"].endswith("/completed")


@pytest.mark.parametrize(
    ("action", "verb"),
    [("Activated", "registered"), ("Deactivated", "unregistered"), ("Completed", "passed")],
)
def test_a_basic_event_about_a_course_is_about_being_in_it(action, verb):
    said = one(event("Event", action, object=COURSE))
    assert vocabulary.verb_key(said["verb"]["id"]) == verb
