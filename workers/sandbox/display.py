"""Making a program's output fit to show: text only, nothing that steers a terminal or a page."""

from __future__ import annotations

import codecs
import re

# CSI sequences (colours, cursor), OSC sequences (titles, links), other two-character escapes.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])?")
# C0 except newline and tab, DEL, C1, line and paragraph separators, and the characters that
# reorder text on the screen (Unicode Technical Report 36, "bidirectional text spoofing").
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
)


def clean_output(text: str) -> str:
    """Output for display: escape sequences and control characters removed, `\\n` and `\\t` kept."""
    return _CONTROLS.sub("", _ESCAPES.sub("", text))


def clean_value(text: str) -> str:
    """A repr or a name for display: what `repr` would never leave raw is escaped."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


class OutputDecoder:
    """UTF-8 in pieces to clean text; a character split over two pieces comes with the second."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def decode(self, data: bytes) -> str:
        return clean_output(self._decoder.decode(data))

    def finish(self) -> str:
        """What remains of a character that never was completed."""
        return clean_output(self._decoder.decode(b"", final=True))
