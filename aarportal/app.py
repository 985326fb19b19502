"""The composition root: the only place that joins things."""

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_compress import Compress
from htmx_flask import Htmx
from markupsafe import Markup

from aarportal.audit.chain import keeper as audit_chain
from aarportal.audit.looking.operations import Book
from aarportal.care.school_data import importer as school_data
from aarportal.core import clock, database, sealing
from aarportal.cycle.action import store as action
from aarportal.cycle.action.imports import importer
from aarportal.cycle.action.intake import digester
from aarportal.cycle.action.xapi import last_use, log_writer, protocol
from aarportal.cycle.action.xapi.attachments import storage
from aarportal.cycle.anticipation.arrivals import operations as arrivals
from aarportal.cycle.units.subjects import SUBJECTS
from aarportal.insight.handover import keeper
from aarportal.insight.linking import teller
from aarportal.insight.maintenance import nightly
from aarportal.insight.rollover import closer
from aarportal.insight.sharing import publisher
from aarportal.paths import PACKAGE, resource
from aarportal.people.accounts import entering
from aarportal.people.accounts.oidc import door
from aarportal.people.lti import keysets
from aarportal.people.roster.imports import importer as rosters
from aarportal.people.roster.rest import protocol as rostering
from aarportal.people.roster.sources import puller
from aarportal.settings import Settings
from aarportal.web import (
    allowance,
    assets,
    cookies,
    dates,
    errors,
    fragments,
    guard,
    hosts,
    logs,
    openings,
    priority,
    texts,
    view,
)


class _Sessions(SecureCookieSessionInterface):
    """Machines bring no cookie: there is nothing to be verified."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of a request, empty for whoever has none."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


class _Portal(Flask):
    """Nothing here is async: asking every function for it takes a tenth of a small answer."""

    session_interface = _Sessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Take a function as it is."""
        return func


def create_app(settings: Settings, **config: Any) -> Flask:
    """Make the app.

    Args:
        settings: What differs between places.
        config: Flask settings, for tests.
    """
    app = _Portal("aarportal", template_folder=str(resource("templates")), static_folder=None)
    app.config.from_mapping(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        SESSION_COOKIE_NAME=cookies.name_of("session", is_secure=settings.cookie_secure),
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_SECURE=settings.cookie_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=settings.max_statements_bytes,
        MAX_FORM_MEMORY_SIZE=guard.MAX_FORM_BYTES,
        # A draft may wait for days until it can be sent; the session ends the token's life.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=4,
        COMPRESS_MIN_SIZE=500,
        SETTINGS=settings,
        DEMO_LOGINS=_demo_logins(settings),
    )
    app.config.from_mapping(config)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    clock.shift(settings.clock_shift)
    sealing.use_keys([*settings.data_keys, settings.secret_key])
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    for name in _modules("models.py"):
        import_module(name)
    database.init_app(app)
    Compress(app)
    Htmx(app)
    texts.init_app(app)
    dates.init_app(app)
    app.extensions["looks"] = Book()
    audit_chain.init_app(app, settings)
    # Before the guard: it reads forms, and nothing that an app sends is one.
    protocol.init_app(app, settings)
    rostering.init_app(app, settings)
    last_use.init_app(app)
    priority.init_app(app, machines=("/xapi/", "/caliper", "/ims/"))
    allowance.init_app(app, settings)
    openings.init_app(app)
    guard.init_app(app, settings)
    keysets.init_app(app)
    errors.init_app(app)
    view.init_app(app, settings)
    assets.init_app(app, settings)
    hosts.init_app(app, settings)
    digester.init_app(app)
    log_writer.init_app(app)
    importer.init_app(app, settings)
    rosters.init_app(app, settings)
    school_data.init_app(app, settings)
    puller.init_app(app)
    door.init_app(app, settings)
    publisher.init_app(app, settings)
    # The pages of people stand below the apps, and say by their titles who knows somebody how.
    app.extensions["apps_by_id"] = action.apps_by_id
    closer.init_app(app)
    teller.init_app(app)
    entering.after_a_move("arrive", arrivals.arrive)
    keeper.init_app(app, settings)
    nightly.init_app(app)
    logs.init_app(app, settings)
    app.extensions["attachments"] = storage.open_store(settings.attachments, settings.data_dir)
    for name in _modules("*routes.py"):
        blueprint = import_module(name).blueprint
        app.register_blueprint(blueprint)
        if blueprint.credential != "browser":
            # A machine proves itself with every request; there is no cookie to be ridden on.
            guard.csrf.exempt(blueprint)
    app.jinja_env.globals.update(subject_name=subject_name, subject_name_plain=subject_name_plain)
    fragments.init_app(app)
    return app


def subject_name(key: str) -> Markup:
    """The name of a subject in the reader's script; empty for an unknown one."""
    return texts.gettext(SUBJECTS[key]) if key in SUBJECTS else Markup("")


def subject_name_plain(key: str) -> str:
    """The same without mark-up."""
    return texts.plain(SUBJECTS[key]) if key in SUBJECTS else ""


def _demo_logins(settings: Settings) -> list[dict[str, str]]:
    """The logins that the demo wrote down; nothing anywhere else."""
    path = settings.data_dir / "demo.json"
    if not settings.demo or not path.exists():
        return []
    logins: list[dict[str, str]] = json.loads(path.read_text("utf-8"))["logins"]
    return logins


def _modules(pattern: str) -> list[str]:
    """Modules of the package whose file name fits `pattern`, in a fixed order."""
    return [
        ".".join(("aarportal", *path.relative_to(PACKAGE).with_suffix("").parts))
        for path in sorted(PACKAGE.rglob(pattern))
    ]


def _engine_options(settings: Settings) -> dict[str, Any]:
    # What a statement was given are names and words of children: no error may repeat them.
    options: dict[str, Any] = {
        "pool_size": settings.threads,
        "max_overflow": 4,
        "hide_parameters": True,
    }
    if settings.is_sqlite:
        options["connect_args"] = {"check_same_thread": False}
    return options
