"""What somebody with a role of the roster is here, pure."""

from collections.abc import Mapping
from types import MappingProxyType

from aarportal.core.permissions import Role

#: Role of the roster -> what somebody is here; whoever has another one cannot come in.
ROLES: Mapping[str, Role] = MappingProxyType(
    {
        "student": Role.STUDENT,
        "teacher": Role.TEACHER,
        "administrator": Role.ADMINISTRATOR,
        "siteAdministrator": Role.ADMINISTRATOR,
        "principal": Role.PRINCIPAL,
        "ext:nurse": Role.NURSE,
        "counselor": Role.COUNSELOR,
        "guardian": Role.GUARDIAN,
        "parent": Role.GUARDIAN,
        "relative": Role.GUARDIAN,
        "systemAdministrator": Role.SYSTEM_ADMINISTRATOR,
        "districtAdministrator": Role.DISTRICT_ADMINISTRATOR,
    }
)
