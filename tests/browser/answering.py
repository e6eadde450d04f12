"""An OpenAI-compatible endpoint whose answers a test writes: the site's own solver reads them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: From the conversation to the deltas of the answer.
Script = Callable[[list[dict[str, str]]], Iterator[dict[str, str]]]


def says(text: str, *, thoughts: str = "") -> Script:
    """An answer that is always the same."""

    def script(_messages: list[dict[str, str]]) -> Iterator[dict[str, str]]:
        if thoughts:
            yield {"reasoning_content": thoughts}
        yield {"content": text}

    return script


class Endpoint:
    """The server. `script` is what it answers next; None makes it fail."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        self.script: Script | None = None
        self.asked: list[list[dict[str, str]]] = []


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    """A running endpoint; it ends with the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body: Any = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            made.asked.append(body["messages"])
            if made.script is None:
                self.send_error(503)
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            try:
                for delta in made.script(body["messages"]):
                    self._send({"choices": [{"delta": delta}]})
                self._send({"choices": [{"delta": {}, "finish_reason": "stop"}]})
            except ConnectionError:
                pass  # the solver hung up, as it does when it is stopped

        def _send(self, message: dict[str, Any]) -> None:
            self.wfile.write(b"data: " + json.dumps(message).encode() + b"\n\n")
            self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Nothing: the tests look at the page."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made = Endpoint(server)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
