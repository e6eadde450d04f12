"""Which programs the corpus has: a table of hashes in a file that all workers map.

Open addressing over 64-bit slots. Two workers that write at the same moment can lose one of two
entries, which costs a duplicate and nothing else; so there are no locks.
"""

from __future__ import annotations

import hashlib
import mmap
from pathlib import Path

SLOTS = 1 << 24  # 128 MiB as a sparse file; enough for some ten million programs
_PROBES = 16


class Seen:
    """The set of texts seen so far, kept in `path` (made if it is missing)."""

    def __init__(self, path: Path, slots: int = SLOTS) -> None:
        self._slots = slots
        with path.open("a+b") as file:
            file.truncate(slots * 8)
            self._map = mmap.mmap(file.fileno(), slots * 8)
        self._table = memoryview(self._map).cast("Q")

    def add(self, text: str) -> bool:
        """Remember a text; False if it was there already."""
        key = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little") or 1
        for probe in range(_PROBES):
            at = (key + probe) % self._slots
            found = self._table[at]
            if found == key:
                return False
            if not found:
                self._table[at] = key
                return True
        return True  # the table is crowded here: better a duplicate than a lost program

    def close(self) -> None:
        """Let go of the file."""
        self._table.release()
        self._map.close()
