"""The containers' health check."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from deploy.checks.health import trouble
from deploy.local.redis_server import free_port


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/ok" else 503)
        self.end_headers()
        self.wfile.write(b"database does not answer")

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_page_that_answers_is_healthy(address: str) -> None:
    assert trouble(f"{address}/ok") == ""


def test_a_failing_page_is_told_with_its_words(address: str) -> None:
    assert trouble(f"{address}/bad") == "503 database does not answer"


def test_silence_is_trouble() -> None:
    assert "refused" in trouble(f"http://127.0.0.1:{free_port()}/")
