"""The law: which door opens to whom, about whose data. Written by hand, before any answer is heard.

One row a route. A door says who comes in and how far they reach; where an address is about nobody's
data, it is enough to be named. A new route needs a row here; `python tools/access.py` then writes
docs/access.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.access.people import WHO, Whose

OWN, CLASS, MOVED = {Whose.OWN}, {Whose.CLASS}, {Whose.MOVED}
ELSEWHERE, DISTRICT = {Whose.OTHER_SCHOOL}, {Whose.OTHER_DISTRICT}
#: Everybody who is at the school now.
SCHOOL = {Whose.CLASS, Whose.FORMER, Whose.SCHOOL}
OF_SCHOOL, EVERYWHERE = {Whose.SCHOOL}, set(Whose)


@dataclass(frozen=True)
class Door:
    """Who comes in, and about whose data.

    Attributes:
        law: In words, for the legend.
        reach: Column -> whose data.
    """

    law: str
    reach: dict[str, frozenset[Whose]]

    def opens(self, who: str, whose: Whose | None) -> bool:
        """Whether it opens."""
        return who in self.reach if whose is None else whose in self.reach.get(who, ())


def door(law: str, **reach: Iterable[Whose]) -> Door:
    """A door by the columns to which it opens."""
    return Door(law, {who: frozenset(whose) for who, whose in reach.items()})


#: Teachers of class 4-2, each in another way.
TEACHING = ("homeroom", "subject", "cover", "leader")
PEOPLE = [name for name, who in WHO.items() if who.member]
EVERYBODY = door(
    "Everybody, signed in or not; there is nobody's data behind it.",
    **dict.fromkeys(WHO, EVERYWHERE),
)
NOBODY = door("Nobody.")
SIGNED_IN = door("Whoever is signed in, about themselves.", **dict.fromkeys(PEOPLE, OWN))
PUPIL = door("A pupil, about what is their own.", pupil=OWN)
TEACHERS = door(
    "Whoever teaches; a list holds those whom they teach.", **dict.fromkeys(TEACHING, CLASS)
)
CLASSROOM = door(
    "A teacher, about the pupils they teach this year; whoever covers the class today; the head of"
    " the grade.",
    **dict.fromkeys(TEACHING, CLASS),
)
LESSON = door(
    "What a lesson asks for: a teacher, about their pupils, and whoever covers the class today.",
    homeroom=CLASS, subject=CLASS, cover=CLASS,
)  # fmt: skip
OWN_TEACHERS = door(
    "A teacher, about the pupils they teach this year, and nobody who is there for a time.",
    homeroom=CLASS, subject=CLASS,
)  # fmt: skip
SCHOOLS_TABLE = door(
    "A teacher; what the teachers of the school keep together.",
    **dict.fromkeys(TEACHING, OF_SCHOOL),
)
PUPILS_EYES = door(
    "The homeroom teacher, and the head who is on the case; they change nothing.",
    homeroom=CLASS,
)  # fmt: skip
GRADES = door("Grades of a pupil: the homeroom teacher and the head.", homeroom=CLASS, head=SCHOOL)
GRADES_LIST = door(
    "The list of one's classes; to a teacher without a homeroom class it is empty.",
    homeroom=CLASS, subject=(), cover=(), leader=(), head=SCHOOL,
)  # fmt: skip
HEALTH = door(
    "How a child is: the homeroom teacher, the health room and the head.",
    homeroom=CLASS, nurse=SCHOOL, head=SCHOOL,
)  # fmt: skip
HEALTH_LIST = door(
    "The list of one's pupils; to a teacher without a homeroom class it is empty.",
    homeroom=CLASS, subject=(), cover=(), leader=(), nurse=SCHOOL, head=SCHOOL,
)  # fmt: skip
OFFICE = door(
    "The office and the head of a school, about their school.",
    office=SCHOOL, head=SCHOOL, foreign=DISTRICT,
)  # fmt: skip
ASKED = door(
    "The office and the head of the school that was asked, wherever the child is by now.",
    office=SCHOOL | MOVED, head=SCHOOL | MOVED, foreign=DISTRICT,
)  # fmt: skip
OFFICE_OR_BOARD = door(
    "The office and the head, about their school; the board, about every school of its district.",
    office=SCHOOL, head=SCHOOL, board=SCHOOL | ELSEWHERE, foreign=DISTRICT,
)  # fmt: skip
BOARD = door("The board of education.", board=SCHOOL | ELSEWHERE)
DIRECTORY = door(
    "Who is, was or will be at a school: its office and head; the board of every school.",
    office=OWN | SCHOOL | MOVED, head=OWN | SCHOOL | MOVED,
    board=OWN | SCHOOL | MOVED | ELSEWHERE, foreign=OWN | DISTRICT,
)  # fmt: skip
IDENTIFIER = door(
    "The same, but whoever went on to another school is that school's to look after.",
    office=OWN | SCHOOL, head=OWN | SCHOOL, board=OWN | SCHOOL | MOVED | ELSEWHERE,
    foreign=OWN | DISTRICT,
)  # fmt: skip
NAMES = door(
    "By which names apps know the pupils who are or were at a school: its office and head.",
    office=SCHOOL | MOVED, head=SCHOOL | MOVED, foreign=DISTRICT,
)  # fmt: skip
ORIGIN = door(
    "The statement behind a record: whoever sees the record and is staff.",
    **dict.fromkeys(TEACHING, CLASS), office=SCHOOL, head=SCHOOL, foreign=DISTRICT,
)  # fmt: skip
SCHOOL_DATA = door(
    "The office and the head, and the health room its own tables, about their school.",
    office=SCHOOL, head=SCHOOL, nurse=SCHOOL, foreign=DISTRICT,
)  # fmt: skip
APP = door(
    "A learning app, about the pupils of the schools it serves.",
    app=SCHOOL | MOVED | ELSEWHERE,
)  # fmt: skip
ROSTER = door("A system that reads the roster, about the schools it may read.", roster=SCHOOL)
ROSTER_PLACES = door("The same; places that are over are still told.", roster=SCHOOL | MOVED)

CASE = door(
    "Whoever is on the case of a child, for the time that the head has said.",
    counsellor=CLASS, **dict.fromkeys((*TEACHING, "nurse", "head"), ()),
)  # fmt: skip
ASKING = door(
    "A pupil, about themselves; a guardian, about their own child.", pupil=OWN, guardian=OWN
)
FAMILY = door("A guardian, about their own child.", guardian=OWN)
RUNNING = door("Who runs the system; there is nobody's word behind it.", system=OWN)
STAFF = door(
    "Whoever is staff, about how they themselves come in.",
    **dict.fromkeys(
        (*TEACHING, "counsellor", "nurse", "head", "office", "board", "system", "foreign"), OWN
    ),
)
ACCESS = door(
    "How others come in: the office and the head, about people of their school; the board, about"
    " those of every school of its district; nobody about themselves.",
    office=SCHOOL, head=SCHOOL, board=SCHOOL | MOVED | ELSEWHERE, foreign=DISTRICT,
)  # fmt: skip
ACCESS_PAGE = door(
    "The same; it is only looked at, so they look at their own, too.",
    office=OWN | SCHOOL, head=OWN | SCHOOL, board=OWN | SCHOOL | MOVED | ELSEWHERE,
    foreign=OWN | DISTRICT,
)  # fmt: skip
COLLEAGUES = door(
    "Passwords of teachers: the head, for the school; the board, for every school of its district."
    " The office gives them to guardians; nobody gives one that opens graver pages than their own.",
    head=CLASS, board=CLASS | ELSEWHERE,
)  # fmt: skip
WAYS = door(
    "Who says who is who: the office, about its school; the board, about every school of its"
    " district.",
    office=SCHOOL, board=SCHOOL | ELSEWHERE, foreign=DISTRICT,
)  # fmt: skip
CARDS = door(
    "What lets a pupil in: the homeroom teacher, and the office and the head of the school.",
    homeroom=CLASS, office=SCHOOL, head=SCHOOL, foreign=DISTRICT,
    **dict.fromkeys(("subject", "cover", "leader"), ()),
)  # fmt: skip
LOCKS = door(
    "What keeps a pupil out: every teacher of theirs, and the office and the head of the school.",
    homeroom=CLASS, subject=CLASS, office=SCHOOL, head=SCHOOL, foreign=DISTRICT,
    cover=(), leader=(),
)  # fmt: skip
CHOICES = door(
    "A teacher who came from a platform to choose what its link opens.",
    **dict.fromkeys(TEACHING, OWN),
)
PLACES = door(
    "Whoever is at the school, and the board; it leads on to a page with a door of its own.",
    **dict.fromkeys(
        ("pupil", *TEACHING, "counsellor", "guardian", "nurse", "head", "office"), SCHOOL
    ),
    board=SCHOOL | ELSEWHERE, foreign=DISTRICT, system=(),
)  # fmt: skip
PUPILS_APPS = door("A pupil; apps that are for their school.", pupil=OF_SCHOOL)
RUNNING = door("Who runs the system; there is nobody's word behind it.", system=OWN)

ROWS: dict[str, Door] = {
    "accounts.choose_language": EVERYBODY,
    "accounts.reading": SIGNED_IN,
    "accounts.set_reading": SIGNED_IN,
    "accounts.share_device": EVERYBODY,
    "accounts.sign_in": EVERYBODY,
    "accounts.sign_out": EVERYBODY,
    "action.by_hand": PUPIL,
    "action.by_hand_form": PUPIL,
    "action.dispute": PUPIL,
    "action.mid_check": PUPIL,
    "action.midway": PUPIL,
    "action.records": PUPIL,
    "action.start": PUPIL,
    "action.student_records": CLASSROOM,
    "anticipation.goal_form": PUPIL,
    "anticipation.move_plan": PUPIL,
    "anticipation.plan_list": PUPIL,
    "anticipation.revise": PUPIL,
    "anticipation.revise_form": PUPIL,
    "anticipation.set_goal": PUPIL,
    "anticipation.settle_plan": PUPIL,
    "anticipation.withdraw": PUPIL,
    "apps.add": OFFICE,
    "apps.app": OFFICE,
    "apps.apps": OFFICE,
    "apps.change": OFFICE,
    "apps.change_form": OFFICE,
    "apps.documentation": OFFICE,
    "apps.new": OFFICE,
    "apps.restore": OFFICE,
    "apps.revoke": OFFICE,
    "apps.rotate": OFFICE,
    "apps.send_test": OFFICE,
    "caliper.take_envelope": APP,
    "cards.card": EVERYBODY,
    "cards.cards": CARDS,
    "cards.end": CARDS,
    "cards.end_all": OFFICE,
    "cards.hand_out": CARDS,
    "cards.release": CARDS,
    "cards.rules": OFFICE,
    "cards.scanned": EVERYBODY,
    "cards.set_rules": OFFICE,
    "cases.cases": CASE,
    "cases.student": CASE,
    "catalogue.app_catalogue": OFFICE,
    "catalogue.change": SCHOOLS_TABLE,
    "catalogue.decide": TEACHERS,
    "catalogue.decided": TEACHERS,
    "catalogue.load_app_catalogue": OFFICE,
    "catalogue.remove": SCHOOLS_TABLE,
    "catalogue.undecided": TEACHERS,
    "data_requests.ask": ASKING,
    "data_requests.ask_in_person": OFFICE,
    "data_requests.counts": BOARD,
    "data_requests.finish": ASKED,
    "data_requests.new": ASKING,
    "data_requests.new_in_person": OFFICE,
    "data_requests.one": ASKED,
    "data_requests.own": ASKING,
    "data_requests.requests": OFFICE,
    "data_requests.take": ASKED,
    "deletions.cancel": OFFICE,
    "deletions.deletion": OFFICE,
    "deletions.deletions": OFFICE,
    "deletions.hold": OFFICE,
    "deletions.release": OFFICE,
    "deletions.rule": BOARD,
    "deletions.set_rule": BOARD,
    "deletions.without_export": OFFICE,
    "disputes.decide": OWN_TEACHERS,
    "disputes.disputes": TEACHERS,
    "disputes.open_statement": ORIGIN,
    "disputes.seen": PUPIL,
    "disputes.statement": ORIGIN,
    "disputes.take_back": OWN_TEACHERS,
    "drafts.choose": PUPIL,
    "drafts.save": PUPIL,
    "exports.download": OFFICE_OR_BOARD,
    "exports.export": OFFICE_OR_BOARD,
    "family.family": FAMILY,
    "handover.ask": OFFICE,
    "handover.ask_own": PUPIL,
    "handover.distrust": OFFICE,
    "handover.fetch": OFFICE,
    "handover.fetch_own": PUPIL,
    "handover.keys": OFFICE,
    "handover.leaver": OFFICE,
    "handover.leavers": OFFICE,
    "handover.order": OFFICE,
    "handover.own": PUPIL,
    "home.home": SIGNED_IN,
    "identifiers.identifier": IDENTIFIER,
    "identifiers.identify": IDENTIFIER,
    "imports.bring": OFFICE,
    "imports.choose_encoding": OFFICE,
    "imports.columns": OFFICE,
    "imports.drop": OFFICE,
    "imports.go_on": OFFICE,
    "imports.imports": OFFICE,
    "imports.new": OFFICE,
    "imports.say_columns": OFFICE,
    "imports.start": OFFICE,
    "imports.stop": OFFICE,
    "imports.table_import": OFFICE,
    "imports.take_back": OFFICE,
    "imports.undo": OFFICE,
    "intakes.bring": OFFICE,
    "intakes.choose_person": OFFICE,
    "intakes.confirm": OFFICE,
    "intakes.drop": OFFICE,
    "intakes.imports": OFFICE,
    "intakes.intake": OFFICE,
    "intakes.new": OFFICE,
    "intakes.take_back": OFFICE,
    "intakes.trust": OFFICE,
    "launches.authorize": PUPIL,
    "launches.open_tool": PUPILS_APPS,
    "launches.tools": PUPIL,
    "letters.handed_on": OWN_TEACHERS,
    "letters.letter": PUPIL,
    "letters.write": PUPIL,
    "linking.choice": CHOICES,
    "linking.choose": CHOICES,
    "linking.place": PLACES,
    "locks.give_password": CARDS,
    "locks.give_password_to_person": COLLEAGUES,
    "locks.open_to_person": ACCESS,
    "locks.open_to_pupil": LOCKS,
    "locks.open_to_staff": OFFICE,
    "locks.sign_ins": OFFICE,
    "lti.enter": EVERYBODY,
    "lti.jwks": EVERYBODY,
    "lti.launch": EVERYBODY,
    "lti.launch_again": EVERYBODY,
    "lti.login": EVERYBODY,
    "lti.platform_login": EVERYBODY,
    "members.ask": OFFICE_OR_BOARD,
    "members.courses": OFFICE_OR_BOARD,
    "mirror.mirror": PUPIL,
    "oidc.back": EVERYBODY,
    "oidc.school": EVERYBODY,
    "oidc.start": EVERYBODY,
    "oidc_providers.add": WAYS,
    "oidc_providers.change": WAYS,
    "oidc_providers.change_form": WAYS,
    "oidc_providers.new": WAYS,
    "oidc_providers.provider": WAYS,
    "oidc_providers.release": WAYS,
    "oidc_providers.remove": WAYS,
    "oidc_providers.set_open": WAYS,
    "oidc_providers.set_passwords": WAYS,
    "oidc_providers.try_out": WAYS,
    "oidc_providers.ways": WAYS,
    "oneroster.demographics": NOBODY,
    "oneroster.demographics_of": NOBODY,
    "oneroster.getAcademicSession": ROSTER,
    "oneroster.getAllAcademicSessions": ROSTER,
    "oneroster.getAllClasses": ROSTER,
    "oneroster.getAllCourses": ROSTER,
    "oneroster.getAllEnrollments": ROSTER,
    "oneroster.getAllGradingPeriods": ROSTER,
    "oneroster.getAllOrgs": ROSTER,
    "oneroster.getAllSchools": ROSTER,
    "oneroster.getAllStudents": ROSTER,
    "oneroster.getAllTeachers": ROSTER,
    "oneroster.getAllTerms": ROSTER,
    "oneroster.getAllUsers": ROSTER,
    "oneroster.getClass": ROSTER,
    "oneroster.getClassesForCourse": ROSTER,
    "oneroster.getClassesForSchool": ROSTER,
    "oneroster.getClassesForStudent": ROSTER,
    "oneroster.getClassesForTeacher": ROSTER,
    "oneroster.getClassesForTerm": ROSTER,
    "oneroster.getClassesForUser": ROSTER,
    "oneroster.getCourse": ROSTER,
    "oneroster.getCoursesForSchool": ROSTER,
    "oneroster.getEnrollment": ROSTER_PLACES,
    "oneroster.getEnrollmentsForClassInSchool": ROSTER,
    "oneroster.getEnrollmentsForSchool": ROSTER,
    "oneroster.getGradingPeriod": ROSTER,
    "oneroster.getGradingPeriodsForTerm": ROSTER,
    "oneroster.getOrg": ROSTER,
    "oneroster.getSchool": ROSTER,
    "oneroster.getStudent": ROSTER,
    "oneroster.getStudentsForClass": ROSTER,
    "oneroster.getStudentsForClassInSchool": ROSTER,
    "oneroster.getStudentsForSchool": ROSTER,
    "oneroster.getTeacher": ROSTER,
    "oneroster.getTeachersForClass": ROSTER,
    "oneroster.getTeachersForClassInSchool": ROSTER,
    "oneroster.getTeachersForSchool": ROSTER,
    "oneroster.getTerm": ROSTER,
    "oneroster.getTermsForSchool": ROSTER,
    "oneroster.getUser": ROSTER,
    "oneroster.nothing": NOBODY,
    "oneroster.token": EVERYBODY,
    "own_password.own": SIGNED_IN,
    "people.classes": OFFICE_OR_BOARD,
    "people.history": DIRECTORY,
    "people.people": OFFICE_OR_BOARD,
    "people.person": DIRECTORY,
    "people.school_class": OFFICE_OR_BOARD,
    "platforms.add": OFFICE_OR_BOARD,
    "platforms.change": OFFICE_OR_BOARD,
    "platforms.change_form": OFFICE_OR_BOARD,
    "platforms.new": OFFICE_OR_BOARD,
    "platforms.pause": OFFICE_OR_BOARD,
    "platforms.platforms": OFFICE_OR_BOARD,
    "platforms.release": OFFICE_OR_BOARD,
    "platforms.release_form": OFFICE_OR_BOARD,
    "platforms.remove": OFFICE_OR_BOARD,
    "platforms.resume": OFFICE_OR_BOARD,
    "progress.progress": PUPIL,
    "proof.download": BOARD,
    "proof.proof": BOARD,
    "proving.prove": EVERYBODY,
    "pupil_view.begin": PUPILS_EYES,
    "pupil_view.end": SIGNED_IN,
    "purposes.purposes": EVERYBODY,
    "quarantine.actor": OFFICE,
    "quarantine.distrust": OFFICE,
    "quarantine.link": OFFICE,
    "quarantine.links": OFFICE,
    "quarantine.look_again": OFFICE,
    "quarantine.merge": OFFICE,
    "quarantine.merges": OFFICE,
    "quarantine.one_link": NAMES,
    "quarantine.one_merge": NAMES,
    "quarantine.put_aside": OFFICE,
    "quarantine.read_again": OFFICE,
    "quarantine.rule": OFFICE,
    "quarantine.take_back": NAMES,
    "quarantine.take_back_merge": NAMES,
    "quarantine.trust": OFFICE,
    "quarantine.waiting": OFFICE,
    "reading.answer": LESSON,
    "reading.mark_read": LESSON,
    "reading.queue": TEACHERS,
    "reflection.acknowledge": PUPIL,
    "reflection.begin": PUPIL,
    "reflection.reflect": PUPIL,
    "reflection.reflection": PUPIL,
    "reflection.reflections": PUPIL,
    "reflection.reply": PUPIL,
    "reflection.revise": PUPIL,
    "reflection.submit": PUPIL,
    "relations.end": OFFICE,
    "relations.give": OFFICE,
    "relations.new": OFFICE,
    "relations.relations": OFFICE,
    "rollover.confirm": OFFICE,
    "rollover.rollover": OFFICE,
    "roster_clients.add": OFFICE_OR_BOARD,
    "roster_clients.clients": OFFICE_OR_BOARD,
    "roster_clients.new": OFFICE_OR_BOARD,
    "roster_clients.revoke": OFFICE_OR_BOARD,
    "roster_clients.rotate": OFFICE_OR_BOARD,
    "rosters.bring": OFFICE_OR_BOARD,
    "rosters.confirm": OFFICE_OR_BOARD,
    "rosters.drop": OFFICE_OR_BOARD,
    "rosters.go_on": OFFICE_OR_BOARD,
    "rosters.new": OFFICE_OR_BOARD,
    "rosters.roster_import": OFFICE_OR_BOARD,
    "rosters.rosters": OFFICE_OR_BOARD,
    "rosters.take_back": OFFICE_OR_BOARD,
    "rosters.undo": OFFICE_OR_BOARD,
    "school_data.bring": OFFICE,
    "school_data.choose_encoding": SCHOOL_DATA,
    "school_data.columns": SCHOOL_DATA,
    "school_data.drop": SCHOOL_DATA,
    "school_data.file": OFFICE,
    "school_data.go": SCHOOL_DATA,
    "school_data.imports": SCHOOL_DATA,
    "school_data.new": SCHOOL_DATA,
    "school_data.say_columns": SCHOOL_DATA,
    "school_data.school_data_import": SCHOOL_DATA,
    "school_data.start": SCHOOL_DATA,
    "school_data.undo": SCHOOL_DATA,
    "school_records.my_grades": PUPIL,
    "school_records.pupil": GRADES,
    "school_records.pupils": GRADES_LIST,
    "school_year.calendar": OFFICE,
    "school_year.days": OFFICE,
    "school_year.open_year": OFFICE,
    "school_year.opening": OFFICE,
    "school_year.plan_days": OFFICE,
    "school_year.set_terms": OFFICE,
    "school_year.terms": OFFICE,
    "second_factor.begin": STAFF,
    "second_factor.confirm": STAFF,
    "second_factor.own": STAFF,
    "second_factor.remove": STAFF,
    "second_factor.remove_of": ACCESS,
    "second_factor.renew_codes": STAFF,
    "sessions.end": SIGNED_IN,
    "sessions.end_of": ACCESS,
    "sessions.end_others": SIGNED_IN,
    "sessions.of_person": ACCESS_PAGE,
    "sessions.own": SIGNED_IN,
    "shell.csrf": EVERYBODY,
    "shell.health": EVERYBODY,
    "shell.offline": EVERYBODY,
    "shell.security_txt": EVERYBODY,
    "shell.service_worker": EVERYBODY,
    "shell.static_manifest": EVERYBODY,
    "shell.web_manifest": EVERYBODY,
    "sources.add": OFFICE_OR_BOARD,
    "sources.ask": OFFICE_OR_BOARD,
    "sources.change": OFFICE_OR_BOARD,
    "sources.change_form": OFFICE_OR_BOARD,
    "sources.new": OFFICE_OR_BOARD,
    "sources.pause": OFFICE_OR_BOARD,
    "sources.remove": OFFICE_OR_BOARD,
    "sources.resume": OFFICE_OR_BOARD,
    "sources.sources": OFFICE_OR_BOARD,
    "system.system": RUNNING,
    "teaching.class_now": CLASSROOM,
    "teaching.class_view": CLASSROOM,
    "teaching.projection": CLASSROOM,
    "teaching.set_attendance": LESSON,
    "timetables.add_bells": OFFICE,
    "timetables.bells": OFFICE,
    "timetables.change_bells": OFFICE,
    "timetables.edit_bells": OFFICE,
    "timetables.new_bells": OFFICE,
    "timetables.remove_bells": OFFICE,
    "timetables.remove_timetable": OFFICE,
    "timetables.set_timetable": OFFICE,
    "timetables.timetable": OFFICE,
    "timetables.timetables": OFFICE,
    "tools.keep": OFFICE,
    "tools.remove": OFFICE,
    "tools.tool": OFFICE,
    "units.add_unit": OWN_TEACHERS,
    "units.change_unit": OWN_TEACHERS,
    "units.edit_unit": OWN_TEACHERS,
    "units.new_unit": OWN_TEACHERS,
    "units.units": TEACHERS,
    "wellbeing.health": HEALTH_LIST,
    "wellbeing.take_note": HEALTH,
    "xapi.get_statements": APP,
    "xapi.post_statements": APP,
    "xapi.put_statement": APP,
    "xapi_documents.delete_activity_profile": APP,
    "xapi_documents.delete_agent_profile": APP,
    "xapi_documents.delete_state": APP,
    "xapi_documents.get_activity_profile": APP,
    "xapi_documents.get_agent_profile": APP,
    "xapi_documents.get_state": APP,
    "xapi_documents.post_activity_profile": APP,
    "xapi_documents.post_agent_profile": APP,
    "xapi_documents.post_state": APP,
    "xapi_documents.put_activity_profile": APP,
    "xapi_documents.put_agent_profile": APP,
    "xapi_documents.put_state": APP,
    "xapi_resources.about": EVERYBODY,
    "xapi_resources.activity": APP,
    "xapi_resources.agent": APP,
    "year_imports.bring": OFFICE,
    "year_imports.calendar_table_of_year": OFFICE,
    "year_imports.columns": OFFICE,
    "year_imports.drop": OFFICE,
    "year_imports.imports": OFFICE,
    "year_imports.new": OFFICE,
    "year_imports.say_columns": OFFICE,
    "year_imports.table": OFFICE,
    "year_imports.take": OFFICE,
    "year_imports.timetable_table_of_day": OFFICE,
    "year_imports.undo": OFFICE,
}
