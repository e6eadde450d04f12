"""The stream of records from the box to the host.

Frame format: u32 length (little-endian, of what follows), 8 bytes of the run's nonce, then a JSON
array of records. A record is an array whose first item names it; `workers.sandbox.protocol` holds
the schema and the meaning of each. The nonce only makes stray writes to the descriptor visible:
a program that goes looking for it can find it, and then forges nothing but its own trace.

Records are sent in batches, so that a kill at any moment leaves the host with a valid prefix: the
first ones each on its own, later ones when there are many, when they are large, or when the last
batch is 5 ms old. A small thread sends what is left when the program waits. It cannot run while one
long call into C holds the interpreter, so up to 5 ms of events before such a call may be missing
if the call is what the program is killed in.

JSON is put together by hand from the C encoder for strings: it is fast, needs no import of
`json`, and nothing in it can be replaced by the program.
"""

from __future__ import annotations

import os
import time
from _json import encode_basestring_ascii as quote
from _thread import allocate_lock, start_new_thread

#: Records per frame; a frame's length limit on the host is 1 MiB.
MAX_BATCH_RECORDS = 256
MAX_BATCH_CHARS = 256 * 1024
FLUSH_INTERVAL_S = 0.05
MAX_BATCH_AGE_S = 0.005
#: So many records are sent as soon as they exist: short programs are shown to their last line
#: however they end, and the page shows at once that something happens.
EAGER_RECORDS = 64
_HEADER_BYTES = 4

__all__ = ["Channel", "quote"]


class Channel:
    """Collects records and writes them to `descriptor`."""

    def __init__(self, descriptor: int, nonce: bytes) -> None:
        self.descriptor = descriptor
        self._nonce = nonce
        self._records: list[str] = []
        self._chars = 0
        self._eager = EAGER_RECORDS
        self._lock = allocate_lock()
        # Bound once: the program may replace what the modules hold.
        self._write = os.write
        self._sleep = time.sleep
        self._clock = time.monotonic
        self._sent_at = 0.0

    def start(self) -> None:
        """Begin the periodic flush."""
        start_new_thread(self._flush_for_ever, ())

    def add(self, record: str) -> None:
        """Queue one record, given as JSON text."""
        self._records.append(record)
        self._chars += len(record)
        if (
            self._eager
            or self._clock() - self._sent_at >= MAX_BATCH_AGE_S
            or len(self._records) >= MAX_BATCH_RECORDS
            or self._chars >= MAX_BATCH_CHARS
        ):
            self._eager = max(0, self._eager - 1)
            # A signal handler of the program can run here while a flush is under way below it on
            # the same stack; waiting for the lock would then never end.
            if self._lock.acquire(False):
                self._send_and_release()

    def flush(self) -> None:
        """Send everything queued so far; waits for a flush that is under way."""
        if self._lock.acquire(True, 1.0):
            self._send_and_release()

    def _send_and_release(self) -> None:
        try:
            while self._records:
                count = min(len(self._records), MAX_BATCH_RECORDS)
                batch = self._records[:count]
                del self._records[:count]
                self._chars = sum(map(len, self._records))
                for body in _split(batch):
                    self._send(body)
                self._sent_at = self._clock()
        finally:
            self._lock.release()

    def _send(self, body: str) -> None:
        data = self._nonce + body.encode("ascii")
        data = len(data).to_bytes(_HEADER_BYTES, "little") + data
        sent = 0
        while sent < len(data):
            sent += self._write(self.descriptor, data[sent:] if sent else data)

    def _flush_for_ever(self) -> None:
        while True:
            self._sleep(FLUSH_INTERVAL_S)
            if self._records and self._lock.acquire(False):
                self._send_and_release()


def _split(records: list[str]) -> list[str]:
    """JSON arrays of at most about `MAX_BATCH_CHARS` characters that hold all records."""
    bodies: list[str] = []
    start = chars = 0
    for end, record in enumerate(records):
        if chars and chars + len(record) > MAX_BATCH_CHARS:
            bodies.append("[" + ",".join(records[start:end]) + "]")
            start, chars = end, 0
        chars += len(record) + 1
    bodies.append("[" + ",".join(records[start:]) + "]")
    return bodies
