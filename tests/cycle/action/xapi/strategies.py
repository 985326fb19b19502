"""Statements as the grammar of xAPI 1.0.3 allows them, nasty ones too, and broken ones.

`statements()` makes JSON objects that a receiver has to take; `broken_statements()` makes such an
object with one rule broken, and says which. Both use words that connectors look for, so that every
connector meets statements that it reads.
"""

import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from aarportal.cycle.action import vocabulary
from aarportal.cycle.action.connectors import LookedFor, discover

LOOKED_FOR = LookedFor.together(connector.looked_for for connector in discover())
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
VIDEO = "https://w3id.org/xapi/video/extensions/"

# --- texts --------------------------------------------------------------------------------------

NASTY = (
    "\0",
    "わり\0算",
    "\x1b[31m赤\x1b[0m",
    "一行目\r\n二行目\u2028三行目\x85",
    "\u202eさかさま\u202c",
    "<script>alert(1)</script>",
    "'; drop table learning_records; --",
    "%(name)s {0} {{7*7}}",
    "{漢字|かんじ}_",
    "👨‍👩‍👧‍👦 𠮷野家 が",
    "\ufeff\uffff\ue000",
    "",
)
_long = st.sampled_from([("あ", 5000), (" ", 300), ("\0", 300)]).map(lambda pair: pair[0] * pair[1])
texts = st.sampled_from(NASTY) | _long | st.text(max_size=40)
names = texts.filter(lambda text: text and "\0" not in text)
_iri_rests = st.text(
    st.characters(
        exclude_characters=' <>"{}|\\^`\x7f', exclude_categories=["Cs"], min_codepoint=33
    ),
    min_size=1,
    max_size=20,
)
iris = (
    st.builds("https://x.example/{}".format, _iri_rests)
    | st.builds("urn:{}".format, _iri_rests)
    | st.sampled_from(
        [
            "tag:x.example,2026:1",
            "https://x.example/\x85\u2028\u202e/1",
            "https://moodle.example/mod/quiz/view.php?id=1&x=[1]#%00",
        ]
    )
    | st.integers(240, 3000).map(lambda length: "https://x.example/" + "あ" * length)
)
uuids = st.uuids().map(str) | st.uuids().map(lambda uuid: str(uuid).upper())
tags = st.sampled_from(["ja", "ja-JP", "ja-jp", "ja-Hira", "en", "en-US", "zh-Hant-TW", "x-home"])
language_maps = st.dictionaries(tags, texts, max_size=3)

# --- values -------------------------------------------------------------------------------------

numbers = (
    st.integers(-(10**400), 10**400)
    | st.integers(-3, 200)
    | st.floats(allow_nan=False, allow_infinity=False)
)
_ends = st.integers(-5, 500) | st.sampled_from(["124", "42.6", "nan", "inf", "1e300", "-1", ""])
_segment = st.tuples(_ends, _ends).map(lambda ends: "[.]".join(map(str, ends)))
segments = st.lists(_segment, max_size=3).map("[,]".join)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | numbers
    | texts
    | iris
    | segments
    | st.sampled_from(["算数", "理科"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
_subjects = st.sampled_from(["算数", "国語科", "P030", "体育", "sansu", "なぞ"]) | texts
_codes = st.sampled_from(["8260243111100000", "82V0243n11100000"]) | texts
_info = st.fixed_dictionaries(
    {
        "event_name": st.sampled_from(["\\core\\event\\course_viewed", "\\mod_quiz\\event\\x"])
        | texts
    }
)
#: Key of an extension -> values that mean something under it.
_MEANING = {
    vocabulary.SUBJECT: _subjects | st.lists(_subjects, max_size=2),
    vocabulary.COURSE_OF_STUDY_CODE: _codes | st.lists(_codes, max_size=2),
    vocabulary.UNIT: texts | st.lists(texts, max_size=2),
    VIDEO + "played-segments": segments,
    VIDEO + "session-id": texts,
    VIDEO + "time": _ends | st.sampled_from([124, 42.6, 1e300, -1]) | numbers,
    "http://lrs.learninglocker.net/define/extensions/info": _info,
    "http://h5p.org/x-api/h5p-subContentId": texts,
    "http://id.tincanapi.com/extension/attempt-id": texts,
    "https://maker.example/xapi/resultextension/count": numbers,
}
_keys = st.sampled_from(sorted({*LOOKED_FOR.extensions, *_MEANING})) | iris


def extension_values(key):
    """What may stand under a key: mostly what means something there."""
    return _MEANING.get(key, json_values) | json_values


_pairs = _keys.flatmap(lambda key: st.tuples(st.just(key), extension_values(key)))
extensions = st.lists(_pairs, max_size=3).map(dict)
_digits = st.integers(0, 10**6).map(str)
durations = (
    st.sampled_from(["PT0S", "PT0.4S", "PT90S", "PT23H59M", "P1D", "P2W", "P1Y", "P16559.14S"])
    | st.sampled_from(["P1Y2M3DT4H5M6.7S", "P9999999999D"])
    | st.builds("PT{}M{}S".format, _digits, _digits)
    | st.integers(1, 400).map(lambda length: f"PT{'9' * length}S")
)
_offsets = st.sampled_from([UTC, timezone(timedelta(hours=9)), timezone(-timedelta(hours=9.5))])
timestamps = st.datetimes(
    datetime(2, 1, 2), datetime(9998, 12, 30), timezones=_offsets
).map(datetime.isoformat)  # fmt: skip


@st.composite
def scores(draw):
    """A score whose parts agree."""
    low, raw, high = sorted(draw(st.lists(st.floats(-1e300, 1e300), min_size=3, max_size=3)))
    whole = {"scaled": draw(st.floats(-1, 1)), "raw": raw, "min": low, "max": high}
    return {name: whole[name] for name in draw(st.sets(st.sampled_from(sorted(whole))))}


# --- who ----------------------------------------------------------------------------------------

_hex = st.sampled_from("0123456789abcdefABCDEF")
sha1s = st.text(_hex, min_size=40, max_size=40)
sha2s = st.text(_hex, min_size=64, max_size=64)
_address_parts = st.from_regex(r"\A[a-zA-Z0-9._あ+-]{1,12}\Z")
mboxes = st.builds("mailto:{}@{}".format, _address_parts, _address_parts)
identifiers = st.one_of(
    st.fixed_dictionaries({"mbox": mboxes}),
    st.fixed_dictionaries({"mbox_sha1sum": sha1s}),
    st.fixed_dictionaries({"openid": iris}),
    st.fixed_dictionaries({"account": st.fixed_dictionaries({"homePage": iris, "name": names})}),
)


def _joined(*parts):
    """One object with the properties of all."""
    return st.tuples(*parts).map(
        lambda found: {name: value for part in found for name, value in part.items()}
    )


_name = st.fixed_dictionaries({}, optional={"name": texts})
_agent = _joined(identifiers, _name)
agents = _joined(_agent, st.fixed_dictionaries({}, optional={"objectType": st.just("Agent")}))
_group_type = st.fixed_dictionaries({"objectType": st.just("Group")})
_members = st.lists(agents, min_size=1, max_size=2)
groups = st.one_of(
    _joined(_agent, _group_type, st.fixed_dictionaries({}, optional={"member": _members})),
    _joined(_name, _group_type, st.fixed_dictionaries({"member": _members})),
)
actors = agents | groups
authorities = agents | _joined(
    _group_type, st.fixed_dictionaries({"member": st.lists(agents, min_size=2, max_size=2)})
)

# --- what ---------------------------------------------------------------------------------------

verbs = st.fixed_dictionaries(
    {
        "id": st.sampled_from(sorted({*vocabulary.VERB_KEYS} - {VOIDED}))
        | st.builds("https://x.example/{}/xapi/verbextension/reflected".format, st.integers(0, 9))
        | iris
    },
    optional={"display": language_maps},
)
_components = st.lists(
    st.fixed_dictionaries({"id": names}, optional={"description": language_maps}),
    max_size=3,
    unique_by=lambda component: component["id"],
)
_COMPONENTS = {
    "choice": ("choices",), "sequencing": ("choices",), "likert": ("scale",),
    "matching": ("source", "target"), "performance": ("steps",),
}  # fmt: skip
INTERACTION_TYPES = (
    "true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing",
    "likert", "numeric", "other",
)  # fmt: skip
_types = st.sampled_from(sorted(vocabulary.ACTIVITY_KINDS)) | iris
_plain = st.fixed_dictionaries(
    {},
    optional={
        "name": language_maps,
        "description": language_maps,
        "type": _types,
        "moreInfo": iris,
        "extensions": extensions,
    },
)


@st.composite
def interactions(draw):
    """The definition of a question of any type."""
    kind = draw(st.sampled_from(INTERACTION_TYPES))
    lists = {name: draw(_components) for name in _COMPONENTS.get(kind, ()) if draw(st.booleans())}
    pattern = {"correctResponsesPattern": draw(st.lists(texts, max_size=2))}
    found = pattern if draw(st.booleans()) else {}
    return {**draw(_plain), **lists, **found, "interactionType": kind}


activities = st.fixed_dictionaries(
    {"id": iris},
    optional={"objectType": st.just("Activity"), "definition": _plain | interactions()},
)
references = st.fixed_dictionaries({"objectType": st.just("StatementRef"), "id": uuids})
_agent_objects = _joined(_agent, st.fixed_dictionaries({"objectType": st.just("Agent")}))
results = st.fixed_dictionaries(
    {},
    optional={
        "score": scores(),
        "success": st.booleans(),
        "completion": st.booleans(),
        "response": texts,
        "duration": durations,
        "extensions": extensions,
    },
)
_categories = st.fixed_dictionaries(
    {
        "id": st.sampled_from(LOOKED_FOR.categories).flatmap(
            lambda iri: st.sampled_from([iri, f"{iri}/v1.0"])
        )
    }
)
_around = activities | st.lists(activities, max_size=2)
_category = _categories | st.lists(_categories | activities, max_size=2)
_context_activities = st.fixed_dictionaries(
    {},
    optional={
        "parent": _around,
        "grouping": _around,
        "category": _category,
        "other": _around,
    },
)
contexts = st.fixed_dictionaries(
    {},
    optional={
        "registration": uuids,
        "instructor": actors,
        "team": groups,
        "contextActivities": _context_activities,
        "language": tags,
        "statement": references,
        "extensions": extensions,
    },
)
_activity_contexts = _joined(
    contexts,
    st.fixed_dictionaries(
        {},
        optional={
            "revision": texts,
            "platform": st.sampled_from(sorted(LOOKED_FOR.platforms)) | texts,
        },
    ),
)
attachments = st.fixed_dictionaries(
    {
        "usageType": iris,
        "display": language_maps,
        "contentType": st.sampled_from(["image/png", "text/plain; charset=utf-8"]),
        "length": st.integers(0, 2**62),
        "sha2": sha2s,
        "fileUrl": iris,
    },
    optional={"description": language_maps},
)


def _claims(objects, context):
    """Statements about some kind of object, and what stands in sub-statements as well."""
    return st.fixed_dictionaries(
        {"actor": actors, "verb": verbs, "object": objects},
        optional={
            "result": results,
            "context": context,
            "timestamp": timestamps,
            "attachments": st.lists(attachments, max_size=2),
        },
    )


_voiding = st.fixed_dictionaries(
    {"actor": actors, "verb": st.just({"id": VOIDED}), "object": references}
)
_about_activities = _claims(activities, _activity_contexts)
#: Everything that a connector may look at is there.
_telling = st.fixed_dictionaries(
    {
        "actor": agents,
        "verb": verbs,
        "object": st.fixed_dictionaries(
            {"id": iris, "definition": _joined(_plain, st.fixed_dictionaries({"type": _types}))}
        ),
        "result": results,
        "context": _joined(
            _activity_contexts,
            st.fixed_dictionaries(
                {"extensions": extensions},
                optional={
                    "contextActivities": _joined(
                        _context_activities, st.fixed_dictionaries({"category": _category})
                    )
                },
            ),
        ),
        "timestamp": timestamps,
    }
)
_about_others = _claims(_agent_objects | groups | references, contexts)
_sub_statements = _joined(
    _about_activities | _about_others,
    st.fixed_dictionaries({"objectType": st.just("SubStatement")}),
)
_envelope = st.fixed_dictionaries(
    {"version": st.sampled_from(["1.0.0", "1.0.3", "1.0.9"])},
    optional={"id": uuids, "stored": timestamps, "authority": authorities},
)


#: What statements are about: mostly activities.
_KINDS = (
    *[_telling] * 5,
    *[_about_activities] * 2,
    *[_about_others] * 2,
    _claims(_sub_statements, contexts),
    _voiding,
)


@st.composite
def statements(draw):
    """Any statement that xAPI 1.0.3 allows; a JSON object."""
    claims = _KINDS[draw(st.integers(0, len(_KINDS) - 1))]
    return {**draw(claims), **draw(_envelope)}


# --- broken -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Broken:
    """A statement that breaks one rule, and which."""

    rule: str
    body: dict


REMOVED = object()
AGENT = {"mbox": "mailto:aoi@hinata.example"}
GROUP = {"objectType": "Group", "member": [AGENT]}
_REFERENCE = {"objectType": "StatementRef", "id": "018f6a52-7c3d-4b1e-9a10-3f5b2c4d6e7f"}
_ACTIVITY = {"id": "https://x.example/1"}
_SUB = {
    "objectType": "SubStatement",
    "actor": AGENT,
    "verb": {"id": "urn:did"},
    "object": _ACTIVITY,
}
_INTERACTION = {"definition": {"interactionType": "choice", "choices": [{"id": "1"}, {"id": "1"}]}}
_ATTACHMENT = {
    "usageType": "https://x.example/usage", "display": {"ja": "図"}, "contentType": "image/png",
    "length": 1, "sha2": "0" * 64, "fileUrl": "https://x.example/1.png",
}  # fmt: skip
#: Rule -> the properties to set: a path with dots, and a value.
BREAKS = {
    "an actor is required": {"actor": REMOVED},
    "a verb is required": {"verb": REMOVED},
    "an object is required": {"object": REMOVED},
    "null is no value": {"result": None},
    "no other properties": {"target": "x"},
    "names are case sensitive": {"Actor": AGENT},
    "an id is a UUID": {"id": "018f6a52"},
    "one identifier, not none": {"actor": {"name": "あおい"}},
    "one identifier, not two": {"actor": {**AGENT, "openid": "https://x.example/aoi"}},
    "an mbox is a mailto IRI": {"actor": {"mbox": "aoi@hinata.example"}},
    "an mbox_sha1sum is hexadecimal": {"actor": {"mbox_sha1sum": "z" * 40}},
    "an account has a home page": {"actor": {"account": {"name": "aoi"}}},
    "an account has a name": {"actor": {"account": {"homePage": "https://x.example/"}}},
    "an agent has no members": {"actor": {**AGENT, "member": [AGENT]}},
    "an anonymous group has members": {"actor": {"objectType": "Group"}},
    "members are agents": {"actor": {"objectType": "Group", "member": [GROUP]}},
    "an actor is an agent or a group": {"actor": {**AGENT, "objectType": "Activity"}},
    "a verb has an id": {"verb": {"display": {"en": "did"}}},
    "a verb's id is an IRI": {"verb": {"id": "did"}},
    "a language map has language tags": {"verb": {"id": "urn:did", "display": {"日本語": "した"}}},
    "a language map has texts": {"verb": {"id": "urn:did", "display": {"ja": 1}}},
    "an activity has an id": {"object": {"definition": {}}},
    "an activity's id is an IRI": {"object": {"id": "question 3"}},
    "no other object types": {"object": {**_ACTIVITY, "objectType": "Question"}},
    "a reference has an id": {"object": {"objectType": "StatementRef"}},
    "component ids are distinct": {"object": {**_ACTIVITY, **_INTERACTION}},
    "components need an interaction type": {"object": {**_ACTIVITY, "definition": {"steps": []}}},
    "no other interaction types": {
        "object": {**_ACTIVITY, "definition": {"interactionType": "essay"}}
    },
    "extensions have IRIs as keys": {"result": {"extensions": {"a": 1}}},
    "no sub-statement in another": {"object": {**_SUB, "object": _SUB}, "context": REMOVED},
    "a sub-statement has no id": {
        "object": {**_SUB, "id": _REFERENCE["id"]}, "context": REMOVED
    },
    "a sub-statement has no authority": {
        "object": {**_SUB, "authority": AGENT}, "context": REMOVED
    },
    "only statements are voided": {"verb": {"id": VOIDED}, "object": _ACTIVITY},
    "a platform goes with an activity": {"object": _REFERENCE, "context": {"platform": "x"}},
    "a revision goes with an activity": {"object": _REFERENCE, "context": {"revision": "x"}},
    "a team is a group": {"context": {"team": AGENT}},
    "a registration is a UUID": {"context": {"registration": "1"}},
    "a language is a language tag": {"context": {"language": "日本語"}},
    "context activities stand in four relations": {
        "context": {"contextActivities": {"sibling": _ACTIVITY}}
    },
    "context activities are activities": {"context": {"contextActivities": {"parent": _REFERENCE}}},
    "a share of points is at most 1": {"result": {"score": {"scaled": 1.01}}},
    "points are at most the highest": {"result": {"score": {"raw": 6, "max": 5}}},
    "points are at least the lowest": {"result": {"score": {"raw": -1, "min": 0}}},
    "the lowest is at most the highest": {"result": {"score": {"min": 2, "max": 1}}},
    "points are numbers": {"result": {"score": {"raw": "5"}}},
    "success is true or false": {"result": {"success": "true"}},
    "a response is a text": {"result": {"response": 12}},
    "a duration is a duration": {"result": {"duration": "23.5"}},
    "a timestamp is a timestamp": {"timestamp": "20.11.2026"},
    "a timestamp has a known offset": {"timestamp": "2026-11-20T10:15:30-00:00"},
    "a version is 1.0.x": {"version": "0.95"},
    "a group as authority has two members": {"authority": GROUP},
    "an attachment has a usage": {
        "attachments": [{**_ATTACHMENT, "usageType": None}]
    },
    "an attachment has a length": {"attachments": [{**_ATTACHMENT, "length": -1}]},
    "an attachment has a hash": {"attachments": [{**_ATTACHMENT, "sha2": "abc"}]},
    "an attachment without data says where it is": {
        "attachments": [{name: part for name, part in _ATTACHMENT.items() if name != "fileUrl"}]
    },
}  # fmt: skip


def broken(body, rule):
    """A statement with one rule broken."""
    spoiled = copy.deepcopy(body)
    for name, value in BREAKS[rule].items():
        if value is REMOVED:
            spoiled.pop(name, None)
        else:
            spoiled[name] = value
    return Broken(rule, spoiled)


@st.composite
def broken_statements(draw):
    """A statement about an activity with one rule broken."""
    good = {**draw(_about_activities), **draw(_envelope)}
    return broken(good, draw(st.sampled_from(sorted(BREAKS))))
