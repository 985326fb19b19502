"""An agent and other identities -> a person."""

from aarportal.cycle.action.xapi.parameters import agent
from aarportal.cycle.action.xapi.resources.persons import person
from aarportal.cycle.action.xapi.statements import ActorKey

SHA1 = "a" * 40


def test_a_person_is_at_least_what_was_asked_for():
    asked = {
        '{"mbox": "mailto:Aoi@Hinata.example"}': {"mbox": ["mailto:Aoi@Hinata.example"]},
        f'{{"mbox_sha1sum": "{SHA1}"}}': {"mbox_sha1sum": [SHA1]},
        '{"openid": "https://id.example/1"}': {"openid": ["https://id.example/1"]},
        '{"account": {"homePage": "https://idp.example/", "name": "s1"}, "name": "Aoi"}': {
            "name": ["Aoi"],
            "account": [{"homePage": "https://idp.example/", "name": "s1"}],
        },
    }
    for text, expected in asked.items():
        assert person(agent(text), []) == {"objectType": "Person", **expected}


def test_other_identities_join_it_once():
    asked = agent('{"mbox": "mailto:aoi@hinata.example"}')
    others = [
        ActorKey("mailto", "aoi@hinata.example"),
        ActorKey("mailto", "aoi@home.example"),
        ActorKey("https://idp.example/", "s1"),
        ActorKey("https://idp.example/", "s2"),
        ActorKey("mbox_sha1sum", SHA1),
        ActorKey("openid", "https://id.example/1"),
        ActorKey("roster", "aoi"),
    ]
    assert person(asked, others) == {
        "objectType": "Person",
        "mbox": ["mailto:aoi@hinata.example", "mailto:aoi@home.example"],
        "mbox_sha1sum": [SHA1],
        "openid": ["https://id.example/1"],
        "account": [
            {"homePage": "https://idp.example/", "name": "s1"},
            {"homePage": "https://idp.example/", "name": "s2"},
        ],
    }
