"""People before machines."""

import sys
import threading

import pytest

from aarportal.web import priority
from aarportal.web.priority import Pages, PeopleFirst

PATIENCE_SECONDS = 5
SOON_SECONDS = 0.02


@pytest.fixture
def pages():
    return Pages()


class Door(threading.Event):
    """What pages wait at; it says when somebody stands there."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = threading.Event()

    def wait(self, timeout=None):
        self.reached.set()
        return super().wait(timeout)


def machine_beside(pages: Pages) -> threading.Event:
    """A machine that gives way to these pages, and stands there by now.

    The event says that it went on.
    """
    went_on, door = threading.Event(), Door()
    if pages._none_left.is_set():
        door.set()
    pages._none_left = door
    threading.Thread(target=lambda: (pages.give_way(), went_on.set())).start()
    assert door.reached.wait(PATIENCE_SECONDS)
    return went_on


def test_a_machine_goes_on_when_nobody_waits(pages):
    assert machine_beside(pages).wait(PATIENCE_SECONDS)


def test_a_machine_waits_until_the_last_page_is_made(pages, monkeypatch):
    monkeypatch.setattr(priority, "_LONGEST_WAIT", PATIENCE_SECONDS)
    pages.begin()
    pages.begin()
    went_on = machine_beside(pages)
    pages.end()
    assert not went_on.wait(SOON_SECONDS)
    pages.end()
    assert went_on.wait(PATIENCE_SECONDS)


def test_no_page_keeps_a_machine_for_long(pages):
    pages.begin()
    assert machine_beside(pages).wait(PATIENCE_SECONDS)
    pages.end()


def test_threads_change_over_sooner_while_a_page_is_made(app):
    pages, before = Pages(), sys.getswitchinterval()
    pages.begin()
    assert sys.getswitchinterval() < before
    pages.end()
    assert sys.getswitchinterval() == pytest.approx(before)


@pytest.mark.parametrize(
    ("method", "path", "is_page"),
    [
        ("GET", "/", True),
        ("HEAD", "/class", True),
        ("POST", "/", False),
        ("GET", "/xapi/statements", False),
        ("POST", "/caliper", False),
    ],
)
def test_what_people_look_at_is_a_page_until_it_is_made(app, method, path, is_page):
    usual, seen = sys.getswitchinterval(), []

    def inner(_environ, _start_response):
        seen.append(sys.getswitchinterval() < usual)
        raise LookupError

    first = PeopleFirst(inner, machines=("/xapi/", "/caliper"))
    with pytest.raises(LookupError):
        first({"REQUEST_METHOD": method, "PATH_INFO": path}, None)
    assert seen == [is_page]
    assert sys.getswitchinterval() == pytest.approx(usual)
