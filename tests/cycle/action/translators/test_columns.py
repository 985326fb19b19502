"""Guessing what the columns of real exports hold, and keeping it."""

import json

import pytest

from aarportal.core.tables.cells import DurationForm
from aarportal.cycle.action.translators.columns import (
    COLUMN_FIELDS,
    ColumnMapping,
    MomentMeaning,
    PersonKind,
    guess,
)

GUESSES = [
    (
        [
            "ログインID",
            "氏名",
            "学習日",
            "時刻",
            "教材名",
            "教科",
            "単元",
            "学習時間(分)",
            "問題数",
            "正解数",
        ],
        ColumnMapping(
            person="ログインID",
            date="学習日",
            time="時刻",
            title="教材名",
            subject="教科",
            unit="単元",
            duration="学習時間(分)",
            items="問題数",
            correct="正解数",
        ),
    ),
    (
        ["利用者識別子", "開始日時", "テスト名", "得点", "満点", "所要時間（秒）", "受験回数"],
        ColumnMapping(
            person="利用者識別子",
            person_kind=PersonKind.MASTER_IDENTIFIER,
            moment="開始日時",
            moment_meaning=MomentMeaning.START,
            title="テスト名",
            score="得点",
            score_max="満点",
            duration="所要時間（秒）",
            duration_form=DurationForm.SECONDS,
            attempt="受験回数",
        ),
    ),
    (
        ["user_id", "Completed At", "Title", "Subject", "Time Spent", "Score", "Max Score"],
        ColumnMapping(
            person="user_id",
            moment="Completed At",
            title="Title",
            subject="Subject",
            duration="Time Spent",
            score="Score",
            score_max="Max Score",
        ),
    ),
    (
        ["学習者ID", "開始日時", "終了日時", "学習時間（分：秒）", "学習指導要領コード"],
        ColumnMapping(
            person="学習者ID",
            person_kind=PersonKind.APP_ACCOUNT,
            moment="終了日時",
            duration="学習時間（分：秒）",
            duration_form=DurationForm.MINUTES_SECONDS,
            unit_code="学習指導要領コード",
        ),
    ),
    (["学年", "組", "出席番号", "氏名", "名前", "ふりがな", "学籍番号"], ColumnMapping()),
]


@pytest.mark.parametrize(("headers", "mapping"), GUESSES)
def test_usual_names_of_columns_are_understood(headers, mapping):
    assert guess(headers) == mapping


def test_school_class_and_number_and_names_are_never_taken_for_a_person():
    assert guess(["学校名", "学年", "組", "番号", "出席番号", "氏名", "児童名"]).person is None


def test_a_rate_without_a_number_of_questions_is_taken_as_points():
    assert guess(["ID", "日付", "正答率"]).score == "正答率"
    assert guess(["ID", "日付", "正答率", "問題数"]).correct == "正答率"


def test_no_column_is_guessed_for_two_things():
    used = list(guess([name for headers, _ in GUESSES for name in headers]).used().values())
    assert len(used) == len(set(used))


@pytest.mark.parametrize("mapping", [mapping for _, mapping in GUESSES])
def test_a_mapping_that_was_kept_comes_back(mapping):
    kept = json.loads(json.dumps(mapping.as_json()))
    assert ColumnMapping.of_json({**kept, "of_a_later_version": 1}) == mapping
    assert type(ColumnMapping.of_json(kept).person_kind) is PersonKind


def test_every_field_that_names_a_column_can_be_asked_for():
    assert set(COLUMN_FIELDS) < set(ColumnMapping().as_json())
