"""Login cards, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from aarportal.audit import operations as audit
from aarportal.audit.models import AuditEntry
from aarportal.core import clock
from aarportal.core.errors import InvalidError, NotFoundError, TooManyTriesError
from aarportal.core.permissions import Permission
from aarportal.core.scope import SystemScope
from aarportal.core.unit_of_work import unit_of_work
from aarportal.people.accounts import operations as accounts
from aarportal.people.accounts.cards import operations, store
from aarportal.people.accounts.cards.models import LoginCard
from aarportal.people.accounts.cards.operations import MOST_WRONG, Shown
from aarportal.people.accounts.cards.pictures import PICTURES, TAPS
from aarportal.people.accounts.models import SignInSession
from aarportal.people.accounts.operations import SignInDraft
from aarportal.people.accounts.tokens import hash_of
from aarportal.people.accounts.tries.operations import PER_CARD
from aarportal.people.roster.models import Enrollment, User, UserRole
from tests.cast import (
    AOI,
    BEN,
    CHIBA,
    CLASS_1_1,
    CLASS_4_2,
    CLASS_J2_1,
    CODES,
    DOI,
    HANA,
    MORI,
    OKA,
    PASSWORD,
    PRIMARY,
    SATO,
    SCIENCE_4_2,
    key,
    scope_of,
)

SECRET = "secret"
HOME = "198.51.100.7"
MONDAY_AT_TEN = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_class_time(in_app):
    set_clock(MONDAY_AT_TEN)


def set_clock(moment):
    clock.shift(moment - datetime.now(UTC))


def hand_out(*members, by=CHIBA, class_id=CLASS_4_2):
    with unit_of_work(scope_of(by)) as scope:
        return operations.hand_out(scope, class_id, [it.id for it in members])


def others(made):
    """Pictures that are not those of the card."""
    return tuple(next(name for name in PICTURES if name != it) for it in made.pictures)


def hold_up(made, pictures=None, address=HOME):
    shown = Shown(made.token, made.pictures if pictures is None else pictures, address)
    return operations.enter(shown, SECRET)


def refusal(made, pictures=None, address=HOME):
    with pytest.raises(InvalidError) as refused:
        hold_up(made, pictures, address)
    return refused.value.rule


def change(row_class, member, **values):
    with unit_of_work(SystemScope("test")) as scope:
        scope.session.execute(
            update(row_class).where(row_class.user_id == member.id).values(**values)
        )
        audit.record(scope, "test", member.id)


def verbs(member):
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        rows = select(AuditEntry.verb).where(AuditEntry.student_id == member.id)
        return list(scope.session.scalars(rows))


def test_card_and_pictures_open_a_short_session_of_this_child(in_app):
    made, *_ = hand_out(AOI, BEN)
    scope, known = accounts.who(hold_up(made))
    assert (scope.actor_id, scope.school_id) == (AOI.id, PRIMARY)
    assert known.session.way == "card"
    length = known.session.closes_at - known.session.opened_at
    assert timedelta(minutes=89) < length <= timedelta(minutes=90)
    assert known.session.strong_at is None
    assert {"card:handed_out", "card:used"} <= set(verbs(AOI))


def test_such_a_session_does_no_more_than_learning(in_app):
    made, *_ = hand_out(AOI)
    scope, _ = accounts.who(hold_up(made))
    by_password = SignInDraft(CODES[PRIMARY], AOI.login_id, PASSWORD, HOME)
    whole, _ = accounts.who(accounts.sign_in(by_password, SECRET))
    sensitive = {
        Permission.DATA_REQUESTS_ASK, Permission.GRADES_READ_OWN, Permission.HANDOVER_OWN,
        Permission.PASSWORD_CHANGE,
    }  # fmt: skip
    assert {it for it in Permission if whole.allows(it) and not scope.allows(it)} == sensitive


def test_the_code_alone_opens_nothing(in_app):
    made, *_ = hand_out(AOI)
    assert operations.look(made.token, HOME) == ""
    for pictures in (
        (),
        made.pictures[:2],
        (*made.pictures, "sun"),
        others(made),
    ):
        set_clock(clock.now() + PER_CARD.window)
        assert refusal(made, pictures) == "pictures"
    with unit_of_work(SystemScope("look"), read_only=True) as scope:
        assert not scope.session.scalars(select(SignInSession)).all()


def test_neither_code_nor_pictures_stand_in_the_database(database, in_app):
    made, *_ = hand_out(AOI)
    from aarportal.core.database import db

    with db.engine.connect() as connection:
        row = connection.exec_driver_sql("select * from login_cards").one()
    kept = b" ".join(
        bytes(it) if isinstance(it, (bytes, memoryview)) else str(it).encode() for it in row
    )
    for secret in (made.token, *made.pictures):
        assert secret.encode() not in kept


def test_pictures_are_drawn_by_lot_and_codes_are_long(in_app):
    drawn = set()
    for _ in range(12):
        for made in hand_out(AOI, BEN):
            assert len(made.pictures) == TAPS
            assert set(made.pictures) <= set(PICTURES)
            assert len(made.token) >= 32
            drawn.add(made.pictures)
    assert len(drawn) > 12


def test_a_new_card_ends_the_one_before(in_app):
    first, *_ = hand_out(AOI)
    second, *_ = hand_out(AOI)
    assert operations.look(first.token, HOME) == "unknown"
    assert refusal(first) == "unknown"
    assert hold_up(second)


def test_other_pictures_make_the_card_wait_and_then_stop(in_app):
    made, *_ = hand_out(AOI)
    rules = []
    while len(rules) < MOST_WRONG:
        try:
            rules.append(refusal(made, others(made)))
        except TooManyTriesError:
            assert len(rules) % PER_CARD.tries == 0
            with pytest.raises(TooManyTriesError):
                hold_up(made)
            set_clock(clock.now() + PER_CARD.window + timedelta(seconds=1))
    assert rules == ["pictures"] * (MOST_WRONG - 1) + ["stopped"]
    set_clock(clock.now() + timedelta(days=1))
    assert refusal(made) == "stopped"
    assert operations.look(made.token, HOME) == "stopped"
    assert "card:stopped" in verbs(AOI)
    with unit_of_work(scope_of(CHIBA)) as scope:
        operations.let_go_on(scope, CLASS_4_2, AOI.id)
    assert hold_up(made)


def test_the_right_pictures_forget_the_others(in_app):
    made, *_ = hand_out(AOI)
    for _ in range(MOST_WRONG):
        assert refusal(made, others(made)) == "pictures"
        assert hold_up(made)
        set_clock(clock.now() + PER_CARD.window + timedelta(seconds=1))


def test_outside_class_time_it_opens_from_the_schools_network_alone(in_app):
    made, *_ = hand_out(AOI)
    with unit_of_work(scope_of(OKA)) as scope:
        operations.set_networks(scope, "203.0.113.0/24")
    evening = datetime(2026, 11, 16, 7, 30, tzinfo=UTC)
    set_clock(evening - timedelta(seconds=30))
    _, known = accounts.who(hold_up(made))
    assert known.session.closes_at == evening
    set_clock(evening)
    assert refusal(made) == "closed"
    assert operations.look(made.token, HOME) == "closed"
    assert hold_up(made, address="203.0.113.9")
    with unit_of_work(scope_of(OKA)) as scope:
        operations.set_networks(scope, "")
    assert refusal(made, address="203.0.113.9") == "closed"


def test_networks_of_another_school_open_nothing_here(in_app):
    made, *_ = hand_out(AOI)
    with unit_of_work(scope_of(SATO)) as scope:
        operations.set_networks(scope, "203.0.113.0/24")
    with unit_of_work(scope_of(OKA), read_only=True) as scope:
        assert store.networks(scope, scope.school_id) == []
    set_clock(MONDAY_AT_TEN + timedelta(hours=12))
    assert refusal(made, address="203.0.113.9") == "closed"


def test_right_pictures_outside_class_time_are_no_riddle(in_app):
    """Whoever tries at night learns nothing of the pictures."""
    made, *_ = hand_out(AOI)
    set_clock(MONDAY_AT_TEN + timedelta(hours=12))
    assert refusal(made) == refusal(made, others(made)) == "closed"


def test_it_ends_with_the_school_year(in_app):
    made, *_ = hand_out(AOI)
    set_clock(datetime(2027, 3, 31, 1, tzinfo=UTC))
    assert operations.look(made.token, HOME) == ""
    set_clock(datetime(2027, 4, 1, 1, tzinfo=UTC))
    assert refusal(made) == "unknown"


@pytest.mark.parametrize(
    ("row_class", "values"),
    [
        (Enrollment, {"ends_before": MONDAY_AT_TEN.date()}),
        (UserRole, {"ends_before": MONDAY_AT_TEN.date()}),
        (UserRole, {"role": "teacher"}),
    ],
    ids=["left the class", "left the school", "is a teacher now"],
)
def test_it_ends_when_the_child_is_no_pupil_of_the_class(in_app, row_class, values):
    made, *_ = hand_out(AOI)
    change(row_class, AOI, **values)
    assert refusal(made) == "unknown"


def test_it_ends_when_the_child_is_disabled(in_app):
    made, *_ = hand_out(AOI)
    with unit_of_work(SystemScope("leaves")) as scope:
        scope.session.get(User, AOI.id).enabled = False
        audit.record(scope, "user:left", AOI.id)
    assert refusal(made) == "unknown"


def test_staff_get_no_card(in_app):
    for by in (CHIBA, OKA):
        with pytest.raises(NotFoundError):
            hand_out(CHIBA, by=by)


@pytest.mark.parametrize("staff", [CHIBA, OKA], ids=lambda m: m.name)
def test_a_card_for_staff_opens_nothing_wherever_it_comes_from(in_app, staff):
    """Somebody wrote the row past every page."""
    token, pictures = "x" * 32, ("sun", "sun", "sun")
    with unit_of_work(SystemScope("forged")) as scope:
        if staff is OKA:
            scope.session.add(
                Enrollment(
                    school_id=PRIMARY, id=key("forged"), sourced_id="forged", class_id=CLASS_4_2,
                    user_id=OKA.id, role="student", primary=False,
                )
            )  # fmt: skip
        scope.session.add(
            LoginCard(
                school_id=PRIMARY, student_id=staff.id, school_year=2026, class_id=CLASS_4_2,
                token_hash=hash_of(token), pictures=" ".join(pictures),
                made_at=clock.now(),
            )
        )  # fmt: skip
        audit.record(scope, "test", "forged")
    with pytest.raises(InvalidError) as refused:
        operations.enter(Shown(token, pictures, HOME), SECRET)
    assert refused.value.rule == "unknown"


@pytest.mark.parametrize(
    ("by", "class_id", "member"),
    [
        (CHIBA, CLASS_1_1, HANA), (CHIBA, CLASS_4_2, HANA), (DOI, SCIENCE_4_2, AOI),
        (DOI, CLASS_4_2, AOI), (MORI, CLASS_4_2, AOI), (OKA, CLASS_J2_1, AOI),
        (OKA, SCIENCE_4_2, AOI), (SATO, CLASS_4_2, AOI), (AOI, CLASS_4_2, AOI),
    ],
)  # fmt: skip
def test_only_the_homeroom_teacher_and_the_office_hand_out(in_app, by, class_id, member):
    with pytest.raises(NotFoundError):
        hand_out(member, by=by, class_id=class_id)
    made, *_ = hand_out(AOI)
    with pytest.raises(NotFoundError):
        operations.end(scope_of(by), class_id if member is AOI else CLASS_1_1, [AOI.id])
    assert hold_up(made)


def test_the_office_hands_out_to_every_class(in_app):
    made, *_ = hand_out(HANA, by=OKA, class_id=CLASS_1_1)
    assert made.kana == "やまもと\u2009はな"
    assert hold_up(made)


def test_ending_cards_closes_what_they_opened_and_no_more(in_app):
    aoi, ben = hand_out(AOI, BEN)
    by_card, of_ben = hold_up(aoi), hold_up(ben)
    draft = SignInDraft(CODES[PRIMARY], AOI.login_id, PASSWORD, HOME)
    by_password = accounts.sign_in(draft, SECRET)
    assert operations.end(scope_of(CHIBA), CLASS_4_2, [AOI.id, HANA.id]) == 1
    assert refusal(aoi) == "unknown"
    assert accounts.who(by_card) is None
    assert accounts.who(by_password)
    assert accounts.who(of_ben)
    assert operations.end_all(scope_of(OKA)) == 1
    assert refusal(ben) == "unknown"
    assert "card:ended" in verbs(AOI)


def test_the_office_of_another_school_ends_nothing_here(in_app):
    made, *_ = hand_out(AOI)
    assert operations.end_all(scope_of(SATO)) == 0
    assert hold_up(made)


@pytest.mark.parametrize("rule", ["closed", "stopped"])
def test_a_card_that_opens_nothing_now_leaves_no_trace_without_end(in_app, rule):
    made, *_ = hand_out(AOI)
    if rule == "closed":
        set_clock(MONDAY_AT_TEN + timedelta(hours=12))
    else:
        with unit_of_work(SystemScope("test")) as scope:
            scope.session.execute(update(LoginCard).values(stopped_at=clock.now()))
            audit.record(scope, "test", AOI.id)
    for _ in range(PER_CARD.tries):
        assert refusal(made) == rule
    with pytest.raises(TooManyTriesError):
        hold_up(made)
    assert verbs(AOI).count("card:refused") == PER_CARD.tries


def test_a_code_that_nobody_made_is_counted_like_a_card(in_app):
    for _ in range(PER_CARD.tries):
        with pytest.raises(InvalidError):
            operations.enter(Shown("made up", ("sun",) * 3, HOME), SECRET)
    with pytest.raises(TooManyTriesError):
        operations.enter(Shown("made up", ("sun",) * 3, HOME), SECRET)
