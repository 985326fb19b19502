"""Which statements a query wants, said as plainly as it can be: looking at every one of them.

Nothing of the product is used here: it works on JSON objects, with the words of the specification.
"""

import json
from dataclasses import dataclass
from datetime import datetime

IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
RELATIONS = ("parent", "grouping", "category", "other")


@dataclass
class Stored:
    """A statement in a store."""

    body: dict
    stored_at: datetime | int
    app: object = None
    voided: bool = False

    @property
    def id(self) -> str:
        return self.body["id"].lower()


def identity(agent: dict) -> tuple | None:
    for name in IDENTIFIERS:
        if name in agent:
            value = agent[name]
            if name == "mbox":
                local, _, domain = value.rpartition("@")
                value = f"{local}@{domain.lower()}"
            elif name == "mbox_sha1sum":
                value = value.lower()
            return name, json.dumps(value, sort_keys=True)
    return None


def everybody(agent: dict) -> set:
    """An agent, or a group and its members."""
    return {identity(each) for each in (agent, *agent.get("member", ()))} - {None}


def kind(said: dict) -> str:
    return said["object"].get("objectType", "Activity")


def agents(said: dict) -> set:
    found = everybody(said["actor"])
    if kind(said) in {"Agent", "Group"}:
        found |= everybody(said["object"])
    return found


def agents_around(said: dict) -> set:
    found = agents(said)
    context = said.get("context", {})
    for name in ("instructor", "team"):
        found |= everybody(context.get(name, {}))
    for each in context.get("contextAgents", ()):
        found |= everybody(each["agent"])
    for each in context.get("contextGroups", ()):
        found |= everybody(each["group"])
    if kind(said) == "SubStatement":
        found |= agents_around(said["object"])
    return found


def activities(said: dict) -> set:
    return {said["object"]["id"]} if kind(said) == "Activity" else set()


def activities_around(said: dict) -> set:
    found = activities(said)
    for name in RELATIONS:
        around = said.get("context", {}).get("contextActivities", {}).get(name, [])
        found |= {each["id"] for each in (around if isinstance(around, list) else [around])}
    if kind(said) == "SubStatement":
        found |= activities_around(said["object"])
    return found


def fits(said: dict, wanted: dict) -> bool:
    """Whether a statement meets every filter, by what it says itself."""
    if "agent" in wanted:
        look = agents_around if wanted.get("related_agents") else agents
        if identity(wanted["agent"]) not in look(said):
            return False
    if "activity" in wanted:
        look = activities_around if wanted.get("related_activities") else activities
        if wanted["activity"] not in look(said):
            return False
    if "verb" in wanted and said["verb"]["id"] != wanted["verb"]:
        return False
    if "registration" in wanted:
        registration = said.get("context", {}).get("registration", "")
        return registration.lower() == wanted["registration"].lower()
    return True


def answer(store: list[Stored], wanted: dict, readable=lambda _: True) -> list[str]:
    """Ids of what a query wants, in its order, without regard to its limit."""
    by_id = {each.id: each for each in store if readable(each)}

    def meets(each: Stored, seen: frozenset = frozenset()) -> bool:
        if fits(each.body, wanted):
            return True
        if kind(each.body) != "StatementRef":
            return False
        target = by_id.get(each.body["object"]["id"].lower())
        return target is not None and target.id not in seen and meets(target, seen | {each.id})

    found = [
        each
        for each in by_id.values()
        if not each.voided
        and ("since" not in wanted or each.stored_at > wanted["since"])
        and ("until" not in wanted or each.stored_at <= wanted["until"])
        and meets(each)
    ]
    found.sort(key=lambda each: each.stored_at, reverse=not wanted.get("ascending"))
    return [each.id for each in found]
