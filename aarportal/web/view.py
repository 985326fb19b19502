"""What every template knows of the page it draws: the `view`."""

import base64
import time
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from flask import Flask, current_app, request, url_for
from markupsafe import Markup

from aarportal.core.ids import new_id
from aarportal.core.permissions import Role
from aarportal.core.words import mark
from aarportal.settings import Settings
from aarportal.web import geometry, shared_device
from aarportal.web.reader import Person, Reader, current_person, current_reader
from aarportal.web.texts import gettext as _

#: Everything about rosters stands under one entry of the menu.
_ROSTERS = frozenset(
    {"rosters", "rollover", "exports", "roster_clients", "sources", "platforms", "members"}
)
# Of the school office: who is there, and what comes from the school-office system.
_YEAR = frozenset({"school_year", "timetables", "year_imports"})
_PEOPLE = frozenset(
    {
        "people",
        "identifiers",
        "handover",
        "intakes",
        "deletions",
        "oidc_providers",
        "locks",
        "cards",
        "relations",
        "data_requests",
    }
)
#: Pages that stand elsewhere in the menu than the rest of their blueprint -> with which.
_ELSEWHERE = dict.fromkeys(
    ("quarantine.merges", "quarantine.merge", "quarantine.one_merge", "sessions.of_person"),
    "people",
)
_SCHOOL = (
    ("people.people", "seat", mark("People"), _PEOPLE),
    ("rosters.rosters", "table", mark("Roster"), _ROSTERS),
    ("school_year.calendar", "clock", mark("School year"), _YEAR),
    ("school_data.imports", "list", mark("School data"), frozenset({"school_data"})),
)
# A principal reads what came, from the page on which it came.
_DATA_TO_READ = (*_SCHOOL[3][:3], frozenset({"school_data", "school_records", "wellbeing"}))
_LEARNING = frozenset({"apps", "catalogue", "quarantine", "imports", "tools"})
_APPS = (("apps.apps", "device", mark("Apps"), _LEARNING),)
_HEALTH = ("wellbeing.health", "self", mark("Health"), frozenset({"wellbeing", "school_records"}))
_FAMILY = frozenset({"family", "data_requests"})
_CASES = ("cases.cases", "self", mark("Cases"), frozenset({"cases"}))
# The menu of each role: endpoint, icon, English text, and the blueprints it stands for.
_MENUS: dict[Role, tuple[tuple[str, str, str, frozenset[str]], ...]] = {
    Role.STUDENT: (
        ("home.home", "home", mark("Home"), frozenset({"home"})),
        ("anticipation.goal_form", "flag", mark("Goal"), frozenset({"anticipation"})),
        ("reflection.reflections", "foot", mark("Look back"), frozenset({"reflection"})),
        ("progress.progress", "rings", mark("My steps"), frozenset({"progress", "action"})),
    ),
    Role.TEACHER: (
        ("teaching.class_now", "seat", mark("Class"), frozenset({"teaching", "cards", "locks"})),
        ("reading.queue", "inbox", mark("Read reflections"), frozenset({"reading"})),
        ("disputes.disputes", "list", mark("Doubts"), frozenset({"disputes"})),
        ("units.units", "book", mark("Units"), frozenset({"units", "catalogue"})),
        _HEALTH,
    ),
    Role.ADMINISTRATOR: (*_SCHOOL, *_APPS),
    Role.PRINCIPAL: (*_SCHOOL[:3], _DATA_TO_READ, *_APPS),
    Role.DISTRICT_ADMINISTRATOR: (
        *_SCHOOL[:2],
        ("proof.proof", "lock", mark("Traces"), frozenset({"proof"})),
    ),
    Role.NURSE: (_HEALTH, *_SCHOOL[3:]),
    Role.COUNSELOR: (_CASES,),
    Role.GUARDIAN: (("family.family", "home", mark("This week"), _FAMILY),),
    Role.SYSTEM_ADMINISTRATOR: (
        ("system.system", "device", mark("System"), frozenset({"system"})),
    ),
}


@dataclass(frozen=True)
class NavItem:
    """One entry of the menu."""

    key: str
    href: str
    icon: str
    label: Markup
    current: bool


@dataclass(frozen=True)
class View:
    """The page's frame: who reads it, how, and where they are."""

    name: str
    person: Person | None
    reader: Reader
    nav: list[NavItem]
    request_path: str
    idle_minutes: int
    shared: bool
    """Whether many share the device: then nothing waits on it after somebody has left."""
    draft_owner: str
    """An opaque name for this person on this device; says nothing to anybody else."""
    draft_key: str
    """Base64 of the 32 bytes with which this person's device locks away what is not sent yet."""
    demo: bool
    at: int
    """When the page was made, in milliseconds of the real clock, which a demonstration does not
    shift: a page that is older than a sign-out gives way."""

    @property
    def stage(self) -> str:
        """Value of `data-stage`."""
        return self.reader.stage

    @property
    def script(self) -> str:
        """Value of `data-script`."""
        return self.reader.script.value

    @property
    def font(self) -> str:
        """Value of `data-font`."""
        return self.reader.font

    @property
    def size(self) -> str:
        """Value of `data-size`."""
        return self.reader.text_size

    @property
    def lang(self) -> str:
        """Value of the `lang` attribute."""
        return self.reader.html_lang


def init_app(app: Flask, settings: Settings) -> None:
    """Give every template its `view`, and the geometry of rings."""

    @app.context_processor
    def add_view() -> dict[str, Any]:
        person = current_person()
        # Whoever looks through a pupil's eyes opens nothing that the pupil left on a device.
        own = None if person and person.seen_by else person
        view = View(
            name=settings.product_name,
            person=person,
            reader=current_reader(),
            nav=_nav(person),
            request_path=request.path,
            idle_minutes=shared_device.idle_minutes(settings.idle_minutes),
            shared=shared_device.is_shared(),
            draft_owner=owner_name(settings, own) if own else "",
            draft_key=base64.b64encode(_secret_of(settings, own, b"draft-key")).decode()
            if own
            else "",
            demo=settings.demo,
            at=time.time_ns() // 1_000_000,
        )
        return {"view": view}

    app.jinja_env.globals.update(
        arc=geometry.arc,
        wobble=geometry.wobble,
        pt=geometry.pt,
        new_key=lambda: new_id().hex,
        # Macros that are imported see no context: they ask who reads.
        reader=current_reader,
    )


def _nav(person: Person | None) -> list[NavItem]:
    if person is None:
        return []
    entries = _MENUS[person.role]
    if person.is_on_case and _CASES not in entries:
        entries = (*entries, _CASES)
    here = _ELSEWHERE.get(request.endpoint or "", request.blueprint)
    return [
        NavItem(endpoint, url_for(endpoint), icon, _(label), here in blueprints)
        for endpoint, icon, label, blueprints in entries
        if endpoint in current_app.view_functions
    ]


def first_page(role: Role) -> str:
    """The endpoint where somebody's work begins: the first of the menu that there is."""
    known = (each[0] for each in _MENUS[role] if each[0] in current_app.view_functions)
    return next(known, "accounts.reading")


def owner_name(settings: Settings, person: Person) -> str:
    """An opaque name under which a device keeps what this person has not sent yet."""
    return _secret_of(settings, person, b"draft-owner").hex()[:32]


def _secret_of(settings: Settings, person: Person, use: bytes) -> bytes:
    """32 bytes: the same for a person on every sign-in, and never the same for another."""
    return blake2b(
        person.id.bytes, key=settings.secret_key.encode()[:64], person=use, digest_size=32
    ).digest()
