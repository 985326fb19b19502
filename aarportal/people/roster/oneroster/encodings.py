"""Text that is not UTF-8 with line feeds, read as if it were: for tolerant reading only."""

import codecs
import io
import re
from dataclasses import dataclass

UTF8, CP932, UTF16 = "utf-8", "cp932", "utf-16"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_JAPANESE = re.compile("[\u3000-\ufffc]")
_UNREADABLE = "\ufffd"


@dataclass(frozen=True, slots=True)
class Form:
    """How the text of a file is written."""

    encoding: str = UTF8
    ends_in_cr: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it can be read as it is."""
        return self == Form()


def is_cp932(text: bytes) -> bool:
    """Whether bytes that are not UTF-8 are CP932, and not UTF-8 that was damaged."""
    try:
        text.decode(CP932)
    except UnicodeDecodeError:
        return False
    damage = _Damage()
    damage.look(text.decode(errors="replace"))
    return not damage.is_utf8()


class _Damage:
    """Counts how much of a text can be read as UTF-8.

    Most of Japanese in UTF-8 is CP932 too, of senseless characters: one byte that was lost must
    not give every child a senseless name.
    """

    def __init__(self) -> None:
        self._readable = self._unreadable = 0

    def look(self, text: str) -> None:
        """Take a piece of the text, in which what cannot be read was replaced."""
        self._readable += len(_JAPANESE.findall(text))
        self._unreadable += text.count(_UNREADABLE)

    def is_utf8(self) -> bool:
        """Whether more can be read than chance makes of CP932: hardly any of it."""
        return 4 * self._readable > self._unreadable


class Survey:
    """Looks at a file, chunk by chunk, to say how it is written.

    A file is CP932 or UTF-16 only if all of it is; one that is neither counts as UTF-8, so that
    each line that is not can be named.
    """

    def __init__(self) -> None:
        """Start before the first chunk."""
        self._decoders: dict[str, codecs.IncrementalDecoder] = {}
        self._has_lf = self._has_cr = self._has_japanese = False
        self._is_first = True
        self._damage = _Damage()
        self._after_damage: codecs.IncrementalDecoder | None = None

    def look(self, chunk: bytes, *, is_last: bool = False) -> None:
        """Take the next bytes; all but the last chunk hold at least two."""
        if self._is_first:
            self._is_first = False
            names = (UTF16,) if chunk.startswith(_UTF16_BOMS) else (UTF8, CP932)
            self._decoders = {name: codecs.getincrementaldecoder(name)() for name in names}
        if self._after_damage:
            self._damage.look(self._after_damage.decode(chunk, is_last))
        for name, decoder in list(self._decoders.items()):
            try:
                text = decoder.decode(chunk, is_last)
            except UnicodeDecodeError as error:
                del self._decoders[name]
                if name == UTF8:
                    self._begin_damage(error)
            else:
                self._has_lf |= "\n" in text
                self._has_cr |= "\r" in text
                if name == UTF8 and not self._has_japanese:
                    self._has_japanese = _JAPANESE.search(text) is not None

    def form(self) -> Form:
        """What the file is, after its last chunk."""
        encoding = next(iter(self._decoders), "")
        if not encoding or (encoding == CP932 and self._is_damaged_utf8()):
            return Form()
        return Form(encoding, self._has_cr and not self._has_lf)

    def _begin_damage(self, error: UnicodeDecodeError) -> None:
        """Count from here on; a few characters of CP932 may have passed for UTF-8 before."""
        self._damage.look(error.object[: error.start].decode())
        self._after_damage = codecs.getincrementaldecoder(UTF8)("replace")
        self._damage.look(self._after_damage.decode(error.object[error.start :]))

    def _is_damaged_utf8(self) -> bool:
        return self._has_japanese or self._damage.is_utf8()


class Recoded(io.RawIOBase):
    """The bytes of a file as UTF-8 with line feeds."""

    def __init__(self, stream: io.BufferedIOBase, form: Form, chunk_bytes: int) -> None:
        """Read from `stream`, which is closed with this one."""
        self._stream = stream
        self._form = form
        self._chunk_bytes = chunk_bytes
        self._decoder = codecs.getincrementaldecoder(form.encoding)()
        self._rest = b""

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # of bytes
        """Fill the buffer as far as there is text; 0 at the end."""
        while not self._rest:
            chunk = self._stream.read(self._chunk_bytes)
            text = self._decoder.decode(chunk, not chunk)
            if not chunk and not text:
                return 0
            if self._form.ends_in_cr:
                text = text.replace("\r", "\n")
            self._rest = text.encode()
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def close(self) -> None:
        """Close both streams."""
        self._stream.close()
        super().close()
