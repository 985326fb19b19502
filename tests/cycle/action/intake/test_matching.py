"""Whose a name is: table by table, and whatever the names are, never somebody else."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aarportal.core.ids import NOTHING
from aarportal.cycle.action.intake.matching import (
    AMBIGUOUS_ACTOR,
    IDENTIFIER,
    NOT_A_STUDENT,
    ROSTER,
    UNKNOWN_ACTOR,
    Candidate,
    Directory,
    Found,
    Learner,
    Link,
    Merge,
    Place,
    Seat,
    learner,
    place_on,
)
from aarportal.cycle.action.xapi.statements import ActorKey

NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
DAY = timedelta(days=1)
OURS, THEIRS = "https://idp.example/", "https://game.example/"
APP, OTHER_APP = UUID(int=91), UUID(int=92)
AOI, BEN, CHI = UUID(int=1), UUID(int=2), UUID(int=3)
LINK, LINK_2 = UUID(int=81), UUID(int=82)
GUID = "6ba7b811-9dad-41d1-80b4-00c04fd430c8"
PEOPLE = (
    Candidate(AOI, "master-aoi", "aoi@x.example", "roster-aoi"),
    Candidate(BEN, "master-ben", "twin", GUID),
    Candidate(CHI, "", "twin", "master-aoi"),
)


def link(
    name: str, to: UUID, *, issuer: str = THEIRS, system: UUID = NOTHING, begins=None, ends=None,
    id_: UUID = LINK,
) -> Link:  # fmt: skip
    return Link(id_, system, issuer, name, to, begins, ends)


YESTERDAY, TOMORROW = NOW - DAY, NOW + DAY
BY_LINK = Found(AOI, LINK)
#: Actor and links -> whose it is.
NAMES = {
    "master identifier": (OURS, "master-aoi", [], Found(AOI)),
    "master identifier under any home page": (THEIRS, "master-ben", [], Found(BEN)),
    "master identifier goes before an id in the roster": (OURS, "master-aoi", [], Found(AOI)),
    "master identifier goes before a link": (
        THEIRS, "master-ben", [link("master-ben", AOI)], Found(BEN),
    ),
    "login name under our home page": (OURS, "aoi@x.example", [], Found(AOI)),
    "login name under another home page": (THEIRS, "aoi@x.example", [], UNKNOWN_ACTOR),
    "login name as a mail address": ("mailto", "aoi@x.example", [], Found(AOI)),
    "login name as an OpenID": ("openid", "aoi@x.example", [], UNKNOWN_ACTOR),
    "login name as a hash": ("mbox_sha1sum", "aoi@x.example", [], UNKNOWN_ACTOR),
    "login name of two": (OURS, "twin", [], AMBIGUOUS_ACTOR),
    "id in the roster under our home page": (OURS, "roster-aoi", [], Found(AOI)),
    "id in the roster under another": (THEIRS, "roster-aoi", [], UNKNOWN_ACTOR),
    "a UUID in the roster under another": (THEIRS, GUID, [], Found(BEN)),
    "a UUID in the roster as a mail": ("mailto", GUID, [], UNKNOWN_ACTOR),
    "a UUID in the roster as an OpenID": ("openid", GUID, [], UNKNOWN_ACTOR),
    "nobody's": (OURS, "zou", [], UNKNOWN_ACTOR),
    "no name": ("", "", [], UNKNOWN_ACTOR),
    "a link": (THEIRS, "zou", [link("zou", AOI)], BY_LINK),
    "a link of this app": (THEIRS, "zou", [link("zou", AOI, system=APP)], BY_LINK),
    "a link of another app": (THEIRS, "zou", [link("zou", AOI, system=OTHER_APP)], UNKNOWN_ACTOR),
    "a link of another home page": (OURS, "zou", [link("zou", AOI)], UNKNOWN_ACTOR),
    "a link of another name": (THEIRS, "zou", [link("Zou", AOI)], UNKNOWN_ACTOR),
    "a link goes before a login name": (
        OURS, "aoi@x.example", [link("aoi@x.example", BEN, issuer=OURS)], Found(BEN, LINK),
    ),
    "a link tells two of one login name apart": (
        OURS, "twin", [link("twin", CHI, issuer=OURS)], Found(CHI, LINK),
    ),
    "two links of two persons": (
        THEIRS, "zou", [link("zou", AOI), link("zou", BEN, id_=LINK_2)], AMBIGUOUS_ACTOR,
    ),
    "a link that began": (THEIRS, "zou", [link("zou", AOI, begins=YESTERDAY)], BY_LINK),
    "a link that begins now": (THEIRS, "zou", [link("zou", AOI, begins=NOW)], BY_LINK),
    "a link that has not begun": (
        THEIRS, "zou", [link("zou", AOI, begins=TOMORROW)], UNKNOWN_ACTOR,
    ),
    "a link that ends": (THEIRS, "zou", [link("zou", AOI, ends=TOMORROW)], BY_LINK),
    "a link that ends now": (THEIRS, "zou", [link("zou", AOI, ends=NOW)], UNKNOWN_ACTOR),
    "one after the other": (
        THEIRS, "zou", [link("zou", BEN, ends=NOW, id_=LINK_2), link("zou", AOI, begins=NOW)],
        BY_LINK,
    ),
    "an earlier holder of a login name": (
        OURS, "aoi@x.example", [link("aoi@x.example", BEN, issuer=ROSTER, ends=TOMORROW)],
        Found(BEN, LINK),
    ),
    "an earlier holder, by mail": (
        "mailto", "aoi@x.example", [link("aoi@x.example", BEN, issuer=ROSTER, ends=TOMORROW)],
        Found(BEN, LINK),
    ),
    "an earlier holder of whom it is too late": (
        OURS, "aoi@x.example", [link("aoi@x.example", BEN, issuer=ROSTER, ends=YESTERDAY)],
        Found(AOI),
    ),
    "an earlier holder means nothing elsewhere": (
        THEIRS, "aoi@x.example", [link("aoi@x.example", BEN, issuer=ROSTER, ends=TOMORROW)],
        UNKNOWN_ACTOR,
    ),
    "an earlier holder of a name that nobody has": (
        OURS, "old", [link("old", BEN, issuer=ROSTER, ends=TOMORROW)], Found(BEN, LINK),
    ),
    "a former master identifier, under any home page": (
        THEIRS, "33333333-3333-4333-8333-333333333333",
        [link("33333333-3333-4333-8333-333333333333", BEN, issuer=IDENTIFIER),
         link("33333333-3333-4333-8333-333333333333", CHI, issuer=THEIRS, id_=LINK_2)],
        Found(BEN, LINK),
    ),
    "an account's link goes before an earlier holder": (
        OURS, "aoi@x.example",
        [link("aoi@x.example", BEN, issuer=ROSTER, ends=TOMORROW, id_=LINK_2),
         link("aoi@x.example", CHI, issuer=OURS)],
        Found(CHI, LINK),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("issuer", "name", "links", "whose"), NAMES.values(), ids=NAMES)
def test_whose_a_name_is(issuer, name, links, whose):
    directory = Directory.of(PEOPLE, links, system=APP, home_pages=[OURS])
    assert directory.find(ActorKey(issuer, name), NOW) == whose


# --- where they learn ---------------------------------------------------------------------------

TODAY = date(2026, 11, 20)
ONE, TWO = UUID(int=11), UUID(int=12)
ROOM, SCIENCE, ROOM_TWO = UUID(int=21), UUID(int=22), UUID(int=23)
#: Seats -> the place.
PLACES = {
    "none": ([], NOT_A_STUDENT),
    "one": ([Seat(ONE, ROOM, None, None)], Place(ONE, ROOM, (ROOM,))),
    "from today": ([Seat(ONE, ROOM, TODAY, None)], Place(ONE, ROOM, (ROOM,))),
    "from tomorrow": ([Seat(ONE, ROOM, TODAY + DAY, None)], NOT_A_STUDENT),
    "until today": ([Seat(ONE, ROOM, None, TODAY)], NOT_A_STUDENT),
    "until tomorrow": ([Seat(ONE, ROOM, None, TODAY + DAY)], Place(ONE, ROOM, (ROOM,))),
    "two classes of a school": (
        [Seat(ONE, ROOM, None, None), Seat(ONE, SCIENCE, None, None)],
        Place(ONE, ROOM, (ROOM, SCIENCE)),
    ),
    "moved today": (
        [Seat(ONE, ROOM, None, TODAY), Seat(TWO, ROOM_TWO, TODAY, None)],
        Place(TWO, ROOM_TWO, (ROOM_TWO,)),
    ),
    "at two schools": (
        [Seat(ONE, ROOM, None, None), Seat(TWO, ROOM_TWO, None, None)],
        AMBIGUOUS_ACTOR,
    ),
}


@pytest.mark.parametrize(("seats", "place"), PLACES.values(), ids=PLACES)
def test_where_somebody_is_a_student(seats, place):
    assert place_on(seats, TODAY) == place


HERE = Seat(ONE, ROOM, None, None)
PLACE = Place(ONE, ROOM, (ROOM,))
MERGED = {BEN: Merge(LINK, AOI)}
LEARNERS = {
    "a student": (Found(AOI), {AOI: [HERE]}, {}, Learner(AOI, PLACE)),
    "by a link": (Found(AOI, LINK_2), {AOI: [HERE]}, {}, Learner(AOI, PLACE, LINK_2)),
    "no student": (Found(AOI), {}, {}, NOT_A_STUDENT),
    "merged into another": (Found(BEN), {AOI: [HERE]}, MERGED, Learner(AOI, PLACE, None, LINK)),
    "merged, and by a link": (
        Found(BEN, LINK_2), {AOI: [HERE]}, MERGED, Learner(AOI, PLACE, LINK_2, LINK),
    ),
    "the one who is kept": (Found(AOI), {AOI: [HERE]}, MERGED, Learner(AOI, PLACE)),
}  # fmt: skip


@pytest.mark.parametrize(("found", "seats", "merges", "whose"), LEARNERS.values(), ids=LEARNERS)
def test_whose_record_it_is(found, seats, merges, whose):
    assert learner(found, TODAY, seats, merges) == whose


# --- whatever the names are ---------------------------------------------------------------------

WORDS = st.sampled_from(["a", "b", GUID, "葵", "葵 ", "A", "a@x.example"])
ISSUERS = st.sampled_from([OURS, THEIRS, "mailto", "openid", "mbox_sha1sum", ""])
MOMENTS = st.one_of(st.none(), st.integers(-2, 2).map(lambda days: NOW + days * DAY))
PERSONS = st.lists(
    st.builds(
        Candidate,
        st.uuids(),
        st.one_of(st.just(""), WORDS),
        WORDS,
        WORDS,
    ),
    max_size=5,
    unique_by=lambda person: person.id,
)


@st.composite
def known(draw):
    people = draw(PERSONS)
    ids = [person.id for person in people] or [AOI]
    links = draw(
        st.lists(
            st.builds(
                Link,
                st.uuids(),
                st.sampled_from([NOTHING, APP, OTHER_APP]),
                st.sampled_from([OURS, THEIRS, ROSTER]),
                WORDS,
                st.sampled_from(ids),
                MOMENTS,
                MOMENTS,
            ),
            max_size=5,
        )
    )
    return people, links


@given(known(), ISSUERS, WORDS)
def test_only_who_is_known_by_just_this_name_is_found(them, issuer, name):
    people, links = them
    found = Directory.of(people, links, system=APP, home_pages=[OURS]).find(
        ActorKey(issuer, name), NOW
    )
    identified = {person.id for person in people if person.master_identifier == name}
    held = {
        each.user_id: each
        for each in links
        if each.name == name and each.system != OTHER_APP and each.holds(NOW)
        and each.issuer in {issuer, ROSTER}
    }  # fmt: skip
    rostered = {person.id for person in people if name in {person.username, person.sourced_id}}
    if isinstance(found, str):
        assert found in {UNKNOWN_ACTOR, AMBIGUOUS_ACTOR}
        assert len(identified) != 1
        return
    assert found.person_id in identified | held.keys() | rostered
    if identified:
        assert identified == {found.person_id}
        assert found.link_id is None
    elif issuer not in {OURS, "mailto"}:
        assert name == GUID or held[found.person_id].issuer == issuer


@given(known(), ISSUERS, WORDS, st.randoms())
def test_the_order_in_which_people_are_listed_changes_nothing(them, issuer, name, random):
    people, links = them
    actor = ActorKey(issuer, name)
    first = Directory.of(people, links, system=APP, home_pages=[OURS]).find(actor, NOW)
    shuffled = random.sample(people, len(people))
    again = Directory.of(shuffled, links, system=APP, home_pages=[OURS]).find(actor, NOW)
    assert again == first


@given(known(), ISSUERS, WORDS)
def test_one_more_who_has_the_name_never_makes_it_a_third_one_s(them, issuer, name):
    """Who becomes known later makes a name unclear at most; it goes to them or to nobody new."""
    people, links = them
    actor = ActorKey(issuer, name)
    more = Candidate(UUID(int=777), "", name, "another")
    before = Directory.of(people, links, system=APP, home_pages=[OURS]).find(actor, NOW)
    after = Directory.of([*people, more], links, system=APP, home_pages=[OURS]).find(actor, NOW)
    if isinstance(after, Found):
        allowed = {more.id} | ({before.person_id} if isinstance(before, Found) else set())
        assert after.person_id in allowed
