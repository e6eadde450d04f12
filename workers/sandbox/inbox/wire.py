"""Frames of the judge inside a box: u32 length (little-endian) and a JSON object."""

from __future__ import annotations

import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing it would cost every box a few milliseconds
    from typing import Any

_HEADER_BYTES = 4


class Wire:
    """The stream socket to the host. What it needs is bound once: programs replace functions."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._read = os.read
        self._write = os.write
        self._exit = os._exit
        self._loads = json.JSONDecoder().decode
        self._dumps = json.JSONEncoder(separators=(",", ":")).encode

    def read(self) -> dict[str, Any]:
        """The next message; the process ends when the host has gone."""
        length = int.from_bytes(self._exactly(_HEADER_BYTES), "little")
        message: dict[str, Any] = self._loads(self._exactly(length).decode())
        return message

    def pack(self, message: dict[str, Any]) -> bytes:
        """The frame of a message."""
        body = self._dumps(message).encode("ascii")
        return len(body).to_bytes(_HEADER_BYTES, "little") + body

    def send(self, data: bytes) -> None:
        """Write a frame."""
        while data:
            data = data[self._write(self.descriptor, data) :]

    def close(self) -> None:
        os.close(self.descriptor)

    def _exactly(self, count: int) -> bytes:
        parts = []
        while count:
            part = self._read(self.descriptor, count)
            if not part:
                self._exit(0)
            parts.append(part)
            count -= len(part)
        return b"".join(parts)


def greet(descriptor: int) -> tuple[Wire, dict[str, Any]]:
    """Tell the host that this box is ready; what it says then."""
    wire = Wire(descriptor)
    question = wire.read()
    wire.send(wire.pack({"id": question["id"], "v": None}))
    sys.argv = ["solution.py"]
    return wire, wire.read()


def plain(text: object, limit: int) -> str:
    """At most `limit` characters that JSON can carry."""
    return str(text)[:limit].encode("utf-8", "replace").decode()
