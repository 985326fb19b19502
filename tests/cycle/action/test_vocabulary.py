"""Words from many registries become one word of ours; words of nobody stay unknown."""

import pytest

from aarportal.cycle.action import vocabulary
from aarportal.cycle.units.subjects import SUBJECTS

VERBS = [
    ("http://adlnet.gov/expapi/verbs/answered", "answered"),
    ("http://adlnet.gov/expapi/verbs/launched", "launched"),
    ("https://w3id.org/xapi/adl/verbs/launched", "launched"),
    ("http://id.tincanapi.com/verb/viewed", "viewed"),
    ("https://w3id.org/xapi/adb/verbs/viewed", "viewed"),
    ("https://w3id.org/xapi/adl/verbs/viewed", "viewed"),
    ("https://w3id.org/xapi/adl/verbs/created", "created"),
    ("http://activitystrea.ms/schema/1.0/open", "opened"),
    ("http://activitystrea.ms/schema/1.0/read", "read"),
    ("https://w3id.org/xapi/video/verbs/played", "played"),
    ("http://adlnet.gov/expapi/verbs/passed", "passed"),
    ("http://adlnet.gov/expapi/verbs/failed", "failed"),
    ("http://adlnet.gov/expapi/verbs/progressed", "progressed"),
    ("http://adlnet.gov/expapi/verbs/experienced", "experienced"),
    ("http://adlnet.gov/expapi/verbs/interacted", "interacted"),
    ("https://brindlewaye.com/xAPITerms/verbs/loggedin/", "logged_in"),
    ("http://adlnet.gov/expapi/verbs/commented#assist", "commented"),
    ("https://maker.example/xapi/verbextension/reflected", "reflected"),
    ("https://w3id.org/xapi/adl/verbs/abandoned", "abandoned"),
    ("https://w3id.org/xapi/adl/verbs/waived", "waived"),
    ("https://w3id.org/xapi/adl/verbs/satisfied", "satisfied"),
    ("http://adlnet.gov/expapi/verbs/terminated", "terminated"),
    ("https://w3id.org/xapi/video/verbs/seeked", "seeked"),
    ("https://w3id.org/xapi/acrossx/verbs/evaluated", "evaluated"),
    ("https://w3id.org/xapi/acrossx/verbs/watched", "watched"),
    ("https://w3id.org/xapi/acrossx/verbs/liked", "voted_up"),
    ("https://w3id.org/xapi/acrossx/verbs/was-assigned", "assigned"),
    ("https://w3id.org/xapi/dod-isd/verbs/navigated", "navigated"),
    ("https://w3id.org/xapi/scrapbook/verbs/created", "created"),
    ("http://activitystrea.ms/create", "created"),
    ("http://activitystrea.ms/schema/1.0/start", "attempted"),
    ("http://activitystrea.ms/schema/1.0/submit", "submitted"),
    ("http://activitystrea.ms/schema/1.0/receive", "received"),
    ("http://activitystrea.ms/schema/1.0/schedule", "planned"),
    ("http://curatr3.com/define/verb/edited", "edited"),
    ("http://id.tincanapi.com/verb/defined", "goal_set"),
    ("http://id.tincanapi.com/verb/voted-up", "voted_up"),
    ("http://id.tincanapi.com/verb/unregistered", "unregistered"),
    ("https://brindlewaye.com/xAPITerms/verbs/loggedout", "logged_out"),
    ("http://adlnet.gov/expapi/verbs/Answered", None),
    ("https://maker.example/verbs/answered", None),
    ("", None),
]


@pytest.mark.parametrize(("iri", "key"), VERBS)
def test_a_verb_is_known_under_all_its_names(iri, key):
    assert vocabulary.verb_key(iri) == key


def test_no_name_stands_for_two_things():
    for table in (vocabulary._VERBS, vocabulary._KINDS):
        names = [name for names in table.values() for name in names]
        assert len(names) == len(set(names))


def test_the_verbs_that_carry_no_learning_are_verbs_we_know():
    known = {*vocabulary.VERB_KEYS.values(), *vocabulary._VERB_ENDINGS.values()}
    assert known >= vocabulary.NOT_LEARNING
    assert set(vocabulary.ACTIVITY_KINDS.values()) >= vocabulary.NOT_ACTED_ON
    assert vocabulary.UNKNOWN_VERB not in known


KINDS = [
    ("http://adlnet.gov/expapi/activities/assessment", "assessment"),
    ("http://adlnet.gov/expapi/activities/cmi.interaction", "question"),
    ("http://activitystrea.ms/schema/1.0/book", "book"),
    ("http://id.tincanapi.com/activitytype/goal", "goal"),
    ("http://adlnet.gov/expapi/activities/school-assessment", "assignment"),
    ("http://id.tincanapi.com/activitytype/school-assignment", "assignment"),
    ("https://w3id.org/xapi/cmi5/activitytype/block", "block"),
    ("http://id.tincanapi.com/activitytype/lms/course", "course"),
    ("https://w3id.org/japan-xapi/activity-types/group-lst/tool", "tool"),
    ("https://w3id.org/xapi/acrossx/activities/video", "video"),
    ("https://maker.example/activity", None),
]


@pytest.mark.parametrize(("iri", "kind"), KINDS)
def test_an_activity_type_has_a_kind(iri, kind):
    assert vocabulary.activity_kind(iri) == kind


SUBJECT_TEXTS = [
    ("算数", "sansu"),
    ("算数科", "sansu"),
    ("小学校算数", "sansu"),
    (" 国 語 ", "kokugo"),
    ("国語科", "kokugo"),
    ("理科", "rika"),
    ("家庭科", "kateika"),
    ("図画工作", "zuko"),
    ("図工", "zuko"),
    ("技術・家庭", "gijutsukatei"),
    ("技術･家庭", "gijutsukatei"),
    ("中学校 保健体育", "hokentaiiku"),
    ("特別の教科 道徳", "dotoku"),
    ("総合的な学習の時間", "sogo"),
    ("外国語活動", "gaikokugo"),
    ("英語", "eigo"),
    ("P010", "kokugo"),
    ("P030", "sansu"),
    ("P100", "gaikokugo"),
    ("Ｐ０３０", "sansu"),
    ("J030", "sugaku"),
    ("J080", "gijutsukatei"),
    ("sansu", "sansu"),
    ("P110", None),
    ("J100", None),
    ("P015", None),
    ("科", None),
    ("哲学", None),
    ("算数" * 60, None),
    ("", None),
]


@pytest.mark.parametrize(("text", "key"), SUBJECT_TEXTS)
def test_a_subject_is_known_by_name_and_by_code(text, key):
    assert vocabulary.subject_key(text) == key


def test_every_subject_is_one_that_pages_can_name():
    assert set(vocabulary.SUBJECT_KEYS.values()) <= set(SUBJECTS)
    assert set(SUBJECTS) <= set(vocabulary.SUBJECT_KEYS)
