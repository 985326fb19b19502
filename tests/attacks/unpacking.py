"""All that an answer says, also where it is packed: in zips, in tables, in tokens."""

import gzip
import re
from base64 import urlsafe_b64decode
from binascii import Error
from io import BytesIO
from zipfile import BadZipFile, ZipFile

#: How deep packages lie in packages.
_DEPTH = 3
#: What JSON in Base64 begins with, and the parts that follow in a token or in a cookie.
_TOKEN = re.compile(r"eyJ[\w-]{6,}(?:\.[\w-]*){0,4}", re.ASCII)


def unpacked(body: bytes, depth: int = _DEPTH) -> str:
    """A body as text, and after it whatever is packed in it."""
    if depth and body.startswith(b"PK"):
        try:
            with ZipFile(BytesIO(body)) as archive:
                return "\n".join(
                    f"{name}\n{unpacked(archive.read(name), depth - 1)}"
                    for name in archive.namelist()
                )
        except BadZipFile:
            pass
    if depth and body.startswith(b"\x1f\x8b"):
        return unpacked(gzip.decompress(body), depth - 1)
    encoding = "utf-16" if body[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
    text = body.decode(encoding, "replace")
    return "\n".join([text, *opened(text)])


def opened(text: str) -> list[str]:
    """What stands in the tokens of a text, whoever may verify them."""
    return [_plain(part) for token in _TOKEN.findall(text) for part in token.split(".") if part]


def _plain(part: str) -> str:
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("utf-8", "replace")
    except Error:
        return ""
