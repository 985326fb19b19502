"""Makes the file of an export: what is read becomes some files and a signature."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

import msgspec
from flask import Flask

from aarportal import charts
from aarportal.charts.chart import Drawn
from aarportal.charts.history import LearningHistory
from aarportal.charts.wording import Words
from aarportal.core import clock
from aarportal.core.ownership import Relation
from aarportal.core.permissions import Role
from aarportal.core.scope import Scope, SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.cycle.action.xapi import operations as xapi
from aarportal.cycle.action.xapi.attachments.storage import AttachmentStore, DamagedError
from aarportal.cycle.action.xapi.statement_model import Actor
from aarportal.cycle.action.xapi.statements import actor_key
from aarportal.insight.handover import attached, book, signing, store
from aarportal.insight.handover.archive import PackageWriter, pieces_of
from aarportal.insight.handover.attached import FileOfBook, Header
from aarportal.insight.handover.formats import Contents
from aarportal.insight.handover.manifests import (
    DATA,
    INDEX,
    STATEMENTS,
    Issuer,
    Place,
    attachment_name,
)
from aarportal.insight.handover.packages import store as packages
from aarportal.insight.handover.packages.store import Wanted
from aarportal.insight.handover.redacting import without
from aarportal.insight.handover.signing import InstallationKey
from aarportal.insight.progress import store as progress
from aarportal.insight.sharing import revisions
from aarportal.insight.sharing import statements as srl
from aarportal.insight.sharing import store as sharing
from aarportal.insight.sharing.frame import Portal, moment
from aarportal.paths import resource
from aarportal.people.roster import store as roster
from aarportal.people.roster.grades import grade_number
from aarportal.web.reader import Reader, Visitor, band_of, visiting
from aarportal.web.texts import plain, ruby_plain, source

#: The attachments, three files and the signature: how far it is is told in these.
STEPS = 5
_REASON = "a student's own export"
_WORDS = Words(say=source, say_plain=plain, plain_title=ruby_plain)
_STYLES = ("tokens.css", "components/chart.css")
_RAW_STATEMENT = msgspec.json.Decoder(dict[str, msgspec.Raw])
#: Parts of a statement that may name other children.
_OF_OTHERS = ("team", "contextAgents", "contextGroups")


class _Acting(msgspec.Struct):
    """As much of a statement as says who acts."""

    actor: Actor


_ACTING = msgspec.json.Decoder(_Acting)


@dataclass(frozen=True)
class _Paper:
    """What the index draws from."""

    contents: Contents
    history: LearningHistory
    issuer: Issuer
    made_at: datetime
    files: Sequence[FileOfBook]
    files_left_out: int


@dataclass(frozen=True)
class _Attached:
    """What came with statements, and what of it travels: SHA-2 -> its name in the zip."""

    headers: Sequence[tuple[UUID, Header]]
    """With the xAPI id of the statement."""
    names: Mapping[str, str]
    lengths: Mapping[str, int]

    @property
    def left_out(self) -> int:
        """Files whose data does not travel, and that say nowhere where it is."""
        missing = {each.key for _, each in self.headers if not each.file_url}
        return len(missing - self.names.keys())

    def files(self, contents: Contents, language: str) -> list[FileOfBook]:
        """As the readable page links them, the latest first."""
        records = {row.statement_id: row for row in contents.records if row.statement_id}
        found = {
            header.key: FileOfBook(
                records[given_id].day, records[given_id].title, self.names[header.key],
                header.label(language), self.lengths[header.key],
            )
            for given_id, header in self.headers
            if header.key in self.names and given_id in records
        }  # fmt: skip
        return sorted(found.values(), key=lambda each: (each.day, each.name), reverse=True)


class Maker:
    """Makes exports of one installation."""

    def __init__(self, app: Flask, key: InstallationKey, portal: Portal) -> None:
        """Say who signs, and under which names the portal tells of laps."""
        self._env = app.jinja_env
        self._key = key
        self._portal = portal

    def make(
        self,
        file: BinaryIO,
        wanted: Wanted,
        attachments: AttachmentStore,
        done: Callable[[int], None],
    ) -> dict[str, int]:
        """Write an export into an empty file.

        Args:
            file: Open for writing and seekable.
            wanted: Whose, and what it holds.
            attachments: Where the data of attachments lies.
            done: Called with how many steps are done.

        Returns:
            Rows by kind, attachments, and statements.
        """
        made_at = clock.now()
        writer = PackageWriter(file)
        with unit_of_work(SystemScope(_REASON), read_only=True) as system:
            contents = store.contents(system, wanted.student_id, with_drafts=wanted.with_drafts)
            issuer = self._issuer(system, wanted)
            user = store.student(system, wanted.student_id)
            assert user is not None
            master = user.master_identifier
            reader = _reader(system, wanted.student_id, contents)
            ids = store.person_ids(system, wanted.student_id)
            last = packages.last_day(system, ids) or clock.school_day_of(made_at)
            others = roster.school_ids(system, wanted.district_id) - {wanted.school_id}
            headers = _headers(system, wanted.student_id)
            lengths = store.kept_attachments(
                system, wanted.district_id, {header.key for _, header in headers}
            )
        names = _attach(writer, attachments, wanted.district_id, headers, lengths.keys())
        came_along = _Attached(headers, names, lengths)
        done(1)
        scope = _own_eyes(wanted, others)
        with unit_of_work(scope, read_only=True):
            grade = grade_number(contents.student.grade) or 1
            history = progress.learning_history(scope, wanted.student_id, grade, last)
        files = came_along.files(contents, reader.language)
        paper = _Paper(contents, history, issuer, made_at, files, came_along.left_out)
        with visiting(Visitor(scope, reader)):
            index = self._index(paper, reader)
        writer.add(INDEX, [index.encode()])
        done(3)
        writer.add(DATA, [msgspec.json.format(msgspec.json.encode(contents), indent=1), b"\n"])
        done(4)
        counts = contents.counts()
        with unit_of_work(SystemScope(_REASON), read_only=True) as system:
            counted = _Counted(self._statements(system, wanted.student_id, names.keys()))
            writer.add(STATEMENTS, pieces_of(counted))
        counts["statements"], counts["attachments"] = counted.count, len(names)
        writer.sign(self._key, issuer, made_at, master)
        done(5)
        return counts

    def _issuer(self, system: SystemScope, wanted: Wanted) -> Issuer:
        district = packages.district(system, wanted.district_id)
        school = store.school(system, wanted.school_id)
        public = self._key.public
        return Issuer(
            installation=self._portal.base,
            product=self._portal.platform,
            district=Place(district.code, district.name),
            school=Place(school.identifier or school.code, school.name),
            public_key=public,
            fingerprint=signing.fingerprint(public),
        )

    def _index(self, paper: _Paper, reader: Reader) -> str:
        """The page for the child and the family, in the child's script."""
        css = [(resource("static") / "css" / name).read_text("utf-8") for name in _STYLES]
        values: dict[str, Any] = {
            "contents": paper.contents,
            "years": book.years(paper.contents),
            "charts": _drawn(paper.history),
            "files": paper.files,
            "files_left_out": paper.files_left_out,
            "issuer": paper.issuer,
            "fingerprint": signing.spoken(paper.issuer.fingerprint),
            "made_on": clock.school_day_of(paper.made_at),
            "school_day": clock.school_day_of,
            "css": "\n".join(css),
            "lang": reader.html_lang,
            "stage": reader.stage,
        }
        return self._env.get_template("handover/package.html").render(values)

    def _statements(
        self, system: SystemScope, student_id: UUID, attachments: Collection[str]
    ) -> Iterator[bytes]:
        """What the apps told, then what the laps here tell."""
        for given_id, position, body in store.statements(system, student_id):
            said = _without_others(given_id, xapi.moment_of(position), body)
            # One statement stands on one line.
            yield msgspec.json.format(attached.with_files(said, attachments), indent=-1)
        moved = sharing.laps_of(system, store.person_ids(system, student_id))
        for new in revisions.changes(sharing.said_in(system, moved), []).new:
            yield srl.statement(self._portal, new)


class _Counted:
    """Counts what passes by."""

    def __init__(self, rows: Iterator[bytes]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[bytes]:
        for row in self._rows:
            self.count += 1
            yield row


def _headers(system: SystemScope, student_id: UUID) -> list[tuple[UUID, Header]]:
    """What came with the student's statements, the latest first."""
    found = [
        (given_id, header)
        for given_id, _, body in store.statements(system, student_id)
        for header in attached.headers(body)
    ]
    return found[::-1]


def _attach(
    writer: PackageWriter,
    files: AttachmentStore,
    district_id: UUID,
    headers: Sequence[tuple[UUID, Header]],
    kept: Collection[str],
) -> dict[str, str]:
    """Write the data of attachments, the latest before what may not fit in any more."""
    names: dict[str, str] = {}
    types = sorted((header.key, header.content_type) for _, header in headers)
    said = {key: attachment_name(key, content_type) for key, content_type in types}
    for key in dict.fromkeys(header.key for _, header in headers if header.key in kept):
        data = None
        # What is there in another form than it came in is as good as gone.
        with suppress(DamagedError):
            data = files.get(district_id, key)
        if data is not None and writer.attach(said[key], data):
            names[key] = said[key]
    return names


def _own_eyes(wanted: Wanted, others: frozenset[UUID]) -> Scope:
    """What the student sees, whether or not they may still sign in."""
    return Scope(
        actor_id=wanted.student_id,
        district_id=wanted.district_id,
        school_id=wanted.school_id,
        role=Role.STUDENT,
        students={Relation.SELF: frozenset({wanted.student_id})},
        other_school_ids=others,
    )


def _reader(system: SystemScope, student_id: UUID, contents: Contents) -> Reader:
    """As the student reads every page; the size of letters is the browser's matter here."""
    account = packages.account(system, student_id)
    grade = grade_number(contents.student.grade)
    if account is None:
        return Reader(grade=grade, band=band_of(grade))
    return Reader(
        language=account.language,
        grade=grade,
        band=account.band or band_of(grade),
        script_choice=account.script,
    )


def _drawn(history: LearningHistory) -> list[Drawn]:
    return [
        chart.draw(book.in_words(history, source), _WORDS) for chart in charts.discover().values()
    ]


def _without_others(given_id: UUID, stored_at: datetime, body: bytes) -> bytes:
    """A statement with its id and its moment, and without whom it may name besides the student."""
    own = actor_key(_ACTING.decode(body).actor)
    said = _RAW_STATEMENT.decode(without(body, lambda key: key != own))
    said.setdefault("id", msgspec.Raw(msgspec.json.encode(given_id)))
    said.setdefault("timestamp", msgspec.Raw(msgspec.json.encode(moment(stored_at))))
    if "context" in said:
        context = _RAW_STATEMENT.decode(said["context"])
        if not context.keys().isdisjoint(_OF_OTHERS):
            kept = {name: raw for name, raw in context.items() if name not in _OF_OTHERS}
            said["context"] = msgspec.Raw(msgspec.json.encode(kept))
    return msgspec.json.encode(said)
