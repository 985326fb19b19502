"""Text that is not UTF-8 with line feeds, read as if it were: for tolerant reading only."""

import codecs
import io
from dataclasses import dataclass

UTF8, CP932, UTF16 = "utf-8", "cp932", "utf-16"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Form:
    """How the text of a file is written."""

    encoding: str = UTF8
    ends_in_cr: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it can be read as it is."""
        return self == Form()


class Survey:
    """Looks at a file, chunk by chunk, to say how it is written.

    A file is CP932 or UTF-16 only if all of it is; one that is neither counts as UTF-8, so that
    each line that is not can be named.
    """

    def __init__(self) -> None:
        """Start before the first chunk."""
        self._decoders: dict[str, codecs.IncrementalDecoder] = {}
        self._has_lf = self._has_cr = False
        self._is_first = True

    def look(self, chunk: bytes, *, is_last: bool = False) -> None:
        """Take the next bytes; all but the last chunk hold at least two."""
        if self._is_first:
            self._is_first = False
            names = (UTF16,) if chunk.startswith(_UTF16_BOMS) else (UTF8, CP932)
            self._decoders = {name: codecs.getincrementaldecoder(name)() for name in names}
        for name, decoder in list(self._decoders.items()):
            try:
                text = decoder.decode(chunk, is_last)
            except UnicodeDecodeError:
                del self._decoders[name]
            else:
                self._has_lf |= "\n" in text
                self._has_cr |= "\r" in text

    def form(self) -> Form:
        """What the file is, after its last chunk."""
        encoding = next(iter(self._decoders), "")
        return Form(encoding, self._has_cr and not self._has_lf) if encoding else Form()


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
