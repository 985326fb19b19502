"""Real OneRoster zips for tests: a valid small district in every dialect, to be changed at will.

The district: 日向市 with one primary school, class 4-2 (Ms Chiba; Aoi no. 1 and Ben no. 2) and a
science group of the same pupils. `make_bundle(dialect)` is valid; `make_bundle(dialect, users=...)`
changes one file.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping
from uuid import UUID, uuid5

from aarportal.people.roster.oneroster.columns import BASE_FILES, MANIFEST
from aarportal.people.roster.oneroster.dialects import FILE_PROPERTIES, Dialect

Cells = dict[str, str]
#: What may be said about one file: its bytes, its rows, a function that changes its rows in place,
#: or None to leave it out (the manifest then says absent).
Change = bytes | list[Cells] | Callable[[list[Cells]], object] | None
#: Tables as lists, the header first, to damage headers and cells by their place.
Tables = dict[str, list[list[str]]]

_SPACE = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")


def guid(name: str) -> str:
    """A UUID (version 4 in form), the same in every run."""
    text = str(uuid5(_SPACE, name))
    return f"{text[:14]}4{text[15:]}"


DISTRICT, SCHOOL, YEAR = guid("hyuga"), guid("hinata primary"), guid("2026")
COURSE, SCIENCE_COURSE = guid("4-2 course"), guid("science course")
CLASS, SCIENCE = guid("4-2"), guid("4-2 science")
AOI, BEN, CHIBA = guid("aoi"), guid("ben"), guid("chiba")


def person(name: str, **cells: str) -> Cells:
    """A row of users.csv with all that any dialect requires."""
    return {
        "sourcedId": guid(name),
        "enabledUser": "true",
        "username": f"{name}@hyuga.example",
        "givenName": name,
        "familyName": "山田",
        "userMasterIdentifier": guid(name),
        "preferredGivenName": name,
        "preferredFamilyName": "山田",
        "primaryOrgSourcedId": SCHOOL,
        "metadata.jp.kanaGivenName": "アオイ",
        "metadata.jp.kanaFamilyName": "ヤマダ",
        **cells,
    }


def role(name: str, word: str, **cells: str) -> Cells:
    """A row of roles.csv: this person at the school."""
    return {
        "sourcedId": guid(f"role {name} {word}"),
        "userSourcedId": guid(name),
        "roleType": "primary",
        "role": word,
        "beginDate": "2026-04-01",
        "endDate": "2027-03-31",
        "orgSourcedId": SCHOOL,
        **cells,
    }


def enrollment(name: str, word: str, klass: str, **cells: str) -> Cells:
    """A row of enrollments.csv: this person in a class of the school."""
    return {
        "sourcedId": guid(f"enrollment {name} {klass}"),
        "classSourcedId": klass,
        "schoolSourcedId": SCHOOL,
        "userSourcedId": guid(name),
        "role": word,
        "primary": "false",
        "beginDate": "2026-04-01",
        "endDate": "2027-03-31",
        **cells,
    }


def rows_of(dialect: Dialect) -> dict[str, list[Cells]]:
    """The rows of the district by file; cells of columns that the dialect lacks are dropped."""
    rows = {
        "orgs.csv": [
            {
                "sourcedId": DISTRICT,
                "name": "日向市教育委員会",
                "type": "district",
                "identifier": "452068",
            },
            {
                "sourcedId": SCHOOL,
                "name": "日向小学校",
                "type": "school",
                "identifier": "B145220610019",
                "parentSourcedId": DISTRICT,
            },
        ],
        "academicSessions.csv": [
            {
                "sourcedId": YEAR,
                "title": "2026年度",
                "type": "schoolYear",
                "startDate": "2026-04-01",
                "endDate": "2027-03-31" if dialect.is_japanese else "2027-04-01",
                "schoolYear": "2026" if dialect.is_japanese else "2027",
            }
        ],
        "courses.csv": [
            {
                "sourcedId": sourced_id,
                "schoolYearSourcedId": YEAR,
                "title": title,
                "grades": "P4",
                "orgSourcedId": SCHOOL,
            }
            for sourced_id, title in (
                (COURSE, "2026年度小学校4年"),
                (SCIENCE_COURSE, "2026年度小学校4年理科"),
            )
        ],
        "classes.csv": [
            {
                "sourcedId": CLASS,
                "title": "4年2組",
                "grades": "P4",
                "courseSourcedId": COURSE,
                "classType": "homeroom",
                "schoolSourcedId": SCHOOL,
                "termSourcedIds": YEAR,
                "metadata.jp.specialNeeds": "false",
            },
            {
                "sourcedId": SCIENCE,
                "title": "4年2組 理科",
                "grades": "P4",
                "courseSourcedId": SCIENCE_COURSE,
                "classType": "scheduled",
                "location": "理科室",
                "schoolSourcedId": SCHOOL,
                "termSourcedIds": YEAR,
                "subjects": "理科",
                "subjectCodes": "P040",
                "periods": "1,2",
            },
        ],
        "users.csv": [
            person(
                "aoi",
                givenName="葵",
                familyName="髙﨑",
                middleName="マリア・𠮷",
                email="aoi@hyuga.example",
                grades="P4",
                **{"metadata.jp.homeClass": CLASS},
            ),
            person("ben", grades="P4", userIds="{LDAP:ben},{LTI:b-2}"),
            person("chiba", phone="0982-00-0000", password="ひみつ"),
        ],
        "roles.csv": [role("aoi", "student"), role("ben", "student"), role("chiba", "teacher")],
        "enrollments.csv": [
            enrollment("aoi", "student", CLASS, **_number("1")),
            enrollment("ben", "student", CLASS, **_number("2")),
            enrollment("chiba", "teacher", CLASS, primary="true"),
            enrollment("aoi", "student", SCIENCE, **_number("1")),
            enrollment("chiba", "teacher", SCIENCE, primary="true"),
        ],
    }
    for file, cells in rows.items():
        names = {column.name for column in dialect.files[file]}
        rows[file] = [{k: v for k, v in row.items() if k in names} for row in cells]
    return rows


LINE_ITEM, RESULT, RESOURCE, SCALE = "line-1", "result-1", "resource-1", "scale-1"


def left_rows() -> dict[str, list[Cells]]:
    """A row of each of the files that are checked and not carried, all about the same district."""
    return {
        "demographics.csv": [{"sourcedId": AOI, "birthDate": "2016-05-05", "sex": "female"}],
        "userProfiles.csv": [
            {
                "sourcedId": "profile-1",
                "userSourcedId": AOI,
                "profileType": "learning app",
                "vendorId": "v-1",
                "credentialType": "password",
                "username": "aoi",
                "password": "ひみつ",
            }
        ],
        "categories.csv": [{"sourcedId": "category-1", "title": "小テスト", "weight": "50"}],
        "scoreScales.csv": [
            {
                "sourcedId": SCALE,
                "title": "ABC",
                "type": "letter",
                "orgSourcedId": SCHOOL,
                "courseSourcedId": COURSE,
                "classSourcedId": CLASS,
                "scoreScaleValue": "{A:90},{B:60}",
            }
        ],
        "lineItems.csv": [
            {
                "sourcedId": LINE_ITEM,
                "title": "かんさつ",
                "assignDate": "2026-05-01",
                "dueDate": "2026-05-08",
                "classSourcedId": SCIENCE,
                "categorySourcedId": "category-1",
                "academicSessionSourcedId": YEAR,
                "resultValueMin": "0",
                "resultValueMax": "10.5",
                "schoolSourcedId": SCHOOL,
            }
        ],
        "results.csv": [
            {
                "sourcedId": RESULT,
                "lineItemSourcedId": LINE_ITEM,
                "studentSourcedId": AOI,
                "scoreStatus": "fully graded",
                "score": "9.5",
                "scoreDate": "2026-05-09",
                "comment": "よく見ています",
                "classSourcedId": SCIENCE,
                "late": "false",
            }
        ],
        "lineItemLearningObjectiveIds.csv": [
            {
                "sourcedId": "objective-1",
                "lineItemSourcedId": LINE_ITEM,
                "source": "ext:mext",
                "learningObjectiveId": "8260243111100000",
            }
        ],
        "lineItemScoreScales.csv": [
            {"sourcedId": "ls-1", "lineItemSourcedId": LINE_ITEM, "scoreScaleSourcedId": SCALE}
        ],
        "resultLearningObjectiveIds.csv": [
            {
                "sourcedId": "objective-2",
                "resultSourcedId": RESULT,
                "source": "unknown",
                "learningObjectiveId": "8260243111100000",
                "score": "-1e2",
            }
        ],
        "resultScoreScales.csv": [
            {"sourcedId": "rs-1", "resultSourcedId": RESULT, "scoreScaleSourcedId": SCALE}
        ],
        "resources.csv": [
            {
                "sourcedId": RESOURCE,
                "vendorResourceId": "book-1",
                "roles": "student,ext:helper",
                "importance": "primary",
            }
        ],
        "classResources.csv": [
            {"sourcedId": "cr-1", "classSourcedId": CLASS, "resourceSourcedId": RESOURCE}
        ],
        "courseResources.csv": [
            {"sourcedId": "kr-1", "courseSourcedId": COURSE, "resourceSourcedId": RESOURCE}
        ],
        "userResources.csv": [
            {"sourcedId": "ur-1", "userSourcedId": AOI, "resourceSourcedId": RESOURCE}
        ],
    }


MOMENT = "2026-05-11T08:30:00.000Z"


def delta_of(dialect: Dialect, rows: Mapping[str, list[Cells]], **modes: str) -> dict[str, bytes]:
    """The files of a delta: just these rows, active today unless they say otherwise.

    `modes` gives single files another mode: `delta_of(JP_K12, rows, users="bulk")`.
    """
    state = {"status": "active", "dateLastModified": MOMENT}
    files = {}
    for file, cells in rows.items():
        is_delta = modes.get(file.removesuffix(".csv"), "delta") == "delta"
        stated = [state | row for row in cells] if is_delta else cells
        files[file] = write_csv(tables_of(dialect, {file: stated})[file])
    named = {f"file.{file.removesuffix('.csv')}": "delta" for file in rows}
    named |= {f"file.{name}": mode for name, mode in modes.items()}
    table = [["propertyName", "value"]]
    table += [[*cells.values()] for cells in manifest_of(dialect, files, **named)]
    return {MANIFEST: write_csv(table), **files}


def tables_of(dialect: Dialect, rows: Mapping[str, list[Cells]] | None = None) -> Tables:
    """The rows under the full header of the dialect; own columns go to the right."""
    tables = {}
    for file, all_cells in (rows_of(dialect) if rows is None else rows).items():
        header = [column.name for column in dialect.files[file]]
        own = {name: None for cells in all_cells for name in cells if name not in header}
        header += own
        tables[file] = [header, *([cells.get(name, "") for name in header] for cells in all_cells)]
    return tables


def manifest_of(
    dialect: Dialect, files: Mapping[str, object], **changes: str | None
) -> list[Cells]:
    """The rows of a manifest that fits the files; a change of None takes a property out."""
    properties: dict[str, str | None] = {
        "manifest.version": "1.0",
        "oneroster.version": dialect.version,
        **{
            name: "bulk" if file in files else "absent"
            for name, file in sorted(FILE_PROPERTIES.items())
        },
        "source.systemName": "校務支援テスト",
        "source.systemCode": "test-1",
        **changes,
    }
    return [
        {"propertyName": name, "value": value}
        for name, value in properties.items()
        if value is not None
    ]


def write_csv(table: list[list[str]]) -> bytes:
    """A table as Japanese school systems write it: every cell in quotes, CRLF, no BOM."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(table)
    return text.getvalue().encode()


def pack(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files, as they are."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


def files_of(
    dialect: Dialect, *, manifest: Mapping[str, str | None] | bytes | None = None, **changes: Change
) -> dict[str, bytes]:
    """The files of a bundle as bytes: each change is named after a file (`users`, `orgs` ...)."""
    rows = rows_of(dialect)
    raw: dict[str, bytes] = {}
    for stem, change in changes.items():
        file = f"{stem}.csv"
        assert file in BASE_FILES, f"OneRoster knows no {file}"
        if change is None:
            del rows[file]
        elif isinstance(change, bytes):
            rows.pop(file, None)
            raw[file] = change
        elif isinstance(change, list):
            rows[file] = change
        else:
            change(rows[file])
    files = {file: write_csv(table) for file, table in tables_of(dialect, rows).items()} | raw
    if isinstance(manifest, bytes):
        return {MANIFEST: manifest, **files}
    properties = manifest_of(dialect, files, **(manifest or {}))
    table = [["propertyName", "value"], *([*cells.values()] for cells in properties)]
    return {MANIFEST: write_csv(table), **files}


def _number(number: str) -> Cells:
    """The 出席番号 in both spellings; the dialect keeps its own."""
    return {
        "metadata.jp.ShussekiNo": number,
        "metadata.jp.shussekiNo": number,
        "metadata.jp.PublicFlg": "true",
        "metadata.jp.publicFlg": "true",
    }


def make_bundle(
    dialect: Dialect, *, manifest: Mapping[str, str | None] | bytes | None = None, **changes: Change
) -> bytes:
    """A zip of the district in this dialect: valid as it is, or with changed files.

    `make_bundle(JP_K12, users=[person("dai")])`, `make_bundle(BASE_1_2, roles=None)`,
    `make_bundle(JP_1_2, manifest={"oneroster.version": "1.1"})`.
    """
    return pack(files_of(dialect, manifest=manifest, **changes))
