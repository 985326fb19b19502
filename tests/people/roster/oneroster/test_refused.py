"""Own columns that hold more of a person than a learning portal may keep are known by name."""

import io
import zipfile

import pytest

from aarportal.people.roster.oneroster.bundle import Bundle, Refused
from aarportal.people.roster.oneroster.dialects import JP_K12
from aarportal.people.roster.oneroster.writer import write_bundle
from tests.people.roster.oneroster.bundles import make_bundle
from tests.people.roster.oneroster.damages import U, read

PERSONAL = [
    "metadata.homeaddress", "metadata.phonenumber", "metadata.emergencyPhone2",
    "metadata.jp.legalFamilyName", "metadata.jp.seishikiShimei", "metadata.正式氏名",
    "metadata.戸籍氏名", "metadata.guardianname", "metadata.BIRTHDATE", "metadata.birthdayJp",
    "metadata.parentname", "metadata.続柄", "metadata.自宅電話番号", "metadata.tel",
    "metadata.zip1", "metadata.HOGOSHA_MEI",
]  # fmt: skip
ORDINARY = ["metadata.shoeSize", "metadata.hotel", "metadata.zipper", "metadata.委員会"]


def bundle_with(*names: str) -> Bundle:
    """Everybody has a cell in each of these columns."""
    return read(
        make_bundle(
            JP_K12, users=lambda rows: [row.update(dict.fromkeys(names, "x")) for row in rows]
        )
    )


@pytest.mark.parametrize("name", PERSONAL)
def test_a_personal_column_is_counted_and_left(name):
    bundle = bundle_with(name)
    assert Refused(U, name, 3) in bundle.refused
    assert all(user.extra == {} for user in bundle.users)


def test_other_columns_of_a_system_are_kept():
    bundle = bundle_with(*ORDINARY)
    assert bundle.users[0].extra == dict.fromkeys(ORDINARY, "x")


def test_what_was_kept_before_a_word_was_refused_does_not_go_out():
    bundle, file = bundle_with(*ORDINARY), io.BytesIO()
    kept = {"users.csv": [*PERSONAL, *ORDINARY]}
    write_bundle(file, JP_K12, {"users.csv": bundle.users}, own_columns=kept)
    header = read_header(file)
    assert set(ORDINARY) <= header
    assert header.isdisjoint(PERSONAL)


def read_header(file: io.BytesIO) -> set[str]:
    with zipfile.ZipFile(file) as archive:
        line = archive.read("users.csv").decode().partition("\r\n")[0]
    return {cell.strip('"') for cell in line.split(",")}
