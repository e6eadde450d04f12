"""Keeps solutions out of hints: what a model writes as code although it was asked not to.

Fenced blocks are told apart by `traces.answers`; this leaves out lines of prose that are code, too.
It works line by line, so that nothing of such a line is shown before it is known to be one. It
cannot notice a solution that is told in words: the prompt asks for none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

#: Lines that are Python and hardly ever English: definitions, headers of blocks, assignments,
#: returned expressions, and anything indented like the body of a block.
_CODE: Final = re.compile(
    r"""\s{4,}\S.* | \t.*
    | \s*(?:async\s+)?(?:def|class)\s+\w+.*[:(].*
    | \s*(?:for|while|if|elif|with|try|except|else|finally)\b.*:\s*(?:\#.*)?
    | \s*(?:return\b|yield\b|raise\b|import\b|print\(|from\s+\w+\s+import\b).*[\w)\]'"]\s*(?:\#.*)?
    | \s*[A-Za-z_][\w.\[\], ]*\s*[-+*/%|&]?=[^=].*""",
    re.VERBOSE,
)
#: Sentences begin like some of those.
_PROSE: Final = re.compile(r".*[.?!]['\")]?\s*$|\s*(?:\d+[.)]|[-*•])\s.*")


@dataclass(slots=True)
class HintFilter:
    """Feed it a hint's text as it comes; it gives back what may be shown."""

    has_dropped: bool = False
    _line: str = ""

    def feed(self, text: str) -> str:
        """The complete lines that may be shown."""
        *lines, self._line = (self._line + text).split("\n")
        return "".join(f"{line}\n" for line in lines if self._may_show(line))

    def finish(self) -> str:
        """The last line, if it may be shown."""
        rest, self._line = self._line, ""
        return rest if rest and self._may_show(rest) else ""

    def _may_show(self, line: str) -> bool:
        is_code = is_code_line(line)
        self.has_dropped = self.has_dropped or is_code
        return not is_code


def is_code_line(line: str) -> bool:
    """Whether a line of prose is code after all."""
    return _CODE.fullmatch(line) is not None and _PROSE.fullmatch(line) is None
