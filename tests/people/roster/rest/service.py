"""A district that is read over REST, and systems that read it."""

from datetime import date, datetime, timedelta
from urllib.parse import quote
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts.models import Account
from aarportal.people.roster import store
from aarportal.people.roster.models import (
    AcademicSession,
    Class,
    Course,
    DistrictRole,
    Enrollment,
    School,
    User,
    UserRole,
)
from aarportal.people.roster.oneroster.dialects import BASE_1_2
from aarportal.people.roster.rest import operations
from aarportal.people.roster.rest.entities import BASE
from aarportal.people.roster.rest.operations import ClientDraft, Credential
from tests.cast import PASSWORD, PASSWORD_HASH, key
from tests.pages import Browser
from tests.people.roster.imports import take_in
from tests.people.roster.oneroster.bundles import (
    DISTRICT,
    SCHOOL,
    YEAR,
    Cells,
    enrollment,
    guid,
    make_bundle,
    person,
    role,
    rows_of,
)

SECOND, TERM, PERIOD = guid("second school"), guid("first term"), guid("first half of it")
ROOM, COURSE = guid("5-1 of the second"), guid("course of the second")
OFFICE = UUID(int=7)
_TABLES = (AcademicSession, Class, Course, DistrictRole, Enrollment, School, User, UserRole)


def _session(sourced_id: str, kind: str, parent: str, starts: str, ends: str) -> Cells:
    return {
        "sourcedId": sourced_id, "title": kind, "type": kind, "startDate": starts,
        "endDate": ends, "parentSourcedId": parent, "schoolYear": "2027",
    }  # fmt: skip


def _more(file: str, *rows: Cells) -> list[Cells]:
    """Rows beside those of the small district; the base knows no columns of the profiles."""
    own = [{name: cell for name, cell in row.items() if ".jp." not in name} for row in rows]
    return [*rows_of(BASE_1_2)[file], *own]


def bundle() -> bytes:
    """Two schools with terms: the district of `bundles` and one school more."""
    pupils = [f"pupil {n:02}" for n in range(12)]
    here = {"orgSourcedId": SECOND}
    return make_bundle(
        BASE_1_2,
        orgs=_more(
            "orgs.csv",
            {
                "sourcedId": SECOND, "name": "港小学校", "type": "school",
                "identifier": "B145220610028", "parentSourcedId": DISTRICT,
            },
        ),
        academicSessions=_more(
            "academicSessions.csv",
            _session(TERM, "term", YEAR, "2026-04-01", "2026-07-21"),
            _session(PERIOD, "gradingPeriod", TERM, "2026-04-01", "2026-06-01"),
        ),
        courses=_more(
            "courses.csv",
            {
                "sourcedId": COURSE, "title": "五年", "orgSourcedId": SECOND, "courseCode": "5",
                "schoolYearSourcedId": YEAR,
            },
        ),
        classes=_more(
            "classes.csv",
            {
                "sourcedId": ROOM, "title": "5年1組", "courseSourcedId": COURSE,
                "classType": "homeroom", "schoolSourcedId": SECOND,
                "termSourcedIds": f"{YEAR},{TERM}", "classCode": "a_b%", "metadata.floor": "2",
            },
        ),
        users=_more(
            "users.csv",
            *(
                {
                    **person(name, grades="P5", identifier=f"x'{n % 3}"),
                    "familyName": "山田" if n % 2 else "Ábe",
                    "preferredFamilyName": "", "preferredGivenName": "",
                    "primaryOrgSourcedId": SECOND if n % 3 else "",
                    "enabledUser": "true" if n % 4 else "false",
                }
                for n, name in enumerate(pupils)
            ),
            person("board"),
            person("two schools"),
        ),
        roles=_more(
            "roles.csv",
            *(role(name, "student", **here) for name in pupils),
            role("board", "districtAdministrator", orgSourcedId=DISTRICT),
            role("two schools", "teacher"),
            role("two schools", "principal", roleType="secondary", **here),
        ),
        enrollments=_more(
            "enrollments.csv",
            *(
                enrollment(
                    name, "student", ROOM, schoolSourcedId=SECOND,
                    beginDate="" if n % 2 else "2026-04-01", endDate="",
                )
                for n, name in enumerate(pupils)
            ),
            enrollment("two schools", "teacher", ROOM, schoolSourcedId=SECOND, primary="true"),
        ),
    )  # fmt: skip


def settle(moment: datetime) -> None:
    """Let all of the roster have been changed at one moment; one pupil and one role later."""
    with unit_of_work(SystemScope("test")) as scope:
        for model in _TABLES:
            scope.session.execute(update(model).values(last_modified=moment))
        later = moment.replace(year=moment.year + 1)
        scope.session.execute(
            update(User).where(User.sourced_id == guid("pupil 03")).values(last_modified=later)
        )
        scope.session.execute(
            update(UserRole)
            .where(UserRole.sourced_id == guid("role pupil 04 student"))
            .values(last_modified=later)
        )
        audit.record(scope, "test:settled", "")


def district_id() -> UUID:
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        return store.district(scope, sourced_id=DISTRICT)["id"]


def school_id(sourced_id: str) -> UUID:
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        return scope.session.scalars(select(School.id).where(School.sourced_id == sourced_id)).one()


def board(*schools: str) -> Scope:
    """The board of education of the district, which sees all of its schools."""
    seen = frozenset(map(school_id, schools or (SCHOOL, SECOND)))
    return Scope(
        OFFICE, district_id(), UUID(int=0), Role.DISTRICT_ADMINISTRATOR, other_school_ids=seen
    )


def client(*schools: str) -> Credential:
    """A system that reads the whole district, or these schools."""
    draft = ClientDraft("学習アプリ", tuple(map(school_id, schools)) or None)
    with unit_of_work(board()) as scope:
        return operations.add_client(scope, draft)


class System:
    """A system that reads the roster, with a token."""

    def __init__(self, app: Flask, made: Credential, scope: str = "") -> None:
        self.client = app.test_client()
        form = {"grant_type": "client_credentials", "scope": scope}
        answer = self.client.post(
            "/ims/oneroster/token", data=form, auth=(made.client_id, made.secret)
        )
        assert answer.status_code == 200, answer.text
        self.token = answer.json["access_token"]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str, **query: object):
        return self.client.get(f"{BASE}{path}", headers=self.headers, query_string=query)

    def objects(self, path: str, **query: object) -> list[dict]:
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        [found] = answer.json.values()
        return found

    def ids(self, path: str, **query: object) -> list[str]:
        return [each["sourcedId"] for each in self.objects(path, **query)]


def address(sourced_id: str) -> str:
    return quote(sourced_id, safe="")


def open_district(app: Flask) -> None:
    with app.app_context():
        take_in(bundle())
    be_on(date(2026, 5, 11))


def be_on(day: date) -> None:
    """Let it be this day; the places of the bundle are those of a school year."""
    clock.shift(timedelta(0))
    clock.shift(clock.day_bounds(day)[0] - clock.now())


def staff(app: Flask, school: str = "") -> Browser:
    """Somebody of a school's office, or of the board, who has signed in."""
    name = f"office of {school or 'the board'}"
    with app.app_context(), unit_of_work(SystemScope("test")) as scope:
        district = store.district(scope, sourced_id=DISTRICT)
        user = User(
            id=key(name), district_id=district["id"], sourced_id=guid(name), username=name,
            master_identifier=guid(name), family_name="岡", given_name="学",
            kana_family_name="オカ", kana_given_name="マナブ",
        )  # fmt: skip
        scope.session.add(user)
        scope.session.flush()
        held = {"sourced_id": guid(f"role {name}"), "user_id": user.id, "role_type": "primary"}
        if school:
            row = scope.session.scalars(select(School).where(School.sourced_id == school)).one()
            scope.session.add(UserRole(school_id=row.id, role="siteAdministrator", **held))
            code = row.code
        else:
            scope.session.add(
                DistrictRole(district_id=district["id"], role="districtAdministrator", **held)
            )
            code = district["code"]
        scope.session.add(
            Account(
                user_id=user.id,
                district_id=district["id"],
                login_id=name,
                password_hash=PASSWORD_HASH,
            )
        )
        audit.record(scope, "test:entered", name)
    opened = Browser(app)
    page = opened.post("/sign-in", {"code": code, "login_id": name, "password": PASSWORD})
    assert page.status == 303, page.text
    opened.prove()
    return opened
