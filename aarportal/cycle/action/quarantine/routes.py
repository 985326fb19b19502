"""Quarantine over HTTP: what waits and why, whose it is, and two persons who are one child."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError
from aarportal.core.permissions import Permission
from aarportal.core.scope import Scope
from aarportal.core.words import mark
from aarportal.cycle.action import store as action
from aarportal.cycle.action.intake import digester
from aarportal.cycle.action.quarantine import operations, said, store
from aarportal.cycle.action.quarantine.forms import (
    ActorForm,
    AgainForm,
    LinkForm,
    MergeForm,
    RuleForm,
)
from aarportal.cycle.action.quarantine.operations import ActorDraft
from aarportal.people.identity import operations as identity
from aarportal.people.identity import store as identities
from aarportal.web import looks
from aarportal.web.afterwards import afterwards
from aarportal.web.blueprint import PortalBlueprint
from aarportal.web.fragments import render
from aarportal.web.paging import asked_page
from aarportal.web.texts import notice

blueprint = PortalBlueprint("quarantine", __name__, shows=looks.school("identities"))

PAGE = 40
#: Statements on a page; each brings its JSON along.
STATEMENTS = 20
#: Names that the preview of a rule shows.
_FORESEEN = 20
_MOST_LETTERS = 100
_MANAGE = Permission.IDENTITIES_MANAGE


@blueprint.route("/quarantine", permission=_MANAGE)
def waiting(scope: Scope) -> Response:
    """Show what waits, by app and reason, and under which names."""
    return _waiting(scope, store.Wanted(_uuid("app"), _reason(), aside="aside" in request.args))


@blueprint.route("/quarantine/again", permission=_MANAGE, methods=["POST"])
def read_again(scope: Scope) -> AnyResponse:
    """Read all that waits once more."""
    form = AgainForm()
    if not form.validate():
        raise NotFoundError("app")
    operations.read_everything_again(scope, form.app_id())
    notice(mark("What waits is read again."))
    return _read_on(url_for(".waiting", app=form.app_id()))


@blueprint.route("/quarantine/actor", permission=_MANAGE)
def actor(scope: Scope) -> Response:
    """Show what waits under a name, and look for whose it is."""
    draft = ActorDraft(_needed("app"), _text("issuer"), _text("name"))
    return _actor(scope, draft, None)


@blueprint.route("/quarantine/actor/link", permission=_MANAGE, methods=["POST"])
def link(scope: Scope) -> AnyResponse:
    """Say whose a name is."""
    form = LinkForm()
    try:
        if form.validate():
            row = operations.link(scope, form.draft())
            notice(mark("It is kept whose this name is."))
            return _read_on(url_for(".one_link", link_id=row.id))
    except InvalidError as error:
        form.refuse(error)
    return _actor(scope, ActorDraft(_needed("app"), _text("issuer"), _text("name")), form)


@blueprint.route("/quarantine/actor/nobody", permission=_MANAGE, methods=["POST"])
def put_aside(scope: Scope) -> AnyResponse:
    """Say that a name is no child's."""
    draft = _named()
    operations.put_aside(scope, draft)
    notice(mark("The name is put aside. What came under it stays, and no number counts it."))
    return redirect(url_for(".waiting", app=draft.app_id), 303)


@blueprint.route("/quarantine/actor/look-again", permission=_MANAGE, methods=["POST"])
def look_again(scope: Scope) -> AnyResponse:
    """Take that back."""
    draft = _named()
    operations.look_again(scope, draft)
    notice(mark("The name is in the list again."))
    return redirect(url_for(".actor", app=draft.app_id, issuer=draft.issuer, name=draft.name), 303)


@blueprint.route("/quarantine/rule", permission=_MANAGE)
def rule(scope: Scope) -> Response:
    """Show what would happen if a home page had the roster's names, and where one has."""
    return _rule(scope, _needed("app"), _text("issuer"), None)


@blueprint.route("/quarantine/rule", permission=_MANAGE, methods=["POST"])
def trust(scope: Scope) -> AnyResponse:
    """Declare that it has."""
    form = RuleForm()
    try:
        if form.validate():
            app = operations.trust(scope, UUID(form.app.data), form.issuer.data)
            notice(mark("The names of this home page are the roster's now."))
            return _read_on(url_for(".rule", app=app.id, issuer=form.issuer.data))
    except InvalidError as error:
        form.refuse(error)
    return _rule(scope, _needed("app"), _text("issuer"), form)


@blueprint.route("/quarantine/rule/take-back", permission=_MANAGE, methods=["POST"])
def distrust(scope: Scope) -> AnyResponse:
    """Take that back."""
    form = RuleForm()
    if not form.validate():
        raise NotFoundError("home page")
    app = operations.distrust(scope, UUID(form.app.data), form.issuer.data)
    notice(mark("The rule is taken back. All that this app sent is read again."))
    return _read_on(url_for(".rule", app=app.id, issuer=form.issuer.data))


@blueprint.route("/quarantine/links", permission=_MANAGE)
def links(scope: Scope) -> Response:
    """List whose names are known."""
    rows, number, total = identities.links(scope, _words(), number=asked_page(), size=PAGE)
    values = {
        **_paged(number, total, PAGE),
        "links": rows,
        "words": _words(),
        "persons": identities.persons(scope, {row.user_id for row in rows}),
        "apps": action.apps_by_id(scope, {row.system for row in rows}),
        "day_of": clock.school_day_of,
        "last_day_of": _last_day,
    }
    return render("quarantine/links.html", values)


@blueprint.route("/quarantine/links/<uuid:link_id>", permission=_MANAGE)
def one_link(scope: Scope, link_id: UUID) -> Response:
    """Show what a link has made, and what taking it back would do."""
    row = identities.link(scope, link_id)
    if row is None:
        raise NotFoundError("link")
    return _link(scope, row)


@blueprint.route("/quarantine/links/<uuid:link_id>/take-back", permission=_MANAGE, methods=["POST"])
def take_back(scope: Scope, link_id: UUID) -> AnyResponse:
    """Let a link hold no more."""
    operations.take_back(scope, link_id)
    notice(mark("The link is taken back. What it made waits again."))
    return _read_on(url_for(".one_link", link_id=link_id))


@blueprint.route("/quarantine/merges", permission=_MANAGE)
def merges(scope: Scope) -> Response:
    """List persons who are one child, and let two be chosen."""
    kept_id, merged_id = _uuid("kept_id"), _uuid("merged_id")
    return _merges(scope, kept_id, merged_id, None)


@blueprint.route("/quarantine/merges", permission=_MANAGE, methods=["POST"])
def merge(scope: Scope) -> AnyResponse:
    """Say that two persons are one child."""
    form = MergeForm()
    if not form.validate():
        raise NotFoundError("person")
    kept_id, merged_id = form.pair()
    try:
        row = operations.merge(scope, kept_id, merged_id, confirmed=form.confirmed.data)
    except InvalidError as error:
        form.refuse(error)
        return _merges(scope, kept_id, merged_id, form)
    notice(mark("The two persons are one child now."))
    return _read_on(url_for(".one_merge", merge_id=row.id))


@blueprint.route("/quarantine/merges/<uuid:merge_id>", permission=_MANAGE)
def one_merge(scope: Scope, merge_id: UUID) -> Response:
    """Show what has gone over through a merge, and what taking it back would do."""
    row = identities.merge(scope, merge_id)
    if row is None:
        raise NotFoundError("merge")
    made = store.records_by_merge(scope, row)
    values = {
        "merge": row,
        "persons": identities.persons(scope, {row.kept_id, row.merged_id}),
        "made": made,
        "apps": action.apps_by_id(scope, set(made)),
        "day_of": clock.school_day_of,
        "is_being_read": store.is_being_read(scope),
    }
    return render("quarantine/merge.html", values)


@blueprint.route(
    "/quarantine/merges/<uuid:merge_id>/take-back", permission=_MANAGE, methods=["POST"]
)
def take_back_merge(scope: Scope, merge_id: UUID) -> AnyResponse:
    """Part two persons again."""
    operations.take_back_merge(scope, merge_id)
    notice(mark("The two persons are parted. Everything is as it was before."))
    return _read_on(url_for(".one_merge", merge_id=merge_id))


def _waiting(scope: Scope, wanted: store.Wanted) -> Response:
    found, number, total = store.actors(scope, wanted, number=asked_page(), size=PAGE)
    counts, aside = store.counts(scope)
    apps = {row.id: row for row in store.apps(scope)}
    values = {
        **_paged(number, total, PAGE),
        "actors": found,
        "wanted": wanted,
        "counts": counts,
        "aside": aside,
        "reasons": store.REASONS,
        "apps": apps,
        "day_of": clock.school_day_of,
        "is_being_read": store.is_being_read(scope),
    }
    return render("quarantine/waiting.html", values)


def _actor(scope: Scope, draft: ActorDraft, form: LinkForm | None) -> Response:
    app = store.app(scope, draft.app_id)
    found = store.actor(scope, draft.app_id, draft.issuer, draft.name)
    total = found.count if found else 0
    number = min(asked_page(), max(-(-total // STATEMENTS), 1))
    rows = (
        store.statements(scope, found, number=number, size=STATEMENTS) if found and not form else []
    )
    who = _uuid("user_id")
    person = identity.person(scope, who) if who else None
    entered = form or LinkForm(formdata=None)
    wanted = operations.LinkDraft(draft.app_id, draft.issuer, draft.name, who or draft.app_id)
    values = {
        **_paged(number, total, STATEMENTS),
        "app": app,
        "draft": draft,
        "actor": found,
        "statements": [(row, said.said(row.body)) for row in rows],
        "words": _words(),
        "found": identities.find_persons(scope, _words()) if not person else [],
        "most": identities.MOST_FOUND,
        "person": person,
        "foreseen": operations.would_link(scope, wanted, person) if person else None,
        "form": entered,
        "nobodys": identities.nobodys_name(scope, draft.app_id, draft.issuer, draft.name),
        "can_trust": draft.issuer not in operations.NO_HOME_PAGES,
        "day_of": clock.school_day_of,
        "today": clock.today(),
        "is_being_read": store.is_being_read(scope),
    }
    return render("quarantine/actor.html", values, status=422 if form else 200)


def _link(scope: Scope, row: Any) -> Response:
    made = store.records_by_link(scope, row)
    app_id = operations.app_of(row)
    values = {
        "link": row,
        "person": identities.persons(scope, {row.user_id})[row.user_id],
        "made": made,
        "waiting": store.moments(scope, app_id, row.issuer, row.name),
        "apps": action.apps_by_id(scope, {*made, row.system}),
        "day_of": clock.school_day_of,
        "last_day_of": _last_day,
        "is_being_read": store.is_being_read(scope),
    }
    return render("quarantine/link.html", values)


def _rule(scope: Scope, app_id: UUID, issuer: str, form: RuleForm | None) -> Response:
    foreseen, persons = operations.would_trust(scope, app_id, issuer)
    values = {
        "app": store.app(scope, app_id),
        "issuer": issuer,
        "can_trust": issuer not in operations.NO_HOME_PAGES,
        "foreseen": foreseen,
        "shown": foreseen.here[:_FORESEEN],
        "persons": persons,
        "form": form or RuleForm(formdata=None),
        "today": clock.today(),
        "is_being_read": store.is_being_read(scope),
    }
    return render("quarantine/rule.html", values, status=422 if form else 200)


def _merges(
    scope: Scope, kept_id: UUID | None, merged_id: UUID | None, form: MergeForm | None
) -> Response:
    entered = form or MergeForm(formdata=None)
    kept = identity.person(scope, kept_id) if kept_id else None
    pair, foreseen = None, None
    if kept_id and merged_id:
        try:
            pair = identity.pair(scope, kept_id, merged_id)
            foreseen = operations.would_merge(scope, pair)
        except InvalidError as error:
            if form is None:
                entered.refuse(error)
    rows = identities.merges(scope)
    ids = {row.kept_id for row in rows} | {row.merged_id for row in rows}
    apps = {*foreseen.going_over, *foreseen.waiting} if foreseen else set()
    values = {
        "kept": kept,
        "pair": pair,
        "foreseen": foreseen,
        "form": entered,
        "words": _words(),
        "found": identities.find_persons(scope, _words()) if not pair else [],
        "most": identities.MOST_FOUND,
        "merges": rows,
        "persons": identities.persons(scope, ids),
        "apps": action.apps_by_id(scope, apps),
        "day_of": clock.school_day_of,
        "today": clock.today(),
    }
    return render("quarantine/merges.html", values, status=422 if entered.errors else 200)


def _read_on(location: str) -> AnyResponse:
    """Lead on, and have what is asked for read again once this is committed."""
    afterwards(digester.wake)
    return redirect(location, 303)


def _named() -> ActorDraft:
    """The name that a form is about.

    Raises:
        NotFoundError: If the form is no page's of ours.
    """
    form = ActorForm()
    if not form.validate():
        raise NotFoundError("actor")
    return form.draft()


def _paged(number: int, total: int, size: int) -> Mapping[str, Any]:
    return {"page": number, "pages": max(-(-total // size), 1), "count": total}


def _last_day(ends_at: datetime) -> date:
    """The last day of a span whose end is exclusive."""
    return clock.school_day_of(ends_at - timedelta.resolution)


def _text(name: str) -> str:
    return request.values.get(name, "")


def _words() -> str:
    return _text("words").strip()[:_MOST_LETTERS]


def _reason() -> str:
    return _text("reason") if _text("reason") in store.REASONS else ""


def _uuid(name: str) -> UUID | None:
    """The id in the address or in the form; none when there is none.

    Raises:
        NotFoundError: If it is no id.
    """
    text = _text(name)
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFoundError(name) from None


def _needed(name: str) -> UUID:
    found = _uuid(name)
    if found is None:
        raise NotFoundError(name)
    return found
