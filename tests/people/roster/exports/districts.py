"""Districts that hypothesis makes up: whole bundles in any dialect, with whatever it allows."""

from datetime import date, timedelta
from itertools import count

from hypothesis import strategies as st

from aarportal.people.roster.oneroster.columns import MANIFEST
from aarportal.people.roster.oneroster.dialects import Dialect
from tests.people.roster.oneroster.bundles import Cells, guid, manifest_of, pack, write_csv
from tests.people.roster.oneroster.bundles import tables_of as tables_with_headers

#: Districts of one database never share an id.
_numbers = count()
_NAMES = st.text(
    st.sampled_from("髙﨑葵𠮷田葛󠄀城々ヶ一=+-@\"'’,;;　 ·ー王小Ａéx"), min_size=1, max_size=8
).filter(lambda name: name.strip() == name and name != "NULL")
_KANA = st.text(st.sampled_from("タカサキァーヴぱぴゃ・"), min_size=1, max_size=6)
_WORDS = st.text(st.sampled_from("=SUM(A1)\"',;理科室abc 　🌱"), max_size=10).map(str.strip)
_DAYS = st.none() | st.dates(date(2025, 4, 1), date(2027, 12, 31)).filter(
    # In Japanese files the last day of March means the first of April.
    lambda day: (day.month, day.day) != (3, 31)
)
_OWN = st.dictionaries(
    st.sampled_from(["metadata.club", "metadata.jp.bus", "metadata.x.y"]), _NAMES, max_size=2
)


def _span(draw) -> Cells:
    days = sorted(day for day in (draw(_DAYS), draw(_DAYS)) if day)
    names = ("beginDate", "endDate")
    return {name: day.isoformat() for name, day in zip(names, days, strict=False)}


class _Maker:
    def __init__(self, draw, dialect: Dialect) -> None:
        self.draw, self.dialect, self.jp = draw, dialect, dialect.is_japanese
        self.space = f"made {next(_numbers)}"
        self.files: dict[str, list[Cells]] = {}

    def id(self, name: str) -> str:
        return guid(f"{self.space} {name}")

    def own(self) -> Cells:
        return {
            name: text
            for name, text in self.draw(_OWN).items()
            if self.jp or not name.startswith("metadata.jp.")
        }

    def add(self, file: str, what: str, /, **cells: str) -> str:
        sourced_id = self.id(f"{file} {what}")
        known = {column.name for column in self.dialect.files[f"{file}.csv"]}
        row = {"sourcedId": sourced_id, **self.own(), **cells}
        kept = {key: value for key, value in row.items() if key in known or "metadata." in key}
        if not self.jp:
            kept = {key: value for key, value in kept.items() if "metadata.jp" not in key}
        self.files.setdefault(f"{file}.csv", []).append(kept)
        return sourced_id

    def number(self, least: int, most: int) -> int:
        return self.draw(st.integers(least, most))

    def yes(self) -> bool:
        return self.draw(st.booleans())

    def truth(self) -> str:
        return "true" if self.yes() else "false"

    # --- the district -----------------------------------------------------------------------------

    def make(self) -> bytes:
        district = self.add("orgs", "board", name="市", type="district", identifier="131234")
        schools = [
            self.add(
                "orgs",
                f"school {n}",
                name=self.draw(_NAMES),
                type="school",
                identifier=f"B11322{next(_numbers):07}",
                parentSourcedId=district,
            )
            for n in range(self.number(1, 3))
        ]
        years = self.years()
        classes = [found for school in schools for found in self.classes(school, years)]
        self.people(district, schools, classes)
        tables = tables_with_headers(self.dialect, self.files)
        properties = manifest_of(self.dialect, tables)
        manifest = [["propertyName", "value"], *([*cells.values()] for cells in properties)]
        files = {MANIFEST: write_csv(manifest)}
        return pack(files | {name: write_csv(table) for name, table in tables.items()})

    def years(self) -> list[str]:
        found = []
        for year in range(2025, 2025 + self.number(1, 2)):
            last = date(year + 1, 3, 31) + timedelta(days=0 if self.jp else 1)
            found.append(
                self.add(
                    "academicSessions",
                    str(year),
                    title=f"{year}年度",
                    type="schoolYear",
                    startDate=f"{year}-04-01",
                    endDate=last.isoformat(),
                    schoolYear=str(year),
                )
            )
            if not self.jp and self.yes():
                found.append(
                    self.add(
                        "academicSessions",
                        f"{year} first",
                        title=self.draw(_NAMES),
                        type="term",
                        startDate=f"{year}-04-06",
                        endDate=f"{year}-07-21",
                        schoolYear=str(year),
                        parentSourcedId=found[-1],
                    )
                )
        return found

    def classes(self, school: str, years: list[str]) -> list[tuple[str, str]]:
        grade = self.draw(st.sampled_from(["P1", "P6", "J3"]))
        course = self.add(
            "courses",
            school,
            schoolYearSourcedId=years[0],
            title=f"2026年度{grade}",
            grades=grade,
            orgSourcedId=school,
            courseCode="" if self.jp else self.draw(_WORDS),
        )
        found = []
        for n in range(self.number(1, 2)):
            subjects = n % 2 == 1
            klass = self.add(
                "classes",
                f"{school} {n}",
                title=self.draw(_NAMES),
                grades=grade,
                courseSourcedId=course,
                classCode=self.draw(_WORDS),
                classType="scheduled" if subjects else "homeroom",
                location=self.draw(_WORDS),
                schoolSourcedId=school,
                termSourcedIds=",".join(years[: self.number(1, len(years))]),
                subjects="理科,算数" if subjects else "",
                subjectCodes="P040,P030" if subjects else "",
                periods="1,2" if subjects else "",
                **{"metadata.jp.specialNeeds": self.truth()},
            )
            found.append((school, klass))
        return found

    def people(self, board: str, schools: list[str], classes: list[tuple[str, str]]) -> None:
        for n in range(self.number(1, 6)):
            school, klass = self.draw(st.sampled_from(classes))
            word = self.draw(st.sampled_from(["student", "teacher", "principal", "counselor"]))
            given, family = self.draw(_NAMES), self.draw(_NAMES)
            middle = self.draw(st.just("") | _NAMES)
            preferred = self.jp or self.yes()
            person = self.add(
                "users",
                str(n),
                enabledUser="true" if self.jp else self.truth(),
                username=f"{self.draw(_NAMES)}{n}@x.example",
                userIds=self.draw(st.sampled_from(["", "{LDAP:a},{LTI:b-2}"])),
                givenName=given,
                familyName=family,
                middleName=middle,
                identifier=self.draw(_WORDS),
                grades="P4" if word == "student" else "",
                userMasterIdentifier=self.id(f"master {n}") if self.jp or self.yes() else "",
                preferredGivenName=self.draw(_NAMES) if preferred else "",
                preferredFamilyName=self.draw(_NAMES) if preferred else "",
                preferredMiddleName=self.draw(st.just("") | _NAMES),
                primaryOrgSourcedId=self.draw(st.sampled_from(["", school, board])),
                **{
                    "metadata.jp.kanaGivenName": self.draw(_KANA),
                    "metadata.jp.kanaFamilyName": self.draw(_KANA),
                    "metadata.jp.kanaMiddleName": self.draw(st.just("") | _KANA),
                    "metadata.jp.homeClass": klass if self.yes() else "",
                },
            )
            self.roles(n, person, word, school, board)
            self.places(n, person, word, classes)

    def roles(self, n: int, person: str, word: str, school: str, board: str) -> None:
        self.add(
            "roles",
            f"{n} first",
            userSourcedId=person,
            roleType="primary",
            role=word,
            orgSourcedId=school,
            **_span(self.draw),
        )
        if word != "student" and self.yes():
            self.add(
                "roles",
                f"{n} second",
                userSourcedId=person,
                roleType=self.draw(st.sampled_from(["primary", "secondary"])),
                role="districtAdministrator",
                orgSourcedId=board,
            )

    def places(self, n: int, person: str, word: str, classes: list[tuple[str, str]]) -> None:
        role = word if word in {"student", "teacher"} else "administrator"
        for school, klass in classes[: self.number(0 if n else 1, len(classes))]:
            self.add(
                "enrollments",
                f"{n} {klass}",
                classSourcedId=klass,
                schoolSourcedId=school,
                userSourcedId=person,
                role=role,
                primary="false" if role == "student" else self.truth(),
                **_span(self.draw),
                **self.number_in_class(),
            )

    def number_in_class(self) -> Cells:
        number = self.draw(st.sampled_from(["", "1", "40"]))
        public = self.draw(st.sampled_from(["", "true", "false"]))
        shusseki, flag = (
            ("ShussekiNo", "PublicFlg")
            if self.dialect.version != "1.2_JP"
            else (
                "shussekiNo",
                "publicFlg",
            )
        )
        return {f"metadata.jp.{shusseki}": number, f"metadata.jp.{flag}": public}


def districts(dialect: Dialect) -> st.SearchStrategy[bytes]:
    """Bundles of this dialect that the strict reader takes."""

    @st.composite
    def make(draw) -> bytes:
        return _Maker(draw, dialect).make()

    return make()
