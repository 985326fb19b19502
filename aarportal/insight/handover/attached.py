"""What statements say of the files that came with them, pure."""

import unicodedata
from collections.abc import Callable, Container, Iterable, Iterator
from datetime import date

import msgspec
from msgspec import Raw, Struct, field

#: How a signature stands in a statement; it holds the statement once more, names and all.
SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"
_LONGEST_LABEL = 80
#: What no system takes in the name of a file.
_NOT_IN_NAMES = str.maketrans(dict.fromkeys('\\/:*?"<>|', " "))


class Header(Struct):
    """One attachment, as a statement tells of it."""

    sha2: str
    usage_type: str = field(name="usageType", default="")
    content_type: str = field(name="contentType", default="")
    display: dict[str, str] = {}
    file_url: str = field(name="fileUrl", default="")

    @property
    def key(self) -> str:
        """The hash as data is kept by it."""
        return self.sha2.lower()

    def label(self, language: str) -> str:
        """What the file is called for a reader; empty where nothing can be read."""
        said = sorted(self.display.items(), key=lambda each: not each[0].startswith(language))
        return next((label for _, text in said if (label := _readable(text))), "")


class _Thing(Struct):
    attachments: list[Header] = []


class _Said(_Thing):
    object: _Thing = field(default_factory=_Thing)


class FileOfBook(Struct, frozen=True):
    """A file as the readable page links it."""

    day: date
    title: str
    """Of the record with whose statement it came."""
    name: str
    """In the zip."""
    label: str
    bytes: int

    @property
    def ending(self) -> str:
        """What kind of file it is, without the dot."""
        return self.name.rpartition(".")[2]

    @property
    def saved_as(self) -> str:
        """Under which name a browser puts it by."""
        label = _readable(self.label.translate(_NOT_IN_NAMES)).strip(". ")
        return f"{label or self.name.rpartition('/')[2][:12]}.{self.ending}"


_SAID = msgspec.json.Decoder(_Said)
_FIELDS = msgspec.json.Decoder(dict[str, Raw])
_ITEMS = msgspec.json.Decoder(list[Raw])
_HEADER = msgspec.json.Decoder(Header)


def headers(statement: bytes | Raw) -> Iterator[Header]:
    """Attachments of a statement and of a sub-statement in it, but no signatures."""
    said = _SAID.decode(statement)
    for header in (*said.attachments, *said.object.attachments):
        if header.usage_type != SIGNATURE:
            yield header


def without_signatures(statement: bytes) -> bytes:
    """The statement without the attachments that sign it; the same bytes if it has none."""
    return _kept(statement, lambda header: header.usage_type != SIGNATURE)


def with_files(statement: bytes, there: Container[str]) -> bytes:
    """The statement with attachments whose data is there, or that say where it is.

    Signatures go: they are none over a statement that was made anew, and hold the names that were
    taken out of it.
    """
    return _kept(
        statement,
        lambda header: header.usage_type != SIGNATURE and (header.key in there or header.file_url),
    )


def _kept(statement: bytes, stays: Callable[[Header], object]) -> bytes:
    said = _FIELDS.decode(statement)
    changed = _of_thing(said, stays)
    inner = _FIELDS.decode(said["object"]) if "object" in said else {}
    if _of_thing(inner, stays):
        said["object"] = Raw(msgspec.json.encode(inner))
        changed = True
    return msgspec.json.encode(said) if changed else statement


def _of_thing(said: dict[str, Raw], stays: Callable[[Header], object]) -> bool:
    """Take attachments out of a statement or sub-statement; whether any had to go."""
    there = _ITEMS.decode(said.get("attachments", Raw(b"[]")))
    left = [each for each in there if stays(_HEADER.decode(each))]
    if len(left) == len(there):
        return False
    del said["attachments"]
    if left:
        said["attachments"] = Raw(msgspec.json.encode(left))
    return True


def _readable(text: str) -> str:
    """A text of one line, of letters that are seen: nothing in it turns its direction."""
    seen = "".join(" " if unicodedata.category(each)[0] in "CZ" else each for each in text)
    return " ".join(seen.split())[:_LONGEST_LABEL]


def media_types(statements: Iterable[bytes | Raw]) -> dict[str, str]:
    """SHA-2 of what came with some statements -> what the first of them says it is."""
    found: dict[str, str] = {}
    for statement in statements:
        for header in headers(statement):
            found.setdefault(header.key, header.content_type)
    return found
