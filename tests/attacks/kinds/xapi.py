"""Learning apps that ask for statements of others, and that speak in the name of others."""

import json
from uuid import uuid5

from hypothesis import strategies as st

from tests.access import senders
from tests.access.newcomers import address_of, login_of
from tests.access.people import CHILDREN
from tests.attacks.tries import Ground, Try, mostly
from tests.cast import AOI

ATTACKERS = ["app", "reader", "minato"]
ASKED = ("statements", "activities", "agents", "activities/state", "activities/profile",
         "agents/profile")  # fmt: skip
MOMENTS = ("2020-01-01T00:00:00Z", "2035-01-01T00:00:00Z", "2026-11-22T00:00:00Z")
VERBS = ("http://adlnet.gov/expapi/verbs/answered", "http://adlnet.gov/expapi/verbs/voided")


def one(ground: Ground, name: str) -> st.SearchStrategy[Try]:
    """An attempt: a question, a cursor that was never given out, or a statement."""
    rest = mostly(_statement(ground, name), _cursor(ground, name), 4)
    return mostly(mostly(_question(ground, name), rest, 1), _otherwise(ground, name), 5)


def _agents(ground: Ground, name: str) -> st.SearchStrategy[str]:
    child = ground.a_child(name, "m")
    known = child.map(lambda it: json.dumps(senders.account(it)))
    otherwise = st.one_of(
        child.map(lambda it: json.dumps({"mbox": f"mailto:{address_of(it)}"})),
        child.map(
            lambda it: json.dumps(
                {"account": {"homePage": "https://x.example", "name": login_of(it)}}
            )
        ),
    )
    return mostly(known, otherwise, 2)


def _given(ground: Ground, name: str) -> st.SearchStrategy[str]:
    """The id of a statement."""
    of_child = ground.a_child(name, "m").map(lambda it: str(senders.statement_id(it)))
    return mostly(of_child, ground.an_id(name), 2)


def _otherwise(ground: Ground, name: str) -> st.SearchStrategy[Try]:
    """The same question as a form that says which method it means (alternate request syntax)."""
    return _question(ground, name).map(
        lambda it: Try(
            "POST", it.path, (("method", it.method),),
            (*it.query, *([("content", json.dumps(it.json))] if it.json is not None else [])),
        )
    )  # fmt: skip


def _question(ground: Ground, name: str) -> st.SearchStrategy[Try]:
    activities = ground.a_child(name, "m").map(senders.activity)
    parts = {
        "agent": _agents(ground, name),
        "statementId": _given(ground, name),
        "voidedStatementId": _given(ground, name),
        "activity": activities,
        "activityId": activities,
        "verb": st.sampled_from(VERBS),
        "registration": ground.an_id(name),
        "since": st.sampled_from(MOMENTS),
        "until": st.sampled_from(MOMENTS),
        "related_agents": st.just("true"),
        "related_activities": st.just("true"),
        "attachments": st.just("true"),
        "format": st.sampled_from(("exact", "ids", "canonical")),
        "ascending": st.just("true"),
        "limit": mostly(st.sampled_from(("0", "1", "500")), st.just("-1"), 8),
        "stateId": st.just("bookmark"),
        "profileId": st.just("bookmark"),
    }
    #: What a question of each kind needs at least; the rest comes as it likes.
    needed = {
        "activities": {"activityId"},
        "agents": {"agent"},
        "activities/state": {"activityId", "agent"},
        "activities/profile": {"activityId"},
        "agents/profile": {"agent"},
    }
    likely = {
        "statements": tuple(parts)[:3] + tuple(parts)[5:14],
        "activities/state": ("stateId", "registration", "since"),
        "activities/profile": ("profileId", "since"),
        "agents/profile": ("profileId", "since"),
    }

    @st.composite
    def drawn(draw) -> Try:
        asked = draw(mostly(st.just("statements"), st.sampled_from(ASKED), 1))
        more = draw(st.lists(st.sampled_from(likely[asked]), max_size=3)) if asked in likely else ()
        names = {*needed.get(asked, ()), *more}
        if asked == "statements":
            names.add(draw(st.sampled_from(("agent", "statementId", "activity"))))
        for alone in names & {"statementId", "voidedStatementId"}:
            names = {alone, *names & {"attachments", "format"}}
        methods = ("GET",) if asked in {"statements", "activities", "agents"} else (
            "GET", "GET", "PUT", "POST", "DELETE")  # fmt: skip
        method = draw(st.sampled_from(methods))
        if method != "GET":
            names.add("stateId" if asked == "activities/state" else "profileId")
        if names & {"stateId", "profileId"}:
            names.discard("since")
        query = tuple((each, draw(parts[each])) for each in sorted(names))
        body = {"page": 3} if method in {"PUT", "POST"} else None
        # A document that is there is changed by whoever says which one they mean.
        headers = (("If-Match", "*"),) if method == "PUT" and draw(st.booleans()) else ()
        return Try(method, f"/xapi/{asked}", query=query, json=body, headers=headers)

    return drawn()


def _cursor(ground: Ground, name: str) -> st.SearchStrategy[Try]:
    """A place to go on from, as another app was given it, and with changes."""
    given = []
    for other in ATTACKERS:
        client = ground.world.app.test_client()
        headers = senders.credential(ground.world.app, other)
        answer = client.get("/xapi/statements?limit=1", headers=headers).get_json()
        if answer.get("more"):
            given.append((other, answer["more"]))
    changes = st.sampled_from(("", "&ascending=true", "&limit=500", "0", "&agent=x", "%00"))

    def ask(drawn: tuple[tuple[str, str], str]) -> Try:
        (whose, more), change = drawn
        return Try("GET", more + change, is_forged=bool(change or whose != name))

    return st.tuples(st.sampled_from(given), changes).map(ask)


def _statement(ground: Ground, name: str) -> st.SearchStrategy[Try]:
    """A statement about a child of others, under the id of another, or that takes one back."""

    @st.composite
    def drawn(draw) -> Try:
        child, other = draw(ground.a_child(name, "m")), draw(st.sampled_from(CHILDREN))
        said = senders.statement(child)
        new = st.integers(0, 99).map(lambda n: str(uuid5(AOI.id, str(n))))
        said["id"] = draw(st.one_of(_given(ground, name), new))
        way = draw(st.integers(0, 3))
        if way == 0:
            said["verb"] = {"id": VERBS[1]}
            said["object"] = {"objectType": "StatementRef", "id": draw(_given(ground, name))}
        if way == 1:
            said["authority"] = senders.account(other)
            said["context"] = {
                "instructor": senders.account(other), "registration": str(other.id),
                "statement": {"objectType": "StatementRef", "id": draw(_given(ground, name))},
            }  # fmt: skip
        if way == 2:
            said["actor"] = {
                "objectType": "Group",
                "member": [senders.account(child), senders.account(other)],
            }
        if draw(st.booleans()):
            return Try("PUT", "/xapi/statements", (("statementId", said["id"]),), json=said)
        return Try("POST", "/xapi/statements", json=[said])

    return drawn()
