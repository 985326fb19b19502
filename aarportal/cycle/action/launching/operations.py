"""Opening a learning app: it asks who is there, and is told what its registration allows.

No unit of work may be open.

Source: 1EdTech LTI 1.3 core, section 5; 1EdTech Security Framework 1.0, section 5.1.1.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.ids import new_id
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.launching import hints, store
from aarportal.cycle.action.launching.models import LtiTool
from aarportal.people.identity import store as identity
from aarportal.people.identity.models import IdentityLink
from aarportal.people.lti.claims import PREFIX, RESOURCE_LINK, VERSION
from aarportal.people.lti.keys import operations as keys
from aarportal.people.roster.models import Class, User

TOKEN_SECONDS = 300
_LONGEST = 4096
_VOCABULARY = "http://purl.imsglobal.org/vocab/lis/v2"
_ROLES = (f"{_VOCABULARY}/membership#Learner", f"{_VOCABULARY}/institution/person#Student")


class RefusedError(Exception):
    """A question that is not answered.

    Attributes:
        rule: Which rule it breaks; a key.
    """

    def __init__(self, rule: str) -> None:
        """Name the rule."""
        super().__init__(rule)
        self.rule = rule


@dataclass(frozen=True)
class Sign:
    """What an opening is bound to: this installation, this sign-in."""

    secret: str = field(repr=False)
    session: str = field(repr=False)


@dataclass(frozen=True)
class Question:
    """What an app asks (an OIDC authentication request), as it came."""

    given: dict[str, str]

    def __getitem__(self, name: str) -> str:
        """A parameter; empty if it is not there."""
        return self.given.get(name, "")


@dataclass(frozen=True)
class Answer:
    """What the browser carries back to the app.

    Attributes:
        to: Where it is sent; one of the addresses that were registered, to the letter.
    """

    to: str
    title: str
    id_token: str
    state: str


def opening(scope: Scope, tool_id: UUID, sign: Sign, root: str) -> str:
    """The address that opens a tool: there it learns that somebody comes, and not who.

    Raises:
        NotFoundError: If it cannot be opened at this school.
    """
    tool = store.tool(scope, tool_id).tool
    at = int(clock.now().timestamp())
    query = {
        "iss": root,
        "target_link_uri": tool.launch_url,
        "login_hint": hints.hint(sign.secret, sign.session, tool.id, at),
        "lti_message_hint": str(tool.id),
        "client_id": tool.client_id,
        "lti_deployment_id": tool.deployment_id,
    }
    mark = "&" if "?" in tool.login_url else "?"
    return f"{tool.login_url}{mark}{urlencode(query)}"


def answer(scope: Scope, question: Question, sign: Sign, root: str) -> Answer:
    """Tell a tool who opened it, as much as its registration allows.

    Raises:
        RefusedError: If the question is not as it has to be, or not about this sign-in.
    """
    with unit_of_work(scope, read_only=True):
        found = store.tool_of_client(scope, question["client_id"])
        tool = _checked(found, question, sign)
        title = found.title if found else ""
        user, group = store.person(scope), store.homeroom(scope)
    subject = _subject(tool, user, root)
    now = int(clock.now().timestamp())
    claims = {
        "iss": root,
        "aud": tool.client_id,
        "azp": tool.client_id,
        "sub": subject,
        "nonce": question["nonce"],
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        f"{PREFIX}message_type": RESOURCE_LINK,
        f"{PREFIX}version": VERSION,
        f"{PREFIX}deployment_id": tool.deployment_id,
        f"{PREFIX}target_link_uri": tool.launch_url,
        f"{PREFIX}resource_link": {"id": str(tool.id), "title": title},
        f"{PREFIX}roles": list(_ROLES),
        **_told(tool, user, group),
    }
    with unit_of_work(scope):
        # The names of claims, and none of their values.
        told = [tool.known_as, *(name.removeprefix(PREFIX) for name in _told(tool, user, group))]
        detail = ", ".join(told)
        audit.record(scope, "app:opened", tool.app_id, student_id=user.id, detail=detail)
    return Answer(question["redirect_uri"], title, keys.signed(claims), question["state"])


def _checked(found: store.Opened | None, question: Question, sign: Sign) -> LtiTool:
    """The tool that asks, if its question may be answered.

    Raises:
        RefusedError: The first rule that is broken.
    """
    if found is None:
        raise RefusedError("client_id")
    tool = found.tool
    if question["redirect_uri"] not in tool.redirect_uris:
        raise RefusedError("redirect_uri")
    now = int(clock.now().timestamp())
    given = question["login_hint"]
    if not hints.holds(given, sign.secret, sign.session, tool.id, now):
        raise RefusedError("login_hint")
    wanted = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "lti_message_hint": str(tool.id),
    }
    for name, value in wanted.items():
        if question[name] != value:
            raise RefusedError(name)
    for name in ("nonce", "state"):
        if not question[name] or len(question[name]) > _LONGEST:
            raise RefusedError(name)
    return tool


def _subject(tool: LtiTool, user: User, issuer: str) -> str:
    """The name under which the tool knows somebody; what it sends about it finds them again."""
    if tool.known_as == "identifier" and user.master_identifier:
        return user.master_identifier
    with unit_of_work(SystemScope("a learning app is opened")) as scope:
        identity.lock_names(scope, tool.district_id)
        name = store.pairwise_name(scope, tool.app_id, issuer, user.id)
        if name is None:
            name = str(uuid4())
            scope.session.add(
                IdentityLink(
                    id=new_id(),
                    district_id=tool.district_id,
                    system=tool.app_id,
                    issuer=issuer,
                    name=name,
                    user_id=user.id,
                )
            )
            audit.record(scope, "identity:linked", tool.app_id, student_id=user.id)
    return name


def _told(tool: LtiTool, user: User, group: Class | None) -> dict[str, Any]:
    """What is told besides the subject; nothing, unless the registration says so."""
    told: dict[str, Any] = {}
    if tool.tells_name:
        told["name"] = f"{user.family_name} {user.given_name}"
        told["family_name"], told["given_name"] = user.family_name, user.given_name
    if tool.tells_class and group is not None:
        told[f"{PREFIX}context"] = {
            "id": str(group.id),
            "type": ["http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"],
            "title": group.title,
        }
    return told
