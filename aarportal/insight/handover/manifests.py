"""Which files an export is, and what its manifest says of them, pure."""

import re
from datetime import datetime

from msgspec import Struct, field

from aarportal.cycle.action.xapi.hashes import is_sha2

FORMAT = "aarportal-handover"
#: 2 came with attachments; a file of version 1 has none.
VERSION = 2
_WITH_ATTACHMENTS = 2

INDEX, DATA, STATEMENTS = "index.html", "data.json", "statements.json"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
#: What every manifest speaks for.
SIGNED_FILES = (INDEX, DATA, STATEMENTS)
#: What every export has.
ALL_FILES = (*SIGNED_FILES, MANIFEST, SIGNATURE)
ATTACHMENTS = "attachments/"
#: Media types that a browser shows without doing anything that stands in them -> ending.
_ENDINGS = {
    "application/pdf": "pdf",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "image/gif": "gif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "text/plain": "txt",
    "video/mp4": "mp4",
}
#: Everything else, such as a page or a drawing with programs in it: a browser puts it by.
_OTHER_ENDING = "bin"
_ATTACHMENT = re.compile(
    rf"{ATTACHMENTS}([0-9a-f]+)\.(?:{'|'.join((*_ENDINGS.values(), _OTHER_ENDING))})"
)


class FileEntry(Struct, frozen=True):
    """A file of the zip; `sha256` in lower-case hex."""

    name: str
    sha256: str
    bytes: int


class Place(Struct, frozen=True):
    """A district or a school: its code and its name."""

    code: str
    name: str


class Issuer(Struct, frozen=True):
    """Who made an export; `public_key` is the raw Ed25519 key in base64."""

    installation: str
    product: str
    district: Place
    school: Place
    public_key: str
    fingerprint: str


class Manifest(Struct, frozen=True):
    """What is in the zip, who made it and whose it is; `manifest.sig` signs its bytes."""

    made_at: datetime
    issuer: Issuer
    user_master_identifier: str = field(name="userMasterIdentifier")
    files: tuple[FileEntry, ...]
    format: str = FORMAT
    version: int = VERSION

    @property
    def has_attachments(self) -> bool:
        """Whether attachments travel in files of this version."""
        return self.version >= _WITH_ATTACHMENTS


def attachment_name(sha2: str, content_type: str) -> str:
    """How an attachment is called in the zip.

    The ending is of a closed list and not the sender's, so that what calls itself a picture is
    opened as one or not at all.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    return f"{ATTACHMENTS}{sha2}.{_ENDINGS.get(media_type, _OTHER_ENDING)}"


def sha2_of(name: str) -> str:
    """The SHA-2 by which statements name the data of a file of the zip; empty if it is none."""
    found = _ATTACHMENT.fullmatch(name)
    return found[1] if found and is_sha2(found[1]) else ""


def known_name(name: str) -> str:
    """The name of a file of an export by the same in lower case; empty if no export has it."""
    return name if name in ALL_FILES or sha2_of(name) else ""
