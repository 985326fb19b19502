"""What the script may weigh and contain."""

import gzip
import hashlib
import re

import pytest
import rjsmin

from tests.browser.harness import STATIC, portal_script

SOURCES = sorted((STATIC / "js").rglob("*.js"))
FORBIDDEN = [
    r"\beval\(",
    r"new Function",
    r"innerHTML|insertAdjacentHTML|document\.write",
    r"\.style\b",
]


def test_all_scripts_of_our_own_stay_under_their_weight():
    worker = rjsmin.jsmin((STATIC / "js" / "sw.js").read_text("utf-8"))
    sizes = [len(gzip.compress(text.encode(), 9)) for text in (portal_script(), worker)]
    assert sum(sizes) <= 10_500, sizes


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.name)
def test_the_words_of_the_page_stand_in_the_page(file):
    code = re.sub(
        r"/\*.*?\*/|^\s*//.*$", "", file.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    assert code.isascii()
    for pattern in FORBIDDEN:
        assert not re.search(pattern, code), pattern


def test_the_vendored_htmx_is_the_one_that_was_checked():
    folder = STATIC / "vendor" / "htmx-2.0.11"
    for line in (folder / "SHA256").read_text("ascii").splitlines():
        digest, name = line.split()
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
