"""How a learning app is opened: entering and changing it."""

from dataclasses import dataclass
from uuid import UUID

from aarportal.audit import operations as audit
from aarportal.core.errors import InvalidError, NotFoundError
from aarportal.core.ids import new_id
from aarportal.core.partners import check_address
from aarportal.core.scope import Scope
from aarportal.cycle.action.apps import store as apps
from aarportal.cycle.action.launching import store
from aarportal.cycle.action.launching.models import LtiTool

KNOWN_AS = ("pairwise", "identifier")
MOST_ADDRESSES = 20


@dataclass(frozen=True)
class ToolDraft:
    """How an app is opened, as the office enters it.

    Attributes:
        known_as: Under which name it knows pupils, one of `KNOWN_AS`.
    """

    login_url: str
    launch_url: str
    redirect_uris: tuple[str, ...]
    known_as: str = "pairwise"
    tells_name: bool = False
    tells_class: bool = False


def keep(scope: Scope, app_id: UUID, draft: ToolDraft, *, private: bool) -> LtiTool:
    """Let an app be opened from here, or otherwise than before.

    Args:
        scope: The office's.
        app_id: The app.
        draft: How.
        private: Whether it may be in a private network.

    Raises:
        NotFoundError: If the district has no such app.
        InvalidError: If an address is missing, or none.
    """
    _check(draft, private=private)
    apps.locked_app(scope, app_id)
    row = store.tool_of_app(scope, app_id, lock=True)
    if row is None:
        row = LtiTool(
            id=new_id(),
            district_id=scope.district_id,
            app_id=app_id,
            client_id=new_id().hex,
            deployment_id="1",
            made_by=scope.actor_id,
        )
        scope.session.add(row)
    row.login_url, row.launch_url = draft.login_url, draft.launch_url
    row.redirect_uris = list(dict.fromkeys(draft.redirect_uris))
    row.known_as = draft.known_as
    row.tells_name, row.tells_class = draft.tells_name, draft.tells_class
    told = [draft.known_as, *(n for n in ("tells_name", "tells_class") if getattr(draft, n))]
    audit.record(scope, "lti_tool:kept", app_id, detail=", ".join(told))
    return row


def remove(scope: Scope, app_id: UUID) -> None:
    """Let an app not be opened from here any more; what it sent stays.

    Raises:
        NotFoundError: If it is not opened from here.
    """
    row = store.tool_of_app(scope, app_id, lock=True)
    if row is None:
        raise NotFoundError("tool")
    audit.record(scope, "lti_tool:removed", app_id)
    scope.session.delete(row)


def _check(draft: ToolDraft, *, private: bool) -> None:
    for name in ("login_url", "launch_url"):
        check_address(name, getattr(draft, name), private=private, with_query=True)
    if not draft.redirect_uris:
        raise InvalidError("redirect_uris", "required")
    if len(draft.redirect_uris) > MOST_ADDRESSES:
        raise InvalidError("redirect_uris", "too_many")
    for each in draft.redirect_uris:
        check_address("redirect_uris", each, private=private, with_query=True)
    if draft.known_as not in KNOWN_AS:
        raise InvalidError("known_as", "required")
