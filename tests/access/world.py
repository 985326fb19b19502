"""A world in which everybody of the cast has a row of every kind, and the way back to it.

Built once for each database and then set back: a copy of the file, or a copy of the database.
"""

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient

from aarportal import migrate
from aarportal.app import create_app
from aarportal.audit import operations as audit
from aarportal.core import clock
from aarportal.core.database import db
from aarportal.core.permissions import Role
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.apps import known_apps
from aarportal.insight.handover import keeper
from aarportal.people.accounts.models import SignInSession
from aarportal.people.accounts.proving import operations as proving
from aarportal.people.accounts.tokens import hash_of
from aarportal.settings import Settings
from tests.access import newcomers, objects, senders
from tests.access.people import WHO, Who
from tests.cast import CODES, PASSWORD, Member, enter, enter_more

SECRET = "a secret for tests, long enough to start with"


@dataclass
class Seat:
    """Somebody at a door: what they bring along is the same with every call."""

    client: FlaskClient
    headers: dict[str, str]


class World:
    """One migrated database with everything in it."""

    def __init__(self, kind: str, url: str, folder: Path) -> None:
        self.kind, self.url, self.folder = kind, url, folder
        self.clean = f"{folder.name}_clean"
        settings = Settings(
            secret_key=SECRET, database_url=url or f"sqlite:///{folder / 'portal.db'}",
            data_dir=folder, cookie_secure=False, threads=4, xapi_requests_per_minute=0,
            # Knocks come faster than people, for longer than a session lies untouched.
            costly_per_minute=0, refusals_per_minute=0, idle_minutes=0,
            security_contact="mailto:somebody@hinata.example",
        )  # fmt: skip
        self.app = create_app(settings, TESTING=True, PROPAGATE_EXCEPTIONS=False)
        migrate.upgrade(self.app)
        with self.app.app_context(), unit_of_work(SystemScope("the world")) as scope:
            enter(scope)
            enter_more(scope)
            newcomers.come(scope)
        known_apps.forget_all()
        with self.app.app_context(), unit_of_work(SystemScope("the world")) as scope:
            objects.put(scope)
        senders.send(self.app)
        with self.app.app_context(), unit_of_work(SystemScope("the world")) as scope:
            self.ids = objects.found(scope)
        self.seats = {name: self.seat(who) for name, who in WHO.items()}
        with self.app.app_context():
            for package_id in objects.PACKAGES:
                keeper.here().made.put(package_id, objects.file_of(package_id))
        self.keep()

    def back(self) -> None:
        """Make everything as it was."""
        known_apps.forget_all()
        with self.app.app_context():
            db.engine.dispose()
            if self.kind == "sqlite":
                # Not written over: whoever still has it open has it mapped into memory.
                for name in ("portal.db", "portal.db-wal", "portal.db-shm"):
                    (self.folder / name).unlink(missing_ok=True)
                shutil.copyfile(self.folder / "clean", self.folder / "portal.db")
            else:
                self._copy(self.clean, self.folder.name)

    def keep(self) -> None:
        """Let this be the way back to."""
        with self.app.app_context():
            db.engine.dispose()
            if self.kind == "sqlite":
                shutil.copyfile(self.folder / "portal.db", self.folder / "clean")
            else:
                self._copy(self.folder.name, self.clean)

    def _copy(self, source: str, target: str) -> None:
        import psycopg

        name = self.url.replace("postgresql+psycopg://", "postgresql://")
        place = name.replace(f"/{db.engine.url.database}?", "/postgres?")
        with psycopg.connect(place, autocommit=True) as connection:
            connection.execute(f'drop database if exists "{target}" with (force)')
            # Copying files is a third faster than writing a log of every page of a small database.
            connection.execute(f'create database "{target}" template "{source}" strategy file_copy')

    def seat(self, who: Who) -> Seat:
        """Let somebody in once; their cookie and their token are said with every call anew."""
        client = self.app.test_client()
        token = client.get("/csrf").get_json()["token"]
        if who.machine == "card":
            _hold_up_card(client, who.member, token)
            token = client.get("/csrf").get_json()["token"]
        elif who.member:
            _sign_in(client, who.member, token)
            if who.member.role is not Role.STUDENT:
                self._prove(client)
            token = client.get("/csrf").get_json()["token"]
        cookie = client.get_cookie("session")
        assert cookie is not None
        headers = {"Cookie": f"session={cookie.value}", "X-CSRFToken": token}
        if who.machine and not who.member:
            headers |= senders.credential(self.app, who.machine)
        return Seat(self.app.test_client(use_cookies=False), headers)

    def _prove(self, client: FlaskClient) -> None:
        """Staff have proved in two ways who they are, and that stays fresh for all knocks."""
        with client.session_transaction() as kept, self.app.app_context():
            kept["token"] = proving.proved(kept["token"], is_strong=True)
            with unit_of_work(SystemScope("the world")) as scope:
                row = scope.session.get(SignInSession, hash_of(kept["token"]))
                assert row is not None
                row.proved_at = clock.now() + timedelta(days=1)
                audit.record(scope, "world:made", "proof")


def _sign_in(client: FlaskClient, member: Member, token: str) -> None:
    fields = {"code": CODES[member.school_id], "login_id": newcomers.login_of(member)}
    answer = client.post(
        "/sign-in", data={**fields, "password": PASSWORD}, headers={"X-CSRFToken": token}
    )
    assert answer.status_code == 303, (member.name, answer.get_data(as_text=True))


def _hold_up_card(client: FlaskClient, member: Member | None, token: str) -> None:
    there = {"REMOTE_ADDR": "10.0.0.1"}
    client.get(f"/card/{objects.card_of(member)}", environ_overrides=there).close()
    named = enumerate(objects.pictures_of(member), 1)
    fields = {f"picture_{place}": each for place, each in named}
    answer = client.post(
        "/card", data=fields, headers={"X-CSRFToken": token}, environ_overrides=there
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)
