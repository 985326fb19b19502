"""Files that are no sound export are refused, whatever was done to them."""

import base64
import io
import json
import random
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
from aarportal.insight.handover.formats import Contents, Name
from aarportal.insight.handover.manifests import (
    ALL_FILES,
    DATA,
    INDEX,
    MANIFEST,
    SIGNATURE,
    STATEMENTS,
    Issuer,
    Place,
)
from aarportal.insight.handover.signing import InstallationKey

MADE_AT = datetime(2026, 3, 24, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return InstallationKey(tmp_path_factory.mktemp("key") / "handover" / "installation.key")


def written(key, contents=None, statements=(b'{"id": "x"}',), attachments=()) -> bytes:
    file = io.BytesIO()
    writer = PackageWriter(file)
    for name, data in attachments:
        assert writer.attach(name, data)
    writer.add(INDEX, [b"<!doctype html>", b"<title>x</title>"])
    student = Name(family_name="髙﨑", given_name="葵")
    writer.add(DATA, [msgspec.json.encode(contents or Contents(student=student))])
    writer.add(STATEMENTS, archive.pieces_of(statements))
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
    assert rule_of(resigned(key, files, version=3)) == "too_new"
    assert rule_of(resigned(key, files, format="other")) == "not_an_export"
    assert rule_of(resigned(key, files, files=[])) == "changed"
    bad = b'{"student": 3}'
    entries = json.loads(files[MANIFEST])["files"]
    for entry in entries:
        if entry["name"] == DATA:
            entry |= {"sha256": sha256(bad).hexdigest(), "bytes": len(bad)}
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


PHOTO = b"a photo"
NAMED = f"attachments/{sha256(PHOTO).hexdigest()}.png"


def telling(*files: bytes) -> bytes:
    headers = [{"sha2": sha256(data).hexdigest().upper()} for data in files]
    return json.dumps({"id": "x", "attachments": headers}).encode()


def with_photo(key, statements=None) -> bytes:
    return written(key, None, statements or [telling(PHOTO)], [(NAMED, PHOTO)])


def test_attachments_are_read_by_their_hash(key):
    with opened(io.BytesIO(with_photo(key))) as package:
        assert package.attachments == {sha256(PHOTO).hexdigest(): NAMED}
        assert package.attachment(sha256(PHOTO).hexdigest()) == PHOTO


def listing(key, files, **changed) -> bytes:
    """Signed anew, with what the manifest then says of its files."""
    entries = [
        {"name": name, "sha256": sha256(data).hexdigest(), "bytes": len(data)}
        for name, data in files.items()
        if name not in {MANIFEST, SIGNATURE}
    ]
    return resigned(key, files, files=entries, **changed)


def test_junk_among_the_attachments_is_refused(key):
    files = files_of(with_photo(key))
    other = f"attachments/{sha256(b'other').hexdigest()}.png"
    # In the zip and not in the manifest, and the other way round.
    assert rule_of(zipped({**files, other: b"other"})) == "changed"
    assert rule_of(zipped({name: files[name] for name in files if name != NAMED})) == "changed"
    # Listed, and no statement names it; or a statement names it and it is not there.
    assert rule_of(listing(key, {**files, other: b"other"})) == "not_readable"
    assert rule_of(listing(key, {n: files[n] for n in files if n != NAMED})) == "not_readable"
    # Under a hash that it does not have, though the manifest has the right one.
    assert rule_of(listing(key, {**files, NAMED: b"other"})) == "changed"
    for name in ("attachments/readme.txt", "attachments/../x.png", "attachments/", "other/x.png"):
        assert rule_of(listing(key, {**files, name: b"x"})) in {"not_an_export", "damaged"}, name
    upper = NAMED.upper().replace("ATTACHMENTS", "attachments")
    assert rule_of(zipped({**files, upper: PHOTO})) in {"damaged", "not_an_export"}


def test_sizes_that_are_not_true_are_refused(key):
    files = files_of(with_photo(key))
    entries = json.loads(files[MANIFEST])["files"]
    for number in range(len(entries)):
        told = [dict(each) for each in entries]
        told[number]["bytes"] += 1
        assert rule_of(resigned(key, files, files=told)) == "changed"
    assert rule_of(resigned(key, files, files=[*entries, entries[0]])) == "changed"


def test_the_first_version_is_taken_in_and_has_no_attachments(key):
    # It left headers in sub-statements though the data stayed behind.
    plain = files_of(written(key, None, [telling(PHOTO)]))
    assert rule_of(listing(key, plain)) == "not_readable"
    with opened(io.BytesIO(listing(key, plain, version=1))) as package:
        assert not package.attachments and package.contents.student.given_name == "葵"
    assert rule_of(listing(key, files_of(with_photo(key)), version=1)) == "not_an_export"


@pytest.mark.parametrize("name", [INDEX, DATA, STATEMENTS])
def test_what_no_child_makes_is_refused_before_it_is_read(key, monkeypatch, name):
    data = with_photo(key)
    monkeypatch.setitem(archive.MOST_BYTES, name, len(files_of(data)[name]))
    with opened(io.BytesIO(data)):
        pass
    monkeypatch.setitem(archive.MOST_BYTES, name, len(files_of(data)[name]) - 1)

    class Unread:
        def decode(self, _):
            raise AssertionError("it was read")

    monkeypatch.setattr(archive, "_CONTENTS", Unread())
    assert rule_of(data) == "too_large"


def test_a_real_data_json_of_more_than_64_mb_is_refused(key):
    """Of letters that pack badly, so that nothing but its size speaks against it."""
    word = random.Random(5).randbytes(25 << 20).hex()
    student = Name(family_name=word, given_name=word[: 15 << 20])
    assert rule_of(written(key, Contents(student=student))) == "too_large"


@pytest.mark.parametrize(
    ("limit", "most"), [("ATTACHMENT_BYTES", 6), ("ATTACHMENTS_BYTES", 6), ("MOST_ATTACHMENTS", 0)]
)
def test_more_attachments_than_are_taken_are_refused_and_not_written(key, monkeypatch, limit, most):
    data = with_photo(key)
    monkeypatch.setattr(archive, limit, most)
    assert rule_of(data) == "too_large"
    assert not PackageWriter(io.BytesIO()).attach(NAMED, PHOTO)


def test_attached_zips_are_no_long_directory(key, monkeypatch):
    """The marks in them count like entries: what would be refused is not written."""
    inner = zipped({f"{number}.txt": b"" for number in range(50)})
    name = f"attachments/{sha256(inner).hexdigest()}.bin"
    with opened(io.BytesIO(written(key, None, [telling(inner)], [(name, inner)]))):
        pass
    monkeypatch.setattr(archive, "_MOST_MARKS", 49)
    assert not PackageWriter(io.BytesIO()).attach(name, inner)
