"""Something behind every kind of id in an address, once for each child, class, school, district."""

import json
from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import select

from aarportal.audit import operations as audit
from aarportal.care.school_data.models import SchoolDataImport
from aarportal.core import clock
from aarportal.core.scope import SystemScope
from aarportal.core.sealing import Secret
from aarportal.core.submissions import Submission
from aarportal.cycle.action.imports.models import TableImport
from aarportal.cycle.action.launching.models import LtiTool
from aarportal.cycle.action.models import LearningApp, StoredStatement
from aarportal.cycle.units.catalogue.models import CatalogueEntry
from aarportal.insight.handover.models import (
    DeletionOrder,
    HandoverImport,
    HandoverPackage,
    TrustedIssuer,
)
from aarportal.people.accounts.cards.models import SchoolNetwork
from aarportal.people.accounts.cards.pictures import PICTURES, written
from aarportal.people.accounts.locks.models import StaffLock
from aarportal.people.accounts.models import SignInSession
from aarportal.people.accounts.oidc.models import OidcBinding, OidcProvider
from aarportal.people.identity.models import IdentityLink, PersonMerge
from aarportal.people.lti.models import LtiBinding, LtiChoice, LtiContext, LtiPlatform
from aarportal.people.relations.models import HeldRelation
from aarportal.people.roster.imports.models import RosterImport
from aarportal.people.roster.models import AcademicSession, Class, Course
from aarportal.people.roster.rest.models import RosterClient
from aarportal.people.roster.sources.models import RosterSource
from aarportal.people.school_year.models import BellSchedule, YearImport
from tests.access import senders
from tests.access.filling import GROUP_OF, canary, row_of, student_tables
from tests.access.people import (
    CHILDREN,
    CLASS_5_1,
    CLASS_BEFORE,
    COVER,
    LEAVERS,
    MEI,
    NAO,
    WHO,
)
from tests.cast import (
    AOI,
    APP_DRILL,
    CHIBA,
    CLASS_1_1,
    CLASS_4_2,
    CLASS_ELSEWHERE,
    CLASS_J2_1,
    DOI,
    ELSEWHERE,
    GEN,
    GOTO,
    HANA,
    HINATA,
    KEN,
    MINATO,
    MORI,
    OKA,
    PRIMARY,
    SATO,
    SCIENCE_4_2,
    SECONDARY,
    UNIT_ADDING,
    UNIT_DIVISION,
    UNIT_EQUATIONS,
    key,
)

APP_MINATO = key("app minato")
APPS = {HINATA: APP_DRILL, MINATO: APP_MINATO}
SCHOOLS = {PRIMARY: HINATA, SECONDARY: HINATA, ELSEWHERE: MINATO}
OFFICES = {PRIMARY: OKA.id, SECONDARY: key("office of secondary"), ELSEWHERE: SATO.id}
UNITS = {
    CLASS_4_2: UNIT_DIVISION,
    CLASS_1_1: UNIT_ADDING,
    CLASS_J2_1: UNIT_EQUATIONS,
    SCIENCE_4_2: key(f"unit of {SCIENCE_4_2}"),
    CLASS_5_1: key(f"unit of {CLASS_5_1}"),
    CLASS_BEFORE: key(f"unit of {CLASS_BEFORE}"),
    CLASS_ELSEWHERE: key(f"unit of {CLASS_ELSEWHERE}"),
}
#: From here login cards open at any time.
NETWORK = "10.0.0.0/8"
#: The issuer of every platform; each school knows it by another client id.
ISSUER = "https://platform.invalid"
#: Teachers who came from a platform and have still to choose what a link opens.
CHOOSERS = (CHIBA, DOI, COVER, GOTO)
_MANIFEST = {
    "issuer": {
        "district": {"name": "みずべ市", "code": "1"}, "school": {"name": "みずべ小", "code": "2"},
        "key": "",
    },
    "userMasterIdentifier": "", "files": [], "format": "x", "version": 1,
    "made_at": "2026-03-31T00:00:00Z",
}  # fmt: skip
#: Where the rows of children were written who are in no class of that school any more.
CLASSES_THEN = {MEI.name: CLASS_4_2, NAO.name: CLASS_4_2}
#: Children who come in themselves, in the matrix or in the attacks.
COME_IN = (AOI, HANA, KEN, GEN)
#: The day on which everything was put there: rows are of that day, whenever somebody knocks.
_PUT_ON: list[date] = []
#: Package -> the child whose it is.
PACKAGES = {
    **{key(f"handover_packages {child.name}"): child for child in CHILDREN},
    **{key(f"package of {child.name}"): child for child in LEAVERS.values()},
}


def file_of(package_id: UUID) -> bytes:
    """What somebody takes home who fetches a package: a zip, as it always is."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("index.html", f"<p>{canary('p', PACKAGES[package_id])}</p>")
    return file.getvalue()


def put_on() -> date:
    """The day of which the rows are; that of today before there are any."""
    return _PUT_ON[0] if _PUT_ON else clock.today()


def put(scope: SystemScope) -> None:
    """Put everything there, each after that to which it points."""
    _PUT_ON[:] = [clock.today()]
    _of_districts(scope)
    scope.session.flush()
    _of_schools(scope)
    scope.session.flush()
    for table, model in student_tables().items():
        for child in CHILDREN:
            scope.session.add(row_of(model, child, **_said(table, child)))
        scope.session.flush()
    for child in CHILDREN:
        _of_child(scope, child)
    scope.session.flush()
    _ways_in(scope)
    audit.record(scope, "world:made", "objects")


def _said(table: str, child: Any) -> dict[str, Any]:
    """What a row of this table has to say for itself."""
    now, today = clock.now(), clock.today()
    class_id, app = class_of(child), {"app_id": APPS[child.district_id]}
    days = {"ready_at": now, "kept_until": today + timedelta(days=7)}
    said: dict[str, dict[str, Any]] = {
        "data_requests": {"asked_by": child.id},
        "carried_rows": {"details": {"name": canary("l", child)}},
        "day_rollups": app,
        "handover_packages": {"for_student": True, "made_by": child.id, **days},
        "health_observations": {"wants_to_talk": True},
        "learning_cycles": {"class_id": class_id, "unit_id": UNITS.get(class_id)},
        "learning_records": {**app, "ended_at": now - timedelta(minutes=4)},
        # Whoever comes in never erred so often.
        "pupil_locks": {} if child in COME_IN else {"ends_at": now + timedelta(days=1)},
        "login_cards": {
            "class_id": class_id, "token_hash": sha256(card_of(child).encode()).digest(),
            "pictures": written(pictures_of(child)),
        },
        "teacher_feedback": {"teacher_id": CHIBA.id},
        "term_letters": {"year": clock.school_year_of(today) - 1},
    }  # fmt: skip
    return said.get(table, {})


def card_of(child: Any) -> str:
    """What stands in the QR code of a child's login card."""
    return f"the-login-card-of-{child.name}"


def pictures_of(child: Any) -> tuple[str, ...]:
    """The pictures of it: three that differ."""
    names, first = tuple(PICTURES), CHILDREN.index(child)
    return names[first], names[(first + 5) % len(names)], names[(first + 3) % len(names)]


def class_of(child: Any) -> UUID:
    """The class in which what is a child's was written."""
    classes = {PRIMARY: CLASS_4_2, SECONDARY: CLASS_J2_1, ELSEWHERE: CLASS_ELSEWHERE}
    if child.name in CLASSES_THEN or not child.classes:
        return classes[child.school_id]
    return child.classes[0]


def _of_districts(scope: SystemScope) -> None:
    now, today = clock.now(), clock.today()
    scope.session.add(
        LearningApp(
            id=APP_MINATO, district_id=MINATO, title="みなとのアプリ", access_key="minato",
            home_pages=["https://idp.hinata.example/"], secret_hash=b"",
        )
    )  # fmt: skip
    for district_id in APPS:
        for name, kind in (("term", "term"), ("period", "gradingPeriod")):
            scope.session.add(
                AcademicSession(
                    district_id=district_id, id=key(f"{name} {district_id}"),
                    sourced_id=f"{name} {district_id}", title="年度", type=kind, starts_on=today,
                    ends_before=today + timedelta(days=9), school_year=2026,
                    parent_sourced_id="" if name == "term" else f"term {district_id}",
                )
            )  # fmt: skip
        scope.session.add(
            Course(
                district_id=district_id, id=key(f"course {district_id}"),
                sourced_id=f"course {district_id}", title="四年",
            )
        )  # fmt: skip
        scope.session.flush()
        schools = [school_id for school_id, its in SCHOOLS.items() if its == district_id]
        # Of each class a course and a term are known: a roster lacks nothing that is taken along.
        for row in scope.session.scalars(select(Class).where(Class.school_id.in_(schools))):
            row.course_id = key(f"course {district_id}")
            row.term_sourced_ids = [f"term {district_id}"]
        scope.session.add(
            TrustedIssuer(
                district_id=district_id, id=key(f"issuer {district_id}"),
                fingerprint="ab" * 32, title="となりの まち", confirmed_by=OKA.id, confirmed_at=now,
            )
        )  # fmt: skip


def _of_schools(scope: SystemScope) -> None:
    today = clock.today()
    for school_id, district_id in SCHOOLS.items():
        office, here = OFFICES[school_id], {"school_id": school_id}
        name, leaver = str(school_id), LEAVERS[school_id]
        table = f"{canary('b', leaver)}.csv"
        brought = {"file_name": table, "file_sha256": "", "made_by": office, "columns": {}}
        scope.session.add_all(
            [
                TableImport(
                    **here, **brought, id=key(f"table_imports {name}"), app_id=APPS[district_id],
                    state="uploaded", heads={},
                ),
                SchoolDataImport(
                    **here, **brought, id=key(f"school_data_imports {name}"), kind="grades",
                    state="uploaded", heads={},
                ),
                SchoolDataImport(
                    **here, **brought | {"file_name": f"{canary('h', leaver)}.csv"},
                    id=key(f"school_data_imports {name} health"), kind="health_observation",
                    state="uploaded", heads={},
                ),
                SchoolDataImport(
                    **here, **brought, id=key(f"school_data_imports {name} taken"), kind="grades",
                    state="done", heads={},
                ),
                YearImport(
                    **here, id=key(f"year_imports {name}"), kind="calendar", starts_on=today,
                    file_name=table, data="日付,種別\n".encode(), encoding="utf-8", columns={},
                    state="brought", made_by=office,
                ),
                BellSchedule(
                    **here, id=key(f"bells {name}"), title="いつも", times=[["08:45", 45]],
                    weekdays=[1],
                ),
                CatalogueEntry(
                    **here, district_id=district_id, id=key(f"entry {name}"),
                    app_id=APPS[district_id], kind="title", value="わり算", subject="sansu",
                ),
                RosterImport(
                    **here, district_id=district_id, id=key(f"roster {name}"),
                    file_name=f"{canary('r', leaver)}.zip", made_by=office, state="same",
                ),
                HeldRelation(
                    **here, id=key(f"relation {name}"), holder_id=leaver.id,
                    kind="case", student_id=leaver.id, reason=canary("g", leaver),
                    starts_on=today, ends_before=today + timedelta(days=9), given_by=office,
                    given_at=clock.now(),
                ),
                RosterClient(
                    **here, district_id=district_id, id=key(f"client {name}"), title="よむもの",
                    client_id=f"client {name}", secret_hash=b"", school_ids=[name], made_by=office,
                ),
                RosterSource(
                    **here, district_id=district_id, id=key(f"source {name}"), title="よそ",
                    base_url="https://roster.invalid/", token_url="https://roster.invalid/token",
                    client_id="c", client_secret=Secret("a secret"), pull_hour=3, made_by=office,
                ),
                HandoverImport(
                    **here, district_id=district_id, id=key(f"intake {name}"),
                    file_name="きろく.zip", file_sha256="", fingerprint="ab" * 32,
                    made_by=office, state="brought", manifest=_MANIFEST,
                    preview={"name": canary("p", leaver), "counts": {}, "years": {}},
                ),
            ]
        )  # fmt: skip


def _of_child(scope: SystemScope, child: Any) -> None:
    name, now = child.name, clock.now()
    of_district = {"district_id": child.district_id}
    if child in LEAVERS.values():
        scope.session.add(
            row_of(
                HandoverPackage, child, id=key(f"package of {name}"), for_student=False,
                made_by=OKA.id, ready_at=now, kept_until=clock.today() + timedelta(days=7),
            )
        )  # fmt: skip
        scope.session.add(
            DeletionOrder(
                **of_district, id=key(f"order {name}"), school_id=child.school_id,
                student_id=child.id, kind="left", due_on=clock.today() + timedelta(days=300),
                ordered_by=OKA.id, state="planned", held_because=canary("p", child),
            )
        )  # fmt: skip
    scope.session.add_all(
        [
            IdentityLink(
                **of_district, id=key(f"link {name}"), system=APPS[child.district_id],
                issuer="https://drill.example/", name=canary("k", child), user_id=child.id,
                made_by=OKA.id,
            ),
            PersonMerge(
                **of_district, id=key(f"merge {name}"), kept_id=child.id,
                merged_id=LEAVERS[child.school_id].id, made_by=OKA.id, taken_back_at=now,
            ),
            Submission(
                school_id=child.school_id, actor_id=child.id, key=f"idem {name}",
                location=f"/{canary('x', child)}", at=now,
            ),
            StoredStatement(
                **of_district, id=key(f"learning_records {name}"),
                given_id=key(f"given {name}"), app_id=APPS[child.district_id],
                position=1000 + CHILDREN.index(child), fingerprint=name.encode(),
                body=json.dumps(senders.statement(child)).encode(),
            ),
        ]
    )  # fmt: skip


def _ways_in(scope: SystemScope) -> None:
    """By what and where people come in: sessions, accounts at providers and platforms, locks."""
    now, later = clock.now(), clock.now() + timedelta(days=9)
    for school_id, district_id in SCHOOLS.items():
        here, name = {"district_id": district_id, "school_id": school_id}, str(school_id)
        scope.session.add_all(
            [
                OidcProvider(
                    **here, id=key(f"provider {name}"), title="まちの アカウント", kind="any",
                    issuer="https://idp.invalid", client_id=name, client_secret=Secret("a secret"),
                    claim="email", compared_with="username",
                ),
                LtiPlatform(
                    **here, id=key(f"platform {name}"), title="まちの 学習ポータル", issuer=ISSUER,
                    client_id=name, auth_url=f"{ISSUER}/auth", token_url=f"{ISSUER}/token",
                    jwks_url=f"{ISSUER}/jwks", deployments=["1"], known_by="identifier",
                ),
            ]
        )  # fmt: skip
        scope.session.add(SchoolNetwork(school_id=school_id, network=NETWORK))
        scope.session.flush()
        scope.session.add(
            LtiContext(
                district_id=district_id, id=key(f"context {name}"),
                platform_id=key(f"platform {name}"), context_id="class", title="四年",
                memberships_url=f"{ISSUER}/members",
            )
        )  # fmt: skip
    for district_id, app_id in APPS.items():
        scope.session.add(
            LtiTool(
                district_id=district_id, id=key(f"tool {district_id}"), app_id=app_id,
                client_id=f"tool of {district_id}", deployment_id="1",
                login_url="https://drill.example/login", launch_url="https://drill.example/",
                redirect_uris=["https://drill.example/launch"],
            )
        )  # fmt: skip
    for member in CHOOSERS:
        scope.session.add(
            LtiChoice(
                district_id=member.district_id, id=key(f"choice {member.name}"),
                platform_id=key(f"platform {PRIMARY}"), user_id=member.id, deployment_id="1",
                return_url=f"{ISSUER}/chosen", expires_at=later,
            )
        )  # fmt: skip
    for member in (CHIBA, MORI, SATO):
        scope.session.add(
            StaffLock(
                user_id=member.id, district_id=member.district_id, school_id=member.school_id,
                locked_at=now - timedelta(days=1), ends_at=now - timedelta(hours=1),
            )
        )  # fmt: skip
    people = {it.member for it in WHO.values() if it.member} | set(CHILDREN)
    for member in sorted(people, key=lambda it: it.name):
        scope.session.add(
            SignInSession(
                token_hash=member.id.bytes, id=key(f"session {member.name}"), user_id=member.id,
                district_id=member.district_id, school_id=member.school_id,
                role=member.role.value, opened_at=now, closes_at=later, way="password",
                proved_at=now,
            )
        )  # fmt: skip
    for child in CHILDREN:
        bound = {"district_id": child.district_id, "user_id": child.id}
        scope.session.add_all(
            [
                OidcBinding(
                    **bound, provider_id=key(f"provider {child.school_id}"),
                    subject=canary("k", child),
                ),
                LtiBinding(
                    **bound, platform_id=key(f"platform {child.school_id}"),
                    subject=canary("k", child),
                ),
            ]
        )  # fmt: skip


def found(scope: SystemScope) -> dict[UUID, tuple[str, str]]:
    """Id -> (letter of the group, child) of every row about a child, and of the child."""
    names = {child.id: child.name for child in CHILDREN}
    ids = {
        key(f"{word}{name}"): (letter, name) for name in names.values()
        for letter, word in (
            ("n", ""), ("k", "link "), ("k", "merge "), ("v", "session "), ("p", "order "),
            ("p", "package of "),
        )
    }  # fmt: skip
    ids |= {senders.statement_id(child): ("m", child.name) for child in CHILDREN}
    for table, model in student_tables().items():
        if hasattr(model, "id"):
            for row in scope.session.scalars(select(model)):
                if row.student_id in names:
                    ids[row.id] = (GROUP_OF[table], names[row.student_id])
    return ids
