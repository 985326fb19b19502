"""The school as a OneRoster bundle of the Japanese K-12 profile, as a school office sends it."""

import csv
import io
import zipfile
from collections.abc import Iterable
from datetime import date
from random import Random
from uuid import NAMESPACE_OID, UUID, uuid5

from aarportal.demo.school import (
    BOARD,
    DISTRICT_CODE,
    DISTRICT_NAME,
    PRIMARY,
    SECONDARY,
    Pupil,
    School,
    Teacher,
)
from aarportal.people.roster.oneroster.columns import (
    ACADEMIC_SESSIONS,
    CARRIED,
    CLASSES,
    COURSES,
    ENROLLMENTS,
    MANIFEST,
    ORGS,
    ROLES,
    USERS,
)
from aarportal.people.roster.oneroster.dialects import FILE_PROPERTIES, JP_K12

Cells = dict[str, object]

_ORGS = {
    PRIMARY: ("わかば市立みどり小学校", "B113299980015"),
    SECONDARY: ("わかば市立みなみ中学校", "C113299980023"),
}
#: A bundle made twice is the same bytes twice.
_ZIP_DATE = (2026, 4, 1, 0, 0, 0)


def school_year(day: date) -> int:
    """The 年度 of a day: the year in which its April lies."""
    return day.year if day.month >= 4 else day.year - 1


def roster_zip(rng: Random, school: School, day: date) -> bytes:
    """The bundle of the school year in which `day` lies."""
    rows = {
        ORGS: _orgs(),
        ACADEMIC_SESSIONS: [_session(school_year(day))],
        COURSES: _courses(school, school_year(day)),
        CLASSES: _classes(school, school_year(day)),
        USERS: [
            *(_pupil(pupil) for pupil in _everybody(school)),
            *(_teacher(rng, teacher) for teacher in school.teachers),
        ],
        ROLES: _roles(school),
        ENROLLMENTS: _enrollments(school),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {
            MANIFEST: _manifest(),
            **{name: _csv(_header(name), rows[name]) for name in CARRIED},
        }.items():
            archive.writestr(zipfile.ZipInfo(name, _ZIP_DATE), text.encode())
    return file.getvalue()


def _manifest() -> str:
    modes = {
        name: "bulk" if file in CARRIED else "absent" for name, file in FILE_PROPERTIES.items()
    }
    properties = {
        "manifest.version": "1.0",
        "oneroster.version": JP_K12.version,
        **modes,
        "source.systemName": "まなびのわ デモ",
        "source.systemCode": "demo",
    }
    rows: list[Cells] = [
        {"propertyName": name, "value": value} for name, value in properties.items()
    ]
    return _csv(["propertyName", "value"], rows)


def _header(file: str) -> list[str]:
    return [column.name for column in JP_K12.files[file]]


def _csv(header: list[str], rows: Iterable[Cells]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _orgs() -> list[Cells]:
    district: Cells = {
        "sourcedId": BOARD, "name": DISTRICT_NAME, "type": "district",
        "identifier": DISTRICT_CODE,
    }  # fmt: skip
    return [district] + [
        {
            "sourcedId": key, "name": name, "type": "school", "identifier": code,
            "parentSourcedId": BOARD,
        }
        for key, (name, code) in _ORGS.items()
    ]  # fmt: skip


def _session(year: int) -> Cells:
    return {
        "sourcedId": f"year-{year}", "title": f"{year}年度", "type": "schoolYear",
        "startDate": f"{year}-04-01", "endDate": f"{year + 1}-03-31", "schoolYear": year,
    }  # fmt: skip


def _courses(school: School, year: int) -> list[Cells]:
    homerooms: list[Cells] = [
        {
            "sourcedId": f"course-{plan.key}", "schoolYearSourcedId": f"year-{year}",
            "title": f"{year}年度{plan.title}", "grades": plan.grade, "orgSourcedId": plan.school,
        }
        for plan in school.classes
    ]  # fmt: skip
    grades = {plan.key: plan for plan in school.classes}
    return homerooms + [
        {
            "sourcedId": f"course-{group.key}", "schoolYearSourcedId": f"year-{year}",
            "title": f"{year}年度{group.title}", "grades": grades[group.class_key].grade,
            "orgSourcedId": grades[group.class_key].school, "subjects": group.subject,
        }
        for group in school.groups
    ]  # fmt: skip


def _classes(school: School, year: int) -> list[Cells]:
    homerooms: list[Cells] = [
        {
            "sourcedId": plan.key, "title": plan.title, "grades": plan.grade,
            "courseSourcedId": f"course-{plan.key}", "classType": "homeroom",
            "schoolSourcedId": plan.school, "termSourcedIds": f"year-{year}",
            "metadata.jp.specialNeeds": "false",
        }
        for plan in school.classes
    ]  # fmt: skip
    plans = {plan.key: plan for plan in school.classes}
    return homerooms + [
        {
            "sourcedId": group.key, "title": group.title, "grades": plans[group.class_key].grade,
            "courseSourcedId": f"course-{group.key}", "classType": "scheduled",
            "schoolSourcedId": plans[group.class_key].school, "termSourcedIds": f"year-{year}",
            "subjects": group.subject, "metadata.jp.specialNeeds": "false",
        }
        for group in school.groups
    ]  # fmt: skip


def _pupil(pupil: Pupil) -> Cells:
    name = pupil.name
    return {
        "sourcedId": pupil.sourced_id, "enabledUser": "true",
        "username": f"{pupil.login_id}@wakaba.example", "grades": pupil.grade,
        "givenName": name.given, "familyName": name.family, "middleName": name.middle,
        "userMasterIdentifier": str(pupil.master_identifier),
        "preferredGivenName": name.given, "preferredFamilyName": name.family,
        "preferredMiddleName": name.middle,
        "primaryOrgSourcedId": SECONDARY if pupil.grade.startswith("J") else PRIMARY,
        "metadata.jp.kanaGivenName": name.kana_given,
        "metadata.jp.kanaFamilyName": name.kana_family,
        "metadata.jp.kanaMiddleName": name.kana_middle, "metadata.jp.homeClass": pupil.class_key,
    }  # fmt: skip


def _teacher(rng: Random, teacher: Teacher) -> Cells:
    name = teacher.name
    return {
        "sourcedId": teacher.login_id, "enabledUser": "true",
        "username": f"{teacher.login_id}@wakaba.example",
        "givenName": name.given, "familyName": name.family, "middleName": name.middle,
        "userMasterIdentifier": str(_identifier(rng, teacher)),
        "preferredGivenName": name.given, "preferredFamilyName": name.family,
        "primaryOrgSourcedId": teacher.school,
        "metadata.jp.kanaGivenName": name.kana_given,
        "metadata.jp.kanaFamilyName": name.kana_family,
        "metadata.jp.kanaMiddleName": name.kana_middle,
    }  # fmt: skip


def _identifier(rng: Random, teacher: Teacher) -> UUID:
    if teacher.came_later:
        return UUID(bytes=uuid5(NAMESPACE_OID, teacher.login_id).bytes, version=4)
    return UUID(int=rng.getrandbits(128), version=4)


def _roles(school: School) -> list[Cells]:
    pupils: list[Cells] = [
        {
            "sourcedId": f"role-{pupil.sourced_id}", "userSourcedId": pupil.sourced_id,
            "roleType": "primary", "role": "student",
            "orgSourcedId": SECONDARY if pupil.grade.startswith("J") else PRIMARY,
        }
        for pupil in _everybody(school)
    ]  # fmt: skip
    return pupils + [
        {
            "sourcedId": f"role-{teacher.login_id}", "userSourcedId": teacher.login_id,
            "roleType": "primary", "role": teacher.role, "orgSourcedId": teacher.school,
        }
        for teacher in school.teachers
    ]  # fmt: skip


def _enrollments(school: School) -> list[Cells]:
    schools = {plan.key: plan.school for plan in school.classes}
    groups = {group.key: group.class_key for group in school.groups}
    pupils: list[Cells] = [
        {
            "sourcedId": f"in-{key}-{pupil.sourced_id}", "classSourcedId": key,
            "schoolSourcedId": schools[pupil.class_key], "userSourcedId": pupil.sourced_id,
            "role": "student", "primary": "false", "metadata.jp.shussekiNo": pupil.number,
            "metadata.jp.publicFlg": "true",
        }
        for pupil in _everybody(school)
        for key in (pupil.class_key, *(k for k, of in groups.items() if of == pupil.class_key))
    ]  # fmt: skip
    return pupils + [
        {
            "sourcedId": f"in-{key}-{teacher.login_id}", "classSourcedId": key,
            "schoolSourcedId": teacher.school, "userSourcedId": teacher.login_id,
            "role": "teacher", "primary": "true", "metadata.jp.publicFlg": "true",
        }
        for teacher in school.teachers
        for key in (teacher.homeroom, *teacher.groups)
        if key in schools or key in groups
    ]  # fmt: skip


def _everybody(school: School) -> list[Pupil]:
    return [pupil for pupils in school.pupils.values() for pupil in pupils]
