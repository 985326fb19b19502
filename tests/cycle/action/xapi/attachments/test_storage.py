"""Data of attachments lies by its hash, in a folder or in S3: kept once, read as it was."""

import hashlib
import logging
import os
import sys
import threading
import urllib.request
from pathlib import Path
from uuid import uuid4

import obstore
import pytest
from moto.server import ThreadedMotoServer
from obstore.store import S3Store as Bucket

from aarportal.cycle.action.xapi.attachments.storage import DamagedError, FolderStore, open_store

DISTRICT, OTHER_DISTRICT = uuid4(), uuid4()
DATA = b"\x89PNG\r\n\x1a\n\x00\xff"
SHA2 = hashlib.sha256(DATA).hexdigest()
NO_HASHES = [
    "",
    "x",
    SHA2[1:],
    SHA2.upper(),
    "../" * 20 + SHA2,
    f"{SHA2}\0",
    "/etc/passwd",
    "g" * 64,
]


@pytest.fixture(scope="module")
def s3_url():
    """A server that speaks S3, on this machine, with one bucket."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    bucket = urllib.request.Request(f"http://{host}:{port}/school", method="PUT")
    with urllib.request.urlopen(bucket):
        pass
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def files(request, tmp_path, monkeypatch):
    if request.param == "folder":
        return open_store("", tmp_path)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    url = request.getfixturevalue("s3_url")
    return open_store(f"s3://school/{uuid4()}?endpoint={url}", tmp_path)


@pytest.mark.parametrize("data", [DATA, b"", b"x" * 3_000_000])
@pytest.mark.parametrize("kind", ["sha224", "sha256", "sha384", "sha512"])
def test_data_is_read_as_it_was_kept(files, data, kind):
    sha2 = hashlib.new(kind, data).hexdigest()
    files.put(DISTRICT, sha2, data)
    assert files.get(DISTRICT, sha2) == data


def test_data_that_was_never_kept_is_not_there(files):
    assert files.get(DISTRICT, SHA2) is None


def test_data_that_is_forgotten_is_gone(files):
    district, data = uuid4(), b"a drawing"
    sha2 = hashlib.sha256(data).hexdigest()
    files.put(district, sha2, data)
    files.forget(district, sha2)
    files.forget(district, sha2)
    assert files.get(district, sha2) is None


def test_keeping_again_changes_nothing(files):
    for _ in range(3):
        files.put(DISTRICT, SHA2, DATA)
    assert files.get(DISTRICT, SHA2) == DATA


def test_what_one_district_keeps_no_other_has(files):
    files.put(DISTRICT, SHA2, DATA)
    assert files.get(OTHER_DISTRICT, SHA2) is None


def test_data_under_another_hash_is_not_kept(files):
    with pytest.raises(DamagedError):
        files.put(DISTRICT, SHA2, DATA + b"!")
    assert files.get(DISTRICT, SHA2) is None


@pytest.mark.parametrize("name", NO_HASHES)
def test_no_name_from_outside_becomes_a_path(files, name):
    with pytest.raises(DamagedError):
        files.put(DISTRICT, name, DATA)
    with pytest.raises(DamagedError):
        files.get(DISTRICT, name)


def test_many_may_bring_the_same_at_once(files):
    start = threading.Barrier(8)
    failed = []

    def bring():
        start.wait()
        try:
            files.put(DISTRICT, SHA2, DATA)
        except Exception as error:  # noqa: BLE001 # whatever happened is shown below
            failed.append(error)

    threads = [threading.Thread(target=bring) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert files.get(DISTRICT, SHA2) == DATA


# --- the folder ---------------------------------------------------------------------------------


def kept_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_folder_holds_one_file_of_each(tmp_path):
    files = FolderStore(tmp_path / "a")
    for _ in range(2):
        files.put(DISTRICT, SHA2, DATA)
    assert kept_in(tmp_path) == [tmp_path / "a" / str(DISTRICT) / SHA2[:2] / SHA2]


def test_what_lies_there_is_never_written_again(tmp_path):
    files = FolderStore(tmp_path)
    files.put(DISTRICT, SHA2, DATA)
    [path] = kept_in(tmp_path)
    path.write_bytes(b"changed")
    files.put(DISTRICT, SHA2, DATA)
    assert path.read_bytes() == b"changed"
    with pytest.raises(DamagedError):
        files.get(DISTRICT, SHA2)


def test_a_disk_that_gives_up_leaves_nothing_half(tmp_path, monkeypatch):
    files = FolderStore(tmp_path)

    def broken(_handle):
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="no space"):
        files.put(DISTRICT, SHA2, DATA)
    assert kept_in(tmp_path) == []


def test_a_file_system_without_links_will_do(tmp_path, monkeypatch):
    def unsupported(*_):
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", unsupported)
    files = FolderStore(tmp_path)
    files.put(DISTRICT, SHA2, DATA)
    assert files.get(DISTRICT, SHA2) == DATA
    assert len(kept_in(tmp_path)) == 1


# --- the bucket ---------------------------------------------------------------------------------


def test_an_object_that_was_changed_is_not_given_out(s3_url, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    files = open_store(
        f"s3://school/changed/below?endpoint={s3_url}&region=ap-northeast-1", tmp_path
    )
    files.put(DISTRICT, SHA2, DATA)
    name = f"changed/below/{DISTRICT}/{SHA2[:2]}/{SHA2}"
    bucket = Bucket("school", endpoint=s3_url, client_options={"allow_http": True})
    assert obstore.get(bucket, name).bytes() == DATA
    obstore.put(bucket, name, b"x")
    files.put(DISTRICT, SHA2, DATA)
    with pytest.raises(DamagedError):
        files.get(DISTRICT, SHA2)


# --- the setting --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "where",
    [
        "/var/attachments",
        "http://school",
        "s3://",
        "s3:///prefix",
        "s3://b?endpoint",
        "s3://b?colour=x",
    ],
)
def test_a_setting_that_names_no_store_is_refused(where, tmp_path):
    with pytest.raises(ValueError, match=r"s3|query"):
        open_store(where, tmp_path)


def test_the_usual_store_is_a_folder_of_the_data(tmp_path):
    open_store("", tmp_path).put(DISTRICT, SHA2, DATA)
    assert (tmp_path / "attachments" / str(DISTRICT) / SHA2[:2] / SHA2).read_bytes() == DATA


def test_without_the_extra_it_is_said_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "obstore", None)
    monkeypatch.delitem(sys.modules, "aarportal.cycle.action.xapi.attachments.s3", raising=False)
    with pytest.raises(ValueError, match=r"aarportal\[s3\]"):
        open_store("s3://school", tmp_path)
