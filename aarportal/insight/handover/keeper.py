"""Who makes exports, takes others in and deletes what is due: a thread of the server."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from uuid import UUID

from flask import Flask, current_app, redirect
from werkzeug.wrappers import Response

from aarportal.core import clock
from aarportal.core.kept_files import KeptFiles
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.xapi.attachments.storage import AttachmentStore
from aarportal.insight.handover import intake
from aarportal.insight.handover.archive import PackageError, measured
from aarportal.insight.handover.deleting import operations as deletions
from aarportal.insight.handover.deleting import store as deletion_store
from aarportal.insight.handover.deleting.operations import Done
from aarportal.insight.handover.earlier_apps.operations import NotTheChildsError
from aarportal.insight.handover.jobs import Job
from aarportal.insight.handover.maker import STEPS, Maker
from aarportal.insight.handover.packages import operations as packages
from aarportal.insight.handover.packages import store as package_store
from aarportal.insight.handover.packages.store import Wanted
from aarportal.insight.handover.signing import InstallationKey
from aarportal.insight.handover.taking_in import operations as taking
from aarportal.insight.handover.taking_in import store as intake_store
from aarportal.insight.handover.undoing.operations import BuiltOnError
from aarportal.insight.sharing.publisher import portal_of
from aarportal.settings import Settings
from aarportal.web import worker
from aarportal.web.afterwards import afterwards
from aarportal.web.priority import for_a_machine

#: How often something is tried before it is given up.
_TRIES = 3
#: A file that belongs to nothing is kept so long: its row may be written just now.
_ORPHAN_SECONDS = 60

Key = tuple[UUID, UUID]


class Keeper:
    """Works on what leaves and what comes, for one app's database."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        """Nothing runs until its worker is started."""
        folder = settings.data_dir / "handover"
        self.key = InstallationKey(folder / "installation.key")
        self.made = KeptFiles(folder / "made")
        self.brought = KeptFiles(folder / "brought")
        self.worker = worker.add(app, "handover", self._work, tidy=self._sweep)
        self._app = app
        self._maker = Maker(app, self.key, portal_of(settings))
        self._failures: dict[UUID, int] = {}
        self._looked_on: date | None = None

    @property
    def _attachments(self) -> AttachmentStore:
        found: AttachmentStore = self._app.extensions["attachments"]
        return found

    def _work(self) -> bool:
        """Do the next piece; whether there was one."""
        return self._let_go() or self._make_next() or self._take_in_next() or self._delete_next()

    def _make_next(self) -> bool:
        with unit_of_work(SystemScope("which exports wait"), read_only=True) as system:
            found = package_store.waiting(system)
        if found is None:
            return False
        key, wanted = found
        try:
            with for_a_machine():
                self._make(key, wanted)
        except Exception:
            self._app.logger.exception("an export could not be made")
            if self._is_hopeless(key[1]):
                with unit_of_work(SystemScope("an export could not be made")) as system:
                    packages.give_up(system, key)
        else:
            self._failures.pop(key[1], None)
        return True

    def _make(self, key: Key, wanted: Wanted) -> None:
        with self.made.writing(key[1]) as file:
            counts = self._maker.make(
                file, wanted, self._attachments, lambda done: self._tell(key, done)
            )
            file.seek(0)
            size, digest = measured(file)
        with unit_of_work(SystemScope("an export is made")) as system:
            is_wanted = packages.finish(system, key, counts, size, digest)
        if not is_wanted:
            self.made.forget(key[1])

    def _tell(self, key: Key, done: int) -> None:
        with unit_of_work(SystemScope("an export is being made")) as system:
            packages.note_progress(system, key, done, STEPS)

    def _take_in_next(self) -> bool:
        with unit_of_work(SystemScope("which exports of elsewhere wait"), read_only=True) as system:
            job = taking.next_job(system)
        if job is None:
            return False
        try:
            with for_a_machine():
                self._take_back(job) if job.is_undo else self._take_in(job)
        except BuiltOnError:
            self._give_up(job, "built_on")
        except NotTheChildsError:
            self._give_up(job, "others")
        except Exception:
            self._app.logger.exception("an export could not be taken in")
            if self._is_hopeless(job.id):
                self._tidy(job)
                self._give_up(job, "unexpected")
        else:
            self._failures.pop(job.id, None)
        return True

    def _take_in(self, job: Job) -> None:
        file = self.brought.open(job.id)
        if file is None:
            self._give_up(job, "file_gone")
            return
        with file:
            intake.take_in(job, file, self._attachments)
        self.brought.forget(job.id)

    def _tidy(self, job: Job) -> None:
        file = None if job.is_undo else self.brought.open(job.id)
        if file is not None:
            with file, suppress(PackageError):
                self._forget_attachments(job.district_id, intake.tidy(job, file))

    def _take_back(self, job: Job) -> None:
        self._forget_attachments(job.district_id, intake.take_back(job))

    def _give_up(self, job: Job, trouble: str) -> None:
        with unit_of_work(SystemScope("an export could not be taken in")) as system:
            taking.give_up(system, job, trouble)

    def _delete_next(self) -> bool:
        """Carry out what is due, once a day what waits; whether anything was deleted."""
        today = clock.today()
        if self._looked_on == today:
            return False
        self._looked_on = today
        return bool(self.delete_due(today))

    def delete_due(self, today: date) -> list[UUID]:
        """Carry out every order that is due and has nothing to wait for; which these were."""
        done: list[UUID] = []
        after: UUID | None = None
        while True:
            with unit_of_work(SystemScope("what is due"), read_only=True) as system:
                order_id = deletion_store.due(system, today, after)
            if order_id is None:
                return done
            after = order_id
            try:
                with for_a_machine(), unit_of_work(SystemScope("deletion by schedule")) as system:
                    found = deletions.carry_out(system, order_id, today)
            except Exception:
                self._app.logger.exception("a deletion could not be carried out")
                with unit_of_work(SystemScope("a deletion could not be carried out")) as system:
                    deletions.note_trouble(system, order_id, "unexpected")
                continue
            if found is not None:
                done.append(order_id)
                self._forget_files(found)

    def _forget_files(self, done: Done) -> None:
        """Delete the files of somebody who is in no table any more."""
        for package_id in done.made_files:
            self.made.forget(package_id)
        for import_id in done.brought_files:
            self.brought.forget(import_id)
        self._forget_attachments(done.district_id, done.attachments)

    def _forget_attachments(self, district_id: UUID, hashes: Iterable[str]) -> None:
        for sha2 in hashes:
            self._attachments.forget(district_id, sha2)

    def look_again(self) -> None:
        """Look at what is due when there is time, although that was done today."""
        self._looked_on = None
        self.worker.wake()

    def _let_go(self) -> bool:
        with unit_of_work(SystemScope("exports that were kept long enough")) as system:
            gone = packages.expire(system)
        for package_id in gone:
            self.made.forget(package_id)
        return bool(gone)

    def _is_hopeless(self, id_: UUID) -> bool:
        self._failures[id_] = self._failures.get(id_, 0) + 1
        if self._failures[id_] < _TRIES:
            return False
        del self._failures[id_]
        return True

    def _sweep(self) -> None:
        """Delete files that belong to nothing any more."""
        with unit_of_work(SystemScope("which exports lie there"), read_only=True) as system:
            needed = package_store.ids(system)
            brought = intake_store.needing_their_file(system)
        self.made.sweep(lambda _: needed, arriving_seconds=_ORPHAN_SECONDS)
        self.brought.sweep(lambda _: brought, arriving_seconds=_ORPHAN_SECONDS)


def init_app(app: Flask, settings: Settings) -> None:
    """Give the app its keeper."""
    app.extensions["handover"] = Keeper(app, settings)


def of(app: Flask) -> Keeper:
    """The app's keeper."""
    keeper: Keeper = app.extensions["handover"]
    return keeper


def here() -> Keeper:
    """The keeper of the app at work."""
    return of(current_app)


def work_on(location: str) -> Response:
    """Lead on, and have what waits worked on once this request is committed."""
    afterwards(here().look_again)
    return redirect(location, 303)
