"""Words of learning records: verbs, kinds of activity, subjects, whatever IRI or code names them.

The same action travels under several IRIs; pages and sums know one key for it. The IRI as sent
stays in the stored statement.

Source: xAPI verb registries (ADL, TinCan, Activity Streams, w3id), cmi5, AcrossX, the video
profile, Moodle's logstore plug-in, the Japan xAPI profiles v1.0.0, and the study-log profile of the
Digital Agency (令和6年度).
"""

from aarportal.core import subjects

_ADL = "http://adlnet.gov/expapi/verbs/"
_W3ID_ADL = "https://w3id.org/xapi/adl/verbs/"
_ADB = "https://w3id.org/xapi/adb/verbs/"
_TINCAN = "http://id.tincanapi.com/verb/"
_STREAMS = "http://activitystrea.ms/schema/1.0/"
_STREAMS_BARE = "http://activitystrea.ms/"
_VIDEO = "https://w3id.org/xapi/video/verbs/"
_ACROSSX = "https://w3id.org/xapi/acrossx/verbs/"

#: Normalised verb -> the IRIs under which it travels.
_VERBS: dict[str, tuple[str, ...]] = {
    "abandoned": (_ADL + "abandoned", _W3ID_ADL + "abandoned"),
    "accepted": (_STREAMS + "accept", _STREAMS_BARE + "accept"),
    "accessed": (_STREAMS + "access", _STREAMS_BARE + "access"),
    "answered": (
        _ADL + "answered",
        _W3ID_ADL + "answered",
        _TINCAN + "answered",
        _STREAMS + "answer",
    ),
    "archived": (_STREAMS + "archive", _STREAMS_BARE + "archive"),
    "asked": (_ADL + "asked", _W3ID_ADL + "asked"),
    "assigned": (_ACROSSX + "was-assigned", _STREAMS + "assign", _STREAMS_BARE + "assign"),
    "attempted": (
        _ADL + "attempted",
        _W3ID_ADL + "attempted",
        _STREAMS + "start",
        _STREAMS_BARE + "start",
    ),
    "attended": (
        _ADL + "attended",
        _W3ID_ADL + "attended",
        _ADB + "attended",
        _STREAMS + "attend",
        _STREAMS_BARE + "attend",
    ),
    "bookmarked": (
        _TINCAN + "bookmarked",
        _W3ID_ADL + "bookmarked",
        _ADB + "bookmarked",
    ),
    "closed": (_STREAMS + "close", _STREAMS_BARE + "close"),
    "commented": (_ADL + "commented", _ADL + "commented#assist", _W3ID_ADL + "commented"),
    "completed": (
        _ADL + "completed",
        _W3ID_ADL + "completed",
        _TINCAN + "completed",
        _STREAMS + "complete",
        _STREAMS_BARE + "complete",
    ),
    "created": (
        _ADL + "created",
        _W3ID_ADL + "created",
        _STREAMS + "create",
        _STREAMS_BARE + "create",
        "https://w3id.org/xapi/scrapbook/verbs/created",
    ),
    "declined": (_STREAMS + "deny", _STREAMS_BARE + "deny"),
    "deleted": (_STREAMS + "delete", _STREAMS_BARE + "delete", _W3ID_ADL + "deleted"),
    "designed": (_ACROSSX + "designed",),
    "downloaded": (_TINCAN + "downloaded",),
    "edited": (
        "http://curatr3.com/define/verb/edited",
        _ACROSSX + "edited",
        _STREAMS + "update",
        _STREAMS_BARE + "update",
    ),
    "evaluated": (_ACROSSX + "evaluated", _TINCAN + "evaluated"),
    "exited": (_ADL + "exited", _W3ID_ADL + "exited"),
    "experienced": (
        _ADL + "experienced",
        _W3ID_ADL + "experienced",
        _STREAMS + "experience",
        _STREAMS_BARE + "experience",
    ),
    "failed": (_ADL + "failed", _W3ID_ADL + "failed"),
    "followed": (_STREAMS + "follow", _STREAMS_BARE + "follow"),
    "goal_set": (_TINCAN + "defined",),
    "highlighted": (_ADB + "highlighted", _W3ID_ADL + "highlighted", _ADB + "annotated"),
    "initialized": (_ADL + "initialized", _W3ID_ADL + "initialized"),
    "interacted": (
        _ADL + "interacted",
        _W3ID_ADL + "interacted",
        _STREAMS + "interact",
        _STREAMS_BARE + "interact",
    ),
    "joined": (_STREAMS + "join", _STREAMS_BARE + "join"),
    "launched": (_ADL + "launched", _W3ID_ADL + "launched", _TINCAN + "launched"),
    "left": (_STREAMS + "leave", _STREAMS_BARE + "leave"),
    "listened": (_STREAMS + "listen", _STREAMS_BARE + "listen"),
    "logged_in": (
        _ADL + "logged-in",
        _W3ID_ADL + "logged-in",
        "https://brindlewaye.com/xAPITerms/verbs/loggedin/",
        "https://brindlewaye.com/xAPITerms/verbs/loggedin",
    ),
    "logged_out": (
        _ADL + "logged-out",
        _W3ID_ADL + "logged-out",
        "https://brindlewaye.com/xAPITerms/verbs/loggedout/",
        "https://brindlewaye.com/xAPITerms/verbs/loggedout",
    ),
    "mastered": (_ADL + "mastered", _W3ID_ADL + "mastered"),
    "navigated": ("https://w3id.org/xapi/dod-isd/verbs/navigated",),
    "noted": (
        _ADB + "noted",
        _W3ID_ADL + "noted",
        _ACROSSX + "annotated",
        _STREAMS + "note",
    ),
    "opened": (_STREAMS + "open", _STREAMS_BARE + "open", _W3ID_ADL + "opened"),
    "passed": (_ADL + "passed", _W3ID_ADL + "passed"),
    "paused": (_VIDEO + "paused", _TINCAN + "paused", _STREAMS + "pause"),
    "planned": (_STREAMS + "schedule", _STREAMS_BARE + "schedule"),
    "played": (_VIDEO + "played", _STREAMS + "play", _STREAMS_BARE + "play"),
    "posted": (_ACROSSX + "posted", _STREAMS + "post", _STREAMS_BARE + "post"),
    "progressed": (_ADL + "progressed", _W3ID_ADL + "progressed"),
    "rated": (_TINCAN + "rated",),
    "read": (_STREAMS + "read", _STREAMS_BARE + "read", _W3ID_ADL + "read"),
    "received": (_STREAMS + "receive", _STREAMS_BARE + "receive"),
    "registered": (_ADL + "registered", _W3ID_ADL + "registered"),
    "replied": (
        _ADL + "replied",
        _TINCAN + "replied",
        _STREAMS + "reply",
        _STREAMS_BARE + "reply",
    ),
    "reported": (_ACROSSX + "reported",),
    "responded": (_ADL + "responded", _W3ID_ADL + "responded"),
    "resumed": (_ADL + "resumed", _W3ID_ADL + "resumed"),
    "revealed": (_ACROSSX + "revealed",),
    "reviewed": (_TINCAN + "reviewed",),
    "satisfied": (_ADL + "satisfied", _W3ID_ADL + "satisfied"),
    "saved": (_STREAMS + "save", _STREAMS_BARE + "save"),
    "scored": (_ADL + "scored", _W3ID_ADL + "scored"),
    "searched": (_ACROSSX + "searched", _STREAMS + "search", _STREAMS_BARE + "search"),
    "seeked": (_VIDEO + "seeked",),
    "selected": (_TINCAN + "selected",),
    "sent": (_STREAMS + "send", _STREAMS_BARE + "send"),
    "shared": (_ADL + "shared", _W3ID_ADL + "shared", _STREAMS + "share", _STREAMS_BARE + "share"),
    "skipped": (_TINCAN + "skipped",),
    "submitted": (_STREAMS + "submit", _STREAMS_BARE + "submit", _W3ID_ADL + "submitted"),
    "suspended": (_ADL + "suspended", _W3ID_ADL + "suspended"),
    "tagged": (_STREAMS + "tag", _STREAMS_BARE + "tag"),
    "terminated": (_ADL + "terminated", _W3ID_ADL + "terminated"),
    "unfollowed": (_STREAMS + "stop-following", _STREAMS_BARE + "stop-following"),
    "unregistered": (_TINCAN + "unregistered",),
    "viewed": (
        _TINCAN + "viewed",
        _ADL + "viewed",
        _W3ID_ADL + "viewed",
        _ADB + "viewed",
        _STREAMS + "view",
        _STREAMS_BARE + "view",
    ),
    "voided": (_ADL + "voided",),
    "voted_down": (
        _TINCAN + "voted-down",
        _ACROSSX + "disliked",
        _STREAMS + "dislike",
        _STREAMS_BARE + "dislike",
    ),
    "voted_up": (
        _TINCAN + "voted-up",
        _ADL + "voted-up",
        _ACROSSX + "liked",
        _STREAMS + "like",
        _STREAMS_BARE + "like",
    ),
    "waived": (_ADL + "waived", _W3ID_ADL + "waived"),
    "watched": (
        _ACROSSX + "watched",
        _ADB + "watched",
        _STREAMS + "watch",
        _STREAMS_BARE + "watch",
    ),
}
VERB_KEYS: dict[str, str] = {iri: key for key, iris in _VERBS.items() for iri in iris}

#: The Digital Agency's profile lets each implementer put its own base URL before these endings.
_VERB_ENDINGS = {"/xapi/verbextension/reflected": "reflected"}

#: What the record of a verb is called that no table knows; the statement itself keeps its IRI.
UNKNOWN_VERB = "other"

#: Verbs that are no acting: they open doors, hand out, judge or take back; or they anticipate and
#: reflect, which are phases of their own.
NOT_LEARNING = frozenset(
    {
        "accepted",
        "assigned",
        "declined",
        "deleted",
        "evaluated",
        "followed",
        "goal_set",
        "logged_in",
        "logged_out",
        "planned",
        "received",
        "reflected",
        "registered",
        "satisfied",
        "scored",
        "sent",
        "shared",
        "unfollowed",
        "unregistered",
        "voided",
        "waived",
    }
)

_ADL_TYPE = "http://adlnet.gov/expapi/activities/"
_W3ID_TYPE = "https://w3id.org/xapi/adl/activities/"
_CMI5_TYPE = "https://w3id.org/xapi/cmi5/activitytype/"
_ACROSSX_TYPE = "https://w3id.org/xapi/acrossx/activities/"
_TINCAN_TYPE = "http://id.tincanapi.com/activitytype/"
_EBOOK_TYPE = "https://w3id.org/xapi/ebook/activity-types/"
_VIDEO_TYPE = "https://w3id.org/xapi/video/activity-type/"

_KINDS: dict[str, tuple[str, ...]] = {
    "assessment": (
        _ADL_TYPE + "assessment",
        _W3ID_TYPE + "assessment",
        _TINCAN_TYPE + "test",
        _TINCAN_TYPE + "unit-test",
    ),
    "assignment": (
        _TINCAN_TYPE + "school-assignment",
        _ADL_TYPE + "school-assessment",
    ),
    "attempt": (_ADL_TYPE + "attempt",),
    "block": (_CMI5_TYPE + "block", "https://w3id.org/xapi/cmi5/activities/block"),
    "book": (
        _STREAMS + "book",
        _TINCAN_TYPE + "book",
        _TINCAN_TYPE + "ebook",
        _EBOOK_TYPE + "book",
        _ACROSSX_TYPE + "e-book",
    ),
    "chapter": (_TINCAN_TYPE + "chapter", _EBOOK_TYPE + "chapter"),
    "comment": (_TINCAN_TYPE + "comment", _STREAMS + "comment"),
    "course": (
        _ADL_TYPE + "course",
        _CMI5_TYPE + "course",
        "https://w3id.org/xapi/cmi5/activities/course",
        _TINCAN_TYPE + "lms/course",
    ),
    "discussion": (
        _TINCAN_TYPE + "discussion",
        _TINCAN_TYPE + "forum-topic",
        _ACROSSX_TYPE + "online-discussion",
    ),
    "file": (_ADL_TYPE + "file", _STREAMS + "file"),
    "goal": (_TINCAN_TYPE + "goal",),
    "lesson": (_ADL_TYPE + "lesson",),
    "link": (_ADL_TYPE + "link",),
    "media": (_ADL_TYPE + "media", _STREAMS + "audio"),
    "module": (_ADL_TYPE + "module", _TINCAN_TYPE + "lms/module"),
    "page": (_STREAMS + "page", _EBOOK_TYPE + "page"),
    "performance": (_ADL_TYPE + "performance",),
    "profile": (_ADL_TYPE + "profile",),
    "question": (
        _ADL_TYPE + "cmi.interaction",
        _W3ID_TYPE + "cmi.interaction",
        _ADL_TYPE + "question",
        _W3ID_TYPE + "question",
        _ADL_TYPE + "interaction",
        _STREAMS + "question",
    ),
    "reply": (_TINCAN_TYPE + "forum-reply",),
    "settings": (_EBOOK_TYPE + "settings",),
    "simulation": (_ADL_TYPE + "simulation",),
    "site": (_TINCAN_TYPE + "lms", _TINCAN_TYPE + "site"),
    "slide": (_TINCAN_TYPE + "slide",),
    "strategy": (_TINCAN_TYPE + "strategy",),
    "task": (_STREAMS + "task",),
    "tool": ("https://w3id.org/japan-xapi/activity-types/group-lst/tool",),
    "video": (_VIDEO_TYPE + "video", _STREAMS + "video", _ACROSSX_TYPE + "video"),
    "viewer": (_EBOOK_TYPE + "viewer",),
}
ACTIVITY_KINDS: dict[str, str] = {iri: kind for kind, iris in _KINDS.items() for iri in iris}

#: Kinds of activity that are planning, judging or fitting the tool, not acting on something.
NOT_ACTED_ON = frozenset({"goal", "settings", "strategy", "tool", "viewer"})

_JAPAN = "https://w3id.org/japan-xapi/extensions/"
GRADE = _JAPAN + "grade"
SUBJECT = _JAPAN + "subject"
COURSE_OF_STUDY_CODE = _JAPAN + "course-of-study-code"
UNIT = _JAPAN + "unit"
CORE_EXTENSIONS = frozenset({GRADE, SUBJECT, COURSE_OF_STUDY_CODE, UNIT})

#: Subject codes of APPLIC in the order of the list: P for primary, J for lower secondary.
_APPLIC = {
    "P": (
        "kokugo",
        "shakai",
        "sansu",
        "rika",
        "seikatsu",
        "ongaku",
        "zuko",
        "kateika",
        "taiiku",
        "gaikokugo",
    ),
    "J": (
        "kokugo",
        "shakai",
        "sugaku",
        "rika",
        "ongaku",
        "bijutsu",
        "hokentaiiku",
        "gijutsukatei",
        "gaikokugo",
    ),
}
#: Name, APPLIC code or our own key -> our own key.
SUBJECT_KEYS: dict[str, str] = {
    **subjects.NAMES,
    **{key: key for key in subjects.NAMES.values()},
    **{
        f"{school}{number * 10:03}": key
        for school, keys in _APPLIC.items()
        for number, key in enumerate(keys, start=1)
    },
}


def verb_key(iri: str) -> str | None:
    """The verb that an IRI stands for; None for an IRI that nobody listed."""
    key = VERB_KEYS.get(iri)
    if key is not None:
        return key
    return next((key for ending, key in _VERB_ENDINGS.items() if iri.endswith(ending)), None)


def activity_kind(iri: str) -> str | None:
    """The kind of activity that a type IRI stands for; None for an IRI that nobody listed."""
    return ACTIVITY_KINDS.get(iri)


def subject_key(text: str) -> str | None:
    """The subject that a name or an APPLIC code stands for; None when it is neither."""
    if (key := SUBJECT_KEYS.get(text)) is not None:
        return key
    plain = subjects.plain_name(text)
    # 国語科 is the subject 国語; 理科 and 家庭科 lose nothing, because 理科 itself is listed.
    return SUBJECT_KEYS.get(plain) or SUBJECT_KEYS.get(plain.removesuffix("科"))
