"""The rostering service as another system meets it: every address, and who sees what."""

from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.roster.models import Class
from aarportal.people.roster.rest import operations, protocol, store
from aarportal.people.roster.rest.endpoints import CORE, ENDPOINTS, ROSTER, SCOPE_PREFIX
from aarportal.people.roster.rest.entities import BASE
from aarportal.web.rate_limit import TokenBuckets
from tests.people.roster.oneroster.bundles import (
    AOI,
    BEN,
    CHIBA,
    CLASS,
    DISTRICT,
    SCHOOL,
    SCIENCE,
    SCIENCE_COURSE,
    YEAR,
    guid,
)
from tests.people.roster.oneroster.bundles import COURSE as FIRST_COURSE
from tests.people.roster.rest.service import (
    COURSE,
    PERIOD,
    ROOM,
    SECOND,
    TERM,
    System,
    address,
    be_on,
    board,
    client,
    open_district,
)

PUPILS = [guid(f"pupil {n:02}") for n in range(12)]
BOTH = guid("two schools")
#: Address -> sourcedIds of what it lists, for a system that reads the whole district.
LISTS = {
    "/academicSessions": [YEAR, TERM, PERIOD],
    "/classes": [CLASS, SCIENCE, ROOM],
    "/courses": [FIRST_COURSE, SCIENCE_COURSE, COURSE],
    "/gradingPeriods": [PERIOD],
    "/orgs": [DISTRICT, SCHOOL, SECOND],
    "/schools": [SCHOOL, SECOND],
    "/students": [AOI, BEN, *PUPILS],
    "/teachers": [CHIBA, BOTH],
    "/terms": [TERM],
    "/users": [AOI, BEN, CHIBA, *PUPILS, guid("board"), BOTH],
    f"/classes/{CLASS}/students": [AOI, BEN],
    f"/classes/{CLASS}/teachers": [CHIBA],
    f"/courses/{COURSE}/classes": [ROOM],
    f"/schools/{SECOND}/classes": [ROOM],
    f"/schools/{SECOND}/courses": [COURSE],
    f"/schools/{SECOND}/students": PUPILS,
    f"/schools/{SCHOOL}/teachers": [CHIBA, BOTH],
    f"/schools/{SECOND}/terms": [TERM],
    f"/schools/{SCHOOL}/classes/{SCIENCE}/students": [AOI],
    f"/schools/{SCHOOL}/classes/{SCIENCE}/teachers": [CHIBA],
    f"/students/{AOI}/classes": [CLASS, SCIENCE],
    f"/teachers/{BOTH}/classes": [ROOM],
    f"/terms/{TERM}/classes": [ROOM],
    f"/terms/{TERM}/gradingPeriods": [PERIOD],
    f"/users/{BEN}/classes": [CLASS],
}
#: Lists of enrollments, by how many there are.
PLACES = {
    "/enrollments": 18,
    f"/schools/{SECOND}/enrollments": 13,
    f"/schools/{SCHOOL}/classes/{SCIENCE}/enrollments": 2,
}
SINGLES = {
    f"/academicSessions/{YEAR}": ("academicSession", YEAR),
    f"/classes/{CLASS}": ("class", CLASS),
    f"/courses/{COURSE}": ("course", COURSE),
    f"/enrollments/{guid(f'enrollment aoi {CLASS}')}": (
        "enrollment",
        guid(f"enrollment aoi {CLASS}"),
    ),
    f"/gradingPeriods/{PERIOD}": ("academicSession", PERIOD),
    f"/orgs/{DISTRICT}": ("org", DISTRICT),
    f"/schools/{SCHOOL}": ("org", SCHOOL),
    f"/students/{AOI}": ("user", AOI),
    f"/teachers/{CHIBA}": ("user", CHIBA),
    f"/terms/{TERM}": ("academicSession", TERM),
    f"/users/{BEN}": ("user", BEN),
}


@pytest.fixture
def district(app):
    open_district(app)
    return app


@pytest.fixture
def made(district):
    with district.app_context():
        return client()


@pytest.fixture
def reader(district, made):
    return System(district, made)


@pytest.mark.parametrize("path", LISTS, ids=str)
def test_a_list_holds_just_what_it_should(reader, path):
    answer = reader.get(path)
    assert answer.status_code == 200, answer.text
    [objects] = answer.json.values()
    assert sorted(each["sourcedId"] for each in objects) == sorted(LISTS[path])
    assert answer.headers["X-Total-Count"] == str(len(LISTS[path]))
    assert answer.content_type == "application/json"


@pytest.mark.parametrize("path", PLACES, ids=str)
def test_places_are_all_there(reader, path):
    assert len(reader.objects(path)) == PLACES[path]


@pytest.mark.parametrize("path", SINGLES, ids=str)
def test_an_object_stands_under_its_own_address(reader, path):
    name, sourced_id = SINGLES[path]
    assert reader.get(path).json[name]["sourcedId"] == sourced_id


def test_every_operation_was_called():
    shapes = {
        "/".join(part if part.isalpha() else "<>" for part in path.split("/"))
        for path in (*LISTS, *PLACES, *SINGLES)
    }
    wanted = {
        "/".join(part if part.isalpha() else "<>" for part in endpoint.path.split("/"))
        for endpoint in ENDPOINTS
    }
    assert shapes == wanted
    assert len(ENDPOINTS) == 39


@pytest.mark.parametrize(
    "path",
    ["/users/nobody", "/students/" + CHIBA, "/terms/" + YEAR, "/schools/" + DISTRICT,
     "/classes/none/students", f"/schools/{SECOND}/classes/{CLASS}/students",
     f"/teachers/{AOI}/classes", "/lineItems", "/users/"],
)  # fmt: skip
def test_what_does_not_exist_is_an_unknown_object(reader, path):
    answer = reader.get(path)
    assert answer.status_code == 404
    assert minor(answer) == "unknownobject"


def minor(answer) -> str:
    assert answer.json["imsx_codeMajor"] == "failure"
    assert answer.json["imsx_severity"] == "error"
    assert answer.json["imsx_description"]
    [field] = answer.json["imsx_CodeMinor"]["imsx_codeMinorField"]
    return field["imsx_codeMinorFieldValue"]


# --- objects --------------------------------------------------------------------------------------


def test_a_person_is_told_with_what_they_are(reader):
    found = reader.get(f"/users/{BOTH}").json["user"]
    assert (found["status"], found["enabledUser"]) == ("active", "true")
    assert (found["givenName"], found["familyName"]) == ("two schools", "山田")
    assert [
        (each["roleType"], each["role"], each["org"]["sourcedId"]) for each in found["roles"]
    ] == [
        ("primary", "teacher", SCHOOL),
        ("secondary", "principal", SECOND),
    ]
    org = found["roles"][1]["org"]
    assert org["type"] == "org"
    assert org["href"] == f"http://localhost/ims/oneroster/rostering/v1p2/orgs/{SECOND}"
    assert found["roles"][0]["beginDate"] == "2026-04-01"
    assert found["userMasterIdentifier"] == BOTH
    told = reader.get(f"/users/{BEN}").json["user"]
    assert told["userIds"] == [
        {"type": "LDAP", "identifier": "ben"},
        {"type": "LTI", "identifier": "b-2"},
    ]
    assert told["grades"] == ["P4"]


def test_nothing_that_is_not_held_is_told(reader):
    every = str(reader.get("/users", limit=1000).json)
    for secret in ("ひみつ", "0982-00-0000", "password", "phone", "sms", "email"):
        assert secret not in every


def test_a_class_points_at_its_school_course_and_terms(reader):
    found = reader.get(f"/classes/{ROOM}").json["class"]
    assert found["school"]["sourcedId"] == SECOND
    assert found["course"]["type"] == "course"
    assert [term["sourcedId"] for term in found["terms"]] == [YEAR, TERM]
    assert found["metadata"] == {"floor": "2"}


def test_the_year_names_its_terms_and_the_district_its_schools(reader):
    year = reader.get(f"/academicSessions/{YEAR}").json["academicSession"]
    assert [child["sourcedId"] for child in year["children"]] == [TERM]
    assert (year["startDate"], year["endDate"], year["schoolYear"]) == (
        "2026-04-01",
        "2027-04-01",
        "2027",
    )
    org = reader.get(f"/orgs/{DISTRICT}").json["org"]
    assert {child["sourcedId"] for child in org["children"]} == {SCHOOL, SECOND}
    assert reader.get(f"/orgs/{SCHOOL}").json["org"]["parent"]["sourcedId"] == DISTRICT


def test_only_the_wanted_fields_are_told(reader):
    found = reader.objects("/orgs", fields="name,type", filter="type='district'")
    assert found == [{"name": "日向市教育委員会", "type": "district"}]
    assert reader.get(f"/users/{AOI}", fields="givenName").json == {"user": {"givenName": "aoi"}}


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ({"fields": "name,shoesize"}, "invalid_selection_field"),
        ({"fields": ""}, "invalid_selection_field"),
        ({"filter": "familyName='x"}, "invalid_filter_field"),
        ({"filter": "shoesize='1'"}, "invalid_filter_field"),
        ({"filter": "roles='teacher'"}, "invalid_filter_field"),
        ({"filter": "dateLastModified>'yesterday'"}, "invalid_filter_field"),
        ({"filter": "enabledUser='yes'"}, "invalid_filter_field"),
        ({"filter": "status='a' AND status='b' AND status='c'"}, "invalid_filter_field"),
        ({"filter": "status='a' XOR status='b'"}, "invalid_filter_field"),
        ({"filter": "dateLastModified~'2026'"}, "invalid_filter_field"),
        ({"sort": "shoesize"}, "invalid_sort_field"),
        ({"orderBy": "up"}, "invalid_sort_field"),
        ({"limit": "0"}, "invalid_limit_field"),
        ({"limit": "-1"}, "invalid_limit_field"),
        ({"limit": "9" * 40}, "invalid_limit_field"),
        ({"limit": "0" * 5000 + "1"}, "invalid_limit_field"),
        ({"filter": "givenName='\0'"}, "invaliddata"),
        ({"offset": "x"}, "invalid_offset_field"),
    ],
)
def test_what_cannot_be_asked_is_a_bad_request(reader, query, value):
    answer = reader.get("/users", **query)
    assert answer.status_code == 400
    assert minor(answer) == value


# --- pages ----------------------------------------------------------------------------------------


def test_pages_lead_to_each_other(reader):
    first = reader.get("/users", limit=7, sort="familyName", filter="status='active'")
    links = dict(reversed(part.strip().split("; ")) for part in first.headers["Link"].split(","))
    assert set(links) == {'rel="first"', 'rel="next"', 'rel="last"'}
    seen, address = list(first.json["users"]), links['rel="next"']
    while address:
        path = address.strip("<>").partition("http://localhost")[2]
        answer = reader.client.get(path, headers={"Authorization": f"Bearer {reader.token}"})
        seen += answer.json["users"]
        links = dict(
            reversed(part.strip().split("; ")) for part in answer.headers["Link"].split(",")
        )
        address = links.get('rel="next"', "")
    assert 'rel="prev"' in links
    assert sorted(each["sourcedId"] for each in seen) == sorted(LISTS["/users"])


def test_an_address_in_japanese_leads_on(district, reader):
    with district.app_context(), unit_of_work(SystemScope("test")) as scope:
        named = update(Class).where(Class.sourced_id == ROOM).values(sourced_id="五年 一組")
        scope.session.execute(named)
        audit.record(scope, "test:named", "")
    answer = reader.get(f"/classes/{address('五年 一組')}/students", limit=5)
    assert answer.status_code == 200
    following = next(each for each in answer.headers["Link"].split(", ") if "next" in each)
    path = following[1:].partition(">")[0].partition(BASE)[2]
    assert len(reader.client.get(f"{BASE}{path}", headers=reader.headers).json["users"]) == 5


def test_beyond_the_end_there_is_nothing(reader):
    answer = reader.get("/users", offset=500)
    assert answer.json == {"users": []}
    assert answer.headers["X-Total-Count"] == str(len(LISTS["/users"]))


# --- who sees what --------------------------------------------------------------------------------


def test_a_system_of_one_school_sees_that_school(district):
    with district.app_context():
        made = client(SECOND)
    reader = System(district, made)
    assert reader.ids("/schools") == [SECOND]
    assert reader.ids("/classes") == [ROOM]
    assert reader.ids("/courses") == [COURSE]
    assert sorted(reader.ids("/users")) == sorted([*PUPILS, BOTH])
    assert sorted(reader.ids("/students")) == sorted(PUPILS)
    assert len(reader.ids("/enrollments")) == 13
    # What somebody is at another school is not told either.
    roles = reader.get(f"/users/{BOTH}").json["user"]["roles"]
    assert [each["org"]["sourcedId"] for each in roles] == [SECOND]
    for path in (f"/users/{AOI}", f"/classes/{CLASS}", f"/schools/{SCHOOL}/students",
                 f"/students/{AOI}/classes", f"/courses/{FIRST_COURSE}/classes"):  # fmt: skip
        assert reader.get(path).status_code == 404, path


def test_another_district_is_not_there(district, reader):
    ids = {each["sourcedId"] for each in reader.objects("/users", limit=1000)}
    assert ids == set(LISTS["/users"])
    assert len(reader.ids("/orgs")) == 3


@pytest.mark.parametrize("list_of", ["/users", "/students", "/teachers"])
def test_whoever_is_collected_first_is_whoever_is_seen_one_by_one(district, monkeypatch, list_of):
    with district.app_context():
        one = System(district, client(SCHOOL))
    monkeypatch.setattr(store, "_MANY", 100)
    seen = one.ids(list_of, limit=1000)
    monkeypatch.setattr(store, "_MANY", 0)
    assert one.ids(list_of, limit=1000) == seen
    assert seen


def test_who_left_one_school_for_another_is_not_the_first_ones_any_more(district):
    with district.app_context():
        made = client(SECOND)
    reader = System(district, made)
    be_on(date(2027, 5, 11))
    # The teacher's role and place ended with March; the pupils' places have no end.
    assert sorted(System(district, made).ids("/users")) == sorted(PUPILS)
    assert reader.get("/users").status_code == 401


@pytest.mark.parametrize("path", ["/demographics", f"/demographics/{AOI}"])
def test_demographics_are_not_held(reader, path):
    answer = reader.get(path)
    assert (answer.status_code, minor(answer)) == (403, "forbidden")


def test_no_other_method_is_known(reader):
    headers = {"Authorization": f"Bearer {reader.token}"}
    answer = reader.client.delete("/ims/oneroster/rostering/v1p2/users", headers=headers)
    assert answer.status_code == 405
    assert answer.is_json


# --- tokens ---------------------------------------------------------------------------------------


def ask(app, form=None, **options):
    form = {"grant_type": "client_credentials"} if form is None else form
    return app.test_client().post("/ims/oneroster/token", data=form, **options)


def test_a_token_ends_after_an_hour(district, made, monkeypatch):
    reader = System(district, made)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=59))
    assert reader.get("/orgs").status_code == 200
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=61))
    answer = reader.get("/orgs")
    assert (answer.status_code, minor(answer)) == (401, "unauthorisedrequest")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_secret_may_come_in_the_form(district, made):
    form = {
        "grant_type": "client_credentials",
        "client_id": made.client_id,
        "client_secret": made.secret,
    }
    answer = ask(district, form)
    assert answer.json["token_type"] == "Bearer"
    assert answer.json["expires_in"] == 3600
    assert answer.json["scope"] == f"{SCOPE_PREFIX}{CORE} {SCOPE_PREFIX}{ROSTER}"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "scope": f"{SCOPE_PREFIX}gradebook.readonly"}, 400,
         "invalid_scope"),
    ],
)  # fmt: skip
def test_what_no_token_is_given_for(district, made, form, status, error):
    answer = ask(district, form, auth=(made.client_id, made.secret))
    assert (answer.status_code, answer.json) == (status, {"error": error})


@pytest.mark.parametrize("secret", ["", "wrong", "ひみつ"])
def test_a_wrong_secret_gets_nothing(district, made, secret):
    raw = b64encode(f"{made.client_id}:{secret}".encode()).decode()
    answer = ask(district, headers={"Authorization": f"Basic {raw}"})
    assert (answer.status_code, answer.json) == (401, {"error": "invalid_client"})
    assert ask(district).status_code == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic x", "Bearer ひ"])
def test_without_a_token_there_is_nothing(district, header):
    answer = district.test_client().get(
        "/ims/oneroster/rostering/v1p2/users",
        environ_overrides={"HTTP_AUTHORIZATION": header.encode().decode("latin-1")},
    )
    assert (answer.status_code, minor(answer)) == (401, "unauthorisedrequest")


def test_a_name_with_the_character_nul_is_nobody(district, made, reader):
    raw = b64encode(b"roster\0:x").decode()
    assert ask(district, headers={"Authorization": f"Basic {raw}"}).status_code == 401
    assert reader.get("/users/%00").status_code == 400
    assert reader.get("/classes/%00/students").status_code == 400


def refusals() -> int:
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        query = select(AuditEntry.object_id).where(AuditEntry.verb == "roster_client:refused")
        return len(scope.session.scalars(query).all())


def test_a_wrong_secret_leaves_a_trace_and_a_flood_of_them_no_flood(district, made, monkeypatch):
    buckets = TokenBuckets(2, lambda: 0.0)
    monkeypatch.setitem(district.extensions, "roster_refusal_rate", buckets)
    for _ in range(4):
        assert ask(district, auth=(made.client_id, "wrong")).status_code == 401
        assert ask(district, auth=("roster-nobody", "wrong")).status_code == 401
    with district.app_context():
        assert refusals() == 2
    assert ask(district, auth=(made.client_id, made.secret)).status_code == 200


def test_who_fetches_tokens_too_often_waits(district, made, monkeypatch):
    monkeypatch.setitem(district.extensions, "roster_token_rate", TokenBuckets(2, lambda: 0.0))
    asked = [ask(district, auth=(made.client_id, made.secret)) for _ in range(3)]
    assert [each.status_code for each in asked] == [200, 200, 429]
    assert asked[-1].headers["Retry-After"] == "30"


def test_a_stranger_never_waits_for_the_writer(district, made):
    with district.app_context(), unit_of_work(SystemScope("test")) as scope:
        scope.session.connection()
        with ThreadPoolExecutor(1) as others:
            strange = others.submit(ask, district, auth=("roster-nobody", "wrong"))
            assert strange.result(timeout=3).status_code == 401


def test_a_secret_that_ends_while_a_token_is_fetched_gets_none(district, made, monkeypatch):
    take = protocol.take

    def rotated_meanwhile(*them):
        take(*them)
        with unit_of_work(board()) as scope:
            operations.rotate_secret(scope, made.client_row_id)

    monkeypatch.setattr(protocol, "take", rotated_meanwhile)
    assert ask(district, auth=(made.client_id, made.secret)).status_code == 401


def test_neither_secret_nor_token_is_in_what_a_log_would_show(made, district):
    with district.app_context(), unit_of_work(SystemScope("test")) as scope:
        row = operations.client_with(scope, made.client_id, made.secret)
        token = operations.issue_token(scope, row, "")
    assert made.secret not in repr(made)
    assert token.token not in repr(token)


def test_the_scope_of_the_token_counts(district, made):
    core = System(district, made, f"{SCOPE_PREFIX}{CORE}")
    assert core.get("/users").status_code == 200
    answer = core.get(f"/classes/{CLASS}/students")
    assert (answer.status_code, minor(answer)) == (403, "forbidden")


def test_a_new_secret_ends_the_old_one_and_its_tokens(district, made, reader):
    with district.app_context(), unit_of_work(board()) as scope:
        fresh = operations.rotate_secret(scope, made.client_row_id)
    assert reader.get("/orgs").status_code == 401
    assert ask(district, auth=(made.client_id, made.secret)).status_code == 401
    assert System(district, fresh).get("/orgs").status_code == 200


def test_who_is_revoked_reads_no_more_at_once(district, made, reader):
    with district.app_context(), unit_of_work(board()) as scope:
        operations.revoke(scope, made.client_row_id)
    assert reader.get("/orgs").status_code == 401
    assert ask(district, auth=(made.client_id, made.secret)).status_code == 401


def test_neither_secret_nor_token_is_kept(district, made, reader):
    from tests.people.roster.imports import all_rows

    with district.app_context():
        every = repr(all_rows())
    assert made.secret not in every
    assert reader.token not in every


def test_a_token_leaves_a_trace(district, made, reader):
    with district.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        query = select(AuditEntry.object_id).where(AuditEntry.verb == "roster_client:token_issued")
        assert scope.session.scalars(query).all() == [str(made.client_row_id)]


def test_whoever_asks_too_often_waits(district, made, reader, monkeypatch):
    monkeypatch.setitem(district.extensions, "roster_rate", TokenBuckets(2, lambda: 0.0))
    assert [reader.get("/orgs").status_code for _ in range(3)] == [200, 200, 429]
    answer = reader.get("/orgs")
    assert (answer.headers["Retry-After"], minor(answer)) == ("30", "server_busy")


def test_a_page_takes_few_questions(reader, queries):
    with queries() as seen:
        reader.get("/users")
    assert len(seen) <= 9, seen
