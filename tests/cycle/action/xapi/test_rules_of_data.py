"""The rules of xAPI data, one table each, at every place where they hold, in both versions.

Source: xAPI 1.0.3, part two, sections 2.2 to 2.4.11 and 4; IEEE 9274.1.1 (xAPI 2.0), 4.2.
"""

import copy
import json

import pytest

from aarportal.cycle.action.xapi.statements import StatementError
from aarportal.cycle.action.xapi.versions import Version
from tests.cycle.action.xapi.example import (
    ATTACHMENT,
    GROUP,
    ID,
    MAIL,
    OTHER_ID,
    PUPIL,
    QUIZ,
    REMOVE,
    changed,
    decode,
    statement,
    sub,
)

BOTH = pytest.mark.parametrize("version", Version)
REF = {"objectType": "StatementRef", "id": OTHER_ID}
SHA1 = "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"


def in_sub(**parts) -> dict:
    return statement(object=sub(**parts), context=REMOVE)


def taken(body, version: Version) -> None:
    assert decode(body, version=version)


def refused(body, version: Version, path: str) -> None:
    with pytest.raises(StatementError) as found:
        decode(body, version=version)
    assert found.value.path.startswith(path), found.value


def context_of(**parts) -> dict:
    return statement(context=parts)


# --- who: 2.4.2 ---------------------------------------------------------------------------------

#: Where somebody may stand -> (statement with somebody there, path).
WHO = {
    "actor": (lambda who: statement(actor=who), "$.actor"),
    "object": (lambda who: statement(object=who, context=REMOVE), "$.object"),
    "authority": (lambda who: statement(authority=who), "$.authority"),
    "instructor": (lambda who: context_of(instructor=who), "$.context.instructor"),
    "team": (lambda who: context_of(team=who), "$.context.team"),
    "actor of a sub-statement": (lambda who: in_sub(actor=who), "$.object.actor"),
    "object of a sub-statement": (lambda who: in_sub(object=who), "$.object.object"),
    "instructor of a sub-statement": (
        lambda who: in_sub(context={"instructor": who}),
        "$.object.context.instructor",
    ),
    "team of a sub-statement": (
        lambda who: in_sub(context={"team": who}),
        "$.object.context.team",
    ),
}
IDENTIFIERS = {
    "mbox": {"mbox": "mailto:aoi@hinata.example"},
    "mbox_sha1sum": {"mbox_sha1sum": SHA1},
    "openid": {"openid": "https://aoi.example/"},
    "account": PUPIL,
}
AGENTS = {f"agent by {name}": {"objectType": "Agent", **by} for name, by in IDENTIFIERS.items()}
GROUPS = {
    **{f"group by {name}": {"objectType": "Group", **by} for name, by in IDENTIFIERS.items()},
    **{
        f"group by {name} with members": {"objectType": "Group", "member": [MAIL], **by}
        for name, by in IDENTIFIERS.items()
    },
    "anonymous group": {"objectType": "Group", "member": [MAIL]},
}
NOBODY = {
    "an empty object": {},
    "a text": "aoi",
    "a number": 7,
    "null": None,
    "a list": [MAIL],
    "no identifier": {"objectType": "Agent", "name": "あおい"},
    "a type of another case": {"objectType": "agent", **MAIL},
    "a type that is none": {"objectType": "Person", **MAIL},
    "a name that is no text": {"objectType": "Agent", "name": 7, **MAIL},
    "members of an agent": {"objectType": "Agent", "member": [MAIL], **MAIL},
    "mbox without mailto": {"objectType": "Agent", "mbox": "aoi@hinata.example"},
    "mbox without an at": {"objectType": "Agent", "mbox": "mailto:aoi.hinata.example"},
    "mbox that is no text": {"objectType": "Agent", "mbox": 7},
    "a short sha1": {"objectType": "Agent", "mbox_sha1sum": SHA1[1:]},
    "a sha1 that is no hex": {"objectType": "Agent", "mbox_sha1sum": "x" + SHA1[1:]},
    "openid without scheme": {"objectType": "Agent", "openid": "aoi.example/me"},
    "openid with a bad scheme": {"objectType": "Agent", "openid": "ab=c://should.fail.example"},
    "an account without homePage": {"objectType": "Agent", "account": {"name": "s1"}},
    "an account without name": {
        "objectType": "Agent",
        "account": {"homePage": "https://i.example"},
    },
    "homePage without scheme": {
        "objectType": "Agent",
        "account": {"homePage": "i.example", "name": "s1"},
    },
    "an account name that is no text": {
        "objectType": "Agent",
        "account": {"homePage": "https://i.example", "name": {"key": "s1"}},
    },
    "an unknown property": {"objectType": "Agent", "shoe": 24, **MAIL},
    **{
        f"{one} and {two}": {"objectType": kind, **IDENTIFIERS[one], **IDENTIFIERS[two]}
        for kind in ("Agent", "Group")
        for one in IDENTIFIERS
        for two in IDENTIFIERS
        if one < two
    },
    "an anonymous group without members": {"objectType": "Group"},
    "an anonymous group with no members": {"objectType": "Group", "member": []},
    "members that are no list": {"objectType": "Group", "member": MAIL},
    "a member that is none": {"objectType": "Group", "member": [MAIL, {"name": "x"}]},
    "a group as member": {"objectType": "Group", "member": [GROUP]},
}
SOLE_GROUP = ("team", "team of a sub-statement")


@BOTH
@pytest.mark.parametrize("place", WHO)
@pytest.mark.parametrize("who", [*AGENTS, *GROUPS])
def test_somebody_may_stand_where_somebody_belongs(version, place, who):
    made, path = WHO[place]
    body = made({**AGENTS, **GROUPS}[who])
    if (who in AGENTS and place in SOLE_GROUP) or (who in GROUPS and place == "authority"):
        refused(body, version, path)
    else:
        taken(body, version)


@BOTH
@pytest.mark.parametrize("place", WHO)
@pytest.mark.parametrize("who", NOBODY)
def test_nobody_stands_nowhere(version, place, who):
    made, path = WHO[place]
    refused(made(NOBODY[who]), version, path)


@BOTH
@pytest.mark.parametrize("kind", [MAIL, GROUP])
def test_an_agent_or_group_as_object_says_so(version, kind):
    unsaid = {name: value for name, value in kind.items() if name != "objectType"}
    refused(statement(object=unsaid, context=REMOVE), version, "$.object")
    refused(in_sub(object=unsaid), version, "$.object.object")


APP = {"account": {"homePage": "https://lrs.example/oauth", "name": "drill"}}


@BOTH
@pytest.mark.parametrize("members", [[APP], [APP, MAIL, PUPIL], []])
def test_a_group_as_authority_has_two_members(version, members):
    refused(statement(authority={"objectType": "Group", "member": members}), version, "$.authority")


@BOTH
@pytest.mark.parametrize("by", IDENTIFIERS.values(), ids=IDENTIFIERS)
def test_a_group_as_authority_is_anonymous(version, by):
    pair = {"objectType": "Group", "member": [APP, MAIL]}
    taken(statement(authority=pair), version)
    refused(statement(authority={**pair, **by}), version, "$.authority")


# --- formats: 2.2, 4 ----------------------------------------------------------------------------

IRI_PLACES = [
    "verb.id", "object.id", "object.definition.type", "object.definition.moreInfo",
    "attachments.0.usageType", "attachments.0.fileUrl", "object.object.id", "object.verb.id",
]  # fmt: skip
NO_IRIS = [
    "", "should fail", "example.com/x", "/x", "ab=c://should.fail.com", "http:", "https://a b", 7,
    {"key": "x"}, None, "https://a.example/<x>", "https://a.example/\u0000",
]  # fmt: skip


def placed(path: str, value) -> dict:
    """A good statement, with a sub-statement or attachment if the path wants one."""
    whole = statement(attachments=[ATTACHMENT])
    if path.startswith(("object.object", "object.verb", "object.result", "object.context")):
        whole = {**whole, "object": copy.deepcopy(sub(result={}, context={}))}
        del whole["context"]
    place = whole = copy.deepcopy(whole)
    *before, last = path.split(".")
    for name in before:
        place = place[int(name)] if isinstance(place, list) else place.setdefault(name, {})
    place[last] = value
    return whole


@BOTH
@pytest.mark.parametrize("path", IRI_PLACES)
@pytest.mark.parametrize("iri", NO_IRIS)
def test_an_iri_has_a_scheme_and_nothing_in_it_that_none_has(version, path, iri):
    taken(placed(path, "urn:x:y"), version)
    taken(placed(path, "https://例え.example/読む?a=b#c"), version)
    refused(placed(path, iri), version, "$")


EXTENSION_PLACES = [
    "object.definition.extensions", "result.extensions", "context.extensions",
    "object.result.extensions", "object.context.extensions",
    "object.object.definition.extensions",
]  # fmt: skip


@BOTH
@pytest.mark.parametrize("path", EXTENSION_PLACES)
def test_extensions_hold_anything_under_iris(version, path):
    for value in (None, "", {}, [], True, 7, 0.5, "x", {"a": [None, {"b": 1e300}]}):
        taken(placed(path, {"https://e.example/x": value}), version)
    taken(placed(path, {}), version)
    for bad in ("x", 7, [], None, {"x": 1}, {"e.example/x": 1}, {"should fail": True}):
        refused(placed(path, bad), version, "$")


LANGUAGES = [
    "de", "ja", "ja-JP", "cmn", "ine", "ase", "es-419", "es-MX", "fr-CA", "zh-Hant", "zh-Hans-CN",
    "sr-Latn", "sr-Latn-RS", "zh-cmn-Hans-CN", "sl-rozaj-biske", "de-CH-1901",
    "hy-Latn-IT-arevela", "az-Arab-x-AZE-derbend", "x-whatever", "i-enochian", "en-a-bbb-x-a-ccc",
    "en-a-bbb-b-ccc", "EN-us",
]  # fmt: skip
NO_LANGUAGES = [
    "", "a", "a-DE", "something", "a12345678", "a12345", "de-419-DE", "ar-a-aaa-b-bbb-a-ccc",
    "zh-z-aaa-z-bbb-c-ccc", "en-A-aaa-a-bbb", "en_US", "ja-", "-ja", "日本語", "ja-JP ",
]  # fmt: skip
MAPS = [
    "verb.display", "object.definition.name", "object.definition.description",
    "attachments.0.display", "attachments.0.description", "object.verb.display",
    "object.object.definition.name",
]  # fmt: skip


@BOTH
@pytest.mark.parametrize("path", MAPS)
def test_a_language_map_is_keyed_by_languages_and_holds_texts(version, path):
    for tag in LANGUAGES:
        taken(placed(path, {tag: "はい"}), version)
    for tag in NO_LANGUAGES:
        refused(placed(path, {tag: "いいえ"}), version, "$")
    for bad in (7, "a12345 attended", ["x"], None, {"ja": 7}, {"ja": None}):
        refused(placed(path, bad), version, "$")


@BOTH
@pytest.mark.parametrize("path", ["context.language", "object.context.language"])
def test_the_language_of_a_context_is_one(version, path):
    for tag in LANGUAGES:
        taken(placed(path, tag), version)
    for tag in [*NO_LANGUAGES, 7, None]:
        refused(placed(path, tag), version, "$")


NO_UUIDS = [
    "", "should fail", 12345, {"key": "x"}, None, f"{ID}8", f"M{ID[1:]}", f"{{{ID}}}",
    ID.replace("-", ""), f"urn:uuid:{ID}",
]  # fmt: skip


@BOTH
@pytest.mark.parametrize("path", ["id", "context.registration", "object.context.registration"])
@pytest.mark.parametrize("bad", NO_UUIDS)
def test_a_uuid_is_written_in_its_standard_form(version, path, bad):
    taken(placed(path, ID.upper()), version)
    refused(placed(path, bad), version, "$")


@BOTH
@pytest.mark.parametrize("bad", NO_UUIDS)
def test_a_reference_names_a_statement_by_uuid(version, bad):
    wrong = {**REF, "id": bad}
    refused(statement(object=wrong, context=REMOVE), version, "$.object.id")
    refused(in_sub(object=wrong), version, "$.object.object.id")
    refused(context_of(statement=wrong), version, "$.context.statement.id")
    refused(statement(object={"objectType": "StatementRef"}, context=REMOVE), version, "$.object")
    refused(statement(object={**REF, "objectType": "statementref"}), version, "$.object")


DURATIONS = ["PT4H35M59.14S", "PT16559.14S", "P3Y1M29DT4H35M59.14S", "P3Y", "P4W", "PT1H0M0.1S"]
NO_DURATIONS = [
    "", "P", "PT", "should fail", "PA1H0M0S", "P4W1D", "1H", "PT1S1M", "P1S2", "PT-1S",
    "PT1H0.5M1S", 7, {"key": "x"}, None, "P0003-06-04T12:30:05",
]  # fmt: skip


@BOTH
@pytest.mark.parametrize("path", ["result.duration", "object.result.duration"])
def test_a_duration_is_written_with_designators(version, path):
    for good in DURATIONS:
        taken(placed(path, good), version)
    for bad in NO_DURATIONS:
        refused(placed(path, bad), version, "$")


# --- result: 2.4.5 ------------------------------------------------------------------------------

SCORES = [
    {"scaled": 1.0}, {"scaled": -1.0}, {"scaled": 0.6767676}, {"raw": 0.6767676}, {"min": 3},
    {"raw": -5, "min": -5, "max": -5}, {"max": 100.6767676}, {},
    {"raw": 12.125, "min": 0.12, "max": 45},
]  # fmt: skip
NO_SCORES = [
    7, "should fail", None, [1], {"scaled": 1.01}, {"scaled": -1.00001}, {"scaled": "1"},
    {"raw": 1, "max": 0.98}, {"raw": 1, "min": 1.73}, {"min": 2, "max": 1.99}, {"max": "100"},
    {"max": "one hundred"}, {"raw": True}, {"raw": None}, {"mean": 3},
    {"raw": 3, "min": 7, "max": 5},
]  # fmt: skip


@BOTH
@pytest.mark.parametrize("path", ["result.score", "object.result.score"])
def test_a_score_keeps_its_order(version, path):
    for good in SCORES:
        taken(placed(path, good), version)
    for bad in NO_SCORES:
        refused(placed(path, bad), version, "$")


@BOTH
@pytest.mark.parametrize("name", ["success", "completion"])
def test_yes_and_no_are_no_texts(version, name):
    taken(placed(f"result.{name}", False), version)
    for bad in ("false", "true", "We regret", 0, 1, None):
        refused(placed(f"result.{name}", bad), version, f"$.result.{name}")
        refused(placed(f"object.result.{name}", bad), version, f"$.object.result.{name}")


# --- activities: 2.4.4.1, 2.4.6.2 ---------------------------------------------------------------

INTERACTIONS = {
    "true-false": {},
    "choice": {"choices": [{"id": "a"}, {"id": "b", "description": {"ja": "イ"}}]},
    "fill-in": {},
    "long-fill-in": {},
    "matching": {"source": [{"id": "a"}], "target": [{"id": "1"}]},
    "performance": {"steps": [{"id": "a"}]},
    "sequencing": {"choices": [{"id": "a"}]},
    "likert": {"scale": [{"id": "a"}]},
    "numeric": {},
    "other": {},
}


@BOTH
@pytest.mark.parametrize(("kind", "parts"), INTERACTIONS.items())
def test_an_interaction_says_of_which_kind_it_is(version, kind, parts):
    whole = {"interactionType": kind, "correctResponsesPattern": ["a"], **parts}
    taken(placed("object.definition", whole), version)
    taken(placed("object.object.definition", whole), version)
    for wrong in (kind.title(), kind.upper(), 7, {}, "https://i.example/other", None):
        refused(placed("object.definition.interactionType", wrong), version, "$.object")
    for name in ("correctResponsesPattern", *parts):
        unsaid = {name: whole[name]}
        refused(placed("object.definition", unsaid), version, "$.object.definition")
        refused(placed("object.object.definition", unsaid), version, "$.object.object.definition")


@BOTH
@pytest.mark.parametrize("name", ["choices", "scale", "source", "target", "steps"])
@pytest.mark.parametrize(
    "bad",
    [{}, [7], [{}], [{"id": ""}], [{"id": 7}], [{"id": "a"}, {"id": "a"}],
     [{"id": "a", "description": "x"}], [{"id": "a", "description": {"something": "x"}}],
     [{"id": "a", "points": 3}], None],
)  # fmt: skip
def test_components_of_an_interaction_have_ids_of_their_own(version, name, bad):
    whole = {"interactionType": "other", name: bad}
    refused(placed("object.definition", whole), version, "$.object.definition")


@BOTH
@pytest.mark.parametrize("relation", ["parent", "grouping", "category", "other"])
def test_activities_around_stand_alone_or_in_arrays(version, relation):
    for good in (QUIZ, [QUIZ], [QUIZ, {"objectType": "Activity", "id": "urn:a"}]):
        taken(context_of(contextActivities={relation: good}), version)
        taken(in_sub(context={"contextActivities": {relation: good}}), version)
    for bad in (7, "x", {"key": "x"}, [QUIZ, {"key": "x"}], {"objectType": "Agent", **MAIL}, None):
        refused(context_of(contextActivities={relation: bad}), version, "$.context")
        refused(in_sub(context={"contextActivities": {relation: bad}}), version, "$.object.context")
    refused(context_of(contextActivities={"parents": QUIZ}), version, "$.context")
    refused(context_of(contextActivities={relation.upper(): QUIZ}), version, "$.context")


# --- statements: 2.2, 2.4 -----------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("name", ["actor", "verb", "object"])
def test_a_statement_and_a_sub_statement_have_three_parts(version, name):
    refused(changed(name, REMOVE), version, f"$.{name}")
    inner = {key: value for key, value in sub().items() if key != name}
    refused(statement(object=inner, context=REMOVE), version, f"$.object.{name}")


@BOTH
@pytest.mark.parametrize(
    ("name", "value"),
    [("id", ID), ("stored", "2013-05-18T05:32:34.804Z"), ("version", "1.0.0"), ("authority", MAIL)],
)
def test_a_sub_statement_has_nothing_that_a_store_gives(version, name, value):
    taken(statement(**{name: value}), version)
    refused(in_sub(**{name: value}), version, f"$.object.{name}")


@BOTH
def test_a_sub_statement_holds_no_other(version):
    refused(in_sub(object=sub()), version, "$.object.object")
    refused(in_sub(objectType="substatement"), version, "$.object")


WHOLE = statement(
    attachments=[ATTACHMENT], stored="2026-11-20T01:00:00Z", version="1.0.0", authority=MAIL
)


@BOTH
@pytest.mark.parametrize("name", WHOLE)
def test_the_case_of_a_key_matters(version, name):
    taken(WHOLE, version)
    wrong = {(key.title() if key == name else key): part for key, part in WHOLE.items()}
    refused(wrong, version, f"$.{name.title()}")


@BOTH
@pytest.mark.parametrize(
    ("path", "value"),
    [("attachments", ATTACHMENT), ("attachments", [7]), ("attachments", ["x"])]
    + [
        ("attachments", [{**ATTACHMENT, name: value}])
        for name, value in [
            ("contentType", 7), ("contentType", "should fail"), ("contentType", "a/b\r\nX: y"),
            ("contentType", "a/b;\rx"), ("length", "27"), ("length", -1), ("length", 1.5),
            ("sha2", 7), ("sha2", "x"), ("sha2", "ab" * 30), ("fileUrl", "x"), ("usageType", "x"),
            ("display", 7), ("description", "x"),
        ]
    ],
)  # fmt: skip
def test_the_header_of_an_attachment_is_complete(version, path, value):
    refused(placed(path, value), version, "$.attachments")
    for name in ("usageType", "display", "contentType", "length", "sha2"):
        lacking = {key: part for key, part in ATTACHMENT.items() if key != name}
        refused(statement(attachments=[lacking]), version, f"$.attachments[0].{name}")


@BOTH
def test_only_a_statement_is_voided(version):
    void = {"id": "http://adlnet.gov/expapi/verbs/voided"}
    taken(statement(verb=void, object=REF, context=REMOVE), version)
    refused(statement(verb=void), version, "$.object.objectType")
    refused(statement(verb=void, object={"objectType": "Agent", **MAIL}), version, "$.object")


@BOTH
def test_numbers_keep_the_precision_of_a_computer(version):
    [found] = decode(
        placed("result.score", {"min": 0.12123434, "raw": 12.125, "max": 45.45}), version=version
    )
    score = found.result.score
    assert (score.min, score.raw, score.max) == (0.12123434, 12.125, 45.45)
    assert json.loads(found.raw)["result"]["score"]["min"] == 0.12123434
