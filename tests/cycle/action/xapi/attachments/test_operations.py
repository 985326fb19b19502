"""What comes with statements is kept once for a district, and found again."""

import hashlib
from contextlib import suppress
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select

from aarportal.core.scope import AppScope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.xapi.attachments.models import StoredAttachment
from aarportal.cycle.action.xapi.attachments.operations import keep, load
from aarportal.cycle.action.xapi.attachments.storage import DamagedError, FolderStore
from aarportal.cycle.action.xapi.multipart import Part
from tests.cast import APP_DRILL, DRILL_SCOPE, HINATA


def part(data: bytes, content_type="image/png") -> Part:
    return Part(hashlib.sha256(data).hexdigest(), content_type, data)


A, B = part(b"a"), part(b"b")


@pytest.fixture
def files(tmp_path):
    return FolderStore(tmp_path)


def rows() -> list[StoredAttachment]:
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        return list(
            scope.session.scalars(select(StoredAttachment).order_by(StoredAttachment.length))
        )


def test_what_came_is_found_again(in_app, files):
    with unit_of_work(DRILL_SCOPE) as scope:
        keep(scope, files, [A, B])
    with unit_of_work(DRILL_SCOPE, read_only=True) as scope:
        assert load(scope, files, [B.sha2, A.sha2, B.sha2]) == [B, A]
        assert load(scope, files, []) == []
        assert load(scope, files, ["0" * 64]) == []


def test_the_same_is_kept_once_with_its_first_name(in_app, files):
    for again in (A, part(b"a", "text/html"), A):
        with unit_of_work(DRILL_SCOPE) as scope:
            keep(scope, files, [again, again])
    [row] = rows()
    assert (row.sha2, row.content_type, row.length) == (A.sha2, "image/png", 1)
    assert row.district_id == HINATA
    assert row.stored_at <= datetime.now(UTC)


def test_another_district_does_not_find_it(in_app, files):
    with unit_of_work(DRILL_SCOPE) as scope:
        keep(scope, files, [A])
    with unit_of_work(AppScope(APP_DRILL, uuid4(), frozenset()), read_only=True) as scope:
        assert load(scope, files, [A.sha2]) == []


def test_what_a_failed_request_left_behind_is_taken_up_by_the_next(in_app, files):
    with suppress(DamagedError), unit_of_work(DRILL_SCOPE) as scope:
        keep(scope, files, [A, Part(B.sha2, "image/png", b"another")])
    assert rows() == []
    with unit_of_work(DRILL_SCOPE, read_only=True) as scope:
        assert load(scope, files, [A.sha2]) == []
    with unit_of_work(DRILL_SCOPE) as scope:
        keep(scope, files, [A])
    with unit_of_work(DRILL_SCOPE, read_only=True) as scope:
        assert load(scope, files, [A.sha2]) == [A]


def test_data_with_another_hash_is_not_kept(in_app, files):
    with pytest.raises(DamagedError), unit_of_work(DRILL_SCOPE) as scope:
        keep(scope, files, [Part(A.sha2, "image/png", b"b")])
    assert rows() == []


def test_data_that_is_gone_is_left_out(in_app, files, tmp_path):
    with unit_of_work(DRILL_SCOPE) as scope:
        keep(scope, files, [A])
    with unit_of_work(DRILL_SCOPE, read_only=True) as scope:
        assert load(scope, FolderStore(tmp_path / "elsewhere"), [A.sha2]) == []
