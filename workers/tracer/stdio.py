"""Standard input and output of the program, tied to the step of the trace at which they happen.

`sys.stdout` and `sys.stderr` become text layers over a raw stream that turns each write into a
record. What a program writes to the descriptors 1 and 2 directly goes to pipes that the host reads
itself. Standard input is a file whose whole content is known before the start: the raw stream
hands out one line at a time, so that each record says what was consumed at which step, and moves
the descriptor's own position, so that `open(0)` and `os.read(0, n)` continue where `input()`
stopped.
"""

from __future__ import annotations

import io
import os

from .channel import Channel, quote

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing these would cost every box several milliseconds
    from collections.abc import Callable

_LINE_CHUNK = 8192


class CaptureStream(io.RawIOBase):
    """The raw side of `sys.stdout` or `sys.stderr`."""

    def __init__(
        self,
        name: str,
        descriptor: int,
        channel: Channel,
        current_step: Callable[[], int],
        limit: int,
        on_limit: Callable[[], None],
    ) -> None:
        self._name = quote(name)
        self._descriptor = descriptor
        self._channel = channel
        self._current_step = current_step
        self._left = limit
        self._on_limit = on_limit

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def write(self, data: object) -> int:
        view = memoryview(data).cast("B")  # type: ignore[arg-type]  # RawIOBase's own contract
        size = len(view)
        kept = bytes(view[: self._left])
        self._left -= len(kept)
        if kept:
            # Latin-1 carries bytes through JSON unchanged; the host decodes UTF-8 incrementally,
            # because one character may be split over two writes.
            text = quote(kept.decode("latin-1"))
            self._channel.add(f'["o",{self._current_step()},{self._name},{text}]')
        if len(kept) < size:
            self._on_limit()
        return size


class InputStream(io.RawIOBase):
    """The raw side of `sys.stdin`: at most one line per read."""

    def __init__(self, descriptor: int, channel: Channel, current_step: Callable[[], int]) -> None:
        self._descriptor = descriptor
        self._channel = channel
        self._current_step = current_step

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # RawIOBase's own contract
        start = os.lseek(self._descriptor, 0, os.SEEK_CUR)
        data = os.pread(self._descriptor, min(len(view), _LINE_CHUNK), start)
        newline = data.find(b"\n")
        if newline >= 0:
            data = data[: newline + 1]
        os.lseek(self._descriptor, start + len(data), os.SEEK_SET)
        view[: len(data)] = data
        if data:
            self._channel.add(f'["i",{self._current_step()},{quote(data.decode("latin-1"))}]')
        return len(data)


def text_output(raw: io.RawIOBase) -> io.TextIOWrapper:
    """A text layer that passes every write on at once: a killed program loses nothing."""
    return io.TextIOWrapper(
        raw,  # type: ignore[arg-type]  # write_through needs no buffered layer in between
        encoding="utf-8",
        errors="backslashreplace",
        newline="\n",
        write_through=True,
    )


def text_input(raw: io.RawIOBase) -> io.TextIOWrapper:
    """A text layer over line-wise input; undecodable bytes are kept as surrogates."""
    return io.TextIOWrapper(
        raw,  # type: ignore[arg-type]  # read1-less raw input is what makes it line-wise
        encoding="utf-8",
        errors="surrogateescape",
    )
