"""How each route is called about somebody's data: what stands in its address and in its form.

An argument of an address has a kind, and a kind has something of each child, class, school or
district. A new route needs a line here only if one of its arguments has a name that is not known.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from aarportal.people.roster.oneroster.dialects import BASE_1_2
from tests.access import objects, senders
from tests.access.people import CHILD, CHILDREN, CLASS_BEFORE, LEAVERS, MEI, NAO, WHO, Whose
from tests.cast import (
    AOI,
    CHIBA,
    CLASS_1_1,
    CLASS_4_2,
    CLASS_ELSEWHERE,
    CLASS_J2_1,
    DOI,
    GEN,
    HANA,
    KEN,
    MORI,
    PRIMARY,
    SATO,
    YUKARI,
    Member,
    key,
)

_OF_CLASSES = {
    Whose.CLASS: CLASS_4_2,
    Whose.FORMER: CLASS_BEFORE,
    Whose.SCHOOL: CLASS_1_1,
    Whose.OTHER_SCHOOL: CLASS_J2_1,
    Whose.OTHER_DISTRICT: CLASS_ELSEWHERE,
}
_TEACHERS = {
    Whose.CLASS: CHIBA.id,
    Whose.OTHER_SCHOOL: MORI.id,
    Whose.OTHER_DISTRICT: SATO.id,
}
_OF_SCHOOLS = (Whose.SCHOOL, Whose.OTHER_SCHOOL, Whose.OTHER_DISTRICT)
_OF_DISTRICTS = (Whose.SCHOOL, Whose.OTHER_DISTRICT)

Named = Callable[[Whose, str], Any]


def of_child(named: Callable[[Member], Any], *, staff_too: bool = False) -> Named:
    """Something of each child; of staff itself only where it says so."""

    def find(whose: Whose, who: str) -> Any:
        if whose is not Whose.OWN:
            return named(CHILD[whose])
        member = WHO[who].member
        if member is YUKARI:
            return named(AOI)
        if member is None or not (staff_too or member is AOI):
            return None
        return named(member)

    return find


def of_class(named: Callable[[Any], Any]) -> Named:
    """Something of each class; for a teacher, the own one is where they teach."""

    def find(whose: Whose, who: str) -> Any:
        member = WHO[who].member
        if whose is Whose.CLASS and member is not None and member.classes:
            return named(member.classes[0])
        return named(_OF_CLASSES[whose]) if whose in _OF_CLASSES else None

    return find


def of_school(named: Callable[[Any], Any]) -> Named:
    """Something of each school."""
    return lambda whose, _: named(CHILD[whose].school_id) if whose in _OF_SCHOOLS else None


def of_district(named: Callable[[Any], Any]) -> Named:
    """Something of each district: that of the school, and another."""
    return lambda whose, _: named(CHILD[whose].district_id) if whose in _OF_DISTRICTS else None


def always(value: str) -> Named:
    """The same, whoever's."""
    return lambda _whose, _who: value


def _data_import(whose: Whose, who: str) -> Any:
    """The health room brings other tables than the office."""
    if whose not in _OF_SCHOOLS:
        return None
    more = " health" if who == "nurse" else ""
    return key(f"school_data_imports {CHILD[whose].school_id}{more}")


def _row(table: str) -> Named:
    return of_child(lambda child: key(f"{table} {child.name}"))


def _leaver(table: str) -> Named:
    return of_school(lambda school: key(f"{table} {LEAVERS[school].name}"))


def _enrollment(child: Member) -> str:
    """The place of a child in a class, as rosters call it."""
    if child in (MEI, NAO):
        return f"place {child.name} {CLASS_4_2}"
    return f"{child.name} in {child.classes[0]}"


def _own_or_other(table: str) -> Named:
    """Something of each person of the cast, staff too: their own, or a child's."""

    def find(whose: Whose, who: str) -> Any:
        member = WHO[who].member if whose is Whose.OWN else CHILD[whose]
        return key(f"{table} {member.name}") if member else None

    return find


def _choice(whose: Whose, who: str) -> Any:
    """A link to be chosen: one's own, or a colleague's."""
    member = WHO[who].member
    if whose is Whose.OWN:
        return key(f"choice {member.name}") if member in objects.CHOOSERS else None
    other = DOI if member is CHIBA else CHIBA
    return key(f"choice {other.name}") if whose is Whose.SCHOOL else None


_person = of_child(lambda child: child.id, staff_too=True)
_child = of_child(lambda child: child.id)

#: Argument -> what stands there.
ARGUMENTS: dict[str, Named] = {
    "app_id": of_district(objects.APPS.__getitem__),
    "bells_id": of_school(lambda school: key(f"bells {school}")),
    "class_id": of_class(lambda class_id: class_id),
    "client_id": of_school(lambda school: key(f"client {school}")),
    "course": of_district(lambda district: f"course {district}"),
    "choice_id": _choice,
    "context_id": of_school(lambda school: key(f"context {school}")),
    "cycle_id": _row("learning_cycles"),
    "data_import_id": _data_import,
    "dispute_id": _row("record_disputes"),
    "entry_id": of_school(lambda school: key(f"entry {school}")),
    "feedback_id": _row("teacher_feedback"),
    "form": always("goal"),
    "goal_id": _row("goals"),
    "import_id": of_school(lambda school: key(f"table_imports {school}")),
    "intake_id": of_school(lambda school: key(f"intake {school}")),
    "issuer_id": of_district(lambda district: key(f"issuer {district}")),
    "key": always("new"),
    "kind": always("unit"),
    "klass": of_class(lambda class_id: class_id),
    "link_id": of_child(lambda child: key(f"link {child.name}")),
    "merge_id": of_child(lambda child: key(f"merge {child.name}")),
    "order_id": _leaver("order"),
    "package_id": _row("handover_packages"),
    "person_id": _person,
    "plan_id": _row("plan_sessions"),
    "platform_id": of_school(lambda school: key(f"platform {school}")),
    "provider_id": of_school(lambda school: key(f"provider {school}")),
    "record_id": _row("learning_records"),
    "reflection_id": _row("reflections"),
    "request_id": _row("data_requests"),
    "relation_id": of_school(lambda school: key(f"relation {school}")),
    "roster_id": of_school(lambda school: key(f"roster {school}")),
    "school": of_school(lambda school: school),
    "session_id": _own_or_other("session"),
    "source_id": of_school(lambda school: key(f"source {school}")),
    "step": always("stop"),
    "student": _child,
    "student_id": _child,
    "teacher": lambda whose, _: _TEACHERS.get(whose),
    "term": of_district(lambda district: f"term {district}"),
    "token": always("a-card-that-nobody-holds"),
    "tool_id": of_district(lambda district: key(f"tool {district}")),
    "unit_id": of_class(objects.UNITS.__getitem__),
    "user": _person,
    "year_import_id": of_school(lambda school: key(f"year_imports {school}")),
}

#: (endpoint, argument) -> what stands there, where the name of the argument is not enough.
SPECIAL: dict[tuple[str, str], Named] = {
    ("cards.release", "class_id"): of_child(objects.class_of),
    ("handover.ask", "student_id"): of_school(lambda school: LEAVERS[school].id),
    ("handover.fetch", "package_id"): _leaver("package of"),
    ("handover.leaver", "student_id"): of_school(lambda school: LEAVERS[school].id),
    ("handover.order", "student_id"): of_school(lambda school: LEAVERS[school].id),
    ("locks.give_password_to_person", "person_id"): lambda whose, _: _TEACHERS.get(whose),
    ("locks.open_to_staff", "person_id"): lambda whose, _: _TEACHERS.get(whose),
    ("oneroster.demographics_of", "sourced_id"): _child,
    ("oneroster.getAcademicSession", "sourced_id"): of_district(lambda it: f"term {it}"),
    ("oneroster.getClass", "sourced_id"): of_class(lambda class_id: class_id),
    ("oneroster.getCourse", "sourced_id"): of_district(lambda it: f"course {it}"),
    ("oneroster.getOrg", "sourced_id"): of_school(lambda school: school),
    ("oneroster.getSchool", "sourced_id"): of_school(lambda school: school),
    ("oneroster.getStudent", "sourced_id"): _child,
    ("oneroster.getEnrollment", "sourced_id"): of_child(_enrollment),
    ("oneroster.getGradingPeriod", "sourced_id"): of_district(lambda it: f"period {it}"),
    ("oneroster.getTeacher", "sourced_id"): lambda whose, _: _TEACHERS.get(whose),
    ("oneroster.getTerm", "sourced_id"): of_district(lambda it: f"term {it}"),
    ("oneroster.getUser", "sourced_id"): _person,
    ("oneroster.nothing", "address"): always("no/such/address"),
    ("school_data.bring", "kind_key"): always("grades"),
    ("school_data.file", "kind_key"): always("grades"),
}


@dataclass(frozen=True)
class Sent:
    """What goes along with a call beside its address.

    Attributes:
        form: Fields of a form; without it a form is sent that holds nothing but its token.
        query: The query of the address.
        json: A body.
        headers: What is said beside.
        about: Says what is sent about a child, where the address does not say whose it is; None
            where there is nothing of the kind.
    """

    form: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    about: Callable[[Member], "Sent | None"] | None = None


class OfThatDay(Mapping[str, str]):
    """A form that names the day of the rows, which is known when it is sent and not before."""

    def __init__(self, name: str, **others: str) -> None:
        self.name, self.others = name, others

    def __getitem__(self, name: str) -> str:
        return objects.put_on().isoformat() if name == self.name else self.others[name]

    def __iter__(self) -> Iterator[str]:
        return iter((self.name, *self.others))

    def __len__(self) -> int:
        return 1 + len(self.others)


def _about_statement(child: Member) -> Sent:
    return Sent(query={"statementId": str(senders.statement_id(child))})


def _about_documents(child: Member) -> Sent:
    return Sent(query=senders.document(child), json={"page": 2})


def _about_activity(child: Member) -> Sent:
    return Sent(query={"activityId": senders.activity(child)}, json={"page": 2})


def _about_agent(child: Member) -> Sent:
    return Sent(query={"agent": json.dumps(senders.account(child))}, json={"page": 2})


def _profile(sent: Sent) -> Sent:
    query = {**sent.query, "profileId": "bookmark"}
    return Sent(query=query, json=sent.json, headers={"If-None-Match": "*"})


def _named(child: Member) -> dict[str, str]:
    """What forms say of a name that waits at an app of the child's district."""
    return {"app": str(objects.APPS[child.district_id]), **senders.UNKNOWN}


def _about_link(child: Member) -> Sent:
    return Sent(form={**_named(child), "user_id": str(child.id)})


def _about_merge(child: Member) -> Sent:
    other = GEN if child is GEN else AOI
    return Sent(form={"kept_id": str(child.id), "merged_id": str(other.id)})


def _about_name(child: Member) -> Sent | None:
    """Names are of a district: of its children one is enough."""
    return Sent(form=_named(child), query=_named(child)) if child in (HANA, GEN) else None


def _about_course(child: Member) -> Sent | None:
    """A course is of a class of the same school; of the children of a school one is enough."""
    is_one = child in (HANA, KEN, GEN)
    return Sent(form={"class_id": str(objects.class_of(child))}) if is_one else None


#: How a platform begins a launch.
_LOGIN_OF_ONE = {"iss": objects.ISSUER, "login_hint": "somebody"}
_LOGIN = {**_LOGIN_OF_ONE, "client_id": str(PRIMARY)}

_STATEMENT = {**senders.statement(AOI), "id": str(key("a new statement"))}

#: Endpoints that everybody may call, and that lead to the sign-in page.
LEAD_TO_SIGN_IN = frozenset(
    {"accounts.choose_language", "accounts.share_device", "accounts.sign_out", "proving.prove"}
)
#: Endpoint -> what it says to whoever brings no launch, or no answer of a provider, that holds
#: good: they were heard, and the rest is the attacks' part (tests/attacks/kinds).
SAY_NO = {
    "launches.authorize": {400},
    "lti.enter": {400},
    "lti.launch": {400},
    "oidc.back": {400},
    "oidc.start": {502, 503},
}

_ENVELOPE = {
    "sensor": "https://drill.example/sensors/1",
    "sendTime": "2026-11-20T01:16:00.000Z",
    "dataVersion": "http://purl.imsglobal.org/ctx/caliper/v1p2",
    "data": [],
}
#: Endpoint -> what is sent along. What is here opens doors wider than an empty form would: with a
#: form that holds good, nothing but the guard can be in the way.
SENT: dict[str, Sent] = {
    "action.mid_check": Sent(form={"mid": "ok"}),
    "action.by_hand": Sent(
        form={"title": "ノート", "amount": "3", "unit": "items", "minutes": "10"}
    ),
    "action.dispute": Sent(form={"reason": "not_mine"}),
    "anticipation.revise": Sent(
        form={"reason": "too_big", "text": "めあて", "amount": "3", "amount_unit": "items"}
    ),
    "anticipation.withdraw": Sent(form={"reason": "mistake"}),
    "caliper.take_envelope": Sent(json=_ENVELOPE),
    "data_requests.ask": Sent(form={"kind": "export"}),
    "data_requests.ask_in_person": Sent(form={"kind": "export"}),
    "disputes.decide": Sent(form={"decision": "voided"}),
    "exports.download": Sent(form={"dialect": BASE_1_2.key}),
    "linking.choose": Sent(form={"link": "none"}),
    "lti.login": Sent(form=_LOGIN, query=_LOGIN),
    "lti.platform_login": Sent(form=_LOGIN_OF_ONE, query=_LOGIN_OF_ONE),
    "members.ask": Sent(about=_about_course),
    "oidc_providers.set_open": Sent(form={"open": "0"}),
    "oidc_providers.set_passwords": Sent(form={"off": "0"}),
    "oneroster.token": Sent(
        form={"grant_type": "client_credentials"},
        headers=senders.basic(senders.ROSTER_CLIENT, senders.ROSTER_SECRET),
    ),
    "proof.download": Sent(form=OfThatDay("since")),
    "quarantine.actor": Sent(about=_about_name),
    "quarantine.distrust": Sent(about=_about_name),
    "quarantine.link": Sent(about=_about_link),
    "quarantine.look_again": Sent(about=_about_name),
    "quarantine.merge": Sent(about=_about_merge),
    "quarantine.put_aside": Sent(about=_about_name),
    "quarantine.rule": Sent(about=_about_name),
    "quarantine.trust": Sent(about=_about_name),
    "reading.answer": Sent(form={"kind": "process", "text": "よく 見ています。"}),
    "reflection.reply": Sent(form={"reply": "thanks"}),
    "reflection.revise": Sent(form={"text": "かきなおした。"}),
    "reflection.submit": Sent(form={"rating": "2", "next_what": "same"}),
    "teaching.set_attendance": Sent(form={"absent": "1"}),
    "units.add_unit": Sent(
        form={
            "subject": "sansu",
            "title": "わり算",
            "starts_on": "2026-04-01",
            "last_on": "2026-05-01",
        }
    ),
    "units.change_unit": Sent(
        form={
            "subject": "sansu",
            "title": "わり算",
            "starts_on": "2026-04-01",
            "last_on": "2026-05-01",
        }
    ),
    "wellbeing.take_note": Sent(form=OfThatDay("day", time="", came_at="")),
    "xapi.get_statements": Sent(about=_about_statement),
    "xapi.post_statements": Sent(json=[]),
    "xapi.put_statement": Sent(query={"statementId": _STATEMENT["id"]}, json=_STATEMENT),
    "xapi_resources.activity": _about_activity(AOI),
    "xapi_resources.agent": _about_agent(AOI),
    "xapi_documents.get_state": Sent(about=_about_documents),
    "xapi_documents.get_activity_profile": Sent(about=lambda it: _profile(_about_activity(it))),
    "xapi_documents.get_agent_profile": Sent(about=lambda it: _profile(_about_agent(it))),
    **{
        f"xapi_documents.{verb}_{place}": sent
        for verb in ("put", "post", "delete")
        for place, sent in (
            ("state", _about_documents(AOI)),
            ("activity_profile", _profile(_about_activity(AOI))),
            ("agent_profile", _profile(_about_agent(AOI))),
        )
    },
}


def routes(app: Flask) -> Iterator[tuple[str, str, Rule]]:
    """(endpoint, method, rule) of everything that can be called."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: (each.endpoint, each.rule)):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, rule


def named_by(rule: Rule) -> list[str]:
    """The arguments of an address."""
    return re.findall(r"<(?:[^:<>]+:)?([^<>]+)>", rule.rule)


def values_of(rule: Rule, whose: Whose, who: str) -> dict[str, Any] | None:
    """What stands in an address that is about somebody's data; None where there is no such."""
    values = {name: finder(rule.endpoint, name)(whose, who) for name in named_by(rule)}
    return None if None in values.values() else values


def finder(endpoint: str, name: str) -> Named:
    """How what stands for an argument is found."""
    find = SPECIAL.get((endpoint, name)) or ARGUMENTS.get(name)
    if find is None:
        raise LookupError(
            f"{endpoint}: say in tests/access/calls.py (ARGUMENTS, or SPECIAL) what stands for"
            f" <{name}>"
        )
    return find


def sent_along(endpoint: str, whose: Whose, who: str) -> Sent | None:
    """What is sent along; None where there is nothing of the kind of theirs."""
    sent = SENT.get(endpoint, Sent())
    if sent.about is None:
        return sent
    child = CHILD.get(whose) or WHO[who].member
    return sent.about(child) if child in CHILDREN else None


def has_owner(rule: Rule) -> bool:
    """Whether a call says whose data it is about."""
    sent = SENT.get(rule.endpoint)
    if sent is not None and sent.about is not None:
        return True
    finders = [finder(rule.endpoint, name) for name in named_by(rule)]
    one, other = Whose.SCHOOL, Whose.OTHER_DISTRICT
    return any(find(one, "pupil") != find(other, "pupil") for find in finders)
