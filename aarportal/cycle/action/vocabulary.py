"""Words of learning records: verbs, kinds of activity, subjects, whatever IRI or code names them.

The same action travels under several IRIs; pages and sums know one key for it. The IRI as sent
stays in the stored statement.

Source: xAPI verb registries (ADL, TinCan, Activity Streams, w3id), cmi5, the video profile, the
Japan xAPI profiles v1.0.0, and the study-log profile of the Digital Agency (令和6年度).
"""

import re
import unicodedata

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
    "answered": (
        _ADL + "answered",
        _W3ID_ADL + "answered",
        _TINCAN + "answered",
        _STREAMS + "answer",
    ),
    "asked": (_ADL + "asked", _W3ID_ADL + "asked"),
    "attempted": (
        _ADL + "attempted",
        _W3ID_ADL + "attempted",
        _STREAMS + "start",
        "http://activitystrea.ms/start",
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
    ),
    "deleted": (_STREAMS + "delete", _STREAMS_BARE + "delete", _W3ID_ADL + "deleted"),
    "edited": (
        "http://curatr3.com/define/verb/edited",
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
    "goal_set": (_TINCAN + "defined",),
    "highlighted": (_ADB + "highlighted", _W3ID_ADL + "highlighted", _ADB + "annotated"),
    "initialized": (_ADL + "initialized", _W3ID_ADL + "initialized"),
    "interacted": (
        _ADL + "interacted",
        _W3ID_ADL + "interacted",
        _STREAMS + "interact",
        _STREAMS_BARE + "interact",
    ),
    "launched": (_ADL + "launched", _W3ID_ADL + "launched", _TINCAN + "launched"),
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
    "noted": (_ADB + "noted", _W3ID_ADL + "noted", _STREAMS + "note"),
    "opened": (_STREAMS + "open", _STREAMS_BARE + "open", _W3ID_ADL + "opened"),
    "passed": (_ADL + "passed", _W3ID_ADL + "passed"),
    "paused": (_VIDEO + "paused", _TINCAN + "paused", _STREAMS + "pause"),
    "planned": (_STREAMS + "schedule", _STREAMS_BARE + "schedule"),
    "played": (_VIDEO + "played", _STREAMS + "play", _STREAMS_BARE + "play"),
    "progressed": (_ADL + "progressed", _W3ID_ADL + "progressed"),
    "read": (_STREAMS + "read", _STREAMS_BARE + "read", _W3ID_ADL + "read"),
    "registered": (_ADL + "registered", _W3ID_ADL + "registered"),
    "replied": (_ADL + "replied", _TINCAN + "replied", _STREAMS + "reply"),
    "responded": (_ADL + "responded", _W3ID_ADL + "responded"),
    "resumed": (_ADL + "resumed", _W3ID_ADL + "resumed"),
    "reviewed": (_TINCAN + "reviewed",),
    "satisfied": (_ADL + "satisfied", _W3ID_ADL + "satisfied"),
    "scored": (_ADL + "scored", _W3ID_ADL + "scored"),
    "searched": (_ACROSSX + "searched", _STREAMS + "search", _STREAMS_BARE + "search"),
    "seeked": (_VIDEO + "seeked",),
    "shared": (_ADL + "shared", _W3ID_ADL + "shared", _STREAMS + "share", _STREAMS_BARE + "share"),
    "submitted": (_STREAMS + "submit", _STREAMS_BARE + "submit", _W3ID_ADL + "submitted"),
    "suspended": (_ADL + "suspended", _W3ID_ADL + "suspended"),
    "terminated": (_ADL + "terminated", _W3ID_ADL + "terminated"),
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
    "voted_up": (_TINCAN + "voted-up", _ADL + "voted-up"),
    "waived": (_ADL + "waived", _W3ID_ADL + "waived"),
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
        "deleted",
        "evaluated",
        "goal_set",
        "logged_in",
        "logged_out",
        "planned",
        "reflected",
        "registered",
        "satisfied",
        "scored",
        "shared",
        "unregistered",
        "voided",
        "waived",
    }
)

_ADL_TYPE = "http://adlnet.gov/expapi/activities/"
_TINCAN_TYPE = "http://id.tincanapi.com/activitytype/"
_EBOOK_TYPE = "https://w3id.org/xapi/ebook/activity-types/"
_VIDEO_TYPE = "https://w3id.org/xapi/video/activity-type/"

_KINDS: dict[str, tuple[str, ...]] = {
    "assessment": (_ADL_TYPE + "assessment", _TINCAN_TYPE + "test"),
    "assignment": (_TINCAN_TYPE + "school-assignment",),
    "book": (
        _STREAMS + "book",
        _TINCAN_TYPE + "book",
        _TINCAN_TYPE + "ebook",
        _EBOOK_TYPE + "book",
    ),
    "chapter": (_TINCAN_TYPE + "chapter", _EBOOK_TYPE + "chapter"),
    "course": (_ADL_TYPE + "course", "https://w3id.org/xapi/cmi5/activitytype/course"),
    "file": (_ADL_TYPE + "file", _STREAMS + "file"),
    "goal": (_TINCAN_TYPE + "goal",),
    "lesson": (_ADL_TYPE + "lesson",),
    "link": (_ADL_TYPE + "link",),
    "media": (_ADL_TYPE + "media", _STREAMS + "audio"),
    "module": (_ADL_TYPE + "module",),
    "page": (_STREAMS + "page", _EBOOK_TYPE + "page"),
    "performance": (_ADL_TYPE + "performance",),
    "profile": (_ADL_TYPE + "profile",),
    "question": (
        _ADL_TYPE + "cmi.interaction",
        _ADL_TYPE + "question",
        _ADL_TYPE + "interaction",
        _STREAMS + "question",
    ),
    "settings": (_EBOOK_TYPE + "settings",),
    "simulation": (_ADL_TYPE + "simulation",),
    "strategy": (_TINCAN_TYPE + "strategy",),
    "task": (_STREAMS + "task",),
    "video": (_VIDEO_TYPE + "video", _STREAMS + "video"),
    "viewer": (_EBOOK_TYPE + "viewer",),
}
ACTIVITY_KINDS: dict[str, str] = {iri: kind for kind, iris in _KINDS.items() for iri in iris}

#: Kinds of activity that are planning, judging or fitting the tool, not acting on something.
NOT_ACTED_ON = frozenset({"goal", "settings", "strategy", "viewer"})

_JAPAN = "https://w3id.org/japan-xapi/extensions/"
GRADE = _JAPAN + "grade"
SUBJECT = _JAPAN + "subject"
COURSE_OF_STUDY_CODE = _JAPAN + "course-of-study-code"
UNIT = _JAPAN + "unit"
CORE_EXTENSIONS = frozenset({GRADE, SUBJECT, COURSE_OF_STUDY_CODE, UNIT})

#: Names of subjects as schools write them -> our key.
_SUBJECT_NAMES = {
    "国語": "kokugo",
    "書写": "shosha",
    "社会": "shakai",
    "算数": "sansu",
    "数学": "sugaku",
    "理科": "rika",
    "生活": "seikatsu",
    "音楽": "ongaku",
    "図画工作": "zuko",
    "図工": "zuko",
    "美術": "bijutsu",
    "家庭": "kateika",
    "技術・家庭": "gijutsukatei",
    "技術家庭": "gijutsukatei",
    "技家": "gijutsukatei",
    "技術": "gijutsukatei",
    "体育": "taiiku",
    "保健体育": "hokentaiiku",
    "保体": "hokentaiiku",
    "外国語": "gaikokugo",
    "外国語活動": "gaikokugo",
    "英語": "eigo",
    "道徳": "dotoku",
    "特別の教科道徳": "dotoku",
    "総合": "sogo",
    "総合的な学習の時間": "sogo",
    "総合的な学習": "sogo",
    "特別活動": "tokkatsu",
    "特活": "tokkatsu",
    "学級活動": "tokkatsu",
}
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
    **_SUBJECT_NAMES,
    **{key: key for key in _SUBJECT_NAMES.values()},
    **{
        f"{school}{number * 10:03}": key
        for school, keys in _APPLIC.items()
        for number, key in enumerate(keys, start=1)
    },
}
_SCHOOL = re.compile(r"^(?:小学校|中学校|義務教育学校)")
_COURSE_OF_STUDY_CODE = re.compile(r"\A[0-9A-Za-z]{16}\Z")


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
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    plain = _SCHOOL.sub("", plain)
    # 国語科 is the subject 国語; 理科 and 家庭科 lose nothing, because 理科 itself is listed.
    return SUBJECT_KEYS.get(plain) or SUBJECT_KEYS.get(plain.removesuffix("科"))


def is_course_of_study_code(text: str) -> bool:
    """Whether text has the form of a 学習指導要領コード: 16 letters and digits, case counts."""
    return _COURSE_OF_STUDY_CODE.match(text) is not None
