"""正式氏名: people are carried by the names they are called by, and by no other."""

import pytest

from aarportal.people.roster.oneroster.bundle import Bundle, Refused
from aarportal.people.roster.oneroster.dialects import JP_1_2, JP_K12
from tests.people.roster.oneroster.bundles import make_bundle
from tests.people.roster.oneroster.damages import U, read

LEGAL = {"familyName": "髙﨑", "givenName": "葵", "middleName": "マリア"}
CALLED = {"preferredFamilyName": "高崎", "preferredGivenName": "あおい"}
SAME = {"preferredFamilyName": "髙﨑", "preferredGivenName": "葵"}
KANA = {"metadata.jp.kanaFamilyName": "タカサキ", "metadata.jp.kanaGivenName": "アオイ"}
CALLED_KANA = {
    "metadata.jp.kanaPreferredFamilyName": "タカ",
    "metadata.jp.kanaPreferredGivenName": "アオ",
}

# Cells of a person -> family, given, middle name in the row, and the columns that are refused.
NAMES = [
    (LEGAL | CALLED, ("高崎", "あおい", ""), {"familyName", "givenName", "middleName"}),
    (
        LEGAL | CALLED | {"preferredMiddleName": "マ"},
        ("高崎", "あおい", "マ"),
        {"familyName", "givenName", "middleName"},
    ),
    (LEGAL | SAME, ("髙﨑", "葵", "マリア"), set()),
    (LEGAL | SAME | {"preferredMiddleName": "マ"}, ("髙﨑", "葵", "マ"), {"middleName"}),
    (
        LEGAL | SAME | {"preferredGivenName": "あおい"},
        ("髙﨑", "あおい", ""),
        {"givenName", "middleName"},
    ),
    (LEGAL | CALLED | {"middleName": ""}, ("高崎", "あおい", ""), {"familyName", "givenName"}),
    # A variant of the same character is another name: 髙 is not 高.
    (LEGAL | SAME | {"preferredFamilyName": "高﨑", "middleName": ""}, ("高﨑", "葵", ""),
     {"familyName"}),
]  # fmt: skip


def people(cells, dialect=JP_K12) -> Bundle:
    result = read(make_bundle(dialect, users=lambda users: users[0].update(cells)))
    assert isinstance(result, Bundle), result.problems
    return result


@pytest.mark.parametrize(("cells", "called", "refused"), NAMES)
def test_a_person_is_carried_by_the_name_people_say(cells, called, refused):
    bundle = people(cells)
    aoi = bundle.users[0]
    assert (aoi.family_name, aoi.given_name, aoi.middle_name) == called
    shown = (
        aoi.preferred_family_name or aoi.family_name,
        aoi.preferred_given_name or aoi.given_name,
        aoi.preferred_middle_name or aoi.middle_name,
    )
    assert shown == called
    names = {"familyName", "givenName", "middleName"}
    found = {r for r in bundle.refused if r.column in names}
    assert found == {Refused(U, column, 1) for column in refused}
    for column in refused:
        assert cells[column] not in repr(tuple(bundle.users))


def test_the_reading_of_a_legal_name_is_left_with_it():
    bundle = people(LEGAL | CALLED | KANA | CALLED_KANA)
    aoi = bundle.users[0]
    assert (aoi.kana_family_name, aoi.kana_given_name) == ("タカ", "アオ")
    assert Refused(U, "metadata.jp.kanaFamilyName", 1) in bundle.refused


def test_a_reading_stays_where_the_profile_has_no_other():
    aoi = people(LEGAL | CALLED | KANA, JP_1_2).users[0]
    assert (aoi.kana_family_name, aoi.kana_given_name) == ("タカサキ", "アオイ")
