"""Every rule of xAPI 1.0.3 broken once: what a learning app is told, and about which property."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.cycle.action.xapi.statements import StatementError
from tests.cycle.action.xapi.example import (
    ATTACHMENT,
    GROUP,
    ID,
    MAIL,
    OTHER_ID,
    PUPIL,
    QUIZ,
    REMOVE,
    VOIDED,
    changed,
    decode,
    statement,
    sub,
)

BAD = [
    # what a statement must have, and may not have
    ("actor", REMOVE, "$.actor"),
    ("verb", REMOVE, "$.verb"),
    ("object", REMOVE, "$.object"),
    ("verb.id", REMOVE, "$.verb.id"),
    ("object.id", REMOVE, "$.object.id"),
    ("colour", "blue", "$.colour"),
    ("Actor", MAIL, "$.Actor"),
    ("verb.Id", "https://v.example/did", "$.verb.Id"),
    ("object.colour", "blue", "$.object.colour"),
    ("object.definition.colour", "blue", "$.object.definition.colour"),
    ("result.score.colour", 1, "$.result.score.colour"),
    ("context.contextActivities.child", QUIZ, "$.context.contextActivities.child"),
    # null
    ("verb.display", None, "$.verb.display"),
    ("result", None, "$.result"),
    ("object", None, "$.object"),
    ("timestamp", None, "$.timestamp"),
    ("result.score.raw", None, "$.result.score.raw"),
    ("object.definition.name", {"ja": None}, "$.object.definition.name[...]"),
    # types
    ("result.score.raw", "5", "$.result.score.raw"),
    ("result.success", "true", "$.result.success"),
    ("result.success", 1, "$.result.success"),
    ("result.completion", "yes", "$.result.completion"),
    ("result.response", 12, "$.result.response"),
    ("result.score.scaled", True, "$.result.score.scaled"),
    ("actor", "aoi", "$.actor"),
    ("actor.name", 5, "$.actor.name"),
    ("object", [QUIZ], "$.object"),
    ("verb", "answered", "$.verb"),
    ("attachments", ATTACHMENT, "$.attachments"),
    # formats
    ("id", "018f6a52", "$.id"),
    ("id", ID.replace("-", ""), "$.id"),
    ("id", ID + "\n", "$.id"),
    ("id", "{" + ID + "}", "$.id"),
    ("verb.id", "answered", "$.verb.id"),
    ("verb.id", "/verbs/answered", "$.verb.id"),
    ("verb.id", "", "$.verb.id"),
    ("verb.id", "https://v.example/an swered", "$.verb.id"),
    ("verb.display", {"english please": "answered"}, "$.verb.display"),
    ("verb.display", {"": "answered"}, "$.verb.display"),
    ("verb.display", {"ja_JP": "答えた"}, "$.verb.display"),
    ("context.language", "toolonglanguage", "$.context.language"),
    ("object.id", "question-3", "$.object.id"),
    ("object.definition.type", "question", "$.object.definition.type"),
    ("object.definition.moreInfo", "about.html", "$.object.definition.moreInfo"),
    ("object.definition.extensions", {"level": 2}, "$.object.definition.extensions"),
    ("context.extensions", {"level": 2}, "$.context.extensions"),
    ("context.registration", "first", "$.context.registration"),
    ("version", "2.0.0", "$.version"),
    ("version", "1.1.0", "$.version"),
    ("version", "1.1", "$.version"),
    ("timestamp", "2026-11-20", "$.timestamp"),
    ("timestamp", "20 November 2026", "$.timestamp"),
    ("timestamp", "2026-11-20 10:15:30Z", "$.timestamp"),
    ("timestamp", "2026-13-20T10:15:30Z", "$.timestamp"),
    ("timestamp", "2026-02-30T10:15:30Z", "$.timestamp"),
    ("timestamp", "2026-11-20T25:15:30Z", "$.timestamp"),
    ("timestamp", "2026-11-20T10:15:30-00:00", "$.timestamp"),
    ("timestamp", "2026-11-20T10:15:30-0000", "$.timestamp"),
    ("timestamp", "2026-11-20T10:15:30-00", "$.timestamp"),
    ("timestamp", "9999-12-31T23:59:59Z", "$.timestamp"),
    ("timestamp", 1764000000, "$.timestamp"),
    ("stored", "yesterday", "$.stored"),
    ("result.duration", "23 s", "$.result.duration"),
    ("result.duration", "P", "$.result.duration"),
    ("result.duration", "PT", "$.result.duration"),
    ("result.duration", "P1DT", "$.result.duration"),
    ("result.duration", "P4W1D", "$.result.duration"),
    ("result.duration", "PT1S2M", "$.result.duration"),
    ("result.duration", "PT1.5H3M", "$.result.duration"),
    ("result.duration", "P0003-06-04T12:30:05", "$.result.duration"),
    ("result.duration", "-PT5S", "$.result.duration"),
    # actors
    ("actor", {"name": "あおい"}, "$.actor"),
    ("actor", {**PUPIL, **MAIL}, "$.actor"),
    ("actor", {"mbox": "aoi@hinata.example"}, "$.actor.mbox"),
    ("actor", {"mbox": "mailto:aoi"}, "$.actor.mbox"),
    ("actor", {"mbox_sha1sum": "abc"}, "$.actor.mbox_sha1sum"),
    ("actor", {"openid": "aoi"}, "$.actor.openid"),
    ("actor", {"account": {"name": "s0001"}}, "$.actor.account.homePage"),
    ("actor", {"account": {"homePage": "https://idp.example"}}, "$.actor.account.name"),
    ("actor.account", {"homePage": "idp", "name": "s"}, "$.actor.account.homePage"),
    ("actor.account", {"homePage": "https://i.example", "name": ""}, "$.actor.account.name"),
    ("actor.account", {"homePage": "https://i.example", "name": "a\0"}, "$.actor.account.name"),
    ("actor.account.mail", "a@b.example", "$.actor.account.mail"),
    ("actor", {"objectType": "agent", **PUPIL}, "$.actor.objectType"),
    ("actor", {"objectType": "Activity", **PUPIL}, "$.actor.objectType"),
    ("actor", {"member": [PUPIL], **MAIL}, "$.actor.member"),
    ("actor", {"objectType": "Group"}, "$.actor.member"),
    ("actor", {"objectType": "Group", "member": []}, "$.actor.member"),
    ("actor", {"objectType": "Group", **MAIL, **PUPIL}, "$.actor"),
    ("actor", {"objectType": "Group", "member": [GROUP]}, "$.actor.member[0].objectType"),
    ("actor", {"objectType": "Group", "member": [PUPIL, {"name": "x"}]}, "$.actor.member[1]"),
    ("authority", {"name": "nobody"}, "$.authority"),
    ("authority", {"objectType": "Group", "member": [MAIL]}, "$.authority.member"),
    # objects
    ("object.objectType", "activity", "$.object.objectType"),
    ("object.objectType", "Statement", "$.object.objectType"),
    ("object.objectType", 4, "$.object.objectType"),
    ("object.objectType", ["Agent"], "$.object.objectType"),
    ("object", PUPIL, "$.object.account"),
    ("object", {"objectType": "Agent", "name": "x"}, "$.object"),
    ("object", {"objectType": "Group", "member": [{}]}, "$.object.member[0]"),
    ("object", {"objectType": "StatementRef"}, "$.object.id"),
    ("object", {"objectType": "StatementRef", "id": "first"}, "$.object.id"),
    ("object", {"objectType": "StatementRef", "id": ID, "definition": {}}, "$.object.definition"),
    ("object", sub(id=ID), "$.object.id"),
    ("object", sub(version="1.0.0"), "$.object.version"),
    ("object", sub(stored="2026-11-20T10:15:30Z"), "$.object.stored"),
    ("object", sub(authority=MAIL), "$.object.authority"),
    ("object", sub(object=sub()), "$.object.object.objectType"),
    ("object", sub(verb={"id": "did"}), "$.object.verb.id"),
    ("object", sub(object={"id": "x"}), "$.object.object.id"),
    ("object", sub(timestamp="2026-11-31T00:00:00Z"), "$.object.timestamp"),
    ("object", sub(object=MAIL | {"objectType": "Agent"}, context={"platform": "p"}),
     "$.object.context.platform"),
    # voiding
    ("verb.id", VOIDED, "$.object.objectType"),
    # interactions
    ("object.definition.interactionType", "Numeric", "$.object.definition.interactionType"),
    ("object.definition.interactionType", REMOVE, "$.object.definition.interactionType"),
    ("object.definition.choices", [{"id": "a"}, {"id": "a"}], "$.object.definition.choices"),
    ("object.definition.steps", [{"description": {"ja": "一"}}], "$.object.definition.steps[0].id"),
    ("object.definition.scale", [{"id": "a", "x": 1}], "$.object.definition.scale[0].x"),
    ("object.definition.correctResponsesPattern", "12",
     "$.object.definition.correctResponsesPattern"),
    # scores
    ("result.score.scaled", 1.01, "$.result.score.scaled"),
    ("result.score.scaled", -1.01, "$.result.score.scaled"),
    ("result.score.raw", 6, "$.result.score.raw"),
    ("result.score.raw", -1, "$.result.score.raw"),
    ("result.score.min", 9, "$.result.score.min"),
    # contexts
    ("context.team", PUPIL, "$.context.team.objectType"),
    ("context.instructor", {"name": "x"}, "$.context.instructor"),
    ("context.statement", {"id": ID}, "$.context.statement.objectType"),
    ("context.statement", sub(), "$.context.statement.objectType"),
    ("context.contextActivities.parent", "quiz", "$.context.contextActivities.parent"),
    ("context.contextActivities.other", [QUIZ, {"id": "x"}],
     "$.context.contextActivities.other[1].id"),
    ("context.contextActivities.category", {"objectType": "Agent", **MAIL},
     "$.context.contextActivities.category.objectType"),
    # attachments
    ("attachments", [{**ATTACHMENT, "sha2": "abc"}], "$.attachments[0].sha2"),
    ("attachments", [{**ATTACHMENT, "length": "12"}], "$.attachments[0].length"),
    ("attachments", [{**ATTACHMENT, "length": -1}], "$.attachments[0].length"),
    ("attachments", [{**ATTACHMENT, "contentType": "png"}], "$.attachments[0].contentType"),
    ("attachments", [{**ATTACHMENT, "usageType": "drawing"}], "$.attachments[0].usageType"),
    ("attachments", [{**ATTACHMENT, "fileUrl": "1.png"}], "$.attachments[0].fileUrl"),
    ("attachments", [ATTACHMENT, {"display": {}}], "$.attachments[1].usageType"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "wrong"), BAD)
def test_a_statement_that_breaks_a_rule_is_refused_with_the_path_of_the_wrong_property(
    path, value, wrong
):
    bad = changed(path, value)
    with pytest.raises(StatementError) as refused:
        decode(bad)
    assert refused.value.path == wrong

    with pytest.raises(StatementError) as refused:
        decode([statement(), statement(id=OTHER_ID), {**bad, "id": bad.get("id", ID)}])
    assert refused.value.path == wrong.replace("$", "$[2]", 1)


def test_the_rule_is_named_in_words_and_not_as_a_regular_expression():
    with pytest.raises(StatementError, match=r"Expected an absolute IRI - at \$\.verb\.id"):
        decode(changed("verb.id", "answered"))
    with pytest.raises(StatementError, match="an RFC 5646 language tag"):
        decode(changed("verb.display", {"not a tag": "x"}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(path=st.sampled_from([path for path, _, _ in BAD]), value=JSON)
def test_whatever_stands_in_a_property_the_answer_is_a_statement_or_a_clear_refusal(path, value):
    try:
        bad = changed(path, value)
    except (AttributeError, TypeError):
        return
    found, refused = None, None
    try:
        [found] = decode(bad)
    except StatementError as error:
        refused = error
    if refused is None:
        assert json.loads(found.raw) == bad
    else:
        assert refused.path.startswith("$") and refused.message
