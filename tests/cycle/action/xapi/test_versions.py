"""Which versions are spoken, and what the answer says about it."""

import pytest

from aarportal.cycle.action.xapi.versions import Version, VersionError, asked_for, reply_version

#: Header of the request -> whose rules hold.
SPOKEN = {
    "1.0": Version.V1_0,
    "1.0.0": Version.V1_0,
    "1.0.3": Version.V1_0,
    "1.0.12": Version.V1_0,
    "2.0": Version.V2_0,
    "2.0.0": Version.V2_0,
    "2.0.7": Version.V2_0,
}
UNKNOWN = [
    None, "", "1", "2", "0.8", "0.9", "0.95", "1.1", "1.1.0", "2.1.0", "3.0.0", "1.0.", "1.0.x",
    "1.0.3.1", "v1.0.3", " 1.0.3", "1.0.3\n", "1.0.3, 1.0.2", "1.0.-1", "1.0.٣",
]  # fmt: skip


@pytest.mark.parametrize(("header", "version"), SPOKEN.items())
def test_a_version_is_answered_in_the_latest_of_its_family(header, version):
    assert asked_for(header) is version
    assert reply_version(header) == version.value
    assert reply_version(header, unversioned=Version.V1_0) == version.value


@pytest.mark.parametrize("header", UNKNOWN)
def test_another_version_is_refused_in_the_name_that_a_setting_gives(header):
    with pytest.raises(VersionError, match="X-Experience-API-Version"):
        asked_for(header)
    assert reply_version(header) == "2.0.0"
    assert reply_version(header, unversioned=Version.V1_0) == "1.0.3"
