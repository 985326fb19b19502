"""Learning apps that ask for statements of others, and that speak in the name of others."""

import json
from uuid import uuid5

from hypothesis import strategies as st

from tests.access import senders
from tests.access.people import CHILDREN
from tests.attacks.tries import Ground, Try
from tests.cast import AOI

ATTACKERS = ["app", "reader", "minato"]
ASKED = ("statements", "activities", "agents", "activities/state", "activities/profile",
         "agents/profile")  # fmt: skip
MOMENTS = ("2020-01-01T00:00:00Z", "2035-01-01T00:00:00Z", "2026-11-22T00:00:00Z")
VERBS = ("http://adlnet.gov/expapi/verbs/answered", "http://adlnet.gov/expapi/verbs/voided")


def one(ground: Ground, name: str) -> st.SearchStrategy[Try]:
    """An attempt: a question, a cursor that was never given out, or a statement."""
    return st.one_of(_question(ground), _question(ground), _cursor(ground), _statement(ground))


def _agents() -> st.SearchStrategy[str]:
    child = st.sampled_from(CHILDREN)
    return st.one_of(
        child.map(lambda it: json.dumps(senders.account(it))),
        child.map(lambda it: json.dumps({"mbox": f"mailto:{it.name}@hinata.example"})),
        child.map(
            lambda it: json.dumps({"account": {"homePage": "https://x.example", "name": it.name}})
        ),
    )


def _given(ground: Ground) -> st.SearchStrategy[str]:
    """The id of a statement."""
    of_child = st.sampled_from(CHILDREN).map(lambda it: str(senders.statement_id(it)))
    return st.one_of(of_child, of_child, ground.an_id())


def _question(ground: Ground) -> st.SearchStrategy[Try]:
    activities = st.sampled_from(CHILDREN).map(senders.activity)
    parts = {
        "agent": _agents(),
        "statementId": _given(ground),
        "voidedStatementId": _given(ground),
        "activity": activities,
        "activityId": activities,
        "verb": st.sampled_from(VERBS),
        "registration": ground.an_id(),
        "since": st.sampled_from(MOMENTS),
        "until": st.sampled_from(MOMENTS),
        "related_agents": st.just("true"),
        "related_activities": st.just("true"),
        "attachments": st.just("true"),
        "format": st.sampled_from(("exact", "ids", "canonical")),
        "ascending": st.just("true"),
        "limit": st.sampled_from(("0", "1", "500", "-1")),
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
        asked = draw(st.sampled_from((*ASKED, *["statements"] * 4)))
        more = draw(st.lists(st.sampled_from(likely.get(asked, ("limit",))), max_size=3))
        names = {*needed.get(asked, ()), *more}
        if "statementId" in names:
            names -= set(parts) - {"statementId", "attachments", "format"}
        query = tuple((name, draw(parts[name])) for name in sorted(names))
        methods = ("GET",) if asked in {"statements", "activities", "agents"} else (
            "GET", "GET", "PUT", "POST", "DELETE")  # fmt: skip
        method = draw(st.sampled_from(methods))
        body = {"page": 3} if method in {"PUT", "POST"} else None
        return Try(method, f"/xapi/{asked}", query=query, json=body)

    return drawn()


def _cursor(ground: Ground) -> st.SearchStrategy[Try]:
    """A place to go on from, as another app was given it, and with changes."""
    given = []
    for name in ATTACKERS:
        client = ground.world.app.test_client()
        headers = senders.credential(ground.world.app, name)
        answer = client.get("/xapi/statements?limit=1", headers=headers).get_json()
        if answer.get("more"):
            given.append(answer["more"])
    changes = st.sampled_from(("", "&ascending=true", "&limit=500", "0", "&agent=x", "%00"))
    return st.builds(
        lambda more, change: Try("GET", more + change),
        st.sampled_from(given or ["/xapi/statements?limit=1"]),
        changes,
    )


def _statement(ground: Ground) -> st.SearchStrategy[Try]:
    """A statement about a child of others, under the id of another, or that takes one back."""

    @st.composite
    def drawn(draw) -> Try:
        child, other = draw(st.sampled_from(CHILDREN)), draw(st.sampled_from(CHILDREN))
        said = senders.statement(child)
        said["id"] = draw(
            st.one_of(_given(ground), st.integers(0, 99).map(lambda n: str(uuid5(AOI.id, str(n)))))
        )
        way = draw(st.integers(0, 3))
        if way == 0:
            said["verb"] = {"id": VERBS[1]}
            said["object"] = {"objectType": "StatementRef", "id": draw(_given(ground))}
        if way == 1:
            said["authority"] = senders.account(other)
            said["context"] = {
                "instructor": senders.account(other), "registration": str(other.id),
                "statement": {"objectType": "StatementRef", "id": draw(_given(ground))},
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
