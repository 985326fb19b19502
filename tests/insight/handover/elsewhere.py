"""Another installation: an app and a database of its own, with nothing in it but a new cast."""

from hashlib import sha256
from io import BytesIO
from uuid import UUID

from aarportal import migrate
from aarportal.app import create_app
from aarportal.audit import operations as audit
from aarportal.core.permissions import Role
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.insight.handover import archive, keeper, store
from aarportal.insight.handover.packages import operations as packages
from aarportal.insight.handover.taking_in import operations as taking
from aarportal.people.roster.models import Enrollment, User, UserRole
from tests import cast
from tests.cast import AOI, CLASS_ELSEWHERE, ELSEWHERE, MINATO, SATO, Member, key, scope_of
from tests.conftest import make_settings

#: Aoi under the name that the new school's roster gives her; her 利用者識別子 is the same.
AOI_THERE = Member(
    "aoi-there", MINATO, ELSEWHERE, Role.STUDENT, "P5", "髙﨑", "葵", ("たかさき", "あおい"),
    (CLASS_ELSEWHERE,), 2,
)  # fmt: skip


def open_installation(folder, url: str = ""):
    """A second portal; nobody of the first is in it but by the roster."""
    folder.mkdir(parents=True, exist_ok=True)
    app = create_app(
        make_settings(url or f"sqlite:///{folder / 'portal.db'}", folder), TESTING=True
    )
    migrate.upgrade(app)
    with app.app_context():
        with unit_of_work(SystemScope("cast")) as scope:
            cast.enter(scope)
        with unit_of_work(SystemScope("a child comes")) as scope:
            come(scope, AOI_THERE, AOI.id)
    return app


def come(scope: SystemScope, member: Member, master_identifier: UUID) -> None:
    scope.session.add(
        User(
            id=member.id, district_id=member.district_id, sourced_id=str(member.id),
            username=f"{member.name}@minato.example", master_identifier=str(master_identifier),
            family_name=member.family_name, given_name=member.given_name,
            kana_family_name=member.kana[0], kana_given_name=member.kana[1], grade=member.grade,
        )
    )  # fmt: skip
    scope.session.flush()
    scope.session.add(
        UserRole(
            school_id=member.school_id, id=key(f"role {member.name}"),
            sourced_id=f"role {member.name}", user_id=member.id, role="student",
            role_type="primary",
        )
    )  # fmt: skip
    scope.session.add(
        Enrollment(
            school_id=member.school_id, id=key(f"seat {member.name}"),
            sourced_id=f"seat {member.name}", class_id=member.classes[0], user_id=member.id,
            role="student", attendance_no=member.attendance_no,
        )
    )  # fmt: skip
    audit.record(scope, "roster:changed", member.id)


def export(app, member: Member) -> bytes:
    """The student's own, as the student fetches it."""
    with app.app_context():
        with unit_of_work(scope_of(member)) as scope:
            package_id = packages.ask_for_own(scope).id
        keeper.here().worker.wake()
        with unit_of_work(scope_of(member)) as scope:
            packages.fetch(scope, package_id)
        return keeper.here().made.get(package_id)


def bring(app, data: bytes, office: Member = SATO) -> UUID:
    """The office brings a file."""
    with app.app_context(), unit_of_work(scope_of(office)) as scope:
        with archive.opened(BytesIO(data)) as package:
            row = taking.bring(scope, "aoi.zip", sha256(data).hexdigest(), package)
        keeper.here().brought.put(row.id, data)
        return row.id


def take_in(app, data: bytes, student: Member = AOI_THERE, office: Member = SATO) -> UUID:
    """The office brings a file, compares the key, and has it written."""
    import_id = bring(app, data, office)
    with app.app_context():
        with unit_of_work(scope_of(office)) as scope:
            row = taking.the_import(scope, import_id)
            taking.choose_person(scope, row, student.id)
            taking.trust(scope, row)
            taking.confirm(scope, row)
        keeper.here().worker.wake()
    return import_id


def take_back(app, import_id: UUID, office: Member = SATO) -> None:
    with app.app_context():
        with unit_of_work(scope_of(office)) as scope:
            taking.take_back(scope, taking.the_import(scope, import_id))
        keeper.here().worker.wake()


def state(app, import_id: UUID, office: Member = SATO) -> tuple[str, str]:
    with app.app_context(), unit_of_work(scope_of(office), read_only=True) as scope:
        row = taking.the_import(scope, import_id)
        return row.state, row.trouble


def contents(app, student: Member):
    """What an export of the student holds now."""
    with app.app_context(), unit_of_work(SystemScope("test"), read_only=True) as scope:
        return store.contents(scope, student.id, with_drafts=True)
