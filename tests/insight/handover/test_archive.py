"""Files that are no sound export are refused, whatever was done to them."""

import base64
import io
import json
import stat
import zipfile
from datetime import UTC, datetime
from hashlib import sha256

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.insight.handover import archive, signing
from aarportal.insight.handover.archive import PackageError, PackageWriter, opened
from aarportal.insight.handover.formats import (
    ALL_FILES,
    DATA,
    INDEX,
    MANIFEST,
    SIGNATURE,
    STATEMENTS,
    Contents,
    Issuer,
    Name,
    Place,
)
from aarportal.insight.handover.signing import InstallationKey

MADE_AT = datetime(2026, 3, 24, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return InstallationKey(tmp_path_factory.mktemp("key") / "handover" / "installation.key")


def written(key, contents=None) -> bytes:
    file = io.BytesIO()
    writer = PackageWriter(file)
    writer.add(INDEX, [b"<!doctype html>", b"<title>x</title>"])
    student = Name(family_name="髙﨑", given_name="葵")
    writer.add(DATA, [msgspec.json.encode(contents or Contents(student=student))])
    writer.add(STATEMENTS, archive.pieces_of([b'{"id": "x"}']))
    place = Place("1", "ひなた")
    public = key.public
    issuer = Issuer("https://x", "x", place, place, public, signing.fingerprint(public))
    writer.sign(key, issuer, MADE_AT, "an-identifier")
    return file.getvalue()


def files_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        return {name: found.read(name) for name in found.namelist()}


def zipped(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return file.getvalue()


def rule_of(data: bytes) -> str:
    with pytest.raises(PackageError) as refused, opened(io.BytesIO(data)):
        pass
    return refused.value.rule


def test_what_was_written_is_read(key):
    with opened(io.BytesIO(written(key))) as package:
        assert package.contents.student.family_name == "髙﨑"
        assert package.manifest.made_at == MADE_AT
        assert [bytes(raw) for raw in package.statements()] == [b'{"id": "x"}']
    assert set(files_of(written(key))) == set(ALL_FILES)


def test_the_key_is_its_owners_alone_and_stays(key):
    public = key.public
    assert stat.S_IMODE(key._path.stat().st_mode) == 0o600
    assert InstallationKey(key._path).public == public
    assert len(base64.b64decode(public)) == 32
    assert signing.fingerprint(public) == sha256(base64.b64decode(public)).hexdigest()[:32]
    assert signing.spoken("0123456789abcdef") == "0123 4567 89ab cdef"


@given(st.data())
def test_a_changed_byte_is_noticed(key, data):
    files = files_of(written(key))
    name = data.draw(st.sampled_from(sorted(files)))
    at = data.draw(st.integers(0, len(files[name]) - 1))
    other = data.draw(st.integers(1, 255))
    changed = bytearray(files[name])
    changed[at] ^= other
    rule_of(zipped({**files, name: bytes(changed)}))


def test_somebody_elses_signature_does_not_fit(key, tmp_path):
    files = files_of(written(key))
    other = InstallationKey(tmp_path / "other.key")
    assert rule_of(zipped({**files, SIGNATURE: other.sign(files[MANIFEST])})) == "not_signed"


def test_a_key_under_another_keys_fingerprint_is_noticed(key, tmp_path):
    files = files_of(written(key))
    manifest = json.loads(files[MANIFEST])
    other = InstallationKey(tmp_path / "other.key")
    manifest["issuer"]["public_key"] = other.public
    forged = json.dumps(manifest).encode()
    forged_files = {**files, MANIFEST: forged, SIGNATURE: other.sign(forged)}
    assert rule_of(zipped(forged_files)) == "not_signed"


def resigned(key, parts: dict[str, bytes], **changes) -> bytes:
    manifest = json.loads(parts[MANIFEST]) | changes
    raw = json.dumps(manifest).encode()
    return zipped({**parts, MANIFEST: raw, SIGNATURE: key.sign(raw)})


def test_what_is_signed_may_still_be_nothing_to_read(key):
    files = files_of(written(key))
    assert rule_of(resigned(key, files, version=2)) == "too_new"
    assert rule_of(resigned(key, files, format="other")) == "not_an_export"
    assert rule_of(resigned(key, files, files=[])) == "changed"
    bad = b'{"student": 3}'
    entries = json.loads(files[MANIFEST])["files"]
    for entry in entries:
        if entry["name"] == DATA:
            entry["sha256"] = sha256(bad).hexdigest()
    assert rule_of(resigned(key, {**files, DATA: bad}, files=entries)) == "not_readable"


def test_zips_that_are_none_or_mean_harm(key):
    files = files_of(written(key))
    assert rule_of(b"") == "not_a_zip"
    assert rule_of(b"PK\x03\x04 and nothing") == "not_a_zip"
    assert rule_of(zipped({"users.csv": b"x"})) == "not_an_export"
    assert rule_of(zipped({**files, "../../etc/passwd": b"x"})) in {"damaged", "not_an_export"}
    assert rule_of(zipped({**files, "more.html": b"x"})) == "not_an_export"
    assert rule_of(zipped({name: files[name] for name in (DATA, MANIFEST)})) == "not_an_export"
    assert rule_of(zipped({**files, INDEX: bytes(64 << 20)})) == "too_large"
    assert rule_of(written(key)[:-40]) == "not_a_zip"
