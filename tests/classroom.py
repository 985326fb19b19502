"""Class 4-2 with forty children: Aoi, Ben and thirty-eight more."""

from aarportal.audit import operations as audit
from aarportal.core.permissions import Role
from aarportal.core.scope import SystemScope
from aarportal.people.accounts.models import Account
from aarportal.people.roster.models import Enrollment, User, UserRole
from tests.cast import CLASS_4_2, HINATA, PASSWORD_HASH, PRIMARY, Member, key

SIZE = 40
#: Long, rare and foreign names stand among the others, as in any class.
_FAMILIES = ("青木", "久保田山本", "辻󠄀", "グエン", "佐々木", "李", "長谷川", "渡邉")
_GIVENS = ("ひなた", "アレクサンドラ", "蓮", "さくら", "大和", "ミン", "結衣", "陽")


def classmates(size: int = SIZE) -> list[Member]:
    """Everybody in the class who is not of the cast."""
    return [
        Member(
            f"pupil-{n:02}", HINATA, PRIMARY, Role.STUDENT, "P4",
            _FAMILIES[n % len(_FAMILIES)], _GIVENS[(n * 3) % len(_GIVENS)], ("あおき", "ひなた"),
            (CLASS_4_2,), n,
        )
        for n in range(3, size + 1)
    ]  # fmt: skip


def fill(scope: SystemScope, size: int = SIZE) -> list[Member]:
    """Let the others come in."""
    members = classmates(size)
    for member in members:
        scope.session.add(
            User(
                id=member.id, district_id=HINATA, sourced_id=str(member.id),
                username=f"{member.name}@hinata.example", master_identifier=str(member.id),
                family_name=member.family_name, given_name=member.given_name,
                kana_family_name=member.kana[0], kana_given_name=member.kana[1],
                grade=member.grade,
            )
        )  # fmt: skip
    scope.session.flush()
    for member in members:
        scope.session.add(
            Account(
                user_id=member.id, district_id=HINATA, login_id=member.login_id,
                password_hash=PASSWORD_HASH,
            )
        )  # fmt: skip
        scope.session.add(
            UserRole(
                school_id=PRIMARY, id=key(f"role {member.name}"),
                sourced_id=f"role {member.name}", user_id=member.id, role="student",
                role_type="primary",
            )
        )  # fmt: skip
        scope.session.add(
            Enrollment(
                school_id=PRIMARY, id=key(f"seat {member.name}"),
                sourced_id=f"seat {member.name}", class_id=CLASS_4_2, user_id=member.id,
                role="student", attendance_no=member.attendance_no,
            )
        )  # fmt: skip
    audit.record(scope, "class:filled", CLASS_4_2, detail=str(size))
    return members
