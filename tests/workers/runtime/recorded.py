"""What a real SGLang server sent, replayed byte for byte.

`tests/golden/sglang/recorded.json` is made by `python -m benchmarks.sglang.record`, and says with
which versions, on what and when.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.sglang.record import output_ids
from tests.workers.runtime.scripted_server import Answer, Body, Script

FILE = Path(__file__).resolve().parents[2] / "golden" / "sglang" / "recorded.json"

#: Ways of streaming that were recorded: everything so far in each message, or only what is new.
KINDS = ("cumulative", "incremental")


class Recording:
    """All exchanges with one server."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._exchanges: dict[str, Any] = values["streams"] | values["aborts"]
        self._facts: dict[str, Any] = values["facts"]

    def request(self, name: str) -> Body:
        """The body that was sent."""
        return dict(self._exchanges[name]["request"]["body"])

    def ids(self, name: str) -> list[int]:
        """The ids of a recorded stream."""
        return output_ids(self._exchanges[name])

    def text(self, name: str) -> str:
        """Everything that was streamed."""
        return "".join(text for _, text in self._exchanges[name]["pieces"])

    def pieces(self, name: str) -> list[bytes]:
        """The stream in the pieces in which it came."""
        return [text.encode() for _, text in self._exchanges[name]["pieces"]]

    def facts(self, path: str) -> dict[str, Any]:
        """A page about the server."""
        found: dict[str, Any] = json.loads("".join(t for _, t in self._facts[path]["pieces"]))
        return found

    def replay(self, name: str, pieces: list[bytes] | None = None, *, ends: bool = True) -> Script:
        """A script that answers so; `ends=False` hangs up after the pieces."""
        exchange = self._exchanges[name]
        chosen = self.pieces(name) if pieces is None else pieces

        async def script(answer: Answer, _body: Body) -> None:
            if exchange["headers"].get("transfer-encoding") != "chunked":
                await answer.reply(exchange["status"], b"".join(chosen))
                return
            await answer.begin()
            for piece in chosen:
                await answer.piece(piece)
            if ends:
                await answer.send(b"0\r\n\r\n")
            else:
                answer.reset()

        return script


@cache
def _file() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def recording(kind: str) -> Recording:
    """One of `KINDS`."""
    return Recording(_file()[kind])
