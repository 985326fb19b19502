"""The OneRoster CSV dialects as data: what each Japanese profile changes in the base.

Source: OneRoster Japan Profile 2nd edition (`1.2`) and v1.2.1 (2024); Japan K-12/Schools Profile
1.0 (2026, `1.2_JP`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from aarportal.people.roster.oneroster.columns import (
    ACADEMIC_SESSIONS,
    ACADEMIC_SESSIONS_COLUMNS,
    BASE_FILES,
    CARRIED,
    CLASSES,
    CLASSES_COLUMNS,
    ENROLLMENTS,
    ENROLLMENTS_COLUMNS,
    ORGS,
    ORGS_COLUMNS,
    ROLES,
    ROLES_COLUMNS,
    USERS,
    USERS_COLUMNS,
    Column,
    Columns,
    Kind,
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way to write a bundle; `files` names all 21 data files with their columns."""

    key: str
    version: str
    """The `oneroster.version` of its manifest."""
    is_japanese: bool
    required_files: tuple[str, ...]
    files: Mapping[str, Columns]


#: Grades of the Japanese profiles: primary, lower secondary, upper secondary, kindergarten.
JAPANESE_GRADES = frozenset(f"{school}{year}" for school in "JHE" for year in (1, 2, 3)) | {
    f"P{year}" for year in range(1, 7)
}


def _without(columns: Columns, name: str) -> Columns:
    return tuple(column for column in columns if column.name != name)


def _revised(columns: Columns, *added: Column, **changes: dict[str, Any]) -> Columns:
    return (
        *(replace(column, **changes.get(column.name, {})) for column in columns),
        *added,
    )


_REQUIRED = {"required": True}

_KANA = (
    Column(
        "metadata.jp.kanaGivenName", Kind.NAME, "kana_given_name", required=True, full_width=True
    ),
    Column(
        "metadata.jp.kanaFamilyName", Kind.NAME, "kana_family_name", required=True, full_width=True
    ),
    Column("metadata.jp.kanaMiddleName", Kind.NAME, "kana_middle_name", full_width=True),
    Column("metadata.jp.homeClass", Kind.TEXT, "home_class"),
)
_KANA_PREFERRED = (
    Column(
        "metadata.jp.kanaPreferredFamilyName",
        Kind.NAME,
        "kana_preferred_family_name",
        full_width=True,
    ),
    Column(
        "metadata.jp.kanaPreferredGivenName",
        Kind.NAME,
        "kana_preferred_given_name",
        full_width=True,
    ),
    Column(
        "metadata.jp.kanaPreferredMiddleName",
        Kind.NAME,
        "kana_preferred_middle_name",
        full_width=True,
    ),
)
#: The profile of 2026 wrote the first letter small; both spellings are read everywhere.
_SHUSSEKI_NO = Column(
    "metadata.jp.ShussekiNo",
    Kind.INTEGER,
    "shusseki_no",
    aliases=("metadata.jp.shussekiNo",),
)
_PUBLIC_FLG = Column(
    "metadata.jp.PublicFlg", Kind.BOOLEAN, "public_flg", aliases=("metadata.jp.publicFlg",)
)

_JAPANESE_FILES: dict[str, Columns] = {
    **BASE_FILES,
    ORGS: _revised(ORGS_COLUMNS, type={"values": ("district", "school"), "extensible": False}),
    ACADEMIC_SESSIONS: _revised(
        ACADEMIC_SESSIONS_COLUMNS,
        type={"values": ("schoolYear",), "extensible": False},
        endDate={"kind": Kind.LAST_DAY},
    ),
    CLASSES: _revised(
        CLASSES_COLUMNS,
        Column("metadata.jp.specialNeeds", Kind.BOOLEAN, "special_needs"),
        classType={"extensible": False},
    ),
    USERS: _revised(
        USERS_COLUMNS,
        *_KANA,
        userMasterIdentifier=_REQUIRED,
        preferredGivenName=_REQUIRED,
        preferredFamilyName=_REQUIRED,
    ),
    ROLES: _revised(
        ROLES_COLUMNS,
        role={
            "values": tuple(
                role
                for column in ROLES_COLUMNS
                if column.name == "role"
                for role in column.values
                if role not in ("parent", "relative")
            ),
            "extensible": False,
        },
    ),
    ENROLLMENTS: _revised(
        ENROLLMENTS_COLUMNS,
        _SHUSSEKI_NO,
        _PUBLIC_FLG,
        role={
            "values": ("administrator", "guardian", "student", "teacher"),
            "extensible": False,
        },
        primary=_REQUIRED,
    ),
}

_JAPANESE_FILES_1_2_1: dict[str, Columns] = {
    **_JAPANESE_FILES,
    USERS: _without((*_JAPANESE_FILES[USERS], *_KANA_PREFERRED), "resourceSourcedIds"),
}

_JAPANESE_FILES_2026: dict[str, Columns] = {
    **_JAPANESE_FILES_1_2_1,
    ENROLLMENTS: tuple(
        replace(column, name=column.aliases[0], aliases=(column.name,))
        if column.aliases
        else column
        for column in _JAPANESE_FILES[ENROLLMENTS]
    ),
}

BASE_1_2 = Dialect(
    key="base_1_2",
    version="1.2",
    is_japanese=False,
    required_files=(),
    files=MappingProxyType(BASE_FILES),
)
BASE_1_2_1 = Dialect(
    key="base_1_2_1",
    version="1.2.1",
    is_japanese=False,
    required_files=(),
    files=MappingProxyType(
        {**BASE_FILES, USERS: _without(USERS_COLUMNS, "resourceSourcedIds")},
    ),
)
JP_1_2 = Dialect(
    key="jp_1_2",
    version="1.2",
    is_japanese=True,
    required_files=CARRIED,
    files=MappingProxyType(_JAPANESE_FILES),
)
JP_1_2_1 = Dialect(
    key="jp_1_2_1",
    version="1.2.1",
    is_japanese=True,
    required_files=CARRIED,
    files=MappingProxyType(_JAPANESE_FILES_1_2_1),
)
JP_K12 = Dialect(
    key="jp_k12",
    version="1.2_JP",
    is_japanese=True,
    required_files=CARRIED,
    files=MappingProxyType(_JAPANESE_FILES_2026),
)

DIALECTS = (BASE_1_2, BASE_1_2_1, JP_1_2, JP_1_2_1, JP_K12)

#: `file.<name>` properties of the manifest, all of them required, and the file each speaks of.
FILE_PROPERTIES = MappingProxyType(
    {f"file.{file.removesuffix('.csv')}": file for file in sorted(BASE_FILES)}
)

#: Files of Microsoft School Data Sync, small letters: V1 by its own names, V2.1 by two of them.
SCHOOL_DATA_SYNC_FILES = frozenset(
    {
        "school.csv",
        "section.csv",
        "student.csv",
        "teacher.csv",
        "studentenrollment.csv",
        "teacherroster.csv",
        "user.csv",
        "guardianrelationship.csv",
        "userflags.csv",
        "relationships.csv",
    }
)

#: Columns of 1.2 that 1.2.1 took away; bundles of either version are met with and without them.
OBSOLETE_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType({USERS: ("resourceSourcedIds",)})
