"""Two portals: one gives its roster out on a real server, the other fetches it."""

from dataclasses import replace

import pytest
from sqlalchemy import inspect, select

from aarportal import migrate
from aarportal.app import create_app
from aarportal.core.database import db
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.roster.imports import importer
from aarportal.people.roster.imports import operations as imports
from aarportal.people.roster.imports.models import RosterImport
from aarportal.people.roster.models import Class, Course, Enrollment, School, User
from aarportal.people.roster.oneroster.dialects import BASE_1_2, JP_K12
from aarportal.people.roster.rest.entities import BASE
from aarportal.people.roster.rest.operations import ClientDraft, add_client
from aarportal.people.roster.sources import operations, puller
from aarportal.people.roster.sources.operations import SourceDraft
from tests import server
from tests.conftest import make_settings
from tests.people.roster.imports import take_in
from tests.people.roster.oneroster.bundles import AOI, DISTRICT, SCHOOL, make_bundle
from tests.people.roster.rest import service

#: What a roster over REST has no word for.
BEYOND = {"id", "district_id", "school_id", "class_id", "user_id", "course_id", "last_modified"}


def columns(model) -> dict[str, dict]:
    with unit_of_work(SystemScope("test"), read_only=True) as scope:
        district = service.store.district(scope, sourced_id=DISTRICT)["id"]
        mine = select(School.id).where(School.district_id == district)
        owner = (
            model.district_id == district
            if hasattr(model, "district_id")
            else model.school_id.in_(mine)
        )
        return {
            row.sourced_id: {
                name: getattr(row, name)
                for name in inspect(model).column_attrs.keys()  # noqa: SIM118 - it is no dict
                if name not in BEYOND
            }
            for row in scope.session.scalars(select(model).where(owner))
        }


def change_name(rows) -> None:
    for row in rows:
        if row["sourcedId"] == AOI:
            row["preferredFamilyName"] = "高﨑"


@pytest.mark.parametrize("dialect", [JP_K12, BASE_1_2], ids=lambda one: one.key)
def test_what_one_gives_the_other_has(app, tmp_path, monkeypatch, dialect):
    url = f"sqlite:///{tmp_path}/portal.db"
    giver = create_app(make_settings(url, tmp_path), TESTING=True)
    migrate.upgrade(giver)
    with giver.app_context():
        take_in(make_bundle(dialect, users=change_name))
        with unit_of_work(service.board(SCHOOL)) as scope:
            made = add_client(scope, ClientDraft("となりのポータル"))
        given = {model: columns(model) for model in (User, Class, Course, Enrollment)}
        db.engine.dispose()
    settings = replace(app.config["SETTINGS"], private_roster_sources=True)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    with server.running(url, tmp_path) as running, app.app_context():
        take_in(make_bundle(dialect))
        asked = SourceDraft(
            "となりのポータル",
            f"{running.address}{BASE}",
            f"{running.address}/ims/oneroster/token",
            made.client_id,
            4,
            made.secret,
        )
        with unit_of_work(service.board(SCHOOL)) as scope:
            source = operations.add(scope, asked, puller.here().house)
            operations.ask_now(scope, source.id)
        puller.here().worker.wake()
        with unit_of_work(service.board(SCHOOL)) as scope:
            source = scope.session.get(type(source), source.id)
            assert source.outcome == "brought", (source.trouble, source.trouble_detail)
            row = scope.session.get(RosterImport, source.last_import_id)
            assert row.state == "checked", row.findings
            assert row.outcome["fates"] == {"renamed": 1}, row.outcome
            imports.confirm(scope, row, sure=False)
        importer.here().worker.wake()
        assert {model: columns(model) for model in given} == given
