"""Autosave over HTTP, as the script of the page speaks it."""

import pytest

from tests.cast import AOI, BEN, CHIBA, UNIT_DIVISION

URL = "/drafts/reflection/k"
SCRIPT = {"headers": {"X-Draft": "1"}}


def save(reader, text="図を かいた", rev=0, url=URL, **more):
    return reader.post(url, {"text": text, "rev": rev, **more}, **SCRIPT).response


def test_a_save_is_answered_with_its_revision_and_the_time(browser):
    answer = save(browser(AOI), idem="1", go="2")
    assert answer.status_code == 200
    assert answer.json["rev"] == 1
    hour, minute = answer.json["saved_at"].split(":")
    assert 0 <= int(hour) < 24
    assert 0 <= int(minute) < 60


def test_several_values_of_one_field_are_kept(browser):
    reader = browser(AOI)
    save(reader, factors=["method", "time"])
    answer = save(reader, "もう一つの", 0, factors=["help"])
    assert answer.status_code == 409
    assert answer.json["content"] == {"text": ["図を かいた"], "factors": ["method", "time"]}
    assert answer.json["rev"] == 1


def test_nothing_of_the_frame_becomes_a_part_of_the_draft(browser):
    reader = browser(AOI)
    save(reader, idem="1", go="3")
    assert save(reader, "ちがう", 0).json["content"] == {"text": ["図を かいた"]}


def test_after_the_form_was_handed_in_a_late_save_brings_nothing_back(browser):
    reader = browser(AOI)
    goal = {"unit": str(UNIT_DIVISION), "text": "ひっ算", "idem": "once", "go": "start"}
    save(reader, "ひっ算", url="/drafts/goal/new")
    assert reader.post("/goal", goal).status == 303
    assert save(reader, "ひっ", url="/drafts/goal/new", idem="once").status_code < 400
    # The next sheet begins anew.
    assert save(reader, "つぎの めあて", url="/drafts/goal/new", idem="twice").json["rev"] == 1


@pytest.mark.parametrize(
    "url", ["/drafts/diary/k", "/drafts/reflection/" + "k" * 65], ids=["form", "key"]
)
def test_what_is_no_draft_is_refused_in_json(browser, url):
    answer = save(browser(AOI), url=url)
    assert answer.status_code == 422
    assert answer.json["error"]


def test_a_draft_that_is_too_large_is_refused(browser):
    reader = browser(AOI)
    assert save(reader, "あ" * 4001).status_code == 422
    assert save(reader, "まだ").json["rev"] == 1


def test_a_revision_that_is_no_number_counts_as_none(browser):
    reader = browser(AOI)
    save(reader)
    assert save(reader, "ちがう", "many").status_code == 409


@pytest.mark.parametrize("keep", ["other", "mine"])
def test_choosing_leads_back_to_the_page(browser, keep):
    reader = browser(AOI)
    save(reader)
    save(reader, "家で", 0)
    page = reader.post(f"{URL}/choice", {"keep": keep, "back": "/goal?step=2"})
    assert (page.status, page.location) == (303, "/goal?step=2")
    text = "家で" if keep == "other" else "図を かいた"
    assert save(reader, "また ちがう", 0).json["content"] == {"text": [text]}


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_choosing_never_leads_away_from_the_portal(browser, back):
    page = browser(AOI).post(f"{URL}/choice", {"keep": "mine", "back": back})
    assert page.location == "/" or page.location.startswith("/%5C")


def test_strangers_and_teachers_keep_no_drafts(browser):
    assert save(browser()).status_code == 401
    assert save(browser(CHIBA)).status_code == 403


def test_a_stale_token_is_told_to_the_script(browser):
    reader = browser(AOI)
    answer = reader.client.post(URL, data={"text": "x"}, headers={"X-Draft": "1"})
    assert answer.status_code == 400
    assert answer.json["error"] == "csrf"


def test_two_pupils_with_the_same_key_do_not_meet(browser):
    assert save(browser(AOI), "わたしの").json["rev"] == 1
    assert save(browser(BEN), "ベンの").json["rev"] == 1
