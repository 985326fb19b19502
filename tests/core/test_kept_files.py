"""A folder of kept files holds strange and dead things too; neither stops the server."""

import os
import time
from pathlib import Path
from uuid import uuid4

import pytest

from aarportal.core.kept_files import KeptFiles

HOUR = 60 * 60


@pytest.fixture
def files(tmp_path) -> KeptFiles:
    return KeptFiles(tmp_path)


def test_what_bears_no_id_is_none_of_ours(files, tmp_path):
    (tmp_path / "lost-and-found").write_bytes(b"x")
    (tmp_path / "old-roster.zip").write_bytes(b"x")
    key = uuid4()
    files.put(key, b"x")
    assert [each for each, _ in files.kept()] == [key]


def test_what_another_process_deletes_meanwhile_is_not_there(files, tmp_path, monkeypatch):
    gone, key = uuid4(), uuid4()
    files.put(key, b"x")
    there = Path.glob
    monkeypatch.setattr(
        Path, "glob", lambda path, pattern: [path / str(gone), *there(path, pattern)]
    )
    assert [each for each, _ in files.kept()] == [key]


def test_what_was_arriving_when_a_server_died_does_not_stay(files, tmp_path):
    dead, slow = tmp_path / ".arriving-dead", tmp_path / ".arriving-slow"
    dead.write_bytes(b"x")
    then = time.time() - 2 * HOUR
    os.utime(dead, (then, then))
    slow.write_bytes(b"x")
    files.put(uuid4(), b"x")
    assert (dead.exists(), slow.exists()) == (False, True)


def test_a_file_whose_writing_fails_leaves_nothing(files, tmp_path):
    with pytest.raises(TypeError), files.writing(uuid4()) as file:
        file.writelines([b"half of it", None])
    assert list(tmp_path.iterdir()) == []
