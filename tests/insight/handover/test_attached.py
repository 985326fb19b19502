"""What of a statement's attachments stays in it, and what they are called."""

import json

from hypothesis import given
from hypothesis import strategies as st

from aarportal.insight.handover import attached
from aarportal.insight.handover.attached import FileOfBook, Header
from aarportal.insight.handover.manifests import attachment_name, known_name, sha2_of
from tests.insight.handover.test_archive import MADE_AT

HERE, AWAY = "a" * 64, "b" * 64


def header(sha2=HERE, usage="https://x.example/photo", **more):
    return {"usageType": usage, "display": {}, "contentType": "image/png", "sha2": sha2} | more


def said(*outer, inner=(), **more) -> bytes:
    thing = {"objectType": "SubStatement", "attachments": [*inner]} if inner else {"id": "x"}
    return json.dumps({"object": thing, "attachments": [*outer], **more}).encode()


def test_what_travels_stays_and_nothing_else():
    signature = header(usage=attached.SIGNATURE)
    url = header(AWAY, fileUrl="https://x.example/f")
    statement = said(
        header(HERE.upper()), header(AWAY), url, signature, inner=[header(), header(AWAY)]
    )
    found = json.loads(attached.with_files(statement, {HERE}))
    assert found["attachments"] == [header(HERE.upper()), url]
    assert found["object"]["attachments"] == [header()]
    assert [each.key for each in attached.headers(statement)] == [HERE, AWAY, AWAY, HERE, AWAY]
    assert "attachments" not in json.loads(attached.with_files(said(header()), set()))


def test_a_statement_of_which_nothing_goes_is_the_same_bytes():
    statement = said(header(), inner=[header()])
    assert attached.with_files(statement, {HERE}) is statement
    assert attached.without_signatures(statement) is statement
    signed = said(header(), header(usage=attached.SIGNATURE))
    assert json.loads(attached.without_signatures(signed))["attachments"] == [header()]


@given(st.text(), st.text())
def test_an_attachment_is_called_so_that_no_browser_runs_it(content_type, label):
    name = attachment_name(HERE, content_type)
    assert sha2_of(name) == HERE and known_name(name) == name
    assert name.rpartition(".")[2] in {
        "pdf", "m4a", "mp3", "wav", "gif", "jpg", "png", "webp", "txt", "mp4", "bin",
    }  # fmt: skip
    shown = Header(HERE, display={"ja": label}).label("ja")
    assert shown == "" or shown.isprintable()
    put_by = FileOfBook(MADE_AT.date(), "", name, shown, 1).saved_as
    assert not set(put_by) & set('\\\\/:*?"<>|\n') and not put_by.startswith(".")


def test_pages_and_drawings_are_put_by():
    for content_type in ("text/html", "image/svg+xml", "application/xhtml+xml", "", "image/PNG x"):
        assert attachment_name(HERE, content_type).endswith(".bin")
    assert attachment_name(HERE, "Image/JPEG; q=1").endswith(".jpg")


def test_no_other_name_is_that_of_an_attachment():
    for name in (
        "attachments/", f"attachments/{HERE}", f"attachments/{HERE}.html",
        f"attachments/{HERE}.svg", f"attachments/../{HERE}.png", f"attachments/{'a' * 63}.png",
        f"attachments/{HERE}.png/x",
        f"attachments/{'g' * 64}.png", f"attachments/x/{HERE}.png", f"{HERE}.png",
        f"attachments/{HERE}.png\n",
    ):  # fmt: skip
        assert known_name(name) == ""


def test_a_label_is_in_the_readers_language_if_there_is_one():
    shown = Header(HERE, display={"de": "Foto", "en-US": "photo", "ja-JP": " 写真 "})
    assert (shown.label("ja"), shown.label("en")) == ("写真", "photo")
    assert shown.label("fr") in {"Foto", "photo", "写真"}
    assert Header(HERE, display={"ja": "\u200b"}).label("ja") == ""
