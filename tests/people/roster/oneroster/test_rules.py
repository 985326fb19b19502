"""Every rule has its sentence, and a test that breaks it."""

import pytest

from aarportal.people.roster.oneroster.problems import RULES, WARNINGS
from tests.people.roster.oneroster.test_damages import DAMAGES, REMARKS, SHORT
from tests.people.roster.oneroster.test_delta import STATES
from tests.people.roster.oneroster.test_left_files import DAMAGES as LEFT_DAMAGES
from tests.people.roster.oneroster.test_packages import MANIFESTS, TEXTS, ZIPS


def test_every_rule_is_met_by_a_test_and_has_its_sentence():
    met = {SHORT.get(e[3], e[3]) for _, _, e in DAMAGES} | {e[3] for _, _, e in REMARKS}
    met |= {e[3] for _, all_of in TEXTS for e in all_of} | {e[3] for _, e, _ in MANIFESTS}
    met |= {e[1] for _, e in ZIPS}
    met |= {"zip_bomb", "zip_too_large", "zip_too_many_files", "line_too_long"}
    met |= {"manifest_property_twice", "file_required", "file_needed"}
    met |= {"school_differs", "jp_district_parent", "gone_reference", "home_class_unknown"}
    met |= {rule for _, _, rule in STATES} | {rule for _, _, _, rule in LEFT_DAMAGES}
    assert met == RULES.keys()
    assert {e[3] for _, _, e in REMARKS} | {"home_class_unknown"} == WARNINGS


@pytest.mark.parametrize("rule", RULES)
def test_a_sentence_takes_only_the_detail_and_holds_no_mark_of_the_notation(rule):
    sentence = RULES[rule] % {"detail": ""}
    assert not set(sentence) & set("_{}|")
