"""Files of tables lie where only the server reads them, and no longer than they are needed."""

import os
import time
from uuid import uuid4

import pytest

from aarportal.core.kept_files import KeptFiles
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.imports import importer, operations, store
from tests.cast import AOI, OKA, scope_of
from tests.cycle.action.imports.sheets import brought, line, started, table

DAY = 24 * 60 * 60


def test_a_file_is_there_until_it_is_forgotten(tmp_path):
    files, import_id = KeptFiles(tmp_path / "imports"), uuid4()
    assert files.get(import_id) is None
    assert list(files.kept()) == []
    files.put(import_id, b"\x00\xff")
    assert files.get(import_id) == b"\x00\xff"
    assert [each for each, _ in files.kept()] == [import_id]
    for _ in range(2):
        files.forget(import_id)
    assert files.get(import_id) is None


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX")
def test_nobody_else_on_the_machine_reads_it(tmp_path):
    files, import_id = KeptFiles(tmp_path / "imports"), uuid4()
    files.put(import_id, b"x")
    assert (tmp_path / "imports").stat().st_mode & 0o077 == 0
    assert (tmp_path / "imports" / str(import_id)).stat().st_mode & 0o077 == 0


def test_a_server_that_starts_deletes_what_nobody_needs(in_app):
    files, folder = importer.files(), in_app.config["SETTINGS"].data_dir / "imports"
    needed, dropped, left = (brought(table(line(AOI, title=title))) for title in "abc")
    with unit_of_work(scope_of(OKA)) as scope:
        operations.drop(scope, store.table_import(scope, dropped))
    just_brought = uuid4()
    files.put(just_brought, b"x")
    for import_id, age in ((needed, DAY), (dropped, DAY), (left, 8 * DAY)):
        then = time.time() - age
        os.utime(folder / str(import_id), (then, then))
    importer.of(in_app)._sweep()
    kept = {each for each, _ in files.kept()}
    assert {needed, just_brought} <= kept
    assert kept.isdisjoint({dropped, left})
    started(needed)
    assert files.get(needed) is None
    files.forget(just_brought)
