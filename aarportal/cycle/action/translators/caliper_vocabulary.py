"""What Caliper calls an action or a thing -> what xAPI calls it.

The verb hangs on the class of the event and on its action; where a class is unknown the action
alone has to do, and an unknown action keeps its own Caliper IRI.

Source: Caliper 1.1 and 1.2 (profiles, events, actions, entities), and the pairs of Caliper and
xAPI that Open edX publishes. Two pairs are left: a Submitted Assessment is `completed`, because it
ends an attempt (in Open edX an assessment is one problem), and Started media are `played`.
"""

from urllib.parse import quote

_ADL = "http://adlnet.gov/expapi/verbs/"
_STREAMS = "http://activitystrea.ms/schema/1.0/"
_TINCAN = "http://id.tincanapi.com/verb/"
_VIDEO = "https://w3id.org/xapi/video/verbs/"
_ACROSSX = "https://w3id.org/xapi/acrossx/verbs/"
_CALIPER_ACTION = "http://purl.imsglobal.org/vocab/caliper/action#"

_ATTEMPTED = _ADL + "attempted"
_COMPLETED = _ADL + "completed"
_INTERACTED = _ADL + "interacted"
_RESUMED = _ADL + "resumed"
_SUSPENDED = _ADL + "suspended"
_RESPONDED = _ADL + "responded"
_SCORED = _ADL + "scored"
_SKIPPED = _TINCAN + "skipped"
_SUBMITTED = _STREAMS + "submit"
_PLAYED = _VIDEO + "played"
_SEEKED = _VIDEO + "seeked"
_REGISTERED = _ADL + "registered"
_UNREGISTERED = _TINCAN + "unregistered"
_LOGGED_OUT = _ADL + "logged-out"

#: Class of event -> its actions -> verb.
VERBS: dict[str, dict[str, str]] = {
    "AnnotationEvent": {
        "Bookmarked": _TINCAN + "bookmarked",
        "Highlighted": "https://w3id.org/xapi/adb/verbs/highlighted",
        "Shared": _ADL + "shared",
        "Tagged": _STREAMS + "tag",
    },
    "AssessmentEvent": {
        "Paused": _SUSPENDED,
        "Reset": _INTERACTED,
        "Restarted": _ATTEMPTED,
        "Resumed": _RESUMED,
        "Started": _ATTEMPTED,
        "Submitted": _COMPLETED,
    },
    "AssessmentItemEvent": {
        "Completed": _ADL + "answered",
        "Reviewed": _TINCAN + "reviewed",
        "Skipped": _SKIPPED,
        "Started": _ATTEMPTED,
        "Viewed": _TINCAN + "viewed",
    },
    "AssignableEvent": {
        "Completed": _COMPLETED,
        "Reviewed": _TINCAN + "reviewed",
        "Started": _ATTEMPTED,
        "Submitted": _SUBMITTED,
    },
    "FeedbackEvent": {"Commented": _ADL + "commented", "Ranked": _TINCAN + "rated"},
    "ForumEvent": {
        "Subscribed": _STREAMS + "follow",
        "Unsubscribed": _STREAMS + "stop-following",
    },
    "GradeEvent": {"Graded": _SCORED},
    "MediaEvent": {
        "ChangedResolution": _INTERACTED,
        "ChangedSize": _INTERACTED,
        "ChangedSpeed": _INTERACTED,
        "ChangedVolume": _INTERACTED,
        "ClosedPopout": _INTERACTED,
        "DisabledClosedCaptioning": _INTERACTED,
        "EnabledClosedCaptioning": _INTERACTED,
        "Ended": _COMPLETED,
        "EnteredFullScreen": _INTERACTED,
        "ExitedFullScreen": _INTERACTED,
        "ForwardedTo": _SEEKED,
        "JumpedTo": _SEEKED,
        "Muted": _INTERACTED,
        "OpenedPopout": _INTERACTED,
        "Paused": _VIDEO + "paused",
        "Restarted": _PLAYED,
        "Resumed": _PLAYED,
        "Started": _PLAYED,
        "Unmuted": _INTERACTED,
    },
    "MessageEvent": {"MarkedAsRead": _STREAMS + "read", "Posted": _ADL + "commented"},
    "NavigationEvent": {"NavigatedTo": "https://w3id.org/xapi/dod-isd/verbs/navigated"},
    "OutcomeEvent": {"Graded": _SCORED},
    "QuestionnaireEvent": {"Started": _ADL + "initialized", "Submitted": _SUBMITTED},
    "QuestionnaireItemEvent": {
        "Completed": _RESPONDED,
        "Skipped": _SKIPPED,
        "Started": _ADL + "initialized",
    },
    "ResourceManagementEvent": {
        "Archived": _STREAMS + "archive",
        "Created": _STREAMS + "create",
        "Deleted": _STREAMS + "delete",
        "Downloaded": _TINCAN + "downloaded",
        "Modified": _STREAMS + "update",
        "Retrieved": _STREAMS + "access",
        "Saved": _STREAMS + "save",
    },
    "SearchEvent": {"Searched": _ACROSSX + "searched"},
    "SessionEvent": {
        "LoggedIn": _ADL + "logged-in",
        "LoggedOut": _LOGGED_OUT,
        "TimedOut": _LOGGED_OUT,
    },
    "SurveyEvent": {"OptedIn": _REGISTERED, "OptedOut": _UNREGISTERED},
    "SurveyInvitationEvent": {
        "Accepted": _STREAMS + "accept",
        "Declined": _STREAMS + "deny",
        "Sent": _STREAMS + "send",
    },
    "ThreadEvent": {"MarkedAsRead": _STREAMS + "read"},
    "ToolLaunchEvent": {"Launched": _ADL + "launched", "Returned": _ADL + "exited"},
    "ToolUseEvent": {"Used": _INTERACTED},
    "ViewEvent": {"Viewed": _TINCAN + "viewed"},
}

#: Action -> verb, in a basic Event and in classes that came after 1.2.
_ACTIONS: dict[str, str] = {
    "Bookmarked": _TINCAN + "bookmarked",
    "Commented": _ADL + "commented",
    "Completed": _COMPLETED,
    "Created": _STREAMS + "create",
    "Deleted": _STREAMS + "delete",
    "Graded": _SCORED,
    "Launched": _ADL + "launched",
    "LoggedIn": _ADL + "logged-in",
    "LoggedOut": _LOGGED_OUT,
    "Modified": _STREAMS + "update",
    "NavigatedTo": "https://w3id.org/xapi/dod-isd/verbs/navigated",
    "Paused": _SUSPENDED,
    "Posted": _ADL + "commented",
    "Responded": _RESPONDED,
    "Resumed": _RESUMED,
    "Reviewed": _TINCAN + "reviewed",
    "Searched": _ACROSSX + "searched",
    "Shared": _ADL + "shared",
    "Skipped": _SKIPPED,
    "Started": _ATTEMPTED,
    "Submitted": _SUBMITTED,
    "Used": _INTERACTED,
    "Viewed": _TINCAN + "viewed",
}
#: A basic Event about a course is about being in it.
_COURSE_ACTIONS = {
    "Activated": _REGISTERED,
    "Completed": _ADL + "passed",
    "Deactivated": _UNREGISTERED,
}
_COURSES = frozenset({"CourseOffering", "CourseSection"})

#: Actions with which an attempt, and with it its duration, is over.
ENDINGS = frozenset({"Completed", "Ended", "Graded", "LoggedOut", "Returned", "Submitted"})

_ADL_TYPE = "http://adlnet.gov/expapi/activities/"
_TINCAN_TYPE = "http://id.tincanapi.com/activitytype/"
_CALIPER_TYPE = "http://purl.imsglobal.org/caliper/"

QUESTION = _ADL_TYPE + "cmi.interaction"
COURSE = _ADL_TYPE + "course"
_TYPES: dict[str, str] = {
    "Assessment": _ADL_TYPE + "assessment",
    "AssessmentItem": QUESTION,
    "AssignableDigitalResource": _TINCAN_TYPE + "school-assignment",
    "AudioObject": _ADL_TYPE + "media",
    "Chapter": _TINCAN_TYPE + "chapter",
    "CourseOffering": COURSE,
    "CourseSection": COURSE,
    "DigitalResource": _TINCAN_TYPE + "resource",
    "DigitalResourceCollection": _ADL_TYPE + "module",
    "Document": _ADL_TYPE + "file",
    "EpubChapter": _TINCAN_TYPE + "chapter",
    "EpubPart": _TINCAN_TYPE + "chapter",
    "EpubSubChapter": _TINCAN_TYPE + "chapter",
    "EpubVolume": _TINCAN_TYPE + "ebook",
    "Forum": _TINCAN_TYPE + "discussion",
    "ImageObject": _ADL_TYPE + "file",
    "LearningObjective": _ADL_TYPE + "objective",
    "Link": _ADL_TYPE + "link",
    "LtiLink": _ADL_TYPE + "link",
    "MediaObject": _ADL_TYPE + "media",
    "Message": _TINCAN_TYPE + "forum-reply",
    "Page": _STREAMS + "page",
    "Questionnaire": _TINCAN_TYPE + "survey",
    "QuestionnaireItem": _TINCAN_TYPE + "survey-question",
    "Reading": _TINCAN_TYPE + "ebook",
    "SoftwareApplication": _STREAMS + "application",
    "Survey": _TINCAN_TYPE + "survey",
    "Thread": _TINCAN_TYPE + "forum-topic",
    "VideoObject": "https://w3id.org/xapi/video/activity-type/video",
    "WebPage": _ADL_TYPE + "link",
}

#: Kind of response -> how an xAPI interaction of that kind is called.
INTERACTION_TYPES: dict[str, str] = {
    "DateTimeResponse": "other",
    "FillinBlankResponse": "fill-in",
    "MultipleChoiceResponse": "choice",
    "MultipleResponseResponse": "choice",
    "MultiselectResponse": "choice",
    "OpenEndedResponse": "long-fill-in",
    "RatingScaleResponse": "likert",
    "SelectTextResponse": "other",
    "TrueFalseResponse": "true-false",
}


def term(text: str) -> str:
    """The term in a name that may be written as an IRI; Caliper 1.0 and JSON-LD do so."""
    return text.rstrip("/#").rpartition("#")[2].rpartition("/")[2] or text


def verb_iri(event_type: str, action: str, object_type: str) -> str:
    """The verb for an event; an action that nobody listed keeps its own IRI."""
    known = VERBS.get(event_type, {}).get(action)
    if known is None and event_type not in VERBS and object_type in _COURSES:
        known = _COURSE_ACTIONS.get(action)
    return known or _ACTIONS.get(action) or _CALIPER_ACTION + quote(action, safe="")


def type_iri(entity_type: str) -> str:
    """The type of an activity for a kind of entity; one that nobody listed keeps its own IRI."""
    return _TYPES.get(entity_type) or _CALIPER_TYPE + quote(entity_type, safe="")


def event_iri(event_type: str) -> str:
    """The IRI of a class of events."""
    return _CALIPER_TYPE + quote(event_type, safe="")
